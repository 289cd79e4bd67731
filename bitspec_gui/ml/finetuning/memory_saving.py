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


@contextmanager
def recomputed(network: nn.Module, wanted: bool) -> Iterator[None]:
    """Compute the blocks anew in the backward pass, if wanted (gradient checkpointing, Chen et al., arXiv:1604.06174).

    Dropout is drawn the same again, so that the outcome does not depend on it. Measured on a CPU, 32 compounds at once: 3 to 7 %
    less memory, 15 to 20 % more time; half as many compounds at once save 20 %.
    """
    blocks = blocks_of(network) if wanted else []
    for block in blocks:
        block.forward = functools.partial(checkpoint, block.forward, use_reentrant=False)
    try:
        yield
    finally:
        for block in blocks:
            del block.__dict__["forward"]


class Compilation:
    """`torch.compile` of the blocks of a network while it learns, if wanted; given up, with a note, where that fails.

    Predictions in between go without: they would be compiled once more. Measured on a CPU: 10 to 25 s at first, and 40 % more
    time of each step afterwards, since no two batches of molecules are of one size.
    """

    def __init__(self, network: nn.Module, wanted: bool, note: Callable[[str], None]) -> None:
        self._note = note
        self._blocks: dict[nn.Module, Callable[..., Any] | None] = dict.fromkeys(blocks_of(network)) if wanted else {}
        try:
            for block in self._blocks:
                # With the block's hooks, as `nn.Module.compile` does it.
                self._blocks[block] = torch.compile(block._call_impl, dynamic=True)
        except (RuntimeError, ImportError) as error:
            self.given_up(error)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Call the blocks compiled."""
        for block, compiled in self._blocks.items():
            block._compiled_call_impl = compiled
        try:
            yield
        finally:
            self._off()

    def given_up(self, error: Exception) -> bool:
        """Go on without after an error; False if it was not on, so that the error has another cause."""
        if not self._blocks:
            return False
        self._off()
        self._blocks = {}
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        self._note(f"The networks could not be compiled on this machine ({reason}). Training goes on without.")
        return True

    def _off(self) -> None:
        for block in self._blocks:
            block._compiled_call_impl = None
