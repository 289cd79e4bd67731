"""A million spectra: how long the exact best 100 take, how large the index is, and what other ways of searching take.

    python -m tests.benchmarks.million_search [--spectra 1000000] [--queries 200] [--matchms-python PATH]

One run prints everything: our index (candidates and their exact scores from a store of float spectra that is mapped into memory),
brute force over an inverted index in numpy, Flash Entropy of ms_entropy and CosineGreedy of matchms, and whether the answers of
the index are those of brute force for every query. All on one thread. Needs the development data; ms_entropy and matchms are
left out, saying so, where they are not installed (matchms is run by another Python, since it wants other packages than BitSpec).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import Progress
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.search.index import LibraryIndex, exact_top, open_index, write_index
from bitspec_gui.spectra.search.kernels import set_kernel_cache
from bitspec_gui.spectra.similarity import weighted, weighted_cosine
from tests.benchmarks.million_library import Bins, FloatStore, change, make_store, models

TOP = 100
REPEATS = 3
SCANNED_QUERIES = 20
FLASH_SPECTRA = 100_000
MATCHMS_SPECTRA = 2_000
MATCHMS_QUERIES = 5

COLD_START = """
import time
started = time.perf_counter()
import sys
import numpy as np
from pathlib import Path
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.search.kernels import set_kernel_cache
set_kernel_cache(Path(sys.argv[2]))
from bitspec_gui.spectra.search.index import candidates, open_index
imported = time.perf_counter()
index = open_index(Path(sys.argv[1]))
found = candidates([index], np.load(sys.argv[3]), Score.WEIGHTED_COSINE, 100)
ended = time.perf_counter()
print(f"{ended - imported:.3f} {ended - started:.3f}")
"""

MATCHMS = """
import sys, time
import numpy as np
from matchms import Spectrum
from matchms.similarity import CosineGreedy
rows = np.load(sys.argv[1])
spectra = [Spectrum(np.flatnonzero(row) + 1.0, row[row > 0].astype(float), {}) for row in rows]
queries = int(sys.argv[2])
greedy = CosineGreedy(tolerance=0.1, mz_power=1.0, intensity_power=0.5)
greedy.pair(spectra[0], spectra[1])
started = time.perf_counter()
for query in spectra[:queries]:
    for library in spectra[queries:]:
        greedy.pair(library, query)
print((time.perf_counter() - started) / queries / (len(spectra) - queries))
"""


def main() -> int:
    """Run the benchmark; 0 if all answers were those of brute force, 1 if not or if there is no data."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="million") as name:
        folder = Path(name)
        try:
            originals, held_out = models(asked.queries)
        except UnreadableFile as error:
            print(error)
            return 1
        queries = change(held_out, np.random.default_rng(5))
        store = make_store(folder, asked.spectra, originals)
        print(f"{store.size:,} spectra made of {len(originals):,}, {store.bins.size / store.size:.1f} peaks each")
        index = build(folder, store)
        cold_start(folder, index, queries[0])
        print(f"{len(queries)} queries, measured spectra that the library was not made of:")
        answers = ours(index, store, queries)
        other_scores(index, store, queries[:SCANNED_QUERIES])
        alike = brute_force(store, queries, answers)
        flash_entropy(store, index, queries)
        matchms(asked.matchms_python, folder, store, queries)
    return 0 if alike else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.million_search")
    parser.add_argument("--spectra", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--matchms-python", type=Path, help="a Python that has matchms")
    return parser.parse_args()


def tell(what: str, seconds: list[float], more: str = "") -> None:
    """Print median and 95th percentile of times a query."""
    median, p95 = 1000 * np.percentile(seconds, [50, 95])
    print(f"{what}: median {median:.1f} ms, p95 {p95:.1f} ms{more}", flush=True)


def build(folder: Path, store: FloatStore) -> LibraryIndex:
    """The index of the store, timed."""
    set_kernel_cache(folder / "kernels")
    write_index(folder / "warm.index", 1, "warm", [next(store.entries())])
    grouping = []

    def note_grouping(progress: Progress) -> None:
        if progress.total and not grouping:
            grouping.append(time.perf_counter())

    path = folder / "million.index"
    started = time.perf_counter()
    write_index(path, 1, "benchmark", store.entries(), progress=note_grouping)
    ended = time.perf_counter()
    reading = grouping[0] - started if grouping else 0.0
    print(f"index: {path.stat().st_size / 1e6:.0f} MB, made in {ended - started:.0f} s, {reading:.0f} s of them reading spectra")
    return open_index(path)


def cold_start(folder: Path, index: LibraryIndex, query: Bins) -> None:
    """A fresh process that opens the index and searches, its kernels compiled before."""
    np.save(folder / "query.npy", query)
    command = [sys.executable, "-c", COLD_START, str(index.path), str(folder / "kernels"), str(folder / "query.npy")]
    found = []
    for _ in range(2 + REPEATS):
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": os.getcwd()})
        found.append([float(each) for each in run.stdout.split()])
    searching, everything = np.median(found[2:], axis=0)
    print(f"cold start: {searching:.2f} s to open and answer the first query, {everything:.2f} s with all imports")


def ours(index: LibraryIndex, store: FloatStore, queries: Bins) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Answers of the index, timed."""
    answers = [exact_top([index], query, Score.WEIGHTED_COSINE, TOP, store.fetch) for query in queries]
    wall = np.empty((REPEATS, len(queries)))
    processor = np.empty_like(wall)
    for repeat in range(REPEATS):
        for number, query in enumerate(queries):
            started, used = time.perf_counter(), time.thread_time()
            exact_top([index], query, Score.WEIGHTED_COSINE, TOP, store.fetch)
            wall[repeat, number] = time.perf_counter() - started
            processor[repeat, number] = time.thread_time() - used
    tell(f"BitSpec, exact best {TOP} by weighted cosine, wall time", np.median(wall, axis=0).tolist())
    tell("  the same, processor time", np.median(processor, axis=0).tolist())
    return answers


def other_scores(index: LibraryIndex, store: FloatStore, queries: Bins) -> None:
    """The other scores, timed; all but entropy similarity look at every spectrum."""
    for score in (Score.COSINE, Score.REVERSE, Score.COMPOSITE, Score.ENTROPY, Score.HYBRID):

        def search(query: Bins, score: Score = score) -> object:
            return exact_top([index], query, score, TOP, store.fetch, query_mass=200)

        tell(f"BitSpec, exact best {TOP} by {score.value}", timed(search, queries))


def timed(search: Callable[[Bins], object], queries: Bins) -> list[float]:
    """Seconds of each search, after a first one that does not count."""
    search(queries[0])
    seconds = []
    for query in queries:
        started = time.perf_counter()
        search(query)
        seconds.append(time.perf_counter() - started)
    return seconds


def brute_force(store: FloatStore, queries: Bins, answers: list[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> bool:
    """Every spectrum scored through an inverted index in numpy, timed; whether the answers of the index are the same."""
    spectrum = np.repeat(np.arange(store.size, dtype=np.int32), np.diff(store.offsets))
    weight = (store.bins + 1.0) * np.sqrt(store.intensity)
    lengths = np.sqrt(np.bincount(spectrum, weights=weight**2, minlength=store.size))
    by_bin = np.argsort(store.bins, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(store.bins, minlength=1000))])
    postings, parts = spectrum[by_bin], (weight / lengths[spectrum]).astype(np.float32)[by_bin]
    del spectrum, weight, by_bin

    def scores(query: Bins) -> NDArray[np.float32]:
        vector = weighted(query, 1, 0.5)
        vector /= np.linalg.norm(vector)
        total = np.zeros(store.size, dtype=np.float32)
        for place in np.flatnonzero(vector):
            some = slice(starts[place], starts[place + 1])
            total[postings[some]] += np.float32(vector[place]) * parts[some]
        return total

    def best(query: Bins) -> NDArray[np.int64]:
        total = scores(query)
        return np.argpartition(total, -TOP)[-TOP:]

    tell("brute force (inverted index, numpy)", timed(best, queries))
    alike = sum(_is_exact(scores(query), store, query, *answer) for query, answer in zip(queries, answers, strict=True))
    print(f"identical to brute force, spectra and scores: {alike} of {len(queries)} queries")
    return alike == len(queries)


def _is_exact(
    total: NDArray[np.float32], store: FloatStore, query: Bins, ids: NDArray[np.int64], scores: NDArray[np.float64]
) -> bool:
    """Whether an answer is that of all spectra; `total` (D,) are their scores in single precision."""
    least = np.partition(total, -TOP)[-TOP] - 1e-4
    near = np.flatnonzero(total >= least) + 1
    exact = weighted_cosine(query, store.fetch(near))
    order = np.lexsort((near, -exact))[:TOP]
    return bool(np.array_equal(near[order], ids) and np.array_equal(exact[order], scores))


def flash_entropy(store: FloatStore, index: LibraryIndex, queries: Bins) -> None:
    """Flash Entropy on the first `FLASH_SPECTRA` spectra, timed; its memory would not do for all."""
    try:
        from ms_entropy import FlashEntropySearch
    except ImportError:
        print("ms_entropy is not installed: no comparison with Flash Entropy.")
        return
    spectra = min(FLASH_SPECTRA, store.size)
    library = []
    for number in range(spectra):
        start, end = store.offsets[number], store.offsets[number + 1]
        intensity = store.intensity[start:end] / store.intensity[start:end].sum()
        peaks = np.stack([store.bins[start:end] + np.float32(1), intensity], axis=1).astype(np.float32)
        library.append({"precursor_mz": 1200.0, "peaks": peaks})
    search = FlashEntropySearch(intensity_weight=None)
    search.build_index(library, precursor_ions_removal_da=None, noise_threshold=0, clean_spectra=False)

    def best(query: Bins) -> NDArray[np.int64]:
        at = np.flatnonzero(query)
        peaks = np.stack([at + 1, query[at] / query.sum()], axis=1).astype(np.float32)
        return np.argpartition(search.open_search(peaks, ms2_tolerance_in_da=0.02), -TOP)[-TOP:]

    seconds = timed(best, queries[:SCANNED_QUERIES])
    scale = store.size / spectra
    tell(f"Flash Entropy (ms_entropy), {spectra:,} spectra", seconds, f"; times {scale:.0f} for all, which is extrapolated")


def matchms(python: Path | None, folder: Path, store: FloatStore, queries: Bins) -> None:
    """CosineGreedy on some pairs, timed by another Python."""
    if python is None or not python.is_file():
        print("No Python with matchms was named (--matchms-python): no comparison with CosineGreedy.")
        return
    spectra = min(MATCHMS_SPECTRA, store.size)
    np.save(folder / "pairs.npy", np.concatenate([queries[:MATCHMS_QUERIES], store.fetch(np.arange(1, spectra + 1))]))
    command = [str(python), "-c", MATCHMS, str(folder / "pairs.npy"), str(min(MATCHMS_QUERIES, len(queries)))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"matchms could not be run: {run.stderr.strip().splitlines()[-1:]}")
        return
    pair = float(run.stdout.split()[-1])
    print(f"CosineGreedy (matchms): {1e6 * pair:.0f} µs a pair, so {pair * store.size:.0f} s a query (extrapolated)")


if __name__ == "__main__":
    raise SystemExit(main())
