"""``bitspec train-ranking``: the benchmark and the predicted library -> what orders hits and says how probable they are."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.bootstrap import default_model, predicted_library
from bitspec_gui.cli.ranking_table import comparison_lines, reliability_lines
from bitspec_gui.cli.terminal import EXIT_DONE, ProgressLine, cancel_on_interrupt
from bitspec_gui.cli.train import DEFAULT_WORK, add_benchmark_argument
from bitspec_gui.services.atomic_text import replacing

if TYPE_CHECKING:
    from bitspec_gui.domain.jobs import CancelToken
    from bitspec_gui.services.ranking_training import FittingSet


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "train-ranking",
        help="fit the ranking of hits (for developers)",
        description="Fit what orders hits and says how probable they are, on train and val compounds of the benchmark.",
    )
    add_benchmark_argument(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="file to write (runs/ranking-1.json)")
    parser.add_argument(
        "--folds", type=int, default=0, metavar="N", help="also cross-validate in N parts, and print what came out"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to predict (auto)")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fit; 0 when the file is written."""
    from bitspec_gui.ml.predictor import load_predictor
    from bitspec_gui.services.evaluation import Benchmark
    from bitspec_gui.services.predicted_entries import predicted_entries
    from bitspec_gui.services.ranking_training import NAME, fit_ranking, fitting_set
    from bitspec_gui.spectra.ranking import save_ranking

    target = args.output or DEFAULT_WORK / f"{NAME}.json"
    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        benchmark = Benchmark.load(args.data, "random")
        predictor = load_predictor(default_model(), args.device)
        predicted = predicted_entries(predicted_library(), predictor, benchmark, line, token)
        given = fitting_set(benchmark.rows, predicted, line, token)
        if args.folds > 1:
            _cross_validate(given, args.folds, line, token)
        ranking = fit_ranking(given, report=line, cancel=token)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as stream:
        stream.write(save_ranking(ranking))
    line.say(f"{NAME}, {ranking.fitted_on}, written to {target}.")
    return EXIT_DONE


def _cross_validate(given: FittingSet, folds: int, line: ProgressLine, token: CancelToken) -> None:
    from bitspec_gui.services.ranking_evaluation import comparison, reliability
    from bitspec_gui.services.ranking_training import cross_validated

    outcomes = cross_validated(given, folds, report=line, cancel=token)
    line.clear()
    print(f"Cross-validated in {folds} parts on train and val compounds")
    print("\n".join(comparison_lines([comparison(words, 0, outcome) for words, outcome in outcomes.items()])))
    print("\n".join(reliability_lines(reliability(list(outcomes.values())))))
