"""The list of unknowns: files with many spectra, each with its best hit."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QHeaderView, QMenu, QTableView, QVBoxLayout, QWidget

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.spectrum_tools import tool_button
from bitspec_gui.ui.tables.match_cells import MatchDelegate
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.unknowns import COLUMNS, UnknownsTableModel, title_of
from bitspec_gui.ui.theme import Colours

LEAST_WIDTH_PX = 60


class QueriesPanel(QWidget):
    """Table of unknowns. The row looked at is `IdentifyState.unknown`."""

    def __init__(self, state: IdentifyState, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queriesPanel")
        self.setMinimumWidth(LEAST_WIDTH_PX)
        self._state, self._actions = state, actions
        self.model = UnknownsTableModel(state, self)
        self.table = QTableView(self)
        self.count = OneLine("unknownCount", "muted", self, shortest_px=0)
        self._matches = MatchDelegate(self.table)
        self._set_up_table()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.count, 1)
        row.addWidget(tool_button(actions.open_unknowns, self))
        row.addWidget(tool_button(actions.remove_unknowns, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._row_chosen())
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.model.modelReset.connect(self._mark)
        state.unknown_changed.connect(self._mark)
        self._mark()

    @property
    def selected_keys(self) -> list[int]:
        """Keys of the selected unknowns."""
        return [self.model.unknown_at(index.row()).key for index in self.table.selectionModel().selectedRows()]

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._matches.set_colours(colours)
        fit_rows(self.table)

    def _set_up_table(self) -> None:
        table = self.table
        show_rows(table, "unknownTable", self.tr("Unknowns"))
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        fit_rows(table)
        header = table.horizontalHeader()
        header.setMinimumSectionSize(30)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name in ("name", "best"):
            header.setSectionResizeMode(COLUMNS.index(name), QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(COLUMNS.index("match"), QHeaderView.ResizeMode.Fixed)
        table.setColumnWidth(COLUMNS.index("match"), 56)
        table.setItemDelegateForColumn(COLUMNS.index("match"), self._matches)

    def _mark(self) -> None:
        count = self.model.rowCount()
        words = self.tr("%1 unknown") if count == 1 else self.tr("%1 unknowns")
        self.count.setText(words.replace("%1", f"{count:,}") if count else self.tr("No unknowns"))
        row = self.model.row_of(self._state.key)
        if row is None:
            return
        if self.table.currentIndex().row() != row:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        self.table.scrollTo(self.model.index(row, 0))

    def _row_chosen(self) -> None:
        current = self.table.currentIndex()
        if current.isValid():
            self._state.look_at(self.model.unknown_at(current.row()).key)

    def _open_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("unknownMenu")
        actions = self._actions
        menu.addActions([actions.search, actions.search_all, actions.remove_unknowns])
        menu.addSeparator()
        menu.addActions([actions.export_hits, actions.report, actions.all_reports])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(where))


class UnknownChooser(QComboBox):
    """The list of unknowns where there is no room for the table."""

    def __init__(self, state: IdentifyState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setObjectName("unknownChooser")
        self.setAccessibleName(self.tr("Unknown to look at"))
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(lambda index: state.look_at(self.itemData(index)))
        state.unknowns_changed.connect(self._list)
        state.unknown_changed.connect(self._mark)
        self._list()

    def _list(self) -> None:
        self.clear()
        for unknown in self._state.unknowns:
            self.addItem(title_of(unknown), unknown.key)
        self._mark()

    def _mark(self) -> None:
        self.setCurrentIndex(self.findData(self._state.key))
