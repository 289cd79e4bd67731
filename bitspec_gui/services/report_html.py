"""Searches as one HTML file that needs nothing else: drawings within, no script, no network, and pages for A4."""

from __future__ import annotations

import re
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
    Facts,
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

_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", re.DOTALL)
_NOT_FOR_HTML = re.compile(r"\s(?:xmlns:\w+|xml:space|baseProfile|version|class)=(?:'[^']*'|\"[^\"]*\")")

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 13px/1.45 Helvetica, Arial, sans-serif; color: #1b2430; background: #fff; margin: 0 auto; max-width: 960px;
  padding: 24px; }
h1 { font-size: 22px; margin: 0 0 8px; } h2 { font-size: 18px; margin: 28px 0 6px; overflow-wrap: anywhere; }
h3 { font-size: 14px; margin: 14px 0 4px; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1px 14px; margin: 4px 0 10px; align-content: start; }
dt { color: #5b6878; } dd { margin: 0; overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 28px; }
table { border-collapse: collapse; width: 100%; font-size: 11px; margin: 6px 0 10px; }
th { text-align: left; border-bottom: 1.5px solid #5b6878; padding: 3px 5px; vertical-align: bottom; }
td { border-bottom: 1px solid #d3dae4; padding: 2px 5px; vertical-align: middle; overflow-wrap: anywhere;
  white-space: pre-line; }
th.n, td.n { text-align: right; white-space: nowrap; } td.s { width: 100px; padding: 0; }
tr.predicted td { color: #2458c6; } figure { margin: 0; }
tr, .hit, figure { break-inside: avoid; } h2, h3 { break-after: avoid; } thead { display: table-header-group; }
.note { background: #fdf3dc; border-left: 3px solid #a87408; padding: 4px 10px; margin: 6px 0; }
.facts { display: flex; gap: 18px; align-items: center; } .facts dl { flex: 1; font-size: 11px; margin: 0; }
svg { display: block; max-width: 100%; height: auto; } a { color: #2458c6; }
footer { color: #5b6878; border-top: 1px solid #d3dae4; margin-top: 24px; padding-top: 6px; font-size: 11px; }
@page { size: A4; margin: 14mm 12mm; }
@media print { body { padding: 0; max-width: none; font-size: 11px; } .many section.query { break-before: page; }
  a { color: inherit; text-decoration: none; } .note { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""


def write_html_report(
    hit_lists: Iterable[HitList],
    path: Path,
    libraries: Iterable[LibraryInfo] = (),
    wanted: ReportSettings | None = None,
    *,
    ranking: str = "",
    created: datetime | None = None,
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
            report = query_report(hit_list, wanted)
            used.note(hit_list.hits[: max(wanted.hits_listed, wanted.hits_drawn)])
            summary.append(summary_row(hit_list))
            _write_query(sections, report, number)
        _write_head(stream, summary, report_facts(when, used.versions, ranking))
        sections.seek(0)
        shutil.copyfileobj(sections, stream)
        _write_end(stream, library_rows(used, libraries))
    return len(summary)


def _write_head(stream: TextIO, summary: Sequence[tuple[str, ...]], facts: Facts) -> None:
    title = escape(report_title([summary[0][0]] if len(summary) == 1 else len(summary)))
    body = '<body class="many">' if len(summary) > 1 else "<body>"
    stream.write(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="BitSpec {escape(__version__)}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n{body}\n<header>\n<h1>{title}</h1>\n"
    )
    stream.write(_facts(facts) + "</header>\n")
    if len(summary) > 1:
        rows = [[f'<a href="#q{place}">{escape(row[0])}</a>', *map(escape, row[1:])] for place, row in enumerate(summary, 1)]
        stream.write("<h2>Summary</h2>\n" + _table(SUMMARY_COLUMNS, rows))


def _write_query(stream: TextIO, report: QueryReport, number: int) -> None:
    stream.write(f'<section class="query" id="q{number}">\n<h2>{escape(report.heading)}</h2>\n')
    stream.write(f'<div class="two">{_facts(report.facts)}{_facts(report.settings)}</div>\n')
    for note in report.notes:
        stream.write(f'<p class="note">{escape(note)}</p>\n')
    if report.plot:
        stream.write(f"<figure>{_inline(report.plot)}</figure>\n")
    if report.lines:
        stream.write(_hit_table(report.lines))
    for plot in report.plots:
        stream.write(_hit(plot))
    stream.write("</section>\n")


def _write_end(stream: TextIO, libraries: Sequence[tuple[str, ...]]) -> None:
    stream.write("<footer>\n")
    if libraries:
        stream.write("<h3>Libraries of these hits</h3>\n" + _table(LIBRARY_COLUMNS, [[*map(escape, row)] for row in libraries]))
    stream.write(f"<p>Made by BitSpec {escape(__version__)}. ")
    stream.write("Match and reverse match: 0 to 999, cosine of spectra weighted by m/z and the square root of intensity.</p>\n")
    stream.write("</footer>\n</body>\n</html>\n")


def _hit_table(lines: Sequence[HitLine]) -> str:
    rows = []
    for line in lines:
        rank, *others = map(escape, line.cells)
        rows.append([rank, _inline(line.structure), *others])
    return _table(TABLE_COLUMNS, rows, marks=["predicted" if line.predicted else "" for line in lines])


def _hit(plot: HitPlot) -> str:
    drawing = f"<figure>{_inline(plot.structure)}</figure>" if plot.structure else ""
    return (
        f'<div class="hit">\n<h3>{escape(plot.heading)}</h3>\n<figure>{_inline(plot.plot)}</figure>\n'
        f'<div class="facts">{drawing}{_facts(plot.facts)}</div>\n</div>\n'
    )


def _facts(facts: Facts) -> str:
    said = "".join(f"<dt>{escape(what)}</dt><dd>{escape(value)}</dd>" for what, value in facts)
    return f"<dl>{said}</dl>\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, marks: Sequence[str] = ()) -> str:
    """Table of cells that are HTML already; `marks` are the classes of its rows."""
    kinds = [' class="n"' if column in NUMBER_COLUMNS else ' class="s"' if column == "Structure" else "" for column in columns]
    head = "".join(f"<th{kind}>{escape(column)}</th>" for kind, column in zip(kinds, columns, strict=True))
    lines = []
    for mark, row in zip(marks or [""] * len(rows), rows, strict=True):
        cells = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True))
        lines.append(f'<tr class="{mark}">{cells}</tr>\n' if mark else f"<tr>{cells}</tr>\n")
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(lines)}</tbody>\n</table>\n"


def _inline(svg: str) -> str:
    """A drawing as it may stand within HTML, without what only a file of its own needs."""
    return _NOT_FOR_HTML.sub("", _PROLOGUE.sub("", svg)).strip()
