"""What the Library menu asks before it does something, and what it tells afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox

from bitspec_gui.domain.errors import DamagedDatabase
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.ui.dialogs.add_library import AddLibraryDialog
from bitspec_gui.ui.dialogs.import_report import ImportReportDialog
from bitspec_gui.ui.library_flow import LibraryFlow
from bitspec_gui.ui.state import WindowState


class LibraryCommands(QObject):
    """Dialogs around `LibraryFlow`."""

    paths_chosen = Signal(list)
    folder_chosen = Signal(str)
    text_to_save = Signal(object, str)

    def __init__(self, window: QMainWindow, flow: LibraryFlow, state: WindowState, last_folder: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._flow, self._state, self._last_folder = window, flow, state, last_folder
        flow.imported.connect(self._imported)
        flow.damaged.connect(self._database_damaged)

    def ask(self) -> None:
        """Explain where libraries come from and ask for one."""
        dialog = AddLibraryDialog(self._state.colours, self._last_folder(), self._window)
        dialog.paths_chosen.connect(self.add)
        dialog.open()

    def ask_for_folder(self) -> None:
        """Ask for a folder of spectra."""
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Add a folder of spectra"), self._last_folder())
        if folder:
            self.add([Path(folder)])

    def add(self, paths: list[Path]) -> None:
        """Import files, folders and archives."""
        self.paths_chosen.emit(paths)
        self._flow.add(paths)

    def remove(self, name: str | None) -> None:
        """Remove a library (ask which, if none is named) once that is confirmed."""
        name = name or self._ask_which(self.tr("Remove a library"), self.tr("Library to remove:"))
        if name is None:
            return
        box = QMessageBox(
            QMessageBox.Icon.Question, self.tr("Remove a library"), "", QMessageBox.StandardButton.Cancel, self._window
        )
        box.setObjectName("confirmRemove")
        box.setText(self.tr("Remove the library “%1” and all its spectra from BitSpec?").replace("%1", name))
        supplied = any(library.name == name and library.embedded for library in self._state.libraries or ())
        box.setInformativeText(
            self.tr("It comes with BitSpec: Library, Restore the supplied libraries brings it back.")
            if supplied
            else self.tr("Undo brings it back. The files it was imported from are not touched.")
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        remove.setObjectName("confirmRemoveButton")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.buttonClicked.connect(lambda button: self._flow.remove(name) if button is remove else None)
        box.open()

    def export(self, name: str | None) -> None:
        """Write a library (ask which, if none is named) to an MSP file."""
        name = name or self._ask_which(self.tr("Export a library"), self.tr("Library to export:"))
        if name is None:
            return
        suggestion = str(Path(self._last_folder()) / f"{name}.msp")
        path, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export a library"), suggestion, "MSP (*.msp)")
        if path:
            chosen = Path(path) if Path(path).suffix else Path(f"{path}.msp")
            self.folder_chosen.emit(str(chosen.parent))
            self._flow.export(name, chosen)

    def _ask_which(self, title: str, words: str) -> str | None:
        names = [library.name for library in self._state.libraries or ()]
        if len(names) == 1:
            return names[0]
        name, accepted = QInputDialog.getItem(self._window, title, words, names, 0, False)
        return name if accepted and name else None

    def _imported(self, report: ImportReport) -> None:
        dialog = ImportReportDialog(report, self._window)
        dialog.save_wanted.connect(self.text_to_save)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _database_damaged(self, error: DamagedDatabase) -> None:
        if self._window.findChild(QMessageBox, "damagedDatabase") is not None:
            return
        box = QMessageBox(QMessageBox.Icon.Warning, "BitSpec", str(error), QMessageBox.StandardButton.NoButton, self._window)
        box.setObjectName("damagedDatabase")
        box.setInformativeText(self.tr("Predictions work without libraries, too."))
        fresh = box.addButton(self.tr("Keep it aside and start fresh"), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(self.tr("Quit"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(self.tr("Go on without libraries"), QMessageBox.ButtonRole.RejectRole)
        fresh.setObjectName("startFresh")
        leave.setObjectName("quitInstead")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def chosen(button: object) -> None:
            if button is fresh:
                self._flow.start_fresh(error)
            elif button is leave:
                self._window.close()

        box.buttonClicked.connect(chosen)
        box.open()
