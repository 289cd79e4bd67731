"""Asking for other words in fields, with a structure beside them that is drawn while it is typed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.views.structure import StructureView

DRAW_AFTER_MS = 300


class EditingDialog(AskingDialog):
    """The answer maps the fields that were changed to their text; it is None if none was.

    Parameters
    ----------
    structure : str
        Object name of the drawing.
    before : mapping
        Fields there are, with the text that they begin with.
    """

    def __init__(
        self,
        name: str,
        title: str,
        words: str,
        structure: str,
        before: Mapping[str, str],
        drawings: Drawings,
        *,
        dark: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(name, title, words, parent.tr("Save"), parent)
        self._drawings, self._dark = drawings, dark
        self._before = dict(before)
        self.fields: dict[str, QLineEdit | QPlainTextEdit] = {}
        self.structure = StructureView(structure, self)
        self._drawn_by: tuple[str, ...] = ()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DRAW_AFTER_MS)
        self._pause.timeout.connect(self.draw)

    def text(self, name: str) -> str:
        """What stands in a field."""
        field = self.fields[name]
        return field.text().strip() if isinstance(field, QLineEdit) else field.toPlainText()

    def answer(self) -> object:
        """The fields that were changed, with their text; None if none was."""
        changed = {name: text for name in self.fields if (text := self.text(name)) != self._before[name]}
        return changed or None

    def done(self, result: int) -> None:
        """Close; nothing is drawn any more."""
        self._pause.stop()
        super().done(result)

    def draw_by(self, *names: str) -> None:
        """Draw the structure that the first of these fields with a text says, now and whenever it has been typed."""
        self._drawn_by = names
        for name in names:
            self.fields[name].textChanged.connect(lambda *_: self._pause.start())
        self.draw()

    def draw(self) -> None:
        """Draw the structure that is typed."""
        text = next((text for name in self._drawn_by if (text := self.text(name))), "")
        if text:
            self._drawings.draw_text(self.structure, text, dark=self._dark)
        else:
            self._drawings.clear(self.structure, self.tr("No structure"))
