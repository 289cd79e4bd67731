"""Fine-tuning jobs as the *Train* tab follows them: which there are, what the one looked at tells, and what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.tuning_jobs import JobState, TuningEvent, TuningJob, Wish
from bitspec_gui.services.training_course import TrainingCourse
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.workers.trainer import Trainer

TELL_EVERY_MS = 120
"""However often a job tells something, the page is drawn anew no more often than this."""


class TrainingRun(QObject):
    """Between the thread that supervises trainings and the pages.

    ``told_changed`` says that `course`, what the job looked at has told, knows more. ``wish_changed`` says that something was
    asked of a job, or has come true. ``job_ended`` carries a `TuningJob` that ended just now.
    """

    told_changed = Signal()
    wish_changed = Signal()
    job_ended = Signal(object)
    told = Signal(str)
    failed = Signal(object)

    def __init__(self, train: TrainState, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._train, self._trainer = train, trainer
        self.course = TrainingCourse()
        self._attached: int | None = None
        self._handed_on: TrainingCourse | None = None
        self._wishes: dict[int, Wish] = {}
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(TELL_EVERY_MS)
        self._tell.timeout.connect(self._now)
        trainer.jobs_changed.connect(self._take_jobs)
        trainer.events.connect(self._take_events)
        trainer.replayed.connect(self._replayed)
        trainer.ended.connect(self._ended)
        trainer.failed.connect(self._failed)
        train.job_changed.connect(self._follow)

    # What is derived

    @property
    def goes_on(self) -> TuningJob | None:
        """The job that would be disturbed if everything ended now: the one that runs, else one that waits."""
        waiting = (job for job in self._train.jobs if job.state is JobState.QUEUED)
        return self._train.running or next(waiting, None)

    def wish_of(self, job_id: int | None) -> Wish | None:
        """What was asked of a job and has not come true yet."""
        return self._wishes.get(job_id) if job_id is not None else None

    # What is asked for

    def queued(self, job: TuningJob) -> None:
        """A job was put in the queue: look at it, and see that it begins."""
        others = (each for each in self._train.jobs if each.job_id != job.job_id)
        self._train.set_jobs([job, *others])
        self._train.look_at_job(job.job_id)
        self._trainer.start()

    def pause(self, job_id: int) -> None:
        """Compute nothing until it is resumed."""
        self._wish(job_id, Wish.PAUSE)
        self._trainer.pause(job_id)

    def resume(self, job_id: int) -> None:
        """Go on: at once after a pause, in its turn after an interruption."""
        self._wish(job_id, Wish.RUN)
        self._trainer.resume(job_id)

    def cancel(self, job_id: int) -> None:
        """End it, and keep nothing."""
        self._wish(job_id, Wish.CANCEL)
        self._trainer.cancel(job_id)

    def put_off(self, job_id: int) -> None:
        """End it now, to go on later from where it is."""
        self._wish(job_id, Wish.STOP)
        self._trainer.put_off(job_id)

    def remove(self, job_id: int) -> None:
        """Take a job that has ended off the list; a version that it made stays."""
        self._trainer.remove(job_id)

    def stop(self) -> None:
        """Follow no more (the window closes); the training itself is not touched."""
        self._tell.stop()
        if self._attached is not None:
            self._trainer.detach(self._attached)
            self._attached = None

    # What comes

    def _wish(self, job_id: int, wish: Wish) -> None:
        self._wishes[job_id] = wish
        self.wish_changed.emit()

    def _follow(self) -> None:
        """The job looked at is another one: what it tells comes from its beginning."""
        if self._attached == self._train.job_id:
            return
        if self._attached is not None:
            self._trainer.detach(self._attached)
        self._attached = self._train.job_id
        self.course = TrainingCourse()
        self._train.set_verdict(None)
        if self._attached is not None:
            self._trainer.attach(self._attached)
        self._now()

    def _take_jobs(self, jobs: Sequence[TuningJob]) -> None:
        states = {job.job_id: job.state for job in jobs}
        self._wishes = {number: wish for number, wish in self._wishes.items() if not _came_true(wish, states.get(number))}
        self._train.set_jobs(jobs)
        self.wish_changed.emit()
        self._name_version()

    def _take_events(self, job_id: int, events: Sequence[TuningEvent]) -> None:
        if job_id != self._attached:
            return
        for event in events:
            self.course.take(event)
        if not self._tell.isActive():
            self._tell.start()

    def _replayed(self, job_id: int) -> None:
        if job_id == self._attached:
            self._now()

    def _now(self) -> None:
        self._tell.stop()
        job, verdict = self._train.job, self.course.verdict
        # Once only: later on somebody may be looking at the verdict of another version.
        if verdict is not None and job is not None and self._handed_on is not self.course:
            self._handed_on = self.course
            self._train.set_verdict(verdict, job.name, job.version_id)
        self.told_changed.emit()

    def _name_version(self) -> None:
        """The version that a job became is known a moment after its verdict."""
        job, train = self._train.job, self._train
        if job is not None and train.verdict is not None and train.verdict is self.course.verdict:
            train.set_verdict(train.verdict, job.name, job.version_id)

    def _ended(self, job: TuningJob) -> None:
        self._wishes.pop(job.job_id, None)
        words = {
            JobState.DONE: self.tr("Training “%1” is done."),
            JobState.CANCELLED: self.tr("Training “%1” was cancelled. The base model is as it was."),
            JobState.INTERRUPTED: self.tr("Training “%1” was interrupted. It can go on from where it was."),
            JobState.FAILED: self.tr("Training “%1” failed."),
        }.get(job.state, "")
        self.wish_changed.emit()
        self.told.emit(words.replace("%1", job.name))
        self.job_ended.emit(job)

    def _failed(self, error: Exception) -> None:
        self._wishes.clear()
        self.wish_changed.emit()
        self.failed.emit(error)


def _came_true(wish: Wish, state: JobState | None) -> bool:
    """Whether a wish is fulfilled, or came to nothing because the job ended or is gone."""
    if state is None:
        return True
    if wish is Wish.RUN:
        return state in (JobState.RUNNING, JobState.QUEUED)
    return state.ended or (wish is Wish.PAUSE and state is JobState.PAUSED)
