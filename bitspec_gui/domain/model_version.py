"""Identity of a trained network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelVersion:
    """A trained network: its name, the sha256 of its weights and the licence they carry."""

    name: str
    sha256: str
    licence: str
    description: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:8]})"
