"""Plans, verdicts and jobs of fine-tuning as text to read on a terminal, and as objects for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.tuning import StrategyOption, TuningPlan
from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.domain.tuning_json import as_json
from bitspec_gui.domain.verdict import Forgetting, Outcome, PublicBasis, Verdict
from bitspec_gui.services.tuning_time import duration_text, size_text

OUTCOMES_SHOWN = 10
"""Held-out spectra that are listed: those that changed most."""


def plan_text(plan: TuningPlan) -> str:
    """What is proposed, why, and what else there is."""
    return "\n".join(_plan_lines(plan)) + "\n"


def _plan_lines(plan: TuningPlan) -> Iterator[str]:
    if plan.refusal:
        yield plan.refusal
    if plan.proposed is not None:
        yield f"# Proposed: {plan.proposed.info.title}. {plan.proposed.info.meaning}"
    yield from (f"# {reason}" for reason in plan.reasons)
    yield from (f"# Caution: {caution}" for caution in plan.cautions)
    if plan.device:
        yield f"# Device: {plan.device}"
    if plan.options:
        yield "strategy\ttime\tsize\twhat it is for"
    for option in plan.options:
        yield "\t".join([_strategy(option), duration_text(option.seconds), size_text(option.size_bytes), option.info.fit_for])


def _strategy(option: StrategyOption) -> str:
    return option.info.strategy.value + (" (proposed)" if option.proposed else "")


def plan_json(plan: TuningPlan) -> dict[str, Any]:
    """The same for programs."""
    return as_json(plan)


def verdict_text(verdict: Verdict) -> str:
    """What a fine-tuning came to: sentence, figures, and the held-out spectra that changed most."""
    return "\n".join(_verdict_lines(verdict)) + "\n"


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    yield verdict.sentence
    if verdict.how:
        yield verdict.how
    yield "on\tcompounds\tbefore\tafter\tchange (95 % interval)"
    yield f"your compounds, held out\t{verdict.compounds}\t{verdict.before:.3f}\t{verdict.after:.3f}\t{verdict.gain}"
    if verdict.unseen is not None:
        yield f"of them new to the base model\t{verdict.unseen_compounds}\t\t\t{verdict.unseen}"
    yield from _forgetting_lines(verdict.forgetting)
    yield from _outcome_lines(verdict.outcomes)


def _forgetting_lines(forgetting: Forgetting) -> Iterator[str]:
    if forgetting.basis is PublicBasis.NONE:
        return
    on = "public, measured" if forgetting.basis is PublicBasis.MEASURED else "public, agreement with the base's own predictions"
    change = forgetting.change if forgetting.change is not None else ""
    yield f"{on}\t{forgetting.compounds}\t{forgetting.before:.3f}\t{forgetting.after:.3f}\t{change}"
    if forgetting.with_response is not None:
        yield f"the same, with the instrument's response on\t{forgetting.compounds}\t\t\t{forgetting.with_response:+.3f}"


def _outcome_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    if not outcomes:
        return
    by_change = sorted(outcomes, key=lambda outcome: outcome.change)
    half = OUTCOMES_SHOWN // 2
    shown = by_change if len(by_change) <= OUTCOMES_SHOWN else [*by_change[:half], *by_change[-half:]]
    yield "held-out spectrum\tbefore\tafter\tchange"
    for place, outcome in enumerate(shown):
        if place == half and len(by_change) > OUTCOMES_SHOWN:
            yield f"... {len(by_change) - len(shown)} between"
        named = outcome.name or outcome.smiles
        yield f"{named}\t{outcome.before:.3f}\t{outcome.after:.3f}\t{outcome.change:+.3f}"


def jobs_text(jobs: Sequence[TuningJob]) -> str:
    """A line a job, the newest first."""
    if not jobs:
        return "There are no fine-tunings. Begin one with: bitspec finetune --data FILE\n"
    lines = ["job\tstate\tname\tdataset\tstrategy\tbegun\t"]
    for job in jobs:
        begun = (job.started_at or job.made_at).astimezone().strftime("%Y-%m-%d %H:%M")
        strategy = job.settings.strategy.value
        lines.append("\t".join([str(job.job_id), job.state.value, job.name, job.dataset_name, strategy, begun, job.said]))
    return "\n".join(lines) + "\n"


def outcome_json(job: TuningJob, version: RegisteredVersion | None, verdict: Verdict | None) -> dict[str, Any]:
    """What became of a job, for programs: the job, the version that it made, and the verdict with every held-out spectrum."""
    return {
        "job": as_json(job),
        "version": None if version is None else as_json(version),
        "verdict": None if verdict is None else {**as_json(verdict), "how": verdict.how},
    }
