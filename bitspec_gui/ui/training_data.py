"""Datasets of the *Train* tab at work: files read into them, edits with undo, and what is shown kept true to the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from bitspec_gui.domain.errors import EditError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import EditHistory
from bitspec_gui.domain.tuning_data import (
    CompoundGroup,
    DatasetEdit,
    DatasetInfo,
    DatasetSpectrum,
    StructureProposal,
)
from bitspec_gui.services.tuning_data import TuningDataService
from bitspec_gui.spectra.recorded_range import lowest_mz
from bitspec_gui.ui.dataset_words import KindCounts
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import Runner

GROUP_AFTER_MS = 400
"""Replicates are compared once no edit follows: with thousands of spectra that takes longer than reading them."""


@dataclass(frozen=True)
class _Read:
    """What the database holds, and all of the dataset looked at."""

    datasets: list[DatasetInfo]
    dataset_id: int | None
    spectra: list[DatasetSpectrum]
    counts: KindCounts
    history: EditHistory


class TrainingData(QObject):
    """Runs the work in lanes and writes `TrainState`.

    ``told`` carries a sentence; ``offered`` one about something that Undo takes back (empty: no offer any more); ``imported`` an
    `ImportReport`; ``busy_changed`` the `Job` of an import that can be watched and cancelled, or None; ``grouped`` the
    `CompoundGroup` of each spectrum by its id; ``proposed`` the `StructureProposal` found by names.
    """

    told = Signal(str)
    offered = Signal(str)
    failed = Signal(object)
    imported = Signal(object)
    busy_changed = Signal(object)
    grouped = Signal(object)
    proposed = Signal(object)
    reports_read = Signal(object)

    def __init__(self, data: TuningDataService, runner: Runner, train: TrainState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data, self._runner, self._train = data, runner, train
        self._removed: tuple[int, str] | None = None
        self.groups: dict[int, CompoundGroup] = {}
        self.lowest: dict[int, int] = {}
        """Lowest m/z that each spectrum was recorded from, by its id; it comes with `grouped`."""
        self.busy: Job | None = None
        self._group_soon = QTimer(self)
        self._group_soon.setSingleShot(True)
        self._group_soon.setInterval(GROUP_AFTER_MS)
        self._group_soon.timeout.connect(self._group)
        train.dataset_changed.connect(self._dataset_changed)

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self._group_soon.stop()

    # Reading

    def refresh(self) -> None:
        """Read the datasets, and the spectra of the one looked at."""
        self._runner.submit(
            "query", _read, self._data, self._train.dataset_id, on_done=self._take, on_error=self.failed.emit, key="training-data"
        )

    def _take(self, read: _Read) -> None:
        train = self._train
        train.set_datasets(read.datasets)
        if read.dataset_id is not None:
            if train.dataset_id != read.dataset_id and train.dataset is None:
                train.look_at_dataset(read.dataset_id)
            train.set_spectra(read.dataset_id, read.spectra, read.counts, read.history)
            self._group_soon.start()

    def _group(self) -> None:
        dataset_id = self._train.dataset_id
        if dataset_id is None:
            return

        def done(found: tuple[dict[int, CompoundGroup], dict[int, int]]) -> None:
            if dataset_id == self._train.dataset_id:
                self.groups, self.lowest = found
                self.grouped.emit(self.groups)

        self._runner.submit(
            "query",
            _groups,
            self._data,
            dataset_id,
            self._train.spectra,
            on_done=done,
            on_error=self.failed.emit,
            key="training-groups",
        )

    def _dataset_changed(self) -> None:
        self.offered.emit("")
        if self._train.dataset_id is not None:
            self.refresh()

    # Files and libraries in

    def add_files(self, paths: Sequence[Path]) -> None:
        """Read files, folders and archives into the dataset looked at, or into a new one if there is none."""
        name = paths[0].name if len(paths) == 1 else self.tr("%1 files").replace("%1", str(len(paths)))
        self._import(self.tr("Reading %1").replace("%1", name), self._data.import_files, list(paths))

    def add_entries(self, entry_ids: Callable[[], Sequence[int] | NDArray[np.int64]], name: str) -> None:
        """Take entries of the libraries into the dataset looked at, or into a new one called `name` if there is none."""
        title = self.tr("Taking spectra of the library %1").replace("%1", name)
        self._import(title, _from_library, self._data, entry_ids, name=name)

    def _import(self, title: str, work: Callable[..., tuple[int, ImportReport]], *args: Any, **kwargs: Any) -> None:
        dataset_id = self._train.dataset_id
        job = self._runner.submit(
            "training",
            work,
            *args,
            title=title,
            cancellable=True,
            on_done=self._imported,
            on_error=self._not_imported,
            on_cancel=self.refresh,
            dataset_id=dataset_id,
            **kwargs,
        )
        self.busy = job
        job.ended.connect(self._ended)
        self.busy_changed.emit(job)

    def _ended(self, job: Job) -> None:
        if self.busy is job:
            self.busy = None
            self.busy_changed.emit(None)

    def _imported(self, done: tuple[int, ImportReport]) -> None:
        dataset_id, report = done
        if self._train.dataset_id in (None, dataset_id):
            self._train.look_at_dataset(dataset_id)
        self.refresh()
        self.told.emit(self._read_words(report))
        self.imported.emit(report)

    def _read_words(self, report: ImportReport) -> str:
        """What an import came to; one that brought structures only says so in its first note."""
        notes = [problem.what for problem in report.problems if not problem.rejected]
        if not report.added and notes:
            return notes[0]
        words = self.tr("%1 spectrum read") if report.added == 1 else self.tr("%1 spectra read")
        return words.replace("%1", f"{report.added:,}")

    def _not_imported(self, error: Exception) -> None:
        self.refresh()
        self.failed.emit(error)

    def cancel(self) -> bool:
        """Stop reading files; what was read stays. False if nothing is read."""
        if self.busy is None:
            return False
        self.busy.cancel()
        return True

    # Datasets

    def new_dataset(self, name: str, done: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        """Make an empty dataset and look at it."""

        def made(dataset_id: int) -> None:
            done()
            self._train.look_at_dataset(dataset_id)

        self._runner.submit("edit", self._data.new_dataset, name, on_done=made, on_error=refused)

    def rename(self, dataset_id: int, name: str, done: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        """Give a dataset another name."""

        def renamed(_nothing: None) -> None:
            done()
            self.refresh()

        self._runner.submit("edit", self._data.rename_dataset, dataset_id, name, on_done=renamed, on_error=refused)

    def remove(self, dataset: DatasetInfo) -> None:
        """Put a dataset out of sight, and offer to bring it back."""

        def removed(_nothing: None) -> None:
            self._removed = (dataset.dataset_id, dataset.name)
            if self._train.dataset_id == dataset.dataset_id:
                others = [each.dataset_id for each in self._train.datasets or () if each.dataset_id != dataset.dataset_id]
                self._train.look_at_dataset(others[0] if others else None)
            self.refresh()
            words = self.tr("The dataset “%1” was removed.").replace("%1", dataset.name)
            self.told.emit(words)
            self.offered.emit(words)

        self._runner.submit("edit", self._data.remove_dataset, dataset.dataset_id, on_done=removed, on_error=self._fail)

    def _restore(self, dataset_id: int, name: str) -> None:
        def restored(_nothing: None) -> None:
            self._removed = None
            self._train.look_at_dataset(dataset_id)
            self.refresh()
            self.offered.emit("")
            self.told.emit(self.tr("The dataset “%1” is back.").replace("%1", name))

        self._runner.submit("edit", self._data.restore_dataset, dataset_id, on_done=restored, on_error=self._fail)

    def read_reports(self) -> None:
        """Read the reports of the imports into the dataset looked at; `reports_read` brings them."""
        if self._train.dataset_id is not None:
            self._runner.submit(
                "query", self._data.reports, self._train.dataset_id, on_done=self.reports_read.emit, on_error=self._fail,
                key="training-reports",
            )  # fmt: skip

    # Edits

    def choose(self, spectrum_ids: Sequence[int], used: bool | None) -> None:
        """Use spectra, leave them out, or leave it to BitSpec."""
        self._edit(self._data.set_choice, list(spectrum_ids), used, offer=False)

    def change(
        self,
        spectrum_ids: Sequence[int],
        fields: Mapping[str, str],
        done: Callable[[], None],
        refused: Callable[[Exception], None],
    ) -> None:
        """Change fields of spectra; `refused` takes the error if a value cannot be."""
        self._edit(self._data.change_fields, list(spectrum_ids), dict(fields), done=done, refused=refused)

    def remove_spectra(self, spectrum_ids: Sequence[int]) -> None:
        """Delete spectra, undoably."""
        self._edit(self._data.remove_spectra, list(spectrum_ids))

    def look_names_up(self) -> None:
        """Look for structures of the spectra that have none, by their names; `proposed` brings what was found."""
        if self._train.dataset_id is None:
            return
        self._runner.submit(
            "training",
            _proposals,
            self._data,
            self._train.dataset_id,
            title=self.tr("Looking names up"),
            cancellable=True,
            on_done=self.proposed.emit,
            on_error=self._fail,
            key="training-names",
        )

    def accept(self, proposals: Sequence[StructureProposal]) -> None:
        """Take structures that were proposed."""
        self._edit(self._data.accept_proposals, list(proposals))

    def undo(self) -> None:
        """Bring back the dataset removed last, else undo the last edit of the one looked at."""
        if self._removed is not None:
            self._restore(*self._removed)
        elif self._train.history.undo_text:
            self._edit(self._data.undo, offer=False)

    def redo(self) -> None:
        """Do again what was undone last."""
        if self._train.history.redo_text:
            self._edit(self._data.redo)

    @property
    def can_restore(self) -> bool:
        """Whether Undo brings a dataset back."""
        return self._removed is not None

    def forget_removed(self) -> None:
        """Undo means edits again: nobody took up the offer to bring a dataset back."""
        self._removed = None

    def _edit(
        self,
        work: Callable[..., DatasetEdit],
        *args: Any,
        offer: bool = True,
        done: Callable[[], None] | None = None,
        refused: Callable[[Exception], None] | None = None,
    ) -> None:
        dataset_id = self._train.dataset_id
        if dataset_id is None:
            return
        self._removed = None

        def edited(edit: DatasetEdit) -> None:
            if done is not None:
                done()
            sentence = " ".join([edit.said.rstrip(".") + ".", *edit.notes])
            self.told.emit(sentence)
            self.offered.emit(sentence if offer else " ".join(edit.notes))
            self.refresh()

        def failed(error: Exception) -> None:
            if refused is not None:
                refused(error)
            else:
                self._fail(error)
            self.refresh()

        self._runner.submit("edit", work, dataset_id, *args, on_done=edited, on_error=failed)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, EditError):
            self.told.emit(str(error))
        else:
            self.failed.emit(error)


def _read(data: TuningDataService, dataset_id: int | None) -> _Read:
    """All that the spectra page shows; in the query lane."""
    datasets = data.datasets()
    ids = [each.dataset_id for each in datasets]
    looked_at = dataset_id if dataset_id in ids else ids[0] if ids else None
    if looked_at is None:
        return _Read(datasets, None, [], KindCounts(), EditHistory())
    spectra = data.spectra(looked_at)
    return _Read(datasets, looked_at, spectra, KindCounts.of(spectra), data.history(looked_at))


def _groups(
    data: TuningDataService, dataset_id: int, spectra: Sequence[DatasetSpectrum]
) -> tuple[dict[int, CompoundGroup], dict[int, int]]:
    """The group of each spectrum, and the lowest m/z that each was recorded from; in the query lane."""
    groups = {spectrum_id: group for group in data.groups(dataset_id) for spectrum_id in group.spectrum_ids}
    lowest = lowest_mz([each.record for each in spectra])
    return groups, {each.spectrum_id: int(first) for each, first in zip(spectra, lowest, strict=True)}


def _proposals(
    data: TuningDataService, dataset_id: int, *, progress: ReportProgress, cancel: CancelToken
) -> list[StructureProposal]:
    """Structures by names; in the io lane."""
    return data.name_proposals(dataset_id, cancel=cancel)


def _from_library(
    data: TuningDataService,
    entry_ids: Callable[[], Sequence[int] | NDArray[np.int64]],
    *,
    dataset_id: int | None,
    name: str,
    progress: ReportProgress,
    cancel: CancelToken,
) -> tuple[int, ImportReport]:
    """Entries of the libraries into a dataset; in the io lane."""
    return data.from_library(entry_ids(), dataset_id=dataset_id, name=name, progress=progress, cancel=cancel)
