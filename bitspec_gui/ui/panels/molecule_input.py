"""Where a molecule is typed or pasted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontDatabase, QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bitspec_gui.domain.chemical_names import KnownCompound
from bitspec_gui.domain.molecule import is_block
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.services.unknowns import looks_like_peaks
from bitspec_gui.ui.panels.name_suggestions import NameSuggestions
from bitspec_gui.workers.runner import Runner

DEBOUNCE_MS = 450
SUGGEST_MS = 90
MOST_LINES = 4
MOLFILE_TYPES = ("chemical/x-mdl-molfile", "chemical/x-mdl-sdfile")


def molecule_text(data: QMimeData) -> str:
    """What a clipboard or a drag holds of a molecule as text: a molfile before plain text, without stray blank ends."""
    for kind in MOLFILE_TYPES:
        if data.hasFormat(kind):
            return bytes(data.data(kind).data()).decode("utf-8", errors="replace")
    return tidy(data.text()) if data.hasText() else ""


def tidy(text: str) -> str:
    """Text as pasted, without what clings to it; a molblock or MOL2 record keeps its lines, everything else becomes one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\u200b")
    if is_block(text):
        return text
    return " ".join(text.split())


def local_paths(data: QMimeData) -> list[Path]:
    """Files and folders of a drag or the clipboard."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []


def holds_drawing(data: QMimeData) -> bool:
    """Whether there is a drawing of ChemDraw, which is no text that could be typed."""
    if any("cdx" in kind.lower() or "chemdraw" in kind.lower() for kind in data.formats()):
        return True
    return data.hasText() and "<CDXML" in data.text()[:2000]


def _is_typeable(data: QMimeData) -> bool:
    text = molecule_text(data)
    return bool(text.strip()) and "<CDXML" not in text[:2000]


class MoleculeInput(QPlainTextEdit):
    """A molecule as text, or its name. `asked` tells the text after a pause in typing, at once after Enter or a paste.

    `window_paste_wanted` tells of a paste that is the window's business: files, or a drawing.
    """

    asked = Signal(str)
    peaks_pasted = Signal(str)
    window_paste_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("moleculeInput")
        self.setAccessibleName(self.tr("Molecule as name, CAS number, SMILES, InChI or molblock"))
        self.setPlaceholderText(self.tr("Name, CAS number, SMILES, InChI or molblock: type, paste or drop"))
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._last = ""
        self.suggestions: NameSuggestions | None = None
        self._pause = self._timer(DEBOUNCE_MS)
        self._pause.timeout.connect(self._ask_if_changed)
        self._short_pause = self._timer(SUGGEST_MS)
        self._short_pause.timeout.connect(self._suggest)
        self.textChanged.connect(self._typed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self._fit()

    def offer_names(self, names: CompoundNames, runner: Runner) -> None:
        """Suggest names of compounds from now on while one is typed."""
        self.suggestions = NameSuggestions(self, names, runner)
        self.suggestions.chosen.connect(self._choose)
        self.suggestions.answered.connect(self._ask_after_a_pause)

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.toPlainText()

    def set_text(self, text: str, *, ask: bool = True) -> None:
        """Replace the text, and ask at once (or count it as asked for)."""
        self.setPlainText(text)
        self.stop()
        if ask:
            self.ask_now()
        else:
            self._last = text

    def ask_now(self) -> None:
        """Ask for the text, changed or not."""
        self.stop()
        self._last = self.text
        self.asked.emit(self._last)

    @property
    def has_news(self) -> bool:
        """Whether the text was changed by hand and not asked for yet."""
        return self.text != self._last

    def count_as_asked(self) -> None:
        """Do not ask for what was typed: something newer leads now."""
        self.stop()
        self._last = self.text

    def stop(self) -> None:
        """Do not ask for what was typed last, and suggest nothing more."""
        self._pause.stop()
        self._short_pause.stop()
        if self.suggestions is not None:
            self.suggestions.close()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste: a molblock replaces what is there, other text goes in at the cursor; asked for at once.

        Peaks, files and drawings go elsewhere.
        """
        if local_paths(source) or (holds_drawing(source) and not _is_typeable(source)):
            self.window_paste_wanted.emit()
            return
        if source.hasText() and looks_like_peaks(source.text()):
            self.peaks_pasted.emit(source.text())
            return
        text = molecule_text(source)
        if is_block(text):
            self.setPlainText(text)
        else:
            self.insertPlainText(text)
        self.ask_now()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Whether there is something to paste."""
        return bool(local_paths(source)) or holds_drawing(source) or bool(molecule_text(source).strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks; Shift+Enter makes a new line. While names are suggested, arrow keys, Enter and Esc are theirs first."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and self.suggestions is not None and self.suggestions.take_key(event.key()):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.ask_now()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Esc closes suggestions and does nothing else in the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.suggestions is not None
            and self.suggestions.is_open
        ):
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show more lines to whoever writes."""
        super().focusInEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Be one line again: what is drawn is written here too, and must not push the drawing away. Nobody chooses a name now."""
        super().focusOutEvent(event)
        self._fit()
        if self.suggestions is not None:
            self.suggestions.close()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(400, self._height(1))

    def _typed(self) -> None:
        self._pause.start()
        if self.suggestions is not None:
            self.suggestions.forget_choice()
            self._short_pause.start()

    def _suggest(self) -> None:
        if self.suggestions is not None and self.hasFocus():
            self.suggestions.follow(self.text)

    def _choose(self, compound: KnownCompound) -> None:
        self.set_text(compound.text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def _ask_if_changed(self) -> None:
        suggestions = self.suggestions
        if self.text == self._last or (suggestions is not None and suggestions.expects_more(self.text)):
            return
        if suggestions is None or suggestions.is_settled(self.text):
            self.ask_now()
            return
        # Whoever typed a name that is little known may yet go on to another.
        self._last = self.text
        self.asked.emit(self._last)

    def _ask_after_a_pause(self) -> None:
        """Names came late: the pause after which the text is asked for is over."""
        if not self._pause.isActive():
            self._ask_if_changed()

    def _timer(self, interval_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        return timer

    def _height(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 10

    def _fit(self) -> None:
        wanted = int(self.document().documentLayout().documentSize().height()) if self.hasFocus() else 1
        self.setFixedHeight(self._height(min(MOST_LINES, max(1, wanted))))
