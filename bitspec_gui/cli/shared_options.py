"""Options that several commands share: the model, the device, and where predicted spectra go."""

from __future__ import annotations

import argparse
from pathlib import Path

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.services.export import export_format

STDOUT = "-"
"""What stands for standard output in the place of a file."""


def add_model_and_device(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what predicts, and where."""
    parser.add_argument(
        "--model",
        type=Path,
        metavar="NAME",
        help="model version (bitspec models list), or model file (.json), other than that in use",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help="where to compute (what the settings say)")


def check_spectra_file(args: argparse.Namespace) -> None:
    """End with a usage error if the suffix of ``--output`` is none of spectra, or not what ``--format`` asks for."""
    output = Path(args.output)
    try:
        suffix = export_format(output)
    except ExportError as error:
        args.usage_error(str(error))
    if args.format not in (None, suffix):
        args.usage_error(f"--format {args.format} does not agree with {output.name}")


def positive(text: str) -> int:
    """A whole number from 1 on; raises what `argparse` makes a usage error of."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value
