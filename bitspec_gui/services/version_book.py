"""Which model versions are on this machine, where their files are, and which one predicts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from bitspec_gui.domain.errors import ModelFileError, StorageError, VersionError
from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion
from bitspec_gui.domain.model_version import ModelVersion
from bitspec_gui.domain.ports import Predictor
from bitspec_gui.domain.tuning_ports import TrainingStore
from bitspec_gui.services.version_headers import check_weights, read_header
from bitspec_gui.services.version_names import find_version, free_name
from bitspec_gui.services.version_settings import read_response
from bitspec_gui.services.version_shelf import VersionShelf

FindBase = Callable[[str], Path | None]

_Loaded = TypeVar("_Loaded")

_log = logging.getLogger(__name__)


class ModelCore(Protocol):
    """What of the networks the registry needs; slow, and loads torch."""

    def load(self, file: Path, find_base: FindBase, response: bool) -> Predictor:
        """Predictor of a model file, with its instrument's response on or off; raises `ModelFileError`."""
        ...

    def check(self, file: Path, find_base: FindBase) -> ModelVersion:
        """Load a model file in a trial and predict a small molecule; raises `ModelFileError`."""
        ...

    def merge(self, file: Path, target: Path, find_base: FindBase) -> ModelVersion:
        """Write a small version as a whole model file `target` (``NAME.json``); raises `ModelFileError`."""
        ...


class VersionBook:
    """The versions in the database with their files; may be used by several threads.

    Every method that reads or writes raises `StorageError` if the database cannot be used, but for `load` and `active`: BitSpec
    then predicts with the version that comes along, and `notice` says so.

    Parameters
    ----------
    store : callable
        Gives the opened store; called at each use.
    folder : Path
        Folder of the versions, each in a folder of its own.
    supplied : Path
        Model file that comes with BitSpec.
    core : callable
        Gives what checks and merges model files; called when that is needed first.
    """

    def __init__(self, store: Callable[[], TrainingStore], folder: Path, supplied: Path, core: Callable[[], ModelCore]) -> None:
        self._store, self._supplied_file, self.core = store, supplied, core
        self.shelf = VersionShelf(folder)
        self._lock = threading.Lock()
        self._unusable: dict[int, str] = {}
        self._removed_while_active: int | None = None
        self.notice = ""

    # What is there

    def versions(self) -> list[RegisteredVersion]:
        """All versions, the one that comes with BitSpec first, then by age."""
        active = self.active().version_id
        return [replace(each, active=each.version_id == active) for each in self._all()]

    def version(self, version_id: int) -> RegisteredVersion:
        """One of them; raises `VersionError` if it is not there."""
        found = next((each for each in self.versions() if each.version_id == version_id), None)
        if found is None:
            raise VersionError("This model version is no longer there: it was deleted meanwhile.")
        return found

    def by_name(self, text: str) -> RegisteredVersion:
        """Version of that name, in any case, or whose sha256 begins so; raises `VersionError` that names what there is."""
        return find_version(self.versions(), text)

    def find(self, sha256: str) -> Path | None:
        """Model file whose weights have this sha256; None if there is none, or its file is gone."""
        files = [each.file for each in self._all() if each.version.sha256 == sha256]
        return next((file for file in files if file.is_file()), None)

    def free_name(self, wanted: str) -> str:
        """The name, or with a number behind it if a version has it."""
        return free_name([each.version.name for each in self._all()], wanted)

    def removed(self) -> list[RegisteredVersion]:
        """Deleted versions that `restore` can bring back."""
        placed = [self._placed(each) for each in self._store().removed_versions()]
        return [each for each in placed if self.shelf.holds(each.file)]

    # Which one predicts

    def active(self) -> RegisteredVersion:
        """The version to predict with: the chosen one, or the one that comes with BitSpec if that cannot be used."""
        chosen, _why = self._chosen()
        return replace(chosen, active=True)

    def load(self, load_file: Callable[[Path, bool], _Loaded]) -> _Loaded:
        """Load the active version, or, if that cannot be used, the one that comes with BitSpec; `notice` then says why.

        Parameters
        ----------
        load_file : callable
            Loads a model file, with the instrument's response on or off.

        Raises
        ------
        ModelFileError
            If not even the one that comes with BitSpec can be loaded.
        """
        chosen, why = self._chosen()
        if not chosen.supplied:
            try:
                loaded = load_file(chosen.file, read_response(chosen.file))
            except ModelFileError as error:
                why = self._cannot_be_used(chosen, str(error))
                with self._lock:
                    self._unusable[chosen.version_id] = why
            else:
                self.notice = ""
                return loaded
        self.notice = why
        return load_file(self._supplied_file, True)

    def named_file(self, stated: Path) -> tuple[Path, bool]:
        """Model file that someone names on the command line, as a file or as a version, and whether its response is on.

        Raises
        ------
        VersionError
            If there is neither.
        """
        if stated.suffix.lower() == ".json" or stated.is_file():
            return stated, read_response(stated)
        version = self.by_name(str(stated))
        return version.file, read_response(version.file)

    def predictor(self, version_id: int) -> Predictor:
        """Load a version beside the one that predicts, for example to compare the two; it is not kept.

        Raises
        ------
        VersionError, ModelFileError
            If it is not there, or cannot be loaded.
        """
        version = self.version(version_id)
        return self.core().load(version.file, self.find, read_response(version.file))

    def take_in(self, folder: Path, version: RegisteredVersion) -> RegisteredVersion:
        """Register a version whose files lie in a folder of `shelf.incoming`; wholly or not at all."""
        there = self.shelf.take_in(folder, version.version.name)
        size = sum(file.stat().st_size for file in there.iterdir())
        file = there / version.file.name
        made_at = version.made_at or datetime.now(UTC)
        try:
            version_id = self._store().add_version(replace(version, version_id=0, file=file, size_bytes=size, made_at=made_at))
        except BaseException:
            self.shelf.discard(there)
            raise
        return self.version(version_id)

    # Within

    def _all(self) -> list[RegisteredVersion]:
        others = self._store().versions() if self.shelf.used else []
        return [self._supplied(), *(self._placed(each) for each in others)]

    def _supplied(self) -> RegisteredVersion:
        header = read_header(self._supplied_file)
        files = (self._supplied_file, header.weights)
        size = sum(file.stat().st_size for file in files if file.is_file())
        return RegisteredVersion(SUPPLIED, header.version, self._supplied_file, size_bytes=size)

    def _placed(self, version: RegisteredVersion) -> RegisteredVersion:
        return replace(version, file=self.shelf.place(version.file))

    def _chosen(self) -> tuple[RegisteredVersion, str]:
        """The version to predict with, and why it is not the one that was chosen (empty if it is)."""
        supplied = self._supplied()
        if not self.shelf.used:
            return supplied, ""
        try:
            chosen_id = self._store().active_version()
            chosen = next((self._placed(each) for each in self._store().versions() if each.version_id == chosen_id), supplied)
        except StorageError as error:
            _log.warning("The chosen model is not known", exc_info=True)
            return supplied, f"Which model was chosen cannot be read. {error} BitSpec predicts with {supplied.version.name}."
        if chosen_id in self._unusable:
            return supplied, self._unusable[chosen_id]
        if not chosen.supplied and not chosen.file.is_file():
            return supplied, self._cannot_be_used(chosen, f"Its file {chosen.file} is missing.")
        return chosen, ""

    def _cannot_be_used(self, version: RegisteredVersion, why: str) -> str:
        supplied = self._supplied().version.name
        return f"The model “{version.version.name}” cannot be used. {why} BitSpec predicts with {supplied} instead."

    def _try(self, version: RegisteredVersion) -> None:
        try:
            self._check_files(version)
            found = self.core().check(version.file, self.find)
        except ModelFileError as error:
            raise VersionError(f"“{version.version.name}” cannot be used. {error}") from error
        if found.sha256 != version.version.sha256:
            raise VersionError(f"“{version.version.name}” cannot be used: its files are not those that were registered.")

    def _check_files(self, version: RegisteredVersion) -> None:
        header = read_header(version.file)
        check_weights(header)
        if header.version.sha256 != version.version.sha256:
            raise VersionError(f"The files of “{version.version.name}” are not those that were registered.")
        if header.small and self.find(header.base_sha256) is None:
            base = header.base_name or version.parent_name or "its base"
            raise VersionError(
                f"“{version.version.name}” holds only what changed, and the model {base} (sha256 {header.base_sha256[:8]}...) "
                "is not on this machine."
            )
