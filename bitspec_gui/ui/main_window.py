"""The window: docks and tabs put together, and what each action does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog, QMainWindow, QTabWidget, QWidget

from bitspec_gui.config.settings import MAX_RECENT_FILES, Settings
from bitspec_gui.domain.errors import BitSpecError, SettingsError
from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.molecule import Molecule, MoleculeInput
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.catalogue import Services
from bitspec_gui.ui.actions import make_actions, paint_icons
from bitspec_gui.ui.dialogs.about import AboutDialog
from bitspec_gui.ui.dialogs.preferences import PreferencesDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.example import EXAMPLE_NAME, EXAMPLE_TEXT
from bitspec_gui.ui.exporting import ExportFlow, copy_text_of
from bitspec_gui.ui.failures import FailureReporter
from bitspec_gui.ui.library_commands import LibraryCommands
from bitspec_gui.ui.library_flow import LibraryFlow
from bitspec_gui.ui.log_feed import LogFeed
from bitspec_gui.ui.opening import OpeningFlow, holds_something
from bitspec_gui.ui.panels.details import DetailsPanel
from bitspec_gui.ui.panels.jobs import JobsPanel
from bitspec_gui.ui.panels.library import LibraryPanel
from bitspec_gui.ui.panels.log import LogPanel
from bitspec_gui.ui.panels.predict import PredictPanel
from bitspec_gui.ui.panels.project import ProjectPanel
from bitspec_gui.ui.panels.status import StatusBar
from bitspec_gui.ui.prediction_flow import PredictionFlow
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.jobs import JobTableModel
from bitspec_gui.ui.theme import application_icon, apply_theme
from bitspec_gui.ui.views.content import LabelMode
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.ui.window_menus import make_menus, spectrum_menu
from bitspec_gui.workers.runner import Runner

LOW_WINDOW_PX = 640
"""Height below which the jobs take no more room than they must: it is the spectrum's."""

KEEP_AFTER_MS = 2000
"""How long after the last change settings are saved."""

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """BitSpec's window. `start` begins the work; `shut_down` ends it."""

    def __init__(
        self, services: Services, *, log_file: Path | None = None, theme: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowTitle("BitSpec")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.services = services
        self.settings: Settings = services.settings.load()
        self._theme_override = theme
        self._log_file = log_file
        self._named = ("", "")
        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(KEEP_AFTER_MS)
        self._keep_timer.timeout.connect(self._keep_window)
        self.runner = Runner(self)
        self.state = WindowState(self)
        self.state.label_threshold_percent = self.settings.label_threshold_percent
        self.state.label_mode = LabelMode(self.settings.label_words)
        self.failures = FailureReporter(self)
        self.log_feed = LogFeed(self)
        self.actions_ = make_actions(self, self.state)
        self.predictions = PredictionFlow(services, self.runner, self.state, self)
        self.library_flow = LibraryFlow(services.libraries, self.runner, self.state, self)
        self.opening = OpeningFlow(self.runner, self)
        self.exporting = ExportFlow(self, self.runner)
        self.library_commands = LibraryCommands(self, self.library_flow, self.state, lambda: self.settings.last_folder)
        self._make_panels()
        self._make_docks()
        self._connect_flows()
        self._connect_actions()
        self.apply_appearance()
        self._restore_window()

    # Life

    def start(self, text: str | None = None) -> None:
        """Begin to work: load the model, open the libraries, predict the last molecule or the example."""
        self.predict.input.setFocus()
        self.predictions.load_model()
        self.library_flow.start()
        self.project.show_files(self.settings.recent_files)
        if self.services.settings.problem:
            self.status.tell(self.services.settings.problem)
        chosen = text or self.settings.last_molecule or EXAMPLE_TEXT
        self.predict_text(chosen, EXAMPLE_NAME if chosen == EXAMPLE_TEXT else "")

    def shut_down(self, timeout_s: float = 8.0) -> bool:
        """End all work; False if a lane was still busy when the time was up."""
        self.log_feed.stop()
        self._keep_timer.stop()
        self.predict.input.stop()
        self.library.stop()
        ended = self.runner.shutdown(timeout_s)
        if ended:
            self.services.libraries.close()
        return ended

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep settings and window state; what cannot be saved never prevents closing."""
        self._keep_window()
        self.predict.input.stop()
        self.library.stop()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A window that becomes low takes the room from the jobs."""
        super().resizeEvent(event)
        if event.size().height() < LOW_WINDOW_PX and not 0 < event.oldSize().height() < LOW_WINDOW_PX:
            self.resizeDocks([self.jobs_dock], [1], Qt.Orientation.Vertical)

    def _keep_window(self) -> None:
        """Save where the window stands and what it shows. Done now and then, too, so that a crash loses little."""
        self._keep_timer.stop()
        shown = self.state.prediction
        self.settings = replace(
            self.settings,
            window_geometry=_base64(self.saveGeometry()),
            window_state=_base64(self.saveState()),
            label_threshold_percent=self.state.label_threshold_percent,
            label_words=self.state.label_mode.value,
            last_molecule=shown.molecule.smiles if shown is not None else self.settings.last_molecule,
        )
        self._save_settings()

    def _save_settings(self) -> None:
        try:
            self.services.settings.save(self.settings)
        except SettingsError as error:
            _log.warning("%s", error)
            self.status.tell(str(error))

    def _restore_window(self) -> None:
        self.resize(1280, 800)
        self.resizeDocks([self.left_dock, self.right_dock], [190, 428], Qt.Orientation.Horizontal)
        self.resizeDocks([self.jobs_dock], [170], Qt.Orientation.Vertical)
        if self.settings.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.window_geometry.encode()))
        if self.settings.window_state:
            self.restoreState(QByteArray.fromBase64(self.settings.window_state.encode()))

    # Parts

    def _make_panels(self) -> None:
        self.status = StatusBar(self.state, self)
        self.setStatusBar(self.status)
        self.predict = PredictPanel(self.state, self.actions_, self)
        self.library = LibraryPanel(self.state, self.actions_, self.services.libraries, self.runner, self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.predict, self.tr("Predict"))
        self.tabs.addTab(self.library, self.tr("Library"))
        self.setCentralWidget(self.tabs)
        self.drawings = Drawings(self.services.prediction, self.runner, self)
        self.details = DetailsPanel(self.state, self.drawings, self)
        self.project = ProjectPanel(self.state, self)
        self.jobs = JobsPanel(JobTableModel(self.runner, self), self)
        self.log = LogPanel(self.log_feed, self)
        menu = spectrum_menu(self, self.actions_)
        self.predict.view.context_menu = menu
        self.library.view.context_menu = menu

    def _make_docks(self) -> None:
        area = Qt.DockWidgetArea
        self.left_dock = self._dock("leftDock", self.tr("Project"), self.project, area.LeftDockWidgetArea)
        self.right_dock = self._dock("rightDock", self.tr("Molecule and peaks"), self.details, area.RightDockWidgetArea)
        self.jobs_dock = self._dock("jobsDock", self.tr("Jobs"), self.jobs, area.BottomDockWidgetArea)
        self.log_dock = self._dock("logDock", self.tr("Log"), self.log, area.BottomDockWidgetArea)
        self.tabifyDockWidget(self.jobs_dock, self.log_dock)
        self.jobs_dock.raise_()
        self.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        make_menus(self, self.actions_, [self.left_dock, self.right_dock, self.jobs_dock, self.log_dock])

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _connect_flows(self) -> None:
        self.predict.input.asked.connect(self._asked)
        self.predict.retry_wanted.connect(self.predictions.predict_again)
        self.predict.add_library_wanted.connect(self.library_commands.ask)
        self.predictions.unexpected.connect(self.failures.report)
        self.runner.failed.connect(self.failures.report)
        self.library.predict_wanted.connect(self._predict_entry)
        self.library.add_library_wanted.connect(self.library_commands.ask)
        self.library.model.failed.connect(self._entries_failed)
        self.library_flow.told.connect(self.status.tell)
        self.library_flow.failed.connect(self.failures.report)
        self.library_commands.paths_chosen.connect(self._libraries_chosen)
        self.library_commands.folder_chosen.connect(self._remember_folder)
        self.library_commands.text_to_save.connect(self.exporting.save_text)
        self.library_flow.changed.connect(self.predictions.look_up)
        self.opening.text_found.connect(self.predict_text)
        self.opening.molecules_found.connect(self._molecules_found)
        self.opening.libraries_found.connect(self.library_flow.add)
        self.opening.opened.connect(self._remember_files)
        self.opening.told.connect(self.failures.tell)
        self.opening.failed.connect(self.failures.report)
        self.exporting.told.connect(self.status.tell)
        self.exporting.failed.connect(self.failures.report)
        self.exporting.folder_changed.connect(self._remember_folder)
        self.log.save_wanted.connect(self.exporting.save_text)
        self.project.molecule_wanted.connect(self._predict_molecule)
        self.project.input_wanted.connect(lambda each: self.predict_text(each.text, each.name))
        self.project.library_wanted.connect(self._show_library)
        self.project.file_wanted.connect(lambda path: self.opening.open([path]))
        self.tabs.currentChanged.connect(lambda _index: self._tab_changed())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_theme_changed)

    def _connect_actions(self) -> None:
        a, ask = self.actions_, self.library_commands.ask
        what: list[tuple[object, Callable[[], object]]] = [
            (a.open, self._open), (a.export, self._export), (a.export_picture, lambda: self._export(picture_first=True)),
            (a.quit, self.close), (a.copy, self.copy_by_focus), (a.copy_picture, self._copy_picture),
            (a.copy_peaks, self._copy_peaks), (a.paste, self.paste), (a.predict, self._predict_now),
            (a.find, self._find), (a.cancel, self._cancel),
            (a.preferences, self._preferences), (a.reset_zoom, lambda: self.current_view.reset_zoom()),
            (a.add_library, ask), (a.add_library_folder, self.library_commands.ask_for_folder), (a.where_libraries, ask),
            (a.remove_library, lambda: self.library_commands.remove(self._selected_library())),
            (a.export_library, lambda: self.library_commands.export(self._selected_library())),
            (a.restore_library, self.library_flow.restore), (a.about, self._about), (a.log_folder, self._open_log_folder),
        ]  # fmt: skip
        for action, callback in what:
            action.triggered.connect(lambda _checked=False, do=callback: do())  # type: ignore[attr-defined]
        self.state.libraries_changed.connect(self._enable)
        self.state.prediction_changed.connect(self._enable)
        self.state.prediction_changed.connect(self._keep_timer.start)
        self.state.entry_changed.connect(self._enable)
        self._enable()

    def _enable(self) -> None:
        a, some = self.actions_, bool(self.state.libraries)
        for action in (a.remove_library, a.export_library):
            action.setEnabled(some)
        shown = self._spectrum_on_show()
        for action in (a.export, a.export_picture, a.copy_picture, a.copy_peaks):
            action.setEnabled(shown is not None)

    # Appearance

    def apply_appearance(self) -> None:
        """Theme and font as the settings say."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        colours = apply_theme(app, self._theme_override or self.settings.theme, self.settings.font_size_pt)
        paint_icons(self.actions_, colours.text)
        self.state.set_colours(colours)

    def _system_theme_changed(self) -> None:
        if (self._theme_override or self.settings.theme) == "system":
            self.apply_appearance()

    def _preferences(self) -> None:
        dialog = PreferencesDialog(self.settings, self)
        dialog.accepted.connect(lambda: self._take_preferences(dialog.chosen))
        dialog.open()

    def _take_preferences(self, chosen: Settings) -> None:
        if chosen.theme != self.settings.theme:
            self._theme_override = None
        self.settings = chosen
        self.apply_appearance()
        self._save_settings()

    # Predicting

    def predict_text(self, text: str, name: str = "") -> None:
        """Put a molecule into the input and predict it."""
        self.tabs.setCurrentWidget(self.predict)
        self._named = (text, name)
        self.predict.input.set_text(text)

    def _asked(self, text: str) -> None:
        self.predictions.request(text, self._named[1] if text == self._named[0] else "")

    def _predict_now(self) -> None:
        self.tabs.setCurrentWidget(self.predict)
        self.predict.input.ask_now()

    def _predict_molecule(self, molecule: Molecule) -> None:
        self.predict_text(molecule.smiles, molecule.name)

    def _predict_entry(self, entry: LibraryEntry) -> None:
        text = entry.record.smiles or entry.record.inchi
        if text:
            self.predict_text(text, entry.record.name)

    def _molecules_found(self, molecules: tuple[MoleculeInput, ...]) -> None:
        self.predict_text(molecules[0].text, molecules[0].name)
        self.project.offer(molecules[1:])
        if len(molecules) > 1:
            self.status.tell(self.tr("%1 structures; click one at the left to predict it").replace("%1", str(len(molecules))))

    def _cancel(self) -> None:
        if not self.runner.cancel_newest_visible():
            self.state.select_peak(None)

    # Opening, pasting, dropping

    def paste(self) -> None:
        """Take what is on the clipboard."""
        if not self.opening.take(QGuiApplication.clipboard().mimeData()):
            self.status.tell(self.tr("There is no molecule on the clipboard."))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and text from anywhere."""
        if holds_something(event.mimeData()):
            self.project.drop_zone.set_over(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag went away."""
        self.project.drop_zone.set_over(False)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self.project.drop_zone.set_over(False)
        if self.opening.take(event.mimeData()):
            event.acceptProposedAction()

    def _open(self) -> None:
        kinds = self.tr("Structures and spectra (*.mol *.sdf *.smi *.csv *.txt *.msp *.zip);;All files (*)")
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open"), self.settings.last_folder, kinds)
        if names:
            self._remember_folder(str(Path(names[0]).parent))
            self.opening.open([Path(name) for name in names])

    def _remember_files(self, paths: list[Path]) -> None:
        new = [str(path) for path in paths[:3]]
        kept = [file for file in self.settings.recent_files if file not in new]
        self.settings = replace(self.settings, recent_files=tuple([*new, *kept][:MAX_RECENT_FILES]))
        self.project.show_files(self.settings.recent_files)
        self._keep_timer.start()

    def _remember_folder(self, folder: str) -> None:
        self.settings = replace(self.settings, last_folder=folder)

    # Copying and exporting

    @property
    def current_view(self) -> SpectrumView:
        """The spectrum view of the tab on show."""
        return self.library.view if self.tabs.currentWidget() is self.library else self.predict.view

    def copy_by_focus(self) -> None:
        """Copy what has the focus: text, structure, peaks, rows, else the picture of the spectrum."""
        focus = QApplication.focusWidget()
        if copy_text_of(focus):
            return
        if focus is self.details.structure:
            words = self.details.structure.copy_to_clipboard()
        elif focus is self.details.table:
            words = self.details.copy_peaks(selected_only=True)
        elif focus is self.details.assignments.table:
            words = self.details.assignments.copy()
        elif focus is self.library.table:
            words = self.library.copy_rows()
        else:
            words = self.exporting.copy_picture(self.current_view)
        self.status.tell(words or self.tr("There is nothing to copy."))

    def _copy_picture(self) -> None:
        self.status.tell(self.exporting.copy_picture(self.current_view) or self.tr("There is nothing to copy."))

    def _copy_peaks(self) -> None:
        self.status.tell(self.details.copy_peaks() or self.tr("There is nothing to copy."))

    def _spectrum_on_show(self) -> SpectrumRecord | Prediction | None:
        if self.tabs.currentWidget() is self.library:
            return self.state.entry.record if self.state.entry is not None else None
        return self.state.prediction

    def _export(self, *, picture_first: bool = False) -> None:
        shown = self._spectrum_on_show()
        if shown is None:
            self.status.tell(self.tr("There is no spectrum to export."))
            return
        self.exporting.ask_and_export(shown, self.current_view, self.settings.last_folder, picture_first=picture_first)

    def _show_library(self, name: str) -> None:
        self.tabs.setCurrentWidget(self.library)
        self.library.show_library(name)

    def _find(self) -> None:
        self.tabs.setCurrentWidget(self.library)
        self.library.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.library.search.selectAll()

    def _selected_library(self) -> str | None:
        return self.library.selected_library if self.tabs.currentWidget() is self.library else None

    def _libraries_chosen(self, paths: list[Path]) -> None:
        self._remember_files(paths)
        self._remember_folder(str(paths[0].parent))

    def _entries_failed(self, error: Exception) -> None:
        if not isinstance(error, BitSpecError):
            self.failures.report(error)

    # Help

    def _tab_changed(self) -> None:
        library = self.tabs.currentWidget() is self.library
        self.details.look_at_library(library)
        for action in (self.actions_.mirror, self.actions_.predicted_only, self.actions_.difference):
            action.setEnabled(not library)
        self.state.select_peak(None)
        self._enable()

    def _about(self) -> None:
        AboutDialog(self.state.device, self._log_file, self.services.paths.data, self).open()

    def _open_log_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.services.paths.logs)))


def _base64(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()
