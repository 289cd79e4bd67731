"""Agilent ChemStation runs: the file data.ms of a .D folder.

An own reader that walks from record to record by their lengths: rainbow-api takes the number of scans from another place of the
header, where the sample of the tests does not have it, and fails.
"""

from __future__ import annotations

import re
import struct
from io import SEEK_END
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.run import Run
from bitspec_gui.formats.runs.assembly import MAX_SCANS, Findings, ScanCollector, Watch

FloatArray = NDArray[np.float64]

_MAGIC = b"\x012\x00\x00"
_FILE_KIND, _SAMPLE, _DATE, _INSTRUMENT = 0x04, 0x18, 0xB2, 0xD0
_DATA_OFFSET, _SCAN_COUNT = 0x108, 0x116
_HEADER_BYTES = 0x2F2
_HEAD = struct.Struct(">HiHHHHHH")
"""Length in words, time in ms, words of the head, data type, status, number of peaks, m/z and abundance of the base peak."""

_MOST_TAIL_BYTES = 64
"""After the peaks of a record stand a few words more, the last of them its total ion current; how many depends on the version."""

_MZ_STEP = 20.0
_REPORT_SCANS = 500
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_STAMP = re.compile(r"\s*([0-9]{1,2})[ -]([A-Za-z]{3})[ -]([0-9]{1,3}|[0-9]{4})\s+([0-9]{1,2}:[0-9]{2})")


def read_agilent_ms(stream: BinaryIO, source_file: str, watch: Watch) -> Run:
    """Read a run.

    Parameters
    ----------
    stream : BinaryIO
        Seekable, in binary mode.

    Raises
    ------
    UnreadableFile
        If it is no data.ms, or no whole scan is in it.
    """
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    header = stream.read(_HEADER_BYTES)
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise UnreadableFile(f"{source_file} is no whole Agilent ChemStation data file (data.ms).")
    findings = Findings(source_file)
    _describe(header, findings)
    begin = 2 * (struct.unpack_from(">I", header, _DATA_OFFSET)[0] - 1)
    announced = struct.unpack_from(">I", header, _SCAN_COUNT)[0]
    if not 0x100 <= begin < size:
        raise UnreadableFile(f"{source_file} is a damaged Agilent ChemStation data file: it does not say where its scans are.")
    scans = ScanCollector(findings)
    whole = _read_scans(stream, begin, scans, watch)
    # Some versions leave the count out, or write it elsewhere: scans end where no further one follows.
    if 0 < announced < MAX_SCANS and len(scans) < announced:
        findings.broke_off(f"The file announces {announced:,} scans, but holds {len(scans):,} whole ones.", len(scans))
    elif not whole:
        findings.broke_off("The file breaks off within a scan.", len(scans))
    return scans.run()


def _describe(header: bytes, findings: Findings) -> None:
    findings.title = _pascal(header, _SAMPLE)
    findings.instrument = _pascal(header, _INSTRUMENT)
    findings.acquired = _written_date(_pascal(header, _DATE))
    if _pascal(header, _FILE_KIND).startswith("MSD Spectral File"):
        findings.ionisation("an LC-MSD")


def _read_scans(stream: BinaryIO, begin: int, scans: ScanCollector, watch: Watch) -> bool:
    """Take scans until what follows is none; False if the file ends within one."""
    at = begin
    while True:
        stream.seek(at)
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return not head
        words, time_ms, _, _, _, peaks, base_mz, _ = _HEAD.unpack(head)
        tail = 2 * words - _HEAD.size - 4 * peaks
        if not 0 <= tail <= _MOST_TAIL_BYTES or time_ms < 0:
            return True
        body = stream.read(4 * peaks + tail)
        if len(body) < 4 * peaks + tail:
            return False
        mz, intensity = _peaks(body, peaks)
        if peaks and base_mz and not np.any(mz == base_mz / _MZ_STEP):
            what = f"The base peak that scan {len(scans) + 1} names is not among its peaks."
            scans.findings.repaired(what, "It was kept with the peaks that are listed.")
        if not scans.add(time_ms / 60_000.0, mz, intensity):
            return True
        at += 2 * words
        if len(scans) % _REPORT_SCANS == 0:
            watch.at(at, f"{len(scans):,} scans")


def _peaks(body: bytes, peaks: int) -> tuple[FloatArray, FloatArray]:
    """m/z in twentieths, and abundances of 14 bits times a power of 8 in the two bits above."""
    pairs = np.frombuffer(body, dtype=">u2", count=2 * peaks).reshape(-1, 2)
    packed = pairs[:, 1].astype(np.int64)
    return pairs[:, 0] / _MZ_STEP, ((packed & 0x3FFF) << (3 * (packed >> 14))).astype(np.float64)


def _pascal(header: bytes, offset: int) -> str:
    """Text whose first byte says its length."""
    length = header[offset]
    return header[offset + 1 : offset + 1 + length].decode("cp1252", "replace").split("\x00")[0].strip()


def _written_date(stamp: str) -> str:
    """A stamp such as "17 SEP 104  10:28" as 2004-09-17 10:28: ChemStation counted years from 1900."""
    found = _STAMP.match(stamp)
    if found is None or found.group(2).upper() not in _MONTHS:
        return stamp
    day, month, year, time = found.groups()
    since = int(year) + (0 if int(year) >= 1900 else 1900 if int(year) >= 70 else 2000)
    return f"{since}-{_MONTHS.index(month.upper()) + 1:02d}-{int(day):02d} {time}"
