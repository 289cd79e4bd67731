"""What a list of molecules asks before it does something, and what it tells afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from bitspec_gui.domain.batch import BatchRow, RowState
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.ui.batching import BatchFlow
from bitspec_gui.ui.dialogs.batch_report import BatchReportDialog
from bitspec_gui.ui.dialogs.own_library import TargetLibraryDialog
from bitspec_gui.ui.exporting import file_stem
from bitspec_gui.ui.report_export import SaveDialog
from bitspec_gui.ui.state import WindowState

SPECTRA_FILTERS = {
    ".msp": "MSP (*.msp)", ".jdx": "JCAMP-DX (*.jdx)", ".mgf": "MGF (*.mgf)", ".sdf": "SDF (*.sdf)", ".json": "JSON (*.json)",
}  # fmt: skip
TABLE_FILTERS = {".csv": "CSV (*.csv)"}
STRUCTURE_FILES = (
    "*.sdf *.sd *.mol *.mol2 *.cdx *.cdxml *.smi *.inchi *.csv *.tsv *.tab *.txt *.sdf.gz *.mol2.gz *.smi.gz *.csv.gz *.tsv.gz "
    "*.txt.gz"
)


class BatchCommands(QObject):
    """Dialogs around `BatchFlow`; none of them blocks."""

    folder_changed = Signal(str)
    text_to_save = Signal(object, str)
    told = Signal(str)

    def __init__(self, flow: BatchFlow, state: WindowState, window: QWidget) -> None:
        super().__init__(window)
        self._flow, self._state, self._window = flow, state, window
        self.folder = ""
        self.asking: TargetLibraryDialog | None = None
        flow.library_made.connect(lambda _made: self._end_asking(""))
        flow.library_refused.connect(self._end_asking)

    def ask_for_files(self) -> None:
        """Ask which files to open."""
        kinds = f"{self.tr('Structures')} ({STRUCTURE_FILES});;{self.tr('All files')} (*)"
        dialog = QFileDialog(self._window, self.tr("Predict the structures of files"), self.folder, kinds)
        dialog.setObjectName("batchOpen")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._files_chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def export_spectra(self, rows: Sequence[BatchRow]) -> None:
        """Ask where to, and write the spectra of the rows that were predicted."""
        self._ask_where(rows, self.tr("spectra"), SPECTRA_FILTERS)

    def export_table(self, rows: Sequence[BatchRow]) -> None:
        """Ask where to, and write a table of all rows."""
        self._ask_where(rows, self.tr("table"), TABLE_FILTERS)

    def make_library(self, rows: Sequence[BatchRow]) -> None:
        """Ask for a name, and put the rows that were predicted into a library of that name."""
        predicted = [row for row in rows if row.state is RowState.PREDICTED]
        if not predicted:
            self.told.emit(self.tr("No row that is shown was predicted, so there is nothing to make a library of."))
            return
        words = self.tr("Put %1 predicted spectra into this library of your own, or into a new one, each compound once:")
        words = words.replace("%1", f"{len(predicted):,}")
        own = self._own_predicted()
        self.asking = TargetLibraryDialog(self.tr("Make a library"), words, self.tr("Make"), own, self._window)
        self.asking.wanted.connect(lambda name: self._flow.make_library(predicted, str(name)))
        self.asking.finished.connect(lambda _result: self._forget_dialog())
        self.asking.open()

    def show_report(self) -> None:
        """Say what became of the rows of all files."""
        dialog = BatchReportDialog(self._flow.report(), self._window)
        dialog.save_wanted.connect(self.text_to_save)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _files_chosen(self, names: list[str]) -> None:
        self.folder_changed.emit(str(Path(names[0]).parent))
        self._flow.open([Path(name) for name in names])

    def _ask_where(self, rows: Sequence[BatchRow], what: str, filters: dict[str, str]) -> None:
        if not rows:
            self.told.emit(self.tr("No row is shown, so there is nothing to write."))
            return
        files = self._flow.batch.files
        stem = file_stem(Path(files[0]).stem) if len(files) == 1 else "BitSpec"
        title = self.tr("Export %1").replace("%1", what)
        dialog = SaveDialog(self._window, title, self.folder, f"{stem} {what}", filters)

        def chosen(path: Path) -> None:
            self.folder_changed.emit(str(path.parent))
            self._flow.export(rows, path)

        dialog.chosen.connect(chosen)
        dialog.open()

    def _own_predicted(self) -> list[LibraryInfo]:
        return [each for each in self._state.libraries or () if each.wholly_predicted and not each.embedded]

    def _end_asking(self, sentence: str) -> None:
        dialog = self.asking
        if dialog is None:
            if sentence:
                self.told.emit(sentence)
        elif sentence:
            dialog.refuse(sentence)
        else:
            dialog.accept()

    def _forget_dialog(self) -> None:
        self.asking = None
