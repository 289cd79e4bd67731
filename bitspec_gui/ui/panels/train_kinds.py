"""How many spectra of each kind a dataset has, as buttons that list them, and words to narrow the list by."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit, QToolButton, QWidget

from bitspec_gui.ui.dataset_words import Kind, KindCounts, kind_meaning, kind_words
from bitspec_gui.ui.flow_row import FlowRow

TYPED_MS = 200

SEARCH_PX, NARROW_SEARCH_PX, CHOOSER_PX = 210, 110, 180

BUTTONS_FROM_ADVANCES = 75
"""Width in letters from which there is a button for each kind."""


class KindsRow(QWidget):
    """``narrowed`` says that other words, or another kind, are asked for."""

    narrowed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainKinds")
        self._group = QButtonGroup(self)
        self._offered: dict[Kind, bool] = {}
        self.buttons = {kind: self._button(kind) for kind in Kind}
        self.search = QLineEdit(self)
        self.search.setObjectName("trainSearch")
        self.search.setAccessibleName(self.tr("Show only spectra with these words"))
        self.search.setPlaceholderText(self.tr("Name, formula, instrument, file, reason…"))
        self.search.setToolTip(self.tr("Show only spectra with all these words"))
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)
        self.search.setMinimumWidth(SEARCH_PX)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self.chooser = QComboBox(self)
        self.chooser.setObjectName("trainKindChooser")
        self.chooser.setAccessibleName(self.tr("Which spectra are listed"))
        self.chooser.setToolTip(self.tr("Which spectra are listed"))
        self.chooser.setMaximumWidth(CHOOSER_PX)
        self.chooser.hide()
        self._narrow_row = False
        row = FlowRow(self, gap_px=4)
        row.addWidget(self.chooser)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self.search)
        self.chooser.activated.connect(lambda index: self.show_kind(self.chooser.itemData(index)))
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
            self._offered[kind] = number > 0 or kind in (Kind.ALL, Kind.USED, chosen)
        self._show_offered()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One chooser instead of many buttons where there is too little room."""
        super().resizeEvent(event)
        narrow = self.width() < BUTTONS_FROM_ADVANCES * self.fontMetrics().averageCharWidth()
        if narrow != self._narrow_row:
            self._narrow_row = narrow
            self.search.setMinimumWidth(NARROW_SEARCH_PX if narrow else SEARCH_PX)
            self._show_offered()

    def _show_offered(self) -> None:
        self.chooser.clear()
        for kind, button in self.buttons.items():
            offered = self._offered.get(kind, False)
            button.setVisible(offered and not self._narrow_row)
            if offered:
                self.chooser.addItem(button.text(), kind)
        self.chooser.setCurrentIndex(self.chooser.findData(self.kind))
        self.chooser.setVisible(self._narrow_row)

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
        self.chooser.setCurrentIndex(self.chooser.findData(self.kind))
        self.narrowed.emit()
