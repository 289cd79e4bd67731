"""Words on fine-tunings: how a job stands, how far it is, what a verdict comes to, and what its figures mean."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_jobs import JobState, TuningJob, Wish
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, PublicBasis
from bitspec_gui.services.training_course import Curve, TrainingCourse
from bitspec_gui.services.tuning_time import size_text

MINUS = "−"
"""A minus as wide as a plus."""


def tr(text: str) -> str:
    """A text in the language of the program."""
    return QCoreApplication.translate("TrainingWords", text)


def state_words(job: TuningJob, wish: Wish | None = None) -> str:
    """How a job stands; what was asked of it and has not come true yet goes first."""
    if wish is not None and not job.state.ended:
        asked = {
            Wish.PAUSE: tr("pausing…"), Wish.CANCEL: tr("cancelling…"), Wish.STOP: tr("putting off…"), Wish.RUN: tr("going on…"),
        }  # fmt: skip
        return asked[wish]
    return {
        JobState.QUEUED: tr("waiting"),
        JobState.RUNNING: tr("training"),
        JobState.PAUSED: tr("paused"),
        JobState.DONE: tr("done"),
        JobState.CANCELLED: tr("cancelled"),
        JobState.INTERRUPTED: tr("interrupted"),
        JobState.FAILED: tr("failed"),
    }[job.state]


def strategy_words(strategy: Strategy) -> str:
    """A strategy in two or three words."""
    return {
        Strategy.RESPONSE: tr("instrument response"),
        Strategy.HEAD: tr("last layer"),
        Strategy.PARTIAL: tr("upper layers"),
        Strategy.FULL: tr("whole networks"),
        Strategy.LAYERWISE: tr("layer by layer"),
        Strategy.LORA: tr("small correction (LoRA)"),
        Strategy.ADAPTERS: tr("added layers (adapters)"),
    }[strategy]


def time_words(seconds: float) -> str:
    """A duration as a person would say it."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def date_words(moment: datetime | None) -> str:
    """A day and time as they sort; empty for none."""
    if moment is None:
        return ""
    return (moment.astimezone() if moment.tzinfo is not None else moment).strftime("%Y-%m-%d %H:%M")


def headline(job: TuningJob, course: TrainingCourse, wish: Wish | None = None) -> str:
    """Where a job is, in a line: ``Part 2 of 5 · step 40 of 100 · 1 min 20 s left``."""
    if job.state is not JobState.RUNNING or wish is not None:
        return _standing(job, wish)
    parts = [course.phase.title] if course.phase is not None else [tr("Getting ready")]
    point = course.latest
    if point is not None and course.phase is not None and course.phase.run == point.run:
        parts.append(tr("step %1 of %2").replace("%1", str(point.step)).replace("%2", str(point.steps)))
    left = course.usage.seconds_left if course.usage is not None else None
    if left is not None:
        parts.append(tr("%1 left").replace("%1", time_words(left)))
    return " · ".join(parts)


def _standing(job: TuningJob, wish: Wish | None) -> str:
    if wish is not None and not job.state.ended:
        words = state_words(job, wish)
        return words[:1].upper() + words[1:]
    return {
        JobState.QUEUED: tr("Waits for its turn: one model is trained at a time"),
        JobState.RUNNING: tr("Training"),
        JobState.PAUSED: tr("Paused: nothing is computed, and memory is kept"),
        JobState.DONE: tr("Done"),
        JobState.CANCELLED: tr("Cancelled: nothing was kept"),
        JobState.INTERRUPTED: tr("Interrupted: it can go on from where it was"),
        JobState.FAILED: tr("Failed"),
    }[job.state]


def where_words(course: TrainingCourse) -> str:
    """The device with the reason for it, and memory in use."""
    parts = [course.began.device] if course.began is not None and course.began.device else []
    if course.usage is not None:
        parts.append(tr("memory %1").replace("%1", size_text(round(course.usage.memory_mb * 1e6))))
        if course.usage.device_mb is not None:
            parts.append(tr("on the device %1").replace("%1", size_text(round(course.usage.device_mb * 1e6))))
    return " · ".join(parts)


def curve_words(curve: Curve) -> str:
    """What a curve is called in its legend."""
    return {
        Curve.LOSS: tr("Loss"),
        Curve.TRAIN: tr("Compounds that are learned"),
        Curve.VAL: tr("Your other compounds"),
        Curve.PUBLIC: tr("Public compounds"),
    }[curve]


def curve_tip(curve: Curve) -> str:
    """What a curve means, and what to look for."""
    return {
        Curve.LOSS: tr("How far predictions are from the spectra that are learned. It falls while something is learned."),
        Curve.TRAIN: tr(
            "Cosine on a sample of the compounds that are learned. It rises in any case, also when spectra are only learned by\n"
            "heart, and says nothing on other compounds: it is never part of the verdict."
        ),
        Curve.VAL: tr(
            "Cosine on compounds of yours that this training does not learn from. When it falls while the thin curve rises,\n"
            "spectra are being learned by heart; training then stops early, and the best state is kept."
        ),
        Curve.PUBLIC: tr("Cosine on public compounds. Its fall is what is forgotten."),
    }[curve]


def signed(value: float, digits: int = 3) -> str:
    """A change with its sign; no minus before nothing."""
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0.0:
        return text
    return (MINUS if value < 0 else "+") + text


def interval_words(interval: Interval, digits: int = 3) -> str:
    """A mean with its interval: ``+0.110 (+0.070 to +0.150)``."""
    low, high = signed(interval.low, digits), signed(interval.high, digits)
    return tr("%1 (%2 to %3)").replace("%1", signed(interval.mean, digits)).replace("%2", low).replace("%3", high)


def judgement_title(judgement: Judgement) -> str:
    """What a verdict comes to, in two or three words."""
    return {
        Judgement.BETTER: tr("Better"),
        Judgement.BETTER_BUT_FORGETS: tr("Better, but forgets"),
        Judgement.NO_GAIN: tr("No real gain"),
        Judgement.WORSE: tr("Worse"),
        Judgement.TOO_FEW: tr("Too few to tell"),
    }[judgement]


def judgement_sign(judgement: Judgement) -> str:
    """A sign that says without colour what a verdict comes to."""
    return {
        Judgement.BETTER: "✔",
        Judgement.BETTER_BUT_FORGETS: "!",
        Judgement.NO_GAIN: "=",
        Judgement.WORSE: "✘",
        Judgement.TOO_FEW: "?",
    }[judgement]


def judgement_colour(judgement: Judgement) -> str:
    """Name of its colour in `theme.Colours`."""
    return {
        Judgement.BETTER: "excellent",
        Judgement.BETTER_BUT_FORGETS: "fair",
        Judgement.NO_GAIN: "muted",
        Judgement.WORSE: "poor",
        Judgement.TOO_FEW: "fair",
    }[judgement]


def forgetting_words(forgetting: Forgetting) -> str:
    """What became of public compounds, as a figure."""
    if forgetting.basis is PublicBasis.NONE or forgetting.change is None:
        return tr("not measured")
    return interval_words(forgetting.change)


def forgetting_basis(forgetting: Forgetting) -> str:
    """What forgetting was measured with; an agreement with the base's own predictions is never called one with measurements."""
    number = f"{forgetting.compounds:,}"
    if forgetting.basis is PublicBasis.MEASURED:
        words = tr("on measured spectra of %1 public compounds that neither model was trained on")
        return words.replace("%1", number)
    if forgetting.basis is PublicBasis.PREDICTED:
        words = tr("against the base model's own predictions of %1 public molecules, for no measured spectra are at hand")
        return words.replace("%1", number)
    return tr("no public compounds are at hand to measure it with")
