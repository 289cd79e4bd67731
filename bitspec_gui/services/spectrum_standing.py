"""Can a model learn from a spectrum? What BitSpec thinks of one spectrum by itself, and why, in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bitspec_gui.domain.errors import MoleculeError, RefusedMolecule
from bitspec_gui.domain.formula import atoms, hill_formula
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV, SpectrumRecord
from bitspec_gui.domain.tuning_data import Standing
from bitspec_gui.formats.fields import ELECTRON_IONISATION

LOW_ENERGY_EV, HIGH_ENERGY_EV = 50.0, 120.0
"""Spectra taken outside of these energies are not those that predictions are for."""

HEAVIEST_MZ = 1000.5
"""What is predicted ends here."""

FEW_PEAKS = 3
FEW_PEAKS_FROM_DA = 60
"""A molecule that heavy gives more peaks than this, unless only chosen ions were recorded."""

MASS_TOLERANCE = 0.015
"""By which share a mass in a file may differ from the nominal one: many give the mean mass over isotopes."""

LONGEST_STRUCTURE = 4000
"""A longer SMILES or InChI is that of no compound that evaporates."""

_OTHER_IONISATION = re.compile(
    r"\b(?:[NP]I?CI|[NP]ICI|ECNI|FI|FD|CI|chemical ioni[sz]ation|ESI|electrospray|APCI|APPI|MALDI|field ioni[sz]ation)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\bneg(?:ative)?\b|^N$", re.IGNORECASE)
_MS2 = re.compile(r"^(?:MS[2-9N]|MS/MS|MS\^[2-9]|[2-9])$", re.IGNORECASE)
_MADE_UP = re.compile(r"\b(?:in[- ]silico|QC[xE]+I?MS|QCEIMS|NEIMS|CFM-ID|RASSP)\b", re.IGNORECASE)
_IONISATION_KEYS = ("ionization", "ionisation", "instrumenttype", "ionsource", "ionizationmethod", "sourceinstrument")
_MODE_KEYS = ("ionmode", "polarity", "ionpolarity")
_LEVEL_KEYS = ("mslevel", "mstype", "spectrumtype")


@dataclass(frozen=True)
class Structure:
    """A structure that was read: canonical SMILES, keys, and whether it names isotopes or bears a charge."""

    smiles: str
    inchikey: str
    formula: str
    nominal_mass: int
    exact_mass: float
    labelled: bool
    charged: bool


@dataclass(frozen=True)
class Judged:
    """A record, its structure canonical where it has one, with what BitSpec thinks of it."""

    record: SpectrumRecord
    standing: Standing = Standing.GOOD
    reason: str = ""


def read_structure(text: str) -> Structure:
    """The structure of a SMILES, InChI or molblock, as the model can mean it. Structures that were read are remembered.

    Raises
    ------
    MoleculeError
        If it cannot be read; `RefusedMolecule` if it lies outside what an EI prediction can mean.
    """
    found = _read(text)
    if isinstance(found, Structure):
        return found
    kind, sentence = found
    raise kind(sentence)


@lru_cache(maxsize=8192)
def _read(text: str) -> Structure | tuple[type[MoleculeError], str]:
    from bitspec_gui.chem.filed_compound import isotope_labelled
    from bitspec_gui.chem.parse import molecule_from_text

    try:
        molecule = molecule_from_text(text)
    except MoleculeError as error:
        return (RefusedMolecule if isinstance(error, RefusedMolecule) else MoleculeError), str(error)
    if not molecule.inchikey:
        return MoleculeError, "No InChIKey can be made for this structure."
    return Structure(
        molecule.smiles,
        molecule.inchikey,
        molecule.formula,
        molecule.nominal_mass,
        molecule.exact_mass,
        isotope_labelled(molecule.smiles, None),
        molecule.formula[-1] in "+-" or bool(re.search(r"[+-]\d*$", molecule.formula)),
    )


def judged(record: SpectrumRecord) -> Judged:
    """What to think of a spectrum by itself: all but whether it is there already.

    Refused are predicted spectra, spectra of other ionisation, and structures that predictions cannot be made for. Doubtful are
    those that contradict their structure (`chem.label_check`), or that the model should not take for a usual EI spectrum.
    """
    if reason := _not_measured(record) or _not_ei(record):
        return Judged(record, Standing.REFUSED, reason)
    if not record.smiles and not record.inchi:
        return Judged(record, Standing.NO_STRUCTURE, _no_structure(record))
    try:
        structure = _structure_of(record)
    except RefusedMolecule as error:
        return Judged(record, Standing.REFUSED, str(error))
    except MoleculeError as error:
        return Judged(record, Standing.NO_STRUCTURE, f"Its structure cannot be read: {error}")
    if structure.labelled:
        return Judged(record, Standing.REFUSED, "The compound is labelled with isotopes; predictions are for natural ones.")
    if not _has_peaks(record):
        return Judged(record, Standing.REFUSED, "It has no peak at m/z 1 to 1000, which is what is predicted.")
    whole = replace(
        record,
        smiles=structure.smiles,
        inchikey=structure.inchikey,
        formula=record.formula or structure.formula,
        nominal_mass=record.nominal_mass or structure.nominal_mass,
        exact_mass=record.exact_mass or structure.exact_mass,
    )
    doubt = _doubt(record, whole, structure)
    return Judged(replace(whole, doubt=doubt), Standing.DOUBTFUL, doubt) if doubt else Judged(replace(whole, doubt=None))


def _structure_of(record: SpectrumRecord) -> Structure:
    """From the SMILES, or the InChI if that cannot be read."""
    texts = [text for text in (record.smiles, record.inchi) if text]
    fault: MoleculeError | None = None
    for text in texts:
        if len(text) > LONGEST_STRUCTURE:
            fault = fault or MoleculeError(
                f"It is {len(text):,} characters long, longer than that of any compound that evaporates."
            )
            continue
        try:
            return read_structure(text)
        except RefusedMolecule:
            raise
        except MoleculeError as error:
            fault = fault or error
    raise fault or MoleculeError("There is none.")


def _not_measured(record: SpectrumRecord) -> str:
    if record.predicted_by:
        return f"Predicted by {record.predicted_by}, not measured: a model would learn from a model."
    said = " ".join(text for text in (record.instrument, *_values(record, (*_IONISATION_KEYS, *_LEVEL_KEYS))) if text)
    computed = _MADE_UP.search(said)
    return f"Computed ({computed.group()}), not measured: a model would learn from a model." if computed else ""


def _not_ei(record: SpectrumRecord) -> str:
    """Why the spectrum is none of positive ions of electron ionisation, as far as the record says so."""
    ionisation = [text for text in (record.instrument, *_values(record, _IONISATION_KEYS)) if text]
    if not any(ELECTRON_IONISATION.search(text) for text in ionisation):
        for text in ionisation:
            if found := _OTHER_IONISATION.search(text):
                return f"Not made by electron ionisation ({found.group()}); predictions are for EI."
    if any(_NEGATIVE.search(text.strip()) for text in _values(record, _MODE_KEYS)):
        return "A spectrum of negative ions; predictions are for positive ones."
    if level := next((text for text in _values(record, _LEVEL_KEYS) if _MS2.match(text.strip())), ""):
        return f"A spectrum of fragments of one chosen ion ({level.strip()}); predictions are for whole EI spectra."
    return ""


def _values(record: SpectrumRecord, keys: tuple[str, ...]) -> list[str]:
    return [value for key, value in record.extra if re.sub(r"[^a-z]", "", key.lower()) in keys]


def _no_structure(record: SpectrumRecord) -> str:
    if record.inchikey:
        return "Its file gives an InChIKey but no structure. Type its SMILES, or drop a table of SMILES and InChIKeys."
    return "Its file gives no structure. Type its SMILES, or drop a table of names and SMILES."


def _has_peaks(record: SpectrumRecord) -> bool:
    inside = (record.spectrum.mz >= 0.5) & (record.spectrum.mz < HEAVIEST_MZ)
    return bool((record.spectrum.intensity[inside] > 0).any())


def _doubt(record: SpectrumRecord, whole: SpectrumRecord, structure: Structure) -> str:
    """Why the spectrum should not be learned from unless the user says so; empty if nothing speaks against it."""
    from bitspec_gui.chem.label_check import contradiction

    if disagreement := _disagreement(record, structure):
        return disagreement
    if label := contradiction(whole.spectrum, structure.formula, smiles=structure.smiles):
        return label
    energy = record.energy_ev
    if energy is not None and not LOW_ENERGY_EV <= energy <= HIGH_ENERGY_EV:
        return f"Measured at {energy:g} eV; predictions are for {USUAL_ENERGY_EV:g} eV."
    if structure.charged:
        return "The structure carries a net charge; EI starts from the neutral molecule."
    peaks = int((record.spectrum.intensity > 0).sum())
    if peaks <= FEW_PEAKS and structure.nominal_mass >= FEW_PEAKS_FROM_DA:
        return f"It has only {peaks} peak{'s' if peaks > 1 else ''}, as when only chosen ions are recorded."
    return ""


def _disagreement(record: SpectrumRecord, structure: Structure) -> str:
    """Where what the file says of its compound contradicts the structure that it gives."""
    if record.connectivity and record.connectivity != structure.inchikey[:14]:
        return f"Its InChIKey {record.inchikey} is not that of its structure ({structure.inchikey})."
    if record.formula and atoms(record.formula) and hill_formula(record.formula) != hill_formula(structure.formula):
        return f"Its file gives the formula {record.formula}, but the structure is {structure.formula}."
    mass = record.nominal_mass
    if mass and abs(mass - structure.nominal_mass) > max(2.0, MASS_TOLERANCE * structure.nominal_mass):
        return f"Its file gives a mass of {mass} Da, but the structure weighs {structure.nominal_mass} Da ({structure.formula})."
    return ""
