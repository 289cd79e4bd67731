"""Words on searches and hits: what scores mean, how good a match is, where a hit comes from."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.search import Hit, HitList, Score
from bitspec_gui.ui.facts import how_predicted, why_doubtful
from bitspec_gui.ui.match_bands import band_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("HitWords", text)


def score_words(score: Score) -> tuple[str, str]:
    """Name of a score, and a sentence or two on what it is."""
    return {
        Score.COMBINED: (
            _tr("Combined"),
            _tr("Several scores together, with weights learned on replicate spectra. Predicted spectra compete according to "
                "their confidence. Gives a probability for each hit. The usual choice."),
        ),
        Score.WEIGHTED_COSINE: (
            _tr("Weighted cosine"),
            _tr("Cosine of the whole spectra, peaks weighted by m/z and the square root of intensity."),
        ),
        Score.COSINE: (_tr("Cosine"), _tr("Cosine of the whole spectra on plain intensities: large peaks decide.")),
        Score.COMPOSITE: (
            _tr("Composite"),
            _tr("Stein and Scott's composite: weighted cosine together with the ratios of neighbouring common peaks."),
        ),
        Score.REVERSE: (
            _tr("Reverse"),
            _tr("Peaks of the unknown that the library spectrum lacks count for nothing: for mixtures and background."),
        ),
        Score.ENTROPY: (_tr("Entropy"), _tr("Spectral entropy similarity: how much of the information the spectra share.")),
        Score.HYBRID: (
            _tr("Hybrid"),
            _tr("Matches peaks by m/z and by neutral loss, and so finds relatives of an unknown that is in no library. Needs the "
                "molecular mass of the unknown."),
        ),
    }[score]  # fmt: skip


def match_tip(match: int | None = None) -> str:
    """What the match factor is, and how good this one is."""
    words = _tr("Match factor, 0 to 999: the whole spectra agree (weighted cosine). From 900 excellent, 800 good, 700 fair.")
    return words if match is None else f"{match}: {band_of(match).word}\n{words}"


def reverse_tip(match: int | None = None) -> str:
    """What the reverse match factor is, and how good this one is."""
    words = _tr("Reverse match factor, 0 to 999: without the peaks of the unknown that the library spectrum lacks.")
    return words if match is None else f"{match}: {band_of(match).word}\n{words}"


def probability_tip() -> str:
    """What the probability of a hit is."""
    return _tr(
        "How likely it is that the unknown is this compound, as calibrated on compounds held back.\n"
        "Given by the combined score only."
    )


def kind_text(hit: Hit) -> str:
    """Measured, predicted or doubtful."""
    if hit.is_predicted:
        return _tr("predicted")
    return _tr("doubtful") if hit.entry.record.doubt else _tr("measured")


def hit_tip(hit: Hit) -> str:
    """Everything worth knowing on a hit, a line each."""
    record = hit.entry.record
    lines = [record.name or record.accession or "", *provenance(hit)]
    if hit.mass_shift_da:
        lines.append(_tr("Peaks were shifted by %1 Da.").replace("%1", f"{hit.mass_shift_da:+d}"))
    return "\n".join(line for line in lines if line)


def provenance(hit: Hit) -> list[str]:
    """Where a hit comes from: library, accession, licence; measured how or predicted by what; what speaks against it."""
    record = hit.entry.record
    energy = f"{record.energy_ev:g} eV" if record.energy_ev is not None else None
    measured = " · ".join(part for part in (_tr("Measured"), record.instrument, energy) if part)
    return [
        " · ".join(part for part in (hit.entry.library, record.accession) if part),
        how_predicted(record) if hit.is_predicted else measured,
        _tr("Licence: %1").replace("%1", record.licence) if record.licence else "",
        why_doubtful(record),
    ]


def summary(found: HitList) -> str:
    """How many hits, of how many spectra, and how long it took."""
    if not found.searched:
        return ""
    hits = _tr("%1 hit") if len(found.hits) == 1 else _tr("%1 hits")
    words = _tr("%1 of %2 spectra, %3")
    seconds = f"{1000 * found.duration_s:.0f} ms" if found.duration_s < 1 else f"{found.duration_s:.1f} s"
    text = words.replace("%1", hits.replace("%1", f"{len(found.hits):,}")).replace("%2", f"{found.searched:,}")
    text = text.replace("%3", seconds)
    if found.passed_over:
        text += "; " + _tr("%1 passed over").replace("%1", f"{found.passed_over:,}")
    return text


def percent_text(share: float | None) -> str:
    """A probability as whole percent, the smallest as “< 1”."""
    if share is None:
        return ""
    percent = 100 * share
    return f"{percent:.0f}" if percent >= 0.995 else "< 1"


def difference_text(difference: float | None) -> str:
    """A difference with its sign."""
    return "" if difference is None else f"{difference:+.0f}".replace("-", "−")


def number_text(value: object) -> str:
    """A value of a table, empty where there is none."""
    if value is None:
        return ""
    return f"{value:.0f}" if isinstance(value, float) else str(value)
