"""GC-MS runs as the window uses them: opened, and from picked scans to a spectrum that can be searched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.spectra.chromatogram import (
    ChromatogramPeak,
    FloatArray,
    averaged_spectrum,
    extracted_ion,
    find_peaks,
    is_unit_mass,
    mass_windows,
)

MOST_PEAKS = 500
"""Peaks of a run whose spectra are made at a time: the largest."""

TOP_SHARE = 0.5
"""The spectrum of a peak is the mean of the scans that reach this share of its height."""

MOST_TOP_SCANS = 5
"""Scans before and after the top of a peak that are averaged at most, so that broad humps give the spectrum of their top."""

BACKGROUND_SCANS = 3
"""Scans before and after a peak that are its background, if nothing else is chosen."""

ScanRange = tuple[int, int]


@dataclass(frozen=True)
class Pick:
    """Scans chosen in a run, from 0 and both ends included, and those whose mean is subtracted."""

    first: int
    last: int
    background: tuple[ScanRange, ...] = ()

    @property
    def scans(self) -> int:
        """Number of scans, without those of the background."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Trace:
    """A trace of a run: ``label`` says the ions, ``intensity`` (S,) float64 their sum scan by scan."""

    label: str
    intensity: FloatArray


def open_run(path: Path, *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> Run:
    """Read a run; see `formats.runs.registry.open_run`."""
    from bitspec_gui.formats.runs.registry import open_run as read

    return read(path, progress=progress, cancel=cancel)


def holds_run(path: Path) -> bool:
    """Whether a file or folder is a GC-MS run, by its first bytes."""
    from bitspec_gui.formats.runs.registry import holds_run as holds

    return holds(path)


def traces(run: Run, ions: str) -> tuple[Trace, ...]:
    """Traces of ions as they are typed, "57, 71" or "57.07±0.02"; raises `SpectrumError` if that is no list of m/z."""
    return tuple(Trace(f"m/z {window.label}", extracted_ion(run, window)) for window in mass_windows(ions))


def peaks(run: Run) -> tuple[ChromatogramPeak, ...]:
    """Peaks of the total-ion chromatogram, from left to right."""
    return find_peaks(run.tic)


def pick_of_peak(run: Run, peak: ChromatogramPeak) -> Pick:
    """The scans at the top of a peak, and as background some before and some after it."""
    foot = float(run.tic[peak.apex]) - peak.height
    level = foot + TOP_SHARE * peak.height
    first = last = peak.apex
    while first > max(peak.first, peak.apex - MOST_TOP_SCANS) and run.tic[first - 1] >= level:
        first -= 1
    while last < min(peak.last, peak.apex + MOST_TOP_SCANS) and run.tic[last + 1] >= level:
        last += 1
    before = (max(0, peak.first - BACKGROUND_SCANS + 1), min(peak.first, first - 1))
    after = (max(peak.last, last + 1), min(run.scans - 1, peak.last + BACKGROUND_SCANS - 1))
    return Pick(first, last, tuple(part for part in (before, after) if part[0] <= part[1]))


def record_of(run: Run, pick: Pick) -> SpectrumRecord:
    """The spectrum of picked scans as a record to search with; its comment says how it was made.

    Raises
    ------
    SpectrumError
        If the scans have no peaks, or none is left after the subtraction.
    """
    spectrum = _spectrum_of(run, pick)
    return SpectrumRecord(
        spectrum,
        name=_name(run, pick),
        instrument=run.instrument or None,
        comment=_comment(run, pick),
        source_file=run.source_file,
        extra=(("Retention time", f"{_middle(run, pick):.4f} min"),),
    )


def peak_records(
    run: Run, *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None
) -> tuple[SpectrumRecord, ...]:
    """Spectra of all peaks of the total-ion chromatogram, each less its background, in the order of their times.

    Of more than `MOST_PEAKS` the largest are taken. A peak of which nothing is left is passed over.
    """
    found = sorted(sorted(peaks(run), key=lambda peak: -peak.height)[:MOST_PEAKS], key=lambda peak: peak.apex)
    records: list[SpectrumRecord] = []
    for number, peak in enumerate(found):
        if cancel is not None:
            cancel.raise_if_cancelled()
        try:
            records.append(record_of(run, pick_of_peak(run, peak)))
        except SpectrumError:
            continue
        progress(Progress(number + 1, len(found), f"{len(records):,} peaks"))
    return tuple(records)


def described(run: Run, pick: Pick) -> str:
    """What is picked, in words: times, scans, and what is subtracted."""
    if pick.scans == 1:
        words = f"{run.time_min[pick.first]:.3f} min, scan {pick.first + 1}"
    else:
        words = f"{run.time_min[pick.first]:.3f} to {run.time_min[pick.last]:.3f} min, {pick.scans} scans ({_scans(pick)})"
    if pick.background:
        scans = sum(last - first + 1 for first, last in pick.background)
        words += f", less the mean of {scans} background {'scan' if scans == 1 else 'scans'}"
    return words


@lru_cache(maxsize=4)
def _unit_mass(run: Run) -> bool:
    return is_unit_mass(run)


def _spectrum_of(run: Run, pick: Pick) -> Spectrum:
    return averaged_spectrum(run, pick.first, pick.last, pick.background, unit_mass=_unit_mass(run))


def _name(run: Run, pick: Pick) -> str:
    path = Path(run.source_file)
    file = path.parent.name if path.name.lower() == "data.ms" and path.parent.suffix.lower() == ".d" else path.name
    return f"{file}, {_middle(run, pick):.3f} min ({_scans(pick)})"


def _middle(run: Run, pick: Pick) -> float:
    """Time of the largest scan, which is that of the peak."""
    return float(run.time_min[pick.first + int(run.tic[pick.first : pick.last + 1].argmax())])


def _scans(pick: Pick) -> str:
    return f"scan {pick.first + 1}" if pick.scans == 1 else f"scans {pick.first + 1}–{pick.last + 1}"


def _comment(run: Run, pick: Pick) -> str:
    parts = [f"Picked from a GC-MS run: {described(run, pick)}."]
    if pick.background:
        ranges = ", ".join(f"{first + 1}–{last + 1}" for first, last in pick.background)
        parts.append(f"Background scans: {ranges}.")
    if run.title:
        parts.append(f"Run: {run.title}.")
    return " ".join(parts)
