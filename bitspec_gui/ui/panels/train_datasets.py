"""The row of controls above the spectra of a dataset: which dataset, and what can be added to it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QMenu, QSizePolicy, QToolButton, QWidget

from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.panels.spectrum_tools import tool_button
from bitspec_gui.ui.train_actions import TrainActions
from bitspec_gui.ui.train_state import TrainState

WORDS_FROM_ADVANCES = 75
"""Width in letters from which the buttons have words."""


class DatasetBar(QWidget):
    """Chooses the dataset that is looked at; all else goes through actions."""

    def __init__(self, train: TrainState, actions: TrainActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainDatasetBar")
        self._train = train
        self.chooser = _Chooser(self)
        self.chooser.setObjectName("trainDataset")
        self.chooser.setAccessibleName(self.tr("Dataset"))
        self.chooser.setToolTip(self.tr("The dataset that is looked at: spectra of your own that belong together"))
        menu = QMenu(self)
        menu.setObjectName("trainDatasetMenu")
        menu.setToolTipsVisible(True)
        menu.addActions([actions.rename_dataset, actions.remove_dataset])
        menu.addSeparator()
        menu.addActions([actions.look_names_up, actions.import_reports])
        self.more = QToolButton(self)
        self.more.setObjectName("trainDatasetMore")
        self.more.setText(self.tr("More ▾"))
        self.more.setAccessibleName(self.tr("More that can be done with this dataset"))
        self.more.setToolTip(self.tr("Rename or remove this dataset, look names up, read import reports"))
        self.more.setProperty("role", "chooser")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setMenu(menu)
        row = FlowRow(self, gap_px=4)
        row.addWidget(self.chooser)
        self._with_words = [
            tool_button(action, self, words=True) for action in (actions.new_dataset, actions.add_files, actions.from_library)
        ]
        for button in self._with_words:
            row.addWidget(button)
        row.addWidget(self.more)
        for action in (actions.undo, actions.redo, actions.structures):
            row.addWidget(tool_button(action, self))
        self.chooser.activated.connect(lambda index: train.look_at_dataset(self.chooser.itemData(index)))
        for signal in (train.datasets_changed, train.dataset_changed):
            signal.connect(self._refresh)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Signs without words where there is too little room for them."""
        super().resizeEvent(event)
        wide = self.width() >= WORDS_FROM_ADVANCES * self.fontMetrics().averageCharWidth()
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if wide else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._with_words:
            button.setToolButtonStyle(style)

    def _refresh(self) -> None:
        train = self._train
        self.chooser.clear()
        for each in train.datasets or ():
            self.chooser.addItem(each.name, each.dataset_id)
        self.chooser.setCurrentIndex(self.chooser.findData(train.dataset_id))
        self.chooser.setEnabled(self.chooser.count() > 0)
        self.chooser.setPlaceholderText(self.tr("No dataset yet"))


class _Chooser(QComboBox):
    """As wide as a name wants, within reason."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for most names."""
        hint = super().sizeHint()
        return QSize(max(160, min(hint.width(), 300)), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(100, super().minimumSizeHint().height())
