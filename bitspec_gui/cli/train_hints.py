"""``bitspec train-hints``: the benchmark -> what hints on unknowns rest on, and how often they are right."""

from __future__ import annotations

import argparse
from pathlib import Path

from bitspec_gui.bootstrap import default_hints
from bitspec_gui.cli.terminal import ProgressLine, cancel_on_interrupt
from bitspec_gui.cli.train import add_benchmark_argument
from bitspec_gui.services.atomic_text import replacing


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "train-hints",
        help="learn where molecular ions lie and which formulae are usual, or measure it",
        description="Fit what hints on unknowns rest on to the train compounds of the benchmark, or, without --output, measure "
        "the hints that come with BitSpec.",
    )
    add_benchmark_argument(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="fit, and write what was learned here (.json)")
    parser.add_argument("--part", choices=("val", "test"), default="val", help="choose on val, report on test (val)")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fit if asked to, then measure and print; 0 when done."""
    from bitspec_gui.services.hints_file import load_hint_knowledge
    from bitspec_gui.services.hints_fitting import fit_hints, measure_hints

    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        if args.output is not None:
            text = fit_hints(args.data, line, token)
            with replacing(args.output) as stream:
                stream.write(text)
        knowledge = load_hint_knowledge(args.output or default_hints())
        figures = measure_hints(args.data, args.part, knowledge, line, token)
    line.clear()
    first, three, five = figures.masses
    print(f"{knowledge.version}, {args.part}, {figures.compounds:,} compounds")
    print(f"mass of M right: first {first:.3f}, among three {three:.3f}, among five {five:.3f}")
    print(f"the last peak of 1 % that is no isotope peak is M in {figures.baseline:.3f}")
    print(f"sure of the mass: {figures.sure[0]:.3f} of the spectra, then right {figures.sure[1]:.3f}")
    first, five, twenty = figures.formulae
    print(f"formula right, given the mass, M visible: first {first:.3f}, among five {five:.3f}, among twenty {twenty:.3f}")
    for element, (number, found, wrong) in figures.elements.items():
        print(f"{element}: found in {found:.3f} of {number} compounds that have it, called in {wrong:.4f} of the others")
    return 0
