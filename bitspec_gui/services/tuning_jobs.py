"""Fine-tuning jobs as the window and the commands use them: queued, wished something of, looked at, and run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bitspec_gui.domain.errors import StorageError, TrainingError, UnreadableFile, VersionError
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_jobs import JobState, ReportEvent, TuningEvent, TuningJob, Wish
from bitspec_gui.domain.tuning_ports import FineTuner, TrainingStore
from bitspec_gui.services.job_folder import JobFolder
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.public_spectra import public_molecules, public_spectra
from bitspec_gui.services.runner_lock import RunnerLock
from bitspec_gui.services.tuning_faults import CANCELLED, PUT_OFF, death_sentence
from bitspec_gui.services.tuning_journal import read_events
from bitspec_gui.services.tuning_run import Workplace
from bitspec_gui.services.tuning_runner import QueueRunner, StopFile, reconcile
from bitspec_gui.services.tuning_settings import setting_faults
from bitspec_gui.services.tuning_wishes import WishFile

_BEING_QUEUED = "It was not queued to its end. Remove it, and start it again from its dataset."

_log = logging.getLogger(__name__)


class TuningJobs:
    """Everything that can be done with jobs; may be used by several threads and processes.

    Parameters
    ----------
    store : callable
        The database of fine-tuning.
    folder : Path
        Of everything about fine-tuning (`UserPaths.training`).
    libraries : LibraryService
        Where public spectra come from.
    find_version : callable
        sha256 of a model version -> its model file, None if it is not on this machine.
    core : callable
        Imports and gives what fine-tunes.
    molecules : Path, optional
        Library file of predictions, whose molecules stand for public ones.
    """

    def __init__(
        self,
        store: Callable[[], TrainingStore],
        folder: Path,
        libraries: LibraryService,
        find_version: Callable[[str], Path | None],
        core: Callable[[], FineTuner],
        molecules: Path | None = None,
    ) -> None:
        self._store, self._folder, self._libraries = store, folder, libraries
        self._find_version, self._core, self._molecules = find_version, core, molecules
        self._lock = RunnerLock(folder)
        self._stop_file = StopFile(folder)

    def queue(self, name: str, dataset_id: int, base: RegisteredVersion, settings: TuningSettings) -> TuningJob:
        """Ask for a fine-tuning on the spectra that a dataset uses now; what is edited later does not matter to it.

        Raises
        ------
        VersionError
            If the name is empty or taken.
        TrainingError
            If settings make no sense, the dataset uses no spectrum, or the job's folder cannot be written.
        StorageError
            If the database cannot be used.
        """
        store = self._store()
        name = " ".join(name.split())
        self._refuse_name(name, base)
        if faults := setting_faults(settings):
            raise TrainingError(" ".join(faults.values()))
        info = store.dataset(dataset_id)
        own = [spectrum.record for spectrum in store.spectra(dataset_id) if spectrum.used]
        if not own:
            raise TrainingError(f"The dataset {info.name} has no spectrum to learn from.")
        # Not queued before its data are there: another process may run it the moment that it is.
        asked = TuningJob(
            job_id=0,
            name=name,
            dataset_id=dataset_id,
            dataset_name=info.name,
            dataset_hash=info.content_hash,
            base_sha256=base.version.sha256,
            base_name=base.version.name,
            settings=settings,
            state=JobState.INTERRUPTED,
            made_at=datetime.now(UTC),
            said=_BEING_QUEUED,
        )
        job_id = store.add_job(asked)
        try:
            self._begin(job_id, own)
        except OSError as error:
            store.remove_job(job_id)
            self.folder_of(job_id).remove()
            raise TrainingError(f"{self._folder} cannot be written ({error.strerror or error}).") from error
        store.set_job_state(job_id, JobState.QUEUED, only_from=[JobState.INTERRUPTED])
        return store.job(job_id)

    def _begin(self, job_id: int, own: list[SpectrumRecord]) -> None:
        folder = self.folder_of(job_id)
        folder.begin(own)
        WishFile(folder.wish).write(Wish.RUN)

    def _refuse_name(self, name: str, base: RegisteredVersion) -> None:
        if not name:
            raise VersionError("The new version needs a name.")
        store = self._store()
        taken = [version.version.name for version in store.versions()] + [base.version.name]
        waiting = [job.name for job in store.jobs() if not job.state.ended or job.state.can_resume]
        if name.casefold() in map(str.casefold, taken):
            raise VersionError(f"There is a model version {name} already. Choose another name.")
        if name.casefold() in map(str.casefold, waiting):
            raise VersionError(f"A fine-tuning that has not ended makes a version {name} already. Choose another name.")

    def jobs(self) -> list[TuningJob]:
        """All jobs, the newest first."""
        return self._store().jobs()

    def job(self, job_id: int) -> TuningJob:
        """One of them; raises `StorageError` if it is not there."""
        return self._store().job(job_id)

    def folder_of(self, job_id: int) -> JobFolder:
        """The folder of a job."""
        return JobFolder(self._folder / "jobs" / str(job_id))

    def wish(self, job_id: int, wish: Wish) -> None:
        """Wish something of a job. A cancelled or put off one stays so until it is resumed; of an ended one nothing happens.

        A queued job is cancelled or put off at once, and a pause puts it off, so that it keeps no other one waiting.

        Raises
        ------
        TrainingError
            If the job's folder cannot be written.
        """
        store = self._store()
        job = store.job(job_id)
        if job.state is JobState.INTERRUPTED and wish is Wish.CANCEL:
            self._cancel_interrupted(job_id)
        if job.state.ended:
            return
        file = WishFile(self.folder_of(job_id).wish)
        last = file.read()
        if last is Wish.CANCEL or (last is Wish.STOP and wish is not Wish.CANCEL):
            return
        try:
            file.write(wish)
        except OSError as error:
            raise TrainingError(f"{self._folder} cannot be written ({error.strerror or error}).") from error
        # The file first, then the state: whether the job begins before or after this, it obeys.
        if wish is Wish.CANCEL:
            store.set_job_state(job_id, JobState.CANCELLED, CANCELLED, only_from=[JobState.QUEUED])
        elif wish in (Wish.STOP, Wish.PAUSE):
            store.set_job_state(job_id, JobState.INTERRUPTED, PUT_OFF, only_from=[JobState.QUEUED])

    def _cancel_interrupted(self, job_id: int) -> None:
        if self._store().set_job_state(job_id, JobState.CANCELLED, CANCELLED, only_from=[JobState.INTERRUPTED]):
            self.folder_of(job_id).clear_work()

    def resume(self, job_id: int) -> TuningJob:
        """Let an interrupted job go on from its last checkpoint: it is queued again.

        Raises
        ------
        TrainingError
            If it is not interrupted, or its data are gone.
        """
        store = self._store()
        folder = self.folder_of(job_id)
        job = store.job(job_id)
        if not job.state.can_resume:
            raise TrainingError(f"The fine-tuning {job.name} is {job.state.value}; only an interrupted one can go on.")
        if not folder.complete:
            raise TrainingError(f"The data of the fine-tuning {job.name} are gone. Start it again from its dataset.")
        try:
            WishFile(folder.wish).write(Wish.RUN)
        except OSError as error:
            raise TrainingError(f"{self._folder} cannot be written ({error.strerror or error}).") from error
        store.set_job_state(job_id, JobState.QUEUED, only_from=[JobState.INTERRUPTED])
        return store.job(job_id)

    def remove(self, job_id: int) -> None:
        """Forget a job that has ended, with its checkpoints and its journal; a version that it made stays.

        Raises
        ------
        TrainingError
            If it has not ended.
        """
        store = self._store()
        job = store.job(job_id)
        if not job.state.ended:
            raise TrainingError(f"The fine-tuning {job.name} has not ended. Cancel it first.")
        store.remove_job(job_id)
        self.folder_of(job_id).remove()

    def events(self, job_id: int, since: int = 0, most: int | None = None) -> tuple[list[TuningEvent], int]:
        """What a job told from the byte `since` of its journal on, `most` events at most, and where to go on reading."""
        return read_events(self.folder_of(job_id).journal, since, most)

    def runner_alive(self) -> bool:
        """Whether a process runs jobs at this moment."""
        return not self._lock.free

    def reconcile(self, said: str = "") -> list[TuningJob]:
        """Say of jobs that stand as running, though no process runs them, that they were interrupted; `said` why, if known.

        Returns the jobs that were changed, as they stand now.
        """
        with self._lock.held() as held:
            return reconcile(self._workplace(), self.folder_of, said) if held else []

    def run_queue(
        self,
        only: int | None = None,
        report: ReportEvent = lambda _: None,
        stop: threading.Event | None = None,
        give_up: Callable[[], None] | None = None,
    ) -> list[tuple[int, JobState]]:
        """Run queued jobs in this process; see `QueueRunner.run`, and `Workplace.give_up`."""

        def place() -> Workplace:
            return replace(self._workplace(), give_up=give_up)

        return QueueRunner(place, self._folder, self.folder_of).run(only, report, stop)

    def runner_died(self, exit_code: int) -> list[TuningJob]:
        """What `reconcile` does, after the process ended with this exit code (negative: by this signal)."""
        return self.reconcile(death_sentence(exit_code))

    def stop_runner(self) -> None:
        """Ask the process that runs jobs to put off the one at work and to end; what is queued stays queued.

        Raises
        ------
        TrainingError
            If the folder cannot be written.
        """
        try:
            self._stop_file.ask()
        except OSError as error:
            raise TrainingError(f"{self._folder} cannot be written ({error.strerror or error}).") from error

    def allow_runner(self) -> None:
        """Take back what `stop_runner` asked, before a runner is started."""
        self._stop_file.clear()

    def _workplace(self) -> Workplace:
        return Workplace(self._store(), self._folder / "models", self._find_version, self._core, self._public)

    def _public(self, without: frozenset[str], seed: int, check: Callable[[], None]) -> tuple[list[SpectrumRecord], list[str]]:
        """Public data, as far as they can be read: a fine-tuning needs none of them to be done at all."""
        spectra: list[SpectrumRecord] = []
        molecules: list[str] = []
        try:
            spectra = public_spectra(self._libraries.store(), without, seed, check)
        except StorageError:
            _log.warning("The libraries cannot be read; no public spectra are used", exc_info=True)
        try:
            molecules = public_molecules(self._molecules, without, seed, check)
        except UnreadableFile:
            _log.warning("No public molecules are used", exc_info=True)
        return spectra, molecules
