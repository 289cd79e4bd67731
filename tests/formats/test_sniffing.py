import gzip
import zipfile

import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats import archives, gzip_stream, text
from bitspec_gui.formats.registry import sources
from bitspec_gui.formats.sniffing import Format, format_of_head, head_of, is_run, not_understood

MSP = b"Name: acetone\nNum Peaks: 2\n43 999\n58 300\n"
JCAMP = b"##TITLE=\n##JCAMP-DX=4.24\n##DATA TYPE=MASS SPECTRUM\n##NPOINTS=1\n##PEAK TABLE=(XY..XY)\n43,999\n##END=\n"
PAGE = b"##PAGE= T=1.0\n##NPOINTS=1\n##XYDATA=(XY..XY)\n43,999\n"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (MSP, Format.MSP),
        (b"NAME:decane\nFORM:C10H22\nNUM PEAKS:  1\n( 43 999)\n", Format.MSP),
        (JCAMP, Format.JCAMP),
        (b"$$ exported\r\n\r\n" + JCAMP, Format.JCAMP),
        (JCAMP.replace(b"##END", b"##RETENTION TIME=5.3\n##END") * 3, Format.JCAMP),
        (b"##TITLE=run\n##DATA CLASS=NTUPLES\n##NTUPLES=MASS SPECTRUM\n" + PAGE, Format.JCAMP_RUN),
        (b"##TITLE=run\n##DATA TYPE=MASS SPECTRUM\n" + PAGE * 2, Format.JCAMP_RUN),
        (b"BEGIN IONS\nTITLE=x\n43 999\nEND IONS\n", Format.MGF),
        (b"COM=search\n# x\nBEGIN IONS\nTITLE=x\n43 999\nEND IONS\n", Format.MGF),
        (b"x\n\n\n  0  0\nM  END\n>  <MASS SPECTRAL PEAKS>\n43 999\n\n$$$$\n", Format.SDF),
        (b"m/z,intensity\n43,999\n", Format.PEAK_TABLE),
        (b"43 999\n58 300\n", Format.PEAK_TEXT),
        (b"ACCESSION: X\nPK$PEAK: m/z int.\n", Format.MASSBANK),
        (b"CDF\x01\x00\x00\x00\x01", Format.NETCDF),
        (b"\x89HDF\r\n\x1a\n", Format.NETCDF),
        (b"\x012\x00\x00\x00\x00", Format.AGILENT_MS),
        (b'<?xml version="1.0"?>\n<indexedmzML xmlns="x">\n', Format.MZML),
        (b'\xef\xbb\xbf<?xml version="1.0"?><!-- x --><mzML id="1">', Format.MZML),
        (b'<?xml version="1.0"?>\n<mzXML>\n', Format.MZXML),
        (b"<html><body>mzML</body></html>", None),
        (b"id,smiles\n1,CCO\n", None),
        (b"CCO ethanol\nCCC propane\n", None),
        (b"x\n\n\n  1  0  0  0  0  0            999 V2000\n", None),
        (MSP + b"\x00" * 4000, Format.MSP),
        (b"", None),
        (b"\x00" * 4000, None),
        (bytes(range(256)) * 4, None),
    ],
)
def test_content_tells_the_format(head, kind):
    assert format_of_head(head) is kind
    assert format_of_head(gzip.compress(head)) is kind


def test_formats_of_runs_are_told_from_those_of_records():
    assert {kind for kind in Format if is_run(kind)} == {
        Format.NETCDF, Format.MZML, Format.MZXML, Format.JCAMP_RUN, Format.AGILENT_MS,
    }  # fmt: skip
    assert not is_run(None)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_utf16_is_known_with_and_without_its_mark(codec):
    assert format_of_head((MSP * 9).decode().encode(codec)) is Format.MSP


@pytest.mark.data
def test_real_runs_are_known(request):
    folder = request.config.rootpath.parent / "shared" / "data" / "raw_files"
    if not folder.is_dir():
        pytest.skip("../shared/data/raw_files is not there")
    kinds = {path.name: format_of_head(head_of(path)) for path in folder.iterdir()}
    assert kinds.pop("openchrom_FISONS_A_LIBRARY.CDF", Format.NETCDF_LIBRARY) is Format.NETCDF_LIBRARY
    assert all(is_run(kind) for kind in kinds.values()), kinds
    assert kinds["pyms_ELEY_4_SUBTRACT.JDX"] is Format.JCAMP_RUN


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (b"\x00" * 999, "zero bytes"),
        (b"%PDF-1.4", "PDF"),
        (b"<!DOCTYPE html>", "web page"),
        (b"\x1f\x8b\x08rubbish", "damaged gzip"),
        (gzip.compress(gzip.compress(MSP, mtime=0), mtime=0), "archive within an archive"),
    ],
)
def test_what_is_not_understood_is_named(head, words):
    assert format_of_head(head) is None
    assert words in not_understood(head)


def read(path):
    (source,) = sources([path])
    items = list(source.records())
    assert source.done == source.size
    return items


def test_two_gigabytes_of_zeros_are_refused_without_being_read(tmp_path):
    path = tmp_path / "zeros.msp"
    with path.open("wb") as stream:
        stream.truncate(2 << 30)
    with pytest.raises(UnreadableFile, match="zero bytes"):
        sources([path])


def test_file_that_goes_on_with_zeros_keeps_what_stands_before_them(tmp_path):
    path = tmp_path / "broken.msp"
    with path.open("wb") as stream:
        stream.write(MSP * 3000)
        stream.truncate(2 << 30)
    items = read(path)
    assert sum(isinstance(item, SpectrumRecord) for item in items) == 3000
    assert "nothing but zero bytes" in items[-1].what


@pytest.mark.parametrize("unit", [b"1", b" ", b"41 3 ", b'"', b"("])
def test_endless_line_costs_its_record_only(tmp_path, unit):
    path = tmp_path / "line.msp"
    path.write_bytes(MSP + b"\nName: endless\nNum Peaks: 2\n" + unit * ((9 << 20) // len(unit)) + b"\n\n" + MSP)
    items = read(path)
    assert [item.name for item in items if isinstance(item, SpectrumRecord)] == ["acetone", "acetone"]
    assert [item.line for item in items if isinstance(item, Problem) and item.rejected] == [6]


def test_record_that_does_not_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "MAX_RECORD_BYTES", 1 << 18)
    monkeypatch.setattr(text, "MAX_ENDLESS_BYTES", 1 << 20)
    path = tmp_path / "endless.msp"
    path.write_bytes(MSP + b"\nName: endless\nNum Peaks: 2\n" + b"41 3\n" * 40_000)
    items = read(path)
    assert [type(item) for item in items] == [SpectrumRecord, Problem]
    assert "line 6 does not end" in items[1].what


def test_gzip_bomb_is_given_up_and_what_was_read_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(gzip_stream, "RATIO_FREE_BYTES", 1 << 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(MSP + b"\n" + b"# nothing\n" * 1_000_000))
    items = read(path)
    assert isinstance(items[0], SpectrumRecord)
    assert "has unpacked to" in items[-1].what


def test_damaged_gzip_keeps_what_stands_before_the_damage(tmp_path):
    path = tmp_path / "cut.msp.gz"
    whole = gzip.compress(b"".join(MSP.replace(b"999", b"%d" % number) for number in range(20_000)))
    path.write_bytes(whole[: len(whole) // 2])
    items = read(path)
    assert sum(isinstance(item, SpectrumRecord) for item in items) > 1000
    assert "could not be read to its end" in items[-1].what


def test_bomb_in_a_zip_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FREE_BYTES", 1 << 20)
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.msp", MSP + b"\n" * (8 << 20))
    with pytest.raises(UnreadableFile, match="would unpack to"):
        sources([path])


def test_run_among_spectra_is_passed_over_in_words(tmp_path):
    (tmp_path / "a.msp").write_bytes(MSP)
    (tmp_path / "b.cdf").write_bytes(b"CDF\x01" + bytes(99))
    record, problem = read(tmp_path)
    assert isinstance(record, SpectrumRecord)
    assert (problem.rejected, "GC-MS run (netCDF)" in problem.what) == (False, True)


def test_file_of_a_known_format_without_a_spectrum_is_told(tmp_path):
    path = tmp_path / "a.jdx"
    path.write_bytes(b"##TITLE=all\n##DATA TYPE=LINK\n##BLOCKS=2\n##END=\n")
    (problem,) = read(path)
    assert "No spectrum was found" in problem.what
