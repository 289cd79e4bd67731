"""What the *Identify* tab is about: the unknowns, what was found for each, the hit looked at, and how to search."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.search import Hit, HitList, SearchSettings
from bitspec_gui.domain.spectrum import SpectrumRecord


class SearchPhase(Enum):
    """How far the search for the unknown looked at has come."""

    IDLE = "idle"
    SEARCHING = "searching"
    SHOWN = "shown"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, eq=False)
class Unknown:
    """A spectrum to identify. ``key`` stays the same while its record changes; ``file`` is where it can be read again, if at all.

    ``as_read`` is the record before the user stated a mass or a retention index for it.
    """

    key: int
    record: SpectrumRecord
    as_read: SpectrumRecord
    file: str = ""


class IdentifyState(QObject):
    """Read by the panels, written by `SearchFlow` and the panels. Every change is told by one signal of its kind."""

    unknowns_changed = Signal()
    unknown_changed = Signal()
    found = Signal(int)
    hits_changed = Signal()
    hit_changed = Signal()
    settings_changed = Signal()
    phase_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unknowns: dict[int, Unknown] = {}
        self.key: int | None = None
        self.hit: Hit | None = None
        self.settings = SearchSettings()
        self.phase = SearchPhase.IDLE
        self.sentence = ""
        self._found: dict[int, HitList] = {}
        self._outdated: set[int] = set()
        self._next_key = 1

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """All of them, in the order of the list."""
        return tuple(self._unknowns.values())

    @property
    def some_found(self) -> bool:
        """Whether any unknown was searched."""
        return bool(self._found)

    @property
    def unknown(self) -> Unknown | None:
        """The one looked at."""
        return self.unknown_of(self.key) if self.key is not None else None

    @property
    def hit_list(self) -> HitList | None:
        """What was found last for the unknown looked at."""
        return self._found.get(self.key) if self.key is not None else None

    @property
    def all_found(self) -> list[HitList]:
        """Hit lists of the unknowns that were searched, in their order."""
        return [self._found[each.key] for each in self.unknowns if each.key in self._found]

    def unknown_of(self, key: int) -> Unknown | None:
        """Unknown of a key, None if it was taken off the list."""
        return self._unknowns.get(key)

    def hit_list_of(self, key: int) -> HitList | None:
        """What was found last for an unknown."""
        return self._found.get(key)

    def is_current(self, key: int) -> bool:
        """Whether a hit list answers what would be asked now."""
        found, unknown = self._found.get(key), self.unknown_of(key)
        if found is None or unknown is None or key in self._outdated:
            return False
        return found.settings == self.settings and found.query is unknown.record

    def outdate(self) -> None:
        """The libraries have changed: what was found stays on show, but would be asked for again."""
        self._outdated = set(self._found)
        for key in sorted(self._outdated):
            self.found.emit(key)

    def add(self, records: Iterable[SpectrumRecord], file: str = "") -> tuple[Unknown, ...]:
        """Put spectra at the end of the list and look at the first of them."""
        added = []
        for record in records:
            added.append(Unknown(self._next_key, record, record, file))
            self._next_key += 1
        if added:
            self._unknowns |= {each.key: each for each in added}
            self.unknowns_changed.emit()
            self.look_at(added[0].key)
        return tuple(added)

    def replace(self, key: int, record: SpectrumRecord) -> None:
        """Another spectrum in the place of one: what was found for that is gone."""
        self._unknowns[key] = Unknown(key, record, record)
        self._found.pop(key, None)
        self.unknowns_changed.emit()
        if key == self.key:
            self._show(key)

    def remove(self, keys: Iterable[int]) -> None:
        """Take unknowns off the list; if the one looked at goes, its neighbour is looked at."""
        gone = set(keys)
        order = list(self._unknowns)
        kept = {key: each for key, each in self._unknowns.items() if key not in gone}
        for key in gone:
            self._found.pop(key, None)
        following = None
        if self.key in gone and kept:
            place = order.index(self.key)
            rest = [key for key in (*order[place:], *reversed(order[:place])) if key not in gone]
            following = rest[0]
        self._unknowns = kept
        self.unknowns_changed.emit()
        if self.key in gone:
            self.look_at(following)

    def look_at(self, key: int | None) -> None:
        """Look at another unknown."""
        if key != self.key:
            self._show(key)

    def state_of_unknown(self, *, mass_da: int | None, retention_index: float | None) -> None:
        """The user states mass and retention index of the unknown looked at; None = as its record says."""
        unknown = self.unknown
        if unknown is None:
            return
        read = unknown.as_read
        record = dataclasses.replace(
            read,
            nominal_mass=read.nominal_mass if mass_da is None else mass_da,
            exact_mass=read.exact_mass if mass_da is None else None,
            retention_index=read.retention_index if retention_index is None else retention_index,
        )
        if record == unknown.record:
            return
        self._unknowns[unknown.key] = dataclasses.replace(unknown, record=record)
        self.settings_changed.emit()

    def set_settings(self, settings: SearchSettings) -> None:
        """How to search from now on."""
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit()

    def set_phase(self, phase: SearchPhase, sentence: str = "") -> None:
        """Say how far the search for the unknown looked at has come."""
        if (phase, sentence) != (self.phase, self.sentence):
            self.phase, self.sentence = phase, sentence
            self.phase_changed.emit()

    def take_found(self, key: int, hit_list: HitList) -> None:
        """An answer; the hit looked at is kept if it is among the new ones."""
        if self.unknown_of(key) is None:
            return
        self._found[key] = hit_list
        self._outdated.discard(key)
        self.found.emit(key)
        if key != self.key:
            return
        kept = self.hit.entry.entry_id if self.hit is not None else None
        first = hit_list.hits[0] if hit_list.hits else None
        self.hit = next((hit for hit in hit_list.hits if hit.entry.entry_id == kept), first)
        self.hits_changed.emit()
        self.hit_changed.emit()
        self.set_phase(SearchPhase.SHOWN)

    def choose_hit(self, hit: Hit | None) -> None:
        """Look at another hit."""
        if hit is not self.hit:
            self.hit = hit
            self.hit_changed.emit()

    def _show(self, key: int | None) -> None:
        self.key = key
        found = self.hit_list
        self.phase, self.sentence = (SearchPhase.SHOWN if found is not None else SearchPhase.IDLE), ""
        self.hit = found.hits[0] if found is not None and found.hits else None
        self.unknown_changed.emit()
        self.hits_changed.emit()
        self.hit_changed.emit()
        self.phase_changed.emit()
