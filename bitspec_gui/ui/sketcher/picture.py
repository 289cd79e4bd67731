"""A sketch as a picture: SVG, PNG or PDF, in the proportions of ACS journals, always dark on white, fit for print."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter

from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.ui.sketcher.drawing import drawing_of
from bitspec_gui.ui.sketcher.glyphs import label_font, natural_scale
from bitspec_gui.ui.sketcher.ink import SCALE, InkedDrawing, inked, on_scene
from bitspec_gui.ui.sketcher.palette import PRINT, PRINT_COLOURED, SketchPalette
from bitspec_gui.ui.sketcher.shapes import BOND_PT
from bitspec_gui.ui.sketcher.svg import BORDER_PT, NOTHING, svg_of

PICTURE_SUFFIXES = (".svg", ".png", ".pdf")
PICTURE_DPI = 300
_LARGEST_PX = 8000
"""A picture of a huge drawing gets fewer dots per inch rather than more dots than this across."""
_PDF_DPI = 1200


def picture_bytes(
    sketch: Sketch,
    suffix: str,
    *,
    aromatic_rings: Sequence[tuple[int, ...]] = (),
    coloured: bool = False,
    title: str = "Structure",
) -> bytes:
    """Content of a picture file of a sketch. Needs no GUI thread.

    Parameters
    ----------
    sketch : Sketch
    suffix : str
        One of `PICTURE_SUFFIXES`.
    aromatic_rings : sequence of tuple of int
        Rings, as ids of atoms, that get a circle instead of double bonds.
    coloured : bool
        Whether labels have the colours of their elements; else all is black.
    title : str
        Title that is written into an SVG or PDF file.

    Raises
    ------
    ValueError
        If the suffix is none of these.
    """
    palette = PRINT_COLOURED if coloured else PRINT
    if suffix == ".svg":
        drawing = drawing_of(sketch, aromatic_rings=aromatic_rings)
        return svg_of(sketch, drawing, title=title, ink=palette.ink, colour_of=palette.of_element).encode()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".png":
        image_of(sketch, aromatic_rings=aromatic_rings, coloured=coloured).save(buffer, "PNG")  # type: ignore[call-overload]
    elif suffix == ".pdf":
        _write_pdf(buffer, _inked(sketch, aromatic_rings, palette), palette, title)
    else:
        raise ValueError(f"no picture is made as {suffix!r}")
    return bytes(buffer.data().data())


def image_of(
    sketch: Sketch, *, dpi: float = PICTURE_DPI, aromatic_rings: Sequence[tuple[int, ...]] = (), coloured: bool = False
) -> QImage:
    """Picture of a sketch on white, as large as in print at `dpi` dots per inch. Needs no GUI thread."""
    drawn = _inked(sketch, aromatic_rings, PRINT_COLOURED if coloured else PRINT)
    source = _source(drawn)
    wide, high = source.width() * BOND_PT / SCALE / 72, source.height() * BOND_PT / SCALE / 72
    dpi = min(dpi, _LARGEST_PX / max(wide, high))
    image = QImage(max(1, round(wide * dpi)), max(1, round(high * dpi)), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(dpi / 0.0254))
    image.setDotsPerMeterY(round(dpi / 0.0254))
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    zoom = image.width() / source.width()
    painter.scale(zoom, zoom)
    painter.translate(-source.topLeft())
    drawn.paint(painter, zoom)
    painter.end()
    return image


def _inked(sketch: Sketch, aromatic_rings: Sequence[tuple[int, ...]], palette: SketchPalette) -> InkedDrawing:
    return inked(sketch, drawing_of(sketch, aromatic_rings=aromatic_rings), palette)


def _source(drawn: InkedDrawing) -> QRectF:
    """What of the scene is on the picture."""
    box = drawn.drawing.box or NOTHING
    border = BORDER_PT / BOND_PT
    corner, far = on_scene((box.left - border, box.top + border)), on_scene((box.right + border, box.bottom - border))
    return QRectF(corner, far)


def _write_pdf(buffer: QBuffer, drawn: InkedDrawing, palette: SketchPalette, title: str) -> None:
    """One page as large as the drawing; labels stay text that can be searched and copied."""
    source = _source(drawn)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("BitSpec")
    page = QSizeF(source.width(), source.height()) * (BOND_PT / SCALE)
    writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_PDF_DPI)
    painter = QPainter(writer)
    zoom = _PDF_DPI / 72 * BOND_PT / SCALE
    painter.scale(zoom, zoom)
    painter.translate(-source.topLeft())
    drawn.paint_bonds(painter)
    font = label_font()
    painter.setFont(font)
    for label in drawn.drawing.labels:
        painter.setPen(QColor(palette.of_element(drawn.sketch.atoms[label.atom].symbol)))
        for run in label.runs:
            painter.save()
            painter.translate(on_scene((run.x, run.y)))
            wide, high = natural_scale(run.text)
            painter.scale(wide * run.size * SCALE, high * run.size * SCALE)
            painter.drawText(QPointF(0, 0), run.text)
            painter.restore()
    painter.end()
