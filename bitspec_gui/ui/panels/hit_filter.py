"""Which library spectra may be hits: a panel that opens below the search settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TypeVar

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QIntValidator, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.search import HitFilter
from bitspec_gui.services.search_filters import check_substructure
from bitspec_gui.ui.filter_words import NotReadable, peaks_text, read_elements, read_formula, read_peaks
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.state import WindowState
from bitspec_gui.workers.runner import Runner

T = TypeVar("T")

PAUSE_MS = 400
HEAVIEST_DA = 2000
ROOM_FOR_THREE_PX = 540


class HitFilterPanel(QFrame):
    """Writes the filter of `IdentifyState.settings`. A field that cannot be read is marked and says why; the others hold."""

    def __init__(self, window_state: WindowState, state: IdentifyState, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hitFilter")
        self.setProperty("role", "card")
        self._window_state, self._state, self._runner = window_state, state, runner
        self._substructure = ""
        self._faults: dict[str, str] = {}
        self._cells: list[tuple[QLabel, QWidget]] = []
        self._columns = 0
        self.libraries = QToolButton(self)
        self.kind = QComboBox(self)
        self.fields = {name: QLineEdit(self) for name in _TEXTS}
        self.least_mass, self.most_mass = QLineEdit(self), QLineEdit(self)
        self.fault = QLabel(self)
        self.clear = QPushButton(self.tr("Clear all"), self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.take)
        self._name()
        self._arrange()
        self._connect()
        self._list_libraries()
        self.show_filter()

    @property
    def count(self) -> int:
        """Number of conditions that hold."""
        wanted, none = self._state.settings.filter, HitFilter()
        return sum(getattr(wanted, each.name) != getattr(none, each.name) for each in fields(HitFilter))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns of fields where there is no room for three."""
        super().resizeEvent(event)
        columns = 3 if event.size().width() >= ROOM_FOR_THREE_PX else 2
        if columns != self._columns:
            self._place(columns)

    def minimumSizeHint(self) -> QSize:
        """Room for two columns."""
        return QSize(300, super().minimumSizeHint().height())

    def stop(self) -> None:
        """Take nothing any more (the window closes)."""
        self._pause.stop()

    def take(self) -> None:
        """Filter by what the fields say; what cannot be read is marked and left out."""
        self._pause.stop()
        self._faults = {name: fault for name, fault in self._faults.items() if name == "substructure"}
        substructure = self.fields["substructure"].text().strip()
        if substructure and substructure != self._substructure:
            self._runner.submit(
                "query",
                check_substructure,
                substructure,
                on_done=lambda _nothing: self._take_substructure(substructure, ""),
                on_error=lambda error: self._refuse_substructure(substructure, error),
                key="substructure",
            )
        elif not substructure:
            self._runner.abandon("substructure")
            self._substructure = ""
            self._faults.pop("substructure", None)
        text = {name: field.text().strip() for name, field in self.fields.items()}
        masses = [int(field.text()) if field.text().isdigit() else None for field in (self.least_mass, self.most_mass)]
        if None not in masses and masses[0] > masses[1]:  # type: ignore[operator]
            self._faults["mass"] = self.tr("The smallest mass is larger than the largest.")
            masses = [None, None]
        self._set(
            HitFilter(
                libraries=self._chosen_libraries(),
                predicted=self.kind.currentData(),
                formula=self._read("formula", read_formula, ""),
                elements=self._read("elements", read_elements, ()),
                without_elements=self._read("without_elements", read_elements, ()),
                name=text["name"],
                cas=text["cas"],
                inchikey=text["inchikey"],
                licence=text["licence"],
                substructure=self._substructure,
                peaks=self._read("peaks", read_peaks, ()),
                min_mass_da=masses[0],
                max_mass_da=masses[1],
            )
        )
        self._show_faults()

    def set_formula(self, formula: str) -> None:
        """Only compounds of this formula."""
        self.fields["formula"].setText(formula)
        self.take()

    def show_filter(self) -> None:
        """Show the filter in use."""
        wanted = self._state.settings.filter
        texts = {
            "formula": wanted.formula, "elements": " ".join(wanted.elements), "name": wanted.name, "cas": wanted.cas,
            "without_elements": " ".join(wanted.without_elements), "inchikey": wanted.inchikey, "licence": wanted.licence,
            "substructure": wanted.substructure, "peaks": peaks_text(wanted.peaks),
        }  # fmt: skip
        for name, text in texts.items():
            if name not in self._faults:
                self.fields[name].setText(text)
        self.kind.setCurrentIndex(max(0, self.kind.findData(wanted.predicted)))
        for field, value in ((self.least_mass, wanted.min_mass_da), (self.most_mass, wanted.max_mass_da)):
            if "mass" not in self._faults:
                field.setText("" if value is None else str(value))
        for action in self.libraries.menu().actions():
            action.setChecked(action.text() in wanted.libraries)
        self._show_libraries()

    def _clear(self) -> None:
        self._faults.clear()
        self._substructure = ""
        self._runner.abandon("substructure")
        for field in (*self.fields.values(), self.least_mass, self.most_mass):
            field.clear()
        self.kind.setCurrentIndex(0)
        for action in self.libraries.menu().actions():
            action.setChecked(False)
        self.take()
        self._show_libraries()

    def _read(self, name: str, read: Callable[[str], T], nothing: T) -> T:
        try:
            return read(self.fields[name].text())
        except NotReadable as error:
            self._faults[name] = str(error)
            return nothing

    def _take_substructure(self, text: str, fault: str) -> None:
        if text != self.fields["substructure"].text().strip():
            return
        self._faults.pop("substructure", None)
        self._substructure = "" if fault else text
        if fault:
            self._faults["substructure"] = fault
        self._set(replace(self._state.settings.filter, substructure=self._substructure))
        self._show_faults()

    def _refuse_substructure(self, text: str, error: Exception) -> None:
        if isinstance(error, MoleculeError):
            self._take_substructure(text, str(error))
        else:
            self._runner.failed.emit(error)

    def _set(self, wanted: HitFilter) -> None:
        self._state.set_settings(replace(self._state.settings, filter=wanted))

    def _show_faults(self) -> None:
        marked = {name: name in self._faults for name in self.fields}
        fields_of = {**self.fields, "least": self.least_mass, "most": self.most_mass}
        marked |= {"least": "mass" in self._faults, "most": "mass" in self._faults}
        for name, field in fields_of.items():
            fault = "true" if marked[name] else "false"
            if field.property("fault") != fault:
                field.setProperty("fault", fault)
                field.style().unpolish(field)
                field.style().polish(field)
        left_out = self.tr("This condition is left out until it can be read.")
        self.fault.setText("\n".join([*self._faults.values(), left_out]) if self._faults else "")
        self.fault.setVisible(bool(self._faults))

    def _chosen_libraries(self) -> tuple[str, ...]:
        return tuple(action.text() for action in self.libraries.menu().actions() if action.isChecked())

    def _list_libraries(self) -> None:
        chosen = self._state.settings.filter.libraries
        menu = self.libraries.menu()
        menu.clear()
        names = [library.name for library in self._window_state.libraries or ()]
        for name in names:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(name in chosen)
            action.toggled.connect(lambda _on: self._libraries_chosen())
        if self._window_state.libraries is not None and any(name not in names for name in chosen):
            # A library that was removed cannot be searched: without it every search would fail.
            self._set(replace(self._state.settings.filter, libraries=tuple(name for name in chosen if name in names)))
        self._show_libraries()

    def _libraries_chosen(self) -> None:
        self._show_libraries()
        self._pause.start()

    def _show_libraries(self) -> None:
        chosen = self._chosen_libraries()
        words = self.tr("%1 libraries").replace("%1", str(len(chosen))) if len(chosen) > 1 else "".join(chosen)
        self.libraries.setText(words or self.tr("All libraries"))

    def _name(self) -> None:
        titles = self._titles()
        for name, field in self.fields.items():
            field.setObjectName(f"filter_{name}")
            field.setAccessibleName(titles[name][0])
            field.setPlaceholderText(titles[name][1])
            field.setToolTip(titles[name][2])
            field.setClearButtonEnabled(True)
            field.setMinimumWidth(60)
        self.libraries.setObjectName("filter_libraries")
        self.libraries.setAccessibleName(self.tr("Libraries to search"))
        self.libraries.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.libraries.setMenu(QMenu(self.libraries))
        self.libraries.setProperty("role", "chooser")
        self.kind.setObjectName("filter_kind")
        self.kind.setAccessibleName(self.tr("Measured or predicted spectra"))
        for words, predicted in (
            (self.tr("Measured and predicted"), None),
            (self.tr("Measured only"), False),
            (self.tr("Predicted only"), True),
        ):
            self.kind.addItem(words, predicted)
        self.kind.setMinimumWidth(60)
        for field, name, words in (
            (self.least_mass, "filter_min_mass", self.tr("Smallest molecular mass in Da")),
            (self.most_mass, "filter_max_mass", self.tr("Largest molecular mass in Da")),
        ):
            field.setObjectName(name)
            field.setAccessibleName(words)
            field.setToolTip(words)
            field.setValidator(QIntValidator(1, HEAVIEST_DA, self))
            field.setMinimumWidth(40)
        self.fault.setObjectName("filterFault")
        self.fault.setProperty("role", "error")
        self.fault.setWordWrap(True)
        self.fault.hide()
        self.clear.setObjectName("clearFilters")
        self.clear.setAccessibleName(self.tr("Clear all filters"))

    def _titles(self) -> dict[str, tuple[str, str, str]]:
        return {
            "formula": (self.tr("Formula"), "C6H12O6", self.tr("Molecular formula, in any order of elements")),
            "elements": (self.tr("With"), "Cl Br", self.tr("Elements that the formula must hold")),
            "without_elements": (self.tr("Without"), "Si F", self.tr("Elements that the formula must not hold")),
            "name": (self.tr("Name"), self.tr("part of a name"), self.tr("Text that the name must hold")),
            "cas": ("CAS", "98-92-0", self.tr("CAS number, or part of it")),
            "inchikey": ("InChIKey", "DFPAKSUCGFBDDF", self.tr("InChIKey, or its first block")),
            "licence": (self.tr("Licence"), "CC BY", self.tr("Text that the licence of the spectrum must hold")),
            "substructure": (
                self.tr("Substructure"), "c1ccccc1Cl", self.tr("SMARTS or SMILES that the structure must contain"),
            ),
            "peaks": (
                self.tr("Peaks"), "57 >= 20; 71",
                self.tr("Peaks that the library spectrum must show: m/z, and if you like percent of the base peak"),
            ),
        }  # fmt: skip

    def _arrange(self) -> None:
        titles = self._titles()
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        between = QWidget(self)
        masses = QHBoxLayout(between)
        masses.setContentsMargins(0, 0, 0, 0)
        masses.setSpacing(4)
        masses.addWidget(self.least_mass)
        masses.addWidget(QLabel("–", self))
        masses.addWidget(self.most_mass)
        cells: list[tuple[str, QWidget]] = [
            (self.tr("Libraries"), self.libraries), (self.tr("Spectra"), self.kind), (self.tr("Mass (Da)"), between),
            *((titles[name][0], self.fields[name]) for name in _TEXTS),
        ]  # fmt: skip
        for title, what in cells:
            label = QLabel(title, self)
            label.setProperty("role", "muted")
            label.setBuddy(what)
            self._cells.append((label, what))
        self._grid = grid
        self._place(3)

    def _place(self, columns: int) -> None:
        """Put the fields into so many columns."""
        grid, self._columns = self._grid, columns
        for column in range(6):
            grid.setColumnStretch(column, 1 if column % 2 and column < 2 * columns else 0)
        for number, (label, what) in enumerate(self._cells):
            row, column = divmod(number, columns)
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(what, row, 2 * column + 1)
        last = -(-len(self._cells) // columns)
        grid.addWidget(self.fault, last, 0, 1, 2 * columns - 1)
        grid.addWidget(self.clear, last, 2 * columns - 1)

    def _connect(self) -> None:
        for field in (*self.fields.values(), self.least_mass, self.most_mass):
            field.textEdited.connect(lambda _text: self._pause.start())
            field.editingFinished.connect(self._take_if_waiting)
        self.kind.activated.connect(lambda _index: self.take())
        self.clear.clicked.connect(self._clear)
        self._window_state.libraries_changed.connect(self._list_libraries)

    def _take_if_waiting(self) -> None:
        if self._pause.isActive():
            self.take()


_TEXTS = ("formula", "elements", "without_elements", "name", "cas", "inchikey", "substructure", "peaks", "licence")
