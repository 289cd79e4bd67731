"""The table of a dataset's spectra: keys for what is done often, and a selection that outlives sorting."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.ui.tables.dataset_spectra import COLUMNS, DatasetTableModel
from bitspec_gui.ui.tables.ranges import CopyingTable, plain_table
from bitspec_gui.ui.tables.tick_cells import TickDelegate
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails
from bitspec_gui.ui.train_actions import TrainActions

_WIDTHS = {
    "used": 40, "structure": THUMBNAIL_SIZE.width() + 12, "name": 170, "formula": 92, "standing": 118, "replicates": 78,
    "peaks": 52, "energy": 58, "instrument": 150, "source": 120,
}  # fmt: skip

USUAL_FONT_PX = 15
"""Height of a line of text that the widths above are meant for."""


class DatasetTable(CopyingTable):
    """Rows of a `DatasetTableModel`; ``toggle_wanted`` says that Space was pressed."""

    toggle_wanted = Signal()

    def __init__(
        self, model: DatasetTableModel, actions: TrainActions, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._kept: set[int] = set()
        self._kept_current: int | None = None
        self._fitted: dict[str, int] = {}
        plain_table(self, "trainSpectra", self.tr("Spectra of the dataset"))
        self.show_model(model, thumbnails, _WIDTHS)
        self.setItemDelegateForColumn(COLUMNS.index("used"), TickDelegate(self))
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.addActions([actions.edit_spectrum, actions.delete_spectra, actions.select_all, actions.copy_rows])
        self.menu = QMenu(self)
        self.menu.setObjectName("trainSpectraMenu")
        self.menu.setToolTipsVisible(True)
        self.menu.addActions([actions.use, actions.leave_out, actions.leave_to_bitspec])
        self.menu.addSeparator()
        self.menu.addActions([actions.edit_spectrum, actions.look_names_up])
        self.menu.addSeparator()
        self.menu.addActions([actions.copy_rows, actions.select_all, actions.delete_spectra])
        self.menu.addSeparator()
        self.menu.addActions([actions.undo, actions.redo])
        self.customContextMenuRequested.connect(self._open_menu)
        self.copy_wanted.connect(actions.copy_rows.trigger)
        self.doubleClicked.connect(lambda index: None if self._is_tick(index.column()) else actions.edit_spectrum.trigger())
        actions.select_all.triggered.connect(lambda _checked=False: self.selectAll())
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._select_again)
        # After an edit in place the row looked at says something else.
        model.dataChanged.connect(lambda *_: self.chosen.emit())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def fit(self) -> None:
        """Give rows and columns the room that the font needs; columns that somebody made wider or narrower stay so."""
        super().fit()
        scale = self.fontMetrics().height() / USUAL_FONT_PX
        for name, width in _WIDTHS.items():
            column = COLUMNS.index(name)
            wanted = max(width, round(width * scale)) if name != "structure" else width
            if self.columnWidth(column) in (width, self._fitted.get(name)):
                self.setColumnWidth(column, wanted)
                self._fitted[name] = wanted

    @property
    def selected(self) -> list[DatasetSpectrum]:
        """Spectra selected, in the order of their rows."""
        return self._model.spectra_at(self.selected_rows.tolist())

    @property
    def looked_at(self) -> DatasetSpectrum | None:
        """The spectrum whose details are shown: the current one if it is selected, else the first that is."""
        current = self.currentIndex().row()
        spans = sorted(self.spans())
        if not spans:
            return None
        row = current if any(first <= current <= last for first, last in spans) else spans[0][0]
        return self._model.spectrum_at(row) if row < self._model.rowCount() else None

    def select_one(self, row: int) -> None:
        """Select a row, or the last one if there are fewer."""
        if self._model.rowCount():
            self.selectRow(min(row, self._model.rowCount() - 1))

    def is_own(self, event: QKeyEvent) -> bool:
        """Space and copying rows."""
        return event.key() == Qt.Key.Key_Space or super().is_own(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space uses or leaves out what is selected, Ctrl+C copies it."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.toggle_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _is_tick(self, column: int) -> bool:
        return COLUMNS[column] == "used"

    def _open_menu(self, place: QPoint) -> None:
        self.menu.popup(self.menu_place(place))

    def _keep_selection(self) -> None:
        self._kept = {each.spectrum_id for each in self.selected}
        current = self.currentIndex().row()
        there = 0 <= current < self._model.rowCount()
        self._kept_current = self._model.spectrum_at(current).spectrum_id if there else None

    def _select_again(self) -> None:
        current = set() if self._kept_current is None else {self._kept_current}
        self.select_rows(self._model.rows_of(self._kept), self._model.rows_of(current))
