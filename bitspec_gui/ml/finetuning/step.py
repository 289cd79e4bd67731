"""The loss of one step and its gradients, of all compounds at once or of parts that fit into memory."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bitspec_gui.ml.batches import MoleculeBatch, to_batch
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.devices import Precision, computing
from bitspec_gui.ml.fragment_network import FragmentNetwork, explained_share
from bitspec_gui.ml.network import SpectrumNetwork
from bitspec_gui.ml.response import Response
from bitspec_gui.ml.training import cosine_loss

_LINEAR_SHARE = 0.1
_REST_PENALTY = 0.03
"""Of networks that score fragments, as they were trained: what of the loss is that of linear intensities, and what the share of
intensity that fragments do not account for adds."""


class StepLoss:
    """Loss on own compounds as the instrument records them, and on replayed ones as they are."""

    def __init__(
        self, member: SpectrumNetwork, device: torch.device, precision: Precision, response: Response, replay_weight: float
    ) -> None:
        self._member, self._device, self._precision = member, device, precision
        self._response, self._replay_weight = response, replay_weight
        fragments = isinstance(member, FragmentNetwork)
        self._linear, self._penalty = (_LINEAR_SHARE, _REST_PENALTY) if fragments else (0.0, 0.0)

    def backward(
        self,
        own: CompoundSet,
        rows: list[int],
        replay: CompoundSet | None,
        more: list[int],
        chunk: int,
        scaler: torch.amp.GradScaler,
        check: Callable[[], None] = lambda: None,
    ) -> float:
        """Add the gradients of a step, computing `chunk` compounds at once; gives the mean loss on own compounds.

        The loss is a mean over compounds, so the gradients of parts, weighed by their sizes, add up to those of the whole.
        `check` is called between parts, and may raise: nothing but gradients has changed then.
        """
        every = [(own, row) for row in rows] + ([] if replay is None else [(replay, row) for row in more])
        told = 0.0
        for start in range(0, len(every), chunk):
            if start:
                check()
            part = every[start : start + chunk]
            here = max(0, min(len(rows) - start, len(part)))
            batch = to_batch([compounds.features[row] for compounds, row in part]).to(self._device)
            with computing(self._device, self._precision):
                roots, rest = self._predicted(batch)
            roots = roots.float()
            targets = torch.stack([compounds.targets[row] for compounds, row in part]).to(self._device)
            lowest = torch.stack([compounds.lowest_mz[row] for compounds, row in part]).to(self._device)
            loss = self._penalty * rest * (len(part) / len(every))
            if here:
                responded = self._response.on_roots(roots[:here])
                own_loss = cosine_loss(responded, targets[:here], lowest[:here], self._linear) * (here / len(rows))
                loss = loss + own_loss
                told += float(own_loss.detach())
            if here < len(part):
                share = self._replay_weight * (len(part) - here) / len(more)
                loss = loss + share * cosine_loss(roots[here:], targets[here:], lowest[here:], self._linear)
            scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        return told

    def _predicted(self, batch: MoleculeBatch) -> tuple[Tensor, Tensor]:
        """Square roots of intensities (B, 1000), and the mean share of intensity that fragments do not account for."""
        if not isinstance(self._member, FragmentNetwork):
            return self._member(batch), torch.zeros((), device=self._device)
        ions = self._member.ions(batch)
        return self._member.spectrum(ions, batch), 1 - explained_share(ions, batch).mean()
