"""The benchmark's rows: what is trained on, what is scored, and that the two stay apart."""

import csv
from pathlib import Path

import pytest

from bitspec_gui.formats.benchmark_set import BenchmarkRow, compounds, derivative_rows, load_benchmark

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "massbank_ei"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the development data (../shared/data) are not here"),
]


@pytest.fixture(scope="module")
def rows() -> list[BenchmarkRow]:
    return load_benchmark(DATA, "random")


def test_every_row_of_the_index_with_a_structure_is_loaded(rows: list[BenchmarkRow]) -> None:
    with (DATA / "index.csv").open(newline="") as stream:
        expected = {fields["accession"] for fields in csv.DictReader(stream) if fields["smiles"]}
    assert {row.accession for row in rows} == expected


def test_no_compound_stands_in_two_parts(rows: list[BenchmarkRow]) -> None:
    parts = [set(compounds(rows, part)) for part in ("train", "val", "test")]
    assert len(set.union(*parts)) == sum(map(len, parts))


def test_scored_rows_bear_no_flag_and_low_energy_rows_say_their_energy(rows: list[BenchmarkRow]) -> None:
    assert all(not row.flags for group in compounds(rows, "test").values() for row in group)
    low = [row for group in compounds(rows, "train", ["low_energy"]).values() for row in group]
    assert len(low) > 1000
    assert all(row.energy_ev < 70 for row in low)


def test_derivatives_get_the_measured_structure_and_never_a_compound_of_another_part(rows: list[BenchmarkRow]) -> None:
    found = derivative_rows(DATA, rows, "train")
    listed = {row.accession: row for row in rows}
    held_back = {row.connectivity for row in rows if row.part != "train"}
    assert len(found) > 200
    assert all(row.nominal_mass > listed[row.accession].nominal_mass for row in found)
    assert not {row.connectivity for row in found} & held_back
