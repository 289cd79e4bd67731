"""The predicted spectrum of the derivative that is looked at, head to tail with that of its parent or of another derivative."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from bitspec_gui.domain.derivatives import Derivative
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.views.content import SpectrumContent
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.ui.views.structure import StructureView

NOTHING, PARENT = -2, -1
LABELS_FROM_PERCENT = 5.0


class DerivativeSpectrum(QWidget):
    """The derivative's structure at the left, its spectrum at the right, and what to compare it with above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("derivativeSpectrumPanel")
        self.structure = StructureView("derivativeStructure", self)
        self.view = SpectrumView("derivativeSpectrum", self)
        self.compared = QComboBox(self)
        self._spectra: dict[int, Prediction] = {}
        self._shown: Derivative | None = None
        self._place: int | None = None
        self._problem = ""
        self._arrange()
        self.view.set_labels(True, LABELS_FROM_PERCENT)
        self.compared.currentIndexChanged.connect(lambda _index: self._draw())

    def show_list(self, parent_name: str, derivatives: Sequence[Derivative]) -> None:
        """Offer other derivatives for comparison; spectra come by `take`."""
        kept = self.compared.currentData()
        self._spectra = {}
        self._shown, self._place, self._problem = None, None, ""
        with QSignalBlocker(self.compared):
            self.compared.clear()
            self.compared.addItem(self.tr("Nothing"), NOTHING)
            self.compared.addItem(self.tr("The parent: %1").replace("%1", parent_name), PARENT)
            for place, each in enumerate(derivatives):
                self.compared.addItem(each.molecule.name, place)
            self.compared.setCurrentIndex(0 if kept == NOTHING else 1)
        self._draw()

    def take(self, place: int, prediction: Prediction) -> None:
        """Take the spectrum of the derivative at a place of the list, or of the parent (`PARENT`)."""
        self._spectra[place] = prediction
        if place in (self._place, self.compared.currentData()):
            self._draw()

    def show_derivative(self, place: int | None, derivative: Derivative | None, problem: str = "") -> None:
        """Show the derivative at a place of the list, or none; `problem` says why there is no spectrum."""
        self._place, self._shown, self._problem = place, derivative, problem
        self._draw()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.view.set_colours(colours)

    def _draw(self) -> None:
        top = self._spectra.get(self._place) if self._place is not None else None
        if top is None:
            self.view.show_content(None)
            on_its_way = self.tr("There is no spectrum yet.")
            nothing_chosen = self.tr("Choose a derivative above to see its spectrum.")
            self.view.set_hint(self._problem or (on_its_way if self._shown is not None else nothing_chosen))
            return
        self.view.set_hint("")
        below = self.compared.currentData()
        bottom = self._spectra.get(below) if below != self._place else None
        self.view.show_content(
            SpectrumContent(
                top.spectrum,
                self.tr("Predicted · %1").replace("%1", top.molecule.name),
                bottom.spectrum if bottom is not None else None,
                self.tr("Predicted · %1").replace("%1", bottom.molecule.name or bottom.molecule.formula) if bottom else "",
                molecular_mass=top.molecule.nominal_mass,
                annotations=top.annotations,
                bottom_is_measured=False,
            )
        )

    def _arrange(self) -> None:
        self.compared.setObjectName("derivativeCompared")
        self.compared.setAccessibleName(self.tr("Spectrum to compare with, drawn below"))
        self.compared.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.compared.setMinimumContentsLength(28)
        label = QLabel(self.tr("&Compare with:"), self)
        label.setBuddy(self.compared)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.compared, 1)
        row.addStretch(1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("derivativeSpectrumSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.structure)
        splitter.addWidget(self.view)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(splitter, 1)
