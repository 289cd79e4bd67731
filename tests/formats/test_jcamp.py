from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.fields import RecordError
from bitspec_gui.formats.jcamp import read_jcamp
from bitspec_gui.formats.jcamp_data import Axis, read_points

NIST = (
    "##TITLE=Acetone\n##JCAMP-DX=4.24\n##DATA TYPE=MASS SPECTRUM\n##ORIGIN=Japan AIST\n##OWNER=NIST\n##CAS NAME=2-Propanone\n"
    "##MOLFORM=C3 H6 O\n##CAS REGISTRY NO=67-64-1\n##$NIST MASS SPEC NO=290438\n##MW=58\n##XUNITS=M/Z\n"
    "##YUNITS=RELATIVE ABUNDANCE\n##XFACTOR=1\n##YFACTOR=1\n##FIRSTX=42\n##LASTX=58\n##NPOINTS=3\n##PEAK TABLE=(XY..XY)\n"
    "42,70 43,999\n58,300\n##END=\n"
)
PEAKS = [(42.0, 70.0), (43.0, 999.0), (58.0, 300.0)]


def read(text):
    return list(read_jcamp(text if isinstance(text, bytes) else text.encode("utf-8"), "file.jdx"))


def records_of(text):
    return [item for item in read(text) if isinstance(item, SpectrumRecord)]


def rejected(text):
    return [item for item in read(text) if isinstance(item, Problem) and item.rejected]


def only(text):
    (record,) = read(text)
    assert isinstance(record, SpectrumRecord), record
    return record


def pairs(record):
    return list(zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True))


def test_record_of_the_nist_webbook_is_read_with_what_it_says():
    record = only(NIST)
    assert pairs(record) == PEAKS
    assert (record.name, record.synonyms, record.formula) == ("Acetone", ("2-Propanone",), "C3H6O")
    assert (record.cas, record.nominal_mass, record.line) == ("67-64-1", 58, 1)
    assert ("$NIST MASS SPEC NO", "290438") in record.extra


@pytest.mark.parametrize(
    "table",
    [
        "##PEAK TABLE=(XY..XY)\n42,70 43,999 58,300",
        "##PEAK TABLE= (XY..XY) $$ three of them\n42,70; 43,999; 58,300;",
        "##PEAK TABLE=(XY..XY)\n42 70\n43 999 $$ base peak\n58 300",
        "##peak_table = (XY..XY)\n 42, 70\n 43, 999\n 58, 300\n",
        "##XYPOINTS=(XY..XY)\n42.0,70.0\n43.0,999.0\n58.0,3.0E+2",
        "##XYDATA=(XY..XY)\n42 70\n43 999\n58 300",
        "##PEAK ASSIGNMENTS=(XYMA)\n(42, 70, , <C2H2O>)\n(43, 999, , <C2H3O+>)\n(58, 300, , <M>)",
        "##DATA TABLE= (XY..XY), PEAKS\n42,70 43,999 58,300".replace(", PEAKS", ""),
        "##PEAK TABLE=(XY..XY) 42,70 43,999 58,300",
        "##PEAK TABLE=\n(XY..XY)\n42,70 43,999 58,300",
    ],
)
def test_every_way_to_write_pairs_is_understood(table):
    text = f"##TITLE=x\n##DATA TYPE=MASS SPECTRUM\n##NPOINTS=3\n{table}\n##END=\n"
    assert pairs(only(text)) == PEAKS


CHECK = [1, 2, 3, 3, 2, 1, 0, -1, -2, -3]


@pytest.mark.parametrize(
    "line", ["1 1 2 3 3 2 1 0 -1 -2 -3", "1+1+2+3+3+2+1+0-1-2-3", "1ABCCBA@abc", "1ABCTBA@abc", "1AJJ%jjjjjj", "1AJT%jX"]
)
def test_packed_forms_give_the_ordinates_that_the_standard_says(line):
    # The example of McDonald and Wilks, in AFFN, PAC, SQZ, SQZ with DUP, DIF, and DIF with DUP.
    found, failed = read_points([(1, line)], Axis(first=1, step=1))
    assert [y for _, y in found] == [y for y in CHECK if y]
    assert [x for x, _ in found] == [float(x) for x, y in enumerate(CHECK, 1) if y]
    assert failed == []


def packed(values, first):
    """Ordinates as differences, three lines of them, the first of each line the last of that before."""
    lines, at = [], 0
    while at < len(values) - 1:
        part = values[at : at + 5]
        text = f"{first + at}" + squeezed(part[0])
        for before, after in pairwise(part):
            text += difference(after - before)
        lines.append(text)
        at += 4
    return lines


def squeezed(value):
    return ("abcdefghi"[int(str(-value)[0]) - 1] if value < 0 else "@ABCDEFGHI"[int(str(value)[0])]) + str(abs(value))[1:]


def difference(value):
    return ("jklmnopqr"[int(str(-value)[0]) - 1] if value < 0 else "%JKLMNOPQR"[int(str(value)[0])]) + str(abs(value))[1:]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(0, 99999), min_size=2, max_size=40), st.integers(1, 500))
def test_differences_over_several_lines_come_back_as_they_were(values, first):
    lines = list(enumerate(packed(values, first), 1))
    found, failed = read_points(lines, Axis(first=first, last=first + len(values) - 1, points=len(values)))
    assert found == [(float(first + at), float(value)) for at, value in enumerate(values) if value]
    assert failed == []


def test_failed_check_of_differences_is_told_and_the_record_kept():
    text = "##TITLE=x\n##DATA TYPE=MASS SPECTRUM\n##DELTAX=1\n##XYDATA=(X++(Y..Y))\n40A00J5K5\n42A99J1\n##END=\n"
    problem, record = read(text)
    assert (problem.line, problem.rejected) == (6, False)
    assert "do not go on" in problem.what
    assert isinstance(record, SpectrumRecord)


def test_factors_make_abscissas_and_ordinates():
    text = (
        "##TITLE=x\n##DATA TYPE=MASS SPECTRUM\n##XFACTOR=0.5\n##YFACTOR=10\n##FIRSTX=20\n##LASTX=21\n##NPOINTS=3\n"
        "##XYDATA=(X++(Y..Y))\n40+1+2+3\n##END=\n"
    )
    assert pairs(only(text)) == [(20.0, 10.0), (20.5, 20.0), (21.0, 30.0)]


def test_blank_titles_and_forms_of_hp_are_read():
    text = NIST.replace("Acetone", "").replace("##CAS NAME=2-Propanone\n", "") * 2
    items = read(text)
    assert [type(item) for item in items] == [Problem, SpectrumRecord, Problem, SpectrumRecord]
    assert "no name" in items[0].what
    assert [item.line for item in items if isinstance(item, SpectrumRecord)] == [1, 21]


def test_records_within_a_link_block_are_all_read_and_the_block_is_none():
    text = f"##TITLE=all\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS=2\n{NIST}{NIST.replace('Acetone', 'Second')}##END=\n"
    assert [record.name for record in records_of(text)] == ["Acetone", "Second"]
    assert rejected(text) == []


def test_record_without_its_end_costs_neither_itself_nor_the_next():
    items = read(NIST.replace("##END=\n", "") + NIST.replace("Acetone", "Second"))
    assert [item.name for item in items if isinstance(item, SpectrumRecord)] == ["Acetone", "Second"]
    assert ["##END=" in item.what for item in items if isinstance(item, Problem)] == [True]


def test_wrong_number_of_points_is_told_and_the_record_kept():
    problem, record = read(NIST.replace("NPOINTS=3", "NPOINTS=4"))
    assert "announces 4 peaks but lists 3" in problem.what
    assert pairs(record) == PEAKS


def test_infrared_spectrum_among_mass_spectra_is_rejected_in_words():
    text = NIST + NIST.replace("MASS SPECTRUM", "INFRARED SPECTRUM") + NIST
    assert len(records_of(text)) == 2
    (problem,) = rejected(text)
    assert "no mass spectrum (INFRARED SPECTRUM)" in problem.what
    assert problem.line == 22


@pytest.mark.parametrize(
    ("table", "line"),
    [("42,70 43,9x9", 19), ("42,70\n43", 20), ("", 1), ("42,-70 43,1", 18), ("9e9,3", 18)],
)
def test_one_bad_record_keeps_the_others(table, line):
    bad = NIST.replace("42,70 43,999\n58,300", table)
    items = [item for item in read(bad + NIST) if not (isinstance(item, Problem) and not item.rejected)]
    assert [type(item) for item in items] == [Problem, SpectrumRecord]
    assert items[0].line == line


def test_repeats_cannot_fill_the_memory():
    with pytest.raises(RecordError, match="more than"):
        read_points([(7, "40A1Z99999999999")], Axis(first=40, step=1))


def test_several_tables_of_one_block_are_spectra_of_their_own():
    text = NIST.replace("##END=\n", "##NPOINTS=1\n##PEAK TABLE=(XY..XY)\n57,5\n##END=\n")
    assert [pairs(record) for record in records_of(text)] == [PEAKS, [(57.0, 5.0)]]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_encodings_and_line_ends_of_other_machines_are_read(encoding, end):
    text = NIST.replace("Acetone", "Acétone – 5 µL").replace("\n", end)
    assert only(text.encode(encoding)).name == "Acétone – 5 µL"


def test_library_of_shimadzu_whose_titles_are_numbers_is_read():
    record = "##TITLE= {}\n##JCAMP-DX= 4.24 +Shimadzu\n##MW= 0\n##MOLFORM=\n##CAS REGISTRY NO= 118 - 96 - 7\n"
    record += "##DATA_TYPE= Mass Spectrum\n##CAS NAME= {}\n##$RETENTION INDEX= 1723\n##NPOINTS= 2\n"
    record += "##XYDATA= (XY..XY)\n73.00,208\n103.00,80\n##END=\n"
    first, second = read(record.format(1, "ribitol") + record.format(2, "arbutin"))
    assert (first.name, first.synonyms, first.cas, first.retention_index) == ("ribitol", ("1",), "118-96-7", 1723.0)
    assert (second.name, second.nominal_mass, second.formula) == ("arbutin", None, None)
