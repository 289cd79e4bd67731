"""What an exported model version says of itself: figures and names, and nothing of the user's spectra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bitspec_gui.domain.errors import VersionError
from bitspec_gui.domain.model_registry import RegisteredVersion, VersionMetrics
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_json import as_json, from_json

MOST_MODELS = 16
MOST_TEXT = 20_000
MODEL_MEMBER = "model.json"
WEIGHTS_MEMBER = "model.safetensors"


@dataclass(frozen=True)
class ExportedModel:
    """One version in an exported file: what is registered of it, but for where its files are."""

    name: str
    sha256: str
    licence: str
    description: str = ""
    made_at: datetime | None = None
    parent_name: str = ""
    parent_sha256: str = ""
    small: bool = False
    dataset_name: str = ""
    dataset_hash: str = ""
    settings: TuningSettings | None = None
    metrics: VersionMetrics | None = None
    notes: str = ""

    @property
    def version(self) -> ModelVersion:
        """Its identity."""
        return ModelVersion(self.name, self.sha256, self.licence, self.description)


def exported(version: RegisteredVersion) -> ExportedModel:
    """A registered version as an exported file describes it."""
    return ExportedModel(
        version.version.name,
        version.version.sha256,
        version.version.licence,
        version.version.description,
        version.made_at,
        version.parent_name,
        version.parent_sha256,
        version.small,
        version.dataset_name,
        version.dataset_hash,
        version.settings,
        version.metrics,
        version.notes,
    )


def models_as_json(models: list[ExportedModel]) -> list[dict[str, Any]]:
    """Plain values for the manifest."""
    return [as_json(model) for model in models]


def models_of(manifest: Mapping[str, Any], file: str) -> list[ExportedModel]:
    """Versions that a manifest describes, the exported one first and then the bases that it needs.

    Raises
    ------
    VersionError
        If it garbles them.
    """
    stated = manifest.get("models")
    if not isinstance(stated, list) or not 0 < len(stated) <= MOST_MODELS:
        raise VersionError(f"{file} cannot be imported: its manifest does not say which models it holds.")
    try:
        models = [from_json(ExportedModel, each) for each in stated]
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise VersionError(f"{file} cannot be imported: its manifest garbles {error}.") from error
    texts = [text for model in models for text in (model.notes, model.description, model.licence, model.dataset_name)]
    if any(len(text) > MOST_TEXT for text in texts):
        raise VersionError(f"{file} cannot be imported: a text in its manifest is longer than any that BitSpec writes.")
    return models


def member_name(place: int, file: str) -> str:
    """Name, in the exported file, of a file of the version at a place of its list."""
    return f"models/{place}/{file}"
