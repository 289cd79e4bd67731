"""Figures on another laboratory's accurate-mass spectra, small enough to work out by hand."""

import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from benchmark_folder import make_benchmark

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.formats.other_spectra import is_kept_for_testing, read_other, unseen
from bitspec_gui.services.evaluation import Benchmark
from bitspec_gui.services.other_laboratory import other_laboratory, shares_of

COLLECTION = "recetox_gc_hrms_2020"
PEAKS = [[60.0, 500.0], [91.0542, 300.0], [92.0621, 100.0], [105.5, 0.0]]


def line(smiles: str, number: int) -> str:
    return json.dumps({"id": str(number), "smiles": smiles, "peaks": PEAKS})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A benchmark with a collection beside it: alkylbenzenes, toluene (a test compound) among them, and two rows without use."""
    benchmark, others = tmp_path / "massbank_ei", tmp_path / "other_ei"
    benchmark.mkdir()
    others.mkdir()
    structures = ["Cc1ccccc1", *("C" * length + "c1ccccc1" for length in range(2, 14)), "CC.CC"]
    lines = [
        *(line(smiles, number) for number, smiles in enumerate(structures)),
        json.dumps({"id": "x", "smiles": None, "peaks": PEAKS}),
    ]
    (others / f"{COLLECTION}.jsonl").write_text("\n".join(lines) + "\n")
    return make_benchmark(benchmark)


class Tropylium:
    """Predicts m/z 60 and 91 for everything, and says that 91 is C7H7."""

    version = ModelVersion("tropylium", "f" * 64, "none")
    device = "CPU: test"

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        spectrum = Spectrum(np.array([60.0, 91.0]), np.array([999.0, 300.0]))
        benzyl = Assignment("C7H7", (), 0, "", 91.0542, 0, 0.9)
        annotations = (PeakAnnotation(60, (), 1.0), PeakAnnotation(91, (benzyl,), 0.1)) if annotate else ()
        return [Prediction(molecule, spectrum, self.version, annotations=annotations) for molecule in molecules]


def test_bins_that_were_not_recorded_do_not_count_and_compounds_kept_for_testing_stand_apart(folder: Path) -> None:
    found = other_laboratory(Tropylium(), folder, Benchmark.load(folder, "random"))
    assert found is not None
    assert found.all is not None
    assert found.kept is not None
    assert found.all.compounds == 13
    assert 0 < found.compounds == found.kept.compounds < 13
    # m/z 60 lies below the range of the instrument: what is left is 91 alone against 91 and 92.
    assert found.means["cosine"] == pytest.approx(300 / np.hypot(300, 100), abs=1e-4)


def test_agreement_is_measured_on_what_is_assigned(folder: Path) -> None:
    found = other_laboratory(Tropylium(), folder, Benchmark.load(folder, "random"))
    assert found is not None
    assert found.all is not None
    assert (found.all.assigned, found.all.agreeing, found.all.agreeing_any) == pytest.approx((0.75, 1.0, 1.0))


def test_a_first_assignment_of_the_wrong_formula_disagrees_though_one_further_down_is_right() -> None:
    wrong = Assignment("C6H3O", (), 0, "", 91.0178, 0, 0.6)
    right = Assignment("C7H7", (), 0, "", 91.0542, 0, 0.3)
    spectrum = Spectrum(np.array([91.0]), np.array([999.0]))
    prediction = Prediction(
        molecule_from_text("CCc1ccccc1"), spectrum, Tropylium.version, annotations=(PeakAnnotation(91, (wrong, right), 0.1),)
    )
    measured = Spectrum(np.array([91.0541, 120.1]), np.array([1.0, 1.0]))
    assert shares_of(prediction, measured) == pytest.approx((0.5, 0.0, 0.5))


def test_rows_without_a_structure_of_one_part_are_left_out_and_so_are_peaks_below_the_range(folder: Path) -> None:
    rows = read_other(folder.parent / "other_ei", COLLECTION)
    assert len(rows) == 13
    assert all(row.spectrum.mz.min() >= row.lowest_mz == 70 for row in rows)


def test_compounds_of_val_and_test_are_not_given_to_training(folder: Path) -> None:
    rows = read_other(folder.parent / "other_ei", COLLECTION)
    benchmark = [row for group in Benchmark.load(folder, "random").test.values() for row in group]
    assert {row.smiles for row in rows} - {row.smiles for row in unseen(rows, benchmark)} == {"Cc1ccccc1"}


def test_which_compounds_are_kept_for_testing_depends_on_the_structure_alone(folder: Path) -> None:
    for row in read_other(folder.parent / "other_ei", COLLECTION):
        assert is_kept_for_testing(row) == (zlib.crc32(row.inchikey[:14].encode()) % 5 == 0)


def test_a_collection_that_is_not_there_gives_no_figures_and_a_broken_one_a_sentence(folder: Path) -> None:
    path = folder.parent / "other_ei" / f"{COLLECTION}.jsonl"
    path.write_text("{not json\n")
    with pytest.raises(UnreadableFile, match=r"recetox_gc_hrms_2020\.jsonl cannot be read"):
        other_laboratory(Tropylium(), folder, Benchmark.load(folder, "random"))
    path.unlink()
    assert other_laboratory(Tropylium(), folder, Benchmark.load(folder, "random")) is None
