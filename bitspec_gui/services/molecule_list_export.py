"""The molecules of a session -> a file: as SMILES, as drawings with their predicted spectra (SDF), or as spectra alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.export import record_of, write_predictions

SMILES_SUFFIX, SDF_SUFFIX = ".smi", ".sdf"

ReadMolecule = Callable[[str], Molecule]
Listed = tuple[Molecule, Prediction | None]


def write_molecule_list(listed: Sequence[Listed], path: Path, read: ReadMolecule) -> int:
    """Write molecules, in their order, in the format of the suffix of `path`, completely or not at all.

    SMILES (.smi) are written of all of them. All other formats are of spectra (.sdf with the drawing; .msp, .jdx, .csv, .json),
    and leave out what was not predicted yet.

    Parameters
    ----------
    listed : sequence of (Molecule, Prediction or None)
        As they stand in the list.
    read : callable
        SMILES to molecule, for the drawings of those that have none.

    Returns
    -------
    int
        How many molecules were written.

    Raises
    ------
    ExportError
        If there is nothing to write, if the suffix is another one, or if the file cannot be written; what was there is kept.
    """
    suffix = path.suffix.lower()
    if suffix == SMILES_SUFFIX:
        if not listed:
            raise ExportError(f"{path.name} was not written, because there are no molecules in the list.")
        with replacing(path) as stream:
            stream.writelines(f"{molecule.smiles} {' '.join(molecule.name.split())}".rstrip() + "\n" for molecule, _ in listed)
        return len(listed)
    predictions = [prediction for _, prediction in listed if prediction is not None]
    if not predictions:
        raise ExportError(f"{path.name} was not written, because no spectrum was predicted.")
    if suffix != SDF_SUFFIX:
        return write_predictions(predictions, path)
    from bitspec_gui.formats.sdf_writer import write_sd_spectra

    drawn = ((each.molecule.molblock or read(each.molecule.smiles).molblock, record_of(each)) for each in predictions)
    with replacing(path) as stream:
        return write_sd_spectra(drawn, stream)
