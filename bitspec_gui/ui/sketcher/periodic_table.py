"""The periodic table, to choose an element from by mouse, arrow keys or its letters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.domain.elements import ELEMENTS, Element
from bitspec_gui.ui.theme import LIGHT, Colours

COLUMNS = 18
_GAP_ROW = 7
_FIRST_BELOW = {6: 57, 7: 89}
"""Atomic numbers of lanthanum and actinium, with which the rows below the table begin, by their period."""
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}

_BLOCK_HUES = {"s": 18, "p": 135, "d": 215, "f": 285}
"""Hues of the blocks, in degrees: light, so that the symbols are what is read."""


def place_of(element: Element) -> tuple[int, int]:
    """Row and column of an element; lanthanoids and actinoids stand in two rows of their own below a gap."""
    if element.group is None:
        return _GAP_ROW + element.period - 5, 2 + element.number - _FIRST_BELOW[element.period]
    return element.period - 1, element.group - 1


class PeriodicTable(QFrame):
    """Pops up; `chosen` tells the symbol."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("periodicTable")
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Periodic table"))
        self._colours = LIGHT
        self._learnt: frozenset[str] | None = None
        self._typed = ""
        self.words = QLabel(self)
        self.words.setObjectName("periodicTableWords")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        grid = QGridLayout()
        grid.setSpacing(1)
        self._cells: dict[tuple[int, int], QToolButton] = {}
        self._elements = {element.symbol: element for element in ELEMENTS}
        for element in ELEMENTS:
            row, column = place_of(element)
            self._cells[row, column] = button = self._button(element)
            grid.addWidget(button, row, column)
        grid.setRowMinimumHeight(_GAP_ROW, 6)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(8, 6, 8, 8)
        column_.addWidget(self.words)
        column_.addLayout(grid)
        self.set_colours(LIGHT)
        self._describe(self._elements["C"])

    def set_learnt(self, symbols: frozenset[str]) -> None:
        """Say which elements the model has learnt from; the others are shown fainter, and say so."""
        self._learnt = symbols
        self._restyle()

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self._colours = colours
        self._restyle()

    def open_at(self, corner: QPoint, symbol: str = "C") -> None:
        """Open with its upper left corner at a point of the screen, moved so that all of it is seen, at an element."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        x = max(room.left(), min(corner.x(), room.right() - self.width()))
        y = max(room.top(), min(corner.y(), room.bottom() - self.height()))
        self.move(x, y)
        self._typed = ""
        self.show()
        self.button(symbol).setFocus(Qt.FocusReason.PopupFocusReason)

    def button(self, symbol: str) -> QToolButton:
        """The button of an element."""
        return self._cells[place_of(self._elements[symbol])]

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it is gone, with or without a choice."""
        super().hideEvent(event)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say what the pointer or the keyboard is at; take arrow keys and letters before the button does."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self._describe(self._elements[watched.property("symbol")])
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QToolButton):
            return self._key_pressed(watched, event)
        return super().eventFilter(watched, event)

    def _key_pressed(self, button: QToolButton, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._typed = ""
            self._step(place_of(self._elements[button.property("symbol")]), *_STEPS[key])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            button.click()
            return True
        if event.text().isalpha():
            self._type(event.text())
            return True
        return False

    def _step(self, place: tuple[int, int], down: int, right: int) -> None:
        """Go to the next element in a direction, over gaps."""
        row, column = place
        for _ in range(COLUMNS):
            row, column = row + down, column + right
            if (row, column) in self._cells:
                self._cells[row, column].setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _type(self, letter: str) -> None:
        """Go to the element whose symbol is typed, letter by letter."""
        for wanted in ((self._typed + letter).lower(), letter.lower()):
            # The shortest comes first: B before Be.
            met = sorted((symbol for symbol in self._elements if symbol.lower().startswith(wanted)), key=len)
            if met:
                self._typed = wanted
                self.button(met[0]).setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _button(self, element: Element) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"element-{element.symbol}")
        button.setText(element.symbol)
        button.setProperty("symbol", element.symbol)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.installEventFilter(self)
        button.clicked.connect(lambda _checked=False, symbol=element.symbol: self._choose(symbol))
        return button

    def _choose(self, symbol: str) -> None:
        self.close()
        self.chosen.emit(symbol)

    def _is_learnt(self, element: Element) -> bool:
        return self._learnt is None or element.symbol in self._learnt

    def _sentence(self, element: Element) -> str:
        words = f"{element.symbol} · {self.tr(element.name)} · {element.number}"
        if self._is_learnt(element):
            return words
        return f"{words} · {self.tr('the model has not learnt from it')}"

    def _describe(self, element: Element) -> None:
        self.words.setText(self._sentence(element))

    def _restyle(self) -> None:
        for element in ELEMENTS:
            button = self.button(element.symbol)
            button.setProperty("learnt", "true" if self._is_learnt(element) else "false")
            button.setProperty("block", _block(element))
            button.setAccessibleName(self._sentence(element))
            button.setToolTip(self._sentence(element))
        side = max(26, self.fontMetrics().height() + 10)
        rules = [
            f"QToolButton {{ min-width: {side}px; max-width: {side}px; padding: 0; }}",
            f"QToolButton {{ min-height: {side}px; max-height: {side}px; }}",
            f'QToolButton[learnt="true"] {{ font-weight: 600; color: {self._colours.text}; }}',
            f'QToolButton[learnt="false"] {{ color: {self._colours.muted}; }}',
        ]
        for block, hue in _BLOCK_HUES.items():
            rules.append(f'QToolButton[block="{block}"] {{ background: {_tint(hue, self._colours)}; }}')
        rules.append(
            f"QToolButton:hover, QToolButton:focus {{ border: 2px solid {self._colours.accent}; "
            f"background: {self._colours.selection}; }}"
        )
        self.setStyleSheet("\n".join(rules))


def _tint(hue: int, colours: Colours) -> str:
    """A background that is nearly that of the window."""
    return QColor.fromHsl(hue, 110 if not colours.dark else 70, 238 if not colours.dark else 52).name()


def _block(element: Element) -> str:
    if element.group is None:
        return "f"
    return "s" if element.group <= 2 or element.symbol == "He" else "d" if element.group <= 12 else "p"
