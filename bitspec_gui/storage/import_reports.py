"""Reports of imports, kept so that they can be read again later."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import KeptReport
from bitspec_gui.domain.problems import Problem
from bitspec_gui.storage.derived_values import storable
from bitspec_gui.storage.schema import ImportReportRow
from bitspec_gui.storage.transactions import Transactions

MOST_REPORTS = 500
"""Reports kept; the oldest are forgotten beyond."""

MOST_PROBLEMS = 1000
"""Problems, and doubts, kept of a report; of more, their number."""


GARBLED = (ValueError, TypeError, KeyError, zlib.error)
"""What reading a report raises whose bytes were damaged."""


class ReportShelf:
    """The part of `domain.ports.LibraryStore` that keeps reports; each method is a transaction, and raises `StorageError`."""

    _transactions: Transactions

    def keep_report(self, report: ImportReport) -> int:
        """Keep a report; returns its id."""
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        row = ImportReportRow(made_at=made_at, library=storable(report.library) or "", content=packed_report(report))
        with self._transactions.write() as session:
            session.add(row)
            session.flush()
            newest = select(ImportReportRow.report_id).order_by(ImportReportRow.report_id.desc())
            old = list(session.scalars(newest.offset(MOST_REPORTS)))
            session.execute(delete(ImportReportRow).where(ImportReportRow.report_id.in_(old)))
            return row.report_id

    def import_reports(self) -> list[KeptReport]:
        """Reports that are kept, the newest first."""
        found = select(ImportReportRow.report_id, ImportReportRow.made_at, ImportReportRow.content)
        with self._transactions.read() as session:
            rows = session.execute(found.order_by(ImportReportRow.report_id.desc())).fetchall()
        try:
            return [KeptReport(row.report_id, datetime.fromisoformat(row.made_at), unpacked_report(row.content)) for row in rows]
        except GARBLED as error:
            raise self._transactions.faults.damaged(f"a report of an import: {error}") from error

    def remove_report(self, report_id: int) -> None:
        """Forget a report; one that is not there is forgotten already."""
        with self._transactions.write() as session:
            session.execute(delete(ImportReportRow).where(ImportReportRow.report_id == report_id))


def packed_report(report: ImportReport) -> bytes:
    """A report as bytes, with no more than `MOST_PROBLEMS` problems and doubts."""
    kept = replace(report, problems=_some(report.problems, "problems"), doubts=_some(report.doubts, "doubtful records"))
    return zlib.compress(json.dumps(asdict(kept)).encode("ascii"))


def unpacked_report(content: bytes) -> ImportReport:
    """The report that `packed_report` made bytes of; raises one of `GARBLED` if it made none of these."""
    said: dict[str, Any] = json.loads(zlib.decompress(content))
    problems = tuple(Problem(**each) for each in said.pop("problems"))
    doubts = tuple(Problem(**each) for each in said.pop("doubts"))
    return ImportReport(**said | {"files": tuple(said["files"])}, problems=problems, doubts=doubts)


def _some(problems: Sequence[Problem], kind: str) -> tuple[Problem, ...]:
    left_out = len(problems) - MOST_PROBLEMS
    if left_out <= 0:
        return tuple(problems)
    what = f"There were {left_out:,} further {kind}, which are not kept."
    return (*problems[:MOST_PROBLEMS], Problem(file="", line=None, what=what, kept="", rejected=False))
