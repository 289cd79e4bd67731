"""Where networks run, and why there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from bitspec_gui.domain.errors import DeviceUnavailable


def choose_device(wish: str = "auto") -> tuple[torch.device, str]:
    """Device to compute on for ``auto``, ``cpu``, ``cuda`` or ``mps``, and a phrase that says which and why.

    Raises
    ------
    DeviceUnavailable
        If a device is asked for by name that this machine does not have.
    """
    if wish == "cuda" and not torch.cuda.is_available():
        raise DeviceUnavailable("A CUDA device was asked for, but none was found on this machine. Choose auto or cpu.")
    if wish == "mps" and not torch.backends.mps.is_available():
        raise DeviceUnavailable("An Apple MPS device was asked for, but this machine has none. Choose auto or cpu.")
    if wish not in {"auto", "cpu", "cuda", "mps"}:
        raise DeviceUnavailable(f"{wish} is not a device. Choose auto, cpu, cuda or mps.")
    if wish in {"auto", "cuda"} and torch.cuda.is_available():
        return torch.device("cuda"), f"GPU: {torch.cuda.get_device_name()}"
    if wish in {"auto", "mps"} and torch.backends.mps.is_available():
        return torch.device("mps"), "GPU: Apple MPS"
    return torch.device("cpu"), "CPU: chosen in the settings" if wish == "cpu" else "CPU: no CUDA device found"


@contextmanager
def one_core(wanted: bool = True) -> Iterator[None]:
    """Compute on one core if `wanted`; torch has one number of threads for all of a process."""
    before = torch.get_num_threads()
    if not wanted or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
