import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.massbank import read_massbank

RECORD = """ACCESSION: MSBNK-Test-{number:06d}
RECORD_TITLE: Caffeine; EI-B; MS
DATE: 2016.01.19
AUTHORS: KOGA M, UNIV. OF OCCUPATIONAL AND ENVIRONMENTAL HEALTH
LICENSE: CC BY-NC-SA
COMMENT: first
COMMENT: second
CH$NAME: Caffeine
CH$NAME: 1,3,7-Trimethylxanthine
CH$COMPOUND_CLASS: N/A
CH$FORMULA: C8H10N4O2
CH$EXACT_MASS: 194.08038
CH$SMILES: CN1C=NC2=C1C(=O)N(C)C(=O)N2C
CH$IUPAC: InChI=1S/C8H10N4O2/c1-10-4-9-6-5(10)7(13)12(3)8(14)11(6)2/h4H,1-3H3
CH$LINK: CAS 58-08-2
CH$LINK: INCHIKEY RYYVLZVUVIJVGH-UHFFFAOYSA-N
CH$LINK: KEGG C07481
AC$INSTRUMENT: JEOL JMS-01-SG-2
AC$INSTRUMENT_TYPE: EI-B
AC$MASS_SPECTROMETRY: MS_TYPE MS
AC$MASS_SPECTROMETRY: ION_MODE POSITIVE
AC$MASS_SPECTROMETRY: IONIZATION_ENERGY 70 eV
AC$CHROMATOGRAPHY: RETENTION_INDEX 1840.5
PK$SPLASH: splash10-0002-9000000000-0123456789abcdef0123
PK$NUM_PEAK: 3
PK$PEAK: m/z int. rel.int.
  55.02 1200 167
  109 4100.5 570
  194 7185 999
//
"""


def read(text):
    return list(read_massbank(text if isinstance(text, bytes) else text.encode("utf-8"), "file.txt"))


def record(number=1, **changes):
    text = RECORD.format(number=number)
    for old, new in changes.get("swap", {}).items():
        assert old in text
        text = text.replace(old, new)
    return text


def test_every_field_of_a_record_is_read():
    (found,) = read(record())
    assert isinstance(found, SpectrumRecord)
    assert found.accession == "MSBNK-Test-000001"
    assert (found.name, found.synonyms) == ("Caffeine", ("1,3,7-Trimethylxanthine",))
    assert found.smiles == "CN1C=NC2=C1C(=O)N(C)C(=O)N2C"
    assert found.inchi.startswith("InChI=1S/C8H10N4O2/")
    assert (found.inchikey, found.cas, found.formula) == ("RYYVLZVUVIJVGH-UHFFFAOYSA-N", "58-08-2", "C8H10N4O2")
    assert (found.exact_mass, found.energy_ev, found.retention_index) == (194.08038, 70.0, 1840.5)
    assert (found.licence, found.authors[:6], found.instrument) == ("CC BY-NC-SA", "KOGA M", "JEOL JMS-01-SG-2")
    assert (found.comment, found.source_file, found.line) == ("first; second", "file.txt", 1)
    assert ("CH$LINK KEGG", "C07481") in found.extra
    assert np.array_equal(found.spectrum.mz, [55.02, 109, 194])


def test_absolute_intensities_are_used_and_relative_ones_where_they_are_missing():
    (absolute,) = read(record())
    assert np.array_equal(absolute.spectrum.intensity, [1200, 4100.5, 7185])
    (relative,) = read(record(swap={" 1200 ": " N/A ", " 4100.5 ": " N/A ", " 7185 ": " N/A "}))
    assert np.array_equal(relative.spectrum.intensity, [167, 570, 999])
    (only,) = read(record(swap={"m/z int. rel.int.": "m/z rel.int.", " 1200 ": " ", " 4100.5 ": " ", " 7185 ": " "}))
    assert np.array_equal(only.spectrum.intensity, [167, 570, 999])


def test_not_available_is_none():
    (found,) = read(record(swap={"CN1C=NC2=C1C(=O)N(C)C(=O)N2C": "N/A", "CAS 58-08-2": "CAS N/A", "70 eV": "N/A"}))
    assert (found.smiles, found.cas, found.energy_ev) == (None, None, None)


def test_wrong_peak_count_is_told_and_the_record_kept():
    problem, found = read(record(swap={"PK$NUM_PEAK: 3": "PK$NUM_PEAK: 5"}))
    assert isinstance(problem, Problem)
    assert not problem.rejected
    assert "announces 5 peaks but lists 3" in problem.what
    assert "3 listed peaks" in problem.kept
    assert len(found.spectrum) == 3


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ({"  109 4100.5 570": "  109 41oo 570"}, 28),
        ({"  109 4100.5 570": "  1o9 4100 570"}, 28),
        ({"  109 4100.5 570": "  nan 4100 570"}, 28),
        ({"ACCESSION: MSBNK-Test-000001\n": ""}, 1),
        ({"  55.02 1200 167\n  109 4100.5 570\n  194 7185 999\n": ""}, 1),
        ({"  55.02 1200 167\n  109 4100.5 570\n  194 7185 999\n": "  N/A\n"}, 1),
        ({"  109 4100.5 570": "  -109 4100.5 570"}, 1),
        ({" 1200 ": " 0 ", " 4100.5 ": " 0 ", " 7185 ": " 0 "}, 1),
        ({"AC$INSTRUMENT_TYPE: EI-B": "AC$INSTRUMENT_TYPE: LC-ESI-QTOF"}, 1),
        ({"MS_TYPE MS": "MS_TYPE MS2"}, 1),
    ],
)
def test_bad_record_is_rejected_with_its_line_and_the_others_are_kept(broken, line):
    before, after = record(1), record(3)
    offset = before.count("\n")
    items = read(before + record(1, swap=broken).replace("000001", "000002") + after)
    assert [type(item) for item in items] == [SpectrumRecord, Problem, SpectrumRecord]
    assert items[1].rejected
    assert items[1].line == offset + line
    assert items[2].accession == "MSBNK-Test-000003"


def test_record_without_end_mark_ends_at_the_next_accession():
    items = read(record(1).replace("//\n", "") + record(2).replace("//\n", ""))
    assert [item.accession for item in items] == ["MSBNK-Test-000001", "MSBNK-Test-000002"]


def test_japanese_and_western_records_in_one_file_are_read():
    data = record(1, swap={"KOGA M": "古賀"}).encode("cp932") + record(2, swap={"KOGA M": "Müller é"}).encode("cp1252")
    first, second = read(data)
    assert first.authors.startswith("古賀")
    assert second.authors.startswith("Müller é")


def test_only_peaks_in_order_are_given_whatever_the_line_end():
    (found,) = read(record().replace("\n", "\r\n"))
    assert found == read(record())[0]


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_records_or_problems_and_nothing_else(data):
    for prefix in (b"", RECORD.format(number=1).encode()):
        for item in read_massbank(io.BytesIO(prefix + data)):
            assert isinstance(item, SpectrumRecord | Problem)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["good", "no peaks", "bad peak", "no accession", "count", "no end"]), min_size=1, max_size=8))
def test_records_and_rejections_add_up_to_the_records_present(kinds):
    edits = {
        "good": lambda t: t,
        "no peaks": lambda t: t.split("  55.02")[0] + "//\n",
        "bad peak": lambda t: t.replace("109 4100.5", "109 ####"),
        "no accession": lambda t: t.split("\n", 1)[1],
        "count": lambda t: t.replace("NUM_PEAK: 3", "NUM_PEAK: 7"),
        "no end": lambda t: t.replace("//\n", ""),
    }
    texts = [edits[kind](record(number)) for number, kind in enumerate(kinds)]
    # A record without end followed by one without beginning is one record to any reader.
    present = len(kinds) - sum(a == "no end" and b == "no accession" for a, b in pairwise(kinds))
    items = read("".join(texts))
    assert sum(isinstance(item, SpectrumRecord) or item.rejected for item in items) == present
