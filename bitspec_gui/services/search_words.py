"""How a search was done, in words: score, mass, retention index and filters."""

from __future__ import annotations

from collections.abc import Iterator

from bitspec_gui.domain.search import HitFilter, PeakCondition, Score, SearchSettings

SCORE_WORDS = {
    Score.COMBINED: "combined score of several comparisons",
    Score.WEIGHTED_COSINE: "weighted cosine (m/z × √intensity)",
    Score.COSINE: "cosine of intensities",
    Score.COMPOSITE: "composite of dot product and peak ratios (Stein and Scott)",
    Score.REVERSE: "reverse weighted cosine (peaks of the library spectrum only)",
    Score.ENTROPY: "spectral entropy similarity",
    Score.HYBRID: "hybrid of peaks and neutral losses",
}


def settings_in_words(settings: SearchSettings) -> list[tuple[str, str]]:
    """What was asked for, as (what, value) pairs; conditions that were not set are left out."""
    said = [("Score", SCORE_WORDS[settings.score]), ("Hits wanted", f"at most {settings.top}")]
    if settings.molecular_mass_da is not None:
        said.append(("Molecular mass", f"{settings.molecular_mass_da} Da"))
    if settings.mass_window_da is not None:
        said.append(("Mass window", f"± {settings.mass_window_da} Da"))
    if settings.use_retention_index:
        index = "of the record" if settings.retention_index is None else f"{settings.retention_index:g}"
        said.append(("Retention index", f"{index}, tolerance {settings.retention_index_tolerance:g}"))
    return said + list(_filters(settings.filter))


def _filters(wanted: HitFilter) -> Iterator[tuple[str, str]]:
    yield "Libraries", ", ".join(wanted.libraries) or "all"
    if wanted.predicted is not None:
        yield "Spectra", "predicted ones only" if wanted.predicted else "measured ones only"
    texts = {
        "Formula": wanted.formula,
        "Elements": ", ".join(wanted.elements),
        "Without elements": ", ".join(wanted.without_elements),
        "Name contains": wanted.name,
        "CAS contains": wanted.cas,
        "InChIKey contains": wanted.inchikey,
        "Licence contains": wanted.licence,
        "Substructure": _short(wanted.substructure),
        "Peaks": "; ".join(map(_peak, wanted.peaks)),
        "Mass": _mass_range(wanted.min_mass_da, wanted.max_mass_da),
    }
    yield from ((what, text) for what, text in texts.items() if text)


def _peak(condition: PeakCondition) -> str:
    return f"m/z {condition.mz} at {condition.min_percent:g} to {condition.max_percent:g} %"


def _mass_range(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"from {low} Da"
    return f"up to {high} Da" if low is None else f"{low} to {high} Da"


def _short(text: str) -> str:
    """A molblock is named, not printed; SMARTS and SMILES are."""
    return "a drawn structure" if "\n" in text.strip() else text.strip()
