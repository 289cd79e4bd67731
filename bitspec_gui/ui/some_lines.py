"""Text of a few lines that is shortened where there is too little room, and that is always as high."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextLine, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class SomeLines(QLabel):
    """A label that wraps its text over `lines` lines, shortens what is too long, and never moves what is below; see `OneLine`."""

    def __init__(self, name: str, role: str, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setObjectName(name)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_lines(self, lines: int) -> None:
        """Give it another height."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
            self.update()

    def setText(self, text: str) -> None:
        """Show a text; the whole of it is the tool tip."""
        super().setText(text)
        self.setToolTip(text)

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(120, self._lines * self.fontMetrics().lineSpacing() + 2)

    def minimumSizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as there is room for."""
        painter = QPainter(self)
        area, spacing = self.contentsRect(), self.fontMetrics().lineSpacing()
        for number, words in enumerate(self._shown(area.width())):
            place = area.adjusted(0, number * spacing, 0, 0)
            place.setHeight(spacing)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.style().drawItemText(painter, place, flags, self.palette(), self.isEnabled(), words, self.foregroundRole())
        painter.end()

    def _shown(self, width: int) -> list[str]:
        text = self.text()
        starts = self._starts(text, width)
        shown = [text[start:end].rstrip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
        if len(shown) > self._lines:
            rest = text[starts[self._lines - 1] :]
            shown = [*shown[: self._lines - 1], self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, width)]
        return shown

    def _starts(self, text: str, width: int) -> list[int]:
        """Where each line begins when the text is wrapped."""
        layout = QTextLayout(text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        starts: list[int] = []
        layout.beginLayout()
        line: QTextLine = layout.createLine()
        while line.isValid():
            line.setLineWidth(float(max(width, 1)))
            starts.append(line.textStart())
            line = layout.createLine()
        layout.endLayout()
        return starts
