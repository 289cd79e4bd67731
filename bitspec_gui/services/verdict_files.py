"""A verdict -> files: CSV with a held-out spectrum a row, JSON that all figures can be computed from, or an HTML report."""

from __future__ import annotations

import csv
import json
from html import escape
from pathlib import Path
from typing import TextIO

from bitspec_gui.domain.tuning_json import as_json
from bitspec_gui.domain.verdict import Forgetting, Outcome, PublicBasis, Verdict
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.file_endings import format_of_suffix
from bitspec_gui.services.hit_tables import cell_as_text
from bitspec_gui.services.mirror_svg import MEASURED_COLOUR, PREDICTED_COLOUR, Side, mirror_svg
from bitspec_gui.services.report_markup import facts_html, page_head, table_html

FORMATS = ("csv", "json", "html")

DRAWN_A_SIDE = 4
"""Spectra that a report draws: so many that rose most, and so many that fell most."""

_COLUMNS = ("Name", "SMILES", "Before", "After", "Change")


def write_verdict(verdict: Verdict, name: str, path: Path) -> int:
    """Write a verdict on the version `name` in the format of the suffix; returns how many held-out spectra it holds.

    Raises
    ------
    ExportError
        If the suffix is another one than .csv, .json or .html, or the file cannot be written; what was there is kept.
    """
    kind = format_of_suffix(path, FORMATS)
    with replacing(path) as stream:
        if kind == "csv":
            _write_csv(verdict, stream)
        elif kind == "json":
            json.dump({"name": name, "verdict": as_json(verdict)}, stream, ensure_ascii=False, allow_nan=False)
        else:
            stream.write(verdict_html(verdict, name))
    return len(verdict.outcomes)


def sorted_outcomes(verdict: Verdict) -> list[Outcome]:
    """Held-out spectra, those that rose most first."""
    return sorted(verdict.outcomes, key=lambda each: (-each.change, each.name))


def verdict_html(verdict: Verdict, name: str) -> str:
    """A report that needs nothing else: sentence, figures, mirror plots of those that changed most, and all held-out spectra."""
    outcomes = sorted_outcomes(verdict)
    rows = [
        [*map(escape, (each.name, each.smiles)), *(f"{value:.3f}" for value in (each.before, each.after)), f"{each.change:+.3f}"]
        for each in outcomes
    ]
    parts = [
        page_head(f"Verdict on {name}"),
        f"<p><b>{escape(verdict.sentence)}</b></p>\n</header>\n",
        facts_html(_facts(verdict)),
        "<h2>Spectra that rose most</h2>\n" if outcomes else "",
        *(_pair(each) for each in outcomes[:DRAWN_A_SIDE]),
        "<h2>Spectra that fell most, or rose least</h2>\n" if len(outcomes) > DRAWN_A_SIDE else "",
        *(_pair(each) for each in reversed(outcomes[DRAWN_A_SIDE:][-DRAWN_A_SIDE:])),
        "<h2>All held-out spectra</h2>\n",
        table_html(_COLUMNS, rows, ("Before", "After", "Change")),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _facts(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    return (
        ("Held-out compounds", f"{verdict.compounds:,}"),
        ("How", verdict.how),
        ("Cosine before, after", f"{verdict.before:.3f}, {verdict.after:.3f}"),
        ("Change, with 95 % interval", str(verdict.gain)),
        *_new(verdict),
        ("Change on public compounds", _public(verdict.forgetting)),
        ("Cosine", "linear intensities, unit m/z; each compound weighs the same"),
    )


def _new(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Held-out compounds that the base model had not learned from either, if it had learned from some."""
    if not verdict.seen_before:
        return ()
    change = f"{verdict.unseen} on " if verdict.unseen is not None else "too few to tell: "
    return (("Change on compounds new to the base too", f"{change}{verdict.unseen_compounds:,} of {verdict.compounds:,}"),)


def _public(forgetting: Forgetting) -> str:
    if forgetting.basis is PublicBasis.NONE or forgetting.change is None:
        return "not measured"
    basis = {
        PublicBasis.MEASURED: "on measured spectra of {} compounds that neither model was trained on",
        PublicBasis.PREDICTED: "against the base model's own predictions of {} molecules, not against measurements",
    }[forgetting.basis]
    return f"{forgetting.change}, {basis.format(f'{forgetting.compounds:,}')}"


def _pair(outcome: Outcome) -> str:
    """Before and after, each against the measured spectrum."""
    measured = Side(outcome.measured, "Measured", MEASURED_COLOUR)
    sides = (("Before", outcome.predicted_before, outcome.before), ("After", outcome.predicted_after, outcome.after))
    predicted = (Side(spectrum, f"{title}: cosine {cosine:.3f}", PREDICTED_COLOUR) for title, spectrum, cosine in sides)
    drawings = "".join(f"<figure>{mirror_svg(side, measured, width=440, height=220)}</figure>" for side in predicted)
    return f'<h3>{escape(outcome.name or outcome.smiles)}: {outcome.change:+.3f}</h3>\n<div class="two">{drawings}</div>\n'


def _write_csv(verdict: Verdict, stream: TextIO) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("compound", "name", "smiles", "before", "after", "change", "part", "lowest_mz"))
    for each in sorted_outcomes(verdict):
        texts = [cell_as_text(value) for value in (each.compound, each.name, each.smiles)]
        figures = [f"{value:.6f}" for value in (each.before, each.after, each.change)]
        writer.writerow([*texts, *figures, each.fold + 1, each.lowest_mz])
