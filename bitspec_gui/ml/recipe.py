"""From a config and the benchmark to a model file: the one way in which shipped models are made."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.formats.benchmark_set import compounds, load_benchmark
from bitspec_gui.ml.calibration import calibrate
from bitspec_gui.ml.checkpoint import save_model
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.datasets import CompoundSet, compound_set, training_groups
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.training import Trainer, score
from bitspec_gui.ml.training_config import TrainingConfig
from bitspec_gui.ml.weights import pack, unpack

log = logging.getLogger(__name__)

WEIGHTS_LICENCE = "CC BY-NC-SA 4.0"
"""The strictest licence among the training records; it carries over to the weights."""


def train_model(
    config_file: Path,
    benchmark_folder: Path,
    work_folder: Path,
    target: Path,
    *,
    device: str = "auto",
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ModelVersion:
    """Train as `config_file` says on the benchmark's train compounds and write the model file `target` (``NAME.json``).

    The state after each epoch is kept in `work_folder`; calling again with the same arguments goes on from there.

    Raises
    ------
    TrainingError
        If the config, the split or the state cannot be used.
    UnreadableFile
        If the benchmark cannot be read.
    Cancelled
        When `cancel` is set.
    """
    config = TrainingConfig.from_file(config_file)
    data = TrainingData.load(benchmark_folder, config, report)
    where, device_reason = choose_device(device)
    ensemble = Ensemble({member.name: member.network for member in config.members}, config.weights)
    members = {}
    for member in config.members:
        trainer = Trainer(member, data.train, data.val, work_folder / member.name, device)
        ensemble.members[member.name] = trainer.run(report, cancel).cpu()
        members[member.name] = _summary(trainer)
    ensemble = stored(ensemble).to(where)
    val_cosine, val_cosine_sqrt = score(ensemble, data.val, where)
    domain = TrainingDomain.of(data.train.features, data.train.connectivities)
    version = save_model(
        target,
        ensemble.cpu(),
        licence=WEIGHTS_LICENCE,
        description=config.description,
        training={
            "config": config.as_json(),
            "data": "MassBank 2025.05.1, electron ionisation, train rows of the benchmark: unflagged and extra_rows",
            "groups": len(data.train),
            "device": device_reason,
            "wall_time_s": sum(member["wall_time_s"] for member in members.values()),
            "members": members,
        },
        metrics={"val_cosine": round(val_cosine, 4), "val_cosine_sqrt": round(val_cosine_sqrt, 4)},
        confidence=calibrate(ensemble, domain, data.val, where),
        domain=domain,
    )
    log.info("wrote %s: val cosine %.4f, val cosine_sqrt %.4f", target, val_cosine, val_cosine_sqrt)
    return version


def train_member(
    config_file: Path,
    benchmark_folder: Path,
    work_folder: Path,
    name: str,
    *,
    device: str = "auto",
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Train one network of a config, as `train_model` would, and leave its state in `work_folder`.

    Members can so be trained by several processes at a time; `train_model` then only joins them. Raises what it raises.
    """
    config = TrainingConfig.from_file(config_file)
    member = config.member(name)
    data = TrainingData.load(benchmark_folder, config, report)
    Trainer(member, data.train, data.val, work_folder / name, device).run(report, cancel)


@dataclass(frozen=True)
class TrainingData:
    """Compounds to train on and to choose on."""

    train: CompoundSet
    val: CompoundSet

    @classmethod
    def load(cls, folder: Path, config: TrainingConfig, report: ReportProgress) -> TrainingData:
        """Read and featurise the benchmark as `config` says."""
        if config.split not in ("random", "scaffold"):
            raise TrainingError(f"{config.split} is not a split of the benchmark. Choose random or scaffold.")
        rows = load_benchmark(folder, "random" if config.split == "random" else "scaffold")
        train = compound_set(training_groups(folder, rows, config.extra_rows), report)
        return cls(train, compound_set(compounds(rows, "val").values(), report))


def stored(ensemble: Ensemble) -> Ensemble:
    """The ensemble as it will be when its file is read: storage rounds weights, and figures must hold for what is shipped."""
    ensemble.load_state_dict(unpack(pack(ensemble.state_dict())))
    return ensemble


def _summary(trainer: Trainer) -> dict[str, float]:
    """What a training of one member came to."""
    history = trainer.state.history
    best = max(history, key=lambda result: result.val_cosine + result.val_cosine_sqrt)
    return {
        "best_epoch": best.epoch,
        "val_cosine": round(best.val_cosine, 4),
        "val_cosine_sqrt": round(best.val_cosine_sqrt, 4),
        "wall_time_s": round(sum(result.seconds for result in history)),
    }
