"""Runs in mzXML (doi:10.1038/nbt1031), streamed with the standard library's XML parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.run import Run
from bitspec_gui.formats.fields import as_number
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.binary_arrays import ArrayError, decoded
from bitspec_gui.formats.runs.xml_run import XmlRunVisitor, read_xml_run
from bitspec_gui.formats.runs.xml_stream import EnoughRead

FloatArray = NDArray[np.float64]

_DURATION = re.compile(r"P(?:([0-9.]+)D)?T?(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?")
_SECONDS_OF = (86_400.0, 3600.0, 60.0, 1.0)


@dataclass
class _Scan:
    line: int
    attributes: dict[str, str]
    mz: FloatArray | None = None
    intensity: FloatArray | None = None
    problem: str = ""


def read_mzxml(stream: BinaryIO, source_file: str, watch: Watch) -> Run:
    """Read a run; scans of product ions (MS2 and above) are left out, and a problem says so.

    Raises
    ------
    UnreadableFile
        If there is no scan in it, or it is built to exhaust its reader.
    """
    return read_xml_run(_MzxmlVisitor(source_file), stream, watch, "mzXML")


class _MzxmlVisitor(XmlRunVisitor):
    """Gathers one scan after the other; a scan may stand within the one that it was made from."""

    def __init__(self, source_file: str) -> None:
        super().__init__(source_file)
        self._scan: _Scan | None = None
        self._peaks: dict[str, str] | None = None
        self._centroided: bool | None = None

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        """A scan, its peaks, or what the file says of the run."""
        if name == "scan":
            self._finish()
            self._scan = _Scan(line, attributes)
        elif name == "peaks" and self._scan is not None:
            self._peaks, self.keep_text = attributes, True
        elif name == "msModel":
            self.findings.instrument = attributes.get("value", "")[:100]
        elif name == "msIonisation" and not re.search(r"\bEI\b|electron", attributes.get("value", "EI"), re.IGNORECASE):
            self.findings.ionisation(attributes["value"][:40])
        elif name == "dataProcessing" and "centroided" in attributes:
            self._centroided = attributes["centroided"] == "1"

    def end(self, name: str, text: str, line: int) -> None:
        """At the end of the peaks the scan is whole, whatever stands within it."""
        if name == "peaks" and self._scan is not None and self._peaks is not None:
            self.keep_text = False
            try:
                self._scan.mz, self._scan.intensity = _pairs(text, self._peaks)
            except ArrayError as error:
                self._scan.problem = str(error)
            self._peaks = None
        elif name == "scan":
            self._finish()

    def _finish(self) -> None:
        scan, self._scan = self._scan, None
        if scan is None:
            return
        said = scan.attributes
        if (as_number(said.get("msLevel", "1")) or 1) > 1:
            self.product_ions += 1
            return
        number = said.get("num", "")[:20]
        if scan.problem:
            self.findings.left_out(f"Scan {number}: its list of peaks {scan.problem}.", scan.line)
            return
        mz = np.zeros(0) if scan.mz is None else scan.mz
        intensity = np.zeros(0) if scan.intensity is None else scan.intensity
        announced = as_number(said.get("peaksCount", ""))
        if announced is not None and announced != mz.size:
            what = f"Scan {number} announces {announced:,.0f} points but lists {mz.size:,}."
            self.findings.repaired(what, "It was kept with those that are listed.", scan.line)
        if not self.scans.add(_minutes(said.get("retentionTime", "")), mz, intensity, profile=self._is_profile(said)):
            raise EnoughRead

    def _is_profile(self, said: dict[str, str]) -> bool | None:
        if "centroided" in said:
            return said["centroided"] != "1"
        return None if self._centroided is None else not self._centroided


def _pairs(text: str, said: dict[str, str]) -> tuple[FloatArray, FloatArray]:
    """m/z and intensities of a scan, which mzXML writes in turns."""
    packing = said.get("compressionType", "none")
    if packing not in ("none", "zlib", ""):
        raise ArrayError(f"is packed with “{packing[:20]}”, which BitSpec does not read")
    order = "<" if said.get("byteOrder", "network") == "little" else ">"
    kind = said.get("contentType") or said.get("pairOrder") or "m/z-int"
    if kind not in ("m/z-int", "int-m/z"):
        raise ArrayError(f"holds “{kind[:20]}”, not pairs of m/z and intensity")
    values = decoded(text, f"{order}f{8 if said.get('precision') == '64' else 4}", packed=packing == "zlib")
    if values.size % 2:
        raise ArrayError("has an m/z without an intensity")
    pairs = values.reshape(-1, 2)
    return (pairs[:, 0], pairs[:, 1]) if kind == "m/z-int" else (pairs[:, 1], pairs[:, 0])


def _minutes(duration: str) -> float | None:
    """Minutes of an XML duration, "PT754.2S", or of a plain number of seconds."""
    plain = as_number(duration)
    if plain is not None:
        return plain / 60.0
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return None
    numbers = [as_number(part) if part else 0.0 for part in found.groups()]
    if any(number is None for number in numbers):
        return None
    return sum(factor * (number or 0.0) for factor, number in zip(_SECONDS_OF, numbers, strict=True)) / 60.0
