"""Words on heat maps: what an atom or bond scores, what the highest ones are, and what a legend says."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.explanation import Explanation, MethodInfo
from bitspec_gui.services.explanation_words import caveat_words, likeliest_ion, method_words, percent
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.ui.views.annotation_words import ion_text
from bitspec_gui.ui.views.heat_map_content import HeatMapContent

_TOLD_ATOMS = 5
"""How many of the highest atoms are told to screen readers."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("HeatMap", text)


@dataclass(frozen=True)
class LegendWords:
    """What a legend says. `low` and `high` are what the ends of the scale stand for, in the unit of the method."""

    method: str
    target: str
    meaning: str
    caution: str
    unit: str
    low: float
    high: float


def legend_words(explanation: Explanation, info: MethodInfo) -> LegendWords:
    """What is to be said of an explanation beside its heat map."""
    info = info.for_target(explanation.request.mz)
    return LegendWords(
        method=method_words(explanation, info),
        target=target_text(explanation),
        meaning=" ".join(part for part in (caveat_words(explanation), info.meaning) if part),
        caution=info.caution,
        unit=info.unit if explanation.largest else "",
        low=-explanation.largest if info.signed else 0.0,
        high=explanation.largest,
    )


def target_text(explanation: Explanation) -> str:
    """What was explained: ``m/z 91 · C₇H₇⁺ · 34 % of the ion current``."""
    mz = explanation.request.mz
    if mz is None:
        return _tr("the whole spectrum")
    likeliest = likeliest_ion(explanation)
    ion = () if likeliest is None else (ion_text(likeliest),)
    share = _tr("%1 of the ion current").replace("%1", percent(explanation.share))
    return " · ".join((f"m/z {mz}", *ion, share))


def score_text(score: float) -> str:
    """A score with two decimals."""
    # A score that would be rounded to -0.00 is none.
    return f"{round(score, 2) + 0.0:.2f}".replace("-", "−")


def figure_text(value: float, digits: int = 3) -> str:
    """A value in the unit of a method, with so many significant digits, without needless zeros."""
    return f"{value:.{digits}g}".replace("-", "−")


def atom_name(content: HeatMapContent, place: int) -> str:
    """Element and place in the SMILES: ``C3``, as in files and on the command line."""
    return f"{content.sketch.atoms[content.atom_ids[place]].symbol}{place}"


def words_at(content: HeatMapContent, picked: Picked) -> str:
    """What an atom or bond scores: ``C3: 0.82``, and what that is in the unit of the method. Empty for nothing."""
    places = sorted(content.places_at(picked))
    if not places:
        return ""
    name = "–".join(atom_name(content, place) for place in places)
    if content.explanation is None or content.info is None:
        return name
    if picked.bond is not None and len(places) == 2:
        score = content.bond_scores.get(picked.bond)
        if score is None:
            ends = ", ".join(_atom_score_words(content, place) for place in places)
            return _tr("%1: this method scores atoms only (%2)").replace("%1", name).replace("%2", ends)
    else:
        score = content.atom_score(places[0])
    assert score is not None
    words = f"{name}: {score_text(score)}"
    unit = content.info.for_target(content.explanation.request.mz).unit
    if unit and content.explanation.largest:
        words += _tr("\n%1 · %2").replace("%1", figure_text(score * content.explanation.largest)).replace("%2", unit)
    if not content.is_shown(score) and round(abs(score), 2) > 0:
        words += _tr("\nno colour: nearer to 0 than the threshold")
    return words


def summary_words(content: HeatMapContent) -> str:
    """The whole map for screen readers: method, target, the highest atoms, and the fragment."""
    if not content.sketch:
        return ""
    said = []
    if content.explanation is not None and content.info is not None:
        explanation = content.explanation
        said.append(f"{method_words(explanation, content.info)}, {target_text(explanation)}")
        highest = [place for place in explanation.order if explanation.atom_scores[place] > 0][:_TOLD_ATOMS]
        lowest = [place for place in reversed(explanation.order) if explanation.atom_scores[place] < 0][:_TOLD_ATOMS]
        for words, places in ((_tr("highest: %1"), highest), (_tr("against it: %1"), lowest)):
            if places:
                said.append(words.replace("%1", ", ".join(_atom_score_words(content, place) for place in places)))
        if not (highest or lowest):
            said.append(_tr("no atom matters"))
    else:
        said.append(_tr("%1 atoms, not explained yet").replace("%1", str(len(content.atom_ids))))
    if content.kept is not None:
        names = ", ".join(atom_name(content, place) for place in sorted(content.kept) if place < len(content.atom_ids))
        said.append(_tr("kept fragment: %1").replace("%1", names))
    return "; ".join(said)


def _atom_score_words(content: HeatMapContent, place: int) -> str:
    score = content.atom_score(place)
    return atom_name(content, place) + ("" if score is None else f" {score_text(score)}")
