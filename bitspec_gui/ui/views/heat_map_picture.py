"""Heat maps with their legends as a picture: SVG, PNG, PDF, or for the clipboard; always dark on white, fit for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from bitspec_gui.ui.sketcher.drawing import drawing_of
from bitspec_gui.ui.sketcher.glyphs import label_font
from bitspec_gui.ui.sketcher.ink import InkedDrawing, inked, rect_on_scene
from bitspec_gui.ui.sketcher.marks import SketchMarks
from bitspec_gui.ui.sketcher.palette import SketchPalette, heat_palette
from bitspec_gui.ui.sketcher.shapes import Box
from bitspec_gui.ui.theme import LIGHT
from bitspec_gui.ui.views.heat_bar import bar_height, fragment_texts, paint_fragment_keys, paint_heat_bar
from bitspec_gui.ui.views.heat_map_content import HeatMapContent
from bitspec_gui.ui.views.heat_map_words import LegendWords, legend_words, summary_words

PICTURE_SUFFIXES = (".svg", ".png", ".pdf")
PNG_SCALE = 2.0

_DOTS_PER_INCH = 96
_ZOOM = 0.9
"""Size of the drawing beside its legend: bonds of 32 pixels."""
_TEXT_PX = 12
_LEAST_WIDTH_PX = 340.0
_MOST_WIDTH_PX = 760.0
"""A wider drawing is made smaller."""
_MARGIN_PX = 14.0
_BETWEEN_PX = 30.0
_LINE_GAP_PX = 4.0
_ROOM_AROUND = 0.6
"""White around the drawing for the contour of a fragment, in bond lengths."""
_GREY = "#505865"


@dataclass(frozen=True)
class _Panel:
    """One map of a picture, ready to be painted: the drawing, what lies under it, and the lines of its legend."""

    drawn: InkedDrawing
    marks: SketchMarks
    palette: SketchPalette
    source: QRectF
    zoom: float
    words: LegendWords | None
    has_fragment: bool
    threshold: float
    notes: tuple[str, ...] = field(default=())

    @property
    def drawing_size(self) -> QSizeF:
        """Size of the drawing in pixels."""
        return self.source.size() * self.zoom


def heat_map_bytes(maps: Sequence[HeatMapContent], suffix: str, *, notes: Sequence[str] = (), title: str = "Heat map") -> bytes:
    """Content of a picture file of heat maps with their legends, side by side. Needs no GUI thread.

    Parameters
    ----------
    maps : sequence of HeatMapContent
        What is shown, as `HeatMapView.content`; at least one.
    suffix : str
        One of `PICTURE_SUFFIXES`.
    notes : sequence of str
        A text to put under each map, such as how true it is; none for maps without.
    title : str
        Title that is written into an SVG or PDF file.

    Raises
    ------
    ValueError
        If the suffix is none of these, or there is no map.
    """
    if suffix not in PICTURE_SUFFIXES:
        raise ValueError(f"no picture is made as {suffix!r}")
    if suffix == ".png":
        buffer = _opened()
        image_of(maps, notes=notes).save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(buffer.data().data())
    page = _Page(maps, notes)
    buffer = _opened()
    if suffix == ".svg":
        _write_svg(buffer, page, title, "; ".join(summary_words(each) for each in maps))
    else:
        _write_pdf(buffer, page, title)
    return bytes(buffer.data().data())


def image_of(maps: Sequence[HeatMapContent], *, notes: Sequence[str] = (), scale: float = PNG_SCALE) -> QImage:
    """Picture of heat maps with their legends, side by side, at `scale` times its size on screen. Needs no GUI thread."""
    page = _Page(maps, notes)
    size = page.size
    image = QImage(round(size.width() * scale), round(size.height() * scale), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(_DOTS_PER_INCH * scale / 0.0254))
    image.setDotsPerMeterY(round(_DOTS_PER_INCH * scale / 0.0254))
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    page.paint(painter)
    painter.end()
    return image


class _Page:
    """Maps side by side, each with its legend; sizes in pixels."""

    def __init__(self, maps: Sequence[HeatMapContent], notes: Sequence[str]) -> None:
        if not maps:
            raise ValueError("a picture needs at least one heat map")
        told = [*notes, *[""] * len(maps)]
        self._panels = [_panel_of(each, note) for each, note in zip(maps, told, strict=False)]
        self._text = _font()
        self._bold = QFont(self._text)
        self._bold.setBold(True)
        # As high as the highest drawing, so that legends stand in one line.
        self._drawing_height = max(panel.drawing_size.height() for panel in self._panels)
        self._widths = [max(_LEAST_WIDTH_PX, panel.drawing_size.width()) for panel in self._panels]

    @property
    def size(self) -> QSizeF:
        """Size of the whole picture."""
        width = sum(self._widths) + _BETWEEN_PX * (len(self._widths) - 1) + 2 * _MARGIN_PX
        legends = [self._legend_height(panel, wide) for panel, wide in zip(self._panels, self._widths, strict=True)]
        return QSizeF(width, 2 * _MARGIN_PX + self._drawing_height + max(legends))

    def paint(self, painter: QPainter) -> None:
        """Paint it with its corner at 0, 0."""
        left = _MARGIN_PX
        for panel, width in zip(self._panels, self._widths, strict=True):
            self._paint_drawing(painter, panel, QRectF(left, _MARGIN_PX, width, self._drawing_height))
            self._lay_legend(painter, panel, QRectF(left, _MARGIN_PX + self._drawing_height, width, 1e6))
            left += width + _BETWEEN_PX

    def _paint_drawing(self, painter: QPainter, panel: _Panel, room: QRectF) -> None:
        painter.save()
        painter.translate(room.center())
        painter.scale(panel.zoom, panel.zoom)
        painter.translate(-panel.source.center())
        panel.marks.paint_below(painter, panel.drawn, panel.palette)
        panel.drawn.paint(painter, panel.zoom)
        panel.marks.paint_above(painter, panel.drawn, panel.palette)
        painter.restore()

    def _legend_height(self, panel: _Panel, width: float) -> float:
        return self._lay_legend(None, panel, QRectF(0, 0, width, 1e6))

    def _lay_legend(self, painter: QPainter | None, panel: _Panel, room: QRectF) -> float:
        """Paint the legend into the top of some room, or only reckon how high it is."""
        words, y = panel.words, room.top() + 2 * _LINE_GAP_PX
        if words is not None:
            y = self._lay_text(painter, words.method, self._bold, "#000000", room, y)
            y = self._lay_text(painter, words.target, self._text, "#000000", room, y) + _LINE_GAP_PX
            high = bar_height(QFontMetricsF(self._text))
            if painter is not None:
                painter.setFont(self._text)
                bar = QRectF(room.left(), y, room.width(), high)
                paint_heat_bar(painter, bar, words, threshold=panel.threshold, dark=False, text="#000000", border=_GREY)
            y = self._lay_text(painter, words.unit, self._text, _GREY, room, y + high)
        if panel.has_fragment:
            if painter is not None:
                painter.setFont(self._text)
                paint_fragment_keys(
                    painter, QRectF(room.left(), y, room.width(), 16), fragment_texts(), dark=False, text="#000000"
                )
            y += 16 + _LINE_GAP_PX
        if words is not None:
            y = self._lay_text(painter, f"{words.meaning} {words.caution}".strip(), self._text, _GREY, room, y)
        for note in panel.notes:
            y = self._lay_text(painter, note, self._text, "#000000", room, y)
        return y - room.top()

    @staticmethod
    def _lay_text(painter: QPainter | None, text: str, font: QFont, colour: str, room: QRectF, y: float) -> float:
        """Paint a text in as many lines as it needs, or only reckon; returns where the next one begins."""
        if not text:
            return y
        wraps = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        place = QRectF(room.left(), y, room.width(), 1e4)
        high = QFontMetricsF(font).boundingRect(place, wraps, text).height()
        if painter is not None:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(room.left(), y, room.width(), high + 1), wraps, text)
        return y + high + _LINE_GAP_PX


def _panel_of(content: HeatMapContent, note: str) -> _Panel:
    palette = heat_palette(LIGHT)
    drawn = inked(content.sketch, drawing_of(content.sketch), palette, content.lost_ids)
    marks = SketchMarks()
    marks.tint, marks.bond_tint = content.tint(dark=False), content.bond_tint(dark=False)
    marks.kept = content.kept_ids
    box = (drawn.drawing.box or Box(0.0, 0.0, 1.0, 1.0)).grown(_ROOM_AROUND)
    source = rect_on_scene(box)
    return _Panel(
        drawn=drawn,
        marks=marks,
        palette=palette,
        source=source,
        zoom=min(_ZOOM, _MOST_WIDTH_PX / source.width(), _MOST_WIDTH_PX / source.height()),
        words=None if content.explanation is None or content.info is None else legend_words(content.explanation, content.info),
        has_fragment=content.kept is not None,
        threshold=content.threshold,
        notes=(note,) if note else (),
    )


def _font() -> QFont:
    """The letters of labels, small."""
    return label_font(_TEXT_PX)


def _opened() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _write_svg(buffer: QBuffer, page: _Page, title: str, description: str) -> None:
    size = page.size
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setResolution(_DOTS_PER_INCH)
    generator.setTitle(title)
    generator.setDescription(description)
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), Qt.GlobalColor.white)
    page.paint(painter)
    painter.end()


def _write_pdf(buffer: QBuffer, page: _Page, title: str) -> None:
    """One page as large as the picture, 96 pixels to the inch; texts of the legend can be searched and copied."""
    size = page.size
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("BitSpec")
    writer.setPageSize(QPageSize(size * (72 / _DOTS_PER_INCH), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(1200)
    painter = QPainter(writer)
    painter.setWindow(QRect(0, 0, round(size.width()), round(size.height())))
    page.paint(painter)
    painter.end()
