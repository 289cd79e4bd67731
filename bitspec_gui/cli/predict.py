"""``bitspec predict``: one molecule or many thousands -> predicted spectra."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli.shared_options import STDOUT, add_model_and_device, check_spectra_file, positive
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import Cancelled, ExportError
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.services.export import stream_predictions, write_predictions


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "predict",
        help="predict EI spectra",
        description="Predict the EI spectrum of each molecule. A molecule that cannot be used is reported on standard error with "
        "its file, line and reason; the others are predicted and the exit status is 1.",
    )
    parser.add_argument("smiles", nargs="*", metavar="SMILES", help="SMILES or InChI of a molecule, its name or its CAS number")
    parser.add_argument("--name", action="append", default=[], help="name of a molecule; repeat in the order of the SMILES")
    parser.add_argument(
        "--input",
        type=Path,
        metavar="FILE",
        help="table (.csv, .tsv) with a column smiles and, if there, id and name; or .smi, .sdf, .mol2, .cdx or .cdxml",
    )
    parser.add_argument(
        "--output", metavar="FILE", default=STDOUT, help="file in .msp, .jdx, .csv or .json; or - (standard output)"
    )
    parser.add_argument("--format", choices=("msp", "jdx", "csv", "json"), help="format on standard output (msp)")
    parser.add_argument(
        "--annotate",
        action="store_true",
        help="say what each peak is made of: in MSP the likeliest ion in quotes, in CSV in columns of its own, in JSON all that "
        "fit; atoms are counted from 0 in the SMILES that is written",
    )
    add_model_and_device(parser)
    parser.add_argument("--batch-size", type=positive, default=64, metavar="N", help="molecules computed together (64)")
    parser.add_argument("--quiet", action="store_true", help="no progress; problems are still reported")
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Predict; 0 if every molecule was predicted, 1 if any was not, 130 if interrupted."""
    _check(args)
    line = ProgressLine(quiet=args.quiet)
    service = build_services(user_paths(args.data_dir), model=args.model, device=args.device).prediction
    with cancel_on_interrupt(line) as token:
        results = service.predict_many(
            _inputs(args), batch_size=args.batch_size, annotate=args.annotate, progress=line, cancel=token
        )
        sorted_out = _Sorted(results, line)
        try:
            if args.output == STDOUT:
                count = stream_predictions(sorted_out, sys.stdout, args.format or "msp", annotated=args.annotate)
            else:
                count = write_predictions(sorted_out, Path(args.output), annotated=args.annotate)
        except ExportError:
            if sorted_out.predicted or not sorted_out.interrupted:
                raise
            count = 0  # Interrupted before the first spectrum: there is nothing to write, and that is no fault.
    line.clear()
    if args.annotate and sorted_out.predicted and not sorted_out.annotated:
        line.say("This model does not say what peaks are made of; the spectra were written without annotations.")
    if not args.quiet:
        _summarise(args, count, sorted_out, line)
    if sorted_out.interrupted:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if sorted_out.failed else EXIT_DONE


class _Sorted:
    """The predictions among the results; problems are reported as they come, and an interrupt ends the stream early."""

    def __init__(self, results: Iterable[Prediction | Problem], line: ProgressLine) -> None:
        self._results = results
        self._line = line
        self.predicted = 0
        self.annotated = 0
        self.failed = 0
        self.interrupted = False

    def __iter__(self) -> Iterator[Prediction]:
        try:
            for result in self._results:
                if isinstance(result, Prediction):
                    self.predicted += 1
                    self.annotated += bool(result.annotations)
                    yield result
                else:
                    self.failed += result.rejected
                    self._line.say(str(result))
        except Cancelled:
            self.interrupted = True


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be meant, before anything is loaded."""
    if bool(args.smiles) == bool(args.input):
        args.usage_error("give either SMILES or --input FILE")
    if len(args.name) > len(args.smiles):
        args.usage_error("--name goes with a SMILES on the command line; give at most one for each")
    if args.output == STDOUT:
        return
    check_spectra_file(args)
    output = Path(args.output)
    if args.input and args.input.exists() and output.exists() and output.samefile(args.input):
        args.usage_error("--output would overwrite --input")


def _inputs(args: argparse.Namespace) -> Iterable[MoleculeInput | Problem]:
    if args.input:
        from bitspec_gui.formats.molecule_tables import read_molecule_inputs

        return read_molecule_inputs(args.input)
    names = args.name + [""] * (len(args.smiles) - len(args.name))
    return [
        MoleculeInput(text=text, name=name, file=f"molecule {place} on the command line")
        for place, (text, name) in enumerate(zip(args.smiles, names, strict=True), start=1)
    ]


def _summarise(args: argparse.Namespace, count: int, results: _Sorted, line: ProgressLine) -> None:
    if args.output == STDOUT and not results.failed and not results.interrupted:
        return
    where = "" if args.output == STDOUT or not count else f" written to {args.output}"
    failed = f", {results.failed:,} could not be predicted" if results.failed else ""
    stopped = " (interrupted)" if results.interrupted else ""
    line.say(f"{count:,} {'spectrum' if count == 1 else 'spectra'}{where}{failed}{stopped}.")
