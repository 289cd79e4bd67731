"""The docks around the tabs, and how much room they take."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

USUAL_PX, LARGE_PX = (1280, 800), (1500, 920)
"""Width and height of a first start, and what is taken where the screen has the room for it."""

LEAST_SCREEN_PX = (960, 560)
"""Room on the smallest screen that the window is fitted to; what calls itself smaller is none to look at."""

LOW_WINDOW_PX = 640
"""Height below which the jobs take no more room than they must: it is the spectrum's."""


class WindowDocks:
    """Left: what is at hand; right: what is looked at; below: jobs and log."""

    def __init__(self, window: QMainWindow, project: QWidget, details: QWidget, jobs: QWidget, log: QWidget) -> None:
        self._window = window
        area = Qt.DockWidgetArea
        self.left = self._dock("leftDock", window.tr("Project"), project, area.LeftDockWidgetArea)
        self.right = self._dock("rightDock", window.tr("Molecule and peaks"), details, area.RightDockWidgetArea)
        self.jobs = self._dock("jobsDock", window.tr("Jobs"), jobs, area.BottomDockWidgetArea)
        self.log = self._dock("logDock", window.tr("Log"), log, area.BottomDockWidgetArea)
        window.tabifyDockWidget(self.jobs, self.log)
        self.jobs.raise_()
        window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)

    @property
    def all(self) -> list[QDockWidget]:
        """Every dock."""
        return [self.left, self.right, self.jobs, self.log]

    def take_usual_sizes(self) -> None:
        """Sizes of a first start."""
        free = self._window.screen().availableSize() * 0.96
        known = all(there >= least for there, least in zip((free.width(), free.height()), LEAST_SCREEN_PX, strict=True))
        width, height = (
            min(large, there if known else max(usual, there))
            for usual, large, there in zip(USUAL_PX, LARGE_PX, (free.width(), free.height()), strict=True)
        )
        self._window.resize(width, height)
        # In a smaller window the drawing and the spectrum need the room more than the peak table does.
        right = 400 if width == LARGE_PX[0] else 330
        self._window.resizeDocks([self.left, self.right], [190, right], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self.jobs], [150], Qt.Orientation.Vertical)

    def follow_height(self, height: int, before: int) -> None:
        """A window that becomes low takes the room from the jobs."""
        if height < LOW_WINDOW_PX and not 0 < before < LOW_WINDOW_PX:
            self._window.resizeDocks([self.jobs], [1], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self._window.addDockWidget(area, dock)
        return dock
