"""``bitspec derivatise``: a molecule -> its derivatives for GC-MS, as a table or as predicted spectra."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli.shared_options import STDOUT, add_model_and_device, check_spectra_file, positive
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.derivatives import MOST_LISTED, DerivatisationPlan, DerivativeKind, DerivativeList
from bitspec_gui.domain.errors import Cancelled, ExportError
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.derivatising import TABLE_SUFFIXES, derivatisation_plan, derivatives, predicted, table_of, write_table
from bitspec_gui.services.export import stream_predictions, write_predictions

ALL = "all"
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "derivatise",
        help="list the derivatives of a molecule for GC-MS, and predict their spectra",
        description="List all distinct structures that a derivatisation can give, the most complete first. What is not listed "
        "and what stays as it is, is said on standard error.",
    )
    parser.add_argument("smiles", metavar="SMILES", help="SMILES or InChI of the molecule before derivatisation")
    parser.add_argument("--name", default="", help="name of the molecule, from which the derivatives take theirs")
    kinds = [kind.value for kind in DerivativeKind]
    parser.add_argument("--kind", choices=kinds, default=DerivativeKind.TMS.value, help="what the sample is treated with (tms)")
    parser.add_argument(
        "--sites",
        type=_range,
        metavar="N or N-M",
        help="how many sites bear a group (as many as can); methoximes of meox-tms not counted",
    )
    parser.add_argument(
        "--on",
        type=_numbers,
        metavar="1,3",
        help="numbers of the sites that may react, as --list-sites gives them, or all (those that react under usual conditions)",
    )
    parser.add_argument("--list-sites", action="store_true", help="say which sites there are, and end")
    parser.add_argument("--limit", type=positive, default=MOST_LISTED, metavar="N", help=f"derivatives at most ({MOST_LISTED})")
    parser.add_argument("--predict", action="store_true", help="predict their spectra")
    parser.add_argument(
        "--output",
        metavar="FILE",
        default=STDOUT,
        help="table in .csv or .tsv; with --predict spectra in .msp, .jdx, .csv or .json; or - (standard output)",
    )
    parser.add_argument("--annotate", action="store_true", help="with --predict: say what each peak is made of")
    parser.add_argument("--format", choices=("msp", "jdx", "csv", "json"), help="format of spectra on standard output (msp)")
    add_model_and_device(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress, and nothing on what is not listed")
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Derivatise; 0 if all is listed (and predicted), 1 if a derivative was not, 130 if interrupted."""
    _check(args)
    line = ProgressLine(quiet=args.quiet)
    services = build_services(user_paths(args.data_dir), model=args.model, device=args.device)
    molecule = services.prediction.molecule(args.smiles, args.name)
    plan = derivatisation_plan(molecule, DerivativeKind(args.kind))
    if args.list_sites:
        sys.stdout.write(_sites_as_text(plan))
        return EXIT_DONE
    ticked = _ticked(args, plan)
    most = plan.most_groups(ticked)
    fewest, most = args.sites or (most, most)
    with cancel_on_interrupt(line) as token:
        try:
            listed = derivatives(plan, ticked, fewest, most, limit=args.limit, progress=line, cancel=token)
        except Cancelled:
            return EXIT_INTERRUPTED
        line.clear()
        _tell(args, plan, listed, line)
        if not listed.derivatives:
            return EXIT_FAILED
        if not args.predict:
            return _write_table(args, listed, line)
        molecules = [each.molecule for each in listed.derivatives]
        spectra = predicted(services.prediction, molecules, annotate=args.annotate, progress=line, cancel=token)
        results = _Spectra(spectra)
        _write_spectra(args, results)
    line.clear()
    for sentence in results.problems:
        line.say(sentence)
    if args.output != STDOUT and not args.quiet:
        line.say(f"{results.count:,} {'spectrum' if results.count == 1 else 'spectra'} written to {args.output}.")
    if results.interrupted:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if results.problems else EXIT_DONE


class _Spectra:
    """The predictions among the results; sentences on the others are kept, and an interrupt ends the stream early."""

    def __init__(self, results: Iterable[Prediction | str]) -> None:
        self._results = results
        self.count = 0
        self.problems: list[str] = []
        self.interrupted = False

    def __iter__(self) -> Iterator[Prediction]:
        try:
            for result in self._results:
                if isinstance(result, Prediction):
                    self.count += 1
                    yield result
                else:
                    self.problems.append(result)
        except Cancelled:
            self.interrupted = True


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be meant, before anything is loaded."""
    if (args.format or args.annotate) and not args.predict:
        args.usage_error("--format and --annotate are for spectra: add --predict")
    if args.output == STDOUT:
        return
    output = Path(args.output)
    if args.predict:
        check_spectra_file(args)
    elif output.suffix.lower() not in TABLE_SUFFIXES:
        args.usage_error(f"{output.name} should end in .csv or .tsv; for spectra add --predict")


def _ticked(args: argparse.Namespace, plan: DerivatisationPlan) -> frozenset[int]:
    there = frozenset(site.number for site in plan.sites)
    if args.on is None:
        return plan.usual
    if args.on == ALL:
        return there
    wanted = frozenset(args.on)
    unknown = sorted(wanted - there)
    if unknown:
        known = f"1 to {len(there)}" if there else "none"
        args.usage_error(f"there is no site {unknown[0]}; sites of this molecule: {known} (see --list-sites)")
    return wanted


def _tell(args: argparse.Namespace, plan: DerivatisationPlan, listed: DerivativeList, line: ProgressLine) -> None:
    if not args.quiet or not listed.derivatives:
        for sentence in (*plan.notes, *listed.notes):
            line.say(sentence)


def _write_table(args: argparse.Namespace, listed: DerivativeList, line: ProgressLine) -> int:
    if args.output == STDOUT:
        sys.stdout.write(table_of(listed.derivatives))
        return EXIT_DONE
    write_table(listed.derivatives, Path(args.output))
    if not args.quiet:
        number = len(listed.derivatives)
        line.say(f"{number:,} {'derivative' if number == 1 else 'derivatives'} written to {args.output}.")
    return EXIT_DONE


def _write_spectra(args: argparse.Namespace, results: _Spectra) -> None:
    try:
        if args.output == STDOUT:
            stream_predictions(results, sys.stdout, args.format or "msp", annotated=args.annotate)
        else:
            write_predictions(results, Path(args.output), annotated=args.annotate)
    except ExportError:
        # Interrupted before the first spectrum: there is nothing to write, and that is no fault.
        if results.count or not (results.interrupted or results.problems):
            raise


def _sites_as_text(plan: DerivatisationPlan) -> str:
    usual: Collection[int] = plan.usual
    rows = [f"{s.number}\t{s.label}\t{s.words}{'' if s.number in usual else ' [off unless asked for]'}" for s in plan.sites]
    return "\n".join([f"# {plan.parent.smiles}", *rows, *(f"# {note}" for note in plan.notes)]) + "\n"


def _range(text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError("must be a number, or a range such as 1-3")
    fewest, most = int(found[1]), int(found[2] or found[1])
    if fewest > most:
        raise argparse.ArgumentTypeError("the range must go from the smaller to the larger number")
    return fewest, most


def _numbers(text: str) -> tuple[int, ...] | str:
    if text.strip().lower() == ALL:
        return ALL
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("must be numbers of sites with commas between them, or all") from None
