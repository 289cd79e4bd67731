"""A sketch as a drawing: its labels, and the bonds between them. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.cycles import small_rings
from bitspec_gui.ui.sketcher.atom_labels import label_of
from bitspec_gui.ui.sketcher.bond_shapes import BondPen, bonds_around
from bitspec_gui.ui.sketcher.shapes import DOUBLE_SPACING, Circle, Drawing


def drawing_of(sketch: Sketch, *, aromatic_rings: Sequence[tuple[int, ...]] = (), terminal_carbons: bool = False) -> Drawing:
    """Everything that is drawn of a sketch.

    Parameters
    ----------
    sketch : Sketch
    aromatic_rings : sequence of tuple of int
        Rings, as ids of atoms, that get a circle instead of double bonds; one that is no ring of the sketch is left out.
    terminal_carbons : bool
        Whether carbons at the end of a chain are written, as CH3.
    """
    labels = {
        atom: label for atom in sketch.atoms if (label := label_of(sketch, atom, terminal_carbons=terminal_carbons)) is not None
    }
    circles = [ring for ring in aromatic_rings if _is_ring(sketch, ring)]
    as_single = frozenset(bond for ring in circles for bond in bonds_around(sketch, ring))
    doubles = any(bond.order == 2 for bond in sketch.bonds.values())
    pen = BondPen(sketch, labels, small_rings(sketch) if doubles else (), as_single)
    for bond in sketch.bonds:
        pen.draw(bond)
    return Drawing(tuple(pen.lines), tuple(pen.areas), tuple(_circle(sketch, ring) for ring in circles), tuple(labels.values()))


def _is_ring(sketch: Sketch, ring: Sequence[int]) -> bool:
    return len(ring) > 2 and all(atom in sketch.atoms for atom in ring) and len(bonds_around(sketch, ring)) == len(ring)


def _circle(sketch: Sketch, ring: tuple[int, ...]) -> Circle:
    """A circle as far from the bonds of its ring as a second line would be."""
    atoms = [sketch.atoms[atom] for atom in ring]
    x, y = sum(atom.x for atom in atoms) / len(atoms), sum(atom.y for atom in atoms) / len(atoms)
    middles = (((a.x + b.x) / 2 - x, (a.y + b.y) / 2 - y) for a, b in zip(atoms, (*atoms[1:], atoms[0]), strict=True))
    apothem = min((dx * dx + dy * dy) ** 0.5 for dx, dy in middles)
    return Circle((x, y), max(apothem - 1.35 * DOUBLE_SPACING, 0.4 * apothem), ring)
