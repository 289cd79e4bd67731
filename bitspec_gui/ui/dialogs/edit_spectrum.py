"""Changing what a dataset says of its spectra."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from bitspec_gui.domain.tuning_data import DatasetSpectrum
from bitspec_gui.ui.dialogs.editing import EditingDialog
from bitspec_gui.ui.drawings import Drawings

OF_MANY = ("instrument", "energy_ev")
"""Fields that several spectra may have in common."""


class EditSpectrumDialog(EditingDialog):
    """The fields of one spectrum, or those that several may share; the answer maps the fields that were changed to their text."""

    def __init__(self, spectra: Sequence[DatasetSpectrum], drawings: Drawings, *, dark: bool, parent: QWidget) -> None:
        one = len(spectra) == 1
        number = f"{len(spectra):,}"
        title = parent.tr("Edit a spectrum") if one else parent.tr("Edit %1 spectra").replace("%1", number)
        words = parent.tr("The structure is checked against the spectrum again when you save.")
        many = parent.tr("Fields left empty stay as they are in each of the %1 spectra.").replace("%1", number)
        before = _texts(spectra[0]) if one else dict.fromkeys(OF_MANY, "")
        said = words if one else many
        super().__init__("editSpectrum", title, said, "editedSpectrumStructure", before, drawings, dark=dark, parent=parent)
        self._arrange()
        self.structure.setVisible(one)
        if one:
            self.fields["name" if spectra[0].record.smiles else "smiles"].setFocus()
            self.draw_by("smiles")

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(7)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, (title, tip) in self._titles().items():
            if name not in self._before:
                continue
            line = QLineEdit(self._before[name], self)
            line.setCursorPosition(0)
            line.setObjectName(f"editSpectrum_{name}")
            line.setAccessibleName(title)
            line.setToolTip(tip)
            line.setPlaceholderText(self.tr("number") if name == "energy_ev" else "")
            self.fields[name] = line
            form.addRow(title, line)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(form, 1)
        self.body.addLayout(row)
        beside = QVBoxLayout()
        self.structure.setFixedSize(220, 160)
        beside.addWidget(self.structure)
        beside.addStretch(1)
        if "smiles" in self._before:
            row.addLayout(beside)
            note = QLabel(self.tr("In place of SMILES, an InChI, a name or a CAS number will do."), self)
            note.setWordWrap(True)
            note.setProperty("role", "muted")
            self.body.addWidget(note)
            self.setMinimumWidth(600)

    def _titles(self) -> dict[str, tuple[str, str]]:
        return {
            "name": (self.tr("Name"), self.tr("Name of the compound")),
            "smiles": ("SMILES", self.tr("Structure of the compound whose spectrum this is")),
            "cas": (self.tr("CAS number"), self.tr("CAS number of the compound")),
            "instrument": (self.tr("Instrument"), self.tr("Instrument that the spectrum was measured with")),
            "energy_ev": (self.tr("Energy (eV)"), self.tr("Energy of the electrons; 70 eV where nothing is said")),
        }


def _texts(spectrum: DatasetSpectrum) -> dict[str, str]:
    """The fields of a spectrum as they are typed, in one line each."""
    record = spectrum.record
    energy = "" if record.energy_ev is None else f"{record.energy_ev:g}"
    texts = {
        "name": record.name, "smiles": record.smiles or "", "cas": record.cas or "", "instrument": record.instrument or "",
        "energy_ev": energy,
    }  # fmt: skip
    return {name: " ".join(text.split()) for name, text in texts.items()}
