from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.storage import engine as engine_module
from bitspec_gui.storage.library_store import open_library_store

_WRITER = """
import sys
from pathlib import Path
import numpy as np
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.storage.library_store import open_library_store
spectrum = Spectrum(np.array([1.0]), np.array([1.0]))
store = open_library_store(Path(sys.argv[1]))
library = store.open_library("shared")
for batch in range(10):
    store.add(library, [SpectrumRecord(spectrum, name=f"{sys.argv[2]} {batch} {n}") for n in range(20)])
"""


def test_two_threads_write_the_same_library_without_loss(store, make_record):
    start = threading.Barrier(2)

    def write(who: str) -> int:
        start.wait()
        library = store.open_library("shared")
        return sum(store.add(library, [make_record(f"{who} {batch} {n}") for n in range(20)]) for batch in range(15))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(write, "ab")) == [300, 300]
    assert [info.spectra for info in store.libraries()] == [600]


def test_two_threads_that_import_the_same_records_add_each_once(store, make_record):
    batches = [[make_record(f"{batch} {n}") for n in range(20)] for batch in range(10)]

    def write(_who: int) -> int:
        library = store.open_library("shared")
        return sum(store.add(library, batch) for batch in batches)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(write, range(2))) == 200


def test_a_reader_sees_whole_batches_while_another_thread_writes(store, make_record):
    library = store.open_library("growing")
    done = threading.Event()

    def write() -> None:
        for batch in range(20):
            store.add(library, [make_record(f"{batch} {n}") for n in range(25)])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not done.is_set():
        seen.append(store.entries(LibraryQuery(limit=1))[1])
    writer.join()
    assert all(count % 25 == 0 for count in seen)
    assert seen == sorted(seen)


def test_processes_that_open_a_new_database_at_once_all_write_to_it(database):
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(database), str(who)], stderr=subprocess.PIPE, text=True)
        for who in range(3)
    ]
    faults = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], faults
    assert [info.spectra for info in open_library_store(database).libraries()] == [600]
    assert sqlite3.connect(database).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def held(database):
    """A new database of which another program has just taken the write lock, as one does that makes it."""
    database.parent.mkdir()
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_a_new_database_that_another_program_is_making_is_waited_for(database, held, monkeypatch):
    pauses = []

    def paused(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            held.execute("COMMIT")

    monkeypatch.setattr(engine_module.time, "sleep", paused)
    assert open_library_store(database).libraries() == []
    assert len(pauses) == 3
    assert held.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_new_database_that_another_program_keeps_locked_is_said_to_be_in_use(database, held, monkeypatch):
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.1)
    with pytest.raises(StorageError, match="being written by another program"):
        open_library_store(database)
    held.execute("ROLLBACK")
    assert open_library_store(database).libraries() == []
