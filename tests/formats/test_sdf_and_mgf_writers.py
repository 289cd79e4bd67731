"""Spectra written as SD and MGF files are those that the readers give back."""

from __future__ import annotations

from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.mgf import read_mgf
from bitspec_gui.formats.mgf_writer import write_mgf
from bitspec_gui.formats.sdf_spectra import read_sd_spectra
from bitspec_gui.formats.sdf_writer import write_sd_spectra
from bitspec_gui.formats.sniffing import format_of_head

MOLBLOCK = """whatever the title was
  drawn by hand

  3  2  0  0  0  0  0  0  0  0999 V2000
   -1.2990   -0.2500    0.0000 C   0  0
    0.0000    0.5000    0.0000 C   0  0
    1.2990   -0.2500    0.0000 O   0  0
  1  2  1  0
  2  3  1  0
M  END
"""
RECORD = SpectrumRecord(
    Spectrum([15, 31, 45.5, 46], [100, 999, 500.25, 200]),
    name="ethanol",
    accession="X-1",
    synonyms=("alcohol", "EtOH"),
    smiles="CCO",
    inchikey="LFQSCWFLJHTTHZ-UHFFFAOYSA-N",
    formula="C2H6O",
    nominal_mass=46,
    exact_mass=46.04186,
    cas="64-17-5",
    licence="CC0",
    comment="Predicted EI spectrum, not measured. A warning.",
    predicted_by="model-1",
    confidence=0.812,
    extra=(("model_sha256", "abc"),),
)
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split()) or "x"
)


def without_place(record: SpectrumRecord) -> SpectrumRecord:
    from dataclasses import replace

    known = tuple((key.lower(), value) for key, value in record.extra if key != "MSLEVEL")
    return replace(record, source_file="", line=None, extra=known)


def test_sd_records_come_back_with_their_structure_and_everything_known() -> None:
    text = StringIO()
    assert write_sd_spectra([(MOLBLOCK, RECORD)] * 3, text) == 3
    found = list(read_sd_spectra(text.getvalue().encode()))
    assert [without_place(each) for each in found] == [RECORD] * 3
    assert text.getvalue().startswith("ethanol\n  drawn by hand\n")
    assert text.getvalue().count("M  END") == 3


def test_structure_of_an_sd_record_is_read_from_the_drawing_if_nothing_else_says_it() -> None:
    text = StringIO()
    write_sd_spectra([(MOLBLOCK, SpectrumRecord(Spectrum([31], [999]), name="a"))], text)
    (found,) = read_sd_spectra(text.getvalue().encode())
    assert found.smiles == "CCO"


def test_mgf_records_come_back_with_everything_known() -> None:
    text = StringIO()
    assert write_mgf([RECORD] * 3, text) == 3
    assert [without_place(each) for each in read_mgf(text.getvalue().encode())] == [RECORD] * 3


def test_written_files_are_told_apart_by_their_content() -> None:
    sd, mgf = StringIO(), StringIO()
    write_sd_spectra([(MOLBLOCK, RECORD)], sd)
    write_mgf([RECORD], mgf)
    assert format_of_head(sd.getvalue().encode()) is not None
    assert format_of_head(mgf.getvalue().encode()) is not None
    assert format_of_head(sd.getvalue().encode()) != format_of_head(mgf.getvalue().encode())


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(NAMES, min_size=1, max_size=4),
    peaks=st.dictionaries(st.integers(1, 999), st.integers(1, 999), min_size=1, max_size=8),
)
def test_no_name_breaks_a_record_or_its_neighbours(names: list[str], peaks: dict[int, int]) -> None:
    mz = sorted(peaks)
    records = [SpectrumRecord(Spectrum(mz, [peaks[each] for each in mz]), name=name) for name in names]
    sd, mgf = StringIO(), StringIO()
    write_sd_spectra(((MOLBLOCK, record) for record in records), sd)
    write_mgf(records, mgf)
    for found in (list(read_sd_spectra(sd.getvalue().encode())), list(read_mgf(mgf.getvalue().encode()))):
        kept = [each for each in found if isinstance(each, SpectrumRecord)]
        assert [each.spectrum for each in kept] == [each.spectrum for each in records]
