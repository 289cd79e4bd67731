from __future__ import annotations

from pathlib import Path

import pytest

from bitspec_gui.services import ingest
from bitspec_gui.services.ingest import import_paths
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store

RECORDS_ZIP = Path(__file__).resolve().parents[3] / "shared" / "data" / "massbank_ei" / "records.zip"

ALANINE = (
    "Name: Alanine\nDB#: ALA-1\nFormula: C3H7NO2\nSMILES: CC(N)C(=O)O\nNum Peaks: 5\n73 700\n75 100\n116 999\n147 250\n233 20\n\n"
)
TOLUENE = "Name: Toluene\nFormula: C7H8\nSMILES: Cc1ccccc1\nNum Peaks: 3\n65 120\n91 999\n92 700\n\n"
UNKNOWN = "Name: Something\nNum Peaks: 2\n43 10\n500 999\n\n"


@pytest.fixture
def store(tmp_path: Path) -> SqlLibraryStore:
    return open_library_store(tmp_path / "bitspec.sqlite")


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.msp"
    path.write_text(TOLUENE + ALANINE + UNKNOWN)
    return path


def test_a_record_that_contradicts_its_structure_is_kept_with_the_reason(store, mixed):
    report = import_paths(store, [mixed])
    assert (report.added, report.rejected, report.doubtful) == (3, 0, 1)
    doubts = {record.name: record.doubt for record in store.records(1)}
    assert doubts["Toluene"] is None
    assert doubts["Something"] is None
    assert "trimethylsilyl derivative" in doubts["Alanine"]


def test_the_report_says_which_record_is_doubtful_where_and_why_and_that_it_was_kept(store, mixed):
    (doubt,) = import_paths(store, [mixed]).doubts
    assert doubt.file.endswith("mixed.msp")
    assert doubt.line == TOLUENE.count("\n") + 1
    assert "above the molecular ion (m/z 89)" in doubt.what
    assert not doubt.rejected
    assert "kept" in doubt.kept


def test_doubts_are_no_problems(store, mixed):
    assert import_paths(store, [mixed]).problems == ()


def test_a_doubtful_record_is_found_again_at_a_second_import(store, mixed):
    import_paths(store, [mixed])
    report = import_paths(store, [mixed])
    assert (report.added, report.already_there) == (0, 3)


def test_a_record_kept_before_there_was_a_check_is_not_added_again(store, mixed, monkeypatch):
    monkeypatch.setattr("bitspec_gui.chem.label_check.doubt", lambda _record: None)
    import_paths(store, [mixed])
    monkeypatch.undo()
    report = import_paths(store, [mixed])
    assert (report.added, report.already_there, report.doubtful) == (0, 3, 1)


def test_of_very_many_doubts_only_the_number_is_told_beyond_a_limit(store, tmp_path, monkeypatch):
    monkeypatch.setattr(ingest, "MAX_PROBLEMS", 2)
    path = tmp_path / "x.msp"
    path.write_text("".join(ALANINE.replace("ALA-1", f"ALA-{number}").replace("999", f"{990 + number}") for number in range(5)))
    report = import_paths(store, [path])
    assert (report.doubtful, len(report.doubts)) == (5, 3)
    assert "3 further doubtful records" in str(report.doubts[-1])


@pytest.mark.data
@pytest.mark.skipif(not RECORDS_ZIP.is_file(), reason="../shared/data is not there")
def test_of_massbank_the_derivatives_filed_under_their_parents_are_doubted_and_nothing_is_lost(store):
    report = import_paths(store, [RECORDS_ZIP])
    assert (report.added, report.rejected) == (11969, 0)
    assert 1050 <= report.doubtful <= 1250
    silyl = [doubt for doubt in report.doubts if "trimethylsilyl derivative" in doubt.what]
    assert len(silyl) >= 800
