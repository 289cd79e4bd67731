"""How well the label check finds wrong structures, and how often it doubts right ones.

Run from the repository root: ``python -m tests.benchmarks.label_check [--part train|val] [--folder FOLDER] [--show N]``.

Trustworthy records agree (cosine of unit-mass bins at least 0.7) with an unflagged record of the same compound; known derivatives
and low energies are left out. Wrong labels are made by giving a trustworthy record the structure of another compound, drawn by
chance.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from bitspec_gui.chem.filed_compound import isotope_labelled
from bitspec_gui.chem.label_check import RULES, broken_rules, doubt
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats.benchmark_set import BenchmarkRow, load_benchmark
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.similarity import cosine

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "massbank_ei"
AGREEMENT = 0.7
DRAWS = 3
ABOVE = frozenset({"peaks_above_molecular_ion"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("train", "val"), default="val")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="also print N trustworthy records that are doubted")
    args = parser.parse_args()
    if not (args.folder / "index.csv").is_file():
        print(f"Skipped: there is no benchmark in {args.folder}.")
        return 0
    rows = [row for row in load_benchmark(args.folder) if row.part == args.part]
    sets = record_sets(rows, derivative_accessions(args.folder))
    print(f"{args.part}, share of records doubted (%), and broken rules (a record may break several)")
    print(" | ".join(["| records", "n", "doubted", *RULES]) + " |")
    print("|---" * (3 + len(RULES)) + "|")
    for name, records in sets.items():
        print(line(name, records))
    trusted = sets["trustworthy"]
    for record in [each for each in trusted if doubt(each)][: args.show]:
        print(record.accession, record.smiles, doubt(record), sep=" | ")
    started = time.perf_counter()
    for record in sets["unflagged"]:
        doubt(record)
    print(f"{1e6 * (time.perf_counter() - started) / len(sets['unflagged']):.0f} microseconds a record", file=sys.stderr)
    return 0


def line(name: str, records: list[SpectrumRecord]) -> str:
    broken = Counter(rule for record in records for rule in broken_rules(record))
    doubted = sum(bool(doubt(record)) for record in records)
    shares = [f"{100 * number / max(len(records), 1):.2f}" for number in (doubted, *(broken[rule] for rule in RULES))]
    return " | ".join([f"| {name}", str(len(records)), *shares]) + " |"


def derivative_accessions(folder: Path) -> set[str]:
    with (folder / "derivatives.csv").open(encoding="utf-8", newline="") as stream:
        return {fields["accession"] for fields in csv.DictReader(stream)}


def record_sets(rows: list[BenchmarkRow], derivatives: set[str]) -> dict[str, list[SpectrumRecord]]:
    unflagged = [row for row in rows if not row.flags and row.accession not in derivatives]
    trusted = trustworthy(row for row in rows if row.flags <= ABOVE and row.accession not in derivatives)
    natural = [row for row in trusted if not isotope_labelled(row.smiles, None)]
    accurate = [row for row in unflagged if given_accurately(row)]
    wrong = Mislabelling(unflagged)
    return {
        "trustworthy": [labelled(row, row) for row in trusted],
        "unflagged": [labelled(row, row) for row in unflagged],
        "low energy": [labelled(row, row) for row in rows if row.flags == {"low_energy"}],
        "derivative under its parent": [labelled(row, row) for row in rows if row.accession in derivatives],
        "flagged above the ion, not in that list": [
            labelled(row, row) for row in rows if row.flags == ABOVE and row.accession not in derivatives
        ],
        "wrong: any within 30 Da": wrong.records(natural, -30, 30, lambda _own, _other: True),
        "wrong: 1-30 Da too light": wrong.records(natural, -30, -1, lambda _own, _other: True),
        "wrong: 1-30 Da too heavy": wrong.records(natural, 1, 30, lambda _own, _other: True),
        "wrong: same mass, other formula": wrong.records(natural, 0, 0, lambda own, other: own.formula != other.formula),
        "wrong: isomer": wrong.records(natural, 0, 0, lambda own, other: own.formula == other.formula),
        "accurate mass, unflagged": [labelled(row, row) for row in accurate],
        "accurate mass, wrong: any within 30 Da": wrong.records(accurate, -30, 30, lambda _own, _other: True),
        "accurate mass, wrong: same mass, other formula": wrong.records(
            accurate, 0, 0, lambda own, other: own.formula != other.formula
        ),
    }


def given_accurately(row: BenchmarkRow) -> bool:
    hundredths = row.spectrum.mz * 100
    return bool((abs(hundredths - hundredths.round()) > 1e-3).mean() > 0.5)


def trustworthy(rows: Iterable[BenchmarkRow]) -> list[BenchmarkRow]:
    compounds: dict[str, list[BenchmarkRow]] = defaultdict(list)
    for row in rows:
        compounds[row.connectivity].append(row)
    kept = []
    for replicates in compounds.values():
        bins = [to_bins(row.spectrum) for row in replicates]
        for place, row in enumerate(replicates):
            others = [other for at, other in enumerate(bins) if at != place and not replicates[at].flags]
            if any(float(cosine(bins[place], other)) >= AGREEMENT for other in others):
                kept.append(row)
    return kept


class Mislabelling:
    """Structures to draw from, by nominal mass; the same draws at every run."""

    def __init__(self, rows: list[BenchmarkRow]) -> None:
        self._chance = random.Random(1)
        self._by_mass: dict[int, list[BenchmarkRow]] = defaultdict(list)
        for row in rows:
            if not isotope_labelled(row.smiles, None):
                self._by_mass[row.nominal_mass].append(row)

    def records(
        self, rows: list[BenchmarkRow], low: int, high: int, allowed: Callable[[BenchmarkRow, BenchmarkRow], bool]
    ) -> list[SpectrumRecord]:
        made = []
        for row in rows:
            masses = range(row.nominal_mass + low, row.nominal_mass + high + 1)
            others = [o for mass in masses for o in self._by_mass[mass] if o.connectivity != row.connectivity and allowed(row, o)]
            made += [labelled(self._chance.choice(others), row) for _ in range(DRAWS) if others]
        return made


def labelled(label: BenchmarkRow, measured: BenchmarkRow) -> SpectrumRecord:
    return SpectrumRecord(measured.spectrum, accession=measured.accession, smiles=label.smiles, formula=label.formula)


if __name__ == "__main__":
    sys.exit(main())
