"""Drawing of a molecule for whoever shows it, without importing RDKit before it is needed."""

from __future__ import annotations

from collections.abc import Sequence

from bitspec_gui.domain.molecule import Molecule


def structure_svg(molecule: Molecule, width: int, height: int, *, dark: bool = False, kept: Sequence[int] | None = None) -> str:
    """Drawing of the structure as SVG with a transparent background.

    Parameters
    ----------
    molecule : Molecule
        What to draw.
    width, height : int
        Size of the drawing in pixels.
    dark : bool
        Colours for a dark background.
    kept : sequence of int, optional
        Atoms, by their place in the molecule's SMILES, to tint with the bonds between them; the others are drawn in grey.
    """
    from bitspec_gui.chem.depict import structure_svg as draw

    return draw(molecule, width, height, dark=dark, kept=kept)
