"""Records within the limits of NIST MS Search, as MSP and JCAMP-DX."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_hits import NICOTINAMIDE

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.jcamp import read_jcamp
from bitspec_gui.formats.jcamp_writer import write_jcamp
from bitspec_gui.formats.msp import read_msp, write_msp
from bitspec_gui.formats.nist_limits import ascii_text, for_nist


def written(record: SpectrumRecord) -> str:
    stream = io.StringIO()
    assert write_msp([for_nist(record).record], stream) == 1
    return stream.getvalue()


def jcamp(*records: SpectrumRecord) -> str:
    stream = io.StringIO()
    assert write_jcamp(records, stream) == len(records)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("β-Caryophyllène", ".beta.-Caryophyllene"),
        ("5α-Δ9", "5.alpha.-.Delta.9"),
        ("(±)-Menthol – 1′", "(+/-)-Menthol - 1'"),
        ("H₂O and ½", "H2O and 1/2"),
        ("カフェイン", "?????"),
        ("two\nlines\x00", "two lines"),
    ],
)
def test_text_becomes_plain_ascii_with_greek_letters_spelled_as_nist_does(text: str, expected: str) -> None:
    assert ascii_text(text) == expected


@given(st.text(max_size=60))
def test_any_text_becomes_printable_ascii_on_one_line(text: str) -> None:
    plain = ascii_text(text)
    assert plain.isascii()
    assert plain.isprintable()


def test_msp_begins_with_the_name_and_ends_with_as_many_whole_peaks_as_announced() -> None:
    lines = written(NICOTINAMIDE).rstrip().split("\n")
    assert lines[0] == "Name: Nicotinamide"
    (announced,) = [place for place, line in enumerate(lines) if line.startswith("Num Peaks: ")]
    assert lines[announced] == "Num Peaks: 6"
    assert lines[announced + 1 :] == ["39 80", "51 300", "78 700", "94 10", "106 610", "122 999"]
    assert {"DB#: V-1", "Formula: C6H6N2O", "MW: 122", "CAS#: 98-92-0", "Synon: .beta.-Pyridinecarboxamide"} <= set(lines)


def test_intensities_become_whole_numbers_up_to_999_and_masses_have_four_decimals() -> None:
    record = SpectrumRecord(Spectrum([0.5, 77.0391234, 78.0, 80.0], [5.0, 50.0, 0.02, 100.0]), name="x")
    taken = for_nist(record)
    assert taken.record.spectrum == Spectrum([77.0391, 80.0], [500.0, 999.0])
    assert taken.shortened  # m/z 0.5 is below what NIST's programs take


def test_the_800_largest_peaks_stay_and_of_equal_ones_those_at_higher_mass() -> None:
    mz = np.arange(1.0, 1001.0)
    record = SpectrumRecord(Spectrum(mz, np.where(mz % 2 == 0, 100.0, 50.0)), name="x")
    taken = for_nist(record)
    kept = taken.record.spectrum
    assert len(kept) == 800
    assert set(mz[1::2]) <= set(kept.mz)
    assert kept.mz[0] == 2.0
    assert min(each for each in kept.mz if each % 2) == 401.0
    assert taken.shortened


def test_texts_end_at_the_limits_and_a_formula_that_is_too_long_is_left_out() -> None:
    long = replace(
        NICOTINAMIDE,
        name="n" * 600,
        comment="c" * 2000,
        formula="C100H200N100O100S100P100",
        synonyms=tuple("ab" * 500 for _ in "x" * 9),
    )
    taken = for_nist(long)
    assert taken.shortened
    assert len(taken.record.name) == 511
    assert len(taken.record.comment or "") == 1023
    assert taken.record.formula is None
    assert len(taken.record.synonyms) == 4
    assert not for_nist(NICOTINAMIDE).shortened


def test_record_whose_name_cannot_be_spelled_is_called_by_something_that_can() -> None:
    assert for_nist(replace(NICOTINAMIDE, name="カフェイン")).record.name == "V-1"
    assert for_nist(replace(NICOTINAMIDE, name="", accession=None, formula=None)).record.name == NICOTINAMIDE.inchikey


@pytest.mark.parametrize("spectrum", [Spectrum([0.3, 0.9], [1.0, 2.0]), Spectrum([50.0], [0.0])])
def test_spectrum_without_a_usable_peak_is_refused(spectrum: Spectrum) -> None:
    with pytest.raises(SpectrumError):
        for_nist(SpectrumRecord(spectrum, name="x"))


def test_what_is_written_for_nist_is_read_back() -> None:
    (read,) = read_msp(written(NICOTINAMIDE).encode())
    assert isinstance(read, SpectrumRecord)
    assert (read.name, read.accession, read.spectrum) == ("Nicotinamide", "V-1", NICOTINAMIDE.spectrum)


def test_jcamp_has_a_peak_table_that_lib2nist_reads_and_lines_of_at_most_80_characters() -> None:
    text = jcamp(NICOTINAMIDE)
    lines = text.splitlines()
    assert lines[0] == "##TITLE=Nicotinamide"
    assert lines[1] == "##JCAMP-DX=5.00"
    assert lines[-1] == "##END="
    place = lines.index("##PEAK TABLE=(XY..XY)")
    assert lines[place - 1] == "##NPOINTS=6"
    assert lines[place + 1 : -1] == ["39,80 51,300 78,700 94,10 106,610", "122,999"]
    assert {"##MOLFORM=C6 H6 N2 O", "##MW=122", "##CAS REGISTRY NO=98-92-0"} <= set(lines)
    assert max(map(len, lines)) <= 80


def test_long_comment_goes_over_several_jcamp_lines_and_is_read_back_whole() -> None:
    comment = "Hit 1 of Peak 7, which is a sentence that is longer than a line may be " * 5 + "end."
    text = jcamp(replace(NICOTINAMIDE, comment=comment))
    assert max(map(len, text.splitlines())) <= 80
    (read,) = read_jcamp(text.encode())
    assert isinstance(read, SpectrumRecord)
    assert read.comment == comment


def test_several_jcamp_records_are_read_back_with_all_that_they_say() -> None:
    other = replace(NICOTINAMIDE, name="", accession="B-2", smiles=None, predicted_by="bitspec-ei-2", confidence=0.5)
    read = [each for each in read_jcamp(jcamp(NICOTINAMIDE, other).encode()) if isinstance(each, SpectrumRecord)]
    assert [each.name for each in read] == ["Nicotinamide", "B-2"]
    first = read[0]
    for name in ("smiles", "inchikey", "formula", "cas", "nominal_mass", "retention_index", "licence", "instrument", "spectrum"):
        assert getattr(first, name) == getattr(NICOTINAMIDE, name), name
    assert first.synonyms == ("Niacinamide", ".beta.-Pyridinecarboxamide")
    assert (read[1].predicted_by, read[1].confidence) == ("bitspec-ei-2", 0.5)


def test_text_with_signs_of_the_format_stays_within_its_value() -> None:
    text = jcamp(replace(NICOTINAMIDE, name="a ##END= b $$ c\n##TITLE=d", synonyms=("##END=",)))
    assert text.splitlines()[0] == "##TITLE=a # #END= b $ $ c # #TITLE=d"
    assert len(re.findall(r"^##END=", text, re.MULTILINE)) == 1


@given(st.lists(st.tuples(st.floats(0.01, 5000), st.floats(0, 1e300)), min_size=1, max_size=40))
def test_any_spectrum_is_either_refused_or_within_the_limits(peaks: list[tuple[float, float]]) -> None:
    try:
        taken = for_nist(SpectrumRecord(Spectrum(*np.array(peaks).T), name="x")).record.spectrum
    except SpectrumError:
        assert all(mz < 1 for mz, _ in peaks) or not any(intensity for mz, intensity in peaks if mz >= 1)
        return
    assert taken.intensity.max() == 999
    assert set(taken.intensity % 1) == {0.0}
    assert taken.intensity.min() >= 1
    assert taken.mz.min() >= 1
