"""A user's own spectra as networks learn from them, and as they are judged by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from bitspec_gui.chem.molecule_features import MoleculeFeatures, featurise
from bitspec_gui.chem.parse import structure_keys
from bitspec_gui.domain.errors import MoleculeError
from bitspec_gui.domain.spectrum import USUAL_ENERGY_EV, SpectrumRecord
from bitspec_gui.ml.datasets import CompoundSet, mean_direction
from bitspec_gui.spectra.binning import to_bins
from bitspec_gui.spectra.recorded_range import lowest_mz


@dataclass(frozen=True)
class OwnSpectra:
    """Spectra with what is learned from them.

    ``compounds`` has an item for each compound at each energy and recorded range; its replicates are averaged. ``records`` are
    the spectra, ``lowest_mz`` (R,) the unit m/z from which on each was recorded, ``items`` (R,) the item that each belongs to.
    """

    records: tuple[SpectrumRecord, ...]
    lowest_mz: tuple[int, ...]
    items: tuple[int, ...]
    compounds: CompoundSet

    @property
    def names(self) -> list[str]:
        """Compounds, each once."""
        return sorted(set(self.compounds.connectivities))

    def items_of(self, compounds: Collection[str]) -> list[int]:
        """Rows of ``compounds`` of some compounds."""
        return [row for row, name in enumerate(self.compounds.connectivities) if name in compounds]

    def spectra_of(self, compounds: Collection[str]) -> list[int]:
        """Rows of ``records`` of some compounds."""
        return [row for row, item in enumerate(self.items) if self.compounds.connectivities[item] in compounds]


def own_spectra(
    records: Sequence[SpectrumRecord],
    *,
    with_fragments: bool,
    check: Callable[[], None],
    note: Callable[[str], None],
) -> OwnSpectra:
    """Read structures and bin spectra; `check` is called before each compound, `note` told of spectra that cannot be used."""
    groups: dict[tuple[str, float, int], list[int]] = {}
    ranges = [int(lowest) for lowest in lowest_mz(records)]
    for place, (record, lowest) in enumerate(zip(records, ranges, strict=True)):
        if record.connectivity is None or not record.smiles:
            note(f"{_called(record)} has no structure: it is not used.")
        elif not to_bins(record.spectrum)[lowest - 1 :].any():
            note(f"{_called(record)} has no peak between m/z {lowest} and 1000: it is not used.")
        else:
            groups.setdefault((record.connectivity, record.energy_ev or USUAL_ENERGY_EV, lowest), []).append(place)
    kept: list[tuple[MoleculeFeatures, str, int, list[int]]] = []
    for (connectivity, energy, lowest), places in sorted(groups.items()):
        check()
        molecule = read_molecule(str(records[places[0]].smiles), energy, with_fragments=with_fragments)
        if molecule is None:
            note(f"The structure of {_called(records[places[0]])} cannot be read: it is not used.")
        else:
            kept.append((molecule.features, connectivity, lowest, places))
    items = {place: item for item, (*_, places) in enumerate(kept) for place in places}
    used = sorted(items)
    return OwnSpectra(
        tuple(records[place] for place in used),
        tuple(ranges[place] for place in used),
        tuple(items[place] for place in used),
        _compound_set(kept, records),
    )


@dataclass(frozen=True)
class ReadMolecule:
    """A molecule as networks see it, and the first block of its InChIKey."""

    features: MoleculeFeatures
    connectivity: str


def read_molecule(
    smiles: str, energy_ev: float = USUAL_ENERGY_EV, *, with_fragments: bool, leave_out: Collection[str] = ()
) -> ReadMolecule | None:
    """Features of a molecule; None if its structure cannot be read, or is of a compound in `leave_out`."""
    try:
        keys = structure_keys(smiles, None)
        if keys is None or keys.inchikey[:14] in leave_out:
            return None
        features = featurise(keys.smiles, keys.formula, keys.nominal_mass, energy_ev, with_fragments=with_fragments)
    except MoleculeError:
        return None
    return ReadMolecule(features, keys.inchikey[:14])


def _compound_set(kept: Sequence[tuple[MoleculeFeatures, str, int, list[int]]], records: Sequence[SpectrumRecord]) -> CompoundSet:
    targets, queries = [], []
    for _, _, lowest, places in kept:
        binned = [to_bins(records[place].spectrum) for place in places]
        for each in binned:
            each[: lowest - 1] = 0
        targets.append(mean_direction(binned))
        queries.append(binned[0])
    empty = np.zeros((0, 1000), dtype=np.float32)
    return CompoundSet(
        features=[features for features, *_ in kept],
        targets=torch.from_numpy(np.stack(targets) if targets else empty),
        queries=np.stack(queries) if queries else empty,
        lowest_mz=torch.tensor([lowest for *_, lowest, _ in kept], dtype=torch.long),
        connectivities=[connectivity for _, connectivity, *_ in kept],
    )


def _called(record: SpectrumRecord) -> str:
    """A record as a sentence calls it."""
    where = f" ({record.source_file}, line {record.line})" if record.source_file and record.line else ""
    return f"{record.name or record.accession or 'A spectrum without a name'}{where}"
