"""A sentence in a coloured box, with buttons for what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget


class Notice(QFrame):
    """Hidden while it has nothing to say. `kind` is ``warning`` or ``danger``."""

    def __init__(self, name: str, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", kind)
        self._label = QLabel(self)
        self._label.setObjectName(f"{name}Text")
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(10, 6, 10, 6)
        self._layout.addWidget(self._label, 1)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._label.text()

    def add_button(self, name: str, text: str) -> QPushButton:
        """A button at the end of the box."""
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def say(self, sentence: str) -> None:
        """Show a sentence, or hide the box if it is empty."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
