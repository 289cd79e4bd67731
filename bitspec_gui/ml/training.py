"""The training loop: cosine loss on square-root intensities, averaged weights, early choice on val, resumable."""

from __future__ import annotations

import copy
import json
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.graph import to_batch
from bitspec_gui.ml.network import NetworkConfig, SpectrumNetwork, parameter_count
from bitspec_gui.ml.training_state import EpochResult, TrainingState, load_state, save_state
from bitspec_gui.spectra import similarity

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MemberConfig:
    """How one network is trained; learning rates are those of AdamW."""

    name: str
    seed: int = 1
    epochs: int = 25
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    warm_up_share: float = 0.1
    ema_decay: float = 0.999
    gradient_clip: float = 1.0
    network: NetworkConfig = field(default_factory=NetworkConfig)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return asdict(self)


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what comes out of a training, apart from the data."""

    name: str
    members: tuple[MemberConfig, ...]
    description: str = ""
    split: str = "random"
    extra_rows: tuple[str, ...] = ()

    @classmethod
    def from_file(cls, path: Path) -> TrainingConfig:
        """Read a JSON config; raises `TrainingError` with the entry that is wrong."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            members = tuple(_member(entry, path) for entry in values.pop("members"))
            _refuse_unknown(values, cls, path)
            config = cls(members=members, extra_rows=tuple(values.pop("extra_rows", ())), **values)
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise TrainingError(f"The training settings in {path} cannot be read: {error}.") from error
        if not members or len({member.name for member in members}) < len(members):
            raise TrainingError(f"{path.name} needs one member or more, each with a name of its own.")
        return config

    def as_json(self) -> dict[str, Any]:
        """Plain values for a model file."""
        return {
            "name": self.name,
            "description": self.description,
            "split": self.split,
            "extra_rows": list(self.extra_rows),
            "members": [member.as_json() for member in self.members],
        }


def _member(entry: dict[str, Any], path: Path) -> MemberConfig:
    network = NetworkConfig.from_json(entry.pop("network", {}))
    _refuse_unknown(entry, MemberConfig, path)
    return MemberConfig(network=network, **entry)


def _refuse_unknown(values: dict[str, Any], known: type[MemberConfig] | type[TrainingConfig], path: Path) -> None:
    unknown = sorted(set(values) - {f.name for f in fields(known)})
    if unknown:
        raise TrainingError(f"{path.name} has settings that training does not know: {', '.join(unknown)}.")


def cosine_loss(roots: Tensor, mean_directions: Tensor) -> Tensor:
    """Mean of 1 - cosine between predicted square roots (B, 1000) and mean directions of the measured ones (B, 1000)."""
    return 1 - (functional.normalize(roots.float(), dim=1) * mean_directions).sum(dim=1).mean()


class Trainer:
    """Trains one network; its whole state after each epoch lies in `folder`, so that it can go on after a kill -9."""

    def __init__(self, config: MemberConfig, train: CompoundSet, val: CompoundSet, folder: Path, device: str = "auto") -> None:
        self.config = config
        self.train_set, self.val_set = train, val
        self.device, self.device_reason = choose_device(device)
        torch.manual_seed(config.seed)
        self.network = SpectrumNetwork(config.network).to(self.device)
        self.averaged = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.best = copy.deepcopy(self.averaged)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
        networks = {"network": self.network, "averaged": self.averaged, "best": self.best}
        self.state = TrainingState(folder, config.as_json(), dict(networks), self.optimizer)
        self.steps_per_epoch = math.ceil(len(train) / config.batch_size)

    def learning_rate_at(self, step: int) -> float:
        """Linear warm-up, then half a cosine down to 0."""
        total = self.config.epochs * self.steps_per_epoch
        warm = max(1, round(self.config.warm_up_share * total))
        if step < warm:
            return self.config.learning_rate * (step + 1) / warm
        return self.config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))

    def run(self, report: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> SpectrumNetwork:
        """Train to the last epoch, going on from the folder's state if there is one; returns the best averaged network.

        Raises
        ------
        Cancelled
            When `cancel` is set; the state of the last whole epoch is kept.
        TrainingError
            If the folder holds the state of another config, or the loss is no longer a number.
        """
        load_state(self.state)
        log.info("%s on %s, %d compounds, %d parameters", self.config.name, self.device_reason, len(self.train_set),
                 parameter_count(self.network))  # fmt: skip
        for epoch in range(len(self.state.history), self.config.epochs):
            started = time.monotonic()
            loss = self._epoch(epoch, report, cancel)
            cosine, cosine_sqrt = score(self.averaged, self.val_set, self.device)
            result = EpochResult(epoch + 1, loss, cosine, cosine_sqrt, time.monotonic() - started)
            if all(result.val_cosine + result.val_cosine_sqrt > r.val_cosine + r.val_cosine_sqrt for r in self.state.history):
                self.best.load_state_dict(self.averaged.state_dict())
            self.state.history.append(result)
            log.info("epoch %d/%d  train loss %.4f  val cosine %.4f  val cosine_sqrt %.4f  %.1f s",
                     result.epoch, self.config.epochs, loss, cosine, cosine_sqrt, result.seconds)  # fmt: skip
            save_state(self.state)
        return self.best

    def _epoch(self, epoch: int, report: ReportProgress, cancel: CancelToken | None) -> float:
        # Seeding by epoch makes a resumed run repeat what an uninterrupted one would have done.
        torch.manual_seed(1000 * self.config.seed + epoch)
        self.network.train()
        losses = []
        for index, rows in enumerate(self._batches()):
            if cancel is not None:
                cancel.raise_if_cancelled()
            step = epoch * self.steps_per_epoch + index
            losses.append(self._step(rows, step))
            words = f"{self.config.name}, epoch {epoch + 1}, loss {losses[-1]:.3f}"
            report(Progress(step + 1, self.config.epochs * self.steps_per_epoch, words))
        return sum(losses) / len(losses)

    def _batches(self) -> Iterator[list[int]]:
        order = torch.randperm(len(self.train_set)).tolist()
        size = self.config.batch_size
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            yield rows if len(rows) > 1 else order[:2]  # batch norm needs two molecules

    def _step(self, rows: list[int], step: int) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate_at(step)
        batch = to_batch([self.train_set.features[i] for i in rows], self.train_set.targets[rows]).to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda"):
            roots = self.network(batch)
        loss = cosine_loss(roots, batch.y)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(f"The loss is no longer a number (step {step}). Lower the learning rate.")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.gradient_clip)
        self.optimizer.step()
        self._average(step)
        return value

    @torch.no_grad()
    def _average(self, step: int) -> None:
        """Exponential moving average of weights; shorter at first, so that early scores mean something."""
        decay = min(self.config.ema_decay, (step + 1) / (step + 10))
        for mean, now in zip(self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)


@torch.no_grad()
def score(network: nn.Module, compounds: CompoundSet, device: torch.device) -> tuple[float, float]:
    """Mean cosine and cosine_sqrt of a network on the query spectra of a set."""
    network.eval()
    size = 256
    batches = (to_batch(compounds.features[start : start + size]) for start in range(0, len(compounds), size))
    predicted = torch.cat([network(batch.to(device)).float().cpu() for batch in batches]).square().numpy()
    return (
        float(similarity.cosine(predicted, compounds.queries).mean()),
        float(similarity.cosine_sqrt(predicted, compounds.queries).mean()),
    )
