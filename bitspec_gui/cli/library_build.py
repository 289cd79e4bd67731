"""``bitspec library build`` and its like: libraries that are made, not imported."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bitspec_gui.bootstrap import build_services, compound_names, embedded_library
from bitspec_gui.cli.shared_options import add_model_and_device
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.predicted_library import BuildReport

PROBLEMS_SHOWN = 20


def describe(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the actions that make libraries to those of ``bitspec library``."""
    _describe_build(actions)
    _describe_rebuild(actions)
    table = actions.add_parser("chemicals-table", help="list the molecules of the supplied predicted library (for developers)")
    table.add_argument("source", type=Path, metavar="SOURCE", help="the Python package chemicals (.whl)")
    table.add_argument("--output", type=Path, metavar="FILE.csv", required=True, help="table to write: name, cas, smiles")
    table.add_argument("--quiet", action="store_true", help="no progress")
    table.set_defaults(run=_write_table)

    embedded = actions.add_parser("build-embedded", help="make the measured library that comes with BitSpec (for developers)")
    embedded.add_argument("source", type=Path, metavar="SOURCE", help="the CoreMS package (.whl), or the MSP file in it")
    embedded.add_argument(
        "--notice", type=Path, metavar="FILE", help="licence notice that goes along, if SOURCE does not hold it"
    )
    embedded.add_argument("--output", type=Path, metavar="FILE", default=None, help="where to (resources/libraries)")
    embedded.set_defaults(run=_build_embedded)
    _describe_names(actions)


def _describe_names(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser("build-names", help="make the index of compound names that comes with BitSpec (for developers)")
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the Python package chemicals (.whl)")
    parser.add_argument(
        "--further", type=Path, metavar="FILE.tsv", help="further compounds: name, other names, CAS number, formula, SMILES"
    )
    parser.add_argument("--notice", type=Path, metavar="FILE", required=True, help="licence notice that goes along")
    parser.add_argument("--output", type=Path, metavar="FILE", default=None, help="where to (resources/compounds)")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.set_defaults(run=_build_names)


def _describe_build(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "build",
        help="predict a library",
        description="Predict the spectra of all molecules of a file and keep them as a library, marked as predicted; each "
        "compound is predicted once. Stopped by Ctrl-C or a crash, the same command goes on where it was. A molecule that cannot "
        "be used is reported with its line, and the exit status is then 1; the others are predicted.",
    )
    parser.add_argument(
        "--input",
        type=Path,
        metavar="FILE",
        required=True,
        help="table (.csv, .tsv) with a column smiles and, if there, name, cas and id; or .smi or .sdf",
    )
    parser.add_argument("--name", metavar="NAME", required=True, help="library to make, or to go on with")
    parser.add_argument("--output", type=Path, metavar="FILE.bitspec", help="write the whole library as one compact file, too")
    parser.add_argument("--source", metavar="WORDS", default="", help="where the molecules come from, for the compact file")
    parser.add_argument("--notice", type=Path, metavar="FILE", help="licence notice that goes into the compact file")
    add_model_and_device(parser)
    parser.add_argument("--replace", action="store_true", help="remove a library of that name made by another model first")
    parser.add_argument("--report", type=Path, metavar="FILE", help="save the whole report")
    parser.add_argument("--quiet", action="store_true", help="no progress; problems are still reported")
    parser.set_defaults(run=_build)


def _describe_rebuild(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "rebuild",
        help="predict a predicted library anew",
        description="Predict the molecules of a predicted library with the model version in use. The old spectra are replaced "
        "when the new ones are whole, and can be brought back by undoing; the library that comes with BitSpec stays, and the "
        "new one is made beside it. Stopped by Ctrl-C or a crash, the same command goes on where it was.",
    )
    parser.add_argument("name", metavar="NAME", help="library to predict anew")
    add_model_and_device(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress; problems are still reported")
    parser.set_defaults(run=_rebuild)


def _rebuild(args: argparse.Namespace) -> int:
    services = build_services(user_paths(args.data_dir), model=args.model, device=args.device)
    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        report = services.libraries.rebuild_predicted(services.prediction, args.name, progress=line, cancel=token)
    line.clear()
    print(report.said)
    for problem in report.problems[:PROBLEMS_SHOWN]:
        line.say(str(problem))
    if report.cancelled:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if report.problems else EXIT_DONE


def _build(args: argparse.Namespace) -> int:
    services = build_services(user_paths(args.data_dir), model=args.model, device=args.device)
    notice = _text_of(args.notice) if args.notice else ""
    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        report = services.libraries.build_predicted(
            services.prediction, args.input, args.name, replace=args.replace, progress=line, cancel=token
        )
        line.clear()
        _tell(report, args.report, line)
        if report.cancelled:
            return EXIT_INTERRUPTED
        if args.output:
            written = services.libraries.write_predicted(
                report.library, args.output, notice=notice, source=args.source, cancel=token
            )
            size_mb = args.output.stat().st_size / 1e6
            print(f"{written:,} predicted spectra written to {args.output} ({size_mb:.1f} MB).")
    return EXIT_FAILED if report.rejected else EXIT_DONE


def summary_of(report: BuildReport) -> str:
    """Report of a build in one sentence."""
    return (
        f"{report.library}: {report.added:,} spectra predicted by {report.model}, {report.already_there:,} already there, "
        f"{report.duplicates:,} rows of a compound named before, {report.rejected:,} could not be predicted"
        f"{'; cancelled, the same command goes on' if report.cancelled else ''}."
    )


def _tell(report: BuildReport, file: Path | None, line: ProgressLine) -> None:
    print(summary_of(report))
    for problem in report.problems[:PROBLEMS_SHOWN]:
        line.say(str(problem))
    more = len(report.problems) - PROBLEMS_SHOWN
    if more > 0:
        line.say(f"... and {more:,} more" + ("." if file else "; --report FILE saves them all."))
    if file:
        with replacing(file) as stream:
            stream.write("\n".join([summary_of(report), *map(str, report.problems)]) + "\n")


def _write_table(args: argparse.Namespace) -> int:
    from bitspec_gui.services.chemicals_table import write_chemicals_table

    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        found = write_chemicals_table(args.source, args.output, progress=line, cancel=token)
    line.clear()
    left_out = ", ".join(f"{count:,} {why}" for why, count in found.left_out)
    print(f"{found.written:,} molecules written to {args.output}; left out: {left_out or 'none'}.")
    return EXIT_DONE


def _build_names(args: argparse.Namespace) -> int:
    from bitspec_gui.services.compound_index_build import build_compound_index

    line = ProgressLine(quiet=args.quiet)
    output = args.output or compound_names()
    with cancel_on_interrupt(line) as token:
        built = build_compound_index(
            args.source,
            output,
            further=args.further,
            source=f"compounds of the Python package {args.source.name}",
            notice=_text_of(args.notice),
            progress=line,
            cancel=token,
        )
    line.clear()
    left_out = ", ".join(f"{count:,} {why}" for why, count in built.left_out)
    size_mb = output.stat().st_size / 1e6
    print(f"{built.names:,} names of {built.compounds:,} compounds written to {output} ({size_mb:.1f} MB); left out: {left_out}.")
    return EXIT_DONE


def _build_embedded(args: argparse.Namespace) -> int:
    from bitspec_gui.services.embedded_build import build_embedded

    output = args.output or embedded_library()
    built = build_embedded(args.source, output, args.notice)
    for problem in built.problems:
        print(problem, file=sys.stderr)
    print(
        f"{built.written:,} spectra written to {output}: {built.underivatised:,} of underivatised compounds, "
        f"{built.derivatives:,} of derivatives whose structure is told, {built.without_site:,} with only the formula, "
        f"{built.not_told:,} not told."
    )
    return EXIT_FAILED if any(problem.rejected for problem in built.problems) else EXIT_DONE


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}.") from error
