"""The unknown that a first start shows: a measured spectrum of a library, its name withheld."""

from __future__ import annotations

from bitspec_gui.domain.library import LibraryQuery
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.libraries import LibraryService

EXAMPLE_COMPOUND = "methyl cinnamate"
"""A compound of which the measured library that comes with BitSpec holds a spectrum."""

EXAMPLE_NAME = "Example unknown"


def example_unknown(libraries: LibraryService) -> SpectrumRecord | None:
    """A measured spectrum as an unknown, None if the libraries hold none; its comment says where it comes from."""
    for text in (EXAMPLE_COMPOUND, ""):
        entries, _total = libraries.entries(LibraryQuery(text, limit=1, predicted=False))
        if entries:
            record, library = entries[0].record, entries[0].library
            return SpectrumRecord(
                record.spectrum,
                name=EXAMPLE_NAME,
                instrument=record.instrument,
                energy_ev=record.energy_ev,
                retention_index=record.retention_index,
                comment=f"A measured spectrum of the library “{library}”, its name withheld.",
                licence=record.licence,
            )
    return None
