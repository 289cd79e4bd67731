"""What can be done on the *Train* tab, in the menu bar: so that all of it can be found, and done without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu

from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.ui.train_state import TrainPage
from bitspec_gui.ui.training import Training


def _tr(text: str) -> str:
    return QCoreApplication.translate("TrainingMenu", text)


def _words() -> dict[str, tuple[str, str]]:
    """Text and explanation of each action."""
    return {
        "train_add_files": (_tr("&Add spectra to learn from…"), _tr("Choose files with your own measured spectra")),
        "train_from_library": (_tr("Add spectra from a &library…"), _tr("Learn from spectra of one of your libraries")),
        "train_plan": (_tr("&Plan"), _tr("What BitSpec proposes for your spectra, why, and how long it takes")),
        "train_run": (_tr("&Trainings"), _tr("The training that runs, and earlier ones")),
        "train_pause": (_tr("Pa&use or go on"), _tr("Let the training that runs pause, or go on after a pause")),
        "train_verdict": (_tr("&Verdict"), _tr("Whether it helped, on compounds that were held out")),
        "train_models": (_tr("&Models"), _tr("All versions of the model: use, compare, roll back, hand on")),
        "train_import": (_tr("&Import a model…"), _tr("Take in a version that somebody exported as a .bitspec file")),
    }


class TrainingMenu(QObject):
    """The *Train* menu."""

    def __init__(self, window: QMainWindow, training: Training, last_folder: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._training, self._last_folder = window, training, last_folder
        menu = window.menuBar().findChild(QMenu, "menuTrain")
        assert menu is not None
        self.actions_ = {name: self._action(name, text, tip) for name, (text, tip) in _words().items()}
        for names in (
            ("train_add_files", "train_from_library"), ("train_plan", "train_run", "train_pause", "train_verdict"),
            ("train_models", "train_import"),
        ):  # fmt: skip
            menu.addActions([self.actions_[name] for name in names])
            menu.addSeparator()
        self._connect()
        self._enable()

    def _action(self, name: str, text: str, tip: str) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setStatusTip(tip)
        action.setToolTip(tip)
        return action

    def _connect(self) -> None:
        pages = {
            "train_plan": TrainPage.PLAN, "train_run": TrainPage.TRAINING, "train_verdict": TrainPage.VERDICT,
            "train_models": TrainPage.MODELS,
        }  # fmt: skip
        for name, page in pages.items():
            self.actions_[name].triggered.connect(lambda _checked=False, page=page: self._show(page))
        for name, action in (("train_add_files", "add_files"), ("train_from_library", "from_library")):
            self.actions_[name].triggered.connect(lambda _checked=False, action=action: self._on_spectra(action))
        self.actions_["train_pause"].triggered.connect(lambda _checked=False: self._pause())
        self.actions_["train_import"].triggered.connect(lambda _checked=False: self._ask_for_models())
        self._training.train.jobs_changed.connect(self._enable)

    def _enable(self) -> None:
        self.actions_["train_pause"].setEnabled(self._training.train.running is not None)

    def _show(self, page: TrainPage) -> None:
        self._training.show_page(page)

    def _on_spectra(self, action: str) -> None:
        self._show(TrainPage.SPECTRA)
        assert self._training.spectra is not None
        getattr(self._training.spectra.actions_, action).trigger()

    def _pause(self) -> None:
        job = self._training.train.running
        if job is None:
            return
        if job.state is JobState.PAUSED:
            self._training.run.resume(job.job_id)
        else:
            self._training.run.pause(job.job_id)

    def _ask_for_models(self) -> None:
        kinds = ";;".join((self.tr("Models (*.bitspec)"), self.tr("All files (*)")))
        names, _kind = QFileDialog.getOpenFileNames(self._window, self.tr("Import a model"), self._last_folder(), kinds)
        if names:
            self._training.import_models([Path(name) for name in names])
