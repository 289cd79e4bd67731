from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bitspec_gui.domain.tuning_data import content_hash
from bitspec_gui.storage.training.store import open_training_store

_WRITER = """
import sys
from pathlib import Path
import numpy as np
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.storage.training.store import open_training_store
store = open_training_store(Path(sys.argv[1]))
batches = int(sys.argv[3])
spectrum = Spectrum(np.array([1.0]), np.array([1.0]))
print("begins", flush=True)
number = 0
while batches < 0 or number < batches:
    record = SpectrumRecord(spectrum, name=f"{sys.argv[2]} {number}", smiles="C", inchikey=f"{number:014d}-UHFFFAOYSA-N")
    store.add_spectra(1, [DatasetSpectrum(0, record)] * 20)
    number += 1
"""


def writer(file, who: str, batches: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file), who, str(batches)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_processes_and_a_window_write_at_once_without_loss(training, training_file, make_own):
    dataset = training.new_dataset("shared")
    others = [writer(training_file, who, 8) for who in "ab"]
    for batch in range(8):
        training.add_spectra(dataset, [make_own(100 * batch + number) for number in range(20)])
    for other in others:
        _, said = other.communicate(timeout=60)
        assert other.returncode == 0, said
    spectra = training.spectra(dataset)
    assert len(spectra) == 480
    assert training.dataset(dataset).spectra == 480
    assert training.dataset(dataset).content_hash == content_hash(spectra)


@pytest.mark.skipif(os.name == "nt", reason="needs signals of POSIX")
def test_a_process_that_is_killed_while_it_writes_leaves_whole_batches(training, training_file):
    dataset = training.new_dataset("shared")
    other = writer(training_file, "a", -1)
    assert other.stdout.readline() == "begins\n"
    while training.dataset(dataset).spectra < 200:
        assert other.poll() is None
    other.send_signal(signal.SIGKILL)
    other.communicate(timeout=60)
    training.close()
    again = open_training_store(training_file)
    spectra = again.spectra(dataset)
    assert len(spectra) >= 200
    assert len(spectra) % 20 == 0
    assert again.dataset(dataset).spectra == len(spectra)
    assert again.dataset(dataset).content_hash == content_hash(spectra)
    again.close()
    connection = sqlite3.connect(training_file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_several_threads_that_open_a_new_database_at_once_all_get_it(training_file):
    start = threading.Barrier(4)

    def make(number: int) -> int:
        start.wait()
        store = open_training_store(training_file)
        dataset = store.new_dataset(f"d{number}")
        store.close()
        return dataset

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(make, range(4))) == [1, 2, 3, 4]
