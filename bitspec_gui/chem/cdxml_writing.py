"""Sketches as CDXML, ChemDraw's text format, in ACS 1996 proportions.

Names and values are those of Revvity's CDX format specification (https://iupac.github.io/IUPAC-FAIRSpec/cdx_sdk/).
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from bitspec_gui.chem.sketch_structure import atomic_number, implied_hydrogens, label_of
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond

BOND_POINTS = 14.4
MARGIN_POINTS = 36.0

_DISPLAY = {
    (1, BondStyle.WEDGE): "WedgeBegin",
    (1, BondStyle.HASH): "WedgedHashBegin",
    (1, BondStyle.WAVY): "Wavy",
    (2, BondStyle.EITHER): "Wavy",
    (2, BondStyle.WAVY): "Wavy",
}
_RADICALS = {1: "Doublet", 2: "Triplet"}
_FORMULA_FACE = 96
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n'
    '<!DOCTYPE CDXML SYSTEM "http://www.cambridgesoft.com/xml/cdxml.dtd" >\n'
    '<CDXML CreationProgram="BitSpec" BondLength="14.40" LineWidth="0.60" BoldWidth="2" HashSpacing="2.50" BondSpacing="18" '
    'MarginWidth="1.60" LabelFont="3" LabelSize="10" LabelFace="96" CaptionFont="3" CaptionSize="10">\n'
    '<fonttable><font id="3" charset="iso-8859-1" name="Arial"/></fonttable>\n'
    '<page id="1">\n'
)


def cdxml_of(sketch: Sketch) -> str:
    """CDXML of a sketch as it is drawn, sound chemistry or not; y downwards, a bond 14.4 pt long."""
    left = min(atom.x for atom in sketch.atoms.values())
    top = max(atom.y for atom in sketch.atoms.values())
    hydrogens = implied_hydrogens(sketch)
    lines = [_HEAD + '<fragment id="2">']
    # Ids in a document are shared by all its objects, of which the page and the fragment have the first.
    shift = 10
    for key, atom in sketch.atoms.items():
        x = MARGIN_POINTS + BOND_POINTS * (atom.x - left)
        y = MARGIN_POINTS + BOND_POINTS * (top - atom.y)
        bare = atom.is_plain_carbon and bool(sketch.bonds_of[key])
        lines.append(_node(key + shift, atom, f"{x:.2f} {y:.2f}", hydrogens[key], bare=bare))
    for key, bond in sketch.bonds.items():
        lines.append(_bond(key + shift, bond, shift))
    return "\n".join([*lines, "</fragment>", "</page>", "</CDXML>", ""])


def _node(number: int, atom: SketchAtom, place: str, hydrogens: int, *, bare: bool) -> str:
    symbol, isotope = label_of(atom)
    element = atomic_number(symbol)
    stated = [("id", number), ("p", place)]
    if not element:
        stated.append(("NodeType", "Unspecified"))
    elif element != 6:
        stated.append(("Element", element))
    if atom.charge:
        stated.append(("Charge", atom.charge))
    if isotope:
        stated.append(("Isotope", isotope))
    if atom.radical in _RADICALS:
        stated.append(("Radical", _RADICALS[atom.radical]))
    if element and not bare:
        stated.append(("NumHydrogens", hydrogens))
    attributes = " ".join(f"{name}={quoteattr(str(value))}" for name, value in stated)
    if bare:
        return f"<n {attributes}/>"
    count = "" if not hydrogens else "H" if hydrogens == 1 else f"H{hydrogens}"
    text = f"{isotope or ''}{symbol}{count}{_charge(atom.charge)}".replace("&", "&amp;").replace("<", "&lt;")
    style = f'<s font="3" size="10" color="0" face="{_FORMULA_FACE}">{text}</s>'
    return f'<n {attributes}><t p="{place}" LabelJustification="Left">{style}</t></n>'


def _charge(charge: int) -> str:
    if not charge:
        return ""
    return f"{abs(charge) if abs(charge) > 1 else ''}{'+' if charge > 0 else '-'}"


def _bond(number: int, bond: SketchBond, shift: int) -> str:
    display = _DISPLAY.get((bond.order, bond.style))
    order = f' Order="{bond.order}"' if bond.order != 1 else ""
    shown = f' Display="{display}"' if display else ""
    return f'<b id="{number}" B="{bond.begin + shift}" E="{bond.end + shift}"{order}{shown}/>'
