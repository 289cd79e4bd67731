"""The list of molecules that the shipped predicted library is made from."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from bitspec_gui.domain.errors import Cancelled, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.formats.chemicals_package import MEMBERS, usual_name
from bitspec_gui.services import chemicals_table
from bitspec_gui.services.chemicals_table import write_chemicals_table

ROWS = {
    MEMBERS[0]: [
        ("64-17-5", "CCO", "ethanol", "ethyl alcohol"),
        ("7732-18-5", "O", "oxidane", "water"),
        ("127-09-3", "CC(=O)[O-].[Na+]", "sodium ethanoate", "sodium acetate"),
    ],
    MEMBERS[1]: [
        ("100-59-4", "", "nothing", "nothing"),
        ("75-59-2", "C[N+](C)(C)C", "tetramethylazanium", "tetramethylammonium"),
    ],
    MEMBERS[2]: [
        ("64-17-5", "OCC", "ethanol", "spirit"),
        ("1-00-0", "C" * 40, "tetracontane", "tetracontane"),
        ("50-00-0", "C[CH2]", "ethyl", "ethyl radical"),
        ("71-43-2", "c1ccccc1", "benzene", "ac1l2abc"),
        ("67-56-1", "C1CC(", "broken", "broken"),
    ],
}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "chemicals-0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, rows in ROWS.items():
            lines = [f"7\t{cas}\tX\t1.0\t{smiles}\tX\tX\t{systematic}\t{usual}\n" for cas, smiles, systematic, usual in rows]
            archive.writestr(member, "".join(lines))
    return path


def test_only_neutral_organic_molecules_up_to_500_da_are_listed_each_once(wheel, tmp_path):
    output = tmp_path / "table.csv"
    found = write_chemicals_table(wheel, output)
    with output.open(encoding="utf-8", newline="") as stream:
        rows = [(row["name"], row["cas"], row["smiles"]) for row in csv.DictReader(stream)]
    assert rows == [("ethyl alcohol", "64-17-5", "CCO"), ("benzene", "71-43-2", "c1ccccc1")]
    assert found.written == 2
    assert dict(found.left_out) == {
        "mixtures or salts": 1,
        "named before": 1,
        "above 500 Da": 1,
        "ions, radicals, labelled or with elements that the model has not seen": 2,
        "not organic, too heavy or not readable": 2,
    }


def test_same_wheel_gives_the_same_table(wheel, tmp_path):
    for name in ("a.csv", "b.csv"):
        write_chemicals_table(wheel, tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_other_archive_is_refused_and_nothing_is_written(tmp_path):
    other = tmp_path / "other.whl"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme", "nothing here")
    with pytest.raises(UnreadableFile, match=r"other\.whl"):
        write_chemicals_table(other, tmp_path / "table.csv")
    other.write_bytes(b"no zip")
    with pytest.raises(UnreadableFile, match=r"other\.whl"):
        write_chemicals_table(other, tmp_path / "table.csv")
    assert not (tmp_path / "table.csv").exists()


def test_cancelled_listing_leaves_no_half_table(wheel, tmp_path, monkeypatch):
    monkeypatch.setattr(chemicals_table, "PROGRESS_EVERY", 1)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        write_chemicals_table(wheel, tmp_path / "table.csv", cancel=token)
    assert not (tmp_path / "table.csv").exists()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("ethanol", "ethyl alcohol", "64-17-5"), "ethyl alcohol"),
        (("androstan-3-one", "stk366316", "64-17-5", "etiocholanolone"), "etiocholanolone"),
        (("1-propylpiperidine", "brn 1250329"), "1-propylpiperidine"),
        (("", "ctk1g5857"), "ctk1g5857"),
    ],
)
def test_name_is_one_that_a_chemist_knows_and_no_catalogue_number(names, chosen):
    assert usual_name(["7", "64-17-5", "X", "1", "CCO", "X", "X", *names]) == chosen
