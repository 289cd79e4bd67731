import gzip

import numpy as np
import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.formats.runs import assembly
from bitspec_gui.formats.runs.registry import holds_run, open_run
from bitspec_gui.formats.sniffing import Format
from bitspec_gui.formats.sources import FileSource
from tests.formats.run_files import LIBRARY, SCANS, agilent, andi, andi_library, jcamp_run, mzml, mzxml

KINDS = {"netcdf": andi(), "mzml": mzml(), "mzxml": mzxml(), "jcamp": jcamp_run(), "agilent": agilent()}


def write(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_content_decides_which_reader_takes_a_run(tmp_path, kind, pack):
    path = write(tmp_path, "whatever.txt", pack(KINDS[kind]))
    assert holds_run(path)
    run = open_run(path)
    assert run.scans == len(SCANS)
    assert run.source_file == str(path)
    assert run.tic.sum() == sum(intensity for _, peaks in SCANS for _, intensity in peaks)


@pytest.mark.parametrize("name", ["data.ms", "DATA.MS", "MSD1.MS"])
def test_the_folder_of_agilent_is_opened_by_its_data_file(tmp_path, name):
    write(tmp_path, f"RUN.D/{name}", agilent())
    write(tmp_path, "RUN.D/report.txt", b"x")
    assert holds_run(tmp_path / "RUN.D")
    assert open_run(tmp_path / "RUN.D").scans == len(SCANS)


def test_folders_of_other_programs_are_refused_with_a_way_on(tmp_path):
    write(tmp_path, "RUN.D/AcqData/MSScan.bin", b"x")
    assert not holds_run(tmp_path / "RUN.D")
    with pytest.raises(UnreadableFile, match=r"MassHunter folder.*Export the run as netCDF"):
        open_run(tmp_path / "RUN.D")
    with pytest.raises(UnreadableFile, match=r"without a data\.ms"):
        open_run(tmp_path)


def test_what_is_no_run_is_refused_saying_what_it_is(tmp_path):
    with pytest.raises(UnreadableFile, match=r"holds spectra \(MSP\), but no GC-MS run"):
        open_run(write(tmp_path, "a.cdf", b"Name: acetone\nNum Peaks: 1\n43 999\n"))
    with pytest.raises(UnreadableFile, match="is empty"):
        open_run(write(tmp_path, "b.cdf", b""))
    with pytest.raises(UnreadableFile, match="no GC-MS run"):
        open_run(write(tmp_path, "c.cdf", b"nothing of the kind"))
    with pytest.raises(UnreadableFile, match="does not exist"):
        open_run(tmp_path / "none.cdf")
    assert not holds_run(tmp_path / "none.cdf")


def test_two_gigabytes_of_zeros_are_refused_without_being_read(tmp_path):
    for head in (b"", b"CDF\x01", b"\x012\x00\x00", b"<mzML>"):
        path = write(tmp_path, "zeros", head)
        with path.open("r+b") as stream:
            stream.truncate(2 << 30)
        with pytest.raises(UnreadableFile):
            open_run(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_gzip_file_keeps_the_scans_before_the_cut(tmp_path, kind):
    packed = gzip.compress(KINDS[kind], compresslevel=0)
    run = open_run(write(tmp_path, "run.gz", packed[: len(packed) * 4 // 5]))
    assert 0 < run.scans < len(SCANS)
    np.testing.assert_allclose(run.time_min * 60, [time for time, _ in SCANS[: run.scans]])
    assert "gzip" in run.problems[-1].what


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path):
    bomb = gzip.compress(jcamp_run() + b" " * (64 << 20))
    with pytest.raises(UnreadableFile, match="unpacked to"):
        open_run(write(tmp_path, "bomb.gz", bomb))


def test_a_run_larger_than_any_is_cut_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(assembly, "MAX_SCANS", 10)
    run = open_run(write(tmp_path, "run.mzML", mzml()))
    assert run.scans == 10
    assert run.problems[0].rejected


def test_of_very_many_problems_only_the_first_are_told_one_by_one(tmp_path):
    # One for each page, and one for times that begin anew.
    data = jcamp_run(SCANS * 3).replace(b"##NPOINTS= ", b"##NPOINTS= 9")
    run = open_run(write(tmp_path, "run.jdx", data))
    assert run.scans == 72
    assert len(run.problems) == assembly.MAX_TOLD + 1
    assert run.problems[-1].what == f"There were {73 - assembly.MAX_TOLD} further problems, which are not listed."


def test_progress_is_told_and_never_exceeds_the_file(tmp_path):
    told = []
    path = write(tmp_path, "run.mzML", mzml())
    open_run(path, progress=told.append)
    assert told[-1].done == told[-1].total
    assert all(0 <= each.done <= each.total == path.stat().st_size for each in told)


def test_a_netcdf_library_is_no_run_but_a_source_of_records(tmp_path):
    path = write(tmp_path, "lib.cdf", andi_library())
    assert not holds_run(path)
    records = list(FileSource(path, Format.NETCDF_LIBRARY).records())
    assert [record.name for record in records] == [entry[0] for entry in LIBRARY]
