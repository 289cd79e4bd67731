"""Which sites of a molecule bear a group, and how many of them: the drawing with its numbers, ticks, and a number."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bitspec_gui.domain.derivatives import DerivatisationPlan
from bitspec_gui.ui.views.structure import StructureView

_NUMBER = int(Qt.ItemDataRole.UserRole)


class DerivativeSites(QWidget):
    """`changed` says that other sites are ticked, or that another number of groups is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("derivativeSites")
        self.plan: DerivatisationPlan | None = None
        self._as_many_as_can = True
        self.structure = StructureView("derivativeParent", self)
        self.sites = QTreeWidget(self)
        self.usual = QPushButton(self.tr("Usual"), self)
        self.all = QPushButton(self.tr("All"), self)
        self.none = QPushButton(self.tr("None"), self)
        self.groups = QSpinBox(self)
        self.of = QLabel(self)
        self.fewer = QCheckBox(self.tr("and with fewer"), self)
        self.notes = QLabel(self)
        self._name()
        self._arrange()
        self.sites.itemChanged.connect(lambda *_: self._ticked())
        self.usual.clicked.connect(lambda: self.tick(self.plan.usual if self.plan is not None else frozenset()))
        self.all.clicked.connect(lambda: self.tick(self._numbers()))
        self.none.clicked.connect(lambda: self.tick(frozenset()))
        self.groups.valueChanged.connect(lambda _value: self._number_chosen())
        self.fewer.toggled.connect(lambda _on: self.changed.emit())

    @property
    def ticked(self) -> frozenset[int]:
        """Numbers of the ticked sites."""
        items = (self.sites.topLevelItem(row) for row in range(self.sites.topLevelItemCount()))
        return frozenset(
            item.data(0, _NUMBER) for item in items if item is not None and item.checkState(0) == Qt.CheckState.Checked
        )

    @property
    def fewest(self) -> int:
        """Least number of groups asked for."""
        return min(1, self.most) if self.fewer.isChecked() else self.most

    @property
    def most(self) -> int:
        """Largest number of groups asked for."""
        return self.groups.value()

    def show_plan(self, plan: DerivatisationPlan) -> None:
        """Show other sites, the usual ones ticked, as many groups as there can be."""
        self.plan = plan
        self._as_many_as_can = True
        with QSignalBlocker(self.sites):
            self.sites.clear()
            for site in plan.sites:
                item = QTreeWidgetItem(self.sites, [str(site.number), site.label, site.words])
                item.setData(0, _NUMBER, site.number)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(0, Qt.CheckState.Checked if site.usual else Qt.CheckState.Unchecked)
                item.setToolTip(2, site.words)
        first = self.sites.topLevelItem(0)
        if first is not None:
            self.sites.setCurrentItem(first)
        self.show_notes(())
        self._fit_number()
        for control in (self.sites, self.usual, self.all, self.none, self.fewer):
            control.setEnabled(bool(plan.sites))

    def show_notes(self, sentences: tuple[str, ...]) -> None:
        """Show what the plan says, and these sentences on the list."""
        of_plan = self.plan.notes if self.plan is not None else ()
        self.notes.setText("\n\n".join((*sentences, *of_plan)))

    def tick(self, numbers: frozenset[int]) -> None:
        """Tick these sites and no others."""
        with QSignalBlocker(self.sites):
            for row in range(self.sites.topLevelItemCount()):
                item = self.sites.topLevelItem(row)
                if item is not None:
                    on = item.data(0, _NUMBER) in numbers
                    item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._ticked()

    def _numbers(self) -> frozenset[int]:
        return frozenset(site.number for site in self.plan.sites) if self.plan is not None else frozenset()

    def _ticked(self) -> None:
        self._fit_number()
        self.changed.emit()

    def _number_chosen(self) -> None:
        self._as_many_as_can = self.groups.value() == self.groups.maximum()
        self.changed.emit()

    def _fit_number(self) -> None:
        """As many groups as the ticked sites can bear, or as were asked for."""
        most = self.plan.most_groups(self.ticked) if self.plan is not None else 0
        with QSignalBlocker(self.groups):
            self.groups.setMaximum(most)
            if self._as_many_as_can:
                self.groups.setValue(most)
        self.groups.setEnabled(most > 0)
        self.of.setText(self.tr("of %1").replace("%1", str(most)))

    def _name(self) -> None:
        self.sites.setObjectName("derivativeSiteList")
        self.sites.setAccessibleName(self.tr("Sites that react; tick those that may bear a group"))
        self.sites.setRootIsDecorated(False)
        self.sites.setAlternatingRowColors(True)
        self.sites.setHeaderLabels([self.tr("Site"), self.tr("Atom"), self.tr("What reacts")])
        header = self.sites.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        named: tuple[tuple[QWidget, str, str, str], ...] = (
            (self.usual, "derivativeUsualSites", self.tr("Tick the usual sites"), self.tr("Those that react without force")),
            (self.all, "derivativeAllSites", self.tr("Tick all sites"), ""),
            (self.none, "derivativeNoSites", self.tr("Tick no site"), ""),
            (
                self.groups,
                "derivativeGroups",
                self.tr("Number of groups"),
                self.tr("How many of the ticked sites bear a group; all structures with that number are listed"),
            ),
            (self.fewer, "derivativeFewer", self.tr("Also list derivatives with fewer groups"), ""),
        )
        for widget, name, words, tip in named:
            widget.setObjectName(name)
            widget.setAccessibleName(words)
            widget.setToolTip(tip or words)
        self.of.setObjectName("derivativeGroupsOf")
        self.notes.setObjectName("derivativeNotes")
        self.notes.setAccessibleName(self.tr("What else there is to know"))
        self.notes.setProperty("role", "muted")
        self.notes.setWordWrap(True)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        self.notes.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _arrange(self) -> None:
        label = QLabel(self.tr("&Groups:"), self)
        label.setBuddy(self.groups)
        number = QHBoxLayout()
        for widget in (label, self.groups, self.of, self.fewer):
            number.addWidget(widget)
        number.addStretch(1)
        ticks = QHBoxLayout()
        ticks.addWidget(QLabel(self.tr("Tick:"), self))
        for button in (self.usual, self.all, self.none):
            button.setAutoDefault(False)
            ticks.addWidget(button)
        ticks.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setObjectName("derivativeNotesScroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.notes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.structure, 3)
        layout.addLayout(ticks)
        layout.addWidget(self.sites, 3)
        layout.addLayout(number)
        layout.addWidget(scroll, 2)
