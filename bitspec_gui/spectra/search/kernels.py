"""Functions compiled to machine code by numba, and where the compiled code is kept. numba is imported with the first one."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from bitspec_gui import __version__

_Function = TypeVar("_Function", bound=Callable[..., object])

_log = logging.getLogger(__name__)


def set_kernel_cache(folder: Path) -> None:
    """Keep compiled code in `folder`, made if it is missing, so that only the first program start ever compiles.

    To be called before the first search or index; calls after it change nothing. A folder that cannot be written only costs
    time. The environment variable NUMBA_CACHE_DIR names another folder.
    """
    from numba.core import config

    place = Path(os.environ.get("NUMBA_CACHE_DIR") or folder) / _edition()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _log.warning("Compiled search code cannot be kept in %s (%s); it is made anew at every start.", folder, error)
        return
    vars(config)["CACHE_DIR"] = str(place)


def compiled(function: _Function) -> _Function:
    """`function` as machine code that lets other Python threads run; compiled at its first call with arguments of a kind.

    Sums may be taken in any order (fastmath), which `ROUNDING` of `spectra.search.coding` allows for.
    """
    import numba

    def machine_code(keep: bool) -> _Function:
        # All of fastmath but the promises that nothing is infinite or not a number: thresholds begin at minus infinity.
        fastmath = {"reassoc", "nsz", "arcp", "contract", "afn"}
        return cast(_Function, numba.njit(function, cache=keep, nogil=True, fastmath=fastmath, error_model="numpy"))

    try:
        return machine_code(keep=True)
    except RuntimeError as error:
        # numba finds no folder to write to: a frozen program in a read-only home.
        _log.warning("Compiled search code cannot be kept (%s); it is made anew at every start.", error)
        return machine_code(keep=False)


@cache
def _edition() -> str:
    """Name of the compiled code of this very source: numba itself does not notice that a function in another file changed."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
