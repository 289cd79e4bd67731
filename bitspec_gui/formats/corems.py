"""The PNNL metabolite library of the CoreMS package -> the library that comes with BitSpec.

Most of its spectra are of TMS and MeOX derivatives while its records list the parent compound. Filed under the parent's
InChIKey they would be compared with predictions of another molecule, so each record here bears the structure that was
measured, or none where that cannot be told; what the library says of the parent is kept among the extra fields.
"""

from __future__ import annotations

import dataclasses
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.compact import CompactNotice, write_compact
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.formats.structures import with_structure_keys
from bitspec_gui.formats.text import ByteStream

if TYPE_CHECKING:
    from bitspec_gui.chem.derivatives import Inference

LIBRARY_MEMBER = "corems/molecular_id/data/PNNLMetV20191015.msp"
LIBRARY_NAME = "PNNL metabolites"
LICENCE = "BSD-2-Clause"
AUTHORS = "Pacific Northwest National Laboratory; copyright Battelle Memorial Institute"
SOURCE = "PNNLMetV20191015, the low-resolution GC-MS metabolite library carried by the Python package CoreMS"

_DECLARED = re.compile(r"\[(?:([0-9]+)TMS)?\s*(?:([0-9]+)MeOx)?\]")
_OTHER_THAN_LISTED = re.compile(r"(?<![A-Za-z0-9])d[0-9]+\b(?!-PG)|deuter|1[35][CN]|dehydrat", re.IGNORECASE)
"""Names of isotope-labelled compounds and of products of water loss, whose records list the plain compound."""

_TMS_ION_SHARE = 0.2


@dataclass(frozen=True)
class ConversionReport:
    """What became of the spectra: ``derivatives`` have a measured structure, ``without_site`` only a formula."""

    written: int
    underivatised: int
    derivatives: int
    without_site: int
    not_told: int
    problems: tuple[Problem, ...]


def convert_corems_library(source: Path, target: Path, notice: str = "") -> ConversionReport:
    """Write the library in `source` as a compact library to `target`; the same source gives the same bytes.

    Parameters
    ----------
    source : Path
        The wheel of CoreMS, which holds library and licence, or the MSP file in it.
    target : Path
        The resource to write.
    notice : str
        Text of the licence; needed unless `source` is a wheel.

    Raises
    ------
    UnreadableFile
        If `source` cannot be read, or the licence notice is missing.
    OSError
        If `target` cannot be written.
    """
    text = notice.strip() or licence_notice(source)
    problems: list[Problem] = []
    kinds: list[str] = []

    def good() -> Iterator[SpectrumRecord]:
        for item in corems_records(source):
            if isinstance(item, Problem):
                problems.append(item)
            else:
                kinds.append(_kind(item))
                yield item

    written = write_compact(good(), target, CompactNotice(LIBRARY_NAME, LICENCE, text, SOURCE))
    return ConversionReport(
        written=written,
        underivatised=kinds.count("underivatised"),
        derivatives=kinds.count("derivative"),
        without_site=kinds.count("without site"),
        not_told=kinds.count("not told"),
        problems=tuple(problems),
    )


def _kind(record: SpectrumRecord) -> str:
    derivative = dict(record.extra).get("Derivative")
    if derivative == _NOT_TOLD:
        return "not told"
    if derivative == "none":
        return "underivatised"
    return "derivative" if record.inchikey else "without site"


def licence_notice(wheel: Path) -> str:
    """Licence texts that a wheel carries.

    Raises
    ------
    UnreadableFile
        If there is none.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if ".dist-info/" in name and Path(name).name.upper().startswith("LICEN")]
            text = "\n\n".join(archive.read(name).decode("utf-8").strip() for name in sorted(names))
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{wheel.name} is no wheel that carries a licence notice. Give its text.") from error
    if not text:
        raise UnreadableFile(f"{wheel.name} carries no licence notice. Give its text.")
    return text


def corems_records(source: Path) -> Iterator[SpectrumRecord | Problem]:
    """Records of the library with the structures that were measured; see `measured_record`.

    Raises
    ------
    UnreadableFile
        If `source` is neither a wheel that holds the library nor a file that can be opened.
    """
    seen: Counter[str | None] = Counter()
    with _opened(source) as stream:
        for item in read_msp(stream, Path(LIBRARY_MEMBER).name):
            if isinstance(item, Problem):
                yield item
                continue
            record = measured_record(item)
            # A few identifiers stand on two spectra.
            seen[record.accession] += 1
            again = seen[record.accession]
            yield record if again == 1 else dataclasses.replace(record, accession=f"{record.accession}#{again}")


@contextmanager
def _opened(source: Path) -> Iterator[ByteStream]:
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as wheel:
                content = wheel.read(LIBRARY_MEMBER)
        else:
            content = source.read_bytes()
    except KeyError as error:
        raise UnreadableFile(f"{source.name} does not hold {LIBRARY_MEMBER}.") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableFile(f"{source.name} cannot be read: {error}.") from error
    yield BytesIO(content)


_NOT_TOLD = "not told"


def measured_record(record: SpectrumRecord) -> SpectrumRecord:
    """The record with the structure whose spectrum it is, or without one where that cannot be told."""
    from bitspec_gui.chem.derivatives import Inference, derivatives_of, infer_derivative, parent_agrees

    record = dataclasses.replace(
        record,
        accession=record.accession or dict(record.extra).get("USI"),
        licence=LICENCE,
        authors=AUTHORS,
        extra=tuple(("GC peak" if key == "Derivative" else key, value) for key, value in record.extra if key != "USI"),
    )
    if _OTHER_THAN_LISTED.search(f"{record.name} {record.comment or ''}"):
        inference = Inference(None, "the compound measured differs from the one listed (isotopes, or loss of water)")
    elif not record.smiles or not record.inchikey or not parent_agrees(record.smiles, record.inchikey):
        inference = Inference(None, "the library gives no structure, or two that differ")
    else:
        declared = _DECLARED.fullmatch(record.comment or "")
        stated = (int(declared[1] or 0), int(declared[2] or 0)) if declared and any(declared.groups()) else None
        inference = infer_derivative(derivatives_of(record.smiles), record.spectrum, stated)
    if inference.derivative is None:
        return _without_structure(record, inference.evidence)
    if str(inference.derivative) == "none":
        keyed = with_structure_keys(dataclasses.replace(record, inchikey=None, formula=None))
        basis = f"given by the library; {inference.evidence}"
        extra = (*record.extra, ("Derivative", "none"), ("Structure basis", basis))
        return dataclasses.replace(keyed, inchikey=record.inchikey, extra=extra)
    return _of_derivative(record, inference)


def _of_derivative(record: SpectrumRecord, inference: Inference) -> SpectrumRecord:
    from bitspec_gui.chem.derivatives import derivative_structure

    derivative = inference.derivative
    if derivative is None or record.smiles is None:
        return _without_structure(record, inference.evidence)
    keys = derivative_structure(record.smiles, derivative.tms, derivative.methoximes)
    basis = inference.evidence if keys else f"{inference.evidence}; which sites are derivatised cannot be told"
    return dataclasses.replace(
        record,
        name=f"{record.name}, {derivative}",
        smiles=keys.smiles if keys else None,
        inchi=None,
        inchikey=keys.inchikey if keys else None,
        formula=derivative.formula,
        cas=None,
        nominal_mass=derivative.nominal_mass,
        exact_mass=keys.exact_mass if keys else None,
        extra=(*record.extra, *_parent(record), ("Derivative", str(derivative)), ("Structure basis", basis)),
    )


def _without_structure(record: SpectrumRecord, why: str) -> SpectrumRecord:
    mz, intensity = record.spectrum.mz, record.spectrum.intensity
    silylated = bool(intensity[(mz > 72.5) & (mz < 73.5)].sum() >= _TMS_ION_SHARE * intensity.max())
    return dataclasses.replace(
        record,
        name=f"{record.name}, n TMS" if silylated else record.name,
        smiles=None,
        inchi=None,
        inchikey=None,
        formula=None,
        cas=None,
        nominal_mass=None,
        exact_mass=None,
        extra=(*record.extra, *_parent(record), ("Derivative", _NOT_TOLD), ("Structure basis", f"none: {why}")),
    )


def _parent(record: SpectrumRecord) -> tuple[tuple[str, str], ...]:
    fields = (
        ("Parent InChIKey", record.inchikey),
        ("Parent SMILES", record.smiles),
        ("Parent formula", record.formula),
        ("Parent CAS", record.cas),
    )
    return tuple((key, value) for key, value in fields if value)
