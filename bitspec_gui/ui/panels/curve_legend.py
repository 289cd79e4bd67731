"""The legend of the learning curves, in words: each curve can be left out, and one training of several looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from bitspec_gui.services.training_course import Curve, TrainingCourse
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.training_words import curve_tip, curve_words
from bitspec_gui.ui.views.learning_curves import LearningCurves

ORDER = (Curve.VAL, Curve.TRAIN, Curve.PUBLIC, Curve.LOSS)


class CurveLegend(QWidget):
    """Buttons in the colours of the curves, and a list of trainings where there are several."""

    run_chosen = Signal(object)

    def __init__(self, curves: LearningCurves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curveLegend")
        self._curves = curves
        self._listed: tuple[tuple[int, str], ...] = ()
        row = FlowRow(self, gap_px=4)
        self.buttons = {curve: self._button(curve) for curve in ORDER}
        for button in self.buttons.values():
            row.addWidget(button)
        self.runs = QComboBox(self)
        self.runs.setObjectName("curveRun")
        self.runs.setAccessibleName(self.tr("Training whose curves are strong"))
        self.runs.setToolTip(self.tr("Which training to look at; the curves of the others are pale"))
        self.runs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.runs.hide()
        row.addWidget(self.runs)
        self.runs.activated.connect(lambda _place: curves.choose_run(self.runs.currentData()))

    def show_course(self, course: TrainingCourse) -> None:
        """List the trainings of a job, and the curves that it has."""
        for curve, button in self.buttons.items():
            there = any(course.series(run, curve)[0].size for run in course.runs)
            button.setVisible(there)
        listed = tuple((run, course.title(run) or str(run + 1)) for run in course.runs)
        if listed == self._listed:
            return
        self._listed = listed
        chosen = self.runs.currentData()
        self.runs.clear()
        self.runs.addItem(self.tr("Latest training"), None)
        for run, title in listed:
            self.runs.addItem(title, run)
        self.runs.setCurrentIndex(max(0, self.runs.findData(chosen)) if chosen is not None else 0)
        self.runs.setVisible(len(listed) > 1)

    def set_colours(self) -> None:
        """Draw the lines in the colours of the curves."""
        for curve, button in self.buttons.items():
            button.setIcon(_line_icon(self._curves.colour_of(curve), curve))

    def _button(self, curve: Curve) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"curve{curve.name.title()}")
        button.setText(curve_words(curve))
        button.setAccessibleName(self.tr("Curve: %1").replace("%1", curve_words(curve)))
        button.setToolTip(curve_tip(curve) + "\n" + self.tr("Click to leave it out or show it."))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(22, 12))
        button.setProperty("role", "legend")
        button.setCheckable(True)
        button.setChecked(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.toggled.connect(lambda _on: self._hide())
        return button

    def _hide(self) -> None:
        self._curves.hide_curves([curve for curve, button in self.buttons.items() if not button.isChecked()])


def _line_icon(colour: str, curve: Curve) -> QIcon:
    """A piece of the curve, as it is drawn."""
    pixmap = QPixmap(44, 24)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    pen = QPen(QColor(colour), 1 if curve is Curve.TRAIN else 2)
    if curve is Curve.PUBLIC:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawLine(QPointF(1, 6), QPointF(21, 6))
    painter.end()
    return QIcon(pixmap)
