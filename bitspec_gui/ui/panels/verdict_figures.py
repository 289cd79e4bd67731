"""The figures of a verdict as tiles: how many compounds were held out, before and after, the gain, and what was forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from bitspec_gui.domain.verdict import Verdict
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.training_words import forgetting_basis, forgetting_words, interval_words, signed


@dataclass(frozen=True)
class _Tile:
    name: str
    title: str
    figure: str
    words: str


class VerdictFigures(QWidget):
    """A card a figure; they go on in the next line where there is too little room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdictFigures")
        self._row = FlowRow(self)
        self._cards: dict[str, tuple[QFrame, QLabel, QLabel]] = {}
        for name in ("Compounds", "BeforeAfter", "Gain", "New", "Public", "Response"):
            self._cards[name] = self._card(name)
        self.show_verdict(None)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show the figures of a verdict, or none."""
        tiles = {tile.name: tile for tile in self._tiles(verdict)} if verdict is not None else {}
        for name, (card, title, figure) in self._cards.items():
            tile = tiles.get(name)
            card.setVisible(tile is not None)
            if tile is not None:
                title.setText(tile.title)
                figure.setText(tile.figure)
                card.setToolTip(tile.words)
                card.setAccessibleName(f"{tile.title}: {tile.figure}")
                card.setAccessibleDescription(tile.words)
        self._row.invalidate()

    def _card(self, name: str) -> tuple[QFrame, QLabel, QLabel]:
        card = QFrame(self)
        card.setObjectName(f"verdictTile{name}")
        card.setProperty("role", "card")
        title, figure = QLabel(card), QLabel(card)
        title.setProperty("role", "section")
        figure.setProperty("role", "title")
        figure.setObjectName(f"verdict{name}")
        figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 6, 12, 7)
        column.setSpacing(1)
        column.addWidget(title)
        column.addWidget(figure)
        self._row.addWidget(card)
        return card, title, figure

    def _new(self, verdict: Verdict) -> list[_Tile]:
        """Compounds that the base model had not learned from either: on them it shows what the tuning is worth."""
        if not verdict.seen_before:
            return []
        figure = self.tr("%1 of %2").replace("%1", f"{verdict.unseen_compounds:,}").replace("%2", f"{verdict.compounds:,}")
        if verdict.unseen is not None:
            figure = f"{figure}: {interval_words(verdict.unseen)}"
        words = self.tr(
            "Held-out compounds that the base model had not learned from either, and their change. On those it had learned from, "
            "both cosines are higher than on new compounds. With fewer than five new ones their change says nothing."
        )
        return [_Tile("New", self.tr("New to the base model too"), figure, words)]

    def _tiles(self, verdict: Verdict) -> list[_Tile]:
        forgetting = verdict.forgetting
        tiles = [
            _Tile("Compounds", self.tr("Held-out compounds"), f"{verdict.compounds:,}", verdict.how),
            _Tile(
                "BeforeAfter",
                self.tr("Cosine on them"),
                f"{verdict.before:.3f} → {verdict.after:.3f}",
                self.tr("Mean over held-out compounds, each weighing the same: by the base model, and by the tuned one"),
            ),
            _Tile(
                "Gain",
                self.tr("Change, 95 % interval"),
                interval_words(verdict.gain),
                self.tr("Mean change, and between which values it would lie in 95 of 100 such draws of compounds (bootstrap)"),
            ),
            *self._new(verdict),
            _Tile("Public", self.tr("Change on public compounds"), forgetting_words(forgetting), forgetting_basis(forgetting)),
        ]
        if forgetting.with_response is not None:
            words = self.tr("With the instrument's response on, which can be switched off on the page Models")
            tiles.append(_Tile("Response", self.tr("Public, response on"), signed(forgetting.with_response), words))
        return tiles
