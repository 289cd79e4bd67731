"""GC-MS runs in netCDF after ANDI/MS (ASTM E2078), also called AIA files (.cdf)."""

from __future__ import annotations

import re
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.run import Run
from bitspec_gui.formats.runs.assembly import MAX_SCANS, Findings, Watch, assembled, refuse_impossible
from bitspec_gui.formats.runs.netcdf_classic import ClassicFile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})?([0-9]{2})?")
_NOT_KNOWN = -9999


def read_netcdf_run(stream: BinaryIO, source_file: str, watch: Watch) -> Run:
    """Read a run.

    Parameters
    ----------
    stream : BinaryIO
        Seekable, in binary mode.

    Raises
    ------
    UnreadableFile
        If it holds no mass spectra, or values that no run has.
    """
    if stream.read(4) == b"\x89HDF":
        raise UnreadableFile(
            f"{source_file} is a netCDF-4 (HDF5) file. BitSpec reads the classic netCDF of the ANDI/AIA standard: "
            "export it as such, or as mzML."
        )
    stream.seek(0)
    file = ClassicFile(stream, source_file)
    _refuse_others(file, source_file)
    findings = Findings(source_file)
    _describe(file, findings)
    watch.at(watch.total // 10, "Masses")
    mz, intensity = numbers(file, "mass_values"), numbers(file, "intensity_values")
    if mz is None or intensity is None:
        raise UnreadableFile(f"{source_file} is a netCDF file without mass spectra.")
    watch.at(watch.total // 2, "Scans")
    points = min(mz.size, intensity.size)
    begins, counts = scans_of(file, source_file, points, findings)
    times = _times(file, findings, begins.size)
    whole = _whole_scans(begins, counts, points)
    if file.cut or whole < begins.size:
        findings.broke_off("The file ends before its last scan, or some of its scans point outside it.", whole)
    begins, counts, times = begins[:whole], counts[:whole], times[:whole]
    # Points that belong to no scan are looked at as well: they show when a layout is not understood.
    refuse_impossible(source_file, mz[:points], intensity[:points])
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    profile = "continuum" in file.text("experiment_type").lower()
    watch.at(8 * watch.total // 10, "Peaks")
    if not np.array_equal(begins[counts > 0], starts[:-1][counts > 0]):
        place = _places(begins, starts)
        mz, intensity = mz[place], intensity[place]
    return assembled(findings, times, starts, mz[: starts[-1]], intensity[: starts[-1]], profile=profile)


def _refuse_others(file: ClassicFile, source_file: str) -> None:
    if "library" in file.text("experiment_type").lower():
        raise UnreadableFile(f"{source_file} is a library of spectra, not a run. Add it as a library.")
    if "ordinate_values" in file.variables and "mass_values" not in file.variables:
        raise UnreadableFile(
            f"{source_file} is the chromatogram of a detector without mass spectra (ANDI chromatography), so there is nothing to "
            "identify in it."
        )


def _describe(file: ClassicFile, findings: Findings) -> None:
    findings.title = file.text("experiment_title") or file.text("administrative_comments")
    parts = (file.text(name) for name in ("instrument_mfr", "instrument_model", "instrument_name"))
    findings.instrument = " ".join(dict.fromkeys(part for part in parts if part))
    stamp = _STAMP.match(file.text("experiment_date_time_stamp"))
    if stamp:
        year, month, day, hour, minute = stamp.groups()
        findings.acquired = f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour and minute else "")
    mode = file.text("test_ionization_mode")
    if mode and not re.search(r"electron|\bEI\b|other|unknown", mode, re.IGNORECASE):
        findings.ionisation(mode.lower())


def numbers(file: ClassicFile, name: str) -> FloatArray | None:
    """Values of a numeric variable, unpacked with its scale factor and offset."""
    values = file.read(name)
    if values is None or values.dtype.kind == "S":
        return None
    attributes = file.variables[name].attributes
    scale, offset = _number(attributes.get("scale_factor"), 1.0), _number(attributes.get("add_offset"), 0.0)
    # What is no number, or too large for one, is found and told later.
    with np.errstate(all="ignore"):
        unpacked = values.astype(np.float64).ravel()
        if scale not in (0.0, 1.0):
            unpacked *= scale
        return unpacked + offset if offset else unpacked


def _number(value: object, otherwise: float) -> float:
    if isinstance(value, np.ndarray) and value.size and np.isfinite(value.ravel()[0]):
        return float(value.ravel()[0])
    return otherwise


def scans_of(file: ClassicFile, source_file: str, points: int, findings: Findings | None = None) -> tuple[IntArray, IntArray]:
    """Where each scan, or spectrum of a library, begins and how many points it has; the file may lack one of both.

    Repairs are told to `findings`. Raises `UnreadableFile` if the file lacks both, or spectra overlap.
    """
    findings = findings or Findings(source_file)
    index, count = _integers(file, "scan_index"), _integers(file, "point_count")
    if index is None and count is None:
        raise UnreadableFile(f"{source_file} does not say where its scans begin.")
    scans = min(each.size for each in (index, count) if each is not None)
    if scans > MAX_SCANS:
        raise UnreadableFile(f"{source_file} says that it holds {scans:,} scans, more than any GC-MS run.")
    if count is not None:
        count = np.maximum(count[:scans], 0)
    if index is None or (count is not None and (index[:scans][count > 0] < 0).any()):
        if count is None:
            raise UnreadableFile(f"{source_file} is damaged: its scans begin before the file.")
        findings.repaired("The file does not say where its scans begin.", "They were counted from the points of each.")
        return np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64), count
    index = index[:scans]
    if count is None:
        findings.repaired("The file does not say how many points its scans have.", "Each was taken to end where the next begins.")
        return index, np.maximum(np.diff(np.append(index, points)), 0)
    index = np.where(count == 0, 0, index)
    return index, _without_overlap(findings, index, count, points)


def _integers(file: ClassicFile, name: str) -> IntArray | None:
    values = numbers(file, name)
    if values is None or values.size == 0 or (values == _NOT_KNOWN).all():
        return None
    return np.clip(np.nan_to_num(values, nan=-1.0), -1, 2**52).astype(np.int64)


def _without_overlap(findings: Findings, index: IntArray, count: IntArray, points: int) -> IntArray:
    """Point counts of which none reaches into the next scan; a file cannot hold more points than it has."""
    filled = np.flatnonzero(count)
    room = np.diff(np.append(index[filled], max(points, int(index.max(initial=0)))))
    too_long = (room >= 0) & (count[filled] > room)
    too_long[-1:] = False
    if (room < 0).any() and count.sum() > points:
        raise UnreadableFile(f"{findings.source_file} is damaged: its scans overlap each other.")
    if too_long.any():
        findings.repaired(f"{int(too_long.sum()):,} scans reach into the next one.", "They were cut there.")
        count = count.copy()
        count[filled[too_long]] = room[too_long]
    return count


def _times(file: ClassicFile, findings: Findings, scans: int) -> FloatArray:
    """Retention times in minutes; not finite where they are not known."""
    values = numbers(file, "scan_acquisition_time")
    times = np.full(scans, np.nan)
    if values is None:
        return times
    values = values[:scans]
    with np.errstate(invalid="ignore"):
        known = values >= 0
    times[: values.size][known] = values[known]
    unit = file.variables["scan_acquisition_time"].attributes.get("units", "")
    if isinstance(unit, str) and unit.lower().startswith("min"):
        return times
    if _are_minutes(times, numbers(file, "scan_duration")):
        findings.repaired("The retention times fit the durations of the scans only in minutes.", "They were taken as minutes.")
        return times
    return times / 60.0


def _are_minutes(times: FloatArray, durations: FloatArray | None) -> bool:
    """Whether times that should be seconds are minutes: scans would be recorded sixty times faster than they last."""
    if durations is None or times.size < 3:
        return False
    known = durations[np.isfinite(durations) & (durations > 0)]
    steps = np.diff(times[np.isfinite(times)])
    if known.size == 0 or steps.size == 0 or np.median(steps) <= 0:
        return False
    with np.errstate(all="ignore"):
        ratio = float(np.median(steps) * 60.0 / np.median(known))
    return 0.8 < ratio < 1.7


def _whole_scans(begins: IntArray, counts: IntArray, points: int) -> int:
    """Number of scans before the first that is not there as a whole."""
    outside = np.flatnonzero((counts > 0) & ((begins < 0) | (begins + counts > points)))
    return int(outside[0]) if outside.size else int(begins.size)


def _places(begins: IntArray, starts: IntArray) -> IntArray:
    """Places in the file of the points of all scans, scan after scan; ``starts`` says where each scan begins among them."""
    shift = np.repeat(begins - starts[:-1], np.diff(starts))
    return np.arange(starts[-1], dtype=np.int64) + shift
