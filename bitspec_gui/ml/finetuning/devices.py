"""How a training computes on a device: precision, memory, and what becomes of a training that runs out of it."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.domain.errors import DeviceUnavailable
from bitspec_gui.ml.backbones import AttentionLayer
from bitspec_gui.ml.batches import to_batch
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.fingerprint_network import ResidualBlock

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "cannot allocate memory")


@dataclass(frozen=True)
class Precision:
    """Type that matrices are multiplied in, None for float32; gradients are scaled where its range is small."""

    kind: torch.dtype | None = None
    scaled: bool = False

    @property
    def words(self) -> str:
        """For a status line."""
        return "single precision" if self.kind is None else "half precision"


def precision_of(wish: bool | None, device: torch.device) -> Precision:
    """Precision on a device: half where that is quicker, unless it is switched off; on a CPU only if it is asked for."""
    if wish is False or (wish is None and device.type == "cpu"):
        return Precision()
    if device.type == "cuda" and not torch.cuda.is_bf16_supported():
        return Precision(torch.float16, scaled=True)
    return Precision(torch.bfloat16)


def training_device(
    wish: str, network: nn.Module, molecules: Sequence[MoleculeFeatures], half: bool | None = None
) -> tuple[torch.device, str]:
    """Device to train a network on, and a phrase that says which and why; it is tried with a few molecules first.

    `half` is the wish for half precision, as in `precision_of`.

    A GPU may be there and yet not do: too old for this torch, its memory taken, an operation missing. ``auto`` then falls back
    on the CPU.

    Raises
    ------
    DeviceUnavailable
        If a device is asked for by name that this machine does not have, or that cannot compute what the network needs.
    """
    device, reason = choose_device(wish)
    if device.type == "cpu" or (fault := _fault_of(device, network, molecules, half)) is None:
        return device, reason
    if wish != "auto":
        raise DeviceUnavailable(f"The device ({reason}) cannot be used to train: {fault}. Choose auto or cpu.")
    return torch.device("cpu"), f"CPU: a device was found ({reason}), but cannot be used to train: {fault}"


def _fault_of(device: torch.device, network: nn.Module, molecules: Sequence[MoleculeFeatures], half: bool | None) -> str | None:
    """Why a step of a training cannot be computed on the device; None if it can."""
    try:
        tried = copy.deepcopy(network).to(device).train()
        with computing(device, precision_of(half, device)):
            total = tried(to_batch(molecules).to(device)).float().sum()
        total.backward()
        float(total.detach())
    except (RuntimeError, NotImplementedError, AssertionError) as error:
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:160].rstrip(".")
    return None


def threads_for(cores: int | None = None) -> int:
    """Threads for a training beside a window: one core is left for that, and more than eight do not help.

    A thread that was pushed off its core lets all others wait: on two cores that nobody else used, two threads were 1.4 times as
    fast as one, but on busy ones they took six times as long.
    """
    return max(1, min(8, (cores or os.cpu_count() or 1) - 1))


@contextmanager
def computing(device: torch.device, precision: Precision) -> Iterator[None]:
    """Compute on the device with that precision."""
    if precision.kind is None:
        yield
        return
    with torch.autocast(device.type, dtype=precision.kind):
        yield


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that there is not enough memory, on the device or beside it."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def let_go_of_memory(device: torch.device) -> None:
    """Give back what the device keeps for later."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def largest_at_once(device: torch.device) -> int:
    """Most compounds to compute at once: 0.2 s of one core, for somebody may want to cancel, or enough to fill a GPU."""
    return 32 if device.type == "cpu" else 256


def memory_mb(device: torch.device) -> float | None:
    """Most memory that was in use on the device, in MB; None where it is that of the process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    if device.type == "mps":
        return torch.mps.driver_allocated_memory() / 1e6
    return None


def blocks_of(network: nn.Module) -> list[nn.Module]:
    """Blocks that can be compiled, or computed anew in the backward pass, one by one."""
    return [module for module in network.modules() if isinstance(module, (AttentionLayer, ResidualBlock))]
