"""Where measured spectra come from, and which ones to add."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.ui.theme import Colours, icon

MASSBANK_GITHUB = "https://github.com/MassBank/MassBank-data/releases"
MASSBANK_ZENODO = "https://doi.org/10.5281/zenodo.3378723"


class AddLibraryDialog(QDialog):
    """Explains, and lets files or a folder be chosen. Links open in the browser, only when clicked."""

    paths_chosen = Signal(list)

    def __init__(self, colours: Colours, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("addLibraryDialog")
        self.setWindowTitle(self.tr("Add a library"))
        self._folder = folder
        title = QLabel(self.tr("Add measured spectra"), self)
        title.setProperty("role", "title")
        words = QLabel(self._explanation(), self)
        words.setObjectName("addLibraryWords")
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        words.setOpenExternalLinks(True)
        self.files = QPushButton(icon("archive", colours.text), self.tr("Files or zip archives…"), self)
        self.files.setObjectName("chooseFiles")
        self.files.setProperty("primary", "true")
        self.files.setIcon(icon("archive", colours.accent_text))
        self.folder = QPushButton(icon("folder", colours.text), self.tr("A folder…"), self)
        self.folder.setObjectName("chooseFolder")
        row = QHBoxLayout()
        row.addWidget(self.files)
        row.addWidget(self.folder)
        row.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addLayout(row)
        self.setMinimumWidth(560)
        self.files.clicked.connect(self._choose_files)
        self.folder.clicked.connect(self._choose_folder)
        close.rejected.connect(self.reject)

    def _explanation(self) -> str:
        words = self.tr(
            "<p>BitSpec reads MassBank records and NIST-style MSP files: single files, folders with everything below them, "
            "and zip archives as they are. You can also drop them anywhere on the window. "
            "Adding the same file twice adds nothing.</p>"
            "<p><b>The MassBank release</b> (open data, many thousands of EI spectra) can be had as a zip archive from "
            '<a href="%1">MassBank-data releases on GitHub</a> (“Source code (zip)”, or the .msp file among the assets) '
            'and from <a href="%2">Zenodo</a>. Download it with your browser and add it here, unpacked or not. '
            "Each record keeps its own licence; some do not allow commercial use.</p>"
            "<p>BitSpec itself does not connect to the network; a link opens in your browser when you click it.</p>"
        )
        return words.replace("%1", MASSBANK_GITHUB).replace("%2", MASSBANK_ZENODO)

    def _choose_files(self) -> None:
        kinds = self.tr("Spectra (*.msp *.MSP *.zip *.txt *.bitspec);;All files (*)")
        paths, _ = QFileDialog.getOpenFileNames(self, self.tr("Add a library"), self._folder, kinds)
        self._take([Path(path) for path in paths])

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Add a folder of spectra"), self._folder)
        self._take([Path(folder)] if folder else [])

    def _take(self, paths: list[Path]) -> None:
        if paths:
            self.accept()
            self.paths_chosen.emit(paths)
