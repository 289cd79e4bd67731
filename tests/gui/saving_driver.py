"""Save dialogs of an exporter, and what it says when it has written."""

from PySide6.QtWidgets import QFileDialog


def the_dialog(export) -> QFileDialog:
    (dialog,) = export.parent().findChildren(QFileDialog)
    return dialog


def wait_for_word(qtbot, export):
    qtbot.waitUntil(lambda: bool(export.said), timeout=20_000)
    return export.said[-1]
