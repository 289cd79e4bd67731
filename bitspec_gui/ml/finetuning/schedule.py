"""When a training learns how much, in which order, and when it stops: functions of the step and the seed alone.

Nothing here remembers anything but counts, so that a training that goes on after a kill does what it would have done.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def rate_share(step: int, steps: int, warm_up: float) -> float:
    """Share of the highest learning rate: a straight rise over `warm_up` of the steps, then half a cosine down to 0."""
    warm = max(1, round(warm_up * steps))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def rows_at(step: int, count: int, per_epoch: int, seed: str) -> list[int]:
    """Rows of a step: each epoch goes through all of `count` in another order, in parts of nearly one size."""
    epoch, part = divmod(step, per_epoch)
    order = random.Random(f"{seed} own {epoch}").sample(range(count), count)
    return order[part * count // per_epoch : (part + 1) * count // per_epoch]


def replayed_rows(first: int, wanted: int, count: int, seed: str) -> list[int]:
    """`wanted` rows from place `first` on of an endless row of orders of all `count`."""
    rows: list[int] = []
    while len(rows) < wanted:
        turn, place = divmod(first + len(rows), count)
        order = random.Random(f"{seed} public {turn}").sample(range(count), count)
        rows += order[place : place + wanted - len(rows)]
    return rows


def seed_of(*parts: object) -> int:
    """Seed for torch, the same on every machine."""
    digest = hashlib.blake2b(" ".join(map(str, parts)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big")


@dataclass
class EarlyStop:
    """Says which check was the best, and when `patience` of them have brought nothing better (0: never)."""

    patience: int
    best: float = -math.inf
    since_best: int = 0

    def seen(self, value: float) -> bool:
        """Take note of a check; True if it is the best so far."""
        if value > self.best:
            self.best, self.since_best = value, 0
            return True
        self.since_best += 1
        return False

    @property
    def stop(self) -> bool:
        """Whether to stop."""
        return 0 < self.patience <= self.since_best

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"best": self.best if math.isfinite(self.best) else None, "since_best": self.since_best}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go on from what `as_json` gave."""
        self.best = -math.inf if values["best"] is None else float(values["best"])
        self.since_best = int(values["since_best"])
