"""Where a molecule is typed or pasted."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bitspec_gui.services.unknowns import looks_like_peaks

DEBOUNCE_MS = 450
MOST_LINES = 4
MOLFILE_TYPES = ("chemical/x-mdl-molfile", "chemical/x-mdl-sdfile")


def molecule_text(data: QMimeData) -> str:
    """What a clipboard or a drag holds of a molecule as text: a molfile before plain text, without stray blank ends."""
    for kind in MOLFILE_TYPES:
        if data.hasFormat(kind):
            return bytes(data.data(kind).data()).decode("utf-8", errors="replace")
    return tidy(data.text()) if data.hasText() else ""


def tidy(text: str) -> str:
    """Text as pasted, without what clings to it; a molblock keeps its lines, everything else becomes one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\u200b")
    if is_molblock(text):
        return text
    return " ".join(text.split())


def is_molblock(text: str) -> bool:
    """Whether the text looks like a molfile or the first record of an SD file."""
    return "V2000" in text or "V3000" in text or "M  END" in text


class MoleculeInput(QPlainTextEdit):
    """SMILES, InChI or molblock. `asked` tells the text after a pause in typing, at once after Enter or a paste."""

    asked = Signal(str)
    peaks_pasted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("moleculeInput")
        self.setAccessibleName(self.tr("Molecule as SMILES, InChI or molblock"))
        self.setPlaceholderText(self.tr("SMILES, InChI or molblock: type, paste or drop it here"))
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._last = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DEBOUNCE_MS)
        self._pause.timeout.connect(self._ask_if_changed)
        self.textChanged.connect(self._typed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self._fit()

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.toPlainText()

    def set_text(self, text: str, *, ask: bool = True) -> None:
        """Replace the text, and ask at once (or count it as asked for)."""
        self.setPlainText(text)
        self._pause.stop()
        if ask:
            self.ask_now()
        else:
            self._last = text

    def ask_now(self) -> None:
        """Ask for the text, changed or not."""
        self._pause.stop()
        self._last = self.text
        self.asked.emit(self._last)

    def stop(self) -> None:
        """Do not ask any more (the window closes)."""
        self._pause.stop()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste: a molblock replaces what is there, other text goes in at the cursor; asked for at once. Peaks go elsewhere."""
        if source.hasText() and looks_like_peaks(source.text()):
            self.peaks_pasted.emit(source.text())
            return
        text = molecule_text(source)
        if is_molblock(text):
            self.setPlainText(text)
        else:
            self.insertPlainText(text)
        self.ask_now()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Whether there is text to paste."""
        return bool(molecule_text(source).strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks; Shift+Enter makes a new line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.ask_now()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(400, self._height(1))

    def _typed(self) -> None:
        self._pause.start()

    def _ask_if_changed(self) -> None:
        if self.text != self._last:
            self.ask_now()

    def _height(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 10

    def _fit(self) -> None:
        lines = min(MOST_LINES, max(1, int(self.document().documentLayout().documentSize().height())))
        self.setFixedHeight(self._height(lines))
