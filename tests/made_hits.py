"""Hit lists for tests of what is written about them: three queries, one of them without a hit."""

from __future__ import annotations

from dataclasses import replace

from bitspec_gui.domain.library import LibraryEntry, LibraryInfo
from bitspec_gui.domain.search import Hit, HitFilter, HitList, SearchSettings
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord

NICOTINAMIDE = SpectrumRecord(
    Spectrum([39, 51, 78, 94, 106, 122], [80, 300, 700, 10, 610, 999]),
    name="Nicotinamide", accession="V-1", smiles="NC(=O)c1cccnc1", inchikey="DFPAKSUCGFBDDF-UHFFFAOYSA-N", formula="C6H6N2O",
    cas="98-92-0", nominal_mass=122, retention_index=1450.0, licence="CC BY 4.0", authors="A. Chemist", instrument="GC-EI-Q",
    synonyms=("Niacinamide", "β-Pyridinecarboxamide"),
)  # fmt: skip
PREDICTED = SpectrumRecord(
    Spectrum([51, 78, 106, 122], [200, 800, 500, 999]),
    name="Picolinamide", smiles="NC(=O)c1ccccn1", inchikey="IBBMAWULFFBRKK-UHFFFAOYSA-N", formula="C6H6N2O", nominal_mass=122,
    licence="CC BY-NC-SA 4.0", predicted_by="bitspec-ei-2", confidence=0.81,
)  # fmt: skip
UNKNOWN = SpectrumRecord(
    Spectrum([51.0, 78.1, 106.0, 122.04], [30.5, 71.0, 60.0, 100.0]), name="Peak 7", source_file="/data/run 1.msp", line=12
)
LIBRARIES = (
    LibraryInfo(1, "Vitamins", 2, 2, "CC BY 4.0", "made for tests"),
    LibraryInfo(2, "Chemicals, predicted", 900, 900, "CC BY-NC-SA 4.0", "bitspec-ei-2", predicted=900),
)


def hit(rank: int, record: SpectrumRecord, library: str, score: float, probability: float | None = None) -> Hit:
    entry = LibraryEntry(rank, library, record)
    return Hit(rank, entry, score, round(999 * score), round(999 * score) + 1, probability)


def hit_list(query: SpectrumRecord = UNKNOWN, **settings: object) -> HitList:
    """A measured hit and a predicted one."""
    hits = (hit(1, NICOTINAMIDE, "Vitamins", 0.98765, 0.91234), hit(2, PREDICTED, "Chemicals, predicted", 0.871))
    return HitList(query, SearchSettings(**settings), hits, searched=902, passed_over=7)


def three_hit_lists() -> list[HitList]:
    empty = HitList(replace(UNKNOWN, name="Peak 9", line=40), SearchSettings(), (), searched=902)
    wanted = HitFilter(libraries=("Vitamins",), elements=("C", "N"))
    return [hit_list(), empty, hit_list(replace(UNKNOWN, name="Peak 11", line=60), mass_window_da=2, filter=wanted)]
