"""``bitspec search`` for real in a new data folder: libraries loaded, indexed, searched; the second time nothing is rebuilt."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest
from made_hits import NICOTINAMIDE, PREDICTED

from bitspec_gui import bootstrap, cli
from bitspec_gui.formats.compact import CompactNotice, write_compact
from bitspec_gui.formats.compact_predicted import write_compact_predicted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def bitspec_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command beside a terminal in a new data folder, with a small library of each kind that comes along."""
    measured, predicted = tmp_path / "measured.bitspec", tmp_path / "predicted.bitspec"
    write_compact([NICOTINAMIDE], measured, CompactNotice("Measured", "CC0", "", ""))
    write_compact_predicted([PREDICTED], predicted, library="Chemicals")
    monkeypatch.setattr(bootstrap, "embedded_library", lambda: measured)
    monkeypatch.setattr(bootstrap, "predicted_library", lambda: predicted)
    query = tmp_path / "query.msp"
    query.write_text("Name: unknown\nMW: 122\nNum Peaks: 5\n39 80\n51 300\n78 700\n106 610\n122 999\n", encoding="utf-8")

    def run(*arguments: str) -> tuple[int, list[dict[str, str]], str]:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        status = cli.main(
            ["--data-dir", str(tmp_path / "data"), "search", "--query", str(query), "--score", "weighted-cosine", *arguments]
        )
        return status, list(csv.DictReader(io.StringIO(capsys.readouterr().out))), terminal.getvalue()

    return run


def test_first_search_loads_and_indexes_the_libraries_and_the_next_ones_only_search(bitspec_search) -> None:
    status, rows, told = bitspec_search()
    assert status == 0
    assert [(row["rank"], row["name"], row["library"], row["source"]) for row in rows] == [
        ("1", "Nicotinamide", "Measured", "measured"),
        ("2", "Picolinamide", "Chemicals", "predicted by bitspec-ei-2"),
    ]
    assert float(rows[0]["score"]) > 0.99
    assert int(rows[0]["match"]) <= int(rows[0]["reverse_match"]) <= 999
    assert "Loading the library Measured" in told
    assert "Indexing" in told
    status, again, told = bitspec_search()
    assert (status, again) == (0, rows)
    assert "Loading" not in told
    assert "Indexing" not in told


def test_filters_reach_the_libraries(bitspec_search) -> None:
    assert [row["name"] for row in bitspec_search("--predicted-only")[1]] == ["Picolinamide"]
    assert [row["name"] for row in bitspec_search("--substructure", "NC(=O)c1cccnc1")[1]] == ["Nicotinamide"]
    assert [row["name"] for row in bitspec_search("--peak", "94")[1]] == ["Nicotinamide"]
    status, rows, told = bitspec_search("--mass", "200", "--mass-window", "5")
    assert (status, rows) == (0, [])
    assert "No hit was found." in told
    status, rows, told = bitspec_search("--library", "Vitamins")
    assert (status, rows) == (1, [])
    assert "There is no library named “Vitamins”" in told
