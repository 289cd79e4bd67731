import numpy as np
import pytest

from bitspec_gui.domain.errors import Cancelled, SpectrumError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.run import Run
from bitspec_gui.services import runs
from bitspec_gui.services.runs import Pick

SIZE = 200


def shape(centre, height):
    return height * np.exp(-((np.arange(SIZE) - centre) ** 2) / 18)


@pytest.fixture
def run():
    """Two peaks, of m/z 57/71 at scan 60 and of 91/92 at 140, on a bleed of m/z 207."""
    ions = {
        57.0: shape(60, 9000),
        71.0: shape(60, 4000),
        91.0: shape(140, 6000),
        92.0: shape(140, 3000),
        207.0: np.full(SIZE, 500.0),
    }
    peaks = [[(mz, trace[scan]) for mz, trace in ions.items() if trace[scan] > 1] for scan in range(SIZE)]
    mz = np.array([mz for scan in peaks for mz, _ in scan], dtype=np.float32)
    intensity = np.array([i for scan in peaks for _, i in scan], dtype=np.float32)
    starts = np.concatenate([[0], np.cumsum([len(scan) for scan in peaks])]).astype(np.int64)
    tic = np.array([sum(i for _, i in scan) for scan in peaks])
    return Run("/data/made.cdf", 5 + np.arange(SIZE) / 100, tic, starts, mz, intensity, title="essence", instrument="5973N")


def test_a_picked_scan_is_a_record_named_after_file_time_and_scan(run):
    record = runs.record_of(run, Pick(60, 60))
    assert record.name == "made.cdf, 5.600 min (scan 61)"
    assert record.source_file == "/data/made.cdf"
    assert record.instrument == "5973N"
    assert record.comment == "Picked from a GC-MS run: 5.600 min, scan 61. Run: essence."
    assert record.spectrum.mz.tolist() == [57, 71, 207]


def test_a_range_less_its_background_says_what_was_subtracted(run):
    record = runs.record_of(run, Pick(58, 62, ((40, 42), (80, 80))))
    assert record.name == "made.cdf, 5.600 min (scans 59–63)"
    assert "less the mean of 4 background scans" in record.comment
    assert "Background scans: 41–43, 81–81." in record.comment
    assert 207 not in record.spectrum.mz.tolist()


def test_a_run_of_an_agilent_folder_is_named_after_the_folder(run):
    from dataclasses import replace

    assert runs.record_of(replace(run, source_file="/data/ALKANES.D/data.ms"), Pick(1, 1)).name.startswith("ALKANES.D, ")


def test_every_peak_of_a_run_gives_its_own_ions_and_not_the_bleed(run):
    told = []
    first, second = runs.peak_records(run, progress=told.append)
    assert first.spectrum.mz.tolist() == [57, 71]
    assert second.spectrum.mz.tolist() == [91, 92]
    assert first.spectrum.intensity[0] / first.spectrum.intensity[1] == pytest.approx(9 / 4, rel=0.01)
    assert [(each.done, each.total) for each in told] == [(1, 2), (2, 2)]


def test_the_background_of_a_peak_lies_beside_it(run):
    peak = runs.peaks(run)[0]
    pick = runs.pick_of_peak(run, peak)
    assert pick.first <= peak.apex == 60 <= pick.last
    (before, after) = pick.background
    assert before[1] < pick.first <= pick.last < after[0]


def test_taking_all_peaks_stops_when_it_is_cancelled(run):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        runs.peak_records(run, cancel=token)


def test_traces_are_named_by_their_ions_and_bad_ones_are_refused(run):
    bleed, both = runs.traces(run, "207, 57-71")
    assert (bleed.label, both.label) == ("m/z 207", "m/z 57–71")
    assert set(bleed.intensity.tolist()) == {500.0}
    with pytest.raises(SpectrumError, match="“x” is no m/z"):
        runs.traces(run, "57, x")


def test_what_is_picked_is_said_in_words(run):
    assert runs.described(run, Pick(0, 0)) == "5.000 min, scan 1"
    assert (
        runs.described(run, Pick(0, 9, ((20, 20),)))
        == "5.000 to 5.090 min, 10 scans (scans 1–10), less the mean of 1 background scan"
    )
