"""Which library spectra are of the unknown's compound, and how probable each is: what `Score.COMBINED` orders hits by."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.search import Score
from bitspec_gui.spectra.ranking_features import CANDIDATE_FEATURES, candidate_features
from bitspec_gui.spectra.ranking_network import RankingNetwork, mean_of
from bitspec_gui.spectra.similarity import Bins

FORMAT_NUMBER = 1
RI_POWER = 8.0
"""Power of the retention factor by which odds are multiplied: a factor of 0.5 on a similarity means odds of 1 in 256."""

_SCORE_SCALE = 4.0
"""Log-odds are divided by this before they become scores, so that close hits among certain ones still differ in 32 bits."""

_FAULTS = (ValueError, KeyError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True, eq=False)
class RankingInput:
    """A query and the candidates that plain searches found for it.

    Parameters
    ----------
    query : (1000,) float32
        Unit-mass bins, base peak 1.
    library : (K, 1000) float32
        Those of the candidates.
    masses : (K,) int16
        Nominal molecular masses in Da, 0 where unknown.
    confidence : (K,) float32
        Confidence of predicted spectra, NaN for measured ones.
    compound : (K,) int64
        Number of each candidate's compound; spectra of one compound share it.
    ri_factor : (K,) float32
        What the retention index says (`spectra.retention`), 1 where it says nothing.
    """

    query: Bins
    library: Bins
    masses: NDArray[np.int16]
    confidence: NDArray[np.float32]
    compound: NDArray[np.int64]
    ri_factor: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ranked:
    """What the ranking says of each candidate.

    Attributes
    ----------
    score : (K,) float32
        0..1, what hits are ordered by; one half where this spectrum alone is as likely the compound's as not.
    probability : (K,) float32
        0..1, that the candidate's compound is the unknown; the same for all spectra of a compound. Over different compounds
        it sums to at most 1, and the rest is the probability that the compound is not in the library.
    """

    score: NDArray[np.float32]
    probability: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ranking:
    """A fitted ranking; see `rank`.

    Attributes
    ----------
    version : str
        For reports, for example ``ranking-1 (4f0a9c2e)``.
    pool : tuple of (Score, int)
        Which searches candidates come from, and how many each gives.
    networks : tuple of RankingNetwork
        Their mean is used.
    fitted_on : str
        Which data it was fitted on, in words.
    """

    version: str
    pool: tuple[tuple[Score, int], ...]
    networks: tuple[RankingNetwork, ...]
    fitted_on: str = ""

    def rank(self, given: RankingInput) -> Ranked:
        """Score the candidates of a query; K may be 0."""
        if not len(given.library):
            nothing = np.zeros(0, dtype=np.float32)
            return Ranked(nothing, nothing)
        values = candidate_features(given.query, given.library, given.masses, given.confidence)
        odds, absent = mean_of(self.networks, values)
        odds = odds + RI_POWER * np.log(np.maximum(given.ri_factor.astype(np.float64), 1e-6))
        score = 1 / (1 + np.exp(-(odds - absent) / _SCORE_SCALE))
        return Ranked(score.astype(np.float32), compound_probability(odds, absent, given.compound).astype(np.float32))


def compound_probability(odds: NDArray[np.float64], absent: float, compound: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probability of each candidate's compound from log-odds (K,), by the best spectrum of each, and `absent`, that of none."""
    _, group = np.unique(compound, return_inverse=True)
    best = np.full(int(group.max()) + 1, -np.inf)
    np.maximum.at(best, group, odds)
    top = max(float(best.max()), absent)
    shares = np.exp(best - top)
    return np.asarray((shares / (shares.sum() + np.exp(absent - top)))[group], dtype=np.float64)


def save_ranking(ranking: Ranking) -> str:
    """Text (JSON) of a ranking's file, the same for the same ranking."""
    content = {
        "format": FORMAT_NUMBER,
        "name": ranking.version.split(" (")[0],
        "pool": [[score.value, number] for score, number in ranking.pool],
        "features": list(CANDIDATE_FEATURES),
        "networks": [network.as_lists() for network in ranking.networks],
        "fitted_on": ranking.fitted_on,
    }
    return json.dumps({**content, "sha256": _sha256(content)}, indent=1) + "\n"


def load_ranking(path: Path) -> Ranking:
    """Read a ranking.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, or of a format or with features that this BitSpec does not have.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFileError(f"The ranking of hits in {path} cannot be read: {error}.") from error
    try:
        content = json.loads(text)
        stated = content.pop("sha256")
        number = content["format"]
    except (*_FAULTS, AttributeError) as error:
        raise ModelFileError(f"{path} is not a ranking of hits.") from error
    if number != FORMAT_NUMBER:
        raise ModelFileError(
            f"{path} has format {number} of rankings; this BitSpec reads format {FORMAT_NUMBER}. Update BitSpec."
        )
    if stated != _sha256(content):
        raise ModelFileError(f"{path} is damaged: its content is not what its checksum says.")
    try:
        return _ranking(content, stated)
    except _FAULTS as error:
        raise ModelFileError(f"{path} is damaged: {error}.") from error


def _ranking(content: dict[str, Any], sha256: str) -> Ranking:
    if tuple(content["features"]) != CANDIDATE_FEATURES:
        raise ValueError("it was fitted for other features of spectra than this BitSpec computes")
    networks = tuple(RankingNetwork.from_lists(lists, len(CANDIDATE_FEATURES)) for lists in content["networks"])
    if not networks:
        raise ValueError("it has no network")
    return Ranking(
        version=f"{content['name']} ({sha256[:8]})",
        pool=tuple((Score(value), int(number)) for value, number in content["pool"]),
        networks=networks,
        fitted_on=str(content["fitted_on"]),
    )


def _sha256(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()
