from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.spectra.recorded_range import lowest_mz

OTHER_EI = Path(__file__).resolve().parents[3] / "shared" / "data" / "other_ei"


def record(first: float, file: str = "lab.msp", **more: str) -> SpectrumRecord:
    return SpectrumRecord(Spectrum(np.array([first, 150.0, 200.0]), np.array([10.0, 100.0, 50.0])), source_file=file, **more)


def test_of_many_spectra_the_smallest_mz_is_where_recording_began():
    found = lowest_mz([record(mz) for mz in (91, 85.2, 101, 87, 119, 85, 90, 103, 85, 99)])
    assert found.tolist() == [85] * 10
    assert found.dtype == np.int64


def test_a_few_spectra_are_not_taken_for_the_instruments_start_beyond_the_usual():
    assert lowest_mz([record(85), record(91)]).tolist() == [50, 50]
    assert lowest_mz([record(40), record(91)]).tolist() == [40, 40]


def test_instruments_of_one_file_begin_each_where_they_do():
    first = [record(mz, instrument="A") for mz in range(40, 50)]
    second = [record(mz, instrument="B") for mz in range(70, 80)]
    assert lowest_mz([*first, *second]).tolist() == [40] * 10 + [70] * 10


def test_files_of_one_spectrum_count_together_with_those_beside_them():
    records = [record(60 + number, f"records.zip/{number}.txt") for number in range(10)]
    assert lowest_mz(records).tolist() == [60] * 10


def test_a_spectrum_is_never_cut_and_strays_do_not_move_the_others():
    records = [record(85) for _ in range(99)] + [record(18)]
    assert lowest_mz(records).tolist() == [85] * 99 + [18]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"comment": "Scan range: m/z 40 - 600"}, 40),
        ({"extra": (("SCAN_RANGE_M/Z", "33.5-550"),)}, 33),
        ({"extra": (("AC$MASS_SPECTROMETRY", "MASS_RANGE_M/Z 45 to 500"),)}, 45),
        ({"comment": "Scan range: m/z 90-600"}, 50),
        ({"comment": "in the range of 10 to 20 degrees"}, 50),
    ],
)
def test_a_stated_range_counts_where_the_peaks_keep_to_it(more, expected):
    assert lowest_mz([record(85, **more)]).tolist() == [expected]


def test_noise_below_the_start_does_not_count():
    spectrum = Spectrum(np.array([12.0, 85.0, 150.0]), np.array([0.1, 50.0, 100.0]))
    assert lowest_mz([SpectrumRecord(spectrum, source_file="a")] * 10).tolist() == [85] * 10


def test_no_spectra_have_no_start():
    assert lowest_mz([]).shape == (0,)


@pytest.mark.data
@pytest.mark.skipif(not OTHER_EI.is_dir(), reason="the development data are not there")
@pytest.mark.parametrize(("name", "start"), [("mona2020_ucdavis", 85), ("pnnl_metabolites", 50)])
def test_laboratories_that_begin_late_are_recognised(name, start):
    with (OTHER_EI / f"{name}.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for _, line in zip(range(150), stream, strict=False)]
    records = [SpectrumRecord(Spectrum(*np.array(row["peaks"]).T), source_file=name) for row in rows]
    assert set(lowest_mz(records).tolist()) <= {start - 1, start, start + 1}
