"""What keys do to a drawing: to the atom or bond under the pointer, selected, or walked to with the arrows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch import edits
from bitspec_gui.sketch.geometry import centre
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.sketch.rings import ring_at
from bitspec_gui.sketch.transforms import moved, rotated
from bitspec_gui.ui.sketcher.editor import FIRST_TOOL, SketchEditor
from bitspec_gui.ui.sketcher.tools.tool import Point, tr
from bitspec_gui.ui.sketcher.walking import ahead_of, bond_ahead, place_of

NUDGE = 0.1
"""Step of Ctrl and an arrow, in bond lengths."""

_ORDER_TOOLS = {1: "single", 2: "double", 3: "triple"}


class Board(Protocol):
    """What the keyboard may ask of the canvas."""

    @property
    def editor(self) -> SketchEditor:
        """The sketch and its history."""

    def ask_text(self, target: int | Point) -> None:
        """Open the entry of an element or group."""

    def tell_current(self) -> None:
        """Show where the keyboard is."""

    def reveal(self, x: float, y: float) -> None:
        """Bring a place of the paper into sight."""

    def paper_in_sight(self) -> tuple[float, float, float, float]:
        """The part of the paper that is shown."""


class KeyStrokes:
    """Strokes without a mouse. They are about what the pointer is at; once arrows are used, about the atom or bond walked to.

    What is pointed at and selected stands for the whole selection; with nothing pointed at, strokes are about the selection, and
    without one they take tools.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self.walking = False
        """Whether the keyboard is at an atom or bond of its own."""

    # What keys are about
    @property
    def editor(self) -> SketchEditor:
        """The sketch and its history."""
        return self._board.editor

    @property
    def _sketch(self) -> Sketch:
        return self._board.editor.sketch

    def pointed(self) -> Picked:
        """The atom or bond that strokes are about, if they are about a single one."""
        editor = self._board.editor
        return editor.hover or (editor.current if self.walking else Picked())

    def _atoms_meant(self) -> frozenset[int]:
        pointed, chosen = self.pointed(), self._board.editor.selection
        if pointed.atom is not None and pointed.atom not in chosen.atoms:
            return frozenset((pointed.atom,))
        return frozenset() if pointed.bond is not None else chosen.atoms

    def _bonds_meant(self) -> frozenset[int]:
        pointed, chosen = self.pointed(), self._board.editor.selection
        if pointed.bond is not None and pointed.bond not in chosen.bonds:
            return frozenset((pointed.bond,))
        return frozenset() if pointed.atom is not None else chosen.bonds

    def _middle(self) -> Point:
        left, bottom, right, top = self._board.paper_in_sight()
        return (left + right) / 2, (bottom + top) / 2

    def place(self) -> Point:
        """Where the keyboard is on the paper."""
        return place_of(self._sketch, self._board.editor.current) or self._middle()

    # Strokes
    def set_element(self, symbol: str) -> None:
        """Make what is meant another element; place an atom on empty paper; else take the tool."""
        atoms = self._atoms_meant()
        if atoms:
            self._apply(edits.set_element(self._sketch, atoms, symbol), tr("Change element"))
        elif not self._sketch:
            sketch, placed = edits.add_atom(self._sketch, *self._middle(), symbol)
            self._begin(sketch, tr("Place atom"), placed)
        elif not self.pointed():
            self._board.editor.set_tool(f"element:{symbol}")

    def make_deuterium(self) -> None:
        """Make what is meant deuterium."""
        self._mark(lambda atoms: edits.set_isotope(edits.set_element(self._sketch, atoms, "H"), atoms, 2), tr("Change isotope"))

    def change_charge(self, by: int) -> None:
        """Add to the charge of what is meant."""
        self._mark(lambda atoms: edits.change_charge(self._sketch, atoms, by), tr("Change charge"))

    def cycle_radical(self) -> None:
        """Give what is meant the next number of unpaired electrons."""
        self._mark(lambda atoms: edits.cycle_radical(self._sketch, atoms), tr("Change radical"))

    def _mark(self, marked: Callable[[Iterable[int]], Sketch], words: str) -> None:
        atoms = self._atoms_meant()
        if atoms:
            self._apply(marked(atoms), words)

    def set_order(self, order: int) -> None:
        """Set the order of a bond, sprout one from an atom, or bond two selected atoms; else take the tool."""
        chosen, bonds = self._board.editor.selection, self._bonds_meant()
        pointed = self.pointed().atom
        pair = len(chosen.atoms) == 2 and (pointed is None or pointed in chosen.atoms)
        if pair and self.pointed().bond is None:
            one, other = sorted(chosen.atoms)
            self._apply(edits.add_bond(self._sketch, one, other, order)[0], tr("Draw bond"))
        elif bonds:
            self._apply(edits.set_bond(self._sketch, bonds, order), tr("Change bond"))
        elif pointed is not None:
            self._sprout(pointed, order)
        elif not self._sketch:
            sketch, first = edits.add_atom(self._sketch, *self._middle())
            sketch, end = edits.sprout(sketch, first, order)
            self._begin(sketch, tr("Draw bond"), end)
        else:
            self._board.editor.set_tool(_ORDER_TOOLS[order])

    def _sprout(self, atom: int, order: int, style: BondStyle = BondStyle.PLAIN) -> None:
        sketch, end = edits.sprout(self._sketch, atom, order=order, style=style)
        self._apply(sketch, tr("Draw bond"))
        if self.walking:
            self._go(Picked(atom=end))

    def set_style(self, style: BondStyle) -> None:
        """Make bonds wedged, hashed or wavy, again and again in turn; sprout such a bond from an atom; else take the tool."""
        pointed, bonds = self.pointed().atom, self._bonds_meant()
        if bonds:
            sketch = self._sketch
            for bond in bonds:
                sketch = _next_wedge(sketch, bond) if style is BondStyle.WEDGE else _styled(sketch, bond, style)
            self._apply(sketch, tr("Change bond"))
        elif pointed is not None:
            self._sprout(pointed, 1, style)
        else:
            self._board.editor.set_tool(style.value)

    def draw_ring(self, template: str) -> None:
        """Fuse a ring on a bond, hang it on an atom, or put it on empty paper; else take the tool."""
        target = self.pointed()
        if not target and self._sketch:
            self._board.editor.set_tool(template)
            return
        sketch = ring_at(self._sketch, template, target or self._middle())
        if self._sketch:
            self._apply(sketch, tr("Draw ring"))
        else:
            self._begin(sketch, tr("Draw ring"), next(iter(sketch.atoms)))

    def erase(self) -> None:
        """Erase what is pointed at, else what is selected."""
        atoms, bonds = self._atoms_meant(), self._bonds_meant()
        pointed, chosen = self.pointed(), self._board.editor.selection
        if pointed.atom in chosen.atoms or pointed.bond in chosen.bonds:
            atoms, bonds = chosen.atoms, chosen.bonds
        self._apply(edits.delete(self._sketch, atoms=atoms, bonds=bonds), tr("Erase"))

    def ask_text(self) -> None:
        """Open the entry of an element or group at the atom meant, or on empty paper."""
        atoms = self._atoms_meant()
        pointed = self.pointed().atom
        if pointed is not None or len(atoms) == 1:
            self._board.ask_text(next(iter(atoms)) if pointed is None else pointed)
        elif not self._sketch:
            self._board.ask_text(self._middle())

    def nudge(self, way: Point) -> None:
        """Shift the selection, or the atom meant, a little."""
        chosen = self._board.editor.selection.atoms_with_ends(self._sketch) or self._atoms_meant()
        shifted = moved(self._sketch, chosen, NUDGE * way[0], NUDGE * way[1])
        self._apply(shifted, tr("Move"), merge_key=f"nudge {sorted(chosen)}")

    def turn(self, degrees: float) -> None:
        """Turn the selection, or everything, about its middle."""
        chosen = self._board.editor.selection.atoms_with_ends(self._sketch) or frozenset(self._sketch.atoms)
        if chosen:
            turned = rotated(self._sketch, chosen, degrees, centre(self._sketch, chosen))
            self._apply(turned, tr("Turn"), merge_key=f"turn {sorted(chosen)}")

    def can_escape(self) -> bool:
        """Whether Esc has anything to end."""
        editor = self._board.editor
        return bool(editor.selection) or editor.tool != FIRST_TOOL

    def escape(self) -> None:
        """Select nothing; if nothing was selected, take the first tool."""
        editor = self._board.editor
        if editor.selection:
            editor.set_selection()
        else:
            editor.set_tool(FIRST_TOOL)

    # Walking
    def start_walking(self) -> None:
        """Let keys be about an atom or bond of their own, wherever the pointer is."""
        editor = self._board.editor
        self.walking = True
        if editor.hover:
            editor.set_current(editor.hover)
            editor.set_hover(Picked())
        if not editor.current and self._sketch:
            editor.set_current(Picked(atom=next(iter(self._sketch.atoms))))
        self._board.tell_current()

    def stop_walking(self) -> None:
        """Let keys be about what is under the pointer."""
        if self.walking:
            self.walking = False
            self._board.tell_current()

    def toggle_selected(self) -> None:
        """Select what keys are about, or no longer."""
        pointed, chosen = self.pointed(), self._board.editor.selection
        self._board.editor.set_selection(
            chosen.atoms ^ (frozenset() if pointed.atom is None else {pointed.atom}),
            chosen.bonds ^ (frozenset() if pointed.bond is None else {pointed.bond}),
        )

    def walk(self, way: Point, *, to_bond: bool) -> None:
        """Go to the atom, or the bond, that lies in a direction; the first time only show where the keyboard is."""
        was_pointing = bool(self.pointed())
        self.start_walking()
        current = self._board.editor.current
        if was_pointing and current:
            self._go((bond_ahead if to_bond else ahead_of)(self._sketch, current, way))

    def walk_to_end(self, index: int) -> None:
        """Go to the first (0) or the last (-1) atom drawn."""
        self.start_walking()
        if self._sketch:
            self._go(Picked(atom=list(self._sketch.atoms)[index]))

    def _go(self, picked: Picked) -> None:
        self._board.editor.set_current(picked)
        self._board.tell_current()
        self._board.reveal(*self.place())

    def _begin(self, sketch: Sketch, words: str, atom: int) -> None:
        """The first stroke on empty paper: the keyboard goes on from there."""
        self._apply(sketch, words)
        self._board.editor.set_hover(Picked())
        self.walking = True
        self._go(Picked(atom=atom))

    def _apply(self, sketch: Sketch, words: str, *, merge_key: str | None = None) -> None:
        self._board.editor.apply(sketch, words, merge_key=merge_key)


def _next_wedge(sketch: Sketch, bond: int) -> Sketch:
    """Plain, wedge, hash, then both from the other end, then plain again."""
    drawn = sketch.bonds[bond]
    if drawn.order != 1 or drawn.style not in (BondStyle.WEDGE, BondStyle.HASH):
        return edits.cycle_wedge(sketch, bond, BondStyle.WEDGE)
    if drawn.style is BondStyle.WEDGE:
        return edits.set_bond(sketch, (bond,), 1, BondStyle.HASH)
    first = edits.cycle_wedge(edits.set_bond(sketch, (bond,), 1), bond, BondStyle.WEDGE)
    if first.bonds[bond].begin == drawn.begin:
        return edits.flip_bond(edits.set_bond(sketch, (bond,), 1, BondStyle.WEDGE), bond)
    return edits.set_bond(sketch, (bond,), 1)


def _styled(sketch: Sketch, bond: int, style: BondStyle) -> Sketch:
    """A bond in a style, or plain again if it has it already; a double bond cannot be wavy, but crossed."""
    drawn = sketch.bonds[bond]
    if style is BondStyle.HASH:
        return edits.cycle_wedge(sketch, bond, style)
    wanted = BondStyle.EITHER if drawn.order == 2 else style
    return edits.set_bond(sketch, (bond,), 2 if drawn.order == 2 else 1, BondStyle.PLAIN if drawn.style is wanted else wanted)
