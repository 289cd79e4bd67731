"""Fuzz the readers: ``python -m tests.fuzz.readers --inputs 50000 [--seed N] [--only NAME ...] [--keep FOLDER]``.

Every input is a file that a reader knows with some damage. A reader may refuse it in a sentence (`UnreadableFile`); it must not
raise anything else, take longer than `MAX_SECONDS`, or lose records without a word. The same seed gives the same inputs.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Target

MAX_SECONDS = 5.0
MAX_WAIT_SECONDS = 60.0
MODULES = ("tests.fuzz.record_readers", "tests.fuzz.run_readers", "tests.fuzz.structure_readers", "tests.fuzz.training_readers")
"""Modules with a list ``TARGETS``; one that is not there is passed over."""


@dataclass(frozen=True)
class Failure:
    """An input that a reader did not take as it should."""

    target: str
    number: int
    what: str
    data: bytes


class _TooSlow(BaseException):
    """Not an `Exception`, so that no reader swallows it."""


def all_targets() -> list[Target]:
    """Targets of all modules."""
    return [
        target for module in MODULES if importlib.util.find_spec(module) for target in importlib.import_module(module).TARGETS
    ]


@contextmanager
def _time_limit() -> Iterator[None]:
    """Stop after `MAX_SECONDS` of computing, which other programs beside it do not change, or `MAX_WAIT_SECONDS` of any kind."""

    def stop(*_: object) -> None:
        raise _TooSlow

    clocks = ((signal.SIGPROF, signal.ITIMER_PROF, MAX_SECONDS), (signal.SIGALRM, signal.ITIMER_REAL, MAX_WAIT_SECONDS))
    before = [signal.signal(number, stop) for number, _, _ in clocks]
    for _, timer, seconds in clocks:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for (number, timer, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def run_one(target: Target, seed: int, number: int) -> Failure | None:
    """Make and read the input of a number; None if all is well."""
    chance = random.Random(f"{seed}/{target.name}/{number}")
    data = b""
    try:
        with _time_limit():
            if target.check_loss is not None and number % 4 == 0:
                data, fault = target.check_loss(chance)
            else:
                data = mutated(chance.choice(target.seeds), chance, chance.choice(target.seeds))
                fault = target.read(data)
    except UnreadableFile as error:
        fault = None if str(error).strip() else "refused without a sentence"
    except _TooSlow:
        fault = f"longer than {MAX_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - every kind of exception is what is looked for
        fault = f"{type(error).__name__}: {error}"
    return Failure(target.name, number, fault[:300], data) if fault else None


def fuzz(targets: Sequence[Target], inputs: int, seed: int) -> Iterator[Failure]:
    """Failures among `inputs` inputs, dealt out to the targets in turn."""
    for number in range(inputs):
        failure = run_one(targets[number % len(targets)], seed, number // len(targets))
        if failure is not None:
            yield failure


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the readers with damaged files.")
    parser.add_argument("--inputs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="targets by name")
    parser.add_argument("--keep", type=Path, help="folder for inputs that failed")
    parser.add_argument("--most", type=int, default=200, help="stop after so many failures")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Run; 0 if nothing failed."""
    chosen = _arguments(words)
    targets = [target for target in all_targets() if not chosen.only or target.name in chosen.only]
    print(
        f"{chosen.inputs:,} inputs, seed {chosen.seed}, {len(targets)} targets: {', '.join(each.name for each in targets)}",
        flush=True,
    )
    began, failures = time.monotonic(), 0
    for failure in fuzz(targets, chosen.inputs, chosen.seed):
        failures += 1
        print(f"{failure.target} {failure.number}: {failure.what}", flush=True)
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            (chosen.keep / f"{failure.target}-{chosen.seed}-{failure.number}").write_bytes(failure.data)
        if failures >= chosen.most:
            break
    print(f"{failures} failures in {time.monotonic() - began:.0f} s", flush=True)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
