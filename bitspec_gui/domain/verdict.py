"""Whether a fine-tuning helped: before and after on spectra that were held out, and on public ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bitspec_gui.domain.spectrum import Spectrum


@dataclass(frozen=True)
class Interval:
    """A mean with its bootstrap interval (95 %)."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


@dataclass(frozen=True)
class Outcome:
    """One held-out spectrum, predicted before and after by a model that was not tuned on its compound.

    ``before`` and ``after`` are cosines on linear intensities, unit m/z, from ``lowest_mz`` on; ``fold`` says which run held it
    out (0 if there is but one).
    """

    compound: str
    name: str
    smiles: str
    measured: Spectrum
    predicted_before: Spectrum
    predicted_after: Spectrum
    before: float
    after: float
    fold: int = 0
    lowest_mz: int = 1

    @property
    def change(self) -> float:
        """By how much the cosine rose."""
        return self.after - self.before


VERDICT_FILE = "verdict.json"
"""Beside a tuned version: its verdict, with all that its figures are made of."""

WORTH_HAVING = 0.02
"""A gain in cosine that is not to be overlooked."""


class PublicBasis(Enum):
    """What forgetting was measured with."""

    MEASURED = "measured"
    """Measured spectra of compounds that neither the base nor the tuning has seen."""
    PREDICTED = "predicted"
    """No such spectra are at hand: how far predictions of public molecules moved away from the base's."""
    NONE = "none"


@dataclass(frozen=True)
class Forgetting:
    """What became of public compounds; ``change`` is the mean rise of their cosine (negative: something was forgotten).

    ``with_response`` is the same with the instrument's response on; it can be switched off, and then ``change`` holds.
    """

    basis: PublicBasis
    compounds: int = 0
    before: float = 0.0
    after: float = 0.0
    change: Interval | None = None
    with_response: float | None = None


class Judgement(Enum):
    """What the verdict comes to."""

    BETTER = "better"
    BETTER_BUT_FORGETS = "better, but forgets"
    NO_GAIN = "no gain"
    WORSE = "worse"
    TOO_FEW = "too few to tell"

    @property
    def worth_using(self) -> bool:
        """Whether the new version is to be recommended."""
        return self is Judgement.BETTER


@dataclass(frozen=True)
class Verdict:
    """Before and after on held-out compounds of the dataset, each compound weighing the same, and forgetting.

    ``gain`` is the mean change over compounds with a bootstrap over compounds. The version was tuned on ``trained`` compounds;
    with ``folds`` of 0 none of them is in a figure here, else each was predicted by a model that was not tuned on it.
    ``seen_before`` of the held-out compounds the base itself had learned from, which makes both cosines higher than on new ones;
    ``unseen`` is the gain over the other ``unseen_compounds``, None where there are too few.
    """

    outcomes: tuple[Outcome, ...]
    before: float
    after: float
    gain: Interval
    compounds: int
    trained: int
    folds: int
    forgetting: Forgetting
    judgement: Judgement
    sentence: str
    seen_before: int = 0
    unseen_compounds: int = 0
    unseen: Interval | None = None

    @property
    def how(self) -> str:
        """How compounds were held out, in words; empty if none were."""
        if not self.compounds:
            return ""
        if self.folds > 1:
            held = (
                f"{self.compounds} compounds were held out in turn, in {self.folds} parts; "
                f"the version itself was tuned on all {self.trained}."
            )
        else:
            compounds = "1 compound was" if self.compounds == 1 else f"{self.compounds} compounds were"
            held = f"{compounds} held out; the version was tuned on {self.trained} others."
        return f"{held} {self._known}".rstrip()

    @property
    def _known(self) -> str:
        """What it means that the base has learned from some of them; empty if it has not."""
        if not self.seen_before:
            return ""
        known = (
            f"The base model had learned from {self.seen_before} of them, which makes both cosines higher than on new compounds"
        )
        if self.unseen is None:
            return f"{known}."
        return (
            f"{known}; the other {self.unseen_compounds} changed by {self.unseen.mean:.2f} "
            f"({self.unseen.low:.2f} to {self.unseen.high:.2f})."
        )
