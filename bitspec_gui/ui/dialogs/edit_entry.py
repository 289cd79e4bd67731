"""Changing what a library says of its entries."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.library_edits import EDITABLE
from bitspec_gui.ui.dialogs.editing import EditingDialog
from bitspec_gui.ui.drawings import Drawings

OF_MANY = ("retention_index", "instrument", "energy_ev", "licence", "authors", "comment")
"""Fields that several entries may have in common."""

_NUMBERS = {"retention_index", "nominal_mass", "energy_ev"}


class EditEntryDialog(EditingDialog):
    """The fields of one entry, or those that several may share; the answer maps the fields that were changed to their text.

    Parameters
    ----------
    entry : LibraryEntry or None
        The only entry to edit; None for several, of which fields left empty stay as they are.
    number : int
        How many entries are edited.
    drawings : Drawings
        Draws the structure while it is typed.
    """

    def __init__(self, entry: LibraryEntry | None, number: int, drawings: Drawings, *, dark: bool, parent: QWidget) -> None:
        words = "" if entry is not None else parent.tr("Fields left empty stay as they are in each of the %1 entries.")
        title = parent.tr("Edit an entry") if entry is not None else parent.tr("Edit %1 entries")
        number_text = f"{number:,}"
        title, words = title.replace("%1", number_text), words.replace("%1", number_text)
        before = _texts(entry) if entry is not None else dict.fromkeys(OF_MANY, "")
        super().__init__("editEntry", title, words, "editedStructure", before, drawings, dark=dark, parent=parent)
        self._arrange()
        if entry is not None:
            self.draw_by("smiles", "inchi")

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(7)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        titles = self._titles()
        for name in (each for each in EDITABLE if each in self._before):
            self.fields[name] = self._field(name, titles[name])
            form.addRow(titles[name], self.fields[name])
        many = "smiles" not in self._before
        self.structure.setVisible(not many)
        if many:
            self.body.addLayout(form)
            return
        page = QWidget(self)
        page.setLayout(form)
        area = QScrollArea(self)
        area.setObjectName("editedFields")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        beside = QVBoxLayout()
        self.structure.setFixedSize(230, 170)
        note = QLabel(self.tr("A new structure brings its own formula, mass and InChIKey."), self)
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        note.setFixedWidth(230)
        beside.addWidget(self.structure)
        beside.addWidget(note)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(area, 1)
        row.addLayout(beside)
        self.body.addLayout(row)
        self.resize(760, 520)

    def _field(self, name: str, title: str) -> QLineEdit | QPlainTextEdit:
        if name == "comment":
            text = QPlainTextEdit(self._before[name], self)
            text.setTabChangesFocus(True)
            text.setFixedHeight(4 * text.fontMetrics().lineSpacing())
            field: QLineEdit | QPlainTextEdit = text
        else:
            # In one line, a line break would be lost without a word: it is a blank from the beginning.
            self._before[name] = " ".join(self._before[name].split())
            line = QLineEdit(self._before[name], self)
            line.setCursorPosition(0)
            if name in _NUMBERS:
                line.setPlaceholderText(self.tr("number"))
            field = line
        field.setObjectName(f"edit_{name}")
        field.setAccessibleName(title)
        return field

    def _titles(self) -> dict[str, str]:
        return {
            "name": self.tr("Name"), "synonyms": self.tr("Synonyms (;)"), "formula": self.tr("Formula"),
            "cas": self.tr("CAS number"), "smiles": "SMILES", "inchi": "InChI", "inchikey": "InChIKey",
            "accession": self.tr("Accession"), "nominal_mass": self.tr("Nominal mass"),
            "retention_index": self.tr("Retention index"), "instrument": self.tr("Instrument"),
            "energy_ev": self.tr("Energy (eV)"), "licence": self.tr("Licence"), "authors": self.tr("Authors"),
            "comment": self.tr("Comment"),
        }  # fmt: skip


def _texts(entry: LibraryEntry) -> dict[str, str]:
    """The fields of an entry as they are typed."""
    record = entry.record
    values = {name: getattr(record, name) for name in EDITABLE if name != "synonyms"}
    texts = {name: "" if value is None else _typed(value) for name, value in values.items()}
    return texts | {"synonyms": "; ".join(record.synonyms)}


def _typed(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
