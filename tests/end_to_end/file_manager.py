"""A file manager as far as BitSpec sees one: a small window, from which the files named on the command line can be dragged."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

PLACE = (1340, 860)
"""Left and top on the screen."""

AFTERWARDS_MS = 1500
"""Who takes a drop asks for its content after it."""


class Files(QLabel):
    """A press begins to drag."""

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
        QTimer.singleShot(AFTERWARDS_MS, QApplication.quit)


if __name__ == "__main__":
    app = QApplication([])
    shown = Files("files")
    shown.setWindowTitle("file manager")
    shown.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
    shown.setGeometry(*PLACE, 50, 30)
    shown.show()
    app.exec()
