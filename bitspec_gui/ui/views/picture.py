"""A spectrum view as a picture: PNG, SVG, PDF, or for the clipboard; always dark on white, fit for print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsScene

from bitspec_gui.ui.theme import LIGHT
from bitspec_gui.ui.views.spectrum_view import SpectrumView

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")


@contextmanager
def _for_print(view: SpectrumView) -> Iterator[QRectF]:
    before, faded = view.colours, view.peaks.faded
    view.set_colours(LIGHT)
    view.peaks.faded = False
    try:
        yield QRectF(view.plot.viewport().rect())
    finally:
        view.peaks.faded = faded
        view.set_colours(before)


def image_of(view: SpectrumView, scale: float = 2.0) -> QImage:
    """Picture of the plot at `scale` times its size on screen."""
    with _for_print(view) as source:
        return scene_image(view.plot.scene(), source, scale)


def picture_bytes(view: SpectrumView, suffix: str) -> bytes:
    """Content of a picture file of the plot; `suffix` is one of `PICTURE_SUFFIXES`."""
    with _for_print(view) as source:
        return scene_picture(view.plot.scene(), source, suffix, view.logicalDpiX())


def scene_image(scene: QGraphicsScene, source: QRectF, scale: float) -> QImage:
    """Picture of a part of a scene at `scale` times its size on screen."""
    image = QImage((source.size() * scale).toSize(), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    scene.render(painter, source, source)
    painter.end()
    return image


def scene_picture(scene: QGraphicsScene, source: QRectF, suffix: str, dpi: int) -> bytes:
    """Content of a picture file of a part of a scene that is shown at `dpi`; `suffix` is one of `PICTURE_SUFFIXES`."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".png":
        scene_image(scene, source, 3.0).save(buffer, "PNG")  # type: ignore[call-overload]
    else:
        _draw_vectors(scene, source, buffer, suffix, dpi)
    content = QByteArray(buffer.data())
    buffer.close()
    return bytes(content.data())


def _draw_vectors(scene: QGraphicsScene, source: QRectF, buffer: QBuffer, suffix: str, dpi: int) -> None:
    if suffix == ".svg":
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(source.size().toSize())
        generator.setViewBox(QRectF(0, 0, source.width(), source.height()))
        generator.setTitle("BitSpec")
        # The axes are drawn through a QPicture, which is scaled by the ratio of resolutions: they must be the same.
        generator.setResolution(dpi)
        painter = QPainter(generator)
        target = QRectF(0, 0, source.width(), source.height())
    else:
        writer = QPdfWriter(buffer)
        writer.setTitle("BitSpec")
        points = source.size() * (72 / dpi)
        writer.setPageSize(QPageSize(QSizeF(points), QPageSize.Unit.Point))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        writer.setResolution(dpi)
        painter = QPainter(writer)
        target = QRectF(0, 0, writer.width(), writer.height())
    scene.render(painter, target, source)
    painter.end()


def picture_suffix(path: Path) -> str | None:
    """Suffix of `path` if it is that of a picture."""
    suffix = path.suffix.lower()
    return suffix if suffix in PICTURE_SUFFIXES else None
