"""Drawing of heat maps for whoever writes them, without importing RDKit before it is needed."""

from __future__ import annotations

from collections.abc import Collection

from bitspec_gui.domain.explanation import Explanation, MethodInfo


def heat_map_svg(
    explanation: Explanation,
    info: MethodInfo,
    *,
    caption: str,
    kept: Collection[int] | None = None,
    size: tuple[int, int] = (460, 400),
    legend: bool = True,
    numbered: bool = False,
) -> str:
    """Heat map of the explained molecule as SVG, for light paper; see `chem.heat_map.heat_map_svg`.

    Parameters
    ----------
    caption : str
        Words below, a paragraph a line; the first line is the heading.
    kept : collection of int, optional
        Atoms, by their place in the molecule's SMILES, to outline; the others are drawn in grey.
    size : (int, int)
        Width and height in points.
    legend : bool
        Whether the scale is drawn.
    numbered : bool
        Whether each atom bears its place in the SMILES.
    """
    from bitspec_gui.chem.heat_map import heat_map_svg as draw

    molecule = explanation.request.molecule
    return draw(molecule, explanation, info, caption=caption, kept=kept, size=size, legend=legend, numbered=numbered)


def heat_scale_svg(info: MethodInfo, *, caption: str, size: tuple[int, int], fragment: bool = False) -> str:
    """The scale of several heat maps, from 0 to 1 in the unit of the method; see `chem.heat_map.heat_scale_svg`."""
    from bitspec_gui.chem.heat_map import heat_scale_svg as draw

    return draw(info, caption=caption, size=size, fragment=fragment)
