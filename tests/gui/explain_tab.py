"""The *Explain* tab in a window of its own, with the hands on it."""

from __future__ import annotations

from made_explanations import HandMade, measured, predicted
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget

from bitspec_gui.services.explaining import ExplanationService
from bitspec_gui.ui.explain_state import ExplainState
from bitspec_gui.ui.explaining import Explaining
from bitspec_gui.ui.panels.explain import ExplainPanel
from bitspec_gui.ui.state import WindowState

LEFT = Qt.MouseButton.LeftButton


class Tab:
    """The tab in a window of its own, with the hands on it."""

    def __init__(self, qtbot, runner, molecule):
        self.qtbot, self.runner, self.molecule = qtbot, runner, molecule
        self.model = HandMade()
        self.load_failure: Exception | None = None
        self.window, self.state = WindowState(), ExplainState()
        self.explaining = Explaining(ExplanationService(self.load), runner, self.state)
        self.explaining.follow(self.window)
        for pause in self.pauses:
            pause.setInterval(10)
        self.told: list[str] = []
        self.failed: list[Exception] = []
        self.explaining.told.connect(self.told.append)
        self.explaining.failed.connect(self.failed.append)
        self.panel = ExplainPanel(self.window, self.state, self.explaining)
        qtbot.addWidget(self.panel)
        self.panel.resize(1000, 760)

    @property
    def pauses(self):
        return self.explaining.flow._pause, self.explaining.flow._slow_pause

    def load(self):
        if self.load_failure is not None:
            raise self.load_failure
        return self.model

    def show(self):
        with self.qtbot.waitExposed(self.panel):
            self.panel.show()
        self.panel.activateWindow()
        return self

    def predict(self, *, with_measured=False):
        prediction = predicted(self.molecule)
        self.window.set_prediction(prediction)
        if with_measured:
            self.explaining.show(prediction, measured(), "Made library")
        return self.quiet()

    def quiet(self):
        self.qtbot.waitUntil(lambda: not (self.runner.jobs or any(each.isActive() for each in self.pauses)), timeout=10_000)
        QApplication.processEvents()
        return self

    def named(self, name):
        return self.panel.findChild(QWidget, name)

    def click_peak(self, mz, percent=1.0):
        view = self.panel.view
        at = view.plot.mapFromScene(view._box.mapViewToScene(QPointF(mz, percent)))
        self.qtbot.mouseClick(view.plot.viewport(), LEFT, pos=at)

    def atom_at(self, place, side=0):
        view = self.panel.maps[side].view
        atom = view.content.sketch.atoms[view.content.atom_ids[place]]
        return view.view_point(atom.x, atom.y).toPoint()

    def click_atom(self, place, modifier=Qt.KeyboardModifier.NoModifier, side=0):
        self.qtbot.mouseClick(self.panel.maps[side].view.viewport(), LEFT, modifier, self.atom_at(place, side))

    def choose(self, name, text):
        """Choose an item of a combo box by its first letters, as the keyboard does."""
        box = self.named(name)
        box.setFocus()
        place = next(place for place in range(box.count()) if box.itemText(place).startswith(text))
        while box.currentIndex() != place:
            self.qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < place else Qt.Key.Key_Up)

    def type_peak(self, text):
        box = self.named("explainPeak")
        box.setFocus()
        box.selectAll()
        self.qtbot.keyClicks(box, text)
        self.qtbot.keyClick(box, Qt.Key.Key_Return)

    def explanation(self, side=0):
        return self.panel.maps[side].view.content.explanation

    def legend(self, side=0):
        legend = self.panel.maps[side].legend
        return legend.method.text(), legend.target.text()

    def rows(self, name):
        model = self.named(name).model()
        return [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]
