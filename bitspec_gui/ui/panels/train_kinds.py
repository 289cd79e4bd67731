"""How many spectra of each kind a dataset has, as buttons that list them, and words to narrow the list by."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QToolButton, QWidget

from bitspec_gui.ui.dataset_words import Kind, KindCounts, kind_meaning, kind_words
from bitspec_gui.ui.flow_row import FlowRow

TYPED_MS = 200


class KindsRow(QWidget):
    """``narrowed`` says that other words, or another kind, are asked for."""

    narrowed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainKinds")
        self._group = QButtonGroup(self)
        self.buttons = {kind: self._button(kind) for kind in Kind}
        self.search = QLineEdit(self)
        self.search.setObjectName("trainSearch")
        self.search.setAccessibleName(self.tr("Show only spectra with these words"))
        self.search.setPlaceholderText(self.tr("Name, formula, instrument, file, reason…"))
        self.search.setToolTip(self.tr("Show only spectra with all these words"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(210)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        row = FlowRow(self, gap_px=4)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self.search)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.returnPressed.connect(self._narrow)
        self._typed.timeout.connect(self._narrow)
        self.buttons[Kind.ALL].setChecked(True)
        self.show_counts(KindCounts())

    @property
    def kind(self) -> Kind:
        """Which spectra are to be listed."""
        return next(kind for kind, button in self.buttons.items() if button.isChecked())

    @property
    def words(self) -> str:
        """Words that they must hold."""
        return self.search.text()

    def show_kind(self, kind: Kind) -> None:
        """List spectra of a kind."""
        self.buttons[kind].setChecked(True)
        self._narrow()

    def show_counts(self, counts: KindCounts) -> None:
        """Say how many there are of each kind; kinds that there are none of are left out."""
        chosen = self.kind
        for kind, button in self.buttons.items():
            number = counts.kinds[kind]
            button.setText(kind_words(kind, number, counts.compounds))
            button.setAccessibleName(f"{button.text()}. {kind_meaning(kind)}")
            button.setVisible(number > 0 or kind in (Kind.ALL, Kind.USED, chosen))

    def stop(self) -> None:
        """Wait for no typing (the window closes)."""
        self._typed.stop()

    def _button(self, kind: Kind) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"trainKind{kind.name.title().replace('_', '')}")
        button.setProperty("role", "chip")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(kind_meaning(kind))
        button.clicked.connect(lambda _checked=False: self._narrow())
        self._group.addButton(button)
        return button

    def _narrow(self) -> None:
        self._typed.stop()
        self.narrowed.emit()
