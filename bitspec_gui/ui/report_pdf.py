"""Searches as a PDF report on A4: what `services.report_html` writes, on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bitspec_gui import __version__
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.search import HitList
from bitspec_gui.services.atomic_text import replacing_file
from bitspec_gui.services.hit_rows import query_name
from bitspec_gui.services.mirror_svg import PREDICTED_COLOUR, UNKNOWN_COLOUR
from bitspec_gui.services.report_content import (
    DRAWING_SIZE,
    LIBRARY_COLUMNS,
    NUMBER_COLUMNS,
    PLOT_SIZE,
    SUMMARY_COLUMNS,
    TABLE_COLUMNS,
    HitLine,
    HitPlot,
    QueryReport,
    ReportSettings,
    Used,
    library_rows,
    query_report,
    report_facts,
    report_title,
    summary_row,
)
from bitspec_gui.services.report_markup import Facts
from bitspec_gui.services.report_peaks import MAP_SIZE, PEAK_COLUMNS, PEAK_NUMBERS, SCALE_SIZE, HitPeaks, PeaksPage
from bitspec_gui.ui.report_page import CellContent, Column, Drawing, ReportPages, pdf_pages

_SHARES = {"": 4, "Structure": 11, "Name": 22, "Formula": 12, "Mass": 6, "Library and source": 20, "Score": 6, "Match": 7,
           "Reverse": 8, "Prob.": 6.5, "ΔRI": 6, "Query": 22, "Best hit": 30, "Source": 18, "Library": 24, "Spectra": 14,
           "Licence": 26, "Origin": 36}  # fmt: skip
_PEAK_SHARES = {"m/z": 6, "Measured": 9, "Ion current": 10, "Predicted": 9, "Ion": 16, "Loss": 14, "Probability": 10,
                "Other ions": 34}  # fmt: skip
_MAPS_A_ROW = 3
_THUMBNAIL = (52.0, 34.0)


def write_pdf_report(
    hit_lists: Sequence[HitList],
    path: Path,
    libraries: Iterable[LibraryInfo] = (),
    wanted: ReportSettings | None = None,
    *,
    ranking: str = "",
    created: datetime | None = None,
    peaks: HitPeaks | None = None,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> int:
    """Write a report on searches as PDF, vectors throughout; returns the number of queries. For a lane or the GUI thread.

    Parameters and errors are those of `services.report_html.write_html_report`; `cancel` is asked before each query.
    """
    wanted = wanted or ReportSettings()
    when = created or datetime.now().astimezone()
    names = [query_name(each.query) for each in hit_lists]
    title = report_title(names if len(names) == 1 else len(names))
    used = Used()
    for hit_list in hit_lists:
        used.note(hit_list.hits[: max(wanted.hits_listed, wanted.hits_drawn)])
    with replacing_file(path) as temporary, pdf_pages(temporary, path, title, f"BitSpec {__version__}, {when:%Y-%m-%d}") as pages:
        pages.text(title, 16, bold=True)
        pages.facts(report_facts(when, used.versions, ranking))
        if len(hit_lists) > 1:
            pages.space(8)
            pages.text("Summary", 12, bold=True, keep=30)
            pages.table(_columns(SUMMARY_COLUMNS), [summary_row(each) for each in hit_lists])
        for number, hit_list in enumerate(hit_lists):
            if cancel is not None:
                cancel.raise_if_cancelled()
            if len(hit_lists) > 1:
                pages.new_page()
            _query(pages, query_report(hit_list, wanted, peaks))
            progress(Progress(number + 1, len(hit_lists), "Writing the report"))
        _end(pages, library_rows(used, libraries))
    return len(hit_lists)


def _query(pages: ReportPages, report: QueryReport) -> None:
    pages.space(10)
    pages.text(report.heading, 13, bold=True, keep=60)
    _side_by_side(pages, report.facts, report.settings)
    pages.space(4)
    for note in report.notes:
        pages.note(note)
    if report.plot:
        pages.drawing(Drawing(report.plot, *map(float, PLOT_SIZE)))
    if report.lines:
        cells = [_cells(line) for line in report.lines]
        colours = [PREDICTED_COLOUR if line.predicted else UNKNOWN_COLOUR for line in report.lines]
        pages.table(_columns(TABLE_COLUMNS), cells, colours)
    for plot in report.plots:
        _hit(pages, plot)
    if report.peaks is not None:
        _peaks(pages, report.peaks)


def _cells(line: HitLine) -> list[CellContent]:
    """Row of the table; one without a structure need not be as tall as one with it."""
    drawing: CellContent = Drawing(line.structure, *_THUMBNAIL) if line.structure else ""
    return [line.cells[0], drawing, *line.cells[1:]]


def _side_by_side(pages: ReportPages, left: Facts, right: Facts) -> None:
    """Two lists of facts in two columns, on one page."""
    half = pages.width / 2 - 8
    tall = max(pages.facts_height(left, half), pages.facts_height(right, half))
    if tall > pages.height / 2:
        pages.facts(left)
        pages.facts(right)
        return
    pages.need(tall + 4)
    top = pages.y
    pages.facts(left, width=half)
    below, pages.y = pages.y, top
    pages.facts(right, left=half + 16)
    pages.y = max(below, pages.y)


def _hit(pages: ReportPages, plot: HitPlot) -> None:
    """A hit with its drawings, together on one page."""
    picture = Drawing(plot.plot, *map(float, PLOT_SIZE))
    tall = picture.height * min(1.0, pages.width / picture.width)
    wide, high = (0.8 * float(each) for each in DRAWING_SIZE) if plot.structure else (0.0, 0.0)
    said = pages.facts_height(plot.facts, pages.width - wide - 10)
    pages.space(8)
    pages.text(plot.heading, 10.5, bold=True, keep=tall + max(high, said) + 6)
    pages.drawing(picture)
    top, page = pages.y, pages.number
    if plot.structure:
        pages.drawing(Drawing(plot.structure, wide, high))
        below, pages.y = pages.y, top
        pages.facts(plot.facts, left=wide + 10)
        pages.y = max(below, pages.y) if pages.number == page else pages.y
    else:
        pages.facts(plot.facts)


def _peaks(pages: ReportPages, page: PeaksPage) -> None:
    """What the peaks are made of, on a page of its own if there is more to it than a sentence."""
    if page.maps or page.rows:
        pages.new_page()
    pages.space(10)
    pages.text(page.heading, 12, bold=True, keep=60)
    pages.facts(page.facts)
    pages.space(4)
    for note in page.notes:
        pages.note(note)
    if page.maps:
        drawings = [Drawing(each, *map(float, MAP_SIZE)) for each in page.maps]
        for start in range(0, len(drawings), _MAPS_A_ROW):
            pages.row_of_drawings(drawings[start : start + _MAPS_A_ROW], columns=_MAPS_A_ROW)
        pages.drawing(Drawing(page.scale, *(0.8 * each for each in SCALE_SIZE)))
    if page.rows:
        pages.space(6)
        pages.table([Column(each, _PEAK_SHARES[each], each in PEAK_NUMBERS) for each in PEAK_COLUMNS], page.rows)
    if page.left_out:
        pages.text(page.left_out, 8)


def _end(pages: ReportPages, libraries: Sequence[tuple[str, ...]]) -> None:
    pages.space(12)
    if libraries:
        pages.text("Libraries of these hits", 10.5, bold=True, keep=40)
        pages.table(_columns(LIBRARY_COLUMNS), libraries)
    pages.space(6)
    pages.text(
        f"Made by BitSpec {__version__}. Match and reverse match: 0 to 999, cosine of spectra weighted by m/z and the square "
        "root of intensity.",
        8,
    )


def _columns(headings: Sequence[str]) -> list[Column]:
    return [Column(heading, _SHARES[heading], heading in NUMBER_COLUMNS) for heading in headings]
