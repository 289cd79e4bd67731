"""How well fine-tuning does on simulated laboratories: what one fine-tuning there came to, beside what its user would be told."""

from __future__ import annotations

from dataclasses import dataclass

from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.verdict import Interval, Judgement

PROPOSED = "proposed"
"""Stands among the strategies for whatever the plan proposes for the laboratory's spectra."""


@dataclass(frozen=True)
class StudyKey:
    """Which fine-tuning of a study: laboratory, compounds, strategy (or `PROPOSED`), and which draw of compounds."""

    laboratory: str
    size: int
    strategy: str
    draw: int = 1

    def __str__(self) -> str:
        """As a progress line calls it."""
        return f"{self.laboratory}, {self.size} compounds, {self.strategy}, draw {self.draw}"


@dataclass(frozen=True)
class ToldVerdict:
    """What the user would be told: from the compounds that the fine-tuning held out itself, and public ones at hand."""

    gain: Interval
    compounds: int
    judgement: Judgement
    sentence: str
    public_change: float | None = None


@dataclass(frozen=True)
class StudyCell:
    """What a fine-tuning came to on compounds of the laboratory, and on public ones, that it never saw.

    Attributes
    ----------
    key : StudyKey
    settings : TuningSettings
        As used.
    base : str
        Model that was tuned.
    held, public : int
        Compounds of the laboratory, and public ones, that figures are of.
    before : float
        Mean cosine of the base on the laboratory's.
    gain : Interval
        Rise of it, with the instrument's response.
    public_before : float
        Mean cosine of the base on public compounds.
    public_change : Interval
        Rise of that with the instrument's response off (negative: something was forgotten).
    public_with_response : float
        The same with the response on.
    power, trend : float
        Of the instrument's response; 1 and 0 for none.
    share : float
        Of the change, as it was kept.
    trained : int
        Compounds that the networks learned from.
    cpu_s, wall_s : float
        Processor and wall time of the fine-tuning, in seconds, without reading of public compounds where strategies share that.
    peak_mb : float
        Largest memory that the process had meanwhile.
    told : ToldVerdict or None
        Only of proposed ones, which go through all that a user's job does.
    """

    key: StudyKey
    settings: TuningSettings
    base: str
    held: int
    public: int
    before: float
    gain: Interval
    public_before: float
    public_change: Interval
    public_with_response: float
    power: float
    trend: float
    share: float
    trained: int
    cpu_s: float
    wall_s: float
    peak_mb: float
    told: ToldVerdict | None = None

    @property
    def forgetting(self) -> float:
        """By how much public compounds fell."""
        return -self.public_change.mean


@dataclass(frozen=True)
class LaboratoryFacts:
    """A simulated laboratory in words and numbers: ``tune`` compounds to learn from at most, ``held`` that are never."""

    name: str
    meaning: str
    base: str
    tune: int
    held: int
    differs: bool
