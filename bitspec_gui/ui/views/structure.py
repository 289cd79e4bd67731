"""The 2D structure of a molecule."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.molecule import Molecule

DRAWING_SIZE = (340, 230)


class StructureView(QWidget):
    """Shows a drawing made elsewhere; Ctrl+C copies the molecule as SMILES and molblock."""

    clicked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(120)
        self.molecule: Molecule | None = None
        self._drawing: QSvgRenderer | None = None
        self._hint = ""
        self._faded = False
        self.clear("")

    def sizeHint(self) -> QSize:
        """Room for a small molecule."""
        return QSize(260, 190)

    def show_drawing(self, molecule: Molecule, svg: str) -> None:
        """Show a molecule by its drawing."""
        self._drop_drawing()
        self.molecule = molecule
        self._drawing = QSvgRenderer(QByteArray(svg.encode()), self)
        self._drawing.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self._hint = ""
        self.setAccessibleName(self.tr("Structure of %1").replace("%1", molecule.name or molecule.smiles))
        self.update()

    def clear(self, hint: str) -> None:
        """Show a few words instead of a structure."""
        self._drop_drawing()
        self.molecule, self._hint = None, hint
        self.setAccessibleName(self.tr("Structure: none"))
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Grey the structure."""
        self._faded = faded
        self.update()

    @property
    def is_drawn(self) -> bool:
        """Whether a structure is to be seen."""
        return self._drawing is not None and self._drawing.isValid()

    def _drop_drawing(self) -> None:
        if self._drawing is not None:
            self._drawing.deleteLater()
            self._drawing = None

    def copy_to_clipboard(self) -> str:
        """Copy SMILES (as text) and molblock; returns what was copied in words, empty if nothing was."""
        if self.molecule is None:
            return ""
        data = QMimeData()
        data.setText(self.molecule.smiles)
        data.setData("chemical/x-mdl-molfile", QByteArray(self.molecule.molblock.encode()))
        QGuiApplication.clipboard().setMimeData(data)
        return self.tr("Structure copied as SMILES and molblock")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell of a click."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the structure, the words, and a frame when the keyboard is here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().brush(QPalette.ColorRole.Base))
        painter.drawRoundedRect(self.rect(), 5, 5)
        if self.hasFocus():
            painter.setPen(self.palette().color(QPalette.ColorRole.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        if self._drawing is not None:
            painter.setOpacity(0.35 if self._faded else 1.0)
            self._drawing.render(painter, QRectF(self.rect()).adjusted(6, 6, -6, -6))
        elif self._hint:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(
                self.rect().adjusted(12, 8, -12, -8), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._hint
            )
        painter.end()
