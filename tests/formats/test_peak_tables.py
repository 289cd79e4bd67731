import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.peak_table import read_peak_table
from bitspec_gui.formats.peak_text import is_peak_text, read_peak_text

PEAKS = [(41.0, 320.0), (43.5, 999.0), (58.0, 12.5)]


def pairs(record):
    return list(zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True))


def table(text):
    return list(read_peak_table(text.encode(), "folder/sample.csv"))


def bare(text):
    return list(read_peak_text(text.encode(), "folder/sample.txt"))


@pytest.mark.parametrize(
    "text",
    [
        "m/z,intensity\n41,320\n43.5,999\n58,12.5\n",
        "m/z;Intensity\n41;320\n43,5;999\n58;12,5\n",
        "Mass\tAbundance\n41\t320\n43.5\t999\n58\t12.5\n",
        "m/z (Da),Rel. Int.,Intensity (counts)\n41,32,320\n43.5,99.9,999\n58,1.25,12.5\n",
        '"m/z","int."\n"41","320"\n"43.5","999"\n"58","12.5"\n',
        '#"+EI Scan (5.3 min)"\n#Point,X(Thompsons),Y(Counts)\n0,41,320\n1,43.5,999\n2,58,12.5\n',
        "Raw Spectrum\t5.3\nBase Peak\t43.5 (999)\nm/z\tAbsolute Intensity\tRelative\n41\t320\t32\n43.5\t999\t100\n58\t12.5\t1\n",
        "m/z;Intensität\n41,0;320\n43,5;999\n58,0;12,5\n",
        "m/z,5.3 min\n41,320\n43.5,999\n58,12.5\n",
        "mz,intensity\r\n41,320\r\n43.5,999\r\n58,12.5\r\n",
        "m/z,intensity,assignment\n41,320,C3H5\n43.5,999,C3H7\n58,12.5,M\n",
        "no,m/z,intensity\n1,41,320\n2,43.5,999\n3,58,12.5\n",
    ],
)
def test_table_of_one_spectrum_is_read_and_called_after_its_file(text):
    (record,) = table(text)
    assert pairs(record) == PEAKS
    assert record.name.startswith("sample")


@pytest.mark.parametrize(
    "text",
    [
        "41 320\n43.5 999\n58 12.5\n",
        "41\t320\n43.5\t999\n58\t12.5",
        "41;320\n43,5;999\n58;12,5",
        "41 320; 43.5 999; 58 12.5",
        "41:320 43.5:999 58:12.5",
        "41,320\n43.5,999\n58,12.5\n",
        "(41 320) (43.5 999) (58 12.5)",
        "41 320 | 43.5 999 | 58 12.5 |",
        "m/z intensity\n41 320\n43.5 999\n58 12.5",
        "41,320 43.5,999 58,12.5",
        "41,0 320,0\n43,5 999,0\n58,0 12,5",
        "[[41, 320], [43.5, 999], [58, 12.5]]",
        "[[41,320],[43.5,999],[58,12.5]]",
        "41 320 C3H5+\n43.5 999 C3H7+\n58 12.5 M+.",
        "1 41 320\n2 43.5 999\n3 58 12.5",
        "\ufeff41 320\r\n\r\n43.5 999\r\n58 12.5\r\n",
    ],
)
def test_bare_peaks_are_read_in_every_usual_form(text):
    assert is_peak_text(text.splitlines())
    (record,) = bare(text)
    assert (pairs(record), record.name) == (PEAKS, "sample")


@pytest.mark.parametrize(
    "text",
    [
        "CCO", "C1CC1", "c1ccccc1 benzene", "C", "[13CH4]", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "58-08-2", "2,4-dinitrophenol",
        "1-butanol", "ATUOYWHBWRKTHZ-UHFFFAOYSA-N", "caffeine", "2019-03-06 13:59", "43", "", "CCO 46\nCCC 44\nCCCC 58",
        "N#N 28", "0.01 1320\n0.02 1322\n0.03 1400", "O=C=O 44.01 124",
        "propane\n  made\n\n  1  0  0  0  0  0            999 V2000\n    0.0    0.0    0.0 C   0  0\nM  END\n",
    ],
)  # fmt: skip
def test_molecules_names_and_numbers_are_never_taken_for_peaks(text):
    assert not is_peak_text(text.splitlines())


def test_titles_above_bare_peaks_name_them_and_tell_them_apart():
    first, second = bare("Peak 7, 12.3 min\nRI: 1234\n41 320\n43.5 999\n58 12.5\n\nSecond\n57 10\n58 20\n")
    assert (first.name, first.retention_index, pairs(first)) == ("Peak 7, 12.3 min", 1234.0, PEAKS)
    assert (second.name, second.line, pairs(second)) == ("Second", 7, [(57.0, 10.0), (58.0, 20.0)])


def test_bad_line_among_bare_peaks_costs_its_spectrum_only():
    bad, good = bare("41 320\n43 9x9\n58 1\n\nSecond\n57 10\n58 20\n")
    assert (bad.rejected, bad.line) == (True, 2)
    assert good.name == "Second"


def test_long_table_is_cut_where_names_change_and_says_what_holds_for_all_peaks():
    text = (
        "Name,CAS,m/z,int,note\npropane,74-98-6,41,1,a\npropane,74-98-6,43,2,b\nbutane,106-97-8,43,3,a\nbutane,106-97-8,58,4,a\n"
    )
    first, second = table(text)
    assert (first.name, first.cas, pairs(first), first.extra) == ("propane", "74-98-6", [(41.0, 1.0), (43.0, 2.0)], ())
    assert (second.name, second.line, second.extra) == ("butane", 4, (("note", "a"),))


def test_name_that_stands_in_the_first_row_only_holds_for_the_rows_below():
    first, second = table("compound;mz;intensity\na;41,5;1\n;43,5;2\nb;57;3\n;58,2;4\n")
    assert [(each.name, len(each.spectrum)) for each in (first, second)] == [("a", 2), ("b", 2)]


def test_rows_of_one_name_that_do_not_stand_together_are_told():
    items = table("id,mz,intensity\n1,41,1\n1,42,1\n2,41,1\n2,43,5\n1,43,1\n")
    assert [item.accession for item in items if isinstance(item, SpectrumRecord)] == ["1", "2", "1"]
    assert [item.line for item in items if isinstance(item, Problem)] == [6]


def test_long_table_without_column_names_is_read():
    first, second = table("propane,41,1\npropane,43,2\nbutane,58,4\n")
    assert [(each.name, len(each.spectrum)) for each in (first, second)] == [("propane", 2), ("butane", 1)]


def test_table_with_a_spectrum_a_row_is_read():
    first, second = table("Name\tR.I.\tSpectra\npropane\t300\t41:1 43:2\nbutane\t400\t43:3 58:4\n")
    assert (first.name, first.retention_index, pairs(first)) == ("propane", 300.0, [(41.0, 1.0), (43.0, 2.0)])
    assert second.line == 3


def test_columns_beside_one_of_mz_are_spectra():
    first, second = table("m/z,blank,sample\n41,1,5\n43,0,6\n58,3,7\n")
    assert [(each.name, pairs(each)) for each in (first, second)] == [
        ("sample blank", [(41.0, 1.0), (58.0, 3.0)]),
        ("sample sample", [(41.0, 5.0), (43.0, 6.0), (58.0, 7.0)]),
    ]


def test_column_names_again_begin_another_spectrum():
    section = "[MS Spectrum]\n# of Peaks\t2\nm/z\tAbsolute Intensity\n{}\t1\n43\t2\n"
    items = table(section.format(41) + section.format(42))
    assert [pairs(item)[0][0] for item in items if isinstance(item, SpectrumRecord)] == [41.0, 42.0]
    assert [item.rejected for item in items if isinstance(item, Problem)] == [False]


def test_bad_cell_costs_its_spectrum_only_and_is_told_with_its_line():
    bad, good = table("name,mz,intensity\na,41,1\na,43,x\nb,57,1\nb,58,2\n")
    assert (bad.rejected, bad.line, good.name) == (True, 3, "b")
    assert "“x” is no number" in bad.what


def test_thousands_are_told_from_decimal_commas():
    (record,) = table('m/z;counts\n41.1;"1,320"\n43.2;999\n')
    assert pairs(record) == [(41.1, 1320.0), (43.2, 999.0)]
    (record,) = table("m/z\tcounts\n41,02\t1.320\n43,05\t999\n")
    assert pairs(record) == [(41.02, 1320.0), (43.05, 999.0)]


def test_table_of_molecules_is_refused():
    with pytest.raises(UnreadableFile, match="No line names a column"):
        table("id,smiles\n1,CCO\n")
