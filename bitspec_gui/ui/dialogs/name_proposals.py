"""Structures that were found by the names of spectra: which of them to take."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from bitspec_gui.domain.tuning_data import StructureProposal
from bitspec_gui.ui.dialogs.asking import AskingDialog
from bitspec_gui.ui.tables.structure_cells import STRUCTURE_ROLE, StructureDelegate
from bitspec_gui.ui.theme import Colours, icon
from bitspec_gui.ui.thumbnails import Thumbnails

_STRUCTURE, _NAME, _FOUND, _CAS = range(4)


class NameProposalsDialog(AskingDialog):
    """One spectrum a row, ticked unless something speaks against it; the answer is a tuple of the proposals ticked."""

    def __init__(self, proposals: Sequence[StructureProposal], thumbnails: Thumbnails, colours: Colours, parent: QWidget) -> None:
        words = parent.tr(
            "These structures belong to compounds of the same name. Untick what is not meant: the structure says which compound "
            "the model takes the spectrum for."
        )
        super().__init__("nameProposals", parent.tr("Structures by name"), words, parent.tr("Take those ticked"), parent)
        self.list = QTreeWidget(self)
        self.list.setObjectName("nameProposalList")
        self.list.setAccessibleName(self.tr("Structures found by name"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(True)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setHeaderLabels([self.tr("Structure"), self.tr("Name in the file"), self.tr("Compound found"), self.tr("CAS")])
        self.list.setItemDelegateForColumn(_STRUCTURE, StructureDelegate(thumbnails, self.list))
        sign = icon("warning", colours.warning)
        for each in proposals:
            item = QTreeWidgetItem(self.list, ["", each.by, each.compound.name, each.compound.cas])
            item.setData(_NAME, Qt.ItemDataRole.UserRole, each)
            item.setData(_STRUCTURE, STRUCTURE_ROLE, each.compound.smiles)
            item.setCheckState(_NAME, Qt.CheckState.Unchecked if each.caution else Qt.CheckState.Checked)
            tip = "\n".join(part for part in (each.compound.smiles, each.caution) if part)
            for column in range(self.list.columnCount()):
                item.setToolTip(column, tip)
            if each.caution:
                item.setIcon(_FOUND, sign)
                item.setText(_FOUND, f"{each.compound.name} – {each.caution}")
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(_FOUND, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        for column, width in ((_STRUCTURE, 96), (_NAME, 190), (_CAS, 96)):
            header.resizeSection(column, width)
        self.body.addWidget(self.list, 1)
        self.resize(720, 460)
        self.list.setFocus()

    def answer(self) -> object:
        """Proposals that are ticked."""
        items = (self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount()))
        ticked = [item for item in items if item is not None and item.checkState(_NAME) == Qt.CheckState.Checked]
        return tuple(item.data(_NAME, Qt.ItemDataRole.UserRole) for item in ticked) or None
