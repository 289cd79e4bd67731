import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.run import Run
from bitspec_gui.spectra.centroiding import centroids_of_scans, looks_like_profile
from bitspec_gui.spectra.chromatogram import (
    apex_near,
    averaged_spectrum,
    extracted_ion,
    find_peaks,
    is_unit_mass,
    mass_windows,
    noise_of,
    scan_at,
)


def run_of(scans, step_min=0.01):
    """A run of lists of (m/z, intensity)."""
    mz = np.array([mz for peaks in scans for mz, _ in peaks], dtype=np.float32)
    intensity = np.array([i for peaks in scans for _, i in peaks], dtype=np.float32)
    starts = np.concatenate([[0], np.cumsum([len(peaks) for peaks in scans])]).astype(np.int64)
    tic = np.array([sum(i for _, i in peaks) for peaks in scans], dtype=np.float64)
    return Run("made.cdf", step_min * np.arange(len(scans)), tic, starts, mz, intensity)


def pairs(spectrum):
    return [(round(mz, 4), round(i, 4)) for mz, i in zip(spectrum.mz.tolist(), spectrum.intensity.tolist(), strict=True)]


def window(text):
    (found,) = mass_windows(text)
    return (round(found.low, 6), round(found.high, 6), found.label)


def test_ions_are_typed_as_unit_masses_tolerances_and_ranges():
    assert window("57") == (56.5, 57.5, "57")
    assert window("57.07±0.02") == window("57.07 +- 0.02") == (57.05, 57.09, "57.07±0.02")
    assert window("57.07") == (57.065, 57.075, "57.07")
    assert window("50-60") == (49.5, 60.5, "50–60")
    assert [each.label for each in mass_windows(" 57, 71;85  99 57 ")] == ["57", "71", "85", "99"]
    assert mass_windows("  ") == ()


@pytest.mark.parametrize("text", ["fifty", "57,x", "60-50", "57±0", "-57", "57±", " ".join(map(str, range(20)))])
def test_what_is_no_ion_is_refused_naming_it(text):
    with pytest.raises(SpectrumError) as error:
        mass_windows(text)
    assert len(str(error.value)) > 20


def test_a_trace_adds_up_the_peaks_of_its_window_scan_by_scan():
    run = run_of([[(56.6, 1), (57.4, 2), (57.5, 100)], [], [(57.0, 5)], [(71, 7)]])
    assert extracted_ion(run, mass_windows("57")[0]).tolist() == [3, 0, 5, 0]
    assert extracted_ion(run, mass_windows("57.5±0.05")[0]).tolist() == [100, 0, 0, 0]


@given(st.lists(st.lists(st.tuples(st.integers(10, 200), st.integers(0, 900)), max_size=8), min_size=1, max_size=10))
@settings(max_examples=50, deadline=None)
def test_traces_of_all_masses_add_up_to_the_total(scans):
    run = run_of([sorted(peaks) for peaks in scans])
    total = sum(extracted_ion(run, each) for each in mass_windows("0-99 100-150 151-300"))
    np.testing.assert_allclose(total, run.tic)


def test_one_scan_without_background_is_given_as_recorded():
    run = run_of([[(56.9, 10), (57.3, 20)]])
    assert averaged_spectrum(run, 0, 0).mz.tolist() == pytest.approx([56.9, 57.3])


def test_an_average_is_the_mean_and_jitter_of_a_unit_mass_is_one_peak():
    run = run_of([[(57.0, 10), (71.0, 4)], [(57.1, 30)], [(57.05, 20), (71.1, 8)], []])
    assert pairs(averaged_spectrum(run, 0, 3)) == [(57.0667, 15.0), (71.0667, 3.0)]


def test_accurate_masses_that_are_apart_stay_apart():
    scans = [[(57.0335, 10), (57.0704, 20), (57.12, 5)], [(57.0337, 30), (57.0702, 20), (57.12, 5)]]
    run = run_of(scans)
    assert not is_unit_mass(run)
    mean = averaged_spectrum(run, 0, 1)
    assert mean.mz.tolist() == pytest.approx([57.03365, 57.0703, 57.12], abs=2e-5)
    assert mean.intensity.tolist() == [20, 20, 5]


def test_the_mean_of_the_background_before_and_after_is_subtracted():
    run = run_of(
        [[(28, 100), (207, 40)], [(28, 110), (57, 500), (207, 45)], [(28, 120), (57, 700), (207, 47)], [(28, 100), (207, 50)]]
    )
    left = averaged_spectrum(run, 1, 2, [(0, 0), (3, 3)])
    assert pairs(left) == [(28.0, 15.0), (57.0, 600.0), (207.0, 1.0)]


def test_what_is_larger_in_the_background_is_gone_and_nothing_is_negative():
    run = run_of([[(28, 100), (57, 5)], [(28, 300), (57, 4), (207, 9)]])
    assert pairs(averaged_spectrum(run, 0, 0, [(1, 1)])) == [(57.0, 1.0)]


def test_when_nothing_is_left_a_sentence_says_so():
    run = run_of([[(57, 5)], [(57, 9)], []])
    with pytest.raises(SpectrumError, match="Nothing is left"):
        averaged_spectrum(run, 0, 0, [(1, 1)])
    with pytest.raises(SpectrumError, match="Scan 3"):
        averaged_spectrum(run, 2, 2)
    with pytest.raises(SpectrumError, match="has no peaks"):
        averaged_spectrum(run, 2, 2, [(0, 0)])
    with pytest.raises(IndexError):
        averaged_spectrum(run, 1, 3)


def test_the_scan_of_a_time_is_the_nearest():
    run = run_of([[(57, 1)]] * 5, step_min=1.0)
    assert [scan_at(run, time) for time in (-3, 0.4, 0.6, 3.9, 99)] == [0, 0, 1, 4, 4]


def gauss(centre, width, height, size):
    return height * np.exp(-((np.arange(size) - centre) ** 2) / (2 * width**2))


def test_the_top_of_a_hill_is_found_from_its_side_over_small_dips():
    trace = gauss(50, 6, 1000, 120)
    trace[46] -= 200
    assert apex_near(trace, 42) == apex_near(trace, 57) == 50
    assert apex_near(np.ones(9), 4) == 4


def test_peaks_stand_out_of_noise_and_those_in_it_are_none():
    rng = np.random.default_rng(5)
    trace = 1000 + rng.normal(0, 10, 600) + gauss(100, 4, 2000, 600) + gauss(300, 5, 400, 600) + gauss(312, 4, 800, 600)
    peaks = find_peaks(trace)
    assert [round(peak.apex, -1) for peak in peaks] == [100, 310]
    assert noise_of(trace) == pytest.approx(10, rel=0.3)
    for peak in peaks:
        assert peak.first < peak.apex < peak.last
    assert 82 <= peaks[0].first <= 95
    assert 105 <= peaks[0].last <= 118


def test_peaks_that_overlap_are_parted_in_the_valley():
    trace = gauss(50, 4, 1000, 130) + gauss(66, 4, 700, 130)
    first, second = find_peaks(trace)
    assert (first.apex, second.apex) == (50, 66)
    assert 55 <= first.last <= second.first <= 61


def test_a_run_that_begins_on_the_way_down_has_no_peak_there():
    trace = 1000 * np.exp(-np.arange(200) / 10) + gauss(120, 4, 300, 200)
    assert [peak.apex for peak in find_peaks(trace)] == [120]


@pytest.mark.parametrize(
    "trace", [[], [1.0], [1.0, 2.0, 1.0][:2], [0.0] * 50, [7.0] * 50, list(range(50)), list(range(50, 0, -1))]
)
def test_traces_without_a_hill_have_no_peaks(trace):
    assert find_peaks(np.array(trace, dtype=np.float64)) == ()


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=120))
@settings(max_examples=150, deadline=None)
def test_peaks_lie_in_order_within_the_trace_with_their_top_as_the_largest_scan(values):
    trace = np.array(values)
    last = 0
    for peak in find_peaks(trace):
        assert 0 <= peak.first <= peak.apex <= peak.last < trace.size
        assert peak.apex >= last
        assert trace[peak.apex] == trace[peak.first : peak.last + 1].max()
        last = peak.apex


def test_hills_of_a_profile_become_peaks_at_their_centre_with_the_sum_of_their_points():
    grid = np.arange(80.9, 81.3, 0.004)
    points = 1000 * np.exp(-((grid - 81.07) ** 2) / (2 * 0.01**2)) + 500 * np.exp(-((grid - 81.15) ** 2) / (2 * 0.01**2))
    mz, intensity = np.tile(grid, 2), np.tile(points, 2)
    kept = intensity > 1
    starts = np.array([0, kept[: grid.size].sum(), kept.sum()], dtype=np.int64)
    centre, height, begins = centroids_of_scans(mz[kept], intensity[kept], starts)
    assert begins.tolist() == [0, 2, 4]
    assert centre[:2] == pytest.approx([81.07, 81.15], abs=5e-4)
    assert height.sum() == pytest.approx(intensity[kept].sum())


@given(st.lists(st.tuples(st.floats(1, 500), st.floats(0.1, 1e6)), max_size=60), st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_centroiding_keeps_the_total_of_every_scan_and_the_order_of_masses(points, scans):
    each = sorted(points)
    mz = np.array([mz for mz, _ in each] * scans)
    intensity = np.array([i for _, i in each] * scans)
    starts = np.arange(scans + 1, dtype=np.int64) * len(each)
    centre, height, begins = centroids_of_scans(mz, intensity, starts)
    assert begins[-1] == centre.size == height.size
    for scan in range(scans):
        part = slice(begins[scan], begins[scan + 1])
        assert height[part].sum() == pytest.approx(intensity[: len(each)].sum())
        assert (np.diff(centre[part]) >= 0).all()


def test_profiles_are_told_from_centroids_by_how_close_their_points_lie():
    profile = np.tile(np.arange(50, 150, 0.05), 3)
    starts = np.array([0, 2000, 4000, 6000], dtype=np.int64)
    assert looks_like_profile(profile, starts)
    unit = np.tile(np.arange(50.0, 550.0), 3)
    assert not looks_like_profile(unit, np.array([0, 500, 1000, 1500], dtype=np.int64))
