import dataclasses
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.msp import read_msp, write_msp

PEAKS = [(43.0, 999.0), (58.0, 300.0), (59.0, 12.5)]


def read(text):
    return list(read_msp(text if isinstance(text, bytes) else text.encode("utf-8"), "file.msp"))


def only(text):
    (record,) = read(text)
    assert isinstance(record, SpectrumRecord), record
    return record


def pairs(record):
    return list(zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True))


@pytest.mark.parametrize(
    "count", ["Num Peaks: 3", "Num peaks: 3", "NUM PEAKS=3", "NumPeaks: 3", "num_peaks:3", "Num Peaks : 3 ", ""]
)
def test_every_way_to_announce_peaks_is_understood(count):
    record = only(f"Name: acetone\n{count}\n43 999\n58 300\n59 12.5\n")
    assert (record.name, pairs(record)) == ("acetone", PEAKS)


@pytest.mark.parametrize(
    "lines",
    [
        "43 999\n58 300\n59 12.5",
        "43\t999\n58\t300\n59\t12.5",
        "43,999\n58,300\n59,12.5",
        "43;999\n58;300\n59;12.5",
        "43:999\n58:300\n59:12.5",
        "43:999 58:300 59:12.5",
        "43 : 999, 58 : 300, 59 : 12.5",
        "43 999; 58 300; 59 12.5;",
        "43 999 58 300 59 12.5",
        "43,999 58,300 59,12.5",
        "43, 999; 58, 300; 59, 12.5",
        "(43 999) (58 300) (59 12.5)",
        "(43,999)(58,300)(59,12.5)",
        "[43 999] [58 300]\n[59 12.5]",
        '43 999 "C2H3O+; a:b, 5 ppm"\n58 300 "M+"\n59 12.5 ""',
        '43\t999\t"100% 1,2"\n58\t300\n59\t12.5',
        "43 999 C2H3O+\n58 300 M+.\n59 12.5",
        "4.3e1 9.99E+2\n5.8e+01 300\n59.0 1.25e1",
        "   43    999   \n\n58 300\n\n\n59 12.5",
        "43 999 1\n58 300 2\n59 12.5 3",
    ],
)
def test_every_way_to_write_peaks_is_understood(lines):
    assert pairs(only(f"Name: acetone\nNum Peaks: 3\n{lines}\n")) == PEAKS


@pytest.mark.parametrize(
    "lines", ["43,5 999\n58,25 300,5", "43,5;999\n58,25;300,5", "43,5\t999\n58,25\t300,5", "43,5:999\n58,25:300,5"]
)
def test_decimal_commas_are_understood_where_there_is_no_other_reading(lines):
    assert pairs(only(f"Name: x\nNum Peaks: 2\n{lines}\n")) == [(43.5, 999.0), (58.25, 300.5)]


@pytest.mark.parametrize("lines", ["43,5 999,25\n58,25 300,5", "43,5; 999,25\n58,25; 300,5", "43,5 999,25; 58,25 300,5"])
def test_announced_number_of_peaks_tells_decimal_commas_from_separators(lines):
    assert pairs(only(f"Name: x\nNum Peaks: 2\n{lines}\n")) == [(43.5, 999.25), (58.25, 300.5)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", ["", "\n", "\n\n\n"])
def test_records_are_told_apart_whatever_stands_between_them(end, between):
    text = between.join(f"Name: n{i}\nFormula: C{i + 1}\nNum Peaks: 2\n43 999\n58 {i + 1}\n" for i in range(3))
    records = read(text.replace("\n", end))
    assert [(record.name, record.formula, len(record.spectrum)) for record in records] == [
        ("n0", "C1", 2),
        ("n1", "C2", 2),
        ("n2", "C3", 2),
    ]


def test_blank_lines_within_a_record_do_not_end_it():
    record, after = read("Name: a\n\nFormula: C3\n\nNum Peaks: 3\n\n43 999\n\n58 300\n59 12.5\n\nName: b\n1 1\n")
    assert (record.formula, pairs(record), after.name) == ("C3", PEAKS, "b")


def test_record_that_begins_with_another_field_than_its_name_is_whole():
    records = read("ID: 1\nName: a\nNum Peaks: 1\n1 1\n\nID: 2\nName: b\nNum Peaks: 1\n2 2\nID: 3\nName: c\nNum Peaks: 1\n3 3\n")
    assert [(record.accession, record.name) for record in records] == [("1", "a"), ("2", "b"), ("3", "c")]


def test_fields_of_a_nist_export_are_read():
    record = only(
        "Name: Caffeine\nSynon: 1,3,7-Trimethylxanthine\nSynon: Guaranine\nSynon: $:00MS1\n"
        "Synon: $:28RYYVLZVUVIJVGH-UHFFFAOYSA-N\n"
        "Formula: C8H10N4O2\nMW: 194\nExactMass: 194.080376\nCAS#: 58-08-2;  NIST#: 290826\nDB#: 12\n"
        "Retention_index: SemiStdNP=1800/8/210 StdNP=1761/9/30 StdPolar=3073/24/9\nComments: NIST Mass Spectrometry Data Center\n"
        "Num Peaks: 1\n194 999;\n"
    )
    assert (record.name, record.synonyms) == ("Caffeine", ("1,3,7-Trimethylxanthine", "Guaranine"))
    assert (record.inchikey, record.cas, record.accession) == ("RYYVLZVUVIJVGH-UHFFFAOYSA-N", "58-08-2", "12")
    assert (record.nominal_mass, record.exact_mass, record.retention_index) == (194, 194.080376, 1800.0)
    assert ("NIST#", "290826") in record.extra
    assert ("Synon $:00", "MS1") in record.extra
    assert record.comment == "NIST Mass Spectrometry Data Center"


def test_fields_of_mona_comments_are_read():
    record = only(
        "Name: Caffeine\nDB#: MoNA001\nInChIKey: RYYVLZVUVIJVGH-UHFFFAOYSA-N\nInstrument_type: GC-EI-QQ\nMW: 194\n"
        'Comments: "SMILES=CN1C=NC2=C1C(=O)N(C)C(=O)N2C" "cas=58-08-2" "InChI=InChI=1S/C8H10N4O2/c1-10" "exact mass=194.0804" '
        '"ionization energy=70 eV" "author=A. Person" "license=CC BY" "retention index=1804.2"\nNum Peaks: 1\n194 100\n'
    )
    assert (record.smiles, record.inchi) == ("CN1C=NC2=C1C(=O)N(C)C(=O)N2C", "InChI=1S/C8H10N4O2/c1-10")
    assert (record.cas, record.exact_mass, record.energy_ev) == ("58-08-2", 194.0804, 70.0)
    assert (record.authors, record.licence, record.retention_index) == ("A. Person", "CC BY", 1804.2)


def test_other_spellings_and_unknown_keys_are_kept():
    record = only(
        "NAME: x\nCASNO: 58082\nRETENTIONINDEX: 1840,0\nRETENTIONTIME: 12.5\nPRECURSORMZ: 194.08\n"
        "SMILES: CCO\nINCHI: 1S/C2H6O/c1-2-3/h3H,2H2,1H3\n"
        "Instrument: HP 5973\nLicense: CC0\nExact Mass: 194.08\nMW: 194.19\nFruit: apple\nNUM PEAKS: 1\n194 1\n"
    )
    assert (record.cas, record.smiles, record.inchi) == ("58-08-2", "CCO", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3")
    assert (record.instrument, record.licence, record.exact_mass, record.nominal_mass) == ("HP 5973", "CC0", 194.08, None)
    extra = dict(record.extra)
    assert (extra["RETENTIONTIME"], extra["PRECURSORMZ"], extra["MW"], extra["Fruit"]) == ("12.5", "194.08", "194.19", "apple")
    assert record.retention_index == 1840


def test_formula_is_read_where_agilent_and_amdis_write_it():
    assert only("NAME:decane\nFORM:C10H22\nCASNO:124-18-5\nNUM PEAKS:1\n( 43 999)\n").formula == "C10H22"


def test_several_fields_of_one_line_are_told_apart():
    record = only("Name: toluene\nMW: 92 Formula: C7H8 CAS#: 108-88-3\nNum Peaks: 1\n91 999\n")
    assert (record.nominal_mass, record.formula, record.cas) == (92, "C7H8", "108-88-3")


@pytest.mark.parametrize(
    ("given_index", "index"), [("1234.5", 1234.5), ("StdNP=1100/1/2", 1100.0), ("-1", None), ("0", None), ("n/a", None)]
)
def test_retention_index_is_a_positive_number_or_none(given_index, index):
    assert only(f"Name: x\nRI: {given_index}\nNum Peaks: 1\n1 1\n").retention_index == index


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_japanese_names_are_read_in_every_encoding(encoding):
    assert only("Name: カフェイン\nNum Peaks: 1\n194 1\n".encode(encoding)).name == "カフェイン"


def test_western_names_are_read_in_cp1252():
    assert only("Name: Café – 5 µL\nNum Peaks: 1\n194 1\n".encode("cp1252")).name == "Café – 5 µL"


@pytest.mark.parametrize(("count", "said"), [("2", "announces 2 peaks but lists 3"), ("7", "announces 7 peaks but lists 3")])
def test_wrong_peak_count_is_told_and_the_record_kept(count, said):
    problem, record = read(f"Name: a\nNum Peaks: {count}\n43 999\n58 300\n59 12.5\n")
    assert said in problem.what
    assert not problem.rejected
    assert pairs(record) == PEAKS


@pytest.mark.parametrize(
    ("peaks", "line"),
    [
        ("43 999\n58 3oo\n", 7),
        ("43 999\nrubbish\n", 7),
        ("43 999\n58\n", 7),
        ("", 4),
        ("43 0\n58 0\n", 6),
        ("-43 999\n", 6),
        ("43 1e999\n", 6),
        ("99999999 5\n", 6),
    ],
)
def test_dropped_msp_with_one_bad_record_keeps_the_others(peaks, line):
    good = "Name: g{}\nNum Peaks: 1\n1 1\n"
    items = read(good.format(1) + "Name: bad\nNum Peaks: 2\n" + peaks + good.format(2))
    assert [type(item) for item in items] == [SpectrumRecord, Problem, SpectrumRecord]
    assert items[1].rejected
    assert items[1].line == line
    assert "bad" in items[1].what
    assert items[2].name == "g2"


def test_spectra_that_are_no_ei_spectra_are_rejected_in_words():
    (problem,) = read("Name: x\nInstrument_type: LC-ESI-QTOF\nNum Peaks: 1\n1 1\n")
    assert problem.rejected
    assert "not an electron-ionisation" in problem.what


def test_text_around_the_records_costs_none_of_them():
    items = read("My library\n# made by: hand\n\nName: a\nNum Peaks: 1\n1 1\n\nThe end of the library.\n")
    assert [getattr(item, "name", None) for item in items if not (isinstance(item, Problem) and not item.rejected)] == ["a"]


KINDS = ["good", "no count", "wrong count", "bad peak", "no peaks", "zero peaks", "nameless", "colons", "windows"]


def rendered(number, kind):
    header = f"Name: n{number}\nFormula: C{number + 1}H4\nComment: any\n"
    peaks = "".join(f"{40 + i} {100 + i}\n" for i in range(4))
    return {
        "good": header + "Num Peaks: 4\n" + peaks,
        "no count": header + peaks,
        "wrong count": header + "Num Peaks: 9\n" + peaks,
        "bad peak": header + "Num Peaks: 4\n" + peaks.replace("101", "1x1"),
        "no peaks": header,
        "zero peaks": header + "Num Peaks: 0\n",
        "nameless": header.split("\n", 1)[1] + "Num Peaks: 4\n" + peaks,
        "colons": header + "Num Peaks: 4\n" + peaks.replace("\n", ";").replace(" ", ":") + "\n",
        "windows": (header + "Num Peaks: 4\n" + peaks).replace("\n", "\r\n"),
    }[kind]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=10), st.integers(1, 3))
def test_records_and_rejections_add_up_to_the_records_present(kinds, blanks):
    items = read(("\n" * blanks).join(rendered(number, kind) for number, kind in enumerate(kinds)))
    good = [item for item in items if isinstance(item, SpectrumRecord)]
    rejected = [item for item in items if isinstance(item, Problem) and item.rejected]
    bad = sum(kind in ("bad peak", "no peaks", "zero peaks") for kind in kinds)
    assert (len(good), len(rejected)) == (len(kinds) - bad, bad)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([kind for kind in KINDS if kind != "nameless"]), min_size=1, max_size=10))
def test_records_are_counted_without_blank_lines_too(kinds):
    items = read("".join(rendered(number, kind) for number, kind in enumerate(kinds)))
    assert sum(isinstance(item, SpectrumRecord) or item.rejected for item in items) == len(kinds)


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_records_or_problems_and_nothing_else(data):
    for prefix in (b"", b"Name: a\nNum Peaks: 3\n43 9"):
        for item in read_msp(io.BytesIO(prefix + data)):
            assert isinstance(item, SpectrumRecord | Problem)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.text(alphabet="Nname:= Peks0123456789.,;()[]\"'\n\r\t-+eE#", max_size=60), max_size=8))
def test_nonsense_in_msp_letters_raises_nothing(parts):
    for item in read("Name: a\nNum Peaks: 2\n" + "\n".join(parts)):
        assert isinstance(item, SpectrumRecord | Problem)


words = st.text(
    alphabet=st.characters(whitelist_categories=("L", "N"), whitelist_characters=" -,()'[]+"), min_size=1, max_size=30
).map(lambda text: " ".join(text.split()))
named = words.filter(lambda text: text and text.lower() not in {"na", "none", "null", "-", "unknown", "nan", "not available"})
positive = st.floats(min_value=0.001, max_value=1e5, allow_nan=False)
records = st.builds(
    SpectrumRecord,
    spectrum=st.lists(st.tuples(st.floats(1, 2000), st.floats(0.001, 1e9)), min_size=1, max_size=20).map(
        lambda peaks: Spectrum(mz=np.array([mz for mz, _ in peaks]), intensity=np.array([i for _, i in peaks]))
    ),
    name=named,
    accession=st.none() | named,
    synonyms=st.lists(named, max_size=3, unique=True).map(tuple),
    smiles=st.none() | st.sampled_from(["CCO", "C#N", "C[C@H](N)C(=O)O", "[Na+].[Cl-]", "C=C/C=C\\C"]),
    inchi=st.none() | st.just("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"),
    inchikey=st.none() | st.just("LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
    formula=st.none() | st.just("C2H6O"),
    cas=st.none() | st.just("64-17-5"),
    nominal_mass=st.none() | st.integers(1, 2000),
    exact_mass=st.none() | positive,
    retention_index=st.none() | positive,
    instrument=st.none() | named,
    energy_ev=st.none() | positive,
    licence=st.none() | named,
    authors=st.none() | named,
    comment=st.none() | named,
    extra=st.lists(st.tuples(st.sampled_from(["Parent SMILES", "QI", "x y", "Model version"]), named), max_size=4).map(tuple),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(records, max_size=4))
def test_what_is_written_is_read_back(originals):
    stream = io.StringIO()
    assert write_msp(originals, stream) == len(originals)
    back = read(stream.getvalue())
    assert [dataclasses.replace(item, source_file="", line=None) for item in back] == originals


def test_whole_numbers_are_written_as_integers_and_line_breaks_as_spaces():
    stream = io.StringIO()
    spectrum = Spectrum(mz=np.array([43.0, 58.25]), intensity=np.array([999.0, 0.5]))
    record = SpectrumRecord(
        spectrum, name="two\nlines\u2028more", accession="A1", extra=(("Num Peaks", "7"), ("1st", "v")), energy_ev=70.0
    )
    write_msp([record], stream)
    assert stream.getvalue() == (
        "Name: two lines more\nID: A1\nIonization_energy: 70 eV\nNum Peaks of the source: 7\n"
        "x 1st: v\nNum Peaks: 2\n43 999\n58.25 0.5\n\n"
    )


def test_record_without_a_name_is_written_under_its_accession():
    stream = io.StringIO()
    write_msp([SpectrumRecord(Spectrum(mz=np.array([1.0]), intensity=np.array([1.0])), accession="A1")], stream)
    assert only(stream.getvalue()).name == "A1"


def test_text_that_nist_ms_search_copies_is_read():
    record = only(
        "Name: Caffeine\nFormula: C8H10N4O2\nMW: 194 CAS#: 58-08-2 NIST#: 290826 ID#: 10 DB: mainlib\nContributor: made\n"
        "10 largest peaks:\n  194 999 |  109 660 |\n3 m/z Values and Intensities:\n   55 430 |  109 660 |\n  194 999 |\n"
        "Synonyms:\n1.1H-Purine-2,6-dione\n2.Theine\n"
    )
    assert pairs(record) == [(55.0, 430.0), (109.0, 660.0), (194.0, 999.0)]
    assert (record.cas, record.synonyms) == ("58-08-2", ("1H-Purine-2,6-dione", "Theine"))


@pytest.mark.parametrize("line", ["Num Peaks: 3 43 999 58 300 59 12.5", "Num Peaks: 3; 43 999; 58 300; 59 12.5"])
def test_peaks_behind_their_number_are_read(line):
    assert pairs(only(f"Name: acetone\n{line}\n")) == PEAKS


def test_amdis_library_is_read():
    first, second = read(
        "NAME:decane\nFORM:C10H22\nCASNO:124-18-5\nRI:1000.0\nRT:5.32\nRW:\nCOMMENT:made\nNUM PEAKS:  3\n"
        "(  43  999) (  58  300)\n(  59   12.5)\n\nNAME:undecane\nNUM PEAKS:  1\n(  57  999)\n"
    )
    assert (first.name, first.formula, first.cas, first.retention_index) == ("decane", "C10H22", "124-18-5", 1000.0)
    assert (pairs(first), ("RT", "5.32") in first.extra, second.name) == (PEAKS, True, "undecane")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read(codec):
    assert only("Name: acétone of some length\nNum Peaks: 1\n43 999\n".encode(codec)).name == "acétone of some length"


def test_long_lines_of_blanks_and_letters_take_no_time():
    # Regular expressions that go back and forth over such lines would take hours.
    for unit in (" ", "A", "(", "=", "1 ", "; ", '"', "N ", "a= "):
        for line in (
            f"RI: {unit * 100_000}x",
            f"Comment: {unit * 100_000}x",
            f"{unit * 100_000}x",
            f"Num Peaks: 3{unit * 100_000}x",
        ):
            assert read(f"Name: a\n{line}\nNum Peaks: 1\n43 999\n{line}\n")


def test_fields_that_golm_keeps_among_the_synonyms_are_told_from_names():
    record = only(
        "Name: M000412_A100001-101-xxx_NA_986,12_TRUE_VAR5_ALK_Glyoxylic acid (1MEOX) (1TMS)\nSynon: RI: 986,12\n"
        "Synon: RI VAR5 ALK: TRUE\nSynon: METB N: Glyoxylate\nSynon: METB InChIKey: HHLFWLYXYJOTON-UHFFFAOYSA-N\nMW: 175,258\n"
        "Synon: a plain synonym: yes\nCAS#: 55493-91-9\nNum Peaks: 2\n85:201 160:1000\n"
    )
    assert (record.retention_index, record.inchikey, record.nominal_mass) == (986.12, None, None)
    assert record.synonyms == ("a plain synonym: yes",)
    assert ("Synon METB N", "Glyoxylate") in record.extra


@pytest.mark.parametrize(
    "header",
    [
        "PRECURSORTYPE: [M+H]+",
        "COMMENT: Notes=x; Spectrum_type=MS2; Sample_inlet=HPLC",
        "COMMENT: Sample_inlet=HPLC; Ionization=ESI; Collision_energy=35 %",
        "MSLEVEL: \nMSLEVEL=2",
    ],
)
def test_soft_ionisation_is_known_from_what_is_said_in_passing(header):
    problem, record = read(f"Name: x\n{header}\nNum Peaks: 1\n43 9\n\nName: y\nPRECURSORTYPE: [M]+.\nNum Peaks: 1\n43 9\n")
    assert "not an electron-ionisation" in problem.what
    assert record.name == "y"


def test_ion_that_an_ei_record_names_does_not_reject_it():
    assert only("Name: x\nIonization: EI\nPRECURSORTYPE: [M+H]+\nNum Peaks: 1\n43 9\n").name == "x"


def test_peaks_of_nothing_at_mz_0_are_left_away_and_told_by_the_count():
    problem, record = read("Name: x\nNum Peaks: 3\n0 0\n43 9\n58 1\n")
    assert (problem.rejected, "announces 3 peaks but lists 2" in problem.what) == (False, True)
    assert pairs(record) == [(43.0, 9.0), (58.0, 1.0)]


def test_inchi_in_quotation_marks_is_read():
    assert only('Name: x\nINCHI: "InChI=1S/CH4/h1H4"\nNum Peaks: 1\n16 9\n').inchi == "InChI=1S/CH4/h1H4"
