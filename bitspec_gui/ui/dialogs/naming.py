"""Asking for the name of something of one's own."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from bitspec_gui.ui.dialogs.asking import AskingDialog

LONGEST_NAME = 200


class NamingDialog(AskingDialog):
    """A line for a name; the answer is that name, None if it is the one there was."""

    def __init__(self, name: str, title: str, words: str, verb: str, before: str, parent: QWidget) -> None:
        super().__init__(name, title, words, verb, parent)
        self._before = before
        self.name = QLineEdit(before, self)
        self.name.setObjectName(f"{name}Line")
        self.name.setMaxLength(LONGEST_NAME)
        self.name.selectAll()
        self.body.addWidget(self.name)
        self.name.setFocus()

    def answer(self) -> object:
        """The name."""
        name = self.name.text().strip()
        return name if name != self._before else None

    def fault(self) -> str:
        """There must be a name."""
        return "" if self.name.text().strip() else self.missing()

    def missing(self) -> str:
        """A sentence that says what needs a name."""
        return self.tr("A name is needed.")
