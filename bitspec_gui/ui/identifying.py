"""The *Identify* tab at work: where unknowns come from, what its actions do, and when searches begin by themselves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.search import HitList
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.catalogue import Services
from bitspec_gui.services.example_unknown import example_unknown
from bitspec_gui.ui.actions import Actions
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.panels.identify import IdentifyPanel
from bitspec_gui.ui.report_export import ReportExport
from bitspec_gui.ui.search_flow import SearchFlow
from bitspec_gui.ui.spectra_intake import SpectraIntake
from bitspec_gui.workers.runner import Runner

_log = logging.getLogger(__name__)

MOST_FILES = 20
"""Files whose unknowns are there again at the next start."""


class Identification(QObject):
    """Owns the flows of the tab. `shown` asks the window to bring the tab to the front."""

    shown = Signal()
    told = Signal(str)
    files_changed = Signal()

    def __init__(
        self,
        services: Services,
        runner: Runner,
        state: IdentifyState,
        actions: Actions,
        panel: IdentifyPanel,
        intake: SpectraIntake,
        last_folder: Callable[[], str],
    ) -> None:
        super().__init__(panel)
        self._services, self._runner, self._state, self._actions = services, runner, state, actions
        self._panel, self._chromatogram, self._intake = panel, panel.chromatogram, intake
        self._last_folder = last_folder
        self._awake = False
        self._example_wanted = False
        self._example: int | None = None
        self._picked: int | None = None
        self.search = SearchFlow(services.lookup, runner, state, self)
        self.reports = ReportExport(
            panel, runner, services.libraries.libraries, lambda: services.lookup.ranking_version, services.explaining
        )
        self._connect()
        self._enable()

    @property
    def files(self) -> tuple[str, ...]:
        """Files whose unknowns are on the list, the newest ones."""
        return tuple(dict.fromkeys(each.file for each in self._state.unknowns if each.file))[-MOST_FILES:]

    def start(self, files: Sequence[str]) -> None:
        """Take the unknowns of the last session again; without any, a first start will show an example."""
        there = [file for file in files if Path(file).is_file()]
        self._example_wanted = not there
        self._intake.restore(there)

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self.search.stop()
        self._panel.stop()

    def wake(self) -> None:
        """The tab is on show for the first time: from now on searches begin by themselves."""
        if not self._awake:
            self._awake = True
            self.search.begin()
            self._show_example()

    def libraries_changed(self) -> None:
        """Other spectra compete now."""
        if self._awake:
            self._show_example()
            self.search.libraries_changed()

    def take(self, record: SpectrumRecord) -> None:
        """Identify a spectrum from elsewhere in the window."""
        self._state.add([record])
        self._forget_example()
        self.shown.emit()

    def open_runs(self, paths: Sequence[Path]) -> None:
        """Show a GC-MS run; of several the last."""
        for path in paths[:-1]:
            self.told.emit(self.tr("One run is shown at a time; %1 was not opened.").replace("%1", path.name))
        self._panel.show_chromatogram()
        self._chromatogram.open_path(paths[-1])
        self.shown.emit()

    def _connect(self) -> None:
        a, state = self._actions, self._state
        a.search.triggered.connect(lambda: self._searched_by_hand(self.search.search))
        a.search_all.triggered.connect(lambda: self._searched_by_hand(self.search.search_all))
        a.remove_unknowns.triggered.connect(lambda: state.remove(self._panel.queries.selected_keys))
        reports = self.reports
        a.export_hits.triggered.connect(lambda: self._write(reports.ask_hit_list, self._state.all_found))
        a.export_spectra.triggered.connect(lambda: self._write(reports.ask_spectra, self._state.all_found))
        a.report.triggered.connect(lambda: self._write(reports.ask_report, self._found))
        a.all_reports.triggered.connect(lambda: self._write(reports.ask_report, self._state.all_found))
        self._panel.hints.mass_chosen.connect(self._state_mass)
        self._panel.hints.formula_chosen.connect(self._filter_formula)
        self._intake.taken.connect(self._taken)
        self._chromatogram.spectrum_picked.connect(self._take_picked)
        self._chromatogram.peaks_picked.connect(self._take_peaks)
        for signal in (state.unknowns_changed, state.found, state.unknown_changed, self.search.batch_changed):
            signal.connect(lambda *_: self._enable())
        state.unknowns_changed.connect(self.files_changed)
        self.search.told.connect(self.told)

    def _enable(self) -> None:
        a, some = self._actions, bool(self._state.unknowns)
        a.search.setEnabled(some)
        a.remove_unknowns.setEnabled(some)
        a.search_all.setEnabled(some and not self.search.batch_runs)
        a.report.setEnabled(self._state.hit_list is not None)
        for action in (a.export_hits, a.export_spectra, a.all_reports):
            action.setEnabled(self._state.some_found)

    @property
    def _found(self) -> list[HitList]:
        """What was found for the unknown looked at."""
        return [self._state.hit_list] if self._state.hit_list is not None else []

    def _write(self, ask: Callable[[Sequence[HitList], str], None], hit_lists: Sequence[HitList]) -> None:
        if hit_lists:
            ask(hit_lists, self._last_folder())

    def _state_mass(self, mass_da: int) -> None:
        unknown = self._state.unknown
        if unknown is not None:
            self._state.state_of_unknown(mass_da=mass_da, retention_index=unknown.record.retention_index)
            self.told.emit(self.tr("The unknown counts as having a molecular mass of %1 Da").replace("%1", str(mass_da)))

    def _filter_formula(self, formula: str) -> None:
        self._panel.show_filter()
        self._panel.filter.set_formula(formula)

    def _searched_by_hand(self, search: Callable[[], None]) -> None:
        self.shown.emit()
        search()

    def _taken(self) -> None:
        self._forget_example()
        self.shown.emit()

    def _forget_example(self) -> None:
        """There are spectra of the user's own now."""
        self._example_wanted = False
        if self._example is not None:
            example, self._example = self._example, None
            self._state.remove([example])

    def _take_picked(self, record: SpectrumRecord) -> None:
        """What is picked in a run replaces what was picked before, so that stepping through scans fills no list."""
        if self._picked is not None and self._state.unknown_of(self._picked) is not None:
            self._state.replace(self._picked, record)
            self._state.look_at(self._picked)
        else:
            self._picked = self._state.add([record])[0].key
        self._forget_example()

    def _take_peaks(self, records: tuple[SpectrumRecord, ...]) -> None:
        self._state.add(records)
        self._forget_example()
        self.told.emit(self.tr("%1 peaks; press Shift+F5 to search all").replace("%1", f"{len(records):,}"))

    def _show_example(self) -> None:
        if self._example_wanted and not self._state.unknowns:
            self._runner.submit(
                "query",
                example_unknown,
                self._services.libraries,
                on_done=self._example_found,
                on_error=lambda error: _log.info("No example unknown: %s", error),
                key="example-unknown",
            )

    def _example_found(self, record: SpectrumRecord | None) -> None:
        if record is not None and self._example_wanted and not self._state.unknowns:
            self._example_wanted = False
            self._example = self._state.add([record])[0].key
