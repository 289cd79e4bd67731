"""``bitspec library``: spectra into the database, out of it, and what is there."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli import library_build
from bitspec_gui.cli.first_use import load_supplied
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.library import ImportReport, LibraryInfo
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.libraries import LibraryService

PROBLEMS_SHOWN = 20


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command and its actions."""
    parser = subparsers.add_parser("library", help="import, predict, list, remove and export spectra")
    actions = parser.add_subparsers(title="actions", dest="action", required=True, metavar="ACTION")
    _describe_import(actions)

    listing = actions.add_parser("list", help="list the libraries")
    listing.add_argument("--json", action="store_true", help="as JSON, for programs")
    listing.set_defaults(run=run, act=_list)

    remove = actions.add_parser("remove", help="remove a library and its spectra")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(run=run, act=_remove)

    export = actions.add_parser("export", help="write a library to an MSP file")
    export.add_argument("name", metavar="NAME")
    export.add_argument("output", type=Path, metavar="FILE.msp")
    export.add_argument("--quiet", action="store_true", help="no progress")
    export.set_defaults(run=run, act=_export)

    library_build.describe(actions)


def _describe_import(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "import",
        help="import files, folders or zips",
        description="Import MassBank records and MSP files, alone, in folders or in zips. A record that cannot be used is "
        "reported and left out, and the exit status is then 1; the others are imported. One whose spectrum contradicts its "
        "structure is imported, marked and reported. Importing a file again adds nothing.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--name", metavar="NAME", help="library to import into (named after the first file if not given)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="save the whole report")
    parser.add_argument("--quiet", action="store_true", help="no progress; the report is still given")
    parser.set_defaults(run=run, act=_import)


def run(args: argparse.Namespace) -> int:
    """Do the chosen action; 0 if all went well, 1 if records were rejected, 130 if interrupted."""
    act: Callable[[argparse.Namespace, LibraryService], int] = args.act
    return act(args, build_services(user_paths(args.data_dir)).libraries)


def _import(args: argparse.Namespace, libraries: LibraryService) -> int:
    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        report = libraries.import_paths(args.paths, library_name=args.name, progress=line, cancel=token)
    line.clear()
    print(summary_of(report))
    for told in (report.problems, report.doubts):
        for problem in told[:PROBLEMS_SHOWN]:
            line.say(str(problem))
        more = len(told) - PROBLEMS_SHOWN
        if more > 0:
            line.say(f"... and {more:,} more" + ("." if args.report else "; --report FILE saves them all."))
    if args.report:
        with replacing(args.report) as stream:
            stream.write("\n".join([summary_of(report), *map(str, (*report.problems, *report.doubts))]) + "\n")
    if report.cancelled:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if report.rejected else EXIT_DONE


def summary_of(report: ImportReport) -> str:
    """Report of an import in one sentence."""
    doubtful = f", {report.doubtful:,} doubtful (kept, but marked)" if report.doubtful else ""
    return (
        f"{report.library}: {report.read:,} records read ({report.added:,} added, {report.already_there:,} already there), "
        f"{report.rejected:,} rejected{doubtful}{'; cancelled, what was finished is kept' if report.cancelled else ''}."
    )


def _list(args: argparse.Namespace, libraries: LibraryService) -> int:
    _with_embedded(libraries, quiet=False)
    found = libraries.libraries()
    if args.json:
        print(json.dumps([dataclasses.asdict(library) for library in found], ensure_ascii=False, indent=1))
    elif not found:
        print("There are no libraries. Add one with: bitspec library import PATH")
    for library in () if args.json else found:
        print(_described(library))
    return EXIT_DONE


def _with_embedded(libraries: LibraryService, *, quiet: bool) -> None:
    """Load the libraries that come with BitSpec on a first start; if a file is missing, say so and go on."""
    line = ProgressLine(quiet=quiet)
    with cancel_on_interrupt(line) as token:
        load_supplied(libraries, line, token)


def _described(library: LibraryInfo) -> str:
    facts = [f"{_counted(library)} of {library.compounds:,} compounds", library.licence, library.source]
    if library.embedded:
        facts.append("comes with BitSpec")
    return f"{library.name}: {', '.join(fact for fact in facts if fact)}"


def _counted(library: LibraryInfo) -> str:
    if library.wholly_predicted:
        return f"{library.spectra:,} spectra predicted by {library.made_by} (not measured)"
    mixed = f" ({library.predicted:,} of them predicted)" if library.predicted else ""
    return f"{library.spectra:,} spectra{mixed}"


def _remove(args: argparse.Namespace, libraries: LibraryService) -> int:
    gone = libraries.remove(args.name)
    print(f"Removed {gone.name} with {gone.spectra:,} spectra.")
    return EXIT_DONE


def _export(args: argparse.Namespace, libraries: LibraryService) -> int:
    if args.output.suffix.lower() != ".msp":
        raise ExportError(f"{args.output.name} should end in .msp: libraries are written in that format.")
    _with_embedded(libraries, quiet=args.quiet)
    line = ProgressLine(quiet=args.quiet)
    with cancel_on_interrupt(line) as token:
        count = libraries.export(args.name, args.output, progress=line, cancel=token)
    line.clear()
    print(f"{count:,} spectra written to {args.output}.")
    return EXIT_DONE
