"""What can be asked of the fine-tuning job that is looked at: a row of buttons, and a menu with the same."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from bitspec_gui.domain.tuning_jobs import JobState, TuningJob
from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.dialogs.training_goes_on import Cancelling, CancelTrainingDialog
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.ui.training_run import TrainingRun

ALIVE = (JobState.RUNNING, JobState.PAUSED)


class TrainCommands(QWidget):
    """Buttons for what makes sense as the job stands; `save_wanted` asks for its curves as a file."""

    save_wanted = Signal()

    def __init__(self, train: TrainState, run: TrainingRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainCommands")
        self._train, self._run = train, run
        self._buttons: dict[str, QPushButton] = {}
        self._actions: dict[str, QAction] = {}
        row = FlowRow(self)
        self.menu = QMenu(self)
        self.menu.setObjectName("trainJobMenu")
        for name, words, tip, act in (
            ("trainVerdict", self.tr("See the &verdict"), self.tr("Whether it helped, on held-out compounds"), self._verdict),
            ("trainPause", self.tr("&Pause"), self.tr("Compute nothing until it is resumed; memory is kept"), self._pause),
            ("trainResume", self.tr("&Resume"), self.tr("Go on from where it is"), self._resume),
            ("trainPutOff", self.tr("Put &off"), self.tr("End now, and go on another time from where it is"), self._put_off),
            ("trainCancel", self.tr("&Cancel"), self.tr("End now and keep nothing; the base model is as it was"), self._cancel),
            ("trainSaveCurves", self.tr("&Save curves…"), self.tr("All points as a table, or a picture"), self.save_wanted.emit),
            ("trainRemove", self.tr("Take off the &list"), self.tr("Forget the job and its curves; a version it made stays"),
             self.remove),
        ):  # fmt: skip
            button = QPushButton(words, self)
            button.setObjectName(name)
            button.setAccessibleName(words.replace("&", ""))
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, act=act: act())
            action = QAction(words, self)
            action.setObjectName(f"{name}Action")
            action.setToolTip(tip)
            action.triggered.connect(lambda _checked=False, act=act: act())
            self.menu.addAction(action)
            self._buttons[name], self._actions[name] = button, action
            row.addWidget(button)
        self._buttons["trainVerdict"].setProperty("primary", "true")
        for signal in (train.jobs_changed, train.job_changed, train.verdict_changed, run.wish_changed, run.told_changed):
            signal.connect(self.refresh)
        self.refresh()

    def open_menu(self, place: QPoint) -> None:
        """The same as a menu, at a place on the screen."""
        self.menu.popup(place)

    def refresh(self) -> None:
        """Offer what makes sense now."""
        job = self._train.job
        state = job.state if job is not None else None
        asked = self._run.wish_of(job.job_id if job is not None else None) is not None
        shown = {
            "trainVerdict": state is JobState.DONE,
            "trainPause": state is JobState.RUNNING,
            "trainResume": state in (JobState.PAUSED, JobState.INTERRUPTED),
            "trainPutOff": state in ALIVE,
            "trainCancel": state in (*ALIVE, JobState.QUEUED),
            "trainSaveCurves": bool(self._run.course.runs),
            "trainRemove": state is not None and state.ended,
        }
        enabled = {
            "trainVerdict": self._run.course.verdict is not None,
            "trainPause": not asked,
            "trainResume": not asked,
            "trainPutOff": not asked,
        }
        for name, there in shown.items():
            for thing in (self._buttons[name], self._actions[name]):
                if thing.isVisibleTo(self) != there if isinstance(thing, QPushButton) else thing.isVisible() != there:
                    thing.setVisible(there)
                thing.setEnabled(enabled.get(name, True))

    def remove(self) -> None:
        """Ask before a job and its curves are forgotten."""
        job = self._train.job
        if job is None or not job.state.ended:
            return
        lost = self.tr("It can then not go on from where it was. ") if job.state.can_resume else ""
        words = self.tr("Take “%1” off the list? %2Its curves are deleted; a version that it made stays.")
        dialog = AskingDialog(
            "removeTraining",
            self.tr("Take a training off the list"),
            words.replace("%2", lost).replace("%1", job.name),
            self.tr("Take off the list"),
            self.window(),
        )
        # An answer of None closes the window by itself.
        dialog.accepted.connect(partial(self._run.remove, job.job_id))
        dialog.open()

    def _verdict(self) -> None:
        verdict, job = self._run.course.verdict, self._train.job
        if verdict is not None and job is not None:
            self._train.set_verdict(verdict, job.name, job.version_id)
        self._train.show_page(TrainPage.VERDICT)

    def _pause(self) -> None:
        self._with_job(self._run.pause)

    def _resume(self) -> None:
        self._with_job(self._run.resume)

    def _put_off(self) -> None:
        self._with_job(self._run.put_off)

    def _with_job(self, act: object) -> None:
        job = self._train.job
        if job is not None and callable(act):
            act(job.job_id)

    def _cancel(self) -> None:
        """At once where nothing was learned yet; else what was learned is not thrown away by one click."""
        job = self._train.job
        if job is None:
            return
        if job.state is JobState.QUEUED or not self._run.course.runs:
            self._run.cancel(job.job_id)
            return
        dialog = CancelTrainingDialog(job, self.window())
        dialog.chosen.connect(partial(self._take_choice, job))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_choice(self, job: TuningJob, choice: Cancelling) -> None:
        now = next((each for each in self._train.jobs if each.job_id == job.job_id), None)
        if now is None or now.state.ended:
            return
        if choice is Cancelling.CANCEL:
            self._run.cancel(job.job_id)
        elif choice is Cancelling.PUT_OFF:
            self._run.put_off(job.job_id)
