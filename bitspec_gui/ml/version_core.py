"""What the registry of model versions asks of the networks: loaded ones, a trial, and small versions made whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.ml.predictor import NetworkPredictor, load_predictor
from bitspec_gui.ml.tuned_files import FindBase, check_version, merge


class VersionCore:
    """The port `services.version_book.ModelCore` on model files.

    Parameters
    ----------
    device : callable, optional
        Says where loaded models run; trials are done on the CPU.
    """

    def __init__(self, device: Callable[[], str] = lambda: "auto") -> None:
        self._device = device

    def load(self, file: Path, find_base: FindBase, response: bool) -> NetworkPredictor:
        """Predictor of a model file, with its instrument's response on or off; raises `ModelFileError`."""
        return load_predictor(file, self._device(), find_base=find_base, response=response)

    def check(self, file: Path, find_base: FindBase) -> ModelVersion:
        """Load a model file in a trial and predict a small molecule; raises `ModelFileError` if it cannot be used."""
        return check_version(file, find_base)

    def merge(self, file: Path, target: Path, find_base: FindBase) -> ModelVersion:
        """Write a small version as a whole model file `target` (``NAME.json``).

        Raises
        ------
        ModelFileError
            If it cannot be read, or the target not be written.
        """
        try:
            return merge(file, target, find_base)
        except OSError as error:
            raise ModelFileError(f"{target.name} cannot be written: {error.strerror or error}.") from error
