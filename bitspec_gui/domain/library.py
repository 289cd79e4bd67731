"""Libraries of measured or predicted spectra: what is in them, what an import did, what changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord


@dataclass(frozen=True)
class LibraryInfo:
    """A library and its size. ``embedded`` libraries come with BitSpec; ``predicted`` counts spectra that no one measured."""

    library_id: int
    name: str
    spectra: int
    compounds: int
    licence: str
    source: str
    embedded: bool = False
    predicted: int = 0

    @property
    def wholly_predicted(self) -> bool:
        """Whether it holds predicted spectra only."""
        return 0 < self.predicted == self.spectra


@dataclass(frozen=True)
class LibraryEntry:
    """A stored spectrum, measured or predicted (``record.predicted_by``)."""

    entry_id: int
    library: str
    record: SpectrumRecord


@dataclass(frozen=True)
class LibraryQuery:
    """What to list: ``text`` matches name, formula, CAS, InChIKey or accession; None means every library.

    ``predicted`` True lists predicted spectra only, False measured ones only, None both; ``doubtful`` only those that
    contradict their structure.
    """

    text: str = ""
    library_id: int | None = None
    offset: int = 0
    limit: int = 200
    predicted: bool | None = None
    doubtful: bool = False


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
