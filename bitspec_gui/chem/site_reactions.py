"""Reactions of chosen sites, one after the other, on a molecule whose atoms remember where they stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdkit import Chem, rdBase

from bitspec_gui.chem.derivatising_reagents import CARBONYLS, Reagent, compiled
from bitspec_gui.domain.derivatives import ReactiveSite
from bitspec_gui.domain.errors import BitSpecError

_PROTECTED = "_protected"
"""The property by which RDKit's reactions leave an atom alone."""


@dataclass(frozen=True)
class ReactingMolecule:
    """A molecule with all atoms protected; ``indices`` give the index of each atom by its place in the parent's SMILES."""

    molecule: Chem.Mol
    indices: dict[int, int]

    @classmethod
    def of(cls, smiles: str) -> ReactingMolecule:
        """The parent, before anything reacts."""
        molecule = Chem.MolFromSmiles(smiles)
        for index in range(molecule.GetNumAtoms()):
            molecule.GetAtomWithIdx(index).SetProp(_PROTECTED, "1")
        return cls(molecule, {index: index for index in range(molecule.GetNumAtoms())})

    def with_group(self, site: ReactiveSite, reagent: Reagent) -> ReactingMolecule:
        """The molecule after the reaction of one site, all other atoms being protected.

        Raises
        ------
        BitSpecError
            If the reaction does not find the site, which would be a fault of BitSpec.
        """
        reactant = Chem.Mol(self.molecule)
        for index in self._own(site):
            reactant.GetAtomWithIdx(index).ClearProp(_PROTECTED)
        with rdBase.BlockLogs():
            products = compiled(reagent.reaction(site.site_class)).RunReactants((reactant,))
        if not products:
            raise BitSpecError(f"Site {site.number} ({site.words}) did not react as it should; please report this molecule.")
        product = products[0][0]
        places = {index: place for place, index in self.indices.items()}
        indices = {}
        for index in range(product.GetNumAtoms()):
            atom = product.GetAtomWithIdx(index)
            atom.SetProp(_PROTECTED, "1")
            # Atoms of the new group came from no atom of the reactant.
            if atom.HasProp("react_atom_idx"):
                place = places.get(atom.GetIntProp("react_atom_idx"))
                if place is not None:
                    indices[place] = index
        Chem.SanitizeMol(product)
        return ReactingMolecule(product, indices)

    @property
    def smiles(self) -> str:
        """Canonical SMILES."""
        plain = Chem.Mol(self.molecule)
        Chem.AssignStereochemistry(plain, cleanIt=True, force=True)
        return str(Chem.MolToSmiles(plain))

    def _own(self, site: ReactiveSite) -> set[int]:
        """Indices of the atoms that change."""
        own = {self.indices[place] for place in (site.atom, *site.others)}
        if site.site_class in CARBONYLS:
            carbon = self.molecule.GetAtomWithIdx(self.indices[site.atom])
            own |= {bond.GetOtherAtomIdx(carbon.GetIdx()) for bond in carbon.GetBonds() if bond.GetBondTypeAsDouble() == 2}
        return own


class Reactions:
    """Structures by the sites that have reacted; what neighbouring choices have in common is made once."""

    def __init__(self, start: ReactingMolecule, reagent: Reagent) -> None:
        self._reagent = reagent
        self._steps: list[tuple[int, ReactingMolecule]] = []
        self._start = start

    def structure(self, sites: Sequence[ReactiveSite]) -> str:
        """Canonical SMILES with a group on each of the sites."""
        common = 0
        while common < min(len(sites), len(self._steps)) and self._steps[common][0] == sites[common].number:
            common += 1
        del self._steps[common:]
        for site in sites[common:]:
            before = self._steps[-1][1] if self._steps else self._start
            self._steps.append((site.number, before.with_group(site, self._reagent)))
        return (self._steps[-1][1] if self._steps else self._start).smiles
