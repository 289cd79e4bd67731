"""``bitspec evaluate``: the whole table of the evaluation protocol, with baselines."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.bootstrap import default_model, default_ranking, predicted_library
from bitspec_gui.cli.ranking_table import ranking_text
from bitspec_gui.cli.terminal import ProgressLine, cancel_on_interrupt
from bitspec_gui.cli.train import add_benchmark_argument
from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.services.atomic_text import replacing

if TYPE_CHECKING:
    from bitspec_gui.domain.jobs import CancelToken
    from bitspec_gui.domain.ports import Predictor
    from bitspec_gui.services.evaluation import Benchmark, PredictionEvaluation, Trust
    from bitspec_gui.services.lookup_evaluation import Recall
    from bitspec_gui.services.other_laboratory import AnnotationAgreement, OtherLaboratory
    from bitspec_gui.services.ranking_evaluation import RankingEvaluation

RANKING_LEFT_OUT = (
    "The ranking of hits is measured on the test compounds of split_random only, with the model that made the predicted library."
)
BASELINE_MEMBER = "fingerprint"
"""The member that is the network of NEIMS (Wei et al. 2019), trained on the same rows as the rest."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model on the benchmark",
        description="Print every figure of the evaluation protocol for a model and its baselines on the same compounds.",
    )
    parser.add_argument("--model", type=Path, metavar="FILE", help="model file (.json); the shipped one if not given")
    parser.add_argument(
        "--baseline", type=Path, action="append", metavar="FILE",
        help="model file to compare with (the model's fingerprint member, which is NEIMS retrained)",
    )  # fmt: skip
    add_benchmark_argument(parser)
    parser.add_argument("--split", choices=("random", "scaffold"), default="random", help="which split by compound (random)")
    parser.add_argument("--part", choices=("val", "test"), default="test", help="choose on val, report on test (test)")
    parser.add_argument("--ranking", type=Path, metavar="FILE", help="ranking of hits (.json); the shipped one if not given")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to compute (auto)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate and print; 0 when done."""
    from bitspec_gui.ml.predictor import load_predictor
    from bitspec_gui.services.evaluation import Benchmark, evaluate_predictions
    from bitspec_gui.services.lookup_evaluation import measured_only, predicted_in_library
    from bitspec_gui.services.other_laboratory import other_laboratory

    model = args.model or default_model()
    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        predictor = load_predictor(model, args.device)
        compared = [load_predictor(path, args.device) for path in args.baseline or ()]
        if not args.baseline and predictor.members != (BASELINE_MEMBER,) and BASELINE_MEMBER in predictor.members:
            compared = [load_predictor(model, args.device, BASELINE_MEMBER)]
        for each in (predictor, *compared):
            _refuse_seen_compounds(each.version.name, each.trained_on, args.split)
        benchmark = Benchmark.load(args.data, args.split)
        evaluation, predicted = evaluate_predictions(predictor, benchmark, args.part, compared, line, token)
        recalls = (*predicted_in_library(benchmark, predicted), *measured_only(benchmark)) if args.part == "test" else ()
        elsewhere = other_laboratory(predictor, args.data, benchmark, line, token) if args.part == "test" else None
        ranked = _ranking(args, predictor, benchmark, line, token)
    line.clear()
    print(_table(evaluation))
    if elsewhere is not None:
        print(_elsewhere_lines(elsewhere))
    if recalls:
        print(_recall_table(recalls))
    print(RANKING_LEFT_OUT if ranked is None else ranking_text(ranked))
    if not compared:
        print("No NEIMS baseline: the model has no fingerprint member; name one with --baseline FILE.")
    if args.json:
        with replacing(args.json) as stream:
            stream.write(json.dumps(_plain(evaluation, recalls, elsewhere, ranked), indent=2) + "\n")
    return 0


def _ranking(
    args: argparse.Namespace, predictor: Predictor, benchmark: Benchmark, line: ProgressLine, token: CancelToken
) -> RankingEvaluation | None:
    """Figures of the ranking of hits; None where they would flatter or the model is not that of the predicted library."""
    from bitspec_gui.formats.benchmark_set import load_benchmark
    from bitspec_gui.formats.compact_predicted import read_predicted_notice
    from bitspec_gui.services.predicted_entries import predicted_entries
    from bitspec_gui.services.ranking_evaluation import evaluate_ranking
    from bitspec_gui.spectra.ranking import load_ranking

    same_model = read_predicted_notice(predicted_library()).model_sha256 == predictor.version.sha256
    if args.part != "test" or args.split != "random" or not same_model:
        return None
    predicted = predicted_entries(predicted_library(), predictor, benchmark, line, token)
    others = args.data.parent / "other_ei"
    ranking = load_ranking(args.ranking or default_ranking())
    flagged = [row for row in load_benchmark(args.data) if row.flags]
    return evaluate_ranking(ranking, benchmark.rows, predicted, others, flagged=flagged, report=line, cancel=token)


def _refuse_seen_compounds(name: str, trained_on: str, split: str) -> None:
    if trained_on and trained_on != split:
        raise TrainingError(
            f"{name} was trained on the train compounds of split_{trained_on}; many of them are test compounds of split_{split}. "
            f'Train a model with "split": "{split}" in its config, and evaluate that.'
        )


def _table(evaluation: PredictionEvaluation) -> str:
    metrics = list(evaluation.scores[0].values)
    width = max(len(scores.method) for scores in evaluation.scores)
    lines = [
        f"Prediction, split_{evaluation.split} {evaluation.part}: {evaluation.compounds} compounds, mean (median)",
        " " * width + "".join(f"  {metric:>15}" for metric in (*metrics, "above_ion")),
    ]
    for scores in evaluation.scores:
        cells = [f"{scores.mean(metric):.3f} ({scores.median(metric):.3f})" for metric in metrics]
        cells.append("-" if scores.above_ion is None else f"{scores.above_ion:.6f}")
        lines.append(scores.method.ljust(width) + "".join(f"  {cell:>15}" for cell in cells))
    lines.append(f"The replicate ceiling is that of the {evaluation.ceiling_compounds} compounds here with two records.")
    lines.append("")
    lines.append("Difference to each baseline, with its paired bootstrap 95 % interval")
    for (method, metric), interval in evaluation.differences.items():
        lines.append(f"  {metric:<16} against {method}: {interval}")
    if evaluation.refused:
        lines.append(f"{len(evaluation.refused)} compounds were refused and count as 0:")
        lines += [f"  {sentence}" for sentence in evaluation.refused]
    lines += _trust_lines(evaluation.trust)
    return "\n".join(lines) + "\n"


def _trust_lines(trust: Trust | None) -> list[str]:
    if trust is None:
        return ["Confidence: this version shows none, so there is no correlation to report."]
    fifths = ", ".join(f"{confidence:.2f}/{cosine:.2f}" for confidence, cosine in trust.fifths)
    return [
        f"Confidence: Spearman {trust.spearman:.3f} with the true cosine; mean confidence/mean cosine by fifths, "
        f"least confident first: {fifths}"
    ]


def _elsewhere_lines(elsewhere: OtherLaboratory) -> str:
    means = ", ".join(f"{metric} {mean:.3f}" for metric, mean in elsewhere.means.items())
    lines = [f"Another laboratory ({elsewhere.collection}), {elsewhere.compounds} compounds never trained on: {means}"]
    for which, agreement in (("these", elsewhere.kept), ("all of the collection", elsewhere.all)):
        if agreement is not None:
            lines.append(f"Annotation, {which}: {_agreement(agreement)}")
    return "\n".join(lines) + "\n"


def _agreement(agreement: AnnotationAgreement) -> str:
    return (
        f"{agreement.compounds} compounds, {agreement.assigned:.3f} of the measured intensity is assigned; of that, "
        f"{agreement.agreeing:.3f} agrees with the exact mass of the first assignment within 10 mDa, "
        f"{agreement.agreeing_any:.3f} with any that is listed"
    )


def _recall_table(recalls: tuple[Recall, ...]) -> str:
    lines = [
        "Look-up by weighted cosine (m/z^1 I^0.5), share of queries",
        f"{'':<40}  {'queries':>8} {'spectra':>8}  recall@1  recall@10",
    ]
    for recall in recalls:
        lines.append(
            f"{recall.setting:<40}  {recall.queries:>8} {recall.library_spectra:>8}  {recall.at_1:>8.3f}  {recall.at_10:>9.3f}"
        )
    return "\n".join(lines) + "\n"


def _plain(
    evaluation: PredictionEvaluation,
    recalls: tuple[Recall, ...],
    elsewhere: OtherLaboratory | None,
    ranked: RankingEvaluation | None,
) -> dict[str, object]:
    return {
        "split": evaluation.split,
        "part": evaluation.part,
        "compounds": evaluation.compounds,
        "ceiling_compounds": evaluation.ceiling_compounds,
        "refused": list(evaluation.refused),
        "scores": {
            scores.method: {
                **{metric: {"mean": scores.mean(metric), "median": scores.median(metric)} for metric in scores.values},
                "above_ion": scores.above_ion,
            }
            for scores in evaluation.scores
        },
        "differences": [
            {"baseline": method, "metric": metric, **asdict(interval)}
            for (method, metric), interval in evaluation.differences.items()
        ],
        "recall": [asdict(recall) for recall in recalls],
        "confidence": asdict(evaluation.trust) if evaluation.trust else None,
        "other_laboratory": asdict(elsewhere) if elsewhere else None,
        "ranking": asdict(ranked) if ranked else None,
    }
