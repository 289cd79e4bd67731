"""The row of controls above a chromatogram: ions to draw, what dragging picks, the background, and steps through peaks."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QLineEdit, QPushButton, QToolButton, QWidget

from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.views.chromatogram import PickMode

TYPING_PAUSE_MS = 350


class RunControls(QWidget):
    """What a run is looked at with. `ions_typed` comes a moment after typing, `mode_chosen` carries a `PickMode`."""

    ions_typed = Signal()
    mode_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runControls")
        self.ions = self._ion_field()
        self.modes = QButtonGroup(self)
        self.mode_buttons = {mode: self._mode_button(mode) for mode in PickMode}
        self.mode_buttons[PickMode.SCAN].setChecked(True)
        self.subtract = QCheckBox(self.tr("Subtract"), self)
        self.subtract.setObjectName("subtractBackground")
        self.subtract.setAccessibleName(self.tr("Subtract background"))
        self.subtract.setToolTip(self.tr("Subtract the mean of the background scans from what is picked"))
        self.forget = self._button("forgetBackground", self.tr("Clear"), self.tr("Forget the background scans"))
        self.previous = self._button("previousPeak", self.tr("‹ Peak"), self.tr("Peak before (Ctrl+Left), less its background"))
        self.previous.setAccessibleName(self.tr("Previous peak"))
        self.following = self._button("nextPeak", self.tr("Peak ›"), self.tr("Next peak (Ctrl+Right), less its background"))
        self.following.setAccessibleName(self.tr("Next peak"))
        self.all_peaks = QPushButton(self.tr("All peaks"), self)
        self.all_peaks.setObjectName("allPeaks")
        self.all_peaks.setAccessibleName(self.tr("Take the spectra of all peaks"))
        self.all_peaks.setToolTip(self.tr("Take the spectrum of every peak of the run, less its background"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.ions_typed)
        self.ions.textChanged.connect(lambda _text: self._typing.start())
        self.ions.returnPressed.connect(self._typed)
        row = FlowRow(self)
        row.addWidget(self.ions)
        for widget in (*self.mode_buttons.values(), self.subtract, self.forget, self.previous, self.following, self.all_peaks):
            row.addWidget(widget)

    def set_run_there(self, there: bool) -> None:
        """Whether there is a run to look at."""
        for widget in (self.ions, self.subtract, *self.mode_buttons.values()):
            widget.setEnabled(there)

    def set_peaks_there(self, there: bool) -> None:
        """Whether peaks were found in it."""
        for button in (self.previous, self.following, self.all_peaks):
            button.setEnabled(there)

    def stop(self) -> None:
        """Wait for no more typing."""
        self._typing.stop()

    def _typed(self) -> None:
        self._typing.stop()
        self.ions_typed.emit()

    def _ion_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName("runIons")
        field.setAccessibleName(self.tr("Ions to draw traces of"))
        field.setPlaceholderText(self.tr("Ions: 57, 71, 85 or 57.07±0.02"))
        field.setToolTip(self.tr("A whole number is a unit mass; 57.07±0.02 and 50-60 are ranges of m/z"))
        field.setClearButtonEnabled(True)
        field.setMinimumWidth(200)
        return field

    def _mode_button(self, mode: PickMode) -> QToolButton:
        words, tip = {
            PickMode.SCAN: (self.tr("Scan"), self.tr("A click picks a scan, dragging moves the plot")),
            PickMode.RANGE: (self.tr("Range"), self.tr("Dragging picks scans to average (always with Shift)")),
            PickMode.BACKGROUND: (self.tr("Background"), self.tr("Dragging picks scans to subtract (always with Ctrl)")),
        }[mode]
        button = self._button(f"pick{mode.value.title()}", words, tip)
        button.setCheckable(True)
        button.toggled.connect(lambda on: self.mode_chosen.emit(mode) if on else None)
        self.modes.addButton(button)
        return button

    def _button(self, name: str, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(words)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
