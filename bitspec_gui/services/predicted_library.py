"""Molecules of a file -> a library of predicted spectra, which a build that was broken off goes on with."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bitspec_gui.domain.errors import Cancelled, MoleculeError, StorageError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.model_version import MODEL_SHA256, ModelVersion
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.ports import LibraryStore
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.atomic_text import write_fault
from bitspec_gui.services.export import record_of
from bitspec_gui.services.naming import find_library, library_named
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.time_left import TimeLeft

BATCH = 64
"""Rows predicted together and stored in one transaction. Batches are cut by the rows of the file, whatever is stored already, so
that a build which goes on computes the same batches, and with them the same numbers, as one that was never broken off."""

MAX_PROBLEMS = 10_000
"""Problems told one by one; beyond, only their number."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuildReport:
    """What became of the molecules of a file. ``duplicates`` are rows of a compound that stands in an earlier row."""

    library: str
    model: str
    added: int
    already_there: int
    duplicates: int
    rejected: int
    problems: tuple[Problem, ...] = ()
    cancelled: bool = False


def build_predicted_library(
    store: LibraryStore,
    prediction: PredictionService,
    path: Path,
    name: str,
    *,
    replace: bool = False,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> BuildReport:
    """Predict the molecules of a table, SMILES list or SD file into the library `name`, each compound (InChIKey) once.

    What the library holds already is not predicted again, so that after a cancel or a crash the same call goes on, and at the end
    the library is the one that an uninterrupted call makes.

    Parameters
    ----------
    replace : bool
        Whether a library of that name that another model has predicted is removed first; otherwise it is refused.
    progress, cancel
        Told after each batch of `BATCH` rows, with the time left; asked before each and while it is computed.

    Raises
    ------
    UnreadableFile
        If `path` cannot be read or names no molecules.
    StorageError
        If the library cannot be written, holds measured spectra or those of another model, or comes with BitSpec.
    ModelFileError
        If the network cannot be loaded.
    """
    from bitspec_gui.formats.molecule_tables import read_molecule_inputs

    name = name.strip()
    if not name:
        raise StorageError("A library needs a name.")
    # Read before anything is made, so that a file that cannot be read leaves no empty library.
    total = sum(1 for _ in read_molecule_inputs(path)) if path.is_file() else 0
    rows = read_molecule_inputs(path)
    version = prediction.predictor().version
    library_id = predicted_library_for(store, name, version, source=path.name, replace=replace)
    build = _Build(store, prediction, library_id, cancel)
    clock = TimeLeft(total)
    done = 0
    while batch := list(islice(rows, BATCH)):
        if not build.take(batch):
            break
        done += len(batch)
        progress(Progress(done, total, f"Predicting {name}{clock.after(done, computed=build.computed)}"))
    return build.report(name, version)


def write_predicted_library(
    store: LibraryStore, name: str, output: Path, *, notice: str = "", source: str = "", cancel: CancelToken | None = None
) -> int:
    """Write a library of predicted spectra as one compact file, completely or not at all; returns how many spectra.

    Raises
    ------
    UnknownLibrary
        If there is no library of that name.
    ExportError
        If it holds measured spectra or those of several models, or `output` cannot be written.
    Cancelled
        On the user's wish; a file that was there before is unchanged.
    """
    from bitspec_gui.config.whole_files import new_file_for
    from bitspec_gui.formats.compact_predicted import write_compact_predicted

    info = library_named(store, name)

    def records() -> Iterator[SpectrumRecord]:
        for record in store.records(info.library_id):
            if cancel is not None:
                cancel.raise_if_cancelled()
            yield record

    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with new_file_for(output) as part:
            written = write_compact_predicted(records(), part, library=name, notice=notice, source=source or info.source)
            return written.records
    except OSError as error:
        raise write_fault(str(output), error) from error


def predicted_library_for(store: LibraryStore, name: str, version: ModelVersion, *, source: str, replace: bool) -> int:
    """Id of the library to build, made if it is not there; refused if its spectra are not those of this model."""
    info = find_library(store, name)
    if info is not None and info.embedded:
        raise StorageError(
            f"The library “{name}” comes with BitSpec and is replaced when BitSpec is updated. Choose another name."
        )
    if info is not None and info.spectra and (why := _other_origin(store, info, version)):
        if not (replace and info.wholly_predicted):
            raise StorageError(why)
        store.remove(name)
    return store.open_library(name, licence=version.licence, source=source)


def _other_origin(store: LibraryStore, info: LibraryInfo, version: ModelVersion) -> str:
    """Why the spectra of a library cannot be joined by those of a model; empty if nothing speaks against it."""
    if not info.wholly_predicted:
        return f"The library “{info.name}” holds measured spectra. Choose another name for the predicted ones."
    first = next(store.records(info.library_id))
    made_by, sha256 = first.predicted_by, dict(first.extra).get(MODEL_SHA256)
    if made_by == version.name and sha256 in (None, version.sha256):
        return ""
    other = f"{made_by} ({sha256[:8]})" if sha256 else made_by
    return (
        f"The library “{info.name}” was predicted by {other}, this model is {version}. "
        "Choose another name, or let it be replaced (--replace)."
    )


@dataclass
class _Build:
    """The library that is being built, and what became of the rows so far."""

    store: LibraryStore
    prediction: PredictionService
    library_id: int
    cancel: CancelToken | None
    computed: int = 0
    added: int = 0
    already_there: int = 0
    duplicates: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_untold: int = 0

    def __post_init__(self) -> None:
        self._stored = self.store.inchikeys(self.library_id)
        self._seen: set[str] = set()

    @property
    def cancelled(self) -> bool:
        return self.cancel is not None and self.cancel.cancelled

    def take(self, rows: Sequence[MoleculeInput | Problem]) -> bool:
        """Predict what is new among the rows and store it in one transaction; False if the user has cancelled."""
        wanted = [row for row in rows if self._is_new(row)]
        if self.cancelled:
            return False
        try:
            results = list(self.prediction.predict_many(wanted, batch_size=BATCH, cancel=self.cancel)) if wanted else []
        except Cancelled:
            return False
        records: list[SpectrumRecord] = []
        for row, result in zip(wanted, results, strict=True):
            if isinstance(result, Problem):
                self._note(result)
            elif isinstance(row, MoleculeInput):
                records.append(_record(result, row))
        if records:
            self.added += self.store.add(self.library_id, records)
            self.computed += len(records)
        return True

    def _is_new(self, row: MoleculeInput | Problem) -> bool:
        """Whether the row asks for a compound that was not met before. A row that cannot be read is new: it has to be told."""
        key = _inchikey(row) if isinstance(row, MoleculeInput) else None
        if key is None:
            return True
        if key in self._seen:
            self.duplicates += 1
            return False
        self._seen.add(key)
        self.already_there += key in self._stored
        return key not in self._stored

    def _note(self, problem: Problem) -> None:
        self.rejected += problem.rejected
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_untold += 1

    def report(self, name: str, version: ModelVersion) -> BuildReport:
        """The whole, in numbers and problems."""
        problems = list(self.problems)
        if self.problems_untold:
            what = f"There were {self.problems_untold:,} further problems, which are not listed."
            problems.append(Problem(file="", line=None, what=what, kept="", rejected=False))
        return BuildReport(
            library=name,
            model=version.name,
            added=self.added,
            already_there=self.already_there,
            duplicates=self.duplicates,
            rejected=self.rejected,
            problems=tuple(problems),
            cancelled=self.cancelled,
        )


def _inchikey(row: MoleculeInput) -> str | None:
    """InChIKey of a row's molecule; None if it has none or cannot be read, which its prediction will explain."""
    from bitspec_gui.chem.parse import structure_keys

    try:
        keys = structure_keys(row.text, None)
    except MoleculeError:
        return None
    except Exception:  # noqa: BLE001
        _log.exception("Reading %r failed", row.text[:200])
        return None
    return keys.inchikey if keys is not None else None


def _record(prediction: Prediction, row: MoleculeInput) -> SpectrumRecord:
    return dataclasses.replace(
        record_of(prediction), cas=row.cas or None, source_file=Path(row.file).name if row.file else "", line=row.line
    )
