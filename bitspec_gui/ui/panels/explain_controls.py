"""The row of controls above the heat maps: what is explained, by which methods, and what is done with the maps."""

from __future__ import annotations

import textwrap

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSizePolicy, QSlider, QSpinBox, QToolButton, QWidget

from bitspec_gui.ui.explain_state import Choice, ExplainPhase, ExplainState
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.theme import Colours, icon

HIGHEST_MZ = 1000

WORDS_FROM_PX = 520
"""Width from which buttons have words."""

EXPORTS = ("picture", "scores", "report", "copy")
"""What `ExplainControls.export_wanted` may carry."""


class ExplainControls(QWidget):
    """Controls that go on in a second row where there is too little room.

    ``step_wanted`` asks for the next peak (1) or the one before (-1), ``seed_wanted`` for another seed of a map,
    ``export_wanted`` for one of `EXPORTS`.
    """

    step_wanted = Signal(int)
    seed_wanted = Signal(int)
    export_wanted = Signal(str)

    def __init__(self, state: ExplainState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainControls")
        self._state = state
        self.target = TargetChooser(state, self)
        self.methods = (MethodChooser(state, 0, self), MethodChooser(state, 1, self))
        self.compare = QToolButton(self)
        self.threshold = ThresholdSlider(state, self)
        self.export = QToolButton(self)
        self.help = QToolButton(self)
        self._set_up()
        row = FlowRow(self)
        for widget in (self.target, self.methods[0], self.compare, self.methods[1], self.threshold, self.export, self.help):
            row.addWidget(widget)
        self.target.box.step_wanted.connect(self.step_wanted)
        for method in self.methods:
            method.seed_wanted.connect(self.seed_wanted)
        self.compare.toggled.connect(state.set_comparing)
        for signal in (state.comparing_changed, state.phase_changed, state.methods_changed, state.side_changed):
            signal.connect(self._refresh)
        self._refresh()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        pictures = ((self.compare, "mirror"), (self.export, "export"), (self.help, "info"), (self.target.whole, "cancel"))
        for button, name in pictures:
            button.setIcon(icon(name, colours.text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, pictures do without words."""
        super().resizeEvent(event)
        roomy = self.width() >= WORDS_FROM_PX
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if roomy else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in (self.compare, self.export):
            button.setToolButtonStyle(style)
        self.threshold.words.setVisible(roomy)
        self.target.box.set_short(not roomy)

    def _set_up(self) -> None:
        button = self.compare
        button.setObjectName("explainCompare")
        button.setText(self.tr("Compare"))
        button.setAccessibleName(self.tr("Compare two methods"))
        button.setToolTip(self.tr("Show the maps of two methods side by side"))
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button = self.export
        button.setObjectName("explainExport")
        button.setText(self.tr("Export"))
        button.setAccessibleName(self.tr("Export the explanation"))
        button.setToolTip(self.tr("Save the heat map, its scores, or a report; or copy the heat map"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._set_up_help()
        menu = QMenu(button)
        menu.setObjectName("explainExportMenu")
        words = (
            self.tr("&Picture of the heat map… (SVG, PNG, PDF)"), self.tr("&Scores of atoms and bonds… (JSON, CSV)"),
            self.tr("&Report… (PDF, HTML)"), self.tr("&Copy the picture"),
        )  # fmt: skip
        for kind, text in zip(EXPORTS, words, strict=True):
            action = menu.addAction(text)
            action.setObjectName(f"explainExport{kind.capitalize()}")
            action.triggered.connect(lambda _checked=False, kind=kind: self.export_wanted.emit(kind))
        button.setMenu(menu)

    def _set_up_help(self) -> None:
        self.help.setObjectName("explainHelp")
        self.help.setAccessibleName(self.tr("How to read the maps"))
        self.help.setToolTip(self.tr("What the colours, the methods and the verdict mean"))
        self.help.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _refresh(self) -> None:
        state = self._state
        ready = state.phase is ExplainPhase.READY
        self.compare.setEnabled(ready and len(state.methods.infos) > 1)
        self.compare.setChecked(state.comparing)
        self.methods[1].setVisible(state.comparing)
        self.threshold.setEnabled(ready)
        self.export.setEnabled(state.sides[0].explanation is not None)


class TargetChooser(QWidget):
    """Which peak is explained: typed, stepped, or let go of for the whole spectrum."""

    def __init__(self, state: ExplainState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.box = PeakBox(self)
        self.whole = QToolButton(self)
        self.whole.setObjectName("explainWhole")
        self.whole.setAccessibleName(self.tr("Explain the whole spectrum"))
        self.whole.setToolTip(self.tr("Let go of the peak and explain the whole spectrum"))
        self.whole.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.box)
        row.addWidget(self.whole)
        self.box.valueChanged.connect(lambda value: state.set_mz(value or None))
        self.whole.clicked.connect(lambda _checked=False: state.set_mz(None))
        for signal in (state.mz_changed, state.subject_changed):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        self.setEnabled(state.subject is not None)
        self.box.blockSignals(True)
        self.box.setValue(state.mz or 0)
        self.box.blockSignals(False)
        self.whole.setEnabled(state.mz is not None)


class PeakBox(QSpinBox):
    """An m/z, or the whole spectrum. Its arrows go from peak to peak, so that no mass between them need be passed."""

    step_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainPeak")
        self.setAccessibleName(self.tr("m/z of the peak to explain"))
        self.setToolTip(self.tr("Type the m/z of any peak, predicted or measured; up and down go from peak to peak"))
        self.setRange(0, HIGHEST_MZ)
        self.setPrefix("m/z ")
        self.setKeyboardTracking(False)
        self.set_short(False)

    def set_short(self, short: bool) -> None:
        """Say in one word or two that no peak is explained but the whole spectrum."""
        words = self.tr("whole") if short else self.tr("whole spectrum")
        self.setSpecialValueText(words)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(max(words, "m/z 1000", key=len)) + 44)

    def stepBy(self, steps: int) -> None:
        """Ask for the peak beside the present one."""
        self.step_wanted.emit(1 if steps > 0 else -1)

    def stepEnabled(self) -> QSpinBox.StepEnabledFlag:
        """There is always a next peak to be asked for."""
        return QSpinBox.StepEnabledFlag.StepUpEnabled | QSpinBox.StepEnabledFlag.StepDownEnabled


class MethodChooser(QWidget):
    """By which method a map is made, in which variant, from which random beginning."""

    seed_wanted = Signal(int)

    def __init__(self, state: ExplainState, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._side = state, side
        self.method = _combo(self, f"explainMethod{side + 1}", self.tr("Method of the map"))
        self.variant = _combo(self, f"explainVariant{side + 1}", self.tr("Variant of the method"))
        self.variant.setToolTip(self.tr("Which layer or head of the network is shown"))
        self.seed = QToolButton(self)
        self.seed.setObjectName(f"explainSeed{side + 1}")
        self.seed.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.seed.setAccessibleName(self.tr("Explain again with another seed"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.method, self.variant, self.seed):
            row.addWidget(widget)
        self.method.activated.connect(self._chosen)
        self.variant.activated.connect(self._variant_chosen)
        self.seed.clicked.connect(lambda _checked=False: self.seed_wanted.emit(side))
        state.methods_changed.connect(self._fill)
        for signal in (state.mz_changed, state.phase_changed):
            signal.connect(self._refresh)
        state.choice_changed.connect(lambda changed: self._refresh() if changed == side else None)
        self._fill()

    def _fill(self) -> None:
        self.method.clear()
        for info in self._state.methods.infos:
            self.method.addItem(info.name, info.key)
            tip = "\n\n".join(text for text in (info.meaning, info.caution) if text)
            self.method.setItemData(self.method.count() - 1, wrapped(tip), Qt.ItemDataRole.ToolTipRole)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        info, usual = state.info_of(self._side), state.methods.default(state.mz)
        self.setEnabled(state.phase is ExplainPhase.READY)
        for place, each in enumerate(state.methods.infos):
            words = self.tr("%1 (default)").replace("%1", each.name) if each.key == usual else each.name
            self.method.setItemText(place, words)
        self.method.setCurrentIndex(-1 if info is None else self.method.findData(info.key))
        self.method.setToolTip("" if info is None else wrapped(f"{info.meaning}\n\n{info.caution}"))
        variants = info.variants if info is not None else ()
        if [self.variant.itemData(place) for place in range(self.variant.count())] != [each.key for each in variants]:
            self.variant.clear()
            for variant in variants:
                self.variant.addItem(variant.name, variant.key)
        choice = state.sides[self._side].choice
        chosen = info.variant(choice.variant) if info is not None else None
        self.variant.setCurrentIndex(-1 if chosen is None else self.variant.findData(chosen.key))
        self.variant.setVisible(len(variants) > 1)
        self.seed.setVisible(info is not None and info.seeded)
        self.seed.setText(self.tr("Seed %1 ↻").replace("%1", str(choice.seed)))
        self.seed.setToolTip(
            self.tr("This method begins at random. Explain again with another seed: what stays the same can be relied on.")
        )

    def _chosen(self, index: int) -> None:
        key = str(self.method.itemData(index))
        usual = self._side == 0 and key == self._state.methods.default(self._state.mz)
        self._state.choose(self._side, Choice("" if usual else key))

    def _variant_chosen(self, index: int) -> None:
        info = self._state.info_of(self._side)
        if info is not None:
            self._state.choose(self._side, Choice(info.key, str(self.variant.itemData(index))))


class ThresholdSlider(QWidget):
    """From which share of the largest score atoms and bonds are tinted."""

    def __init__(self, state: ExplainState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.words = QLabel(self.tr("Hide below"), self)
        self.words.setProperty("role", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("explainThreshold")
        self.slider.setAccessibleName(self.tr("Tint atoms and bonds from this share of the largest score, in percent"))
        self.slider.setToolTip(self.tr("Atoms and bonds whose score is below this share of the largest have no colour"))
        self.slider.setRange(0, 95)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(64)
        self.figure = QLabel(self)
        self.figure.setObjectName("explainThresholdFigure")
        self.figure.setProperty("role", "muted")
        self.figure.setMinimumWidth(self.figure.fontMetrics().horizontalAdvance("95 %"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.words, self.slider, self.figure):
            row.addWidget(widget)
        self.slider.valueChanged.connect(lambda value: state.set_threshold(value / 100))
        state.threshold_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        value = round(100 * self._state.threshold)
        self.slider.setValue(value)
        self.figure.setText(f"{value} %")


class _Combo(QComboBox):
    """A chooser that is as wide as its longest item wants, but may become narrower."""

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(80, super().minimumSizeHint().height())


def _combo(parent: QWidget, name: str, words: str) -> QComboBox:
    combo = _Combo(parent)
    combo.setObjectName(name)
    combo.setAccessibleName(words)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return combo


def wrapped(text: str, width: int = 76) -> str:
    """Text with line ends, because tool tips of plain text have none of their own."""
    return "\n".join(textwrap.fill(paragraph, width) for paragraph in text.splitlines())
