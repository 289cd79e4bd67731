from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.bootstrap import embedded_library
from bitspec_gui.domain.errors import Cancelled, DamagedDatabase, ExportError, StorageError, UnknownLibrary, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.compact import CompactNotice, write_compact
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.storage.library_store import open_library_store

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"


def record(name: str, top: float = 194, **said: object) -> SpectrumRecord:
    return SpectrumRecord(Spectrum(np.array([41.0, top]), np.array([100.0, 999.0])), name=name, **said)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "bitspec.sqlite"


@pytest.fixture
def embedded(tmp_path: Path) -> Path:
    path = tmp_path / "given.bitspec"
    write_compact(
        [record("one", inchikey=CAFFEINE), record("two", 45)], path, CompactNotice("Given", "BSD-2-Clause", "notice", "them")
    )
    return path


@pytest.fixture
def service(database: Path, embedded: Path) -> LibraryService:
    return LibraryService(lambda: open_library_store(database), embedded)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.msp"
    path.write_text(f"Name: Caffeine\nInChIKey: {CAFFEINE}\nFormula: C8H10N4O2\nNum Peaks: 2\n109 500\n194.0803 999\n")
    return path


def names(service: LibraryService) -> list[str]:
    return [info.name for info in service.libraries()]


def test_the_store_is_opened_at_first_use_and_once(database):
    opened = []

    def open_store():
        opened.append(threading.get_ident())
        return open_library_store(database)

    service = LibraryService(open_store)
    assert not opened
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: service.libraries(), range(8)))
    assert len(opened) == 1


def test_a_store_that_could_not_be_opened_is_tried_again(database):
    database.mkdir()
    service = LibraryService(lambda: open_library_store(database))
    with pytest.raises(StorageError):
        service.libraries()
    database.rmdir()
    assert service.libraries() == []


def test_a_fresh_start_has_the_embedded_library(service):
    changes = service.ensure_embedded()
    (info,) = service.libraries()
    assert (info.name, info.licence, info.source, info.spectra, info.embedded) == ("Given", "BSD-2-Clause", "them", 2, True)
    assert changes.libraries == {info.library_id}


def test_the_embedded_library_is_loaded_once(service, database, embedded):
    service.ensure_embedded()
    assert service.ensure_embedded().libraries == frozenset()
    assert LibraryService(lambda: open_library_store(database), embedded).ensure_embedded().libraries == frozenset()


def test_a_newer_embedded_library_takes_the_place_of_the_older(service, embedded):
    service.ensure_embedded()
    write_compact([record("three")], embedded, CompactNotice("Given 2", "MIT", "", ""))
    changes = service.ensure_embedded()
    (info,) = service.libraries()
    assert (info.name, info.spectra, info.licence) == ("Given 2", 1, "MIT")
    assert len(changes.libraries) == 2


def test_an_embedded_library_that_the_user_removed_stays_away_until_asked_for(service, database, embedded):
    service.ensure_embedded()
    service.remove("Given")
    again = LibraryService(lambda: open_library_store(database), embedded)
    assert again.ensure_embedded().libraries == frozenset()
    write_compact([record("three")], embedded, CompactNotice("Given", "MIT", "", ""))
    assert again.ensure_embedded().libraries == frozenset()
    assert names(again) == []
    assert len(again.restore_embedded().libraries) == 1
    assert names(again) == ["Given"]
    assert again.restore_embedded().libraries == frozenset()


def test_a_cancelled_load_of_the_embedded_library_is_finished_by_the_next_start(service):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        service.ensure_embedded(cancel=token)
    service.ensure_embedded()
    assert [info.spectra for info in service.libraries()] == [2]


def test_a_library_of_the_user_is_not_touched_by_an_embedded_one_of_the_same_name(service, tmp_path):
    own = tmp_path / "Given.msp"
    own.write_text("Name: mine\nNum Peaks: 1\n41 999\n")
    service.import_paths([own])
    service.ensure_embedded()
    assert [(info.name, info.spectra, info.embedded) for info in service.libraries()] == [
        ("Given", 1, False),
        ("Given (comes with BitSpec)", 2, True),
    ]


def test_a_missing_or_damaged_embedded_library_is_said(database, tmp_path, own):
    service = LibraryService(lambda: open_library_store(database), tmp_path / "absent.bitspec")
    with pytest.raises(UnreadableFile, match="Install BitSpec again"):
        service.ensure_embedded()
    (tmp_path / "absent.bitspec").write_bytes(b"no library")
    with pytest.raises(UnreadableFile):
        service.ensure_embedded()
    write_compact([], tmp_path / "absent.bitspec", CompactNotice("Empty", "", "", ""))
    with pytest.raises(UnreadableFile, match="is empty"):
        service.ensure_embedded()
    assert service.libraries() == []
    assert service.import_paths([own]).added == 1


def test_without_an_embedded_library_nothing_changes(database):
    assert LibraryService(lambda: open_library_store(database)).ensure_embedded().libraries == frozenset()


def test_two_services_that_start_at_once_end_with_one_embedded_library(database, embedded):
    with ThreadPoolExecutor(2) as pool:
        starts = [LibraryService(lambda: open_library_store(database), embedded) for _ in range(2)]
        list(pool.map(lambda service: service.ensure_embedded(), starts))
    assert [(info.name, info.spectra) for info in starts[0].libraries()] == [("Given", 2)]


def test_the_measured_library_in_the_resources_loads_with_structures(database):
    service = LibraryService(lambda: open_library_store(database), embedded_library())
    service.ensure_embedded()
    (info,) = service.libraries()
    assert info.spectra > 1000
    assert info.compounds > 500
    assert "BSD" in info.licence


def test_measured_spectra_of_the_predicted_compound_come_best_first(service, tmp_path):
    path = tmp_path / "two.msp"
    texts = [
        f"Name: {name}\nInChIKey: {CAFFEINE}\nNum Peaks: 2\n{peaks}\n"
        for name, peaks in (("far", "50 999\n60 1"), ("near", "109 500\n194 999"))
    ]
    path.write_text("\n".join(texts))
    service.import_paths([path])
    molecule = Molecule("Cn1c(=O)c2c(ncn2C)n(C)c1=O", CAFFEINE[:14] + "-XXXXXXXXSA-N", "C8H10N4O2", 194, 194.08, "")
    spectrum = Spectrum(np.array([109.0, 194.0]), np.array([499.0, 999.0]))
    matches = service.measured_matches(Prediction(molecule, spectrum, ModelVersion("m", "0", "x")))
    assert [match.record.name for match in matches] == ["near", "far"]
    assert (matches[0].library, matches[0].match_factor) == ("two", 999)


def test_removing_a_library_tells_what_it_was(service, own):
    service.import_paths([own])
    assert service.remove("own").spectra == 1
    with pytest.raises(UnknownLibrary):
        service.remove("own")


def test_an_exported_library_is_imported_again_as_it_was(service, own, tmp_path):
    service.import_paths([own])
    told: list[Progress] = []
    target = tmp_path / "out" / "copy.msp"
    target.parent.mkdir()
    assert service.export("own", target, progress=told.append) == 1
    assert (told[-1].done, told[-1].total) == (1, 1)
    service.import_paths([target])
    both = {info.name: info.library_id for info in service.libraries()}
    (first,), (second,) = (
        [entry.record for entry in service.entries(LibraryQuery(library_id=both[name]))[0]] for name in ("own", "copy")
    )
    assert first.spectrum == second.spectrum
    assert (first.name, first.inchikey, first.formula) == (second.name, second.inchikey, second.formula)


def test_an_export_that_cannot_be_written_is_an_export_error(service, own, tmp_path):
    service.import_paths([own])
    with pytest.raises(ExportError):
        service.export("own", tmp_path / "absent" / "x.msp")
    with pytest.raises(UnknownLibrary, match="“nothing”"):
        service.export("nothing", tmp_path / "x.msp")
    assert not (tmp_path / "x.msp").exists()


def test_a_damaged_database_can_be_set_aside_and_work_goes_on(service, database, own):
    database.write_bytes(b"damaged" * 1000)
    with pytest.raises(DamagedDatabase) as caught:
        service.libraries()
    kept = service.set_aside(caught.value)
    assert kept.read_bytes() == b"damaged" * 1000
    service.ensure_embedded()
    assert service.import_paths([own]).added == 1


def test_damage_met_while_the_database_is_open_can_be_set_aside(service, database, own):
    service.import_paths([own])
    service.close()
    content = bytearray(database.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    database.write_bytes(content)
    with pytest.raises(DamagedDatabase) as caught:
        service.entries(LibraryQuery())
    service.set_aside(caught.value)
    assert service.libraries() == []


def test_libraries_are_wired_without_loading_a_database_or_chemistry():
    heavy = "{'sqlalchemy', 'alembic', 'rdkit', 'torch', 'PySide6'}"
    code = f"import sys, bitspec_gui.services.libraries; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
