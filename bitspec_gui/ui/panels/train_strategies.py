"""Ways to learn from a dataset, one card each: what it means, how long it takes, how large it becomes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QLabel, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from bitspec_gui.domain.tuning import Strategy, StrategyOption
from bitspec_gui.services.tuning_time import duration_text, size_text

BESIDE_FROM_ADVANCES = 78
"""Width in letters from which time and size stand beside the title."""


class StrategyCard(QFrame):
    """One way; a click anywhere chooses it."""

    def __init__(self, option: StrategyOption, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        key = option.info.strategy.name.title()
        self.strategy = option.info.strategy
        self.setObjectName(f"trainCard{key}")
        self.setProperty("role", "choice")
        self.button = QRadioButton(option.info.title, self)
        self.button.setObjectName(f"trainStrategy{key}")
        self.button.setToolTip(option.info.fit_for)
        self.setToolTip(option.info.fit_for)
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        badge = QLabel(self.tr("proposed"), self)
        badge.setObjectName(f"trainProposedBadge{key}")
        badge.setProperty("role", "badge")
        badge.setVisible(option.proposed)
        badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        costs = QLabel(f"{duration_text(option.seconds)} · {size_text(option.size_bytes)}", self)
        costs.setObjectName(f"trainCosts{key}")
        costs.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        costs.setToolTip(self.tr("Expected time on this computer, and size of the new version on disk"))
        meaning = QLabel(option.info.meaning, self)
        meaning.setObjectName(f"trainMeaning{key}")
        meaning.setWordWrap(True)
        meaning.setTextFormat(Qt.TextFormat.PlainText)
        meaning.setProperty("role", "muted")
        fit = QLabel(option.info.fit_for, self)
        fit.setWordWrap(True)
        fit.setTextFormat(Qt.TextFormat.PlainText)
        fit.setProperty("role", "muted")
        fit.setVisible(option.proposed)
        words = ", ".join(part for part in (option.info.title, badge.text() if option.proposed else "", costs.text()) if part)
        self.button.setAccessibleName(words)
        self.button.setAccessibleDescription(f"{option.info.meaning} {option.info.fit_for}")
        self._costs, self._below = costs, False
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(10, 6, 10, 7)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(2, 1)
        grid.addWidget(self.button, 0, 0)
        grid.addWidget(badge, 0, 1)
        grid.addWidget(costs, 0, 3)
        grid.addWidget(meaning, 1, 0, 1, 4)
        grid.addWidget(fit, 2, 0, 1, 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Time and size stand below where there is too little room beside the title."""
        super().resizeEvent(event)
        below = self.width() < BESIDE_FROM_ADVANCES * self.fontMetrics().averageCharWidth()
        if below != self._below:
            self._below = below
            self._grid.removeWidget(self._costs)
            if below:
                self._grid.addWidget(self._costs, 3, 0, 1, 4, Qt.AlignmentFlag.AlignLeft)
            else:
                self._grid.addWidget(self._costs, 0, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.button.setFocus()
            self.button.click()

    def mark(self, chosen: bool) -> None:
        """Show whether it is chosen."""
        self.button.setChecked(chosen)
        self.setProperty("chosen", "true" if chosen else "false")
        self.style().unpolish(self)
        self.style().polish(self)


class StrategyList(QWidget):
    """``chosen`` carries a `Strategy`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainStrategies")
        self._group = QButtonGroup(self)
        self.cards: list[StrategyCard] = []
        self._options: Sequence[StrategyOption] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)

    def show_options(self, options: Sequence[StrategyOption]) -> None:
        """Show ways to learn, the one that is proposed first."""
        if options is self._options:
            return
        self._options = options
        for card in self.cards:
            self._group.removeButton(card.button)
            self._column.removeWidget(card)
            card.deleteLater()
        self.cards = []
        for option in sorted(options, key=lambda each: not each.proposed):
            card = StrategyCard(option, self)
            self.cards.append(card)
            self._group.addButton(card.button)
            self._column.addWidget(card)
            card.button.clicked.connect(lambda _checked=False, strategy=card.strategy: self.chosen.emit(strategy))

    def mark(self, strategy: Strategy | None) -> None:
        """Show which one is chosen."""
        for card in self.cards:
            card.mark(card.strategy is strategy)
