"""Reverse, composite and hybrid scores, checked against values computed by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.spectra.similarity import (
    METRICS,
    composite,
    entropy_similarity,
    hybrid,
    reverse_weighted_cosine,
    weighted_cosine,
)

PEAKS = st.dictionaries(st.integers(1, 1000), st.floats(2**-20, 1, width=32), min_size=1, max_size=30)


def spectrum(peaks: dict[int, float]) -> np.ndarray:
    bins = np.zeros(1000, dtype=np.float32)
    for mz, intensity in peaks.items():
        bins[mz - 1] = intensity
    return bins


def test_reverse_score_ignores_peaks_that_only_the_query_has() -> None:
    library = spectrum({50: 1, 60: 0.25})
    query = spectrum({50: 1, 60: 0.25, 73: 1, 207: 0.6})
    assert reverse_weighted_cosine(query, library) == pytest.approx(1)
    assert weighted_cosine(query, library) < 0.5


def test_reverse_score_minds_peaks_that_only_the_library_spectrum_has() -> None:
    # The query's 50 against 50 and 60 of the library spectrum: 50 / sqrt(50^2 + 30^2).
    expected = 50 / np.hypot(50, 30)
    assert reverse_weighted_cosine(spectrum({50: 1, 80: 1}), spectrum({50: 1, 60: 0.25})) == pytest.approx(expected)


def test_composite_weighs_the_squared_cosine_and_the_ratios_of_neighbouring_common_peaks() -> None:
    query, library = spectrum({10: 1, 20: 1, 40: 0.25, 90: 0.01}), spectrum({10: 0.25, 15: 1, 20: 1, 40: 1})
    a, b = np.array([10, 0, 20, 20, 9]), np.array([5, 15, 20, 40, 0])
    squared = (a @ b) ** 2 / (a @ a) / (b @ b)
    # On I^0.5 the ratios 20:10 are 1 and 2, those of 40:20 are 0.5 and 1; each counts with the m/z of its heavier peak.
    ratios = (20 * 0.5 + 40 * 0.5) / 60
    assert composite(query, library) == pytest.approx((4 * squared + 2 * ratios) / 6)


def test_composite_of_one_common_peak_has_no_ratio() -> None:
    assert composite(spectrum({50: 1}), spectrum({50: 0.5})) == pytest.approx(1)


def test_hybrid_score_of_a_homologue_is_that_of_the_same_spectrum() -> None:
    unknown = spectrum({43: 1, 57: 0.5, 114: 0.3})
    relative = spectrum({43: 1, 57: 0.5, 100: 0.3})
    assert hybrid(unknown, relative, 14) == pytest.approx(1)
    assert hybrid(unknown, relative, 0) == pytest.approx(float(weighted_cosine(unknown, relative)))


def test_hybrid_score_leaves_a_peak_where_the_query_is_larger() -> None:
    unknown = spectrum({50: 1, 64: 0.5})
    assert hybrid(unknown, spectrum({50: 1}), 14) == pytest.approx(50 / np.hypot(50, 64 * np.sqrt(0.5)))
    assert hybrid(spectrum({50: 1, 64: 1}), spectrum({50: 1}), 14) == pytest.approx(50 / np.hypot(50, 64))


def test_hybrid_score_sums_what_comes_to_lie_on_one_peak() -> None:
    # 50 moves to 64, where there is a peak already: 0.3 + 0.2 there, and 100 stays.
    expected = weighted_cosine(spectrum({64: 1, 100: 0.5}), spectrum({64: 0.5, 100: 1}))
    assert hybrid(spectrum({64: 1, 100: 0.5}), spectrum({50: 0.3, 64: 0.2, 100: 1}), 14) == pytest.approx(float(expected))


@pytest.mark.parametrize("shift", [-1500, -999, 999, 1500])
def test_hybrid_shifts_beyond_the_bins_are_the_plain_score_or_below_one(shift: int) -> None:
    query, library = spectrum({1: 1, 500: 0.5, 1000: 1}), spectrum({1: 0.5, 500: 0.7, 1000: 0.2})
    assert 0 <= float(hybrid(query, library, shift)) <= 1 + 1e-12


def test_many_spectra_with_shifts_of_their_own_are_scored_as_one_by_one() -> None:
    generator = np.random.default_rng(3)
    library = (generator.random((6, 1000)) ** 8 * (generator.random((6, 1000)) < 0.1)).astype(np.float32)
    query = library[2][::-1].copy()
    shifts = np.array([0, 14, -14, 16, 14, -400])
    one_by_one = [float(hybrid(query, row, int(shift))) for row, shift in zip(library, shifts, strict=True)]
    assert hybrid(query, library, shifts).tolist() == pytest.approx(one_by_one, abs=1e-12)
    assert composite(query, library).tolist() == pytest.approx([float(composite(query, row)) for row in library], abs=1e-12)


@given(PEAKS, PEAKS, st.integers(-1100, 1100))
@settings(max_examples=60, deadline=None)
def test_new_scores_lie_between_0_and_1_and_a_spectrum_agrees_with_itself(a: dict, b: dict, shift: int) -> None:
    one, other = spectrum(a), spectrum(b)
    for score in (reverse_weighted_cosine, composite, lambda x, y: hybrid(x, y, shift)):
        assert -1e-12 <= float(score(one, other)) <= 1 + 1e-12
    assert float(reverse_weighted_cosine(one, one)) == pytest.approx(1)
    assert float(composite(one, one)) == pytest.approx(1)
    assert float(hybrid(one, one, 0)) == pytest.approx(1)
    assert float(reverse_weighted_cosine(one, other)) >= float(weighted_cosine(one, other)) - 1e-12


@given(PEAKS, PEAKS)
@settings(max_examples=60, deadline=None)
def test_entropy_similarity_is_that_of_its_definition_and_exactly_0_without_a_common_peak(a: dict, b: dict) -> None:
    one, other = spectrum(a).astype(float), spectrum(b).astype(float)
    p, q = one / one.sum(), other / other.sum()

    def entropy(shares: np.ndarray) -> float:
        held = shares[shares > 0]
        return float(-(held * np.log(held)).sum())

    definition = 1 - (2 * entropy((p + q) / 2) - entropy(p) - entropy(q)) / np.log(4)
    found = float(entropy_similarity(spectrum(a), spectrum(b)))
    assert found == pytest.approx(definition, abs=1e-9)
    if not a.keys() & b.keys():
        assert found == 0
    assert float(entropy_similarity(spectrum(a), np.zeros(1000, dtype=np.float32))) == 0


@pytest.mark.parametrize("score", [*METRICS.values(), reverse_weighted_cosine, composite, lambda a, b: hybrid(a, b, 14)])
def test_a_spectrum_scores_the_same_to_the_last_bit_in_any_company(score: Callable[..., np.ndarray]) -> None:
    generator = np.random.default_rng(6)
    library = (generator.random((40, 1000)) ** 6 * (generator.random((40, 1000)) < 0.15)).astype(np.float32)
    query = (library[3] * generator.random(1000)).astype(np.float32)
    together = score(query, library)
    for some in (slice(0, 1), slice(5, 7), slice(30, 40)):
        assert score(query, library[some]).tolist() == together[some].tolist()
