"""The window: docks and tabs put together, and what each action does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QTabBar, QVBoxLayout, QWidget

from bitspec_gui.config.settings import Settings
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.services.catalogue import Services
from bitspec_gui.ui.actions import make_actions, name_spectra
from bitspec_gui.ui.appearance import Appearance
from bitspec_gui.ui.derivatising import Derivatising
from bitspec_gui.ui.dialogs.about import AboutDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.example import EXAMPLE_NAME, EXAMPLE_TEXT
from bitspec_gui.ui.explain_actions import ExplainMenu
from bitspec_gui.ui.explain_output import ExplainOutput
from bitspec_gui.ui.explain_shown import ExplainShown
from bitspec_gui.ui.explain_state import ExplainState
from bitspec_gui.ui.explaining import Explaining
from bitspec_gui.ui.exporting import ExportFlow
from bitspec_gui.ui.failures import FailureReporter
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.identifying import Identification
from bitspec_gui.ui.library_commands import LibraryCommands
from bitspec_gui.ui.library_editing import LibraryEditing
from bitspec_gui.ui.library_flow import LibraryFlow
from bitspec_gui.ui.library_menus import add_library_menus
from bitspec_gui.ui.library_rebuilding import LibraryRebuilding
from bitspec_gui.ui.log_feed import LogFeed
from bitspec_gui.ui.model_switch import ModelSwitch
from bitspec_gui.ui.on_show import OnShow, Panels
from bitspec_gui.ui.opening import KINDS_OF_FILES, OpeningFlow, holds_something
from bitspec_gui.ui.panels.batch import BatchPanel
from bitspec_gui.ui.panels.details import DetailsPanel, Looked
from bitspec_gui.ui.panels.explain import ExplainPanel
from bitspec_gui.ui.panels.identify import IdentifyPanel
from bitspec_gui.ui.panels.jobs import JobsPanel
from bitspec_gui.ui.panels.library import LibraryPanel
from bitspec_gui.ui.panels.log import LogPanel
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.predict import PredictPanel
from bitspec_gui.ui.panels.project import ProjectPanel
from bitspec_gui.ui.panels.status import StatusBar
from bitspec_gui.ui.panels.tab_pages import TabPages
from bitspec_gui.ui.predicting import Predicting
from bitspec_gui.ui.prediction_flow import PredictionFlow
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.session_export import SessionExport
from bitspec_gui.ui.session_menu import SessionMenu
from bitspec_gui.ui.spectra_intake import Meaning, SpectraIntake
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.jobs import JobTableModel
from bitspec_gui.ui.theme import application, application_icon, set_font_size
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.training import Training
from bitspec_gui.ui.training_menu import TrainingMenu
from bitspec_gui.ui.views.content import ViewMode
from bitspec_gui.ui.window_docks import WindowDocks
from bitspec_gui.ui.window_memory import WindowMemory
from bitspec_gui.ui.window_menus import make_menus, spectrum_menu
from bitspec_gui.ui.window_wiring import connect_window
from bitspec_gui.workers.runner import Runner


class MainWindow(QMainWindow):
    """BitSpec's window. `start` begins the work; `shut_down` ends it."""

    def __init__(
        self, services: Services, *, log_file: Path | None = None, theme: str | None = None, parent: QWidget | None = None
    ) -> None:
        kept = services.settings.load()
        # Before the window itself is made: it would hand its own font down to all its parts.
        set_font_size(application(), kept.font_size_pt)
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowTitle("BitSpec")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.services = services
        self._log_file = log_file
        self.runner = Runner(self)
        self.state = WindowState(self)
        self.session = Session(self)
        self.unknowns = IdentifyState(self)
        self.memory = WindowMemory(services.settings, kept, self.state, self.session, self)
        self.failures = FailureReporter(self)
        self.log_feed = LogFeed(self)
        self.actions_ = make_actions(self, self.state)
        self.predictions = PredictionFlow(services, self.runner, self.state, self.session, self)
        self.library_flow = LibraryFlow(services.libraries, self.runner, self.state, self)
        self.opening = OpeningFlow(self.runner, self)
        self.exporting = ExportFlow(self, self.runner)
        self.library_commands = LibraryCommands(self, self.library_flow, self.state, self._last_folder)
        self.actions_.drawing.setChecked(self.settings.drawing_shown)
        self._make_panels()
        self._make_docks()
        self.appearance = Appearance(self, self.memory, self.state, self.actions_, self.thumbnails, theme)
        connect_window(self)
        self._connect_actions()
        self.appearance.apply()
        self.docks.take_usual_sizes()
        self.memory.restore_window()
        self.tab_changed()

    # Life

    def start(self, text: str | None = None) -> None:
        """Begin to work: load the model, open the libraries, predict the last molecule or the example."""
        self.predict.input.setFocus()
        self.predictions.load_model()
        self.library_flow.start()
        self.project.show_files(self.settings.recent_files)
        if self.memory.problem:
            self.status.tell(self.memory.problem)
        self.identification.start(self.settings.unknown_files)
        self.predicting.restore(self.settings.kept_molecules)
        self.training.start()
        drawing = None if text else self.memory.drawing
        if drawing is not None:
            self.predicting.predict_sketch(drawing)
            return
        chosen = text or self.settings.last_molecule or EXAMPLE_TEXT
        self.predict_text(chosen, EXAMPLE_NAME if chosen == EXAMPLE_TEXT else "")

    def shut_down(self, timeout_s: float = 8.0) -> bool:
        """End all work; False if a lane was still busy when the time was up."""
        self.log_feed.stop()
        self.memory.stop()
        self._stop_panels()
        ended = self.runner.shutdown(timeout_s)
        if ended:
            self.services.libraries.close()
        return ended

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep settings and window state; what cannot be saved never prevents closing. A training is asked about first."""
        if not self.training.may_close():
            event.ignore()
            return
        self.memory.keep()
        self._stop_panels()
        event.accept()

    def _stop_panels(self) -> None:
        self.predicting.stop()
        self.batch.stop()
        self.library.stop()
        self.identification.stop()
        self.explaining.stop()
        self.training.stop()
        self.thumbnails.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A window that becomes low takes the room from the jobs."""
        super().resizeEvent(event)
        self.docks.follow_height(event.size().height(), event.oldSize().height())

    @property
    def settings(self) -> Settings:
        """The settings in use."""
        return self.memory.settings

    # Parts

    def _make_panels(self) -> None:
        self.status = StatusBar(self.state, self)
        self.setStatusBar(self.status)
        self.drawings = Drawings(self.services.prediction, self.runner, self)
        self.thumbnails = Thumbnails(self.services.prediction, self.runner, self)
        self.predict = PredictPanel(self.state, self.session, self.actions_, self.runner, self)
        self.predict.input.offer_names(self.services.names, self.runner)
        self.predicting = Predicting(
            self.services.prediction, self.runner, self.state, self.session, self.predict, self.predictions
        )
        self.session_export = SessionExport(self, self.services.prediction, self.runner, self.session)
        self.derivatising = Derivatising(
            self, self.services, self.runner, self.state, self.session, self.predicting, self.drawings, self.thumbnails,
            self._last_folder,
        )  # fmt: skip
        self.batch = BatchPanel(self.state, self.services, self.runner, self.thumbnails, self.drawings, self)
        self.identify = IdentifyPanel(self.state, self.unknowns, self.actions_, self.thumbnails, self.services, self.runner, self)
        self.explain_state = ExplainState(self)
        self.explaining = Explaining(self.services.explaining, self.runner, self.explain_state, self)
        self.explaining.follow(self.state)
        self.explain = ExplainPanel(self.state, self.explain_state, self.explaining, self)
        self.training = Training(self, self.services, self.runner, self.state, self.thumbnails, self.drawings, self._last_folder)
        self.model_switch = ModelSwitch(self.services, self.runner, self.state, self.predictions, self)
        self.library = LibraryPanel(self.state, self.actions_, self.services.libraries, self.thumbnails, self.runner, self)
        self.tabs = TabPages("tabs", self)
        self.tabs.addTab(self.predict, self.tr("Predict"))
        self.tabs.addTab(self.batch, self.tr("Batch"))
        self.tabs.addTab(self.identify, self.tr("Identify"))
        self.tabs.addTab(self.explain, self.tr("Explain"))
        self.tabs.addTab(self.training.panel, self.tr("Train"))
        self.tabs.addTab(self.library, self.tr("Library"))
        self.notice = Notice("intakeNotice", "warning", self)
        self._make_centre()
        self.library_editing = LibraryEditing(self, self.services, self.runner, self.state, self.library, self.library_flow)
        self.library_rebuilding = LibraryRebuilding(self, self.services, self.runner, self.state, self.library, self.library_flow)
        self.details = DetailsPanel(self.state, self.unknowns, self.drawings, self)
        self.project = ProjectPanel(self.state, self.session, self.unknowns, self)
        self.jobs = JobsPanel(JobTableModel(self.runner, self), self)
        self.log = LogPanel(self.log_feed, self)
        panels = Panels(self.predict, self.batch, self.identify, self.explain, self.library, self.details)
        self.on_show = OnShow(self.tabs, panels, self.exporting, self.state, self.unknowns, self.explain_state, self._last_folder)
        self.explain_shown = ExplainShown(
            self.tabs, panels, self.explaining, self.services.prediction, self.runner, self.state, self.unknowns, self.session
        )
        self.explain_output = ExplainOutput(self, self.runner, self.explain_state, self.explain, self._last_folder)
        self.session_menu = SessionMenu(self, self.session, self.predicting, self.explain_shown)
        self.intake = SpectraIntake(self.runner, self.unknowns, self._meaning_of_spectra, self.notice)
        self.identification = Identification(
            self.services, self.runner, self.unknowns, self.actions_, self.identify, self.intake, self._last_folder
        )
        menu = spectrum_menu(self, self.actions_)
        self.predict.view.context_menu = menu
        self.library.view.context_menu = menu
        self.identify.view.context_menu = menu
        self.explain.view.context_menu = menu

    def _make_centre(self) -> None:
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.tabs, 1)
        self.setCentralWidget(centre)

    def _make_docks(self) -> None:
        self.docks = WindowDocks(self, self.project, self.details, self.jobs, self.log)
        make_menus(self, self.actions_, self.predict.sketcher.actions_, self.docks.all)
        add_library_menus(self, self.library.edits)
        self.training_menu = TrainingMenu(self, self.training, self._last_folder)
        self.explain_menu = ExplainMenu(self, self.actions_, self.state, self.explain_state, self.explaining)

    def collections_found(self, paths: Sequence[Path]) -> None:
        """Show the *Batch* tab, and predict all structures of files there."""
        self.tabs.setCurrentWidget(self.batch)
        self.batch.commands.folder = self._last_folder()
        self.batch.open(list(paths))

    def _ask_for_collection(self) -> None:
        self.tabs.setCurrentWidget(self.batch)
        self.batch.commands.folder = self._last_folder()
        self.batch.ask_for_files()

    def draw_ahead(self) -> None:
        """Have the structures of the next hits ready before the arrow keys reach them."""
        if self.tabs.currentWidget() is self.identify:
            self.drawings.prepare(self.identify.hits.structures_near(2), dark=self.state.colours.dark)

    def _meaning_of_spectra(self) -> Meaning:
        """What spectra are that are dropped here and now."""
        shown = self.tabs.currentWidget()
        return Meaning.LIBRARY if shown is self.library else Meaning.UNKNOWNS if shown is self.identify else Meaning.OPEN

    def show_unknown(self, key: int) -> None:
        """Look at an unknown in the *Identify* tab."""
        self.tabs.setCurrentWidget(self.identify)
        self.unknowns.look_at(key)

    def _identify_shown(self) -> None:
        shown = self.on_show.record
        if shown is not None:
            self.identification.take(shown)

    def _identify_measured(self) -> None:
        chosen = self.state.chosen
        if chosen is not None:
            self.identification.take(chosen.record)

    def _connect_actions(self) -> None:
        a, ask = self.actions_, self.library_commands.ask
        what: list[tuple[object, Callable[[], object]]] = [
            (a.open, self._open), (a.export, self.on_show.export),
            (a.export_picture, lambda: self.on_show.export(picture_first=True)), (a.quit, self.close),
            (a.copy, self.on_show.copy_by_focus), (a.copy_picture, self.on_show.copy_picture),
            (a.copy_peaks, self.on_show.copy_peaks), (a.paste, self.paste), (a.predict, self.predicting.predict_now),
            (a.new_drawing, self.predicting.new_drawing), (a.keep, self.predicting.keep),
            (a.export_list, lambda: self.session_export.ask(self._last_folder())),
            (a.stop_comparing, self.predicting.stop_comparing), (a.derivatise, self.predicting.derivatise),
            (a.explain, self.explain_shown.explain), (a.batch, self._ask_for_collection),
            (a.find, self._find), (a.cancel, self._cancel), (a.open_unknowns, self._open_unknowns),
            (a.identify_this, self._identify_shown), (a.identify_measured, self._identify_measured),
            (a.preferences, self.appearance.ask), (a.reset_zoom, lambda: self.on_show.view.reset_zoom()),
            (a.add_library, ask), (a.add_library_folder, self.library_commands.ask_for_folder), (a.where_libraries, ask),
            (a.remove_library, lambda: self.library_commands.remove(self._selected_library())),
            (a.export_library, lambda: self.library_commands.export(self._selected_library())),
            (a.restore_library, self.library_flow.restore), (a.about, self._about), (a.log_folder, self._open_log_folder),
        ]  # fmt: skip
        for action, callback in what:
            action.triggered.connect(lambda _checked=False, do=callback: do())  # type: ignore[attr-defined]
        self.state.libraries_changed.connect(self.enable_actions)
        self.state.prediction_changed.connect(self.enable_actions)
        self.state.prediction_changed.connect(self.memory.keep_soon)
        self.state.rival_changed.connect(self.enable_actions)
        self.session.changed.connect(self.memory.keep_soon)
        self.state.entry_changed.connect(self.enable_actions)
        self.enable_actions()

    def enable_actions(self) -> None:
        """Enable what can be done with what is shown."""
        a, some = self.actions_, bool(self.state.libraries)
        for action in (a.remove_library, a.export_library):
            action.setEnabled(some)
        shown = self.on_show.spectrum
        for action in (a.export, a.export_picture, a.copy_picture, a.copy_peaks):
            action.setEnabled(shown is not None)
        identify = self.tabs.currentWidget() is self.identify
        a.identify_this.setEnabled(shown is not None and not identify)
        a.stop_comparing.setEnabled(self.state.rival is not None)
        a.identify_measured.setEnabled(self.tabs.currentWidget() is self.predict and self.state.chosen is not None)

    # Predicting

    def predict_text(self, text: str, name: str = "") -> None:
        """Put a molecule into the input and predict it."""
        self.predicting.predict_text(text, name)

    def molecules_found(self, molecules: tuple[MoleculeInput, ...]) -> None:
        """Predict the first of some structures and offer the others at the left; on the *Batch* tab they join its list."""
        files = [Path(file) for file in dict.fromkeys(each.file for each in molecules) if file]
        if files and self.tabs.currentWidget() is self.batch:
            self.collections_found(files)
            return
        self.predict_text(molecules[0].text, molecules[0].name)
        self.project.offer(molecules[1:])
        if len(molecules) > 1:
            self.status.tell(self.tr("%1 structures; click one at the left to predict it").replace("%1", str(len(molecules))))

    def draw(self, data: QMimeData) -> None:
        """Draw the structures of a drop or the clipboard."""
        self.tabs.setCurrentWidget(self.predict)
        self.predict.sketcher.commands.take(data)

    def _cancel(self) -> None:
        if self.tabs.currentWidget() is self.explain and self.explaining.escape():
            return
        if self.tabs.currentWidget() is self.training.panel:
            self.training.escape()
            return
        if not self.runner.cancel_newest_visible() and not self.identification.search.cancel():
            if self.tabs.currentWidget() is self.explain:
                self.explaining.select_peak(None)
            self.state.select_peak(None)

    def prepare_search(self) -> None:
        """Have the indexes ready before somebody searches."""
        if self.state.libraries and not (self.state.opening_libraries or self.state.loading_more):
            self.identification.search.prepare_soon()

    # Opening, pasting, dropping

    def paste(self) -> None:
        """Take what is on the clipboard: into the drawing if that has the focus."""
        if self.predict.sketcher.canvas.hasFocus():
            self.predict.sketcher.commands.paste()
        else:
            self.paste_here()

    def paste_here(self) -> None:
        """Take what is on the clipboard, wherever the focus is."""
        if not self.opening.take(QGuiApplication.clipboard().mimeData()):
            self.status.tell(self.tr("There is neither a molecule nor a spectrum on the clipboard."))

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
        kinds = self.tr("Structures, spectra and runs (%1);;All files (*)").replace("%1", KINDS_OF_FILES)
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open"), self.settings.last_folder, kinds)
        if names:
            self.memory.remember_folder(str(Path(names[0]).parent))
            self.opening.open([Path(name) for name in names])

    def _open_unknowns(self) -> None:
        self.tabs.setCurrentWidget(self.identify)
        self._open()

    # Tabs

    def copy_by_focus(self) -> None:
        """Copy what has the focus."""
        self.on_show.copy_by_focus()

    def show_library(self, name: str) -> None:
        """List a library in the *Library* tab."""
        self.tabs.setCurrentWidget(self.library)
        self.library.show_library(name)

    def _find(self) -> None:
        self.tabs.setCurrentWidget(self.library)
        self.library.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.library.search.selectAll()

    def _selected_library(self) -> str | None:
        return self.library.selected_library if self.tabs.currentWidget() is self.library else None

    def libraries_chosen(self, paths: list[Path]) -> None:
        """Remember the files that were chosen to be added, and their folder."""
        self.memory.remember_files(paths)
        self.memory.remember_folder(str(paths[0].parent))

    def _last_folder(self) -> str:
        return self.settings.last_folder

    def entries_failed(self, error: Exception) -> None:
        """Report an error of the table of entries that nobody expected; the others it tells itself."""
        if not isinstance(error, BitSpecError):
            self.failures.report(error)

    def tab_changed(self) -> None:
        """Let details, actions and names follow the tab on show."""
        shown = self.tabs.currentWidget()
        identify = shown is self.identify
        self.look_at_details()
        for action in (self.actions_.mirror, self.actions_.predicted_only, self.actions_.difference):
            action.setEnabled(shown is not self.library)
        self.actions_.reverse_view.setEnabled(identify)
        if not identify and self.state.mode is ViewMode.REVERSE:
            self.state.set_mode(ViewMode.MIRROR)
        name_spectra(self.actions_, unknown=identify)
        if identify:
            if not isinstance(QApplication.focusWidget(), QTabBar):
                self.identify.hits.table.setFocus()
            self.identification.wake()
        self.state.select_peak(None)
        self.enable_actions()

    def subject_changed(self) -> None:
        """Another molecule is explained."""
        self.look_at_details()
        self.enable_actions()

    def look_at_details(self) -> None:
        """Let the right dock say what the tab on show is about; what is explained may be another molecule than what is drawn."""
        shown, subject = self.tabs.currentWidget(), self.explain_state.subject
        looked = {self.library: Looked.ENTRY, self.identify: Looked.HIT, self.batch: Looked.ROW}
        if shown is self.explain and subject is not None and subject.prediction is not self.state.prediction:
            self.details.look_at(Looked.ROW)
            self.details.show_row(subject.prediction)
            return
        if shown is self.training.panel and self.training.shows_spectrum:
            self.details.look_at(Looked.ROW)
            self.details.show_row(self.training.predictions.prediction, self.training.predictions.measured)
            return
        wanted = looked.get(shown, Looked.PREDICTION) if shown is not None else Looked.PREDICTION
        self.details.look_at(wanted, with_fragments=shown is not self.explain)
        self.details.show_row(self.batch.prediction)

    def _about(self) -> None:
        AboutDialog(self.state.device, self._log_file, self.services.paths.data, self).open()

    def _open_log_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.services.paths.logs)))
