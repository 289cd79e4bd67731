"""The *Library* tab: which libraries there are, what is in them, and the spectrum of an entry."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.library import LibraryEntry, LibraryQuery
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.library_actions import make_library_actions, paint_library_icons
from bitspec_gui.ui.panels.library_entries import EntryTable
from bitspec_gui.ui.panels.library_filter import LibraryFilter
from bitspec_gui.ui.panels.library_spectrum import EntrySpectrum
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.spectrum_tools import tool_button
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.entries import EntryTableModel, entries_of
from bitspec_gui.ui.tables.libraries import LibrariesTableModel
from bitspec_gui.ui.tables.ranges import plain_table
from bitspec_gui.ui.tables.rows import fit_rows
from bitspec_gui.ui.theme import icon
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.workers.runner import Runner

MOST_COPIED = 20_000
"""Rows that are copied at once; more are a matter for an export."""

LEAST_LIBRARIES_PX = 80

OFFER_MS = 15_000
"""How long Undo is offered below the table; the menu and Ctrl+Z offer it longer."""


class LibraryPanel(QWidget):
    """Libraries above, entries in the middle, the chosen entry's spectrum below."""

    predict_wanted = Signal(object)
    add_library_wanted = Signal()
    came_into_view = Signal(bool)
    told = Signal(str)

    def __init__(
        self,
        state: WindowState,
        actions: Actions,
        libraries: LibraryService,
        thumbnails: Thumbnails,
        runner: Runner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("libraryPanel")
        self._state, self._libraries, self._runner = state, libraries, runner
        self._asked: LibraryQuery | None = None
        self._to_top = False
        self.edits = make_library_actions(self)
        self.model = EntryTableModel(libraries, runner, self)
        self.libraries_model = LibrariesTableModel(self)
        self.libraries_table = QTableView(self)
        plain_table(self.libraries_table, "librariesTable", self.tr("Libraries"))
        self.libraries_table.setModel(self.libraries_model)
        self.table = EntryTable(self.model, thumbnails, self)
        self.filters = LibraryFilter(self)
        self.search, self.filter, self.kind = self.filters.search, self.filters.library, self.filters.kind
        self.count = QLabel(self)
        self.count.setObjectName("entryCount")
        self.count.setProperty("role", "muted")
        self.problem = Notice("libraryProblem", "danger", self)
        self.empty = Notice("libraryEmpty", "warning", self)
        self.empty_add = self.empty.add_button("emptyAddLibrary", self.tr("Add a library…"))
        self.outdated = Notice("libraryOutdated", "card", self)
        self.outdated_rebuild = self.outdated.add_button("rebuildOutdated", self.tr("Rebuild…"))
        self.outdated_leave = self.outdated.add_button("leaveOutdated", self.tr("Leave them"))
        self.offer = Notice("undoOffer", "card", self)
        self.offer_undo = self.offer.add_button("undoOffered", self.tr("Undo"))
        self._offer_ends = QTimer(self)
        self._offer_ends.setSingleShot(True)
        self._offer_ends.setInterval(OFFER_MS)
        self.spectrum = EntrySpectrum(state, actions, self)
        self.view, self.caution = self.spectrum.view, self.spectrum.caution
        self.headline, self.predict = self.spectrum.headline, self.spectrum.predict
        self.structures = QAction(self.tr("Structures"), self)
        self.structures.setObjectName("showStructures")
        self.structures.setCheckable(True)
        self.structures.setChecked(True)
        self.structures.setToolTip(self.tr("Show structures in the table; without them more rows fit"))
        self._arrange(actions)
        self._connect()
        self._show_libraries()

    def search_now(self) -> None:
        """List what matches the filters; the place in the list is kept if they are as they were."""
        query = self.filters.query()
        self._to_top = query != self._asked
        self._asked = query
        self.model.search(query, near_row=0 if self._to_top else self.table.top_row)

    def show_library(self, name: str) -> None:
        """List the entries of one library."""
        self.filters.choose_library(name)
        row = self.libraries_model.row_of(name)
        if row is not None:
            self.libraries_table.selectRow(row)

    @property
    def selected_library(self) -> str | None:
        """Name of the library selected in the upper table."""
        rows = self.libraries_table.selectionModel().selectedRows()
        return self.libraries_model.library_at(rows[0].row()).name if rows else None

    def copy_rows(self) -> str:
        """Copy the selected entries as tab-separated text; returns what was, or will be, copied in words."""
        ids = self.table.selected_ids
        if not ids.size:
            return ""
        if ids.size > MOST_COPIED:
            words = self.tr("%1 entries are too many to copy; export the library instead.")
            return words.replace("%1", f"{ids.size:,}")
        at_hand = self.table.fetched_among_selected(MOST_COPIED)
        if len(at_hand) == ids.size:
            return self._copied(at_hand)
        self._runner.submit(
            "query",
            entries_of,
            self._libraries,
            ids.tolist(),
            on_done=lambda entries: self.told.emit(self._copied(entries)),
            key="copied-entries",
        )
        return self.tr("Copying %1 entries…").replace("%1", f"{ids.size:,}")

    def offer_to_undo(self, sentence: str) -> None:
        """Say what was done, with a button that takes it back; an empty sentence takes the offer away."""
        self.offer.say(sentence)
        self._offer_ends.start() if sentence else self._offer_ends.stop()

    def stop(self) -> None:
        """Search no more (the window closes)."""
        for part in (self.filters, self.model, self._offer_ends):
            part.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """The tab was opened."""
        super().showEvent(event)
        self.came_into_view.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another tab was opened."""
        super().hideEvent(event)
        self.came_into_view.emit(False)

    def _arrange(self, actions: Actions) -> None:
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("librarySplitter")
        splitter.setChildrenCollapsible(False)
        for part, stretch in ((self._upper(actions), 1), (self._middle(actions), 5), (self.spectrum, 3)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([110, 390, 200])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.addWidget(self.problem)
        layout.addWidget(self.empty)
        layout.addWidget(self.outdated)
        layout.addWidget(splitter, 1)

    def _upper(self, actions: Actions) -> QWidget:
        upper = QWidget(self)
        row = QHBoxLayout(upper)
        row.setContentsMargins(0, 0, 0, 0)
        table = self.libraries_table
        table.setMinimumHeight(LEAST_LIBRARIES_PX)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.horizontalHeader().setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
        for section, width in enumerate((150, 130, 72, 90, 108)):
            table.setColumnWidth(section, width)
        row.addWidget(table, 1)
        edits = self.edits
        menu = QMenu(self)
        menu.setObjectName("librariesMenu")
        menu.setToolTipsVisible(True)
        menu.addActions([edits.new_library, edits.rename_library, edits.merge_libraries, edits.rebuild_library])
        menu.addSeparator()
        menu.addActions([actions.export_library, actions.remove_library])
        menu.addSeparator()
        menu.addAction(edits.import_reports)
        delete = QShortcut(QKeySequence.StandardKey.Delete, table, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(actions.remove_library.trigger)
        self.libraries_menu = menu
        more = QToolButton(upper)
        more.setObjectName("moreLibraryActions")
        more.setText(self.tr("More ▾"))
        more.setAccessibleName(self.tr("More that can be done with libraries"))
        more.setProperty("role", "chooser")
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(menu)
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(tool_button(actions.add_library, self, words=True))
        buttons.addWidget(more)
        buttons.addStretch(1)
        row.addLayout(buttons)
        return upper

    def _middle(self, actions: Actions) -> QWidget:
        middle = QWidget(self)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for action in self.edits.of_entries:
            tools.addWidget(tool_button(action, self))
        tools.addSpacing(8)
        for action in (self.edits.undo, self.edits.redo):
            tools.addWidget(tool_button(action, self))
        tools.addSpacing(8)
        shown = tool_button(self.structures, self, words=True)
        tools.addWidget(shown)
        tools.addStretch(1)
        tools.addWidget(self.count)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.filters)
        column.addLayout(tools)
        column.addWidget(self.table, 1)
        column.addWidget(self.offer)
        self.entries_menu = self._make_entries_menu(actions)
        return middle

    def _make_entries_menu(self, actions: Actions) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("entriesMenu")
        menu.setToolTipsVisible(True)
        menu.addActions([*self.edits.of_entries[:-1]])
        menu.addSeparator()
        menu.addAction(self.edits.delete_entries)
        menu.addSeparator()
        predict = menu.addAction(self.tr("&Predict this"))
        predict.setObjectName("predictFromMenu")
        predict.triggered.connect(lambda _checked=False: self.spectrum.ask_to_predict())
        menu.aboutToShow.connect(lambda: predict.setEnabled(self.predict.isEnabled()))
        menu.addActions([actions.identify_this, self.edits.learn_from, actions.copy, self.edits.select_all])
        menu.addSeparator()
        menu.addActions([self.edits.undo, self.edits.redo])
        return menu

    def _connect(self) -> None:
        state = self._state
        self.filters.changed.connect(self.search_now)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(lambda error: self.problem.say(str(error)))
        self.table.chosen.connect(self._chosen)
        self.table.doubleClicked.connect(lambda _index: self.spectrum.ask_to_predict())
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._sorted_anew())
        self.table.customContextMenuRequested.connect(lambda at: self.entries_menu.popup(self.table.menu_place(at)))
        self.libraries_table.customContextMenuRequested.connect(
            lambda at: self.libraries_menu.popup(self.libraries_table.viewport().mapToGlobal(at))
        )
        self.spectrum.predict_wanted.connect(self.predict_wanted)
        self.empty_add.clicked.connect(self.add_library_wanted)
        self.offer_undo.clicked.connect(self.edits.undo.trigger)
        self._offer_ends.timeout.connect(lambda: self.offer.say(""))
        self.structures.toggled.connect(self.table.show_structures)
        self.edits.select_all.triggered.connect(lambda _checked=False: self.table.selectAll())
        for action in (self.edits.edit_entry, self.edits.delete_entries, self.edits.select_all):
            self.table.addAction(action)
        self.libraries_table.addAction(self.edits.rename_library)
        for action in (self.edits.undo, self.edits.redo, self.edits.tag_entries):
            self.addAction(action)
        state.libraries_changed.connect(self._show_libraries)
        state.colours_changed.connect(self._show_appearance)

    def _show_appearance(self) -> None:
        colours = self._state.colours
        paint_library_icons(self.edits, colours.text)
        self.structures.setIcon(icon("molecule", colours.text))
        self.model.set_mark(icon("warning", colours.warning))
        self.table.fit()
        fit_rows(self.libraries_table)

    def _show_libraries(self) -> None:
        state = self._state
        libraries = state.libraries or ()
        chosen = self.selected_library
        self.libraries_model.show_libraries(libraries)
        row = self.libraries_model.row_of(chosen) if chosen is not None else None
        if row is not None:
            self.libraries_table.selectRow(row)
        self.filters.show_libraries(libraries)
        self.problem.say(state.library_problem)
        nothing = state.libraries is not None and not libraries and not state.library_problem
        words = self.tr(
            "There is no library yet. Add measured spectra to compare predictions with: MassBank records or MSP files."
        )
        self.empty.say(words if nothing else "")
        if state.libraries is not None and not state.library_problem:
            self.search_now()

    def _sorted_anew(self) -> None:
        self._to_top = True

    def _counted(self, total: int) -> None:
        self.problem.say("")
        if self._to_top:
            self._to_top = False
            current = self.table.currentIndex()
            if self.table.selected_number == 1 and current.isValid():
                self.table.scrollTo(current)
            else:
                self.table.scrollToTop()
        self.table.set_hint(self._why_nothing() if total == 0 else "")
        self._show_count()

    def _why_nothing(self) -> str:
        if not self._state.libraries:
            return ""
        query = self._asked or LibraryQuery()
        if query == LibraryQuery(library_id=query.library_id):
            return self.tr("This library is empty. Select entries of another one and copy or move them into it.")
        return self.tr("No entry matches. Change or clear what is asked for above.")

    def _show_count(self) -> None:
        total, selected = self.model.rowCount(), self.table.selected_number
        words = self.tr("%1 spectrum") if total == 1 else self.tr("%1 spectra")
        if selected > 1:
            words = self.tr("%2 of %1 selected")
        self.count.setText(words.replace("%1", f"{total:,}").replace("%2", f"{selected:,}"))

    def _chosen(self) -> None:
        self._show_count()
        entry, shown = self.table.only_selected, self._state.entry
        on_its_way = entry is None and self.table.selected_number == 1
        if on_its_way and shown is not None and int(self.table.selected_ids[0]) == shown.entry_id:
            return  # What is shown is the very same entry, listed anew.
        if entry != shown:
            self._state.set_entry(entry)

    def _copied(self, entries: list[LibraryEntry]) -> str:
        QGuiApplication.clipboard().setText(self.model.as_tsv(entries))
        return self.tr("%1 entries copied").replace("%1", f"{len(entries):,}")
