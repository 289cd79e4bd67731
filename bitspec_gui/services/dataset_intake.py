"""Spectra on their way into a dataset: judged, compared with what is there, written in batches, counted, joined to structures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_data import DatasetSpectrum, SpectrumChange, Standing
from bitspec_gui.domain.tuning_ports import DatasetStore
from bitspec_gui.formats.structure_rows import StructureRow
from bitspec_gui.services.known_spectra import Known, KnownSpectra
from bitspec_gui.services.spectrum_standing import Judged, judged
from bitspec_gui.services.structure_join import Joined, join

MOST_SPECTRA = 20_000
"""Spectra of a dataset: more than a night's training, and as much as is held in memory at once."""

BATCH_RECORDS = 200
BATCH_PEAKS = 200_000
"""A batch, which is one transaction, ends at either."""

MOST_PROBLEMS = 5_000
"""Problems, and doubts, told one by one."""

KEPT: dict[Standing, str] = {
    Standing.DOUBTFUL: "It is kept, but not used unless you say so.",
    Standing.DUPLICATE: "It is kept, but not used unless you say so.",
    Standing.NO_STRUCTURE: "It is kept, and can be used once it has a structure.",
    Standing.REFUSED: "It is kept, but cannot be used.",
}


class Intake:
    """Spectra on their way into a dataset: judged, compared with what is there, written in batches, counted."""

    def __init__(
        self,
        store: DatasetStore,
        dataset_id: int | None,
        name: str,
        files: Sequence[str],
        progress: ReportProgress,
        cancel: CancelToken | None,
    ) -> None:
        self._store, self._dataset_id, self._name = store, dataset_id, name
        self._files, self._progress, self._cancel = tuple(files), progress, cancel
        self._known = KnownSpectra()
        self._there = 0
        if dataset_id is not None:
            self._remember(store.spectra(dataset_id))
        self._batch: list[DatasetSpectrum] = []
        self._repeats: list[tuple[DatasetSpectrum, int]] = []
        self._batch_peaks = 0
        self._new: dict[int, Problem | None] = {}
        self._pending: list[int] = []
        self._ids: dict[int, int] = {}
        self._number = -1
        self._problems: list[Problem] = []
        self._untold = self._rejected = self._already_there = 0
        self.full = False

    @property
    def cancelled(self) -> bool:
        """Whether the user has cancelled."""
        return self._cancel is not None and self._cancel.cancelled

    def dataset_id(self) -> int:
        """The dataset, made if it is not there yet."""
        if self._dataset_id is None:
            self._dataset_id = self._store.new_dataset(self._name)
        return self._dataset_id

    def _remember(self, spectra: Iterable[DatasetSpectrum]) -> None:
        for spectrum in spectra:
            self._there += 1
            self._known.add(spectrum.record, spectrum.spectrum_id, repeats=spectrum.standing is Standing.DUPLICATE)

    @property
    def empty(self) -> bool:
        """Whether nothing has been read, and there is no dataset yet."""
        return self._dataset_id is None and not self._already_there and not self._batch and not self._repeats

    @property
    def added(self) -> int:
        """How many spectra are new."""
        return len(self._new)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was told so far."""
        return tuple(self._problems)

    def note_all(self, problems: Iterable[Problem]) -> None:
        """Tell problems."""
        for problem in problems:
            self.note(problem)

    def note(self, problem: Problem) -> None:
        """Tell a problem, or count it if there are too many."""
        self._rejected += problem.rejected
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(problem)
        else:
            self._untold += 1

    def take(self, record: SpectrumRecord, percent: int, source: str) -> None:
        """Judge a record and put it into the batch."""
        if self._known.holds(record):
            self._already_there += 1
            return
        if self._there >= MOST_SPECTRA:
            self.full = True
            what = f"A dataset holds {MOST_SPECTRA:,} spectra at most. What follows in this file was not read."
            self.note(Problem(record.source_file, record.line, what, "What was read before was kept.", rejected=False))
            return
        self._there += 1
        spectrum, of = self._beside_known(judged(record))
        if of is None or spectrum.standing is not Standing.DUPLICATE:
            self._known.add(spectrum.record, self._number)
            self._pending.append(self._number)
            self._number -= 1
            self._batch.append(spectrum)
        else:
            self._known.add(spectrum.record, 0, repeats=True)
            self._repeats.append((spectrum, of.number))
        self._batch_peaks += len(record.spectrum)
        if len(self._batch) + len(self._repeats) >= BATCH_RECORDS or self._batch_peaks >= BATCH_PEAKS:
            self.commit()
            self._progress(Progress(percent, 100, f"{source}: {len(self._new):,} spectra read, {self._rejected:,} rejected"))

    def _beside_known(self, found: Judged) -> tuple[DatasetSpectrum, Known | None]:
        spectrum = DatasetSpectrum(0, found.record, found.standing, found.reason)
        if found.standing in (Standing.REFUSED, Standing.NO_STRUCTURE):
            return spectrum, None
        same = self._known.same_peaks(found.record)
        return repeated(spectrum, same), same

    def commit(self) -> None:
        """Write the batch: first what is new, then what repeats it, for which the ids of the first are needed."""
        if self._batch:
            ids = self._store.add_spectra(self.dataset_id(), self._batch)
            self._ids.update(zip(self._pending, ids, strict=True))
            self._count(ids, self._batch)
        if self._repeats:
            repeats = [replace(spectrum, duplicate_of=self._ids.get(of, of)) for spectrum, of in self._repeats]
            self._count(self._store.add_spectra(self.dataset_id(), repeats), repeats)
        self._batch, self._repeats, self._pending, self._batch_peaks = [], [], [], 0

    def _count(self, ids: Sequence[int], spectra: Sequence[DatasetSpectrum]) -> None:
        self._new.update((spectrum_id, doubt_of(spectrum)) for spectrum_id, spectrum in zip(ids, spectra, strict=True))

    def join(self, tables: Sequence[Sequence[StructureRow]], kept: Sequence[StructureRow]) -> None:
        """Give spectra structures: those of the dataset by these tables, and the new ones by what was kept from earlier ones."""
        if not tables and not (kept and self._new):
            return
        self._progress(Progress(92, 100, "Joining structures to spectra"))
        spectra = self._store.spectra(self.dataset_id())
        known = KnownSpectra()
        for spectrum in spectra:
            repeats = spectrum.standing is Standing.DUPLICATE or spectrum.compound is None
            known.add(spectrum.record, spectrum.spectrum_id, repeats=repeats)
        told = {row for rows in tables for row in rows}
        try:
            for rows in tables:
                spectra = self._joined(spectra, join(rows, spectra, cancel=self._cancel), rows[0].file, known)
            lacking = _lacking(each for each in spectra if each.spectrum_id in self._new)
            for rows in _by_file([row for row in kept if row not in told]) if lacking else ():
                found = join(rows, lacking, tell_alone=False, cancel=self._cancel)
                lacking = _lacking(self._joined(lacking, found, rows[0].file, known))
        except Cancelled:
            what = "Not all structures were joined to spectra, since the import was cancelled."
            self.note(Problem("", None, what, "Drop the table again to go on.", rejected=False))

    def _joined(
        self, spectra: Sequence[DatasetSpectrum], joined: Joined, file: str, known: KnownSpectra
    ) -> list[DatasetSpectrum]:
        """The spectra with what was joined, which is stored as one edit."""
        self.note_all(joined.problems)
        changes = []
        after: dict[int, DatasetSpectrum] = {}
        for spectrum in spectra:
            record = joined.records.get(spectrum.spectrum_id)
            if record is None:
                continue
            changed = rejudged(spectrum, record, known)
            known.add(changed.record, spectrum.spectrum_id, repeats=changed.standing is Standing.DUPLICATE)
            after[spectrum.spectrum_id] = changed
            changes.append(SpectrumChange(spectrum, changed))
            if spectrum.spectrum_id in self._new:
                self._new[spectrum.spectrum_id] = doubt_of(changed)
        if changes:
            words = "1 spectrum" if len(changes) == 1 else f"{len(changes):,} spectra"
            self._store.change_spectra(self.dataset_id(), changes, f"Gave {words} a structure from {Path(file).name}")
        return [after.get(spectrum.spectrum_id, spectrum) for spectrum in spectra]

    def finish(self) -> ImportReport:
        """The report, which is kept with the dataset."""
        doubts = [doubt for doubt in self._new.values() if doubt is not None]
        report = ImportReport(
            library=self._store.dataset(self.dataset_id()).name,
            added=len(self._new),
            already_there=self._already_there,
            rejected=self._rejected,
            problems=(*self._problems, *_further(self._untold, "problems")),
            cancelled=self.cancelled,
            files=self._files,
            doubtful=len(doubts),
            doubts=(*doubts[:MOST_PROBLEMS], *_further(len(doubts) - MOST_PROBLEMS, "spectra that are not used by themselves")),
        )
        self._store.keep_dataset_report(self.dataset_id(), report)
        self._progress(Progress(100, 100, f"{report.added:,} spectra added"))
        return report


def rejudged(spectrum: DatasetSpectrum, record: SpectrumRecord, known: KnownSpectra) -> DatasetSpectrum:
    """The spectrum with another record, thought of anew; what the user chose stays."""
    found = judged(record)
    after = replace(spectrum, record=found.record, standing=found.standing, reason=found.reason, duplicate_of=None)
    if found.standing in (Standing.REFUSED, Standing.NO_STRUCTURE):
        return after
    same = known.same_peaks(found.record, but=spectrum.spectrum_id)
    return repeated(after, same)


def repeated(spectrum: DatasetSpectrum, same: Known | None) -> DatasetSpectrum:
    """The spectrum, if the same peaks are there already: a duplicate, or doubtful if they are filed under another compound."""
    if same is None:
        return spectrum
    if same.compound == spectrum.compound:
        called = f"“{same.name}”" if same.name else "another spectrum"
        reason = f"The same peaks of this compound are there already ({called})."
        number = same.number if same.number > 0 else None
        return replace(spectrum, standing=Standing.DUPLICATE, reason=reason, duplicate_of=number)
    if same.compound is None or not same.telling:
        return spectrum
    reason = f"The same peaks are filed under another compound too (“{same.name}”): one of the two must be wrong."
    return replace(spectrum, standing=Standing.DOUBTFUL, reason=spectrum.reason or reason)


def doubt_of(spectrum: DatasetSpectrum) -> Problem | None:
    """Why a spectrum is not used by itself, for a report; None for good ones."""
    if spectrum.standing is Standing.GOOD:
        return None
    record = spectrum.record
    what = f"{record.name or record.accession or 'A spectrum'}: {spectrum.reason}"
    return Problem(record.source_file, record.line, what, KEPT[spectrum.standing], rejected=False)


def _lacking(spectra: Iterable[DatasetSpectrum]) -> list[DatasetSpectrum]:
    return [spectrum for spectrum in spectra if spectrum.standing is Standing.NO_STRUCTURE]


def _by_file(rows: Sequence[StructureRow]) -> Iterator[list[StructureRow]]:
    files: dict[str, list[StructureRow]] = {}
    for row in rows:
        files.setdefault(row.file, []).append(row)
    yield from files.values()


def _further(number: int, kind: str) -> list[Problem]:
    what = f"There were {number:,} further {kind}, which are not listed."
    return [Problem(file="", line=None, what=what, kept="", rejected=False)] if number > 0 else []
