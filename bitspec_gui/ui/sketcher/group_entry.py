"""The line in which an element or a group is typed, right at its atom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

ROOM_PX = 8
WIDTH_PX = 120
MOST_OFFERED = 6
"""Known groups that are listed without scrolling."""


class GroupEntry(QFrame):
    """Opened over the drawing.

    `entered` tells the text; who takes it closes the entry, or says what is wrong with it. After going elsewhere it is hidden
    already when it tells.
    """

    entered = Signal(str)
    left = Signal()

    def __init__(self, names: Sequence[str], paper: QWidget) -> None:
        super().__init__(paper)
        self._paper = paper
        self.setObjectName("groupEntryBox")
        self.setProperty("role", "card")
        self.line = _Line(self)
        self.line.setObjectName("groupEntry")
        self.line.setAccessibleName(self.tr("Element or group"))
        self.line.setPlaceholderText(self.tr("OMe, CO2H, TMS…"))
        self.line.setMinimumWidth(WIDTH_PX)
        # A click on the sentence leaves the keyboard with the text.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.line)
        self.fault = QLabel(self)
        self.fault.setObjectName("groupEntryFault")
        self.fault.setProperty("role", "error")
        self.fault.setWordWrap(True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.hide()
        # They are listed in the entry itself: a window of their own would take the keyboard where nothing manages windows.
        self._matching = QCompleter(sorted(set(names), key=str.lower), self)
        # Co and CO are different: what was typed is never replaced but by choosing.
        self._matching.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.offered = QListView(self)
        self.offered.setObjectName("groupEntryOffers")
        self.offered.setAccessibleName(self.tr("Known groups"))
        self.offered.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offered.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.offered.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.offered.setUniformItemSizes(True)
        self.offered.setModel(self._matching.completionModel())
        self.offered.clicked.connect(self._chosen)
        self.offered.hide()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(2)
        column.addWidget(self.line)
        column.addWidget(self.offered)
        column.addWidget(self.fault)
        self.line.textEdited.connect(self._edited)
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self._enter)
        self.line.given_up.connect(self.close_entry)
        self.line.focus_lost.connect(self._focus_lost)
        self._at = QPoint()
        self._closing = False
        self.hide()

    def open_at(self, place: QPoint, text: str = "") -> None:
        """Open at a place of the parent, with a text to be replaced by typing."""
        self._at = place
        self.line.setText(text)
        self.line.selectAll()
        self._offer("")
        self._say("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def say(self, sentence: str) -> None:
        """Stay open, and say what is wrong with the text."""
        self._offer("")
        self._say(sentence)
        self.line.setFocus()
        self.line.selectAll()

    def close_entry(self) -> None:
        """Close, and forget what was typed."""
        if self.isVisible() and not self._closing:
            self._closing = True
            # Who takes the keyboard takes it before the line is hidden: Qt would give it to whatever comes next in the window.
            self.left.emit()
            self.hide()
            self._closing = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the text is no stroke on the drawing beneath."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click beside the text is no stroke on the drawing beneath."""
        event.accept()

    def _enter(self) -> None:
        text = self.line.text().strip()
        if text:
            self.entered.emit(text)
        else:
            self.close_entry()

    def _chosen(self, index: QModelIndex) -> None:
        self.line.setText(str(index.data()))
        self._enter()

    def _edited(self, text: str) -> None:
        self._offer(text)
        self._say("")

    def _offer(self, text: str) -> None:
        """List the known groups that begin like a text, unless it is one of them and there is no other."""
        self._matching.setCompletionPrefix(text)
        matching = self._matching.completionCount() if text else 0
        only_itself = matching == 1 and self._matching.currentCompletion() == text
        self.offered.setVisible(matching > 0 and not only_itself)
        if matching:
            rows = min(MOST_OFFERED, matching)
            self.offered.setFixedHeight(rows * self.offered.sizeHintForRow(0) + 2 * self.offered.frameWidth())
            self.offered.setCurrentIndex(QModelIndex())
            self.offered.scrollToTop()

    def _step(self, step: int) -> None:
        """Take the next or last of the groups that are listed into the line; above the first stands what was typed."""
        if not self.offered.isVisible():
            return
        model = self.offered.model()
        row = min(max(self.offered.currentIndex().row() + step, -1), model.rowCount() - 1)
        index = model.index(row, 0)
        self.offered.setCurrentIndex(index)
        self.line.setText(str(index.data()) if index.isValid() else self._matching.completionPrefix())
        self.line.setModified(True)

    def _say(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))
        self.line.setProperty("fault", "true" if sentence else "false")
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        self.setMaximumWidth(max(WIDTH_PX, min(280, self._paper.width() - 2 * ROOM_PX)) if sentence else WIDTH_PX + 20)
        self._place()

    def _place(self) -> None:
        """Over the atom, but within the parent."""
        self._column.activate()
        width = min(self.maximumWidth(), max(self.sizeHint().width(), WIDTH_PX))
        height = self._column.heightForWidth(width) if self._column.hasHeightForWidth() else self.sizeHint().height()
        room = self._paper.rect()
        wanted = QRect(self._at.x() - 14, self._at.y() - self.line.sizeHint().height() // 2 - 4, width, height)
        wanted.moveRight(min(wanted.right(), room.right() - ROOM_PX))
        wanted.moveBottom(min(wanted.bottom(), room.bottom() - ROOM_PX))
        wanted.moveLeft(max(wanted.left(), ROOM_PX))
        wanted.moveTop(max(wanted.top(), ROOM_PX))
        self.setGeometry(wanted)

    def _focus_lost(self) -> None:
        if self._closing or not self.isVisible():
            return
        text = self.line.text().strip() if self.line.isModified() else ""
        self.close_entry()
        if text:
            self.entered.emit(text)


class _Line(QLineEdit):
    """A line of text that Esc and leaving give up."""

    given_up = Signal()
    focus_lost = Signal()
    stepped = Signal(int)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window, whose own meaning for it is another."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give up by Esc; no key goes on to the drawing, where Enter opens the entry again."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give up by going elsewhere, but not by changing to another program."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.focus_lost.emit()
