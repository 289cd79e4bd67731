"""Structures as drawings in the manner of journals (ACS 1996 style), with a part tinted if asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from bitspec_gui.domain.molecule import Molecule

_DARK_PALETTE = {
    -1: (0.86, 0.87, 0.89), 0: (0.86, 0.87, 0.89), 1: (0.86, 0.87, 0.89), 6: (0.86, 0.87, 0.89),
    7: (0.47, 0.67, 1.0), 8: (1.0, 0.47, 0.44), 9: (0.45, 0.85, 0.55), 15: (1.0, 0.66, 0.3), 16: (0.95, 0.83, 0.36),
    17: (0.45, 0.85, 0.55), 35: (0.87, 0.55, 0.42), 53: (0.78, 0.55, 0.95), 14: (0.8, 0.75, 0.65),
}  # fmt: skip
_LIGHT_PALETTE = {
    -1: (0.1, 0.11, 0.13), 0: (0.1, 0.11, 0.13), 1: (0.1, 0.11, 0.13), 6: (0.1, 0.11, 0.13),
    7: (0.13, 0.32, 0.78), 8: (0.79, 0.13, 0.13), 9: (0.1, 0.5, 0.2), 15: (0.78, 0.4, 0.0), 16: (0.6, 0.45, 0.0),
    17: (0.1, 0.5, 0.2), 35: (0.55, 0.22, 0.1), 53: (0.45, 0.15, 0.65), 14: (0.4, 0.35, 0.25),
}  # fmt: skip

_DARK_TINT, _LIGHT_TINT = (0.38, 0.29, 0.55), (0.85, 0.77, 0.97)
_DARK_NOTE, _LIGHT_NOTE = (0.77, 0.63, 0.95), (0.42, 0.2, 0.66)
_DARK_LOST, _LIGHT_LOST = "#77838f", "#8a94a2"

_ELEMENT = re.compile(r"<(?:path|ellipse|text)\b[^>]*>")
_ATOMS = re.compile(r"\batom-(\d+)")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def structure_svg(molecule: Molecule, width: int, height: int, *, dark: bool, kept: Sequence[int] | None = None) -> str:
    """SVG of the structure, `width` x `height` px, transparent background, coordinates of the molecule's molblock.

    Parameters
    ----------
    kept : sequence of int, optional
        Atoms, by their place in the molecule's SMILES, that are tinted with the bonds between them; all others are grey.
    """
    structure, places = _drawn_structure(molecule)
    drawer = _drawer(width, height, dark=dark)
    options = drawer.drawOptions()
    if kept is None:
        rdMolDraw2D.PrepareAndDrawMolecule(drawer, structure)
        drawer.FinishDrawing()
        return str(drawer.GetDrawingText())
    atoms = {places[atom] for atom in kept}
    options.highlightRadius = 0.26
    options.highlightBondWidthMultiplier = 14
    options.setHighlightColour(_DARK_TINT if dark else _LIGHT_TINT)
    inner = [b.GetIdx() for b in structure.GetBonds() if {b.GetBeginAtomIdx(), b.GetEndAtomIdx()} <= atoms]
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, structure, highlightAtoms=sorted(atoms), highlightBonds=inner)
    drawer.FinishDrawing()
    return _with_lost_part(str(drawer.GetDrawingText()), atoms, _DARK_LOST if dark else _LIGHT_LOST)


def numbered_svg(
    molecule: Molecule, width: int, height: int, *, dark: bool, notes: Mapping[int, str], tinted: Collection[int]
) -> str:
    """SVG of the structure as `structure_svg` draws it, with words beside some atoms.

    Parameters
    ----------
    notes : mapping of int to str
        Words by the atom's place in the molecule's SMILES.
    tinted : collection of int
        Atoms to tint.
    """
    structure, places = _drawn_structure(molecule)
    for atom, words in notes.items():
        structure.GetAtomWithIdx(places[atom]).SetProp("atomNote", words)
    drawer = _drawer(width, height, dark=dark)
    options = drawer.drawOptions()
    options.annotationFontScale = 0.85
    options.setAtomNoteColour(_DARK_NOTE if dark else _LIGHT_NOTE)
    options.highlightRadius = 0.34
    options.setHighlightColour(_DARK_TINT if dark else _LIGHT_TINT)
    atoms = sorted(places[atom] for atom in tinted)
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, structure, highlightAtoms=atoms, highlightBonds=[])
    drawer.FinishDrawing()
    return str(drawer.GetDrawingText())


def _drawer(width: int, height: int, *, dark: bool) -> rdMolDraw2D.MolDraw2DSVG:
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height)
    options = drawer.drawOptions()
    rdMolDraw2D.SetACS1996Mode(options, 1.5)
    options.fixedBondLength = -1
    options.fixedScale = -1
    options.fixedFontSize = -1
    options.minFontSize = 9
    options.maxFontSize = 18
    options.baseFontSize = 0.55
    options.bondLineWidth = 1.8
    options.scaleBondWidth = False
    options.scalingFactor = 34
    options.padding = 0.06
    options.clearBackground = False
    options.updateAtomPalette(_DARK_PALETTE if dark else _LIGHT_PALETTE)
    return drawer


def _drawn_structure(molecule: Molecule) -> tuple[Chem.Mol, Sequence[int]]:
    """Structure as drawn, and where each atom of the SMILES is in it: a molblock keeps the order in which it was drawn."""
    written = Chem.MolFromSmiles(molecule.smiles)
    drawn = Chem.MolFromMolBlock(molecule.molblock, sanitize=True, removeHs=True)
    if drawn is not None and written is not None:
        places = drawn.GetSubstructMatch(written)
        if len(places) == drawn.GetNumAtoms():
            return drawn, places
    if drawn is None:
        drawn = written
        rdDepictor.Compute2DCoords(drawn)
    return drawn, range(drawn.GetNumAtoms())


def _with_lost_part(svg: str, kept: Collection[int], grey: str) -> str:
    """Drawing with everything in grey that belongs to an atom not kept; a cut bond is part of what is lost."""

    def recoloured(found: re.Match[str]) -> str:
        element = found.group()
        atoms = {int(atom) for atom in _ATOMS.findall(element)}
        if not atoms:
            # Caps on the joints of lines, which do not say whose they are; round ends do without them.
            return "" if "class=" not in element else element
        element = element.replace("stroke-linecap:butt", "stroke-linecap:round")
        return element if atoms <= kept_atoms else _COLOUR.sub(grey, element)

    kept_atoms = set(kept)
    return _ELEMENT.sub(recoloured, svg)
