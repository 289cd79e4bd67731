"""Libraries of measured or predicted spectra: what is in them, what an import did, what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord

SEVERAL_MODELS = "several models"


@dataclass(frozen=True)
class LibraryInfo:
    """A library and its size. ``embedded`` libraries come with BitSpec; ``predicted`` counts spectra that no one measured.

    ``made_by`` is the model version that predicted them, `SEVERAL_MODELS` if they are of several, and empty if none is predicted;
    ``made_by_sha256`` that of its weights, empty if the spectra do not say, or are of several.
    """

    library_id: int
    name: str
    spectra: int
    compounds: int
    licence: str
    source: str
    embedded: bool = False
    predicted: int = 0
    made_by: str = ""
    made_by_sha256: str = ""

    @property
    def wholly_predicted(self) -> bool:
        """Whether it holds predicted spectra only."""
        return 0 < self.predicted == self.spectra


@dataclass(frozen=True)
class LibraryEntry:
    """A stored spectrum, measured or predicted (``record.predicted_by``), with the tags that users gave it, by alphabet."""

    entry_id: int
    library: str
    record: SpectrumRecord
    tags: tuple[str, ...] = ()


class EntryOrder(Enum):
    """What a list of entries is sorted by. ``CLOSENESS``: entries of which a whole field is the text first, then by import."""

    CLOSENESS = ""
    NAME = "name"
    FORMULA = "formula"
    MASS = "mass"
    CAS = "cas"
    INCHIKEY = "inchikey"
    LIBRARY = "library"
    KIND = "kind"
    PEAKS = "peaks"
    RETENTION_INDEX = "retention_index"
    CONFIDENCE = "confidence"
    LICENCE = "licence"
    INSTRUMENT = "instrument"


@dataclass(frozen=True)
class LibraryQuery:
    """What to list, and in which order; every condition must hold, an empty one always does.

    Attributes
    ----------
    text : str
        Words of which each must occur in the name, a synonym, formula, CAS, InChIKey or accession, in any case.
    library_id : int or None
        None means every library.
    offset, limit : int
        Which page of the list.
    predicted : bool or None
        True lists predicted spectra only, False measured ones only, None both.
    doubtful : bool
        Whether to list only those that contradict their structure.
    tag : str
        Tag that they must bear.
    formula : str
        Molecular formula, in any order of elements.
    elements, without_elements : tuple of str
        Symbols that the formula must hold, or must not.
    min_mass_da, max_mass_da : int or None
        Nominal mass, both ends included. Spectra without a mass are left out if either is given.
    order : EntryOrder
        Entries that say nothing of it come last in both directions, equal ones in the order of import.
    descending : bool
        Whether the largest come first.
    """

    text: str = ""
    library_id: int | None = None
    offset: int = 0
    limit: int = 200
    predicted: bool | None = None
    doubtful: bool = False
    tag: str = ""
    formula: str = ""
    elements: tuple[str, ...] = ()
    without_elements: tuple[str, ...] = ()
    min_mass_da: int | None = None
    max_mass_da: int | None = None
    order: EntryOrder = EntryOrder.CLOSENESS
    descending: bool = False


@dataclass(frozen=True)
class ImportReport:
    """What became of the records of an import: ``present`` = added + already_there + rejected (when not cancelled).

    ``doubtful`` counts records that were read but whose spectrum contradicts their structure; ``doubts`` says which, and why.
    """

    library: str
    added: int
    already_there: int
    rejected: int
    problems: tuple[Problem, ...] = ()
    cancelled: bool = False
    files: tuple[str, ...] = field(default=())
    doubtful: int = 0
    doubts: tuple[Problem, ...] = ()

    @property
    def read(self) -> int:
        """Records that were understood."""
        return self.added + self.already_there

    @property
    def present(self) -> int:
        """Records that the files hold, as far as they were read."""
        return self.read + self.rejected


@dataclass(frozen=True)
class StoreChanges:
    """What a use case changed in the database, so that panels know what to read again."""

    libraries: frozenset[int] = frozenset()
