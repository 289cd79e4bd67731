"""What a report of searches says, before it is laid out as HTML or PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from bitspec_gui import __version__
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.search import Hit, HitList, Score
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.depiction import structure_svg
from bitspec_gui.services.hit_rows import hit_name, query_name, source_words
from bitspec_gui.services.mirror_svg import (
    MEASURED_COLOUR,
    PREDICTED_COLOUR,
    UNKNOWN_COLOUR,
    Side,
    mirror_svg,
)
from bitspec_gui.services.report_markup import Facts
from bitspec_gui.services.report_peaks import HitPeaks, PeaksPage
from bitspec_gui.services.search_words import settings_in_words

HITS_LISTED = 20
HITS_DRAWN = 3
PLOT_SIZE = (700, 250)
DRAWING_SIZE = (190, 130)
THUMBNAIL_SIZE = (96, 62)


@dataclass(frozen=True)
class ReportSettings:
    """How much a report says of each query: so many hits in its table, so many of them drawn head to tail with the query."""

    hits_listed: int = HITS_LISTED
    hits_drawn: int = HITS_DRAWN


@dataclass(frozen=True)
class HitLine:
    """A row of the table of hits; ``structure`` is an SVG of `THUMBNAIL_SIZE`, empty if there is none."""

    cells: tuple[str, ...]
    structure: str
    predicted: bool


@dataclass(frozen=True)
class HitPlot:
    """A hit drawn head to tail with the query; ``structure`` is an SVG of `DRAWING_SIZE`, empty if there is none."""

    heading: str
    plot: str
    structure: str
    facts: Facts


@dataclass(frozen=True)
class QueryReport:
    """All about one query. ``plot`` is the query alone, for a query without hits; ``notes`` are sentences.

    ``peaks`` says what its peaks are made of if it is the best hit, where that can be said.
    """

    heading: str
    facts: Facts
    settings: Facts
    notes: tuple[str, ...]
    lines: tuple[HitLine, ...]
    plots: tuple[HitPlot, ...]
    plot: str
    peaks: PeaksPage | None = None


@dataclass
class Used:
    """Libraries and versions that the hits of a report came from, gathered as its queries are written."""

    libraries: dict[str, set[str]] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)

    def note(self, hits: Iterable[Hit]) -> None:
        """Remember where hits came from."""
        for hit in hits:
            licences = self.libraries.setdefault(hit.entry.library, set())
            if hit.entry.record.licence:
                licences.add(hit.entry.record.licence)
            if hit.entry.record.predicted_by:
                self.versions.add(hit.entry.record.predicted_by)


TABLE_COLUMNS = (
    "", "Structure", "Name", "Formula", "Mass", "Library and source", "Score", "Match", "Reverse", "Prob.", "ΔRI",
)  # fmt: skip
"""Heading of the table of hits; the second column is a drawing, all others are texts, of which some have two lines."""

SUMMARY_COLUMNS = ("Query", "Best hit", "Match", "Reverse", "Prob.", "Source")
LIBRARY_COLUMNS = ("Library", "Spectra", "Licence", "Origin")
NUMBER_COLUMNS = frozenset({"", "Mass", "Score", "Match", "Reverse", "Prob.", "ΔRI", "Spectra"})
"""Columns that are set to the right."""


def report_title(queries: Sequence[str] | int) -> str:
    """Title of a report on these queries, or on so many of them."""
    number = queries if isinstance(queries, int) else len(queries)
    if not isinstance(queries, int) and number == 1:
        return f"Identification of {queries[0]}"
    return f"Identification of {number:,} spectra"


def report_facts(created: datetime, versions: Iterable[str] = (), ranking: str = "") -> Facts:
    """What is true of a whole report: when it was made and by what; `ranking` is the version that ordered the hits."""
    facts = [("Date", f"{created:%Y-%m-%d %H:%M} ({created:%Z})"), ("Program", f"BitSpec {__version__}")]
    if predicted := ", ".join(sorted(versions)):
        facts.append(("Predicted spectra by", predicted))
    if ranking:
        facts.append(("Hits ranked by", ranking))
    return tuple(facts)


def ranked_by(hit_lists: Iterable[HitList], version: Callable[[], str]) -> str:
    """Version of the ranking, if it ordered any of these hits."""
    combined = any(hit_list.hits and hit_list.settings.score is Score.COMBINED for hit_list in hit_lists)
    return version() if combined else ""


def query_report(hit_list: HitList, wanted: ReportSettings | None = None, peaks: HitPeaks | None = None) -> QueryReport:
    """What a report says of one query, drawings included; `peaks` says what its peaks are made of."""
    wanted = wanted or ReportSettings()
    query, hits = hit_list.query, hit_list.hits
    name = query_name(query)
    top = Side(query.spectrum, f"Unknown: {name}", UNKNOWN_COLOUR)
    searched = f"{hit_list.searched:,} spectra" + (f" ({hit_list.passed_over:,} left out)" if hit_list.passed_over else "")
    return QueryReport(
        heading=name,
        facts=_query_facts(query),
        settings=(*settings_in_words(hit_list.settings), ("Searched", searched)),
        notes=tuple(_notes(hit_list, wanted)),
        lines=tuple(_line(hit) for hit in hits[: wanted.hits_listed]),
        plots=tuple(_plot(hit, top) for hit in hits[: wanted.hits_drawn]),
        plot="" if hits and wanted.hits_drawn else mirror_svg(top, width=PLOT_SIZE[0], height=PLOT_SIZE[1]),
        peaks=peaks.page(hit_list) if peaks is not None else None,
    )


def library_rows(used: Used, libraries: Iterable[LibraryInfo]) -> list[tuple[str, ...]]:
    """A row of `LIBRARY_COLUMNS` for each library that hits came from; `libraries` are those that there are."""
    known = {info.name: info for info in libraries}
    rows: list[tuple[str, ...]] = []
    for name in sorted(used.libraries, key=str.casefold):
        info = known.get(name)
        licences = {*used.libraries[name], *([info.licence] if info is not None and info.licence else [])}
        licence = "; ".join(sorted(licences)) or "not stated"
        spectra = "" if info is None else f"{info.spectra:,}" + (" predicted" if info.wholly_predicted else "")
        rows.append((name, spectra, licence, "" if info is None else info.source))
    return rows


def _query_facts(query: SpectrumRecord) -> Facts:
    spectrum = query.spectrum
    base = float(spectrum.mz[spectrum.intensity.argmax()])
    line = "" if query.line is None else f", line {query.line}"
    known = (
        ("File", f"{Path(query.source_file).name}{line}" if query.source_file else ""),
        ("Peaks", f"{len(spectrum):,} from m/z {spectrum.mz[0]:g} to {spectrum.mz[-1]:g}, base peak {base:g}"),
        ("Molecular mass", "" if query.nominal_mass is None else f"{query.nominal_mass} Da"),
        ("Retention index", "" if query.retention_index is None else f"{query.retention_index:g}"),
        ("Comment", query.comment or ""),
    )
    return tuple((what, value) for what, value in known if value)


def _notes(hit_list: HitList, wanted: ReportSettings) -> list[str]:
    notes = list(hit_list.notes)
    if not hit_list.hits:
        notes.append("No spectrum of the libraries agrees with this one under these conditions.")
    more = len(hit_list.hits) - wanted.hits_listed
    if more > 0:
        notes.append(f"The table shows the best {wanted.hits_listed} of {len(hit_list.hits)} hits.")
    if any(hit.is_predicted for hit in hit_list.hits[: wanted.hits_listed]):
        notes.append("Predicted spectra are computed from the structure; nobody measured them.")
    return notes


def _line(hit: Hit) -> HitLine:
    record = hit.entry.record
    difference = "" if hit.ri_difference is None else f"{hit.ri_difference:+.0f}"
    cells = (
        str(hit.rank),
        hit_name(record),
        record.formula or "",
        "" if record.nominal_mass is None else str(record.nominal_mass),
        f"{hit.entry.library}\n{source_words(record)}",
        f"{hit.score:.3f}",
        str(hit.match),
        str(hit.reverse_match),
        _percent(hit.probability),
        difference,
    )
    return HitLine(cells, structure_of(record, *THUMBNAIL_SIZE), hit.is_predicted)


def _plot(hit: Hit, top: Side) -> HitPlot:
    record = hit.entry.record
    colour = PREDICTED_COLOUR if hit.is_predicted else MEASURED_COLOUR
    bottom = Side(record.spectrum, f"{hit_name(record)} ({source_words(record)})", colour)
    return HitPlot(
        heading=f"{hit.rank}. {hit_name(record)}",
        plot=mirror_svg(top, bottom, width=PLOT_SIZE[0], height=PLOT_SIZE[1]),
        structure=structure_of(record, *DRAWING_SIZE),
        facts=_hit_facts(hit),
    )


def _hit_facts(hit: Hit) -> Facts:
    record = hit.entry.record
    shift = hit.mass_shift_da
    known = (
        ("Match", f"{hit.match}, reverse {hit.reverse_match}, score {hit.score:.3f}"),
        ("Probability", _percent(hit.probability)),
        ("Mass difference", f"{shift:+d} Da, by which losses were matched" if shift else ""),
        ("Formula", record.formula or ""),
        ("CAS", record.cas or ""),
        ("InChIKey", record.inchikey or ""),
        ("Spectrum", f"{source_words(record)}; {hit.entry.library}" + (f", {record.accession}" if record.accession else "")),
        ("Confidence", _percent(record.confidence) if hit.is_predicted else ""),
        ("Instrument", record.instrument or ""),
        ("Licence", record.licence or ""),
        ("Authors", record.authors or ""),
        ("Doubt", record.doubt or ""),
    )
    return tuple((what, value) for what, value in known if value)


def summary_row(hit_list: HitList) -> tuple[str, ...]:
    """What a summary says of a query, under `SUMMARY_COLUMNS`."""
    name = query_name(hit_list.query)
    if not hit_list.hits:
        return (name, "no hit", "", "", "", "")
    best = hit_list.hits[0]
    record = best.entry.record
    found = (str(best.match), str(best.reverse_match), _percent(best.probability))
    return (name, hit_name(record), *found, source_words(record))


def _percent(share: float | None) -> str:
    """Share in whole percent; nothing is impossible or certain that only rounds to it."""
    if share is None:
        return ""
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def structure_of(record: SpectrumRecord, width: int, height: int) -> str:
    """Drawing of the structure that a record states, as SVG; empty if it states none or it cannot be read."""
    text = record.smiles or record.inchi
    return _drawing(text, width, height) if text else ""


@lru_cache(maxsize=256)
def _drawing(text: str, width: int, height: int) -> str:
    from bitspec_gui.chem.parse import molecule_from_text

    try:
        return structure_svg(molecule_from_text(text), width, height)
    except MoleculeError:
        return ""
