"""What fine-tuning needs from the floors below and beside the use cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import EditHistory, KeptReport
from bitspec_gui.domain.model_registry import RegisteredVersion, TuningResult
from bitspec_gui.domain.tuning import TuningTask
from bitspec_gui.domain.tuning_data import DatasetEdit, DatasetInfo, DatasetSpectrum, SpectrumChange
from bitspec_gui.domain.tuning_jobs import JobState, ReportEvent, RunControl, TuningEvent, TuningJob, Wish


class FineTuner(Protocol):
    """The core that fine-tunes: needs no window, and is run by a process of its own."""

    def run(self, task: TuningTask, folder: Path, report: ReportEvent, control: RunControl) -> TuningResult:
        """Fine-tune, going on from the checkpoint in `folder` if there is one.

        Raises
        ------
        Cancelled, Interrupted
            On the wish of `control`; after `Interrupted`, and after a crash at any moment, a later call goes on.
        TrainingError, ModelFileError, DeviceUnavailable
            If it cannot begin or go on, in a sentence.
        OSError
            If the folder cannot be written (a full disk); the last whole checkpoint is kept.
        """
        ...


class DatasetStore(Protocol):
    """Datasets to fine-tune on, in a database. Every method opens and closes its own transaction; raises `StorageError`."""

    def datasets(self) -> list[DatasetInfo]:
        """All datasets, the newest first."""
        ...

    def dataset(self, dataset_id: int) -> DatasetInfo:
        """One of them."""
        ...

    def new_dataset(self, name: str) -> int:
        """Make an empty one; a name that is taken is a `StorageError`."""
        ...

    def rename_dataset(self, dataset_id: int, name: str) -> None:
        """Give it another name."""
        ...

    def remove_dataset(self, dataset_id: int) -> None:
        """Put it out of sight; `restore_dataset` brings it back."""
        ...

    def restore_dataset(self, dataset_id: int) -> None:
        """Bring a removed one back."""
        ...

    def add_spectra(self, dataset_id: int, spectra: Sequence[DatasetSpectrum]) -> list[int]:
        """Add spectra (``spectrum_id`` 0) in one transaction; returns their ids."""
        ...

    def spectra(self, dataset_id: int) -> list[DatasetSpectrum]:
        """All of them with their peaks, in the order of import."""
        ...

    def change_spectra(self, dataset_id: int, changes: Sequence[SpectrumChange], said: str) -> DatasetEdit:
        """Edit spectra, undoably; those that are no longer as ``before`` says are left alone, which the edit's notes say.

        Raises `EditError` if nothing is left to change.
        """
        ...

    def remove_spectra(self, dataset_id: int, spectrum_ids: Sequence[int], said: str) -> DatasetEdit:
        """Delete spectra, undoably; raises `EditError` if none of them is there."""
        ...

    def undo(self, dataset_id: int) -> DatasetEdit:
        """Undo the last edit of a dataset; raises `EditError` if there is none."""
        ...

    def redo(self, dataset_id: int) -> DatasetEdit:
        """Do again what was undone last; raises `EditError` if there is nothing."""
        ...

    def history(self, dataset_id: int) -> EditHistory:
        """What can be undone and done again."""
        ...

    def keep_dataset_report(self, dataset_id: int, report: ImportReport) -> None:
        """Keep the report of an import into a dataset."""
        ...

    def dataset_reports(self, dataset_id: int) -> list[KeptReport]:
        """Reports of the imports into it, the newest first."""
        ...


class JobStore(Protocol):
    """Fine-tuning jobs, in the same database as the datasets."""

    def jobs(self) -> list[TuningJob]:
        """All jobs, the newest first."""
        ...

    def job(self, job_id: int) -> TuningJob:
        """One of them; raises `StorageError` if it is not there."""
        ...

    def add_job(self, job: TuningJob) -> int:
        """Keep a new job (its ``job_id`` is not looked at); returns its id."""
        ...

    def set_job_state(self, job_id: int, state: JobState, said: str = "", *, only_from: Sequence[JobState] = ()) -> bool:
        """Change how it stands, with the times of beginning and ending; False if it stands otherwise than `only_from` allows."""
        ...

    def remove_job(self, job_id: int) -> None:
        """Forget a job."""
        ...


class VersionStore(Protocol):
    """Model versions, in the same database. The one that comes with BitSpec is not among them."""

    def versions(self) -> list[RegisteredVersion]:
        """All versions but removed ones, the oldest first; ``active`` is set by `active_version`."""
        ...

    def add_version(self, version: RegisteredVersion, *, job_id: int | None = None) -> int:
        """Keep a version; if it is the outcome of a job, that is DONE in the same transaction. Returns its id."""
        ...

    def change_version(self, version_id: int, *, name: str | None = None, notes: str | None = None) -> None:
        """Give it another name, or other notes; a name that is taken is a `VersionError`."""
        ...

    def remove_version(self, version_id: int) -> None:
        """Put it out of sight; `restore_version` brings it back."""
        ...

    def restore_version(self, version_id: int) -> None:
        """Bring a removed one back."""
        ...

    def removed_versions(self) -> list[RegisteredVersion]:
        """Those that `restore_version` can bring back, the newest first."""
        ...

    def forget_version(self, version_id: int) -> None:
        """Drop a removed version for good; one that is not there is forgotten already, and one in sight is left alone."""
        ...

    def active_version(self) -> int:
        """Id of the version in use: `SUPPLIED` unless another one was chosen and is still there."""
        ...

    def set_active(self, version_id: int) -> None:
        """Use another version; what was in use before is remembered."""
        ...

    def previous_active(self) -> int | None:
        """Id of the version that was in use before, and is still there; None if there is none."""
        ...


class TrainingStore(DatasetStore, JobStore, VersionStore, Protocol):
    """All of it: one database file on this machine (``training.sqlite``)."""

    def close(self) -> None:
        """Let go of the file."""
        ...


class JobBoard(Protocol):
    """Fine-tuning jobs as whoever supervises them needs them; every method reads or writes files."""

    def jobs(self) -> list[TuningJob]:
        """All jobs, the newest first."""
        ...

    def job(self, job_id: int) -> TuningJob:
        """One of them; raises `StorageError` if it is not there."""
        ...

    def wish(self, job_id: int, wish: Wish) -> None:
        """Wish something of a job."""
        ...

    def resume(self, job_id: int) -> TuningJob:
        """Let an interrupted job go on from its last checkpoint: it is queued again."""
        ...

    def remove(self, job_id: int) -> None:
        """Forget a job that has ended."""
        ...

    def events(self, job_id: int, since: int = 0, most: int | None = None) -> tuple[list[TuningEvent], int]:
        """What a job told from the byte `since` of its journal on, and where to go on reading."""
        ...

    def runner_alive(self) -> bool:
        """Whether a process runs jobs at this moment."""
        ...

    def reconcile(self, said: str = "") -> list[TuningJob]:
        """Say of jobs that stand as running, though no process runs them, that they were interrupted; `said` why, if known."""
        ...

    def runner_died(self, exit_code: int) -> list[TuningJob]:
        """The same after the process ended with this exit code (negative: by this signal)."""
        ...

    def stop_runner(self) -> None:
        """Ask the process that runs jobs to put off the one at work and to end."""
        ...

    def allow_runner(self) -> None:
        """Take back what `stop_runner` asked, before a runner is started."""
        ...
