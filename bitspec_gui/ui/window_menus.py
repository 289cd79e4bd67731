"""The menu bar."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.sketcher.actions import SketchActions
from bitspec_gui.ui.sketcher.menus import fill_draw_menu


def make_menus(window: QMainWindow, actions: Actions, drawing: SketchActions, docks: list[QDockWidget]) -> None:
    """Fill the menu bar."""
    bar = window.menuBar()
    bar.setObjectName("menuBar")
    file = _menu(window, "menuFile", window.tr("&File"))
    file.addActions([actions.open, actions.export, actions.export_picture])
    file.addSeparator()
    file.addActions([actions.export_hits, actions.export_spectra, actions.report, actions.all_reports])
    file.addSeparator()
    file.addAction(actions.quit)
    edit = _menu(window, "menuEdit", window.tr("&Edit"))
    edit.addActions([actions.copy, actions.copy_picture, actions.copy_peaks, actions.paste])
    edit.addSeparator()
    edit.addAction(actions.cancel)
    edit.addSeparator()
    edit.addAction(actions.preferences)
    view = _menu(window, "menuView", window.tr("&View"))
    view.addActions([actions.mirror, actions.predicted_only, actions.difference, actions.reverse_view])
    view.addSeparator()
    view.addAction(actions.labels)
    view.addMenu(_label_menu(window, actions))
    view.addAction(actions.reset_zoom)
    view.addSeparator()
    view.addAction(actions.drawing)
    view.addActions([dock.toggleViewAction() for dock in docks])
    fill_draw_menu(_menu(window, "menuDraw", window.tr("&Draw")), drawing)
    predict = _menu(window, "menuPredict", window.tr("&Predict"))
    predict.addActions([actions.new_drawing, actions.predict, actions.keep, actions.export_list])
    predict.addSeparator()
    predict.addActions([actions.derivatise, actions.explain, actions.stop_comparing])
    predict.addSeparator()
    predict.addAction(actions.batch)
    _menu(window, "menuExplain", window.tr("E&xplain"))
    identify = _menu(window, "menuIdentify", window.tr("&Identify"))
    identify.addActions([actions.open_unknowns, actions.identify_this, actions.identify_measured])
    identify.addSeparator()
    identify.addActions([actions.search, actions.search_all, actions.cancel])
    identify.addSeparator()
    identify.addActions(
        [actions.remove_unknowns, actions.export_hits, actions.export_spectra, actions.report, actions.all_reports]
    )
    _menu(window, "menuTrain", window.tr("&Train"))
    library = _menu(window, "menuLibrary", window.tr("&Library"))
    library.addActions([actions.add_library, actions.add_library_folder, actions.where_libraries])
    library.addSeparator()
    library.addActions([actions.find, actions.export_library, actions.remove_library, actions.restore_library])
    help_menu = _menu(window, "menuHelp", window.tr("&Help"))
    help_menu.addActions([actions.where_libraries, actions.log_folder])
    help_menu.addSeparator()
    help_menu.addAction(actions.about)


def spectrum_menu(window: QMainWindow, actions: Actions) -> QMenu:
    """Menu of a spectrum view."""
    menu = QMenu(window)
    menu.setObjectName("spectrumMenu")
    menu.addActions([actions.copy_picture, actions.copy_peaks, actions.export, actions.export_picture])
    menu.addSeparator()
    menu.addActions([actions.mirror, actions.predicted_only, actions.difference, actions.reverse_view, actions.labels])
    menu.addSeparator()
    menu.addActions([actions.identify_this, actions.identify_measured])
    menu.addSeparator()
    menu.addAction(actions.reset_zoom)
    return menu


def _label_menu(window: QMainWindow, actions: Actions) -> QMenu:
    menu = QMenu(window.tr("What la&bels say"), window)
    menu.setObjectName("menuLabels")
    menu.setToolTipsVisible(True)
    menu.addActions([actions.label_mz, actions.label_formula, actions.label_loss])
    return menu


def _menu(window: QMainWindow, name: str, title: str) -> QMenu:
    menu = window.menuBar().addMenu(title)
    menu.setObjectName(name)
    menu.setToolTipsVisible(True)
    return menu
