"""What a fine-tuning leaves: the files of a version, and the verdict with all that its figures are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bitspec_gui.domain.model_registry import TuningResult, VersionMetrics
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.tuning import TuningTask
from bitspec_gui.domain.tuning_json import as_json, from_json
from bitspec_gui.domain.verdict import VERDICT_FILE, Verdict
from bitspec_gui.ml.checkpoint import read_description, save_model, write_description, write_whole
from bitspec_gui.ml.confidence import ConfidenceModel
from bitspec_gui.ml.finetuning.ensemble_tuning import tuned_ensemble
from bitspec_gui.ml.finetuning.ground import Ground
from bitspec_gui.ml.finetuning.judging import PublicOutcome
from bitspec_gui.ml.finetuning.splits import Part
from bitspec_gui.ml.finetuning.tuning_run import Trained, domain_of, learned_domain
from bitspec_gui.ml.finetuning.verdict import RESAMPLES, SEED
from bitspec_gui.ml.tuned_files import save_change

VERDICT_FORMAT = 1

_LONGEST_NAME = 60
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9]|verdict|use)$")
"""Names that Windows keeps for itself, and those of other files in a version's folder."""


def file_name(name: str) -> str:
    """A version's name as that of a file, on every system."""
    plain = re.sub(r"[^\w ()+-]+", "_", name).strip(" _")[:_LONGEST_NAME].strip(" _")
    return f"model {plain}".strip() if not plain or _RESERVED.match(plain) else plain


def write_version(folder: Path, task: TuningTask, ground: Ground, trained: Trained, part: Part) -> tuple[Path, ModelVersion]:
    """Write the model file of a version; small ones hold the change alone. Confidence and figures are added by `complete`."""
    path = folder / f"{file_name(task.name)}.json"
    base, strategy = ground.base.known, ground.settings.strategy
    of = f" of {task.dataset_name}" if task.dataset_name else ""
    description = f"{base.version.name}, tuned on {len(part.train)} compounds{of}"
    tuning = {
        "parent": {"name": base.version.name, "sha256": base.version.sha256},
        "dataset": {"name": task.dataset_name, "hash": task.dataset_hash},
        "strategy": strategy.value,
        "settings": task.settings.as_json(),
        "share": trained.share,
        "notes": dict(task.notes),
    }
    if strategy.small:
        learned = learned_domain(ground, part)
        version = save_change(
            path,
            trained.changes,
            strategy,
            base.version,
            name=task.name,
            response=trained.response,
            licence=base.version.licence,
            description=description,
            tuning=tuning,
            metrics={},
            confidence=base.confidence,
            learned=learned,
            heaviest=learned.heaviest if learned is not None else None,
        )
        return path, version
    version = save_model(
        path,
        tuned_ensemble(ground.base.network, strategy, trained.changes, trained.response),
        licence=base.version.licence,
        description=description,
        training=base.training,
        metrics={},
        confidence=base.confidence,
        domain=domain_of(ground, part),
        tuning=tuning,
        name=task.name,
    )
    return path, version


def complete(path: Path, confidence: ConfidenceModel | None, verdict: Verdict) -> None:
    """Add to a version's description what was measured of it; its weights, and so its sha256, stay as they are."""
    header = read_description(path)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    header["confidence"] = confidence.as_json() if confidence is not None else None
    header["tuning"] |= {"made_at": made_at, "metrics": as_json(VersionMetrics.of(verdict))}
    write_description(path, header)


def write_verdict(folder: Path, result: TuningResult, public: Sequence[PublicOutcome]) -> None:
    """Write the verdict, last of all: where it is, everything else is."""
    content: dict[str, Any] = {
        "format": VERDICT_FORMAT,
        "file": result.file.name,
        "version": as_json(result.version),
        "parent": as_json(result.parent),
        "small": result.small,
        "notes": list(result.notes),
        "seed": SEED,
        "resamples": RESAMPLES,
        "verdict": as_json(result.verdict),
        "public": [as_json(outcome) for outcome in public],
    }
    write_whole(folder / VERDICT_FILE, (json.dumps(content, allow_nan=False) + "\n").encode())


def kept_result(folder: Path, again: Callable[[Path], ModelVersion]) -> TuningResult | None:
    """The result that a folder holds, None if it holds none that is whole; `again` loads its model file in a trial."""
    try:
        content = json.loads((folder / VERDICT_FILE).read_text(encoding="utf-8"))
        file = folder / Path(str(content["file"])).name
        result = TuningResult(
            version=from_json(ModelVersion, content["version"]),
            file=file,
            small=bool(content["small"]),
            parent=from_json(ModelVersion, content["parent"]),
            verdict=from_json(Verdict, content["verdict"]),
            notes=tuple(str(note) for note in content["notes"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return result if again(file).sha256 == result.version.sha256 else None
