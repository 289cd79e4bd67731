"""The line under the drawing: formula, masses, hydrogens, and what is wrong or missing."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.domain.formula import atoms
from bitspec_gui.domain.sketch import SketchReading
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.one_line import OneLine

PATIENCE_MS = 300
"""How long facts of an older drawing look like those of the new one."""

_LABEL = re.compile(r"\[\d+([A-Z][a-z]?)\]")

MOST_FAULTS = 2
"""More sentences than this are told by their number; the drawing marks them all."""


class SketchFooter(QWidget):
    """Facts of the last reading; they stay while a newer drawing is being read."""

    told = Signal(str)

    def __init__(self, hydrogens: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sketchFooter")
        self.formula = CopyLabel("sketchFormula", self.tr("Formula"), self)
        self.nominal_mass = CopyLabel("sketchNominalMass", self.tr("Nominal mass"), self)
        self.exact_mass = CopyLabel("sketchExactMass", self.tr("Exact mass"), self)
        self.hydrogens = HydrogenButton(hydrogens, self)
        self.selection = CopyLabel("sketchSelection", self.tr("Selected part"), self)
        self.sentence = OneLine("sketchSentence", "muted", self, shortest_px=0)
        self.sentence.setMinimumHeight(self.fontMetrics().height() + 2)
        facts = FlowRow(gap_px=10)
        for each in (self.formula, self.nominal_mass, self.exact_mass, self.selection):
            each.copied.connect(self._tell_copied)
        for widget in (self.formula, self.nominal_mass, self.exact_mass, self.hydrogens):
            facts.addWidget(widget)
        # Both in a line that is always there: the drawing must not jump when something is selected or wrong.
        words = QHBoxLayout()
        words.setSpacing(10)
        words.addWidget(self.selection)
        words.addWidget(self.sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2, 6, 2)
        column.setSpacing(1)
        column.addLayout(facts)
        column.addLayout(words)
        # What is read within a moment must not flicker.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._fade(True))
        self.show_reading(SketchReading())

    def show_reading(self, reading: SketchReading) -> None:
        """Show what chemistry says to the drawing."""
        formula = reading.formula
        counted = dict(atoms(_LABEL.sub(r"\1", formula)))
        self.formula.show_fact(with_subscripts(formula), formula)
        nominal, exact = reading.nominal_mass, reading.exact_mass
        self.nominal_mass.show_fact("" if nominal is None else self.tr("%1 Da").replace("%1", str(nominal)), str(nominal))
        self.exact_mass.show_fact("" if exact is None else f"{exact:.5f}", f"{exact:.5f}" if exact is not None else "")
        count = counted.get("H", 0) + counted.get("D", 0)
        self.hydrogens.show_count(count if formula else None)
        self._say(reading)

    def show_selection(self, formula: str, nominal_mass: int | None) -> None:
        """Show the formula and nominal mass (Da) of what is selected; an empty formula shows nothing."""
        words = self.tr("Selected: %1").replace("%1", with_subscripts(formula)) if formula else ""
        if words and nominal_mass is not None:
            words = self.tr("%1, %2 Da").replace("%1", words).replace("%2", str(nominal_mass))
        self.selection.show_fact(words, formula)

    def set_busy(self, busy: bool) -> None:
        """Whether what is shown is of an older drawing: if that lasts, it is fainter until the new one was read."""
        if not busy:
            self._patience.stop()
            self._fade(False)
        elif not self._patience.isActive():
            self._patience.start()

    def _fade(self, faded: bool) -> None:
        for each in (self.formula, self.nominal_mass, self.exact_mass):
            each.setEnabled(not faded)

    def _say(self, reading: SketchReading) -> None:
        faults = list(dict.fromkeys(fault.sentence for fault in reading.faults))
        if len(faults) > MOST_FAULTS:
            more = self.tr("And %1 more.").replace("%1", str(len(faults) - MOST_FAULTS + 1))
            text = " ".join([*faults[: MOST_FAULTS - 1], more])
        else:
            text = " ".join(faults) or reading.sentence
        role = "error" if faults else "muted"
        if self.sentence.property("role") != role:
            self.sentence.setProperty("role", role)
            self.sentence.style().unpolish(self.sentence)
            self.sentence.style().polish(self.sentence)
        self.sentence.setText(text)
        self.sentence.setToolTip("\n".join(faults) or reading.sentence)
        self.sentence.setAccessibleName(text)

    def _tell_copied(self, text: str) -> None:
        self.told.emit(self.tr("Copied: %1").replace("%1", text))


class HydrogenButton(QToolButton):
    """How many hydrogens there are; a click draws them all, or none."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "fact")
        self.setDefaultAction(action)
        self.setObjectName("sketchTool-hydrogens")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_count(None)

    def show_count(self, count: int | None) -> None:
        """Say how many hydrogens there are."""
        # The button takes words and state from its action whenever that changes.
        action = self.defaultAction()
        action.setIconText("H" if count is None else self.tr("%1 H").replace("%1", str(count)))
        action.setEnabled(bool(count))
        words = self.tr("Explicit hydrogens")
        self.setAccessibleName(words if count is None else f"{words}: {count}")


class CopyLabel(QLabel):
    """A fact that a click copies."""

    copied = Signal(str)

    def __init__(self, name: str, meaning: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._meaning, self._plain = meaning, ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("%1: click to copy").replace("%1", meaning))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_fact("", "")

    @property
    def plain(self) -> str:
        """What a click copies."""
        return self._plain

    def show_fact(self, shown: str, plain: str) -> None:
        """Show a text, and copy `plain` when it is clicked; hidden if there is nothing to show."""
        self._plain = plain
        self.setText(shown)
        self.setAccessibleName(f"{self._meaning}: {plain}")
        self.setVisible(bool(shown))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Copy."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy by Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._copy()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Show by an underline that the keyboard is here."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            font = self.font()
            font.setUnderline(event.type() == QEvent.Type.FocusIn)
            self.setFont(font)
        return super().event(event)

    def _copy(self) -> None:
        if self._plain:
            QGuiApplication.clipboard().setText(self._plain)
            self.copied.emit(self._plain)
