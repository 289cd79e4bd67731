"""Everything the drawing can do, named in one place: words, keys and icons of its tools and commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup

from bitspec_gui.ui.theme import icon

TOOL_ELEMENTS = ("C", "H", "N", "O", "S", "P", "F", "Cl", "Br", "I", "Si")
"""Elements with a button of their own; all others are in the periodic table."""


@dataclass(frozen=True)
class _Words:
    """What an action is called, the key that does the same on the drawing, and what it is for."""

    text: str
    keys: str
    tip: str
    icon: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("SketchActions", text)


def _tools() -> dict[str, dict[str, _Words]]:
    """Tools by group; the names are those of the editor."""
    return {
        "select": {
            "select": _Words(
                _tr("&Select"), "", _tr("Select by click or box, move by drag, copy with Ctrl and drag"), "sketch-select"
            ),
            "lasso": _Words(_tr("&Lasso"), "", _tr("Select what a line is drawn around"), "sketch-lasso"),
            "erase": _Words(_tr("&Eraser"), "Del", _tr("Erase atoms and bonds by click or drag"), "sketch-erase"),
            "text": _Words(
                _tr("&Group…"), _tr("Enter"), _tr("Click an atom and type a group: OMe, CO2H, TMS, Ph"), "sketch-text"
            ),
        },
        "bonds": {
            "single": _Words(
                _tr("&Single bond"), "1", _tr("Draw single bonds; a click on a bond changes its order"), "sketch-single"
            ),
            "double": _Words(_tr("&Double bond"), "2", _tr("Draw double bonds"), "sketch-double"),
            "triple": _Words(_tr("&Triple bond"), "3", _tr("Draw triple bonds"), "sketch-triple"),
            "wedge": _Words(_tr("&Wedge"), "W", _tr("Bonds towards the viewer; a click turns one round"), "sketch-wedge"),
            "hash": _Words(_tr("&Hash"), "W W", _tr("Bonds away from the viewer; a click turns one round"), "sketch-hash"),
            "wavy": _Words(_tr("Wa&vy bond"), "Y", _tr("Bonds of unknown configuration"), "sketch-wavy"),
            "either": _Words(
                _tr("Double bond, E or &Z unknown"), "", _tr("Double bonds of unknown geometry, drawn crossed"), "sketch-either"
            ),
            "chain": _Words(_tr("&Chain"), "", _tr("Drag a chain of carbon atoms"), "sketch-chain"),
        },
        "rings": {
            "benzene": _Words(_tr("&Benzene"), "A", _tr("Benzene, fused on a bond or put on an atom"), "sketch-benzene"),
            "cyclopentadiene": _Words(_tr("Cyclopenta&diene"), "", _tr("Cyclopentadiene"), "sketch-cyclopentadiene"),
            "ring3": _Words(_tr("Ring of &3"), "", _tr("Cyclopropane"), "sketch-ring3"),
            "ring4": _Words(_tr("Ring of &4"), "", _tr("Cyclobutane"), "sketch-ring4"),
            "ring5": _Words(_tr("Ring of &5"), "5", _tr("Cyclopentane"), "sketch-ring5"),
            "ring6": _Words(_tr("Ring of &6"), "6", _tr("Cyclohexane"), "sketch-ring6"),
            "ring7": _Words(_tr("Ring of &7"), "7", _tr("Cycloheptane"), "sketch-ring7"),
            "ring8": _Words(_tr("Ring of &8"), "8", _tr("Cyclooctane"), "sketch-ring8"),
        },
        "marks": {
            "charge+": _Words(_tr("Charge &+"), "+", _tr("One positive charge more"), "sketch-charge-plus"),
            "charge-": _Words(_tr("Charge &−"), "−", _tr("One negative charge more"), "sketch-charge-minus"),
            "radical": _Words(_tr("&Radical"), ".", _tr("Unpaired electrons: one, two, none"), "sketch-radical"),
            "isotope": _Words(
                _tr("&Isotope"),
                "",
                _tr("The usual heavy isotope: 2H, 13C, 15N, 18O; once more, the natural element"),
                "sketch-isotope",
            ),
        },
    }


def _commands() -> dict[str, dict[str, _Words]]:
    """Commands by group."""
    return {
        "history": {
            "undo": _Words(_tr("&Undo"), "Ctrl+Z", _tr("Take the last stroke back"), "undo"),
            "redo": _Words(_tr("Re&do"), "Ctrl+Shift+Z", _tr("Do again what was taken back"), "redo"),
        },
        "edit": {
            "cut": _Words(_tr("Cu&t"), "Ctrl+X", _tr("Copy what is selected, and erase it"), "cut"),
            "copy": _Words(
                _tr("&Copy"), "Ctrl+C", _tr("Copy what is selected, else all: as SMILES, InChI, molblock and picture"), "copy"
            ),
            "paste": _Words(_tr("&Paste"), "Ctrl+V", _tr("Paste a structure of BitSpec, ChemDraw or a text"), "paste"),
            "select_all": _Words(_tr("Select &all"), "Ctrl+A", _tr("Select all atoms and bonds")),
            "delete": _Words(_tr("&Delete"), "Del", _tr("Erase what is selected"), "sketch-erase"),
            "clear": _Words(_tr("C&lear"), "", _tr("Erase the whole drawing"), "remove"),
        },
        "structure": {
            "clean": _Words(_tr("Clean u&p"), "Ctrl+Shift+K", _tr("Lay out what is selected, else all, anew"), "sketch-clean"),
            "flip_horizontally": _Words(_tr("Flip &horizontally"), "", _tr("Mirror the drawing; the molecule stays the same")),
            "flip_vertically": _Words(_tr("Flip &vertically"), "", _tr("Mirror the drawing; the molecule stays the same")),
            "hydrogens": _Words(_tr("E&xplicit hydrogens"), "", _tr("Draw all hydrogen atoms, or none"), "sketch-hydrogens"),
        },
        "show": {
            "aromatic": _Words(
                _tr("Aromatic c&ircles"), "", _tr("Show aromatic rings with circles in place of double bonds"), "sketch-aromatic"
            ),
            "stereo": _Words(_tr("&Stereo labels"), "", _tr("Show R, S, E and Z"), "sketch-stereo"),
            "zoom_in": _Words(_tr("Zoom &in"), "Ctrl++", _tr("Larger"), "sketch-zoom-in"),
            "zoom_out": _Words(_tr("Zoom &out"), "Ctrl+−", _tr("Smaller"), "sketch-zoom-out"),
            "fit": _Words(_tr("&Whole drawing"), "Ctrl+0", _tr("Show the whole drawing"), "reset"),
        },
        "export": {
            "copy_smiles": _Words(_tr("&SMILES"), "", _tr("Copy the SMILES alone")),
            "copy_inchi": _Words(_tr("&InChI"), "", _tr("Copy the InChI alone")),
            "copy_inchikey": _Words(_tr("InChI&Key"), "", _tr("Copy the InChIKey alone")),
            "copy_molblock": _Words(_tr("&Molblock"), "", _tr("Copy the molfile alone")),
            "copy_picture": _Words(_tr("&Picture"), "", _tr("Copy the picture alone")),
            "save_picture": _Words(_tr("Save &picture…"), "", _tr("Save the drawing as SVG, PNG or PDF"), "save"),
        },
    }


_TOGGLES = ("hydrogens", "aromatic", "stereo")


class SketchActions(QObject):
    """Actions of a drawing. `tool_wanted` tells the tool that was chosen; commands tell by their own `triggered`.

    They bear no shortcuts: the drawing itself listens to keys, since the same ones mean other things elsewhere in the window.
    """

    tool_wanted = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._named: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._groups: dict[str, list[QAction]] = {}
        self._tool_group = QActionGroup(self)
        for group, words in _tools().items():
            for name, each in words.items():
                self._add_tool(group, name, each)
        for symbol in TOOL_ELEMENTS:
            self._add_tool("elements", f"element:{symbol}", _element_words(symbol))
        table = self._add("elements", "periodic_table", _Words(_tr("&Other element…"), "", _tr("Choose in the periodic table")))
        self._icons["periodic_table"] = "sketch-elements"
        table.setCheckable(True)
        self._tool_group.addAction(table)
        for group, words in _commands().items():
            for name, each in words.items():
                action = self._add(group, name, each)
                if name in _TOGGLES:
                    action.setCheckable(True)
                    # An icon would hide the tick in a menu.
                    action.setIconVisibleInMenu(False)
        self.show_tool("single")

    def __getitem__(self, name: str) -> QAction:
        """The action of that name; a tool's is that of the editor (``single``, ``ring6``, ``element:N``)."""
        return self._named[name]

    def __iter__(self) -> Iterator[QAction]:
        """All actions."""
        return iter(self._named.values())

    @property
    def by_group(self) -> dict[str, tuple[QAction, ...]]:
        """Actions by group.

        ``select``, ``bonds``, ``rings``, ``marks``, ``elements``, ``history``, ``edit``, ``structure``, ``show``, ``export``
        and, once the periodic table was used, ``recent``.
        """
        return {group: tuple(actions) for group, actions in self._groups.items()}

    def add_element(self, symbol: str) -> QAction:
        """An action for an element that was chosen in the periodic table; asked for again, the same one."""
        name = f"element:{symbol}"
        if name not in self._named:
            tip = _tr("Click an atom to make it %1, drag from one to bond %1 to it").replace("%1", symbol)
            self._add_tool("recent", name, _Words(symbol, "", tip))
        return self._named[name]

    def show_tool(self, tool: str) -> None:
        """Check the action of the tool in hand; an element without a button of its own checks the periodic table."""
        name = tool if tool in self._named else "periodic_table" if tool.startswith("element:") else ""
        if name:
            self._named[name].setChecked(True)
            return
        checked = self._tool_group.checkedAction()
        if checked is not None:
            self._tool_group.setExclusive(False)
            checked.setChecked(False)
            self._tool_group.setExclusive(True)

    def paint_icons(self, colour: str) -> None:
        """Draw all icons in a colour."""
        for name, file in self._icons.items():
            self._named[name].setIcon(icon(file, colour))

    def _add_tool(self, group: str, name: str, words: _Words) -> None:
        action = self._add(group, name, words)
        action.setCheckable(True)
        self._tool_group.addAction(action)
        action.triggered.connect(lambda _checked=False, name=name: self.tool_wanted.emit(name))

    def _add(self, group: str, name: str, words: _Words) -> QAction:
        action = QAction(words.text, self)
        action.setObjectName(f"sketch-{name}")
        action.setIconText(words.text.replace("&", "").rstrip("…"))
        if words.keys:
            # Menus show what follows a tab as the key.
            action.setText(f"{words.text}\t{words.keys}")
        tip = f"{words.tip} ({words.keys})" if words.keys else words.tip
        action.setToolTip(tip)
        action.setStatusTip(tip)
        if words.icon:
            self._icons[name] = words.icon
        self._named[name] = action
        self._groups.setdefault(group, []).append(action)
        return action


_ELEMENT_KEYS = {
    "C": "C",
    "H": "H",
    "N": "N",
    "O": "O",
    "S": "S",
    "P": "P",
    "F": "F",
    "Cl": "L",
    "Br": "Shift+B",
    "I": "I",
    "Si": "Shift+S",
}


def _element_words(symbol: str) -> _Words:
    tip = _tr("Click an atom to make it %1, drag from one to bond %1 to it").replace("%1", symbol)
    return _Words(symbol, _ELEMENT_KEYS[symbol], tip)
