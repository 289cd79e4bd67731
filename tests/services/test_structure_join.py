"""Rows of tables find their spectra, in whatever order and spelling both come."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing
from bitspec_gui.formats.structure_tables import StructureRow
from bitspec_gui.services.structure_join import join

COMPOUNDS = {
    "Ethanol": "CCO",
    "2-Propanol": "CC(C)O",
    "α-Pinene": "CC1=CCC2CC1C2(C)C",
    "Benzene": "c1ccccc1",
    "カフェイン": "CCN",
}


def spectrum(number: int, name: str, **more: str) -> DatasetSpectrum:
    record = SpectrumRecord(Spectrum(np.array([41.0 + number]), np.array([1.0])), name=name, source_file="lab.msp", **more)
    return DatasetSpectrum(number, record, Standing.NO_STRUCTURE)


def row(name: str, line: int, smiles: str) -> StructureRow:
    return StructureRow(smiles, (("No", str(line)), ("Name", name)), "names.csv", line)


def spelled_anyhow(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, name.upper(), name.lower(), f" {name} ", name.replace("α", "alpha"), " ".join(name)])


@settings(max_examples=40, deadline=None)
@given(st.permutations(list(COMPOUNDS)), st.permutations(list(COMPOUNDS)), st.data())
def test_order_and_spelling_make_no_difference(row_order, spectrum_order, data):
    rows = [row(data.draw(spelled_anyhow(name)), place + 2, COMPOUNDS[name]) for place, name in enumerate(row_order)]
    spectra = [spectrum(place + 1, name) for place, name in enumerate(spectrum_order)]
    found = join(rows, spectra)
    assert {each.name: each.smiles for each in found.records.values()} == COMPOUNDS
    assert found.columns == ["Name"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(["C", "CC", "not a structure", "", "[X]"])), max_size=8)
)
def test_whatever_a_table_holds_a_spectrum_gets_one_structure_or_none_and_what_is_wrong_has_a_line(pairs):
    rows = [row(name, place + 2, smiles) for place, (name, smiles) in enumerate(pairs)]
    spectra = [spectrum(1, "A"), spectrum(2, "B"), spectrum(3, "A")]
    found = join(rows, spectra)
    for number, name in ((1, "A"), (2, "B"), (3, "A")):
        said = {smiles for other, smiles in pairs if other == name and smiles in ("C", "CC")}
        if number in found.records:
            assert {found.records[number].smiles} == said
        else:
            assert len(said) != 1 or not found.records, "one plain answer is taken if the column names compounds at all"
    assert all(problem.line is not None for problem in found.problems if "structures (" in problem.what)


def test_no_rows_or_no_spectra_join_nothing():
    assert join([], [spectrum(1, "A")]).records == {}
    assert join([row("A", 2, "C")], []).problems == []
