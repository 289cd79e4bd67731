"""A GC-MS run: its chromatogram, traces of ions, and the scans whose spectrum is to be searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services import runs
from bitspec_gui.services.runs import Pick, Trace
from bitspec_gui.spectra.chromatogram import ChromatogramPeak, scan_at
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.ui.panels.run_controls import RunControls
from bitspec_gui.ui.theme import Colours
from bitspec_gui.ui.views.chromatogram import ChromatogramContent, ChromatogramView
from bitspec_gui.workers.runner import Runner

MOST_BACKGROUNDS = 2
LEAST_VIEW_PX = 96
_SHOWN_PROBLEMS = 3


class ChromatogramPanel(QWidget):
    """Opens runs and lets scans be picked. What is picked goes out as a `SpectrumRecord` by `spectrum_picked`.

    `peaks_picked` carries a tuple of records, one for each peak of the run; `run_opened` the `Run`.
    """

    spectrum_picked = Signal(object)
    peaks_picked = Signal(object)
    run_opened = Signal(object)

    def __init__(self, colours: Colours, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chromatogramPanel")
        self.setAccessibleName(self.tr("GC-MS run"))
        self._runner = runner
        self.run: Run | None = None
        self.pick: Pick | None = None
        self._peaks: tuple[ChromatogramPeak, ...] = ()
        self._chosen_background: tuple[tuple[int, int], ...] = ()
        self.title = OneLine("runTitle", "section", self)
        self.facts = OneLine("runFacts", "muted", self, shortest_px=0)
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("closeRun")
        self.close_button.setText("×")
        self.close_button.setAccessibleName(self.tr("Close the run"))
        self.close_button.setToolTip(self.tr("Close the run; spectra that were picked from it stay"))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.problem = Notice("runProblem", "danger", self)
        self.remarks = Notice("runRemarks", "warning", self)
        self.view = ChromatogramView("chromatogram", self)
        self.controls = RunControls(self)
        self.picked = OneLine("runPicked", "muted", self, shortest_px=0)
        self.view.setMinimumHeight(LEAST_VIEW_PX)
        self._arrange()
        self._connect()
        self.set_colours(colours)
        self._show_run()

    # What others call

    def open_path(self, path: Path) -> None:
        """Read a run in the background and show it; what is wrong with it is said in the panel."""
        self.problem.say("")
        if self.run is None:
            self.view.set_hint(self.tr("Opening %1 …").replace("%1", Path(path).name))
        self._runner.submit(
            "open", runs.open_run, Path(path), title=self.tr("Opening %1").replace("%1", Path(path).name), cancellable=True,
            key="run", on_done=self.show_run, on_error=self._not_opened, on_cancel=self._show_hint,
        )  # fmt: skip

    def show_run(self, run: Run) -> None:
        """Show a run that has been read."""
        self.run, self.pick, self._peaks, self._chosen_background = run, None, (), ()
        for key in ("run-pick", "run-ions"):
            self._runner.abandon(key)
        self.problem.say("")
        self.controls.subtract.setChecked(False)
        self._show_run()
        self._runner.submit("query", runs.peaks, run, key="run-peaks", on_done=self._show_peaks, on_error=self._failed)
        self._read_ions()
        self.run_opened.emit(run)

    def close_run(self) -> None:
        """Show no run any more."""
        for key in ("run", "run-pick", "run-ions", "run-peaks", "run-all-peaks"):
            self._runner.abandon(key)
        self.controls.stop()
        self.run, self.pick, self._peaks, self._chosen_background = None, None, (), ()
        self.problem.say("")
        self._show_run()

    def _close(self) -> None:
        self.close_run()
        self.hide()

    def stop(self) -> None:
        """Wait for no more typing (the window closes)."""
        self.controls.stop()

    def set_colours(self, colours: Colours) -> None:
        """Light or dark."""
        self.view.set_colours(colours)

    def _arrange(self) -> None:
        heading = QHBoxLayout()
        heading.addWidget(self.title)
        heading.addStretch(1)
        heading.addWidget(self.facts)
        heading.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(heading)
        layout.addWidget(self.problem)
        layout.addWidget(self.remarks)
        layout.addWidget(self.controls)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.picked)

    def _connect(self) -> None:
        controls = self.controls
        controls.ions_typed.connect(self._read_ions)
        controls.mode_chosen.connect(self.view.set_mode)
        controls.subtract.clicked.connect(lambda _on: self._subtraction_changed())
        controls.forget.clicked.connect(self._forget_background)
        controls.previous.clicked.connect(lambda: self._step_peak(-1))
        controls.following.clicked.connect(lambda: self._step_peak(1))
        controls.all_peaks.clicked.connect(self._take_all_peaks)
        self.close_button.clicked.connect(self._close)
        self.view.time_picked.connect(lambda time: self._pick_times(time, time))
        self.view.range_picked.connect(self._pick_times)
        self.view.background_picked.connect(self._background_picked)
        self.view.step_wanted.connect(self._step)
        self.view.peak_wanted.connect(self._step_peak)

    # What is shown

    def _show_run(self) -> None:
        run = self.run
        self.controls.set_run_there(run is not None)
        self.remarks.say(self._remarks(run.problems if run is not None else ()))
        if run is None:
            self.title.setText("")
            self.facts.setText("")
            self.view.show_content(None)
        else:
            self.title.setText(
                " · ".join(part for part in (Path(run.source_file).name, run.title, run.instrument, run.acquired) if part)
            )
            span = self.tr("%1 scans · %2 to %3 min · m/z %4 to %5").replace("%1", f"{run.scans:,}")
            for mark, value in (("%2", run.time_min[0]), ("%3", run.time_min[-1])):
                span = span.replace(mark, f"{value:.2f}")
            self.facts.setText(span.replace("%4", f"{run.mz.min():.0f}").replace("%5", f"{run.mz.max():.0f}"))
            self.view.show_content(ChromatogramContent(run.time_min, Trace(self.tr("Total ions"), run.tic)))
        self._show_hint()
        self._show_pick()

    def _show_hint(self) -> None:
        words = self.tr("Open a GC-MS run (netCDF, mzML, mzXML, JCAMP-DX or Agilent .D) to pick spectra from it.")
        self.view.set_hint(words if self.run is None else "")

    def _remarks(self, problems: Sequence[Problem]) -> str:
        sentences = [f"{problem.what} {problem.kept}".strip() for problem in problems[:_SHOWN_PROBLEMS]]
        more = len(problems) - len(sentences)
        if more > 0:
            sentences.append(self.tr("There are %1 further remarks.").replace("%1", str(more)))
        return "\n".join(sentences)

    def _show_peaks(self, peaks: tuple[ChromatogramPeak, ...]) -> None:
        self._peaks = peaks
        if self.view.content is not None:
            content = replace(self.view.content, tops=tuple(peak.apex for peak in peaks))
            self.view.show_content(content, keep_zoom=True)
        self._show_pick()

    def _show_pick(self) -> None:
        """Bands and words for what is picked."""
        pick, run = self.pick, self.run
        background = self._chosen_background or (pick.background if pick is not None else ())
        self.view.mark(
            [(pick.first, pick.last)] if pick is not None else [], background, in_use=self.controls.subtract.isChecked()
        )
        self.controls.set_peaks_there(bool(self._peaks))
        self.controls.forget.setEnabled(bool(background))
        if run is None:
            self.picked.setText("")
        elif pick is None:
            self.picked.setText(self.tr("Click to pick a scan; the arrow keys step through scans, with Ctrl through peaks."))
        else:
            self.picked.setText(runs.described(run, pick))

    def _not_opened(self, error: Exception) -> None:
        self._show_hint()
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.problem.say(str(error))

    # Traces of ions

    def _read_ions(self) -> None:
        if self.run is not None:
            self._runner.submit(
                "query", runs.traces, self.run, self.controls.ions.text(),
                key="run-ions", on_done=self._show_ions, on_error=self._failed,
            )  # fmt: skip

    def _show_ions(self, ions: tuple[Trace, ...]) -> None:
        self.problem.say("")
        if self.view.content is not None and (ions or self.view.content.ions):
            self.view.show_content(replace(self.view.content, ions=ions), keep_zoom=True)

    # Picking

    def _pick_times(self, first: float, last: float) -> None:
        if self.run is not None:
            self._pick_scans(scan_at(self.run, first), scan_at(self.run, last))

    def _pick_scans(self, first: int, last: int) -> None:
        self._take(Pick(first, last, self._chosen_background if self.controls.subtract.isChecked() else ()))

    def _take(self, pick: Pick) -> None:
        """Make the spectrum of a pick, in the background: the newest pick wins."""
        self.pick = pick
        self._show_pick()
        self._runner.submit(
            "query", runs.record_of, self.run, pick, key="run-pick", on_done=self._taken, on_error=self._failed
        )  # fmt: skip

    def _taken(self, record: SpectrumRecord) -> None:
        self.problem.say("")
        if self.run is not None and self.pick is not None:
            peaks = len(record.spectrum)
            words = self.tr("%1 · 1 peak") if peaks == 1 else self.tr("%1 · %2 peaks")
            self.picked.setText(words.replace("%1", runs.described(self.run, self.pick)).replace("%2", str(peaks)))
        self.spectrum_picked.emit(record)

    def _step(self, by: int) -> None:
        """The scan before or after the one that is picked; of a range, from its end."""
        run, pick = self.run, self.pick
        if run is None:
            return
        scan = int(run.tic.argmax()) if pick is None else (pick.first if by < 0 else pick.last) + by
        scan = min(max(scan, 0), run.scans - 1)
        self._pick_scans(scan, scan)

    def _step_peak(self, by: int) -> None:
        """The next peak that was found, less the scans before and after it."""
        run, pick = self.run, self.pick
        if run is None or not self._peaks:
            return
        at = -1 if pick is None else (pick.first + pick.last) / 2
        before = [peak for peak in self._peaks if pick is not None and peak.apex < pick.first]
        after = [peak for peak in self._peaks if peak.apex > (at if pick is None else pick.last)]
        chosen = (before[-1:] if by < 0 else after[:1]) or [self._peaks[0] if by < 0 else self._peaks[-1]]
        self._chosen_background = ()
        self.controls.subtract.setChecked(True)
        self._take(runs.pick_of_peak(run, chosen[0]))

    def _background_picked(self, first: float, last: float) -> None:
        if self.run is None:
            return
        chosen = (scan_at(self.run, first), scan_at(self.run, last))
        kept = tuple(part for part in self._chosen_background if part[1] < chosen[0] or part[0] > chosen[1])
        self._chosen_background = (*kept, chosen)[-MOST_BACKGROUNDS:]
        self.controls.subtract.setChecked(True)
        self._subtraction_changed()

    def _forget_background(self) -> None:
        self._chosen_background = ()
        self.controls.subtract.setChecked(False)
        if self.pick is not None:
            self.pick = replace(self.pick, background=())
        self._subtraction_changed()

    def _subtraction_changed(self) -> None:
        """Take what is picked anew, with or without its background."""
        pick = self.pick
        if pick is None:
            self._show_pick()
            return
        if not self._chosen_background:
            self._chosen_background = pick.background
        self._take(replace(pick, background=self._chosen_background if self.controls.subtract.isChecked() else ()))

    def _take_all_peaks(self) -> None:
        if self.run is not None:
            self._runner.submit(
                "query", runs.peak_records, self.run, title=self.tr("Spectra of all peaks"), cancellable=True,
                key="run-all-peaks", on_done=self._all_taken, on_error=self._failed,
            )  # fmt: skip

    def _all_taken(self, records: tuple[SpectrumRecord, ...]) -> None:
        if records:
            self.peaks_picked.emit(records)
        else:
            self.problem.say(self.tr("No peak of this run leaves a spectrum when its background is subtracted."))

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.view.set_colours(self.view.colours)
