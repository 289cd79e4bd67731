"""Changing libraries and their entries: asks, works in a lane of its own, and offers to undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.errors import BitSpecError, DamagedDatabase
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.library_edits import EditDone, EditHistory, KeptReport, TagInfo
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.library_editing import LibraryEditor
from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.dialogs.edit_entry import EditEntryDialog
from bitspec_gui.ui.dialogs.import_reports import ImportReportsDialog
from bitspec_gui.ui.dialogs.own_library import LibraryNameDialog, MergeDialog, TargetLibraryDialog
from bitspec_gui.ui.dialogs.tags import TagChanges, TagsDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.library_actions import allow
from bitspec_gui.ui.library_flow import LibraryFlow
from bitspec_gui.ui.panels.library import LibraryPanel
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner

LOOKED_AT = 1000
"""Entries of a selection that are looked at to say what is allowed, and which tags they bear; the database has the last word."""


class LibraryEditing(QObject):
    """Does what the `LibraryActions` of a panel say; ``learn_wanted`` carries ids of entries to learn from, and their library."""

    told = Signal(str)
    failed = Signal(object)
    learn_wanted = Signal(object, str)

    def __init__(
        self,
        window: QWidget,
        services: Services,
        runner: Runner,
        state: WindowState,
        panel: LibraryPanel,
        flow: LibraryFlow,
    ) -> None:
        super().__init__(window)
        self._libraries, self._editor = services.libraries, services.editing
        self._runner, self._state = runner, state
        self._panel, self._flow, self._window = panel, flow, window
        self._drawings = Drawings(services.prediction, runner, self)
        self._history = EditHistory()
        self._tags: tuple[TagInfo, ...] = ()
        self._next_row: int | None = None
        a = panel.edits
        what: list[tuple[Any, Callable[[], None]]] = [
            (a.undo, self._undo), (a.redo, self._redo), (a.edit_entry, self._edit), (a.delete_entries, self._delete),
            (a.tag_entries, self._tag), (a.copy_entries, self._copy), (a.move_entries, self._move),
            (a.new_library, self._new), (a.rename_library, self._rename), (a.merge_libraries, self._merge),
            (a.import_reports, self._list_reports), (a.learn_from, self._learn),
        ]  # fmt: skip
        for action, do in what:
            action.triggered.connect(lambda _checked=False, do=do: do())
        panel.table.chosen.connect(self._allow)
        panel.libraries_table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        panel.model.counted.connect(self._select_next)
        panel.came_into_view.connect(lambda _shown: self._allow())
        flow.removed.connect(self._offer_library_back)
        state.libraries_changed.connect(self._libraries_changed)
        self._allow()

    # What is allowed

    def _libraries_changed(self) -> None:
        self._allow()
        if self._state.libraries is not None and not self._state.library_problem:
            self._runner.submit(
                "query", _history_and_tags, self._editor, on_done=self._take_history, on_error=self._fail, key="edit-history"
            )

    def _take_history(self, both: tuple[EditHistory, list[TagInfo]]) -> None:
        self._history, self._tags = both[0], tuple(both[1])
        self._panel.filters.show_tags([(tag.name, tag.entries) for tag in self._tags])
        self._allow()

    def _allow(self) -> None:
        """Enable what can be done now; what cannot says why."""
        edits, shown = self._panel.edits, self._panel.isVisible()
        elsewhere = "" if shown else self.tr("Open the Library tab for this.")
        undo, redo = self._history.undo_text, self._history.redo_text
        edits.undo.setText(self.tr("&Undo: %1").replace("%1", undo) if undo else self.tr("&Undo"))
        edits.redo.setText(self.tr("&Redo: %1").replace("%1", redo) if redo else self.tr("&Redo"))
        allow(edits.undo, elsewhere or ("" if undo else self.tr("There is no change of libraries or entries to take back.")))
        allow(edits.redo, elsewhere or ("" if redo else self.tr("Nothing was taken back.")))
        nothing = elsewhere or ("" if self._panel.table.selected_number else self.tr("Select entries in the table first."))
        fixed = nothing or self._why_fixed()
        for action in (edits.tag_entries, edits.copy_entries, edits.learn_from):
            allow(action, nothing)
        for action in (edits.edit_entry, edits.move_entries, edits.delete_entries):
            allow(action, fixed)
        own = [library for library in self._state.libraries or () if not library.embedded]
        allow(edits.rename_library, "" if own else self.tr("There is no library of your own."))
        allow(edits.merge_libraries, "" if len(own) > 1 else self.tr("There are no two libraries of your own."))

    def _why_fixed(self) -> str:
        """Why the entries selected cannot be changed, or nothing if nothing is known against it."""
        embedded = {library.name for library in self._state.libraries or () if library.embedded}
        entries = self._panel.table.fetched_among_selected(LOOKED_AT) if embedded else []
        name = next((entry.library for entry in entries if entry.library in embedded), None)
        listed = next((each for each in self._state.libraries or () if each.library_id == self._panel.filter.currentData()), None)
        if name is None and listed is not None and listed.embedded:
            name = listed.name
        words = self.tr("“%1” comes with BitSpec and cannot be changed. Copy its entries into a library of your own.")
        return words.replace("%1", name) if name is not None else ""

    # Entries

    def _learn(self) -> None:
        """Hand the entries selected on, to be learned from."""
        table = self._panel.table
        if table.selected_number:
            entry = self._state.entry
            self.learn_wanted.emit(table.selected_ids, self._panel.selected_library or (entry.library if entry else ""))

    def _edit(self) -> None:
        table = self._panel.table
        ids, entry = table.selected_ids, table.only_selected
        if not ids.size or (ids.size == 1 and entry is None):
            return
        dialog = EditEntryDialog(
            entry, int(ids.size), self._drawings, dark=self._state.colours.dark, parent=self._window
        )  # fmt: skip
        dialog.wanted.connect(lambda changes: self._do(dialog, self._editor.edit, ids, changes))
        dialog.open()

    def _delete(self) -> None:
        table = self._panel.table
        ids, rows = table.selected_ids, table.selected_rows
        if ids.size:
            self._do(None, self._editor.delete, ids, next_row=int(rows[0]))

    def _tag(self) -> None:
        table = self._panel.table
        ids = table.selected_ids
        if not ids.size:
            return
        entries = table.fetched_among_selected(LOOKED_AT)
        borne = [frozenset(entry.tags) for entry in entries]
        everywhere = frozenset.intersection(*borne) if len(borne) == ids.size else frozenset[str]()
        perhaps = frozenset().union(*borne) if len(borne) == ids.size else frozenset(tag.name for tag in self._tags)
        dialog = TagsDialog(self._tags, everywhere, perhaps, int(ids.size), self._window)
        dialog.wanted.connect(lambda changes: self._change_tags(dialog, ids, changes))
        dialog.open()

    def _change_tags(self, dialog: TagsDialog, ids: NDArray[np.int64], changes: TagChanges) -> None:
        if changes.added and changes.removed:
            # Two edits: each can be undone by itself.
            self._do(None, self._editor.remove_tags, ids, changes.removed)
        if changes.added:
            self._do(dialog, self._editor.add_tags, ids, changes.added)
        else:
            self._do(dialog, self._editor.remove_tags, ids, changes.removed)

    def _copy(self) -> None:
        words = self.tr("Copy %1 entries into this library of your own, or into a new one:")
        self._send(self.tr("Copy into a library"), words, self.tr("Copy"), self._editor.copy_entries, None)

    def _move(self) -> None:
        words = self.tr("Move %1 entries into this library of your own, or into a new one:")
        rows = self._panel.table.selected_rows
        after = int(rows[0]) if rows.size else None
        self._send(self.tr("Move into a library"), words, self.tr("Move"), self._editor.move_entries, after)

    def _send(self, title: str, words: str, verb: str, do: Callable[..., EditDone], next_row: int | None) -> None:
        ids = self._panel.table.selected_ids
        if not ids.size:
            return
        libraries = self._state.libraries or ()
        dialog = TargetLibraryDialog(title, words.replace("%1", f"{ids.size:,}"), verb, libraries, self._window)

        dialog.wanted.connect(lambda name: self._do(dialog, do, ids, name, next_row=next_row))
        dialog.open()

    # Libraries

    def _new(self) -> None:
        words = self.tr("An empty library of your own, to copy or move entries into:")
        dialog = LibraryNameDialog(self.tr("New library"), words, self.tr("Make it"), "", self._window)
        dialog.wanted.connect(lambda name: self._do(dialog, self._editor.new_library, name))
        dialog.open()

    def _rename(self) -> None:
        library = self._chosen_library()
        if library is None:
            self.told.emit(self.tr("Select the library to rename in the table of libraries first."))
            return
        if library.embedded:
            self.told.emit(self.tr("“%1” comes with BitSpec and keeps its name.").replace("%1", library.name))
            return
        words = self.tr("Another name for “%1”:").replace("%1", library.name)
        dialog = LibraryNameDialog(self.tr("Rename a library"), words, self.tr("Rename"), library.name, self._window)
        dialog.wanted.connect(lambda name: self._do(dialog, self._editor.rename_library, library.name, name))
        dialog.open()

    def _merge(self) -> None:
        library = self._chosen_library()
        chosen = library.name if library is not None and not library.embedded else None
        dialog = MergeDialog(self._state.libraries or (), chosen, self._window)
        dialog.wanted.connect(lambda both: self._do(dialog, self._editor.merge_libraries, *both))
        dialog.open()

    def _chosen_library(self) -> LibraryInfo | None:
        """The library selected, else the one whose entries are listed, else the only one of one's own."""
        libraries = self._state.libraries or ()
        own = [library for library in libraries if not library.embedded]
        selected = next((library for library in libraries if library.name == self._panel.selected_library), None)
        listed = next((library for library in libraries if library.library_id == self._panel.filter.currentData()), None)
        return selected or listed or (own[0] if len(own) == 1 else None)

    # Reports of imports

    def _list_reports(self) -> None:
        self._runner.submit(
            "query",
            self._libraries.import_reports,
            on_done=self._show_reports,
            on_error=self._fail,
            key="import-reports",
        )

    def _show_reports(self, reports: list[KeptReport]) -> None:
        dialog = ImportReportsDialog(reports, self._window)
        dialog.show_wanted.connect(self._flow.imported)
        dialog.forget_wanted.connect(
            lambda report_id: self._runner.submit("edit", self._libraries.remove_import_report, report_id, on_error=self._fail)
        )
        dialog.open()

    # Doing and undoing

    def _undo(self) -> None:
        self._do(None, self._editor.undo, offer=False)

    def _redo(self) -> None:
        self._do(None, self._editor.redo)

    def _do(
        self,
        dialog: AskingDialog | None,
        work: Callable[..., EditDone],
        *args: Any,
        offer: bool = True,
        next_row: int | None = None,
    ) -> None:
        """Run an edit in its lane; a dialog stays open until it is done, and takes the sentence if it is refused."""

        def done(edit: EditDone) -> None:
            if dialog is not None:
                dialog.accept()
            self._next_row = next_row
            self._done(edit, offer)

        def failed(error: Exception) -> None:
            if dialog is not None and dialog.isVisible() and isinstance(error, BitSpecError):
                dialog.refuse(str(error))
            else:
                self._fail(error)
            self._flow.has_changed()

        stoppable = work == self._editor.edit
        self._runner.submit(
            "edit",
            work if stoppable else _whole,
            *(() if stoppable else (work,)),
            *args,
            title=self.tr("Changing libraries"),
            cancellable=True,
            on_done=done,
            on_error=failed,
            on_cancel=lambda: self._cancelled(dialog),
        )

    def _cancelled(self, dialog: AskingDialog | None) -> None:
        if dialog is not None:
            dialog.refuse(self.tr("Cancelled: nothing was changed."))

    def _done(self, edit: EditDone, offer: bool) -> None:
        sentence = " ".join([edit.description + ".", *edit.notes])
        self.told.emit(sentence)
        self._panel.offer_to_undo(sentence if offer else " ".join(edit.notes))
        self._flow.has_changed()

    def _offer_library_back(self, library: LibraryInfo) -> None:
        if not library.embedded:
            self._panel.offer_to_undo(self.tr("The library “%1” was removed.").replace("%1", library.name))

    def _select_next(self, total: int) -> None:
        """After rows went, the one that came into their place is selected, so that Del can be pressed again."""
        row, self._next_row = self._next_row, None
        if row is not None and total and not self._panel.table.selected_number:
            self._panel.table.selectRow(min(row, total - 1))

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DamagedDatabase):
            self._flow.damaged.emit(error)
        else:
            self.failed.emit(error)


def _history_and_tags(editor: LibraryEditor) -> tuple[EditHistory, Sequence[TagInfo]]:
    """What can be undone, and all tags; in the query lane."""
    return editor.history(), editor.tags()


def _whole(work: Callable[..., EditDone], *args: Any, progress: ReportProgress, cancel: CancelToken) -> EditDone:
    """An edit that is one step: it can be cancelled while it waits, but not halfway; in the edit lane."""
    cancel.raise_if_cancelled()
    return work(*args)
