"""Molecular formulae as text: their elements, one spelling for any order of them, and the nominal mass."""

from __future__ import annotations

import math
import re
from functools import lru_cache

_WRITTEN = re.compile(r"\[?((?:[A-Z][a-z]?\d{0,4})+)\]?(?:\d*[+-]\d*)?")
_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_MOST_ATOMS = 9999

# Mass number of each element's most abundant natural isotope, else of a long-lived one (IUPAC; as in RDKit's periodic table).
_MASS_NUMBERS = {
    symbol: int(number)
    for symbol, number in re.findall(
        r"([A-Z][a-z]?)(\d+)",
        "H1 D2 He4 Li7 Be9 B11 C12 N14 O16 F19 Ne20 Na23 Mg24 Al27 Si28 P31 S32 Cl35 Ar40 K39 Ca40 Sc45 Ti48 V51 Cr52 Mn55 Fe56 "
        "Co59 Ni58 Cu63 Zn64 Ga69 Ge74 As75 Se80 Br79 Kr84 Rb85 Sr88 Y89 Zr90 Nb93 Mo98 Tc97 Ru102 Rh103 Pd106 Ag107 Cd114 In115 "
        "Sn120 Sb121 Te130 I127 Xe132 Cs133 Ba138 La139 Ce140 Pr141 Nd142 Pm145 Sm152 Eu153 Gd158 Tb159 Dy164 Ho165 Er166 Tm169 "
        "Yb174 Lu175 Hf180 Ta181 W184 Re187 Os192 Ir193 Pt195 Au197 Hg202 Tl205 Pb208 Bi209 Po209 At210 Rn222 Fr223 Ra226 Ac227 "
        "Th232 Pa231 U238",
    )
}


_ATOMIC_NUMBERS = {symbol: number for number, symbol in enumerate((each for each in _MASS_NUMBERS if each != "D"), 1)} | {"D": 1}


@lru_cache(maxsize=65536)
def atoms(formula: str) -> tuple[tuple[str, int], ...]:
    """Elements of a formula with their numbers, in Hill's order (C, H, then by alphabet; without C all by alphabet).

    Charges and brackets around the whole are passed over; D is an element of its own. Empty if this is not a formula.
    """
    whole = _WRITTEN.fullmatch("".join(formula.translate(_SUBSCRIPTS).split()))
    counts: dict[str, int] = {}
    for symbol, number in _ELEMENT.findall(whole.group(1)) if whole is not None else ():
        if symbol not in _MASS_NUMBERS:
            return ()
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    if max(counts.values(), default=0) > _MOST_ATOMS:
        return ()
    first = ("C", "H") if "C" in counts else ()
    return tuple(sorted(((s, n) for s, n in counts.items() if n), key=lambda each: (each[0] not in first, each[0])))


def hill_formula(formula: str) -> str:
    """The formula in Hill's order, for example ``C2H6O`` for ``OC2H6``; empty if this is not a formula."""
    return "".join(symbol if number == 1 else f"{symbol}{number}" for symbol, number in atoms(formula))


def formula_mass(formula: str) -> int | None:
    """Nominal mass in Da: the sum of the mass numbers of each element's most abundant isotope; None if not a formula."""
    return sum(_MASS_NUMBERS[symbol] * number for symbol, number in atoms(formula)) or None


def is_odd_electron(formula: str, charge: int = 1) -> bool:
    """Whether an ion of this formula and charge has an odd number of electrons: a radical ion, such as M+ of most molecules."""
    return (sum(_ATOMIC_NUMBERS[symbol] * number for symbol, number in atoms(formula)) - charge) % 2 == 1


def stated_mass(nominal_mass: int | None, formula: str | None, exact_mass: float | None) -> int | None:
    """Nominal molecular mass (Da) that a record states: itself, else by its formula, else its exact mass rounded; else None."""
    if nominal_mass is not None:
        return nominal_mass
    of_formula = formula_mass(formula) if formula else None
    if of_formula is None and exact_mass is not None and math.isfinite(exact_mass):
        return round(exact_mass)
    return of_formula


def is_element(symbol: str) -> bool:
    """Whether this is the symbol of an element (D for deuterium is one)."""
    return symbol in _MASS_NUMBERS
