"""Learning what hints on unknowns rest on, and measuring how often they are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.formats.benchmark_set import BenchmarkRow, load_benchmark
from bitspec_gui.services.hints import SURE, TELLING_ELEMENTS, VISIBLE
from bitspec_gui.services.hints_file import HintKnowledge, hint_knowledge_text
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.molecular_mass import MassFinder, candidate_masses, highest_significant_mz
from bitspec_gui.spectra.ranking_fit import FitSettings, Question, fit_networks

NAME = "unknown-hints-1"

SETTINGS = FitSettings(hidden=64, networks=3, epochs=12, batch=64, rate=2e-3, decay=0.3, dropout=0.3)
"""Chosen on val; see EXPERIMENTS.md."""

_CUTS = (0, 0, 0, 33, 40, 50)
"""Lowest m/z that a training spectrum is cut at, in turn by chance: unknowns are often recorded from 33, 40 or 50 on."""


@dataclass(frozen=True)
class HintFigures:
    """How often hints are right, on the first record of each compound of a part; shares are 0..1.

    ``masses`` is the share of spectra whose true mass is first, among the first three, among the first five; ``baseline`` that of
    the last peak of 1 % that is no isotope peak; ``sure`` the share of spectra that have a mass with `SURE`, and how often it is
    right; ``formulae`` the share whose true formula is first, among five, among twenty, given the mass, where M is visible;
    ``elements`` maps an element to how many compounds have it, the share found, and the share of others called wrongly.
    """

    compounds: int
    masses: tuple[float, float, float]
    baseline: float
    sure: tuple[float, float]
    formulae: tuple[float, float, float]
    elements: dict[str, tuple[int, float, float]]


def fit_hints(data: Path, report: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> str:
    """Text of the file of what was learned from the train compounds of the benchmark; the same data give the same text.

    Raises
    ------
    UnreadableFile, Cancelled
        If the benchmark cannot be read, or on the user's wish.
    """
    from bitspec_gui.chem.formula_candidates import FormulaPrior

    rows = _rows(data, "train")
    networks = fit_networks(_questions(rows), SETTINGS, report, cancel)
    prior = FormulaPrior.from_formulae(row.formula for row in rows)
    compounds = len({row.connectivity for row in rows})
    fitted_on = f"{len(rows):,} MassBank records of {compounds:,} train compounds (split_random); CC BY-NC-SA and others"
    return hint_knowledge_text(NAME, MassFinder(networks), prior, fitted_on)


def measure_hints(
    data: Path,
    part: str,
    knowledge: HintKnowledge,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> HintFigures:
    """Figures on the first record of each compound of a part of the benchmark; raises as `fit_hints`."""
    firsts: dict[str, BenchmarkRow] = {}
    for row in _rows(data, part):
        firsts.setdefault(row.connectivity, row)
    rows = list(firsts.values())
    places, tops, baseline = [], [], []
    formulae: list[int] = []
    calls: dict[str, list[tuple[bool, bool]]] = {element: [] for element in TELLING_ELEMENTS}
    for number, row in enumerate(rows):
        if cancel is not None:
            cancel.raise_if_cancelled()
        report(Progress(number, len(rows), "Measuring the hints"))
        bins = to_bins(row.spectrum)
        found = knowledge.finder.candidates(bins)
        places.append(_place(found.masses.tolist(), row.nominal_mass))
        tops.append(float(found.probability[0]))
        baseline.append(_last_without_isotopes(bins) == row.nominal_mass)
        if row.nominal_mass <= len(bins) and bins[row.nominal_mass - 1] >= VISIBLE:
            formulae.append(_formula_place(row, bins, knowledge, calls))
    place, top = np.array(places), np.array(tops)
    of_formulae = np.array(formulae)
    sure = top >= SURE
    return HintFigures(
        compounds=len(rows),
        masses=(_below(place, 1), _below(place, 3), _below(place, 5)),
        baseline=float(np.mean(baseline)),
        sure=(float(sure.mean()), float((place[sure] == 0).mean())),
        formulae=(_below(of_formulae, 1), _below(of_formulae, 5), _below(of_formulae, 20)),
        elements={element: _called(pairs) for element, pairs in calls.items()},
    )


def _rows(data: Path, part: str) -> list[BenchmarkRow]:
    return [row for row in load_benchmark(data) if row.part == part and not row.flags]


def _questions(rows: Sequence[BenchmarkRow]) -> list[Question]:
    generator = np.random.default_rng(0)
    numbers: dict[str, int] = {}
    for row in rows:
        numbers[row.connectivity] = numbers.get(row.connectivity, 0) + 1
    questions = []
    for row in rows:
        bins = to_bins(row.spectrum)
        bins[: max(int(generator.choice(_CUTS)) - 1, 0)] = 0
        if bins.any():
            masses, values = candidate_masses(bins)
            questions.append(Question(values, masses, row.nominal_mass, numbers[row.connectivity] ** -0.5))
    return questions


def _formula_place(
    row: BenchmarkRow, bins: NDArray[np.float32], knowledge: HintKnowledge, calls: dict[str, list[tuple[bool, bool]]]
) -> int:
    from bitspec_gui.chem.formula_candidates import ELEMENTS
    from bitspec_gui.chem.isotopes import element_counts
    from bitspec_gui.chem.unknown_formula import weigh_formulae

    weighed = weigh_formulae(row.spectrum, bins, [(row.nominal_mass, 1.0)], knowledge.prior)
    counts = element_counts(row.formula)
    for element in TELLING_ELEMENTS:
        calls[element].append((counts.get(element, 0) > 0, float(weighed.of_element(element)[0]) < 0.5))
    same = (weighed.atoms == [counts.get(element, 0) for element in ELEMENTS]).all(axis=1)
    if not same.any() or not set(counts) <= set(ELEMENTS):
        return 1_000_000
    return int((weighed.probability > weighed.probability[same].max()).sum())


def _place(masses: list[int], right: int) -> int:
    return masses.index(right) if right in masses else 1_000_000


def _below(places: NDArray[np.int64], number: int) -> float:
    return float((places < number).mean()) if len(places) else float("nan")


def _called(pairs: Sequence[tuple[bool, bool]]) -> tuple[int, float, float]:
    has, called = (np.array(column, dtype=np.bool_) for column in zip(*pairs, strict=True))
    return int(has.sum()), float(called[has].mean()) if has.any() else float("nan"), float(called[~has].mean())


def _last_without_isotopes(bins: NDArray[np.float32]) -> int:
    """The baseline: the last peak of 1 % that is smaller than neither of the two or three below it by what isotopes explain."""
    last = highest_significant_mz(bins)
    for mz in range(last, 0, -1):
        below = [float(bins[mz - 1 - step]) for step in (1, 2) if mz - 1 - step >= 0]
        if bins[mz - 1] >= 0.01 and all(bins[mz - 1] >= each for each in below):
            return mz
    return last
