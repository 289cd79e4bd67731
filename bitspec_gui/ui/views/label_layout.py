"""Which peaks get a label, and where, so that no two labels overlap. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

OVERHANG_PX = 2.0
"""How far a label that stands beside the middle of its stick reaches over to the other side."""


@dataclass(frozen=True)
class Candidate:
    """A label that wants its centre at `x` and its box next to the stick's end `y`, all in pixels, y downwards.

    One of several `lines` that finds no place is tried with its first alone, `first_width` pixels wide.
    """

    x: float
    y: float
    width: float
    weight: float
    upwards: bool
    index: int
    lines: int = 1
    first_width: float = 0.0


@dataclass(frozen=True)
class Placed:
    """A label with its box in pixels and the lines it has; `index` is that of its candidate.

    ``side`` says to which side of the stick the box reaches: -1 left, 1 right, 0 both alike. Lines begin at the stick.
    """

    left: float
    top: float
    width: float
    height: float
    index: int
    lines: int = 1
    side: int = 0


def place_labels(
    candidates: Sequence[Candidate],
    height: float,
    bounds: tuple[float, float, float, float],
    *,
    blocked: Callable[[Placed], bool] = lambda _box: False,
    gap: float = 3.0,
    limit: int = 60,
) -> list[Placed]:
    """Greedy placement, heaviest first; a label that would touch an earlier one or leave `bounds` is left out.

    Parameters
    ----------
    candidates : sequence of Candidate
    height : float
        Height of a line in pixels.
    bounds : (left, top, right, bottom) in pixels
    blocked : callable
        Says whether something else than a label stands in a box.
    gap : float
        Pixels kept free between two labels.
    limit : int
        At most so many labels.
    """
    left, _top, right, _bottom = bounds
    placed: list[Placed] = []
    for each in sorted(candidates, key=lambda c: -c.weight):
        if len(placed) == limit:
            break
        if not left <= each.x <= right:
            continue
        for box in _boxes(each, height, bounds):
            if not any(_touch(box, other, gap) for other in placed) and not blocked(box):
                placed.append(box)
                break
    return placed


def _boxes(each: Candidate, height: float, bounds: tuple[float, float, float, float]) -> Iterator[Placed]:
    """Boxes of a label that lie within bounds, the best first: whole, then its first line; over the stick, then beside it."""
    left, top, right, bottom = bounds
    sizes = [(each.width, each.lines)] + ([(each.first_width, 1)] if each.lines > 1 else [])
    for width, lines in sizes:
        tall = lines * height
        box_top = each.y - tall - 2 if each.upwards else each.y + 2
        if box_top < top or box_top + tall > bottom:
            continue
        for side, wanted in ((0, each.x - width / 2), (-1, each.x + OVERHANG_PX - width), (1, each.x - OVERHANG_PX)):
            yield Placed(min(max(wanted, left), right - width), box_top, width, tall, each.index, lines, side)


def _touch(a: Placed, b: Placed, gap: float) -> bool:
    return (
        a.left < b.left + b.width + gap
        and b.left < a.left + a.width + gap
        and a.top < b.top + b.height
        and b.top < a.top + a.height
    )
