"""From the parts of a record to a `SpectrumRecord`, or to the reason why it is left out; the same for all text formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.fields import RecordError, number_or_none, spectrum_of
from bitspec_gui.formats.msp_fields import Headers, record_of
from bitspec_gui.formats.msp_peaks import Pairs


def announced_peaks(counts: Sequence[str]) -> int | None:
    """Number of peaks that a record says it has: the first that can be read among the lines that say so."""
    return next((int(count) for count in map(number_or_none, counts) if count is not None and 0 <= count < 1e9), None)


def called(headers: Headers) -> str:
    """How problems name a record."""
    return f"“{headers.names[0][:80]}”" if headers.names else headers.accession or "A record without a name"


def assembled(
    headers: Headers,
    read_peaks: Callable[[], Pairs],
    counts: Sequence[str],
    source_file: str,
    line: int,
    peak_line: int | None = None,
) -> Iterator[SpectrumRecord | Problem]:
    """The record, preceded by problems that say what was repaired, or one rejected problem.

    Parameters
    ----------
    headers : Headers
        What is said of the spectrum.
    read_peaks : callable
        Gives (m/z, intensity) pairs, none if the record has none; may raise `RecordError`.
    counts : sequence of str
        Values of the lines that announce how many peaks there are; empty if nothing announces them.
    line, peak_line : int
        1-based lines of the file where the record and its peaks begin.
    """
    name = called(headers)
    try:
        if foreign := headers.foreign_ionisation:
            raise RecordError(line, f"{name} is not an electron-ionisation MS1 spectrum ({foreign[:80]}).")
        # Some programs fill up their tables with peaks of nothing at m/z 0.
        pairs = [pair for pair in read_peaks() if pair != (0.0, 0.0)]
        if not pairs:
            raise RecordError(line, f"{name} has no peaks.")
        record = record_of(headers, spectrum_of(pairs), source_file, line)
    except RecordError as fault:
        what = str(fault) if str(fault).startswith(name) else f"{name}: {fault}"
        yield Problem(source_file, fault.line, what)
        return
    except SpectrumError as error:
        yield Problem(source_file, peak_line or line, f"{name}: {error}")
        return
    if not headers.names:
        yield Problem(source_file, line, "This record has no name.", "It was kept without one.", rejected=False)
    announced = announced_peaks(counts)
    if counts and announced != len(pairs):
        said = "an unreadable number of" if announced is None else str(announced)
        what = f"{name} announces {said} peaks but lists {len(pairs)}."
        yield Problem(source_file, line, what, f"It was kept with the {len(pairs)} listed peaks.", rejected=False)
    yield record
