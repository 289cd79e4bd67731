from __future__ import annotations

import numpy as np
import pytest

from bitspec_gui.spectra.intensity_trend import intensity_trend

MZ = np.arange(1, 1001)


def compounds(number: int, seed: int = 3) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        bins = np.zeros(1000, dtype=np.float32)
        bins[random.choice(np.arange(40, 300), 25, replace=False)] = random.uniform(0.02, 1.0, 25)
        found.append(bins / bins.max())
    return found


@pytest.mark.parametrize("exponent", [-1.0, 0.5, 2.0])
def test_an_exact_power_of_mz_is_found_again(exponent):
    predicted = compounds(20)
    measured = [(bins * (MZ / 150.0) ** exponent).astype(np.float32) for bins in predicted]
    found = intensity_trend([bins / bins.max() for bins in measured], predicted, [1] * 20)
    assert found is not None
    assert found.exponent == pytest.approx(exponent, abs=1e-3)
    assert found.clear


def test_spectra_that_differ_at_random_have_no_clear_trend():
    random = np.random.default_rng(1)
    predicted = compounds(60)
    measured = [(bins * random.lognormal(0, 0.7, 1000)).astype(np.float32) for bins in predicted]
    found = intensity_trend([bins / bins.max() for bins in measured], predicted, [1] * 60)
    assert found is not None
    assert not found.clear


def test_what_lies_below_the_recorded_range_does_not_count():
    predicted = compounds(20)
    measured = [np.where(MZ < 100, bins * 0.05, bins).astype(np.float32) for bins in predicted]
    cut = intensity_trend(measured, predicted, [100] * 20)
    assert cut is not None
    assert cut.exponent == pytest.approx(0.0, abs=1e-6)


def test_too_few_compounds_have_no_trend():
    assert intensity_trend(compounds(4), compounds(4), [1] * 4) is None
    assert intensity_trend(compounds(9), [np.zeros(1000, dtype=np.float32)] * 9, [1] * 9) is None
