"""Hit lists as CSV, JSON and Excel tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from made_hits import NICOTINAMIDE, UNKNOWN, hit, hit_list, three_hit_lists

from bitspec_gui.domain.errors import Cancelled, ExportError
from bitspec_gui.domain.search import HitList, SearchSettings
from bitspec_gui.services import hit_workbook
from bitspec_gui.services.hit_rows import HIT_COLUMNS, query_name
from bitspec_gui.services.hit_tables import stream_hit_table, write_hit_table


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def named(name: str) -> HitList:
    record = replace(NICOTINAMIDE, name=name, smiles=None)
    return HitList(replace(UNKNOWN, name=name), SearchSettings(), (hit(1, record, name, 0.9),), 1)


def test_csv_has_the_promised_columns_in_order_and_a_row_a_hit(tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    assert write_hit_table(three_hit_lists(), target) == 4
    first_line = target.read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "query,rank,name,smiles,inchikey,library,source,score,match,reverse_match,probability"
    rows = rows_of(target)
    assert list(rows[0].values()) == [
        "Peak 7", "1", "Nicotinamide", "NC(=O)c1cccnc1", "DFPAKSUCGFBDDF-UHFFFAOYSA-N", "Vitamins", "measured", "0.9877", "987",
        "988", "0.9123",
    ]  # fmt: skip
    assert (rows[1]["source"], rows[1]["probability"]) == ("predicted by bitspec-ei-2", "")
    assert [row["query"] for row in rows] == ["Peak 7", "Peak 7", "Peak 11", "Peak 11"]


def test_json_rows_have_the_same_columns_and_null_for_what_is_not_known(tmp_path: Path) -> None:
    target = tmp_path / "hits.json"
    write_hit_table([hit_list(), named("without a structure")], target)
    rows = json.loads(target.read_text(encoding="utf-8"))
    assert [tuple(row) for row in rows] == [HIT_COLUMNS] * 3
    assert rows[1]["probability"] is None
    assert rows[2]["smiles"] is None
    assert rows[0]["score"] == 0.9877


def test_json_without_hits_is_an_empty_list(tmp_path: Path) -> None:
    target = tmp_path / "hits.json"
    assert write_hit_table(three_hit_lists()[1:2], target) == 0
    assert json.loads(target.read_text()) == []


@pytest.mark.parametrize("name", ["=1+2", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+2"])
def test_cells_that_a_spreadsheet_would_compute_are_text(tmp_path: Path, name: str) -> None:
    write_hit_table([named(name)], tmp_path / "hits.csv")
    (row,) = rows_of(tmp_path / "hits.csv")
    assert [row[column] for column in ("query", "name", "library")] == [f"'{name}"] * 3
    write_hit_table([named(name)], tmp_path / "hits.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "hits.xlsx")["Hits"]
    assert [(cell.value, cell.data_type) for cell in (sheet["A2"], sheet["C2"], sheet["F2"])] == [(name, "s")] * 3


def test_workbook_keeps_numbers_as_numbers_and_tells_how_it_was_searched(tmp_path: Path) -> None:
    assert write_hit_table(three_hit_lists(), tmp_path / "hits.xlsx") == 4
    book = openpyxl.load_workbook(tmp_path / "hits.xlsx")
    rows = list(book["Hits"].values)
    assert rows[0][:11] == HIT_COLUMNS
    assert rows[1][7:11] == (0.9877, 987, 988, 0.9123)
    assert rows[1][11:15] == ("C6H6N2O", 122, "98-92-0", 1450)
    assert len(rows) == 5
    searches = list(book["Searches"].values)
    assert [row[:4] for row in searches[1:4]] == [("Peak 7", 2, 902, 7), ("Peak 9", 0, 902, 0), ("Peak 11", 2, 902, 7)]
    assert "Mass window: ± 2 Da" in searches[3][7]
    assert any(row[0] is not None and str(row[0]).startswith("Written by BitSpec") for row in searches[4:])


def test_workbook_goes_on_in_a_further_sheet_where_one_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hit_workbook, "_LAST_ROW", 3)
    assert write_hit_table([hit_list(), hit_list()], tmp_path / "hits.xlsx") == 4
    book = openpyxl.load_workbook(tmp_path / "hits.xlsx")
    assert book["Hits"].max_row == 4
    assert [row[1] for row in book["Hits 2"].values] == ["rank", 2]


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx"])
def test_table_that_is_broken_off_leaves_the_old_file_and_nothing_else(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"hits.{suffix}"
    target.write_text("old")

    def broken_off() -> Iterator[HitList]:
        yield hit_list()
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        write_hit_table(broken_off(), target)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "old"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_folder_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ExportError, match="the folder does not exist"):
        write_hit_table([hit_list()], tmp_path / "absent" / f"hits.{suffix}")


def test_other_suffix_is_refused_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.csv, \.json or \.xlsx"):
        write_hit_table([hit_list()], tmp_path / "hits.txt")
    assert not list(tmp_path.iterdir())


def test_stream_gets_each_query_as_soon_as_it_is_searched() -> None:
    stream = io.StringIO()
    seen: list[int] = []

    def searched() -> Iterator[HitList]:
        for each in three_hit_lists():
            yield each
            seen.append(stream.getvalue().count("\n"))

    assert stream_hit_table(searched(), stream) == 4
    assert seen == [3, 3, 5]


def test_query_without_a_name_is_called_by_its_place() -> None:
    nameless = replace(UNKNOWN, name="")
    assert query_name(nameless) == "run 1.msp, line 12"
    assert query_name(replace(nameless, accession="A-1")) == "A-1"
    assert query_name(replace(nameless, source_file="", line=None)) == "unnamed spectrum"
