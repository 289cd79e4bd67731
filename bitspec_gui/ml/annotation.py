"""From scored fragment ions to what each predicted peak is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.chem.formulae import FormulaWriter, IsotopeTable
from bitspec_gui.chem.fragment_features import ISOTOPE_WINDOW, FragmentFeatures, bearable_shifts
from bitspec_gui.chem.fragments import HYDROGEN_SHIFTS
from bitspec_gui.chem.isotopes import ELECTRON_DA
from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.spectra.binning import BINS

MOST_ASSIGNMENTS = 5
"""Assignments kept of a peak."""

SMALLEST_SHARE = 0.03
"""Assignments that make up less than this share of a peak are left out."""

_WORTH_COUNTING = 1e-3
_SHIFTS = np.array(HYDROGEN_SHIFTS)


def annotate(
    peaks: Sequence[int],
    fragments: FragmentFeatures,
    ions: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
) -> tuple[PeakAnnotation, ...]:
    """Ranked assignments of peaks, one annotation a peak.

    Ions of one formula are one assignment, under the atoms that are the likeliest to make them.

    Parameters
    ----------
    peaks : sequence of int
        Unit m/z, ascending.
    ions : sequence of (fragments (F, 9), rest (1000,))
        Intensities by each network that scores fragments, on a scale of its own.
    """
    scored, rest = mean_of(ions)
    made = Contributions.of(scored, rest, fragments)
    share = made.amount / made.total[made.mz - 1]
    worth = share >= _WORTH_COUNTING
    bins, share, source = made.mz[worth], share[worth], made.ion[worth]
    formula = _formula_numbers(fragments)[source]
    # Entries of one bin and one formula, the largest first, and their sum.
    order = np.lexsort((-share, formula, bins))
    bins, share, source, formula = bins[order], share[order], source[order], formula[order]
    starts = np.flatnonzero(np.diff(bins, prepend=-1) | np.diff(formula, prepend=-1)) if len(bins) else np.zeros(0, np.int64)
    total = np.add.reduceat(share, starts) if len(starts) else np.zeros(0)
    shown = np.isin(bins[starts], peaks) & (total >= SMALLEST_SHARE)
    starts, total = starts[shown], total[shown]
    table = IonTable(fragments, np.unique(source[starts]))
    of_peak: dict[int, list[tuple[float, int]]] = {}
    for peak, probability, ion in zip(bins[starts].tolist(), total.tolist(), source[starts].tolist(), strict=True):
        of_peak.setdefault(peak, []).append((probability, ion))
    return tuple(
        PeakAnnotation(
            mz=peak,
            assignments=tuple(
                table.assignment(ion, peak, round(min(probability, 1.0), 4))
                for probability, ion in sorted(of_peak.get(peak, []), reverse=True)[:MOST_ASSIGNMENTS]
            ),
            unassigned=round(float(made.unassigned[peak - 1]), 4),
        )
        for peak in peaks
    )


def mean_of(ions: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean over networks of intensities that sum to 1."""
    parts = []
    for scored, rest in ions:
        total = float(scored.sum()) + float(rest.sum())
        parts.append((scored.astype(np.float64) / total, rest.astype(np.float64) / total))
    return sum(scored for scored, _ in parts) / len(parts), sum(rest for _, rest in parts) / len(parts)  # type: ignore[return-value]


@dataclass(frozen=True)
class Contributions:
    """What every isotopologue of every scored ion adds to the unit-mass bins.

    Networks give something to ions of more hydrogens than can be borne, too. Those are none: theirs is not accounted for.

    Attributes
    ----------
    mz : (C,) int64
        Unit m/z.
    amount : (C,) float64
        Intensity, above 0.
    ion : (C,) int64
        Fragment times 9 plus the place of its hydrogen shift.
    isotope : (C,) int64
        Da above the lightest visible isotopologue.
    total : (1000,) float64
        Intensity of each bin, by fragments and otherwise.
    unassigned : (1000,) float64
        Share of it that no fragment accounts for; 1 where there is none.
    """

    mz: NDArray[np.int64]
    amount: NDArray[np.float64]
    ion: NDArray[np.int64]
    isotope: NDArray[np.int64]
    total: NDArray[np.float64]
    unassigned: NDArray[np.float64]

    @classmethod
    def of(cls, scored: NDArray[np.float64], rest: NDArray[np.float64], fragments: FragmentFeatures) -> Contributions:
        """Contributions of ions of intensity `scored` (F, 9), beside what is not of fragments, `rest` (1000,)."""
        ion_base = fragments.base[:, None] + _SHIFTS[None, :]
        bins = (ion_base[:, :, None] + np.arange(ISOTOPE_WINDOW)).ravel()
        made = (scored[:, :, None] * fragments.isotopes[:, None, :].astype(np.float64)).ravel()
        inside = (bins >= 1) & (bins <= BINS) & (made > 0)
        places = np.flatnonzero(inside)
        bins, made = bins[places].astype(np.int64), made[places]
        total = np.bincount(bins - 1, weights=made, minlength=BINS) + rest
        ion, isotope = np.divmod(places, ISOTOPE_WINDOW)
        can_be = bearable_shifts(fragments).ravel()[ion]
        others = rest + np.bincount(bins - 1, weights=made * ~can_be, minlength=BINS)
        unassigned = np.minimum(np.divide(others, total, out=np.ones(BINS), where=total > 0), 1.0)
        return cls(bins[can_be], made[can_be], ion[can_be], isotope[can_be], total, unassigned)


def _formula_numbers(fragments: FragmentFeatures) -> NDArray[np.int64]:
    """A number for each ion (F * 9,) that is the same for the same formula."""
    number = np.zeros(len(fragments), dtype=np.int64)
    for column in fragments.counts.T:
        number = number * (int(column.max()) + 1) + column
    hydrogens = fragments.hydrogens.astype(np.int64)[:, None] + _SHIFTS - int(_SHIFTS[0])
    return np.asarray((number[:, None] * (int(hydrogens.max()) + 1) + hydrogens).ravel())


class IonTable:
    """Formulae, losses, atoms and masses of chosen ions of one molecule, worked out together.

    Parameters
    ----------
    places : (I,) int64
        Places of the ions in the flattened (F, 9), ascending.
    """

    def __init__(self, fragments: FragmentFeatures, places: NDArray[np.int64]) -> None:
        rows, columns = np.divmod(places, len(HYDROGEN_SHIFTS))
        self._row_of = {place: row for row, place in enumerate(places.tolist())}
        self._shifts = _SHIFTS[columns].tolist()
        # Hydrogens that bear an isotope label stand as atoms of their own.
        labelled = np.array([element == "H" for element in fragments.elements])
        elements = (*(element for element in fragments.elements if element != "H"), "H")
        hydrogens = fragments.hydrogens + fragments.counts[:, labelled].sum(axis=1)
        counts = np.column_stack([fragments.counts[:, ~labelled], hydrogens]).astype(np.int64)
        kept = counts[rows]
        kept[:, -1] += _SHIFTS[columns]
        tables = IsotopeTable.of(elements)
        self._nominal = (kept @ tables.nominal).tolist()
        self._exact_mz = (kept @ tables.exact - ELECTRON_DA).tolist()
        self._heavier = tables.heavier(kept)
        write = FormulaWriter(elements)
        self._formulae = [write(row) for row in kept.tolist()]
        self._losses = [write(row) for row in (counts[0] - kept).tolist()]
        belongs = {row: tuple(np.flatnonzero(fragments.members[row]).tolist()) for row in set(rows.tolist())}
        self._atoms = [belongs[row] for row in rows.tolist()]

    def assignment(self, place: int, peak: int, probability: float) -> Assignment:
        """Assignment of the peak at unit m/z `peak` to the ion at `place`, one of those that the table was made for."""
        row = self._row_of[place]
        isotope = peak - self._nominal[row]
        shift = self._heavier(row, isotope) if isotope else 0.0
        return Assignment(
            formula=self._formulae[row],
            atoms=self._atoms[row],
            hydrogen_shift=self._shifts[row],
            neutral_loss=self._losses[row],
            exact_mz=round(self._exact_mz[row] + shift, 5),
            isotope=isotope,
            probability=probability,
        )
