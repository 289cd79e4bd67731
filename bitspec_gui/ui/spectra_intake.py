"""What spectra mean that were dropped, opened or pasted: unknowns to identify, or a library. Asked where it is not plain."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.search import Unknowns
from bitspec_gui.services.unknowns import read_unknowns, unknowns_from_text
from bitspec_gui.ui.identify_state import IdentifyState
from bitspec_gui.ui.panels.notice import Notice
from bitspec_gui.workers.runner import Runner

FEW_SPECTRA = 50
"""Up to so many spectra of a file are taken as unknowns without asking."""

SMALL_BYTES = 4 << 20
"""Files beyond this size are asked about before they are read."""

PROBLEMS_SHOWN = 3


class Meaning(Enum):
    """What the place says where spectra were dropped."""

    UNKNOWNS = "unknowns"
    LIBRARY = "library"
    OPEN = "open"


@dataclass(frozen=True)
class _Weighed:
    """Files with what was read of them; ``unknowns`` None = not read yet, because they are many."""

    paths: tuple[Path, ...]
    unknowns: Unknowns | None


class SpectraIntake(QObject):
    """Turns files and text into unknowns, or hands files on to be imported. Asks in a notice, which blocks nothing."""

    taken = Signal()
    library_wanted = Signal(object)
    told = Signal(str, str)
    failed = Signal(object)

    def __init__(self, runner: Runner, state: IdentifyState, meaning: Callable[[], Meaning], notice: Notice) -> None:
        super().__init__(notice)
        self._runner, self._state, self._meaning, self._notice = runner, state, meaning, notice
        self._asked: list[_Weighed] = []
        self.identify = notice.add_button("intakeIdentify", self.tr("Identify"))
        self.add_library = notice.add_button("intakeAddLibrary", self.tr("Add as a library"))
        self.not_now = notice.add_button("intakeNotNow", self.tr("Close"))
        self.identify.clicked.connect(self._identify_asked)
        self.add_library.clicked.connect(self._add_asked)
        self.not_now.clicked.connect(self._forget_asked)

    def take_files(self, paths: list[Path]) -> None:
        """Files and folders that hold spectra."""
        meaning = self._meaning()
        if meaning is Meaning.LIBRARY:
            self.library_wanted.emit(paths)
            return
        self._submit(_weigh, tuple(paths), meaning is Meaning.UNKNOWNS, on_done=lambda found: self._weighed(found, meaning))

    def take_as_unknowns(self, paths: Sequence[Path]) -> None:
        """Files whose spectra are to be identified, however many there are."""
        self._submit(_read, tuple(paths), on_done=lambda found: self._take(found.unknowns))

    def restore(self, files: Sequence[str]) -> None:
        """Take the unknowns of the last session again, as far as their files are still there."""
        paths = tuple(path for path in map(Path, files) if path.is_file())
        if paths:
            self._submit(_read, paths, on_done=lambda found: self._take(found.unknowns, quietly=True))

    def take_text(self, text: str) -> None:
        """Peaks or records as text."""
        self._runner.submit("open", unknowns_from_text, text, on_done=self._take, on_error=self.failed.emit)

    def _submit(self, work: Callable[..., _Weighed], paths: tuple[Path, ...], *more: object, on_done: object) -> None:
        name = paths[0].name if len(paths) == 1 else self.tr("%1 files").replace("%1", str(len(paths)))
        title = self.tr("Reading %1").replace("%1", name)
        self._runner.submit("open", work, paths, *more, title=title, cancellable=True, on_done=on_done, on_error=self.failed.emit)  # type: ignore[arg-type]

    def _weighed(self, found: _Weighed, meaning: Meaning) -> None:
        unknowns = found.unknowns
        if unknowns is None or (meaning is not Meaning.UNKNOWNS and len(unknowns.spectra) > FEW_SPECTRA):
            self._ask(found)
            return
        self._take(unknowns)
        if meaning is Meaning.OPEN and unknowns.spectra:
            self._offer_library(found)

    def _take(self, unknowns: Unknowns | None, *, quietly: bool = False) -> None:
        if unknowns is None:
            return
        by_file: dict[str, list[object]] = {}
        for record in unknowns.spectra:
            by_file.setdefault(record.source_file, []).append(record)
        first = None
        for file, records in by_file.items():
            added = self._state.add(records, file if Path(file).is_file() else "")  # type: ignore[arg-type]
            first = first or added[0].key
        if first is not None:
            self._state.look_at(first)
            if not quietly:
                self.taken.emit()
        if unknowns.problems and not quietly:
            self._tell(unknowns)

    def _tell(self, unknowns: Unknowns) -> None:
        problems = [str(problem) for problem in unknowns.problems]
        read = self.tr("%1 of %2 spectra were read.")
        read = read.replace("%1", f"{len(unknowns.spectra):,}").replace("%2", f"{unknowns.present:,}")
        more = len(problems) - PROBLEMS_SHOWN
        shown = problems[:PROBLEMS_SHOWN] + ([self.tr("And %1 more.").replace("%1", f"{more:,}")] if more > 0 else [])
        head = [read] if unknowns.present else []
        self.told.emit("\n".join([*head, *shown]), "\n".join(problems) if more > 0 else "")

    # What is asked in the notice

    def _ask(self, found: _Weighed) -> None:
        self._asked.append(found)
        paths = [path for each in self._asked for path in each.paths]
        name = paths[0].name if len(paths) == 1 else self.tr("%1 files and folders").replace("%1", str(len(paths)))
        unknowns = self._asked[0].unknowns if len(self._asked) == 1 else None
        words = self.tr("%1 holds spectra. Are they unknowns to identify, or a library to search in?")
        if unknowns is not None:
            words = self.tr("%1 holds %2 spectra. Are they unknowns to identify, or a library to search in?")
            words = words.replace("%2", f"{len(unknowns.spectra):,}")
        self._show_buttons(identify=True)
        self._notice.say(words.replace("%1", name))

    def _offer_library(self, found: _Weighed) -> None:
        self._asked = [found]
        unknowns = found.unknowns
        count = len(unknowns.spectra) if unknowns is not None else 0
        words = self.tr("Opened 1 spectrum to identify.") if count == 1 else self.tr("Opened %1 spectra to identify.")
        self._show_buttons(identify=False)
        self._notice.say(words.replace("%1", f"{count:,}"))

    def _show_buttons(self, *, identify: bool) -> None:
        self.identify.setVisible(identify)
        self.add_library.setText(self.tr("Add as a library") if identify else self.tr("Add as a library, too"))

    def _identify_asked(self) -> None:
        for each in self._forget_asked():
            if each.unknowns is not None:
                self._take(each.unknowns)
            else:
                self.take_as_unknowns(each.paths)

    def _add_asked(self) -> None:
        asked = self._forget_asked()
        if asked:
            self.library_wanted.emit([path for each in asked for path in each.paths])

    def _forget_asked(self) -> list[_Weighed]:
        asked, self._asked = self._asked, []
        self._notice.say("")
        return asked


def _weigh(paths: tuple[Path, ...], as_unknowns: bool, progress: ReportProgress, cancel: CancelToken) -> _Weighed:
    """Read files that are plain and not too large, or large but meant as unknowns; in the open lane."""
    for path in paths:
        if path.is_dir() or zipfile.is_zipfile(path):
            return _Weighed(paths, None)
        if not as_unknowns and path.stat().st_size > SMALL_BYTES:
            return _Weighed(paths, None)
    return _read(paths, progress, cancel)


def _read(paths: tuple[Path, ...], progress: ReportProgress, cancel: CancelToken) -> _Weighed:
    """Read all spectra; in the open lane."""
    return _Weighed(paths, read_unknowns(paths, progress=progress, cancel=cancel))
