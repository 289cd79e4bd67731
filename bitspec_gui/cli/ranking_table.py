"""What the ranking of hits is worth, as a table to print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bitspec_gui.services.ranking_evaluation import RankingComparison, RankingEvaluation, ReliabilityRow


def ranking_text(evaluation: RankingEvaluation) -> str:
    """The whole table."""
    lines = [f"Ranking of hits, {evaluation.version}", *comparison_lines(evaluation.comparisons)]
    for setting, rows in evaluation.reliability.items():
        lines += ["", f"Probabilities, {setting}", *reliability_lines(rows)]
    return "\n".join(lines) + "\n"


def comparison_lines(comparisons: Sequence[RankingComparison]) -> list[str]:
    """Recall of plain weighted cosine and of the ranking."""
    lines = [f"{'':<48} {'queries':>8} {'spectra':>8}  {'weighted cosine @1':>18} {'@10':>6}  {'ranking @1':>10} {'@10':>6}"]
    for row in comparisons:
        lines.append(
            f"{row.setting:<48} {row.queries:>8} {row.library_spectra:>8}  {row.plain_at_1:>18.3f} {row.plain_at_10:>6.3f}"
            f"  {row.ranked_at_1:>10.3f} {row.ranked_at_10:>6.3f}"
        )
    return lines


def reliability_lines(rows: Sequence[ReliabilityRow]) -> list[str]:
    """Stated probabilities beside what came true."""
    lines = [f"{'probability':>14} {'hits':>7} {'stated':>7} {'right':>7}"]
    lines += [f"{row.low:>6.2f} to {row.high:.2f} {row.hits:>7} {row.stated:>7.3f} {row.right:>7.3f}" for row in rows]
    return lines
