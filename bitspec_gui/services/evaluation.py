"""The evaluation protocol: prediction metrics of a model and its baselines on the same test compounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.verdict import Interval
from bitspec_gui.formats.benchmark_set import BenchmarkRow, Part, Split, compounds, load_benchmark
from bitspec_gui.spectra.binning import BINS, to_bins
from bitspec_gui.spectra.similarity import METRICS
from bitspec_gui.spectra.statistics import paired_bootstrap, spearman

Bins = NDArray[np.float32]
Compounds = dict[str, list[BenchmarkRow]]
CHUNK = 64


@dataclass(frozen=True)
class Scores:
    """Scores of one method: ``values`` maps a metric's name to one value a compound, (C,) float64."""

    method: str
    values: dict[str, NDArray[np.float64]]
    above_ion: float | None = None

    def mean(self, metric: str) -> float:
        """Mean over compounds."""
        return float(self.values[metric].mean())

    def median(self, metric: str) -> float:
        """Median over compounds."""
        return float(np.median(self.values[metric]))


@dataclass(frozen=True)
class Trust:
    """Confidence beside the true cosine: rank correlation, and both means by fifths of the compounds, least confident first."""

    spearman: float
    fifths: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Predicted:
    """Spectra as the user gets them, on bins (C, 1000), their confidences (C,), NaN where there is none, and refusals."""

    bins: Bins
    confidence: NDArray[np.float64]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class PredictionEvaluation:
    """What `evaluate_predictions` found. ``differences`` maps (baseline, metric) to ours minus theirs.

    ``trust`` says how confidence and true cosine go together, None if the model shows no confidence.
    """

    split: str
    part: str
    compounds: int
    refused: tuple[str, ...]
    scores: tuple[Scores, ...]
    ceiling_compounds: int
    differences: dict[tuple[str, str], Interval]
    trust: Trust | None = None


def queries_of(grouped: Compounds) -> Bins:
    """The protocol's query spectrum of each compound, its first record by accession, (C, 1000)."""
    return np.stack([to_bins(rows[0].spectrum) for rows in grouped.values()])


def predict_compounds(
    predictor: Predictor, grouped: Compounds, report: ReportProgress = ignore_progress, cancel: CancelToken | None = None
) -> Predicted:
    """Predictions for each compound; of those that were refused, the rows stay 0."""
    from bitspec_gui.chem.parse import molecule_from_text

    bins = np.zeros((len(grouped), BINS), dtype=np.float32)
    confidence = np.full(len(grouped), np.nan)
    refused: list[str] = []
    molecules = []
    for place, rows in enumerate(grouped.values()):
        try:
            molecules.append((place, molecule_from_text(rows[0].smiles)))
        except MoleculeError as error:
            refused.append(f"{rows[0].accession}: {error}")
    for start in range(0, len(molecules), CHUNK):
        chunk = molecules[start : start + CHUNK]
        for (place, _), prediction in zip(chunk, predictor.predict([m for _, m in chunk], cancel), strict=True):
            bins[place] = to_bins(prediction.spectrum)
            confidence[place] = np.nan if prediction.confidence is None else prediction.confidence
        report(Progress(start + len(chunk), len(molecules), f"Predicting with {predictor.version.name}"))
    return Predicted(bins, confidence, tuple(refused))


def trust(confidence: NDArray[np.float64], cosines: NDArray[np.float64]) -> Trust | None:
    """How far confidence (C,) tells the true cosine (C,); None where no prediction has one."""
    known = ~np.isnan(confidence)
    if not known.any():
        return None
    confidence, cosines = confidence[known], cosines[known]
    fifths = np.array_split(np.argsort(confidence, kind="stable"), 5)
    means = tuple((float(confidence[rows].mean()), float(cosines[rows].mean())) for rows in fifths if len(rows))
    return Trust(spearman(confidence, cosines), means)


def nearest_neighbours(grouped: Compounds, train: Compounds) -> Bins:
    """Baseline: the query spectrum of the training compound with the highest Morgan-2 Tanimoto similarity, (C, 1000)."""
    from bitspec_gui.chem.fingerprint import tanimoto_matrix

    known = list(train.values())
    similarity = tanimoto_matrix([rows[0].smiles for rows in grouped.values()], [rows[0].smiles for rows in known])
    return np.stack([to_bins(known[nearest][0].spectrum) for nearest in similarity.argmax(axis=1)])


def share_above_ion(predicted: Bins, grouped: Compounds) -> float:
    """Mean share of predicted intensity above the molecular ion's isotopes."""
    from bitspec_gui.chem.isotopes import last_isotope_mass

    shares = []
    for row, rows in zip(predicted, grouped.values(), strict=True):
        total = float(row.sum())
        shares.append(float(row[last_isotope_mass(rows[0].formula) :].sum()) / total if total > 0 else 0.0)
    return float(np.mean(shares))


def score(method: str, predicted: Bins, measured: Bins, above_ion: float | None = None) -> Scores:
    """Every metric of the protocol for predicted against measured spectra, both (C, 1000)."""
    return Scores(method, {name: metric(predicted, measured) for name, metric in METRICS.items()}, above_ion)


def replicate_ceiling(grouped: Compounds) -> Scores:
    """Agreement of the first two records of each compound that has two: what a perfect predictor could expect."""
    pairs = [rows for rows in grouped.values() if len(rows) > 1]
    first = np.stack([to_bins(rows[0].spectrum) for rows in pairs])
    second = np.stack([to_bins(rows[1].spectrum) for rows in pairs])
    return score("replicate ceiling", second, first)


@dataclass(frozen=True)
class Benchmark:
    """The compounds of a split, loaded once."""

    split: Split
    train: Compounds
    val: Compounds
    test: Compounds

    @classmethod
    def load(cls, folder: Path, split: Split) -> Benchmark:
        """Read the benchmark; raises `UnreadableFile`."""
        rows = load_benchmark(folder, split)
        return cls(split, compounds(rows, "train"), compounds(rows, "val"), compounds(rows, "test"))

    @property
    def rows(self) -> list[BenchmarkRow]:
        """All rows that score, of every part."""
        return [row for grouped in (self.train, self.val, self.test) for rows in grouped.values() for row in rows]

    def part(self, name: Part) -> Compounds:
        """Compounds of a part."""
        return {"train": self.train, "val": self.val, "test": self.test}[name]


def evaluate_predictions(
    predictor: Predictor,
    benchmark: Benchmark,
    part: Part = "test",
    baselines: Sequence[Predictor] = (),
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[PredictionEvaluation, Bins]:
    """Score a model and its baselines on the same compounds.

    Returns
    -------
    PredictionEvaluation
        Scores of the model first, then of the baselines and of the replicate ceiling, with paired bootstrap intervals.
    (C, 1000) float32
        The model's predicted spectra, for the look-up protocol.
    """
    grouped = benchmark.part(part)
    measured = queries_of(grouped)
    predicted = predict_compounds(predictor, grouped, report, cancel)
    scores = [score(str(predictor.version), predicted.bins, measured, share_above_ion(predicted.bins, grouped))]
    for baseline in baselines:
        bins = predict_compounds(baseline, grouped, report, cancel).bins
        scores.append(score(str(baseline.version), bins, measured, share_above_ion(bins, grouped)))
    neighbour = nearest_neighbours(grouped, benchmark.train)
    scores.append(score("1-nearest neighbour", neighbour, measured, share_above_ion(neighbour, grouped)))
    differences = {
        (other.method, metric): paired_bootstrap(scores[0].values[metric], other.values[metric])
        for other in scores[1:]
        for metric in METRICS
    }
    ceiling = replicate_ceiling(grouped)
    evaluation = PredictionEvaluation(
        split=benchmark.split,
        part=part,
        compounds=len(grouped),
        refused=predicted.refused,
        scores=(*scores, ceiling),
        ceiling_compounds=len(ceiling.values["cosine"]),
        differences=differences,
        trust=trust(predicted.confidence, scores[0].values["cosine"]),
    )
    return evaluation, predicted.bins
