"""The row of controls above a spectrum: how to compare, labels, reset, copy, export."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from bitspec_gui.ui.state import WindowState


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
