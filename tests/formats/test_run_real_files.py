"""Real runs of ../shared/data/raw_files, beside what other readers make of them."""

import base64
import zlib
from xml.etree import ElementTree

import numpy as np
import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.registry import sources
from bitspec_gui.formats.runs.registry import holds_run, open_run

pytestmark = pytest.mark.data


@pytest.fixture
def raw(request):
    folder = request.config.rootpath.parent / "shared" / "data" / "raw_files"
    if not folder.is_dir():
        pytest.skip("../shared/data/raw_files is not there")
    return folder


@pytest.mark.parametrize(("name", "scans"), [("cheminfo_agilent-gcms.cdf", 6401), ("openchrom_HP_CENTSCNH.CDF", 621)])
def test_netcdf_runs_agree_with_the_netcdf_library_value_by_value(raw, name, scans):
    netcdf4 = pytest.importorskip("netCDF4")
    run = open_run(raw / name)
    with netcdf4.Dataset(raw / name) as other:
        assert run.scans == scans
        np.testing.assert_allclose(run.time_min * 60, other["scan_acquisition_time"][:])
        np.testing.assert_allclose(run.tic, other["total_intensity"][:])
        np.testing.assert_array_equal(np.diff(run.starts), other["point_count"][:])
        np.testing.assert_array_equal(np.sort(run.mz), np.sort(np.asarray(other["mass_values"][:])))


def test_the_kratos_file_is_refused_in_a_sentence(raw):
    with pytest.raises(UnreadableFile, match=r"impossible values among .* such as m/z 1,082,320,896"):
        open_run(raw / "openchrom_KRATOS_CENTSCNL.CDF")


def test_the_fisons_library_is_read_as_42_records(raw):
    path = raw / "openchrom_FISONS_A_LIBRARY.CDF"
    assert not holds_run(path)
    (source,) = sources([path])
    records = [item for item in source.records() if isinstance(item, SpectrumRecord)]
    assert len(records) == 42
    assert records[0].name == "1,5-Naphthalenediol"
    assert (records[0].cas, records[0].formula, records[0].spectrum.mz[-2]) == ("83-56-7", "C10H8O2", 160)


def test_the_profile_mzml_keeps_the_times_and_totals_that_are_written_in_it(raw):
    path = raw / "mzmine_gc_orbi_profile_21scans.mzML"
    run = open_run(path)
    spectra = ElementTree.parse(path).getroot().findall(".//{*}spectrum")
    assert run.scans == len(spectra) == 21
    for scan, spectrum in enumerate(spectra):
        said = {each.get("name"): each.get("value") for each in spectrum.iter("{http://psi.hupo.org/ms/mzml}cvParam")}
        assert run.time_min[scan] == float(said["scan start time"])
        mz, intensity = (
            np.frombuffer(zlib.decompress(base64.b64decode(binary.text)), "<f8" if number == 0 else _float_type(spectrum))
            for number, binary in enumerate(spectrum.iter("{http://psi.hupo.org/ms/mzml}binary"))
        )
        assert run.tic[scan] == pytest.approx(intensity.sum(dtype=float))
        part = slice(run.starts[scan], run.starts[scan + 1])
        assert part.stop - part.start < mz.size / 5
        assert np.abs(run.mz[part] - float(said["base peak m/z"])).min() < 0.002
    assert any("centroided" in problem.kept for problem in run.problems)


def _float_type(spectrum):
    arrays = spectrum.findall(".//{*}binaryDataArray")
    return "<f4" if any(each.get("name") == "32-bit float" for each in arrays[1]) else "<f8"


def test_the_jcamp_run_has_the_totals_that_its_pages_state(raw):
    path = raw / "pyms_ELEY_4_SUBTRACT.JDX"
    run = open_run(path)
    stated = [float(line[6:]) for line in path.read_text().splitlines() if line.startswith("##TIC=")]
    assert run.scans == len(stated) == 2103
    assert run.problems == ()
    np.testing.assert_allclose(run.tic, stated, rtol=1e-4)
    assert run.time_min[-1] == pytest.approx(37.0127, abs=1e-3)


def test_the_agilent_run_has_the_totals_that_its_records_state(raw):
    path = raw / "chemplexity_gcms_alkanes_data.ms"
    run = open_run(path)
    data = path.read_bytes()
    at, stated = 0x2F2, []
    for _ in range(1531):
        words = int.from_bytes(data[at : at + 2], "big")
        at += 2 * words
        stated.append(int.from_bytes(data[at - 4 : at], "big"))
    assert run.scans == 1531
    # The instrument adds up what it has before it packs each abundance into 14 bits.
    np.testing.assert_allclose(run.tic, stated, rtol=1e-2)
    assert (run.acquired, round(float(run.time_min[0]), 4)) == ("2004-09-17 10:28", 10.0072)
