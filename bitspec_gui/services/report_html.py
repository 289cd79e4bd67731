"""Searches as one HTML file that needs nothing else: drawings within, no script, no network, and pages for A4."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

from bitspec_gui import __version__
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.search import HitList
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.report_content import (
    LIBRARY_COLUMNS,
    NUMBER_COLUMNS,
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
from bitspec_gui.services.report_markup import Facts, facts_html, inline_svg, page_head, table_html
from bitspec_gui.services.report_peaks import PEAK_COLUMNS, PEAK_NUMBERS, HitPeaks, PeaksPage


def write_html_report(
    hit_lists: Iterable[HitList],
    path: Path,
    libraries: Iterable[LibraryInfo] = (),
    wanted: ReportSettings | None = None,
    *,
    ranking: str = "",
    created: datetime | None = None,
    peaks: HitPeaks | None = None,
) -> int:
    """Write a report on searches as one HTML file, one query after the other as they come; returns their number.

    Parameters
    ----------
    hit_lists : iterable of HitList
    path : Path
    libraries : iterable of LibraryInfo
        The libraries that there are, whose licence and origin are told if a hit came from them.
    wanted : ReportSettings, optional
    ranking : str
        Version of what ordered the hits, if it has one.
    created : datetime, optional
        Date of the report, with a time zone; now if not given.
    peaks : HitPeaks, optional
        Says what the peaks of each query are made of if it is its best hit; without it the report does not.

    Raises
    ------
    ExportError
        If the file cannot be written. A file that was there before is then unchanged.
    """
    wanted = wanted or ReportSettings()
    when = created or datetime.now().astimezone()
    used, summary = Used(), []
    # What comes first in the report is known last, so the sections wait in a file of their own.
    with replacing(path) as stream, TemporaryFile("w+", encoding="utf-8", newline="\n") as sections:
        for number, hit_list in enumerate(hit_lists, start=1):
            report = query_report(hit_list, wanted, peaks)
            used.note(hit_list.hits[: max(wanted.hits_listed, wanted.hits_drawn)])
            summary.append(summary_row(hit_list))
            _write_query(sections, report, number)
        _write_head(stream, summary, report_facts(when, used.versions, ranking))
        sections.seek(0)
        shutil.copyfileobj(sections, stream)
        _write_end(stream, library_rows(used, libraries))
    return len(summary)


def _write_head(stream: TextIO, summary: Sequence[tuple[str, ...]], facts: Facts) -> None:
    several = len(summary) > 1
    stream.write(page_head(report_title(len(summary) if several else [summary[0][0]]), mark="many" if several else ""))
    stream.write(facts_html(facts) + "</header>\n")
    if several:
        rows = [[f'<a href="#q{place}">{escape(row[0])}</a>', *map(escape, row[1:])] for place, row in enumerate(summary, 1)]
        stream.write("<h2>Summary</h2>\n" + table_html(SUMMARY_COLUMNS, rows, NUMBER_COLUMNS))


def _write_query(stream: TextIO, report: QueryReport, number: int) -> None:
    stream.write(f'<section class="query" id="q{number}">\n<h2>{escape(report.heading)}</h2>\n')
    stream.write(f'<div class="two">{facts_html(report.facts)}{facts_html(report.settings)}</div>\n')
    for note in report.notes:
        stream.write(f'<p class="note">{escape(note)}</p>\n')
    if report.plot:
        stream.write(f"<figure>{inline_svg(report.plot)}</figure>\n")
    if report.lines:
        stream.write(_hit_table(report.lines))
    for plot in report.plots:
        stream.write(_hit(plot))
    if report.peaks is not None:
        stream.write(_peaks(report.peaks))
    stream.write("</section>\n")


def _write_end(stream: TextIO, libraries: Sequence[tuple[str, ...]]) -> None:
    stream.write("<footer>\n")
    if libraries:
        stream.write("<h3>Libraries of these hits</h3>\n")
        stream.write(table_html(LIBRARY_COLUMNS, [[*map(escape, row)] for row in libraries], NUMBER_COLUMNS))
    stream.write(f"<p>Made by BitSpec {escape(__version__)}. ")
    stream.write("Match and reverse match: 0 to 999, cosine of spectra weighted by m/z and the square root of intensity.</p>\n")
    stream.write("</footer>\n</body>\n</html>\n")


def _peaks(page: PeaksPage) -> str:
    notes = "".join(f'<p class="note">{escape(note)}</p>\n' for note in page.notes)
    maps = "".join(f"<figure>{inline_svg(each)}</figure>\n" for each in page.maps)
    drawn = f'<div class="maps">\n{maps}</div>\n<figure>{inline_svg(page.scale)}</figure>\n' if maps else ""
    table = table_html(PEAK_COLUMNS, [[*map(escape, row)] for row in page.rows], PEAK_NUMBERS) if page.rows else ""
    left_out = f"<p>{escape(page.left_out)}</p>\n" if page.left_out else ""
    facts = facts_html(page.facts) if page.facts else ""
    return f'<div class="peaks">\n<h3>{escape(page.heading)}</h3>\n{facts}{notes}{drawn}{table}{left_out}</div>\n'


def _hit_table(lines: Sequence[HitLine]) -> str:
    rows = []
    for line in lines:
        rank, *others = map(escape, line.cells)
        rows.append([rank, inline_svg(line.structure), *others])
    return table_html(TABLE_COLUMNS, rows, NUMBER_COLUMNS, marks=["predicted" if line.predicted else "" for line in lines])


def _hit(plot: HitPlot) -> str:
    drawing = f"<figure>{inline_svg(plot.structure)}</figure>" if plot.structure else ""
    return (
        f'<div class="hit">\n<h3>{escape(plot.heading)}</h3>\n<figure>{inline_svg(plot.plot)}</figure>\n'
        f'<div class="facts">{drawing}{facts_html(plot.facts)}</div>\n</div>\n'
    )
