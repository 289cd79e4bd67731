"""The training loop: cosine loss on square-root intensities, averaged weights, early choice on val, resumable."""

from __future__ import annotations

import copy
import logging
import math
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.ml.batches import MoleculeBatch, to_batch
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.device import choose_device
from bitspec_gui.ml.fragment_network import FragmentNetwork, explained_share
from bitspec_gui.ml.network import SpectrumNetwork, build_network, parameter_count
from bitspec_gui.ml.training_config import MemberConfig
from bitspec_gui.ml.training_state import EpochResult, TrainingState, load_state, save_state
from bitspec_gui.spectra import similarity

log = logging.getLogger(__name__)


_SCORED_TOGETHER = 64
_BUCKET = 8
"""Batches that are drawn together and sorted by size, so that molecules of a batch need little padding."""


def cosine_loss(roots: Tensor, mean_directions: Tensor, lowest_mz: Tensor, linear_share: float = 0.0) -> Tensor:
    """Mean of 1 - cosine between predicted square roots (B, 1000) and mean directions of the measured ones (B, 1000).

    Bins below `lowest_mz` (B,) were not recorded and do not count. `linear_share` of the loss is the same on the squares.
    """
    mz = torch.arange(1, roots.shape[1] + 1, device=roots.device)
    recorded = roots.float() * (mz[None, :] >= lowest_mz[:, None])
    loss = 1 - (functional.normalize(recorded, dim=1) * mean_directions).sum(dim=1).mean()
    if not linear_share:
        return loss
    linear = 1 - functional.cosine_similarity(recorded.square(), mean_directions.square(), dim=1).mean()
    return (1 - linear_share) * loss + linear_share * linear


class Trainer:
    """Trains one network; its whole state after each epoch lies in `folder`, so that it can go on after a kill -9."""

    def __init__(self, config: MemberConfig, train: CompoundSet, val: CompoundSet, folder: Path, device: str = "auto") -> None:
        self.config = config
        self.train_set, self.val_set = train, val
        self.device, self.device_reason = choose_device(device)
        torch.manual_seed(config.seed)
        self.network: SpectrumNetwork = build_network(config.network).to(self.device)
        self.averaged = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.best = copy.deepcopy(self.averaged)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
        networks = {"network": self.network, "averaged": self.averaged, "best": self.best}
        self.state = TrainingState(folder, config.training_settings(), dict(networks), self.optimizer)
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
        """Rows of each batch of an epoch: shuffled, sorted by size within buckets, and the batches shuffled again."""
        order = torch.randperm(len(self.train_set)).tolist()
        size, bucket = self.config.batch_size, self.config.batch_size * _BUCKET
        batches = []
        for start in range(0, len(order), bucket):
            alike = sorted(order[start : start + bucket], key=self.train_set.sizes.__getitem__)
            batches += [alike[place : place + size] for place in range(0, len(alike), size)]
        for place in torch.randperm(len(batches)).tolist():
            yield batches[place]

    def _step(self, rows: list[int], step: int) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate_at(step)
        compounds = self.train_set
        batch = to_batch([compounds.features[row] for row in rows]).to(self.device)
        targets, lowest = compounds.targets[rows].to(self.device), compounds.lowest_mz[rows].to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda"):
            roots, rest = self._predicted(batch)
        loss = cosine_loss(roots, targets, lowest, self.config.linear_loss_share) + self.config.rest_penalty * rest
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(f"The loss is no longer a number (step {step}). Lower the learning rate.")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.gradient_clip)
        self.optimizer.step()
        self._average(step)
        return value

    def _predicted(self, batch: MoleculeBatch) -> tuple[Tensor, Tensor | float]:
        """Square roots of intensities (B, 1000), and the mean share of intensity that fragments do not account for."""
        if not isinstance(self.network, FragmentNetwork):
            return self.network(batch), 0.0
        ions = self.network.ions(batch)
        return self.network.spectrum(ions, batch), 1 - explained_share(ions, batch).mean()

    @torch.no_grad()
    def _average(self, step: int) -> None:
        """Exponential moving average of weights; shorter at first, so that early scores mean something."""
        decay = min(self.config.ema_decay, (step + 1) / (step + 10))
        for mean, now in zip(self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - decay)
            else:
                mean.copy_(now)


def score(network: nn.Module, compounds: CompoundSet, device: torch.device) -> tuple[float, float]:
    """Mean cosine and cosine_sqrt of a network on the query spectra of a set."""
    predicted = predict_roots(network, compounds, device).square().numpy()
    return (
        float(similarity.cosine(predicted, compounds.queries).mean()),
        float(similarity.cosine_sqrt(predicted, compounds.queries).mean()),
    )


@torch.no_grad()
def predict_roots(network: nn.Module, compounds: CompoundSet, device: torch.device) -> Tensor:
    """Square roots of intensities that a network predicts for the compounds, in order, (C, 1000) float32 on the CPU."""
    network.eval()
    order = sorted(range(len(compounds)), key=compounds.sizes.__getitem__)
    parts = []
    for start in range(0, len(order), _SCORED_TOGETHER):
        rows = order[start : start + _SCORED_TOGETHER]
        parts.append(network(to_batch([compounds.features[row] for row in rows]).to(device)).float().cpu())
    places = torch.empty(len(order), dtype=torch.long)
    places[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[places]
