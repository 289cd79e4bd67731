"""``bitspec finetune --benchmark``: its options, and what it writes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from bitspec_gui.cli import finetune_benchmark
from bitspec_gui.domain.tuning import Strategy
from bitspec_gui.domain.tuning_defaults import recommended
from bitspec_gui.domain.tuning_study import PROPOSED, LaboratoryFacts, StudyCell, StudyKey
from bitspec_gui.domain.verdict import Interval
from bitspec_gui.services.study_file import StudyFile


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    finetune_benchmark.add_options(parser)
    return parser.parse_args(words)


def test_options_are_lists_of_names_and_numbers() -> None:
    args = parsed("--benchmark", "FOLDER", "--labs", "pnnl, mona", "--sizes", "100,10", "--strategies", "lora", "--seeds", "2")
    assert (args.benchmark, args.labs, args.sizes) == (Path("FOLDER"), ("pnnl", "mona"), (100, 10))
    assert (args.strategies, args.seeds) == (("lora",), 2)


@pytest.mark.parametrize("sizes", ["2", "10,many", ""])
def test_sizes_that_nothing_can_be_tuned_on_are_refused(sizes: str) -> None:
    with pytest.raises(argparse.ArgumentError):
        parsed("--sizes", sizes)


def test_table_plot_and_card_are_written_of_what_is_kept_and_words_in_the_card_stay(tmp_path: Path) -> None:
    cells = StudyFile(tmp_path / "cells.jsonl")
    for name, gain in (("north", 0.07), ("elsewhere", 0.01)):
        cells.append(
            StudyCell(
                StudyKey(name, 100, PROPOSED), recommended(Strategy.LORA, 100), "naive", 50, 600, 0.6, Interval(gain, 0.0, 0.1),
                0.7, Interval(-0.004, -0.01, 0.0), -0.01, 1.0, 0.0, 0.9, 100, 60.0, 70.0, 900.0,
            )
        )  # fmt: skip
    target = tmp_path / "models"
    facts = [LaboratoryFacts("north", "one contributor", "naive", 100, 50, differs=True)]
    finetune_benchmark._write(target, cells, facts, (100,))
    card = (target / "finetuning.md").read_text(encoding="utf-8")
    assert "**met**, reached in 1 of 1 (north +0.070)" in card
    assert "elsewhere" not in card + (target / "finetuning.csv").read_text() + (target / "finetuning.svg").read_text()
    (target / "finetuning.md").write_text("Words before.\n" + card + "Words after.\n", encoding="utf-8")
    finetune_benchmark._write(target, cells, facts, (100,))
    assert (target / "finetuning.md").read_text(encoding="utf-8") == "Words before.\n" + card + "Words after.\n"
