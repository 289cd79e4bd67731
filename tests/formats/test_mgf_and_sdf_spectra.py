import pytest

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.mgf import read_mgf
from bitspec_gui.formats.sdf_spectra import read_sd_spectra

PEAKS = [(41.0, 320.0), (43.0, 999.0)]
MGF = (
    "BEGIN IONS\nTITLE=scan 5\nNAME=propane\nPEPMASS=0.0\nSMILES=CCC\n"
    "INCHIAUX=ATUOYWHBWRKTHZ-UHFFFAOYSA-N\n{}41 320\n43 999\nEND IONS\n\n"
)
MOLBLOCK = (
    "propane\n  made\n\n  3  2  0  0  0  0            999 V2000\n"
    "    0.0000    0.0000    0.0000 C   0  0\n    1.0000    0.0000    0.0000 C   0  0\n"
    "    2.0000    0.0000    0.0000 C   0  0\n  1  2  1  0\n  2  3  1  0\nM  END\n"
)
SDF = (
    MOLBLOCK + ">  <SYNONYMS>\nR290\ndimethylmethane\n\n>  <CASNO>\n74-98-6\n\n>  <MW>\n44\n\n>  <NUM PEAKS>\n2\n\n"
    ">  <MASS SPECTRAL PEAKS>\n41 320\n43 999\n\n$$$$\n"
)


def pairs(record):
    return list(zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True))


def mgf(text):
    return list(read_mgf(text.encode(), "file.mgf"))


def sdf(text):
    return list(read_sd_spectra(text.encode(), "file.sdf"))


def test_mgf_record_is_read_with_what_it_says():
    (record,) = mgf("# made by hand\nMASS=Monoisotopic\n" + MGF.format("RETENTION_INDEX=300\n"))
    assert (record.name, record.smiles, record.inchikey) == ("propane", "CCC", "ATUOYWHBWRKTHZ-UHFFFAOYSA-N")
    assert (record.retention_index, record.line, pairs(record)) == (300.0, 3, PEAKS)
    assert ("TITLE", "scan 5") in record.extra


def test_title_names_an_mgf_record_that_has_no_other_name():
    (record,) = mgf("BEGIN IONS\nTITLE=scan 5\n41 320 1+\n43 999 1+\nEND IONS\n")
    assert (record.name, pairs(record)) == ("scan 5", PEAKS)


@pytest.mark.parametrize("said", ["MSLEVEL=2\n", "SOURCE_INSTRUMENT=LC-ESI-QTOF\n", "ADDUCT=[M+H]+\n", "ION=M+Na\n"])
def test_spectra_of_chosen_ions_are_rejected_in_words(said):
    (problem, record) = mgf(MGF.format(said) + MGF.format("MSLEVEL=1\nADDUCT=[M]+\n"))
    assert problem.rejected
    assert "not an electron-ionisation MS1" in problem.what
    assert record.name == "propane"


def test_mgf_record_without_its_end_costs_neither_itself_nor_the_next():
    items = mgf(MGF.format("").replace("END IONS", "") + MGF.format("").replace("propane", "second"))
    assert [item.name for item in items if isinstance(item, SpectrumRecord)] == ["propane", "second"]
    assert "no END IONS" in items[0].what


def test_bad_mgf_record_is_told_with_its_line():
    bad, good = mgf(MGF.format("").replace("43 999", "43 9x9") + MGF.format(""))
    assert (bad.rejected, bad.line) == (True, 8)
    assert good.name == "propane"


def test_sd_record_takes_its_structure_from_the_molblock():
    (record,) = sdf(SDF)
    assert (record.name, record.synonyms, record.cas) == ("propane", ("R290", "dimethylmethane"), "74-98-6")
    assert (record.smiles, record.inchikey, record.formula) == ("CCC", "ATUOYWHBWRKTHZ-UHFFFAOYSA-N", "C3H8")
    assert (record.nominal_mass, pairs(record), record.line) == (44, PEAKS, 1)


def test_sd_record_without_a_drawn_structure_is_kept_without_one():
    empty = "\n  NIST\n\n  0  0  0  0  0  0            999 V2000\nM  END\n> <NAME>\nunknown\n\n"
    (record,) = sdf(empty + "> <MASS SPECTRAL PEAKS>\n41 320\n43 999\n\n$$$$\n")
    assert (record.name, record.smiles, pairs(record)) == ("unknown", None, PEAKS)


def test_sd_records_and_rejections_add_up():
    items = sdf(SDF + MOLBLOCK + "$$$$\n" + SDF.replace("43 999", "43 rubbish") + SDF)
    assert [type(item) for item in items] == [SpectrumRecord, Problem, Problem, SpectrumRecord]
    assert "has no peaks" in items[1].what
    assert [item.line for item in items] == [1, 29, 65, 68]


def test_wrong_number_of_peaks_in_an_sd_file_is_told():
    problem, record = sdf(SDF.replace("PEAKS>\n2\n", "PEAKS>\n5\n"))
    assert "announces 5 peaks but lists 2" in problem.what
    assert pairs(record) == PEAKS


def test_sd_file_that_breaks_off_keeps_its_last_record():
    assert [record.name for record in sdf(SDF + SDF.replace("\n\n$$$$\n", "\n"))] == ["propane", "propane"]


def test_mgf_record_whose_beginning_is_damaged_is_told():
    first, problem, last = mgf(MGF.format("") + MGF.format("").replace("BEGIN", "BEG1N") + MGF.format(""))
    assert (first.name, last.name) == ("propane", "propane")
    assert (problem.rejected, problem.line) == (True, 17)
    assert "without a line BEGIN IONS" in problem.what


def test_sd_records_whose_end_is_damaged_are_told_apart():
    items = sdf(SDF.replace("$$$$", "$$x$") + SDF.replace("R290", "second"))
    assert [(item.synonyms[0], item.line) for item in items] == [("R290", 1), ("second", 29)]


def test_two_tables_of_peaks_in_one_sd_record_are_never_one_spectrum():
    damaged = SDF.replace("$$$$", "$$x$") + SDF.replace("V2000", "V2x00").replace("M  END", "M  EN")
    (problem,) = sdf(damaged)
    assert (problem.rejected, "line $$$$ between two records is missing" in problem.what) == (True, True)
