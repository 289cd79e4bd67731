"""Giving a model version another name, or notes."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.services.version_names import MOST_CHARACTERS
from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.dialogs.naming import NamingDialog


class RenameVersionDialog(NamingDialog):
    """A line for the name of a version."""

    def __init__(self, version: RegisteredVersion, parent: QWidget) -> None:
        words = parent.tr("Predictions made from now on bear the new name; the checksum stays the same.")
        super().__init__("renameVersion", parent.tr("Rename the model"), words, parent.tr("Rename"), version.version.name, parent)
        self.name.setAccessibleName(self.tr("Name of the model"))
        self.name.setMaxLength(MOST_CHARACTERS)

    def missing(self) -> str:
        """A model needs a name."""
        return self.tr("A model needs a name.")


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
