"""Small flat buttons of actions, and bars of them in which the arrow keys go from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

BUTTON_PX = 28

_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


def button_px(widget: QWidget) -> int:
    """Side of a square button in the font of a widget."""
    return max(BUTTON_PX, widget.fontMetrics().height() + 10)


class ToolButton(QToolButton):
    """Shows the icon of its action, else its words. The drawing keeps the focus when it is clicked."""

    def __init__(self, action: QAction, bar: ButtonBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setProperty("role", "tool")
        self.setDefaultAction(action)
        self.setObjectName(action.objectName().replace("sketch-", "sketchTool-", 1))
        self.setAccessibleName(action.iconText())
        self.setAccessibleDescription(action.toolTip())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the font; a button that cannot be pressed is no place for the keyboard."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        elif event.type() == QEvent.Type.EnabledChange:
            self._bar.choose_stop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Here the Tab key comes back to."""
        super().focusInEvent(event)
        self._bar.choose_stop(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next button by arrow keys; press by Enter, as by Space."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._bar.step(self, *_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        side = button_px(self)
        self.setIconSize(QSize(side - 10, side - 10))
        self.setFixedSize(side, side)


class ButtonBar(QWidget):
    """One stop of the Tab key: within it arrow keys go from button to button."""

    def __init__(self, name: str, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.buttons: list[ToolButton] = []

    def add_button(self, action: QAction) -> ToolButton:
        """A button for an action; who calls places it."""
        button = ToolButton(action, self)
        self.buttons.append(button)
        self.choose_stop()
        return button

    def remove_button(self, button: ToolButton) -> None:
        """Take a button away."""
        self.buttons.remove(button)
        button.hide()
        button.deleteLater()
        self.choose_stop()

    def choose_stop(self, wanted: ToolButton | None = None) -> None:
        """Let the Tab key stop at a button: the wanted one, else the one it stopped at, else the first that can be pressed."""
        able = [button for button in self.buttons if button.isEnabled()]
        stop = wanted or next((each for each in able if each.focusPolicy() != Qt.FocusPolicy.NoFocus), able[0] if able else None)
        for button in self.buttons:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if button is stop else Qt.FocusPolicy.NoFocus)

    def step(self, button: ToolButton, right: int, down: int) -> None:
        """Go from a button to the nearest one in a direction."""
        here = self._middle_of(button)
        nearest: tuple[int, ToolButton] | None = None
        for other in self.buttons:
            off = self._middle_of(other) - here
            along, across = off.x() * right + off.y() * down, abs(off.x() * down) + abs(off.y() * right)
            if along > 0 and other.isEnabled() and (nearest is None or along + 3 * across < nearest[0]):
                nearest = (along + 3 * across, other)
        if nearest is not None:
            nearest[1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _middle_of(self, button: ToolButton) -> QPoint:
        """In the bar, also of a button in a part of it."""
        return button.mapTo(self, button.rect().center())
