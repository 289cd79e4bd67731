"""What the sketch tests share: how to read a drawing with RDKit, which is the judge."""

from __future__ import annotations

from rdkit import Chem

from bitspec_gui.domain.sketch import BondStyle, Sketch


def as_rdkit(sketch: Sketch) -> Chem.Mol:
    """The drawing as RDKit reads it, sanitized, stereo from the wedges."""
    molecule = Chem.RWMol()
    place = {}
    for key, drawn in sketch.atoms.items():
        atom = Chem.Atom(drawn.symbol)
        atom.SetFormalCharge(drawn.charge)
        atom.SetNumRadicalElectrons(drawn.radical)
        atom.SetIsotope(drawn.isotope)
        if drawn.hydrogens is not None:
            atom.SetNoImplicit(True)
            atom.SetNumExplicitHs(drawn.hydrogens)
        place[key] = molecule.AddAtom(atom)
    orders = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
    directions = {BondStyle.WEDGE: Chem.BondDir.BEGINWEDGE, BondStyle.HASH: Chem.BondDir.BEGINDASH}
    for drawn_bond in sketch.bonds.values():
        count = molecule.AddBond(place[drawn_bond.begin], place[drawn_bond.end], orders[drawn_bond.order])
        molecule.GetBondWithIdx(count - 1).SetBondDir(directions.get(drawn_bond.style, Chem.BondDir.NONE))
    conformer = Chem.Conformer(len(place))
    for key, drawn in sketch.atoms.items():
        conformer.SetAtomPosition(place[key], (drawn.x, drawn.y, 0.0))
    molecule.AddConformer(conformer)
    Chem.SanitizeMol(molecule)
    Chem.AssignChiralTypesFromBondDirs(molecule)
    Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
    return molecule.GetMol()


def inchikey(sketch: Sketch) -> str:
    """InChIKey of the drawing; raises what RDKit raises if it is no sound molecule."""
    return str(Chem.MolToInchiKey(as_rdkit(sketch)))


def inchikey_of(smiles: str) -> str:
    """InChIKey of a SMILES."""
    return str(Chem.MolToInchiKey(Chem.MolFromSmiles(smiles)))
