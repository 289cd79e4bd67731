"""Explanations in sentences: what was explained, how true the explanation is, and what a peak can be."""

from __future__ import annotations

from enum import Enum

from bitspec_gui.domain.annotation import Assignment, KnownIon
from bitspec_gui.domain.explanation import FRAGMENT_METHOD, Explanation, Faithfulness, MethodInfo

CLEARLY_BETTER_FROM = 0.1
"""Least sum of both gains in area (of 1 each) of an explanation that is called clearly better than chance."""

CLEARLY_BETTER_SCORE, BETTER_SCORE = 1.895, 1.415
"""Standard scores that one random order in 20, and one in 10, reaches: Student's t, 7 degrees of freedom (8 random orders)."""


ALONE_FROM = 0.6
"""Characterization from which selected atoms hold a target nearly alone, if that of random ones is at most half of theirs."""

FAINT_SHARE = 1e-3
"""Share of the ion current below which a peak is hardly predicted: what becomes of it says little."""


BY_FRAGMENTS = frozenset({FRAGMENT_METHOD, "attention", "pooling"})
"""Methods whose map of a peak begins with the atoms in its ion: without fragments they know nothing of it."""

MOSTLY = 0.5
"""Share of a peak that no fragment accounts for from which maps by fragments are about the lesser part of it."""


class Verdict(Enum):
    """How far a prediction rests on the atoms that an explanation points at, by what was measured."""

    CLEARLY_BETTER = "clearly more than on random ones"
    BETTER = "somewhat more than on random ones"
    NO_BETTER = "not measurably more than on random ones"
    SAYS_NOTHING = "the method does not tell atoms apart"


def verdict_of(faithfulness: Faithfulness) -> Verdict:
    """How far an explanation is to be trusted.

    Somewhat better than chance is one that less than one in 10 random orders would equal. Clearly better it is if its selected
    atoms are no worse than as many random ones, both when they are masked and when only they stay, and less than one in 20 random
    orders would equal it, by a gain in area that is worth speaking of; or, as small molecules have few other orders, if its
    selected atoms hold the target nearly alone, which random ones do not. Of explanations made at random for 16 compounds, 5 %
    were called clearly better, and 7 % somewhat.
    """
    if faithfulness.selected in (0, len(faithfulness.order)):
        return Verdict.SAYS_NOTHING
    gain = faithfulness.deletion_gain + faithfulness.insertion_gain
    needed = _needed(faithfulness)
    enough = faithfulness.fidelity_minus <= faithfulness.random_fidelity_minus
    score = faithfulness.standard_score
    if score < BETTER_SCORE:
        return Verdict.NO_BETTER
    rare = score >= CLEARLY_BETTER_SCORE and gain >= CLEARLY_BETTER_FROM
    alone = faithfulness.characterization >= max(ALONE_FROM, 2 * faithfulness.random_characterization)
    return Verdict.CLEARLY_BETTER if needed and enough and (rare or alone) else Verdict.BETTER


def _needed(faithfulness: Faithfulness) -> bool:
    return faithfulness.fidelity_plus >= faithfulness.random_fidelity_plus


def verdict_words(faithfulness: Faithfulness) -> str:
    """Verdict: ``The network relies on these atoms clearly more than on random ones (8 of 8 random orders do worse)``."""
    verdict = verdict_of(faithfulness)
    if verdict is Verdict.SAYS_NOTHING:
        return "This explanation does not tell atoms apart, so it cannot be compared with chance."
    orders = len(faithfulness.random_deletion)
    better = f"{int(faithfulness.beats_random * orders)} of {orders}"
    but = ""
    if verdict is Verdict.BETTER and not _needed(faithfulness):
        but = ", but without its atoms no more is lost than without random ones"
    little = ", but only by little" if verdict is Verdict.NO_BETTER and 2 * faithfulness.beats_random > 1 else ""
    return f"The network relies on these atoms {verdict.value} ({better} random orders of the atoms do worse{little}){but}."


def in_words(explanation: Explanation, faithfulness: Faithfulness) -> str:
    """What was measured at the selected atoms.

    ``Without these 7 atoms m/z 91 falls to 12 % of what is predicted (7 random atoms: 63 %); with nothing but them 80 % is left
    (random: 20 %).``
    """
    mz, selected = explanation.request.mz, faithfulness.selected
    what = "the spectrum" if mz is None else f"m/z {mz}"
    if selected == 0:
        return f"By this method no atom holds {what} up, so there are none to leave out to see whether that is true."
    if selected == len(faithfulness.order):
        return f"This method points at every atom, so leaving them out does not tell which of them {what} rests on."
    without, only = 1 - faithfulness.fidelity_plus, 1 - faithfulness.fidelity_minus
    by_chance = f"{selected} random atom{'' if selected == 1 else 's'}"
    these, them = ("this atom", "it") if selected == 1 else (f"these {selected} atoms", "them")
    random_without, random_only = 1 - faithfulness.random_fidelity_plus, 1 - faithfulness.random_fidelity_minus
    if mz is None:
        return (
            f"Without {these} the predicted spectrum has a cosine of {without:.2f} with that of the whole molecule "
            f"({by_chance}: {random_without:.2f}); with nothing but {them} it has {only:.2f} (random: {random_only:.2f})."
        )
    faint = f" As m/z {mz} is hardly predicted at all, this says little." if explanation.share < FAINT_SHARE else ""
    return (
        f"{_all_the_same(explanation, faithfulness)}"
        f"Without {these} {what} {_moves(without)} of what is predicted ({by_chance}: {percent(random_without)}); "
        f"with nothing but {them} {_stays(only)} (random: {percent(random_only)}).{faint}"
    )


def _all_the_same(explanation: Explanation, faithfulness: Faithfulness) -> str:
    """What a failed test does not say of a map that tells what an ion is made of."""
    if explanation.request.method != FRAGMENT_METHOD or verdict_of(faithfulness) is not Verdict.NO_BETTER:
        return ""
    return "The ion may well be these atoms, but how high its peak is does not rest on them alone. "


def caveat_words(explanation: Explanation) -> str:
    """What must be known before a map is believed: that fragments, on which it rests, do not make the peak; else empty."""
    if explanation.request.mz is None or explanation.request.method not in BY_FRAGMENTS:
        return ""
    if not explanation.candidates:
        return (
            "No fragment that BitSpec considers has this mass, so this method has nothing to colour; GNNExplainer, integrated "
            "gradients and occlusion need no fragments."
        )
    if explanation.unassigned >= MOSTLY:
        none = percent(min(explanation.unassigned, 0.99))
        return f"Careful: {none} of this peak comes from no fragment that BitSpec considers; the map is of the rest."
    return ""


def _stays(left: float) -> str:
    return f"it rises to {percent(left)}" if left >= 1.005 else f"{percent(left)} is left"


def _moves(left: float) -> str:
    verb = "falls to" if left < 0.995 else "rises to" if left >= 1.005 else "stays at"
    return f"{verb} {percent(left)}"


def target_words(explanation: Explanation) -> str:
    """What was explained: ``m/z 91, C7H7+, 34 % of the ion current``, or ``the whole spectrum``."""
    mz = explanation.request.mz
    if mz is None:
        return "the whole spectrum"
    likeliest = likeliest_ion(explanation)
    ion = f", {ion_words(likeliest)}" if likeliest is not None else ""
    return f"m/z {mz}{ion}, {percent(explanation.share)} of the ion current"


def likeliest_ion(explanation: Explanation) -> Assignment | None:
    """The first candidate for the peak, if it is likelier than that the peak comes from no fragment that is considered."""
    if not explanation.candidates or explanation.candidates[0].probability <= explanation.unassigned:
        return None
    return explanation.candidates[0]


def method_words(explanation: Explanation, info: MethodInfo) -> str:
    """Which method, with its variant and seed where it has them: ``Attention, layer 2``."""
    variant = info.variant(explanation.request.variant)
    seed = f", seed {explanation.request.seed}" if info.seeded else ""
    return f"{info.name}{'' if variant is None else f', {variant.name}'}{seed}"


def scale_words(explanation: Explanation, info: MethodInfo) -> str:
    """What a score of 1 is: ``A score of 1 stands for 0.43: share of the peak that is lost without it``."""
    if not explanation.largest:
        return "All scores are 0."
    unit = info.for_target(explanation.request.mz).unit
    if not unit:
        return ""
    same = abs(explanation.largest - 1.0) < 5e-4
    return f"Unit of the scores: {unit}." if same else f"A score of 1 stands for {explanation.largest:.3g}: {unit}."


def ion_words(candidate: Assignment) -> str:
    """The ion of an assignment: ``C7H7+``, ``C7H7+ with 1 heavy isotope``."""
    return f"{candidate.formula}+{f' ({candidate.isotope:+d} Da isotope peak)' if candidate.isotope else ''}"


def candidate_words(candidate: Assignment) -> str:
    """One way in which the peak came about: ``C7H7+ by loss of C3H7, m/z 91.0542, 97 %; atoms 3-9``."""
    loss = f" by loss of {candidate.neutral_loss}" if candidate.neutral_loss else ", the molecular ion"
    shift = f", {candidate.hydrogen_shift:+d} H" if candidate.hydrogen_shift else ""
    return (
        f"{ion_words(candidate)}{loss}, m/z {candidate.exact_mz:.4f}, {percent(candidate.probability)}; "
        f"atoms {numbers_words(candidate.atoms)}{shift}"
    )


def candidates_words(explanation: Explanation) -> list[str]:
    """What the peak can be, a sentence each, the likeliest first; for no fragments a sentence that says so."""
    mz = explanation.request.mz
    if mz is None:
        return []
    known = [known_ion_words(each) for each in explanation.known]
    if not explanation.candidates:
        return [f"No fragment of this molecule that BitSpec considers has m/z {mz}.", *known]
    sentences = [candidate_words(each) for each in explanation.candidates]
    if explanation.unassigned > 0.005:
        sentences.append(f"no fragment that BitSpec considers: {percent(explanation.unassigned)}")
    return [*sentences, *known]


def known_ion_words(ion: KnownIon) -> str:
    """What textbooks know of a peak: ``Textbooks know C5H15OSi2+ here, ... (source); atoms 0-3, 7``."""
    return f"Textbooks know {ion.formula}+ here, {ion.process} ({ion.source}); atoms {numbers_words(ion.atoms)}"


def numbers_words(numbers: tuple[int, ...]) -> str:
    """Ascending whole numbers in few words: ``0-3, 5, 7-8``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def percent(share: float) -> str:
    """A share as people say it: ``34 %``, ``0.4 %``, ``less than 0.1 %``."""
    value = 100 * share
    if 0 < value < 0.1:
        return "less than 0.1 %"
    return f"{value:.1f} %" if 0 < value < 0.95 else f"{value:.0f} %"
