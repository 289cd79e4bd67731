"""Index files: what they keep, and that damage, a crash or a cancel never goes unnoticed or costs the old file."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.errors import Cancelled, IndexFileError
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.ports import SearchEntry
from bitspec_gui.domain.search import PeakCondition, Score
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.spectra.search import library_index
from bitspec_gui.spectra.search.index import candidates, check_index, open_index, write_index
from tests.spectra.search_spectra import entries, families, indexed


def entry(
    entry_id: int, peaks: dict[float, float], mass: int | None = None, ri: float | None = None, sure: float | None = None
) -> SearchEntry:
    spectrum = Spectrum(np.array(list(peaks), dtype=float), np.array(list(peaks.values()), dtype=float))
    return SearchEntry(entry_id, spectrum, mass, ri, sure)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "library.index"
    write_index(path, 3, "first", entries(families(np.random.default_rng(1), 300)))
    return path


def test_an_index_keeps_what_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "library.index"
    write_index(path, 42, "r7", [[entry(5, {50: 1}, 78, 600.5, None)], [], [entry(9, {60: 1}, None, None, 0.75)]])
    index = open_index(path)
    order = np.argsort(index.entry_ids)
    assert (index.library_id, index.revision, index.size) == (42, "r7", 2)
    assert index.entry_ids[order].tolist() == [5, 9]
    assert index.masses[order].tolist() == [78, 0]
    assert index.retention_index[order].tolist() == pytest.approx([600.5, np.nan], nan_ok=True)
    assert index.confidence[order].tolist() == pytest.approx([np.nan, 0.75], nan_ok=True)


def test_empty_libraries_and_spectra_without_a_peak_in_range_are_indexed(tmp_path: Path) -> None:
    query = np.ones(1000, dtype=np.float32)
    for name, batches in {"none": [], "empty": [[]], "heavy": [[entry(1, {1500: 1})]], "silent": [[entry(1, {50: 0})]]}.items():
        write_index(tmp_path / name, 1, "r", batches)
        index = open_index(tmp_path / name)
        for score in (Score.WEIGHTED_COSINE, Score.ENTROPY, Score.COMPOSITE, Score.HYBRID, Score.REVERSE, Score.COSINE):
            assert candidates([index], query, score, 10, query_mass=100).entry_id.size == 0, name
        assert index.showing([PeakCondition(50)]).tolist() == [False] * index.size


def test_a_spectrum_with_every_bin_filled_is_indexed(tmp_path: Path) -> None:
    full = np.linspace(0.001, 1, 1000, dtype=np.float32)
    index = indexed(tmp_path / "full.index", np.repeat(full[None], 20, axis=0))
    assert candidates([index], full, Score.WEIGHTED_COSINE, 20).score.tolist() == pytest.approx([1] * 20, abs=0.003)


def test_masses_that_no_index_can_hold_are_unknown(tmp_path: Path) -> None:
    write_index(tmp_path / "i", 1, "r", [[entry(1, {50: 1}, 40_000), entry(2, {50: 1}, -3)]])
    assert open_index(tmp_path / "i").masses.tolist() == [0, 0]


def test_progress_is_told_and_ends_with_all_spectra(tmp_path: Path) -> None:
    told: list[Progress] = []
    write_index(tmp_path / "i", 1, "r", entries(families(np.random.default_rng(1), 60), batch=20), progress=told.append)
    assert [each.done for each in told if each.message == "Reading spectra"] == [20, 40, 60]
    assert (told[-1].done, told[-1].total) == (60, 60)


@pytest.mark.parametrize(
    ("condition", "passing"),
    [
        (PeakCondition(77), [1, 2]),
        (PeakCondition(77, 50, 100), [1]),
        (PeakCondition(77, 100, 100), []),
        (PeakCondition(51, 100, 100), [1, 2]),
        (PeakCondition(77, 0.5, 5), [2, 3]),
        (PeakCondition(77, 0, 5), [2, 3, 4]),
        (PeakCondition(1200), []),
    ],
)
def test_spectra_that_show_a_peak_are_found(tmp_path: Path, condition: PeakCondition, passing: list[int]) -> None:
    batch = [
        entry(1, {51: 999, 77: 600}),
        entry(2, {51: 999, 77: 19.98}),
        entry(3, {30: 999, 77: 7}),
        entry(4, {30: 999, 78: 999}),
    ]
    write_index(tmp_path / "i", 1, "r", [batch])
    index = open_index(tmp_path / "i")
    assert sorted(index.entry_ids[index.showing([condition])].tolist()) == passing


def test_several_peak_conditions_must_all_hold(tmp_path: Path) -> None:
    write_index(tmp_path / "i", 1, "r", [[entry(1, {51: 1, 77: 1}), entry(2, {51: 1})]])
    index = open_index(tmp_path / "i")
    assert index.entry_ids[index.showing([PeakCondition(51), PeakCondition(77)])].tolist() == [1]


def test_a_missing_an_empty_and_a_foreign_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexFileError, match="cannot be opened"):
        open_index(tmp_path / "nothing.index")
    (tmp_path / "empty.index").write_bytes(b"")
    with pytest.raises(IndexFileError, match="empty"):
        open_index(tmp_path / "empty.index")
    (tmp_path / "foreign.index").write_bytes(b"SQLite format 3\0" * 5000)
    with pytest.raises(IndexFileError, match="not a search index"):
        open_index(tmp_path / "foreign.index")
    with pytest.raises(IndexFileError, match="cannot be opened"):
        open_index(tmp_path)


def test_an_index_of_a_later_format_is_refused_with_its_number(written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[16] = 9
    written.write_bytes(content)
    with pytest.raises(IndexFileError, match="format 9"):
        open_index(written)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.99])
def test_a_file_that_was_cut_short_is_refused(written: Path, share: float) -> None:
    content = written.read_bytes()
    written.write_bytes(content[: 10 + int(share * len(content))])
    with pytest.raises(IndexFileError):
        open_index(written)


def test_a_file_that_grew_is_refused(written: Path) -> None:
    with written.open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(IndexFileError, match="bytes instead of"):
        open_index(written)


def test_any_flipped_byte_of_header_or_arrays_is_noticed(written: Path) -> None:
    content = written.read_bytes()
    header_end = 24 + int.from_bytes(content[20:24], "little") + 4
    arrays = [(each.start, each.size_bytes) for each in library_index.SectionFile(written).sections.values()]
    generator = np.random.default_rng(4)
    places = [*range(0, header_end, 37), *(start + int(generator.integers(size)) for start, size in arrays for _ in range(4))]
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        written.write_bytes(damaged)
        with pytest.raises(IndexFileError):
            open_index(written)


def test_damage_in_a_large_file_is_found_by_the_full_check_and_harmless_before(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_index, "_CHECKED_WHOLE_BYTES", 0)
    content = bytearray(written.read_bytes())
    section = library_index.SectionFile(written).sections["words"]
    noise = np.random.default_rng(3).integers(0, 256, section.size_bytes).astype(np.uint8).tobytes()
    content[section.start : section.start + section.size_bytes] = noise
    written.write_bytes(content)
    index = open_index(written)
    for score in Score:
        if score is not Score.COMBINED:
            found = candidates([index], np.ones(1000, dtype=np.float32), score, 10, query_mass=100)
            assert set(found.entry_id.tolist()) <= set(range(1, 301))
    assert index.showing([PeakCondition(50)]).shape == (300,)
    with pytest.raises(IndexFileError, match="words"):
        check_index(written)


def test_a_whole_file_passes_the_full_check(written: Path) -> None:
    check_index(written)


def test_the_same_library_gives_the_same_file(written: Path, tmp_path: Path) -> None:
    write_index(tmp_path / "again.index", 3, "first", entries(families(np.random.default_rng(1), 300)))
    assert (tmp_path / "again.index").read_bytes() == written.read_bytes()


def test_a_cancelled_or_failing_build_leaves_the_old_file(written: Path) -> None:
    before = written.read_bytes()
    token = CancelToken()

    def cancelling() -> Iterator[list[SearchEntry]]:
        yield [entry(1, {50: 1})]
        token.cancel()
        yield [entry(2, {50: 1})]

    def failing() -> Iterator[list[SearchEntry]]:
        yield [entry(1, {50: 1})]
        raise OSError("the disk is gone")

    with pytest.raises(Cancelled):
        write_index(written, 3, "second", cancelling(), cancel=token)
    with pytest.raises(OSError, match="gone"):
        write_index(written, 3, "second", failing())
    assert written.read_bytes() == before
    assert [each.name for each in written.parent.iterdir()] == [written.name]


CHILD = """
import os, signal, sys
from pathlib import Path
import numpy as np
from bitspec_gui.spectra.search import sections
from bitspec_gui.spectra.search.index import write_index
from tests.spectra.search_spectra import entries, families

finish = sections.SectionWriter.finish
def killed(self, facts):
    self._stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)
sections.SectionWriter.finish = killed
write_index(Path(sys.argv[1]), 3, "second", entries(families(np.random.default_rng(2), 300)))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_build_that_is_killed_leaves_the_old_file(written: Path) -> None:
    before = written.read_bytes()
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(written)], cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert written.read_bytes() == before
    assert open_index(written).revision == "first"
