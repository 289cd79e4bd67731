"""Which measured spectra of the libraries go into a dataset."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from bitspec_gui.domain.library import LibraryInfo, LibraryQuery
from bitspec_gui.ui.dialogs.asking import AskingDialog


class TrainingLibraryDialog(AskingDialog):
    """A library, and words that its entries must hold; the answer is ``(LibraryQuery, name of the library)``."""

    def __init__(self, libraries: Sequence[LibraryInfo], parent: QWidget) -> None:
        words = parent.tr(
            "Measured spectra of a library are copied into the dataset; the library stays as it is. Predicted spectra are no "
            "measurement, and are left out."
        )
        super().__init__("trainingLibrary", parent.tr("Take spectra from a library"), words, parent.tr("Take them"), parent)
        self.library = QComboBox(self)
        self.library.setObjectName("trainingLibraryBox")
        self.library.setAccessibleName(self.tr("Library"))
        self.library.setToolTip(self.tr("Library whose measured spectra are taken"))
        for each in libraries:
            if not each.wholly_predicted:
                self.library.addItem(f"{each.name}  ({each.spectra:,})", (each.library_id, each.name))
        self.words = QLineEdit(self)
        self.words.setObjectName("trainingLibraryWords")
        self.words.setAccessibleName(self.tr("Words that the entries must hold"))
        self.words.setToolTip(self.tr("Words in name, formula, CAS number, InChIKey or accession; none for all entries"))
        self.words.setPlaceholderText(self.tr("all of them"))
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Library"), self.library)
        form.addRow(self.tr("Only with the &words"), self.words)
        self.body.addLayout(form)
        self.library.setFocus()

    def answer(self) -> object:
        """What to list, and the name of the library."""
        library_id, name = self.library.currentData()
        return LibraryQuery(text=self.words.text().strip(), library_id=library_id, predicted=False), name

    def fault(self) -> str:
        """There must be a library with measured spectra."""
        if self.library.currentIndex() >= 0:
            return ""
        return self.tr("There is no library with measured spectra. Drop files here instead.")
