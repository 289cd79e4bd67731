"""What a fine-tuning keeps in its folder, so that after a crash at any moment it goes on as if nothing had happened.

``core/task.json`` says which fine-tuning it is; ``core/run-N.json`` is there once training N has been judged;
``core/checkpoint.json`` names the tensors of the training that is under way; ``core/notes.json`` holds what the user was told.
``result/verdict.json`` is written last of all: where it is, everything is there. Each file is whole or not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.ml.checkpoint import write_whole
from bitspec_gui.ml.finetuning.loop_state import LoopState

_CHECKPOINT = "checkpoint.json"
_TENSORS = "checkpoint-{}.safetensors"
_TENSOR_FILES = "checkpoint-*.safetensors"


class JobFolder:
    """The folder of one fine-tuning.

    Parameters
    ----------
    identity : str
        Names data, base and settings: with others, what lies in the folder must not be gone on from.

    Raises
    ------
    TrainingError
        If the folder belongs to another fine-tuning.
    OSError
        If it cannot be written.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self._core = folder / "core"
        self.result = folder / "result"
        self._core.mkdir(parents=True, exist_ok=True)
        self.result.mkdir(exist_ok=True)
        for left_over in (*self._core.glob(".*.part"), *self.result.glob(".*.part")):
            left_over.unlink(missing_ok=True)
        kept = _read(self._core / "task.json")
        if kept is None:
            self._write("task.json", {"identity": identity})
        elif kept.get("identity") != identity:
            raise TrainingError(f"{folder} holds a fine-tuning with other spectra, settings or another base. Start it anew.")
        self.notes: list[str] = list((_read(self._core / "notes.json") or {}).get("notes", []))
        self._number = 0

    @property
    def begun(self) -> bool:
        """Whether there is something to go on from."""
        return (self._core / _CHECKPOINT).exists() or any(self._core.glob("run-*.json"))

    def note(self, text: str) -> bool:
        """Remember a sentence; False if it was known."""
        if text in self.notes:
            return False
        self.notes.append(text)
        self._write("notes.json", {"notes": self.notes})
        return True

    def finished_run(self, run: int) -> dict[str, Any] | None:
        """What was kept of a training that is over, None if it is not."""
        return _read(self._core / f"run-{run}.json")

    def keep_run(self, run: int, values: Mapping[str, Any]) -> None:
        """Keep what a training came to."""
        self._write(f"run-{run}.json", values)

    def keep_checkpoint(self, run: int, state: LoopState) -> None:
        """Keep the state of a training; the one before is there until this one is whole."""
        old = list(self._core.glob(_TENSOR_FILES))
        self._number = 1 + max((_number_of(path) for path in old), default=self._number)
        name = _TENSORS.format(self._number)
        with new_file_for(self._core / name) as file:
            file.write_bytes(save(dict(state.tensors)))
        self._write(_CHECKPOINT, {"run": run, "tensors": name, "values": dict(state.values)})
        for path in old:
            path.unlink(missing_ok=True)

    def checkpoint(self, run: int) -> LoopState | None:
        """The state of a training, None if there is none.

        Raises
        ------
        TrainingError
            If it is damaged.
        """
        kept = _read(self._core / _CHECKPOINT)
        if kept is None or kept.get("run") != run:
            return None
        try:
            tensors = load((self._core / str(kept["tensors"])).read_bytes())
        except (OSError, KeyError, SafetensorError) as error:
            raise TrainingError(f"The checkpoint in {self._core} is damaged ({error}). Start the fine-tuning anew.") from error
        return LoopState(kept["values"], tensors)

    def forget_checkpoints(self) -> None:
        """Give the room back once the result is there."""
        for path in (self._core / _CHECKPOINT, *self._core.glob(_TENSOR_FILES)):
            path.unlink(missing_ok=True)

    def _write(self, name: str, values: Mapping[str, Any]) -> None:
        write_whole(self._core / name, (json.dumps(values) + "\n").encode())


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise TrainingError(f"{path} is damaged: it is not JSON ({error}). Start the fine-tuning anew.") from error
    if not isinstance(found, dict):
        raise TrainingError(f"{path} is damaged. Start the fine-tuning anew.")
    return found


def _number_of(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
