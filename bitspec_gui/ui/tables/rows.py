"""What all tables have in common: whole rows, as high as the font needs, and columns for where there is little room."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

NARROW_HEADINGS = "QHeaderView::section { padding: 4px 2px; }"
"""Style sheet of a heading in a dock."""


def show_rows(table: QTableView, name: str, words: str) -> None:
    """Make a table one of whole rows, known to programs as `name` and to readers of the screen by `words`; Tab leaves it."""
    table.setObjectName(name)
    table.setAccessibleName(words)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.horizontalHeader().setHighlightSections(False)


def fit_rows(table: QTableView) -> None:
    """Give a table rows as high as its font needs."""
    table.verticalHeader().setMinimumSectionSize(8)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 7)


def share_width(table: QTableView) -> None:
    """Give the columns of a table but the first, which needs little, the same width."""
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    if header.count():
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)


def fit_columns(table: QTableView) -> None:
    """Give columns the width that they need, the last what is left; where that is too little, the table scrolls."""
    header = table.horizontalHeader()
    header.setMinimumSectionSize(table.fontMetrics().horizontalAdvance("100 %") + 8)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    if header.count():
        header.setSectionResizeMode(header.count() - 1, QHeaderView.ResizeMode.Stretch)
