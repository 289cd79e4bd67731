"""How well a measured spectrum is expected to agree with the prediction."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from bitspec_gui.ui.match_bands import band_of
from bitspec_gui.ui.panels.comparison import Score
from bitspec_gui.ui.state import WindowState


class ConfidenceChip(Score):
    """Expected agreement 0..1 with its band's word and colour; hidden where the model was not calibrated."""

    def __init__(self, state: WindowState, parent: QWidget | None = None) -> None:
        super().__init__("expectedAgreement", "", parent, shortens=True)
        self._state = state
        self.setToolTip(
            self.tr(
                "Cosine that a measured spectrum is expected to have with this prediction,\n"
                "calibrated on compounds the model had not seen.\n"
                "Where the model has learned from measured spectra of this very compound,\n"
                "good agreement says little about other compounds."
            )
        )
        for signal in (state.prediction_changed, state.phase_changed, state.colours_changed):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        confidence = state.prediction.confidence if state.prediction is not None else None
        self.setVisible(confidence is not None)
        if confidence is None:
            return
        colours, band = state.colours, band_of(int(1000 * confidence))
        back, front = getattr(colours, band.key), "#10151c" if colours.dark else "#ffffff"
        if state.stale:
            back, front = colours.raised, colours.muted
        words = self.tr("Expected agreement, %1").replace("%1", band.word)
        if state.prediction is not None and state.prediction.trained_on:
            words += self.tr("; learned from this compound")
        self.show_value(f"{confidence:.2f}", words, back, front)
