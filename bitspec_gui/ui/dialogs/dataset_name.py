"""Naming a dataset: a new one, or another name for one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from bitspec_gui.ui.dialogs.naming import NamingDialog


class DatasetNameDialog(NamingDialog):
    """A line for the name of a dataset."""

    def __init__(self, title: str, words: str, verb: str, before: str, parent: QWidget) -> None:
        super().__init__("datasetName", title, words, verb, before, parent)
        self.name.setAccessibleName(self.tr("Name of the dataset"))
        self.name.setToolTip(self.tr("A model that is trained on this dataset is proposed to be called by it"))

    def missing(self) -> str:
        """A dataset needs a name."""
        return self.tr("A dataset needs a name.")
