"""Libraries of predicted spectra, predicted anew by another model version; the old one stays until the new one is whole."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bitspec_gui.domain.errors import Cancelled, StorageError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.model_version import RESPONSE_OFF, ModelVersion
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.export import record_of
from bitspec_gui.services.naming import find_library, library_named
from bitspec_gui.services.predicted_library import BATCH, MAX_PROBLEMS, predicted_library_for
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.time_left import TimeLeft

TIMED = 32
"""Molecules of a library that are predicted to tell how long all will take."""


@dataclass(frozen=True)
class RebuildReport:
    """What came of predicting a library anew.

    ``library`` is the one that now holds the new spectra: the old name if ``replaced`` (the old one can be brought back by
    undoing), else one beside the old. ``said`` is the whole in a sentence.
    """

    library: str
    model: str
    spectra: int
    replaced: bool
    said: str
    problems: tuple[Problem, ...] = ()
    cancelled: bool = False


def made_by(info: LibraryInfo, version: ModelVersion) -> bool:
    """Whether a library was predicted by a model version, whatever that is called now; spectra may say no more than a name."""
    if not info.made_by_sha256:
        return info.made_by == version.name
    same_response = info.made_by.endswith(RESPONSE_OFF) == version.name.endswith(RESPONSE_OFF)
    return info.made_by_sha256 == version.sha256 and same_response


def stale(libraries: Sequence[LibraryInfo], version: ModelVersion) -> list[LibraryInfo]:
    """Libraries of nothing but predictions that another version made, and that this one could predict anew.

    The one that comes with BitSpec is among them only while there is no library of this version's beside it. What other versions
    made beside it is not: that is theirs by its name.
    """
    others = [info for info in libraries if info.wholly_predicted and not made_by(info, version)]
    there = {info.name for info in libraries if made_by(info, version)}
    return [
        info
        for info in others
        if not (info.embedded and name_beside(info, version.name) in there) and supplied_beside(libraries, info) is None
    ]


def name_beside(info: LibraryInfo, version_name: str) -> str:
    """Name of the library that is made beside one that comes with BitSpec."""
    return f"{info.name}, by {version_name}"


def supplied_beside(libraries: Sequence[LibraryInfo], info: LibraryInfo) -> LibraryInfo | None:
    """The supplied library beside which this one was made by another version; None if it is one of its own."""
    return next((each for each in libraries if each.embedded and name_beside(each, info.made_by) == info.name), None)


def rebuild_seconds(store: LibraryStore, prediction: PredictionService, name: str, cancel: CancelToken | None = None) -> float:
    """About how long `rebuild_library` will take (s), told by predicting a few of its molecules; raises as that does."""
    info = _rebuildable(store, name)
    records = list(islice(store.records(info.library_id), TIMED))
    prediction.predictor()
    began = time.monotonic()
    for _ in prediction.predict_many([_input(record, info) for record in records], batch_size=BATCH, cancel=cancel):
        pass
    return (time.monotonic() - began) / max(len(records), 1) * info.spectra


def rebuild_library(
    store: LibraryStore,
    prediction: PredictionService,
    name: str,
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> RebuildReport:
    """Predict the molecules of a predicted library again with the model that predicts now.

    The new spectra are gathered in a library beside the old one. When they are whole, the old library is removed and the new one
    takes its name, which are two edits that can be undone; one that comes with BitSpec is not touched. After a cancel or a crash
    the same call goes on where it was.

    Raises
    ------
    UnknownLibrary, StorageError
        If there is no such library, it holds measured spectra, or the database cannot be written.
    ModelFileError
        If the network cannot be loaded.
    """
    version = prediction.predictor().version
    if find_library(store, name) is None and (finished := _left_unnamed(store, name, version)) is not None:
        return _named(store, finished, name, version)
    info = _rebuildable(store, name)
    if made_by(info, version):
        said = f"“{name}” was predicted by {version.name} already: there is nothing to do."
        return RebuildReport(name, version.name, info.spectra, replaced=False, said=said)
    beside = name_beside(info, version.name) if info.embedded else _name_meanwhile(name, version)
    new_id = predicted_library_for(store, beside, version, source=info.source, replace=False)
    rebuilding = _Rebuilding(store, prediction, info, version, new_id, cancel)
    try:
        rebuilding.run(progress)
    except Cancelled:
        said = f"Predicting “{name}” anew was cancelled; the old spectra are as they were. It can go on later."
        return rebuilding.report(beside, said, cancelled=True)
    if rebuilding.left_out:
        said = (
            f"{rebuilding.left_out:,} molecules of “{name}” could not be predicted: the old library stays, “{beside}” beside it."
        )
        return rebuilding.report(beside, said)
    if info.embedded:
        said = f"“{beside}” holds {rebuilding.done:,} spectra predicted by {version.name}, beside the supplied ones."
        return rebuilding.report(beside, said)
    store.remove_library(name)
    return _named(store, library_named(store, beside), name, version)


def _name_meanwhile(name: str, version: ModelVersion) -> str:
    return f"{name} (being predicted by {version.name})"


def _left_unnamed(store: LibraryStore, name: str, version: ModelVersion) -> LibraryInfo | None:
    """The new library of a call that ended between the removal of the old one and the naming of the new one."""
    found = find_library(store, _name_meanwhile(name, version))
    return found if found is not None and made_by(found, version) else None


def _named(store: LibraryStore, new: LibraryInfo, name: str, version: ModelVersion) -> RebuildReport:
    store.rename_library(new.name, name)
    said = f"“{name}” now holds {new.spectra:,} spectra predicted by {version.name}. Undo brings the old ones back."
    return RebuildReport(name, version.name, new.spectra, replaced=True, said=said)


def _rebuildable(store: LibraryStore, name: str) -> LibraryInfo:
    info = library_named(store, name)
    if not info.wholly_predicted:
        raise StorageError(f"“{name}” holds measured spectra: only libraries of predictions can be predicted anew.")
    if (supplied := supplied_beside(store.libraries(), info)) is not None:
        raise StorageError(f"“{name}” is that of {info.made_by} by its name: predict “{supplied.name}” anew instead.")
    return info


def _input(record: SpectrumRecord, info: LibraryInfo) -> MoleculeInput:
    text = record.smiles or record.inchi or ""
    return MoleculeInput(text, record.name, record.accession or "", info.name, record.line, record.cas or "")


@dataclass
class _Rebuilding:
    """The molecules of a library on their way through the model."""

    store: LibraryStore
    prediction: PredictionService
    old: LibraryInfo
    version: ModelVersion
    new_id: int
    cancel: CancelToken | None
    done: int = 0
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)

    def run(self, progress: ReportProgress) -> None:
        there = self.store.inchikeys(self.new_id)
        clock = TimeLeft(self.old.spectra)
        records = self.store.records(self.old.library_id)
        gone_by = 0
        while batch := list(islice(records, BATCH)):
            if self.cancel is not None:
                self.cancel.raise_if_cancelled()
            # Batches are cut by the old library, so that a call that goes on computes the same batches as one that was not ended.
            wanted = [record for record in batch if record.inchikey is None or record.inchikey not in there]
            if wanted:
                self._predict(wanted)
            gone_by += len(batch)
            self.done = gone_by - self.left_out
            left = clock.after(gone_by, computed=gone_by if wanted else 0)
            progress(Progress(gone_by, self.old.spectra, f"Predicting {self.old.name} by {self.version.name}{left}"))

    def _predict(self, wanted: list[SpectrumRecord]) -> None:
        inputs = [_input(record, self.old) for record in wanted]
        results = self.prediction.predict_many(inputs, batch_size=BATCH, cancel=self.cancel)
        records = list(self._records(wanted, list(results)))
        if records:
            self.store.add(self.new_id, records)

    def _records(self, wanted: list[SpectrumRecord], results: list[Prediction | Problem]) -> Iterator[SpectrumRecord]:
        for record, result in zip(wanted, results, strict=True):
            if isinstance(result, Problem):
                self.left_out += 1
                if len(self.problems) < MAX_PROBLEMS:
                    self.problems.append(result)
                continue
            if result.model_version != self.version:
                raise StorageError(
                    f"Another model was chosen while “{self.old.name}” was being predicted by {self.version.name}. "
                    "The old spectra are as they were."
                )
            yield dataclasses.replace(
                record_of(result),
                name=record.name,
                synonyms=record.synonyms,
                cas=record.cas,
                retention_index=record.retention_index,
                source_file=record.source_file,
                line=record.line,
            )

    def report(self, library: str, said: str, *, cancelled: bool = False) -> RebuildReport:
        return RebuildReport(library, self.version.name, self.done, False, said, tuple(self.problems), cancelled)
