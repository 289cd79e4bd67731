from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.runs import netcdf_classic
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.netcdf_library import read_netcdf_library
from bitspec_gui.formats.runs.netcdf_run import read_netcdf_run
from tests.formats.netcdf_writer import netcdf
from tests.formats.run_files import LIBRARY, SCANS, andi, andi_library

TIMES = np.array([time for time, _ in SCANS])


def read(data):
    return read_netcdf_run(BytesIO(data), "run.cdf", Watch())


def scan(run, index):
    part = slice(run.starts[index], run.starts[index + 1])
    return list(zip(run.mz[part].tolist(), run.intensity[part].tolist(), strict=True))


def as_read(peaks):
    return [(float(np.float32(mz)), float(np.float32(intensity))) for mz, intensity in peaks]


@pytest.mark.parametrize("version", [1, 2, 5])
@pytest.mark.parametrize("records", [True, False], ids=["unlimited", "fixed"])
@pytest.mark.parametrize("kinds", [("f4", "f4"), ("f8", "i4"), ("i2", "i2")])
def test_every_layout_and_type_of_andi_gives_the_same_run(version, records, kinds):
    run = read(andi(version=version, records=records, mass=kinds[0], intensity=kinds[1]))
    assert run.problems == ()
    assert run.title == "Made for tests"
    np.testing.assert_allclose(run.time_min, TIMES / 60)
    assert [scan(run, index) for index in range(run.scans)] == [as_read(peaks) for _, peaks in SCANS]
    np.testing.assert_allclose(run.tic, [sum(intensity for _, intensity in peaks) for _, peaks in SCANS])


def test_packed_values_are_unpacked_with_their_scale_and_offset():
    points = [pair for _, peaks in SCANS for pair in peaks]
    packed = (("point_number",), np.array([(mz - 10) * 20 for mz, _ in points], dtype="i2"))
    run = read(andi(mass_values=(*packed, {"scale_factor": np.array([0.05]), "add_offset": np.array([10.0])})))
    np.testing.assert_allclose(run.mz, [mz for mz, _ in points], atol=1e-4)


def test_scans_without_point_counts_end_where_the_next_begins():
    run = read(andi(without=["point_count"]))
    assert [scan(run, index) for index in range(run.scans)] == [as_read(peaks) for _, peaks in SCANS]
    assert [problem.rejected for problem in run.problems] == [False]


def test_scans_without_an_index_are_counted_from_their_points():
    run = read(andi(without=["scan_index"]))
    assert [scan(run, index) for index in range(run.scans)] == [as_read(peaks) for _, peaks in SCANS]


def test_a_file_that_says_nothing_of_its_scans_is_refused():
    with pytest.raises(UnreadableFile, match="where its scans begin"):
        read(andi(without=["scan_index", "point_count"]))


def test_unsorted_and_zero_padded_scans_are_sorted_and_their_padding_goes():
    run = read(andi([(1.0, [(71, 5), (0, 0), (57, 9), (60, 0)]), (2.0, [(0, 0)]), (3.0, [(44, 1)])]))
    assert [scan(run, index) for index in range(3)] == [[(57, 9), (71, 5)], [], [(44, 1)]]
    assert run.problems == ()


def test_times_said_to_be_minutes_stay_minutes():
    values = np.array([1.0, 2.0, 3.0])
    scans = [(0.0, [(57, 9)])] * 3
    said = read(andi(scans, scan_acquisition_time=(("scan_number",), values, {"units": "minutes"})))
    np.testing.assert_allclose(said.time_min, values)
    assert read(andi(scans, scan_acquisition_time=(("scan_number",), values, {}))).time_min[0] == pytest.approx(1 / 60)


def test_times_that_fit_the_durations_of_scans_only_as_minutes_are_taken_so_and_that_is_said():
    scans = [(0.01 * number, [(57, 9)]) for number in range(10)]
    run = read(andi(scans, scan_duration=(("scan_number",), np.full(10, 0.6), {})))
    assert run.time_min[-1] == pytest.approx(0.09)
    assert "minutes" in run.problems[0].what


def test_missing_times_are_put_between_their_neighbours_or_a_second_apart():
    run = read(andi([(60.0, [(57, 9)]), (-9999.0, [(57, 9)]), (180.0, [(57, 9)])]))
    assert run.time_min.tolist() == [1.0, 2.0, 3.0]
    run = read(andi([(-9999.0, [(57, 9)])] * 3))
    np.testing.assert_allclose(run.time_min * 60, [0, 1, 2])
    assert "no retention times" in run.problems[0].what


def test_scans_out_of_order_are_sorted_with_their_peaks():
    run = read(andi([(3.0, [(43, 1), (58, 2)]), (1.0, [(57, 9)]), (2.0, [(71, 5)])]))
    assert [scan(run, index) for index in range(3)] == [[(57, 9)], [(71, 5)], [(43, 1), (58, 2)]]
    assert "order" in run.problems[0].what


@pytest.mark.parametrize("records", [True, False])
def test_a_truncated_run_keeps_the_whole_scans_before_the_break_and_says_so(records):
    whole = andi(records=records)
    run = read(whole[:-50])
    assert 10 <= run.scans < len(SCANS)
    assert [scan(run, index) for index in range(run.scans)] == [as_read(peaks) for _, peaks in SCANS[: run.scans]]
    (problem,) = [problem for problem in run.problems if problem.rejected]
    assert f"{run.scans} scans" in problem.kept


def test_absurd_masses_are_refused_in_a_sentence_even_outside_of_the_scans():
    scans = [(float(time), [(51, 5), (1e9, 3)]) for time in range(20)]
    counts = (("scan_number",), np.full(20, 1, dtype="i4"), {})
    with pytest.raises(UnreadableFile, match="impossible values among 40 points, such as m/z 1,000,000,000"):
        read(andi(scans, mass="f8", point_count=counts))


def test_a_single_impossible_point_is_left_out_and_said():
    scans = [(float(time), [(51, 5), (77, 3)]) for time in range(200)]
    scans[7] = (7.0, [(51, 5), (float("nan"), 3)])
    run = read(andi(scans))
    assert run.mz.size == 399
    assert run.problems[0].what == "1 point has an impossible m/z or intensity."


def test_negative_intensities_of_a_subtracted_run_are_left_out_and_said():
    run = read(andi([(float(time), [(51, 5), (77, -3), (78, 4)]) for time in range(10)]))
    assert scan(run, 3) == [(51, 5), (78, 4)]
    assert run.problems[0].what == "10 points have a negative intensity."


def test_scans_that_overlap_cannot_make_a_file_larger_than_it_is():
    counts = (("scan_number",), np.full(24, 2_000_000_000, dtype="i4"), {})
    run = read(andi(point_count=counts))
    assert run.mz.size <= 64
    index = (("scan_number",), np.zeros(24, dtype="i4"), {})
    counts = (("scan_number",), np.full(24, 30, dtype="i4"), {})
    run = read(andi(scan_index=index, point_count=counts))
    assert run.mz.size <= 64


def test_chromatograms_of_detectors_and_netcdf_4_are_refused_saying_what_they_are():
    trace = netcdf({"point_number": 3}, {"ordinate_values": (("point_number",), np.ones(3), {})})
    with pytest.raises(UnreadableFile, match="without mass spectra"):
        read(trace)
    with pytest.raises(UnreadableFile, match="HDF5"):
        read(b"\x89HDF\r\n\x1a\n" + bytes(100))


def test_headers_that_promise_more_than_there_is_are_refused_at_once():
    for data in (
        b"CDF\x01",
        b"CDF\x01" + b"\xff" * 400,
        b"CDF\x01" + bytes(4000),
        b"CDF\x05" + b"\x7f" * 200,
        b"CDF\x01\0\0\0\0\0\0\0\x0a\xff\xff\xff\xff" + bytes(100),
    ):
        with pytest.raises(UnreadableFile):
            read(data)


def test_a_variable_that_lies_outside_of_any_file_is_refused():
    whole = andi(records=False, version=5)
    # After its name: one dimension, no attributes, type, size, and the place of the values.
    begin = whole.rindex(b"intensity_values") + 16 + 16 + 12 + 4 + 8
    with pytest.raises(UnreadableFile, match="damaged netCDF"):
        read(whole[:begin] + b"\xff" * 8 + whole[begin + 8 :])


def test_a_variable_larger_than_any_run_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(netcdf_classic, "MAX_VARIABLE_BYTES", 100)
    with pytest.raises(UnreadableFile, match="larger than any GC-MS run"):
        read(andi())


def test_profiles_are_centroided_and_that_is_said():
    grid = np.arange(56.0, 59.0, 0.05)
    shape = 1000 * np.exp(-((grid - 57.1) ** 2) / (2 * 0.12**2)) + 400 * np.exp(-((grid - 58.1) ** 2) / (2 * 0.12**2))
    peaks = [(float(a), float(b)) for a, b in zip(grid, shape, strict=True) if b > 1]
    run = read(andi([(1.0, peaks), (2.0, peaks)], attributes={"experiment_type": "Continuum Mass Spectrum"}))
    assert [round(mz, 2) for mz, _ in scan(run, 1)] == pytest.approx([57.1, 58.1], abs=0.02)
    assert "centroided" in run.problems[0].kept


def test_another_ionisation_is_said():
    run = read(andi(attributes={"test_ionization_mode": "Chemical Ionization"}))
    assert "chemical ionization" in run.problems[0].what
    assert read(andi(attributes={"test_ionization_mode": "Electron Impact"})).problems == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 800), st.integers(1, 30_000)), max_size=6, unique_by=lambda pair: pair[0]),
        min_size=1,
        max_size=12,
    ).filter(any)
)
def test_whatever_the_scans_are_they_come_back_sorted(scans):
    run = read(andi([(float(time), peaks) for time, peaks in enumerate(scans)]))
    assert [scan(run, index) for index in range(run.scans)] == [as_read(sorted(peaks)) for peaks in scans]


def test_a_library_in_netcdf_gives_its_records_and_a_problem_for_what_cannot_be_one():
    records = list(read_netcdf_library(andi_library([*LIBRARY, ("empty", "", "", 0, 0, [(0, 0)])]), "lib.cdf"))
    assert [item.name for item in records[:3]] == ["acetone", "benzene", "nothing known"]
    acetone, _, unknown, empty = records
    assert (acetone.smiles, acetone.formula, acetone.cas, acetone.nominal_mass) == ("CC(C)=O", "C3H6O", "67-64-1", 58)
    assert acetone.spectrum.mz.tolist() == [43, 58]
    assert (unknown.smiles, unknown.formula, unknown.cas, unknown.nominal_mass) == (None, None, None, None)
    assert isinstance(empty, Problem)
    assert empty.rejected


def test_a_library_is_no_run_and_says_what_it_is():
    with pytest.raises(UnreadableFile, match="library of spectra"):
        read(andi_library())


def test_another_reader_of_netcdf_sees_the_same_values_in_made_files(tmp_path):
    netcdf4 = pytest.importorskip("netCDF4")
    path = tmp_path / "made.cdf"
    path.write_bytes(andi(mass="i2", intensity="f4"))
    with netcdf4.Dataset(path) as other:
        run = read(path.read_bytes())
        np.testing.assert_array_equal(np.asarray(other["mass_values"][:], dtype=np.float32), run.mz)
        np.testing.assert_array_equal(np.asarray(other["intensity_values"][:]), run.intensity)
