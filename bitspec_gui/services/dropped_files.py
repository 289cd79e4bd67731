"""What was dropped or opened: structures to predict, files of spectra, or GC-MS runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.services.unknowns import without_path

MOST_MOLECULES = 500
"""Structures taken from dropped files; whole collections are for ``bitspec predict``."""


@dataclass(frozen=True)
class DroppedFiles:
    """Files sorted by content. ``left_over`` counts the structures beyond `MOST_MOLECULES`.

    ``libraries`` are files and folders that hold records of spectra; ``runs`` are GC-MS runs, also as Agilent ``.D`` folders.
    """

    molecules: tuple[MoleculeInput, ...] = ()
    libraries: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_over: int = 0
    runs: tuple[Path, ...] = ()


def sort_dropped(paths: Sequence[Path]) -> DroppedFiles:
    """Sort files and folders: a run, or a folder or file that holds records of spectra; else structures are looked for."""
    from bitspec_gui.formats.molecule_tables import read_molecule_inputs
    from bitspec_gui.formats.sniffing import format_of_head, head_of, is_run

    molecules: list[MoleculeInput] = []
    libraries: list[Path] = []
    runs: list[Path] = []
    problems: list[Problem] = []
    left_over = 0
    for path in paths:
        try:
            kind = None if path.is_dir() else format_of_head(head_of(path))
            if is_run(kind) or _is_run_folder(path):
                runs.append(path)
                continue
            if path.is_dir() or kind is not None:
                libraries.append(path)
                continue
            taken_before = len(molecules) + len(problems) + left_over
            for item in read_molecule_inputs(path):
                if isinstance(item, Problem):
                    problems.append(item)
                elif len(molecules) < MOST_MOLECULES:
                    molecules.append(item)
                else:
                    left_over += 1
            if len(molecules) + len(problems) + left_over == taken_before:
                problems.append(Problem(str(path), None, "This file holds neither spectra nor structures.", ""))
        except OSError as error:
            problems.append(Problem(str(path), None, f"It cannot be opened: {error.strerror or error}.", ""))
        except UnreadableFile as error:
            problems.append(Problem(str(path), None, without_path(error, path), ""))
    return DroppedFiles(tuple(molecules), tuple(libraries), tuple(problems), left_over, tuple(runs))


def _is_run_folder(path: Path) -> bool:
    """Whether a folder is what Agilent's programs make of a run: one with a file ``data.ms``."""
    return path.is_dir() and any(each.name.lower() == "data.ms" and each.is_file() for each in path.iterdir())
