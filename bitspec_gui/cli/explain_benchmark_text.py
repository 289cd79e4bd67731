"""What was measured of explanations, as tables to read and as an object for a JSON file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.services.explanation_choice import RULE, choose
from bitspec_gui.services.explanation_evaluation import PEAKS, SPECTRUM, Evaluation
from bitspec_gui.services.textbook import DEVELOPMENT, ENOUGH, HELD_BACK, CaseResult

FORMAT, VERSION = "bitspec-explanation-benchmark", 1

_FIGURES = (
    ("gain", "gain over chance"),
    ("deletion_gain", "  deletion"),
    ("insertion_gain", "  insertion"),
    ("beats_random", "beats random orders"),
    ("fidelity_plus", "fidelity+ (more is better)"),
    ("random_fidelity_plus", "  as many random atoms"),
    ("fidelity_minus", "fidelity- (less is better)"),
    ("random_fidelity_minus", "  as many random atoms"),
    ("characterization", "characterization"),
    ("random_characterization", "  as many random atoms"),
    ("sparsity", "sparsity"),
    ("like_fragments", "rank correlation with fragments"),
    ("overlap", "overlap with best fragment"),
    ("other_seed", "stability: another seed"),
    ("other_smiles", "stability: another SMILES"),
    ("other_order", "stability: another atom order"),
)
_WIDTH, _COLUMN = 33, 26
_TITLES = {PEAKS: "Single peaks", SPECTRUM: "Whole spectra"}


def benchmark_text(evaluation: Evaluation, version: ModelVersion, part: str | None, *, own_cases: bool) -> str:
    """Tables of an evaluation, one line a figure and one column a method."""
    lines = [f"Explanations of predictions by {version}"]
    if not evaluation.finished:
        lines.append("Stopped before the end: these are the figures of what was finished.")
    for target in (PEAKS, SPECTRUM) if part else ():
        lines += ["", *_table(evaluation, target, part or "")]
    lines += ["", *_cases(evaluation)]
    if own_cases:
        lines += ["", *_each_case(evaluation)]
    if part:
        lines += ["", *_winners(evaluation, None if own_cases else DEVELOPMENT)]
    if evaluation.refused:
        lines += ["", f"{len(evaluation.refused)} explanations were refused:", *(f"  {each}" for each in evaluation.refused)]
    return "\n".join(lines) + "\n"


def _table(evaluation: Evaluation, target: str, part: str) -> Iterator[str]:
    names = [way.name for way in evaluation.ways]
    number = len({(each.compound, each.mz) for each in evaluation.measurements if each.target == target})
    yield (
        f"{_TITLES[target]}: {number} of {evaluation.compounds(target)} compounds, split_random {part}; "
        "mean over compounds with 95 % bootstrap interval"
    )
    yield " " * _WIDTH + "".join(f"{name:>{_COLUMN}}" for name in names)
    for figure, title in _FIGURES:
        intervals = [evaluation.interval(name, target, figure) for name in names]
        if any(interval is not None for interval in intervals):
            cells = ["-" if each is None else f"{each.mean:.3f} ({each.low:.3f}..{each.high:.3f})" for each in intervals]
            yield title.ljust(_WIDTH) + "".join(f"{cell:>{_COLUMN}}" for cell in cells)
    for title, share in (("seconds, median", 50), ("seconds, 95th percentile", 95)):
        times = [evaluation.seconds(name, target) for name in names]
        cells = [f"{np.percentile(each, share):.3f}" if len(each) else "-" for each in times]
        yield title.ljust(_WIDTH) + "".join(f"{cell:>{_COLUMN}}" for cell in cells)


def _cases(evaluation: Evaluation) -> Iterator[str]:
    results = next(iter(evaluation.cases.values()), ())
    if not results:
        yield "No textbook case was measured."
        return
    chance = float(np.mean([result.case.chance for result in results]))
    yield (
        f"Textbook cases: {len(results)}. Of as many atoms as are in the ion, those of the highest scores, at least {ENOUGH:.0%} "
        f"must be in it; scores by chance hit {chance:.1%} of the cases."
    )
    for name, found in evaluation.cases.items():
        halves = [(half, [each for each in found if each.case.half == half]) for half in (DEVELOPMENT, HELD_BACK)]
        shares = ", ".join(f"{half} half {_hits(part)}" for half, part in halves if part)
        precision = float(np.mean([each.precision for each in found]))
        yield f"  {name:<14} {_hits(found)} ({shares}); mean precision {precision:.3f}"
    if any(each.best is not None for each in results):
        right = sum(each.candidate for each in results)
        yield f"  The best fragment candidate has just the expected atoms in {right} of {len(results)}."


def _winners(evaluation: Evaluation, half: str | None) -> Iterator[str]:
    yield RULE
    yield f"Cases that count: the {half} half." if half else "Cases that count: all."
    for target in (PEAKS, SPECTRUM):
        choice = choose(evaluation, target, half)
        left_out = [name for name, standing in choice.standings.items() if not standing.may_win]
        sentence = f"{choice.winner} wins" if choice.winner else "no method may win"
        yield f"{_TITLES[target]}: {sentence}." + (f" Not allowed to win: {', '.join(left_out)}." if left_out else "")


def _each_case(evaluation: Evaluation) -> Iterator[str]:
    names = list(evaluation.cases)
    yield "line  " + "compound, m/z".ljust(_WIDTH) + "".join(f"{name:>16}" for name in names) + "  best fragment"
    for results in zip(*evaluation.cases.values(), strict=True):
        case, best = results[0].case, results[0].best
        cells = [f"{'hit' if each.hit else 'missed'} ({each.precision:.2f})" for each in results]
        said = "none" if best is None else f"{best.formula} {'right' if results[0].candidate else 'other atoms'}"
        title = f"{case.compound[: _WIDTH - 10]}, {case.mz}"
        yield f"{case.line:>4}  {title:<{_WIDTH}}" + "".join(f"{cell:>16}" for cell in cells) + f"  {said}"


def _hits(results: tuple[CaseResult, ...] | list[CaseResult]) -> str:
    hits = sum(each.hit for each in results)
    return f"{hits}/{len(results)} = {hits / len(results):.1%}"


def benchmark_object(evaluation: Evaluation, version: ModelVersion, part: str | None, *, own_cases: bool) -> dict[str, object]:
    """Everything that was measured, each explanation and each case, for a JSON file."""
    half = None if own_cases else DEVELOPMENT
    return {
        "format": FORMAT,
        "version": VERSION,
        "model": {"name": version.name, "sha256": version.sha256},
        "part": part,
        "finished": evaluation.finished,
        "rule": RULE,
        "choices": [asdict(choose(evaluation, target, half)) for target in (PEAKS, SPECTRUM)],
        "methods": {way.name: _method_object(evaluation, way.name) for way in evaluation.ways},
        "explanations": [
            {"smiles": each.compound, "method": each.method, "mz": each.mz, **each.figures} for each in evaluation.measurements
        ],
        "refused": list(evaluation.refused),
    }


def _method_object(evaluation: Evaluation, name: str) -> dict[str, object]:
    figures: dict[str, object] = {}
    for target in (PEAKS, SPECTRUM):
        intervals = {figure: evaluation.interval(name, target, figure) for figure, _ in _FIGURES}
        figures[target] = {figure: asdict(interval) for figure, interval in intervals.items() if interval is not None}
    return {**figures, "cases": [_case_object(result) for result in evaluation.cases.get(name, ())]}


def _case_object(result: CaseResult) -> dict[str, object]:
    case = result.case
    return {
        "line": case.line,
        "compound": case.compound,
        "smiles": case.molecule.smiles,
        "mz": case.mz,
        "half": case.half,
        "places": [list(atoms) for atoms in case.places],
        "pointed_at": list(result.pointed_at),
        "precision": result.precision,
        "hit": result.hit,
        "chance": case.chance,
        "best_candidate": None if result.best is None else asdict(result.best),
        "candidate_right": result.candidate,
    }
