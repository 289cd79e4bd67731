"""One error, said in a sentence, with details to copy."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

SHOWN_AT_MOST = 5


class FailureDialog(QDialog):
    """Stays one dialog however many errors come while it is open."""

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("failureDialog")
        self.setWindowTitle(self.tr("BitSpec"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.setMinimumWidth(460)
        self._sentences = [sentence]
        self._details = [details] if details else []
        sign = QLabel(self)
        sign.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning).pixmap(QSize(32, 32)))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message = QLabel(self)
        self.message.setObjectName("failureMessage")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit(self)
        self.details.setObjectName("failureDetails")
        self.details.setAccessibleName(self.tr("Details"))
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setMinimumHeight(170)
        self.details.hide()
        self.more = QPushButton(self.tr("Details"), self)
        self.more.setObjectName("failureMore")
        self.more.setCheckable(True)
        self.copy = QPushButton(self.tr("Copy"), self)
        self.copy.setObjectName("failureCopy")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.more, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        upper = QHBoxLayout()
        upper.setSpacing(14)
        upper.addWidget(sign)
        upper.addWidget(self.message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(upper)
        layout.addWidget(self.details, 1)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.more.toggled.connect(self._show_details)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        self._refresh()

    @property
    def text(self) -> str:
        """Sentences and details, as copied."""
        return "\n\n".join([*self._sentences, *self._details])

    def add(self, sentence: str, details: str) -> None:
        """Tell one error more."""
        if sentence not in self._sentences:
            self._sentences.append(sentence)
        if details:
            self._details.append(details)
        self._refresh()

    def _refresh(self) -> None:
        shown = self._sentences[:SHOWN_AT_MOST]
        more = len(self._sentences) - len(shown)
        if more:
            shown.append(self.tr("And %1 more; copy them all with Copy.").replace("%1", str(more)))
        self.message.setText("\n\n".join(shown))
        self.details.setPlainText("\n".join(self._details))
        self.more.setVisible(bool(self._details))

    def _show_details(self, on: bool) -> None:
        self.details.setVisible(on)
        self.adjustSize()
