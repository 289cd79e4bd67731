"""The part of a model card that a study of fine-tuning writes: laboratories, all figures, aims and whether they are met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bitspec_gui.domain.tuning_study import PROPOSED, LaboratoryFacts
from bitspec_gui.services.study_summary import NEAR_BEST, Place, StudySummary
from bitspec_gui.services.study_tables import (
    gains_table,
    laboratories_table,
    proposed_table,
    signed,
    verdicts_table,
)

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""What stands between them is written anew; words before and after are left alone."""

AIM_GAIN, AIM_FORGETTING, AIM_NEAR, AIM_SECONDS = 0.05, 0.01, 0.8, 300.0
AIM_SIZE = 100

ALMOST = 1.05
"""A laboratory that has 5 % fewer compounds than asked for still stands for that number."""

_NEW_CARD = "# Fine-tuning on simulated laboratories\n\n"


def with_measured(card: str, measured: str) -> str:
    """A card with its measured part replaced; added at the end if there is none yet."""
    block = f"{BEGIN}\n{measured}{END}\n"
    before, begun, rest = (card or _NEW_CARD).partition(BEGIN)
    if not begun:
        return before.rstrip("\n") + "\n\n" + block
    _, _, after = rest.partition(END)
    return before + block + after.removeprefix("\n")


def measured_part(summary: StudySummary, facts: Sequence[LaboratoryFacts], asked_sizes: Iterable[int]) -> str:
    """Tables and aims as Markdown."""
    parts = [
        "## Aims\n",
        _aims(summary, facts),
        "\n## Laboratories\n",
        laboratories_table(facts),
        _unfilled(summary, facts, sorted(set(asked_sizes))),
        "\n## Every strategy\n",
        "Gain / forgetting. The largest gain of a line is bold; **!** where what is proposed is more than "
        f"{NEAR_BEST:g} behind it.\n",
        gains_table(summary),
        "\n![gain and forgetting](finetuning.svg)\n",
        "\n## What is proposed\n",
        proposed_table(summary),
        "\n## What users would be told\n",
        _verdicts(summary),
        verdicts_table(summary),
    ]
    return "\n".join(parts)


def _aims(summary: StudySummary, facts: Sequence[LaboratoryFacts]) -> str:
    lines = [*_gain_lines(summary, facts), _forgetting_line(summary), _near_line(summary), _time_line(summary)]
    return "\n".join(f"* {line}" for line in lines) + "\n"


def _gain_lines(summary: StudySummary, facts: Sequence[LaboratoryFacts]) -> list[str]:
    differing = [each.name for each in facts if each.differs]
    found = [(name, entry.gain) for name in differing if (entry := summary.entry(Place(name, AIM_SIZE), PROPOSED)) is not None]
    met = [name for name, gain in found if gain >= AIM_GAIN]
    said = ", ".join(f"{name} {signed(gain)}" for name, gain in found)
    return [
        f"Gain of {AIM_GAIN:g} or more with {AIM_SIZE} compounds where the laboratory differs: "
        f"**{_met(len(met) == len(found) > 0)}**, reached in {len(met)} of {len(found)} ({said or 'not measured'})."
    ]


def _forgetting_line(summary: StudySummary) -> str:
    found = [(place, entry.forgetting) for place in summary.places if (entry := summary.entry(place, PROPOSED)) is not None]
    within = [place for place, value in found if value <= AIM_FORGETTING]
    beyond = ", ".join(f"{place.laboratory} {place.size} {value:+.4f}" for place, value in found if value > AIM_FORGETTING)
    return (
        f"Forgetting of {AIM_FORGETTING:g} or less, of what is proposed, with the instrument's response off: "
        f"**{_met(len(within) == len(found) > 0)}**, kept in {len(within)} of {len(found)}"
        + (f" (beyond it: {beyond})." if beyond else ".")
    )


def _near_line(summary: StudySummary) -> str:
    near, of = summary.near_best
    share = near / of if of else 0.0
    return (
        f"What is proposed is within {NEAR_BEST:g} of the best strategy in {AIM_NEAR:.0%} of the cells or more: "
        f"**{_met(share >= AIM_NEAR)}**, {near} of {of} ({share:.0%})."
    )


def _time_line(summary: StudySummary) -> str:
    aim = f"500 spectra on two cores in {AIM_SECONDS / 60:.0f} minutes or less: "
    if not summary.timed:
        return f"{aim}not measured."
    slowest = max(summary.timed, key=lambda cell: cell.cpu_s)
    return (
        f"{aim}**{_met(slowest.cpu_s <= AIM_SECONDS)}**, {slowest.cpu_s:.0f} s of one core ({slowest.key.size} compounds, "
        f"with reading, training, verdict and files; {slowest.wall_s:.0f} s on the clock, other programs beside it), "
        f"{slowest.peak_mb:.0f} MB."
    )


def _verdicts(summary: StudySummary) -> str:
    found = summary.agreements
    covered, wrong = sum(each.covered for each in found), [each for each in found if each.wrong]
    said = "; ".join(f"{each.cell.key}: {each.wrong}" for each in wrong)
    agreeing = sum(each.consistent for each in found)
    return (
        f"The interval that the user is told holds the truth in {covered} of {len(found)} fine-tunings; where the truth's own "
        f"interval is allowed for, both agree in {agreeing}. {len(wrong)} sentences are wrong"
        + (f" ({said}).\n" if said else ".\n")
    )


def _unfilled(summary: StudySummary, facts: Sequence[LaboratoryFacts], sizes: Sequence[int]) -> str:
    """What cannot be measured, and what was not."""
    short = {each.name: [size for size in sizes if size > ALMOST * each.tune] for each in facts}
    left = {
        each.name: [
            size
            for size in sizes
            if size not in short[each.name] and Place(each.name, min(size, each.tune)) not in summary.places
        ]
        for each in facts
    }
    found = [("Too few compounds for", short), ("Not measured", left)]
    return "".join(f"\n{words}: {said}.\n" for words, missing in found if (said := _listed(missing)))


def _listed(sizes: Mapping[str, Sequence[int]]) -> str:
    return "; ".join(f"{name} {', '.join(map(str, missing))}" for name, missing in sizes.items() if missing)


def _met(met: bool) -> str:
    return "met" if met else "missed"
