"""What became of the records of an import."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem

SHOWN_PROBLEMS = 2000


class ImportReportDialog(QDialog):
    """N read, N added, already there, N rejected, why and where."""

    save_wanted = Signal(object, str)

    def __init__(self, report: ImportReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importReport")
        self.setWindowTitle(self.tr("Import report"))
        self.report = report
        self.headline = QLabel(self._headline(), self)
        self.headline.setObjectName("importHeadline")
        self.headline.setProperty("role", "title")
        self.headline.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self.headline)
        layout.addLayout(self._numbers())
        self.problems = QTreeWidget(self)
        self.problems.setVisible(bool(report.problems))
        if report.problems:
            layout.addWidget(QLabel(self.tr("What was wrong, and where:"), self))
            layout.addWidget(self.problems, 1)
        self._fill_problems()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save = QPushButton(self.tr("Save report…"), self)
        self.save.setObjectName("saveReport")
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        self.open_file = QPushButton(self.tr("Open the file"), self)
        self.open_file.setObjectName("openReportedFile")
        self.open_file.setEnabled(False)
        buttons.addButton(self.open_file, QDialogButtonBox.ButtonRole.ActionRole)
        self.open_file.setVisible(bool(report.problems))
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.save.clicked.connect(self._save)
        self.open_file.clicked.connect(self._open_file)
        self.problems.currentItemChanged.connect(lambda item, _old: self.open_file.setEnabled(_file_of(item) is not None))
        self.resize(720 if report.problems else 440, 460 if report.problems else 220)

    def as_text(self) -> str:
        """The whole report as text."""
        report = self.report
        lines = [
            self._headline(),
            f"records present  {report.present}",
            f"read             {report.read}",
            f"  added          {report.added}",
            f"  already there  {report.already_there}",
            f"rejected         {report.rejected}",
            *(["files:", *(f"  {file}" for file in report.files)] if report.files else []),
            *(["problems:", *(f"  {problem}" for problem in report.problems)] if report.problems else []),
        ]
        return "\n".join(lines) + "\n"

    def _headline(self) -> str:
        report = self.report
        if report.cancelled:
            words = self.tr("Import into “%1” cancelled: what was read before is kept")
        elif report.rejected:
            words = self.tr("Imported into “%1”, with some records left out")
        elif report.added == 0 and report.already_there:
            words = self.tr("Everything was already in “%1”")
        else:
            words = self.tr("Imported into “%1”")
        return words.replace("%1", report.library)

    def _numbers(self) -> QGridLayout:
        report = self.report
        rows = (
            ("read", self.tr("Read"), report.read),
            ("added", self.tr("Added"), report.added),
            ("alreadyThere", self.tr("Already there"), report.already_there),
            ("rejected", self.tr("Rejected"), report.rejected),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        for column, (name, title, number) in enumerate(rows):
            value = QLabel(f"{number:,}", self)
            value.setObjectName(f"import_{name}")
            value.setAccessibleName(f"{title}: {number}")
            value.setProperty("role", "figure")
            label = QLabel(title, self)
            label.setProperty("role", "muted")
            grid.addWidget(value, 0, column)
            grid.addWidget(label, 1, column)
        grid.setColumnStretch(len(rows), 1)
        return grid

    def _fill_problems(self) -> None:
        tree = self.problems
        tree.setObjectName("importProblems")
        tree.setAccessibleName(self.tr("Problems"))
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setHeaderLabels([self.tr("File"), self.tr("Line"), self.tr("What"), self.tr("What became of it")])
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        tree.header().setStretchLastSection(False)
        tree.setColumnWidth(0, 170)
        tree.setColumnWidth(1, 60)
        tree.setColumnWidth(3, 150)
        for problem in self.report.problems[:SHOWN_PROBLEMS]:
            line = "" if problem.line is None else str(problem.line)
            became = self.tr("left out") if problem.rejected else self.tr("kept")
            item = QTreeWidgetItem(tree, [Path(problem.file).name or problem.file, line, problem.what, became])
            item.setData(0, 256, problem)
            for column in range(4):
                item.setToolTip(column, str(problem))
        more = len(self.report.problems) - SHOWN_PROBLEMS
        if more > 0:
            QTreeWidgetItem(tree, ["", "", self.tr("%1 more; all are in the saved report.").replace("%1", f"{more:,}"), ""])

    def _save(self) -> None:
        name = self.tr("import report.txt")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the report"), name, self.tr("Text files (*.txt)"))
        if path:
            self.save_wanted.emit(Path(path), self.as_text())

    def _open_file(self) -> None:
        file = _file_of(self.problems.currentItem())
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


def _file_of(item: QTreeWidgetItem | None) -> Path | None:
    """The file a problem was found in, if it is a file of its own (not inside an archive)."""
    problem = item.data(0, 256) if item is not None else None
    if not isinstance(problem, Problem) or not problem.file:
        return None
    file = Path(problem.file)
    return file if file.is_absolute() and file.is_file() else None
