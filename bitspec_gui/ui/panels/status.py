"""The status bar: device and why, model version, and that nothing goes over the network."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.ui.theme import icon


class _Sign(QWidget):
    """A small icon and words."""

    def __init__(self, name: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon_name = icon_name
        self._icon = QLabel(self)
        self.words = QLabel(self)
        self.words.setObjectName(f"{name}Text")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.setSpacing(5)
        layout.addWidget(self._icon)
        layout.addWidget(self.words)

    def say(self, text: str, tip: str, colour: str) -> None:
        self.words.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self._icon.setPixmap(icon(self._icon_name, colour).pixmap(QSize(16, 16)))


class StatusBar(QStatusBar):
    """Messages at the left; a training that runs, device, model and the offline badge at the right."""

    training_wanted = Signal()

    def __init__(self, state: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._state = state
        self.device = _Sign("deviceSign", "device", self)
        self.model = _Sign("modelSign", "predict", self)
        self.offline = _Sign("offlineSign", "offline", self)
        self.training = QToolButton(self)
        self.training.setObjectName("trainingSign")
        self.training.setAutoRaise(True)
        self.training.setToolTip(self.tr("Show the training that runs"))
        self.training.setAccessibleName(self.tr("The training that runs"))
        self.training.hide()
        self.training.clicked.connect(lambda _checked=False: self.training_wanted.emit())
        self.addPermanentWidget(self.training)
        for sign in (self.device, self.model, self.offline):
            self.addPermanentWidget(sign)
        for signal in (state.model_changed, state.colours_changed, state.phase_changed):
            signal.connect(self._refresh)
        self._refresh()

    def tell(self, sentence: str) -> None:
        """Show a message for a while."""
        if sentence:
            self.showMessage(sentence, 8000)

    def say_training(self, words: str) -> None:
        """Say how the training that runs stands; nothing if none does."""
        if words != self.training.text():
            self.training.setText(words)
            self.training.setAccessibleName(words or self.tr("The training that runs"))
        self.training.setVisible(bool(words))

    def _refresh(self) -> None:
        state = self._state
        colour = state.colours.muted
        if state.model is not None:
            tip = "\n".join(
                part for part in (state.model.description, state.model.licence, f"sha256 {state.model.sha256}") if part
            )
            self.model.say(str(state.model), tip, colour)
            self.device.say(state.device, self.tr("Where predictions are computed"), colour)
        elif state.model_problem:
            self.model.say(self.tr("no model"), state.model_problem, state.colours.danger)
            self.device.say(self.tr("device: –"), "", colour)
        else:
            waiting = self.tr("loading the model…") if state.phase is not Phase.EMPTY else self.tr("model not loaded yet")
            self.model.say(waiting, "", colour)
            self.device.say(self.tr("device: …"), "", colour)
        self.offline.say(
            self.tr("offline"), self.tr("BitSpec makes no network connection. Nothing leaves this computer."), colour
        )
