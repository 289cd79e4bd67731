"""What a screen reader says of an atom or bond of a drawing."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.elements import ELEMENT_OF
from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch.picking import Picked


def _tr(text: str) -> str:
    return QCoreApplication.translate("SketchWords", text)


def words_on(sketch: Sketch, picked: Picked) -> str:
    """An atom or bond in words: "Carbon 5, two bonds; atom 5 of 12". Without one, how large the drawing is."""
    if picked.atom is not None and picked.atom in sketch.atoms:
        return _atom_words(sketch, picked.atom)
    if picked.bond is not None and picked.bond in sketch.bonds:
        bond = sketch.bonds[picked.bond]
        words = _tr("%1 between %2 and %3").replace("%1", _kind(bond.order, bond.style))
        return words.replace("%2", atom_name(sketch, bond.begin)).replace("%3", atom_name(sketch, bond.end))
    if not sketch:
        return _tr("Nothing is drawn. Type c for a carbon atom, a for benzene; arrow keys go from atom to atom.")
    atoms = _tr("one atom") if len(sketch.atoms) == 1 else _tr("%1 atoms").replace("%1", str(len(sketch.atoms)))
    return f"{atoms}, {_how_many(len(sketch.bonds))}"


def atom_name(sketch: Sketch, atom: int) -> str:
    """Element and number of an atom, counted in the order of drawing: "carbon 5"."""
    return f"{_element(sketch.atoms[atom].symbol)} {_number(sketch, atom)}"


def _number(sketch: Sketch, atom: int) -> int:
    return list(sketch.atoms).index(atom) + 1


def _element(symbol: str) -> str:
    element = ELEMENT_OF.get(symbol)
    return symbol if element is None else element.name


def _atom_words(sketch: Sketch, key: int) -> str:
    atom = sketch.atoms[key]
    name = atom_name(sketch, key)
    said = [name[:1].upper() + name[1:]]
    if atom.isotope:
        said.append(_tr("mass number %1").replace("%1", str(atom.isotope)))
    if atom.charge:
        said.append(_tr("charge %1").replace("%1", f"{atom.charge:+d}".replace("-", "−")))
    if atom.radical:
        said.append(_tr("radical"))
    said.append(_how_many(len(sketch.bonds_of[key])))
    bonds = [sketch.bonds[bond] for bond in sketch.bonds_of[key]]
    partners = ", ".join(f"{_kind(bond.order, bond.style)} {_tr('to')} {atom_name(sketch, bond.other(key))}" for bond in bonds)
    place = _tr("atom %1 of %2").replace("%1", str(_number(sketch, key))).replace("%2", str(len(sketch.atoms)))
    return "; ".join(part for part in (", ".join(said), place, partners) if part)


def _how_many(bonds: int) -> str:
    words = (_tr("no bonds"), _tr("one bond"), _tr("two bonds"), _tr("three bonds"), _tr("four bonds"))
    return words[bonds] if bonds < len(words) else _tr("%1 bonds").replace("%1", str(bonds))


def _kind(order: int, style: BondStyle) -> str:
    named = {BondStyle.WEDGE: _tr("wedge"), BondStyle.HASH: _tr("hash"), BondStyle.WAVY: _tr("wavy bond")}
    return named.get(style, {1: _tr("single bond"), 2: _tr("double bond"), 3: _tr("triple bond")}[order])
