"""The verdict: figures that anybody can compute again, and sentences that promise no more than they say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, Outcome, PublicBasis
from bitspec_gui.ml.finetuning.verdict import agreement, interval, judge, judgement_of, sentence_of

PEAK = Spectrum(np.array([50.0]), np.array([1.0]))
UNCHANGED = Forgetting(PublicBasis.MEASURED, 120, 0.79, 0.788, Interval(-0.002, -0.004, 0.0))
FORGOTTEN = Forgetting(PublicBasis.MEASURED, 120, 0.79, 0.76, Interval(-0.03, -0.04, -0.02))
MOVED = Forgetting(PublicBasis.PREDICTED, 200, 1.0, 0.96, Interval(-0.04, -0.05, -0.03))
MOVED_A_LITTLE = Forgetting(PublicBasis.PREDICTED, 200, 1.0, 0.98, Interval(-0.02, -0.03, -0.01))
NOT_LOOKED_AT = Forgetting(PublicBasis.NONE)


def outcome(compound: str, before: float, after: float) -> Outcome:
    return Outcome(compound, compound, "C", PEAK, PEAK, PEAK, before, after)


def test_the_interval_is_that_of_one_plain_bootstrap_over_compounds() -> None:
    values = np.array([0.1, -0.05, 0.2, 0.0, 0.12, 0.3, 0.04])
    draws = np.random.default_rng(1).integers(0, 7, size=(10_000, 7))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    assert interval(values) == Interval(float(values.mean()), float(low), float(high))


def test_a_gain_on_spectra_that_stay_badly_predicted_says_to_look_at_them_first() -> None:
    letters = "ABCDEFGHIJKLMNOP"
    noise = judge([outcome(name, 0.14, 0.35) for name in letters], UNCHANGED, trained=16, folds=5)
    assert noise.sentence.startswith("Better on your compounds by 0.21")
    assert "reach only 0.35" in noise.sentence
    spectra = judge([outcome(name, 0.54, 0.75) for name in letters], UNCHANGED, trained=16, folds=5)
    assert spectra.sentence == "Better on your compounds by 0.21 (0.21 to 0.21), public unchanged."


def test_each_compound_weighs_the_same_however_many_spectra_it_has() -> None:
    many = [outcome("A", 0.5, 0.6)] * 9 + [outcome("B", 0.5, 0.4)]
    verdict = judge(many, UNCHANGED, trained=3, folds=2)
    assert verdict.compounds == 2
    assert verdict.gain.mean == pytest.approx(0.0)
    assert verdict.before == pytest.approx(0.5)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=15), st.randoms())
def test_the_order_of_the_spectra_does_not_matter(found: list[tuple[str, float, float]], chance: object) -> None:
    outcomes = [outcome(*each) for each in found]
    shuffled = list(outcomes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (judge(each, UNCHANGED, trained=1, folds=0) for each in (outcomes, shuffled))
    assert one.gain.mean == pytest.approx(other.gain.mean)
    assert one.gain.low == pytest.approx(other.gain.low)
    assert one.gain.low - 1e-9 <= one.gain.mean <= one.gain.high + 1e-9


@pytest.mark.parametrize(
    ("gain", "compounds", "forgetting", "judgement"),
    [
        (Interval(0.11, 0.07, 0.15), 40, UNCHANGED, Judgement.BETTER),
        (Interval(0.11, 0.07, 0.15), 40, MOVED_A_LITTLE, Judgement.BETTER),
        (Interval(0.11, 0.07, 0.15), 40, NOT_LOOKED_AT, Judgement.BETTER),
        (Interval(0.11, 0.07, 0.15), 40, FORGOTTEN, Judgement.BETTER_BUT_FORGETS),
        (Interval(0.11, 0.07, 0.15), 40, MOVED, Judgement.BETTER_BUT_FORGETS),
        (Interval(0.02, -0.01, 0.05), 40, UNCHANGED, Judgement.NO_GAIN),
        (Interval(0.02, -0.01, 0.05), 29, UNCHANGED, Judgement.TOO_FEW),
        (Interval(0.002, -0.004, 0.008), 29, UNCHANGED, Judgement.NO_GAIN),
        (Interval(0.002, -0.004, 0.008), 9, UNCHANGED, Judgement.TOO_FEW),
        (Interval(0.003, 0.001, 0.005), 40, UNCHANGED, Judgement.NO_GAIN),
        (Interval(0.2, 0.1, 0.3), 7, UNCHANGED, Judgement.BETTER),
        (Interval(0.2, 0.1, 0.3), 4, UNCHANGED, Judgement.TOO_FEW),
        (Interval(-0.03, -0.05, -0.01), 40, UNCHANGED, Judgement.WORSE),
        (Interval(0.0, 0.0, 0.0), 12, UNCHANGED, Judgement.NO_GAIN),
        (Interval(5e-9, -5e-9, 2e-8), 4, UNCHANGED, Judgement.NO_GAIN),
        (Interval(0.0, 0.0, 0.0), 0, UNCHANGED, Judgement.TOO_FEW),
    ],
)
def test_what_a_gain_comes_to(gain: Interval, compounds: int, forgetting: Forgetting, judgement: Judgement) -> None:
    assert judgement_of(gain, compounds, forgetting) is judgement
    assert judgement.worth_using == (judgement is Judgement.BETTER)


@pytest.mark.parametrize(
    ("judgement", "gain", "forgetting", "said"),
    [
        (Judgement.BETTER, Interval(0.11, 0.07, 0.15), UNCHANGED,
         "Better on your compounds by 0.11 (0.07 to 0.15), public unchanged."),
        (Judgement.BETTER, Interval(0.11, 0.07, 0.15), replace(UNCHANGED, with_response=-0.024),
         "Better on your compounds by 0.11 (0.07 to 0.15), public unchanged "
         "(with your instrument's response on, they fall by 0.02; switch it off for them)."),
        (Judgement.BETTER, Interval(0.11, 0.07, 0.15), MOVED_A_LITTLE,
         "Better on your compounds by 0.11 (0.07 to 0.15), predictions of public molecules nearly unchanged."),
        (Judgement.BETTER, Interval(0.11, 0.07, 0.15), NOT_LOOKED_AT,
         "Better on your compounds by 0.11 (0.07 to 0.15); public compounds were not looked at."),
        (Judgement.BETTER_BUT_FORGETS, Interval(0.12, 0.08, 0.16), FORGOTTEN,
         "Better by 0.12 (0.08 to 0.16), but public compounds fell by 0.03: use it for spectra of this kind only."),
        (Judgement.BETTER_BUT_FORGETS, Interval(0.12, 0.08, 0.16), MOVED,
         "Better by 0.12 (0.08 to 0.16), but predictions of public molecules moved by 0.04: "
         "use it for spectra of this kind only."),
        (Judgement.NO_GAIN, Interval(0.0, -0.01, 0.01), UNCHANGED, "No real gain: keep the base model."),
        (Judgement.WORSE, Interval(-0.03, -0.05, -0.01), UNCHANGED,
         "Worse on your compounds by 0.03 (0.01 to 0.05): keep the base model."),
        (Judgement.TOO_FEW, Interval(0.05, -0.004, 0.12), UNCHANGED,
         "Too few compounds to tell: 12 compounds changed by 0.05 (0.00 to 0.12)."),
    ],
)  # fmt: skip
def test_the_verdict_in_a_sentence(judgement: Judgement, gain: Interval, forgetting: Forgetting, said: str) -> None:
    assert sentence_of(judgement, gain, 12, forgetting) == said


def test_what_was_not_recorded_does_not_count() -> None:
    measured = Spectrum(np.array([85.0, 120.0]), np.array([100.0, 50.0]))
    same_but_below = Spectrum(np.array([43.0, 85.0, 120.0]), np.array([999.0, 100.0, 50.0]))
    assert agreement(same_but_below, measured, 85) == pytest.approx(1.0)
    assert agreement(same_but_below, measured, 1) < 0.2


def test_the_verdict_says_how_compounds_were_held_out() -> None:
    outcomes = [outcome(name, 0.5, 0.6) for name in "ABCDEF"]
    assert judge(outcomes, UNCHANGED, trained=6, folds=5).how == (
        "6 compounds were held out in turn, in 5 parts; the version itself was tuned on all 6."
    )
    assert judge(outcomes, UNCHANGED, trained=20, folds=0).how == "6 compounds were held out; the version was tuned on 20 others."


def test_what_the_base_had_learned_from_is_told_apart() -> None:
    known = [outcome(f"K{number}", 0.7, 0.9) for number in range(30)]
    new = [outcome(f"N{number:02}", 0.5, 0.48 + 0.002 * number) for number in range(10)]
    verdict = judge([*known, *new], UNCHANGED, trained=60, folds=0, known={each.compound for each in known})
    assert (verdict.seen_before, verdict.unseen_compounds) == (30, 10)
    assert verdict.unseen == interval(np.array([each.after - each.before for each in new]))
    assert verdict.judgement is Judgement.TOO_FEW, "better on nothing but compounds that the base knows"
    assert "but not on the 10 compounds that are new to the base model (-0.01)" in verdict.sentence
    assert "The base model had learned from 30 of them" in verdict.how
    assert "the other 10 changed by -0.01" in verdict.how


def test_with_few_new_compounds_only_their_number_is_told() -> None:
    outcomes = [outcome(name, 0.5, 0.6) for name in "ABCDEFGH"]
    verdict = judge(outcomes, UNCHANGED, trained=30, folds=0, known=set("ABCDE"))
    assert (verdict.seen_before, verdict.unseen_compounds, verdict.unseen) == (5, 3, None)
    assert verdict.judgement is Judgement.BETTER
    assert verdict.how.endswith("learned from 5 of them, which makes both cosines higher than on new compounds.")
