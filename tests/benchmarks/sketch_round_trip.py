"""How many structures are drawn so that the drawing is read as the same molecule, how clearly, and how fast.

Run from the repository root: ``python -m tests.benchmarks.sketch_round_trip FILE [--show N]``. FILE is a text file with a SMILES
at the beginning of each line; further columns are passed over.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rdkit import Chem, rdBase

from bitspec_gui.chem.parse import read_structure
from bitspec_gui.chem.pasted_structures import structures_in
from bitspec_gui.chem.sketch_cleaning import cleaned, with_explicit_hydrogens
from bitspec_gui.chem.sketch_drawing import sketch_of_structure
from bitspec_gui.chem.sketch_formats import formats_of
from bitspec_gui.chem.sketch_layout import crowding
from bitspec_gui.chem.sketch_reading import read_sketch
from bitspec_gui.chem.sketch_structure import structure_of
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.sketch import Sketch

STEPS = ("drawn", "molblock", "CDXML", "cleaned", "with hydrogens")


@dataclass
class Outcome:
    """What became of one structure: the steps after which it was another molecule, and seconds for drawing and reading."""

    smiles: str
    heavy_atoms: int
    changed_by: tuple[str, ...]
    crowded: int
    drawing_s: float
    reading_s: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", type=int, default=20, metavar="N", help="print at most N structures that changed (default 20)")
    args = parser.parse_args()
    refused: Counter[str] = Counter()
    outcomes = list(outcomes_of(args.file, refused))
    if not outcomes:
        print("No structure was drawn.")
        return 1
    print(f"{len(outcomes):,} structures drawn; {sum(refused.values())} lines not read or too large")
    for step in STEPS:
        same = sum(step not in each.changed_by for each in outcomes)
        print(f"same InChIKey, {step}: {same:,} ({100 * same / len(outcomes):.2f} %)")
    print(f"atoms or bonds upon each other: {sum(each.crowded > 0 for each in outcomes)}")
    for what, seconds in (("drawing", [e.drawing_s for e in outcomes]), ("reading", [e.reading_s for e in outcomes])):
        median, most = 1e3 * np.quantile(seconds, [0.5, 0.99])
        print(f"{what}: median {median:.1f} ms, 99 % within {most:.1f} ms, longest {1e3 * max(seconds):.1f} ms")
    for each in [each for each in outcomes if each.changed_by][: args.show]:
        print(f"{each.smiles}  changed: {', '.join(each.changed_by)}")
    for each in sorted(outcomes, key=lambda each: -each.drawing_s)[:3]:
        print(f"slowest: {each.smiles} ({each.heavy_atoms} atoms) {1e3 * each.drawing_s:.0f} ms")
    return 0


def outcomes_of(file: Path, refused: Counter[str]) -> Iterator[Outcome]:
    for line in file.read_text(encoding="utf-8").splitlines():
        smiles = (line.split() or [""])[0]
        if not smiles:
            continue
        try:
            yield outcome_of(smiles)
        except MoleculeError as error:
            refused[str(error)] += 1


def outcome_of(smiles: str) -> Outcome:
    structure = read_structure(smiles)
    with rdBase.BlockLogs():
        key = Chem.MolToInchiKey(structure)
    begin = time.perf_counter()
    sketch = sketch_of_structure(structure)
    drawn = time.perf_counter()
    read_sketch(sketch)
    read = time.perf_counter()
    found = formats_of(sketch)
    keys = {
        "drawn": found.inchikey,
        "molblock": pasted_key(found.molblock),
        "CDXML": pasted_key(found.cdxml),
        "cleaned": formats_of(cleaned(sketch)).inchikey,
        "with hydrogens": formats_of(with_explicit_hydrogens(sketch)).inchikey,
    }
    changed = tuple(step for step in STEPS if keys[step] != key)
    return Outcome(smiles, structure.GetNumAtoms(), changed, crowded(sketch), drawn - begin, read - drawn)


def pasted_key(text: str) -> str:
    sketches = structures_in([("text/plain", text.encode())]).sketches
    return formats_of(sketches[0]).inchikey if len(sketches) == 1 else ""


def crowded(sketch: Sketch) -> int:
    return crowding(structure_of(sketch)) if sketch else 0


if __name__ == "__main__":
    raise SystemExit(main())
