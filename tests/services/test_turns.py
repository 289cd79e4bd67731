"""One thread at a time, urgent ones first."""

from __future__ import annotations

import threading
import time

import pytest

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.services.turns import Turns


def wait_for(turns: Turns, waiting: int) -> None:
    deadline = time.monotonic() + 10
    while turns.waiting < waiting:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def started(work) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_only_one_thread_has_the_turn() -> None:
    turns, inside, most = Turns(), [], []

    def work() -> None:
        for _ in range(50):
            with turns.turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [started(work) for _ in range(4)]
    for thread in threads:
        thread.join(20)
    assert len(most) == 200
    assert max(most) == 1


def test_urgent_goes_before_those_who_wait_longer_and_equals_come_as_they_came() -> None:
    turns, order = Turns(), []

    def work(name: str, urgent: bool) -> None:
        with turns.turn(urgent=urgent):
            order.append(name)

    threads = []
    with turns.turn():
        for number, (name, urgent) in enumerate([("a", False), ("b", False), ("U", True), ("c", False), ("V", True)], start=1):
            threads.append(started(lambda name=name, urgent=urgent: work(name, urgent)))
            wait_for(turns, number)
    for thread in threads:
        thread.join(10)
    assert order == ["U", "V", "a", "b", "c"]


def test_urgent_one_gets_in_between_two_pieces_of_endless_work() -> None:
    turns, pieces, stop = Turns(), [], threading.Event()

    def endless() -> None:
        while not stop.is_set():
            with turns.turn():
                pieces.append(time.monotonic())
                time.sleep(0.005)

    worker = started(endless)
    try:
        while len(pieces) < 3:
            time.sleep(0.001)
        for _ in range(10):
            before = len(pieces)
            with turns.turn(urgent=True):
                # The piece that was under way, and no other that began after it was asked for.
                assert len(pieces) - before <= 1
    finally:
        stop.set()
        worker.join(10)


def test_who_no_longer_wants_the_turn_does_not_hold_up_the_others() -> None:
    turns, token, given_up, got = Turns(), CancelToken(), [], []

    def impatient() -> None:
        try:
            with turns.turn(urgent=True, cancel=token):
                pass
        except Cancelled:
            given_up.append(True)

    def patient() -> None:
        with turns.turn():
            got.append(True)

    with turns.turn():
        first = started(impatient)
        wait_for(turns, 1)
        second = started(patient)
        wait_for(turns, 2)
        token.cancel()
        first.join(10)
        assert given_up == [True]
    second.join(10)
    assert got == [True]


def test_failure_inside_the_turn_ends_it() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="odd"), turns.turn():
        raise ValueError("odd")
    with turns.turn():
        pass
    assert turns.waiting == 0
