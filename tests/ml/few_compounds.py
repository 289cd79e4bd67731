"""A handful of small molecules with all kinds of atoms and isotope patterns."""

from bitspec_gui.chem.molecule_features import MoleculeFeatures, featurise
from bitspec_gui.chem.parse import molecule_from_text

SMILES = ["CCO", "CCCCN", "c1ccccc1C", "CC(=O)OC", "Cn1c(=O)c2c(ncn2C)n(C)c1=O", "C[Si](C)(C)OCC", "CCBr", "ClC(Cl)Cl"]


def features_of(smiles: str) -> MoleculeFeatures:
    molecule = molecule_from_text(smiles)
    return featurise(molecule.smiles, molecule.formula, molecule.nominal_mass)
