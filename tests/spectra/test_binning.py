"""Unit-mass bins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.spectra.binning import BINS, from_bins, to_bins


def test_peaks_fall_into_the_nearest_bin_with_halves_going_up_and_are_summed() -> None:
    bins = to_bins(Spectrum(np.array([42.5, 43.0, 43.49, 43.5, 58.05]), np.array([1.0, 2.0, 1.0, 8.0, 4.0])))
    assert bins[42] == pytest.approx(4 / 8)
    assert bins[43] == 1
    assert bins[57] == pytest.approx(0.5)


def test_peaks_outside_the_bins_are_dropped() -> None:
    bins = to_bins(Spectrum(np.array([0.2, 1000.4, 1000.6]), np.array([5.0, 1.0, 9.0])))
    assert np.flatnonzero(bins).tolist() == [999]


def test_a_spectrum_wholly_outside_the_bins_is_all_zeros() -> None:
    assert not to_bins(Spectrum(np.array([1500.0]), np.array([1.0]))).any()


@given(arrays.arrays(np.float32, BINS, elements=st.floats(0, 1, width=32)).filter(lambda bins: bins.max() > 0.01))
def test_bins_survive_the_way_through_a_spectrum(bins: np.ndarray) -> None:
    again = to_bins(from_bins(bins, threshold=0.0))
    assert again == pytest.approx(bins / bins.max(), abs=1e-6)


def test_peaks_below_the_threshold_are_left_out() -> None:
    bins = np.zeros(BINS, dtype=np.float32)
    bins[[42, 57]] = [1.0, 0.0004]
    assert from_bins(bins).mz.tolist() == [43.0]


def test_empty_bins_make_no_spectrum() -> None:
    with pytest.raises(SpectrumError):
        from_bins(np.zeros(BINS, dtype=np.float32))
