"""``bitspec explain``: which atoms and bonds a peak or a spectrum rests on, and how true that is."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli import explain_benchmark
from bitspec_gui.cli.explain_text import explanation_text, methods_text
from bitspec_gui.cli.shared_options import STDOUT, add_model_and_device
from bitspec_gui.cli.terminal import EXIT_DONE, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import ExplanationError
from bitspec_gui.domain.explanation import Explanation, ExplanationRequest, Faithfulness, MethodInfo
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.services.atomic_text import replacing, replacing_file
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.services.explanation_files import TABLE_FORMATS, write_explanation
from bitspec_gui.services.explanation_words import caveat_words, in_words, method_words, target_words, verdict_words
from bitspec_gui.services.file_endings import suffixes_in_words
from bitspec_gui.services.masked_prediction import masked_table, predict_without, write_masked
from bitspec_gui.spectra.binning import BINS

PICTURES = ("svg", "png")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_MOST_ATOMS = 1000
"""No molecule that BitSpec reads (1000 Da at most) has as many atoms."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "explain",
        help="say which atoms and bonds a peak rests on, and how true that is",
        description="Say which atoms and bonds of a molecule a peak of its predicted spectrum rests on, or the whole spectrum, "
        "and what becomes of it without them, compared with random atoms. Atoms are counted from 0 in the printed SMILES.",
    )
    parser.add_argument("smiles", nargs="?", metavar="SMILES", help="SMILES or InChI of a molecule, its name or its CAS number")
    parser.add_argument("--name", default="", help="name of the molecule")
    parser.add_argument("--peak", type=_peak, metavar="MZ", help="unit m/z of the peak to explain (the whole spectrum)")
    parser.add_argument("--method", metavar="KEY", help="how to explain, see --list-methods (the one that proved best)")
    parser.add_argument("--variant", metavar="KEY", default="", help="variant of the method, such as a layer of attention")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="where methods begin that begin at random (0)")
    parser.add_argument("--list-methods", action="store_true", help="say which methods and variants there are, and end")
    parser.add_argument(
        "--without",
        type=_atoms,
        metavar="0,3,5-7",
        help="instead: predict with these atoms masked (or none), and print both spectra as shares of the ion current; with "
        "--peak only that peak",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        default=STDOUT,
        help="picture in .svg or .png, scores in .json (with all that is needed to compute them again) or .csv; or - (a table on "
        "standard output)",
    )
    parser.add_argument(
        "--no-faithfulness", action="store_true", help="do not measure what becomes of the prediction without the atoms"
    )
    add_model_and_device(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress")
    explain_benchmark.add_options(parser)
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Explain; 0 if done, 1 if the molecule or the peak cannot be explained, 130 if interrupted."""
    _check(args)
    if args.benchmark:
        return explain_benchmark.run(args)
    line = ProgressLine(quiet=args.quiet)
    services = build_services(user_paths(args.data_dir), model=args.model, device=args.device)
    service = services.explaining
    if args.list_methods:
        # Read first: which methods are the usual ones depends on the model.
        methods = service.methods()
        sys.stdout.write(methods_text(methods, service.default_method(1), service.default_method(None)))
        return EXIT_DONE
    molecule = services.prediction.molecule(args.smiles, args.name)
    for warning in molecule.warnings:
        line.say(warning)
    with cancel_on_interrupt(line) as token:
        if args.without is not None:
            _mask(args, service, molecule, token)
        else:
            _explain(args, services, molecule, line, token)
    line.clear()
    if args.output != STDOUT and not args.quiet:
        line.say(f"Written to {args.output}.")
    return EXIT_DONE


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be meant, before anything is loaded."""
    if args.benchmark:
        if any(given is not None for given in (args.smiles, args.peak, args.method, args.without)):
            args.usage_error("--benchmark measures all --methods; it goes with no molecule, --peak, --method or --without")
        return
    if args.cases or args.methods or args.limit is not None:
        args.usage_error("--cases, --methods and --limit go with --benchmark only")
    if args.list_methods:
        return
    if not args.smiles:
        args.usage_error("give the SMILES of a molecule, --list-methods or --benchmark")
    if args.without is not None and args.method:
        args.usage_error("--without predicts with atoms masked; it goes with no --method")
    if args.output == STDOUT:
        return
    formats = ("json",) if args.without is not None else (*PICTURES, *TABLE_FORMATS)
    if Path(args.output).suffix.lower().removeprefix(".") not in formats:
        wanted = ".json" if args.without is not None else suffixes_in_words(formats)
        args.usage_error(f"{Path(args.output).name} should end in {wanted}")


def _mask(args: argparse.Namespace, service: ExplanationService, molecule: Molecule, token: CancelToken) -> None:
    masked = predict_without(service, molecule, args.without, cancel=token)
    if args.output == STDOUT:
        sys.stdout.write(masked_table(masked, args.peak))
    else:
        write_masked(Path(args.output), masked, args.peak)


def _explain(args: argparse.Namespace, services: Services, molecule: Molecule, line: ProgressLine, token: CancelToken) -> None:
    service = services.explaining
    # The model is loaded first: which method is the usual one depends on it.
    service.methods()
    method = args.method or service.default_method(args.peak)
    request = ExplanationRequest(molecule, method, args.peak, args.variant, args.seed)
    explanation = service.explain(request, progress=line, cancel=token)
    measured = None
    if not args.no_faithfulness:
        try:
            measured = service.faithfulness(explanation, progress=line, cancel=token)
        except ExplanationError as error:
            # Which fragments a peak can be is worth knowing even if nothing is predicted there that could be lost.
            line.say(str(error))
    info = service.method(method)
    line.clear()
    if args.output == STDOUT:
        from bitspec_gui.chem.smiles_order import atom_symbols

        sys.stdout.write(explanation_text(explanation, info, atom_symbols(molecule), measured))
    elif Path(args.output).suffix.lower().removeprefix(".") in PICTURES:
        _draw(Path(args.output), explanation, info, measured)
    else:
        prediction = services.prediction.predict(molecule, cancel=token)
        write_explanation(Path(args.output), explanation, info, measured, prediction)


def _draw(path: Path, explanation: Explanation, info: MethodInfo, measured: Faithfulness | None) -> None:
    from bitspec_gui.chem.heat_map import heat_map_png, heat_map_svg

    molecule = explanation.request.molecule
    lines = [f"{molecule.name or molecule.smiles}: {target_words(explanation)}", method_words(explanation, info)]
    if measured is not None:
        lines += [in_words(explanation, measured), verdict_words(measured)]
    caption = "\n".join(filter(None, [*lines, caveat_words(explanation)]))
    kept = explanation.candidates[0].atoms if explanation.candidates else None
    if path.suffix.lower() == ".svg":
        with replacing(path) as stream:
            stream.write(heat_map_svg(molecule, explanation, info, caption=caption, kept=kept))
        return
    picture = heat_map_png(molecule, explanation, info, caption=caption, kept=kept)
    with replacing_file(path) as temporary:
        temporary.write_bytes(picture)


def _peak(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= BINS:
        raise argparse.ArgumentTypeError(f"must be a unit m/z from 1 to {BINS}")
    return value


def _seed(text: str) -> int:
    value = int(text) if text.isdecimal() else -1
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError("must be a whole number from 0 on")
    return value


def _atoms(text: str) -> tuple[int, ...]:
    """Numbers of atoms as ``0,3,5-7``, or ``none``."""
    if text.strip().lower() == "none":
        return ()
    atoms: list[int] = []
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if not first <= last < _MOST_ATOMS:
            raise argparse.ArgumentTypeError("must be numbers of atoms with commas between them such as 0,3,5-7, or none")
        atoms += range(first, last + 1)
    return tuple(atoms)
