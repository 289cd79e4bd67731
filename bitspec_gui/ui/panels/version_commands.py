"""What can be done with the model version that is looked at: a row of buttons, and a menu with all of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QToolButton, QWidget

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.ui.dialogs.version_words import RenameVersionDialog, VersionNotesDialog
from bitspec_gui.ui.exporting import file_stem
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.model_versions import ModelVersions
from bitspec_gui.ui.report_export import SaveDialog
from bitspec_gui.ui.train_state import TrainPage, TrainState

VERSION_FILTERS = {".bitspec": "BitSpec model (*.bitspec)"}

ON_BUTTONS = ("Use", "RollBack", "Compare", "Verdict", "Export", "Import")


class VersionCommands(QWidget):
    """Actions that make sense for the version looked at; `compare_wanted` asks for the comparison of it with another one."""

    compare_wanted = Signal()
    folder_changed = Signal(str)

    def __init__(self, train: TrainState, versions: ModelVersions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("versionCommands")
        self._train, self._versions = train, versions
        self.folder = ""
        self.actions_by_name = {each[0]: self._action(*each) for each in self._commands()}
        row = FlowRow(self)
        for name in ON_BUTTONS:
            row.addWidget(self._button(name))
        self.menu = QMenu(self)
        self.menu.setObjectName("versionMenu")
        self.menu.addActions(list(self.actions_by_name.values()))
        more = QToolButton(self)
        more.setObjectName("versionMore")
        more.setText(self.tr("More ▾"))
        more.setAccessibleName(self.tr("More that can be done with this model"))
        more.setToolTip(self.tr("Tune further, rename, notes, merge, response, delete"))
        more.setProperty("role", "chooser")
        more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self.menu)
        row.addWidget(more)
        for signal in (train.version_changed, train.versions_changed, versions.changed):
            signal.connect(self.refresh)
        self.refresh()

    def open_menu(self, place: QPoint) -> None:
        """All commands as a menu, at a place on the screen."""
        self.menu.popup(place)

    def refresh(self) -> None:
        """Offer what makes sense now."""
        version, known = self._train.version, self._versions.known
        own = version is not None and not version.supplied
        response = known.responses.get(version.version_id) if version is not None else None
        enabled = {
            "Use": version is not None and not version.active,
            "RollBack": known.previous is not None,
            "Compare": len(self._train.versions) > 1,
            "Verdict": version is not None and version.metrics is not None,
            "Export": own,
            "Import": True,
            "Tune": version is not None,
            "Rename": own,
            "Notes": own,
            "Merge": own and version is not None and version.small,
            "Response": response is not None,
            "Delete": own,
        }
        for name, action in self.actions_by_name.items():
            action.setEnabled(enabled[name])
        self.actions_by_name["Response"].setChecked(bool(response))
        back = self.tr("Go &back to %1").replace("%1", known.previous.version.name) if known.previous is not None else ""
        self.actions_by_name["RollBack"].setText(back or self.tr("Go &back"))
        for name in ON_BUTTONS:
            self._sync(name)

    # Making

    def _commands(self) -> tuple[tuple[str, str, str, str, Callable[[], None]], ...]:
        tr = self.tr
        return (
            ("Use", tr("&Use this model"), tr("Predict with it from now on; it is tried first"), "", self._use),
            ("RollBack", tr("Go &back"), tr("Predict with the model that was in use before"), "", self._versions.roll_back),
            ("Compare", tr("&Compare…"), tr("Beside another version: figures, settings, spectra"), "", self.compare_wanted.emit),
            ("Verdict", tr("&Verdict"), tr("Whether it helped, spectrum by spectrum"), "", self._verdict),
            ("Export", tr("&Export…"), tr("One file for another machine; your spectra are not in it"), "", self._export),
            ("Import", tr("&Import…"), tr("Take in a model from a .bitspec file, after checking it"), "", self.ask_to_import),
            ("Tune", tr("&Tune further…"), tr("Begin another training with this version"), "", self._tune),
            ("Rename", tr("&Rename…"), tr("Give it another name"), "F2", self._rename),
            ("Notes", tr("&Notes…"), tr("Write down what is worth knowing of it"), "", self._notes),
            ("Merge", tr("&Make a whole model of it"), tr("A version that needs no base to be used"), "", self._merge),
            ("Response", tr("Instrument's re&sponse"), tr("Whether it predicts as your instrument weighs intensities"), "",
             self._response),
            ("Delete", tr("&Delete"), tr("Delete this version; can be undone"), "Del", self._delete),
        )  # fmt: skip

    def _action(self, name: str, words: str, tip: str, key: str, act: Callable[[], None]) -> QAction:
        action = QAction(words, self)
        action.setObjectName(f"version{name}Action")
        action.setToolTip(tip)
        action.setCheckable(name == "Response")
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _button(self, name: str) -> QPushButton:
        action = self.actions_by_name[name]
        button = QPushButton(action.text(), self)
        button.setObjectName(f"version{name}")
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        if name == "Use":
            button.setProperty("primary", "true")
        return button

    def _sync(self, name: str) -> None:
        action, button = self.actions_by_name[name], self.findChild(QPushButton, f"version{name}")
        assert isinstance(button, QPushButton)
        button.setText(action.text())
        button.setAccessibleName(action.text().replace("&", ""))
        button.setEnabled(action.isEnabled())

    # Doing

    def _with_version(self, act: Callable[[RegisteredVersion], None]) -> None:
        version = self._train.version
        if version is not None:
            act(version)

    def _use(self) -> None:
        self._with_version(lambda version: self._versions.use(version.version_id))

    def _verdict(self) -> None:
        self._with_version(self._versions.show_verdict)

    def _merge(self) -> None:
        self._with_version(self._versions.merge)

    def _delete(self) -> None:
        self._with_version(self._versions.remove)

    def _response(self) -> None:
        on = self.actions_by_name["Response"].isChecked()
        self._with_version(lambda version: self._versions.set_response(version, on))

    def _tune(self) -> None:
        self._with_version(lambda version: self._train.choose_base(version.version_id))
        self._train.show_page(TrainPage.PLAN)

    def _rename(self) -> None:
        self._with_version(lambda version: self._ask(RenameVersionDialog(version, self.window()), version, self._versions.rename))

    def _notes(self) -> None:
        self._with_version(
            lambda version: self._ask(VersionNotesDialog(version, self.window()), version, self._versions.set_notes)
        )

    def _ask(
        self,
        dialog: RenameVersionDialog | VersionNotesDialog,
        version: RegisteredVersion,
        change: Callable[[RegisteredVersion, str, Callable[[str], None]], None],
    ) -> None:
        def answered(why_not: str) -> None:
            if why_not:
                dialog.refuse(why_not)
            else:
                dialog.accept()

        dialog.wanted.connect(lambda text: change(version, str(text), answered))
        dialog.open()

    def _export(self) -> None:
        version = self._train.version
        if version is None:
            return
        stem = file_stem(version.version.name)
        dialog = SaveDialog(self.window(), self.tr("Export the model"), self.folder, stem, VERSION_FILTERS)
        dialog.chosen.connect(partial(self._write, version))
        dialog.open()

    def _write(self, version: RegisteredVersion, path: Path) -> None:
        self._remember(path)
        self._versions.export(version, path)

    def ask_to_import(self) -> None:
        """Ask which file, and take in the model in it."""
        title = self.tr("Import a model")
        dialog = QFileDialog(self.window(), title, self.folder, ";;".join([*VERSION_FILTERS.values(), self.tr("All files (*)")]))
        dialog.setObjectName("import_model_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._read(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read(self, path: Path) -> None:
        self._remember(path)
        self._versions.import_file(path)

    def _remember(self, path: Path) -> None:
        self.folder = str(path.parent)
        self.folder_changed.emit(self.folder)
