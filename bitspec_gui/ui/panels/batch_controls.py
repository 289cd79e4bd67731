"""The rows of controls above a list of molecules: what can be done with it, how far it is, and which rows are shown."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.batch import RowState
from bitspec_gui.ui.batching import BatchFlow
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.tables.jobs import duration_text
from bitspec_gui.ui.theme import Colours, icon

TYPED_MS = 250


class BatchControls(QWidget):
    """Buttons, progress and filters; what they ask for goes out by signals and actions."""

    narrowed = Signal()
    add_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, flow: BatchFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batchControls")
        self._flow = flow
        self.add = self._button("batchAdd", self.tr("Add files…"), self.tr("Add the structures of more files to the list"))
        self.go_on = self._button("batchGoOn", self.tr("Predict the rest"), self.tr("Go on where it was cancelled"))
        self.cancel = self._button("batchCancel", self.tr("Cancel"), self.tr("Stop; what is predicted so far stays"))
        self.report = self._button(
            "batchReport", self.tr("Report…"), self.tr("How many rows were read and refused, why and where")
        )
        self.clear = self._button("batchClear", self.tr("Clear"), self.tr("Begin with an empty list"))
        self.export_spectra = self._action("batchExportSpectra", self.tr("&Spectra… (MSP, JCAMP-DX, MGF, SDF, JSON)"))
        self.export_table = self._action("batchExportTable", self.tr("&Table… (CSV, a molecule a row)"))
        self.make_library = self._action("batchMakeLibrary", self.tr("Make a &library of these…"))
        self.export = QToolButton(self)
        self.progress = QProgressBar(self)
        self.words = OneLine("batchWords", "muted", self)
        self.search = QLineEdit(self)
        self.state = QComboBox(self)
        self.count = OneLine("batchCount", "muted", self, shortest_px=0)
        self.structures = QToolButton(self)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._set_up()
        self._arrange()
        self._connect()
        self.refresh()

    @property
    def wanted_words(self) -> str:
        """Words that the rows shown must hold."""
        return self.search.text()

    @property
    def wanted_state(self) -> RowState | None:
        """State that the rows shown must have."""
        found = self.state.currentData()
        return found if isinstance(found, RowState) else None

    def stop(self) -> None:
        """Wait for no typing (the window closes)."""
        self._typed.stop()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.structures.setIcon(icon("molecule", colours.text))

    def refresh(self) -> None:
        """Show how far the list is, and offer what can be done now."""
        flow = self._flow
        counts, working = flow.rows.counts, flow.is_working
        self.cancel.setVisible(working)
        self.cancel.setEnabled(not flow.is_stopping)
        self.go_on.setVisible(not working and flow.batch.has_work)
        self.report.setEnabled(bool(flow.batch.files))
        self.clear.setEnabled(bool(flow.batch.files))
        self.export.setEnabled(counts.rows > 0)
        self.export_spectra.setEnabled(counts.predicted > 0)
        self.make_library.setEnabled(counts.predicted > 0)
        self.progress.setRange(0, max(counts.rows, 1))
        self.progress.setValue(counts.rows - counts.waiting)
        self.words.setText(self._how_far())

    def show_count(self, shown: int, selected: int) -> None:
        """Say how many rows are shown and selected."""
        parts = []
        if shown != self._flow.rows.counts.rows:
            parts.append(self.tr("%1 shown").replace("%1", f"{shown:,}"))
        if selected > 1:
            parts.append(self.tr("%1 selected").replace("%1", f"{selected:,}"))
        self.count.setText(" · ".join(parts))

    def _how_far(self) -> str:
        flow = self._flow
        counts = flow.rows.counts
        words = self.tr("%1 of %2 predicted").replace("%1", f"{counts.predicted:,}").replace("%2", f"{counts.rows:,}")
        parts = [words]
        if counts.refused:
            parts.append(self.tr("%1 refused").replace("%1", f"{counts.refused:,}"))
        if counts.repeated:
            parts.append(self.tr("%1 of compounds met before").replace("%1", f"{counts.repeated:,}"))
        if flow.is_stopping:
            parts.append(self.tr("stopping…"))
        elif flow.batch.is_reading and flow.is_working:
            parts.append(self.tr("still reading…"))
        elif flow.seconds_left is not None:
            parts.append(self.tr("%1 left").replace("%1", duration_text(flow.seconds_left)))
        return " · ".join(parts)

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words.rstrip("…"))
        button.setToolTip(tip)
        return button

    def _action(self, name: str, words: str) -> QAction:
        action = QAction(words, self)
        action.setObjectName(name)
        return action

    def _set_up(self) -> None:
        self.export.setObjectName("batchExport")
        self.export.setText(self.tr("Export ▾"))
        self.export.setAccessibleName(self.tr("Export the list"))
        self.export.setToolTip(self.tr("Write all rows shown, or those selected if more than one is"))
        self.export.setProperty("role", "chooser")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.export)
        menu.setObjectName("batchExportMenu")
        menu.addActions([self.export_spectra, self.export_table])
        menu.addSeparator()
        menu.addAction(self.make_library)
        self.export.setMenu(menu)
        self.progress.setObjectName("batchProgress")
        self.progress.setAccessibleName(self.tr("How far the list is"))
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(120, 16)
        self.search.setObjectName("batchSearch")
        self.search.setAccessibleName(self.tr("Show only rows with these words"))
        self.search.setPlaceholderText(self.tr("Narrow by name, ID, formula, InChIKey, reason…"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(340)
        self.state.setObjectName("batchState")
        self.state.setAccessibleName(self.tr("Which rows are shown"))
        self.state.addItem(self.tr("All rows"), None)
        self.state.addItem(self.tr("Predicted"), RowState.PREDICTED)
        self.state.addItem(self.tr("Refused"), RowState.REFUSED)
        self.state.addItem(self.tr("Waiting"), RowState.WAITING)
        self.structures.setObjectName("batchStructures")
        self.structures.setAccessibleName(self.tr("Show structures in the table"))
        self.structures.setToolTip(self.tr("Show structures in the table; without them more rows fit"))
        self.structures.setCheckable(True)
        self.structures.setChecked(True)

    def _arrange(self) -> None:
        far = QWidget(self)
        beside = QHBoxLayout(far)
        beside.setContentsMargins(6, 0, 0, 0)
        beside.setSpacing(8)
        beside.addWidget(self.progress)
        beside.addWidget(self.words, 1)
        far.setMinimumWidth(300)
        buttons = QWidget(self)
        row = FlowRow(buttons)
        for widget in (self.add, self.go_on, self.cancel, self.export, self.report, self.clear, far):
            row.addWidget(widget)
        narrow = QHBoxLayout()
        narrow.setSpacing(8)
        narrow.addWidget(self.search, 2)
        narrow.addWidget(self.state)
        narrow.addWidget(self.count, 1)
        narrow.addWidget(self.structures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(buttons)
        column.addLayout(narrow)

    def _connect(self) -> None:
        flow = self._flow
        self.add.clicked.connect(self.add_wanted)
        self.report.clicked.connect(self.report_wanted)
        self.go_on.clicked.connect(flow.go_on)
        self.cancel.clicked.connect(flow.cancel)
        self.clear.clicked.connect(flow.clear)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.returnPressed.connect(self._narrow)
        self._typed.timeout.connect(self._narrow)
        self.state.activated.connect(lambda _index: self._narrow())
        flow.advanced.connect(self.refresh)
        flow.state_changed.connect(self.refresh)

    def _narrow(self) -> None:
        self._typed.stop()
        self.narrowed.emit()
