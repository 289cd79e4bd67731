"""What runs in mzML and mzXML have in common: one scan after the other, until the file ends or breaks off."""

from __future__ import annotations

from typing import BinaryIO

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.run import Run
from bitspec_gui.formats.runs.assembly import Findings, ScanCollector, Watch
from bitspec_gui.formats.runs.xml_stream import XmlBreak, XmlVisitor, visit


class XmlRunVisitor(XmlVisitor):
    """Gathers scans; ``product_ions`` counts those of MS2 and above, which are left out."""

    def __init__(self, source_file: str) -> None:
        self.findings = Findings(source_file)
        self.scans = ScanCollector(self.findings)
        self.product_ions = 0

    def run(self) -> Run:
        """The run of what was read; raises `UnreadableFile` if no scan of it can be searched."""
        if self.product_ions:
            what = f"{self.product_ions:,} scans of product ions (MS2 and above)"
            self.findings.repaired(f"{what} are in the file.", "They were left out: only full scans are searched.")
        if not len(self.scans) and self.product_ions:
            raise UnreadableFile(f"{self.findings.source_file} holds only scans of product ions (MS2 and above).")
        return self.scans.run()


def read_xml_run(reader: XmlRunVisitor, stream: BinaryIO, watch: Watch, kind: str) -> Run:
    """Read a run of a kind (``mzML``, ``mzXML``) to its end, or to where it breaks off, which a problem then says.

    Raises
    ------
    UnreadableFile
        If there is no scan in it, or it is built to exhaust its reader.
    """
    source_file = reader.findings.source_file
    try:
        visit(stream, source_file, reader, watch)
    except XmlBreak as stop:
        if not len(reader.scans):
            raise UnreadableFile(f"{source_file}, line {stop.line}: this is no whole {kind} file ({stop}).") from stop
        reader.findings.broke_off(f"The file breaks off ({stop}).", len(reader.scans), stop.line)
    return reader.run()
