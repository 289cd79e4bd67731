"""The *Identify* tab: unknowns at the left, the mirror plot above the hits."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from bitspec_gui.domain.search import Hit
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.catalogue import Services
from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.facts import shortened
from bitspec_gui.ui.hit_words import kind_text
from bitspec_gui.ui.identify_state import IdentifyState, SearchPhase, Unknown
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.chromatogram import ChromatogramPanel
from bitspec_gui.ui.panels.hints import HintsPanel
from bitspec_gui.ui.panels.hit_filter import HitFilterPanel
from bitspec_gui.ui.panels.hit_scores import HitScores
from bitspec_gui.ui.panels.identify_hits import HitsPanel
from bitspec_gui.ui.panels.identify_queries import QueriesPanel, UnknownChooser
from bitspec_gui.ui.panels.identify_settings import IdentifySettings
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.spectrum_tools import SpectrumTools
from bitspec_gui.ui.panels.tab_pages import TabPages
from bitspec_gui.ui.panels.why_not import WhyNotPanel
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.tables.unknowns import title_of
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.ui.views.content import SpectrumContent, nominal_mass_of
from bitspec_gui.ui.views.spectrum_view import SpectrumView
from bitspec_gui.workers.runner import Runner

LEAST_PLOT_PX = 70
LEAST_FILTER_PX = 76
NARROW_PX = 740
"""Width below which the list of unknowns becomes a chooser."""

SHARES_WITH_RUN = (0.4, 0.34, 0.26)
"""Of the height: chromatogram, spectra, hits."""


class IdentifyPanel(QWidget):
    """Settings, unknowns, plot and hits, with hints and “why not” beside the hits, and a GC-MS run above the plot."""

    add_library_wanted = Signal()

    def __init__(
        self,
        window_state: WindowState,
        state: IdentifyState,
        actions: Actions,
        thumbnails: Thumbnails,
        services: Services,
        runner: Runner,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("identifyPanel")
        self._window_state, self._state = window_state, state
        self.settings = IdentifySettings(state, actions, self)
        self.filter = HitFilterPanel(window_state, state, runner, self)
        self._filter_room = _RoomFor(self.filter, self)
        self.queries = QueriesPanel(state, actions, self)
        self.chooser = UnknownChooser(state, self.settings)
        self.settings.row.put_first(self.chooser)
        self.problem = Notice("identifyProblem", "danger", self)
        self.notes = Notice("identifyNotes", "warning", self)
        self.add_library = self.notes.add_button("identifyAddLibrary", self.tr("Add a library…"))
        self.headline = OneLine("hitHeadline", "title", self)
        self.scores = HitScores(self)
        self.view = SpectrumView("identifySpectrum", self)
        self.view.plot.setMinimumSize(200, LEAST_PLOT_PX)
        self.hits = HitsPanel(state, actions, thumbnails, self)
        self.hints = HintsPanel(state, services.hints, runner, self)
        self.why_not = WhyNotPanel(window_state, state, services.why_not, runner, self)
        self.why_not.input.offer_names(services.names, runner)
        self.chromatogram = ChromatogramPanel(window_state.colours, runner, self)
        self.answers = TabPages("identifyTabs", self)
        self.beside = QSplitter(Qt.Orientation.Vertical, self)
        self._arrange(actions)
        self._connect()
        self._filter_room.hide()
        self.chromatogram.hide()
        self._show_all()

    def show_filter(self) -> None:
        """Open the filters."""
        self.settings.filters.setChecked(True)

    def show_chromatogram(self) -> None:
        """Give the chromatogram of a run its share of the height."""
        if not self.chromatogram.isHidden():
            return
        self.chromatogram.show()
        height = self.beside.height()
        self.beside.setSizes([round(height * share) for share in SHARES_WITH_RUN])

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self.filter.stop()
        self.why_not.stop()
        self.chromatogram.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window has a chooser in place of the list of unknowns."""
        super().resizeEvent(event)
        self._fit()

    def _arrange(self, actions: Actions) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(self.headline, 1)
        heading.addWidget(self.scores)
        plot = QWidget(self)
        plot_column = QVBoxLayout(plot)
        plot_column.setContentsMargins(0, 0, 0, 0)
        plot_column.setSpacing(4)
        plot_column.addLayout(heading)
        tools = SpectrumTools(self._window_state, actions, self, reverse=True)
        tools.setObjectName("identifyTools")
        plot_column.addWidget(tools)
        plot_column.addWidget(self.view, 1)
        self.answers.addTab(self.hits, self.tr("Hits"))
        self.answers.addTab(self.hints, self.tr("Hints"))
        self.answers.addTab(self.why_not, self.tr("Why not?"))
        self.beside.setObjectName("identifySplitter")
        self.beside.setChildrenCollapsible(False)
        self.beside.addWidget(self.chromatogram)
        self.beside.addWidget(plot)
        self.beside.addWidget(self.answers)
        for place in range(self.beside.count()):
            self.beside.setStretchFactor(place, 1)
        self.beside.setSizes([240, 430, 300])
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.setObjectName("identifyAcross")
        across.setChildrenCollapsible(False)
        across.addWidget(self.queries)
        across.addWidget(self.beside)
        across.setStretchFactor(1, 1)
        across.setSizes([210, 700])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(6)
        layout.addWidget(self.settings)
        layout.addWidget(self._filter_room)
        layout.addWidget(self.problem)
        layout.addWidget(self.notes)
        layout.addWidget(across, 1)

    def _connect(self) -> None:
        state, window_state = self._state, self._window_state
        self.settings.filters.toggled.connect(self._filter_room.setVisible)
        self.view.peak_picked.connect(window_state.select_peak)
        self.view.plot.step_wanted.connect(self.hits.step)
        self.add_library.clicked.connect(self.add_library_wanted)
        state.unknowns_changed.connect(self._show_all)
        state.unknown_changed.connect(self._show_spectra)
        state.hit_changed.connect(lambda: self._show_spectra(keep_zoom=True))
        state.hits_changed.connect(self._show_notes)
        state.phase_changed.connect(self._show_notes)
        state.settings_changed.connect(lambda: self.settings.count_filters(self.filter.count))
        window_state.libraries_changed.connect(self._show_notes)
        window_state.peak_changed.connect(lambda: self.view.select_mz(window_state.peak_mz))
        window_state.mode_changed.connect(lambda: self.view.set_mode(window_state.mode))
        window_state.labels_changed.connect(self._show_labels)
        window_state.colours_changed.connect(self._show_colours)
        self._show_labels()

    def _fit(self) -> None:
        narrow, some = self.width() < NARROW_PX, bool(self._state.unknowns)
        self.queries.setVisible(not narrow)
        self.chooser.setVisible(narrow and some)

    def _show_all(self) -> None:
        self._fit()
        self._show_spectra()
        self._show_notes()

    def _show_notes(self) -> None:
        state = self._state
        failed = state.phase in (SearchPhase.FAILED, SearchPhase.CANCELLED)
        self.problem.say(state.sentence if failed else "")
        found = state.hit_list
        notes = list(found.notes) if found is not None else []
        if found is not None and not found.hits and not notes:
            notes.append(self.tr("No spectrum agrees with this unknown. Try another score, or loosen the filters."))
        window_state = self._window_state
        if found is not None and (window_state.opening_libraries or window_state.loading_more):
            notes.append(self.tr("A library is still being loaded; the search is done again when it is there."))
        none = self._window_state.libraries == () and not self._window_state.library_problem
        if none and not notes:
            notes.append(self.tr("There is no library to search yet."))
        self.add_library.setVisible(none)
        self.notes.say("\n".join(notes))

    def _show_spectra(self, *, keep_zoom: bool = False) -> None:
        unknown, hit = self._state.unknown, self._state.hit
        self.scores.show_hit(hit, self._window_state.colours)
        if unknown is None:
            self.headline.setText("")
            self.view.show_content(None)
            words = self.tr("Drop or open the spectrum of an unknown, or a GC-MS run, or paste peaks, for example: %1")
            self.view.set_hint(words.replace("%1", "41 320; 43 999; 58 120"))
            return
        self.view.set_hint("")
        self.headline.setText(_headline(hit) if hit is not None else title_of(unknown))
        self.view.show_content(_content(unknown, hit, self.tr("Unknown · %1")), keep_zoom=keep_zoom)
        self.view.select_mz(self._window_state.peak_mz)

    def _show_labels(self) -> None:
        state = self._window_state
        self.view.set_labels(state.labels_shown, state.label_threshold_percent, state.label_mode)

    def _show_colours(self) -> None:
        colours = self._window_state.colours
        self.view.set_colours(colours)
        self.hits.set_colours(colours)
        self.hints.fit_to_font()
        self.chromatogram.set_colours(colours)
        self.queries.set_colours(colours)
        self.settings.set_colour(colours.text)
        self.scores.show_hit(self._state.hit, colours)


class _RoomFor(QScrollArea):
    """A part that scrolls in a low window rather than making it higher."""

    def __init__(self, part: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("filterRoom")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._part = part
        self.setWidget(part)

    def sizeHint(self) -> QSize:
        """As high as the part."""
        return self._part.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Two lines of it."""
        return QSize(self._part.minimumSizeHint().width(), min(LEAST_FILTER_PX, self._part.sizeHint().height()))


def _content(unknown: Unknown, hit: Hit | None, title: str) -> SpectrumContent:
    words = title.replace("%1", title_of(unknown))
    mass = nominal_mass_of(unknown.record)
    if hit is None:
        return SpectrumContent(unknown.record.spectrum, words, molecular_mass=mass, top_is_unknown=True)
    record: SpectrumRecord = hit.entry.record
    place = " · ".join(part for part in (hit.entry.library, shortened(record.accession or "")) if part)
    return SpectrumContent(
        unknown.record.spectrum,
        words,
        record.spectrum,
        f"{kind_text(hit).capitalize()} · {place}",
        molecular_mass=mass if mass is not None else nominal_mass_of(record),
        top_is_unknown=True,
        bottom_is_measured=not hit.is_predicted,
    )


def _headline(hit: Hit) -> str:
    record = hit.entry.record
    name = record.name or record.accession or record.formula or ""
    return f"{hit.rank}. {name}"
