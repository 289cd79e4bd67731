from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bitspec_gui.domain.errors import Cancelled, StorageError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.services import ingest
from bitspec_gui.services.ingest import import_paths, library_names
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store

RECORDS_ZIP = Path(__file__).resolve().parents[3] / "shared" / "data" / "massbank_ei" / "records.zip"


def msp(*names: str, extra: str = "") -> str:
    return "".join(f"Name: {name}\n{extra}Num Peaks: 2\n41 10\n{50 + number} 999\n\n" for number, name in enumerate(names))


def massbank(accession: str, name: str) -> str:
    return (
        f"ACCESSION: {accession}\nRECORD_TITLE: {name}; EI-B; MS\nLICENSE: CC BY\nCH$NAME: {name}\nCH$FORMULA: CH4O\n"
        "CH$SMILES: CO\nAC$INSTRUMENT_TYPE: EI-B\nAC$MASS_SPECTROMETRY: MS_TYPE MS\nAC$MASS_SPECTROMETRY: ION_MODE POSITIVE\n"
        "PK$NUM_PEAK: 2\nPK$PEAK: m/z int. rel.int.\n  31 50 500\n  32 99.9 999\n//\n"
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "bitspec.sqlite"


@pytest.fixture
def store(database: Path) -> SqlLibraryStore:
    return open_library_store(database)


@pytest.fixture
def alkanes(tmp_path: Path) -> Path:
    path = tmp_path / "alkanes.msp"
    path.write_text(msp("Butane", "Pentane", "Hexane"))
    return path


def test_a_file_becomes_a_library_of_its_name(store, alkanes):
    report = import_paths(store, [alkanes])
    assert (report.library, report.added, report.already_there, report.rejected) == ("alkanes", 3, 0, 0)
    assert report.files == (str(alkanes),)
    (info,) = store.libraries()
    assert (info.name, info.spectra, info.source) == ("alkanes", 3, "alkanes.msp")


def test_importing_the_same_file_twice_adds_nothing(store, alkanes):
    import_paths(store, [alkanes])
    report = import_paths(store, [alkanes])
    assert (report.added, report.already_there, report.rejected, report.present) == (0, 3, 0, 3)
    assert store.libraries()[0].spectra == 3


def test_a_folder_and_a_zip_of_the_same_records_are_the_same(store, tmp_path):
    folder = tmp_path / "records"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "records.zip", "w") as archive:
        for number in range(3):
            text = massbank(f"MSBNK-Test-{number}", f"methanol {number}")
            (folder / f"MSBNK-Test-{number}.txt").write_text(text)
            archive.writestr(f"Test/MSBNK-Test-{number}.txt", text)
    assert import_paths(store, [folder]).added == 3
    report = import_paths(store, [tmp_path / "records.zip"])
    assert (report.library, report.added, report.already_there) == ("records", 0, 3)


def test_a_bad_record_is_reported_with_its_place_and_loses_no_other(store, tmp_path):
    path = tmp_path / "mixed.msp"
    path.write_text(
        "Name: good\nNum Peaks: 1\n41 999\n\nName: bad\nNum Peaks: 1\nforty nothing\n\nName: also good\nNum Peaks: 1\n43 999\n"
    )
    report = import_paths(store, [path])
    assert (report.added, report.rejected, report.present) == (2, 1, 3)
    (problem,) = [each for each in report.problems if each.rejected]
    assert problem.file.endswith("mixed.msp")
    assert problem.line is not None
    assert problem.what


def test_a_record_without_structure_is_kept(store, alkanes):
    import_paths(store, [alkanes])
    assert all(record.inchikey is None for record in store.records(1))


def test_a_record_with_a_smiles_alone_can_be_matched(store, tmp_path):
    path = tmp_path / "x.msp"
    path.write_text(msp("methanol", extra="SMILES: CO\n"))
    import_paths(store, [path])
    (entry,) = store.spectra_of("OKKJLVBELUTLKV")
    assert entry.record.smiles == "CO"
    assert entry.record.nominal_mass == 32


def test_several_libraries_at_once_stay_apart(store, alkanes, tmp_path):
    other = tmp_path / "alcohols.msp"
    other.write_text(msp("Methanol"))
    report = import_paths(store, [alkanes, other])
    assert (report.library, report.added) == ("alkanes, alcohols", 4)
    assert [(info.name, info.spectra) for info in store.libraries()] == [("alcohols", 1), ("alkanes", 3)]


def test_single_record_files_go_to_a_library_named_after_their_folder(tmp_path):
    folder = tmp_path / "Athens_Univ"
    folder.mkdir()
    paths = [folder / "A1.txt", folder / "A2.txt", folder / "whole.msp", tmp_path / "pack.v2.zip", folder]
    assert library_names(paths) == ["Athens_Univ", "Athens_Univ", "whole", "pack.v2", "Athens_Univ"]
    assert library_names([folder / "A1.txt"]) == ["A1"]


def test_all_paths_go_to_the_library_that_was_named(store, alkanes, tmp_path):
    other = tmp_path / "alcohols.msp"
    other.write_text(msp("Methanol"))
    assert import_paths(store, [alkanes, other], library_name=" Mine ").library == "Mine"
    assert [(info.name, info.spectra) for info in store.libraries()] == [("Mine", 4)]


def test_a_library_needs_a_name(store, alkanes):
    with pytest.raises(StorageError, match="name"):
        import_paths(store, [alkanes], library_name="  ")


def test_a_file_that_cannot_be_read_leaves_no_empty_library(store, tmp_path):
    with pytest.raises(UnreadableFile):
        import_paths(store, [tmp_path / "absent.msp"])
    with pytest.raises(UnreadableFile):
        import_paths(store, [])
    assert store.libraries() == []


def test_an_absent_file_among_others_is_a_problem_and_the_others_are_imported(store, alkanes, tmp_path):
    report = import_paths(store, [tmp_path / "absent.msp", alkanes])
    assert (report.added, report.rejected) == (3, 1)
    assert "absent.msp" in str(report.problems[0])


def test_the_library_that_comes_with_bitspec_takes_no_imports(store, alkanes):
    store.open_library("alkanes", embedded=True)
    with pytest.raises(StorageError, match="Choose another name"):
        import_paths(store, [alkanes])


def test_progress_goes_up_to_the_end(store, tmp_path):
    path = tmp_path / "many.msp"
    path.write_text(msp(*(f"n{number}" for number in range(1700))))
    told: list[Progress] = []
    import_paths(store, [path], progress=told.append)
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    assert (told[-1].done, told[-1].total) == (100, 100)
    assert told[-1].message == "many.msp: 1,700 records read, 0 rejected"


def test_cancel_keeps_what_was_read_and_a_second_import_completes_it(store, tmp_path):
    path = tmp_path / "many.msp"
    path.write_text(msp(*(f"n{number}" for number in range(1700))))
    token = CancelToken()
    report = import_paths(store, [path], progress=lambda _progress: token.cancel(), cancel=token)
    assert report.cancelled
    assert report.added == store.libraries()[0].spectra == 500
    again = import_paths(store, [path])
    assert (again.added, again.already_there, again.cancelled) == (1200, 500, False)


def test_spectra_with_very_many_peaks_are_written_in_smaller_batches(store, tmp_path, monkeypatch):
    monkeypatch.setattr(ingest, "BATCH_PEAKS", 10)
    path = tmp_path / "x.msp"
    path.write_text(msp(*(f"n{number}" for number in range(20))))
    told: list[Progress] = []
    assert import_paths(store, [path], progress=told.append).added == 20
    assert len(told) == 4


def test_of_very_many_problems_only_the_number_is_told_beyond_a_limit(store, tmp_path, monkeypatch):
    monkeypatch.setattr(ingest, "MAX_PROBLEMS", 5)
    path = tmp_path / "x.msp"
    path.write_text(msp("good") + "Name: bad\nNum Peaks: 1\nx y\n\n" * 30)
    report = import_paths(store, [path])
    assert (report.added, report.rejected, len(report.problems)) == (1, 30, 6)
    assert "25 further problems" in str(report.problems[-1])


_IMPORT = """
import sys
from pathlib import Path
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.storage.library_store import open_library_store
service = LibraryService(lambda: open_library_store(Path(sys.argv[1])))
service.import_paths([Path(sys.argv[2])], progress=lambda progress: print(progress.message, flush=True))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_an_import_killed_in_the_middle_leaves_whole_batches_and_is_completed_by_the_next(database, tmp_path):
    path = tmp_path / "many.msp"
    path.write_text(msp(*(f"n{number}" for number in range(6000))))
    child = subprocess.Popen([sys.executable, "-c", _IMPORT, str(database), str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(3):
        assert child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=30)
    child.stdout.close()
    service = LibraryService(lambda: open_library_store(database))
    (found,) = service.libraries()
    assert 1500 <= found.spectra < 6000
    assert found.spectra % 500 == 0
    report = service.import_paths([path])
    assert (report.added, report.already_there) == (6000 - found.spectra, found.spectra)
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.data
@pytest.mark.skipif(not RECORDS_ZIP.is_file(), reason="../shared/data is not there")
def test_records_zip_is_imported_whole_and_a_second_time_adds_nothing(store):
    first = import_paths(store, [RECORDS_ZIP])
    assert (first.added, first.already_there, first.rejected) == (11969, 0, 0)
    second = import_paths(store, [RECORDS_ZIP])
    assert (second.added, second.already_there, second.rejected) == (0, 11969, 0)
    (info,) = store.libraries()
    assert (info.name, info.spectra, info.compounds) == ("records", 11969, 7833)
    assert info.licence == "CC BY-NC-SA; CC BY-SA; CC BY"


def test_an_export_that_is_cancelled_leaves_the_old_file(database, alkanes, tmp_path):
    service = LibraryService(lambda: open_library_store(database))
    service.import_paths([alkanes])
    target = tmp_path / "out.msp"
    target.write_text("old")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        service.export("alkanes", target, cancel=token)
    assert target.read_text() == "old"
    assert not list(tmp_path.glob(".out*"))
