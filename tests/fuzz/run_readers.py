"""Readers of GC-MS runs as targets: each by itself, and all of them behind the sniffing and gzip."""

from __future__ import annotations

import gzip
import random
import tempfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np

from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.run import Run
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.runs.agilent_ms import read_agilent_ms
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.jcamp_run import read_jcamp_run
from bitspec_gui.formats.runs.mzml_run import read_mzml
from bitspec_gui.formats.runs.mzxml_run import read_mzxml
from bitspec_gui.formats.runs.netcdf_library import read_netcdf_library
from bitspec_gui.formats.runs.netcdf_run import read_netcdf_run
from bitspec_gui.formats.runs.registry import Reader, open_run
from bitspec_gui.services.runs import peak_records, traces
from tests.formats.run_files import SCANS, agilent, andi, andi_library, jcamp_run, mzml, mzml_spectrum, mzxml
from tests.fuzz.mutations import damaged_within, mutated
from tests.fuzz.record_seeds import SHARED
from tests.fuzz.targets import Target

FILE = "fuzzed"
_MOST_REAL_BYTES = 1 << 18


def fault_of(run: Run) -> str | None:
    """What is wrong with a run, None if nothing is."""
    if run.time_min.size == 0 or run.tic.shape != run.time_min.shape or run.starts.shape != (run.scans + 1,):
        return "shapes that do not fit each other"
    if (
        run.starts[0] != 0
        or run.starts[-1] != run.mz.size
        or run.mz.shape != run.intensity.shape
        or (np.diff(run.starts) < 0).any()
    ):
        return "scans that do not fit the peaks"
    if not np.isfinite(run.time_min).all() or (np.diff(run.time_min) < 0).any():
        return "times that are none"
    if not (np.isfinite(run.mz).all() and np.isfinite(run.intensity).all() and (run.mz > 0).all() and (run.intensity >= 0).all()):
        return "peaks that are none"
    inside = np.diff(np.repeat(np.arange(run.scans), np.diff(run.starts))) == 0
    if ((np.diff(run.mz) < 0) & inside).any():
        return "m/z that do not ascend within a scan"
    if any(not problem.what.strip() or (problem.line is not None and problem.line < 1) for problem in run.problems):
        return "a problem that says nothing or stands nowhere"
    peak_records(run)
    traces(run, "57, 71.0±0.3")
    return None


def _read(reader: Reader, data: bytes) -> str | None:
    return fault_of(reader(BytesIO(data), FILE, Watch()))


def _read_library(data: bytes) -> str | None:
    items = list(read_netcdf_library(data, FILE))
    bad = next((item for item in items if not isinstance(item, SpectrumRecord | Problem)), None)
    return None if bad is None else f"neither a record nor a problem: {bad!r:.80}"


def _read_as_file(data: bytes) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed.bin")
        path.write_bytes(data)
        return fault_of(open_run(path))


def _lost(run: Run, place: int) -> str | None:
    """A sentence if a scan other than the damaged one is not as it was, or nothing is said of a damaged one that is not there."""
    kept = {
        round(float(time) * 60, 3): run.intensity[run.starts[scan] : run.starts[scan + 1]].tolist()
        for scan, time in enumerate(run.time_min)
    }
    for scan, (time, peaks) in enumerate(SCANS):
        if scan != place and kept.get(round(time, 3)) != [intensity for _, intensity in peaks]:
            return f"scan {scan} is not as it was when scan {place} was damaged"
    if round(SCANS[place][0], 3) not in kept and not run.problems:
        return f"scan {place} was lost without a word"
    return None


def _damaged_page(chance: random.Random) -> tuple[bytes, str | None]:
    place = chance.randrange(len(SCANS))
    head, *pages = jcamp_run().split(b"##SCAN_NUMBER")
    labels, table = pages[place].split(b"(XY..XY)\n")
    pages[place] = labels + b"(XY..XY)\n" + damaged_within(table.removesuffix(b"##END=\n"), chance).replace(b"##", b"__")
    data = b"##SCAN_NUMBER".join([head, *pages])
    return data, _lost(read_jcamp_run(BytesIO(data), FILE, Watch()), place)


def _damaged_arrays(chance: random.Random) -> tuple[bytes, str | None]:
    place = chance.randrange(len(SCANS))
    spectra = [mzml_spectrum(time / 60, peaks) for time, peaks in SCANS]
    before, array, after = spectra[place].partition("<binary>")[0], "", ""
    array, _, after = spectra[place].partition("<binary>")[2].partition("</binary>")
    damaged = damaged_within(array.encode(), chance).decode("latin-1")
    safe = "".join(letter if letter.isprintable() and letter not in "<&>" else "?" for letter in damaged)
    spectra[place] = f"{before}<binary>{safe}</binary>{after}"
    data = mzml(spectra)
    return data, _lost(read_mzml(BytesIO(data), FILE, Watch()), place)


def _real(*names: str) -> list[bytes]:
    """Real files where they are, the large ones from their beginning."""
    found = [SHARED / "raw_files" / name for name in names]
    return [path.read_bytes()[:_MOST_REAL_BYTES] for path in found if path.is_file()]


def _mutated_inside(pack: Callable[[bytes], bytes], seeds: list[bytes]) -> Callable[[random.Random], tuple[bytes, str | None]]:
    def check(chance: random.Random) -> tuple[bytes, str | None]:
        data = pack(mutated(chance.choice(seeds), chance))
        return data, _read_as_file(data)

    return check


_NETCDF = [andi(), andi(records=False, version=2), andi(version=5, mass="i2", intensity="i4")]
_REAL_NETCDF = _real("openchrom_HP_CENTSCNH.CDF", "openchrom_KRATOS_CENTSCNL.CDF", "cheminfo_agilent-gcms.cdf")
_ALL = [_NETCDF[0], mzml(), mzxml(), jcamp_run(), agilent()]

TARGETS = [
    Target("netcdf-run", [*_NETCDF, *_REAL_NETCDF], partial(_read, read_netcdf_run)),
    Target("netcdf-library", [andi_library(), *_real("openchrom_FISONS_A_LIBRARY.CDF")], _read_library),
    Target("mzml", [mzml(), *_real("mzmine_gc_orbi_profile_21scans.mzML")], partial(_read, read_mzml), _damaged_arrays),
    Target("mzxml", [mzxml()], partial(_read, read_mzxml)),
    Target(
        "jcamp-run", [jcamp_run(), jcamp_run(ntuples=True), *_real("pyms_ELEY_4_SUBTRACT.JDX")], partial(_read, read_jcamp_run),
        _damaged_page,
    ),
    Target("agilent-run", [agilent(), *_real("chemplexity_gcms_alkanes_data.ms")], partial(_read, read_agilent_ms)),
    Target("run-files", [*_ALL, *map(gzip.compress, _ALL)], _read_as_file, _mutated_inside(gzip.compress, _ALL)),
]  # fmt: skip
