"""An unknown spectrum and what the libraries say to it: what is asked for, and the hits."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord

MOST_HITS = 1000
"""Hits that a search gives at most."""

MATCH_TOP = 999
"""Match factor of two equal spectra."""


class Score(Enum):
    """What hits are ordered by; the values are those of the command line and the settings file."""

    COMBINED = "combined"
    WEIGHTED_COSINE = "weighted-cosine"
    COSINE = "cosine"
    COMPOSITE = "composite"
    REVERSE = "reverse"
    ENTROPY = "entropy"
    HYBRID = "hybrid"


@dataclass(frozen=True)
class PeakCondition:
    """A peak that a hit must show: unit m/z, at an intensity between two percentages of the base peak."""

    mz: int
    min_percent: float = 1.0
    max_percent: float = 100.0


@dataclass(frozen=True)
class HitFilter:
    """Which library spectra may be hits; every condition must hold, an empty one always does.

    Attributes
    ----------
    libraries : tuple of str
        Names of the libraries to search; empty = all.
    predicted : bool or None
        True predicted spectra only, False measured ones only.
    formula : str
        Molecular formula, in any order of elements.
    elements, without_elements : tuple of str
        Symbols that the formula must hold, or must not.
    name, cas, inchikey, licence : str
        Text that must occur in that field, in any case; an InChIKey may be the first block.
    substructure : str
        SMARTS, SMILES or molblock that the structure must contain.
    peaks : tuple of PeakCondition
        Peaks that the spectrum must show.
    min_mass_da, max_mass_da : int or None
        Nominal molecular mass, both ends included. Spectra without a mass are left out if either is given.
    """

    libraries: tuple[str, ...] = ()
    predicted: bool | None = None
    formula: str = ""
    elements: tuple[str, ...] = ()
    without_elements: tuple[str, ...] = ()
    name: str = ""
    cas: str = ""
    inchikey: str = ""
    licence: str = ""
    substructure: str = ""
    peaks: tuple[PeakCondition, ...] = ()
    min_mass_da: int | None = None
    max_mass_da: int | None = None


@dataclass(frozen=True)
class SearchSettings:
    """How to search.

    Attributes
    ----------
    score : Score
        What hits are ordered by.
    top : int
        Hits wanted, 1..`MOST_HITS`.
    molecular_mass_da : int or None
        Nominal mass of the unknown; None = what its record says. `mass_window_da` and `Score.HYBRID` need one.
    mass_window_da : int or None
        Only compounds within this many Da of the unknown compete; None = all do.
    retention_index : float or None
        That of the unknown; None = what its record says.
    use_retention_index : bool
        Whether a retention index that is far off lowers the score (`spectra.retention`); one that is missing never does.
    retention_index_tolerance : float
        Difference, in index units, up to which nothing is lowered.
    filter : HitFilter
        Which library spectra may be hits.
    """

    score: Score = Score.COMBINED
    top: int = 100
    molecular_mass_da: int | None = None
    mass_window_da: int | None = None
    retention_index: float | None = None
    use_retention_index: bool = False
    retention_index_tolerance: float = 30.0
    filter: HitFilter = field(default_factory=HitFilter)


@dataclass(frozen=True)
class Hit:
    """A library spectrum that agrees with the unknown.

    Attributes
    ----------
    rank : int
        From 1.
    entry : LibraryEntry
        With its provenance: library, licence, and the model version if it is predicted.
    score : float
        0..1, what hits are ordered by (retention index and confidence of predictions included).
    match, reverse_match : int
        0..999: weighted cosine (m/z^1 I^0.5) of the whole spectra, and of the unknown's peaks that the library spectrum has.
    probability : float or None
        0..1, that this is the compound; None where the ranking is not calibrated for the score.
    ri_difference : float or None
        Retention index of the library spectrum less that of the unknown.
    mass_shift_da : int or None
        Hybrid search only: mass of the unknown less that of the hit, by which neutral losses were matched.
    """

    rank: int
    entry: LibraryEntry
    score: float
    match: int
    reverse_match: int
    probability: float | None = None
    ri_difference: float | None = None
    mass_shift_da: int | None = None

    @property
    def is_predicted(self) -> bool:
        """Whether the spectrum was predicted, not measured."""
        return self.entry.record.predicted_by is not None


@dataclass(frozen=True)
class HitList:
    """What a search found, best first.

    ``searched`` counts the spectra that competed, ``passed_over`` those that a filter, a mass window or a library choice kept
    out. ``notes`` are sentences on what to know, for example that libraries are still being indexed.
    """

    query: SpectrumRecord
    settings: SearchSettings
    hits: tuple[Hit, ...]
    searched: int
    passed_over: int = 0
    duration_s: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unknowns:
    """Spectra to identify, as read from files or text: ``present`` records = ``len(spectra) + rejected``."""

    spectra: tuple[SpectrumRecord, ...]
    rejected: int = 0
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def present(self) -> int:
        """Records that the files hold."""
        return len(self.spectra) + self.rejected
