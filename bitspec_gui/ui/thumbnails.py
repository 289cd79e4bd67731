"""Small structure drawings for tables: made in the query lane a few at a time, the ones asked for last first, and kept."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.services.depiction import structure_svg
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.workers.runner import Runner

THUMBNAIL_SIZE = QSize(78, 50)
"""Size on the screen, in device-independent pixels."""

DRAWN_AT = (156, 100)
"""Size in px at which RDKit lays the drawing out: lines and letters stay legible when it is shown at half of that."""

KEPT = 800
TOGETHER = 6
WANTED_AT_MOST = 48
"""Drawings asked for and not begun; of more, the oldest are forgotten: they were scrolled away."""

_log = logging.getLogger(__name__)


class Thumbnails(QObject):
    """Drawings of structures by their SMILES or InChI; `drawn` says that new ones are there."""

    drawn = Signal()

    def __init__(self, prediction: PredictionService, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prediction, self._runner = prediction, runner
        self._dark = False
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._under_way: frozenset[str] = frozenset()
        self._round = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._draw_next)

    def set_dark(self, dark: bool) -> None:
        """Draw for a dark or a light background from now on."""
        if dark != self._dark:
            self._dark = dark
            self._round += 1
            self._kept.clear()
            self.drawn.emit()

    def image(self, text: str) -> QImage | None:
        """Drawing of a structure; a null image if it cannot be drawn, None if it is not there yet (`drawn` tells when it is)."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        if text in self._under_way:
            return None
        self._wanted[text] = None
        self._wanted.move_to_end(text)
        while len(self._wanted) > WANTED_AT_MOST:
            self._wanted.popitem(last=False)
        if not self._under_way and not self._soon.isActive():
            self._soon.start()
        return None

    def stop(self) -> None:
        """Draw no more (the window closes)."""
        self._soon.stop()
        self._wanted.clear()

    def _draw_next(self) -> None:
        if self._under_way or not self._wanted:
            return
        some = [self._wanted.popitem()[0] for _ in range(min(TOGETHER, len(self._wanted)))]
        self._under_way = frozenset(some)
        screen = QGuiApplication.primaryScreen()
        ratio = screen.devicePixelRatio() if screen is not None else 1.0
        began = self._round
        self._runner.submit(
            "query",
            _draw,
            self._prediction,
            some,
            self._dark,
            ratio,
            on_done=lambda images: self._take(images, began),
            on_error=self._failed,
            on_cancel=self._cancelled,
        )

    def _take(self, images: dict[str, QImage], began: int) -> None:
        self._under_way = frozenset()
        if began == self._round:
            self._kept.update(images)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        # After a change of the theme as well: what was drawn for the other background is asked for again.
        self.drawn.emit()
        self._draw_next()

    def _failed(self, error: Exception) -> None:
        self._under_way = frozenset()
        self._wanted.clear()
        self._runner.failed.emit(error)

    def _cancelled(self) -> None:
        self._under_way = frozenset()


def _draw(prediction: PredictionService, texts: Sequence[str], dark: bool, ratio: float) -> dict[str, QImage]:
    """Pictures of structures; in the query lane."""
    return {text: _drawing(prediction, text, dark, ratio) for text in texts}


def _drawing(prediction: PredictionService, text: str, dark: bool, ratio: float) -> QImage:
    try:
        svg = structure_svg(prediction.molecule(text), *DRAWN_AT, dark=dark)
    except BitSpecError:
        return QImage()
    except Exception:  # noqa: BLE001 - one structure that cannot be drawn must not take the others of a table with it
        _log.exception("Drawing %r failed", text[:200])
        return QImage()
    size = THUMBNAIL_SIZE * ratio
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
