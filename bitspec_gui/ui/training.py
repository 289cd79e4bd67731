"""The *Train* tab at work: its flows from the start, its pages as soon as one is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.errors import DamagedDatabase
from bitspec_gui.domain.tuning_jobs import TuningJob
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.dropped_files import models_among
from bitspec_gui.services.tuning_process import start_runner
from bitspec_gui.ui.dialogs.training_goes_on import TrainingGoesOnDialog, WhenClosing
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.panels.train import TrainPanel
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.train_planning import TrainPlanning
from bitspec_gui.ui.train_prediction import TrainPrediction
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.ui.training_data import TrainingData
from bitspec_gui.ui.training_run import TrainingRun
from bitspec_gui.ui.training_words import headline, state_words
from bitspec_gui.workers.runner import Runner
from bitspec_gui.workers.trainer import Trainer

if TYPE_CHECKING:
    from bitspec_gui.ui.panels.train_models import TrainModelsPage
    from bitspec_gui.ui.panels.train_run import TrainRunPage
    from bitspec_gui.ui.panels.train_spectra import TrainSpectraPage
    from bitspec_gui.ui.panels.train_verdict import TrainVerdictPage


class Training(QObject):
    """Puts the *Train* tab together and follows trainings, whichever tab is on show. Pages are imported when they are made.

    ``model_chosen`` carries the `RegisteredVersion` that is to predict from now on. ``shown`` asks for the tab to be shown.
    """

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)
    text_to_save = Signal(object, str)
    model_chosen = Signal(object)
    shown = Signal()
    closing_allowed = Signal()
    standing_changed = Signal(str)
    spectrum_changed = Signal()

    def __init__(
        self,
        window: QWidget,
        services: Services,
        runner: Runner,
        state: WindowState,
        thumbnails: Thumbnails,
        drawings: Drawings,
        last_folder: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._services, self._runner, self._state = services, runner, state
        self._thumbnails, self._drawings, self._last_folder = thumbnails, drawings, last_folder
        self.train = TrainState(self)
        self.trainer = Trainer(services.tuning_jobs, partial(start_runner, services.paths), self)
        self.data = TrainingData(services.tuning_data, runner, self.train, self)
        self.planning = TrainPlanning(services.planner, services.tuning_jobs, runner, self.train, self)
        self.run = TrainingRun(self.train, self.trainer, self)
        self.versions = ModelVersions(self.train, services.models, services.tuning_data.used_records, runner, self)
        self.predictions = TrainPrediction(services.prediction, runner, state, self)
        self.panel = TrainPanel(state, self.train, window)
        self.pages: dict[TrainPage, QWidget] = {}
        self.spectra: TrainSpectraPage | None = None
        self._keep_training = True
        self._may_close = False
        self._damaged: DamagedDatabase | None = None
        self.start_fresh = self.panel.notice.add_button("trainStartFresh", self.tr("Keep it aside and start fresh"))
        self.start_fresh.clicked.connect(lambda _checked=False: self._set_aside())
        self._connect()

    # Life

    def start(self) -> None:
        """Follow what trains already, and go on with what was queued."""
        self.trainer.open()
        self.versions.refresh()
        self._runner.submit("io", self._services.models.tidy, on_error=self._failed)

    def may_close(self) -> bool:
        """Whether the window may close now; asks if something trains, and tells the answer by `closing_allowed`."""
        job = self.run.goes_on
        if job is None or self._may_close:
            return True
        self._ask_before_closing(job)
        return False

    def stop(self) -> None:
        """The window closes: begin nothing any more, and leave trainings as was wished."""
        self.data.stop()
        self.planning.stop()
        self.run.stop()
        if self.spectra is not None:
            self.spectra.stop()
        self.trainer.stop(keep_training=self._keep_training)

    # What is looked at

    @property
    def shows_spectrum(self) -> bool:
        """Whether a spectrum of a dataset is looked at: `predictions` knows it."""
        return self.train.page is TrainPage.SPECTRA and bool(self.train.spectra)

    def escape(self) -> None:
        """Stop reading files, else looking at the dataset: what Esc means here. A training has its own buttons."""
        if not self.data.cancel():
            self.planning.cancel()

    # What comes in

    def add_files(self, paths: Sequence[Path]) -> None:
        """Files were dropped or chosen: they are spectra to learn from, or models that somebody sent."""
        self._runner.submit("open", models_among, list(paths), on_done=self._sorted, on_error=self.failed.emit)

    def import_models(self, paths: Sequence[Path]) -> None:
        """Take in model versions from .bitspec files."""
        self.show_page(TrainPage.MODELS)
        for path in paths:
            self.versions.import_file(path)

    def learn_from(self, entry_ids: NDArray[np.int64], library: str) -> None:
        """Take entries of a library into the dataset looked at."""
        self.show_page(TrainPage.SPECTRA)
        self.data.add_entries(lambda: entry_ids, library)

    def _sorted(self, found: tuple[Sequence[Path], Sequence[Path]]) -> None:
        models, others = found
        if models:
            self.import_models(models)
        if others:
            self.look_at(TrainPage.SPECTRA)
            self.data.add_files(list(others))

    def show_page(self, page: TrainPage) -> None:
        """Show a page, whichever tab is on show."""
        self.shown.emit()
        self.look_at(page)

    def show_run(self) -> None:
        """Show the training that runs."""
        self.show_page(TrainPage.TRAINING)

    def show_version(self, version_id: int) -> None:
        """Show a model version."""
        self.show_page(TrainPage.MODELS)
        self.train.look_at_version(version_id)

    def look_at(self, page: TrainPage) -> None:
        """Show a page of the tab."""
        self._make(page)
        self.train.show_page(page)

    # Parts

    def _connect(self) -> None:
        train = self.train
        for part in (self.data, self.planning, self.run, self.versions):
            part.told.connect(self.told)
            part.failed.connect(self._failed)
        self.panel.files_dropped.connect(self.add_files)
        self.panel.came_into_view.connect(self._came_into_view)
        train.page_changed.connect(lambda: self._make(train.page))
        for changed in (self.predictions.shown_changed, train.page_changed, train.spectra_changed):
            changed.connect(self.spectrum_changed)
        # Whether the chosen version can be used is known when it is loaded.
        self._state.model_changed.connect(lambda: self.versions.refresh() if self._state.model is not None else None)
        self.planning.queued.connect(self._queued)
        self.run.job_ended.connect(self._job_ended)
        self.versions.model_chosen.connect(self.model_chosen)
        for signal in (self.run.told_changed, self.run.wish_changed, train.jobs_changed):
            signal.connect(self._tell_standing)

    def _came_into_view(self) -> None:
        self._make(self.train.page)
        if self.train.datasets is None:
            self.data.refresh()
        self.versions.refresh()

    def _make(self, page: TrainPage) -> None:
        """Make the widget of a page when it is first looked at: the window is up sooner for it."""
        if page in self.pages:
            return
        made = {
            TrainPage.SPECTRA: self._spectra_page, TrainPage.PLAN: self._plan_page, TrainPage.TRAINING: self._run_page,
            TrainPage.VERDICT: self._verdict_page, TrainPage.MODELS: self._models_page,
        }[page]()  # fmt: skip
        self.pages[page] = made
        self.panel.put(page, made)

    def _spectra_page(self) -> QWidget:
        from bitspec_gui.ui.panels.train_spectra import TrainSpectraPage
        from bitspec_gui.ui.training_asking import TrainingAsking

        self.spectra = page = TrainSpectraPage(
            self._state, self.train, self.data, self.predictions, self._thumbnails, self._drawings, self.panel
        )
        asking = TrainingAsking(
            page, self._state, self.train, self.data, self._services.libraries, self._drawings, self._thumbnails,
            self._last_folder,
        )  # fmt: skip
        asking.told.connect(self.told)
        asking.text_to_save.connect(self.text_to_save)
        page.told.connect(self.told)
        return page

    def _plan_page(self) -> QWidget:
        from bitspec_gui.ui.panels.train_plan import TrainPlanPage

        return TrainPlanPage(self._state, self.train, self.planning, self.panel)

    def _run_page(self) -> QWidget:
        from bitspec_gui.ui.panels.train_run import TrainRunPage

        return self._hearing(TrainRunPage(self._state, self.train, self.run, self._runner, self.panel))

    def _verdict_page(self) -> QWidget:
        from bitspec_gui.ui.panels.train_verdict import TrainVerdictPage

        return self._hearing(TrainVerdictPage(self._state, self.train, self.versions, self._thumbnails, self._runner, self.panel))

    def _models_page(self) -> QWidget:
        from bitspec_gui.ui.panels.train_models import TrainModelsPage

        return self._hearing(TrainModelsPage(self._state, self.train, self.versions, self.panel))

    def _hearing(self, page: TrainRunPage | TrainVerdictPage | TrainModelsPage) -> QWidget:
        page.told.connect(self.told)
        page.failed.connect(self._failed)
        page.folder_changed.connect(self.folder_changed)
        page.folder = self._last_folder()
        return page

    # A database that is damaged

    def _failed(self, error: Exception) -> None:
        """Say on the tab itself that the database of fine-tuning is damaged; pass on what else is wrong."""
        if not isinstance(error, DamagedDatabase) or error.database.parent != self._services.paths.training:
            self.failed.emit(error)
            return
        self._damaged = error
        rest = self.tr("BitSpec predicts meanwhile with the model that comes with it.")
        self.panel.notice.say(f"{error} {rest}")

    def _set_aside(self) -> None:
        damaged = self._damaged
        if damaged is None:
            return
        self._damaged = None
        self.start_fresh.setEnabled(False)
        job = self._runner.submit(
            "edit", self._services.training.set_aside, damaged, on_done=self._begin_anew, on_error=self._failed
        )
        job.ended.connect(lambda _job: self.start_fresh.setEnabled(True))

    def _begin_anew(self, kept: Path) -> None:
        self.panel.notice.say("")
        self.told.emit(self.tr("The damaged database was kept as %1").replace("%1", str(kept)))
        self.data.refresh()
        self.versions.refresh()
        self.trainer.start()

    # What happens

    def _queued(self, job: TuningJob) -> None:
        self.run.queued(job)
        self.look_at(TrainPage.TRAINING)

    def _job_ended(self, _job: TuningJob) -> None:
        self.versions.refresh()

    def _tell_standing(self) -> None:
        """How the training that runs stands, for whoever looks at another tab; nothing if none runs."""
        job = self.train.running
        if job is None:
            self.standing_changed.emit("")
        elif job.job_id == self.train.job_id:
            self.standing_changed.emit(f"{job.name}: {headline(job, self.run.course, self.run.wish_of(job.job_id))}")
        else:
            self.standing_changed.emit(f"{job.name}: {state_words(job)}")

    def _ask_before_closing(self, job: TuningJob) -> None:
        dialog = TrainingGoesOnDialog(job, self.panel.window())

        def answered(choice: object) -> None:
            dialog.deleteLater()
            if choice is WhenClosing.STAY:
                return
            self._keep_training = choice is WhenClosing.GO_ON
            self._may_close = True
            self.closing_allowed.emit()

        dialog.chosen.connect(answered)
        dialog.open()
