"""Where the menu bar offers to change libraries and their entries."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QMenu

from bitspec_gui.ui.library_actions import LibraryActions


def add_library_menus(window: QMainWindow, edits: LibraryActions) -> None:
    """Put Undo and Redo at the top of the Edit menu, and the rest at the end of the Library menu."""
    edit = window.menuBar().findChild(QMenu, "menuEdit")
    if edit is not None and edit.actions():
        first = edit.actions()[0]
        edit.insertActions(first, [edits.undo, edits.redo])
        edit.insertSeparator(first)
    library = window.menuBar().findChild(QMenu, "menuLibrary")
    if library is not None:
        library.addSeparator()
        library.addActions([edits.new_library, edits.rename_library, edits.merge_libraries, edits.rebuild_library])
        library.addSeparator()
        library.addActions([*edits.of_entries, edits.learn_from])
        library.addSeparator()
        library.addAction(edits.import_reports)
