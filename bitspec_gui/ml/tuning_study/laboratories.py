"""Simulated laboratories: records of one contributor, instrument or collection, or spectra as a shifted instrument gives them."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bitspec_gui.chem.label_check import contradiction
from bitspec_gui.domain.errors import TrainingError, UnreadableFile
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.domain.tuning_study import LaboratoryFacts
from bitspec_gui.formats.benchmark_set import BenchmarkRow, compounds, derivative_rows, load_benchmark
from bitspec_gui.formats.other_spectra import read_other, unseen

Groups = dict[str, list[BenchmarkRow]]
"""Records by compound (first block of the InChIKey)."""

NAIVE, SUPPLIED = "naive", "supplied"
"""Bases: one that was trained without what laboratories are made of, and the model that comes with BitSpec."""

JEOL, NILU, HITACHI = "JEOL JMS-DX-300", "NILU", "HITACHI M-80B"

MOST_TUNED = 300
MOST_HELD, FEWEST_HELD = 150, 75
REPLAYED = 400
"""Public compounds that the base was trained on, for replay, as a user has them in a library."""

_INSTRUMENT = re.compile(r"AC\$INSTRUMENT: (.*)")


@dataclass(frozen=True)
class Laboratory:
    """A simulated laboratory.

    ``tune`` are compounds that fine-tunings may draw from, ``held`` those that no fine-tuning here sees, ``base`` which model is
    tuned. ``differs`` says whether there is something to gain.
    """

    name: str
    meaning: str
    base: str
    tune: Groups
    held: Groups
    differs: bool = True

    @property
    def facts(self) -> LaboratoryFacts:
        """It in words and numbers."""
        return LaboratoryFacts(self.name, self.meaning, self.base, len(self.tune), len(self.held), self.differs)

    def sizes(self, asked: Iterable[int]) -> list[int]:
        """Those of the sizes that it can fill, and all it has if that is well above the largest of them."""
        wanted = sorted(set(asked))
        found = [size for size in wanted if size <= len(self.tune)]
        if len(found) < len(wanted) and len(self.tune) >= 1.4 * max(found, default=1):
            found.append(len(self.tune))
        return found

    def draw(self, size: int, draw: int) -> list[SpectrumRecord]:
        """Spectra of `size` compounds, drawn by chance but the same every time, as an import of the laboratory's file gives them.

        Those that contradict their structure are left out, as an import does unless the user says otherwise.
        """
        order = random.Random(f"{self.name} {draw}").sample(sorted(self.tune), len(self.tune))
        return [record_of(row, f"{self.name}.msp") for name in order[:size] for row in self.tune[name]]


class Laboratories:
    """Makes laboratories from the benchmark and the further collections.

    Parameters
    ----------
    folder : Path
        Of ``index.csv`` and ``records.zip``; the further collections lie in ``other_ei`` beside it.

    Raises
    ------
    UnreadableFile
        If the benchmark cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.rows = load_benchmark(folder)
        self._made: dict[str, Laboratory] = {}

    def named(self, name: str) -> Laboratory:
        """``recetox``, ``mona``, ``pnnl``, ``jeol``, ``nilu``, ``control``, ``shift:K`` or ``time``.

        Raises
        ------
        TrainingError
            For any other name.
        UnreadableFile
            If a collection cannot be read.
        """
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    @property
    def made(self) -> list[str]:
        """Names of those that were asked for."""
        return list(self._made)

    @cached_property
    def naive_rows(self) -> list[BenchmarkRow]:
        """What the naive base may be trained and chosen on: all but what the laboratories ``jeol`` and ``nilu`` are made of."""
        return [row for row in self.rows if self._origin[row.accession] != NILU and self._instrument[row.accession] != JEOL]

    @cached_property
    def val(self) -> Groups:
        """Unflagged val compounds, on which forgetting is measured."""
        return compounds(self.rows, "val")

    def public(self, laboratory: Laboratory, known: Callable[[str], bool]) -> list[SpectrumRecord]:
        """Spectra of public compounds that the base was trained on (`known`), none of them a compound of the laboratory."""
        own = {*laboratory.tune, *laboratory.held}
        groups = compounds(self.rows, "train")
        names = [name for name in sorted(groups) if name not in own and known(name)]
        chosen = random.Random("public").sample(names, min(REPLAYED, len(names)))
        return [record_of(row, "massbank.msp") for name in chosen for row in groups[name]]

    @cached_property
    def _places(self) -> dict[str, tuple[str, str]]:
        """Accession -> contributor and instrument."""
        found = {}
        try:
            index = (self._folder / "index.csv").read_text(encoding="utf-8")
            with zipfile.ZipFile(self._folder / "records.zip") as archive:
                for fields in csv.DictReader(io.StringIO(index, newline="")):
                    said = _INSTRUMENT.search(archive.read(fields["path"]).decode("utf-8", "replace"))
                    found[fields["accession"]] = (fields["path"].split("/")[0], said.group(1).strip() if said else "")
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise UnreadableFile(f"The benchmark in {self._folder} cannot be read: {error}.") from error
        return found

    @cached_property
    def _origin(self) -> dict[str, str]:
        return {accession: contributor for accession, (contributor, _) in self._places.items()}

    @cached_property
    def _instrument(self) -> dict[str, str]:
        return {accession: instrument for accession, (_, instrument) in self._places.items()}

    @cached_property
    def _known(self) -> frozenset[str]:
        """Compounds that the naive base may be trained on, under any structure."""
        derivatives = derivative_rows(self._folder, self.naive_rows, "train")
        return frozenset(row.connectivity for row in [*self.naive_rows, *derivatives] if row.part == "train")

    def _make(self, name: str) -> Laboratory:
        if name in _COLLECTIONS:
            collection, meaning = _COLLECTIONS[name]
            found = unseen(read_other(self._folder.parent / "other_ei", collection), self.rows)
            return self._unknown(name, meaning, found)
        if name in ("jeol", "nilu"):
            of, wanted = (self._instrument, JEOL) if name == "jeol" else (self._origin, NILU)
            train = [row for row in self.rows if row.part == "train" and of[row.accession] == wanted]
            what = (
                f"MassBank records of the instrument {JEOL}" if name == "jeol" else f"MassBank records of the contributor {NILU}"
            )
            return self._unknown(name, f"{what}, of compounds that the naive base was not trained on", train)
        if name == "control":
            return self._control()
        if name == "time":
            tune, held = _halves(self.val, 500)
            return Laboratory(
                name, "500 val compounds as they are, to see how long it takes", SUPPLIED, tune, held, differs=False
            )
        return self._shifted(name)

    def _unknown(self, name: str, meaning: str, rows: Iterable[BenchmarkRow]) -> Laboratory:
        """A laboratory of compounds that the naive base has not seen."""
        groups = compounds([row for row in rows if row.connectivity not in self._known], "train")
        held = max(FEWEST_HELD, len(groups) - MOST_TUNED) if len(groups) >= MOST_TUNED + FEWEST_HELD else len(groups) // 2
        tune, judged = _halves(groups, len(groups) - min(held, MOST_HELD))
        return Laboratory(name, meaning, NAIVE, tune, judged)

    def _control(self) -> Laboratory:
        groups = {
            name: rows for name, rows in self.val.items() if any(self._instrument[row.accession] == HITACHI for row in rows)
        }
        tune, held = _halves(groups, len(groups) // 2)
        meaning = f"val compounds of the commonest instrument ({HITACHI}): nothing to gain"
        return Laboratory("control", meaning, SUPPLIED, tune, held, differs=False)

    def _shifted(self, name: str) -> Laboratory:
        kind, _, value = name.partition(":")
        try:
            exponent = float(value)
        except ValueError:
            exponent = 0.0
        if kind != "shift" or not exponent:
            raise TrainingError(
                f"There is no laboratory {name}. There are {', '.join(NAMES)}, and shift:K for any number K but 0."
            )
        groups = {
            compound: [replace(row, spectrum=shifted(row.spectrum, exponent)) for row in rows]
            for compound, rows in self.val.items()
        }
        tune, held = _halves(groups, min(MOST_TUNED, len(groups) // 2))
        meaning = f"val compounds as an instrument records them whose I' = I (m/z / 100)^{exponent:g}"
        return Laboratory(name, meaning, SUPPLIED, tune, held)


_COLLECTIONS = {
    "recetox": (
        "recetox_gc_hrms_2020",
        "RECETOX, accurate mass, compounds that the naive base was not trained on, m/z from 70 on",
    ),
    "mona": ("mona2020_ucdavis", "MoNA, UC Davis, compounds that the naive base was not trained on, m/z from 85 on"),
    "pnnl": ("pnnl_metabolites", "PNNL metabolites, compounds that the naive base was not trained on, m/z from 50 on"),
}
NAMES = ("recetox", "mona", "pnnl", "jeol", "nilu", "shift:2", "shift:-1", "control")
"""Laboratories of the study; ``time`` is there beside them."""


def shifted(spectrum: Spectrum, exponent: float) -> Spectrum:
    """The spectrum as an instrument records it that weighs intensities by (m/z / 100) ** exponent."""
    return Spectrum(mz=spectrum.mz, intensity=spectrum.intensity * (spectrum.mz / 100.0) ** exponent)


def record_of(row: BenchmarkRow, file: str) -> SpectrumRecord:
    """A row as a file that was dropped gives it: where recording began is not said."""
    return SpectrumRecord(
        spectrum=row.spectrum,
        name=row.accession,
        accession=row.accession,
        smiles=row.smiles,
        inchikey=row.inchikey,
        formula=row.formula,
        nominal_mass=row.nominal_mass,
        energy_ev=row.energy_ev,
        source_file=file,
    )


def _halves(groups: Groups, tuned: int) -> tuple[Groups, Groups]:
    """Compounds to tune on, and the others, by a checksum. Of those to tune on, doubtful spectra are left out."""
    order = sorted(groups, key=lambda name: (zlib.crc32(b"laboratory " + name.encode("ascii")), name))
    believed = {name: _believed(groups[name]) for name in order[:tuned]}
    return {name: rows for name, rows in believed.items() if rows}, _part(groups, order[tuned:])


def _believed(rows: list[BenchmarkRow]) -> list[BenchmarkRow]:
    return [row for row in rows if contradiction(row.spectrum, row.formula, smiles=row.smiles) is None]


def _part(groups: Groups, names: Collection[str]) -> Groups:
    return {name: groups[name] for name in names}
