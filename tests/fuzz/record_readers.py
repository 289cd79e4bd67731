"""Readers of records as targets: each by itself, and all of them behind the sniffing and the archives."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.jcamp import read_jcamp
from bitspec_gui.formats.massbank import read_massbank
from bitspec_gui.formats.mgf import read_mgf
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.formats.peak_table import read_peak_table
from bitspec_gui.formats.peak_text import read_peak_text
from bitspec_gui.formats.registry import sources
from bitspec_gui.formats.sdf_spectra import read_sd_spectra
from bitspec_gui.formats.sources import Reader
from bitspec_gui.services.dropped_files import sort_dropped
from bitspec_gui.services.unknowns import looks_like_peaks, unknowns_from_text
from tests.fuzz.mutations import damaged_within
from tests.fuzz.record_seeds import FORMATS, LINKED, made_file, packed_files, peaks_of, real_files
from tests.fuzz.targets import Target

FILE = "fuzzed"
_READERS: dict[str, Reader] = {
    "msp": read_msp, "ms-dial": read_msp, "msl": read_msp, "jcamp": read_jcamp, "jcamp-packed": read_jcamp,
    "massbank": read_massbank, "mgf": read_mgf, "sdf": read_sd_spectra, "long-table": read_peak_table,
    "wide-table": read_peak_table, "peaks": read_peak_text,
}  # fmt: skip


def fault_of(items: Iterable[object]) -> str | None:
    """What is wrong with what a reader gave, None if nothing is."""
    for item in items:
        if isinstance(item, Problem):
            if not item.what.strip() or (item.line is not None and item.line < 1):
                return f"a problem that says nothing or stands nowhere: {item}"
        elif isinstance(item, SpectrumRecord):
            mz, intensity = item.spectrum.mz, item.spectrum.intensity
            if not (np.isfinite(mz).all() and np.isfinite(intensity).all() and intensity.any() and (np.diff(mz) > 0).all()):
                return f"a spectrum that is none: {item.name[:80]}"
        else:
            return f"neither a record nor a problem: {item!r:.80}"
    return None


def _read_alone(reader: Reader, data: bytes) -> str | None:
    return fault_of(reader(data, FILE))  # type: ignore[arg-type]


def _read_as_file(data: bytes) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed.bin")
        path.write_bytes(data)
        (source,) = sources([path])
        return fault_of(source.records())


def _drop(data: bytes) -> str | None:
    """Sorted among dropped files, which never raises."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed.bin")
        path.write_bytes(data)
        found = sort_dropped([path])
        told = len(found.libraries) + len(found.runs) + len(found.molecules) + len(found.collections) + len(found.problems)
        return None if told else "a dropped file of which nothing is said"


def _paste(data: bytes) -> str | None:
    """Taken as pasted text, which never raises; what looks like peaks is read or told of."""
    text = data.decode("utf-8", "replace")
    try:
        found = unknowns_from_text(text)
        looks = looks_like_peaks(text)
    except UnreadableFile as error:
        return f"a pasted text raised: {error}"
    if looks and not found.spectra and not found.problems:
        return "a text that looks like peaks, of which nothing is said"
    return fault_of([*found.spectra, *found.problems])


def check_loss(name: str, chance: random.Random) -> tuple[bytes, str | None]:
    """Damage one record of a file within: the others must be there unchanged, and the damaged one read or told of.

    Now and then its first and last line are damaged as well; the records next to it may then go with it.
    """
    above, render = FORMATS[name]
    count = chance.randrange(3, 8)
    parts = [render(number).encode() for number in range(count)]
    hit = chance.randrange(count)
    start = 1 + above.count("\n") + sum(part.count(b"\n") for part in parts[:hit])
    lines = parts[hit].count(b"\n")
    anywhere = chance.random() < 0.3
    whole, body, rest = (b"", parts[hit], b"") if anywhere else _inner(name, parts[hit])
    parts[hit] = whole + damaged_within(body, chance) + rest
    data = above.encode() + b"".join(parts)
    items = list(_READERS[name](data, FILE))  # type: ignore[arg-type]
    fault = fault_of(items)
    records = [item for item in items if isinstance(item, SpectrumRecord)]
    for number in range(count):
        if abs(number - hit) > anywhere and not any(_is_made(record, number) for record in records):
            return data, fault or f"record {number} is lost by damage to record {hit}"
    if not anywhere and not any(
        item.line is None or start <= item.line <= start + lines for item in items if isinstance(item, SpectrumRecord | Problem)
    ):
        fault = fault or f"nothing is said of the damaged record {hit}"
    return data, fault


def _inner(name: str, part: bytes) -> tuple[bytes, bytes, bytes]:
    """A record as what begins it, what may be damaged, and what ends it.

    A record whose beginning or end is gone cannot be told from the one before or after it.
    """
    if name == "wide-table":
        return b"", part[:-1], part[-1:]
    lines = part.splitlines(keepends=True)
    if name == "long-table":
        # The name stands in each row, and tells the spectra apart.
        return lines[0], b"", b"".join(lines[1:])
    last = {"sdf": 1, "jcamp": 1, "jcamp-packed": 1, "massbank": 1, "mgf": 2}.get(name, 1)
    return lines[0], b"".join(lines[1:-last]), b"".join(lines[-last:])


def _is_made(record: SpectrumRecord, number: int) -> bool:
    peaks = list(zip(record.spectrum.mz.tolist(), record.spectrum.intensity.tolist(), strict=True))
    return record.name == f"record{number}" and peaks == [(float(mz), float(intensity)) for mz, intensity in peaks_of(number)]


def _target(name: str) -> Target:
    loss: Callable[..., tuple[bytes, str | None]] | None = None if name == "long-table" else partial(check_loss, name)
    real = real_files() if name == "massbank" else []
    linked = [LINKED.encode()] if name == "jcamp" else []
    return Target(name, [made_file(name), *real, *linked], partial(_read_alone, _READERS[name]), loss)


def _targets() -> list[Target]:
    made = [made_file(name) for name in FORMATS]
    return [
        *(_target(name) for name in _READERS),
        Target("files", [*made, *packed_files(), *real_files()[:5]], _read_as_file),
        Target("pasted", made, _paste),
        Target("dropped", [*made, *packed_files()], _drop),
    ]


TARGETS = _targets()
