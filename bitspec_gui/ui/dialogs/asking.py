"""A window that asks for something, and stays with what was typed if that is refused."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget


class AskingDialog(QDialog):
    """`wanted` carries the answer; whoever acts on it calls `accept`, or `refuse` with a sentence on what is wrong."""

    wanted = Signal(object)

    def __init__(self, name: str, title: str, words: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.explanation = QLabel(words, self)
        self.explanation.setObjectName(f"{name}Words")
        self.explanation.setWordWrap(True)
        self.explanation.setTextFormat(Qt.TextFormat.PlainText)
        self.explanation.setVisible(bool(words))
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.problem = QLabel(self)
        self.problem.setObjectName(f"{name}Problem")
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.ok = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setObjectName(f"{name}Ok")
        self.ok.setAccessibleName(verb)
        self.ok.setProperty("primary", "true")
        self.ok.style().unpolish(self.ok)
        self.ok.style().polish(self.ok)
        self.ok.setDefault(True)
        buttons.accepted.connect(self.ask)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(self.explanation)
        layout.addLayout(self.body, 1)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)

    def answer(self) -> object:
        """What was chosen or typed; None with nothing to do, which closes the window."""
        return None

    def fault(self) -> str:
        """A sentence on what is wrong with the answer as far as this window can see, or nothing."""
        return ""

    def ask(self) -> None:
        """Hand the answer on, or say what is wrong with it."""
        fault = self.fault()
        if fault:
            self.refuse(fault)
            return
        answer = self.answer()
        if answer is None:
            self.accept()
            return
        self.problem.hide()
        self.ok.setEnabled(False)
        self.wanted.emit(answer)

    def refuse(self, sentence: str) -> None:
        """Say why the answer cannot be taken; it stays as it is, to be corrected."""
        self.ok.setEnabled(True)
        self.problem.setText(sentence)
        self.problem.setAccessibleName(sentence)
        self.problem.show()
