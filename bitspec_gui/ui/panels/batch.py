"""The *Batch* tab: a list of thousands of molecules, its predictions streaming in, and the row that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.batch import BatchRow, RowState
from bitspec_gui.domain.prediction import MeasuredMatch, Prediction
from bitspec_gui.services.batch_order import SORTABLE, BatchOrder, Places
from bitspec_gui.services.batch_rows import BatchRows
from bitspec_gui.services.catalogue import Services
from bitspec_gui.ui.batch_commands import BatchCommands
from bitspec_gui.ui.batching import BatchFlow
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.panels.batch_controls import BatchControls
from bitspec_gui.ui.panels.batch_details import BatchDetails
from bitspec_gui.ui.panels.batch_table import LOOKED_AT, BatchTable
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.batch import COLUMNS, BatchTableModel, rows_as_tsv
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.runner import Runner

MOST_COPIED = 20_000
"""Rows that are copied; more are a matter for an export."""

COPIED_AT_ONCE = 300
"""Rows that are made text of while the window waits; more are made beside it."""

LEAST_TABLE_PX = 130

MOST_KEPT = 200
"""Molecules that the list of this session takes."""


class BatchPanel(QWidget):
    """The list with its controls, or words on how to begin one.

    `looked_at_changed` tells that `prediction` is of another row.
    `show_wanted` and `identify_wanted` carry a `Prediction`, `keep_wanted` a list of them; `library_changed` says that a library
    has got more entries.
    """

    looked_at_changed = Signal()
    show_wanted = Signal(object)
    identify_wanted = Signal(object)
    keep_wanted = Signal(object)
    library_changed = Signal()
    folder_changed = Signal(str)
    text_to_save = Signal(object, str)
    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        state: WindowState,
        services: Services,
        runner: Runner,
        thumbnails: Thumbnails,
        drawings: Drawings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("batchPanel")
        self._state = state
        self.flow = BatchFlow(services, runner, self)
        self.commands = BatchCommands(self.flow, state, self)
        self.model = BatchTableModel(self)
        self.model.show_rows(self.flow.rows)
        self.table = BatchTable(self.model, thumbnails, self)
        self.controls = BatchControls(self.flow, self)
        self.details = BatchDetails(state, drawings, self)
        self.notice = Notice("batchNotice", "warning", self)
        self.notice_report = self.notice.add_button("batchNoticeReport", self.tr("Report…"))
        self.problem = Notice("batchProblem", "danger", self)
        self.choose = QPushButton(self.tr("Open files…"), self)
        self._pages = QStackedWidget(self)
        self._arrange()
        self._menu = self._make_menu()
        self._connect()
        self._show_colours()
        self._refresh()

    # From outside

    @property
    def view(self) -> SpectrumView:
        """The spectrum of the row that is looked at."""
        return self.details.view

    @property
    def prediction(self) -> Prediction | None:
        """The prediction of the row that is looked at."""
        row = self._looked_at()
        return row.prediction if row is not None else None

    @property
    def folder(self) -> str:
        """Folder in which files are looked for and written."""
        return self.commands.folder

    @folder.setter
    def folder(self, folder: str) -> None:
        self.commands.folder = folder

    def open(self, paths: Sequence[Path]) -> None:
        """Add the structures of files to the list, and predict them."""
        self.flow.open(paths)

    def ask_for_files(self) -> None:
        """Ask which files to open."""
        self.commands.ask_for_files()

    def copy_rows(self) -> str:
        """Copy the selected rows as tab-separated text; returns what was copied in words."""
        number = self.table.selected_number
        if not number:
            return ""
        if number > MOST_COPIED:
            words = self.tr("%1 rows are too many to copy; export the list instead.")
            return words.replace("%1", f"{number:,}")
        rows = [self.model.row_at(row) for row in self.table.selected_rows.tolist()]
        if number > COPIED_AT_ONCE:
            self.flow.run_beside(rows_as_tsv, rows, then=lambda text: self.told.emit(self._copied(text, number)))
            return self.tr("Copying %1 rows…").replace("%1", f"{number:,}")
        return self._copied(rows_as_tsv(rows), number)

    def stop(self) -> None:
        """Work no more (the window closes)."""
        for part in (self.flow, self.table, self.controls):
            part.stop()

    # Parts

    def _arrange(self) -> None:
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("batchSplitter")
        splitter.setChildrenCollapsible(False)
        self.table.setMinimumHeight(LEAST_TABLE_PX)
        splitter.addWidget(self.table)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 5)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([360, 280])
        work = QWidget(self)
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.controls)
        column.addWidget(self.problem)
        column.addWidget(self.notice)
        column.addWidget(splitter, 1)
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(work)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.addWidget(self._pages)

    def _empty_page(self) -> QWidget:
        page = QFrame(self)
        page.setProperty("role", "drop")
        title = QLabel(self.tr("Predict thousands of molecules at once"), page)
        title.setProperty("role", "title")
        words = QLabel(
            self.tr(
                "Drop an SD or MOL2 file, a list of SMILES or a table with a column “smiles” here. Rows appear as they are read, "
                "and their spectra as they are predicted; what you look at is predicted first. Then sort and filter them, "
                "export all spectra, or make a library of them to identify unknowns with. Further files are added to the list."
            ),
            page,
        )
        words.setObjectName("batchEmptyWords")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMaximumWidth(560)
        words.setProperty("role", "muted")
        self.choose.setObjectName("batchChoose")
        self.choose.setAccessibleName(self.tr("Open files of structures"))
        column = QVBoxLayout(page)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        # In a row of its own the height of the words is worked out for the width that they get.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words, 100)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("batchMenu")
        for name, words, act in (
            ("batchMenuShow", self.tr("&Show in Predict"), self._show_in_predict),
            ("batchMenuIdentify", self.tr("&Identify this"), self._identify),
            ("batchMenuKeep", self.tr("&Keep in the list"), self._keep),
        ):
            action = menu.addAction(words)
            action.setObjectName(name)
            action.triggered.connect(lambda _checked=False, act=act: act())
        menu.addSeparator()
        self.copy = QAction(self.tr("&Copy the rows"), self)
        self.copy.setObjectName("batchCopy")
        self.copy.triggered.connect(lambda _checked=False: self.told.emit(self.copy_rows()))
        self.table.copy_wanted.connect(self.copy.trigger)
        menu.addAction(self.copy)
        menu.addActions([self.controls.export_spectra, self.controls.export_table, self.controls.make_library])
        return menu

    def _connect(self) -> None:
        flow, commands, controls = self.flow, self.commands, self.controls
        table, details = self.table, self.details
        self.choose.clicked.connect(self.ask_for_files)
        controls.add_wanted.connect(self.ask_for_files)
        controls.report_wanted.connect(commands.show_report)
        self.notice_report.clicked.connect(commands.show_report)
        controls.narrowed.connect(self._arrange_rows)
        controls.structures.toggled.connect(table.show_structures)
        for action, do in (
            (controls.export_spectra, commands.export_spectra),
            (controls.export_table, commands.export_table),
            (controls.make_library, commands.make_library),
        ):
            action.triggered.connect(lambda _checked=False, do=do: do(self._chosen_rows()))
        for signal, told in (
            (commands.folder_changed, self.folder_changed),
            (commands.text_to_save, self.text_to_save),
            (commands.told, self.told),
        ):
            signal.connect(told)
        flow.advanced.connect(self.model.catch_up)
        flow.advanced.connect(self._advanced)
        flow.state_changed.connect(self._refresh)
        flow.replaced.connect(self._replaced)
        flow.arranged.connect(self._arranged)
        flow.library_changed.connect(self.library_changed)
        flow.told.connect(self.told)
        flow.failed.connect(self.failed)
        self.model.arranging_wanted.connect(flow.arrange_again)
        table.came_into_sight.connect(lambda places: flow.batch.look_at(places))
        table.chosen.connect(self._chosen)
        table.doubleClicked.connect(lambda _index: self._show_in_predict())
        table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._arrange_rows())
        table.customContextMenuRequested.connect(self._open_menu)
        details.show_wanted.connect(self._show_in_predict)
        details.identify_wanted.connect(self._identify)
        details.keep_wanted.connect(self._keep)
        self._state.colours_changed.connect(self._show_colours)

    # What is shown

    def _show_colours(self) -> None:
        colours = self._state.colours
        self.model.set_colours(colours)
        self.table.set_colours(colours)
        self.controls.set_colours(colours)

    def _refresh(self) -> None:
        begun = bool(self.flow.batch.files)
        self._pages.setCurrentIndex(1 if begun else 0)
        self.problem.say(self.flow.problem)
        self.notice.say(self._what_is_wrong() if begun and not self.flow.batch.is_reading else "")
        self.table.hide_what_is_empty()
        self._show_count()

    def _advanced(self) -> None:
        if len(self.flow.rows) <= LOOKED_AT:
            self.table.hide_what_is_empty()
        self._show_count()
        row = self._looked_at()
        if row is not None and row is not self.details.row:
            self._chosen()

    def _what_is_wrong(self) -> str:
        batch = self.flow.batch
        counts = batch.rows.counts
        sentences = [str(problem) for problem in batch.problems[:3]]
        if len(batch.problems) > 3:
            sentences.append(self.tr("%1 more files have problems.").replace("%1", f"{len(batch.problems) - 3:,}"))
        if counts.rows and counts.refused == counts.rows and not self.flow.is_working:
            words = self.tr("None of the %1 rows holds a structure whose spectrum can be predicted.")
            sentences.append(words.replace("%1", f"{counts.rows:,}"))
        return "\n".join(sentences)

    def _show_count(self) -> None:
        self.controls.show_count(self.model.rowCount(), self.table.selected_number)

    def _replaced(self, rows: BatchRows) -> None:
        self.model.show_rows(rows)
        self.controls.refresh()
        self._arrange_rows()
        self._chosen()

    def _arrange_rows(self) -> None:
        header = self.table.horizontalHeader()
        section = header.sortIndicatorSection()
        column = COLUMNS[section] if 0 <= section < len(COLUMNS) else "number"
        if column not in SORTABLE:
            header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
            return
        descending = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        self.flow.arrange(BatchOrder(self.controls.wanted_words, self.controls.wanted_state, column, descending))

    def _arranged(self, order: BatchOrder, places: Places) -> None:
        anew = order != self.model.order
        here = self.table.verticalScrollBar().value()
        self.model.arrange(order, places)
        if anew:
            self.table.scrollToTop()
        else:
            self.table.verticalScrollBar().setValue(here)
        self._show_count()

    def _looked_at(self) -> BatchRow | None:
        row = self.table.current_row
        return self.model.row_at(row) if row is not None else None

    def _chosen(self) -> None:
        self._show_count()
        row = self._looked_at()
        shown = self.details.row
        self.details.show_row(row)
        self.looked_at_changed.emit()
        if row is None or row.compound is None or (shown is not None and shown.compound is row.compound):
            return
        prediction = row.prediction
        assert prediction is not None

        def found(matches: list[MeasuredMatch]) -> None:
            looked_at = self.details.row
            if looked_at is not None and looked_at.compound is row.compound:
                self.details.show_match(matches[0] if matches else None)

        self.flow.look_up(prediction, found)

    def _open_menu(self, where: QPoint) -> None:
        if self.table.selected_number:
            self._menu.popup(self.table.menu_place(where))

    # What is done with rows

    def _copied(self, text: str, number: int) -> str:
        QGuiApplication.clipboard().setText(text)
        return self.tr("%1 rows copied").replace("%1", f"{number:,}")

    def _chosen_rows(self) -> list[BatchRow]:
        """The rows selected if they are several, else all that are shown."""
        if self.table.selected_number > 1:
            return [self.model.row_at(row) for row in self.table.selected_rows.tolist()]
        rows = self.model.rows.all()
        return [rows[place] for place in self.model.places.tolist()]

    def _show_in_predict(self) -> None:
        row = self._looked_at()
        if row is not None and row.state is RowState.PREDICTED:
            self.flow.with_drawings([row], lambda predictions: self.show_wanted.emit(predictions[0]))

    def _identify(self) -> None:
        row = self._looked_at()
        if row is not None and row.prediction is not None:
            self.identify_wanted.emit(row.prediction)

    def _keep(self) -> None:
        rows = [self.model.row_at(row) for row in self.table.selected_rows[: MOST_KEPT + 1].tolist()]
        rows = [row for row in rows if row.state is RowState.PREDICTED]
        if len(rows) > MOST_KEPT:
            self.told.emit(self.tr("The list of this session takes %1 molecules at most.").replace("%1", str(MOST_KEPT)))
        elif rows:
            self.flow.with_drawings(rows, self._kept)

    def _kept(self, predictions: list[Prediction]) -> None:
        self.keep_wanted.emit(predictions)
        self.told.emit(self.tr("%1 molecules kept in the list").replace("%1", str(len(predictions))))
