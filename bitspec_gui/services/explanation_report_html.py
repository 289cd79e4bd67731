"""One explanation as an HTML file that needs nothing else: drawings within, no script, no network, and pages for A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from bitspec_gui import __version__
from bitspec_gui.services.explanation_report import (
    CANDIDATE_COLUMNS,
    CANDIDATE_NUMBERS,
    ExplanationPage,
    ExplanationReportContent,
    MapPart,
    explanation_page,
)
from bitspec_gui.services.report_markup import facts_html, inline_svg, page_head, table_html


def explanation_report_html(content: ExplanationReportContent, *, created: datetime | None = None) -> str:
    """The text of the file; draws structures, so it is not for the GUI thread. `created` is now if not given."""
    page = explanation_page(content, created=created)
    return "".join(
        [
            page_head(page.title),
            facts_html(page.facts),
            "</header>\n",
            *(f'<p class="note">{escape(note)}</p>\n' for note in page.notes),
            f'<div class="{"two" if len(page.parts) > 1 else "one"}">\n{"".join(map(_part, page.parts))}</div>\n',
            f"<h2>Predicted{' and measured' if content.measured is not None else ''} spectrum</h2>\n",
            f"<figure>{inline_svg(page.mirror)}</figure>\n",
            *_candidates(page),
            "<h2>Scores of atoms</h2>\n",
            _text_table(page.score_columns, page.scores, page.score_columns[2::2]),
            f"<p>{escape(page.scores_note)}</p>\n",
            "<h2>How to compute it again</h2>\n",
            *(_paragraph(text) for text in page.recompute),
            f"<footer><p>Made by BitSpec {escape(__version__)}.</p></footer>\n</body>\n</html>\n",
        ]
    )


def _part(part: MapPart) -> str:
    curves = f"<figure>{inline_svg(part.curves)}</figure>\n" if part.curves else ""
    verdict = f"<p><strong>{escape(part.verdict)}</strong></p>\n" if part.verdict else ""
    sentences = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in part.sentences)
    return (
        f'<section class="map">\n<h2>{escape(part.heading)}</h2>\n<figure>{inline_svg(part.drawing)}</figure>\n'
        f"{verdict}{curves}{sentences}</section>\n"
    )


def _candidates(page: ExplanationPage) -> list[str]:
    if not page.candidates_heading:
        return []
    table = _text_table(CANDIDATE_COLUMNS, page.candidates, CANDIDATE_NUMBERS) if page.candidates else ""
    return [f"<h2>{escape(page.candidates_heading)}</h2>\n", table, f"<p>{escape(page.candidates_note)}</p>\n"]


def _text_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str]) -> str:
    return table_html(columns, [[*map(escape, row)] for row in rows], numbers)


def _paragraph(text: str) -> str:
    kind = "code" if text.startswith("bitspec ") else ""
    return f"<p>{f'<{kind}>' if kind else ''}{escape(text)}{f'</{kind}>' if kind else ''}</p>\n"
