"""What a retention index does to a score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitspec_gui.spectra.retention import LEAST_FACTOR, STEPS_TO_LEAST, retention_factor


def factor(difference: float, tolerance: float = 30.0) -> float:
    return float(retention_factor(np.array([difference], dtype=np.float32), tolerance)[0])


@pytest.mark.parametrize(
    ("difference", "expected"),
    [(0, 1), (30, 1), (-30, 1), (60, 1 - 0.5 / 6), (-60, 1 - 0.5 / 6), (120, 0.75), (210, 0.5), (3000, 0.5), (np.nan, 1)],
)
def test_the_factor_is_one_within_the_tolerance_then_falls_to_its_bound(difference: float, expected: float) -> None:
    assert factor(difference) == pytest.approx(expected)


@given(st.floats(-5000, 5000), st.floats(0, 5000), st.floats(0.1, 500))
def test_a_larger_difference_is_never_better(difference: float, more: float, tolerance: float) -> None:
    nearer, further = factor(difference, tolerance), factor(difference + np.copysign(more, difference), tolerance)
    assert LEAST_FACTOR <= further <= nearer <= 1


def test_a_tolerance_of_nothing_lowers_whatever_differs_and_divides_by_nothing() -> None:
    assert factor(0.0, 0.0) == 1
    assert factor(STEPS_TO_LEAST + 1, 0.0) == LEAST_FACTOR
