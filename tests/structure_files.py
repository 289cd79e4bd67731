"""Structure files as other programs write them, for tests: MOL2 and ChemDraw's XML."""

from __future__ import annotations

CDXML = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n'
    '<!DOCTYPE CDXML SYSTEM "http://www.cambridgesoft.com/xml/cdxml.dtd" >\n'
    '<CDXML BondLength="14.40"><page id="1">\n{}\n</page></CDXML>\n'
)
RIGHT_ANGLE = ((0.0, 0.0), (14.4, 0.0), (14.4, -14.4))
"""Three atoms as no program lays them out by itself."""

PYRROLE = """@<TRIPOS>MOLECULE
{name}
 5 5 0 0 0
SMALL
NO_CHARGES

@<TRIPOS>ATOM
      1 C1     0.0000    1.2000    0.0000 C.ar   1 UNL1 0.0
      2 C2     1.1412    0.3708    0.0000 C.ar   1 UNL1 0.0
      3 C3     0.7053   -0.9708    0.0000 C.ar   1 UNL1 0.0
      4 C4    -0.7053   -0.9708    0.0000 C.ar   1 UNL1 0.0
      5 N5    -1.1412    0.3708    0.0000 N.pl3  1 UNL1 0.0
@<TRIPOS>BOND
     1     1     2 ar
     2     2     3 ar
     3     3     4 ar
     4     4     5 ar
     5     5     1 ar
"""

_NUMBERS = {"SP": 1, "SP2": 2}


def cdxml(*contents: str) -> str:
    """A CDXML document with one page."""
    return CDXML.format("\n".join(contents))


def fragment(number: int, *elements: int, places=RIGHT_ANGLE, charges=()) -> str:
    """A chain of atoms, given by their atomic numbers; its id is `number`, those of its atoms follow."""
    nodes = [
        f'<n id="{number + 1 + at}" p="{x} {y}" Element="{element}"' + (f' Charge="{charges[at]}"' if charges else "") + "/>"
        for at, (element, (x, y)) in enumerate(zip(elements, places, strict=False))
    ]
    bonds = [f'<b id="{number + 50 + at}" B="{number + at}" E="{number + at + 1}"/>' for at in range(1, len(elements))]
    return f'<fragment id="{number}">' + "\n".join([*nodes, *bonds]) + "</fragment>"


def mol2_of(structure, name: str = "", *, hydrogens: bool = True) -> str:
    """MOL2 record of an RDKit molecule that has coordinates, with or without its hydrogen atoms.

    Rings that are aromatic are written with bonds of the type ar.
    """
    kept = [atom for atom in structure.GetAtoms() if hydrogens or atom.GetAtomicNum() != 1]
    numbers = {atom.GetIdx(): place for place, atom in enumerate(kept, start=1)}
    bonds = [each for each in structure.GetBonds() if {each.GetBeginAtomIdx(), each.GetEndAtomIdx()} <= numbers.keys()]
    lines = ["@<TRIPOS>MOLECULE", name, f"{len(kept)} {len(bonds)} 0 0 0", "SMALL", "NO_CHARGES", "", "@<TRIPOS>ATOM"]
    for atom in kept:
        at = structure.GetConformer().GetAtomPosition(atom.GetIdx())
        place = f"{at.x:9.4f} {at.y:9.4f} {at.z:9.4f}"
        lines.append(f"{numbers[atom.GetIdx()]:7d} {atom.GetSymbol():4s} {place} {_type_of(atom):5s} 1 UNL1 0.0")
    lines.append("@<TRIPOS>BOND")
    for number, each in enumerate(bonds, start=1):
        order = "ar" if each.GetIsAromatic() else str(int(each.GetBondTypeAsDouble()))
        lines.append(f"{number:6d} {numbers[each.GetBeginAtomIdx()]:5d} {numbers[each.GetEndAtomIdx()]:5d} {order}")
    return "\n".join(lines) + "\n"


def _type_of(atom) -> str:
    """SYBYL type of an atom."""
    symbol = atom.GetSymbol()
    if symbol in ("H", "F", "Cl", "Br", "I", "Si"):
        return symbol
    if symbol == "P":
        return "P.3"
    if atom.GetIsAromatic():
        return "N.pl3" if symbol == "N" and atom.GetTotalDegree() == 3 else f"{symbol}.{'ar' if symbol in 'CN' else '2'}"
    if symbol == "N" and atom.GetTotalDegree() == 4:
        return "N.4"
    return f"{symbol}.{_NUMBERS.get(str(atom.GetHybridization()), 3)}"
