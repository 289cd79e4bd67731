"""Unknowns and their hits as spectra for NIST MS Search: MSP and JCAMP-DX, each record telling what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from bitspec_gui import __version__
from bitspec_gui.domain.errors import SpectrumError
from bitspec_gui.domain.prediction import PREDICTED_WORDS
from bitspec_gui.domain.search import Hit, HitList
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.file_endings import format_of_suffix
from bitspec_gui.services.hit_rows import hit_name, query_name, source_words

SPECTRA_FORMATS = ("msp", "jdx")
HITS_EACH = 10
"""Hits of each unknown that are written beside it unless told otherwise."""

_LINE_END = "\r\n"


@dataclass
class SpectraWritten:
    """What became of spectra: ``written``, of which ``shortened`` to the limits of NIST's programs; ``left_out`` had no peak."""

    written: int = 0
    shortened: int = 0
    left_out: int = 0

    @property
    def losses(self) -> str:
        """What was shortened or left out, in words; empty if nothing was."""
        said = []
        if self.shortened:
            said.append(f"{self.shortened:,} of them shortened to what NIST MS Search takes")
        if self.left_out:
            said.append(f"{self.left_out:,} left out that have no peak from m/z 1 on")
        return "; ".join(said)

    def __str__(self) -> str:
        written = f"{self.written:,} {'spectrum' if self.written == 1 else 'spectra'} written"
        return f"{written}; {self.losses}." if self.losses else f"{written}."


def spectra_format(path: Path) -> str:
    """Format (``msp`` or ``jdx``) that the suffix of `path` asks for; raises `ExportError` if it is another one."""
    return format_of_suffix(path, SPECTRA_FORMATS)


def write_hit_spectra(hit_lists: Iterable[HitList], path: Path, *, hits_each: int = HITS_EACH) -> SpectraWritten:
    """Write each unknown, and after it its best `hits_each` hits, within the limits of `formats.nist_limits`.

    The comment of an unknown says what its best hit is, that of a hit whose hit it is and how well it agrees.

    Raises
    ------
    ExportError
        If the suffix is another one than .msp or .jdx, or the file cannot be written. A file that was there is then unchanged.
    """
    from bitspec_gui.formats.jcamp_writer import write_jcamp
    from bitspec_gui.formats.msp import write_msp

    writers: dict[str, Callable[[Iterable[SpectrumRecord], TextIO], int]] = {"msp": write_msp, "jdx": write_jcamp}
    writer = writers[spectra_format(path)]
    told = SpectraWritten()
    with replacing(path, newline=_LINE_END) as stream:
        records = (record for hit_list in hit_lists for record in annotated_records(hit_list, hits_each))
        told.written = writer(_within_limits(records, told), stream)
    return told


def annotated_records(hit_list: HitList, hits_each: int = HITS_EACH) -> Iterator[SpectrumRecord]:
    """The unknown and its best hits, with what the search found in their comments."""
    query = hit_list.query
    name = query_name(query)
    best = f"Best hit: {_agreement(hit_list.hits[0])}." if hit_list.hits else "No hit."
    said = f"Unknown, searched by BitSpec {__version__} ({hit_list.settings.score.value}) among {hit_list.searched:,} spectra."
    yield replace(query, name=name, comment=_joined(said, best, query.comment))
    for hit in hit_list.hits[:hits_each]:
        record = hit.entry.record
        words = PREDICTED_WORDS if hit.is_predicted and PREDICTED_WORDS not in (record.comment or "") else ""
        said = _joined(words, f"Hit {hit.rank} of {name}: {_agreement(hit)}.")
        yield replace(record, name=hit_name(record), comment=_joined(said, record.comment))


def _agreement(hit: Hit) -> str:
    probability = "" if hit.probability is None else f", probability {100 * hit.probability:.0f} %"
    found = f"match {hit.match}, reverse match {hit.reverse_match}{probability}"
    return f"{hit_name(hit.entry.record)} ({found}; library {hit.entry.library}, {source_words(hit.entry.record)})"


def _joined(*texts: str | None) -> str:
    return " ".join(text for text in texts if text)


def _within_limits(records: Iterable[SpectrumRecord], told: SpectraWritten) -> Iterator[SpectrumRecord]:
    from bitspec_gui.formats.nist_limits import for_nist

    for record in records:
        try:
            taken = for_nist(record)
        except SpectrumError:
            told.left_out += 1
            continue
        told.shortened += taken.shortened
        yield taken.record
