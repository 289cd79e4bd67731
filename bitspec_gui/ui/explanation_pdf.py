"""One explanation as a PDF report on A4: what `services.explanation_report_html` writes, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bitspec_gui import __version__
from bitspec_gui.services.atomic_text import replacing_file
from bitspec_gui.services.explanation_report import (
    CANDIDATE_COLUMNS,
    CANDIDATE_NUMBERS,
    CURVES_SIZE,
    MAP_SIZE,
    MIRROR_SIZE,
    ExplanationPage,
    ExplanationReportContent,
    MapPart,
    explanation_page,
)
from bitspec_gui.ui.report_page import Column, Drawing, ReportPages, pdf_pages

_SHARES = {"Ion": 18, "Exact m/z": 10, "Loss": 18, "H": 5, "Probability": 10, "Atoms": 28}
_NARROW, _SCORE = 8, 16


def write_explanation_pdf(content: ExplanationReportContent, path: Path, *, created: datetime | None = None) -> None:
    """Write a report on one explanation as PDF, vectors throughout; draws structures, so it is for a lane.

    Raises
    ------
    ExportError
        If the file cannot be written. A file that was there before is then unchanged.
    """
    when = created or datetime.now().astimezone()
    page = explanation_page(content, created=when)
    footer = f"BitSpec {__version__}, {when:%Y-%m-%d}"
    with replacing_file(path) as temporary, pdf_pages(temporary, path, page.title, footer) as pages:
        pages.text(page.title, 16, bold=True)
        pages.facts(page.facts)
        pages.space(4)
        for note in page.notes:
            pages.note(note)
        _parts(pages, page.parts)
        pages.space(8)
        mirror = Drawing(page.mirror, *map(float, MIRROR_SIZE))
        said = "Predicted and measured spectrum" if content.measured is not None else "Predicted spectrum"
        pages.text(said, 12, bold=True, keep=mirror.height * min(1.0, pages.width / mirror.width))
        pages.drawing(mirror)
        _candidates(pages, page)
        pages.space(8)
        pages.text("Scores of atoms", 12, bold=True, keep=40)
        pages.table(_score_columns(page.score_columns), page.scores)
        pages.text(page.scores_note, 8)
        pages.space(8)
        pages.text("How to compute it again", 12, bold=True, keep=30)
        for text in page.recompute:
            pages.text(text, 8)


def _parts(pages: ReportPages, parts: Sequence[MapPart]) -> None:
    """The maps side by side, then what is said of each; a single one does not fill the page."""
    share = 1.0 if len(parts) > 1 else 0.85
    width, height = (share * each for each in MAP_SIZE)
    pages.space(6)
    pages.row_of_drawings([Drawing(part.drawing, width, height) for part in parts])
    for part in parts:
        wide, tall = (0.85 * each for each in CURVES_SIZE)
        pages.space(4)
        pages.text(part.heading, 10.5, bold=True, keep=30 + (tall if part.curves else 0))
        if part.verdict:
            pages.text(part.verdict, bold=True)
        if part.curves:
            pages.drawing(Drawing(part.curves, wide, tall))
        for sentence in part.sentences:
            pages.text(sentence)


def _candidates(pages: ReportPages, page: ExplanationPage) -> None:
    if not page.candidates_heading:
        return
    pages.space(8)
    pages.text(page.candidates_heading, 12, bold=True, keep=40)
    if page.candidates:
        columns = [Column(heading, _SHARES[heading], heading in CANDIDATE_NUMBERS) for heading in CANDIDATE_COLUMNS]
        pages.table(columns, page.candidates)
    pages.text(page.candidates_note, 8)


def _score_columns(headings: Sequence[str]) -> list[Column]:
    """Atom and element, then for each method its score and whether it points at the atom."""
    scores = [
        Column(heading, _SCORE if place % 2 == 0 else _NARROW, place % 2 == 0) for place, heading in enumerate(headings[2:])
    ]
    return [*(Column(heading, _NARROW) for heading in headings[:2]), *scores]
