"""The page *Training*: jobs, the one looked at with how far it is, its learning curves, and examples."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QWidget

from bitspec_gui.domain.tuning_jobs import JobState
from bitspec_gui.services.atomic_text import replacing_file
from bitspec_gui.services.training_course import TrainingCourse, write_curves
from bitspec_gui.services.tuning_faults import PUT_OFF
from bitspec_gui.ui.exporting import PICTURE_FILTERS, file_stem
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.curve_legend import CurveLegend
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.roomy_page import RoomyPage, splitter
from bitspec_gui.ui.panels.train_commands import TrainCommands
from bitspec_gui.ui.panels.train_examples import TrainExamples
from bitspec_gui.ui.panels.train_jobs import TrainJobs
from bitspec_gui.ui.report_export import SaveDialog
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.ui.training_run import TrainingRun
from bitspec_gui.ui.training_words import headline, where_words
from bitspec_gui.ui.views.learning_curves import LearningCurves
from bitspec_gui.workers.runner import Runner

CURVE_FILTERS = {".csv": "CSV (*.csv)", **PICTURE_FILTERS}

SIDE_BY_SIDE_FROM_LETTERS = 92

THOUSANDTHS = 1000


class TrainRunPage(RoomyPage):
    """``told`` carries a sentence, ``failed`` an exception, ``folder_changed`` the folder that a file was written to."""

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(
        self, window: WindowState, train: TrainState, run: TrainingRun, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__("trainRunPage", parent)
        self._window, self._train, self._run, self._runner = window, train, run, runner
        self.folder = ""
        self.jobs = TrainJobs(window, train, run, self.body)
        self.headline = OneLine("trainHeadline", "title", self.body)
        self.progress = QProgressBar(self.body)
        self.where = OneLine("trainWhere", "muted", self.body, shortest_px=0)
        self.commands = TrainCommands(train, run, self.body)
        self.problem = Notice("trainProblem", "danger", self.body)
        self.notes = Notice("trainNotes", "warning", self.body)
        self.curves = LearningCurves("trainCurves", self.body)
        self.legend = CurveLegend(self.curves, self.body)
        self.examples = TrainExamples(window, self.body)
        self.empty = QLabel(self.body)
        self._arrange()
        self.jobs.remove_wanted.connect(self.commands.remove)
        self.jobs.menu_wanted.connect(self.commands.open_menu)
        self.commands.save_wanted.connect(self.ask_to_save)
        for signal in (train.jobs_changed, train.job_changed, run.wish_changed):
            signal.connect(self._show_job)
        run.told_changed.connect(self._show_course)
        window.colours_changed.connect(self._show_colours)
        self._show_colours()
        self._show_course()

    def ask_to_save(self) -> None:
        """Ask where to, and write the points of the curves, or a picture of them."""
        job = self._train.job
        if job is None:
            return
        stem = file_stem(self.tr("%1 learning curves").replace("%1", job.name))
        dialog = SaveDialog(self, self.tr("Save learning curves"), self.folder, stem, CURVE_FILTERS)
        dialog.chosen.connect(self._save)
        dialog.open()

    def _arrange(self) -> None:
        self.progress.setObjectName("trainProgress")
        self.progress.setAccessibleName(self.tr("How far the training is"))
        self.progress.setRange(0, THOUSANDTHS)
        self.progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.empty.setObjectName("trainNoJobs")
        self.empty.setText(
            self.tr("Nothing was trained yet. Add spectra with their structures on page 1; page 2 proposes a plan and begins.")
        )
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.curves.setMinimumHeight(170)
        self.halves = splitter("trainRunSplitter", self.body)
        self.halves.addWidget(self.curves)
        self.halves.addWidget(self.examples)
        self.halves.setStretchFactor(0, 1)
        self.halves.setStretchFactor(1, 1)
        self.turn_below(self.halves, SIDE_BY_SIDE_FROM_LETTERS)
        for widget in (
            self.jobs, self.empty, self.headline, self.progress, self.where, self.commands, self.problem, self.notes, self.legend,
        ):  # fmt: skip
            self.column.addWidget(widget)
        self.column.addWidget(self.halves, 1)
        self.column.addStretch(0)
        self.jobs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # What is shown

    def _show_job(self) -> None:
        job, course = self._train.job, self._run.course
        wish = self._run.wish_of(job.job_id if job is not None else None)
        self.jobs.setVisible(bool(self._train.jobs))
        self.empty.setVisible(not self._train.jobs)
        for widget in (self.headline, self.progress, self.commands, self.legend, self.halves):
            widget.setVisible(job is not None)
        self.where.setVisible(job is not None and bool(self.where.text()))
        if job is None:
            self.problem.say("")
            self.notes.say("")
            return
        self.headline.setText(headline(job, course, wish))
        done = 1.0 if job.state is JobState.DONE else course.usage.done if course.usage is not None else 0.0
        self.progress.setValue(round(THOUSANDTHS * min(max(done, 0.0), 1.0)))
        self.progress.setFormat(f"{done:.0%}".replace("%", " %"))
        self.progress.setVisible(job.state not in (JobState.CANCELLED, JobState.FAILED))
        wished = job.said == PUT_OFF
        bad = job.state in (JobState.INTERRUPTED, JobState.FAILED) and not wished
        self.problem.say(job.said if bad else "")
        put_off = [job.said] if wished and job.state is JobState.INTERRUPTED else []
        self.notes.say("\n".join([*put_off, *course.notes[-2:]]))
        self.notes.setToolTip("\n".join(course.notes))
        waits = job.state in (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
        hint = self.tr("Curves begin with the first steps.") if waits else self.tr("It told no curves.")
        self.curves.set_hint("" if course.runs else hint)

    def _show_course(self) -> None:
        course, job = self._run.course, self._train.job
        ended = job is None or job.state.ended
        self.where.setText(where_words(course))
        self.curves.show_course(course, ended=ended)
        self.legend.show_course(course)
        self.examples.show_course(course)
        self._show_job()

    def _show_colours(self) -> None:
        self.curves.set_colours(self._window.colours)
        self.legend.set_colours()

    # What is written

    def _save(self, path: Path) -> None:
        suffix = path.suffix.lower()
        self.folder = str(path.parent)
        self.folder_changed.emit(self.folder)
        content = self.curves.picture(suffix) if suffix in PICTURE_FILTERS else self._run.course
        self._runner.submit(
            "io",
            _write,
            path,
            content,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=lambda _none: self.told.emit(self.tr("Written: %1").replace("%1", str(path))),
            on_error=self.failed.emit,
        )


def _write(path: Path, content: TrainingCourse | bytes) -> None:
    """Write a picture, or a table of points; in the io lane."""
    if isinstance(content, bytes):
        with replacing_file(path) as temporary:
            temporary.write_bytes(content)
    else:
        write_curves(content, path)
