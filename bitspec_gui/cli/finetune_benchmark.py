"""``bitspec finetune --benchmark``: what each strategy gains on simulated laboratories, and what it forgets."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.bootstrap import default_model, predicted_library
from bitspec_gui.cli.terminal import EXIT_DONE, EXIT_INTERRUPTED, ProgressLine, cancel_on_interrupt
from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_study import LaboratoryFacts, StudyCell
from bitspec_gui.services.atomic_text import replacing

if TYPE_CHECKING:
    from bitspec_gui.ml.tuning_study.study import Study, StudyPlan
    from bitspec_gui.services.prediction import PredictionService
    from bitspec_gui.services.study_file import StudyFile

NAME = "finetuning"
DEFAULT_WORK = Path("runs") / "finetune_benchmark"
SIZES = (10, 30, 100, 300)
MOLECULES = 600
"""Public molecules that a fine-tuning may choose from."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``bitspec finetune`` that matter with ``--benchmark`` only."""
    group = parser.add_argument_group(
        "benchmark",
        "What fine-tuning gains on simulated laboratories (records of one contributor, instrument or collection, and shifted "
        "instruments), and what it forgets, strategy by strategy. A base without these laboratories is trained first. Each "
        "fine-tuning that is finished is kept: the same command goes on where an interrupted one stopped.",
    )
    group.add_argument("--benchmark", type=Path, metavar="FOLDER", help="folder of index.csv and records.zip; measure instead")
    group.add_argument("--work", type=Path, default=DEFAULT_WORK, metavar="FOLDER", help=f"what is kept ({DEFAULT_WORK})")
    group.add_argument("--labs", type=_words, metavar="A,B", help="laboratories (all; time: how long 500 spectra take)")
    group.add_argument("--sizes", type=_numbers, default=SIZES, metavar="N,N", help="compounds to tune on (10,30,100,300)")
    group.add_argument("--strategies", type=_words, metavar="A,B", help="strategies, and proposed (all)")
    group.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="draws of compounds, of up to 30 of them (1; 0 measures nothing)"
    )
    group.add_argument(
        "--output", type=Path, metavar="FOLDER", help="write table, plot and card there (finetuning.csv, .svg, .md)"
    )


def run(args: argparse.Namespace) -> int:
    """Measure and write; 0 when done, 130 if interrupted (what is finished is kept)."""
    from bitspec_gui.services.study_file import StudyFile

    line = ProgressLine(quiet=args.quiet)
    args.work.mkdir(parents=True, exist_ok=True)
    _log_to(args.work / "benchmark.log")
    file = StudyFile(args.work / "cells.jsonl")
    done = True
    with cancel_on_interrupt(line) as token:
        line.say("Reading the benchmark.")
        study, plan = _study(args, line, token)
        keys = list(study.keys(plan))
        kept = file.read()
        line.say(f"{len(keys)} fine-tunings, {sum(key in kept for key in keys)} of them kept.")
        try:
            for cell in study.run(keys, kept):
                file.append(cell)
                line.say(_said(cell))
        except Cancelled:
            done = False
        if args.output is not None:
            _write(args.output, file, study.facts(plan), plan.sizes)
            line.say(f"Table, plot and card are in {args.output}.")
    line.clear()
    return EXIT_DONE if done else EXIT_INTERRUPTED


def _write(folder: Path, file: StudyFile, facts: Sequence[LaboratoryFacts], sizes: Sequence[int]) -> None:
    """Table, plot and card of all that is kept; words in the card beside what was measured are left as they are."""
    from bitspec_gui.services.study_card import measured_part, with_measured
    from bitspec_gui.services.study_plot import study_svg
    from bitspec_gui.services.study_summary import StudySummary
    from bitspec_gui.services.study_tables import study_csv

    names = [each.name for each in facts]
    cells = [cell for cell in file.read().values() if cell.key.laboratory in (*names, "time")]
    cells.sort(key=lambda cell: (names.index(cell.key.laboratory) if cell.key.laboratory in names else len(names), cell.key.size))
    summary = StudySummary(cells)
    card = folder / f"{NAME}.md"
    old = card.read_text(encoding="utf-8") if card.is_file() else ""
    texts = {
        f"{NAME}.csv": study_csv(cells),
        f"{NAME}.svg": study_svg(summary),
        card.name: with_measured(old, measured_part(summary, [each for each in facts if each.name != "time"], sizes)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with replacing(folder / name) as stream:
            stream.write(text)


def _study(args: argparse.Namespace, line: ProgressLine, token: CancelToken) -> tuple[Study, StudyPlan]:
    from bitspec_gui.ml.tuning_study.laboratories import NAMES, Laboratories
    from bitspec_gui.ml.tuning_study.study import STRATEGIES, Study, StudyPlan
    from bitspec_gui.services.public_spectra import public_molecules

    def molecules(without: frozenset[str]) -> list[str]:
        return public_molecules(predicted_library(), without, 1, token.raise_if_cancelled, MOLECULES)

    plan = StudyPlan(tuple(args.labs or NAMES), tuple(args.sizes), tuple(args.strategies or STRATEGIES), args.seeds)
    unknown = [name for name in plan.strategies if name not in STRATEGIES]
    if unknown:
        args.usage_error(f"there is no strategy {', '.join(unknown)}")
    laboratories = Laboratories(args.benchmark)
    study = Study(laboratories, args.benchmark, args.work, default_model(), Planned(), molecules, report=line, cancel=token)
    return study, plan


class Planned:
    """Settings as the plan proposes them to the user; the last base is kept in memory."""

    def __init__(self) -> None:
        self._last: tuple[Path, PredictionService] | None = None

    def __call__(self, records: Sequence[SpectrumRecord], base: Path) -> TuningSettings:
        """Look at spectra with a base, and propose."""
        from bitspec_gui.domain.tuning_data import DatasetSpectrum
        from bitspec_gui.ml.predictor import load_predictor
        from bitspec_gui.services.prediction import PredictionService
        from bitspec_gui.services.tuning_look import look_at
        from bitspec_gui.services.tuning_plan import propose

        if self._last is None or self._last[0] != base:
            self._last = (base, PredictionService(lambda: load_predictor(base, "cpu")))
        plan = propose(look_at([DatasetSpectrum(0, record) for record in records], self._last[1]))
        if plan.proposed is None:
            raise ValueError(plan.refusal)
        return plan.proposed.settings


def _said(cell: StudyCell) -> str:
    gain = cell.gain
    return (
        f"{cell.key}: gain {gain.mean:+.3f} ({gain.low:.3f} to {gain.high:.3f}), forgetting {cell.forgetting:+.3f}, "
        f"{cell.cpu_s:.0f} s" + (f"; {cell.told.sentence}" if cell.told else "")
    )


def _log_to(path: Path) -> None:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.getLogger("bitspec_gui.ml")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _numbers(text: str) -> tuple[int, ...]:
    values = tuple(int(word) for word in _words(text))
    if not values or min(values) < 3:
        raise argparse.ArgumentTypeError("must be numbers of 3 or more")
    return values
