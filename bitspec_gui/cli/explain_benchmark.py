"""``bitspec explain --benchmark``: how true explanations are, method by method, and which method wins."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.bootstrap import build_services, textbook_cases
from bitspec_gui.cli.explain_benchmark_text import benchmark_object, benchmark_text
from bitspec_gui.cli.shared_options import STDOUT, positive
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.cli.train import DEFAULT_DATA
from bitspec_gui.config.paths import user_paths
from bitspec_gui.services.atomic_text import replacing

if TYPE_CHECKING:
    from bitspec_gui.domain.molecule import Molecule

COMPOUNDS = 50
"""Compounds that are measured unless told otherwise: with all methods some ten minutes on two cores."""

PEAKS_OF_A_COMPOUND = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``bitspec explain`` that matter with ``--benchmark`` only."""
    group = parser.add_argument_group(
        "benchmark",
        "How faithful, sparse, stable and quick each method is on compounds of the benchmark, and how often it finds where ions "
        "come from on textbook cases. With --output FILE.json every figure is written there, too.",
    )
    group.add_argument("--benchmark", action="store_true", help="measure the methods instead of explaining one molecule")
    group.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="FOLDER",
        help=f"folder of index.csv and records.zip ({DEFAULT_DATA}); without it only the textbook cases are measured",
    )  # fmt: skip
    group.add_argument("--part", choices=("val", "test"), default="test", help="compounds of which part of split_random (test)")
    group.add_argument("--limit", type=_count, metavar="N", help=f"compounds that are measured ({COMPOUNDS}; with --cases none)")
    group.add_argument(
        "--peaks", type=positive, default=PEAKS_OF_A_COMPOUND, metavar="N",
        help=f"the largest predicted peaks of each, without M and isotopes ({PEAKS_OF_A_COMPOUND})",
    )  # fmt: skip
    group.add_argument("--methods", type=_names, default=(), metavar="A,B", help="which methods, or METHOD:VARIANT (all)")
    group.add_argument(
        "--cases", type=Path, metavar="FILE.csv",
        help="textbook cases other than those that come along: compound, smiles, mz, expected (SMARTS of the atoms in the ion, "
        "or their numbers in the SMILES), process, ion, source",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Measure and print; 0 when done, 130 if interrupted (what was measured until then is printed)."""
    from bitspec_gui.services.explanation_evaluation import ExplanationBenchmark, ways_of
    from bitspec_gui.services.textbook import read_cases

    if args.output != STDOUT and Path(args.output).suffix.lower() != ".json":
        args.usage_error(f"{Path(args.output).name} should end in .json")
    line = ProgressLine(quiet=args.quiet)
    services = build_services(user_paths(args.data_dir), model=args.model, device=args.device)
    with cancel_on_interrupt(line) as token:
        cases, problems = read_cases(args.cases or textbook_cases())
        for problem in problems:
            line.say(str(problem))
        ways = ways_of(services.explaining, args.methods)
        molecules = _molecules(args)
        benchmark = ExplanationBenchmark(services.prediction, services.explaining, ways, line, token)
        evaluation = benchmark.run(molecules, cases, args.peaks)
    line.clear()
    part = args.part if molecules else None
    sys.stdout.write(benchmark_text(evaluation, services.explaining.model_version(), part, own_cases=args.cases is not None))
    if args.output != STDOUT:
        content = benchmark_object(evaluation, services.explaining.model_version(), part, own_cases=args.cases is not None)
        with replacing(Path(args.output)) as stream:
            stream.write(json.dumps(content, indent=1) + "\n")
    return EXIT_DONE if evaluation.finished else EXIT_INTERRUPTED


def _molecules(args: argparse.Namespace) -> list[Molecule]:
    """Compounds of the part; none, which is said on standard error, where the benchmark is not there."""
    from bitspec_gui.services.evaluation import Benchmark
    from bitspec_gui.services.explanation_evaluation import chosen_compounds

    limit = args.limit if args.limit is not None else 0 if args.cases else COMPOUNDS
    if limit == 0:
        return []
    if not (args.data / "index.csv").is_file():
        sys.stderr.write(f"{args.data} holds no benchmark, so no compounds of it are measured; the textbook cases need none.\n")
        return []
    compounds = Benchmark.load(args.data, "random").part(args.part)
    return chosen_compounds((rows[0].smiles for rows in compounds.values()), limit)


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
