"""The log dock: messages with a filter, copy and save."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.ui.log_feed import KEPT_LINES, LogFeed, LogLine


class LogPanel(QWidget):
    """Shows lines of a level and above that hold the words of the filter."""

    save_wanted = Signal(object, str)

    def __init__(self, feed: LogFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logPanel")
        self._feed = feed
        self.level = QComboBox(self)
        self.level.setObjectName("logLevel")
        self.level.setAccessibleName(self.tr("Least level shown"))
        for text, level in (
            (self.tr("All"), logging.INFO),
            (self.tr("Warnings"), logging.WARNING),
            (self.tr("Errors"), logging.ERROR),
        ):
            self.level.addItem(text, level)
        self.words = QLineEdit(self)
        self.words.setObjectName("logFilter")
        self.words.setAccessibleName(self.tr("Filter the log"))
        self.words.setPlaceholderText(self.tr("Filter"))
        self.words.setClearButtonEnabled(True)
        self.copy = QPushButton(self.tr("Copy"), self)
        self.copy.setObjectName("copyLog")
        self.save = QPushButton(self.tr("Save…"), self)
        self.save.setObjectName("saveLog")
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("logText")
        self.text.setAccessibleName(self.tr("Log"))
        self.text.setReadOnly(True)
        self.text.setMinimumHeight(32)
        self.text.setAcceptDrops(False)
        self.text.setMaximumBlockCount(KEPT_LINES)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        row = QHBoxLayout()
        row.addWidget(self.level)
        row.addWidget(self.words, 1)
        row.addWidget(self.copy)
        row.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(5)
        layout.addLayout(row)
        layout.addWidget(self.text, 1)
        feed.added.connect(self._add)
        self.level.currentIndexChanged.connect(self._fill)
        self.words.textChanged.connect(self._fill)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.save.clicked.connect(self._save)
        self._fill()

    def _passes(self, line: LogLine) -> bool:
        return line.level >= int(self.level.currentData()) and self.words.text().lower() in line.text.lower()

    def _add(self, line: LogLine) -> None:
        if self._passes(line):
            self.text.appendPlainText(line.text)

    def _fill(self) -> None:
        self.text.setPlainText("\n".join(line.text for line in self._feed.lines if self._passes(line)))
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().maximum())

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the log"), "bitspec-log.txt", self.tr("Text files (*.txt)"))
        if path:
            self.save_wanted.emit(Path(path), self.text.toPlainText() + "\n")
