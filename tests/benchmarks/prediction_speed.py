"""How long predictions take: one molecule annotated, and batches beside the fingerprint network of the same model.

    python -m tests.benchmarks.prediction_speed [MODEL.json]

Prints wall and processor time of one molecule of up to 30 heavy atoms (one thread, warm), and molecules a second in batches of
the whole model and of its fingerprint member alone (all cores), from `Molecule` to `Prediction`. Needs the benchmark's data.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import torch

from bitspec_gui.bootstrap import default_model
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.cli.train import DEFAULT_DATA
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.formats.benchmark_set import compounds, load_benchmark
from bitspec_gui.ml.predictor import NetworkPredictor, load_predictor

LARGEST = 30
BATCH = 256
FINGERPRINT = "fingerprint"


def molecules_of_val() -> list[Molecule]:
    """Molecules of the val compounds of split_random."""
    found = []
    for rows in compounds(load_benchmark(DEFAULT_DATA), "val").values():
        try:
            found.append(molecule_from_text(rows[0].smiles))
        except MoleculeError:
            continue
    return found


def one_by_one(predictor: NetworkPredictor, molecules: list[Molecule]) -> None:
    """Print median and 95th percentile of one annotated prediction."""
    for molecule in molecules[:20]:
        predictor.predict([molecule], annotate=True)
    wall, processor = [], []
    for molecule in molecules:
        started, used = time.perf_counter(), time.process_time()
        predictor.predict([molecule], annotate=True)
        wall.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.process_time() - used))
    for name, times in (("wall", wall), ("processor", processor)):
        median, p95 = np.percentile(times, [50, 95])
        print(f"one molecule, annotated, one thread, {name} time: median {median:.1f} ms, p95 {p95:.1f} ms")


def in_batches(predictor: NetworkPredictor, molecules: list[Molecule]) -> float:
    """Molecules a second."""
    predictor.predict(molecules[:64])
    started = time.perf_counter()
    for start in range(0, len(molecules), BATCH):
        predictor.predict(molecules[start : start + BATCH])
    return len(molecules) / (time.perf_counter() - started)


def main() -> int:
    """Run the benchmark; 0 when done, 1 if the data is not there."""
    if not (DEFAULT_DATA / "index.csv").is_file():
        print(f"The benchmark's data is not in {DEFAULT_DATA}.")
        return 1
    model = Path(sys.argv[1]) if len(sys.argv) > 1 else default_model()
    molecules = molecules_of_val()
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    predictor = load_predictor(model, "cpu")
    one_by_one(predictor, [m for m in molecules if m.molblock and heavy_atoms(m) <= LARGEST])
    torch.set_num_threads(cores)
    whole = in_batches(predictor, molecules)
    alone = in_batches(load_predictor(model, "cpu", FINGERPRINT), molecules)
    print(f"batches, {cores} threads: {whole:.0f} molecules/s; its fingerprint network alone {alone:.0f}/s")
    return 0


def heavy_atoms(molecule: Molecule) -> int:
    """Atoms that are not hydrogen."""
    from bitspec_gui.chem.isotopes import element_counts

    return sum(number for symbol, number in element_counts(molecule.formula).items() if symbol != "H")


if __name__ == "__main__":
    raise SystemExit(main())
