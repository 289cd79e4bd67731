"""The periodic table: symbols, names and places of the elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Element:
    """An element and its place in the periodic table (IUPAC).

    ``group`` is 1 to 18, None for the lanthanoids La to Yb and the actinoids Ac to No, which stand below the table.
    """

    number: int
    symbol: str
    name: str
    group: int | None
    period: int


_NAMES = """
H hydrogen He helium
Li lithium Be beryllium B boron C carbon N nitrogen O oxygen F fluorine Ne neon
Na sodium Mg magnesium Al aluminium Si silicon P phosphorus S sulfur Cl chlorine Ar argon
K potassium Ca calcium Sc scandium Ti titanium V vanadium Cr chromium Mn manganese Fe iron Co cobalt Ni nickel Cu copper
Zn zinc Ga gallium Ge germanium As arsenic Se selenium Br bromine Kr krypton
Rb rubidium Sr strontium Y yttrium Zr zirconium Nb niobium Mo molybdenum Tc technetium Ru ruthenium Rh rhodium Pd palladium
Ag silver Cd cadmium In indium Sn tin Sb antimony Te tellurium I iodine Xe xenon
Cs caesium Ba barium La lanthanum Ce cerium Pr praseodymium Nd neodymium Pm promethium Sm samarium Eu europium
Gd gadolinium Tb terbium Dy dysprosium Ho holmium Er erbium Tm thulium Yb ytterbium Lu lutetium Hf hafnium Ta tantalum
W tungsten Re rhenium Os osmium Ir iridium Pt platinum Au gold Hg mercury Tl thallium Pb lead Bi bismuth Po polonium
At astatine Rn radon
Fr francium Ra radium Ac actinium Th thorium Pa protactinium U uranium Np neptunium Pu plutonium Am americium Cm curium
Bk berkelium Cf californium Es einsteinium Fm fermium Md mendelevium No nobelium Lr lawrencium Rf rutherfordium Db dubnium
Sg seaborgium Bh bohrium Hs hassium Mt meitnerium Ds darmstadtium Rg roentgenium Cn copernicium Nh nihonium Fl flerovium
Mc moscovium Lv livermorium Ts tennessine Og oganesson
"""

_NOBLE_GASES = (0, 2, 10, 18, 36, 54, 86, 118)


def _place(number: int) -> tuple[int | None, int]:
    """Group and period of the element with this atomic number."""
    period = next(place for place, last in enumerate(_NOBLE_GASES) if number <= last)
    before, last = _NOBLE_GASES[period - 1], _NOBLE_GASES[period]
    along = number - before
    if along <= (1 if period == 1 else 2):
        return along, period
    group = 18 - (last - number)
    return (group if group >= 3 else None), period


def _all() -> Iterator[Element]:
    for number, (symbol, name) in enumerate(re.findall(r"(\S+) (\S+)", _NAMES), start=1):
        yield Element(number, symbol, name, *_place(number))


ELEMENTS: tuple[Element, ...] = tuple(_all())
"""The elements 1 to 118 by atomic number."""

ELEMENT_OF: Mapping[str, Element] = MappingProxyType({element.symbol: element for element in ELEMENTS})
"""The elements by symbol."""
