"""The row of controls above a spectrum: how to compare, labels, reset, copy, export."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLayout, QSlider, QToolButton, QWidget

from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.views.content import LabelMode


def tool_button(action: QAction, parent: QWidget, *, words: bool = False) -> QToolButton:
    """A flat button for an action."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setObjectName(f"{action.objectName()}Button")
    button.setAccessibleName(action.text().replace("&", "").rstrip("…"))
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
    button.setToolButtonStyle(style)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class SpectrumTools(QWidget):
    """The whole row; where there is too little room slider, words and chooser of labels go in turn."""

    def __init__(self, state: WindowState, actions: Actions, parent: QWidget | None = None, *, reverse: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("spectrumTools")
        self._fitting = False
        modes = [actions.mirror, actions.predicted_only, actions.difference, *([actions.reverse_view] if reverse else [])]
        self._modes = [tool_button(action, self, words=True) for action in modes]
        self.labels = LabelChooser(state, self)
        self.slider = LabelSlider(state, self)
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in self._modes:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(tool_button(actions.labels, self))
        row.addWidget(self.labels)
        row.addWidget(self.slider)
        others = (actions.reset_zoom, actions.copy_picture, actions.export)
        for action in others if reverse else (*others, actions.identify_this):
            row.addWidget(tool_button(action, self))

    def minimumSizeHint(self) -> QSize:
        """Room for the row at its shortest."""
        return QSize(300, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        # Buttons with words can be higher than those without: showing them changes the height of the row at once.
        if self._fitting:
            return
        self._fitting = True
        for words, slider, chooser in ((True, True, True), (True, False, True), (False, False, True), (False, False, False)):
            self._show(words=words, slider=slider, chooser=chooser)
            if self.sizeHint().width() <= self.width():
                break
        self._fitting = False

    def _show(self, *, words: bool, slider: bool, chooser: bool) -> None:
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._modes:
            button.setToolButtonStyle(style)
        self.slider.setVisible(slider)
        self.labels.setVisible(chooser)


class LabelChooser(QComboBox):
    """What labels say beside m/z: nothing, the ion's formula, or the neutral loss."""

    def __init__(self, state: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setObjectName("labelChooser")
        self.setAccessibleName(self.tr("What labels say"))
        self.setToolTip(self.tr("Labels say m/z alone, or with the formula of the predicted ion or its neutral loss under it"))
        words = {LabelMode.MZ: "m/z", LabelMode.FORMULA: self.tr("formula"), LabelMode.LOSS: self.tr("neutral loss")}
        for mode, text in words.items():
            self.addItem(text, mode)
        self.activated.connect(lambda index: state.set_label_mode(self.itemData(index)))
        state.labels_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.setCurrentIndex(self.findData(self._state.label_mode))
        self.setEnabled(self._state.labels_shown)


class LabelSlider(QWidget):
    """From which intensity peaks are labelled."""

    def __init__(self, state: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("labelThreshold")
        self.slider.setAccessibleName(self.tr("Label peaks from this intensity, in percent of the base peak"))
        self.slider.setRange(0, 50)
        self.slider.setFixedWidth(96)
        self._words = QLabel(self)
        self._words.setProperty("role", "muted")
        self._words.setMinimumWidth(self._words.fontMetrics().horizontalAdvance("≥ 50 %"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(6)
        layout.addWidget(self.slider)
        layout.addWidget(self._words)
        self.slider.valueChanged.connect(lambda value: state.set_labels(state.labels_shown, float(value)))
        state.labels_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        value = round(self._state.label_threshold_percent)
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        self.slider.setEnabled(self._state.labels_shown)
        self._words.setText(f"≥ {value} %")
        self._words.setEnabled(self._state.labels_shown)
