"""A study of fine-tuning as tables: CSV with a line a fine-tuning, and Markdown for the model card."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from bitspec_gui.domain.tuning_study import PROPOSED, LaboratoryFacts, StudyCell
from bitspec_gui.services.study_summary import NEAR_BEST, ROUNDING, STRATEGIES, Entry, Place, StudySummary

COLUMNS = (
    "laboratory", "compounds", "strategy", "draw", "base", "trained_on", "held_out", "cosine_before", "gain", "gain_low",
    "gain_high", "public_compounds", "public_cosine_before", "forgetting", "forgetting_low", "forgetting_high",
    "forgetting_with_response",
    "response_power", "response_trend", "share_kept", "rate", "folds", "cpu_s", "memory_mb", "told_gain", "told_low", "told_high",
    "told_compounds", "told_judgement", "told_sentence",
)  # fmt: skip


def study_csv(cells: Iterable[StudyCell]) -> str:
    """A line for each fine-tuning; figures on four digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(cell) for cell in cells)
    return text.getvalue()


def _row(cell: StudyCell) -> list[str]:
    key, settings, told = cell.key, cell.settings, cell.told
    row: list[str | int | float] = [key.laboratory, key.size, key.strategy, key.draw, cell.base, cell.trained, cell.held]
    row += [cell.before, cell.gain.mean, cell.gain.low, cell.gain.high, cell.public, cell.public_before]
    row += [cell.forgetting, -cell.public_change.high, -cell.public_change.low, -cell.public_with_response]
    row += [cell.power, cell.trend, cell.share, settings.rate, settings.folds, round(cell.cpu_s, 1), round(cell.peak_mb)]
    if told is not None:
        row += [told.gain.mean, told.gain.low, told.gain.high, told.compounds, told.judgement.value, told.sentence]
    return [f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value) for value in row]


def gains_table(summary: StudySummary) -> str:
    """Gain and forgetting of every strategy at every place, the best in bold, and how far behind it is what is proposed."""
    head = ["laboratory", "compounds", "before", *STRATEGIES, PROPOSED, "behind the best"]
    return _table(head, [_gains(summary, place) for place in summary.places])


def _gains(summary: StudySummary, place: Place) -> list[str]:
    best, behind = summary.best(place), summary.behind(place)
    before = next(cell.before for cell in summary.cells if Place(cell.key.laboratory, cell.key.size) == place)
    cells = [_pair(summary.entry(place, name), bold=best is not None and best[0] == name) for name in STRATEGIES]
    said = "" if behind is None else f"{max(behind, 0.0):.3f}" + ("" if behind <= NEAR_BEST + ROUNDING else " **!**")
    return [place.laboratory, str(place.size), f"{before:.3f}", *cells, _pair(summary.entry(place, PROPOSED)), said]


def _pair(entry: Entry | None, *, bold: bool = False) -> str:
    if entry is None:
        return ""
    gain = signed(entry.gain)
    return f"{f'**{gain}**' if bold else gain} / {signed(entry.forgetting)}"


def proposed_table(summary: StudySummary) -> str:
    """What is proposed at every place, with intervals, time and draws."""
    head = ["laboratory", "compounds", "draws", "gain (95 %)", "forgetting", "public, response on", "CPU s"]
    rows = []
    for place in summary.places:
        entry = summary.entry(place, PROPOSED)
        if entry is not None:
            span = f"{signed(entry.gain)} ({signed(entry.low)} to {signed(entry.high)})"
            figures = [str(entry.draws), span, signed(entry.forgetting), signed(entry.with_response), f"{entry.cpu_s:.0f}"]
            rows.append([place.laboratory, str(place.size), *figures])
    return _table(head, rows)


def verdicts_table(summary: StudySummary) -> str:
    """What users would be told, beside the truth."""
    head = ["laboratory", "compounds", "draw", "told", "truth", "in the interval", "wrong"]
    rows = []
    for agreement in summary.agreements:
        cell = agreement.cell
        sentence = cell.told.sentence if cell.told is not None else ""
        place = [cell.key.laboratory, str(cell.key.size), str(cell.key.draw)]
        rows.append([*place, sentence, signed(cell.gain.mean), "yes" if agreement.covered else "no", agreement.wrong])
    return _table(head, rows)


def laboratories_table(facts: Iterable[LaboratoryFacts]) -> str:
    """What laboratories are made of."""
    rows = [[each.name, each.meaning, each.base, str(each.tune), str(each.held)] for each in facts]
    return _table(["name", "what", "base", "to tune on", "held out"], rows)


def signed(value: float) -> str:
    """On three digits with its sign, without one before 0."""
    text = f"{value:+.3f}"
    return "0.000" if text in ("+0.000", "-0.000") else text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
