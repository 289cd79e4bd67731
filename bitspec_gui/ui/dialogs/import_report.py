"""What became of the records of an import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
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
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.problems import Problem

SHOWN_PROBLEMS = 2000
SENTENCE_LINES = 4


class ImportReportDialog(QDialog):
    """N read, N added, already there, N rejected, N doubtful, why and where."""

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
        self.problems = self._places("importProblems", self.tr("Problems"), report.problems)
        self.doubts = self._places("importDoubts", self.tr("Doubtful records"), report.doubts)
        self.lists = self._tabs()
        told = self.lists.count() > 0
        self.lists.setVisible(told)
        self.sentence = self._whole_sentence()
        self.sentence.setVisible(told)
        if told:
            layout.addWidget(self.lists, 1)
            layout.addWidget(self.sentence)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save = QPushButton(self.tr("Save report…"), self)
        self.save.setObjectName("saveReport")
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        self.open_file = QPushButton(self.tr("Open the file"), self)
        self.open_file.setObjectName("openReportedFile")
        self.open_file.setEnabled(False)
        buttons.addButton(self.open_file, QDialogButtonBox.ButtonRole.ActionRole)
        self.open_file.setVisible(told)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.save.clicked.connect(self._save)
        self.open_file.clicked.connect(self._open_file)
        for tree in (self.problems, self.doubts):
            tree.currentItemChanged.connect(self._show_current)
            first = tree.topLevelItem(0)
            if first is not None:
                tree.setCurrentItem(first)
        self.lists.currentChanged.connect(self._show_current)
        self.resize(720 if told else 440, 460 if told else 220)

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
            f"doubtful (kept)  {report.doubtful}",
            *(["files:", *(f"  {file}" for file in report.files)] if report.files else []),
            *(["problems:", *(f"  {problem}" for problem in report.problems)] if report.problems else []),
            *(["doubtful:", *(f"  {doubt}" for doubt in report.doubts)] if report.doubts else []),
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

    def _figures(self) -> tuple[tuple[str, str, int], ...]:
        """Numbers to tell: a name for programs, words, and how many."""
        report = self.report
        return (
            ("read", self.tr("Read"), report.read),
            ("added", self.tr("Added"), report.added),
            ("alreadyThere", self.tr("Already there"), report.already_there),
            ("rejected", self.tr("Rejected"), report.rejected),
            ("doubtful", self.tr("Doubtful"), report.doubtful),
        )

    def _numbers(self) -> QGridLayout:
        rows = self._figures()
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

    def _titles_of_lists(self) -> tuple[str, str]:
        """Titles of the lists of problems and of doubtful records, with %1 for their number."""
        return self.tr("What was wrong (%1)"), self.tr("Doubtful, but kept (%1)")

    def _tabs(self) -> QTabWidget:
        """A tab for each list that is not empty."""
        tabs = QTabWidget(self)
        tabs.setObjectName("importLists")
        wrong, doubtful = self._titles_of_lists()
        for tree, title, number in (
            (self.problems, wrong, len(self.report.problems)),
            (self.doubts, doubtful, self.report.doubtful),
        ):
            tree.setVisible(number > 0)
            if number:
                tabs.addTab(tree, title.replace("%1", f"{number:,}"))
        return tabs

    def _places(self, name: str, title: str, problems: Sequence[Problem]) -> QTreeWidget:
        """Problems with their places, one a row; the first ones, if there are very many."""
        tree = QTreeWidget(self)
        tree.setObjectName(name)
        tree.setAccessibleName(title)
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setHeaderLabels([self.tr("File"), self.tr("Line"), self.tr("What"), self.tr("What became of it")])
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        tree.header().setStretchLastSection(False)
        tree.setColumnWidth(0, 170)
        tree.setColumnWidth(1, 60)
        tree.setColumnWidth(3, 150)
        for problem in problems[:SHOWN_PROBLEMS]:
            line = "" if problem.line is None else str(problem.line)
            item = QTreeWidgetItem(tree, [Path(problem.file).name or problem.file, line, problem.what, self._became(problem)])
            item.setData(0, 256, problem)
            for column in range(4):
                item.setToolTip(column, str(problem))
        more = len(problems) - SHOWN_PROBLEMS
        if more > 0:
            QTreeWidgetItem(tree, ["", "", self.tr("%1 more; all are in the saved report.").replace("%1", f"{more:,}"), ""])
        return tree

    def _became(self, problem: Problem) -> str:
        """What became of a record, or of a file, in a word."""
        return self.tr("left out") if problem.rejected else self.tr("kept")

    def _whole_sentence(self) -> QLabel:
        """Where the selected row is read in full; high enough that the window does not jump from row to row."""
        label = QLabel(self)
        label.setObjectName("importSentence")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setMinimumHeight(SENTENCE_LINES * label.fontMetrics().lineSpacing())
        return label

    def _current(self) -> QTreeWidgetItem | None:
        """The row that is selected in the list on show."""
        tree = self.lists.currentWidget()
        return tree.currentItem() if isinstance(tree, QTreeWidget) else None

    def _show_current(self) -> None:
        item = self._current()
        problem = item.data(0, 256) if item is not None else None
        self.sentence.setText(f"{problem.what} {problem.kept}".rstrip() if isinstance(problem, Problem) else "")
        self.open_file.setEnabled(_file_of(item) is not None)

    def _save(self) -> None:
        name = self.tr("import report.txt")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the report"), name, self.tr("Text files (*.txt)"))
        if path:
            self.save_wanted.emit(Path(path), self.as_text())

    def _open_file(self) -> None:
        file = _file_of(self._current())
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))


def _file_of(item: QTreeWidgetItem | None) -> Path | None:
    """The file a problem was found in, if it is a file of its own (not inside an archive)."""
    problem = item.data(0, 256) if item is not None else None
    if not isinstance(problem, Problem) or not problem.file:
        return None
    file = Path(problem.file)
    return file if file.is_absolute() and file.is_file() else None
