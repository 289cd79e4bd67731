"""What becomes of a training when the window closes, and whether one is really to be cancelled."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.ui.dialogs.choosing import ChoosingDialog, Way


class WhenClosing(Enum):
    """What is to happen to trainings that run or wait."""

    GO_ON = "go on"
    PUT_OFF = "put off"
    STAY = "stay"


class Cancelling(Enum):
    """What is to happen to a training that is about to be cancelled."""

    CANCEL = "cancel"
    PUT_OFF = "put off"
    GO_ON = "go on"


class TrainingGoesOnDialog(ChoosingDialog):
    """Asked when the window closes while a training runs or waits; `chosen` carries a `WhenClosing`."""

    def __init__(self, job: TuningJob, parent: QWidget | None = None) -> None:
        words = _tr("“%1” is not done yet. What is to happen to it when the window is closed?").replace("%1", job.name)
        ways = (
            Way(
                WhenClosing.GO_ON,
                "GoOn",
                _tr("&Go on training in the background"),
                _tr("The window closes, and training goes on. The next window shows how far it is."),
            ),
            Way(
                WhenClosing.PUT_OFF,
                "PutOff",
                _tr("&Put it off"),
                _tr("Training ends here for now. It can go on from its last checkpoint next time."),
            ),
            Way(WhenClosing.STAY, "Stay", _tr("&Stay"), _tr("The window stays open.")),
        )
        super().__init__("trainingGoesOn", _tr("A model is being trained"), words, ways, parent)

    @classmethod
    def ask(cls, job: TuningJob, parent: QWidget | None = None) -> WhenClosing:
        """Ask, and wait for the answer."""
        dialog = cls(job, parent)
        dialog.exec()
        choice = dialog.choice
        dialog.deleteLater()
        assert isinstance(choice, WhenClosing)
        return choice


class CancelTrainingDialog(ChoosingDialog):
    """Asked before what was learned is thrown away; `chosen` carries a `Cancelling`."""

    def __init__(self, job: TuningJob, parent: QWidget | None = None) -> None:
        words = _tr("Cancel the training of “%1”?").replace("%1", job.name)
        ways = (
            Way(
                Cancelling.CANCEL,
                "Cancel",
                _tr("&Cancel it"),
                _tr("What was learned is thrown away. The base model is as it was."),
            ),
            Way(Cancelling.PUT_OFF, "PutOff", _tr("&Put it off"), _tr("It ends now, and can go on later from where it is.")),
            Way(Cancelling.GO_ON, "GoOn", _tr("&Go on training"), ""),
        )
        super().__init__("cancelTraining", _tr("Cancel the training"), words, ways, parent)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TrainingGoesOn", text)
