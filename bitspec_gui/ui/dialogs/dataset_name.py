"""Naming a dataset: a new one, or another name for one."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from bitspec_gui.ui.dialogs.asking import AskingDialog

_LONGEST_NAME = 200


class DatasetNameDialog(AskingDialog):
    """A line for a name; the answer is that name, None if it is the one there was."""

    def __init__(self, title: str, words: str, verb: str, before: str, parent: QWidget) -> None:
        super().__init__("datasetName", title, words, verb, parent)
        self._before = before
        self.name = QLineEdit(before, self)
        self.name.setObjectName("datasetNameLine")
        self.name.setAccessibleName(self.tr("Name of the dataset"))
        self.name.setToolTip(self.tr("A model that is trained on this dataset is proposed to be called by it"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.selectAll()
        self.body.addWidget(self.name)
        self.name.setFocus()

    def answer(self) -> object:
        """The name."""
        name = self.name.text().strip()
        return name if name != self._before else None

    def fault(self) -> str:
        """A dataset needs a name."""
        return "" if self.name.text().strip() else self.tr("A dataset needs a name.")
