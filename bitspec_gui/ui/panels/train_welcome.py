"""What the spectra page shows while a dataset is empty: what to drop there, and buttons for those who do not drop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bitspec_gui.ui.theme import Colours, icon
from bitspec_gui.ui.train_actions import TrainActions

SIGN_PX = 40
WIDEST_PX = 620
"""Lines longer than this are hard to read."""


class TrainWelcome(QWidget):
    """A zone to drop files on."""

    def __init__(self, actions: TrainActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainWelcome")
        self._sign = QLabel(self)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = self._label("trainWelcomeTitle", self.tr("Teach BitSpec your instrument"), "title")
        what = self._label(
            "trainWelcomeWords",
            self.tr(
                "Drop measured EI spectra of known compounds here: MSP, JCAMP-DX, MassBank, MGF, folders or zip archives. "
                "If they hold no structures, drop a table with SMILES (CSV) as well; it is joined by name, number or CAS."
            ),
        )
        then = self._label(
            "trainWelcomeThen",
            self.tr(
                "BitSpec checks them, proposes how to learn from them, and measures on compounds that it did not learn from "
                "whether it helped. Your spectra stay on this computer, and the model in use stays as it is until you decide."
            ),
            "muted",
        )
        self.files = self._button("trainChooseFiles", self.tr("Choose files…"), primary=True)
        self.files.clicked.connect(actions.add_files.trigger)
        self.library = self._button("trainChooseLibrary", self.tr("From the library…"))
        self.library.clicked.connect(actions.from_library.trigger)
        self.files.setToolTip(actions.add_files.toolTip())
        self.library.setToolTip(actions.from_library.toolTip())
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.files)
        buttons.addWidget(self.library)
        buttons.addStretch(1)
        zone = QFrame(self)
        zone.setObjectName("trainDropZone")
        zone.setProperty("role", "drop")
        inside = QVBoxLayout(zone)
        inside.setContentsMargins(24, 18, 24, 18)
        inside.setSpacing(10)
        inside.addStretch(1)
        for widget in (self._sign, title):
            inside.addWidget(widget)
        inside.addLayout(_centred(what))
        inside.addLayout(buttons)
        inside.addLayout(_centred(then))
        inside.addStretch(1)
        for label in (what, then):
            label.setMaximumWidth(WIDEST_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.addWidget(zone)

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self._sign.setPixmap(icon("drop", colours.muted).pixmap(SIGN_PX, SIGN_PX))

    def _label(self, name: str, words: str, role: str = "") -> QLabel:
        label = QLabel(words, self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if role:
            label.setProperty("role", role)
        return label

    def _button(self, name: str, words: str, *, primary: bool = False) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words.rstrip("…"))
        if primary:
            button.setProperty("primary", "true")
        return button


def _centred(label: QLabel) -> QHBoxLayout:
    """A label of limited width in the middle."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(label, 100)
    row.addStretch(1)
    return row
