"""Naming a library of one's own: a new one, another name for one, or the one that entries go to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QListWidgetItem, QWidget

from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.dialogs.naming import LONGEST_NAME, NamingDialog


class LibraryNameDialog(NamingDialog):
    """A line for the name of a library."""

    def __init__(self, title: str, words: str, verb: str, before: str, parent: QWidget) -> None:
        super().__init__("libraryName", title, words, verb, before, parent)
        self.name.setAccessibleName(self.tr("Name of the library"))

    def missing(self) -> str:
        """A library needs a name."""
        return self.tr("A library needs a name.")


class TargetLibraryDialog(AskingDialog):
    """Which library entries are copied or moved into: one of one's own, or a new one; the answer is its name."""

    def __init__(self, title: str, words: str, verb: str, libraries: Sequence[LibraryInfo], parent: QWidget) -> None:
        super().__init__("targetLibrary", title, words, verb, parent)
        self.target = _target(libraries, self)
        self.body.addWidget(self.target)
        self.target.setFocus()

    def answer(self) -> object:
        """Name of the library."""
        return self.target.currentText().strip()

    def fault(self) -> str:
        """A library must be named."""
        return "" if self.target.currentText().strip() else self.tr("Choose a library, or type the name of a new one.")


class MergeDialog(AskingDialog):
    """Which libraries become one, and what that one is called; the answer is ``(names, into)``."""

    def __init__(self, libraries: Sequence[LibraryInfo], chosen: str | None, parent: QWidget) -> None:
        words = parent.tr(
            "The entries of the libraries checked go into one; the libraries they were in are removed. Undo brings them back."
        )
        super().__init__("mergeLibraries", parent.tr("Merge libraries"), words, parent.tr("Merge"), parent)
        own = [library for library in libraries if not library.embedded]
        self.list = QListWidget(self)
        self.list.setObjectName("mergedLibraries")
        self.list.setAccessibleName(self.tr("Libraries to merge"))
        for library in own:
            item = QListWidgetItem(f"{library.name}  ({library.spectra:,})", self.list)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setData(Qt.ItemDataRole.UserRole, library.name)
            item.setCheckState(Qt.CheckState.Checked if library.name == chosen else Qt.CheckState.Unchecked)
        self.target = _target(libraries, self)
        if chosen is not None:
            self.target.setCurrentText(chosen)
        label = QLabel(self.tr("Merge them &into:"), self)
        label.setBuddy(self.target)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(label)
        self.body.addWidget(self.target)

    @property
    def names(self) -> tuple[str, ...]:
        """Libraries that are checked."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked)

    def answer(self) -> object:
        """Names of the libraries, and of the one that they become."""
        return self.names, self.target.currentText().strip()

    def fault(self) -> str:
        """At least two libraries must be meant."""
        into = self.target.currentText().strip()
        if not into:
            return self.tr("Choose a library to merge into, or type the name of a new one.")
        if len({*self.names, into}) < 2:
            return self.tr("Check the libraries to merge: at least one besides the one that they go into.")
        return ""


def _target(libraries: Sequence[LibraryInfo], parent: QWidget) -> QComboBox:
    """Libraries of one's own to choose from, or a line for the name of a new one."""
    box = QComboBox(parent)
    box.setObjectName("targetLibraryBox")
    box.setAccessibleName(parent.tr("Library that the entries go into"))
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems([library.name for library in libraries if not library.embedded])
    box.setCurrentIndex(0 if box.count() else -1)
    line = box.lineEdit()
    if line is not None:
        line.setMaxLength(LONGEST_NAME)
        line.setPlaceholderText(parent.tr("Name of a new library"))
        line.selectAll()
    return box
