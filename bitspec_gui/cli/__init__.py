"""The headless twin of the window: ``bitspec predict | explain | search | library | finetune | models`` and more. No Qt."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bitspec_gui import __version__
from bitspec_gui.cli.terminal import EXIT_FAILED, EXIT_INTERRUPTED
from bitspec_gui.domain.errors import BitSpecError, Cancelled

EXIT_BROKEN_PIPE = 141


def build_parser() -> argparse.ArgumentParser:
    """Parser of the whole command line; ``args.run`` is the function of the chosen command.

    Each command is a module with ``add_parser(subparsers)`` and ``run(args) -> int``.
    """
    from bitspec_gui.cli import (
        derivatise,
        evaluate,
        explain,
        finetune,
        library,
        models,
        predict,
        search,
        train,
        train_hints,
        train_ranking,
    )

    parser = argparse.ArgumentParser(
        prog="bitspec",
        description="Predict electron-ionisation mass spectra, identify unknown ones and keep libraries of them, offline.",
        epilog="Exit status: 0 all done, 1 something failed (said on standard error), 2 wrong usage, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"BitSpec {__version__}")
    parser.set_defaults(data_dir=None, debug=False)
    _add_common_options(parser)
    subparsers = parser.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    commands = (predict, explain, derivatise, search, library, finetune, models, train, train_hints, train_ranking, evaluate)
    for command in commands:
        command.add_parser(subparsers)
    for parser_of_command in _commands_below(parser):
        _add_common_options(parser_of_command)
    return parser


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    """Options that may stand before or after the command; what is not given leaves the default alone."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="folder of libraries, settings and logs (or BITSPEC_DATA_DIR)",
    )
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show the log and where errors come from")


def _commands_below(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield below
                yield from _commands_below(below)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    _let_streams_take_any_name()
    args = build_parser().parse_args(argv)
    _set_up_logging(debug=args.debug)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return EXIT_BROKEN_PIPE
    except (KeyboardInterrupt, Cancelled):
        print("bitspec: interrupted.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BitSpecError as error:
        if args.debug:
            raise
        print(f"bitspec: {error}", file=sys.stderr)
        return EXIT_FAILED
    except Exception as error:
        # A fault of BitSpec itself: scripts get a status and users a sentence, developers the rest with --debug.
        if args.debug:
            raise
        print(f"bitspec: unexpected fault ({type(error).__name__}: {error}). --debug shows where.", file=sys.stderr)
        return EXIT_FAILED
    return status


def _let_streams_take_any_name() -> None:
    """Write UTF-8 into files and pipes; a narrow console shows escapes instead of stopping the work."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _set_up_logging(*, debug: bool) -> None:
    """Log to standard error when debugging; else be silent, because commands say in sentences what went wrong."""
    if debug:
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    else:
        logging.getLogger("bitspec_gui").addHandler(logging.NullHandler())


def _forget_stdout() -> None:
    """Let the interpreter's own flush at exit go nowhere: the reader of our output has left."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
