"""``bitspec train``: a config and the benchmark -> a model file."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from bitspec_gui.bootstrap import DEFAULT_MODEL
from bitspec_gui.cli.terminal import ProgressLine, cancel_on_interrupt
from bitspec_gui.config.paths import resources_dir

DEFAULT_DATA = Path("..") / "shared" / "data" / "massbank_ei"
DEFAULT_WORK = Path("runs")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "train",
        help="train a network from scratch",
        description="Train a network on the train compounds of the benchmark and write its model file. The state after each "
        "epoch is kept: the same command goes on where an interrupted one stopped.",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="training settings (.json); by default the shipped model's")
    add_benchmark_argument(parser)
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="state and log of the training (runs/NAME)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="model file to write (WORK/NAME.json)")
    parser.add_argument(
        "--member",
        metavar="NAME",
        help="train only this network of the model, so that several processes can share the work; the same command without "
        "--member then joins what they trained",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to compute (auto)")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error; the log file has it all")
    parser.set_defaults(run=run)


def add_benchmark_argument(parser: argparse.ArgumentParser) -> None:
    """``--data``: where the benchmark is."""
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="FOLDER", help=f"folder of index.csv and records.zip ({DEFAULT_DATA})"
    )


def run(args: argparse.Namespace) -> int:
    """Train; 0 when the model file is written, 130 if interrupted (the state is kept)."""
    from bitspec_gui.ml.recipe import train_member, train_model

    config = args.config or resources_dir() / "models" / "configs" / DEFAULT_MODEL
    name = config.stem
    work = args.work or DEFAULT_WORK / name
    target = args.output or work / f"{name}.json"
    line = ProgressLine(quiet=args.quiet)
    _log_to(work / ("training.log" if args.member is None else f"training-{args.member}.log"))
    with cancel_on_interrupt(line) as token:
        if args.member is not None:
            train_member(config, args.data, work, args.member, device=args.device, report=line, cancel=token)
            line.say(f"{args.member} of {name} is trained; its state is in {work}.")
            return 0
        version = train_model(config, args.data, work, target, device=args.device, report=line, cancel=token)
    line.say(f"{version} written to {target}.")
    return 0


def _log_to(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.getLogger("bitspec_gui.ml")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
