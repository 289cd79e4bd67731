"""What became of the records of files that were read into a dataset."""

from __future__ import annotations

from bitspec_gui.domain.problems import Problem
from bitspec_gui.ui.dialogs.import_report import ImportReportDialog


class DatasetReportDialog(ImportReportDialog):
    """As other import reports, in the words of a dataset: what is kept may or may not be learned from."""

    def _figures(self) -> tuple[tuple[str, str, int], ...]:
        report = self.report
        return (
            ("added", self.tr("Spectra added"), report.added),
            ("alreadyThere", self.tr("Already there"), report.already_there),
            ("rejected", self.tr("Left out"), report.rejected),
            ("doubtful", self.tr("Kept, but not used"), report.doubtful),
        )

    def _titles_of_lists(self) -> tuple[str, str]:
        faults = any(problem.rejected for problem in self.report.problems)
        noticed = self.tr("What was wrong (%1)") if faults else self.tr("What was noticed (%1)")
        return noticed, self.tr("Kept, but not used (%1)")

    def _became(self, problem: Problem) -> str:
        """Nothing of what is said of a whole file: what became of it is in the sentence."""
        return super()._became(problem) if problem.rejected or problem.line is not None else ""
