"""Teaches one network of an ensemble, step by step."""

from __future__ import annotations

import copy
import math
import zlib
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_jobs import RunControl
from bitspec_gui.ml.changes.change import Change, change_of
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.devices import largest_at_once, let_go_of_memory, precision_of, ran_out_of_memory
from bitspec_gui.ml.finetuning.loop_state import LoopState, optimizer_tensors, put_into_optimizer
from bitspec_gui.ml.finetuning.memory_saving import Compilation, recomputed
from bitspec_gui.ml.finetuning.schedule import rate_share, replayed_rows, rows_at, seed_of
from bitspec_gui.ml.finetuning.step import StepLoss
from bitspec_gui.ml.finetuning.strategies import prepare, steps_of, steps_per_epoch
from bitspec_gui.ml.network import SpectrumNetwork
from bitspec_gui.ml.response import IDENTITY, Response

_SETBACK = 0.5
"""What is left of the learning rate after the loss was no longer a number."""


def _say_nothing(text: str) -> None:
    del text


class MemberTuning:
    """One training of one network of an ensemble, on a copy of it.

    What a step does depends on settings, data, name and the number of the step only, so that a training that goes on from a
    `state` comes to the same weights, bit for bit on one machine with one number of threads.

    Parameters
    ----------
    name : str
        Of the network in its ensemble.
    member : SpectrumNetwork
        The base; it is left as it is.
    own, replay : CompoundSet
        Compounds to learn, and public ones to learn again beside them (``settings.replay`` for each own one).
    response : Response
        Of the instrument that recorded the own spectra: the network learns through it, and public compounds are without.
    note : callable
        Told sentences that the user should read.

    Raises
    ------
    TrainingError
        If there is nothing to learn or nothing that learns.
    """

    def __init__(
        self,
        name: str,
        member: SpectrumNetwork,
        settings: TuningSettings,
        own: CompoundSet,
        *,
        replay: CompoundSet | None = None,
        response: Response = IDENTITY,
        device: torch.device | None = None,
        note: Callable[[str], None] = _say_nothing,
    ) -> None:
        if not len(own):
            raise TrainingError("There is no compound to learn from.")
        self._name, self._base, self._settings, self._note = name, member, settings, note
        self._own, self._response = own, response
        self._replay = replay if replay is not None and len(replay) and settings.replay > 0 else None
        self._device = device or torch.device("cpu")
        self._seed = f"{settings.seed} {name}"
        self.steps_per_epoch = steps_per_epoch(settings, len(own))
        self.steps = steps_of(settings, len(own))
        self.step = 0
        self._begin()

    def _begin(self) -> None:
        """A copy of the base with what the strategy adds, and an optimizer for what learns."""
        settings = self._settings
        self._member = copy.deepcopy(self._base).to(self._device)
        torch.manual_seed(seed_of(self._seed, "added"))
        groups = prepare(self._member, settings)
        self._highest = [group["lr"] for group in groups]
        # Fused, a step of all the weights takes half the time.
        self._optimizer = torch.optim.AdamW(groups, fused=self._device.type in ("cpu", "cuda"))
        self._learned = {name: p for name, p in self._member.named_parameters() if p.requires_grad}
        self._precision = precision_of(settings.amp, self._device)
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=self._precision.scaled)
        self._compilation = Compilation(self._member, settings.compiled, self._note)
        self._loss = StepLoss(self._member, self._device, self._precision, self._response, settings.replay)
        self._best: dict[str, Tensor] | None = None
        self._good = self._copies()
        self._rate_factor, self._losses = 1.0, [0.0, 0.0]
        self.chunk = min(self._step_size(self.steps_per_epoch - 1), largest_at_once(self._device))
        self._member.eval()

    @property
    def network(self) -> SpectrumNetwork:
        """As it is now, in evaluation mode; not to be changed."""
        return self._member

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self.steps

    @property
    def learning_rate(self) -> float:
        """The highest one of the next step."""
        share = rate_share(min(self.step, self.steps - 1), self.steps, self._settings.warm_up)
        return float(max(self._highest)) * self._rate_factor * share

    def advance(self, steps: int, control: RunControl) -> None:
        """Do so many steps, or those that are left. `control` is asked before each; nothing is half done if it raises.

        Raises
        ------
        Cancelled, Interrupted
            On the wish of `control`; `state` may be taken, and `advance` called again.
        TrainingError
            If memory runs out even with one compound, or the loss is twice no number.
        """
        self._good = self._copies()
        self._member.train()
        try:
            with self._compilation.on(), recomputed(self._member, self._settings.checkpointed):
                for _ in range(min(steps, self.steps - self.step)):
                    control.check()
                    self._one_step(control.check)
        finally:
            self._member.eval()

    def take_loss(self) -> float | None:
        """Mean loss of the steps since it was asked for last, on own compounds only; None if there was no step."""
        total, count = self._losses
        self._losses = [0.0, 0.0]
        return total / count if count else None

    def keep_best(self) -> None:
        """Remember what it has learned so far as the best."""
        self._best = self._copies()

    def put_best_back(self) -> None:
        """Go back to what was kept as the best; to the base if nothing was."""
        if self._best is None:
            fresh = MemberTuning(self._name, self._base, self._settings, self._own, device=self._device)
            self._best = fresh._copies()
        self._put(self._best)

    def change(self) -> Change:
        """What it has learned."""
        return change_of(self._member, self._settings.strategy, self._base)

    def state(self) -> LoopState:
        """All that a training must remember between two steps."""
        tensors = {f"learned.{name}": parameter.detach() for name, parameter in self._learned.items()}
        tensors |= {f"best.{name}": value for name, value in (self._best or {}).items()}
        tensors |= optimizer_tensors(self._optimizer)
        values = {
            "identity": self._identity(),
            "step": self.step,
            "chunk": self.chunk,
            "rate_factor": self._rate_factor,
            "losses": list(self._losses),
            "scaler": self._scaler.state_dict(),
        }
        return LoopState(values, {name: value.to("cpu", copy=True).contiguous() for name, value in tensors.items()})

    def restore(self, state: LoopState) -> None:
        """Go on from a state.

        Raises
        ------
        TrainingError
            If it is of a training with other settings or data, or does not fit.
        """
        if state.values.get("identity") != self._identity():
            raise TrainingError("The checkpoint belongs to a fine-tuning with other settings or data. Start it anew.")
        try:
            self._put(state.below("learned"))
            self._best = {name: value.to(self._device) for name, value in state.below("best").items()} or None
            put_into_optimizer(self._optimizer, state.below("optimizer"))
            self.step, self.chunk = int(state.values["step"]), int(state.values["chunk"])
            self._rate_factor = float(state.values["rate_factor"])
            self._losses = [float(value) for value in state.values["losses"]]
            if state.values["scaler"]:
                self._scaler.load_state_dict(state.values["scaler"])
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            raise TrainingError(f"The checkpoint of the fine-tuning cannot be used: {error}. Start it anew.") from error
        self._good = self._copies()

    def _identity(self) -> dict[str, object]:
        """What must be the same for a state to be gone on from."""
        settings = {key: value for key, value in self._settings.as_json().items() if key not in ("device", "share", "folds")}
        # Neither replayed targets nor the response: they are computed, and differ in the last digit with the number of threads.
        names = [*self._own.connectivities, "public", *([] if self._replay is None else self._replay.connectivities)]
        checksum = zlib.crc32(np.ascontiguousarray(self._own.queries).tobytes(), zlib.crc32(" ".join(names).encode()))
        return {"name": self._name, "settings": settings, "data": checksum}

    def _one_step(self, check: Callable[[], None]) -> None:
        step, settings = self.step, self._settings
        for group, highest in zip(self._optimizer.param_groups, self._highest, strict=True):
            group["lr"] = highest * self._rate_factor * rate_share(step, self.steps, settings.warm_up)
        loss = self._gradients(step, check)
        norm = float(self._unscaled_norm())
        if not math.isfinite(loss) or (not math.isfinite(norm) and not self._precision.scaled):
            self._go_back()
            return
        try:
            self._scaler.step(self._optimizer)
        except (MemoryError, RuntimeError) as error:
            if not ran_out_of_memory(error):
                raise
            raise TrainingError(
                "There is not enough memory to train so much of the networks. Choose LoRA, adapters or the head alone."
            ) from error
        self._scaler.update()
        self._losses = [self._losses[0] + loss, self._losses[1] + 1]
        self.step += 1

    def _gradients(self, step: int, check: Callable[[], None]) -> float:
        """Compute the gradients of a step, in smaller parts if memory runs out; gives the loss on own compounds."""
        rows = rows_at(step, len(self._own), self.steps_per_epoch, self._seed)
        more: list[int] = []
        if self._replay is not None:
            wanted = max(1, round(len(rows) * self._settings.replay))
            more = replayed_rows(step * wanted, wanted, len(self._replay), self._seed)
        while True:
            self._optimizer.zero_grad(set_to_none=True)
            torch.manual_seed(seed_of(self._seed, step))
            try:
                return self._loss.backward(self._own, rows, self._replay, more, self.chunk, self._scaler, check)
            except (MemoryError, RuntimeError, OSError, ImportError) as error:
                fault = error if not ran_out_of_memory(error) else None
                if fault is not None and not self._compilation.given_up(fault):
                    raise
                if fault is None and self.chunk == 1:
                    raise TrainingError("There is not enough memory to train on even one compound at a time.") from error
            # The error, and with it all that was computed, is gone here.
            if fault is None:
                self._halve()

    def _halve(self) -> None:
        self.chunk = max(1, self.chunk // 2)
        self._optimizer.zero_grad(set_to_none=True)
        let_go_of_memory(self._device)
        self._note(
            f"Memory ran out: from now on {self.chunk} compounds are computed at once, half as many as before. "
            "What is learned from each step stays the same; it takes a little longer."
        )

    def _unscaled_norm(self) -> Tensor:
        self._scaler.unscale_(self._optimizer)
        return nn.utils.clip_grad_norm_(list(self._learned.values()), self._settings.clip)

    def _go_back(self) -> None:
        """Undo the steps since the last good state, and go on at half the rate; once."""
        self._optimizer.zero_grad(set_to_none=True)
        if self._rate_factor < 1.0:
            raise TrainingError(
                "The loss is no longer a number, even at half the learning rate. Lower the learning rate, or look at the spectra."
            )
        self._rate_factor = _SETBACK
        self._put(self._good)
        self._optimizer.state.clear()
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=self._precision.scaled)
        self.step += 1
        self._note(
            "The loss was no longer a number: training went back to its last good state, and goes on at half the learning rate."
        )

    def _step_size(self, step: int) -> int:
        rows = len(rows_at(step, len(self._own), self.steps_per_epoch, self._seed))
        return rows + (max(1, round(rows * self._settings.replay)) if self._replay is not None else 0)

    def _copies(self) -> dict[str, Tensor]:
        return {name: parameter.detach().clone() for name, parameter in self._learned.items()}

    def _put(self, values: dict[str, Tensor]) -> None:
        if set(values) != set(self._learned):
            raise ValueError("it holds other parameters than those that learn")
        for name, parameter in self._learned.items():
            if values[name].shape != parameter.shape:
                raise ValueError(f"{name} has another shape")
            parameter.data.copy_(values[name])
