"""Pages of a printed report: text, tables and drawings put one under the other, with a new page where one is full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QFile, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgRenderer

from bitspec_gui import __version__
from bitspec_gui.domain.errors import ExportError

UNITS_PER_POINT = 10
"""Coordinates are in tenths of a point, which is the resolution the page is drawn at (720 dpi)."""

_TEXT, _MUTED, _RULE, _NOTE = "#1b2430", "#5b6878", "#d3dae4", "#fdf3dc"
_BETWEEN_WORDS, _ANYWHERE = int(Qt.TextFlag.TextWordWrap), int(Qt.TextFlag.TextWrapAnywhere)
MARGIN_MM = 13.0
_GAP = 3.0
_FOOTER = 16.0


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it is set to the right."""

    heading: str
    share: float
    right: bool = False


@dataclass(frozen=True)
class Drawing:
    """An SVG that stands in a cell, `width` x `height` points at most."""

    svg: str
    width: float
    height: float


CellContent = str | Drawing


class ReportPages:
    """Draws downwards on the pages of a PDF; all sizes in points.

    Parameters
    ----------
    writer : QPdfWriter
        With a resolution of 72 * `UNITS_PER_POINT` dpi and margins set.
    painter : QPainter
        Begun on `writer`.
    footer : str
        What stands at the foot of every page, before its number.
    """

    def __init__(self, writer: QPdfWriter, painter: QPainter, footer: str) -> None:
        self._writer, self._painter, self._footer = writer, painter, footer
        self.width = writer.width() / UNITS_PER_POINT
        self.height = writer.height() / UNITS_PER_POINT - _FOOTER
        self.y = 0.0
        self.number = 1
        self._draw_footer()

    def new_page(self) -> None:
        """Go on at the top of the next page, unless nothing stands on this one."""
        if self.y == 0:
            return
        self._writer.newPage()
        self.number += 1
        self.y = 0.0
        self._draw_footer()

    def need(self, height: float) -> None:
        """Begin a new page if less than `height` is left on this one."""
        if self.y + height > self.height:
            self.new_page()

    def space(self, height: float) -> None:
        """Leave room, except at the top of a page."""
        if self.y > 0:
            self.y += height

    def text(self, text: str, size: float = 9.0, *, bold: bool = False, colour: str = _TEXT, keep: float = 0.0) -> None:
        """A paragraph over the whole width; `keep` is the height of what must follow on the same page."""
        tall = self._height(text, self.width, size, bold=bold)
        self.need(min(tall + keep, self.height))
        self._put(QRectF(0, self.y, self.width, tall), text, size, bold=bold, colour=colour)
        self.y += tall + 2

    def note(self, text: str) -> None:
        """A sentence in a coloured box."""
        tall = self._height(text, self.width - 16, 8.5) + 6
        self.need(tall)
        self._painter.fillRect(self._rect(QRectF(0, self.y, self.width, tall)), QColor(_NOTE))
        self._put(QRectF(8, self.y + 3, self.width - 16, tall), text, 8.5)
        self.y += tall + _GAP

    def facts(self, facts: Sequence[tuple[str, str]], left: float = 0.0, width: float | None = None) -> None:
        """Pairs of what and value, the values aligned."""
        wide = self.width - left if width is None else width
        label = min(0.35 * wide, max((self._width(what, 8.5) for what, _ in facts), default=0.0) + 10)
        for what, value in facts:
            tall = self._height(value, wide - label, 8.5)
            self.need(tall)
            self._put(QRectF(left, self.y, label, tall), what, 8.5, colour=_MUTED)
            self._put(QRectF(left + label, self.y, wide - label, tall), value, 8.5)
            self.y += tall

    def facts_height(self, facts: Sequence[tuple[str, str]], width: float) -> float:
        """How tall `facts` will be in this width, at most."""
        return sum(max(self._height(value, 0.65 * width, 8.5), self._height(what, width, 8.5)) for what, value in facts)

    def drawing(self, drawing: Drawing, left: float = 0.0) -> None:
        """A drawing, at its size or smaller if the page is narrower."""
        scale = min(1.0, (self.width - left) / drawing.width)
        self.need(drawing.height * scale)
        self._draw(drawing, QRectF(left, self.y, drawing.width * scale, drawing.height * scale))
        self.y += drawing.height * scale + 2

    def row_of_drawings(self, drawings: Sequence[Drawing], *, columns: int = 0, between: float = 8.0) -> None:
        """Drawings side by side, together on one page, all as much smaller as the page, or `columns` of the first, ask for."""
        wide = max(sum(each.width for each in drawings), columns * drawings[0].width)
        scale = min(1.0, (self.width - between * (max(len(drawings), columns) - 1)) / wide)
        tall = scale * max(each.height for each in drawings)
        self.need(tall)
        left = 0.0
        for each in drawings:
            self._draw(each, QRectF(left, self.y, each.width * scale, each.height * scale))
            left += each.width * scale + between
        self.y += tall + 2

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[CellContent]], colours: Sequence[str] = ()) -> None:
        """A table whose heading stands on every page that it goes over; `colours` are those of the rows' texts."""
        widths = [column.share / sum(each.share for each in columns) * self.width for column in columns]
        heading: list[CellContent] = [column.heading for column in columns]
        head = self._row_height(heading, widths, bold=True)
        first = self._row_height(rows[0], widths) if rows else 0.0
        self.need(head + first)
        self._row(columns, heading, widths, head, bold=True)
        for place, row in enumerate(rows):
            tall = min(self._row_height(row, widths), self.height - head)
            if self.y + tall > self.height:
                self.new_page()
                self._row(columns, heading, widths, head, bold=True)
            self._row(columns, row, widths, tall, colour=colours[place] if colours else _TEXT)

    def _row_height(self, cells: Sequence[CellContent], widths: Sequence[float], *, bold: bool = False) -> float:
        tall = [
            cell.height if isinstance(cell, Drawing) else self._height(cell, width - 2 * _GAP, 8.0, bold=bold)
            for cell, width in zip(cells, widths, strict=True)
        ]
        return max(tall) + 3

    def _row(
        self,
        columns: Sequence[Column],
        cells: Sequence[CellContent],
        widths: Sequence[float],
        tall: float,
        *,
        bold: bool = False,
        colour: str = _TEXT,
    ) -> None:
        left = 0.0
        for column, cell, width in zip(columns, cells, widths, strict=True):
            box = QRectF(left + _GAP, self.y + 1, width - 2 * _GAP, tall - 2)
            if isinstance(cell, Drawing):
                self._draw(cell, box)
            else:
                self._put(box, cell, 8.0, bold=bold, colour=colour, right=column.right, middle=True)
            left += width
        self.y += tall
        pen = QPen(QColor(_MUTED if bold else _RULE))
        pen.setWidthF(UNITS_PER_POINT * (0.9 if bold else 0.5))
        self._painter.setPen(pen)
        at = self.y * UNITS_PER_POINT
        self._painter.drawLine(0, round(at), round(self.width * UNITS_PER_POINT), round(at))

    def _draw(self, drawing: Drawing, box: QRectF) -> None:
        if not drawing.svg:
            return
        renderer = QSvgRenderer(QByteArray(drawing.svg.encode("utf-8")))
        size = renderer.defaultSize()
        if not renderer.isValid() or size.isEmpty():
            return
        scale = min(box.width() / size.width(), box.height() / size.height())
        wide, tall = size.width() * scale, size.height() * scale
        place = QRectF(box.left(), box.top() + (box.height() - tall) / 2, wide, tall)
        renderer.render(self._painter, self._rect(place))

    def _put(
        self,
        box: QRectF,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = _TEXT,
        right: bool = False,
        middle: bool = False,
    ) -> None:
        self._painter.setFont(_font(size, bold=bold))
        self._painter.setPen(QColor(colour))
        across = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        down = Qt.AlignmentFlag.AlignVCenter if middle else Qt.AlignmentFlag.AlignTop
        self._painter.drawText(self._rect(box), int(across | down) | self._wrapping(text, box.width()), text)

    def _wrapping(self, text: str, width: float) -> int:
        """Break lines between words, but where a word is longer than a line anywhere; for the font that is set."""
        box = QRectF(0, 0, max(width, 1.0) * UNITS_PER_POINT, 1e7)
        fits = self._painter.boundingRect(box, _BETWEEN_WORDS, text).width() <= box.width()
        return _BETWEEN_WORDS if fits else _ANYWHERE

    def _height(self, text: str, width: float, size: float, *, bold: bool = False) -> float:
        self._painter.setFont(_font(size, bold=bold))
        box = QRectF(0, 0, max(width, 1.0) * UNITS_PER_POINT, 1e7)
        return self._painter.boundingRect(box, self._wrapping(text, width), text or " ").height() / UNITS_PER_POINT

    def _width(self, text: str, size: float) -> float:
        self._painter.setFont(_font(size))
        return self._painter.boundingRect(QRectF(0, 0, 1e7, 1e7), 0, text).width() / UNITS_PER_POINT

    def _rect(self, box: QRectF) -> QRectF:
        return QRectF(
            box.left() * UNITS_PER_POINT,
            box.top() * UNITS_PER_POINT,
            box.width() * UNITS_PER_POINT,
            box.height() * UNITS_PER_POINT,
        )

    def _draw_footer(self) -> None:
        box = QRectF(0, self.height + 4, self.width, _FOOTER - 4)
        self._put(box, self._footer, 7.5, colour=_MUTED)
        self._put(box, str(self.number), 7.5, colour=_MUTED, right=True)


@contextmanager
def pdf_pages(temporary: Path, path: Path, title: str, footer: str) -> Iterator[ReportPages]:
    """Pages of a PDF in the file `temporary`, which becomes `path`."""
    file = QFile(str(temporary))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly | QIODevice.OpenModeFlag.NewOnly):
        raise ExportError(f"{path} could not be written: {file.errorString()}.")
    writer = QPdfWriter(file)
    writer.setCreator(f"BitSpec {__version__}")
    writer.setTitle(title)
    writer.setResolution(72 * UNITS_PER_POINT)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM), QPageLayout.Unit.Millimeter)
    painter = QPainter(writer)
    try:
        yield ReportPages(writer, painter, footer)
    finally:
        painter.end()
        file.close()
    if file.error() != QFile.FileError.NoError:
        raise ExportError(f"{path} could not be written: {file.errorString()}.")


def _font(size: float, *, bold: bool = False) -> QFont:
    font = QFont("Helvetica")
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(round(size * UNITS_PER_POINT))
    font.setBold(bold)
    return font
