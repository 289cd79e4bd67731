"""HTML that all reports share: a head that allows no script and no network, style for the screen and for A4, facts, tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape

from bitspec_gui import __version__

Facts = tuple[tuple[str, str], ...]

_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", re.DOTALL)
_NOT_FOR_HTML = re.compile(r"\s(?:xmlns:\w+|xml:space|baseProfile|version|class)=(?:'[^']*'|\"[^\"]*\")")

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 13px/1.45 Helvetica, Arial, sans-serif; color: #1b2430; background: #fff; margin: 0 auto; max-width: 960px;
  padding: 24px; }
h1 { font-size: 22px; margin: 0 0 8px; } h2 { font-size: 18px; margin: 28px 0 6px; overflow-wrap: anywhere; }
h3 { font-size: 14px; margin: 14px 0 4px; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1px 14px; margin: 4px 0 10px; align-content: start; }
dt { color: #5b6878; } dd { margin: 0; overflow-wrap: anywhere; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 8px; }
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
  .peaks { break-before: page; }
  a { color: inherit; text-decoration: none; } .note { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""


def page_head(title: str, *, mark: str = "") -> str:
    """HTML up to the title of the page, which stands in an open header; `mark` is the class of the body."""
    said = escape(title)
    body = f'<body class="{mark}">' if mark else "<body>"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="BitSpec {escape(__version__)}">\n'
        f"<title>{said}</title>\n<style>{STYLE}</style>\n</head>\n{body}\n<header>\n<h1>{said}</h1>\n"
    )


def facts_html(facts: Facts) -> str:
    """What and value, the values aligned."""
    said = "".join(f"<dt>{escape(what)}</dt><dd>{escape(value)}</dd>" for what, value in facts)
    return f"<dl>{said}</dl>\n"


def table_html(
    columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = (), *, marks: Sequence[str] = ()
) -> str:
    """Table of cells that are HTML already; `numbers` are columns set to the right, `marks` the classes of the rows."""
    kinds = [' class="n"' if column in numbers else ' class="s"' if column == "Structure" else "" for column in columns]
    head = "".join(f"<th{kind}>{escape(column)}</th>" for kind, column in zip(kinds, columns, strict=True))
    lines = []
    for mark, row in zip(marks or [""] * len(rows), rows, strict=True):
        cells = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True))
        lines.append(f'<tr class="{mark}">{cells}</tr>\n' if mark else f"<tr>{cells}</tr>\n")
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(lines)}</tbody>\n</table>\n"


def inline_svg(svg: str) -> str:
    """A drawing as it may stand within HTML, without what only a file of its own needs."""
    return _NOT_FOR_HTML.sub("", _PROLOGUE.sub("", svg)).strip()
