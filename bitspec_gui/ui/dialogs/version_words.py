"""Giving a model version another name, or notes."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.ui.dialogs.asking import AskingDialog

_LONGEST_NAME = 120


class RenameVersionDialog(AskingDialog):
    """A line for the name; the answer is that name, None if it is the one there was."""

    def __init__(self, version: RegisteredVersion, parent: QWidget) -> None:
        words = parent.tr("Predictions made from now on bear the new name; the checksum stays the same.")
        super().__init__("renameVersion", parent.tr("Rename the model"), words, parent.tr("Rename"), parent)
        self._before = version.version.name
        self.name = QLineEdit(self._before, self)
        self.name.setObjectName("renameVersionLine")
        self.name.setAccessibleName(self.tr("Name of the model"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.selectAll()
        self.body.addWidget(self.name)
        self.name.setFocus()

    def answer(self) -> object:
        """The name."""
        name = self.name.text().strip()
        return name if name != self._before else None

    def fault(self) -> str:
        """A model needs a name."""
        return "" if self.name.text().strip() else self.tr("A model needs a name.")


class VersionNotesDialog(AskingDialog):
    """A field for notes; the answer is the text, None if it is the one there was."""

    def __init__(self, version: RegisteredVersion, parent: QWidget) -> None:
        title = parent.tr("Notes on %1").replace("%1", version.version.name)
        words = parent.tr("Notes go along when the model is exported.")
        super().__init__("versionNotes", title, words, parent.tr("Keep"), parent)
        self._before = version.notes
        self.notes = QPlainTextEdit(self._before, self)
        self.notes.setObjectName("versionNotesText")
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(90)
        self.body.addWidget(self.notes)
        self.notes.setFocus()

    def answer(self) -> object:
        """The text."""
        text = self.notes.toPlainText().strip()
        return text if text != self._before else None
