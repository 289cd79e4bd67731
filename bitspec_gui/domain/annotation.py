"""What the peaks of a predicted spectrum are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assignment:
    """One way in which a peak came about: atoms of the molecule that kept the charge.

    ``formula`` is that of the ion, ``neutral_loss`` that of what the molecular ion lost (empty for the molecular ion itself).
    ``atoms`` are heavy atoms by their place in the molecule's SMILES, from 0, in ascending order; ``hydrogen_shift``
    counts hydrogens gained (+) or lost (-) beside those that the atoms bear. ``exact_mz`` is the m/z of the ion (Da, mass of
    the electron taken off) and ``isotope`` how many Da above the ion of the most abundant isotopes the peak lies.
    ``probability`` is the share of the peak's predicted intensity that comes this way; the shares of one peak and its
    `PeakAnnotation.unassigned` add up to 1 at most.
    """

    formula: str
    atoms: tuple[int, ...]
    hydrogen_shift: int
    neutral_loss: str
    exact_mz: float
    isotope: int
    probability: float


@dataclass(frozen=True)
class PeakAnnotation:
    """What one peak of a predicted spectrum is made of, the likeliest first; no assignments where nothing fits.

    ``mz`` is the peak's unit m/z, ``unassigned`` the share of its intensity that no fragment accounts for, 0..1.
    """

    mz: int
    assignments: tuple[Assignment, ...]
    unassigned: float

    @property
    def is_assigned(self) -> bool:
        """Whether at least one fragment fits."""
        return bool(self.assignments)


@dataclass(frozen=True)
class KnownIon:
    """An ion that textbooks know of such compounds, but that is no single piece of the molecule.

    ``formula`` is that of the ion, ``atoms`` the heavy atoms that it can be made of, by their place in the SMILES, ascending;
    ``process`` says how it comes about, ``source`` where that is taught. How probable it is, is not known.
    """

    formula: str
    atoms: tuple[int, ...]
    process: str
    source: str
