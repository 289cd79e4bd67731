"""Structures as drawings in the manner of journals (ACS 1996 style)."""

from __future__ import annotations

from rdkit import Chem
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


def structure_svg(molecule: Molecule, width: int, height: int, *, dark: bool) -> str:
    """SVG of the structure, `width` x `height` px, transparent background, coordinates of the molecule's molblock."""
    structure = Chem.MolFromMolBlock(molecule.molblock, sanitize=True, removeHs=True) or Chem.MolFromSmiles(molecule.smiles)
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
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, structure)
    drawer.FinishDrawing()
    return str(drawer.GetDrawingText())
