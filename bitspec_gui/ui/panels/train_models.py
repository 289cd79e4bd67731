"""The page *Models*: all versions of the model on this machine, what is known of each, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QScrollArea, QTableView, QWidget

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.ui.dialogs.compare_versions import CompareVersionsDialog
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.roomy_page import RoomyPage, splitter
from bitspec_gui.ui.panels.version_commands import VersionCommands
from bitspec_gui.ui.panels.version_details import VersionDetails
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.narrowing import Narrowing
from bitspec_gui.ui.tables.rows import fit_rows, show_rows
from bitspec_gui.ui.tables.versions import COLUMNS, VersionsTableModel
from bitspec_gui.ui.train_state import TrainState

BY_IMPORTANCE = ("verdict", "gain", "public", "data", "made", "strategy", "size", "notes")
"""What is left out for want of room is said below the table all the same."""


class TrainModelsPage(RoomyPage):
    """``told`` carries a sentence, ``failed`` an exception, ``folder_changed`` the folder that a file was written to."""

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(self, window: WindowState, train: TrainState, versions: ModelVersions, parent: QWidget | None = None) -> None:
        super().__init__("trainModelsPage", parent)
        self._window, self._train, self._versions = window, train, versions
        self._gone: RegisteredVersion | None = None
        self.model = VersionsTableModel(self)
        self.table = QTableView(self.body)
        self.commands = VersionCommands(train, versions, self.body)
        self.problem = Notice("versionsProblem", "danger", self.body)
        self.notice = Notice("versionsNotice", "warning", self.body)
        self.undo = self.notice.add_button("versionsUndo", self.tr("Undo"))
        self.undo.setToolTip(self.tr("Bring the deleted version back (%1)").replace("%1", "Ctrl+Z"))
        self.details = VersionDetails()
        self._arrange()
        self._connect()
        self._show_versions()
        self._show_colours()

    @property
    def folder(self) -> str:
        """Folder in which files are looked for and written."""
        return self.commands.folder

    @folder.setter
    def folder(self, folder: str) -> None:
        self.commands.folder = folder

    def compare(self) -> None:
        """Open the comparison of the version looked at with another one."""
        if self._train.version is not None:
            dialog = CompareVersionsDialog(self._window, self._train, self._versions, self.window())
            dialog.show()

    def _arrange(self) -> None:
        show_rows(self.table, "versionsTable", self.tr("Model versions"))
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setWordWrap(False)
        self.table.setMinimumHeight(96)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(50)
        # Keys of commands are those of the table, and of nothing else on the page.
        self.table.addActions(list(self.commands.actions_by_name.values()))
        self._narrowing = Narrowing(self.table, "name", BY_IMPORTANCE)
        shown = QScrollArea(self.body)
        shown.setObjectName("versionDetailsArea")
        shown.setAccessibleName(self.tr("What is known of this model"))
        shown.setWidgetResizable(True)
        shown.setFrameShape(QFrame.Shape.NoFrame)
        shown.setWidget(self.details)
        shown.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        shown.setMinimumHeight(90)
        halves = splitter("versionsSplitter", self.body)
        halves.setOrientation(Qt.Orientation.Vertical)
        halves.addWidget(self.table)
        halves.addWidget(shown)
        halves.setSizes([240, 260])
        for widget in (self.problem, self.notice, self.commands):
            self.column.addWidget(widget)
        self.column.addWidget(halves, 1)

    def _connect(self) -> None:
        train, versions = self._train, self._versions
        self.table.selectionModel().currentRowChanged.connect(lambda current, _before: self._chosen(current.row()))
        self.table.doubleClicked.connect(lambda _index: self._activate())
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.commands.compare_wanted.connect(self.compare)
        self.commands.folder_changed.connect(self.folder_changed)
        self.undo.clicked.connect(lambda _checked=False: self._undo())
        key = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(self._undo)
        train.versions_changed.connect(self._show_versions)
        train.version_changed.connect(self._follow)
        versions.changed.connect(self._show_problem)
        versions.removed.connect(self._offer_undo)
        versions.noticed.connect(self._say)
        self._window.colours_changed.connect(self._show_colours)

    # What is shown

    def _show_versions(self) -> None:
        self.model.show_versions(self._train.versions)
        self._follow()

    def _follow(self) -> None:
        row = self.model.row_of(self._train.version_id)
        if row is None and self.model.rowCount():
            active = self._train.active_version
            self._train.look_at_version(active.version_id if active is not None else self.model.version_at(0).version_id)
            return
        if row is not None and row != self.table.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        self.details.show_version(self._train.version, self._window.colours.muted)

    def _chosen(self, row: int) -> None:
        if 0 <= row < self.model.rowCount():
            self._train.look_at_version(self.model.version_at(row).version_id)

    def _show_problem(self) -> None:
        self.problem.say(self._versions.known.notice)

    def _offer_undo(self, version: RegisteredVersion) -> None:
        self._gone = version
        words = self.tr("“%1” was deleted.").replace("%1", version.version.name)
        if version.active:
            words += " " + self.tr("BitSpec predicts with the model that comes with it.")
        self.undo.show()
        self.notice.say(words)

    def _say(self, sentence: str) -> None:
        self._gone = None
        self.undo.hide()
        self.notice.say(sentence)

    def _undo(self) -> None:
        if self._gone is not None:
            self._versions.restore(self._gone)
            self._say("")

    def _activate(self) -> None:
        action = self.commands.actions_by_name["Verdict"]
        if action.isEnabled():
            action.trigger()

    def _open_menu(self, place: QPoint) -> None:
        inside = self.table.viewport().rect().contains(place)
        at = place if inside else self.table.visualRect(self.table.currentIndex()).center()
        self.commands.open_menu(self.table.viewport().mapToGlobal(at))

    def _show_colours(self) -> None:
        self.model.set_colours(self._window.colours)
        fit_rows(self.table)
        self.details.show_version(self._train.version, self._window.colours.muted)
