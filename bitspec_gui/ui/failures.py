"""Errors nobody expected: one dialog at a time, the log, and the window lives on."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.ui.dialogs.failure import FailureDialog

_log = logging.getLogger(__name__)


class FailureReporter(QObject):
    """Takes errors from hooks, lanes and actions, in any thread, and shows them in the GUI thread."""

    _arrived = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = parent
        self.dialog: FailureDialog | None = None
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._arrived.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over Python's hooks for exceptions that nobody caught."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = lambda what: _log.error("Ignored by Python: %s", what.exc_value, exc_info=what.exc_value)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks

    def report(self, error: BaseException) -> None:
        """Log an error and show it: its own sentence if BitSpec raised it on purpose, else a general one with details."""
        details = "".join(traceback.format_exception(error))
        if isinstance(error, BitSpecError):
            _log.warning("%s", error)
            self._arrived.emit(str(error), "")
            return
        _log.error("Unexpected error", exc_info=error)
        sentence = self.tr(
            "BitSpec met an error that it did not expect (%1). You can go on working; nothing that was saved is lost."
        )
        self._arrived.emit(sentence.replace("%1", type(error).__name__), details)

    def tell(self, sentence: str, details: str = "") -> None:
        """Log and show a sentence."""
        _log.warning("%s", sentence)
        self._arrived.emit(sentence, details)

    @Slot(str, str)
    def _show(self, sentence: str, details: str) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.add(sentence, details)
            return
        self.dialog = FailureDialog(sentence, details, self._window)
        self.dialog.open()

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        self.report(error)

    def _uncaught_in_thread(self, what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            self.report(what.exc_value)
