"""Something heavy that is loaded at first use, kept, and loaded anew when another one is to take its place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_Thing = TypeVar("_Thing")


class LoadedOnce(Generic[_Thing]):
    """Loads a thing when it is first asked for; may be used by several threads, of which one loads and the others wait.

    Whoever has got the thing keeps it: `replace` changes only what is got from then on.

    Parameters
    ----------
    load : callable
        Gives the thing. Called once, again after a failure, and again after `replace`.
    """

    def __init__(self, load: Callable[[], _Thing]) -> None:
        self._load = load
        self._loading = threading.Lock()
        # Held for a moment only, so that `replace` never waits for a load.
        self._state = threading.Lock()
        self._thing: _Thing | None = None
        self._generation = 0

    @property
    def kept(self) -> _Thing | None:
        """The thing if it is loaded; never waits."""
        return self._thing

    def get(self) -> _Thing:
        """The thing, loaded if need be; raises what `load` raises, and the next call tries again."""
        with self._loading:
            while True:
                with self._state:
                    generation, thing = self._generation, self._thing
                if thing is not None:
                    return thing
                loaded = self._load()
                with self._state:
                    # If it was replaced while it was being loaded, what came of that is out of date.
                    if generation == self._generation:
                        self._thing = loaded
                        return loaded

    def replace(self) -> None:
        """Let go of the thing; the next one who asks loads anew. Never waits."""
        with self._state:
            self._generation += 1
            self._thing = None
