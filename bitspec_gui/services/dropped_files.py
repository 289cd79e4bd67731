"""What was dropped or opened: structures to predict, few or whole collections, files of spectra, GC-MS runs, or models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.services.unknowns import without_path
from bitspec_gui.services.version_files import is_version_file

FEW = 20
"""Structures that are taken one by one; files with more are a collection, which is predicted as a list."""


@dataclass(frozen=True)
class DroppedFiles:
    """Files sorted by content.

    ``molecules`` are the structures of the files if there are `FEW` at most; if there are more, ``collections`` names these files
    instead. ``libraries`` are files and folders that hold records of spectra; ``runs`` are GC-MS runs, also as Agilent ``.D``
    folders; ``models`` are model versions that somebody exported.
    """

    molecules: tuple[MoleculeInput, ...] = ()
    collections: tuple[Path, ...] = ()
    libraries: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    runs: tuple[Path, ...] = ()
    models: tuple[Path, ...] = ()


@dataclass
class _Structures:
    """Files of structures, and what they hold, as long as it is little."""

    files: list[Path] = field(default_factory=list)
    molecules: list[MoleculeInput] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def are_many(self) -> bool:
        return len(self.molecules) + sum(problem.rejected for problem in self.problems) > FEW


def sort_dropped(paths: Sequence[Path]) -> DroppedFiles:
    """Sort files and folders: a run, or a folder or file that holds records of spectra; else structures are looked for.

    A collection is read no further than it takes to see that it is one.
    """
    from bitspec_gui.formats.sniffing import format_of_head, head_of, is_run

    models, others = models_among(paths)
    structures = _Structures()
    libraries: list[Path] = []
    runs: list[Path] = []
    problems: list[Problem] = []
    for path in others:
        try:
            kind = None if path.is_dir() else format_of_head(head_of(path))
            if is_run(kind) or _is_run_folder(path):
                runs.append(path)
            elif path.is_dir() or kind is not None:
                libraries.append(path)
            elif not _take_structures(path, structures):
                problems.append(Problem(str(path), None, "This file holds neither spectra nor structures.", ""))
        except OSError as error:
            problems.append(Problem(str(path), None, f"It cannot be opened: {error.strerror or error}.", ""))
        except UnreadableFile as error:
            problems.append(Problem(str(path), None, without_path(error, path), ""))
    if structures.are_many:
        return DroppedFiles((), tuple(structures.files), tuple(libraries), tuple(problems), tuple(runs), models)
    told = (*structures.problems, *problems)
    return DroppedFiles(tuple(structures.molecules), (), tuple(libraries), told, tuple(runs), models)


def models_among(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Files of model versions, and all others, in their order. Libraries of BitSpec have the same suffix: content decides."""
    models = tuple(path for path in paths if is_version_file(path))
    return models, tuple(path for path in paths if path not in models)


def _take_structures(path: Path, structures: _Structures) -> bool:
    """Read structures until there are many; False if the file holds nothing at all."""
    from bitspec_gui.formats.molecule_tables import read_molecule_inputs

    found = False
    for item in read_molecule_inputs(path):
        if not found:
            structures.files.append(path)
            found = True
        if isinstance(item, Problem):
            structures.problems.append(item)
        else:
            structures.molecules.append(item)
        if structures.are_many:
            break
    return found


def _is_run_folder(path: Path) -> bool:
    """Whether a folder is what Agilent's programs make of a run: one with a file ``data.ms``."""
    return path.is_dir() and any(each.name.lower() == "data.ms" and each.is_file() for each in path.iterdir())
