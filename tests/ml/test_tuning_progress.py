"""How far a fine-tuning is: never backwards, and what an earlier process did does not make it look quicker."""

import pytest

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.tuning_jobs import RunControl, TuningEvent, Usage, Wish
from bitspec_gui.ml.finetuning import progress
from bitspec_gui.ml.finetuning.progress import Watched


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


def usage(told: list[TuningEvent]) -> list[tuple[float, float | None]]:
    return [(event.done, event.seconds_left) for event in told if isinstance(event, Usage)]


def test_the_time_left_follows_how_quick_the_work_really_is(clock: Clock) -> None:
    told: list[TuningEvent] = []
    watched = Watched(RunControl(), told.append, planned_s=100.0)
    with watched.units_of(1.0):
        for _ in range(10):
            clock.now += 2.0
            watched.check()
    assert usage(told)[0] == (0.01, None), "before there is something to go by, nothing is promised"
    assert usage(told)[-1] == (pytest.approx(0.1), pytest.approx(90 * 2.0))


def test_what_an_earlier_process_did_does_not_count_as_speed(clock: Clock) -> None:
    told: list[TuningEvent] = []
    watched = Watched(RunControl(), told.append, planned_s=100.0)
    watched.reached(50.0, skipped=True)
    watched.skip(10.0)
    with watched.units_of(1.0):
        for _ in range(10):
            clock.now += 1.0
            watched.check()
    assert usage(told)[-1] == (pytest.approx(0.7), pytest.approx(30.0))


def test_it_never_goes_back_and_never_beyond_the_end(clock: Clock) -> None:
    told: list[TuningEvent] = []
    watched = Watched(RunControl(), told.append, planned_s=10.0)
    with watched.units_of(4.0):
        for _ in range(4):
            clock.now += 1.5
            watched.check()
    watched.reached(5.0)
    watched.tell()
    shares = [done for done, _ in usage(told)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_pauses_count_for_no_estimate_and_a_wish_ends_it(clock: Clock) -> None:
    told: list[TuningEvent] = []
    control = RunControl(lambda: Wish.RUN)
    watched = Watched(control, told.append, planned_s=20.0)
    with watched.units_of(1.0):
        for _ in range(10):
            clock.now += 1.0
            watched.check()
        clock.now += 600.0
        control.paused_s += 600.0
        watched.check()
    assert usage(told)[-1] == (pytest.approx(0.55), pytest.approx(9 * 10 / 11))
    with pytest.raises(Cancelled):
        Watched(RunControl(lambda: Wish.CANCEL), told.append, 1.0).check()
