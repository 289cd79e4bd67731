"""Watches, beside a job that runs, what is wished of it, so that how it stands is said at once and not only at its next step.

While torch is being imported or a checkpoint is written the core cannot look at wishes; this thread can.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bitspec_gui.domain.tuning_jobs import JobState, Wish

_EVERY_S = 0.05
PATIENCE_S = 0.5
"""How long the core has to obey a wish to end before the job is said to have ended."""

GIVE_UP_S = 5.0
"""How much longer before the process gives up: networks that are being compiled look at no wish for half a minute."""

_ENDS = {Wish.CANCEL: JobState.CANCELLED, Wish.STOP: JobState.INTERRUPTED}


class WishWatch:
    """A thread that says by `change` how a job stands as soon as a wish says so.

    Parameters
    ----------
    wish : callable
        What is wished now.
    change : callable
        Told the new state; called in the thread of the watch.
    give_up : callable, optional
        Called in that thread if the core does not obey; may end the process, since jobs outlive that at any moment.
    """

    def __init__(
        self, wish: Callable[[], Wish], change: Callable[[JobState], None], give_up: Callable[[], None] | None = None
    ) -> None:
        self._wish, self._change, self._give_up = wish, change, give_up
        self._over = threading.Event()
        # Held while a state is said, so that nothing is said after `stop`.
        self._saying = threading.Lock()
        self._paused = False
        self._thread = threading.Thread(target=self._run, name="wishes", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; afterwards nothing more is said."""
        self._over.set()
        with self._saying:
            return

    def _run(self) -> None:
        end_wished_at: float | None = None
        while not self._over.wait(_EVERY_S):
            wish = self._wish()
            if wish in _ENDS:
                end_wished_at = time.monotonic() if end_wished_at is None else end_wished_at
                if time.monotonic() - end_wished_at >= PATIENCE_S:
                    self._say(_ENDS[wish])
                    if not self._over.wait(GIVE_UP_S) and self._give_up is not None:
                        self._give_up()
                    return
            elif (wish is Wish.PAUSE) is not self._paused:
                self._paused = wish is Wish.PAUSE
                self._say(JobState.PAUSED if self._paused else JobState.RUNNING)

    def _say(self, state: JobState) -> None:
        with self._saying:
            if not self._over.is_set():
                self._change(state)
