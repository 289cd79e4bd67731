"""What became of the rows of a list of molecules."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.batch import BatchReport
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem
from bitspec_gui.ui.dialogs.import_report import ImportReportDialog


class BatchReportDialog(ImportReportDialog):
    """N rows, N predicted, repeated, refused, waiting, why and where."""

    def __init__(self, batch: BatchReport, parent: QWidget | None = None) -> None:
        self._batch = batch
        counts = batch.counts
        super().__init__(
            ImportReport(
                library="",
                added=counts.predicted - counts.repeated,
                already_there=counts.repeated,
                rejected=counts.refused,
                problems=_all_told(batch),
                files=batch.files,
            ),
            parent,
        )
        self.setObjectName("batchReport")
        self.setWindowTitle(self.tr("Report on the list"))

    def as_text(self) -> str:
        """The whole report as text."""
        lines = [
            self._headline(),
            *(f"{title}: {number}" for _name, title, number in self._figures()),
            *(["files:", *(f"  {file}" for file in self._batch.files)] if self._batch.files else []),
            *(["problems:", *(f"  {problem}" for problem in self.report.problems)] if self.report.problems else []),
        ]
        return "\n".join(lines) + "\n"

    def _headline(self) -> str:
        counts = self._batch.counts
        if counts.waiting:
            words = self.tr("%1 of %2 rows are dealt with so far")
        elif not counts.rows:
            words = self.tr("No structure was found")
        elif not counts.predicted:
            words = self.tr("No spectrum could be predicted: none of the %2 rows holds a structure that can be")
        elif counts.refused:
            words = self.tr("Spectra were predicted for %3 of %2 rows")
        else:
            words = self.tr("Spectra were predicted for all %2 rows")
        done = counts.rows - counts.waiting
        return words.replace("%1", f"{done:,}").replace("%2", f"{counts.rows:,}").replace("%3", f"{counts.predicted:,}")

    def _figures(self) -> tuple[tuple[str, str, int], ...]:
        counts = self._batch.counts
        return (
            ("rows", self.tr("Rows read"), counts.rows),
            ("predicted", self.tr("Predicted"), counts.predicted),
            ("repeated", self.tr("Of a compound met before"), counts.repeated),
            ("refused", self.tr("Refused"), counts.refused),
            ("waiting", self.tr("Waiting"), counts.waiting),
        )


def _all_told(batch: BatchReport) -> tuple[Problem, ...]:
    if not batch.untold:
        return batch.problems
    what = f"There were {batch.untold:,} further refused rows, which are not listed; the table of the list has them all."
    return (*batch.problems, Problem("", None, what, ""))
