"""Marks on the drawing that come of its reading: faults, aromatic circles, stereo labels."""

from __future__ import annotations

from PySide6.QtCore import QObject

from bitspec_gui.domain.sketch import Sketch, SketchReading
from bitspec_gui.sketch.valence import valence_fault
from bitspec_gui.ui.sketcher.editor import SketchEditor
from bitspec_gui.ui.sketcher.sketch_item import SketchItem


class ReadingMarks(QObject):
    """Shows valence faults with each stroke, and what the reading says when it is there.

    Until a changed drawing has been read, marks of the last reading stay where the drawing is as it was.
    """

    def __init__(self, editor: SketchEditor, item: SketchItem, parent: QObject) -> None:
        super().__init__(parent)
        self._editor, self._item = editor, item
        self._reading = SketchReading()
        self._read = Sketch()
        self._aromatic = self._stereo = False
        editor.changed.connect(self._sketch_changed)

    @property
    def rings(self) -> tuple[tuple[int, ...], ...]:
        """Rings that are drawn with circles, as ids of the atoms around each."""
        rings = self._reading.aromatic_rings if self._aromatic else ()
        same = self._editor.sketch is self._read
        return tuple(ring for ring in rings if same or self._is_as_read(ring))

    def show(self, reading: SketchReading) -> None:
        """Mark what a reading of the drawing on show says."""
        self._reading, self._read = reading, self._editor.sketch
        self._mark()

    def set_aromatic(self, on: bool) -> None:
        """Whether aromatic rings are drawn with circles."""
        self._aromatic = on
        self._mark()

    def set_stereo(self, on: bool) -> None:
        """Whether R, S, E and Z are written."""
        self._stereo = on
        self._mark()

    def _sketch_changed(self, _sketch: Sketch) -> None:
        self._mark()

    def _mark(self) -> None:
        sketch = self._editor.sketch
        same = sketch is self._read
        faults = {atom: sentence for atom in sketch.atoms if (sentence := valence_fault(sketch, atom))}
        if same:
            for fault in self._reading.faults:
                for key in (*fault.atoms, *fault.bonds):
                    faults.setdefault(key, fault.sentence)
        self._item.set_faults(faults)
        self._item.set_aromatic_rings(self.rings)
        labels = self._reading.stereo_labels if self._stereo else {}
        self._item.set_stereo_labels({key: label for key, label in labels.items() if key in sketch.atoms or key in sketch.bonds})

    def _is_as_read(self, ring: tuple[int, ...]) -> bool:
        """Whether the atoms and bonds of a ring are those that were read."""
        now, then = self._editor.sketch, self._read
        for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
            if one not in now.atoms or other not in now.atoms or one not in then.atoms or other not in then.atoms:
                return False
            bond = now.bond_between(one, other)
            if bond is None or now.atoms[one].symbol != then.atoms[one].symbol:
                return False
            if then.bonds.get(bond) is None or now.bonds[bond].order != then.bonds[bond].order:
                return False
        return True
