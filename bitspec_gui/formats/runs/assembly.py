"""Scans as readers find them -> a `Run`: cleaned, sorted, counted, and refused where they cannot be a GC-MS run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.run import Run
from bitspec_gui.formats.fields import MAX_MZ
from bitspec_gui.spectra.centroiding import centroids_of_scans, looks_like_profile

MAX_PEAKS = 50_000_000
MAX_SCANS = 2_000_000
"""Beyond either nothing more is read, so that no file can fill the memory; several times the largest GC-MS runs."""

MAX_TOLD = 30
"""Problems told one by one; of a run with more of them only their number is told beyond."""

MOST_IMPOSSIBLE = 0.02
"""Share of impossible values above which a file is refused: it is damaged, or its layout is not understood."""

_BLOCK_PEAKS = 1 << 18
_BAD_INTENSITY = 1e30
_LEAST_MZ = 0.5

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass
class Watch:
    """Who is told how far a reading is, and who may stop it."""

    progress: ReportProgress = ignore_progress
    cancel: CancelToken | None = None
    total: int = 0

    def at(self, done: int, message: str) -> None:
        """Tell how far it is; raises `Cancelled` if that was asked for."""
        if self.cancel is not None:
            self.cancel.raise_if_cancelled()
        self.progress(Progress(min(done, self.total), self.total, message))


@dataclass
class Findings:
    """What a reader has to say of a run: what was repaired or left out, and what the file calls it."""

    source_file: str
    problems: list[Problem] = field(default_factory=list)
    title: str = ""
    instrument: str = ""
    acquired: str = ""
    untold: int = 0

    def repaired(self, what: str, kept: str, line: int | None = None) -> None:
        """Something was read with a repair, or is only to be known."""
        self._add(Problem(self.source_file, line, what, kept, rejected=False))

    def left_out(self, what: str, line: int | None = None, kept: str = "This scan was left out; the others were kept.") -> None:
        """A scan was left out."""
        self._add(Problem(self.source_file, line, what, kept))

    def broke_off(self, what: str, scans: int, line: int | None = None) -> None:
        """The file ends, or stops making sense, before its end."""
        many = "1 scan" if scans == 1 else f"{scans:,} scans"
        self._add(Problem(self.source_file, line, what, f"The {many} before that were kept."))

    def ionisation(self, said: str) -> None:
        """A run that was not recorded with electron ionisation is worth a word: libraries of EI spectra will not match it."""
        what = f"This run was recorded with {said}, not with electron ionisation."
        self.repaired(what, "It was opened, but EI libraries will hardly match it.")

    def all(self) -> tuple[Problem, ...]:
        """Everything, with a last line that says how many are not listed, if any."""
        if not self.untold:
            return tuple(self.problems)
        what = f"There were {self.untold:,} further problems, which are not listed."
        return (*self.problems, Problem(self.source_file, None, what, "", rejected=False))

    def _add(self, problem: Problem) -> None:
        if len(self.problems) < MAX_TOLD:
            self.problems.append(problem)
        else:
            self.untold += 1


class ScanCollector:
    """Scans of a file that is read from front to end, gathered in few large arrays."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.full = False
        self._times: list[float] = []
        self._counts: list[int] = []
        self._profile: list[bool | None] = []
        self._open: list[tuple[FloatArray, FloatArray]] = []
        self._open_peaks = 0
        self._blocks: list[tuple[FloatArray, FloatArray]] = []
        self._peaks = 0

    def __len__(self) -> int:
        return len(self._times)

    def add(self, time_min: float | None, mz: FloatArray, intensity: FloatArray, *, profile: bool | None = False) -> bool:
        """Take a scan; False, and never more of them, when the run is larger than any that is opened.

        `profile` None = the file does not say.
        """
        if self._peaks + mz.size > MAX_PEAKS or len(self._times) >= MAX_SCANS:
            self.full = True
            return False
        self._times.append(np.nan if time_min is None else time_min)
        self._counts.append(int(mz.size))
        self._profile.append(profile)
        self._peaks += int(mz.size)
        self._open.append((mz, intensity))
        self._open_peaks += int(mz.size)
        if self._open_peaks >= _BLOCK_PEAKS:
            self._close_block()
        return True

    def run(self) -> Run:
        """The run of all scans taken.

        Raises
        ------
        UnreadableFile
            If there is none, or what is there cannot be a GC-MS run.
        """
        self._close_block()
        if self.full:
            what = f"This run is larger than the {MAX_PEAKS:,} points or {MAX_SCANS:,} scans that BitSpec opens."
            self.findings.broke_off(what, len(self))
        mz = np.concatenate([block[0] for block in self._blocks]) if self._blocks else np.zeros(0)
        intensity = np.concatenate([block[1] for block in self._blocks]) if self._blocks else np.zeros(0)
        self._blocks.clear()
        times = np.array(self._times, dtype=np.float64)
        starts = np.concatenate([[0], np.cumsum(np.array(self._counts, dtype=np.int64))]).astype(np.int64)
        profile = _any_profile(self._profile, mz, starts)
        return assembled(self.findings, times, starts, mz, intensity, profile=profile)

    def _close_block(self) -> None:
        if self._open:
            self._blocks.append((np.concatenate([p[0] for p in self._open]), np.concatenate([p[1] for p in self._open])))
            self._open, self._open_peaks = [], 0


def assembled(
    findings: Findings, time_min: FloatArray, starts: IntArray, mz: FloatArray, intensity: FloatArray, *, profile: bool = False
) -> Run:
    """A `Run` of scans whose peaks stand one after the other.

    Parameters
    ----------
    time_min : (S,) float64
        Minutes; not finite where the file does not say.
    starts : (S + 1,) int64
        Peaks of scan ``s`` are ``starts[s]:starts[s + 1]``.
    mz, intensity : (P,) float64
        In any order within a scan; zero-padded scans and intensities of 0 are no peaks.
    profile : bool
        Whether the points are a profile, which is centroided here.

    Raises
    ------
    UnreadableFile
        If there are no scans or no peaks, or too many values are impossible.
    """
    if time_min.size == 0:
        raise UnreadableFile(f"{findings.source_file} holds no mass spectra of a run.")
    mz, intensity, starts = _possible_peaks(findings, mz, intensity, starts)
    if mz.size == 0:
        raise UnreadableFile(f"{findings.source_file} holds {time_min.size:,} scans, but not one of them has a peak.")
    time_min, mz, intensity, starts = _in_order(findings, _known_times(findings, time_min), mz, intensity, starts)
    if profile:
        mz, intensity, starts = centroids_of_scans(mz, intensity, starts)
        what = "The scans are profiles, not centroids."
        findings.repaired(what, "Each was centroided: a peak is the sum of its points, at their mean m/z.")
    tic = _sums(intensity, starts)
    return Run(
        findings.source_file, time_min, tic, starts, mz.astype(np.float32), intensity.astype(np.float32),
        title=findings.title, instrument=findings.instrument, acquired=findings.acquired, problems=findings.all(),
    )  # fmt: skip


def _any_profile(said: list[bool | None], mz: FloatArray, starts: IntArray) -> bool:
    if any(each is not None for each in said):
        return sum(each is True for each in said) * 2 > len(said)
    return looks_like_profile(mz, starts)


def refuse_impossible(source_file: str, mz: FloatArray, intensity: FloatArray) -> None:
    """Raise `UnreadableFile` if more than a few of a file's values are impossible."""
    judged = _judged(mz, intensity)
    _refuse_many(source_file, mz, judged)


@dataclass(frozen=True)
class _Judged:
    """Which points are peaks, which are impossible, and which are below zero; the others are padding."""

    peaks: NDArray[np.bool_]
    impossible: NDArray[np.bool_]
    negative: NDArray[np.bool_]


def _judged(mz: FloatArray, intensity: FloatArray) -> _Judged:
    """An intensity of 0, or no m/z and no intensity, is padding; negative ones stand where a background was subtracted."""
    with np.errstate(invalid="ignore"):
        padding = (intensity == 0) | ((mz == 0) & (intensity <= 0))
        sane = (mz >= _LEAST_MZ) & (mz <= MAX_MZ) & (np.abs(intensity) < _BAD_INTENSITY)
        negative = sane & (intensity < 0)
        peaks = sane & (intensity > 0)
    return _Judged(peaks, ~sane & ~padding, negative)


def _refuse_many(file: str, mz: FloatArray, judged: _Judged) -> None:
    points = int(judged.peaks.sum()) + int(judged.negative.sum()) + int(judged.impossible.sum())
    if int(judged.impossible.sum()) > MOST_IMPOSSIBLE * max(points, 1):
        raise UnreadableFile(_absurd(file, mz[judged.impossible], points))


def _possible_peaks(
    findings: Findings, mz: FloatArray, intensity: FloatArray, starts: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """What can be a peak. Padding goes without a word."""
    judged = _judged(mz, intensity)
    _refuse_many(findings.source_file, mz, judged)
    for which, fault in ((judged.impossible, "an impossible m/z or intensity"), (judged.negative, "a negative intensity")):
        count = int(which.sum())
        if count:
            points = "1 point has" if count == 1 else f"{count:,} points have"
            findings.repaired(f"{points} {fault}.", "They were left out; all other points were kept.")
    if judged.peaks.all():
        return mz, intensity, starts
    kept_before = np.concatenate([[0], np.cumsum(judged.peaks)])
    return mz[judged.peaks], intensity[judged.peaks], kept_before[starts].astype(np.int64)


def _absurd(file: str, mz: FloatArray, points: int) -> str:
    finite = mz[np.isfinite(mz)]
    example = f", such as m/z {finite.max():,.0f}" if finite.size and finite.max() > MAX_MZ else ""
    return (
        f"{file} holds {mz.size:,} impossible values among {points:,} points{example}. "
        "It is damaged, or was written by a program that BitSpec does not understand; nothing of it was opened."
    )


def _known_times(findings: Findings, time_min: FloatArray) -> FloatArray:
    """Times of all scans; those missing are put between their neighbours, or, if all are, one second apart."""
    known = np.isfinite(time_min) & (time_min >= 0) & (time_min < 1e6)
    if known.all():
        return time_min
    place = np.arange(time_min.size, dtype=np.float64)
    if not known.any():
        findings.repaired("The file gives no retention times.", "The scans are shown as if they were one second apart.")
        return place / 60.0
    missing = int((~known).sum())
    findings.repaired(f"{missing:,} scans have no retention time.", "They were put between their neighbours.")
    return np.interp(place, place[known], time_min[known])


def _in_order(
    findings: Findings, time_min: FloatArray, mz: FloatArray, intensity: FloatArray, starts: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Scans by time, and peaks by m/z within a scan."""
    scans = np.repeat(np.arange(time_min.size), np.diff(starts))
    if (np.diff(time_min) < 0).any():
        findings.repaired("The scans are not in the order of their times.", "They were sorted.")
        order = np.argsort(time_min, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        counts = np.diff(starts)[order]
        by_scan = np.argsort(place[scans], kind="stable")
        time_min, mz, intensity, scans = time_min[order], mz[by_scan], intensity[by_scan], place[scans][by_scan]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    if ((np.diff(mz) < 0) & (np.diff(scans) == 0)).any():
        by_mz = np.lexsort((mz, scans))
        mz, intensity = mz[by_mz], intensity[by_mz]
    return time_min, mz, intensity, starts


def _sums(intensity: FloatArray, starts: IntArray) -> FloatArray:
    """Sum of the intensities of each scan, 0 where it is empty."""
    filled = np.flatnonzero(np.diff(starts))
    sums = np.zeros(starts.size - 1)
    sums[filled] = np.add.reduceat(intensity, starts[filled])
    return sums
