from __future__ import annotations

import gzip
import zipfile

import pytest

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.services import unknowns
from bitspec_gui.services.export import CSV_COLUMNS
from bitspec_gui.services.unknowns import looks_like_peaks, read_unknowns, unknowns_from_text


def msp(*names):
    return "".join(f"Name: {name}\nNum Peaks: 2\n41 10\n{50 + number} 999\n\n" for number, name in enumerate(names))


JCAMP = "##TITLE={}\n##DATA TYPE=MASS SPECTRUM\n##NPOINTS=2\n##PEAK TABLE=(XY..XY)\n41,320 43,999\n##END=\n"


def test_files_folders_archives_and_gzip_give_their_spectra_in_order(tmp_path):
    (tmp_path / "a.msp").write_text(msp("one", "two"))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x.jdx").write_text(JCAMP.format("three"))
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("peaks.csv", "m/z,intensity\n41,320\n43,999\n")
        archive.writestr("more.msp.gz", gzip.compress(msp("five").encode()))
    (tmp_path / "g.gz").write_bytes(gzip.compress(msp("six").encode()))
    found = read_unknowns([tmp_path / "a.msp", folder, tmp_path / "z.zip", tmp_path / "g.gz"])
    assert [record.name for record in found.spectra] == ["one", "two", "three", "peaks", "five", "six"]
    assert (found.present, found.rejected, found.problems, len(found.files)) == (6, 0, (), 4)


def test_spectra_and_rejections_add_up_to_what_is_present(tmp_path):
    path = tmp_path / "a.msp"
    path.write_text(msp("one", "two", "three").replace("51 999", "51 9x9"))
    found = read_unknowns([path])
    assert (len(found.spectra), found.rejected, found.present) == (2, 1, 3)
    assert (found.problems[0].file, found.problems[0].line) == (str(path), 9)


def test_path_that_cannot_be_read_is_told_and_the_others_are_read(tmp_path):
    good, binary = tmp_path / "a.msp", tmp_path / "b.bin"
    good.write_text(msp("one"))
    binary.write_bytes(bytes(range(256)) * 9)
    found = read_unknowns([tmp_path / "absent.msp", binary, good])
    assert [record.name for record in found.spectra] == ["one"]
    assert [problem.file for problem in found.problems] == [str(tmp_path / "absent.msp"), str(binary)]
    assert str(found.problems[0]) == f"{tmp_path}/absent.msp: This file does not exist. It was left out; the others were read."


def test_run_is_told_to_be_opened_by_itself(tmp_path):
    path = tmp_path / "run.cdf"
    path.write_bytes(b"CDF\x01" + bytes(100))
    assert "GC-MS run" in read_unknowns([path]).problems[0].what


def test_more_spectra_than_are_taken_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(unknowns, "MOST_UNKNOWNS", 3)
    for name in "ab":
        (tmp_path / f"{name}.msp").write_text(msp("one", "two"))
    found = read_unknowns([tmp_path / "a.msp", tmp_path / "b.msp", tmp_path / "a.msp"])
    assert len(found.spectra) == 3
    assert "more than 3 spectra" in found.problems[-1].what
    assert "1 further file" in found.problems[-1].what


def test_problems_beyond_those_told_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(unknowns, "MOST_PROBLEMS", 2)
    path = tmp_path / "a.msp"
    path.write_text(msp(*"abcde").replace(" 999", " 9x9"))
    found = read_unknowns([path])
    assert (found.rejected, len(found.problems)) == (5, 3)
    assert "3 further problems" in found.problems[-1].what


def test_reading_is_reported_and_stops_when_cancelled(tmp_path):
    path = tmp_path / "a.msp"
    path.write_text(msp(*(f"n{number}" for number in range(500))))
    cancel, seen = CancelToken(), []

    def report(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        read_unknowns([path], progress=report, cancel=cancel)
    assert [each.message for each in seen] == ["a.msp: 100 spectra read, 0 rejected", "a.msp: 200 spectra read, 0 rejected"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("41 320; 43 999; 58 200", "clipboard"),
        ("41:320 43:999", "clipboard"),
        ("m/z\tIntensity\r\n41\t320\r\n43\t999\r\n", "clipboard"),
        (msp("pasted"), "pasted"),
        (JCAMP.format("pasted"), "pasted"),
        ("Scan 812, 12.3 min\n41 320\n43 999\n", "Scan 812, 12.3 min"),
        ("BEGIN IONS\nTITLE=pasted\n41 320\n43 999\nEND IONS\n", "pasted"),
        ("ACCESSION: X\nCH$NAME: pasted\nPK$NUM_PEAK: 1\nPK$PEAK: m/z int. rel.int.\n  43 10 999\n//\n", "pasted"),
    ],
)
def test_pasted_peaks_and_records_are_read(text, name):
    assert looks_like_peaks(text)
    found = unknowns_from_text(text)
    assert [record.name for record in found.spectra] == [name]
    assert found.problems == ()


@pytest.mark.parametrize(
    "text", ["CCO", "C1CC1", "InChI=1S/CH4/h1H4", "caffeine", "58-08-2", "", "  \n", "43", "id,smiles\n1,CCO\n", "x\ud800y 1"]
)
def test_text_that_holds_no_peaks_gives_none_and_says_so(text):
    assert not looks_like_peaks(text)
    found = unknowns_from_text(text)
    assert found.present == 0
    assert "No peaks were found" in found.problems[0].what


def test_bad_record_of_a_pasted_text_is_told_with_its_line():
    found = unknowns_from_text(msp("one", "two").replace("50 999", "50 9x9"), label="pasted text")
    assert [record.name for record in found.spectra] == ["two"]
    assert str(found.problems[0]).startswith("pasted text, line 4:")


def test_text_of_many_megabytes_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(unknowns, "MOST_TEXT", 1 << 20)
    assert "longer than 1 million" in unknowns_from_text("41 320\n" * 200_000).problems[0].what


def test_table_that_bitspec_wrote_is_read_back_and_predictions_stay_predictions(tmp_path):
    path = tmp_path / "predicted.csv"
    rows = [
        ("m1", "propane", "CCC", "ATUOYWHBWRKTHZ-UHFFFAOYSA-N", "C3H8", mz, mz * 2, "bitspec-ei-2", "A guess.", 0.8)
        for mz in (29, 44)
    ]
    rows += [("m2", "butane", "CCCC", "", "C4H10", 43, 999, "", "", "")]
    path.write_text("\n".join(",".join(map(str, row)) for row in [CSV_COLUMNS, *rows]) + "\n")
    predicted, measured = read_unknowns([path]).spectra
    assert (predicted.name, predicted.accession, predicted.smiles, predicted.formula) == ("propane", "m1", "CCC", "C3H8")
    assert (predicted.predicted_by, predicted.confidence, predicted.comment) == ("bitspec-ei-2", 0.8, "A guess.")
    assert (measured.name, measured.predicted_by, len(measured.spectrum)) == ("butane", None, 1)
