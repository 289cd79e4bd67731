"""What can be done with the model versions of a machine: use, go back, rename, delete and restore, merge."""

from __future__ import annotations

import logging
from dataclasses import replace

from bitspec_gui.domain.errors import ModelFileError, StorageError, VersionError
from bitspec_gui.domain.model_registry import SUPPLIED, RegisteredVersion
from bitspec_gui.services.version_book import VersionBook
from bitspec_gui.services.version_headers import read_header, rewrite_name
from bitspec_gui.services.version_names import checked_name, name_key
from bitspec_gui.services.version_settings import read_response, write_response

_log = logging.getLogger(__name__)


class VersionChanges(VersionBook):
    """The versions on this machine and what can be done with them; may be used by several threads.

    Parameters are those of `VersionBook`. Every method that changes something raises `VersionError` if it cannot, and has then
    changed nothing.
    """

    # Which one predicts

    def use(self, version_id: int) -> RegisteredVersion:
        """Predict with another version from now on, after it was loaded in a trial.

        Whoever holds a loaded one replaces it then (`PredictionService.replace`).

        Raises
        ------
        VersionError
            If it is not there, or cannot be used.
        """
        version = self.version(version_id)
        if not version.supplied:
            self._try(version)
        self._store().set_active(version_id)
        with self._lock:
            self._unusable.pop(version_id, None)
            self._removed_while_active = None
        self.notice = ""
        return replace(version, active=True)

    def previous(self) -> RegisteredVersion | None:
        """The version that `roll_back` goes back to, None if there is none."""
        before = self._store().previous_active()
        return self.version(before) if before is not None else None

    def roll_back(self) -> RegisteredVersion:
        """Predict with the version that was in use before; raises `VersionError` if there is none."""
        before = self._store().previous_active()
        if before is None:
            raise VersionError("No other model was in use before: there is nothing to go back to.")
        return self.use(before)

    def response(self, version_id: int) -> bool | None:
        """Whether a version predicts with its instrument's response; None if it has none."""
        version = self.version(version_id)
        try:
            return read_response(version.file) if read_header(version.file).has_response else None
        except ModelFileError:
            return None

    def set_response(self, version_id: int, on: bool) -> RegisteredVersion:
        """Switch the instrument's response of a version on or off; takes effect when it is loaded next."""
        version = self.version(version_id)
        if self.response(version_id) is None:
            raise VersionError(f"“{version.version.name}” has no response of an instrument that could be switched.")
        write_response(version.file, on)
        return version

    # Changing what is there

    def rename(self, version_id: int, name: str) -> RegisteredVersion:
        """Give a version another name, which its predictions bear from then on.

        Raises
        ------
        VersionError
            If the name is empty or taken, or the version comes with BitSpec.
        """
        version = self._own(version_id, "renamed")
        wanted = checked_name(name)
        if any(name_key(each.version.name) == name_key(wanted) for each in self._all() if each.version_id != version_id):
            raise VersionError(f"There is a model named “{wanted}” already. Choose another name.")
        self._store().change_version(version_id, name=wanted)
        try:
            rewrite_name(version.file, wanted)
        except ModelFileError as error:
            self._store().change_version(version_id, name=version.version.name)
            raise VersionError(f"“{version.version.name}” was not renamed. {error}") from error
        return self.version(version_id)

    def set_notes(self, version_id: int, notes: str) -> RegisteredVersion:
        """Say something else of a version."""
        self._own(version_id, "given notes")
        self._store().change_version(version_id, notes=notes.strip())
        return self.version(version_id)

    def remove(self, version_id: int) -> RegisteredVersion:
        """Delete a version; `restore` brings it back while its files are kept. If it was active, the supplied one is now.

        Raises
        ------
        VersionError
            If it comes with BitSpec, others need it, or a training that has not ended begins with it.
        """
        version = self._own(version_id, "deleted")
        self._refuse_if_needed(version)
        if version.active:
            self._store().set_active(SUPPLIED)
        self._store().remove_version(version_id)
        self._removed_while_active = version_id if version.active else self._removed_while_active
        self._put_away(version)
        return version

    def restore(self, version_id: int) -> RegisteredVersion:
        """Bring a deleted version back; it is active again if it was, and no other one was chosen meanwhile.

        Raises
        ------
        VersionError
            If its files are gone, or its name is taken.
        """
        version = next((each for each in self.removed() if each.version_id == version_id), None)
        if version is None:
            raise VersionError("The files of this deleted model are no longer there: they are kept for 30 days.")
        self.shelf.bring_back(version.file)
        try:
            self._store().restore_version(version_id)
        except (StorageError, VersionError):
            self._put_away(version)
            raise
        if self._removed_while_active == version_id and self.active().supplied:
            return self.use(version_id)
        return self.version(version_id)

    def merge(self, version_id: int, name: str = "") -> RegisteredVersion:
        """Make a small version one of its own, which needs no base; the small one stays.

        Raises
        ------
        VersionError
            If it is whole already, or cannot be read.
        """
        version = self.version(version_id)
        if not version.small:
            raise VersionError(f"“{version.version.name}” needs no other model: there is nothing to merge.")
        wanted = checked_name(name) if name.strip() else self.free_name(f"{version.version.name} (whole)")
        with self.shelf.incoming() as folder:
            target = folder / "model.json"
            try:
                merged = self.core().merge(version.file, target, self.find)
                rewrite_name(target, wanted)
            except ModelFileError as error:
                raise VersionError(f"“{version.version.name}” was not merged. {error}") from error
            notes = f"Merged from {version.version} and its base. {version.notes}".strip()
            return self.take_in(
                folder,
                replace(version, version=replace(merged, name=wanted), file=target, small=False, notes=notes, active=False),
            )

    def tidy(self) -> None:
        """Delete for good what was deleted long ago, and what is left of imports that were broken off."""
        for version in self.removed():
            self._put_away(version)
        self.shelf.tidy()
        there = {version.version_id for version in self.removed()}
        for version in self._store().removed_versions():
            if version.version_id not in there:
                self._store().forget_version(version.version_id)

    def _put_away(self, version: RegisteredVersion) -> None:
        """Move the files of a deleted version out of the way; where another program holds them, a later `tidy` does."""
        try:
            self.shelf.put_away(version.file)
        except VersionError:
            _log.warning("The files of %s stay where they are for now", version.version, exc_info=True)

    def _own(self, version_id: int, done: str) -> RegisteredVersion:
        version = self.version(version_id)
        if version.supplied:
            raise VersionError(f"“{version.version.name}” comes with BitSpec and cannot be {done}.")
        return version

    def _refuse_if_needed(self, version: RegisteredVersion) -> None:
        others = [each for each in self._all() if each.version_id != version.version_id]
        twin = any(each.version.sha256 == version.version.sha256 for each in others)
        needing = [each.version.name for each in others if each.small and each.parent_sha256 == version.version.sha256]
        if needing and not twin:
            named = " and ".join(f"“{name}”" for name in needing[:3]) + (" and others" if len(needing) > 3 else "")
            raise VersionError(
                f"“{version.version.name}” is needed by {named}, which hold only what changed beside it and would stop working. "
                "Delete them first, or merge them into whole models."
            )
        waiting = [
            job.name
            for job in self._store().jobs()
            if job.base_sha256 == version.version.sha256 and (not job.state.ended or job.state.can_resume)
        ]
        if waiting and not twin:
            raise VersionError(f"The training “{waiting[0]}” begins with “{version.version.name}”. Cancel or remove it first.")
