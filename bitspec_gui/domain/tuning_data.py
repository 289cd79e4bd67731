"""A user's own spectra to fine-tune on: datasets, what became of each spectrum, and what is used of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from bitspec_gui.domain.spectrum import SpectrumRecord


class Standing(Enum):
    """What BitSpec thinks of a spectrum of a dataset; only `GOOD` ones are used unless the user says otherwise."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """The spectrum contradicts its structure (`chem.label_check`)."""
    DUPLICATE = "duplicate"
    """The same peaks of the same compound are there already."""
    NO_STRUCTURE = "no structure"
    """Nothing to predict from: it cannot be used until a structure is given."""
    REFUSED = "refused"
    """The structure, or the way it was measured, lies outside what the model can mean: it cannot be used."""

    @property
    def usable(self) -> bool:
        """Whether the user may choose to use it."""
        return self not in (Standing.NO_STRUCTURE, Standing.REFUSED)


@dataclass(frozen=True)
class DatasetSpectrum:
    """A spectrum of a dataset.

    Attributes
    ----------
    spectrum_id : int
        0 before it is stored.
    record : SpectrumRecord
        As it was read, or edited since; ``smiles`` and ``inchikey`` are set wherever ``standing.usable``.
    standing, reason
        What BitSpec thinks of it, and why in a sentence (empty for good ones).
    choice : bool or None
        What the user says: use it, leave it out; None leaves it to BitSpec.
    duplicate_of : int or None
        The spectrum that it repeats.
    """

    spectrum_id: int
    record: SpectrumRecord
    standing: Standing = Standing.GOOD
    reason: str = ""
    choice: bool | None = None
    duplicate_of: int | None = None

    @property
    def used(self) -> bool:
        """Whether the model learns from it (or is judged by it)."""
        if not self.standing.usable:
            return False
        return self.standing is Standing.GOOD if self.choice is None else self.choice

    @property
    def compound(self) -> str | None:
        """First block of the InChIKey: spectra that share it are replicates of one compound."""
        return self.record.connectivity


@dataclass(frozen=True)
class DatasetInfo:
    """A dataset in numbers.

    ``used`` spectra are of ``compounds`` compounds. ``content_hash`` is a sha256 over what is used: structures, peaks, energies
    and instruments, whatever their order; it names the data that a model version was tuned on.
    """

    dataset_id: int
    name: str
    made_at: datetime
    spectra: int
    used: int
    compounds: int
    counts: tuple[tuple[Standing, int], ...] = ()
    left_out: int = 0
    instruments: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    content_hash: str = ""


@dataclass(frozen=True)
class SpectrumChange:
    """Another value of a spectrum of a dataset: as it is now, and as it is to be (same ``spectrum_id``)."""

    before: DatasetSpectrum
    after: DatasetSpectrum


@dataclass(frozen=True)
class DatasetEdit:
    """What an edit of a dataset, or its undoing, did: ``said`` in words, and what was left as it was (``notes``)."""

    dataset_id: int
    said: str
    spectra: int
    notes: tuple[str, ...] = field(default=())
