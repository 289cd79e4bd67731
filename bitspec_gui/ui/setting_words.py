"""The settings of a fine-tuning in words: what each is called, what it does, and in which unit. In the order to show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

_LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class SettingField:
    """A setting in words.

    ``zero`` is what 0 means, if that is special; ``choices`` are values with their words. A number with ``decimals`` may be a
    fraction, and one that spans ``powers`` of ten is typed as 1e-3. Fields take more than makes sense: `setting_faults` says what
    does not.
    """

    name: str
    title: str
    tip: str
    unit: str = ""
    zero: str = ""
    choices: tuple[tuple[Any, str], ...] = ()
    decimals: int = 0
    most: float = 100_000.0
    step: float = 1.0
    powers: bool = False

    def words(self, value: Any) -> str:
        """A value as the field shows it."""
        for choice, words in self.choices:
            if choice == value:
                return words
        if not value and self.zero:
            return self.zero
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{text} {self.unit}".strip()


def setting_fields() -> tuple[SettingField, ...]:
    """All settings that can be changed, but the strategy."""
    return (*_learning(), *_of_steps(), *_of_networks(), *_judging(), *_machine())


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingWords", text)


def _learning() -> tuple[SettingField, ...]:
    return (
        SettingField("epochs", _tr("Passes"), _tr("How often the training goes through your compounds (epochs)")),
        SettingField(
            "least_steps",
            _tr("At least"),
            _tr("With few compounds, more passes are made until there are so many steps"),
            _tr("steps"),
        ),
        SettingField(
            "rate",
            _tr("Learning rate"),
            _tr("How far one step changes the network. Too large forgets, too small learns nothing"),
            decimals=9,
            powers=True,
        ),
        SettingField("batch", _tr("Compounds in a step"), _tr("Halved by itself when memory runs out")),
        SettingField(
            "replay",
            _tr("Public compounds beside each"),
            _tr("Compounds of the public data are learned again beside yours, so that they are not forgotten"),
            zero=_tr("none"),
            decimals=2,
            step=0.5,
        ),
        SettingField(
            "share",
            _tr("Share of the change kept"),
            _tr("1 keeps all that was learned. Less lies between the model before and after: safer with few compounds"),
            decimals=2,
            step=0.05,
        ),
        SettingField(
            "response",
            _tr("Instrument's response"),
            _tr("Learn how your instrument weighs light and heavy ions. It is kept only if it helps, and can be switched off"),
            choices=((True, _tr("learn it")), (False, _tr("leave it alone"))),
        ),
    )


def _of_steps() -> tuple[SettingField, ...]:
    return (
        SettingField(
            "patience",
            _tr("Stop early after"),
            _tr("Training ends when so many checks in a row show no gain"),
            _tr("checks"),
            zero=_tr("never"),
        ),
        SettingField(
            "warm_up",
            _tr("Warm-up"),
            _tr("Share of the steps in which the learning rate rises; then it falls again"),
            decimals=2,
            step=0.05,
        ),
        SettingField(
            "clip",
            _tr("Largest step"),
            _tr("A step that would change more than this is shortened (norm of the gradients)"),
            decimals=3,
            step=0.5,
        ),
        SettingField(
            "weight_decay", _tr("Weight decay"), _tr("How strongly large weights are pulled back"), decimals=5, step=0.01
        ),
    )


def _of_networks() -> tuple[SettingField, ...]:
    return (
        SettingField(
            "backbone_rate",
            _tr("Rate of lower layers"),
            _tr("As a share of the learning rate of the upper ones"),
            decimals=3,
            step=0.05,
        ),
        SettingField(
            "layer_decay",
            _tr("Rate from layer to layer"),
            _tr("Each layer learns at this share of the rate of the one above it"),
            decimals=3,
            step=0.05,
        ),
        SettingField("rank", _tr("Rank"), _tr("Size of the small matrices beside each layer: larger ones can learn more")),
        SettingField("width", _tr("Width"), _tr("Size of the small layers that are put in: larger ones can learn more")),
    )


def _judging() -> tuple[SettingField, ...]:
    return (
        SettingField(
            "folds",
            _tr("Held out in turn"),
            _tr("So many trainings, each judged on the compounds that it did not learn from; 0 holds out one part only"),
            _tr("parts"),
            zero=_tr("one part only"),
        ),
        SettingField(
            "held_out",
            _tr("Part held out"),
            _tr("Share of the compounds that the verdict is made on, where one part is held out"),
            decimals=2,
            step=0.05,
        ),
        SettingField(
            "val",
            _tr("Part to stop by"),
            _tr("Share of the compounds that say when to stop, where one part is held out"),
            decimals=2,
            step=0.05,
        ),
        SettingField(
            "seed",
            _tr("Seed"),
            _tr("Another number draws other parts in another order; the same number repeats the training"),
            most=_LARGEST_SEED,
        ),
    )


def _machine() -> tuple[SettingField, ...]:
    on_off = ((True, _tr("on")), (False, _tr("off")))
    devices = (
        ("auto", _tr("the fastest there is")),
        ("cpu", _tr("processor (CPU)")),
        ("cuda", _tr("NVIDIA GPU (CUDA)")),
        ("mps", _tr("Apple GPU (MPS)")),
    )
    return (
        SettingField("device", _tr("Device"), _tr("Where the training runs"), choices=devices),
        SettingField(
            "amp",
            _tr("Half precision"),
            _tr("On a processor a quarter faster, with three times the memory; usual on a GPU"),
            choices=((None, _tr("where the device has it")), *on_off),
        ),
        SettingField(
            "compiled",
            _tr("Compile first"),
            _tr("For trying on a GPU: half a minute at the beginning; on a processor steps then take longer"),
            choices=on_off,
        ),
        SettingField(
            "checkpointed",
            _tr("Save memory"),
            _tr("Compute some things twice instead of keeping them; a smaller batch saves more memory"),
            choices=on_off,
        ),
    )
