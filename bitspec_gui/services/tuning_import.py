"""Files of spectra and of structures -> a dataset to fine-tune on, with a report of what became of every record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bitspec_gui.domain.errors import Cancelled, ExportError, StorageError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, ReportProgress, ignore_progress
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_ports import DatasetStore
from bitspec_gui.services.dataset_intake import Intake
from bitspec_gui.services.kept_structures import KeptStructures
from bitspec_gui.services.unknowns import without_path

if TYPE_CHECKING:
    from bitspec_gui.formats.sources import RecordSource
    from bitspec_gui.formats.structure_rows import StructureRow
    from bitspec_gui.formats.structure_tables import StructureTable

RUNS_TEACH_NOTHING = (
    "This is a GC-MS run. A run carries no structures, so that nothing can be learned from it: pick its peaks on the tab "
    "Identify, and drop spectra that are saved with names or structures."
)
PREDICTED = "This library holds predicted spectra, not measured ones: a model would learn from a model."
_OVER_STRUCTURES = "A table of structures beside them (CSV or TSV with a column “SMILES”) gives spectra theirs."


@dataclass
class _Found:
    """What paths turned out to be."""

    sources: list[RecordSource] = field(default_factory=list)
    tables: list[StructureTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def import_into(
    store: DatasetStore,
    kept: KeptStructures,
    paths: Sequence[Path],
    dataset_id: int | None,
    name: str,
    *,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[int, ImportReport]:
    """Import files of spectra, and tables of structures that are joined to them, whatever the order of both.

    A new dataset is made for `dataset_id` None, once there is something to put into it, called `name` or as the first file of
    spectra. What was read before a cancel is kept, and the report says so.

    Raises
    ------
    UnreadableFile
        If nothing in `paths` can be read.
    StorageError
        If the database cannot take it. Earlier batches are kept.
    """
    found = _looked_into(paths)
    if not found.sources and not found.tables:
        raise UnreadableFile(str(found.problems[0]) if found.problems else "Choose at least one file or folder.")
    called = free_name(store, name.strip() or _name_of(found)) if dataset_id is None else ""
    intake = Intake(store, dataset_id, called, found.files, progress, cancel)
    intake.note_all(found.problems)
    rows = _rows_of(found.tables, intake)
    joined_files = {table.label for table in found.tables}
    total = sum(source.size for source in found.sources)
    before = 0
    for source in found.sources:
        for item in source.records():
            if intake.cancelled or intake.full:
                break
            if isinstance(item, Problem):
                if item.file not in joined_files:
                    intake.note(item)
                continue
            intake.take(item, 90 * (before + source.done) // max(total, 1), Path(source.label).name)
        before += source.size
    _refuse_nothing(intake, rows)
    intake.commit()
    if _keep_rows(intake, kept, rows) and not store.dataset(intake.dataset_id()).spectra:
        _note_waiting(intake, rows)
    intake.join(rows, kept.rows(intake.dataset_id()) if intake.added else [])
    return intake.dataset_id(), intake.finish()


def import_records(
    store: DatasetStore,
    records: Iterable[SpectrumRecord],
    dataset_id: int | None,
    name: str,
    *,
    total: int,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[int, ImportReport]:
    """Import records that are at hand, such as entries of a library, in the same way."""
    intake = Intake(store, dataset_id, name, [], progress, cancel)
    for place, record in enumerate(records):
        if intake.cancelled or intake.full:
            break
        intake.take(record, 100 * place // max(total, 1), name)
    _refuse_nothing(intake, ())
    intake.commit()
    return intake.dataset_id(), intake.finish()


def _name_of(found: _Found) -> str:
    """Name of the first file of spectra, or else of structures, without its suffix; of a folder as it is."""
    first = Path(found.sources[0].label if found.sources else found.tables[0].label).expanduser().absolute()
    return first.name if first.is_dir() else first.name.removesuffix(".gz").rpartition(".")[0] or first.name


def _refuse_nothing(intake: Intake, rows: Sequence[object]) -> None:
    """No dataset is made for nothing at all."""
    if rows or not intake.empty:
        return
    if intake.cancelled:
        raise Cancelled("Cancelled before anything was read.")
    raise UnreadableFile(str(intake.problems[0]) if intake.problems else "There is no spectrum in these files.")


def _note_waiting(intake: Intake, tables: Sequence[Sequence[StructureRow]]) -> None:
    """Tables that came before any spectrum: nothing is wrong, but the report would say nothing but noughts."""
    for rows in tables:
        what = (
            f"{len(rows):,} structure{'s were' if len(rows) > 1 else ' was'} read, and there is no spectrum yet to give them to."
        )
        kept = "They are kept: drop the spectra into this dataset, and they are joined."
        intake.note(Problem(rows[0].file, None, what, kept, rejected=False))


def _looked_into(paths: Sequence[Path]) -> _Found:
    """Sort paths into sources of spectra and structure tables; what is neither is a problem."""
    from bitspec_gui.formats.registry import sources
    from bitspec_gui.formats.runs.registry import holds_run
    from bitspec_gui.formats.structure_tables import structure_tables

    found = _Found()
    for path in paths:
        if what := RUNS_TEACH_NOTHING if holds_run(path) else PREDICTED if _is_predicted(path) else "":
            found.problems.append(Problem(str(path), None, what, "It was left out.", rejected=False))
            continue
        fault: UnreadableFile | None = None
        opened: list[RecordSource] = []
        tables: list[StructureTable] = []
        try:
            tables = structure_tables(path)
            opened = sources([path])
        except UnreadableFile as error:
            fault = error
        found.sources += opened
        found.tables += tables
        if opened or tables:
            found.files.append(str(path))
        else:
            what = _not_read(path, fault)
            found.problems.append(Problem(str(path), None, what, "It was left out; the others were read.", rejected=False))
    return found


def _is_predicted(path: Path) -> bool:
    """Whether a file is a library of predicted spectra; False if it cannot be opened, which is told later."""
    from bitspec_gui.formats.sniffing import Format, format_of_head, head_of

    try:
        return path.is_file() and format_of_head(head_of(path)) is Format.PREDICTED
    except OSError:
        return False


def _not_read(path: Path, fault: UnreadableFile | None) -> str:
    """Why a file is neither spectra nor structures."""
    from bitspec_gui.formats.structure_tables import column_names
    from bitspec_gui.formats.workbook_rows import is_workbook

    if path.is_file() and is_workbook(path):
        return "No sheet of this workbook has a column of structures (SMILES or InChI)."
    columns = column_names(path) if path.is_file() else []
    if len(columns) > 1:
        said = ", ".join(columns)[:200]
        return f"This table has neither peaks nor a column of structures (SMILES or InChI). Its columns are: {said}."
    words = without_path(fault, path) if fault is not None else "This file holds no spectra."
    return words if not path.is_file() else f"{words} {_OVER_STRUCTURES}"


def _rows_of(tables: Sequence[StructureTable], intake: Intake) -> list[list[StructureRow]]:
    """Rows of each table; what is wrong with a table is told."""
    found = []
    for table in tables:
        rows: list[StructureRow] = []
        for item in table.rows():
            if intake.cancelled:
                break
            if isinstance(item, Problem):
                intake.note(item)
            else:
                rows.append(item)
        if rows:
            found.append(rows)
    return found


def _keep_rows(intake: Intake, kept: KeptStructures, tables: Sequence[Sequence[StructureRow]]) -> bool:
    """Keep what the tables say for spectra that come later; whether there is anything to keep, and it is kept."""
    rows = [row for table in tables for row in table]
    if not rows:
        return False
    try:
        kept.keep(intake.dataset_id(), rows)
    except (ExportError, OSError) as error:
        what = f"The structures of this table could not be kept for spectra that come later: {error}"
        intake.note(Problem(rows[0].file, None, what, "Drop it again beside those.", rejected=False))
        return False
    return True


def free_name(store: DatasetStore, name: str) -> str:
    """The name, with a number behind it if a dataset is called so already."""
    plain = " ".join(name.split()) or "Spectra"
    taken = {info.name.casefold() for info in store.datasets()}
    names = (plain if number == 1 else f"{plain} ({number})" for number in range(1, len(taken) + 2))
    found = next((each for each in names if each.casefold() not in taken), None)
    if found is None:
        raise StorageError(f"Every name like “{plain}” is taken. Choose another one.")
    return found
