"""What an unknown spectrum says of itself, without any library: its molecular ion, its isotopes, its formula."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MassHint:
    """A candidate for the nominal mass of the molecule.

    ``probability`` is 0..1, ``relative_intensity`` that of the peak there in % of the base peak (0 = M is not visible), ``words``
    a sentence on what speaks for it.
    """

    mass_da: int
    probability: float
    relative_intensity: float
    words: str


@dataclass(frozen=True)
class IsotopeHint:
    """How many atoms of an element with a telling isotope pattern the molecule has: ``count`` with its probability (0..1)."""

    element: str
    count: int
    probability: float
    words: str


@dataclass(frozen=True)
class FormulaHint:
    """A molecular formula that fits.

    ``probability`` is 0..1 over all formulae and masses that were weighed, ``unsaturation`` the number of rings and double bonds,
    ``error_mda`` the exact mass of the molecular ion's peak less that of the formula's ion (None at unit mass), ``explained`` the
    share (0..1) of the spectrum's intensity at masses that fragments of the formula can have.
    """

    formula: str
    mass_da: int
    probability: float
    unsaturation: float
    error_mda: float | None
    explained: float


@dataclass(frozen=True)
class UnknownHints:
    """All hints on one spectrum, the likeliest first; ``notes`` are sentences on what they rest on, or why there are none."""

    masses: tuple[MassHint, ...] = ()
    isotopes: tuple[IsotopeHint, ...] = ()
    formulae: tuple[FormulaHint, ...] = ()
    notes: tuple[str, ...] = ()
