"""Compounds by the names and CAS numbers that the user's own libraries give them."""

from __future__ import annotations

import logging
import re

from bitspec_gui.domain.chemical_names import KnownCompound, cas_number, folded
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.libraries import LibraryService

LOOKED_AT = 60
"""Entries that hold the text; those of which a whole field is the text come first."""

_WORDS = re.compile(r"[^\s\-()\[\]{}]+")

_log = logging.getLogger(__name__)


class LibraryNames:
    """Looks names up in the libraries; may be used by several threads."""

    def __init__(self, libraries: LibraryService) -> None:
        self._libraries = libraries

    def find(self, text: str) -> KnownCompound | None:
        """The compound of this name or CAS number, None if no entry with a structure has it or the libraries cannot be read."""
        number = cas_number(text)
        wanted = number[0] if number is not None else text.strip()
        # As it is typed first: entries of which a whole field is the text are listed before all others.
        questions = dict.fromkeys([wanted] if number is not None else [wanted, " ".join(_WORDS.findall(wanted))])
        try:
            return next(filter(None, (self._called(wanted, question) for question in questions)), None)
        except BitSpecError:
            # A name is not found then, which is said; the libraries' own fault is told where they are shown.
            _log.warning("Names cannot be looked up in the libraries", exc_info=True)
            return None

    def _called(self, wanted: str, question: str) -> KnownCompound | None:
        if not question:
            return None
        for entry in self._libraries.entries(LibraryQuery(text=question, limit=LOOKED_AT))[0]:
            record = entry.record
            matched = _name_matched(record, wanted)
            if matched and record.smiles:
                return KnownCompound(record.name or matched, record.smiles, record.cas or "", matched)
        return None


def _name_matched(record: SpectrumRecord, wanted: str) -> str:
    """The name or CAS number of the record that is the text; empty if none is."""
    if record.cas == wanted:
        return wanted
    key = folded(wanted)
    return next((name for name in (record.name, *record.synonyms) if name and folded(name) == key), "")
