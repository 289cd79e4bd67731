"""The spectrum of a dataset that is looked at: structure, what BitSpec thinks of it, and the model's prediction below it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from bitspec_gui.domain.tuning_data import CompoundGroup, DatasetSpectrum, Standing
from bitspec_gui.ui.dataset_words import energy_words, name_words, source_words, standing_words
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.facts import with_subscripts
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.train_actions import TrainActions
from bitspec_gui.ui.train_prediction import Seen, TrainPrediction
from bitspec_gui.ui.views.content import SpectrumContent, nominal_mass_of
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.ui.views.structure import StructureView

STRUCTURE_PX = 128

FACTS_FROM_LINES, REASON_FROM_LINES = 22, 13
"""Height in lines of text from which there is room for structure and facts, and for the reason why a spectrum is not used."""


class TrainSpectrum(QWidget):
    """Details of one spectrum."""

    def __init__(
        self,
        window: WindowState,
        actions: TrainActions,
        predictions: TrainPrediction,
        drawings: Drawings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainSpectrumPanel")
        self._window, self._predictions, self._drawings = window, predictions, drawings
        self.spectrum: DatasetSpectrum | None = None
        self._seen: Seen | None = None
        self._why_fits = True
        self._groups: Mapping[int, CompoundGroup] = {}
        self._lowest: Mapping[int, int] = {}
        self.headline = OneLine("trainSpectrumHeadline", "title", self)
        self.facts = self._label("trainSpectrumFacts", "")
        self.agreement = self._label("trainSpectrumAgreement", "muted")
        self.why = Notice("trainSpectrumWhy", "warning", self)
        self.edit = self.why.add_button("trainSpectrumEdit", self.tr("Edit…"))
        self.edit.setToolTip(actions.edit_spectrum.toolTip())
        self.edit.clicked.connect(actions.edit_spectrum.trigger)
        self.structure = StructureView("trainStructure", self)
        self.structure.setMinimumSize(110, 90)
        self.structure.setMaximumHeight(STRUCTURE_PX)
        self.view = SpectrumView("trainMirror", self)
        self._arrange()
        predictions.seen.connect(self._take)
        window.labels_changed.connect(self._show_labels)
        window.mode_changed.connect(lambda: self.view.set_mode(window.mode))
        window.colours_changed.connect(self._show_colours)
        window.model_changed.connect(self._predict)
        self._show_labels()
        self.view.set_mode(window.mode)
        self._show_colours()
        self.show_spectrum(None)

    def show_spectrum(self, spectrum: DatasetSpectrum | None) -> None:
        """Show a spectrum; its prediction comes later."""
        before = self.spectrum
        if spectrum is before and spectrum is not None:
            return
        self.spectrum = spectrum
        same = before is not None and spectrum is not None and before.record == spectrum.record
        if not same:
            self._seen = None
        self.headline.setText("" if spectrum is None else name_words(spectrum))
        self.facts.setText(self._facts())
        self._show_why()
        if same:
            return
        self._draw()
        self._show_mirror(keep_zoom=False)
        self._predict()

    def set_groups(self, groups: Mapping[int, CompoundGroup], lowest: Mapping[int, int]) -> None:
        """Replicates by the ids of their spectra, and the lowest m/z that each spectrum was recorded from."""
        changed = self.spectrum is not None and lowest.get(self.spectrum.spectrum_id) != self._lowest.get(
            self.spectrum.spectrum_id
        )
        self._groups, self._lowest = groups, lowest
        self._show_why()
        if changed:
            self._predict()

    def minimumSizeHint(self) -> QSize:
        """Room for a name and a low spectrum."""
        return QSize(200, 130)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, structure and facts give way, which the table has as well; then the reason."""
        super().resizeEvent(event)
        lines = self.height() / max(1, self.fontMetrics().lineSpacing())
        self._above.setVisible(lines >= FACTS_FROM_LINES)
        self._why_fits = lines >= REASON_FROM_LINES
        self._show_why()

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        if role:
            label.setProperty("role", role)
        return label

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self.facts)
        words.addWidget(self.agreement)
        words.addStretch(1)
        self._above = QWidget(self)
        above = QHBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(8)
        above.addWidget(self.structure, 2)
        above.addLayout(words, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self.why)
        column.addWidget(self._above)
        column.addWidget(self.view, 1)

    def _facts(self) -> str:
        spectrum = self.spectrum
        if spectrum is None:
            return ""
        record = spectrum.record
        mass = nominal_mass_of(record)
        first = [with_subscripts(record.formula or ""), f"M {mass}" if mass is not None else "", record.cas or ""]
        second = [record.instrument or "", energy_words(spectrum)]
        lines = (first, second, [source_words(spectrum, whole=True)], [standing_words(spectrum)])
        return "\n".join(" · ".join(part for part in line if part) for line in lines if any(line))

    def _show_why(self) -> None:
        spectrum = self.spectrum
        group = self._groups.get(spectrum.spectrum_id) if spectrum is not None else None
        odd = spectrum is not None and group is not None and spectrum.spectrum_id in group.disagreeing
        parts = []
        if spectrum is not None and spectrum.standing is Standing.NO_STRUCTURE and not spectrum.reason:
            parts.append(self.tr("Nothing says which compound this is: give it a structure, or leave it out."))
        if spectrum is not None and spectrum.reason:
            parts.append(spectrum.reason)
        if odd and group is not None:
            parts.append(group.said)
        self.why.say(" ".join(parts) if self._why_fits else "")
        self.agreement.setText(self._agreement(group))

    def _agreement(self, group: CompoundGroup | None) -> str:
        lines = []
        seen = self._seen
        if seen is not None and seen.prediction is not None:
            words = self.tr("Cosine %1 with what the model in use predicts").replace("%1", f"{seen.cosine:.2f}")
            if seen.lowest_mz > 1:
                words = self.tr("%1, from m/z %2 on").replace("%1", words).replace("%2", str(seen.lowest_mz))
            lines.append(words)
        elif seen is not None:
            lines.append(seen.problem)
        if group is not None and len(group.spectrum_ids) > 1:
            words = self.tr("%1 spectra of this compound").replace("%1", str(len(group.spectrum_ids)))
            if group.mean_cosine is not None:
                words = self.tr("%1, which agree to %2").replace("%1", words).replace("%2", f"{group.mean_cosine:.2f}")
            lines.append(words)
        return "\n".join(lines)

    def _draw(self) -> None:
        smiles = self.spectrum.record.smiles if self.spectrum is not None else None
        if smiles:
            self._drawings.draw_text(self.structure, smiles, dark=self._window.colours.dark)
        else:
            self._drawings.clear(self.structure, "" if self.spectrum is None else self.tr("No structure"))

    def _predict(self) -> None:
        spectrum = self.spectrum
        self._predictions.look(spectrum, self._lowest.get(spectrum.spectrum_id, 1) if spectrum is not None else 1)

    def _take(self, seen: Seen) -> None:
        if self.spectrum is None or seen.spectrum_id != self.spectrum.spectrum_id:
            return
        self._seen = seen
        self._show_why()
        self._show_mirror(keep_zoom=True)

    def _show_mirror(self, *, keep_zoom: bool) -> None:
        spectrum, seen = self.spectrum, self._seen
        if spectrum is None:
            self.view.show_content(None)
            self.view.set_hint(self.tr("Choose a spectrum to see it."))
            return
        self.view.set_hint("")
        prediction = seen.prediction if seen is not None else None
        title = self.tr("Predicted by %1").replace("%1", prediction.model_version.name) if prediction is not None else ""
        self.view.show_content(
            SpectrumContent(
                spectrum.record.spectrum,
                self.tr("Measured"),
                bottom=prediction.spectrum if prediction is not None else None,
                bottom_title=title,
                molecular_mass=nominal_mass_of(spectrum.record),
                top_is_measured=True,
                bottom_is_measured=False,
            ),
            keep_zoom=keep_zoom,
        )

    def _show_labels(self) -> None:
        self.view.set_labels(self._window.labels_shown, self._window.label_threshold_percent, self._window.label_mode)

    def _show_colours(self) -> None:
        self.view.set_colours(self._window.colours)
        self._draw()
