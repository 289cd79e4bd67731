"""A list of thousands of molecules: read from files row by row, and predicted a few at a time, those that are looked at first."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from bitspec_gui.domain.batch import BatchReport, BatchRow, PredictedCompound, RowState, compound_of, packed
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule, MoleculeInput, is_block
from bitspec_gui.domain.problems import Problem
from bitspec_gui.services.batch_rows import BatchRows
from bitspec_gui.services.prediction import SUGGESTED_FOR, PredictionService
from bitspec_gui.services.unknowns import without_path

MOST_ROWS = 250_000
"""Rows of a list, which take some 2 kB of memory each."""

MOST_PROBLEMS = 10_000
"""Refused rows told one by one in a report; beyond, only their number."""

READ_FOR_S = 0.15
READ_AT_MOST = 2_000
ROUND = 48
"""Rows tried between two looks at what has come into sight: a quarter of a second's work."""


@dataclass
class _Source:
    """A file that is being read, and how many rows it has given."""

    path: Path
    items: Iterator[MoleculeInput | Problem]
    given: int = 0


class BatchPrediction:
    """The list, and the work on it.

    `work` runs in one thread at a time; everything else may be called from another one meanwhile.
    """

    def __init__(self, prediction: PredictionService) -> None:
        self._prediction = prediction
        self.rows = BatchRows()
        self._files: deque[Path] = deque()
        self._taken_files: list[str] = []
        self._source: _Source | None = None
        self._first_waiting = 0
        self._in_sight: tuple[int, ...] = ()
        self._compounds: dict[str, int] = {}
        self._problems: list[Problem] = []

    @property
    def is_reading(self) -> bool:
        """Whether there are files of which rows are still to come."""
        return bool(self._files) or self._source is not None

    @property
    def has_work(self) -> bool:
        """Whether there is something to read or to predict."""
        return self.is_reading or self.rows.counts.waiting > 0

    @property
    def files(self) -> tuple[str, ...]:
        """Files that the list was made of, in the order in which they came."""
        return tuple(self._taken_files)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with whole files."""
        return tuple(self._problems)

    def report(self) -> BatchReport:
        """What became of all that was read, with why and where."""
        counts = self.rows.counts
        refused = [problem for row in self.rows.all() if (problem := row.problem) is not None]
        told = (*self.problems, *refused[:MOST_PROBLEMS])
        return BatchReport(self.files, counts, told, max(0, len(refused) - MOST_PROBLEMS))

    def add(self, paths: Sequence[Path]) -> None:
        """Have files read and added to the list by the work that is going on, or by the next."""
        self._taken_files.extend(str(path) for path in paths)
        self._files.extend(paths)

    def look_at(self, places: Sequence[int]) -> None:
        """Say which rows (counted from 0) are in sight: they are predicted before the others."""
        self._in_sight = tuple(places)

    def work(self, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
        """Read what is to be read and predict what waits, until nothing is left; a later call goes on where this one stopped.

        Parameters
        ----------
        progress : callable
            Told after each few molecules how many rows were dealt with since the call; the total is 0 while rows are coming.
        cancel : CancelToken, optional
            Read between any two molecules; what was done stays.

        Raises
        ------
        ModelFileError
            If the network cannot be loaded; the rows wait on.
        Cancelled
            If someone asked to stop.
        """
        token = cancel or CancelToken()
        dealt_with = len(self.rows) - self.rows.counts.waiting
        while self.has_work:
            token.raise_if_cancelled()
            if self.is_reading:
                self._read_some()
                self._tell(progress, dealt_with)
            self._predict_some(token)
            self._tell(progress, dealt_with)

    def _tell(self, progress: ReportProgress, before: int) -> None:
        counts = self.rows.counts
        done = counts.rows - counts.waiting - before
        if self.is_reading:
            progress(Progress(done, 0, f"Reading: {counts.rows:,} rows so far"))
        else:
            progress(Progress(done, counts.rows - before, "Predicting spectra"))

    # Reading

    def _read_some(self) -> None:
        """Read rows for a moment."""
        until = time.monotonic() + READ_FOR_S
        for _ in range(READ_AT_MOST):
            source = self._source or self._open_next()
            if source is None or time.monotonic() > until:
                return
            try:
                item = next(source.items, None)
            except UnreadableFile as error:
                self._complain(source.path, without_path(error, source.path), "What was read before was kept.")
                self._source = None
                continue
            if item is None:
                if not source.given:
                    self._complain(source.path, "This file holds no structures.", "")
                self._source = None
            elif len(self.rows) < MOST_ROWS:
                source.given += 1
                self._append(item)
            else:
                self._leave_the_rest(source.path)

    def _open_next(self) -> _Source | None:
        from bitspec_gui.formats.molecule_tables import read_molecule_inputs

        while self._files and self._source is None:
            # Taken off the list only when its rows are being read, so that `is_reading` holds all the while.
            path = self._files[0]
            try:
                self._source = _Source(path, read_molecule_inputs(path))
            except UnreadableFile as error:
                self._complain(path, without_path(error, path), "Nothing was read from it.")
            self._files.popleft()
        return self._source

    def _complain(self, path: Path, what: str, kept: str) -> None:
        self._problems.append(Problem(str(path), None, what, kept))

    def _append(self, item: MoleculeInput | Problem) -> None:
        number = len(self.rows) + 1
        if isinstance(item, Problem) and not item.rejected:
            # A word on a row that is in the list.
            self._problems.append(item)
            return
        if isinstance(item, Problem):
            row = BatchRow(number, "", "", "", item.file, item.line, b"", RowState.REFUSED, item.what)
        else:
            row = BatchRow(number, item.name, item.identifier, item.cas, item.file, item.line, packed(item.text))
        self.rows.append(row)

    def _leave_the_rest(self, path: Path) -> None:
        what = f"A list holds at most {MOST_ROWS:,} rows; use “bitspec predict --input FILE” for larger collections."
        self._complain(path, what, "The rows before were kept.")
        self._source = None
        self._files.clear()

    # Predicting

    def _predict_some(self, cancel: CancelToken) -> None:
        """Predict a few rows: those in sight first, the others in the order of the files."""
        molecules: dict[int, Molecule] = {}
        repeated: list[tuple[int, Molecule]] = []
        new: set[str] = set()
        for place in self._some_waiting():
            cancel.raise_if_cancelled()
            found = self._molecule(self.rows[place])
            if isinstance(found, Problem):
                self._refuse(place, found.what)
            elif found.inchikey and (found.inchikey in self._compounds or found.inchikey in new):
                repeated.append((place, found))
            else:
                molecules[place] = found
                new.add(found.inchikey)
        results = self._prediction.predict_each(list(molecules.values()), cancel=cancel)
        for (place, molecule), result in zip(molecules.items(), results, strict=True):
            if isinstance(result, str):
                self._refuse(place, result)
            else:
                self._compounds.setdefault(molecule.inchikey, place)
                self._keep(place, molecule, compound_of(result))
        for place, molecule in repeated:
            self._share(place, molecule)

    def _molecule(self, row: BatchRow) -> Molecule | Problem:
        from bitspec_gui.formats.structures import MAX_MOLBLOCK_TEXT, MAX_STRUCTURE_TEXT

        text = row.text
        if len(text) > (MAX_MOLBLOCK_TEXT if is_block(text) else MAX_STRUCTURE_TEXT):
            # Reading it could take minutes, for which the others would have to wait.
            return Problem(row.file, row.line, "The structure is too long to be that of a compound that evaporates.")
        item = MoleculeInput(text, row.name, row.identifier, row.file, row.line, row.cas)
        return self._prediction.read(item, suggest=self.rows.counts.refused < SUGGESTED_FOR)

    def _some_waiting(self) -> list[int]:
        """Places of the rows to try next."""
        rows = self.rows
        while self._first_waiting < len(rows) and rows[self._first_waiting].state is not RowState.WAITING:
            self._first_waiting += 1
        chosen: dict[int, None] = {}
        for place in chain(self._in_sight, range(self._first_waiting, len(rows))):
            if place < len(rows) and rows[place].state is RowState.WAITING:
                chosen[place] = None
                if len(chosen) == ROUND:
                    break
        return list(chosen)

    def _keep(self, place: int, molecule: Molecule, compound: PredictedCompound, same_as: int = 0) -> None:
        row = self.rows[place]
        done = replace(row, name=molecule.name, state=RowState.PREDICTED, compound=compound, same_as=same_as)
        self.rows.replace(place, done)

    def _share(self, place: int, molecule: Molecule) -> None:
        first = self.rows[self._compounds[molecule.inchikey]] if molecule.inchikey in self._compounds else None
        if first is None or first.compound is None:
            self._refuse(place, "No spectrum could be predicted for this compound; see the earlier row that it is in.")
            return
        # Stereoisomers have keys of their own, but one key may have several SMILES: a tautomer keeps its own.
        compound = replace(first.compound, smiles=molecule.smiles, molecule_warnings=molecule.warnings)
        self._keep(place, molecule, compound, same_as=first.number)

    def _refuse(self, place: int, sentence: str) -> None:
        self.rows.replace(place, replace(self.rows[place], state=RowState.REFUSED, sentence=sentence))
