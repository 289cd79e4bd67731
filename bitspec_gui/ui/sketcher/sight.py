"""A view that is zoomed at the pointer and moved by hand, on paper without end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPainter, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGestureEvent, QGraphicsScene, QGraphicsView, QPinchGesture, QWidget

from bitspec_gui.ui.sketcher.sketch_item import SCALE

LEAST_ZOOM, MOST_ZOOM = 0.2, 8.0
ZOOM_STEP = 1.2
"""Factor of one notch of the wheel, or of one press of Ctrl++."""

COMFORTABLE_BOND_PX = SCALE
"""Length of a bond that fitting to the view never goes beyond."""

MARGIN_PX = 32.0
PAPER = 2000.0
"""Half the width of the paper in bond lengths."""

_NOTCH = 120.0


class Sight(QGraphicsView):
    """Zoom and place of the view; positions are in bond lengths, y upwards."""

    comfortable_bond_px = COMFORTABLE_BOND_PX
    margin_px = MARGIN_PX

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._scene.setSceneRect(-PAPER * SCALE, -PAPER * SCALE, 2 * PAPER * SCALE, 2 * PAPER * SCALE)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The place is held here; Qt's own anchors would work against it.
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        # Frame and hint lie over the drawing and must not be smeared by scrolling.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self._zoom = 1.0
        self._middle = (0.0, 0.0)
        self._fitted: tuple[float, float, float, float] | None = None
        self._place()

    @property
    def zoom(self) -> float:
        """Magnification; 1 is `SCALE` pixels per bond."""
        return self._zoom

    @property
    def bond_px(self) -> float:
        """Pixels per bond length."""
        return SCALE * self._zoom

    def view_point(self, x: float, y: float) -> QPointF:
        """Where a place of the paper is in the viewport, in pixels."""
        return self.viewportTransform().map(QPointF(x * SCALE, -y * SCALE))

    def paper_point(self, place: QPointF) -> tuple[float, float]:
        """What place of the paper is at a point of the viewport."""
        found = self.viewportTransform().inverted()[0].map(place)
        return found.x() / SCALE, -found.y() / SCALE

    def paper_in_sight(self) -> tuple[float, float, float, float]:
        """The part of the paper that is shown: smallest x and y, largest x and y."""
        left, top = self.paper_point(QPointF(0, 0))
        right, bottom = self.paper_point(QPointF(self.viewport().width(), self.viewport().height()))
        return left, bottom, right, top

    def zoom_at(self, factor: float, place: QPointF) -> None:
        """Zoom, keeping what is at a point of the viewport where it is."""
        x, y = self.paper_point(place)
        self._zoom = min(MOST_ZOOM, max(LEAST_ZOOM, self._zoom * factor))
        off = place - self._viewport_middle()
        self._middle = (x - off.x() / self.bond_px, y + off.y() / self.bond_px)
        self._fitted = None
        self._place()

    def zoom_in(self) -> None:
        """Show it larger."""
        self.zoom_at(ZOOM_STEP, self._viewport_middle())

    def zoom_out(self) -> None:
        """Show it smaller."""
        self.zoom_at(1 / ZOOM_STEP, self._viewport_middle())

    def pan(self, by: QPointF) -> None:
        """Move the paper under the view by so many pixels."""
        self._middle = (self._middle[0] - by.x() / self.bond_px, self._middle[1] + by.y() / self.bond_px)
        self._fitted = None
        self._place()

    def fit(self, left: float, bottom: float, right: float, top: float) -> None:
        """Show a part of the paper as large as there is room for, but not beyond a comfortable length of a bond.

        It stays fitted when the view is resized, until somebody zooms or pans.
        """
        self._fitted = (left, bottom, right, top)
        size = self.viewport().size()
        across = max(1.0, size.width() - 2 * self.margin_px) / max(right - left, 1e-6)
        down = max(1.0, size.height() - 2 * self.margin_px) / max(top - bottom, 1e-6)
        self._zoom = min(MOST_ZOOM, max(LEAST_ZOOM, min(across, down, self.comfortable_bond_px) / SCALE))
        self._middle = ((left + right) / 2, (bottom + top) / 2)
        self._place()

    def reveal(self, x: float, y: float) -> None:
        """Move the paper no farther than brings a place of it into sight."""
        at, size = self.view_point(x, y), self.viewport().size()
        dx = max(0.0, MARGIN_PX - at.x()) or min(0.0, size.width() - MARGIN_PX - at.x())
        dy = max(0.0, MARGIN_PX - at.y()) or min(0.0, size.height() - MARGIN_PX - at.y())
        if dx or dy:
            self.pan(QPointF(dx, dy))

    def keep_place(self) -> None:
        """Do not fit again when the view is resized: somebody works here."""
        self._fitted = None

    def _viewport_middle(self) -> QPointF:
        return QRectF(self.viewport().rect()).center()

    def _place(self) -> None:
        """Let Qt show what is to be in the middle there."""
        self.setTransform(QTransform.fromScale(self._zoom, self._zoom))
        middle = self._viewport_middle()
        self.horizontalScrollBar().setValue(round(self._middle[0] * self.bond_px - middle.x()))
        self.verticalScrollBar().setValue(round(-self._middle[1] * self.bond_px - middle.y()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is in the middle there, or all of it in sight."""
        super().resizeEvent(event)
        if self._fitted is not None:
            self.fit(*self._fitted)
        else:
            self._place()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; two fingers on a touch pad pan, with Ctrl they zoom; Shift with the wheel pans sideways."""
        pixels, control = event.pixelDelta(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.phase() != Qt.ScrollPhase.NoScrollPhase and not pixels.isNull() and not control:
            self.pan(QPointF(pixels))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not control:
            self.pan(QPointF(turned / _NOTCH * self.bond_px, 0))
        elif turned:
            self.zoom_at(ZOOM_STEP ** (turned / _NOTCH), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by two fingers, on touch pads and touch screens."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_at(1.0 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_at(pinch.scaleFactor(), QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().viewportEvent(event)
