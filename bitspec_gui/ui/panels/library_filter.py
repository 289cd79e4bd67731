"""Which library entries are listed: text, library and kind always at hand, further conditions on request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QToolButton, QWidget

from bitspec_gui.domain.formula import hill_formula, is_element
from bitspec_gui.domain.library import LibraryInfo, LibraryQuery
from bitspec_gui.ui.flow_row import FlowRow

SEARCH_PAUSE_MS = 250
LEAST_FIELD_PX = 84
"""Width down to which the fields of a search give way in a narrow window."""

FURTHER_FIELD_PX = 122
LIST_MARGIN_PX = 24

HEAVIEST_DA = 9999


class LibraryFilter(QWidget):
    """A row of fields, and a second one that the button *Filters* opens; `changed` follows typing after a short pause."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("libraryFilterRow")
        self.search = self._line("librarySearch", self.tr("Search the libraries"))
        self.search.setPlaceholderText(self.tr("Name, formula, CAS number, InChIKey or accession"))
        self.library = self._box("libraryFilter", self.tr("Library to search"))
        self.kind = self._box("kindFilter", self.tr("Measured, predicted or doubtful spectra"))
        for words, predicted, doubtful in (
            (self.tr("Measured and predicted"), None, False),
            (self.tr("Measured only"), False, False),
            (self.tr("Predicted only"), True, False),
            (self.tr("Doubtful only"), None, True),
        ):
            self.kind.addItem(words, (predicted, doubtful))
        self.kind.view().setMinimumWidth(self.kind.view().sizeHintForColumn(0) + LIST_MARGIN_PX)
        self.more = QToolButton(self)
        self.more.setObjectName("moreFilters")
        self.more.setText(self.tr("Filters"))
        self.more.setAccessibleName(self.tr("More filters: tag, formula, elements, mass"))
        self.more.setToolTip(self.tr("Tag, formula, elements and molecular mass"))
        self.more.setCheckable(True)
        self.more.setProperty("role", "chooser")
        self.further = self._make_further()
        self.wrong = QLabel(self)
        self.wrong.setObjectName("filterProblem")
        self.wrong.setProperty("role", "error")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._arrange()
        self._connect()

    def query(self) -> LibraryQuery:
        """What is asked for. A condition that cannot be understood is left out, and `problem` says so."""
        predicted, doubtful = self.kind.currentData()
        return LibraryQuery(
            text=self.search.text().strip(),
            library_id=self.library.currentData(),
            predicted=predicted,
            doubtful=doubtful,
            tag=self.tag.currentData() or "",
            formula=self.formula.text().strip() if hill_formula(self.formula.text()) else "",
            elements=_known(self.elements.text()),
            without_elements=_known(self.without.text()),
            min_mass_da=self.min_mass.value() or None,
            max_mass_da=self.max_mass.value() or None,
        )

    @property
    def problem(self) -> str:
        """A sentence on the conditions that cannot be understood, or nothing."""
        sentences = []
        formula = self.formula.text().strip()
        if formula and not hill_formula(formula):
            sentences.append(self.tr("“%1” is no molecular formula.").replace("%1", formula))
        unknown = [each for line in (self.elements, self.without) for each in _symbols(line.text()) if not is_element(each)]
        if unknown:
            sentences.append(self.tr("No element has the symbol %1.").replace("%1", ", ".join(f"“{each}”" for each in unknown)))
        if 0 < self.max_mass.value() < self.min_mass.value():
            sentences.append(self.tr("No mass is at least %1 and at most %2.").replace("%1", str(self.min_mass.value())))
            sentences[-1] = sentences[-1].replace("%2", str(self.max_mass.value()))
        return " ".join(sentences)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything keeps entries out."""
        return self.query() != LibraryQuery()

    def show_libraries(self, libraries: Sequence[LibraryInfo]) -> None:
        """Offer these libraries; the one that is chosen stays, also under a new name."""
        self._offer(self.library, self.tr("All libraries"), [(each.name, each.library_id) for each in libraries])

    def show_tags(self, tags: Sequence[tuple[str, int]]) -> None:
        """Offer these tags, each with the number of its entries."""
        chosen = self.tag.currentData()
        self._offer(self.tag, self.tr("Any tag"), [(f"{name} ({number:,})", name) for name, number in tags])
        if self.tag.currentData() != chosen:
            self.apply_now()

    def choose_library(self, name: str) -> None:
        """List the entries of one library."""
        index = self.library.findText(name)
        if index >= 0:
            self.library.setCurrentIndex(index)

    def clear(self) -> None:
        """Take back every condition."""
        for line in (self.search, self.formula, self.elements, self.without):
            line.clear()
        for box in (self.library, self.kind, self.tag):
            box.setCurrentIndex(0)
        for number in (self.min_mass, self.max_mass):
            number.setValue(0)
        self.apply_now()

    def apply_now(self) -> None:
        """Search without waiting for more to be typed."""
        self._pause.stop()
        self.wrong.setText(self.problem)
        self.wrong.setVisible(bool(self.problem))
        _mark(self.formula, bool(self.formula.text().strip()) and not hill_formula(self.formula.text()))
        for line in (self.elements, self.without):
            _mark(line, not all(is_element(each) for each in _symbols(line.text())))
        self._mark_more()
        self.changed.emit()

    def stop(self) -> None:
        """Search no more (the window closes)."""
        self._pause.stop()

    def _make_further(self) -> QWidget:
        further = QWidget(self)
        further.setObjectName("furtherFilters")
        self.tag = self._box("tagFilter", self.tr("Tag"))
        self.tag.addItem(self.tr("Any tag"), None)
        self.formula = self._line("formulaFilter", self.tr("Molecular formula"))
        self.formula.setPlaceholderText(self.tr("Formula, any order"))
        self.elements = self._line("elementsFilter", self.tr("Elements that the formula must hold"))
        self.elements.setPlaceholderText(self.tr("With, e.g. Cl Si"))
        self.without = self._line("withoutElementsFilter", self.tr("Elements that the formula must not hold"))
        self.without.setPlaceholderText(self.tr("Without, e.g. N S"))
        self.min_mass = self._mass("minMassFilter", self.tr("Least nominal molecular mass"), self.tr("from any"))
        self.max_mass = self._mass("maxMassFilter", self.tr("Largest nominal molecular mass"), self.tr("to any"))
        self.clear_all = QPushButton(self.tr("Clear"), further)
        self.clear_all.setObjectName("clearFilters")
        self.clear_all.setAccessibleName(self.tr("Clear all filters"))
        row = FlowRow(further)
        row.setContentsMargins(0, 4, 0, 0)
        for field in (self.tag, self.formula, self.elements, self.without):
            field.setFixedWidth(FURTHER_FIELD_PX)
            row.addWidget(field)
        for part in (self.min_mass, self.max_mass, self.clear_all):
            row.addWidget(part)
        further.hide()
        return further

    def _arrange(self) -> None:
        first = QHBoxLayout()
        first.setContentsMargins(0, 0, 0, 0)
        first.setSpacing(6)
        first.addWidget(self.search, 4)
        first.addWidget(self.library, 3)
        first.addWidget(self.kind, 4)
        first.addWidget(self.more)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.addLayout(first, 0, 0)
        layout.addWidget(self.further, 1, 0)
        layout.addWidget(self.wrong, 2, 0)

    def _connect(self) -> None:
        for line in (self.search, self.formula, self.elements, self.without):
            line.textChanged.connect(lambda _text: self._pause.start())
            line.returnPressed.connect(self.apply_now)
        for number in (self.min_mass, self.max_mass):
            number.valueChanged.connect(lambda _value: self._pause.start())
        for box in (self.library, self.kind, self.tag):
            box.currentIndexChanged.connect(lambda _index: self.apply_now())
        self._pause.timeout.connect(self.apply_now)
        self.more.toggled.connect(self.further.setVisible)
        self.clear_all.clicked.connect(self.clear)

    def _mark_more(self) -> None:
        """Say on the button how many conditions are out of sight behind it."""
        query = self.query()
        values = (query.tag, query.formula, query.elements, query.without_elements, query.min_mass_da, query.max_mass_da)
        number = sum(1 for value in values if value)
        self.more.setText(self.tr("Filters (%1)").replace("%1", str(number)) if number else self.tr("Filters"))

    def _offer(self, box: QComboBox, nothing: str, choices: Sequence[tuple[str, object]]) -> None:
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        box.addItem(nothing, None)
        for words, value in choices:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)
        box.view().setMinimumWidth(box.view().sizeHintForColumn(0) + LIST_MARGIN_PX)
        box.blockSignals(False)

    def _line(self, name: str, words: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setObjectName(name)
        line.setAccessibleName(words)
        line.setToolTip(words)
        line.setClearButtonEnabled(True)
        line.setMinimumWidth(LEAST_FIELD_PX)
        return line

    def _box(self, name: str, words: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setToolTip(words)
        # The box gives way in a narrow window; what it lists does not.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        return box

    def _mass(self, name: str, words: str, nothing: str) -> QSpinBox:
        number = QSpinBox(self)
        number.setObjectName(name)
        number.setAccessibleName(words)
        number.setToolTip(words)
        number.setRange(0, HEAVIEST_DA)
        number.setSpecialValueText(nothing)
        number.setSuffix(" Da")
        number.setKeyboardTracking(True)
        return number


def _mark(line: QLineEdit, wrong: bool) -> None:
    """Frame a line in the colour of faults, or as usual."""
    line.setProperty("fault", "true" if wrong else "false")
    line.style().unpolish(line)
    line.style().polish(line)


def _symbols(text: str) -> list[str]:
    """What was typed as element symbols: parted by blanks or commas, run together as in ``ClSi``, or in small letters."""
    found = []
    for word in re.findall(r"[^\s,;+]+", text):
        parts = re.findall(r"[A-Z][a-z]?", word)
        exact = "".join(parts) == word and all(is_element(part) for part in parts)
        found += parts if exact else [word.capitalize()]
    return found


def _known(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(symbol for symbol in _symbols(text) if is_element(symbol)))
