"""Runs in mzML (doi:10.1074/mcp.R110.000133), streamed with the standard library's XML parser.

An own reader: pyteomics needs two further packages for mzML, and raises at the first fault, where a truncated file or a broken
array should cost no more than itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.run import Run
from bitspec_gui.formats.fields import as_number
from bitspec_gui.formats.runs import numpress
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.binary_arrays import ArrayError, decoded, from_base64, unpacked
from bitspec_gui.formats.runs.xml_run import XmlRunVisitor, read_xml_run
from bitspec_gui.formats.runs.xml_stream import EnoughRead

FloatArray = NDArray[np.float64]

_MS_LEVEL, _MSN, _PROFILE, _CENTROID = "MS:1000511", "MS:1000580", "MS:1000128", "MS:1000127"
_START_TIME, _ABSORPTION = "MS:1000016", "MS:1000806"
_MZ_ARRAY, _INTENSITY_ARRAY = "MS:1000514", "MS:1000515"
_TYPES = {"MS:1000523": "<f8", "MS:1000521": "<f4", "MS:1000519": "<i4", "MS:1000522": "<i8"}
_ZLIB = {"MS:1000574", "MS:1002746", "MS:1002747", "MS:1002748"}
_NUMPRESS = {
    "MS:1002312": numpress.linear, "MS:1002746": numpress.linear, "MS:1002313": numpress.pic, "MS:1002747": numpress.pic,
    "MS:1002314": numpress.slof, "MS:1002748": numpress.slof,
}  # fmt: skip
_UNREAD_PACKINGS = {"MS:1003088": "truncation and delta coding", "MS:1003089": "linear prediction", "MS:1003780": "zstd"}
_SECONDS = {"UO:0000010", "MS:1000039", "second"}
_MILLISECONDS = {"UO:0000028", "millisecond"}
_EI, _IONISATIONS = "MS:1000389", {
    "MS:1000071": "chemical ionisation", "MS:1000073": "electrospray", "MS:1000070": "atmospheric-pressure chemical ionisation",
    "MS:1000075": "MALDI", "MS:1000258": "field ionisation", "MS:1000382": "photoionisation at atmospheric pressure",
}  # fmt: skip
_INSTRUMENT_NOTES = {"MS:1000529", "MS:1000031"}
_MOST_GROUPS = 10_000

Params = list[tuple[str, str, str]]


@dataclass
class _Array:
    params: Params = field(default_factory=list)
    text: str = ""


@dataclass
class _Scan:
    line: int
    number: int
    length: int | None
    params: Params = field(default_factory=list)
    scan_params: Params = field(default_factory=list)
    arrays: list[_Array] = field(default_factory=list)


def read_mzml(stream: BinaryIO, source_file: str, watch: Watch) -> Run:
    """Read a run; scans of product ions (MS2 and above) and other detectors are left out, and a problem says so.

    Raises
    ------
    UnreadableFile
        If there is no scan in it, or it is built to exhaust its reader.
    """
    return read_xml_run(_MzmlVisitor(source_file), stream, watch, "mzML")


class _MzmlVisitor(XmlRunVisitor):
    """Gathers one spectrum after the other."""

    def __init__(self, source_file: str) -> None:
        super().__init__(source_file)
        self._groups: dict[str, Params] = {}
        self._group: Params | None = None
        self._scan: _Scan | None = None
        self._array: _Array | None = None
        self._in_scan_element = 0
        self._configuration = False
        self._no_mass_spectra = self._spectra = 0
        self._ionisations: set[str] = set()

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        """Open what may hold parameters, and remember parameters where they stand."""
        if name in ("cvParam", "userParam"):
            unit = attributes.get("unitAccession") or attributes.get("unitName", "")
            self._take(attributes.get("accession", attributes.get("name", "")), attributes, unit)
        elif name == "spectrum":
            self._spectra += 1
            length = as_number(attributes.get("defaultArrayLength", ""))
            self._scan = _Scan(line, self._spectra, None if length is None else int(min(length, 1e15)))
        elif name == "scan":
            self._in_scan_element += 1
        elif name == "binaryDataArray" and self._scan is not None:
            self._array = _Array()
        elif name == "binary":
            self.keep_text = self._array is not None
        else:
            self._start_other(name, attributes)

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        """What stands around the spectra."""
        if name == "referenceableParamGroup" and len(self._groups) < _MOST_GROUPS:
            self._group = self._groups.setdefault(attributes.get("id", ""), [])
        elif name == "referenceableParamGroupRef":
            for accession, value, unit in self._groups.get(attributes.get("ref", ""), []):
                self._take(accession, {"value": value, "name": value}, unit)
        elif name == "instrumentConfiguration":
            self._configuration = True
        elif name == "run":
            self.findings.title = self.findings.title or attributes.get("id", "")[:200]
            self.findings.acquired = attributes.get("startTimeStamp", "").replace("T", " ").rstrip("Z")[:16]

    def end(self, name: str, text: str, line: int) -> None:
        """Close it; at the end of a spectrum the scan is whole."""
        if name == "binary" and self._array is not None:
            self._array.text, self.keep_text = text, False
        elif name == "binaryDataArray" and self._scan is not None and self._array is not None:
            # More arrays than a few, each small, would pile up in one scan.
            if len(self._scan.arrays) < 20:
                self._scan.arrays.append(self._array)
            self._array = None
        elif name == "spectrum" and self._scan is not None:
            scan, self._scan = self._scan, None
            self._add(scan)
        elif name == "referenceableParamGroup":
            self._group = None
        elif name == "scan":
            self._in_scan_element -= 1
        elif name == "instrumentConfiguration":
            self._configuration = False

    def run(self) -> Run:
        """The run of what was read."""
        if self._no_mass_spectra:
            what = f"{self._no_mass_spectra:,} spectra of other detectors are in the file."
            self.findings.repaired(what, "They were left out.")
        if self._ionisations and _EI not in self._ionisations:
            self.findings.ionisation(" and ".join(sorted(_IONISATIONS[each] for each in self._ionisations)))
        return super().run()

    def _take(self, accession: str, attributes: dict[str, str], unit: str) -> None:
        value = attributes.get("value", "")
        if self._array is not None:
            self._array.params.append((accession, value, unit))
        elif self._scan is not None:
            (self._scan.scan_params if self._in_scan_element else self._scan.params).append((accession, value, unit))
        elif self._group is not None:
            self._group.append((accession, value or attributes.get("name", ""), unit))
        elif self._configuration:
            self._configured(accession, attributes)

    def _configured(self, accession: str, attributes: dict[str, str]) -> None:
        if accession == _EI or accession in _IONISATIONS:
            self._ionisations.add(accession)
        elif not self.findings.instrument and accession not in _INSTRUMENT_NOTES:
            self.findings.instrument = attributes.get("name", "")[:100]

    def _add(self, scan: _Scan) -> None:
        said = {accession: value for accession, value, _ in scan.params}
        level = as_number(said.get(_MS_LEVEL, "1")) or 1
        if level > 1 or _MSN in said:
            self.product_ions += 1
            return
        if _ABSORPTION in said:
            self._no_mass_spectra += 1
            return
        profile = True if _PROFILE in said else False if _CENTROID in said else None
        try:
            mz, intensity = self._arrays(scan)
        except ArrayError as error:
            self.findings.left_out(f"Scan {scan.number}: an array of numbers {error}.", scan.line)
            return
        if not self.scans.add(_minutes(scan), mz, intensity, profile=profile):
            raise EnoughRead

    def _arrays(self, scan: _Scan) -> tuple[FloatArray, FloatArray]:
        found: dict[str, FloatArray] = {}
        for array in scan.arrays:
            said = {accession for accession, _, _ in array.params}
            for which in (_MZ_ARRAY, _INTENSITY_ARRAY):
                if which in said and which not in found:
                    found[which] = _numbers(array.text, said)
        mz, intensity = found.get(_MZ_ARRAY, np.zeros(0)), found.get(_INTENSITY_ARRAY, np.zeros(0))
        if mz.size != intensity.size:
            raise ArrayError(f"has not its length: there are {mz.size:,} m/z but {intensity.size:,} intensities")
        if scan.length is not None and scan.length != mz.size and (scan.arrays or scan.length):
            what = f"Scan {scan.number} announces {scan.length:,} points but lists {mz.size:,}."
            self.findings.repaired(what, "It was kept with those that are listed.", scan.line)
        return mz, intensity


def _numbers(text: str, said: set[str]) -> FloatArray:
    unread = next((words for accession, words in _UNREAD_PACKINGS.items() if accession in said), None)
    if unread is not None:
        raise ArrayError(f"is packed with {unread}, which BitSpec does not read")
    packed = bool(said & _ZLIB)
    scheme = next((accession for accession in _NUMPRESS if accession in said), None)
    if scheme is not None:
        return _NUMPRESS[scheme](unpacked(text) if packed else from_base64(text))
    dtype = next((name for accession, name in _TYPES.items() if accession in said), None)
    if dtype is None:
        raise ArrayError("does not say its type")
    return decoded(text, dtype, packed=packed)


def _minutes(scan: _Scan) -> float | None:
    """Retention time of a scan; mzML files that give no unit mean minutes."""
    for accession, value, unit in (*scan.scan_params, *scan.params):
        if accession == _START_TIME:
            number = as_number(re.sub(r"\s", "", value))
            if number is None:
                return None
            return number / (60.0 if unit in _SECONDS else 60_000.0 if unit in _MILLISECONDS else 1.0)
    return None
