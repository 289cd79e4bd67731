"""Unknowns of files one after the other, however many: records of spectrum files, and peaks of GC-MS runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bitspec_gui.domain.errors import SpectrumError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.runs import Pick, holds_run, open_run, peak_records, peaks, pick_of_peak, record_of
from bitspec_gui.services.unknowns import without_path

LEFT_OUT = "Nothing of it was searched; the other files were."


def read_queries(
    paths: Sequence[Path],
    times_min: Sequence[float] = (),
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Iterator[SpectrumRecord | Problem]:
    """Spectra to search with, in the order of `paths`; a file that cannot be read is one rejected `Problem`.

    Parameters
    ----------
    paths : sequence of Path
        Spectrum files, folders and archives of them, and GC-MS runs.
    times_min : sequence of float
        Retention times (min) to take from runs: of each the peak there less its background, or the scan if there is no peak.
        Without one all peaks of the total-ion chromatogram are taken.
    progress : callable
        Told how far the reading of a run is.

    Raises
    ------
    Cancelled
        On the user's wish, between two spectra.
    """
    for path in paths:
        try:
            if holds_run(path):
                yield from _of_run(open_run(path, progress=progress, cancel=cancel), path, times_min, cancel)
            else:
                yield from _of_file(path, cancel)
        except UnreadableFile as error:
            yield Problem(str(path), None, without_path(error, path), LEFT_OUT)


def _of_file(path: Path, cancel: CancelToken | None) -> Iterator[SpectrumRecord | Problem]:
    from bitspec_gui.formats.registry import sources

    for source in sources([path]):
        for item in source.records():
            if cancel is not None:
                cancel.raise_if_cancelled()
            yield item


def _of_run(run: Run, path: Path, times_min: Sequence[float], cancel: CancelToken | None) -> Iterator[SpectrumRecord | Problem]:
    yield from run.problems
    found: Sequence[SpectrumRecord | Problem]
    found = [_at(run, path, time_min) for time_min in times_min] if times_min else peak_records(run, cancel=cancel)
    if not found:
        what = "No peak stands out of this chromatogram; name a retention time to take the scan there."
        yield Problem(str(path), None, what, LEFT_OUT)
    for item in found:
        yield replace(item, source_file=str(path)) if isinstance(item, SpectrumRecord) else item


def _at(run: Run, path: Path, time_min: float) -> SpectrumRecord | Problem:
    from bitspec_gui.spectra.chromatogram import scan_at

    first, last = float(run.time_min[0]), float(run.time_min[-1])
    if not first <= time_min <= last:
        what = f"There is no scan at {time_min:g} min: the run goes from {first:.3f} to {last:.3f} min."
        return Problem(str(path), None, what, "Nothing was searched for this time.")
    scan = scan_at(run, time_min)
    there = [peak for peak in peaks(run) if peak.first <= scan <= peak.last]
    pick = pick_of_peak(run, min(there, key=lambda peak: abs(peak.apex - scan))) if there else Pick(scan, scan)
    try:
        return record_of(run, pick)
    except SpectrumError as error:
        return Problem(str(path), None, f"{time_min:g} min: {error}", "Nothing was searched for this time.")
