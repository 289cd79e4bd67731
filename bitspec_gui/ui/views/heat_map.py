"""The heat map: which atoms and bonds a peak rests on, on the drawing of the molecule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from bitspec_gui.domain.explanation import Explanation, MethodInfo
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.sketcher.contours import REACH
from bitspec_gui.ui.sketcher.overlay import Overlay
from bitspec_gui.ui.sketcher.palette import heat_palette
from bitspec_gui.ui.sketcher.sight import Sight
from bitspec_gui.ui.sketcher.sketch_item import SketchItem
from bitspec_gui.ui.sketcher.walking import Point
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.heat_map_content import HeatMapContent
from bitspec_gui.ui.views.heat_map_hands import MapKeys, MapMouse
from bitspec_gui.ui.views.heat_map_picture import image_of
from bitspec_gui.ui.views.heat_map_words import summary_words, words_at

_PALE = 0.35
"""Opacity of a map while the next one is computed."""
_TIP_PX = 6
"""A figure stays as long as the pointer is no farther than this from where it was told."""


class HeatMapView(Sight):
    """A molecule with its atoms and bonds tinted by their scores.

    ``atoms_picked`` tells the atoms, by their place in the SMILES, ascending, that somebody picked; ``told`` what was copied, in
    words.
    """

    atoms_picked = Signal(tuple)
    told = Signal(str)
    comfortable_bond_px = 52.0
    margin_px = 8.0

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Heat map of the molecule"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.item = SketchItem()
        self._scene.addItem(self.item)
        self._overlay = Overlay()
        self._content = HeatMapContent()
        self._colours = LIGHT
        self._picked: frozenset[int] = frozenset()
        self._fit_when_shown = False
        self._mouse, self._keys = MapMouse(self), MapKeys(self)
        self.set_colours(LIGHT)

    # What others say to it
    @property
    def content(self) -> HeatMapContent:
        """What is shown, for pictures of it too."""
        return self._content

    @property
    def picked(self) -> frozenset[int]:
        """The picked atoms, by their place in the SMILES."""
        return self._picked

    def show_molecule(self, sketch: Sketch, atom_ids: tuple[int, ...]) -> None:
        """Show another molecule, without colours, picked atoms or fragment.

        Parameters
        ----------
        sketch : Sketch
        atom_ids : tuple of int
            Id of the drawn atom for each atom of the molecule's SMILES, as in `SketchReading.atom_ids`.
        """
        if sketch is self._content.sketch and atom_ids == self._content.atom_ids:
            return
        self._mouse.cancel()
        self._keys.current = Picked()
        self._picked = frozenset()
        self._overlay.current = Picked()
        self.item.set_hover(None)
        self.item.set_ringed(())
        self.item.set_sketch(sketch)
        self._show(HeatMapContent(sketch, atom_ids, threshold=self._content.threshold))
        self.fit_to_view()

    def show_explanation(self, explanation: Explanation | None, info: MethodInfo | None) -> None:
        """Tint the molecule on show by the scores of a method; None takes the colours away.

        Raises
        ------
        ValueError
            If the explanation is of a molecule with another number of atoms.
        """
        self._show(replace(self._content, explanation=explanation, info=info))

    def set_threshold(self, share: float) -> None:
        """Leave atoms and bonds without colour whose score is nearer to 0 than this (0 to 1)."""
        if share != self._content.threshold:
            self._show(replace(self._content, threshold=share))

    def set_fragment(self, kept: tuple[int, ...] | None) -> None:
        """Outline these atoms, by their place in the SMILES, and grey all else; None shows the whole molecule alike."""
        if kept != self._content.kept:
            self._show(replace(self._content, kept=kept))

    def set_picked(self, atoms: Collection[int]) -> None:
        """Ring these atoms, by their place in the SMILES; tells nobody."""
        self._picked = frozenset(place for place in atoms if 0 <= place < len(self._content.atom_ids))
        self.item.set_ringed(self._content.ids_of(self._picked))

    def set_busy(self, busy: bool) -> None:
        """Show the map pale while a new one is computed."""
        self.item.setOpacity(_PALE if busy else 1.0)

    def set_hint(self, text: str) -> None:
        """Say on empty paper what to do next."""
        self._overlay.hint = text
        self._tell(summary_words(self._content) or text)
        self.viewport().update()

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self._colours = colours
        self._overlay.colours = colours
        self.item.set_palette(heat_palette(colours))
        palette = self.viewport().palette()
        palette.setColor(QPalette.ColorRole.Base, colours.base)
        self.viewport().setPalette(palette)
        self.setBackgroundBrush(palette.brush(QPalette.ColorRole.Base))
        self._show(self._content)

    def fit_to_view(self) -> None:
        """Show the whole molecule with room for an outline in the middle, with bonds of a comfortable length at most."""
        self._fit_when_shown = not self.isVisible()
        left, bottom, right, top = self.item.extent
        self.fit(left - REACH, bottom - REACH, right + REACH, top + REACH)

    def copy_to_clipboard(self) -> str:
        """Copy the map with its legend as a picture; returns what was copied in words, empty if nothing was."""
        if not self._content.sketch:
            return ""
        data = QMimeData()
        data.setImageData(image_of([self._content]))
        data.setText(summary_words(self._content))
        QGuiApplication.clipboard().setMimeData(data)
        return self.tr("Heat map copied as a picture")

    def _show(self, content: HeatMapContent) -> None:
        self._content = content
        dark = self._colours.dark
        self.item.set_tint(content.tint(dark=dark), content.bond_tint(dark=dark))
        self.item.set_kept(content.kept_ids)
        self.item.set_faint(content.lost_ids)
        self._tell(summary_words(content) or self._overlay.hint)
        self.viewport().update()

    def _tell(self, words: str) -> None:
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    # What mouse and keys say to it
    def pick(self, places: Collection[int]) -> None:
        """Ring these atoms, and tell if they are others than before."""
        before = self._picked
        self.set_picked(places)
        if self._picked != before:
            self.atoms_picked.emit(tuple(sorted(self._picked)))

    def look_at(self, picked: Picked, at: QPointF | None) -> None:
        """Mark what the pointer is at and tell its figures there; with no point, what the keyboard is at."""
        words = words_at(self._content, picked)
        if at is None:
            self._overlay.current = picked if self.hasFocus() else Picked()
            self._tell(words or summary_words(self._content))
            if words and self.hasFocus() and QAccessible.isActive():
                # Readers look at a description when the focus comes; while walking it is to be said at once.
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
            self.viewport().update()
            return
        self.item.set_hover(picked or None)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if picked else Qt.CursorShape.ArrowCursor)
        self._show_tip(at.toPoint(), words)

    def show_lasso(self, way: Collection[Point]) -> None:
        """Show the lasso so far; none takes it away."""
        self._overlay.outline = tuple(way)
        if way:
            self.item.set_hover(None)
            QToolTip.hideText()
        self.viewport().update()

    def _show_tip(self, at: QPoint, words: str) -> None:
        if not words:
            QToolTip.hideText()
            return
        near = QRect(at.x() - _TIP_PX, at.y() - _TIP_PX, 2 * _TIP_PX, 2 * _TIP_PX)
        QToolTip.showText(self.viewport().mapToGlobal(at), words, self.viewport(), near)

    # Mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a lasso."""
        self._mouse.press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the lasso, or look at what lies under the pointer."""
        self._mouse.move(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick; the keyboard goes on from there."""
        self._mouse.release(event)
        met = self._mouse.met(event.position())
        if met and event.button() == Qt.MouseButton.LeftButton:
            self._keys.current, self._overlay.current = met, Picked()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of it again."""
        self._mouse.cancel()
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit_to_view()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self.item.set_hover(None)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell the figures of what the pointer rests on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), words_at(self._content, self._mouse.met(QPointF(event.pos()))))
            return True
        return super().viewportEvent(event)

    # Keys
    def event(self, event: QEvent) -> bool:
        """Keys that are used here are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            escapes = event.key() == Qt.Key.Key_Escape and self._mouse.within_stroke
            if escapes or self._keys.uses(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, pick, zoom, copy."""
        if self._mouse.within_stroke and event.key() == Qt.Key.Key_Escape:
            self._mouse.cancel()
        elif self._keys.press(event):
            pass
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.told.emit(self.copy_to_clipboard() or self.tr("There is nothing to copy."))
        elif event.matches(QKeySequence.StandardKey.ZoomIn) or event.text() == "+":
            self.zoom_in()
        elif event.matches(QKeySequence.StandardKey.ZoomOut) or event.text() == "-":
            self.zoom_out()
        elif event.key() == Qt.Key.Key_0:
            self.fit_to_view()
        else:
            event.ignore()
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._keys.start()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give up what was begun."""
        super().focusOutEvent(event)
        self._mouse.cancel()
        self._overlay.current = Picked()
        self._tell(summary_words(self._content) or self._overlay.hint)
        self.viewport().update()

    # Painting
    def showEvent(self, event: QShowEvent) -> None:
        """Fit what was put here before there was a size."""
        super().showEvent(event)
        if self._fit_when_shown:
            self.fit_to_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map, what lies over it, and a frame when the keyboard is here."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        room = QRectF(self.viewport().rect())
        self._overlay.paint(painter, self._content.sketch, self.view_point, room)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 4, 4)
        painter.end()
