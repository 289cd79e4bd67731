"""What can be done with libraries and their entries: actions of the Library tab, its menus and its keys."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from bitspec_gui.ui.theme import icon


@dataclass(frozen=True)
class LibraryActions:
    """Actions of the Library tab; who does them is connected by `ui.library_editing`."""

    undo: QAction
    redo: QAction
    edit_entry: QAction
    delete_entries: QAction
    tag_entries: QAction
    copy_entries: QAction
    move_entries: QAction
    select_all: QAction
    new_library: QAction
    rename_library: QAction
    merge_libraries: QAction
    rebuild_library: QAction
    learn_from: QAction
    import_reports: QAction

    @property
    def of_entries(self) -> tuple[QAction, ...]:
        """Those that need entries to be selected."""
        return (self.edit_entry, self.tag_entries, self.copy_entries, self.move_entries, self.delete_entries)


_ICONS = {
    "undo": "undo", "redo": "redo", "edit_entry": "edit", "delete_entries": "remove", "tag_entries": "tag",
    "copy_entries": "copy", "move_entries": "move", "new_library": "library", "rename_library": "edit",
    "merge_libraries": "merge", "rebuild_library": "restore", "learn_from": "keep", "import_reports": "log",
}  # fmt: skip

_IN_TABLES = {"edit_entry", "delete_entries", "select_all", "rename_library"}
"""Their keys mean something else in other places, such as a line of text."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("LibraryActions", text)


def _words() -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Text, keys and explanation of each action."""
    return {
        "undo": (_tr("&Undo"), ("Ctrl+Z",), _tr("Take back the last change of libraries or entries")),
        "redo": (_tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), _tr("Do again what was taken back last")),
        "edit_entry": (_tr("&Edit…"), ("F2",), _tr("Change name, structure, retention index and more of the entries selected")),
        "delete_entries": (_tr("&Delete"), ("Del",), _tr("Delete the entries selected; Undo brings them back")),
        "tag_entries": (_tr("&Tags…"), ("Ctrl+T",), _tr("Put tags on the entries selected, or take them off")),
        "copy_entries": (_tr("&Copy into a library…"), (), _tr("Copy the entries selected into a library of your own")),
        "move_entries": (_tr("&Move into a library…"), (), _tr("Move the entries selected into another library of your own")),
        "select_all": (_tr("Select &all"), ("Ctrl+A",), _tr("Select every entry that is listed")),
        "new_library": (_tr("&New library…"), (), _tr("Make an empty library of your own, to copy or move entries into")),
        "rename_library": (_tr("Re&name the library…"), ("F2",), _tr("Give a library of your own another name")),
        "merge_libraries": (_tr("&Merge libraries…"), (), _tr("Put the entries of several libraries into one")),
        "learn_from": (_tr("Use for trainin&g"), (), _tr("Let BitSpec learn from the measured spectra of the entries selected")),
        "rebuild_library": (_tr("&Predict the library anew…"), (), _tr("Predict its molecules again with the model in use")),
        "import_reports": (_tr("Import re&ports…"), (), _tr("What became of the records of earlier imports")),
    }


def make_library_actions(parent: QObject) -> LibraryActions:
    """Actions with texts and keys."""
    made: dict[str, QAction] = {}
    for name, (text, keys, tip) in _words().items():
        action = QAction(text, parent)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        if name in _IN_TABLES:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setProperty("explanation", f"{tip} ({keys[0]})" if keys else tip)
        made[name] = action
        allow(action, "")
    return LibraryActions(**made)


def allow(action: QAction, reason: str) -> None:
    """Enable an action, or disable it and say why not in its tool tip."""
    action.setEnabled(not reason)
    words = reason or str(action.property("explanation"))
    action.setToolTip(words)
    action.setStatusTip(words)


def paint_library_icons(actions: LibraryActions, colour: str) -> None:
    """Draw the icons of all actions in a colour."""
    for each in fields(actions):
        if each.name in _ICONS:
            getattr(actions, each.name).setIcon(icon(_ICONS[each.name], colour))
