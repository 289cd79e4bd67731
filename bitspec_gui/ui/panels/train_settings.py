"""Advanced settings of a fine-tuning: one row each, with what is proposed beside it. Closed unless somebody opens them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.tuning import TuningSettings
from bitspec_gui.domain.tuning_defaults import used_settings
from bitspec_gui.ui.setting_words import SettingField, setting_fields

FIELD_PX = 150


class TrainSettings(QWidget):
    """``changed`` carries the name of a setting and its new value; ``reset_wanted`` asks for all that is proposed."""

    changed = Signal(str, object)
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainSettings")
        self._filling = False
        self.toggle = QToolButton(self)
        self.toggle.setObjectName("trainAdvanced")
        self.toggle.setCheckable(True)
        self.toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggle.setToolTip(
            self.tr("For those who have trained networks before. What is proposed is right for nearly everyone")
        )
        self.reset = QPushButton(self.tr("As proposed"), self)
        self.reset.setObjectName("trainAsProposed")
        self.reset.setAccessibleName(self.tr("Set everything as proposed"))
        self.reset.setToolTip(self.tr("Take back all changes below"))
        self.body = QWidget(self)
        self.fields: dict[str, QWidget] = {}
        self._labels: dict[str, QLabel] = {}
        self._proposed: dict[str, QLabel] = {}
        self._arrange()
        self.toggle.toggled.connect(lambda _open: self._unfold())
        self.reset.clicked.connect(lambda _checked=False: self.reset_wanted.emit())
        self._unfold()

    def show_settings(self, settings: TuningSettings, proposed: TuningSettings) -> None:
        """Show settings beside those that are proposed; what does nothing for the strategy is left out."""
        self._filling = True
        used = used_settings(settings.strategy)
        for field in setting_fields():
            shown = field.name in used
            for widget in (self.fields[field.name], self._labels[field.name], self._proposed[field.name]):
                widget.setVisible(shown)
            value, usual = getattr(settings, field.name), getattr(proposed, field.name)
            _put(self.fields[field.name], value)
            words = self.tr("proposed: %1").replace("%1", field.words(usual))
            self._proposed[field.name].setText(words)
            self._proposed[field.name].setProperty("role", "" if value != usual else "muted")
            self._proposed[field.name].style().unpolish(self._proposed[field.name])
            self._proposed[field.name].style().polish(self._proposed[field.name])
        self._filling = False
        self.reset.setEnabled(settings != proposed)

    def mark_faults(self, faults: dict[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        tips = {field.name: field.tip for field in setting_fields()}
        for name, widget in self.fields.items():
            widget.setToolTip(faults.get(name) or tips[name])
            bad = "true" if name in faults else "false"
            if widget.property("fault") != bad:
                widget.setProperty("fault", bad)
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def _unfold(self) -> None:
        opened = self.toggle.isChecked()
        self.toggle.setText(self.tr("▾ Advanced settings") if opened else self.tr("▸ Advanced settings"))
        self.toggle.setAccessibleName(self.tr("Advanced settings, open") if opened else self.tr("Advanced settings, closed"))
        self.body.setVisible(opened)
        self.reset.setVisible(opened)

    def _arrange(self) -> None:
        grid = QGridLayout(self.body)
        grid.setContentsMargins(16, 4, 0, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(2, 1)
        for row, field in enumerate(setting_fields()):
            widget = self._widget(field)
            widget.setObjectName(f"trainSetting_{field.name}")
            widget.setAccessibleName(field.title)
            widget.setAccessibleDescription(field.tip)
            widget.setToolTip(field.tip)
            widget.setMinimumWidth(FIELD_PX)
            label = QLabel(field.title, self.body)
            label.setBuddy(widget)
            label.setToolTip(field.tip)
            proposed = QLabel(self.body)
            proposed.setObjectName(f"trainProposed_{field.name}")
            proposed.setWordWrap(True)
            self.fields[field.name], self._labels[field.name], self._proposed[field.name] = widget, label, proposed
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
            grid.addWidget(proposed, row, 2)
        heading = QHBoxLayout()
        heading.addWidget(self.toggle)
        heading.addStretch(1)
        heading.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(heading)
        column.addWidget(self.body)

    def _widget(self, field: SettingField) -> QWidget:
        tell: Callable[[Any], None] = lambda value: self._tell(field.name, value)  # noqa: E731 - one for three kinds of fields
        if field.choices:
            box = _Choice(self.body)
            for value, words in field.choices:
                box.addItem(words, value)
            box.activated.connect(lambda index: tell(box.itemData(index)))
            return box
        if field.decimals:
            real = _PowerBox(self.body) if field.powers else _RealBox(self.body)
            real.setDecimals(field.decimals)
            real.setRange(0.0, field.most)
            real.setSingleStep(field.step)
            _dress(real, field)
            real.valueChanged.connect(tell)
            return real
        whole = _WholeBox(self.body)
        whole.setRange(0, int(field.most))
        _dress(whole, field)
        whole.valueChanged.connect(tell)
        return whole

    def _tell(self, name: str, value: Any) -> None:
        if not self._filling:
            self.changed.emit(name, value)


class _Choice(QComboBox):
    """A chooser; the wheel scrolls the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


class _WholeBox(QSpinBox):
    """A whole number; the wheel scrolls the page unless someone is at the field."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class _RealBox(QDoubleSpinBox):
    """A number; the wheel scrolls the page unless someone is at the field."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()

    def textFromValue(self, value: float) -> str:
        """No zeros that say nothing."""
        return f"{value:g}"


class _PowerBox(_RealBox):
    """A number over several powers of ten, which may be typed as 1e-3; a step is a fifth of a power."""

    def stepBy(self, steps: int) -> None:
        """Larger or smaller by a factor, on round figures."""
        value = self.value() * 10 ** (steps / 5) if self.value() > 0 else 1e-6
        digits = 1 - math.floor(math.log10(value))
        self.setValue(round(value, digits))

    def valueFromText(self, text: str) -> float:
        """A number as it is typed."""
        try:
            return float(text.strip())
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> object:
        """Digits, a point and an exponent, finished or not."""
        typed = text.strip()
        try:
            float(typed)
        except ValueError:
            unfinished = all(letter in "0123456789.eE+-" for letter in typed)
            return (QValidator.State.Intermediate if unfinished else QValidator.State.Invalid, text, position)
        return (QValidator.State.Acceptable, text, position)


def _dress(box: QSpinBox | QDoubleSpinBox, field: SettingField) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setKeyboardTracking(True)
    if field.unit:
        box.setSuffix(f" {field.unit}")
    if field.zero:
        box.setSpecialValueText(field.zero)


def _put(widget: QWidget, value: Any) -> None:
    if isinstance(widget, QComboBox):
        widget.setCurrentIndex(next((n for n in range(widget.count()) if widget.itemData(n) == value), -1))
    elif isinstance(widget, QSpinBox | QDoubleSpinBox) and widget.value() != value:
        widget.setValue(value)
