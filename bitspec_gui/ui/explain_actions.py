"""What can be done on the *Explain* tab, in the menu bar: so that all of it can be found, and done without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from bitspec_gui.domain.explanation import MethodInfo
from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.dialogs.explain_help import ExplainHelpDialog
from bitspec_gui.ui.explain_state import Choice, ExplainPhase, ExplainState
from bitspec_gui.ui.explaining import Explaining
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.theme import icon

EXPORTS = {"explain_picture": "picture", "explain_scores": "scores", "explain_report": "report", "explain_copy": "copy"}
"""Actions that take something out of the tab, and what it is."""


@dataclass(frozen=True)
class ExplainActions:
    """Actions of the tab; `ExplainMenu` connects them."""

    explain_whole: QAction
    explain_next: QAction
    explain_previous: QAction
    explain_compare: QAction
    explain_picture: QAction
    explain_scores: QAction
    explain_report: QAction
    explain_copy: QAction
    explain_help: QAction


_ICONS = {
    "explain_compare": "mirror", "explain_picture": "export", "explain_scores": "save", "explain_report": "export",
    "explain_copy": "copy", "explain_help": "info", "explain_whole": "reset",
}  # fmt: skip


def _tr(text: str) -> str:
    return QCoreApplication.translate("ExplainActions", text)


def _words() -> dict[str, tuple[str, str, str]]:
    """Text, keys and explanation of each action."""
    return {
        "explain_whole": (_tr("The &whole spectrum"), "Ctrl+Shift+E", _tr("Show which atoms the whole spectrum rests on")),
        "explain_next": (_tr("&Next peak"), "Alt+Right", _tr("Explain the next larger m/z with a peak, predicted or measured")),
        "explain_previous": (
            _tr("Pre&vious peak"), "Alt+Left", _tr("Explain the next smaller m/z with a peak, predicted or measured"),
        ),
        "explain_compare": (_tr("&Compare two methods"), "", _tr("Show the maps of two methods side by side")),
        "explain_picture": (_tr("Save the &picture…"), "", _tr("Save the heat map as SVG, PNG or PDF")),
        "explain_scores": (_tr("Save the &scores…"), "", _tr("Save the scores of atoms and bonds as JSON or CSV")),
        "explain_report": (_tr("Save a &report…"), "", _tr("Save a report on what is explained, as PDF or HTML")),
        "explain_copy": (_tr("Copy the p&icture"), "", _tr("Copy the heat map as a picture")),
        "explain_help": (_tr("&How to read the maps"), "", _tr("What the colours, the methods and the verdict mean")),
    }  # fmt: skip


def make_explain_actions(window: QMainWindow) -> ExplainActions:
    """Actions with texts and keys, known to the window so that the keys work everywhere in it."""
    made: dict[str, QAction] = {}
    for name, (text, keys, tip) in _words().items():
        action = QAction(text, window)
        action.setObjectName(name)
        action.setStatusTip(tip)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        if keys:
            action.setShortcut(QKeySequence(keys))
        window.addAction(action)
        made[name] = action
    made["explain_compare"].setCheckable(True)
    return ExplainActions(**made)


class ExplainMenu(QObject):
    """The *Explain* menu.

    ``tab_wanted`` asks for the tab to be shown, before anything is done there; ``whole_wanted`` asks for the whole spectrum of
    what is on show, ``export_wanted`` carries what is to be taken out of the tab.
    """

    tab_wanted = Signal()
    whole_wanted = Signal()
    export_wanted = Signal(str)

    def __init__(
        self, window: QMainWindow, actions: Actions, shown: WindowState, state: ExplainState, explaining: Explaining
    ) -> None:
        super().__init__(window)
        self._window = window
        self._shown, self._state, self._explaining = shown, state, explaining
        menu = window.menuBar().findChild(QMenu, "menuExplain")
        assert menu is not None
        self.actions_ = made = make_explain_actions(window)
        self.methods = QMenu(self.tr("&Method"), menu)
        self.methods.setObjectName("menuExplainMethod")
        self.methods.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        menu.addActions([actions.explain, made.explain_whole])
        menu.addSeparator()
        menu.addActions([made.explain_previous, made.explain_next])
        menu.addSeparator()
        menu.addMenu(self.methods)
        menu.addAction(made.explain_compare)
        menu.addSeparator()
        menu.addActions([made.explain_picture, made.explain_scores, made.explain_report, made.explain_copy])
        menu.addSeparator()
        menu.addAction(made.explain_help)
        self._connect()
        self._paint_icons()
        self._fill_methods()

    def show_help(self) -> None:
        """Say how maps are read, in a window beside which one can go on."""
        dialog = ExplainHelpDialog(self._state.methods.infos, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _paint_icons(self) -> None:
        for each in fields(self.actions_):
            if each.name in _ICONS:
                getattr(self.actions_, each.name).setIcon(icon(_ICONS[each.name], self._shown.colours.text))

    def _connect(self) -> None:
        made, state, explaining = self.actions_, self._state, self._explaining
        made.explain_whole.triggered.connect(lambda _checked=False: self.whole_wanted.emit())
        made.explain_next.triggered.connect(lambda _checked=False: self._do(lambda: explaining.step(1)))
        made.explain_previous.triggered.connect(lambda _checked=False: self._do(lambda: explaining.step(-1)))
        made.explain_compare.triggered.connect(lambda on: self._do(lambda: state.set_comparing(on)))
        made.explain_help.triggered.connect(lambda _checked=False: self.show_help())
        for name, kind in EXPORTS.items():
            getattr(made, name).triggered.connect(lambda _checked=False, kind=kind: self.export_wanted.emit(kind))
        state.methods_changed.connect(self._fill_methods)
        state.side_changed.connect(lambda _side: self.refresh())
        for signal in (
            state.subject_changed, state.phase_changed, state.mz_changed, state.comparing_changed, state.choice_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self._shown.prediction_changed.connect(self.refresh)
        self._shown.colours_changed.connect(self._paint_icons)

    def _do(self, wanted: Callable[[], object]) -> None:
        self.tab_wanted.emit()
        wanted()
        self.refresh()

    def _fill_methods(self) -> None:
        """A method for the first map each; the one in use is marked."""
        self.methods.clear()
        for info in self._state.methods.infos:
            action = self.methods.addAction(info.name)
            action.setObjectName(f"explainBy{info.key.capitalize()}")
            action.setData(info.key)
            action.setCheckable(True)
            action.setToolTip(info.meaning)
            action.setStatusTip(info.meaning)
            action.triggered.connect(lambda _checked=False, info=info: self._do(lambda: self._choose(info)))
            self._group.addAction(action)
        self.refresh()

    def _choose(self, info: MethodInfo) -> None:
        usual = info.key == self._state.methods.default(self._state.mz)
        self._state.choose(0, Choice("" if usual else info.key))

    def refresh(self) -> None:
        """Enable what can be done now."""
        made, state = self.actions_, self._state
        something = state.subject is not None or self._shown.prediction is not None
        for action in (made.explain_next, made.explain_previous):
            action.setEnabled(something)
        made.explain_compare.setEnabled(state.phase is ExplainPhase.READY and len(state.methods.infos) > 1)
        made.explain_compare.setChecked(state.comparing)
        self.methods.setEnabled(bool(state.methods.infos))
        chosen = state.info_of(0)
        for action in self.methods.actions():
            action.setChecked(chosen is not None and action.data() == chosen.key)
        there = any(state.sides[side].explanation is not None and state.is_current(side) for side in state.shown_sides)
        for name in EXPORTS:
            getattr(made, name).setEnabled(there)
