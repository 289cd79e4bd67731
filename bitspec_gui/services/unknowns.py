"""Spectra to identify: from files, folders and archives, or from text that was pasted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.search import Unknowns
from bitspec_gui.domain.spectrum import SpectrumRecord

MOST_UNKNOWNS = 5000
"""Spectra taken at once; whole libraries are for the *Library* tab."""

MOST_PROBLEMS = 1000
"""Problems told one by one; of a huge broken file only their number is told beyond."""

MOST_TEXT = 32 << 20
"""Characters of pasted text that are read."""

_LOOK_AT = 1 << 16
_REPORT_EVERY = 100


def read_unknowns(
    paths: Sequence[Path], *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None
) -> Unknowns:
    """Spectra of files, folders and zip archives, in the order of `paths`; at most `MOST_UNKNOWNS`, which a problem then says.

    A path that cannot be read is a problem, and the others are read all the same. GC-MS runs are not opened: a problem says so.

    Parameters
    ----------
    progress, cancel
        Told in percent of the bytes; asked between two spectra.

    Raises
    ------
    Cancelled
        If the user cancels; nothing is kept then.
    """
    from bitspec_gui.formats.registry import sources

    taken = _Taken()
    for place, path in enumerate(paths):
        try:
            (source,) = sources([path])
        except UnreadableFile as error:
            kept = "It was left out; the others were read." if len(paths) > 1 else ""
            taken.note(Problem(str(path), None, without_path(error, path), kept))
            continue
        taken.files.append(str(path))
        for item in source.records():
            if cancel is not None:
                cancel.raise_if_cancelled()
            if not taken.take(item):
                taken.stop(str(path), more_paths=len(paths) - place - 1)
                return taken.whole()
            if taken.met % _REPORT_EVERY == 0:
                share = 100 * (place + source.done / max(source.size, 1)) / len(paths)
                progress(
                    Progress(int(share), 100, f"{path.name}: {len(taken.spectra):,} spectra read, {taken.rejected:,} rejected")
                )
    return taken.whole()


def unknowns_from_text(text: str, label: str = "clipboard") -> Unknowns:
    """Spectra of a text: peaks in any usual form, or records as MSP, JCAMP-DX, MassBank, MGF, SD file or table.

    A text that holds none, such as a SMILES or a name, gives no spectrum and a problem that says so.

    Parameters
    ----------
    label : str
        What records and problems call the text.
    """
    from bitspec_gui.formats.sniffing import Format, format_of_head, is_run
    from bitspec_gui.formats.sources import TextSource

    taken = _Taken()
    if len(text) > MOST_TEXT:
        what = f"The text is longer than {MOST_TEXT >> 20} million characters. Save it as a file and open that."
        return Unknowns((), 0, (Problem(label, None, what, "Nothing was read.", rejected=False),), (label,))
    data = text.encode("utf-8", "replace")
    kind = format_of_head(data[:_LOOK_AT])
    taken.files.append(label)
    if kind is None or is_run(kind) or kind in (Format.ZIP, Format.COMPACT, Format.PREDICTED):
        what = "No peaks were found in this text. Peaks look like “41 320; 43 999” or stand in two columns."
        taken.note(Problem(label, None, what, "Nothing was read.", rejected=False))
        return taken.whole()
    for item in TextSource(data, label, kind).records():
        if not taken.take(item):
            taken.stop(label, more_paths=0)
            break
    return taken.whole()


def looks_like_peaks(text: str) -> bool:
    """Whether a text holds peaks or records of spectra; a molecule never does. Quick: only its beginning is looked at."""
    from bitspec_gui.formats.sniffing import format_of_head, is_run

    head = text[:_LOOK_AT]
    # A text with not one digit has no peaks.
    if not any("0" <= character <= "9" for character in head):
        return False
    kind = format_of_head(head.encode("utf-8", "replace"))
    return kind is not None and not is_run(kind)


class _Taken:
    """What has been read so far."""

    def __init__(self) -> None:
        self.spectra: list[SpectrumRecord] = []
        self.problems: list[Problem] = []
        self.files: list[str] = []
        self.rejected = 0
        self.problems_met = 0

    @property
    def met(self) -> int:
        """Items met."""
        return len(self.spectra) + self.problems_met

    def take(self, item: SpectrumRecord | Problem) -> bool:
        """Keep an item; False if it is a spectrum beyond those that are taken."""
        if isinstance(item, Problem):
            self.note(item)
            return True
        if len(self.spectra) >= MOST_UNKNOWNS:
            return False
        self.spectra.append(item)
        return True

    def note(self, problem: Problem) -> None:
        """Keep a problem, or count it if there are too many."""
        self.problems_met += 1
        self.rejected += problem.rejected
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def stop(self, file: str, more_paths: int) -> None:
        """Say that there is more than is taken."""
        others = f", and {more_paths} further files," if more_paths else ""
        what = f"There are more than {MOST_UNKNOWNS:,} spectra. The rest of this file{others} was not read."
        kept = f"The first {MOST_UNKNOWNS:,} were kept. Add whole collections as a library."
        self.problems.append(Problem(file, None, what, kept, rejected=False))

    def whole(self) -> Unknowns:
        """All of it."""
        problems = list(self.problems)
        if self.problems_met > MOST_PROBLEMS:
            what = f"There were {self.problems_met - MOST_PROBLEMS:,} further problems, which are not listed."
            problems.append(Problem("", None, what, "", rejected=False))
        return Unknowns(tuple(self.spectra), self.rejected, tuple(problems), tuple(self.files))


def without_path(error: UnreadableFile, path: Path) -> str:
    """The sentence without the path that a problem says anyway."""
    words = str(error)
    if words.startswith(f"{path}: "):
        return words.removeprefix(f"{path}: ")
    return f"This file{words.removeprefix(str(path))}" if words.startswith(f"{path} ") else words
