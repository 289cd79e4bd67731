"""A window that offers a few ways to go on, each with a button of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget


@dataclass(frozen=True)
class Way:
    """A way to go on: what it is for whoever asks, the words on its button, and what comes of it."""

    key: object
    name: str
    words: str
    meaning: str


class ChoosingDialog(QDialog):
    """`chosen` carries the key of the way that was chosen; Esc and the close button choose the last one."""

    chosen = Signal(object)

    def __init__(self, name: str, title: str, words: str, ways: Sequence[Way], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleDescription(words)
        self.setMinimumWidth(440)
        self._ways = tuple(ways)
        self.choice = ways[-1].key
        label = QLabel(words, self)
        label.setObjectName(f"{name}Words")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(4)
        layout.addWidget(label)
        self.buttons: dict[object, QPushButton] = {}
        for place, way in enumerate(self._ways):
            button = self._button(name, way, first=place == 0)
            meaning = QLabel(way.meaning, self)
            meaning.setObjectName(f"{name}{way.name}Meaning")
            meaning.setProperty("role", "muted")
            meaning.setWordWrap(True)
            meaning.setVisible(bool(way.meaning))
            layout.addSpacing(8)
            layout.addWidget(button)
            layout.addWidget(meaning)
            self.buttons[way.key] = button
        self.finished.connect(lambda _result: self.chosen.emit(self.choice))

    def _button(self, name: str, way: Way, *, first: bool) -> QPushButton:
        button = QPushButton(way.words, self)
        button.setObjectName(f"{name}{way.name}")
        button.setAccessibleName(way.words)
        button.setAccessibleDescription(way.meaning)
        button.setToolTip(way.meaning)
        button.setDefault(first)
        button.setAutoDefault(False)
        if first:
            button.setProperty("primary", "true")
            button.setFocus()
        button.clicked.connect(lambda _checked=False: self._choose(way.key))
        return button

    def _choose(self, key: object) -> None:
        self.choice = key
        self.accept()
