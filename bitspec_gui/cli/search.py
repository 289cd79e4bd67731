"""``bitspec search``: unknown spectra -> ranked hits from measured and predicted libraries."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from bitspec_gui.bootstrap import build_services
from bitspec_gui.cli.first_use import load_supplied
from bitspec_gui.cli.search_options import describe_search, settings_of
from bitspec_gui.cli.shared_options import STDOUT
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import user_paths
from bitspec_gui.domain.errors import Cancelled, SearchError
from bitspec_gui.domain.jobs import CancelToken, Progress
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.search import HitList, Score, SearchSettings
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.hit_rows import query_name
from bitspec_gui.services.hit_spectra import SPECTRA_FORMATS, write_hit_spectra
from bitspec_gui.services.hit_tables import stream_hit_table, write_hit_table
from bitspec_gui.services.query_files import read_queries
from bitspec_gui.services.search_filters import chosen_libraries
from bitspec_gui.spectra.binning import to_bins

FORMATS = ("csv", "json", "xlsx", "html", *SPECTRA_FORMATS)
DRAWN = 3


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "search",
        help="identify unknown spectra",
        description="Search the libraries for unknown spectra. A record that cannot be read or searched is reported on standard "
        "error with its file, line and reason; the others are searched and the exit status is 1. CSV and JSON have a row a hit: "
        "query, rank, name, smiles, inchikey, library, source (measured, or predicted by which version), score, match, "
        "reverse_match, probability. The first search loads and indexes the libraries that come along.",
    )
    parser.add_argument(
        "--query",
        nargs="+",
        action="extend",
        default=[],
        type=Path,
        metavar="FILE",
        required=True,
        help="spectra to identify: files, folders or zips of them, or GC-MS runs",
    )
    parser.add_argument(
        "--time",
        nargs="+",
        action="extend",
        default=[],
        type=float,
        metavar="MIN",
        help="of a GC-MS run the peak at this retention time, less its background (all its peaks)",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        default=STDOUT,
        help="file in .csv, .json, .xlsx, .html (a report to print), .msp or .jdx (for NIST MS Search); or - (standard output)",
    )
    parser.add_argument("--format", choices=("csv", "json"), help="format on standard output (csv)")
    parser.add_argument(
        "--plots", type=int, default=DRAWN, metavar="N", help=f"hits that a report draws for each query ({DRAWN})"
    )
    parser.add_argument(
        "--explain", action="store_true", help="a report also says what the peaks are made of, if the best hit is right"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress; problems are still reported")
    describe_search(parser)
    parser.set_defaults(run=run, usage_error=parser.error)


def run(args: argparse.Namespace) -> int:
    """Search; 0 if every record was searched, 1 if any was not, 130 if interrupted."""
    _check(args)
    line = ProgressLine(quiet=args.quiet)
    if not any(path.exists() for path in args.query):
        for path in args.query:
            line.say(f"bitspec: {path} does not exist.")
        return EXIT_FAILED
    services, settings = build_services(user_paths(args.data_dir)), settings_of(args)
    with cancel_on_interrupt(line) as token:
        load_supplied(services.libraries, line, token)
        chosen_libraries(services.libraries.libraries(), settings.filter)
        services.lookup.prepare(line, token)
        line.clear()
        searched = _Searched(services, settings, line, token)
        hit_lists = searched.of(read_queries(args.query, args.time, progress=line, cancel=token))
        first = next(hit_lists, None)
        # Where nothing could be searched there is nothing to write, and a file that is there stays.
        written = "" if first is None else _write(args, chain([first], hit_lists), services)
    line.clear()
    _tell(args, searched, written, line)
    if searched.interrupted:
        return EXIT_INTERRUPTED
    return EXIT_FAILED if searched.failed else EXIT_DONE


class _Searched:
    """Hit lists of the records among what was read; problems are told as they come, an interrupt ends the stream early."""

    def __init__(self, services: Services, settings: SearchSettings, line: ProgressLine, token: CancelToken) -> None:
        self._services, self._settings, self._line, self._token = services, settings, line, token
        self.searched = 0
        self.failed = 0
        self.interrupted = False
        self.notes: Counter[str] = Counter()

    def of(self, queries: Iterable[SpectrumRecord | Problem]) -> Iterator[HitList]:
        """Search one after the other."""
        try:
            for item in queries:
                if isinstance(item, Problem):
                    self._tell(item)
                elif (hit_list := self._search(item)) is not None:
                    self._count(hit_list)
                    yield hit_list
        except Cancelled:
            self.interrupted = True

    def _count(self, hit_list: HitList) -> None:
        self.searched += 1
        self.notes.update(hit_list.notes)
        if not hit_list.hits:
            self.notes["No hit was found."] += 1
        self._line(Progress(self.searched, 0, "Spectra searched"))

    def _tell(self, problem: Problem) -> None:
        self.failed += problem.rejected
        self._line.say(str(problem))

    def _search(self, record: SpectrumRecord) -> HitList | None:
        try:
            return self._services.lookup.search(record, self._settings, cancel=self._token)
        except SearchError as error:
            if to_bins(record.spectrum).any():
                raise  # Not this record is at fault but what was asked for, which holds for all.
            self._tell(Problem(record.source_file, record.line, f"{query_name(record)}: {error}"))
            return None


def _write(args: argparse.Namespace, hit_lists: Iterator[HitList], services: Services) -> str:
    """Write what was found; returns it in words."""
    if args.output == STDOUT:
        return _counted(stream_hit_table(hit_lists, sys.stdout, args.format or "csv"), "hit")
    path = Path(args.output)
    suffix = _suffix(path)
    if suffix == "html":
        from bitspec_gui.services.report_content import ReportSettings
        from bitspec_gui.services.report_html import write_html_report
        from bitspec_gui.services.report_peaks import HitPeaks

        wanted = ReportSettings(hits_listed=args.top, hits_drawn=args.plots)
        ranking = services.lookup.ranking_version if Score(args.score) is Score.COMBINED else ""
        peaks = HitPeaks(services.explaining) if args.explain else None
        libraries = services.libraries.libraries()
        number = write_html_report(hit_lists, path, libraries, wanted, ranking=ranking, peaks=peaks)
        return f"A report on {_counted(number, 'spectrum', 'spectra')}"
    if suffix in SPECTRA_FORMATS:
        spectra = write_hit_spectra(hit_lists, path, hits_each=args.top)
        return _counted(spectra.written, "spectrum", "spectra") + (f" ({spectra.losses})" if spectra.losses else "")
    return _counted(write_hit_table(hit_lists, path), "hit")


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be meant, before anything is loaded."""
    if args.plots < 0:
        args.usage_error("--plots must be at least 0")
    if args.explain and _suffix(Path(args.output)) != "html":
        args.usage_error("--explain is for a report, --output FILE.html")
    if args.output == STDOUT:
        return
    output = Path(args.output)
    suffix = _suffix(output)
    if suffix not in FORMATS:
        hint = " The window writes PDF; or print an .html report." if suffix == "pdf" else ""
        args.usage_error(f"{output.name} should end in {', '.join(f'.{each}' for each in FORMATS)}.{hint}")
    if args.format not in (None, suffix):
        args.usage_error(f"--format {args.format} does not agree with {output.name}")
    if output.exists() and any(path.exists() and output.samefile(path) for path in args.query):
        args.usage_error("--output would overwrite --query")


def _suffix(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _tell(args: argparse.Namespace, searched: _Searched, written: str, line: ProgressLine) -> None:
    for note, times in searched.notes.items():
        line.say(f"{note} ({_counted(times, 'spectrum', 'spectra')} of {searched.searched:,})")
    if args.quiet or (args.output == STDOUT and not searched.failed and not searched.interrupted):
        return
    where = "" if args.output == STDOUT else f" written to {args.output}"
    failed = f"; {searched.failed:,} could not be read or searched" if searched.failed else ""
    stopped = " (interrupted)" if searched.interrupted else ""
    number = _counted(searched.searched, "spectrum", "spectra")
    line.say(f"{number} searched{failed}{stopped}. " + (f"{written}{where}." if written else "Nothing was written."))


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
