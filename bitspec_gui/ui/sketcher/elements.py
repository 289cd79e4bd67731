"""Choosing elements in the periodic table: for the tool in hand, or for atoms that are there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction

from bitspec_gui.services.learnt_elements import learnt_elements
from bitspec_gui.sketch.edits import set_element
from bitspec_gui.ui.sketcher.actions import SketchActions
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.periodic_table import PeriodicTable
from bitspec_gui.ui.sketcher.tool_bar import AtomRow
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.workers.runner import Runner


class ElementChoice(QObject):
    """Opens the periodic table, which is made when it is first wanted, and gives lately chosen elements a button."""

    failed = Signal(object)

    def __init__(self, editor: SketchEditor, actions: SketchActions, row: AtomRow, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._editor, self._actions, self._row, self._runner = editor, actions, row, runner
        self._colours = LIGHT
        self._table: PeriodicTable | None = None
        self._atoms: frozenset[int] = frozenset()
        actions["periodic_table"].triggered.connect(lambda _checked=False: self._open_for_tool())

    @property
    def table(self) -> PeriodicTable:
        """The periodic table."""
        if self._table is None:
            self._table = PeriodicTable(self._row)
            self._table.set_colours(self._colours)
            self._table.chosen.connect(self._chosen)
            self._table.closed.connect(lambda: self._actions.show_tool(self._editor.tool))
            self._runner.submit(
                "sketch", learnt_elements, on_done=self._table.set_learnt, on_error=self.failed.emit, key="sketch-elements"
            )
        return self._table

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self._colours = colours
        if self._table is not None:
            self._table.set_colours(colours)

    def ask_for(self, place: QPoint, atoms: frozenset[int]) -> None:
        """Choose the element that atoms become, in a table at a place of the screen."""
        self._atoms = atoms
        now = {self._editor.sketch.atoms[each].symbol for each in atoms if each in self._editor.sketch.atoms}
        self.table.open_at(place, next(iter(now)) if len(now) == 1 else "C")

    def _open_for_tool(self) -> None:
        self._atoms = frozenset()
        tool = self._editor.tool
        symbol = tool.removeprefix("element:") if tool.startswith("element:") else "C"
        button = self._row.table
        self.table.open_at(button.mapToGlobal(QPoint(0, button.height())), symbol)

    def _chosen(self, symbol: str) -> None:
        atoms = self._atoms & self._editor.sketch.atoms.keys()
        if atoms:
            self._editor.apply(set_element(self._editor.sketch, atoms, symbol), self.tr("Change element"))
            return
        if symbol not in self._row.symbols:
            self._row.add_recent(self._recent(symbol))
        self._actions.tool_wanted.emit(f"element:{symbol}")
        self._actions.show_tool(f"element:{symbol}")

    def _recent(self, symbol: str) -> QAction:
        return self._actions.add_element(symbol)
