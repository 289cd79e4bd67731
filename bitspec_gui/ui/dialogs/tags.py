"""Putting tags on entries, and taking them off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from bitspec_gui.domain.library_edits import TagInfo
from bitspec_gui.ui.dialogs.asking import AskingDialog

_NAME = Qt.ItemDataRole.UserRole
_BEFORE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class TagChanges:
    """Tags to put on, and tags to take off."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


class TagsDialog(AskingDialog):
    """All tags with a box each: checked on every entry, half checked on some or perhaps some, and a line for new ones.

    Parameters
    ----------
    tags : sequence of TagInfo
        Every tag that there is.
    on_all, on_some : set of str
        Tags that all of the entries bear, and those that some do; of entries that were not looked at, any tag may be on some.
    number : int
        How many entries are tagged.
    """

    def __init__(
        self, tags: Sequence[TagInfo], on_all: frozenset[str], on_some: frozenset[str], number: int, parent: QWidget
    ) -> None:
        title = parent.tr("Tags of an entry") if number == 1 else parent.tr("Tags of %1 entries")
        words = parent.tr("Tags are words of your own, for example “checked” or “project A”; entries can be listed by them.")
        super().__init__("editTags", title.replace("%1", f"{number:,}"), words, parent.tr("Save"), parent)
        self.list = QListWidget(self)
        self.list.setObjectName("tagList")
        self.list.setAccessibleName(self.tr("Tags"))
        for tag in tags:
            state = Qt.CheckState.Unchecked
            if tag.name in on_all:
                state = Qt.CheckState.Checked
            elif tag.name in on_some:
                state = Qt.CheckState.PartiallyChecked
            item = QListWidgetItem(f"{tag.name}  ({tag.entries:,})", self.list)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setData(_NAME, tag.name)
            item.setData(_BEFORE, state)
            item.setCheckState(state)
        self.list.setVisible(self.list.count() > 0)
        self.new = QLineEdit(self)
        self.new.setObjectName("newTags")
        self.new.setAccessibleName(self.tr("New tags, separated by commas"))
        self.new.setPlaceholderText(self.tr("New tags, separated by commas"))
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.new)
        self.new.setFocus()

    def answer(self) -> object:
        """Tags to add and to remove; None if nothing was changed."""
        added = [text for part in self.new.text().split(",") if (text := " ".join(part.split()))]
        removed: list[str] = []
        for row in range(self.list.count()):
            item = self.list.item(row)
            before, now = Qt.CheckState(item.data(_BEFORE)), item.checkState()
            if now != before and now != Qt.CheckState.PartiallyChecked:
                (added if now == Qt.CheckState.Checked else removed).append(str(item.data(_NAME)))
        return TagChanges(tuple(dict.fromkeys(added)), tuple(removed)) if added or removed else None
