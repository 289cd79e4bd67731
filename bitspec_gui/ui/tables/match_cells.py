"""Cells that show a match factor on the colour of its band."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from bitspec_gui.ui.match_bands import band_of
from bitspec_gui.ui.tables.hits import MATCH_ROLE
from bitspec_gui.ui.theme import LIGHT, Colours


class MatchDelegate(QStyledItemDelegate):
    """Paints a chip in the band's colour; a cell without a match factor looks like any other."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._colours: Colours = LIGHT

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The background as in other cells, and the chip."""
        match = index.data(MATCH_ROLE)
        if match is None:
            super().paint(painter, option, index)
            return
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        text, bare.text = bare.text, ""
        view = self.parent()
        assert isinstance(view, QAbstractItemView)
        view.style().drawControl(view.style().ControlElement.CE_ItemViewItem, bare, painter, view)
        metrics = option.fontMetrics
        area = QRectF(option.rect).adjusted(3, 0, -3, 0)
        width = min(area.width(), metrics.horizontalAdvance("0000") + 8.0)
        height = min(area.height() - 4, metrics.height() + 2.0)
        chip = QRectF(area.right() - width, area.center().y() - height / 2, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._colours, band_of(int(match)).key)))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(QColor("#10151c" if self._colours.dark else "#ffffff"))
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.restore()
