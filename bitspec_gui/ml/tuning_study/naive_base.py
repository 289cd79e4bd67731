"""The base of simulated laboratories: a small training without anything that they are made of."""

from __future__ import annotations

import logging
from pathlib import Path

from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.ml.calibration import calibrate
from bitspec_gui.ml.checkpoint import save_model
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.datasets import compound_set, training_groups
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.network import Ensemble
from bitspec_gui.ml.network_config import FingerprintConfig, FragmentConfig
from bitspec_gui.ml.recipe import WEIGHTS_LICENCE, stored
from bitspec_gui.ml.training import Trainer, score
from bitspec_gui.ml.training_config import MemberConfig, TrainingConfig
from bitspec_gui.ml.tuning_study.laboratories import Laboratories

log = logging.getLogger(__name__)

EPOCHS = 10

CONFIG = TrainingConfig(
    name="naive",
    description="For measuring fine-tuning only: trained without NILU, JEOL JMS-DX-300 and all further collections",
    extra_rows=("low_energy", "derivatives", "-doubtful"),
    members=(
        MemberConfig(
            "fragments", 0.75, 1, EPOCHS, learning_rate=7e-4, warm_up_share=0.05, ema_decay=0.998, linear_loss_share=0.1,
            rest_penalty=0.03, network=FragmentConfig(),
        ),
        MemberConfig("fingerprint", 0.25, 3, EPOCHS, ema_decay=0.998, network=FingerprintConfig()),
    ),
)  # fmt: skip
"""Settings of the networks that BitSpec comes with, with fewer epochs."""


def naive_base(
    laboratories: Laboratories,
    benchmark: Path,
    work: Path,
    *,
    config: TrainingConfig = CONFIG,
    device: str = "auto",
    report: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Path:
    """Model file of the naive base in `work`; it is trained unless it is there, going on where an earlier training stopped.

    Raises
    ------
    TrainingError
        If the state that an earlier training left belongs to another one.
    UnreadableFile
        If the benchmark cannot be read.
    Cancelled
        When `cancel` is set; the state after each epoch is kept.
    """
    target = work / f"{config.name}.json"
    if target.is_file():
        return target
    train = compound_set(training_groups(benchmark, laboratories.naive_rows, config.extra_rows), report)
    val = compound_set(laboratories.val.values(), report)
    where, _ = choose_device(device)
    ensemble = Ensemble({member.name: member.network for member in config.members}, config.weights)
    for member in config.members:
        trainer = Trainer(member, train, val, work / config.name / member.name, device)
        ensemble.members[member.name] = trainer.run(report, cancel).cpu()
    ensemble = stored(ensemble).to(where)
    domain = TrainingDomain.of(train.features, train.connectivities)
    val_cosine, val_cosine_sqrt = score(ensemble, val, where)
    version = save_model(
        target,
        ensemble.cpu(),
        licence=WEIGHTS_LICENCE,
        description=config.description,
        training={"config": config.as_json(), "groups": len(train)},
        metrics={"val_cosine": round(val_cosine, 4), "val_cosine_sqrt": round(val_cosine_sqrt, 4)},
        confidence=calibrate(ensemble, domain, val, where),
        domain=domain,
    )
    log.info("wrote %s, sha256 %s, val cosine %.4f", target, version.sha256, val_cosine)
    return target
