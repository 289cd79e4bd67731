"""Whether a fine-tuning helped, as pure functions of what was measured on held-out compounds. Needs numpy only.

Anybody can compute a verdict again from the ``verdict.json`` beside a version::

    kept = json.load(open("verdict.json")); compounds = {}
    for outcome in kept["verdict"]["outcomes"]:
        compounds.setdefault(outcome["compound"], []).append(outcome["after"] - outcome["before"])
    changes = np.array([np.mean(compounds[name]) for name in sorted(compounds)])
    draws = np.random.default_rng(kept["seed"]).integers(0, len(changes), size=(kept["resamples"], len(changes)))
    print(changes.mean(), np.percentile(changes[draws].mean(axis=1), [2.5, 97.5]))

Each ``before`` and ``after`` is the cosine of the two spectra that lie beside it, on unit-mass bins (m/z + 0.5, rounded down;
`spectra.binning.to_bins`) from ``lowest_mz`` on. Where one part of the compounds was held out (``folds`` 0),
``predicted_after`` is what ``bitspec predict --model NAME.json`` predicts at 70 eV, and ``predicted_before`` what it predicts
with the base.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.verdict import WORTH_HAVING, Forgetting, Interval, Judgement, Outcome, PublicBasis, Verdict
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.recorded_range import cosine_from

FloatArray = NDArray[np.float64]

SEED, RESAMPLES = 1, 10_000
"""Of the bootstrap."""

MAY_FALL = {PublicBasis.MEASURED: 0.01, PublicBasis.PREDICTED: 0.025, PublicBasis.NONE: 0.0}
"""By how much public compounds may fall in a version that is recommended.

Where only predictions are compared, 2.5 times as much: in six runs of the study (resources/models/EXPERIMENTS.md) predictions
moved away from the base's by 1.5 to 2.7 times what the cosine with measured spectra of unseen compounds fell by.
"""

FEW, VERY_FEW, TOO_FEW = 30, 10, 5
"""Held-out compounds below which an interval that holds 0 tells nothing yet; and below which (10) it tells something only if it
is clear; below the last, not even then: four of four rise by chance in one of sixteen cases."""

POOR = 0.5
"""Mean cosine below which a gain is no reason for trust: spectra of noise came from 0.14 to 0.35 by an instrument's response."""

_SHOWN = 0.005
"""A mean change below this is 0.00 on two digits."""

_NOTHING = 1e-6
"""A change below this is what rounding leaves where a version predicts just what its base does."""

_TOGETHER = 500


def agreement(predicted: Spectrum, measured: Spectrum, lowest_mz: int) -> float:
    """Cosine on linear intensities and unit-mass bins, those below `lowest_mz` left out as they were not recorded."""
    return cosine_from(to_bins(predicted), to_bins(measured), lowest_mz)


def interval(values: FloatArray, seed: int = SEED) -> Interval:
    """Mean of values (C,), one a compound, and its 95 % interval by a bootstrap over compounds.

    The percentile method (Efron and Tibshirani, doi:10.1201/9780429246593), 10,000 resamples.

    Raises
    ------
    ValueError
        If there is no value.
    """
    if not len(values):
        raise ValueError("an interval needs at least one compound")
    draw, means = np.random.default_rng(seed), []
    for start in range(0, RESAMPLES, _TOGETHER):
        # Drawn in parts, to bound the memory; the numbers are those of one draw of all.
        rows = draw.integers(0, len(values), size=(min(_TOGETHER, RESAMPLES - start), len(values)))
        means.append(values[rows].mean(axis=1))
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))


def by_compound(outcomes: Sequence[Outcome]) -> tuple[FloatArray, FloatArray]:
    """Mean cosines before and after of each compound, both (C,), in the order of their names."""
    grouped: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        grouped.setdefault(outcome.compound, []).append(outcome)
    found = [grouped[name] for name in sorted(grouped)]
    before = np.array([np.mean([each.before for each in group]) for group in found])
    after = np.array([np.mean([each.after for each in group]) for group in found])
    return before, after


def judge(
    outcomes: Sequence[Outcome], forgetting: Forgetting, *, trained: int, folds: int, known: Collection[str] = frozenset()
) -> Verdict:
    """What held-out spectra and public compounds say of a fine-tuning.

    Parameters
    ----------
    trained : int
        Compounds that the version was tuned on.
    folds : int
        Parts that were held out in turn; 0 for one part.
    known : collection of str
        Compounds that the base had learned from.
    """
    before, after = by_compound(outcomes)
    gain = interval(after - before) if len(before) else Interval(0.0, 0.0, 0.0)
    others = [outcome for outcome in outcomes if outcome.compound not in known]
    new_before, new_after = by_compound(others)
    unseen = interval(new_after - new_before) if len(new_before) >= TOO_FEW else None
    judgement = judgement_of(gain, len(before), forgetting)
    sentence = sentence_of(judgement, gain, len(before), forgetting)
    rises = judgement in (Judgement.BETTER, Judgement.BETTER_BUT_FORGETS)
    if rises and unseen is not None and len(new_before) >= VERY_FEW and unseen.mean <= 0:
        judgement = Judgement.TOO_FEW
        sentence = (
            f"Too few compounds to tell: better by {gain.mean:.2f} {_span(gain)}, but not on the {len(new_before)} compounds "
            f"that are new to the base model ({_number(unseen.mean)})."
        )
    if judgement in (Judgement.BETTER, Judgement.BETTER_BUT_FORGETS) and after.mean() < POOR:
        sentence += (
            f" Even so predictions reach only {after.mean():.2f}, as where spectra and structures do not belong together: "
            "look at those first."
        )
    return Verdict(
        outcomes=tuple(outcomes),
        before=float(before.mean()) if len(before) else 0.0,
        after=float(after.mean()) if len(after) else 0.0,
        gain=gain,
        compounds=len(before),
        trained=trained,
        folds=folds,
        forgetting=forgetting,
        judgement=judgement,
        sentence=sentence,
        seen_before=len(before) - len(new_before),
        unseen_compounds=len(new_before),
        unseen=unseen,
    )


def judgement_of(gain: Interval, compounds: int, forgetting: Forgetting) -> Judgement:
    """What a gain on so many held-out compounds comes to, beside what public compounds lost."""
    clear = gain.low > 0 or gain.high < 0
    open_yet = compounds < VERY_FEW or (compounds < FEW and gain.high > WORTH_HAVING)
    if compounds < TOO_FEW or (open_yet and not clear):
        # No change at all needs no more compounds to be seen.
        return Judgement.NO_GAIN if compounds and max(-gain.low, gain.high) <= _NOTHING else Judgement.TOO_FEW
    if gain.high < 0 and gain.mean <= -_SHOWN:
        return Judgement.WORSE
    if gain.low <= 0 or gain.mean < _SHOWN:
        return Judgement.NO_GAIN
    return Judgement.BETTER_BUT_FORGETS if forgets(forgetting) else Judgement.BETTER


def forgets(forgetting: Forgetting) -> bool:
    """Whether public compounds fell by more than a recommended version may cost, with the instrument's response off."""
    return forgetting.change is not None and forgetting.change.mean < -MAY_FALL[forgetting.basis]


def sentence_of(judgement: Judgement, gain: Interval, compounds: int, forgetting: Forgetting) -> str:
    """The verdict in a sentence for chemists."""
    if judgement is Judgement.NO_GAIN:
        return "No real gain: keep the base model."
    size = f"{abs(gain.mean):.2f}"
    if judgement is Judgement.WORSE:
        return f"Worse on your compounds by {size} ({_number(-gain.high)} to {_number(-gain.low)}): keep the base model."
    span = _span(gain)
    if judgement is Judgement.TOO_FEW:
        return f"Too few compounds to tell: {_counted(compounds)} changed by {_number(gain.mean)} {span}."
    if judgement is Judgement.BETTER:
        return f"Better on your compounds by {size} {span}{_public(forgetting)}."
    fell = f"{-forgetting.change.mean:.2f}" if forgetting.change is not None else "0.00"
    if forgetting.basis is PublicBasis.PREDICTED:
        return (
            f"Better by {size} {span}, but predictions of public molecules moved by {fell}: use it for spectra of this kind only."
        )
    return f"Better by {size} {span}, but public compounds fell by {fell}: use it for spectra of this kind only."


def _public(forgetting: Forgetting) -> str:
    if forgetting.change is None or forgetting.basis is PublicBasis.NONE:
        return "; public compounds were not looked at"
    if forgetting.basis is PublicBasis.PREDICTED:
        return ", predictions of public molecules nearly unchanged"
    better = forgetting.change.mean > 0.01
    public = f", public compounds better by {forgetting.change.mean:.2f}" if better else ", public unchanged"
    if forgetting.with_response is None or forgetting.with_response >= -MAY_FALL[PublicBasis.MEASURED]:
        return public
    # The response is what this instrument does to intensities; on other instruments' spectra it is wrong, as it should be.
    return f"{public} (with your instrument's response on, they fall by {-forgetting.with_response:.2f}; switch it off for them)"


def _span(gain: Interval) -> str:
    return f"({_number(gain.low)} to {_number(gain.high)})"


def _number(value: float) -> str:
    """On two digits, without a minus before 0.00."""
    return f"{round(value, 2) + 0.0:.2f}"


def _counted(compounds: int) -> str:
    return f"{compounds} compound" if compounds == 1 else f"{compounds} compounds"
