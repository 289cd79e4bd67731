"""Tabs of which only the page on show says how small the window may become."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QTabWidget, QWidget


class TabPages(QTabWidget):
    """A page out of sight must not keep the window from becoming small."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setDocumentMode(True)
        self.currentChanged.connect(lambda _index: self._fit())

    def tabInserted(self, index: int) -> None:
        """A new page counts if it is on show."""
        super().tabInserted(index)
        self._fit()

    def _fit(self) -> None:
        for place in range(self.count()):
            page = self.widget(place)
            if page is not None:
                shown = place == self.currentIndex()
                policy = QSizePolicy.Policy.Preferred if shown else QSizePolicy.Policy.Ignored
                page.setSizePolicy(policy, policy)
