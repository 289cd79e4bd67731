"""A molecule given as text, ready to be predicted and to be drawn further."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bitspec_gui.domain.errors import BitSpecError, RefusedMolecule
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.sketch import Sketch, SketchReading
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.sketching import read, sketch_of_molecule, sketch_of_text

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StructureInput:
    """A text as it was read.

    ``molecule`` is None if no spectrum can be predicted of it, and ``sentence`` says why. ``sketch`` is empty where it cannot be
    drawn. ``reading`` is of the sketch; it names the atoms of ``molecule``'s SMILES only if both are the same molecule.
    """

    molecule: Molecule | None
    sketch: Sketch
    reading: SketchReading
    sentence: str = ""


def read_structure_input(service: PredictionService, text: str, name: str = "") -> StructureInput:
    """Read a SMILES, InChI, molblock, name or CAS number, and draw it.

    A structure that can be read but not predicted (a salt, for example) is drawn all the same, so that it can be mended.

    Raises
    ------
    UnreadableMolecule
        If the text cannot be read; the message says where and why.
    """
    try:
        molecule = service.molecule(text, name)
    except RefusedMolecule as refusal:
        sketch = sketch_of_text(service.structure_text(text))
        return StructureInput(None, sketch, read(sketch), str(refusal))
    try:
        sketch = sketch_of_molecule(molecule)
    except BitSpecError as error:
        _log.warning("%s is predicted but not drawn: %s", molecule.smiles, error)
        sketch = Sketch()
    return StructureInput(molecule, sketch, _naming_its_atoms(read(sketch), molecule))


def _naming_its_atoms(reading: SketchReading, molecule: Molecule) -> SketchReading:
    """A reading that does not name atoms of another SMILES than the molecule's."""
    same = reading.molecule is not None and reading.molecule.smiles == molecule.smiles
    return replace(reading, molecule=molecule, sentence="", atom_ids=reading.atom_ids if same else ())
