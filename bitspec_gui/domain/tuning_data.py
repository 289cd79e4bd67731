"""A user's own spectra to fine-tune on: datasets, what became of each spectrum, and what is used of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from bitspec_gui.domain.chemical_names import KnownCompound
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
    and instruments, whatever their order (`content_hash`); it names the data that a model version was tuned on. ``left_out``
    counts usable spectra that the user leaves out; ``instruments`` are sorted by how many spectra name them.
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


@dataclass(frozen=True)
class CompoundGroup:
    """The spectra of one compound in a dataset.

    Attributes
    ----------
    compound : str
        First block of the InChIKey.
    spectrum_ids, used_ids : tuple of int
        All of its spectra, and those that are used.
    mean_cosine : float or None
        Mean over pairs of used spectra, unit m/z, linear intensities, from the higher of their lowest recorded m/z on; None for
        one spectrum alone.
    disagreeing : tuple of int
        Used spectra that do not agree with the others, and ``said`` in a sentence what that may mean (empty if all agree).
    """

    compound: str
    name: str
    smiles: str
    spectrum_ids: tuple[int, ...]
    used_ids: tuple[int, ...]
    mean_cosine: float | None = None
    disagreeing: tuple[int, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class StructureProposal:
    """A structure that a spectrum without one may have, because a compound of its name or CAS number is known.

    It is for the user to accept. ``by`` is the name or CAS number of the spectrum that was found, ``caution`` a sentence if the
    compound does not fit what else is known of the spectrum, else empty.
    """

    spectrum_id: int
    by: str
    compound: KnownCompound
    caution: str = ""


def content_hash(spectra: Iterable[DatasetSpectrum]) -> str:
    """Sha256, as 64 hexadecimal digits, over those spectra that are used, whatever their order.

    What counts: compound and SMILES as they stand in the record, peaks, electron energy and instrument.
    """
    return combined_hash(spectrum_digest(each.record) for each in spectra if each.used)


def spectrum_digest(record: SpectrumRecord) -> bytes:
    """What one spectrum adds to `content_hash`: 32 bytes."""
    energy = None if record.energy_ev is None else float(record.energy_ev)
    said = [record.connectivity, record.smiles, energy, record.instrument, len(record.spectrum)]
    digest = hashlib.sha256(json.dumps(said).encode("ascii"))
    for values in (record.spectrum.mz, record.spectrum.intensity):
        # Adding 0 turns -0.0 into 0.0, which is the same intensity.
        digest.update((values + 0.0).astype("<f8", copy=False).tobytes())
    return digest.digest()


def combined_hash(digests: Iterable[bytes]) -> str:
    """`content_hash` of the spectra that have these digests (`spectrum_digest`)."""
    whole = hashlib.sha256()
    for each in sorted(digests):
        whole.update(each)
    return whole.hexdigest()
