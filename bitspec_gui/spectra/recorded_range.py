"""From which m/z on a spectrum was recorded: below it, the absence of a peak says nothing, and nothing is compared."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.spectra.similarity import Bins, cosine

ENOUGH = 10
"""Spectra of one file and instrument from which their smallest m/z is taken for where recording began."""

USUAL_START = 50
"""A start of recording that chemists choose anyway; what fewer spectra leave out up to here is taken for not recorded."""

STRAY_SHARE = 0.02
"""Of a file's spectra that may have peaks below the start, such as those of another method among them."""

_NOTHING_BELOW = 0.005
"""Heights, in shares of the base peak, that are noise."""

_RANGE = re.compile(
    r"(?:scan|mass|m/z|acquisition)[ _]*range[^0-9]{0,20}([0-9]{1,4})(?:\.[0-9]+)?\s*(?:-|–|to|\.\.)\s*([0-9]{2,4})",
    re.IGNORECASE,
)
_RANGE_KEY = re.compile(r"(?:scan|mass|acquisition).*range", re.IGNORECASE)
_BOUNDS = re.compile(r"([0-9]{1,4})(?:\.[0-9]+)?\s*(?:-|–|to|\.\.|,)\s*([0-9]{2,4})")


def lowest_mz(records: Sequence[SpectrumRecord]) -> NDArray[np.int64]:
    """Unit m/z from which on each spectrum is to be compared, (N,), at least 1.

    It is what the record says of its scan range, if its peaks keep to that. Otherwise, of at least 10 spectra of one instrument
    in one file (files of one spectrum count together with those beside them), it is the smallest m/z among them, strays left
    out. Of fewer spectra it is the same up to m/z 50; a higher one may be that of the compounds, and 50 is taken for it.
    No spectrum is cut: what a spectrum shows, it has recorded.
    """
    first = np.array([_first_mz(record) for record in records], dtype=np.int64)
    lowest = np.ones(len(records), dtype=np.int64)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    files = Counter(record.source_file for record in records)
    for place, record in enumerate(records):
        groups[_container(record, files), (record.instrument or "").casefold()].append(place)
    for places in groups.values():
        lowest[places] = _start_of(first[places])
    for place, record in enumerate(records):
        said = _stated_start(record)
        if said is not None and said <= first[place]:
            lowest[place] = said
    return np.maximum(1, np.minimum(lowest, first))


def cosine_from(first: Bins, second: Bins, lowest: int) -> float:
    """Cosine of the linear intensities of two spectra, (1000,) each, from a unit m/z on.

    What was not recorded can neither agree nor disagree.
    """
    return float(cosine(first[lowest - 1 :], second[lowest - 1 :]))


def _first_mz(record: SpectrumRecord) -> int:
    """Unit m/z of the first peak that is more than noise."""
    spectrum = record.spectrum
    strong = spectrum.intensity > _NOTHING_BELOW * float(spectrum.intensity.max())
    return int(np.floor(float(spectrum.mz[int(np.argmax(strong))]) + 0.5)) if strong.any() else 1


def _container(record: SpectrumRecord, files: Counter[str]) -> str:
    """The file, or the folder or archive of files that hold one spectrum each."""
    return record.source_file if files[record.source_file] > 1 else str(PurePath(record.source_file).parent)


def _start_of(first: NDArray[np.int64]) -> int:
    """Where recording began, given the first m/z of each spectrum."""
    strays = int(STRAY_SHARE * first.size)
    start = int(np.sort(first)[strays])
    return start if first.size >= ENOUGH else min(start, USUAL_START)


def _stated_start(record: SpectrumRecord) -> int | None:
    """Start of the scan range that a record states in its comment or fields; None if it states none."""
    texts = [(_RANGE, record.comment or "")]
    texts += [(_BOUNDS, value) for key, value in record.extra if _RANGE_KEY.search(key)]
    texts += [(_RANGE, value) for _, value in record.extra]
    for pattern, text in texts:
        if (found := pattern.search(text)) and int(found.group(1)) < int(found.group(2)):
            return int(found.group(1))
    return None
