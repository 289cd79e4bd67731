"""Where atoms are: those that a SMARTS or an order of writing points at, by their place in the SMILES of a molecule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rdkit import Chem, rdBase

from bitspec_gui.chem.smiles_order import structure_of
from bitspec_gui.domain.errors import UnreadableMolecule
from bitspec_gui.domain.molecule import Molecule

_MOST_PLACES = 1000


def places_of(smarts: str, molecule: Molecule) -> tuple[tuple[int, ...], ...]:
    """Sets of atoms that match a SMARTS, each ascending; none if nothing matches.

    Raises
    ------
    UnreadableMolecule
        If the text is no SMARTS.
    """
    with rdBase.BlockLogs():
        query = Chem.MolFromSmarts(smarts)
    if query is None or query.GetNumAtoms() == 0:
        raise UnreadableMolecule(f"“{smarts[:60]}” is no SMARTS.")
    found = structure_of(molecule).GetSubstructMatches(query, uniquify=True, maxMatches=_MOST_PLACES)
    return tuple(sorted({tuple(sorted(match)) for match in found}))


def places_in_smiles(text: str, molecule: Molecule, atoms: Sequence[int]) -> tuple[int, ...]:
    """Atoms that are counted from 0 as they stand in `text`, a SMILES of the molecule, by their place in its own SMILES.

    Raises
    ------
    UnreadableMolecule
        If `text` is no SMILES of this molecule, or has no such atoms.
    """
    with rdBase.BlockLogs():
        read = Chem.MolFromSmiles(text)
    match = read.GetSubstructMatch(structure_of(molecule)) if read is not None else ()
    if read is None or len(match) != read.GetNumAtoms():
        raise UnreadableMolecule(f"The atoms of “{text[:60]}” cannot be counted.")
    place_of = {atom: place for place, atom in enumerate(match)}
    missing = [atom for atom in atoms if atom not in place_of]
    if missing:
        raise UnreadableMolecule(f"There is no atom {missing[0]}: the atoms of “{text[:60]}” are 0 to {len(match) - 1}.")
    return tuple(sorted({place_of[atom] for atom in atoms}))


def formula_of(molecule: Molecule, atoms: Sequence[int]) -> tuple[dict[str, int], int]:
    """Heavy atoms of a set of atoms by element, and the hydrogens that they bear."""
    counts: dict[str, int] = {}
    hydrogens = 0
    written = structure_of(molecule)
    for place in atoms:
        atom = written.GetAtomWithIdx(place)
        counts[atom.GetSymbol()] = counts.get(atom.GetSymbol(), 0) + 1
        hydrogens += atom.GetTotalNumHs()
    return counts, hydrogens


def shuffled(molecule: Molecule, seed: int) -> tuple[str, tuple[int, ...]]:
    """Another SMILES of a molecule, its atoms written in an order by chance.

    Returns
    -------
    smiles : str
        Of the same molecule.
    order : tuple of int
        For each atom of that SMILES its place in the molecule's own.
    """
    written = structure_of(molecule)
    order = np.random.default_rng(seed).permutation(written.GetNumAtoms()).tolist()
    renumbered = Chem.RenumberAtoms(written, order)
    smiles = Chem.MolToSmiles(renumbered, canonical=False)
    places = [int(place) for place in renumbered.GetProp("_smilesAtomOutputOrder").strip("[],").split(",")]
    return smiles, tuple(order[place] for place in places)


def heavy_atoms(molecule: Molecule) -> int:
    """Number of atoms in the molecule's SMILES."""
    return int(structure_of(molecule).GetNumAtoms())
