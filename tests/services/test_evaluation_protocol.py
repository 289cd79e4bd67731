"""The evaluation protocol on a benchmark small enough to check by hand."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from benchmark_folder import make_benchmark

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.services.evaluation import Benchmark, evaluate_predictions, nearest_neighbours, queries_of
from bitspec_gui.services.lookup_evaluation import measured_only, predicted_in_library
from bitspec_gui.spectra.similarity import cosine


class Oracle:
    """Predicts toluene exactly as measured and everything else as a single peak."""

    version = ModelVersion("oracle", "f" * 64, "none")
    device = "CPU: test"

    def predict(
        self, molecules: Sequence[Molecule], cancel: CancelToken | None = None, *, annotate: bool = False
    ) -> list[Prediction]:
        exact = Spectrum(np.array([65.0, 91.0, 92.0]), np.array([15.0, 100.0, 70.0]))
        other = Spectrum(np.array([300.0]), np.array([1.0]))
        return [Prediction(m, exact if m.formula == "C7H8" else other, self.version) for m in molecules]


@pytest.fixture
def benchmark_set(tmp_path: Path) -> Benchmark:
    return Benchmark.load(make_benchmark(tmp_path), "random")


def test_flagged_rows_are_left_out_and_the_query_is_the_first_record_by_accession(benchmark_set: Benchmark) -> None:
    assert [[row.accession for row in rows] for rows in benchmark_set.test.values()] == [["D1", "D2"], ["E1"]]
    assert queries_of(benchmark_set.test)[0, 91] == pytest.approx(0.7)


def test_a_model_is_scored_beside_its_baselines_and_the_replicate_ceiling(benchmark_set: Benchmark) -> None:
    evaluation, predicted = evaluate_predictions(Oracle(), benchmark_set)
    by_method = {scores.method.split(" (")[0]: scores for scores in evaluation.scores}
    assert by_method["oracle"].values["cosine"].tolist() == pytest.approx([1.0, 0.0])
    assert by_method["oracle"].mean("base_peak") == 0.5
    d1, d2 = np.array([15, 100, 70]), np.array([10, 100, 60])
    expected = d1 @ d2 / np.linalg.norm(d1) / np.linalg.norm(d2)
    assert by_method["replicate ceiling"].mean("cosine") == pytest.approx(expected, abs=1e-6)
    assert evaluation.ceiling_compounds == 1
    assert predicted.shape == (2, 1000)


def test_intensity_predicted_above_the_molecular_ion_is_counted(benchmark_set: Benchmark) -> None:
    evaluation, _ = evaluate_predictions(Oracle(), benchmark_set)
    assert evaluation.scores[0].above_ion == pytest.approx(0.5)


def test_the_nearest_neighbour_of_butanol_is_propanol(benchmark_set: Benchmark) -> None:
    butanol = {key: rows for key, rows in benchmark_set.test.items() if rows[0].accession == "E1"}
    (neighbour,) = nearest_neighbours(butanol, benchmark_set.train)
    (propanol,) = (rows for rows in benchmark_set.train.values() if rows[0].accession == "B1")
    assert float(cosine(neighbour, queries_of({"B": propanol})[0])) == pytest.approx(1)


def test_a_compound_predicted_exactly_is_found_first_and_one_without_a_common_peak_last(benchmark_set: Benchmark) -> None:
    _, predicted = evaluate_predictions(Oracle(), benchmark_set)
    unfiltered, filtered = predicted_in_library(benchmark_set, predicted)
    assert (unfiltered.queries, unfiltered.library_spectra) == (2, 6)
    assert unfiltered.at_1 == 0.5
    assert filtered.at_1 == 1.0  # within 5 Da of butanol there is only butanol


def test_ties_count_against_the_right_compound(benchmark_set: Benchmark) -> None:
    nothing = np.zeros((2, 1000), dtype=np.float32)
    unfiltered, _ = predicted_in_library(benchmark_set, nothing)
    assert unfiltered.at_1 == 0


def test_measured_only_look_up_queries_each_compound_that_has_a_replicate(benchmark_set: Benchmark) -> None:
    unfiltered, _ = measured_only(benchmark_set)
    assert (unfiltered.queries, unfiltered.library_spectra, unfiltered.at_1) == (2, 5, 1.0)


def test_a_folder_that_is_no_benchmark_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"has no index\.csv"):
        Benchmark.load(tmp_path, "random")
