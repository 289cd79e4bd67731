"""The tools around the drawing: commands above it, tools at its left, what is done to atoms below."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.sketcher.actions import SketchActions
from bitspec_gui.ui.sketcher.tool_button import BUTTON_PX, ButtonBar, ToolButton, button_px

GAP_PX = 7
MOST_COLUMNS = 4

_COMMANDS = (("undo", "redo"), ("clean",), ("aromatic", "stereo"), ("zoom_out", "zoom_in", "fit"), ("clear",))
_TOOL_GROUPS = ("select", "bonds", "rings")


class ToolPad(ButtonBar):
    """Groups of buttons in as few columns as the height allows, two at least."""

    def __init__(self, actions: SketchActions, parent: QWidget) -> None:
        super().__init__("sketchToolPad", QCoreApplication.translate("SketchTools", "Tools"), parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        groups = actions.by_group
        self._groups = [[self.add_button(action) for action in groups[name]] for name in _TOOL_GROUPS]
        self._columns = 0
        self._arrange(2)

    @property
    def columns(self) -> int:
        """Number of columns in use."""
        return self._columns

    def sizeHint(self) -> QSize:
        """As high as two columns need."""
        return QSize(self._columns * button_px(self), self._height(2))

    def minimumSizeHint(self) -> QSize:
        """As low as the most columns allow."""
        return QSize(self._columns * button_px(self), self._height(MOST_COLUMNS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many columns as are needed now."""
        super().resizeEvent(event)
        self._follow(event.size().height())

    def changeEvent(self, event: QEvent) -> None:
        """Larger buttons take more columns."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._columns:
            self._arrange(self._columns)
            self._follow(self.height())

    def _follow(self, height: int) -> None:
        columns = next((each for each in range(2, MOST_COLUMNS) if self._height(each) <= height), MOST_COLUMNS)
        if columns != self._columns:
            self._arrange(columns)

    def _height(self, columns: int) -> int:
        rows = sum(-(-len(group) // columns) for group in self._groups)
        return rows * button_px(self) + GAP_PX * (len(self._groups) - 1)

    def _arrange(self, columns: int) -> None:
        self._columns = columns
        side, top = button_px(self), 0
        for group in self._groups:
            for place, button in enumerate(group):
                row, column = divmod(place, columns)
                button.move(column * side, top + row * side)
            top += -(-len(group) // columns) * side + GAP_PX
        self.setFixedWidth(columns * side)
        self.updateGeometry()


class CommandRow(ButtonBar):
    """Undo, clean up, what is shown, zoom; it goes on in a second line where there is too little room."""

    def __init__(self, actions: SketchActions, parent: QWidget) -> None:
        super().__init__("sketchCommands", QCoreApplication.translate("SketchTools", "Commands"), parent)
        row = FlowRow(self, gap_px=0)
        for place, names in enumerate(_COMMANDS):
            if place:
                row.addWidget(_gap(self))
            for name in names:
                row.addWidget(self.add_button(actions[name]))


class AtomRow(ButtonBar):
    """What is done to atoms: the common elements, those lately chosen in the periodic table, the way to all others, and marks."""

    MOST_RECENT = 3

    def __init__(self, actions: SketchActions, parent: QWidget) -> None:
        super().__init__("sketchAtoms", QCoreApplication.translate("SketchTools", "Elements and charges"), parent)
        self._colours: dict[str, str] = {}
        self._row = FlowRow(self, gap_px=0)
        *elements, table = actions.by_group["elements"]
        self._common = [self.add_button(action) for action in elements]
        self.recent: list[ToolButton] = []
        self.table = self.add_button(table)
        self._gap = _gap(self)
        # Plus and minus stay side by side when the row goes on in a second line.
        self._marks = QWidget(self)
        marks = QHBoxLayout(self._marks)
        marks.setContentsMargins(0, 0, 0, 0)
        marks.setSpacing(0)
        for action in actions.by_group["marks"]:
            marks.addWidget(self.add_button(action))
        self._place()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Elements that have a button."""
        return tuple(button.text() for button in (*self._common, *self.recent))

    def add_recent(self, action: QAction) -> None:
        """Put a button for an element of the periodic table before the others of its kind; the oldest of more than three goes."""
        button = self.add_button(action)
        self.recent.insert(0, button)
        while len(self.recent) > self.MOST_RECENT:
            oldest = self.recent.pop()
            self._row.removeWidget(oldest)
            self.remove_button(oldest)
        self._place()
        button.show()
        self._paint(action.iconText(), button)

    def set_colours(self, colours: dict[str, str], others: str) -> None:
        """Write elements in the colours that they have in the drawing; those without one in `others`."""
        self._colours = {"": others, **colours}
        for button in (*self._common, *self.recent):
            self._paint(button.text(), button)

    def _place(self) -> None:
        """Put all into the row in their order."""
        for widget in (*self._common, *self.recent, self.table, self._gap, self._marks):
            self._row.removeWidget(widget)
            self._row.addWidget(widget)

    def _paint(self, symbol: str, button: ToolButton) -> None:
        colour = self._colours.get(symbol, self._colours.get(""))
        if colour:
            palette = button.palette()
            palette.setColor(QPalette.ColorRole.ButtonText, colour)
            button.setPalette(palette)


def _gap(parent: QWidget) -> QFrame:
    gap = QFrame(parent)
    gap.setFixedSize(GAP_PX, BUTTON_PX)
    return gap
