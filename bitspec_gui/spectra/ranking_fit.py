"""Fitting of the networks behind the ranking of hits: listwise, so that the right compound stands out of its own candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.spectra.ranking_network import RankingNetwork

Floats = NDArray[np.float32]

_MOMENTUM, _SQUARES, _TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True, eq=False)
class Question:
    """A query with its candidates.

    Attributes
    ----------
    values : (K, F) float32
        Features of the candidates.
    compound : (K,) int64
        Number of each candidate's compound.
    right : int
        Number of the query's compound; if no candidate has it, the answer is "not in the library".
    weight : float
        How much the question counts.
    """

    values: Floats
    compound: NDArray[np.int64]
    right: int
    weight: float = 1.0


@dataclass(frozen=True)
class FitSettings:
    """How to fit; ``networks`` differ by their seed only and are averaged."""

    hidden: int = 24
    networks: int = 3
    epochs: int = 14
    batch: int = 64
    rate: float = 3e-3
    decay: float = 1e-3
    dropout: float = 0.1
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Batch:
    """Candidates of some questions one after the other.

    Attributes
    ----------
    values : (T, F) float32
        Standardised features.
    question, group : (T,) int64
        Which question, and which compound of it, each candidate belongs to.
    right : (T,) bool
        Whether the candidate's compound is the query's.
    weight : (Q,) float32
    """

    values: Floats
    question: NDArray[np.int64]
    group: NDArray[np.int64]
    right: NDArray[np.bool_]
    weight: Floats


def fit_networks(
    questions: Sequence[Question],
    settings: FitSettings | None = None,
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[RankingNetwork, ...]:
    """Fit networks to questions by Adam on the log-probability of the right answer; the same input gives the same networks.

    Raises
    ------
    Cancelled
        When `cancel` is set.
    ValueError
        If there is no question with a candidate.
    """
    settings = settings or FitSettings()
    filled = [question for question in questions if len(question.values)]
    if not filled:
        raise ValueError("there is no question with a candidate")
    start = _scales(filled)
    prepared = [replace(question, values=start.standardised(question.values)) for question in filled]
    found = []
    for number in range(settings.networks):
        found.append(_fitted(start, prepared, settings, number, report, cancel))
    return tuple(found)


def _scales(questions: Sequence[Question]) -> RankingNetwork:
    """A network of no units that knows the mean and spread of the features."""
    count = sum(len(question.values) for question in questions)
    mean = sum(question.values.sum(axis=0, dtype=np.float64) for question in questions) / count
    square = sum(((question.values - mean) ** 2).sum(axis=0, dtype=np.float64) for question in questions) / count
    spread = np.maximum(np.sqrt(square), 1e-3)
    width = len(mean)
    none = np.zeros(0, dtype=np.float32)
    return RankingNetwork(
        mean=np.asarray(mean, dtype=np.float32),
        spread=np.asarray(spread, dtype=np.float32),
        hidden=np.zeros((width, 0), dtype=np.float32),
        bias=none,
        output=none,
        direct=np.zeros(width, dtype=np.float32),
        absent=np.zeros(1, dtype=np.float32),
    )


def _fitted(
    start: RankingNetwork,
    questions: Sequence[Question],
    settings: FitSettings,
    number: int,
    report: ReportProgress,
    cancel: CancelToken | None,
) -> RankingNetwork:
    generator = np.random.default_rng((settings.seed, number))
    width, units = len(start.mean), settings.hidden
    network = replace(
        start,
        hidden=(generator.standard_normal((width, units)) / np.sqrt(width)).astype(np.float32),
        bias=np.zeros(units, dtype=np.float32),
        output=(generator.standard_normal(units) / np.sqrt(units)).astype(np.float32),
    )
    trained = ("hidden", "bias", "output", "direct", "absent")
    first = {name: np.zeros_like(getattr(network, name)) for name in trained}
    second = {name: np.zeros_like(getattr(network, name)) for name in trained}
    steps = settings.epochs * -(-len(questions) // settings.batch)
    step = 0
    for epoch in range(settings.epochs):
        order = generator.permutation(len(questions))
        for at in range(0, len(order), settings.batch):
            if cancel is not None:
                cancel.raise_if_cancelled()
            batch = joined_questions([questions[place] for place in order[at : at + settings.batch]])
            kept = (generator.random((len(batch.values), units)) >= settings.dropout) / (1 - settings.dropout)
            gradient = gradient_of(network, batch, kept.astype(np.float32))
            step += 1
            rate = settings.rate * _schedule(step / steps)
            changed = {}
            for name in trained:
                first[name] = _MOMENTUM * first[name] + (1 - _MOMENTUM) * gradient[name]
                second[name] = _SQUARES * second[name] + (1 - _SQUARES) * gradient[name] ** 2
                ahead = first[name] / (1 - _MOMENTUM**step) / (np.sqrt(second[name] / (1 - _SQUARES**step)) + _TINY)
                value = getattr(network, name)
                decay = settings.decay if name in ("hidden", "output", "direct") else 0.0
                changed[name] = (value - rate * (ahead + decay * value)).astype(np.float32)
            network = replace(network, **changed)
        report(Progress(number * settings.epochs + epoch + 1, settings.networks * settings.epochs, "Fitting the ranking"))
    return network


def _schedule(done: float) -> float:
    """Share of the full rate: a quick rise over the first tenth, then a cosine fall to 0."""
    return float(min(done / 0.1, 1.0) * 0.5 * (1 + np.cos(np.pi * max(done - 0.1, 0.0) / 0.9)))


def joined_questions(questions: Sequence[Question]) -> Batch:
    """Questions with standardised features as one batch."""
    sizes = np.array([len(question.values) for question in questions])
    number = np.repeat(np.arange(len(questions)), sizes)
    compound = np.concatenate([question.compound for question in questions])
    right = compound == np.repeat([question.right for question in questions], sizes)
    apart = int(compound.max()) + 1
    return Batch(
        values=np.concatenate([question.values for question in questions]),
        question=number,
        group=number * apart + compound,
        right=right,
        weight=np.array([question.weight for question in questions], dtype=np.float32),
    )


def answers(odds: Floats, absent: float, batch: Batch) -> tuple[Floats, Floats]:
    """Probability of each candidate (T,), 0 but for the best of each compound, and of "not in the library" (Q,)."""
    best = np.zeros(len(odds), dtype=np.bool_)
    order = np.lexsort((-odds, batch.group))
    best[order[np.flatnonzero(np.diff(batch.group[order], prepend=-1))]] = True
    count = len(batch.weight)
    top = np.full(count, absent, dtype=np.float32)
    np.maximum.at(top, batch.question, odds)
    shares = np.where(best, np.exp(odds - top[batch.question]), np.float32(0))
    none = np.exp(absent - top)
    total = np.bincount(batch.question, weights=shares, minlength=count) + none
    return np.asarray(shares / total[batch.question], np.float32), np.asarray(none / total, np.float32)


def gradient_of(network: RankingNetwork, batch: Batch, kept: Floats | float = 1.0) -> dict[str, Floats]:
    """Gradient of the mean loss by each array that is fitted; `kept` (T, H) is the dropout on hidden units."""
    z = batch.values
    inner = z @ network.hidden + network.bias
    gate = 1 / (1 + np.exp(-np.clip(inner, -40, 40)))
    active = inner * gate * kept
    odds = z @ network.direct + active @ network.output
    probability, none = answers(odds, float(network.absent[0]), batch)
    found = np.bincount(batch.question, weights=batch.right, minlength=len(none)) > 0
    target = np.where(batch.right & (probability > 0), np.float32(1), np.float32(0))
    weight = batch.weight / batch.weight.sum()
    error = (probability - target) * weight[batch.question]
    error_of_none = ((none - ~found) * weight).sum()
    back = error[:, None] * network.output * kept * gate * (1 + inner * (1 - gate))
    return {
        "hidden": z.T @ back,
        "bias": back.sum(axis=0),
        "output": active.T @ error,
        "direct": z.T @ error,
        "absent": np.array([error_of_none], dtype=np.float32),
    }


def loss_of(network: RankingNetwork, batch: Batch) -> float:
    """Mean of -ln of the probability of the right answers."""
    return _loss(network.odds(batch.values), float(network.absent[0]), batch)


def _loss(odds: Floats, absent: float, batch: Batch) -> float:
    probability, none = answers(odds, absent, batch)
    right = np.bincount(batch.question, weights=probability * batch.right, minlength=len(none))
    found = np.bincount(batch.question, weights=batch.right, minlength=len(none)) > 0
    chosen = np.where(found, right, none)
    return float(-(np.log(np.maximum(chosen, 1e-30)) * batch.weight).sum() / batch.weight.sum())


def calibration(odds: Floats, absent: float, batch: Batch) -> tuple[float, float]:
    """Scale of the log-odds and shift of "not in the library" that make the answers to questions not fitted on likeliest.

    Parameters
    ----------
    odds : (T,) float32
        Of the candidates of `batch`, by networks that were fitted on other compounds.
    absent : float
        That of "not in the library".

    Returns
    -------
    scale, shift : float
        ``scale * odds`` and ``scale * absent + shift`` are calibrated; the order of candidates does not change.
    """
    best = (_loss(odds, absent, batch), 1.0, 0.0)
    for width in (0.8, 0.3, 0.1, 0.03):
        scales = best[1] * np.exp(np.linspace(-width, width, 5))
        shifts = best[2] + np.linspace(-4 * width, 4 * width, 5)
        tried = [
            (_loss((scale * odds).astype(np.float32), scale * absent + shift, batch), float(scale), float(shift))
            for scale in scales
            for shift in shifts
        ]
        best = min(best, *tried)
    return best[1], best[2]


def scaled(network: RankingNetwork, scale: float, shift: float) -> RankingNetwork:
    """The network whose log-odds are multiplied by `scale`, and "not in the library" shifted by `shift` after that."""
    return replace(
        network,
        output=(network.output * scale).astype(np.float32),
        direct=(network.direct * scale).astype(np.float32),
        absent=(network.absent * scale + shift).astype(np.float32),
    )
