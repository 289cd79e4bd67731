"""Everything the menus, keys and buttons can do, named in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.theme import icon
from bitspec_gui.ui.views.content import LabelMode, ViewMode


@dataclass(frozen=True)
class Actions:
    """All actions of the window; who does them is connected by the window."""

    open: QAction
    export: QAction
    export_picture: QAction
    quit: QAction
    copy: QAction
    copy_picture: QAction
    copy_peaks: QAction
    paste: QAction
    predict: QAction
    new_drawing: QAction
    drawing: QAction
    keep: QAction
    export_list: QAction
    stop_comparing: QAction
    derivatise: QAction
    explain: QAction
    batch: QAction
    find: QAction
    cancel: QAction
    preferences: QAction
    mirror: QAction
    predicted_only: QAction
    difference: QAction
    reverse_view: QAction
    labels: QAction
    label_mz: QAction
    label_formula: QAction
    label_loss: QAction
    reset_zoom: QAction
    add_library: QAction
    add_library_folder: QAction
    where_libraries: QAction
    remove_library: QAction
    export_library: QAction
    restore_library: QAction
    search: QAction
    search_all: QAction
    identify_this: QAction
    identify_measured: QAction
    open_unknowns: QAction
    remove_unknowns: QAction
    export_hits: QAction
    export_spectra: QAction
    report: QAction
    all_reports: QAction
    about: QAction
    log_folder: QAction


_ICONS = {
    "open": "open", "export": "export", "export_picture": "export", "copy": "copy", "copy_picture": "copy",
    "copy_peaks": "copy", "paste": "paste", "predict": "predict", "new_drawing": "new", "drawing": "molecule", "keep": "keep",
    "export_list": "save",
    "stop_comparing": "cancel", "derivatise": "derivatise", "explain": "explain", "batch": "batch",
    "find": "search", "cancel": "cancel",
    "preferences": "preferences", "mirror": "mirror",
    "predicted_only": "predicted-only", "difference": "difference", "labels": "labels", "reset_zoom": "reset",
    "add_library": "add-library", "add_library_folder": "folder", "where_libraries": "info", "remove_library": "remove",
    "reverse_view": "reverse", "search": "search", "search_all": "search", "identify_this": "identify",
    "identify_measured": "identify", "open_unknowns": "open",
    "remove_unknowns": "remove", "export_hits": "save", "export_spectra": "save", "report": "export", "all_reports": "export",
    "export_library": "save", "restore_library": "restore", "about": "info", "log_folder": "folder",
}  # fmt: skip


def _tr(text: str) -> str:
    return QCoreApplication.translate("Actions", text)


def _words() -> dict[str, tuple[str, str, str]]:
    """Text, keys and explanation of each action."""
    return {
        "open": (_tr("&Open…"), "Ctrl+O", _tr("Open structures to predict, spectra or GC-MS runs to identify")),
        "export": (_tr("&Export…"), "Ctrl+S", _tr("Save the spectrum as MSP, CSV or JSON, or the view as PNG, SVG or PDF")),
        "export_picture": (_tr("Export the &view…"), "Ctrl+Shift+S", _tr("Save the view as PNG, SVG or PDF")),
        "quit": (_tr("&Quit"), "Ctrl+Q", _tr("Close BitSpec")),
        "copy": (_tr("&Copy"), "Ctrl+C", _tr("Copy what has the focus: structure, peaks, picture or rows")),
        "copy_picture": (_tr("Copy as p&icture"), "Ctrl+Shift+C", _tr("Copy the spectrum view as a picture")),
        "copy_peaks": (_tr("Copy pea&ks"), "", _tr("Copy the peak table as tab-separated text")),
        "paste": (_tr("&Paste"), "Ctrl+V", _tr("Predict the molecule, or identify the peaks, on the clipboard")),
        "predict": (_tr("&Predict"), "Ctrl+Return", _tr("Predict the spectrum of the molecule in the input")),
        "new_drawing": (_tr("&New drawing"), "Ctrl+N", _tr("Empty the drawing; Ctrl+Z there brings it back")),
        "drawing": (_tr("D&rawing"), "F4", _tr("Show or hide the drawing beside the spectrum (F4)")),
        "keep": (_tr("&Keep in the list"), "Ctrl+K", _tr("Keep the molecule with its prediction in the list at the left")),
        "export_list": (_tr("E&xport the list…"), "", _tr("Save the molecules of the list as SDF, SMILES, MSP or a table")),
        "stop_comparing": (
            _tr("Compare with &measured spectra"),
            "",
            _tr("Compare the prediction with measured spectra again, not with another molecule"),
        ),
        "derivatise": (_tr("&Derivatives…"), "Ctrl+D", _tr("TMS, methoxime, acetyl and other derivatives, and their spectra")),
        "explain": (_tr("&Explain the peaks"), "Ctrl+E", _tr("Say which atoms the peaks are made of, the base peak first")),
        "batch": (
            _tr("Predict a &collection…"),
            "Ctrl+B",
            _tr("Predict the structures of SDF, SMILES or CSV files, thousands of them"),
        ),
        "find": (_tr("&Find in libraries"), "Ctrl+F", _tr("Search names, formulas, CAS numbers and InChIKeys")),
        "cancel": (_tr("Cance&l"), "Esc", _tr("Cancel the job that was started last")),
        "preferences": (_tr("P&references…"), "Ctrl+,", _tr("Theme, font size, device")),
        "mirror": (_tr("&Mirror"), "M", _tr("Predicted above, measured below, head to tail (M)")),
        "predicted_only": (_tr("&Predicted"), "P", _tr("The predicted spectrum alone (P)")),
        "difference": (_tr("&Difference"), "D", _tr("Predicted less measured (D)")),
        "reverse_view": (_tr("&Reverse"), "R", _tr("Of the unknown only the peaks that the library spectrum has (R)")),
        "search": (_tr("&Search"), "F5", _tr("Search the libraries for the unknown that is shown (F5)")),
        "search_all": (_tr("Search &all"), "Shift+F5", _tr("Search the libraries for all unknowns of the list (Shift+F5)")),
        "identify_this": (_tr("&Identify this"), "Ctrl+I", _tr("Search the libraries for the spectrum that is shown")),
        "identify_measured": (
            _tr("Identify the &measured one"),
            "",
            _tr("Search the libraries for the measured spectrum that is compared with"),
        ),
        "open_unknowns": (_tr("Open &unknowns…"), "Ctrl+Shift+O", _tr("Open spectra or GC-MS runs to identify")),
        "remove_unknowns": (_tr("Ta&ke off the list"), "", _tr("Take the selected unknowns off the list; their files stay")),
        "export_hits": (_tr("Export &hit list…"), "", _tr("Save the hits as CSV, Excel workbook or JSON")),
        "export_spectra": (_tr("Export &spectra…"), "", _tr("Save unknowns and hits for NIST MS Search, as MSP or JCAMP-DX")),
        "report": (_tr("&Report…"), "Ctrl+R", _tr("Save a report on the unknown that is shown, as PDF or HTML")),
        "all_reports": (_tr("All re&ports…"), "", _tr("Save a report on all unknowns that were searched, as PDF or HTML")),
        "labels": (_tr("&Labels"), "L", _tr("Label the largest peaks with their m/z (L)")),
        "label_mz": (_tr("&m/z"), "", _tr("Labels say the m/z alone")),
        "label_formula": (_tr("&Formula"), "", _tr("Labels say the m/z and, of a predicted peak, the formula of its ion")),
        "label_loss": (_tr("&Neutral loss"), "", _tr("Labels say the m/z and what the molecular ion lost")),
        "reset_zoom": (_tr("&Whole spectrum"), "Ctrl+0", _tr("Show the whole spectrum (double click)")),
        "add_library": (_tr("&Add a library…"), "Ctrl+L", _tr("Add measured spectra: MassBank records, MSP, zip archives")),
        "add_library_folder": (_tr("Add a &folder…"), "", _tr("Add all spectra found in a folder and its subfolders")),
        "where_libraries": (_tr("&Where to get libraries…"), "", _tr("Where the MassBank release can be had")),
        "remove_library": (_tr("&Remove a library…"), "", _tr("Delete a library and its spectra from BitSpec")),
        "export_library": (_tr("&Export a library…"), "", _tr("Write a library to an MSP file")),
        "restore_library": (_tr("Re&store the supplied libraries"), "", _tr("Bring back the libraries that come with BitSpec")),
        "about": (_tr("&About BitSpec"), "", _tr("Version, model card, licences")),
        "log_folder": (_tr("Show the lo&g file's folder"), "", _tr("Open the folder of the log in the file manager")),
    }


def make_actions(window: QMainWindow, state: WindowState) -> Actions:
    """Actions with texts and keys, known to the window so that the keys work everywhere in it."""
    made: dict[str, QAction] = {}
    for name, (text, keys, tip) in _words().items():
        action = QAction(text, window)
        action.setObjectName(name)
        action.setStatusTip(tip)
        action.setToolTip(f"{tip} ({keys})" if keys and f"({keys})" not in tip and not tip.endswith(")") else tip)
        if keys:
            shortcuts = [QKeySequence(keys)]
            if name == "predict":
                shortcuts.append(QKeySequence("Ctrl+Enter"))
            action.setShortcuts(shortcuts)
        window.addAction(action)
        made[name] = action
    actions = Actions(**made)
    _make_modes(window, actions, state)
    actions.drawing.setCheckable(True)
    actions.drawing.setChecked(True)
    actions.labels.setCheckable(True)
    actions.labels.setChecked(state.labels_shown)
    actions.labels.toggled.connect(lambda on: state.set_labels(on, state.label_threshold_percent))
    _make_label_modes(window, actions, state)
    return actions


def _make_modes(window: QMainWindow, actions: Actions, state: WindowState) -> None:
    group = QActionGroup(window)
    modes = {
        ViewMode.MIRROR: actions.mirror,
        ViewMode.TOP_ONLY: actions.predicted_only,
        ViewMode.DIFFERENCE: actions.difference,
        ViewMode.REVERSE: actions.reverse_view,
    }
    for mode, action in modes.items():
        action.setCheckable(True)
        action.setChecked(state.mode is mode)
        group.addAction(action)
    # M and R are toggles: M pressed once more leaves the upper spectrum alone, R brings back what it leaves out.
    actions.mirror.triggered.connect(
        lambda: state.set_mode(ViewMode.TOP_ONLY if state.mode is ViewMode.MIRROR else ViewMode.MIRROR)
    )
    actions.reverse_view.triggered.connect(
        lambda: state.set_mode(ViewMode.MIRROR if state.mode is ViewMode.REVERSE else ViewMode.REVERSE)
    )
    actions.predicted_only.triggered.connect(lambda: state.set_mode(ViewMode.TOP_ONLY))
    actions.difference.triggered.connect(lambda: state.set_mode(ViewMode.DIFFERENCE))
    state.mode_changed.connect(lambda: modes[state.mode].setChecked(True))


def name_spectra(actions: Actions, *, unknown: bool) -> None:
    """Say in texts and tips which spectra are compared: an unknown and a hit, or a prediction and a measurement."""
    texts = {
        actions.mirror: (
            _tr("Unknown above, hit below, head to tail (M)"),
            _tr("Predicted above, measured below, head to tail (M)"),
        ),
        actions.predicted_only: (_tr("The unknown alone (P)"), _tr("The predicted spectrum alone (P)")),
        actions.difference: (_tr("Unknown less hit (D)"), _tr("Predicted less measured (D)")),
    }
    for action, (of_unknown, of_prediction) in texts.items():
        tip = of_unknown if unknown else of_prediction
        action.setToolTip(tip)
        action.setStatusTip(tip)
    actions.predicted_only.setText(_tr("Unk&nown") if unknown else _tr("&Predicted"))


def _make_label_modes(window: QMainWindow, actions: Actions, state: WindowState) -> None:
    group = QActionGroup(window)
    modes = {LabelMode.MZ: actions.label_mz, LabelMode.FORMULA: actions.label_formula, LabelMode.LOSS: actions.label_loss}
    for mode, action in modes.items():
        action.setCheckable(True)
        group.addAction(action)
        action.triggered.connect(lambda _checked=False, mode=mode: state.set_label_mode(mode))

    def refresh() -> None:
        modes[state.label_mode].setChecked(True)
        group.setEnabled(state.labels_shown)

    state.labels_changed.connect(refresh)
    refresh()


def paint_icons(actions: Actions, colour: str) -> None:
    """Draw the icons of all actions in a colour."""
    for each in fields(actions):
        if each.name in _ICONS:
            getattr(actions, each.name).setIcon(icon(_ICONS[each.name], colour))
