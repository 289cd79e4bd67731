"""The molecules of the predicted library that comes with BitSpec, as a table to predict from."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.services.atomic_text import replacing

MAX_MASS_DA = 500.0
PROGRESS_EVERY = 500
COLUMNS = ("name", "cas", "smiles", "inchikey")


@dataclass(frozen=True)
class ChemicalsTable:
    """How many molecules were written, and how many left out, by reason."""

    written: int
    left_out: tuple[tuple[str, int], ...]


def write_chemicals_table(
    wheel: Path, output: Path, *, progress: ReportProgress = ignore_progress, cancel: CancelToken | None = None
) -> ChemicalsTable:
    """Write the neutral organic molecules up to `MAX_MASS_DA` of the Python package chemicals, each InChIKey once.

    Left out are mixtures and salts, ions, radicals, isotope-labelled compounds, those with an element that the model has not seen
    and those whose SMILES cannot be read. The same wheel gives the same table.

    Raises
    ------
    UnreadableFile
        If `wheel` is not that of chemicals.
    ExportError
        If `output` cannot be written; what was there is kept.
    Cancelled
        On the user's wish.
    """
    from bitspec_gui.formats.chemicals_package import read_chemicals_package

    left_out: Counter[str] = Counter()
    seen: set[str] = set()
    with replacing(output) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for done, compound in enumerate(read_chemicals_package(wheel), start=1):
            if done % PROGRESS_EVERY == 0:
                if cancel is not None:
                    cancel.raise_if_cancelled()
                progress(Progress(done, 0, "Reading compounds"))
            smiles, inchikey, why = _suitable(compound)
            if not why and inchikey in seen:
                why = "named before"
            if why:
                left_out[why] += 1
                continue
            seen.add(inchikey)
            writer.writerow([compound.name, compound.cas, smiles, inchikey])
    return ChemicalsTable(written=len(seen), left_out=tuple(left_out.most_common()))


def _suitable(compound: MoleculeInput) -> tuple[str, str, str]:
    """Canonical SMILES, InChIKey, and why the compound is left out (empty if it is not)."""
    from bitspec_gui.chem.parse import molecule_from_text

    if "." in compound.text:
        return "", "", "mixtures or salts"
    try:
        molecule = molecule_from_text(compound.text, name=compound.name)
    except MoleculeError:
        return "", "", "not organic, too heavy or not readable"
    if molecule.exact_mass > MAX_MASS_DA:
        return "", "", f"above {MAX_MASS_DA:.0f} Da"
    if molecule.warnings or not molecule.inchikey:
        # Ions, radicals, labels and unseen elements are what a molecule is warned of.
        return "", "", "ions, radicals, labelled or with elements that the model has not seen"
    return molecule.smiles, molecule.inchikey, ""
