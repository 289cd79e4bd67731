"""Heat maps on structures without a window: scores of atoms and bonds tinted on the drawing, with a legend, as SVG and PNG."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem.Draw import rdMolDraw2D
from rdkit.Geometry import Point2D

from bitspec_gui.chem.heat_canvas import FONTS, CairoCanvas, HeatCanvas, Point, SvgCanvas, escaped, rgb
from bitspec_gui.chem.heat_legend import Legend, legend_of, paint_legend
from bitspec_gui.chem.smiles_order import block_in_smiles_order
from bitspec_gui.domain.explanation import Explanation, MethodInfo
from bitspec_gui.domain.heat_colours import LIGHT_HEAT, HeatColours, heat_colour, heat_colours
from bitspec_gui.domain.molecule import Molecule

PIXELS_PER_POINT = 2
"""Pixels of a PNG for each point of the same drawing as SVG."""

LONGEST_BOND = 46.0
"""Points of a bond in a drawing that has room for more."""

_LEAST_MAP = 0.5
"""Share of the height that is kept for the structure, however much there is to say."""

_CIRCLE, _BAR, _GAP = 0.34, 0.3, 0.1
"""Radius of circles, width of bars, and distance of the line around a kept fragment, in bonds."""

_RIM = 1.8
_NUMBERS = 0.62
"""Size of numbers beside atoms, in that of symbols."""

_INK, _THINNEST, _THICKEST = 0.036, 0.8, 1.6
"""Width of lines in bonds, and in points at least and at most."""

_ELEMENT = re.compile(r"<(?:path|ellipse|text|circle|rect)\b[^>]*>(?:[^<]*</text>)?")
_SLICES = 10

Size = tuple[int, int]


@dataclass(frozen=True)
class _Placed:
    """A structure on paper: where its atoms lie, how long its bonds are and how thick its lines should be, in points."""

    points: tuple[Point, ...]
    bond: float

    @property
    def ink(self) -> float:
        return min(_THICKEST, max(_THINNEST, _INK * self.bond))

    @property
    def reach(self) -> float:
        """How far colour goes beyond atoms."""
        return (_CIRCLE + _GAP) * self.bond + _RIM + 2


@dataclass(frozen=True)
class _Picture:
    """What is to be painted: scores, the fragment that is outlined (None for none), colours, and room in points."""

    structure: Chem.Mol
    explanation: Explanation
    kept: frozenset[int] | None
    dark: bool
    size: Size
    legend: Legend
    map_height: int

    @property
    def colours(self) -> HeatColours:
        return heat_colours(self.dark)


def heat_map_svg(
    molecule: Molecule,
    explanation: Explanation,
    info: MethodInfo,
    *,
    caption: str,
    kept: Collection[int] | None = None,
    dark: bool = False,
    size: Size = (560, 460),
    legend: bool = True,
    numbered: bool = False,
) -> str:
    """Heat map with its legend as an SVG file of its own.

    Each atom's circle stands in a group with ``data-atom`` (place in the SMILES, from 0), ``data-element`` and ``data-score``,
    each bond's bar in one with ``data-begin`` and ``data-end``, and ``data-score`` where the method scores bonds.

    Parameters
    ----------
    molecule : Molecule
        Drawn as its molblock has it.
    explanation : Explanation
        Scores by the places of the atoms in the molecule's SMILES.
    info : MethodInfo
        The method, whose unit stands below the scale.
    caption : str
        What is said in words, a paragraph a line: target, method, and how far the explanation can be trusted. The first line is
        the heading; others stand below the scale.
    kept : collection of int, optional
        Atoms of a fragment that is outlined; all others are grey.
    dark : bool
        Colours for dark paper.
    size : (int, int)
        Width and height in points.
    legend : bool
        Whether the scale is drawn; without it, the caption alone.
    numbered : bool
        Whether each atom bears its place in the SMILES.

    Raises
    ------
    ValueError
        If the scores are not those of the molecule's atoms.
    """
    info = info.for_target(explanation.request.mz)
    picture = _picture(molecule, explanation, info, caption, kept, dark, size, legend)
    if numbered:
        for atom in picture.structure.GetAtoms():
            atom.SetProp("atomNote", str(atom.GetIdx()))
    tried = _draw_structure(rdMolDraw2D.MolDraw2DSVG(size[0], picture.map_height), picture, 1.0)
    drawer = rdMolDraw2D.MolDraw2DSVG(size[0], picture.map_height)
    placed = _draw_structure(drawer, picture, 1.0, tried)
    drawer.FinishDrawing()
    ink = "".join(_ELEMENT.findall(str(drawer.GetDrawingText())))
    canvas = SvgCanvas()
    _paint_heat(canvas, picture, placed)
    canvas.parts.append(f"<g>{ink}</g>")
    paint_legend(canvas, picture.legend, picture.map_height, size[0], dark=dark)
    words = " ".join([info.meaning, info.caution, caption]).strip()
    return _svg_file(canvas.parts, size, _title(molecule, explanation, info), words, picture.colours.paper)


def heat_map_png(
    molecule: Molecule,
    explanation: Explanation,
    info: MethodInfo,
    *,
    caption: str,
    kept: Collection[int] | None = None,
    dark: bool = False,
    size: Size = (560, 460),
    legend: bool = True,
) -> bytes:
    """The heat map of `heat_map_svg` as PNG, `PIXELS_PER_POINT` pixels a point; letters that are not in ASCII are spelt out."""
    info = info.for_target(explanation.request.mz)
    picture = _picture(molecule, explanation, info, caption, kept, dark, size, legend)
    scale = float(PIXELS_PER_POINT)
    wide, high, tall = (round(scale * each) for each in (size[0], size[1], picture.map_height))
    tried = _draw_structure(rdMolDraw2D.MolDraw2DCairo(wide, high, wide, tall), picture, scale)
    placed = _draw_structure(rdMolDraw2D.MolDraw2DCairo(wide, high, wide, tall), picture, scale, tried)
    drawer = rdMolDraw2D.MolDraw2DCairo(wide, high, wide, tall)
    drawer.drawOptions().clearBackground = False
    canvas = CairoCanvas(drawer, scale)
    canvas.rectangle(0, 0, size[0], size[1], picture.colours.paper)
    _paint_heat(canvas, picture, placed)
    _draw_structure(drawer, picture, scale, tried)
    drawer.drawOptions().maxFontSize = 1000
    paint_legend(canvas, picture.legend, picture.map_height, size[0], dark=dark)
    drawer.FinishDrawing()
    return bytes(drawer.GetDrawingText())


def heat_scale_svg(
    info: MethodInfo, *, caption: str, largest: float = 1.0, size: Size = (560, 104), fragment: bool = False
) -> str:
    """The legend alone as SVG, for several heat maps of one scale; its heading is the `caption`.

    Parameters
    ----------
    largest : float
        What the highest colour stands for, in the unit of the method.
    size : (int, int)
        Width and height in points.
    fragment : bool
        Whether to say what the outline and grey ink mean.
    """
    canvas = SvgCanvas()
    paint_legend(canvas, legend_of(info, largest, caption, *size, fragment=fragment), 0, size[0], dark=False)
    return _svg_file(canvas.parts, size, f"{info.name}: scale", info.meaning, LIGHT_HEAT.paper)


def _svg_file(parts: Sequence[str], size: Size, title: str, words: str, paper: str) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" viewBox="0 0 {size[0]} {size[1]}" '
            f'font-family="{FONTS}" role="img">',
            f"<title>{escaped(title)}</title>",
            f"<desc>{escaped(words)}</desc>",
            f'<rect width="{size[0]}" height="{size[1]}" fill="{paper}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _picture(
    molecule: Molecule,
    explanation: Explanation,
    info: MethodInfo,
    caption: str,
    kept: Collection[int] | None,
    dark: bool,
    size: Size,
    legend: bool,
) -> _Picture:
    structure = Chem.MolFromMolBlock(block_in_smiles_order(molecule))
    if structure.GetNumAtoms() != len(explanation.atom_scores):
        raise ValueError(f"{len(explanation.atom_scores)} scores for {structure.GetNumAtoms()} atoms")
    fragment = frozenset(kept) if kept is not None else None
    room = size[1] - round(_LEAST_MAP * size[1])
    said = legend_of(info, explanation.largest, caption, size[0], room, fragment=fragment is not None, scale=legend)
    return _Picture(structure, explanation, fragment, dark, size, said, size[1] - said.height)


def _title(molecule: Molecule, explanation: Explanation, info: MethodInfo) -> str:
    target = "the whole spectrum" if explanation.request.mz is None else f"m/z {explanation.request.mz}"
    return f"{info.name}: {target} of {molecule.name or molecule.formula}"


def _draw_structure(drawer: rdMolDraw2D.MolDraw2D, picture: _Picture, scale: float, tried: _Placed | None = None) -> _Placed:
    """Draw ink alone, what is lost in grey; returns where the atoms lie, which only a drawing tells.

    So the first one is tried out: it tells how thick lines and how wide margins should be.
    """
    structure, colours = picture.structure, picture.colours
    options = drawer.drawOptions()
    rdMolDraw2D.SetACS1996Mode(options, 1.5)
    options.clearBackground = False
    options.fixedBondLength = LONGEST_BOND * scale
    options.fixedScale = options.fixedFontSize = -1
    options.minFontSize, options.maxFontSize = round(8 * scale), round(17 * scale)
    options.baseFontSize = 0.55
    options.annotationFontScale = _NUMBERS
    options.setAtomNoteColour(rgb(colours.ink))
    options.bondLineWidth = (_THICKEST if tried is None else tried.ink) * scale
    options.scaleBondWidth = options.scaleHighlightBondWidth = False
    options.highlightBondWidthMultiplier = 4  # The width of other bonds.
    options.continuousHighlight = options.circleAtoms = False
    options.padding = 0.06 if tried is None else tried.reach / min(picture.size[0], picture.map_height)
    options.setAtomPalette({-1: rgb(colours.ink)})
    options.setSymbolColour(rgb(colours.ink))
    lost = sorted(set(range(structure.GetNumAtoms())) - picture.kept) if picture.kept is not None else []
    cut = [b.GetIdx() for b in structure.GetBonds() if not {b.GetBeginAtomIdx(), b.GetEndAtomIdx()}.isdisjoint(lost)]
    grey = rgb(colours.lost)
    rdMolDraw2D.PrepareAndDrawMolecule(
        drawer,
        structure,
        highlightAtoms=lost,
        highlightAtomColors=dict.fromkeys(lost, grey),
        highlightBonds=cut,
        highlightBondColors=dict.fromkeys(cut, grey),
    )
    points = tuple(_point(drawer.GetDrawCoords(atom), scale) for atom in range(structure.GetNumAtoms()))
    lengths = [_distance(points[b.GetBeginAtomIdx()], points[b.GetEndAtomIdx()]) for b in structure.GetBonds()]
    return _Placed(points, sum(lengths) / len(lengths) if lengths else LONGEST_BOND)


def _paint_heat(canvas: HeatCanvas, picture: _Picture, placed: _Placed) -> None:
    """Tint what is lost, then outline the kept fragment, then tint what is kept; bars below circles."""
    atoms = range(len(placed.points))
    kept = frozenset(atoms) if picture.kept is None else picture.kept
    bonds = _bonds(picture)
    _paint_part(canvas, picture, placed, [b for b in bonds if not kept.issuperset(b)], [a for a in atoms if a not in kept])
    if picture.kept:
        _paint_outline(canvas, picture, placed)
    _paint_part(canvas, picture, placed, [b for b in bonds if kept.issuperset(b)], [a for a in atoms if a in kept])


def _bonds(picture: _Picture) -> list[tuple[int, int]]:
    drawn = ((b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in picture.structure.GetBonds())
    return sorted((min(pair), max(pair)) for pair in drawn)


def _paint_part(
    canvas: HeatCanvas, picture: _Picture, placed: _Placed, bonds: Iterable[tuple[int, int]], atoms: Iterable[int]
) -> None:
    explanation, structure = picture.explanation, picture.structure
    scores = explanation.atom_scores.tolist()
    scored = dict(zip(explanation.bonds, explanation.bond_scores.tolist(), strict=False))
    names = [f"{atom.GetSymbol()}{atom.GetIdx()}" for atom in structure.GetAtoms()]
    for bond in bonds:
        begin, end = bond
        facts = {"begin": str(begin), "end": str(end)}
        if bond in scored:
            facts["score"] = f"{scored[bond]:.4f}"
            along = [scored[bond]]
        else:
            # A method that says nothing of bonds: from the colour of one atom to that of the other.
            along = [scores[begin] + (scores[end] - scores[begin]) * (n + 0.5) / _SLICES for n in range(_SLICES)]
        fills = [heat_colour(each, dark=picture.dark) for each in along]
        words = f"{names[begin]}-{names[end]}: {scored[bond]:.2f}" if bond in scored else ""
        canvas.bar(placed.points[begin], placed.points[end], _BAR * placed.bond, fills, facts, words)
    for atom in atoms:
        facts = {
            "atom": str(atom),
            "element": structure.GetAtomWithIdx(atom).GetSymbol(),
            "score": f"{scores[atom]:.4f}",
        }
        fill = heat_colour(scores[atom], dark=picture.dark)
        canvas.circle(placed.points[atom], _CIRCLE * placed.bond, fill, facts, f"{names[atom]}: {scores[atom]:.2f}")


def _paint_outline(canvas: HeatCanvas, picture: _Picture, placed: _Placed) -> None:
    """One line around the atoms and bonds of the kept fragment: their shape in its colour, and a little smaller in paper's."""
    kept = picture.kept or frozenset()
    inner = [bond for bond in _bonds(picture) if kept.issuperset(bond)]
    rings = [ring for ring in picture.structure.GetRingInfo().AtomRings() if kept.issuperset(ring)]
    within = (_CIRCLE + _GAP) * placed.bond
    for reach, fill in ((within + _RIM, picture.colours.kept), (within, picture.colours.paper)):
        for ring in rings:
            canvas.polygon([placed.points[atom] for atom in ring], fill)
        for begin, end in inner:
            canvas.bar(placed.points[begin], placed.points[end], 2 * reach, [fill])
        for atom in sorted(kept):
            canvas.circle(placed.points[atom], reach, fill)


def _point(at: Point2D, scale: float) -> Point:
    return at.x / scale, at.y / scale


def _distance(first: Sequence[float], second: Sequence[float]) -> float:
    return float(((first[0] - second[0]) ** 2 + (first[1] - second[1]) ** 2) ** 0.5)
