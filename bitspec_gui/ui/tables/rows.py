"""Row heights that follow the font."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView


def fit_rows(table: QTableView) -> None:
    """Give a table rows as high as its font needs."""
    table.verticalHeader().setMinimumSectionSize(8)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 7)
