"""Unknowns of spectrum files and of GC-MS runs, one after the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services import query_files
from bitspec_gui.services.query_files import read_queries

AGILENT_RUN = Path(__file__).resolve().parents[3] / "shared" / "data" / "raw_files" / "cheminfo_agilent-gcms.cdf"
MSP = "Name: one\nNum Peaks: 1\n78 999\n\nName: bad\nNum Peaks: 1\n78 x\n\nName: two\nNum Peaks: 1\n91 999\n"


def made_run() -> Run:
    """Sixty scans, two a second: m/z 40 always, m/z 91 in a peak at 0.2 min, m/z 128 in one at 0.4 min."""
    time_min = np.arange(60) / 120
    bells = [1e5 * np.exp(-(((time_min - at) / 0.02) ** 2)) for at in (0.2, 0.4)]
    scans = [
        [(mz, height) for mz, height in ((40.0, 50.0), (91.0, bells[0][s]), (128.0, bells[1][s])) if height > 1]
        for s in range(time_min.size)
    ]
    starts = np.concatenate([[0], np.cumsum([len(scan) for scan in scans])])
    mz, intensity = np.array([peak for scan in scans for peak in scan], dtype=np.float32).T
    tic = np.array([sum(height for _, height in scan) for scan in scans])
    said = Problem("run.cdf", None, "Scan 3 was repaired.", "It was kept.", rejected=False)
    return Run("run.cdf", time_min, tic, starts, mz, intensity, problems=(said,))


@pytest.fixture
def run_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is taken for a run."""
    path = tmp_path / "run.cdf"
    path.write_bytes(b"CDF\x01")
    really = query_files.holds_run
    monkeypatch.setattr(query_files, "holds_run", lambda each: each == path or really(each))
    monkeypatch.setattr(query_files, "open_run", lambda *_args, **_named: made_run())
    return path


def sorted_out(items: list[SpectrumRecord | Problem]) -> tuple[list[SpectrumRecord], list[Problem]]:
    records = [item for item in items if isinstance(item, SpectrumRecord)]
    return records, [item for item in items if isinstance(item, Problem)]


def base_peak(record: SpectrumRecord) -> float:
    return float(record.spectrum.mz[record.spectrum.intensity.argmax()])


def test_records_of_all_files_come_in_order_with_what_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.msp").write_text(MSP)
    (tmp_path / "text.msp").write_text("This is a letter, and no spectrum at all.\n")
    paths = [tmp_path / "a.msp", tmp_path / "absent.msp", tmp_path / "text.msp", tmp_path / "a.msp"]
    records, problems = sorted_out(list(read_queries(paths)))
    assert [record.name for record in records] == ["one", "two", "one", "two"]
    assert [(Path(problem.file).name, problem.rejected) for problem in problems] == [
        ("a.msp", True),
        ("absent.msp", True),
        ("text.msp", True),
        ("a.msp", True),
    ]
    assert all(str(problem).count(str(tmp_path)) == 1 for problem in problems), [str(problem) for problem in problems]


def test_of_a_run_all_peaks_are_taken_less_their_background(run_path: Path) -> None:
    records, problems = sorted_out(list(read_queries([run_path])))
    assert [base_peak(record) for record in records] == [91.0, 128.0]
    assert [str(problem) for problem in problems] == ["run.cdf: Scan 3 was repaired. It was kept."]
    assert {record.source_file for record in records} == {str(run_path)}


def test_of_a_run_the_peak_at_a_time_is_taken_and_where_there_is_none_the_scan(run_path: Path) -> None:
    records, problems = sorted_out(list(read_queries([run_path], [0.39, 0.02, 7.0])))
    assert [base_peak(record) for record in records] == [128.0, 40.0]
    assert len(records[0].spectrum) == 1  # m/z 40 is background
    (_, outside) = problems
    assert "There is no scan at 7 min: the run goes from 0.000 to 0.492 min." in str(outside)


def test_reading_stops_on_the_users_wish(tmp_path: Path) -> None:
    (tmp_path / "a.msp").write_text(MSP)
    token = CancelToken()
    items = read_queries([tmp_path / "a.msp"], cancel=token)
    assert isinstance(next(items), SpectrumRecord)
    token.cancel()
    with pytest.raises(Cancelled):
        next(items)


@pytest.mark.data
@pytest.mark.skipif(not AGILENT_RUN.is_file(), reason="../shared/data is not there")
def test_real_run_gives_its_peaks_and_the_one_at_a_time() -> None:
    records, problems = sorted_out(list(read_queries([AGILENT_RUN])))
    assert len(records) > 30
    assert not [problem for problem in problems if problem.rejected]
    (at,), _ = sorted_out(list(read_queries([AGILENT_RUN], [5.0])))
    assert "5.00" in at.name
