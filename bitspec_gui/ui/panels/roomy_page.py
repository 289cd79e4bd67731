"""A page that scrolls where the window is too low for it, and sets its two halves side by side or one above the other."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

LEAST = QSize(300, 180)


class RoomyPage(QScrollArea):
    """Put widgets into `column`; a splitter given to `turn_below` turns upright where the page is narrow."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QWidget(self)
        self.body.setObjectName(f"{name}Body")
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(7)
        self.setWidget(self.body)
        self._turning: list[tuple[QSplitter, int]] = []

    def minimumSizeHint(self) -> QSize:
        """A little; the rest is scrolled to."""
        return LEAST

    def turn_below(self, splitter: QSplitter, letters: int) -> None:
        """Let a splitter stand upright where the page is narrower than so many letters."""
        self._turning.append((splitter, letters))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn what is to be turned, and never scroll sideways."""
        super().resizeEvent(event)
        letter = self.fontMetrics().averageCharWidth()
        for splitter, letters in self._turning:
            wanted = Qt.Orientation.Horizontal if self.width() >= letters * letter else Qt.Orientation.Vertical
            if splitter.orientation() is not wanted:
                splitter.setOrientation(wanted)
                splitter.setSizes([1000] * splitter.count())


def splitter(name: str, parent: QWidget) -> QSplitter:
    """Two halves with a handle between them, neither of which can be pushed away."""
    made = QSplitter(Qt.Orientation.Horizontal, parent)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(9)
    return made
