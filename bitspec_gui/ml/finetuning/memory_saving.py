"""Options of a training: compiled blocks, and blocks that are computed anew in the backward pass instead of being remembered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from bitspec_gui.ml.finetuning.devices import blocks_of

Forward = Callable[..., Any]


@contextmanager
def recomputed(network: nn.Module, wanted: bool) -> Iterator[None]:
    """Compute the blocks anew in the backward pass, if wanted (gradient checkpointing, Chen et al., arXiv:1604.06174).

    Dropout is drawn the same again, so that the outcome does not depend on it. Measured on a CPU, 32 compounds at once: 3 to 7 %
    less memory, 15 to 20 % more time; half as many compounds at once save 20 %.
    """
    blocks = blocks_of(network) if wanted else []
    with _instead_of_forward({block: functools.partial(checkpoint, block.forward, use_reentrant=False) for block in blocks}):
        yield


class Compilation:
    """`torch.compile` of the blocks of a network while it learns, if wanted; given up, with a note, where that fails.

    Predictions in between go without: they would be compiled once more. Measured on a CPU: 10 to 25 s at first, and 40 % more
    time of each step afterwards, since no two batches of molecules are of one size.
    """

    def __init__(self, network: nn.Module, wanted: bool, note: Callable[[str], None]) -> None:
        self._note = note
        self._compiled: dict[nn.Module, Forward] = {}
        try:
            self._compiled = {block: torch.compile(block.forward, dynamic=True) for block in blocks_of(network) if wanted}
        except (RuntimeError, ImportError) as error:
            self._say(error)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Compute the blocks compiled, until that is given up."""
        with _instead_of_forward({block: self._forward(block, block.forward) for block in self._compiled}):
            yield

    def given_up(self, error: Exception) -> bool:
        """Go on without after an error; False if it was not on, so that the error has another cause."""
        if not self._compiled:
            return False
        self._compiled = {}
        self._say(error)
        return True

    def _forward(self, block: nn.Module, plain: Forward) -> Forward:
        return lambda *values, **more: self._compiled.get(block, plain)(*values, **more)

    def _say(self, error: Exception) -> None:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        self._note(f"The networks could not be compiled on this machine ({reason}). Training goes on without.")


@contextmanager
def _instead_of_forward(wrapped: dict[nn.Module, Forward]) -> Iterator[None]:
    before = {block: block.__dict__.get("forward") for block in wrapped}
    for block, forward in wrapped.items():
        block.forward = forward
    try:
        yield
    finally:
        for block, forward_before in before.items():
            del block.__dict__["forward"]
            if forward_before is not None:
                block.forward = forward_before
