"""Edits of datasets: which spectra become which others, and a sentence on it. What the store then does can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bitspec_gui.domain.errors import EditError, MoleculeError
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum, SpectrumChange, Standing, StructureProposal
from bitspec_gui.services.dataset_intake import rejudged
from bitspec_gui.services.entry_changes import entry_change
from bitspec_gui.services.known_spectra import KnownSpectra
from bitspec_gui.services.spectrum_standing import read_structure

Edit = tuple[list[SpectrumChange], str]

_FIELD_WORDS = {"smiles": "structure", "inchi": "structure", "energy_ev": "energy", "cas": "CAS number", "inchikey": "InChIKey"}


def changed_choice(spectra: Sequence[DatasetSpectrum], choice: bool | None) -> Edit:
    """The spectra used, left out, or left to BitSpec (None); those that cannot be used stay out.

    Raises
    ------
    EditError
        If there is nothing to change, or none of them can be used; the sentence says why.
    """
    able = [spectrum for spectrum in spectra if spectrum.standing.usable or choice is not True]
    if spectra and not able:
        raise EditError(_cannot_be_used(spectra))
    changes = [SpectrumChange(each, replace(each, choice=choice)) for each in able if each.choice is not choice]
    if not changes:
        raise EditError("There is nothing to change.")
    what = _counted(len(changes))
    words = {True: f"Used {what}", False: f"Left out {what}", None: f"Left it to BitSpec whether {what} is used"}
    return changes, words[choice]


def _cannot_be_used(spectra: Sequence[DatasetSpectrum]) -> str:
    if len(spectra) == 1:
        return f"This spectrum cannot be used. {spectra[0].reason}"
    reasons = {spectrum.reason for spectrum in spectra}
    return f"None of these {len(spectra):,} spectra can be used. {reasons.pop() if len(reasons) == 1 else 'Each says why.'}"


def changed_fields(spectra: Sequence[DatasetSpectrum], ids: frozenset[int], changes: Mapping[str, str]) -> Edit:
    """Spectra of a dataset with other fields, thought of anew beside all the others.

    Raises
    ------
    EditError
        If a field cannot be changed, a text makes no sense there, or nothing would change.
    """
    change = entry_change(changes)
    fields = sorted({_FIELD_WORDS.get(field, field.replace("_", " ")) for field in changes})
    chosen = {each.spectrum_id: change(each.record) for each in spectra if each.spectrum_id in ids}
    edits = _with_records(spectra, {number: _plain(record) for number, record in chosen.items()})
    return edits, f"Changed {' and '.join(fields)} of {_counted(len(edits))}"


def _plain(record: SpectrumRecord) -> SpectrumRecord:
    """Without the doubt of before, which is looked for anew."""
    return replace(record, doubt=None)


def with_proposals(spectra: Sequence[DatasetSpectrum], accepted: Sequence[StructureProposal]) -> Edit:
    """Spectra with the structures that were proposed for them; raises `EditError` if there is nothing to change."""
    there = {spectrum.spectrum_id: spectrum for spectrum in spectra}
    records = {}
    for proposal in accepted:
        spectrum = there.get(proposal.spectrum_id)
        if spectrum is None:
            continue
        try:
            structure = read_structure(proposal.compound.smiles)
        except MoleculeError as error:
            raise EditError(f"The structure of “{proposal.compound.name}” cannot be used: {error}") from error
        records[proposal.spectrum_id] = replace(spectrum.record, smiles=structure.smiles, inchi=None)
    edits = _with_records(spectra, records)
    return edits, f"Gave {_counted(len(edits))} the structure of {'its' if len(edits) == 1 else 'their'} name"


def freed_by_removal(spectra: Sequence[DatasetSpectrum], removed: frozenset[int]) -> Edit:
    """Duplicates of spectra that are to be removed, thought of anew; none where nothing repeats them."""
    bereft = [each for each in spectra if each.duplicate_of in removed and each.spectrum_id not in removed]
    if not bereft:
        return [], ""
    staying = [spectrum for spectrum in spectra if spectrum.spectrum_id not in removed]
    edits = _with_records(staying, {spectrum.spectrum_id: spectrum.record for spectrum in bereft})
    verb = "is no duplicate" if len(edits) == 1 else "are no duplicates"
    return edits, f"{_counted(len(edits)).capitalize()} {verb} any more"


def _with_records(spectra: Sequence[DatasetSpectrum], records: Mapping[int, SpectrumRecord]) -> list[SpectrumChange]:
    """Changes to these records (by spectrum id), in the order of the dataset."""
    known = KnownSpectra()
    for spectrum in spectra:
        if spectrum.spectrum_id not in records and spectrum.compound is not None:
            known.add(spectrum.record, spectrum.spectrum_id, repeats=spectrum.standing is Standing.DUPLICATE)
    changes = []
    for spectrum in spectra:
        if spectrum.spectrum_id in records:
            after = rejudged(spectrum, records[spectrum.spectrum_id], known)
            if after.compound is not None:
                known.add(after.record, after.spectrum_id, repeats=after.standing is Standing.DUPLICATE)
            if after != spectrum:
                changes.append(SpectrumChange(spectrum, after))
    if not changes:
        raise EditError("There is nothing to change: the spectra are like this already.")
    return changes


def _counted(number: int) -> str:
    return "1 spectrum" if number == 1 else f"{number:,} spectra"
