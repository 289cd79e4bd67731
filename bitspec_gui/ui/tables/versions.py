"""Model versions, one a row: each below the one that it was tuned from, and a step further in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.services.tuning_time import size_text
from bitspec_gui.ui.tables.named_columns import ExplainedColumnsModel
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.training_words import (
    date_words,
    forgetting_words,
    interval_words,
    judgement_colour,
    judgement_sign,
    judgement_title,
    strategy_words,
)

COLUMNS = ("name", "verdict", "gain", "public", "data", "strategy", "made", "size", "notes")

IN_USE = "●"

STEP = "   "
"""How much further in a version stands than the one it was tuned from."""


class VersionsTableModel(ExplainedColumnsModel):
    """The supplied version first; versions whose base is not there stand at the outermost."""

    columns, right = COLUMNS, ("gain", "public", "size")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[RegisteredVersion, int]] = []
        self._colours: Colours = LIGHT

    def show_versions(self, versions: Sequence[RegisteredVersion]) -> None:
        """Show these, as a tree."""
        rows = in_tree_order(versions)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def version_at(self, row: int) -> RegisteredVersion:
        """Version of a row."""
        return self._rows[row][0]

    def row_of(self, version_id: int) -> int | None:
        """Row of a version, None if it is not there."""
        return next((row for row, (each, _) in enumerate(self._rows) if each.version_id == version_id), None)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._colours = colours
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    def row_number(self) -> int:
        """Number of versions."""
        return len(self._rows)

    def cell(self, row: int, name: str, role: int) -> Any:
        """Texts; the version in use is bold and has a dot, verdicts have their colour."""
        version, depth = self._rows[row]
        if role == Qt.ItemDataRole.DisplayRole:
            if name == "name":
                return STEP * depth + ("↳ " if depth else "") + version.version.name + (f"  {IN_USE}" if version.active else "")
            return self._text(version, name)
        if role == Qt.ItemDataRole.AccessibleTextRole and name == "name":
            return version.version.name + (self.tr(", in use") if version.active else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(version, name)
        if role == Qt.ItemDataRole.FontRole and version.active and name == "name":
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == Qt.ItemDataRole.ForegroundRole and name == "verdict" and version.metrics is not None:
            return QColor(getattr(self._colours, judgement_colour(version.metrics.judgement)))
        return None

    def titles(self) -> dict[str, tuple[str, str]]:
        """Headings of the columns, and what they say."""
        return {
            "name": (self.tr("Model"), self.tr("A version below another one was tuned from it; the dot marks the one in use")),
            "verdict": (self.tr("Verdict"), self.tr("What its training came to")),
            "gain": (self.tr("Change"), self.tr("Change of cosine on held-out compounds of its data, with its 95 % interval")),
            "public": (self.tr("Public"), self.tr("Change of cosine on public compounds: below zero something was forgotten")),
            "data": (self.tr("Tuned on"), self.tr("The dataset that it was tuned on")),
            "strategy": (self.tr("What learns"), self.tr("The strategy of its training")),
            "made": (self.tr("Made"), self.tr("When it was made")),
            "size": (self.tr("Size"), self.tr("On disk; a small version needs its base to be used")),
            "notes": (self.tr("Notes"), self.tr("What you wrote of it")),
        }

    def _text(self, version: RegisteredVersion, column: str) -> str:
        metrics, settings = version.metrics, version.settings
        return {
            "verdict": f"{judgement_sign(metrics.judgement)} {judgement_title(metrics.judgement)}" if metrics is not None else "",
            "gain": interval_words(metrics.gain, 2) if metrics is not None else "",
            "public": forgetting_words(metrics.forgetting).split(" (")[0] if metrics is not None else "",
            "data": version.dataset_name,
            "strategy": strategy_words(settings.strategy) if settings is not None else "",
            "made": date_words(version.made_at),
            "size": size_text(version.size_bytes) if version.size_bytes else "",
            "notes": version.notes.replace("\n", " "),
        }[column]

    def _tip(self, version: RegisteredVersion, column: str) -> str:
        if column == "verdict" and version.metrics is not None:
            return version.metrics.sentence
        if column == "notes":
            return version.notes
        if column == "name":
            return self.tr("In use: BitSpec predicts with it") if version.active else version.version.name
        return self._text(version, column)


def in_tree_order(versions: Sequence[RegisteredVersion]) -> list[tuple[RegisteredVersion, int]]:
    """Versions with their depths: each after the one that it was tuned from, siblings in the order given."""
    known = {each.version.sha256 for each in versions}
    rows: list[tuple[RegisteredVersion, int]] = []
    placed: set[int] = set()

    def place(version: RegisteredVersion, depth: int) -> None:
        if version.version_id in placed:
            return
        placed.add(version.version_id)
        rows.append((version, depth))
        for each in versions:
            if each.parent_sha256 == version.version.sha256 and each.version_id != version.version_id:
                place(each, depth + 1)

    for each in versions:
        if not each.parent_sha256 or each.parent_sha256 not in known:
            place(each, 0)
    # Versions that name each other as bases are in no tree; they are shown all the same.
    for each in versions:
        place(each, 0)
    return rows
