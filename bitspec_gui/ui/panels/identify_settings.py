"""How to search: the score, what is known of the unknown, and the buttons that begin."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QToolButton, QWidget

from bitspec_gui.domain.search import Score
from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.flow_row import FlowRow
from bitspec_gui.ui.hit_words import score_words
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.theme import icon
from bitspec_gui.ui.views.content import nominal_mass_of

WINDOWS_DA = (None, 0, 1, 2, 5, 10, 25, 50)
HEAVIEST_DA = 2000
LARGEST_RI = 9999


class IdentifySettings(QWidget):
    """A row that writes `IdentifyState.settings`; mass and retention index are those of the unknown looked at."""

    def __init__(self, state: IdentifyState, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("identifySettings")
        self._state = state
        self.score = QComboBox(self)
        self.mass = QLineEdit(self)
        self.window_da = QComboBox(self)
        self.use_ri = QCheckBox(self.tr("RI"), self)
        self.ri = QLineEdit(self)
        self.tolerance = QSpinBox(self)
        self.filters = QToolButton(self)
        self.search = _button("searchButton", actions.search.text(), self)
        self.search_all = _button("searchAllButton", actions.search_all.text(), self)
        self._name_score()
        self._name_mass()
        self._name_ri()
        self._name_buttons(actions)
        self._arrange()
        self._connect(actions)
        self._show()

    def set_colour(self, colour: str) -> None:
        """Colour of the icons."""
        self.filters.setIcon(icon("filter", colour))

    def count_filters(self, count: int) -> None:
        """Say on the button how many conditions hold."""
        self.filters.setText(self.tr("Filters (%1)").replace("%1", str(count)) if count else self.tr("Filters"))

    def _name_score(self) -> None:
        self.score.setObjectName("searchScore")
        self.score.setAccessibleName(self.tr("Score that hits are ordered by"))
        for score in Score:
            name, words = score_words(score)
            self.score.addItem(name, score)
            self.score.setItemData(self.score.count() - 1, words, Qt.ItemDataRole.ToolTipRole)

    def _name_mass(self) -> None:
        self.mass.setObjectName("unknownMass")
        self.mass.setAccessibleName(self.tr("Nominal molecular mass of the unknown in Da"))
        self.mass.setToolTip(self.tr("Nominal molecular mass of the unknown in Da; empty = as its record says"))
        self.mass.setValidator(QIntValidator(1, HEAVIEST_DA, self))
        self.mass.setFixedWidth(self.fontMetrics().horizontalAdvance("00000") + 14)
        self.window_da.setObjectName("massWindow")
        self.window_da.setAccessibleName(self.tr("Mass window: how far the mass of a hit may be from that of the unknown"))
        self.window_da.setToolTip(self.tr("How far the molecular mass of a hit may be from that of the unknown"))
        for window in WINDOWS_DA:
            self.window_da.addItem(self.tr("any mass") if window is None else f"± {window} Da", window)

    def _name_ri(self) -> None:
        self.use_ri.setObjectName("useRetentionIndex")
        self.use_ri.setAccessibleName(self.tr("Let the retention index lower the score"))
        self.use_ri.setToolTip(
            self.tr("A retention index that is far off lowers the score of a hit; one that is missing hides nothing.")
        )
        self.ri.setObjectName("unknownRetentionIndex")
        self.ri.setAccessibleName(self.tr("Retention index of the unknown"))
        self.ri.setToolTip(self.tr("Retention index of the unknown; empty = as its record says"))
        self.ri.setValidator(QIntValidator(1, LARGEST_RI, self))
        self.ri.setFixedWidth(self.fontMetrics().horizontalAdvance("00000") + 14)
        self.tolerance.setObjectName("retentionIndexTolerance")
        self.tolerance.setAccessibleName(self.tr("Difference of retention indices that lowers nothing"))
        self.tolerance.setToolTip(self.tr("Difference of retention indices up to which nothing is lowered"))
        self.tolerance.setRange(0, 500)
        self.tolerance.setPrefix("± ")

    def _name_buttons(self, actions: Actions) -> None:
        self.filters.setObjectName("filtersButton")
        self.filters.setAccessibleName(self.tr("Filters"))
        self.filters.setToolTip(self.tr("Which library spectra may be hits"))
        self.filters.setCheckable(True)
        self.filters.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.count_filters(0)
        self.search.setProperty("primary", "true")
        for button, action in ((self.search, actions.search), (self.search_all, actions.search_all)):
            button.setToolTip(action.toolTip())

    def _arrange(self) -> None:
        self.row = row = FlowRow(self)
        row.addWidget(self.score)
        row.addWidget(_together(self, QLabel(self.tr("Mass"), self), self.mass, self.window_da))
        row.addWidget(self.use_ri)
        self._stated_ri = _together(self, self.ri, self.tolerance)
        row.addWidget(self._stated_ri)
        row.addWidget(self.filters)
        row.addWidget(self.search)
        row.addWidget(self.search_all)

    def _connect(self, actions: Actions) -> None:
        self.score.activated.connect(lambda _index: self._take())
        self.window_da.activated.connect(lambda _index: self._take())
        self.use_ri.toggled.connect(lambda _on: self._take())
        self.tolerance.valueChanged.connect(lambda _value: self._take())
        for field in (self.mass, self.ri):
            field.editingFinished.connect(self._take_stated)
        self.search.clicked.connect(actions.search.trigger)
        self.search_all.clicked.connect(actions.search_all.trigger)
        for signal in (self._state.settings_changed, self._state.unknown_changed):
            signal.connect(self._show)
        actions.search.changed.connect(lambda: self.search.setEnabled(actions.search.isEnabled()))
        actions.search_all.changed.connect(lambda: self.search_all.setEnabled(actions.search_all.isEnabled()))

    def _take(self) -> None:
        self._state.set_settings(
            replace(
                self._state.settings,
                score=self.score.currentData(),
                mass_window_da=self.window_da.currentData(),
                use_retention_index=self.use_ri.isChecked(),
                retention_index_tolerance=float(self.tolerance.value()),
            )
        )

    def _take_stated(self) -> None:
        mass, ri = (int(field.text()) if field.text().isdigit() else None for field in (self.mass, self.ri))
        self._state.state_of_unknown(mass_da=mass, retention_index=ri)

    def _show(self) -> None:
        settings, unknown = self._state.settings, self._state.unknown
        for chooser, value in ((self.score, settings.score), (self.window_da, settings.mass_window_da)):
            chooser.setCurrentIndex(max(0, chooser.findData(value)))
        self.score.setToolTip(score_words(settings.score)[1])
        for widget in (self.use_ri, self.tolerance):
            widget.blockSignals(True)
        self.use_ri.setChecked(settings.use_retention_index)
        self.tolerance.setValue(round(settings.retention_index_tolerance))
        for widget in (self.use_ri, self.tolerance):
            widget.blockSignals(False)
        self._stated_ri.setVisible(settings.use_retention_index)
        stated_mass = stated_ri = read_mass = read_ri = None
        if unknown is not None:
            read_mass, read_ri = nominal_mass_of(unknown.as_read), unknown.as_read.retention_index
            if unknown.record is not unknown.as_read:
                mass, ri = nominal_mass_of(unknown.record), unknown.record.retention_index
                stated_mass, stated_ri = (mass if mass != read_mass else None), (ri if ri != read_ri else None)
        _fill(self.mass, stated_mass, read_mass)
        _fill(self.ri, stated_ri, read_ri)


def _fill(field: QLineEdit, stated: float | None, read: float | None) -> None:
    field.setText("" if stated is None else f"{stated:.0f}")
    field.setPlaceholderText("?" if read is None else f"{read:.0f}")


def _button(name: str, text: str, parent: QWidget) -> QPushButton:
    words = text.replace("&", "")
    button = QPushButton(words, parent)
    button.setObjectName(name)
    button.setAccessibleName(words)
    return button


def _together(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Controls that stay in one line."""
    group = QWidget(parent)
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    return group
