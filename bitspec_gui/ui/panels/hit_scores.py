"""How well the hit that is looked at agrees: match, reverse match and probability, as many as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QSizePolicy, QWidget

from bitspec_gui.domain.search import Hit
from bitspec_gui.ui.hit_words import match_tip, percent_text, probability_tip, reverse_tip
from bitspec_gui.ui.match_bands import band_of
from bitspec_gui.ui.panels.comparison import Score
from bitspec_gui.ui.theme import Colours


class HitScores(QWidget):
    """Asks for no more room than the match factor needs; the others show where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hitScores")
        self.match = Score("hitMatch", self.tr("Match"), self)
        self.reverse = Score("hitReverse", self.tr("Reverse"), self)
        self.probability = QLabel(self)
        self.probability.setObjectName("hitProbability")
        self.probability.setProperty("role", "muted")
        self.probability.setToolTip(probability_tip())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addStretch(1)
        for part in (self.match, self.reverse, self.probability):
            row.addWidget(part)
        self._hit: Hit | None = None
        self.show_hit(None, None)

    def show_hit(self, hit: Hit | None, colours: Colours | None) -> None:
        """Show the scores of a hit, None for none."""
        self._hit = hit
        if hit is not None and colours is not None:
            front = "#10151c" if colours.dark else "#ffffff"
            for score, value, title, tip in (
                (self.match, hit.match, self.tr("Match"), match_tip(hit.match)),
                (self.reverse, hit.reverse_match, self.tr("Reverse"), reverse_tip(hit.reverse_match)),
            ):
                score.show_value(str(value), title, getattr(colours, band_of(value).key), front)
                score.setToolTip(tip)
            sure = percent_text(hit.probability)
            self.probability.setText(self.tr("%1 % probable").replace("%1", sure) if sure else "")
        self._fit()

    def sizeHint(self) -> QSize:
        """Room for all."""
        parts = (self.match, self.reverse, self.probability)
        return QSize(sum(part.sizeHint().width() for part in parts) + 24, self.match.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for the match factor."""
        return QSize(self.match.sizeHint().width(), self.match.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width()
        for part in (self.match, self.reverse, self.probability):
            width = part.sizeHint().width()
            part.setVisible(self._hit is not None and (width <= room or part is self.match))
            room -= width + 12
        self.updateGeometry()
