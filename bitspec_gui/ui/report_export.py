"""Hit lists, reports and spectra of searches as files: asks where to, and writes in the io lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.domain.library import LibraryInfo
from bitspec_gui.domain.search import HitList
from bitspec_gui.services.hit_rows import query_name
from bitspec_gui.services.hit_spectra import write_hit_spectra
from bitspec_gui.services.hit_tables import write_hit_table
from bitspec_gui.services.report_content import ranked_by
from bitspec_gui.services.report_html import write_html_report
from bitspec_gui.services.report_peaks import ExplainsPeaks, HitPeaks
from bitspec_gui.ui.exporting import file_stem
from bitspec_gui.ui.report_pdf import write_pdf_report
from bitspec_gui.workers.runner import Runner

TABLE_FILTERS = {".csv": "CSV (*.csv)", ".xlsx": "Excel (*.xlsx)", ".json": "JSON (*.json)"}
REPORT_FILTERS = {".pdf": "PDF (*.pdf)", ".html": "HTML (*.html)"}
SPECTRA_FILTERS = {".msp": "MSP (*.msp)", ".jdx": "JCAMP-DX (*.jdx)"}

Libraries = Callable[[], Sequence[LibraryInfo]]
_Write = Callable[[Sequence[HitList], Path], None]


class ReportExport(QObject):
    """Writes what searches found; the dialogs do not block, and long writing can be watched and cancelled in the jobs panel.

    Parameters
    ----------
    window : QWidget
        Parent of the dialogs.
    runner : Runner
    libraries : callable
        Gives the libraries that there are, for their licences; called in the io lane.
    ranking : callable
        Gives the version of the ranking behind the combined score, for reports on it; called in the io lane.
    explaining : ExplainsPeaks, optional
        Says what the peaks of best hits are made of, for reports; without it reports do not say it.
    """

    told = Signal(str)
    failed = Signal(object)
    folder_changed = Signal(str)

    def __init__(
        self,
        window: QWidget,
        runner: Runner,
        libraries: Libraries,
        ranking: Callable[[], str],
        explaining: ExplainsPeaks | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._runner = window, runner
        self._libraries, self._ranking, self._explaining = libraries, ranking, explaining

    def ask_hit_list(self, hit_lists: Sequence[HitList], folder: str = "") -> None:
        """Ask where to, and write the hits as a table: CSV, Excel or JSON."""
        self._ask(self.tr("Export hit list"), self.tr("hits"), TABLE_FILTERS, hit_lists, folder, self.write_hit_list)

    def ask_report(self, hit_lists: Sequence[HitList], folder: str = "") -> None:
        """Ask where to, and write a report to print: PDF or HTML."""
        self._ask(self.tr("Write report"), self.tr("report"), REPORT_FILTERS, hit_lists, folder, self.write_report)

    def ask_spectra(self, hit_lists: Sequence[HitList], folder: str = "") -> None:
        """Ask where to, and write unknowns and their hits for NIST MS Search: MSP or JCAMP-DX."""
        self._ask(self.tr("Export spectra"), self.tr("spectra"), SPECTRA_FILTERS, hit_lists, folder, self.write_spectra)

    def write_hit_list(self, hit_lists: Sequence[HitList], path: Path) -> None:
        """Write the hits as a table in the format of the suffix."""
        self._submit(path, _write_table, tuple(hit_lists))

    def write_report(self, hit_lists: Sequence[HitList], path: Path) -> None:
        """Write a report: PDF, or HTML if the suffix is .html."""
        self._submit(path, _write_report, tuple(hit_lists), self._libraries, self._ranking, self._explaining)

    def write_spectra(self, hit_lists: Sequence[HitList], path: Path) -> None:
        """Write unknowns and hits as spectra in the format of the suffix."""
        self._submit(path, _write_spectra, tuple(hit_lists))

    def _ask(
        self, title: str, what: str, filters: Mapping[str, str], hit_lists: Sequence[HitList], folder: str, write: _Write
    ) -> None:
        if not hit_lists:
            self.told.emit(self.tr("Nothing was searched yet, so there is nothing to write."))
            return
        suggestion = file_stem(query_name(hit_lists[0].query)) if len(hit_lists) == 1 else self.tr("BitSpec")
        dialog = SaveDialog(self._window, title, folder, f"{suggestion} {what}", filters)
        kept = tuple(hit_lists)

        def chosen(path: Path) -> None:
            self.folder_changed.emit(str(path.parent))
            write(kept, path)

        dialog.chosen.connect(chosen)
        dialog.open()

    def _submit(self, path: Path, work: Callable[..., str], *args: object) -> None:
        def done(said: str) -> None:
            written = self.tr("Written: %1").replace("%1", str(path))
            self.told.emit(f"{written}. {said}".rstrip() if said else written)

        self._runner.submit(
            "io",
            work,
            path,
            *args,
            title=self.tr("Writing %1").replace("%1", path.name),
            on_done=done,
            on_error=self.failed.emit,
            on_cancel=lambda: self.told.emit(self.tr("%1 was not written.").replace("%1", path.name)),
            cancellable=True,
        )


class SaveDialog(QFileDialog):
    """Asks for a file name that ends in one of some suffixes, and goes away."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, title: str, folder: str, stem: str, filters: Mapping[str, str]) -> None:
        super().__init__(parent, title, folder)
        self._filters = dict(filters)
        first = next(iter(filters))
        self.setObjectName("save_results_dialog")
        self.setAccessibleName(title)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilters(list(filters.values()))
        self.setDefaultSuffix(first)
        self.selectFile(stem + first)
        self.filterSelected.connect(self._follow_filter)
        self.fileSelected.connect(self._tell)
        self.finished.connect(self.deleteLater)

    def _follow_filter(self, chosen: str) -> None:
        """Give the name the suffix of the chosen kind of file."""
        suffix = next((suffix for suffix, text in self._filters.items() if text == chosen), None)
        if suffix is None:
            return
        self.setDefaultSuffix(suffix)
        names = self.selectedFiles()
        if names and Path(names[0]).suffix.lower() in self._filters:
            self.selectFile(str(Path(names[0]).with_suffix(suffix)))

    def _tell(self, name: str) -> None:
        path = Path(name)
        if path.suffix.lower() not in self._filters:
            path = path.with_name(f"{path.name}.{self.defaultSuffix()}")
        self.chosen.emit(path)


def _write_table(path: Path, hit_lists: Sequence[HitList], *, progress: ReportProgress, cancel: CancelToken) -> str:
    write_hit_table(_watched(hit_lists, progress, cancel), path)
    return ""


def _write_spectra(path: Path, hit_lists: Sequence[HitList], *, progress: ReportProgress, cancel: CancelToken) -> str:
    return str(write_hit_spectra(_watched(hit_lists, progress, cancel), path))


def _write_report(
    path: Path,
    hit_lists: Sequence[HitList],
    libraries: Libraries,
    ranking: Callable[[], str],
    explaining: ExplainsPeaks | None,
    *,
    progress: ReportProgress,
    cancel: CancelToken,
) -> str:
    version = ranked_by(hit_lists, ranking)
    peaks = HitPeaks(explaining, cancel=cancel) if explaining is not None else None
    if path.suffix.lower() == ".html":
        write_html_report(_watched(hit_lists, progress, cancel), path, libraries(), ranking=version, peaks=peaks)
    else:
        write_pdf_report(hit_lists, path, libraries(), ranking=version, peaks=peaks, progress=progress, cancel=cancel)
    return ""


def _watched(hit_lists: Sequence[HitList], progress: ReportProgress, cancel: CancelToken) -> Iterator[HitList]:
    """Hit lists one after the other, between which the writing can be stopped."""
    for number, hit_list in enumerate(hit_lists):
        cancel.raise_if_cancelled()
        yield hit_list
        progress(Progress(number + 1, len(hit_lists), "Writing"))
