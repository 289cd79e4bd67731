"""Sketches in the forms that other programs take from the clipboard."""

from __future__ import annotations

from collections.abc import Collection

from rdkit import Chem, rdBase

from bitspec_gui.chem.cdxml_writing import cdxml_of
from bitspec_gui.chem.parse import without_hydrogens
from bitspec_gui.chem.sketch_reading import sound_structure
from bitspec_gui.chem.sketch_structure import DRAWN_BOND, atomic_number, label_of, restricted, structure_of
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchFormats

MOST_IN_V2000 = 999

_STEREO = {
    (1, BondStyle.WEDGE): 1,
    (1, BondStyle.WAVY): 4,
    (1, BondStyle.HASH): 6,
    (2, BondStyle.EITHER): 3,
    (2, BondStyle.WAVY): 3,
}
_PER_LINE = 8
_NO_BONDS = 15


def formats_of(sketch: Sketch, atoms: Collection[int] | None = None, name: str = "") -> SketchFormats:
    """A sketch, or the part of it with the given atoms, in every form; bonds that are cut are filled with hydrogen.

    Where the chemistry is not sound there are only a molblock and CDXML, which say what is drawn.
    """
    part = restricted(sketch, frozenset(atoms)) if atoms else sketch
    if not part:
        return SketchFormats()
    molblock, cdxml = molblock_of(part, name), cdxml_of(part)
    structure = sound_structure(part)
    if structure is None:
        return SketchFormats(molblock=molblock, cdxml=cdxml)
    with rdBase.BlockLogs():
        bare = without_hydrogens(structure)
        # As everywhere, stereochemistry is what RDKit reads from the drawing, not what InChI would read from its coordinates.
        bare.RemoveAllConformers()
        inchi = Chem.MolToInchi(bare)
        key = Chem.InchiToInchiKey(inchi) if inchi else ""
    return SketchFormats(smiles=Chem.MolToSmiles(bare), inchi=inchi, inchikey=key or "", molblock=molblock, cdxml=cdxml)


def molblock_of(sketch: Sketch, name: str = "") -> str:
    """Molblock (V2000; V3000 beyond 999 atoms or bonds) with everything as it is drawn, sound chemistry or not.

    Coordinates are in Angstrom, `DRAWN_BOND` a bond length.
    """
    if max(len(sketch.atoms), len(sketch.bonds)) > MOST_IN_V2000:
        structure = structure_of(sketch)
        structure.SetProp("_Name", name)
        with rdBase.BlockLogs():
            structure.UpdatePropertyCache(strict=False)
            return str(Chem.MolToV3KMolBlock(structure, includeStereo=False, kekulize=False))
    numbers = {key: place for place, key in enumerate(sketch.atoms, start=1)}
    lines = [" ".join(name.split())[:80], "  BitSpec           2D", ""]
    lines.append(f"{len(sketch.atoms):3d}{len(sketch.bonds):3d}  0  0  0  0  0  0  0  0999 V2000")
    lines += [_atom_line(sketch, key, atom) for key, atom in sketch.atoms.items()]
    for bond in sketch.bonds.values():
        stereo = _STEREO.get((bond.order, bond.style), 0)
        lines.append(f"{numbers[bond.begin]:3d}{numbers[bond.end]:3d}{bond.order:3d}{stereo:3d}")
    labels = {key: label_of(atom) for key, atom in sketch.atoms.items()}
    lines += _property_lines("CHG", [(numbers[key], atom.charge) for key, atom in sketch.atoms.items() if atom.charge])
    lines += _property_lines("ISO", [(numbers[key], label[1]) for key, label in labels.items() if label[1]])
    # One unpaired electron is a doublet (2), two are taken for a triplet (3).
    lines += _property_lines("RAD", [(numbers[key], atom.radical + 1) for key, atom in sketch.atoms.items() if atom.radical])
    return "\n".join([*lines, "M  END", ""])


def _atom_line(sketch: Sketch, key: int, atom: SketchAtom) -> str:
    symbol = label_of(atom)[0] if atomic_number(atom.symbol) else "*"
    valence = 0
    if atom.hydrogens is not None:
        valence = atom.hydrogens + sum(sketch.bonds[bond].order for bond in sketch.bonds_of[key]) or _NO_BONDS
    x, y = DRAWN_BOND * atom.x, DRAWN_BOND * atom.y
    return f"{x:10.4f}{y:10.4f}{0.0:10.4f} {symbol:<3s} 0  0  0  0  0{valence:3d}  0  0  0  0  0  0"


def _property_lines(kind: str, values: list[tuple[int, int]]) -> list[str]:
    lines = []
    for start in range(0, len(values), _PER_LINE):
        some = values[start : start + _PER_LINE]
        lines.append(f"M  {kind}{len(some):3d}" + "".join(f"{number:4d}{value:4d}" for number, value in some))
    return lines
