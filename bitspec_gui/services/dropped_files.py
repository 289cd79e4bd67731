"""What was dropped or opened: structures to predict or spectra to add as a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem

MOST_MOLECULES = 500
"""Structures taken from dropped files; whole collections are for ``bitspec predict``."""


@dataclass(frozen=True)
class DroppedFiles:
    """Files sorted by content. ``left_over`` counts the structures beyond `MOST_MOLECULES`."""

    molecules: tuple[MoleculeInput, ...] = ()
    libraries: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_over: int = 0


def sort_dropped(paths: Sequence[Path]) -> DroppedFiles:
    """Sort files and folders: a folder, or a file that holds spectra, is a library; else structures are looked for."""
    from bitspec_gui.formats.molecule_tables import read_molecule_inputs
    from bitspec_gui.formats.sniffing import format_of_head, head_of

    molecules: list[MoleculeInput] = []
    libraries: list[Path] = []
    problems: list[Problem] = []
    left_over = 0
    for path in paths:
        try:
            if path.is_dir() or format_of_head(head_of(path)) is not None:
                libraries.append(path)
                continue
            for item in read_molecule_inputs(path):
                if isinstance(item, Problem):
                    problems.append(item)
                elif len(molecules) < MOST_MOLECULES:
                    molecules.append(item)
                else:
                    left_over += 1
        except OSError as error:
            problems.append(Problem(str(path), None, f"It cannot be opened: {error.strerror or error}.", ""))
        except UnreadableFile as error:
            # The sentence begins with the path, which a problem says anyway.
            words = str(error)
            sentence = f"This file{words.removeprefix(str(path))}" if words.startswith(f"{path} ") else words
            problems.append(Problem(str(path), None, sentence, ""))
    return DroppedFiles(tuple(molecules), tuple(libraries), tuple(problems), left_over)
