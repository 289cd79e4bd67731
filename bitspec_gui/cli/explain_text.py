"""An explanation as text to read on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bitspec_gui.domain.explanation import Explanation, Faithfulness, MethodInfo
from bitspec_gui.services.explanation_words import (
    candidates_words,
    caveat_words,
    in_words,
    method_words,
    scale_words,
    target_words,
    verdict_words,
)

_BAR = 20
"""Signs that a score of 1 is drawn with."""


def explanation_text(
    explanation: Explanation, info: MethodInfo, symbols: Sequence[str], faithfulness: Faithfulness | None
) -> str:
    """What was found, atom by atom and bond by bond, what the peak can be, and how true it is."""
    return "\n".join(_lines(explanation, info, symbols, faithfulness)) + "\n"


def methods_text(methods: Iterable[MethodInfo], for_peaks: str, for_spectra: str) -> str:
    """The methods there are, with their variants."""
    lines = []
    for info in methods:
        usual = " and ".join(words for key, words in ((for_peaks, "peaks"), (for_spectra, "whole spectra")) if key == info.key)
        lines.append(f"{info.key}\t{info.name}{f' [default for {usual}]' if usual else ''}")
        lines += [f"\t{sentence}" for sentence in (info.meaning, info.caution) if sentence]
        lines += [f"\t--variant {variant.key}\t{variant.name}" for variant in info.variants]
    return "\n".join(lines) + "\n"


def _lines(
    explanation: Explanation, info: MethodInfo, symbols: Sequence[str], faithfulness: Faithfulness | None
) -> Iterator[str]:
    molecule = explanation.request.molecule
    info = info.for_target(explanation.request.mz)
    yield f"# {molecule.name + ': ' if molecule.name else ''}{molecule.smiles}"
    yield f"# {target_words(explanation)}; {method_words(explanation, info)}; model {explanation.model_version}"
    for sentence in (caveat_words(explanation), info.meaning, scale_words(explanation, info)):
        if sentence:
            yield f"# {sentence}"
    chosen = set(explanation.selected())
    yield "atom\tscore\t"
    for atom, score in enumerate(explanation.atom_scores.tolist()):
        yield f"{symbols[atom]}{atom}\t{score:+.2f}\t{_bar(score)}{' *' if atom in chosen else ''}"
    if len(explanation.bond_scores):
        yield "bond\tscore\t"
    for (begin, end), score in zip(explanation.bonds, explanation.bond_scores.tolist(), strict=False):
        yield f"{symbols[begin]}{begin}-{symbols[end]}{end}\t{score:+.2f}\t{_bar(score)}"
    candidates = candidates_words(explanation)
    if candidates:
        yield f"# What m/z {explanation.request.mz} can be:"
        yield from (f"#   {sentence}" for sentence in candidates)
    if faithfulness is not None:
        yield f"# {in_words(explanation, faithfulness)}"
        yield f"# {verdict_words(faithfulness)}"
    if info.caution:
        yield f"# {info.caution}"


def _bar(score: float) -> str:
    return ("#" if score > 0 else "-") * round(abs(score) * _BAR)
