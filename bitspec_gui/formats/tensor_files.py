"""Whether a file is safetensors with nothing in it but tensors, told from its header without loading it.

The format: 8 bytes of length, a JSON header of names, types, shapes and places, then the numbers, with no gaps
(https://github.com/huggingface/safetensors).
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

from bitspec_gui.domain.errors import ModelFileError

MOST_HEADER_BYTES = 4_000_000
MOST_TENSORS = 10_000
MOST_DIMENSIONS = 8

_BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1}


def check_tensor_file(path: Path) -> int:
    """Number of tensors of a safetensors file.

    Raises
    ------
    ModelFileError
        If its header cannot be read or contradicts itself or the size of the file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= min(MOST_HEADER_BYTES, size - 8):
                raise ModelFileError(f"{path.name} is not a safetensors file: its header has an impossible length.")
            header = json.loads(stream.read(length).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path.name} is not a safetensors file: its header is not JSON.") from error
    except OSError as error:
        raise ModelFileError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if not isinstance(header, dict):
        raise ModelFileError(f"{path.name} is not a safetensors file: its header lists no tensors.")
    tensors = {name: value for name, value in header.items() if name != "__metadata__"}
    if not 0 < len(tensors) <= MOST_TENSORS:
        raise ModelFileError(f"{path.name} holds {len(tensors)} tensors; 1 to {MOST_TENSORS:,} are expected.")
    end = 0
    for start, stop in sorted(_extent(path.name, name, value) for name, value in tensors.items()):
        if start != end:
            raise ModelFileError(f"{path.name} is damaged: its tensors overlap or leave gaps.")
        end = stop
    if 8 + length + end != size:
        raise ModelFileError(f"{path.name} is damaged: it has {size:,} bytes, its header speaks of {8 + length + end:,}.")
    return len(tensors)


def _extent(file: str, name: str, value: Any) -> tuple[int, int]:
    try:
        kind, shape, (start, stop) = value["dtype"], value["shape"], value["data_offsets"]
        whole = [*shape, start, stop]
        if len(shape) > MOST_DIMENSIONS or not all(type(each) is int and 0 <= each < 1 << 40 for each in whole):
            raise ValueError("its shape or place")
        if stop - start != prod(shape) * _BYTES[kind]:
            raise ValueError("its size")
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{file} is damaged: what it says of the tensor {name!r:.60} cannot be true ({error}).") from error
    return start, stop
