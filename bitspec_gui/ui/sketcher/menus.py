"""The menu that a right click on the drawing opens: what can be done with the atom, the bond or the paper there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from bitspec_gui.domain.elements import ELEMENT_OF
from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch.edits import delete, flip_bond, set_bond, set_element, set_isotope
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.actions import TOOL_ELEMENTS, SketchActions
from bitspec_gui.ui.sketcher.editor import SketchEditor

LABEL_ISOTOPES = {
    "H": (2, 3), "B": (10, 11), "C": (13, 14), "N": (15,), "O": (17, 18), "F": (18,), "Si": (29, 30), "P": (32,),
    "S": (33, 34, 35), "Cl": (35, 37), "Se": (75, 77, 82), "Br": (79, 81), "I": (123, 125, 131),
}  # fmt: skip
"""Isotopes that compounds are labelled with, by their mass numbers."""

_MINUS = "\u2212"


def _tr(text: str) -> str:
    return QCoreApplication.translate("SketchMenus", text)


@dataclass(frozen=True)
class MenuAsks:
    """What the menu asks others for: the group of an atom, the element of atoms, and to paste where it was opened."""

    group: Callable[[int], None]
    element: Callable[[frozenset[int]], None]
    paste: Callable[[], None]


class SketchMenu(QMenu):
    """Made anew for each click."""

    def __init__(
        self,
        editor: SketchEditor,
        actions: SketchActions,
        picked: Picked,
        asks: MenuAsks,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sketchMenu")
        self.setToolTipsVisible(True)
        self._editor, self._actions = editor, actions
        self._asks = asks
        if picked.atom is not None:
            self._add_atom(picked.atom)
        elif picked.bond is not None:
            self._add_bond(picked.bond)
        self._add_paper()

    # Atoms

    def _add_atom(self, atom: int) -> None:
        selected = self._editor.selection.atoms
        atoms = selected if atom in selected else frozenset((atom,))
        self._add_elements(atoms)
        self._add("menuGroup", _tr("&Group…"), lambda: self._asks.group(atom))
        self._add_charges(atoms)
        self._add_radicals(atoms)
        self._add_isotopes(atoms)
        words = _tr("&Delete atom") if len(atoms) == 1 else _tr("&Delete %1 atoms").replace("%1", str(len(atoms)))
        self._add("menuDelete", words, lambda: self._apply(delete(self._sketch, atoms=atoms), _tr("Erase")))
        self.addSeparator()

    def _add_elements(self, atoms: frozenset[int]) -> None:
        menu = self._menu("menuElement", _tr("&Element"))
        for symbol in TOOL_ELEMENTS:
            action = self._add(
                f"menuElement-{symbol}",
                symbol,
                partial(self._set_element, atoms, symbol),
                menu,
            )
            self._check(action, all(self._sketch.atoms[each].symbol == symbol for each in atoms))
        menu.addSeparator()
        self._add("menuElement-other", _tr("&Other…"), lambda: self._asks.element(atoms), menu)

    def _add_charges(self, atoms: frozenset[int]) -> None:
        menu = self._menu("menuCharge", _tr("&Charge"))
        for charge in (2, 1, 0, -1, -2):
            words = f"+{charge}" if charge > 0 else str(charge).replace("-", _MINUS)
            self._add_choice(menu, f"menuCharge{charge:+d}", words, atoms, "charge", charge, _tr("Change charge"))

    def _add_radicals(self, atoms: frozenset[int]) -> None:
        menu = self._menu("menuRadical", _tr("&Unpaired electrons"))
        for radical in (0, 1, 2):
            self._add_choice(menu, f"menuRadical{radical}", str(radical), atoms, "radical", radical, _tr("Change radical"))

    def _add_isotopes(self, atoms: frozenset[int]) -> None:
        menu = self._menu("menuIsotope", _tr("&Isotope"))
        symbols = {self._sketch.atoms[each].symbol for each in atoms}
        symbol = next(iter(symbols)) if len(symbols) == 1 else ""
        for mass in (0, *LABEL_ISOTOPES.get(symbol, ())):
            words = _tr("Natural") if mass == 0 else f"{mass}{symbol}"
            self._add_choice(menu, f"menuIsotope{mass}", words, atoms, "isotope", mass, _tr("Change isotope"))
        if symbol:
            menu.addSeparator()
            self._add("menuIsotope-other", _tr("&Other…"), lambda: self._ask_isotope(atoms, symbol), menu)

    def _add_choice(
        self, menu: QMenu, name: str, words: str, atoms: frozenset[int], what: str, value: int, undo_words: str
    ) -> None:
        action = self._add(name, words, lambda: self._apply(_with(self._sketch, atoms, what, value), undo_words), menu)
        self._check(action, all(getattr(self._sketch.atoms[each], what) == value for each in atoms))

    def _ask_isotope(self, atoms: frozenset[int], symbol: str) -> None:
        """Ask for any mass number that a nucleus of this element can have."""
        number = ELEMENT_OF[symbol].number
        now = next(iter({self._sketch.atoms[each].isotope for each in atoms})) or 2 * number
        question = _tr("Mass number of %1 (0 for the natural element):").replace("%1", symbol)
        mass, given = QInputDialog.getInt(self.parentWidget(), _tr("Isotope"), question, now, 0, 3 * number + 4)
        if given and (mass == 0 or mass >= number):
            self._apply(set_isotope(self._sketch, atoms & self._sketch.atoms.keys(), mass), _tr("Change isotope"))

    # Bonds

    def _add_bond(self, bond: int) -> None:
        drawn = self._sketch.bonds[bond]
        selected = self._editor.selection.bonds
        bonds = selected if bond in selected else frozenset((bond,))
        kinds = (
            ("menuBondSingle", _tr("&Single"), 1, BondStyle.PLAIN), ("menuBondDouble", _tr("&Double"), 2, BondStyle.PLAIN),
            ("menuBondTriple", _tr("&Triple"), 3, BondStyle.PLAIN), ("menuBondWedge", _tr("&Wedge"), 1, BondStyle.WEDGE),
            ("menuBondHash", _tr("&Hash"), 1, BondStyle.HASH), ("menuBondWavy", _tr("Wa&vy"), 1, BondStyle.WAVY),
            ("menuBondEither", _tr("Double, E or &Z unknown"), 2, BondStyle.EITHER),
        )  # fmt: skip
        for name, words, order, style in kinds:
            action = self._add(
                name,
                words,
                partial(self._set_bond, bonds, order, style),
            )
            self._check(action, (drawn.order, drawn.style) == (order, style))
        if drawn.style in (BondStyle.WEDGE, BondStyle.HASH):
            self._add("menuBondFlip", _tr("Turn &round"), lambda: self._apply(flip_bond(self._sketch, bond), _tr("Turn bond")))
        words = _tr("D&elete bond") if len(bonds) == 1 else _tr("D&elete %1 bonds").replace("%1", str(len(bonds)))
        self._add("menuDelete", words, lambda: self._apply(delete(self._sketch, bonds=bonds), _tr("Erase")))
        self.addSeparator()

    # Paper

    def _add_paper(self) -> None:
        a = self._actions
        self.addActions([a["undo"], a["redo"]])
        self.addSeparator()
        self.addActions([a["cut"], a["copy"]])
        self._add("menuPaste", a["paste"].text(), self._asks.paste).setIcon(a["paste"].icon())
        self.addAction(a["select_all"])
        add_copy_as(self, a)
        self.addAction(a["save_picture"])
        self.addSeparator()
        self.addActions([a["clean"], a["flip_horizontally"], a["flip_vertically"], a["hydrogens"]])
        self.addSeparator()
        self.addActions([a["aromatic"], a["stereo"], a["fit"], a["clear"]])

    # Making

    @property
    def _sketch(self) -> Sketch:
        return self._editor.sketch

    def _set_element(self, atoms: frozenset[int], symbol: str) -> None:
        self._apply(set_element(self._sketch, atoms, symbol), _tr("Change element"))

    def _set_bond(self, bonds: frozenset[int], order: int, style: BondStyle) -> None:
        self._apply(set_bond(self._sketch, bonds, order, style), _tr("Change bond"))

    def _apply(self, sketch: Sketch, words: str) -> None:
        self._editor.apply(sketch, words)

    def _menu(self, name: str, title: str) -> QMenu:
        menu = self.addMenu(title)
        menu.setObjectName(name)
        return menu

    def _add(self, name: str, words: str, do: Callable[[], object], menu: QMenu | None = None) -> QAction:
        action = (self if menu is None else menu).addAction(words)
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: do())
        return action

    @staticmethod
    def _check(action: QAction, on: bool) -> None:
        action.setCheckable(True)
        action.setChecked(on)


def add_copy_as(menu: QMenu, actions: SketchActions) -> QMenu:
    """Add the menu *Copy as* to another."""
    copy_as = menu.addMenu(_tr("Copy &as"))
    copy_as.setObjectName("sketchCopyAs")
    copy_as.addActions([actions[f"copy_{form}"] for form in ("smiles", "inchi", "inchikey", "molblock", "picture")])
    return copy_as


def fill_draw_menu(menu: QMenu, actions: SketchActions) -> None:
    """Fill a menu *Draw* of the menu bar with all that the drawing can do."""
    groups = actions.by_group
    for name, title in (
        ("select", ""), ("bonds", _tr("&Bonds")), ("rings", _tr("&Rings")), ("elements", _tr("Eleme&nts")),
        ("marks", _tr("&Marks")),
    ):  # fmt: skip
        inner = menu if not title else menu.addMenu(title)
        if title:
            inner.setObjectName(f"menuDraw-{name}")
        inner.addActions(list(groups[name]))
    menu.addSeparator()
    menu.addActions([*groups["history"]])
    menu.addSeparator()
    menu.addActions(list(groups["edit"]))
    add_copy_as(menu, actions)
    menu.addAction(actions["save_picture"])
    menu.addSeparator()
    menu.addActions(list(groups["structure"]))
    menu.addSeparator()
    menu.addActions(list(groups["show"]))


def _with(sketch: Sketch, atoms: Iterable[int], what: str, value: int) -> Sketch:
    """The sketch with the charge, the unpaired electrons or the isotope of atoms set; stated hydrogens follow anew."""
    if what == "isotope":
        return set_isotope(sketch, atoms, value)
    changed = {
        key: replace(sketch.atoms[key], charge=value, hydrogens=None)
        if what == "charge"
        else replace(sketch.atoms[key], radical=value, hydrogens=None)
        for key in atoms
    }
    return replace(sketch, atoms={**sketch.atoms, **changed})
