"""The hit table: sorted by any column, narrowed by words, stepped through with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QMenu, QTableView, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.hit_words import summary
from bitspec_gui.ui.identify_state import IdentifyState, SearchPhase
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.tables.hits import COLUMNS, HitsTableModel
from bitspec_gui.ui.tables.match_cells import MatchDelegate
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.structure_cells import StructureDelegate
from bitspec_gui.ui.theme import Colours, icon
from bitspec_gui.ui.thumbnails import THUMBNAIL_SIZE, Thumbnails

_WIDTHS = {
    "rank": 34, "match": 58, "reverse": 64, "probability": 58, "structure": 96, "name": 200, "formula": 96, "mass": 48,
    "kind": 84, "library": 130, "cas": 84, "ri": 56, "ri_difference": 52,
}  # fmt: skip

ROOM_FOR_STRUCTURES_PX = 150
"""Height of the table from which structures are drawn in it."""


class HitsPanel(QWidget):
    """Words on the search above, hits below. The row looked at is `IdentifyState.hit`."""

    predict_wanted = Signal(object)
    explain_wanted = Signal()

    def __init__(self, state: IdentifyState, actions: Actions, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hitsPanel")
        self._state, self._actions, self._thumbnails = state, actions, thumbnails
        self.model = HitsTableModel(self)
        self.table = QTableView(self)
        self.words = QLineEdit(self)
        self.summary = OneLine("hitSummary", "muted", self, shortest_px=0)
        self.structures = QToolButton(self)
        self._matches = MatchDelegate(self.table)
        self._set_up_table()
        self._name()
        self._arrange()
        self.words.textChanged.connect(self._narrow)
        self.structures.toggled.connect(lambda _on: self.fit_rows())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._row_chosen())
        self.table.doubleClicked.connect(lambda _index: self._predict())
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        state.hits_changed.connect(self._show_hits)
        state.hit_changed.connect(self._mark_hit)
        state.phase_changed.connect(self._show_summary)
        self._show_hits()

    def step(self, by: int) -> None:
        """Go up or down by some rows."""
        rows = self.model.rowCount()
        if rows:
            now = self.table.currentIndex().row()
            self._select(min(max(now + by, 0), rows - 1))

    def structures_near(self, reach: int) -> list[str]:
        """SMILES or InChI of the hits next to the one looked at, the nearest first."""
        row = self.table.currentIndex().row()
        places = [place for step in range(1, reach + 1) for place in (row + step, row - step)]
        records = [self.model.hit_at(place).entry.record for place in places if 0 <= place < self.model.rowCount()]
        return [text for record in records if (text := record.smiles or record.inchi)]

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._matches.set_colours(colours)
        self.model.set_mark(icon("warning", colours.warning))
        self.structures.setIcon(icon("molecule", colours.text))
        self.fit_rows()

    def fit_rows(self) -> None:
        """Rows as high as their font, or as the structures need."""
        fit_rows(self.table)
        header = self.table.verticalHeader()
        # In a low table one row with its structure would be all that is to be seen.
        shown = self._has_room()
        self.table.setColumnHidden(COLUMNS.index("structure"), not shown)
        if shown:
            header.setDefaultSectionSize(max(header.defaultSectionSize(), THUMBNAIL_SIZE.height() + 2))
        self._scroll_to_hit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Structures where there is room for some."""
        super().resizeEvent(event)
        if self.table.isColumnHidden(COLUMNS.index("structure")) == self._has_room():
            self.fit_rows()

    def copy_rows(self) -> str:
        """Copy the selected hits as tab-separated text; returns what was copied in words."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if not rows:
            return ""
        QGuiApplication.clipboard().setText(self.model.as_tsv(rows))
        return self.tr("%1 hits copied").replace("%1", str(len(rows)))

    def _has_room(self) -> bool:
        return self.structures.isChecked() and self.table.height() >= ROOM_FOR_STRUCTURES_PX

    def _set_up_table(self) -> None:
        table = self.table
        show_rows(table, "hitTable", self.tr("Hits"))
        table.setModel(self.model)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setMinimumHeight(40)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        header.setSortIndicator(COLUMNS.index("rank"), Qt.SortOrder.AscendingOrder)
        for name, width in _WIDTHS.items():
            table.setColumnWidth(COLUMNS.index(name), width)
        for name in ("match", "reverse"):
            table.setItemDelegateForColumn(COLUMNS.index(name), self._matches)
        table.setItemDelegateForColumn(COLUMNS.index("structure"), StructureDelegate(self._thumbnails, table))

    def _name(self) -> None:
        self.words.setObjectName("hitWords")
        self.words.setAccessibleName(self.tr("Show only hits with these words"))
        self.words.setPlaceholderText(self.tr("Narrow by name, formula, CAS…"))
        self.words.setClearButtonEnabled(True)
        self.words.setMinimumWidth(90)
        self.words.setMaximumWidth(260)
        self.structures.setObjectName("showStructures")
        self.structures.setAccessibleName(self.tr("Show structures in the table"))
        self.structures.setToolTip(self.tr("Show structures in the table; without them more hits are in sight"))
        self.structures.setCheckable(True)
        self.structures.setChecked(True)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.summary, 2)
        row.addWidget(self.structures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.table, 1)

    def _show_hits(self) -> None:
        found = self._state.hit_list
        hits = found.hits if found is not None else ()
        self.model.show_hits(hits)
        known = {"probability": any(hit.probability is not None for hit in hits)}
        known["ri_difference"] = any(hit.ri_difference is not None for hit in hits)
        for name, there in known.items():
            self.table.setColumnHidden(COLUMNS.index(name), bool(hits) and not there)
        self._mark_hit()
        self._show_summary()

    def _show_summary(self) -> None:
        state = self._state
        if state.phase is SearchPhase.SEARCHING:
            self.summary.setText(state.sentence or self.tr("Searching…"))
            return
        found = state.hit_list
        text = summary(found) if found is not None else ""
        hidden = len(found.hits) - self.model.rowCount() if found is not None else 0
        if hidden:
            text += "; " + self.tr("%1 hidden by the words").replace("%1", f"{hidden:,}")
        self.summary.setText(text)

    def _narrow(self, words: str) -> None:
        self.model.show_only(words)
        self._mark_hit()
        self._show_summary()

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.model.sort(column, order)
        self._mark_hit()

    def _mark_hit(self) -> None:
        row = self.model.row_of(self._state.hit)
        if row is None:
            if self.model.rowCount() and self._state.hit is not None:
                self._select(0)
            return
        if self.table.currentIndex().row() != row or not self.table.selectionModel().hasSelection():
            self._select(row)
        else:
            self._scroll_to_hit()

    def _select(self, row: int) -> None:
        column = max(self.table.currentIndex().column(), 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row, column), flags)
        self._scroll_to_hit()

    def _scroll_to_hit(self) -> None:
        current = self.table.currentIndex()
        if current.isValid():
            # The first column that is on show: otherwise the table would jump sideways at each step.
            here = self.table.horizontalScrollBar().value()
            self.table.scrollTo(current)
            self.table.horizontalScrollBar().setValue(here)

    def _row_chosen(self) -> None:
        current = self.table.currentIndex()
        if current.isValid():
            self._state.choose_hit(self.model.hit_at(current.row()))

    def _predict(self) -> None:
        hit = self._state.hit
        if hit is not None and (hit.entry.record.smiles or hit.entry.record.inchi):
            self.predict_wanted.emit(hit.entry)

    def _open_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("hitMenu")
        copy = QAction(self.tr("Copy the selected hits"), menu)
        copy.triggered.connect(lambda: self.copy_rows())
        predict = QAction(self.tr("Predict this compound"), menu)
        predict.setEnabled(self._state.hit is not None and bool(self._state.hit.entry.record.smiles))
        predict.triggered.connect(lambda: self._predict())
        explain = QAction(self.tr("Explain this compound's peaks"), menu)
        explain.setEnabled(predict.isEnabled())
        explain.triggered.connect(lambda: self.explain_wanted.emit())
        menu.addActions([copy, predict, explain])
        menu.addSeparator()
        menu.addActions([self._actions.export_hits, self._actions.report])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(where))
