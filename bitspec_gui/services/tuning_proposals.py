"""Structures proposed for spectra that have none, by their names and CAS numbers; only the user can say that they are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bitspec_gui.domain.chemical_names import KnownCompound
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing, StructureProposal
from bitspec_gui.services.spectrum_standing import judged, read_structure

FindKnown = Callable[[str], KnownCompound | None]


def proposals(spectra: Sequence[DatasetSpectrum], find: FindKnown, cancel: CancelToken | None = None) -> list[StructureProposal]:
    """What compounds spectra without a structure may be of; those whose name is not known are passed over.

    Parameters
    ----------
    find : callable
        Gives the compound of a name or CAS number.
    cancel : CancelToken, optional
        Asked between two spectra; raises `Cancelled`.
    """
    found = []
    for spectrum in spectra:
        if cancel is not None:
            cancel.raise_if_cancelled()
        if spectrum.standing is Standing.NO_STRUCTURE and (proposal := _proposal(spectrum, find)) is not None:
            found.append(proposal)
    return found


def _proposal(spectrum: DatasetSpectrum, find: FindKnown) -> StructureProposal | None:
    """The first compound that is known by the CAS number or a name, and can be read."""
    for text in _called(spectrum.record):
        compound = find(text)
        if compound is None:
            continue
        try:
            structure = read_structure(compound.smiles)
        except MoleculeError:
            continue
        # With its own formula, mass and InChIKey, so that a compound that contradicts them is told.
        caution = judged(replace(spectrum.record, smiles=structure.smiles, inchi=None)).reason
        return StructureProposal(spectrum.spectrum_id, text, compound, caution)
    return None


def _called(record: SpectrumRecord) -> Iterator[str]:
    yield from dict.fromkeys(text for text in (record.cas, record.name, *record.synonyms) if text and text.strip())
