"""What can be done with datasets and their spectra: actions of the *Train* tab, its menus and its keys."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from bitspec_gui.ui.library_actions import allow
from bitspec_gui.ui.theme import icon


@dataclass(frozen=True)
class TrainActions:
    """Actions of the spectra page; who does them is connected by `ui.training_asking`."""

    add_files: QAction
    from_library: QAction
    look_names_up: QAction
    new_dataset: QAction
    rename_dataset: QAction
    remove_dataset: QAction
    import_reports: QAction
    use: QAction
    leave_out: QAction
    leave_to_bitspec: QAction
    edit_spectrum: QAction
    delete_spectra: QAction
    copy_rows: QAction
    select_all: QAction
    undo: QAction
    redo: QAction
    structures: QAction

    @property
    def of_spectra(self) -> tuple[QAction, ...]:
        """Those that need spectra to be selected."""
        return (self.use, self.leave_out, self.leave_to_bitspec, self.edit_spectrum, self.delete_spectra, self.copy_rows)

    @property
    def of_dataset(self) -> tuple[QAction, ...]:
        """Those that need a dataset."""
        return (self.rename_dataset, self.remove_dataset, self.import_reports)


_ICONS = {
    "add_files": "open", "from_library": "library", "look_names_up": "search", "new_dataset": "new", "rename_dataset": "edit",
    "remove_dataset": "remove", "import_reports": "log", "use": "keep", "leave_out": "cancel", "edit_spectrum": "edit",
    "delete_spectra": "remove", "copy_rows": "copy", "undo": "undo", "redo": "redo", "structures": "molecule",
}  # fmt: skip

_IN_TABLE = {"edit_spectrum", "delete_spectra", "copy_rows", "select_all"}
"""Their keys mean something else in other places, such as a line of text."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("TrainActions", text)


def _words() -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Text, keys and explanation of each action."""
    return {
        "add_files": (_tr("&Add files…"), (), _tr("Read spectra with structures, or a table of SMILES, into this dataset")),
        "from_library": (_tr("From the &library…"), (), _tr("Take measured spectra that are in your libraries")),
        "look_names_up": (
            _tr("Look &names up…"), (), _tr("Find structures by the names of spectra that have none; you decide which to take"),
        ),
        "new_dataset": (_tr("&New dataset…"), (), _tr("Begin another, empty dataset")),
        "rename_dataset": (_tr("&Rename…"), (), _tr("Give this dataset another name")),
        "remove_dataset": (_tr("Re&move this dataset"), (), _tr("Put this dataset out of sight; Undo brings it back")),
        "import_reports": (_tr("Import re&ports…"), (), _tr("What became of the records of each file")),
        "use": (_tr("&Use for training"), (), _tr("Let the model learn from the spectra selected (Space)")),
        "leave_out": (_tr("&Leave out"), (), _tr("Keep the spectra selected, but learn nothing from them (Space)")),
        "leave_to_bitspec": (
            _tr("Leave the choice to &BitSpec"), (), _tr("Use the spectra selected if nothing is wrong with them"),
        ),
        "edit_spectrum": (_tr("&Edit…"), ("F2",), _tr("Change name, structure, instrument and energy")),
        "delete_spectra": (_tr("&Delete"), ("Del",), _tr("Take the spectra selected out of the dataset; Undo brings them back")),
        "copy_rows": (_tr("&Copy rows"), ("Ctrl+C",), _tr("Copy the rows selected as a table")),
        "select_all": (_tr("Select &all"), ("Ctrl+A",), _tr("Select every spectrum that is listed")),
        "undo": (_tr("&Undo"), ("Ctrl+Z",), _tr("Take back the last change")),
        "structures": (_tr("&Structures"), (), _tr("Show structures in the table; without them more rows fit")),
        "redo": (_tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), _tr("Do again what was taken back last")),
    }  # fmt: skip


def make_train_actions(parent: QObject) -> TrainActions:
    """Actions with texts and keys."""
    made: dict[str, QAction] = {}
    for name, (text, keys, tip) in _words().items():
        action = QAction(text, parent)
        action.setObjectName(f"train_{name}")
        action.setShortcuts([QKeySequence(key) for key in keys])
        widget_only = name in _IN_TABLE
        context = Qt.ShortcutContext.WidgetShortcut if widget_only else Qt.ShortcutContext.WidgetWithChildrenShortcut
        action.setShortcutContext(context)
        action.setProperty("explanation", f"{tip} ({keys[0]})" if keys else tip)
        made[name] = action
        allow(action, "")
    made["structures"].setCheckable(True)
    made["structures"].setChecked(True)
    return TrainActions(**made)


def paint_train_icons(actions: TrainActions, colour: str) -> None:
    """Draw the icons of all actions in a colour."""
    for each in fields(actions):
        if each.name in _ICONS:
            getattr(actions, each.name).setIcon(icon(_ICONS[each.name], colour))
