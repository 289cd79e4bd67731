"""The chemistry of sketches for whoever draws, without importing RDKit before it is needed. Slow: never on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.sketch import PastedStructures as PastedStructures
from bitspec_gui.domain.sketch import Sketch, SketchFormats, SketchReading


def read(sketch: Sketch, name: str = "") -> SketchReading:
    """What chemistry says to a sketch: its molecule (with the sketch's coordinates) or what is missing. Never raises for it."""
    from bitspec_gui.chem.sketch_reading import read_sketch

    return read_sketch(sketch, name)


def sketch_of_text(text: str) -> Sketch:
    """Sketch of a SMILES, InChI or molblock, centred on (0, 0); a molblock keeps its flat coordinates.

    Raises
    ------
    UnreadableMolecule
        If the text cannot be read; the message says where and why, its ``position`` the place in the text.
    """
    from bitspec_gui.chem.sketch_drawing import sketch_of_text as drawn

    return drawn(text)


def sketch_of_molecule(molecule: Molecule) -> Sketch:
    """Sketch of a molecule with the coordinates of its molblock; one that has none is drawn."""
    from bitspec_gui.chem.sketch_drawing import sketch_of_molecule as drawn

    return drawn(molecule)


def cleaned(sketch: Sketch, atoms: Collection[int] | None = None) -> Sketch:
    """The sketch with tidy coordinates, turned and placed as the old one.

    Only the atoms with the given ids move, if there are any. Ids and stereochemistry stay.
    """
    from bitspec_gui.chem.sketch_cleaning import cleaned as clean

    return clean(sketch, atoms)


def with_explicit_hydrogens(sketch: Sketch) -> Sketch:
    """The sketch with every implied hydrogen drawn."""
    from bitspec_gui.chem.sketch_cleaning import with_explicit_hydrogens as grown

    return grown(sketch)


def without_explicit_hydrogens(sketch: Sketch) -> Sketch:
    """The sketch with hydrogens left out that can as well be implied; labelled ones (D, T) stay."""
    from bitspec_gui.chem.sketch_cleaning import without_explicit_hydrogens as bare

    return bare(sketch)


def formats(sketch: Sketch, atoms: Collection[int] | None = None, name: str = "") -> SketchFormats:
    """The sketch, or the part of it with the given atoms, as other programs take it; open ends are filled with hydrogen."""
    from bitspec_gui.chem.sketch_formats import formats_of

    return formats_of(sketch, atoms, name)


def structures_in(offers: Sequence[tuple[str, bytes]], look_up: Callable[[str], str] | None = None) -> PastedStructures:
    """Structures in what a clipboard or a drop offers, from the richest form that can be read.

    ChemDraw's CDX and CDXML, molfiles (V2000, V3000), SDF, MOL2, InChI and SMILES, one a line.

    Parameters
    ----------
    offers : sequence of (str, bytes)
        MIME type (or name of the Windows clipboard format) and content of each form.
    look_up : callable, optional
        Gives the SMILES of a name or CAS number, such as `PredictionService.structure_text`; raises `MoleculeError`.

    Returns
    -------
    PastedStructures
        ``problems`` are sentences on what could not be read; nothing is raised for it.
    """
    from bitspec_gui.chem.pasted_structures import structures_in as found
    from bitspec_gui.sketch.groups import expand

    return found(offers, look_up, expand)
