"""Scores between binned spectra, checked against values computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bitspec_gui.spectra.similarity import METRICS, match_factor, weighted_cosine
from bitspec_gui.spectra.statistics import paired_bootstrap, spearman

BINNED = arrays.arrays(np.float32, 1000, elements=st.floats(0, 1, width=32)).filter(lambda bins: bins.max() > 0.01)


def spectrum(**peaks: float) -> np.ndarray:
    bins = np.zeros(1000, dtype=np.float32)
    for mz, intensity in peaks.items():
        bins[int(mz[1:]) - 1] = intensity
    return bins


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("cosine", 1 / np.sqrt(2)),
        ("cosine_sqrt", 1 / np.sqrt(2)),
        ("weighted_cosine", 20 / np.sqrt(10**2 + 20**2)),
        ("sdp", 20**3 / np.sqrt(10**6 + 20**6)),
        ("entropy", 1 - (2 * (0.25 * np.log(4) + 0.75 * np.log(4 / 3)) - np.log(2)) / np.log(4)),
        ("base_peak", 0.0),
    ],
)
def test_scores_of_two_small_spectra_are_those_computed_by_hand(metric: str, value: float) -> None:
    two, one = spectrum(m10=1.0, m20=1.0), spectrum(m20=1.0)
    assert METRICS[metric](two, one) == pytest.approx(value, abs=1e-6)


@given(BINNED, BINNED)
def test_scores_are_symmetric_and_between_0_and_1(a: np.ndarray, b: np.ndarray) -> None:
    for name, metric in METRICS.items():
        assert -1e-9 <= float(metric(a, b)) <= 1 + 1e-9, name
        assert float(metric(a, b)) == pytest.approx(float(metric(b, a)), abs=1e-9), name


@given(BINNED)
def test_a_spectrum_agrees_fully_with_itself_at_any_scale(a: np.ndarray) -> None:
    for name, metric in METRICS.items():
        assert float(metric(a, 3 * a)) == pytest.approx(1, abs=1e-5), name


def test_spectra_without_a_common_peak_have_match_factor_0_and_the_same_one_999() -> None:
    a, b = spectrum(m43=1.0), spectrum(m58=1.0)
    assert (match_factor(a, b), match_factor(a, a)) == (0, 999)


def test_an_empty_spectrum_scores_0_rather_than_not_a_number() -> None:
    assert float(weighted_cosine(np.zeros(1000, dtype=np.float32), spectrum(m43=1.0))) == 0


def test_many_spectra_are_scored_at_once() -> None:
    rows = np.stack([spectrum(m43=1.0), spectrum(m58=1.0)])
    assert weighted_cosine(rows, rows[::-1]).tolist() == [0, 0]


def test_the_bootstrap_interval_covers_the_mean_and_shrinks_with_more_compounds() -> None:
    generator = np.random.default_rng(0)
    few, many = generator.normal(0.1, 0.2, 50), generator.normal(0.1, 0.2, 5000)
    wide, narrow = (paired_bootstrap(values, np.zeros_like(values)) for values in (few, many))
    assert wide.low < wide.mean < wide.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 5
    assert narrow.low < 0.1 < narrow.high


def test_rank_correlation_is_that_of_ranks_with_ties_shared() -> None:
    rising = np.array([1.0, 2.0, 3.0, 4.0])
    assert spearman(rising, np.exp(rising)) == pytest.approx(1)
    assert spearman(rising, -rising) == pytest.approx(-1)
    assert spearman(rising, np.array([1.0, 2.0, 2.0, 3.0])) == pytest.approx(0.9486833)
    assert spearman(rising, np.ones(4)) == 0
