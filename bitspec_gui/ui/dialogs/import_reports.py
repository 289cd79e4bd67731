"""The reports of earlier imports, to be looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import KeptReport

_KEPT = Qt.ItemDataRole.UserRole


class ImportReportsDialog(QDialog):
    """One import a row, the newest first; `show_wanted` carries an `ImportReport`, `forget_wanted` the id of a kept one."""

    show_wanted = Signal(object)
    forget_wanted = Signal(int)

    def __init__(self, reports: Sequence[KeptReport], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importReports")
        self.setWindowTitle(self.tr("Import reports"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.empty = QLabel(self.tr("Nothing has been imported yet. Every import leaves its report here."), self)
        self.empty.setObjectName("noImportReports")
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.list = self._make_list()
        for kept in reports:
            self._add(kept)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.show_report = self._button(buttons, "showImportReport", self.tr("Show…"))
        self.forget = self._button(buttons, "forgetImportReport", self.tr("Forget"))
        self.forget.setToolTip(self.tr("Remove this report; what was imported stays"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self.empty)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.show_report.clicked.connect(self._show)
        self.forget.clicked.connect(self._forget)
        self.list.itemActivated.connect(lambda _item: self._show())
        self.list.currentItemChanged.connect(lambda *_: self._refresh())
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._refresh()
        self.resize(760, 420)

    def _make_list(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setObjectName("importReportList")
        tree.setAccessibleName(self.tr("Imports, the newest first"))
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setHeaderLabels(
            [
                self.tr("When"), self.tr("Library"), self.tr("Files"), self.tr("Read"), self.tr("Added"), self.tr("Rejected"),
                self.tr("Doubtful"),
            ]
        )  # fmt: skip
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        tree.header().setStretchLastSection(False)
        return tree

    def _add(self, kept: KeptReport) -> None:
        report = kept.report
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(kept.made_at.timestamp())), QLocale.FormatType.ShortFormat)
        numbers = (report.read, report.added, report.rejected, report.doubtful)
        library = self.tr("%1 (cancelled)").replace("%1", report.library) if report.cancelled else report.library
        item = QTreeWidgetItem(self.list, [when, library, _files(report), *(f"{number:,}" for number in numbers)])
        item.setData(0, _KEPT, kept)
        item.setToolTip(2, "\n".join(report.files[:20]))
        for column in range(3, 7):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _button(self, buttons: QDialogButtonBox, name: str, words: str) -> QPushButton:
        button = buttons.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
        button.setObjectName(name)
        button.setAccessibleName(words.rstrip("…"))
        return button

    def _current(self) -> KeptReport | None:
        item = self.list.currentItem()
        kept = item.data(0, _KEPT) if item is not None else None
        return kept if isinstance(kept, KeptReport) else None

    def _show(self) -> None:
        kept = self._current()
        if kept is not None:
            self.show_wanted.emit(kept.report)

    def _forget(self) -> None:
        kept = self._current()
        if kept is not None:
            self.list.takeTopLevelItem(self.list.indexOfTopLevelItem(self.list.currentItem()))
            self.forget_wanted.emit(kept.report_id)
            self._refresh()

    def _refresh(self) -> None:
        some = self.list.topLevelItemCount() > 0
        self.empty.setVisible(not some)
        self.list.setVisible(some)
        for button in (self.show_report, self.forget):
            button.setEnabled(self._current() is not None)


def _files(report: ImportReport) -> str:
    names = [Path(file).name or file for file in report.files]
    return ", ".join(names[:3]) + (f" … ({len(names):,})" if len(names) > 3 else "")
