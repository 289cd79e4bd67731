from io import BytesIO

import numpy as np
import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.formats.runs.agilent_ms import read_agilent_ms
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.jcamp_run import read_jcamp_run
from tests.formats.run_files import SCANS, agilent, jcamp_run


def read(data, reader=read_jcamp_run):
    return reader(BytesIO(data), "run", Watch())


def scans(run):
    return [
        list(zip(run.mz[a:b].tolist(), run.intensity[a:b].tolist(), strict=True))
        for a, b in zip(run.starts[:-1], run.starts[1:], strict=True)
    ]


ALL = [[(float(mz), float(i)) for mz, i in peaks] for _, peaks in SCANS]


@pytest.mark.parametrize("ntuples", [False, True])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_every_page_is_a_scan_whatever_the_line_ends(ntuples, ends):
    run = read(jcamp_run(ntuples=ntuples).replace(b"\n", ends))
    assert run.problems == ()
    assert run.title == "made run"
    np.testing.assert_allclose(run.time_min * 60, [time for time, _ in SCANS])
    assert scans(run) == ALL


def test_a_run_with_a_blank_title_is_read():
    assert scans(read(jcamp_run(title=""))) == ALL


def test_times_in_minutes_are_taken_so_where_the_units_say_it():
    assert read(jcamp_run(ntuples=True, unit="MINUTES")).time_min[0] == 60.0


def test_peaks_may_stand_several_in_a_line_between_semicolons_and_comments():
    data = b"##TITLE= x\n##PAGE= T=60\n##NPOINTS= 3\n##XYDATA= (XY..XY)\n43 10; 57 20 $$ a comment\n71,30\n##END=\n"
    assert scans(read(data)) == [[(43, 10), (57, 20), (71, 30)]]


def test_a_page_with_a_word_in_it_is_left_out_with_its_line_and_the_others_are_kept():
    lines = jcamp_run().split(b"\n")
    place = next(number for number, line in enumerate(lines) if line.startswith(b" 57."))
    lines[place] = b" 57.x, 3"
    run = read(b"\n".join(lines))
    assert scans(run) == ALL[1:]
    (problem,) = run.problems
    assert (problem.line, problem.rejected) == (place + 1, True)
    assert "57.x" in problem.what


def test_a_page_of_another_length_than_announced_is_kept_and_said():
    run = read(jcamp_run().replace(b"##NPOINTS= 2", b"##NPOINTS= 7", 1))
    assert scans(run) == ALL
    assert run.problems[0].what == "This page announces 7 points but lists 2."


def test_a_truncated_run_keeps_what_is_there():
    data = jcamp_run()
    run = read(data[: data.index(b"##SCAN_NUMBER= 11") - 8])
    assert scans(run)[:9] == ALL[:9]
    assert run.scans == 10
    assert run.problems


def test_a_page_that_lacks_an_intensity_keeps_its_pairs():
    run = read(b"##TITLE= x\n##PAGE= T=1\n##XYDATA= (XY..XY)\n43 10\n57\n##PAGE= T=2\n##XYDATA= (XY..XY)\n44 1\n##END=\n")
    assert scans(run) == [[(43, 10)], [(44, 1)]]
    assert "no intensity" in run.problems[0].what


def test_pages_in_steps_of_masses_are_left_out_and_said():
    data = b"##TITLE= x\n##PAGE= T=1\n##XYDATA= (X++(Y..Y))\n43 10 11\n##PAGE= T=2\n##XYDATA= (XY..XY)\n44 1\n##END=\n"
    run = read(data)
    assert scans(run) == [[(44, 1)]]
    assert run.problems[0].rejected


def test_a_run_without_pages_is_refused():
    with pytest.raises(UnreadableFile, match="no mass spectra"):
        read(b"##TITLE= x\n##END=\n")


def test_another_ionisation_is_said_in_jcamp():
    assert "CI+" in read(jcamp_run().replace(b"EI+", b"CI+")).problems[0].what


def test_agilent_scans_are_read_with_what_the_header_says():
    run = read(agilent(), read_agilent_ms)
    assert run.problems == ()
    assert (run.title, run.instrument, run.acquired) == ("sample 1", "5973N", "2004-09-17 10:28")
    np.testing.assert_allclose(run.time_min * 60, [time for time, _ in SCANS])
    assert scans(run) == ALL


def test_agilent_abundances_above_14_bits_are_unpacked_by_powers_of_8():
    run = read(agilent([(1.0, [(57.05, 16_383), (71.1, 80_000), (85.1, 8_380_000)])]), read_agilent_ms)
    assert run.intensity.tolist() == pytest.approx([16_383, 80_000, 8_380_000], rel=5e-4)
    assert run.mz.tolist() == pytest.approx([57.05, 71.1, 85.1], abs=0.001)


@pytest.mark.parametrize("count", [0, 24])
def test_agilent_scans_are_found_where_the_header_does_not_count_them(count):
    assert read(agilent(count=count), read_agilent_ms).scans == 24


def test_a_truncated_agilent_run_keeps_its_whole_scans_and_says_so():
    data = agilent()
    run = read(data[: len(data) * 3 // 4], read_agilent_ms)
    assert scans(run) == ALL[: run.scans]
    assert 10 < run.scans < 24
    assert f"announces 24 scans, but holds {run.scans}" in run.problems[0].what


def test_an_agilent_run_that_breaks_off_is_said_even_where_scans_are_not_counted():
    run = read(agilent(count=0)[:-20], read_agilent_ms)
    assert scans(run) == ALL[:-1]
    assert run.problems[0].what == "The file breaks off within a scan."


def test_an_agilent_count_that_is_too_low_costs_no_scan():
    assert scans(read(agilent(count=3), read_agilent_ms)) == ALL


@pytest.mark.parametrize("stamp", ["17 SEP 104  10:28", "17-Sep-04, 10:28", "", "yesterday"])
def test_dates_of_chemstation_are_read_or_kept_as_they_are(stamp):
    run = read(agilent(stamp=stamp), read_agilent_ms)
    assert run.acquired == ("2004-09-17 10:28" if stamp.startswith("17 ") else stamp)


def test_what_is_no_agilent_run_is_refused():
    for data in (b"", b"\x012\x00\x00", bytes(5000), agilent()[:0x2F2], agilent()[:0x108] + b"\xff" * 8 + agilent()[0x110:]):
        with pytest.raises(UnreadableFile):
            read(data, read_agilent_ms)
