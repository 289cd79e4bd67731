"""Names that are suggested under a text field while someone types one."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bitspec_gui.domain.chemical_names import KnownCompound, folded, is_rather_a_name, may_be_either
from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.workers.runner import Runner

ROWS_SHOWN = 8
LIMIT = 12
WIDEST_PX = 620
COMPOUND_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DETAIL_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_GAP_PX = 14

_log = logging.getLogger(__name__)


class NameSuggestions(QObject):
    """A list of compounds that a text may be going to name. It never takes the focus: the text field hands it its keys."""

    chosen = Signal(object)
    answered = Signal()

    def __init__(self, field: QWidget, names: CompoundNames, runner: Runner) -> None:
        super().__init__(field)
        self._field, self._names, self._runner = field, names, runner
        self._text = ""
        self._waiting = self._dismissed = False
        self._model = QStandardItemModel(self)
        self.list = _SuggestionList(field)
        self.list.setModel(self._model)
        self.list.clicked.connect(self._clicked)

    @property
    def compounds(self) -> tuple[KnownCompound, ...]:
        """What is suggested."""
        return tuple(self._model.item(row).data(COMPOUND_ROLE) for row in range(self._model.rowCount()))

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self.list.isVisible()

    def follow(self, text: str) -> None:
        """Suggest names for what is typed, as soon as they are found; none for a SMILES."""
        self._text, self._dismissed = text, False
        if not (is_rather_a_name(text) or may_be_either(text)):
            self.close()
            return
        self._waiting = True
        self._runner.submit("names", self._names.complete, text, LIMIT, on_done=self._found, on_error=self._failed, key=self._key)

    def forget_choice(self) -> None:
        """Another text is being typed: what the arrow keys came to is of the old one."""
        self.list.setCurrentIndex(QModelIndex())

    def close(self) -> None:
        """Suggest nothing until something else is typed."""
        self._runner.abandon(self._key)
        self._waiting = False
        self._model.clear()
        self._field.setAccessibleDescription("")
        self.list.hide()

    def expects_more(self, text: str) -> bool:
        """Whether the text is better not read yet: it seems to be the beginning of a name, and whoever types may go on."""
        if text != self._text or not is_rather_a_name(text):
            return False
        if self._waiting:
            return True
        key = folded(text)
        return (self.is_open or self._dismissed) and all(folded(each.matched) != key for each in self.compounds)

    def is_settled(self, text: str) -> bool:
        """Whether nothing else can well be meant: the text is the usual name of what is suggested first, if anything is."""
        return not self._waiting and (not self.is_open or folded(self.compounds[0].name) == folded(text))

    def take_key(self, key: int) -> bool:
        """Do what a key means to the list: arrows step, Enter chooses, Esc closes; False if it means nothing to it."""
        if not self.is_open:
            return False
        if key in _STEPS:
            self._step(_STEPS[key])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentIndex().isValid():
            self._clicked(self.list.currentIndex())
            return True
        if key == Qt.Key.Key_Escape:
            self.list.hide()
            self._dismissed = True
            return True
        return False

    def _step(self, by: int) -> None:
        """Rows and, between the last and the first, none, so that Enter means the text again."""
        rows, current = self._model.rowCount(), self.list.currentIndex()
        at = current.row() if current.isValid() else (-1 if by > 0 else rows)
        at = max(0, min(rows - 1, at + by)) if abs(by) > 1 else at + by
        self.list.setCurrentIndex(self._model.index(at, 0) if 0 <= at < rows else QModelIndex())

    def _found(self, compounds: Sequence[KnownCompound]) -> None:
        self._waiting = False
        self._model.clear()
        for each in compounds:
            item = QStandardItem(each.name)
            item.setData(each, COMPOUND_ROLE)
            detail = _detail(each)
            item.setData(detail, DETAIL_ROLE)
            item.setData(f"{each.name}, {detail}" if detail else each.name, Qt.ItemDataRole.AccessibleTextRole)
            item.setEditable(False)
            self._model.appendRow(item)
        shown = bool(compounds) and self._field.isVisible() and self._field.hasFocus()
        words = self.tr("%1 compounds are suggested; the down arrow chooses one").replace("%1", str(len(compounds)))
        self._field.setAccessibleDescription(words if shown else "")
        if shown:
            self.list.show_under(self._field)
        else:
            self.list.hide()
        self.answered.emit()

    def _failed(self, error: Exception) -> None:
        self.close()
        if isinstance(error, BitSpecError):
            _log.warning("No names are suggested: %s", error)
        else:
            self._runner.failed.emit(error)
        self.answered.emit()

    def _clicked(self, index: QModelIndex) -> None:
        compound = index.data(COMPOUND_ROLE)
        self.close()
        self.chosen.emit(compound)

    @property
    def _key(self) -> str:
        return f"names-{id(self)}"


class _SuggestionList(QListView):
    """The list itself: a part of the window, so that no window manager has a say in where it is and what has the focus."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field.window())
        self.setObjectName(f"{field.objectName()}Suggestions")
        self.setAccessibleName(self.tr("Compounds of a name like this"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_SuggestionDelegate(self))
        self.hide()

    def show_under(self, field: QWidget) -> None:
        """Show it below the field, or above where there is more room."""
        window = field.window()
        if self.parentWidget() is not window:
            # The field was put into its window after the list was made.
            self.setParent(window)
        rows = min(ROWS_SHOWN, self.model().rowCount())
        height = rows * self.sizeHintForRow(0) + 2 * self.frameWidth()
        place = QRect(field.mapTo(window, QPoint(0, 0)), field.size())
        below = window.height() - place.bottom() - 4
        if below < height and place.top() > below:
            height = min(height, place.top() - 4)
            top = place.top() - height - 1
        else:
            height = min(height, below)
            top = place.bottom() + 2
        self.setGeometry(place.left(), top, min(place.width(), WIDEST_PX), height)
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()
        self.show()
        self.raise_()


class _SuggestionDelegate(QStyledItemDelegate):
    """A name, and behind it in a fainter colour what else tells the compound."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line of text with some air."""
        return QSize(100, option.fontMetrics.height() + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Background and selection as in other lists, the name, and the detail as far as there is room."""
        self.initStyleOption(option, index)
        option.text = ""
        style, room = option.widget.style(), option.rect.adjusted(8, 0, -8, 0)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        metrics, align = option.fontMetrics, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        detail = index.data(DETAIL_ROLE)
        least = min(metrics.horizontalAdvance(detail) + _GAP_PX, room.width() // 3) if detail else 0
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, room.width() - least)
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(room, align, name)
        rest = room.adjusted(metrics.horizontalAdvance(name) + _GAP_PX, 0, 0, 0)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(rest, align, metrics.elidedText(detail, Qt.TextElideMode.ElideRight, rest.width()))
        painter.restore()


def _detail(compound: KnownCompound) -> str:
    """The name by which it was found, if that is another, and the CAS number."""
    same = folded(compound.matched) == folded(compound.name) or compound.matched == compound.cas
    return " · ".join(each for each in ("" if same else compound.matched, compound.cas) if each)


_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: ROWS_SHOWN,
    Qt.Key.Key_PageUp: -ROWS_SHOWN,
}
