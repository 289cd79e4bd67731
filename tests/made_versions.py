"""Model versions made for tests: real model files, small, with a core in place of the networks."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.domain.model_registry import RegisteredVersion, VersionMetrics
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import Spectrum
from bitspec_gui.domain.tuning import Strategy, TuningSettings
from bitspec_gui.domain.verdict import Forgetting, Interval, Judgement, PublicBasis
from bitspec_gui.services.model_registry import ModelRegistry
from bitspec_gui.services.version_headers import check_weights, read_header
from bitspec_gui.storage.training.store import open_training_store

MADE_AT = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
LICENCE = "CC BY-NC-SA 4.0"
METRICS = VersionMetrics(
    0.62,
    0.73,
    Interval(0.11, 0.07, 0.15),
    54,
    Judgement.BETTER,
    "Better on your compounds by 0.11 (0.07 to 0.15), public unchanged.",
    Forgetting(PublicBasis.PREDICTED, 200, 1.0, 0.995, Interval(-0.005, -0.006, -0.004), 0.9),
)


class TwoPeaks:
    """Predicts two peaks, one of which tells the versions apart."""

    device = "CPU"

    def __init__(self, version: ModelVersion) -> None:
        self.version = version

    def predict(self, molecules, cancel=None, *, annotate=False):
        spectrum = Spectrum(np.array([50.0, 60.0 + int(self.version.sha256[:2], 16)]), np.array([100.0, 100.0]))
        return [Prediction(molecule, spectrum, self.version, trained_on=False) for molecule in molecules]


class FakeCore:
    """Reads model files as the real one does, without networks; refuses the files of the versions named in ``refused``."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.refused: set[str] = set()

    def load(self, file, find_base, response):
        return TwoPeaks(read_header(file).version)

    def check(self, file, find_base):
        header = read_header(file)
        check_weights(header)
        if header.small and find_base(header.base_sha256) is None:
            raise ModelFileError(f"{header.version.name} needs the model {header.base_name}, which is not on this machine.")
        if header.version.name in self.refused:
            raise ModelFileError("Its weights hold values that are no numbers.")
        self.checked.append(header.version.name)
        return header.version

    def merge(self, file, target, find_base):
        header = read_header(file)
        return write_model(target, header.version.name, f"merged {header.version.sha256}".encode())


def tensors(content: bytes) -> bytes:
    """A safetensors file of one tensor of bytes."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [len(content)], "data_offsets": [0, len(content)]}}).encode()
    return struct.pack("<Q", len(header)) + header + content


def write_model(file: Path, name: str, content: bytes, base: ModelVersion | None = None, response: bool = False) -> ModelVersion:
    """Write ``NAME.json`` and ``NAME.safetensors``."""
    blob = tensors(content)
    version = ModelVersion(name, hashlib.sha256(blob).hexdigest(), LICENCE, "made for a test")
    values = {
        "format": 2 if base is None else 3,
        "name": name,
        "sha256": version.sha256,
        "licence": LICENCE,
        "description": version.description,
        "weights": file.with_suffix(".safetensors").name,
        "response": {"power": 1.1, "trend": -0.2} if response else None,
        "tuning": {"dataset": {"name": "GC lab", "hash": "12" * 32}},
    }
    if base is not None:
        values |= {"kind": "change", "base": {"name": base.name, "sha256": base.sha256}, "strategy": "lora"}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_suffix(".safetensors").write_bytes(blob)
    file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    return version


class Machine:
    """A data folder with a registry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "training" / "models"
        self.core = FakeCore()
        self.supplied = folder / "resources" / "bitspec-ei-2.json"
        write_model(self.supplied, "bitspec-ei-2", b"the supplied one")
        self.store = open_training_store(folder / "training" / "training.sqlite")
        self.registry = self.another_window()

    def another_window(self) -> ModelRegistry:
        """A registry as another window, or the next start, has it."""
        return ModelRegistry(lambda: self.store, self.models, self.supplied, lambda: self.core)

    def tuned(
        self, name: str, *, parent: RegisteredVersion | None = None, small: bool = True, response: bool = False
    ) -> RegisteredVersion:
        """A version as a fine-tuning leaves it: files, verdict, and its entry."""
        parent = parent or self.registry.version(0)
        file = self.models / f"job-{name}" / f"{name}.json"
        base = parent.version if small else None
        version = write_model(file, name, name.encode() * 50, base, response)
        file.with_name("verdict.json").write_text('{"secret peaks": [41, 43]}', encoding="utf-8")
        registered = RegisteredVersion(
            0,
            version,
            file,
            parent_sha256=parent.version.sha256,
            parent_name=parent.version.name,
            small=small,
            dataset_name="GC lab",
            dataset_hash="12" * 32,
            made_at=MADE_AT,
            settings=TuningSettings(strategy=Strategy.LORA, epochs=7),
            metrics=METRICS,
            size_bytes=sum(each.stat().st_size for each in file.parent.iterdir()),
        )
        return self.registry.version(self.store.add_version(registered))

    def names(self) -> list[str]:
        """Names of all versions."""
        return [each.version.name for each in self.registry.versions()]

    def loaded(self) -> tuple[str, bool]:
        """Name of the file that would be loaded to predict, and whether with its response."""

        def load(file: Path, response: bool) -> tuple[str, bool]:
            return read_header(file).version.name, response

        return self.registry.load(load)


def without_ids(version: RegisteredVersion) -> RegisteredVersion:
    """What two machines that have the same version agree on."""
    return replace(version, version_id=0, file=Path(), imported=False, active=False, size_bytes=0)
