"""Compounds by the names and CAS numbers that the user's own libraries give them."""

from __future__ import annotations

import logging

from bitspec_gui.domain.chemical_names import KnownCompound, cas_number, folded
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.libraries import LibraryService

LOOKED_AT = 60
"""Entries that hold the text; those of which a whole field is the text come first."""

_log = logging.getLogger(__name__)


class LibraryNames:
    """Looks names up in the libraries; may be used by several threads."""

    def __init__(self, libraries: LibraryService) -> None:
        self._libraries = libraries

    def find(self, text: str) -> KnownCompound | None:
        """The compound of this name or CAS number, None if no entry with a structure has it or the libraries cannot be read."""
        number = cas_number(text)
        wanted = number[0] if number is not None else text.strip()
        try:
            entries, _count = self._libraries.entries(LibraryQuery(text=wanted, limit=LOOKED_AT))
        except BitSpecError:
            # A name is not found then, which is said; the libraries' own fault is told where they are shown.
            _log.warning("Names cannot be looked up in the libraries", exc_info=True)
            return None
        for entry in entries:
            matched = _name_matched(entry.record, wanted)
            if matched and entry.record.smiles:
                record = entry.record
                return KnownCompound(record.name or matched, entry.record.smiles, record.cas or "", matched)
        return None


def _name_matched(record: SpectrumRecord, wanted: str) -> str:
    """The name or CAS number of the record that is the text; empty if none is."""
    if record.cas == wanted:
        return wanted
    key = folded(wanted)
    return next((name for name in (record.name, *record.synonyms) if name and folded(name) == key), "")
