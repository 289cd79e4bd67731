"""Cells of a table that show a structure."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

STRUCTURE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Role under which a model gives the SMILES or InChI of a cell."""

_IN_PROPORTION = Qt.AspectRatioMode.KeepAspectRatio


class StructureDelegate(QStyledItemDelegate):
    """Draws the structure that the model names under `STRUCTURE_ROLE`; it appears as soon as it is drawn."""

    def __init__(self, thumbnails: Thumbnails, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._thumbnails = thumbnails
        thumbnails.drawn.connect(view.viewport().update)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for a drawing."""
        return THUMBNAIL_SIZE

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Background and selection as in other cells, and the drawing in the middle, smaller where the row is lower."""
        super().paint(painter, option, index)
        text = index.data(STRUCTURE_ROLE)
        image = self._thumbnails.image(text) if text else None
        if image is None or image.isNull():
            return
        whole: QRect = option.rect
        room = whole.adjusted(2, 1, -2, -1)
        natural = image.deviceIndependentSize().toSize()
        size = natural if room.contains(QRect(room.topLeft(), natural)) else natural.scaled(room.size(), _IN_PROPORTION)
        place = QRect(room.center() - QPoint(size.width() // 2, size.height() // 2), size)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size != natural)
        painter.drawImage(place, image)
