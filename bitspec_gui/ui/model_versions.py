"""Model versions as the window works with them: each change in a lane, what came of it said, and undone where it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.errors import BitSpecError, DamagedDatabase
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.services.model_registry import ModelRegistry
from bitspec_gui.ui.train_state import TrainPage, TrainState
from bitspec_gui.workers.job import Job
from bitspec_gui.workers.runner import LaneName, Runner

if TYPE_CHECKING:
    from bitspec_gui.services.version_contest import Contest
    from bitspec_gui.services.version_files import ExportedVersion, ImportedVersion

REFRESH = "model versions"


@dataclass(frozen=True)
class KnownVersions:
    """What was read at once: all versions, the one to go back to, whose response is on or off (None: has none), what is wrong."""

    versions: tuple[RegisteredVersion, ...]
    previous: RegisteredVersion | None
    responses: dict[int, bool | None]
    notice: str


class ModelVersions(QObject):
    """What the *Models* page and the *Verdict* page ask for.

    ``model_chosen`` carries the `RegisteredVersion` that is to predict from now on: whoever holds a loaded model replaces it.
    ``removed`` carries a version that `restore` can bring back. ``changed`` says that `known` is new,
    ``noticed`` carries a sentence that is to stay in sight.
    """

    model_chosen = Signal(object)
    removed = Signal(object)
    noticed = Signal(str)
    changed = Signal()
    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        train: TrainState,
        registry: ModelRegistry,
        records: Callable[[int], Sequence[SpectrumRecord]],
        runner: Runner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._train, self.registry, self._records, self._runner = train, registry, records, runner
        self.known = KnownVersions((), None, {}, "")
        self._to_look_at: int | None = None

    # Reading

    def refresh(self) -> None:
        """Read the versions anew."""
        self._runner.submit("query", _known, self.registry, key=REFRESH, on_done=self._take_known, on_error=self._cannot_be_read)

    def show_verdict(self, version: RegisteredVersion) -> None:
        """Show the verdict of a version on its page; of an imported one only the figures are known."""

        def done(verdict: Verdict | None) -> None:
            if verdict is None:
                words = self.tr("Of “%1” only the figures are known, not the spectra behind them.")
                self.told.emit(words.replace("%1", version.version.name))
                return
            self._train.set_verdict(verdict, version.version.name, version.version_id)
            self._train.show_page(TrainPage.VERDICT)

        self._runner.submit("query", self.registry.verdict, version.version_id, on_done=done, on_error=self.failed.emit)

    # Which one predicts

    def use(self, version_id: int) -> None:
        """Predict with another version; it is loaded in a trial first."""
        self._choose(self.tr("Loading the model"), self.registry.use, version_id)

    def roll_back(self) -> None:
        """Predict with the version that was in use before."""
        self._choose(self.tr("Going back to the model before"), self.registry.roll_back)

    def set_response(self, version: RegisteredVersion, on: bool) -> None:
        """Switch the instrument's response of a version."""

        def done(changed: RegisteredVersion) -> None:
            words = (
                self.tr("The instrument's response of “%1” is on.")
                if on
                else self.tr("The instrument's response of “%1” is off.")
            )
            self.told.emit(words.replace("%1", changed.version.name))
            if changed.active:
                self.model_chosen.emit(changed)
            self.refresh()

        self._edit(self.registry.set_response, version.version_id, on, then=done)

    # Changing them

    def rename(self, version: RegisteredVersion, name: str, answered: Callable[[str], None]) -> None:
        """Give a version another name; `answered` gets why it cannot, or nothing."""

        def done(changed: RegisteredVersion) -> None:
            answered("")
            words = self.tr("“%1” is called “%2” now.").replace("%2", changed.version.name)
            self.told.emit(words.replace("%1", version.version.name))
            if changed.active:
                self.model_chosen.emit(changed)
            self.refresh()

        self._edit(self.registry.rename, version.version_id, name, then=done, refused=answered)

    def set_notes(self, version: RegisteredVersion, notes: str, answered: Callable[[str], None]) -> None:
        """Say something else of a version; `answered` gets why that cannot be, or nothing."""

        def done(_changed: RegisteredVersion) -> None:
            answered("")
            self.refresh()

        self._edit(self.registry.set_notes, version.version_id, notes, then=done, refused=answered)

    def remove(self, version: RegisteredVersion) -> None:
        """Delete a version, undoably."""

        def done(gone: RegisteredVersion) -> None:
            if gone.active:
                self._read_active()
            self.removed.emit(gone)
            self.refresh()

        self._edit(self.registry.remove, version.version_id, then=done)

    def restore(self, version: RegisteredVersion) -> None:
        """Bring a deleted version back."""

        def done(back: RegisteredVersion) -> None:
            self.told.emit(self.tr("“%1” is back.").replace("%1", back.version.name))
            if back.active:
                self.model_chosen.emit(back)
            self._look_at(back)

        self._edit(self.registry.restore, version.version_id, then=done)

    def merge(self, version: RegisteredVersion) -> None:
        """Make a whole model of a small version."""

        def done(whole: RegisteredVersion) -> None:
            words = self.tr("“%1” holds all of “%2” and needs no other model.").replace("%2", version.version.name)
            self.told.emit(words.replace("%1", whole.version.name))
            self._look_at(whole)

        title = self.tr("Merging %1").replace("%1", version.version.name)
        self._edit(self.registry.merge, version.version_id, then=done, lane="compute", title=title)

    # Files

    def export(self, version: RegisteredVersion, path: Path) -> None:
        """Write a version to a .bitspec file."""

        def done(written: ExportedVersion) -> None:
            words = self.tr("Written: %1. Its checksum (sha256), to compare with whoever receives it: %2")
            self.noticed.emit(words.replace("%2", written.sha256).replace("%1", str(written.path)))

        title = self.tr("Writing %1").replace("%1", path.name)
        self._edit(self.registry.export, version.version_id, path, then=done, lane="io", title=title)

    def import_file(self, path: Path) -> None:
        """Take in a version from a .bitspec file; nothing is kept of one that is not as its sender made it."""

        def done(found: ImportedVersion) -> None:
            name = found.version.version.name
            words = self.tr("“%1” is here already.") if found.already_there else self.tr("“%1” was imported.")
            checksum = self.tr("Its checksum (sha256): %1").replace("%1", found.sha256)
            self.noticed.emit(" ".join([words.replace("%1", name), *found.notes, checksum]))
            self._look_at(found.version)

        title = self.tr("Importing %1").replace("%1", path.name)
        self._runner.submit(
            "io", _import, self.registry, path, title=title, on_done=done, on_error=self._refused, cancellable=True
        )

    # Two of them

    def predict_by_both(
        self,
        both: tuple[RegisteredVersion, RegisteredVersion],
        molecule: Molecule,
        then: Callable[[tuple[Prediction, Prediction]], None],
        refused: Callable[[str], None],
    ) -> Job:
        """Predict a molecule by two versions."""
        title = self.tr("Predicting by two models")
        return self._measure(title, then, refused, _by_both, self.registry, both, molecule)

    def contest(
        self,
        both: tuple[RegisteredVersion, RegisteredVersion],
        dataset_id: int,
        then: Callable[[Contest], None],
        refused: Callable[[str], None],
    ) -> Job:
        """Compare two versions on the spectra of a dataset whose compounds neither of them was trained on."""
        title = self.tr("Comparing two models")
        return self._measure(title, then, refused, _contest, self.registry, self._records, both, dataset_id)

    def _measure(
        self, title: str, then: Callable[[Any], None], refused: Callable[[str], None], work: Callable[..., Any], *args: Any
    ) -> Job:
        def wrong(error: Exception) -> None:
            if isinstance(error, BitSpecError):
                refused(str(error))
                return
            refused("")
            self.failed.emit(error)

        return self._runner.submit(
            "collection",
            work,
            *args,
            title=title,
            on_done=then,
            on_error=wrong,
            on_cancel=lambda: refused(self.tr("The comparison was cancelled.")),
            cancellable=True,
        )

    # What comes

    def _choose(self, title: str, work: Callable[..., RegisteredVersion], *args: Any) -> None:
        def done(version: RegisteredVersion) -> None:
            self.told.emit(self.tr("BitSpec predicts with “%1” now.").replace("%1", version.version.name))
            self.model_chosen.emit(version)
            self.refresh()

        self._edit(work, *args, then=done, lane="compute", title=title)

    def _edit(
        self,
        work: Callable[..., Any],
        *args: Any,
        then: Callable[[Any], None],
        refused: Callable[[str], None] | None = None,
        lane: LaneName = "edit",
        title: str = "",
    ) -> None:
        """Change something in a lane; a sentence on why it cannot be goes to whoever asked, else into the window."""

        def wrong(error: Exception) -> None:
            if refused is not None and isinstance(error, BitSpecError):
                refused(str(error))
            else:
                self._refused(error)

        self._runner.submit(lane, work, *args, title=title, on_done=then, on_error=wrong)

    def _refused(self, error: Exception) -> None:
        self.failed.emit(error)
        self.refresh()

    def _look_at(self, version: RegisteredVersion) -> None:
        """Look at a version as soon as it is among those that are known."""
        self._to_look_at = version.version_id
        self.refresh()

    def _take_known(self, known: KnownVersions) -> None:
        self.known = known
        self._train.set_versions(known.versions)
        if self._to_look_at is not None:
            self._train.look_at_version(self._to_look_at)
            self._to_look_at = None
        self.changed.emit()

    def _cannot_be_read(self, error: Exception) -> None:
        if not isinstance(error, BitSpecError) or isinstance(error, DamagedDatabase):
            self.failed.emit(error)
        self.known = KnownVersions(self.known.versions, self.known.previous, self.known.responses, str(error))
        self.changed.emit()

    def _read_active(self) -> None:
        """The version in use was deleted: another one takes its place."""
        self._runner.submit("query", self.registry.active, on_done=self.model_chosen.emit, on_error=self.failed.emit)


def _known(registry: ModelRegistry) -> KnownVersions:
    """All versions, read in the query lane."""
    versions = tuple(registry.versions())
    responses = {each.version_id: registry.response(each.version_id) for each in versions if not each.supplied}
    return KnownVersions(versions, registry.previous(), responses, registry.notice)


def _by_both(
    registry: ModelRegistry,
    both: tuple[RegisteredVersion, RegisteredVersion],
    molecule: Molecule,
    *,
    progress: ReportProgress,
    cancel: CancelToken,
) -> tuple[Prediction, Prediction]:
    """One after the other, so that only one is in memory; in a lane."""
    found = []
    for number, version in enumerate(both):
        cancel.raise_if_cancelled()
        progress(Progress(number, 2, version.version.name))
        found.append(registry.predictor(version.version_id).predict([molecule], cancel)[0])
    return found[0], found[1]


def _contest(
    registry: ModelRegistry,
    records: Callable[[int], Sequence[SpectrumRecord]],
    both: tuple[RegisteredVersion, RegisteredVersion],
    dataset_id: int,
    *,
    progress: ReportProgress,
    cancel: CancelToken,
) -> Contest:
    first, second = (version.version_id for version in both)
    return registry.contest(first, second, records(dataset_id), progress=progress, cancel=cancel)


def _import(registry: ModelRegistry, path: Path, *, progress: object, cancel: Any) -> ImportedVersion:
    return registry.import_file(path, cancel=cancel)
