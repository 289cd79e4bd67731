"""The model versions of a machine, with their verdicts and faults, and as files that others can use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import ModelFileError, VersionError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_json import from_json
from bitspec_gui.domain.verdict import VERDICT_FILE, Verdict
from bitspec_gui.services.version_changes import VersionChanges
from bitspec_gui.services.version_contest import Contest, contest
from bitspec_gui.services.version_files import ExportedVersion, ImportedVersion, export_version, import_version


@dataclass(frozen=True)
class VersionProblem:
    """A version that cannot be used, and why in a sentence."""

    version: RegisteredVersion
    sentence: str


class ModelRegistry(VersionChanges):
    """The versions on this machine, and everything that can be done with them; may be used by several threads.

    Parameters are those of `services.version_book.VersionBook`. Every method that changes something raises `VersionError` if it
    cannot, and has then changed nothing.
    """

    # What is known of them

    def verdict(self, version_id: int) -> Verdict | None:
        """Verdict of a version with the spectra behind it; None where only its figures are known (imported ones).

        Raises
        ------
        VersionError
            If its file is damaged.
        """
        file = self.version(version_id).file.with_name(VERDICT_FILE)
        try:
            return from_json(Verdict, json.loads(file.read_bytes())["verdict"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise VersionError(f"The verdict in {file} cannot be read; the figures of the version are not affected.") from error

    def problems(self) -> list[VersionProblem]:
        """Versions that cannot be used: files that are missing or damaged, a base that is missing. Reads all files."""
        found = []
        for version in self._all():
            try:
                self._check_files(version)
            except (ModelFileError, VersionError) as error:
                found.append(VersionProblem(version, str(error)))
        return found

    def contest(
        self,
        first_id: int,
        second_id: int,
        records: Sequence[SpectrumRecord],
        *,
        progress: ReportProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> Contest:
        """Both versions on measured spectra of compounds that neither was trained on; see `services.version_contest.contest`."""
        first, second = self.version(first_id), self.version(second_id)
        return contest(first, second, records, lambda each: self.predictor(each.version_id), progress=progress, cancel=cancel)

    # From and to files

    def export(self, version_id: int, path: Path) -> ExportedVersion:
        """Write a version to a .bitspec file; see `services.version_files.export_version`."""
        return export_version(self, version_id, path)

    def import_file(self, path: Path, *, cancel: CancelToken | None = None) -> ImportedVersion:
        """Take in a version from a .bitspec file; see `services.version_files.import_version`."""
        return import_version(self, path, cancel=cancel)
