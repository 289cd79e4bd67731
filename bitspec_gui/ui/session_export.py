"""The list of molecules as a file: asks where to, and writes in the io lane."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.services.molecule_list_export import write_molecule_list
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.report_export import SaveDialog
from bitspec_gui.ui.session import Session
from bitspec_gui.workers.runner import Runner

FILTERS = {
    ".sdf": "SDF (*.sdf)", ".smi": "SMILES (*.smi)", ".msp": "MSP (*.msp)", ".jdx": "JCAMP-DX (*.jdx)", ".csv": "CSV (*.csv)",
    ".json": "JSON (*.json)",
}  # fmt: skip


class SessionExport(QObject):
    """Exports the molecules of the list at the left."""

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(self, window: QWidget, service: PredictionService, runner: Runner, session: Session) -> None:
        super().__init__(window)
        self._window, self._service, self._runner, self._session = window, service, runner, session

    def ask(self, folder: str) -> None:
        """Ask where to, and write the list in the format of the chosen name."""
        if not self._session.kept:
            self.told.emit(self.tr("There are no molecules in the list to export."))
            return
        dialog = SaveDialog(self._window, self.tr("Export the list of molecules"), folder, self.tr("molecules"), FILTERS)
        dialog.chosen.connect(self.export)
        dialog.open()

    def export(self, path: Path) -> None:
        """Write the list to `path`."""
        self.folder_changed.emit(str(path.parent))
        listed = [(each.molecule, each.prediction) for each in self._session.kept]
        self._runner.submit(
            "io",
            write_molecule_list,
            listed,
            path,
            self._service.molecule,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=lambda written: self._tell(path, int(written), len(listed)),
            on_error=self.failed.emit,
        )

    def _tell(self, path: Path, written: int, listed: int) -> None:
        if written == listed:
            words = self.tr("%1 molecules written: %2")
        else:
            words = self.tr("%1 of %3 molecules written, those that have a predicted spectrum: %2").replace("%3", f"{listed:,}")
        self.told.emit(words.replace("%1", f"{written:,}").replace("%2", str(path)))
