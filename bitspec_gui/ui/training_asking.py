"""What the spectra page of the *Train* tab asks before something is done, and what it tells afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.library import ImportReport
from bitspec_gui.domain.library_edits import KeptReport
from bitspec_gui.domain.tuning_data import StructureProposal
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.dialogs.dataset_name import DatasetNameDialog
from bitspec_gui.ui.dialogs.dataset_report import DatasetReportDialog
from bitspec_gui.ui.dialogs.edit_spectrum import EditSpectrumDialog
from bitspec_gui.ui.dialogs.import_reports import ImportReportsDialog
from bitspec_gui.ui.dialogs.name_proposals import NameProposalsDialog
from bitspec_gui.ui.dialogs.training_library import TrainingLibraryDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.panels.train_spectra import TrainSpectraPage
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.train_state import TrainState
from bitspec_gui.ui.training_data import TrainingData

KINDS_OF_FILES = "*.msp *.msl *.txt *.jdx *.dx *.jcamp *.mgf *.sdf *.sd *.csv *.tsv *.bitspec *.zip *.gz"
"""Names that files with spectra, or with tables of structures, usually have; what is in them is found out by reading."""


class TrainingAsking(QObject):
    """Opens dialogs over a window, and has `TrainingData` do what they answer."""

    told = Signal(str)
    text_to_save = Signal(object, str)

    def __init__(
        self,
        page: TrainSpectraPage,
        window: WindowState,
        train: TrainState,
        data: TrainingData,
        libraries: LibraryService,
        drawings: Drawings,
        thumbnails: Thumbnails,
        last_folder: Callable[[], str],
    ) -> None:
        super().__init__(page)
        self._page, self._window, self._train, self._data = page, window, train, data
        self._libraries, self._drawings, self._thumbnails, self._last_folder = libraries, drawings, thumbnails, last_folder
        actions = page.actions_
        for action, ask in (
            (actions.add_files, self._ask_for_files),
            (actions.from_library, self._ask_for_library),
            (actions.new_dataset, self._ask_for_new),
            (actions.rename_dataset, self._ask_for_name),
            (actions.remove_dataset, self._remove),
            (actions.look_names_up, data.look_names_up),
            (actions.import_reports, data.read_reports),
            (actions.edit_spectrum, self._edit),
        ):
            action.triggered.connect(lambda _checked=False, do=ask: do())
        data.imported.connect(self._imported)
        data.proposed.connect(self._propose)
        data.reports_read.connect(self._show_reports)

    def _over(self) -> QWidget:
        return self._page.window()

    def _ask_for_files(self) -> None:
        filters = ";;".join(
            (self.tr("Spectra and tables of structures (%1)").replace("%1", KINDS_OF_FILES), self.tr("All files (*)"))
        )
        title = self.tr("Add spectra, or a table of their structures")
        names, _filter = QFileDialog.getOpenFileNames(self._over(), title, self._last_folder(), filters)
        if names:
            self._data.add_files([Path(name) for name in names])

    def _ask_for_library(self) -> None:
        dialog = TrainingLibraryDialog(self._window.libraries or (), self._over())

        def take(answer: object) -> None:
            assert isinstance(answer, tuple)
            query, name = answer
            dialog.accept()
            self._data.add_entries(partial(self._libraries.entry_ids, query), name)

        dialog.wanted.connect(take)
        dialog.open()

    def _ask_for_new(self) -> None:
        words = self.tr("Spectra that belong together: usually those of one instrument.")
        dialog = DatasetNameDialog(self.tr("New dataset"), words, self.tr("Make it"), "", self._over())
        dialog.wanted.connect(lambda name: self._data.new_dataset(name, dialog.accept, _refusal(dialog)))
        dialog.open()

    def _ask_for_name(self) -> None:
        dataset = self._train.dataset
        if dataset is None:
            return
        dialog = DatasetNameDialog(self.tr("Rename the dataset"), "", self.tr("Rename"), dataset.name, self._over())
        dialog.wanted.connect(lambda name: self._data.rename(dataset.dataset_id, name, dialog.accept, _refusal(dialog)))
        dialog.open()

    def _remove(self) -> None:
        if self._train.dataset is not None:
            self._data.remove(self._train.dataset)

    def _edit(self) -> None:
        spectra = self._page.table.selected
        if not spectra:
            return
        dialog = EditSpectrumDialog(spectra, self._drawings, dark=self._window.colours.dark, parent=self._over())
        ids = [each.spectrum_id for each in spectra]
        dialog.wanted.connect(lambda fields: self._data.change(ids, fields, dialog.accept, _refusal(dialog)))
        dialog.open()

    def _imported(self, report: ImportReport) -> None:
        """Tell of an import; a report with nothing to read in it is not put in anybody's way."""
        if report.problems or report.doubts or report.rejected or not report.added:
            self._show_report(report)

    def _show_report(self, report: ImportReport) -> None:
        dialog = DatasetReportDialog(report, self._over())
        dialog.save_wanted.connect(self.text_to_save)
        dialog.open()

    def _show_reports(self, reports: Sequence[KeptReport]) -> None:
        dialog = ImportReportsDialog(reports, self._over())
        dialog.forget.hide()
        dialog.show_wanted.connect(self._show_report)
        dialog.open()

    def _propose(self, proposals: Sequence[StructureProposal]) -> None:
        if not proposals:
            self.told.emit(self.tr("None of the names is known. Give the spectra a structure (F2), or drop a table with SMILES."))
            return
        dialog = NameProposalsDialog(proposals, self._thumbnails, self._window.colours, self._over())

        def take(chosen: object) -> None:
            assert isinstance(chosen, tuple)
            dialog.accept()
            self._data.accept(chosen)

        dialog.wanted.connect(take)
        dialog.open()


def _refusal(dialog: AskingDialog) -> Callable[[Exception], None]:
    """What shows an error in the dialog that asked."""

    def refuse(error: Exception) -> None:
        if not isinstance(error, BitSpecError):
            dialog.reject()
            raise error
        dialog.refuse(str(error))

    return refuse
