"""The sketcher: the drawing with its tools around it and its facts below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QWidget

from bitspec_gui.domain.sketch import Sketch, SketchReading
from bitspec_gui.sketch.valence import implied_hydrogens
from bitspec_gui.ui.sketcher.actions import SketchActions
from bitspec_gui.ui.sketcher.canvas import SketchCanvas
from bitspec_gui.ui.sketcher.clipboard import OWN_TYPE, is_for_window
from bitspec_gui.ui.sketcher.commands import SketchCommands
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.elements import ElementChoice
from bitspec_gui.ui.sketcher.footer import SketchFooter
from bitspec_gui.ui.sketcher.grouping import GroupTyping
from bitspec_gui.ui.sketcher.menus import MenuAsks, SketchMenu
from bitspec_gui.ui.sketcher.palette import sketch_palette
from bitspec_gui.ui.sketcher.reading_marks import ReadingMarks
from bitspec_gui.ui.sketcher.saving import PictureSaving
from bitspec_gui.ui.sketcher.selected_part import formula_of
from bitspec_gui.ui.sketcher.tool_bar import AtomRow, CommandRow, ToolPad
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.workers.runner import Runner

MINIMUM_PX = (300, 340)


class SketcherPanel(QWidget):
    """Commands above the drawing, tools at its left, elements and facts below.

    `sketch_changed` tells the sketch after each stroke; who reads it answers by `show_reading`. `structures_found` tells of a
    paste that held several structures, of which the first is drawn; `window_paste_wanted` that the clipboard holds files or
    peaks, which are the window's business.
    """

    sketch_changed = Signal(object)
    told = Signal(str)
    failed = Signal(object)
    structures_found = Signal(object)
    window_paste_wanted = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sketcherPanel")
        self.setAccessibleName(self.tr("Drawing of the molecule"))
        self.setMinimumSize(*MINIMUM_PX)
        self.setAcceptDrops(True)
        self._runner = runner
        self.editor = SketchEditor(self)
        self.canvas = SketchCanvas(self.editor, self)
        # What is dropped on the drawing is taken here; files go on to the window.
        self.canvas.setAcceptDrops(False)
        self.canvas.viewport().setAcceptDrops(False)
        self.actions_ = SketchActions(self)
        self.saving = PictureSaving(runner, self)
        self.pad = ToolPad(self.actions_, self)
        self.command_row = CommandRow(self.actions_, self)
        self.atom_row = AtomRow(self.actions_, self)
        self.footer = SketchFooter(self.actions_["hydrogens"], self)
        self.elements = ElementChoice(self.editor, self.actions_, self.atom_row, runner, self)
        self.groups = GroupTyping(self.editor, self.canvas, self)
        self._marks = ReadingMarks(self.editor, self.canvas.item, self)
        self.commands = SketchCommands(self.editor, self._marks, runner, self)
        self._arrange()
        self._connect()
        self.set_colours(LIGHT)
        self._history_changed()
        self._selection_changed()

    # What others say to it

    @property
    def sketch(self) -> Sketch:
        """What is drawn."""
        return self.editor.sketch

    @property
    def actions_by_group(self) -> Mapping[str, tuple[QAction, ...]]:
        """Actions for menus, by group; `fill_draw_menu` makes a whole menu of them."""
        return self.actions_.by_group

    def set_sketch(self, sketch: Sketch, words: str) -> None:
        """Put another drawing in the place of this one, as a step to undo that is called `words`."""
        self.editor.replace(sketch, words)

    def set_look_up(self, look_up: Callable[[str], str]) -> None:
        """Say what gives the SMILES of a name or CAS number that is pasted; it is called in the lane ``sketch``."""
        self.commands.look_up = look_up

    def show_reading(self, reading: SketchReading) -> None:
        """Show what chemistry says to the drawing on show."""
        self.footer.show_reading(reading)
        self._marks.show(reading)
        self.saving.stem = reading.formula or "structure"
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """Say that the facts are of an older drawing; they stay until the new ones are there."""
        self.footer.set_busy(busy)

    def set_tint(self, tint: Mapping[int, str]) -> None:
        """Colours (``#rrggbb``) behind atoms by their ids; none takes them away."""
        self.canvas.item.set_tint(tint)

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self.canvas.set_colours(colours)
        self.actions_.paint_icons(colours.text)
        self.atom_row.set_colours(dict(sketch_palette(colours).elements), colours.text)
        self.elements.set_colours(colours)

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self.set_busy(False)
        self.groups.entry.close_entry()
        for key in ("sketch-command", "sketch-paste", "sketch-copy"):
            self._runner.abandon(key)

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take structures and text; files are the window's."""
        self._accept_if_ours(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take structures and text; files are the window's."""
        self._accept_if_ours(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Draw what was dropped: a part of a drawing where it was dropped, another structure instead of the drawing."""
        data = event.mimeData()
        if is_for_window(data):
            event.ignore()
            return
        event.acceptProposedAction()
        at = self.canvas.viewport().mapFrom(self, event.position())
        self.commands.take(data, self.canvas.paper_point(at) if self.canvas.viewport().rect().contains(at.toPoint()) else None)

    @staticmethod
    def _accept_if_ours(event: QDragMoveEvent) -> None:
        data = event.mimeData()
        ours = not is_for_window(data) and (data.hasText() or any(kind.startswith("chemical/") for kind in data.formats()))
        if ours or data.hasFormat(OWN_TYPE):
            event.acceptProposedAction()
        else:
            event.ignore()

    # Parts

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(3)
        grid.addWidget(self.command_row, 0, 0, 1, 2)
        grid.addWidget(self.pad, 1, 0)
        grid.addWidget(self.canvas, 1, 1)
        grid.addWidget(self.atom_row, 2, 0, 1, 2)
        grid.addWidget(self.footer, 3, 0, 1, 2)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(1, 1)

    def _connect(self) -> None:
        editor, canvas, a = self.editor, self.canvas, self.actions_
        editor.changed.connect(self._changed)
        editor.selection_changed.connect(self._selection_changed)
        editor.tool_changed.connect(a.show_tool)
        a.tool_wanted.connect(self._take_tool)
        canvas.menu_wanted.connect(self._open_menu)
        canvas.copy_wanted.connect(self.commands.copy)
        canvas.cut_wanted.connect(self.commands.cut)
        canvas.paste_wanted.connect(lambda: self.commands.paste(canvas.pointer_place()))
        for told in (self.commands.told, self.saving.told, self.groups.told, self.footer.told):
            told.connect(self.told)
        for failed in (self.commands.failed, self.saving.failed, self.elements.failed):
            failed.connect(self.failed)
        self.commands.structures_found.connect(self.structures_found)
        self.commands.window_paste_wanted.connect(self.window_paste_wanted)
        editor.undo_stack.indexChanged.connect(self._history_changed)
        self._connect_commands()
        shortcut = QShortcut(QKeySequence("Ctrl+Shift+K"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.commands.clean)

    def _connect_commands(self) -> None:
        a, commands, canvas, stack = self.actions_, self.commands, self.canvas, self.editor.undo_stack
        for name, do in {
            "undo": stack.undo, "redo": stack.redo, "cut": commands.cut, "copy": commands.copy,
            "paste": commands.paste, "delete": commands.delete, "clear": commands.clear, "select_all": self.editor.select_all,
            "clean": commands.clean, "zoom_in": canvas.zoom_in, "zoom_out": canvas.zoom_out, "fit": canvas.fit_to_view,
            "flip_horizontally": partial(commands.flip, horizontally=True),
            "flip_vertically": partial(commands.flip, horizontally=False),
            "save_picture": lambda: self.saving.ask(self.editor.sketch, self._marks.rings),
        }.items():  # fmt: skip
            a[name].triggered.connect(lambda _checked=False, do=do: do())
        for form in ("smiles", "inchi", "inchikey", "molblock", "picture"):
            a[f"copy_{form}"].triggered.connect(lambda _checked=False, form=form: commands.copy_as(form))
        a["hydrogens"].triggered.connect(commands.show_hydrogens)
        a["aromatic"].toggled.connect(self._marks.set_aromatic)
        a["stereo"].toggled.connect(self._marks.set_stereo)

    def _take_tool(self, name: str) -> None:
        self.editor.set_tool(name)
        # Keys are pressed over the drawing next.
        self.canvas.setFocus()

    def _changed(self, sketch: Sketch) -> None:
        self._show_hydrogens_state()
        self._selection_changed()
        self.sketch_changed.emit(sketch)

    def _show_hydrogens_state(self) -> None:
        sketch = self.editor.sketch
        plain = any(atom.symbol == "H" and not (atom.isotope or atom.charge) for atom in sketch.atoms.values())
        # Hydrogens that are drawn for their wedges alone are not all that there are.
        self.actions_["hydrogens"].setChecked(plain and not any(implied_hydrogens(sketch, atom) for atom in sketch.atoms))

    def _selection_changed(self) -> None:
        selection = self.editor.selection
        atoms = selection.atoms_with_ends(self.editor.sketch)
        whole = len(atoms) == len(self.editor.sketch.atoms)
        formula, mass = ("", None) if whole else formula_of(self.editor.sketch, atoms)
        self.footer.show_selection(formula, mass)
        for name in ("cut", "delete"):
            self.actions_[name].setEnabled(bool(selection))

    def _history_changed(self) -> None:
        stack, a = self.editor.undo_stack, self.actions_
        for action, can, words, what, keys in (
            (a["undo"], stack.canUndo(), self.tr("Undo"), stack.undoText(), "Ctrl+Z"),
            (a["redo"], stack.canRedo(), self.tr("Redo"), stack.redoText(), "Ctrl+Shift+Z"),
        ):
            action.setEnabled(can)
            action.setToolTip(f"{words}: {what} ({keys})" if what else f"{words} ({keys})")
        for name in ("clear", "clean", "copy", "select_all", "save_picture", "flip_horizontally", "flip_vertically"):
            a[name].setEnabled(bool(self.editor.sketch))
        for action in a.by_group["export"]:
            action.setEnabled(bool(self.editor.sketch))

    def _open_menu(self, at: QPoint) -> None:
        """Open the menu of what is pointed at, at a point of the screen."""
        place = self.canvas.paper_point(self.canvas.viewport().mapFromGlobal(QPointF(at)))
        asking = MenuAsks(self.groups.ask, partial(self.elements.ask_for, at), partial(self.commands.paste, place))
        menu = SketchMenu(self.editor, self.actions_, self.editor.hover, asking, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)
