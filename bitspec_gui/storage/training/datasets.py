"""Datasets in the database: made, named, removed, filled and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import KeptReport
from bitspec_gui.domain.tuning_data import DatasetInfo, DatasetSpectrum
from bitspec_gui.storage.import_reports import GARBLED, MOST_REPORTS, packed_report, unpacked_report
from bitspec_gui.storage.training.dataset_rows import (
    dataset_info,
    dataset_row,
    free_name_values,
    named_values,
    new_row,
    sum_up,
)
from bitspec_gui.storage.training.row_texts import now
from bitspec_gui.storage.training.schema import SPECTRUM, DatasetReportRow, DatasetRow, DatasetSpectrumRow
from bitspec_gui.storage.training.spectrum_rows import STATED_COLUMNS, dataset_spectrum, spectrum_values
from bitspec_gui.storage.transactions import Transactions

MOST_REMOVED = 20
"""Removed datasets that can be brought back; of more, the oldest are deleted for good."""


class Datasets:
    """The part of `domain.tuning_ports.DatasetStore` without edits; each method is a transaction, and raises `StorageError`.

    Names that differ in case or blanks only are the same.
    """

    _transactions: Transactions

    def datasets(self) -> list[DatasetInfo]:
        """All datasets, the newest first."""
        found = select(DatasetRow).where(DatasetRow.removed_at.is_(None)).order_by(DatasetRow.dataset_id.desc())
        with self._transactions.read() as session:
            return [self._info(row) for row in session.scalars(found)]

    def dataset(self, dataset_id: int) -> DatasetInfo:
        """One of them."""
        with self._transactions.read() as session:
            return self._info(dataset_row(session, dataset_id))

    def new_dataset(self, name: str) -> int:
        """Make an empty one; a name that is taken is a `StorageError`."""
        with self._transactions.write() as session:
            row = new_row(named_values(session, name))
            session.add(row)
            session.flush()
            return row.dataset_id

    def rename_dataset(self, dataset_id: int, name: str) -> None:
        """Give it another name; one that is taken is a `StorageError`."""
        with self._transactions.write() as session:
            row = dataset_row(session, dataset_id)
            values = named_values(session, name, but=dataset_id)
            row.name, row.name_key = values["name"], values["name_key"]

    def remove_dataset(self, dataset_id: int) -> None:
        """Put it out of sight; `restore_dataset` brings it back."""
        with self._transactions.write() as session:
            dataset_row(session, dataset_id).removed_at = now()
            session.flush()
            newest = select(DatasetRow.dataset_id).where(DatasetRow.removed_at.is_not(None))
            newest = newest.order_by(DatasetRow.removed_at.desc(), DatasetRow.dataset_id.desc())
            old = list(session.scalars(newest.offset(MOST_REMOVED)))
            session.execute(delete(DatasetRow).where(DatasetRow.dataset_id.in_(old)))

    def restore_dataset(self, dataset_id: int) -> None:
        """Bring a removed one back, with a number behind its name if that was taken meanwhile."""
        with self._transactions.write() as session:
            row = session.get(DatasetRow, dataset_id)
            if row is None:
                raise StorageError("This dataset was deleted for good, and cannot be brought back.")
            if row.removed_at is not None:
                values = free_name_values(session, row.name)
                row.name, row.name_key, row.removed_at = values["name"], values["name_key"], None

    def add_spectra(self, dataset_id: int, spectra: Sequence[DatasetSpectrum]) -> list[int]:
        """Add spectra (``spectrum_id`` 0) in one transaction; returns their ids."""
        values = [spectrum_values(each) | {"dataset_id": dataset_id, "removed_by": None} for each in spectra]
        with self._transactions.write() as session:
            row = dataset_row(session, dataset_id)
            if not values:
                return []
            added = insert(DatasetSpectrumRow).returning(DatasetSpectrumRow.spectrum_id, sort_by_parameter_order=True)
            ids = list(session.scalars(added, values))
            sum_up(session, row)
            return ids

    def spectra(self, dataset_id: int) -> list[DatasetSpectrum]:
        """All of them with their peaks, in the order of import."""
        found = select(*STATED_COLUMNS).where(SPECTRUM.c.dataset_id == dataset_id, SPECTRUM.c.removed_by.is_(None))
        with self._transactions.read() as session:
            dataset_row(session, dataset_id)
            rows = session.execute(found.order_by(SPECTRUM.c.spectrum_id)).fetchall()
        spectra = []
        for row in rows:
            try:
                spectra.append(dataset_spectrum(row))
            except ValueError as error:
                raise self._transactions.faults.damaged(f"spectrum {row[0]} of a dataset: {error}") from error
        return spectra

    def keep_dataset_report(self, dataset_id: int, report: ImportReport) -> None:
        """Keep the report of an import into a dataset."""
        content = packed_report(report)
        with self._transactions.write() as session:
            dataset_row(session, dataset_id)
            session.add(DatasetReportRow(dataset_id=dataset_id, made_at=now(), content=content))
            session.flush()
            newest = select(DatasetReportRow.report_id).where(DatasetReportRow.dataset_id == dataset_id)
            old = list(session.scalars(newest.order_by(DatasetReportRow.report_id.desc()).offset(MOST_REPORTS)))
            session.execute(delete(DatasetReportRow).where(DatasetReportRow.report_id.in_(old)))

    def dataset_reports(self, dataset_id: int) -> list[KeptReport]:
        """Reports of the imports into it, the newest first."""
        kept = DatasetReportRow
        found = select(kept.report_id, kept.made_at, kept.content).where(kept.dataset_id == dataset_id)
        with self._transactions.read() as session:
            dataset_row(session, dataset_id)
            rows = session.execute(found.order_by(kept.report_id.desc())).fetchall()
        try:
            return [KeptReport(row.report_id, datetime.fromisoformat(row.made_at), unpacked_report(row.content)) for row in rows]
        except GARBLED as error:
            raise self._transactions.faults.damaged(f"a report of an import into a dataset: {error}") from error

    def _info(self, row: DatasetRow) -> DatasetInfo:
        try:
            return dataset_info(row)
        except ValueError as error:
            raise self._transactions.faults.damaged(f"dataset {row.dataset_id}: {error}") from error
