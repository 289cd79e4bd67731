"""Textbook cases: that the table is sound, how an explanation hits one, and what becomes of tables with faults."""

from __future__ import annotations

import csv
import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.bootstrap import textbook_cases
from bitspec_gui.chem.atom_places import formula_of
from bitspec_gui.chem.parse import structure_keys
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.formula import atoms, formula_mass
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.massbank import read_massbank
from bitspec_gui.services.textbook import DEVELOPMENT, HELD_BACK, TextbookCase, chance_of_hit, read_cases, result_of
from bitspec_gui.spectra.binning import to_bins

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "massbank_ei"
HEADER = "compound,smiles,mz,expected,process,ion,source\n"
TOLUENE_LIKE = "butylbenzene,CCCCc1ccccc1,91,[CH2]c1ccccc1,benzylic cleavage,C7H7,a book\n"


@pytest.fixture(scope="module")
def cases() -> tuple[TextbookCase, ...]:
    found, problems = read_cases(textbook_cases())
    assert problems == ()
    return found


def table(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(header + "".join(lines), encoding="utf-8")
    return path


def one_case(tmp_path: Path, line: str) -> TextbookCase:
    found, problems = read_cases(table(tmp_path, line))
    assert problems == ()
    return found[0]


def test_the_table_has_many_cases_of_many_kinds_each_only_once(cases: tuple[TextbookCase, ...]) -> None:
    assert len(cases) >= 200
    assert len({(case.molecule.connectivity, case.mz) for case in cases}) == len(cases)
    assert len({case.process for case in cases}) >= 30
    for half in (DEVELOPMENT, HELD_BACK):
        assert sum(case.half == half for case in cases) >= 80


def test_the_expected_atoms_make_the_ion_and_the_ion_weighs_what_the_peak_says(cases: tuple[TextbookCase, ...]) -> None:
    for case in cases:
        assert formula_mass(case.ion) == case.mz, case.compound
        wanted = dict(atoms(case.ion))
        hydrogens = wanted.pop("H")
        for places in case.places:
            heavy, borne = formula_of(case.molecule, places)
            assert heavy == wanted, (case.compound, case.mz)
            assert abs(hydrogens - borne) <= 4, (case.compound, case.mz)


def test_no_case_is_hit_by_whatever_is_pointed_at(cases: tuple[TextbookCase, ...]) -> None:
    for case in cases:
        assert len(case.expected) <= 0.85 * case.heavy_atoms, (case.compound, case.mz)
        assert case.chance <= 0.5, (case.compound, case.mz)
    assert np.mean([case.chance for case in cases]) < 0.15


def test_every_case_names_its_process_and_a_source_that_the_table_lists(cases: tuple[TextbookCase, ...]) -> None:
    remarks = "".join(line for line in textbook_cases().read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    for case in cases:
        assert case.process, case.compound
        book = case.source.split(", ch.")[0].split(", vol.")[0].split(" (")[0]
        assert f"{book}:" in remarks, case.source


def test_scores_hit_if_three_of_four_atoms_that_they_point_at_are_in_the_ion(tmp_path: Path) -> None:
    case = one_case(tmp_path, TOLUENE_LIKE)
    assert case.expected == (3, 4, 5, 6, 7, 8, 9)
    scores = np.zeros(10)
    scores[[3, 4, 5, 6, 7, 8]] = 1.0
    scores[0] = 0.5
    result = result_of(case, scores, ())
    assert result.pointed_at == (0, 3, 4, 5, 6, 7, 8)
    assert (result.precision, result.hit) == (pytest.approx(6 / 7), True)
    scores[1] = 0.6
    scores[8] = 0.0
    assert not result_of(case, scores, ()).hit


def test_equal_scores_count_against_an_explanation_and_negative_ones_point_at_nothing(tmp_path: Path) -> None:
    case = one_case(tmp_path, TOLUENE_LIKE)
    result = result_of(case, np.ones(10), ())
    assert result.pointed_at[:3] == (0, 1, 2)
    assert not result.hit
    signed = np.where(np.isin(np.arange(10), case.expected), -1.0, 0.1)
    assert result_of(case, signed, ()).precision == pytest.approx(4 / 7)


def test_the_chance_of_a_hit_is_that_of_drawing_atoms_blindly() -> None:
    for heavy, expected in ((9, 4), (10, 7), (7, 2), (12, 1)):
        draws = list(itertools.combinations(range(heavy), expected))
        hits = sum(sum(atom < expected for atom in draw) >= 0.75 * expected for draw in draws)
        assert chance_of_hit(heavy, expected) == pytest.approx(hits / len(draws))


def test_symmetric_places_all_count(tmp_path: Path) -> None:
    case = one_case(tmp_path, "dibutyl phthalate,CCCCOC(=O)c1ccccc1C(=O)OCCCC,149,[OX2]C(=O)c1ccccc1C=O,,C8H5O3,\n")
    assert len(case.places) == 2
    assert len(case.expected) == 12
    assert all(len(places) == 11 for places in case.places)


def test_atoms_may_be_numbered_as_they_stand_in_the_smiles_that_was_written(tmp_path: Path) -> None:
    by_pattern = one_case(tmp_path, TOLUENE_LIKE)
    by_number = one_case(tmp_path, "x,c1ccccc1CCCC,91,0 1 2 3 4 5 6,,C7H7,\n")
    assert by_number.molecule.smiles == by_pattern.molecule.smiles
    assert by_number.places == by_pattern.places
    several = one_case(tmp_path, "x,CCCCc1ccccc1,91,3 4 5 6 7 8 9 | [CH3][CH2],,,\n")
    assert len(several.places) == 2


def test_columns_may_come_in_any_order_and_those_that_only_tell_may_be_missing(tmp_path: Path) -> None:
    found, problems = read_cases(table(tmp_path, "[CH3]C=O,43,CCCCC(C)=O\n", header="# mine\n\nexpected,mz,smiles\n"))
    assert problems == ()
    assert (found[0].compound, found[0].ion, found[0].line) == ("CCCCC(C)=O", "", 4)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a,not a molecule,91,[CH2],,,\n", "is not a SMILES"),
        ("a,CCCCc1ccccc1,91,[CH2,,,\n", "is no SMARTS"),
        ("a,CCCCc1ccccc1,91,[CH2]Cl,,,\n", "matches nothing"),
        ("a,CCCCc1ccccc1,91,0 1 99,,,\n", "There is no atom 99"),
        ("a,CCCCc1ccccc1,ninety,[CH2],,,\n", "no unit m/z"),
        ("a,CCCCc1ccccc1,500,[CH2],,,\n", "no unit m/z"),
        ("a,CCCCc1ccccc1,91,[CH2]c1ccccc1,,C7H8,\n", "does not weigh 91"),
        ("a,CCCCc1ccccc1,91,[CH3][CH2],,C7H7,\n", "do not make the ion"),
        ("a,CCCCc1ccccc1,91\n", "must all be there"),
        ('"a,CCCCc1ccccc1,91,[CH2]c1ccccc1,,C7H7,\n', "must all be there"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_others_are_kept(tmp_path: Path, line: str, sentence: str) -> None:
    found, problems = read_cases(table(tmp_path, TOLUENE_LIKE, line, TOLUENE_LIKE))
    assert [case.line for case in found] == [2, 4]
    assert len(problems) == 1
    assert str(problems[0]).startswith("own.csv, line 3: ")
    assert sentence in str(problems[0])
    assert str(problems[0]).endswith("This case was left out; the others were kept.")


def test_what_is_no_table_of_cases_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_cases(tmp_path / "nowhere.csv")
    with pytest.raises(UnreadableFile, match="no column mz and no expected"):
        read_cases(table(tmp_path, header="compound,smiles\n"))
    with pytest.raises(UnreadableFile, match="no column smiles"):
        read_cases(table(tmp_path, header=""))
    with pytest.raises(UnreadableFile, match=r"no case that can be used.*line 2.*no SMARTS"):
        read_cases(table(tmp_path, "a,CCCCc1ccccc1,91,[CH2,,,\n"))
    with pytest.raises(UnreadableFile, match="larger than a table"):
        read_cases(table(tmp_path, "x" * 5_000_001))


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the development data (../shared/data) are not here")
def test_compounds_that_were_measured_do_show_the_peak(cases: tuple[TextbookCase, ...]) -> None:
    wanted: dict[str, list[TextbookCase]] = {}
    for case in cases:
        wanted.setdefault(case.molecule.connectivity, []).append(case)
    largest: dict[tuple[str, int], float] = {}
    with zipfile.ZipFile(DATA / "records.zip") as records:
        for connectivity, path in measured(set(wanted)):
            record = next(each for each in read_massbank(records.read(path), path) if isinstance(each, SpectrumRecord))
            bins = to_bins(record.spectrum)
            for case in wanted[connectivity]:
                key = (connectivity, case.mz)
                largest[key] = max(largest.get(key, 0.0), float(bins[case.mz - 1] / bins.max()))
    assert len(largest) >= 150
    faint = [f"{case.compound} {case.mz}" for case in cases if largest.get((case.molecule.connectivity, case.mz), 1.0) < 0.05]
    assert faint == []


def measured(connectivities: set[str]) -> Iterator[tuple[str, str]]:
    """First block of the InChIKey and path of each record of these compounds; of derivatives, that of what was measured."""
    with (DATA / "derivatives.csv").open(encoding="utf-8", newline="") as stream:
        silylated = {row["accession"]: row["spectrum_smiles"] for row in csv.DictReader(stream)}
    with (DATA / "index.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key = row["inchikey"]
            if row["accession"] in silylated:
                keys = structure_keys(silylated[row["accession"]], None)
                key = keys.inchikey if keys is not None else ""
            if key[:14] in connectivities and "no_structure" not in row["flags"]:
                yield key[:14], row["path"]
