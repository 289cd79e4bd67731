"""Identity of a trained network."""

from __future__ import annotations

from dataclasses import dataclass

MODEL_SHA256 = "Model_sha256"
"""Key, among the extra fields of a predicted spectrum's record, of the sha256 of the weights that made it."""

RESPONSE_OFF = ", response off"
"""What follows the name of a version that predicts without the response of the instrument that it was tuned to."""


@dataclass(frozen=True)
class ModelVersion:
    """A trained network: its name, the sha256 of its weights and the licence they carry."""

    name: str
    sha256: str
    licence: str
    description: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:8]})"
