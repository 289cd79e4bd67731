"""ChemDraw documents -> sketches, as they were drawn: wedges, charges, contracted groups and all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from rdkit import Chem, rdBase

from bitspec_gui.chem.chemdraw_tree import DrawnObject, written
from bitspec_gui.chem.sketch_cleaning import cleaned
from bitspec_gui.chem.sketch_layout import crowding
from bitspec_gui.chem.sketch_structure import SKETCH_BOND, atomic_number, implied_hydrogens, structure_of
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond

Expand = Callable[[Sketch, int, str], Sketch]
"""Puts the structure of a group, given by its label, in the place of an atom; raises `BitSpecError`."""

_CONTRACTED = ("Fragment", "Nickname", "GenericNickname", "Formula", "Unspecified", "AnonymousAltGroup", "NamedAltGroup")
_PORT = "ExternalConnectionPoint"
_NO_ATOM = ("MultiAttachment", "VariableAttachment")
_RADICALS = {"Singlet": 2, "Doublet": 1, "Triplet": 2}
_ORDERS = {"": 1, "1": 1, "2": 2, "3": 3, "4": 3, "1.5": 1, "dative": 1}
_AROMATIC = "1.5"
_STYLES = {
    "WedgeBegin": (BondStyle.WEDGE, False), "WedgeEnd": (BondStyle.WEDGE, True),
    "WedgedHashBegin": (BondStyle.HASH, False), "WedgedHashEnd": (BondStyle.HASH, True),
    "HollowWedgeBegin": (BondStyle.WEDGE, False), "HollowWedgeEnd": (BondStyle.WEDGE, True), "Wavy": (BondStyle.WAVY, False),
}  # fmt: skip
_MAX_ATOMS = 2000
_FARTHEST = 1e6
_WIDEST = 5000.0
"""Bond lengths: a page that is wider has an atom where it cannot be meant."""


@dataclass(frozen=True)
class ReadDrawing:
    """A document as a sketch, with the texts that stand in the place of atoms by the atom's id, and what was left out."""

    sketch: Sketch
    labels: dict[int, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def drawing_of(document: DrawnObject) -> ReadDrawing:
    """Everything that is drawn in a document as one sketch, a bond 1 long, centred on (0, 0)."""
    collector = _Collector()
    for fragment in _fragments(document):
        collector.take(fragment)
    return collector.drawing()


def drawn_out(drawing: ReadDrawing, expand: Expand | None) -> tuple[Sketch, tuple[str, ...]]:
    """A drawing with the groups drawn out that are only named in it, and sentences on what was left out or left open."""
    sketch, problems = drawing.sketch, list(drawing.problems)
    for atom, label in drawing.labels.items():
        shown = "".join(sign if sign.isprintable() else "?" for sign in label)
        if expand is None:
            problems.append(f"“{shown}” was drawn as an open place: it is not known what it means.")
            continue
        try:
            sketch = expand(sketch, atom, label)
        except BitSpecError as error:
            problems.append(f"“{shown}” was drawn as an open place: {str(error).replace(label, shown)}")
    return sketch, tuple(problems)


def _fragments(drawn: DrawnObject) -> Iterator[DrawnObject]:
    """Fragments that are not within an atom."""
    for child in drawn.children:
        if child.kind == "fragment":
            yield child
        elif child.kind != "n":
            yield from _fragments(child)


@dataclass
class _Node:
    atom: SketchAtom
    hydrogens: int | None = None
    label: str = ""


class _Collector:
    """Atoms and bonds of a document as they are met, by the ids that it gives them."""

    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}
        self._bonds: list[tuple[str, str, int, BondStyle, bool]] = []
        self._ports: dict[str, list[str]] = {}
        """Of each contracted node, the atoms within it that its bonds lead to."""
        self._orderings: dict[str, list[str]] = {}
        self._inner: set[str] = set()
        self._problems: list[str] = []

    def take(self, fragment: DrawnObject, *, inner: bool = False) -> None:
        """Collect a fragment and the fragments within its contracted nodes."""
        port_ids = [child.values.get("id", "") for child in fragment.children if _is_port(child)] if inner else []
        for child in fragment.children:
            if child.kind == "n" and child.values.get("id", "") not in port_ids:
                self._take_node(child, inner=inner)
        for child in fragment.children:
            if child.kind == "b":
                self._take_bond(child, port_ids)

    def _take_node(self, node: DrawnObject, *, inner: bool) -> None:
        key, kind = node.values.get("id", ""), node.values.get("NodeType", "Element")
        within = next((child for child in node.children if child.kind == "fragment"), None)
        if within is not None and kind in _CONTRACTED:
            self._take_contracted(key, node, within)
            return
        if kind in _NO_ATOM:
            self._problems.append("A bond to several atoms at once was left out.")
            return
        label = "".join(written(child) for child in node.children if child.kind == "t").strip()
        symbol = _symbol(node, kind, label)
        x, y = _place(node.values.get("p", ""))
        values = node.values
        atom = SketchAtom(
            x,
            y,
            symbol,
            _number(values, "Charge", -9, 9),
            _RADICALS.get(values.get("Radical", ""), 0),
            _number(values, "Isotope", 0, 400),
        )
        hydrogens = _number(values, "NumHydrogens", 0, 20) if "NumHydrogens" in values else None
        self._nodes[key] = _Node(atom, hydrogens, label if symbol == "*" else "")
        if inner:
            self._inner.add(key)

    def _take_contracted(self, key: str, node: DrawnObject, within: DrawnObject) -> None:
        """The atoms of a contracted group in place of its node, and to which of them its bonds lead."""
        self.take(within, inner=True)
        ports = [child.values.get("id", "") for child in within.children if _is_port(child)]
        order = within.values.get("ConnectionOrder", "").split()
        ports.sort(key=lambda port: order.index(port) if port in order else len(order))
        neighbours = {}
        for bond in (child.values for child in within.children if child.kind == "b"):
            for one, other in ((bond.get("B", ""), bond.get("E", "")), (bond.get("E", ""), bond.get("B", ""))):
                if one in ports:
                    neighbours[one] = other
        attached = [neighbours[port] for port in ports if port in neighbours]
        first = next((child.values.get("id", "") for child in within.children if child.kind == "n" and not _is_port(child)), "")
        self._ports[key] = attached or [first]
        self._orderings[key] = node.values.get("BondOrdering", "").split()

    def _take_bond(self, bond: DrawnObject, port_ids: list[str]) -> None:
        values = bond.values
        begin, end, order = values.get("B", ""), values.get("E", ""), values.get("Order", "")
        if begin in port_ids or end in port_ids:
            return
        if order not in _ORDERS:
            self._problems.append("A bond that is neither single, double nor triple was left out.")
            return
        style, turned = _STYLES.get(values.get("Display", ""), (BondStyle.PLAIN, False))
        number = _ORDERS[order]
        if number == 2 and style is BondStyle.WAVY:
            style = BondStyle.EITHER
        elif number != 1:
            style = BondStyle.PLAIN
        ends = (self._attached(begin, values.get("id", "")), self._attached(end, values.get("id", "")))
        if turned:
            ends = ends[::-1]
        self._bonds.append((*ends, number, style, order == _AROMATIC))

    def _attached(self, node: str, bond: str) -> str:
        """The atom that a bond leads to: the node itself, or one within it."""
        if node not in self._ports:
            return node
        ports, ordering = self._ports[node], self._orderings[node]
        if bond in ordering:
            chosen = ports[min(ordering.index(bond), len(ports) - 1)]
        else:
            chosen = ports.pop(0) if len(ports) > 1 else ports[0]
        return self._attached(chosen, bond) if chosen != node else node

    def drawing(self) -> ReadDrawing:
        """What was collected, as a sketch."""
        if len(self._nodes) > _MAX_ATOMS:
            self._problems.append(f"Only the first {_MAX_ATOMS:,} of {len(self._nodes):,} atoms were taken.")
        ids = {key: number for number, key in enumerate(list(self._nodes)[:_MAX_ATOMS], start=1)}
        atoms = {ids[key]: self._nodes[key].atom for key in ids}
        bonds: dict[int, SketchBond] = {}
        aromatic, joined, free = set(), set(), len(atoms) + 1
        for begin, end, order, style, is_aromatic in self._bonds:
            pair = frozenset((ids.get(begin, 0), ids.get(end, 0)))
            if 0 in pair or len(pair) < 2 or pair in joined:
                continue
            joined.add(pair)
            bonds[free] = SketchBond(ids[begin], ids[end], order, style)
            aromatic |= {free} if is_aromatic else set()
            free += 1
        sketch = _with_alternating_bonds(_scaled(Sketch(atoms, bonds, free)), aromatic)
        sketch = _with_stated_hydrogens(sketch, {ids[key]: self._nodes[key].hydrogens for key in ids})
        labels = {ids[key]: self._nodes[key].label for key in ids if self._nodes[key].label}
        unfolded = frozenset(ids[key] for key in self._inner if key in ids)
        if sketch and _widest(sketch) > _WIDEST:
            sketch = cleaned(sketch)
        elif sketch and crowding(structure_of(sketch)) and (unfolded or _lie_on_one_spot(sketch)):
            sketch = cleaned(sketch, unfolded)
        return ReadDrawing(sketch, labels, tuple(dict.fromkeys(self._problems)))


def _is_port(node: DrawnObject) -> bool:
    return node.kind == "n" and node.values.get("NodeType") == _PORT


def _symbol(node: DrawnObject, kind: str, label: str) -> str:
    """Element of a node; ``*`` where it is none."""
    if kind == "Element":
        number = _number(node.values, "Element", 1, 118) if "Element" in node.values else 6
        return str(Chem.GetPeriodicTable().GetElementSymbol(number or 6))
    return label if atomic_number(label) else "*"


def _number(values: dict[str, str], name: str, lowest: int, highest: int) -> int:
    """A whole number of a node, 0 if there is none or one that cannot be meant."""
    try:
        number = int(values.get(name, "0"))
    except ValueError:
        return 0
    return number if lowest <= number <= highest else 0


def _place(text: str) -> tuple[float, float]:
    """Place on paper, y upwards; (0, 0) where the document gives none."""
    try:
        x, y = (float(part) for part in text.split())
    except ValueError:
        return 0.0, 0.0
    return (x, -y) if math.isfinite(x) and math.isfinite(y) and max(abs(x), abs(y)) < _FARTHEST else (0.0, 0.0)


def _scaled(sketch: Sketch) -> Sketch:
    """The sketch with the median bond of length 1, centred."""
    if not sketch:
        return sketch
    places = np.array([(atom.x, atom.y) for atom in sketch.atoms.values()])
    lengths = [
        math.hypot(sketch.atoms[b.begin].x - sketch.atoms[b.end].x, sketch.atoms[b.begin].y - sketch.atoms[b.end].y)
        for b in sketch.bonds.values()
    ]
    unit = float(np.median(lengths)) if lengths else 0.0
    unit = unit if unit > 1e-6 else 14.4
    places = (places - (places.min(axis=0) + places.max(axis=0)) / 2) / unit
    atoms = {
        key: replace(atom, x=round(float(x), 4), y=round(float(y), 4))
        for (key, atom), (x, y) in zip(sketch.atoms.items(), places, strict=True)
    }
    return replace(sketch, atoms=atoms)


def _widest(sketch: Sketch) -> float:
    """The longer side of a drawing in bond lengths."""
    return float(np.ptp([(atom.x, atom.y) for atom in sketch.atoms.values()], axis=0).max())


def _lie_on_one_spot(sketch: Sketch) -> bool:
    return len({(atom.x, atom.y) for atom in sketch.atoms.values()}) < len(sketch.atoms)


def _with_alternating_bonds(sketch: Sketch, aromatic: set[int]) -> Sketch:
    """The sketch with its bonds of order 1.5 as single and double ones; as single ones where that cannot be."""
    if not aromatic:
        return sketch
    structure = structure_of(sketch)
    for bond in structure.GetBonds():
        if bond.GetIntProp(SKETCH_BOND) in aromatic:
            bond.SetBondType(Chem.BondType.AROMATIC)
            for atom in (bond, bond.GetBeginAtom(), bond.GetEndAtom()):
                atom.SetIsAromatic(True)
    with rdBase.BlockLogs():
        try:
            Chem.Kekulize(structure, clearAromaticFlags=True)
        except (ValueError, RuntimeError):
            # No way to draw it with alternating bonds: the valences will show it.
            return sketch
    bonds = dict(sketch.bonds)
    for bond in structure.GetBonds():
        if bond.GetBondType() == Chem.BondType.DOUBLE and bond.GetIntProp(SKETCH_BOND) in aromatic:
            bonds[bond.GetIntProp(SKETCH_BOND)] = replace(bonds[bond.GetIntProp(SKETCH_BOND)], order=2)
    return replace(sketch, bonds=bonds)


def _with_stated_hydrogens(sketch: Sketch, stated: dict[int, int | None]) -> Sketch:
    """The sketch with numbers of hydrogens where the document gives others than the valences imply."""
    dotted = {key: atom for key, atom in sketch.atoms.items() if atom.radical and stated[key] is not None}
    other = {key: replace(atom, radical=3 - atom.radical) for key, atom in dotted.items()}
    if other:
        # Some programs write a singlet for a single electron; the hydrogens tell which is meant.
        turned = replace(sketch, atoms={**sketch.atoms, **other})
        before, after = implied_hydrogens(sketch), implied_hydrogens(turned)
        meant = {key: atom for key, atom in other.items() if before[key] != stated[key] == after[key]}
        sketch = replace(sketch, atoms={**sketch.atoms, **meant})
    implied = implied_hydrogens(sketch)
    atoms = {
        key: replace(atom, hydrogens=stated[key]) if stated[key] not in (None, implied[key]) else atom
        for key, atom in sketch.atoms.items()
    }
    return replace(sketch, atoms=atoms)
