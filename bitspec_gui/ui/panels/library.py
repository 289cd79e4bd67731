"""The *Library* tab: which libraries there are, what is in them, and the spectrum of an entry."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.panels.facts import shortened, why_doubtful
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.spectrum_tools import tool_button
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.entries import COLUMNS, EntryTableModel
from bitspec_gui.ui.tables.libraries import LibrariesTableModel
from bitspec_gui.ui.tables.rows import fit_rows
from bitspec_gui.ui.theme import icon
from bitspec_gui.ui.views.content import SpectrumContent, nominal_mass_of
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.runner import Runner

SEARCH_PAUSE_MS = 250
_WIDTHS = {
    "name": 210, "kind": 80, "formula": 100, "mass": 56, "cas": 88, "inchikey": 190, "library": 130, "peaks": 56,
    "instrument": 150,
}  # fmt: skip

_LEAST_FIELD_PX = 84
"""Width down to which the fields of a search give way in a narrow window."""


class LibraryPanel(QWidget):
    """Libraries above, entries in the middle, the chosen entry's spectrum below."""

    predict_wanted = Signal(object)
    add_library_wanted = Signal()

    def __init__(
        self, state: WindowState, actions: Actions, libraries: LibraryService, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("libraryPanel")
        self._state = state
        self.model = EntryTableModel(libraries, runner, self)
        self.libraries_model = LibrariesTableModel(self)
        self.libraries_table = _table("librariesTable", self.tr("Libraries"), self)
        self.libraries_table.setModel(self.libraries_model)
        self.table = _table("entryTable", self.tr("Library entries"), self)
        self.table.setModel(self.model)
        self.search = QLineEdit(self)
        self.search.setObjectName("librarySearch")
        self.search.setAccessibleName(self.tr("Search the libraries"))
        self.search.setPlaceholderText(self.tr("Name, formula, CAS number, InChIKey or accession"))
        self.search.setClearButtonEnabled(True)
        self.filter = QComboBox(self)
        self.filter.setObjectName("libraryFilter")
        self.filter.setAccessibleName(self.tr("Library to search"))
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind = QComboBox(self)
        self.kind.setObjectName("kindFilter")
        self.kind.setAccessibleName(self.tr("Measured, predicted or doubtful spectra"))
        for words, predicted, doubtful in (
            (self.tr("Measured and predicted"), None, False),
            (self.tr("Measured only"), False, False),
            (self.tr("Predicted only"), True, False),
            (self.tr("Doubtful only"), None, True),
        ):
            self.kind.addItem(words, (predicted, doubtful))
        for field in (self.search, self.filter, self.kind):
            field.setMinimumWidth(_LEAST_FIELD_PX)
        self.count = QLabel(self)
        self.count.setObjectName("entryCount")
        self.count.setProperty("role", "muted")
        self.problem = Notice("libraryProblem", "danger", self)
        self.empty = Notice("libraryEmpty", "warning", self)
        self.empty_add = self.empty.add_button("emptyAddLibrary", self.tr("Add a library…"))
        self.caution = Notice("entryCaution", "warning", self)
        self.view = SpectrumView("entrySpectrum", self)
        self.headline = QLabel(self)
        self.headline.setObjectName("entryHeadline")
        self.headline.setProperty("role", "title")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.predict = QPushButton(self.tr("Predict this"), self)
        self.predict.setObjectName("predictEntry")
        self.predict.setAccessibleName(self.tr("Predict the spectrum of this compound"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._arrange(actions)
        self._connect()
        self._show_libraries()
        self._show_entry()

    def search_now(self) -> None:
        """List what matches the search."""
        self._pause.stop()
        predicted, doubtful = self.kind.currentData()
        self.model.search(self.search.text(), self.filter.currentData(), predicted, doubtful)

    def show_library(self, name: str) -> None:
        """List the entries of one library."""
        index = self.filter.findText(name)
        if index >= 0:
            self.filter.setCurrentIndex(index)
        row = self.libraries_model.row_of(name)
        if row is not None:
            self.libraries_table.selectRow(row)

    @property
    def selected_library(self) -> str | None:
        """Name of the library selected in the upper table."""
        rows = self.libraries_table.selectionModel().selectedRows()
        return self.libraries_model.library_at(rows[0].row()).name if rows else None

    def copy_rows(self) -> str:
        """Copy the selected entries as tab-separated text; returns what was copied in words."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if not rows:
            return ""
        QGuiApplication.clipboard().setText(self.model.as_tsv(rows))
        return self.tr("%1 entries copied").replace("%1", str(len(rows)))

    def stop(self) -> None:
        """Search no more (the window closes)."""
        self._pause.stop()

    def _arrange(self, actions: Actions) -> None:
        libraries = QWidget(self)
        row = QHBoxLayout(libraries)
        row.setContentsMargins(0, 0, 0, 0)
        self.libraries_table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.libraries_table.horizontalHeader().setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
        for section, width in enumerate((150, 80, 72, 90, 108)):
            self.libraries_table.setColumnWidth(section, width)
        row.addWidget(self.libraries_table, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        for action in (actions.add_library, actions.export_library, actions.remove_library):
            buttons.addWidget(tool_button(action, self, words=True))
        buttons.addStretch(1)
        row.addLayout(buttons)
        entries = QWidget(self)
        column = QVBoxLayout(entries)
        column.setContentsMargins(0, 4, 0, 0)
        searching = QHBoxLayout()
        searching.addWidget(self.search, 1)
        searching.addWidget(self.filter)
        searching.addWidget(self.kind)
        searching.addWidget(self.count)
        column.addLayout(searching)
        column.addWidget(self.table, 1)
        for name, width in _WIDTHS.items():
            self.table.setColumnWidth(COLUMNS.index(name), width)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        below = QWidget(self)
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 6, 0, 0)
        heading = QHBoxLayout()
        heading.addWidget(self.headline, 1)
        heading.addWidget(self.predict)
        lower.addLayout(heading)
        lower.addWidget(self.caution)
        lower.addWidget(self.view, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("librarySplitter")
        splitter.setChildrenCollapsible(False)
        for part, stretch in ((libraries, 1), (entries, 4), (below, 4)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([110, 240, 260])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.addWidget(self.problem)
        layout.addWidget(self.empty)
        layout.addWidget(splitter, 1)

    def _connect(self) -> None:
        state = self._state
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.search.returnPressed.connect(self.search_now)
        self._pause.timeout.connect(self.search_now)
        for chooser in (self.filter, self.kind):
            chooser.currentIndexChanged.connect(lambda _index: self.search_now())
        self.model.counted.connect(self._counted)
        self.model.failed.connect(lambda error: self.problem.say(str(error)))
        self.model.modelReset.connect(lambda: state.set_entry(None))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        self.table.doubleClicked.connect(lambda _index: self._predict())
        self.predict.clicked.connect(self._predict)
        self.empty_add.clicked.connect(self.add_library_wanted)
        self.view.peak_picked.connect(state.select_peak)
        state.libraries_changed.connect(self._show_libraries)
        state.entry_changed.connect(self._show_entry)
        state.peak_changed.connect(lambda: self.view.select_mz(state.peak_mz))
        state.labels_changed.connect(self._show_labels)
        state.colours_changed.connect(self._show_appearance)
        self._show_labels()

    def _show_appearance(self) -> None:
        colours = self._state.colours
        self.view.set_colours(colours)
        self.model.set_mark(icon("warning", colours.warning))
        for table in (self.table, self.libraries_table):
            fit_rows(table)

    def _show_labels(self) -> None:
        self.view.set_labels(self._state.labels_shown, self._state.label_threshold_percent, self._state.label_mode)

    def _show_libraries(self) -> None:
        state = self._state
        libraries = state.libraries or ()
        chosen = self.filter.currentText()
        self.libraries_model.show_libraries(libraries)
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(self.tr("All libraries"), None)
        for library in libraries:
            self.filter.addItem(library.name, library.library_id)
        self.filter.setCurrentIndex(max(0, self.filter.findText(chosen)))
        self.filter.blockSignals(False)
        self.problem.say(state.library_problem)
        nothing = state.libraries is not None and not libraries and not state.library_problem
        words = self.tr(
            "There is no library yet. Add measured spectra to compare predictions with: MassBank records or MSP files."
        )
        self.empty.say(words if nothing else "")
        if state.libraries is not None and not state.library_problem:
            self.search_now()

    def _counted(self, total: int) -> None:
        self.problem.say("")
        words = self.tr("%1 spectrum") if total == 1 else self.tr("%1 spectra")
        self.count.setText(words.replace("%1", f"{total:,}"))

    def _chosen(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self._state.set_entry(self.model.entry_at(rows[0].row()) if len(rows) == 1 else None)

    def _show_entry(self) -> None:
        entry = self._state.entry
        self.predict.setEnabled(entry is not None and bool(entry.record.smiles or entry.record.inchi))
        self.caution.say("" if entry is None else why_doubtful(entry.record))
        if entry is None:
            self.headline.setText("")
            self.view.show_content(None)
            self.view.set_hint(self.tr("Choose an entry to see its spectrum."))
            return
        record = entry.record
        self.headline.setText(record.name or record.accession or self.tr("Unnamed"))
        self.view.set_hint("")
        predicted = record.predicted_by is not None
        words = self.tr("Predicted, not measured · %1") if predicted else self.tr("Measured · %1")
        title = words.replace("%1", " · ".join(part for part in (entry.library, shortened(record.accession or "")) if part))
        mass = nominal_mass_of(record)
        self.view.show_content(SpectrumContent(record.spectrum, title, molecular_mass=mass, top_is_measured=not predicted))

    def _predict(self) -> None:
        entry: LibraryEntry | None = self._state.entry
        if entry is not None and self.predict.isEnabled():
            self.predict_wanted.emit(entry)


def _table(name: str, words: str, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setObjectName(name)
    table.setAccessibleName(words)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAlternatingRowColors(True)
    table.setMinimumHeight(58)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    fit_rows(table)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table
