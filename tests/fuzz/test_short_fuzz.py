"""A short run of ``python -m tests.fuzz.readers``, the same inputs each time."""

from __future__ import annotations

import random

import pytest

from bitspec_gui.domain.problems import Problem
from tests.fuzz.mutations import mutated
from tests.fuzz.readers import all_targets, fuzz
from tests.fuzz.record_readers import fault_of
from tests.fuzz.targets import Target

INPUTS = 60


@pytest.mark.parametrize("target", all_targets(), ids=lambda target: target.name)
def test_reader_takes_damaged_files_without_a_crash_a_hang_or_a_loss(target):
    failures = list(fuzz([target], INPUTS, seed=20))
    assert [f"{failure.target} {failure.number}: {failure.what}" for failure in failures] == []


def test_same_seed_gives_the_same_inputs():
    first, second = (mutated(b"Name: a\n41 3\n" * 9, random.Random("1/x/7"), b"##TITLE=") for _ in range(2))
    assert first == second


def test_reader_that_crashes_or_loses_records_is_found_out():
    def crashing(data: bytes) -> str | None:
        raise KeyError("made for this test")

    def losing(_chance: random.Random) -> tuple[bytes, str | None]:
        return b"x", "record 1 is lost"

    failures = list(fuzz([Target("made", [b"abc"], crashing, losing)], 8, seed=1))
    assert {failure.what for failure in failures} == {"KeyError: 'made for this test'", "record 1 is lost"}
    assert fault_of([Problem("f", 0, "x")]) is not None
