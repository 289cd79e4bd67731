"""A row of controls that goes on in the next line where there is too little room."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

GAP_PX = 8


class FlowRow(QLayout):
    """Lays controls out from left to right, as text is."""

    def __init__(self, parent: QWidget | None = None, *, gap_px: int = GAP_PX) -> None:
        super().__init__(parent)
        self._gap_px = gap_px
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item at the end."""
        self._items.append(item)

    def put_first(self, widget: QWidget) -> None:
        """Add a control at the beginning."""
        self.addChildWidget(widget)
        self._items.insert(0, QWidgetItem(widget))
        self.invalidate()

    def count(self) -> int:
        """Number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Item at a place, None beyond the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove an item."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It asks for no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, area: QRect) -> None:
        """Place the controls."""
        super().setGeometry(area)
        self._place(area, move=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + self._gap_px * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """The widest control."""
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _place(self, area: QRect, *, move: bool) -> int:
        """Go through the lines; returns the height of all."""
        x, y = area.x(), area.y()
        line: list[tuple[QLayoutItem, int, QSize]] = []
        height = 0

        def finish() -> None:
            for item, left, size in line if move else ():
                item.setGeometry(QRect(QPoint(left, y + (height - size.height()) // 2), size))

        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if line and x + size.width() > area.x() + area.width():
                finish()
                x, y = area.x(), y + height + self._gap_px // 2
                line, height = [], 0
            line.append((item, x, QSize(min(size.width(), max(area.width(), 1)), size.height())))
            x += size.width() + self._gap_px
            height = max(height, size.height())
        finish()
        return y + height - area.y()
