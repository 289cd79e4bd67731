"""What is fuzzed: a reader, files that it reads, and how to tell that nothing was lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A reader to fuzz.

    Attributes
    ----------
    name : str
        As given to ``--only``.
    seeds : sequence of bytes
        Whole files that are changed.
    read : callable
        Reads all of a file; may raise `UnreadableFile` and nothing else. Gives a sentence on what is wrong with what came
        back, None if nothing is.
    check_loss : callable, optional
        Takes a `random.Random` and damages one record among others. Gives the file, and a sentence if another record is lost or
        nothing is said of the damaged one.
    """

    name: str
    seeds: Sequence[bytes]
    read: Callable[[bytes], str | None]
    check_loss: Callable[..., tuple[bytes, str | None]] | None = None
