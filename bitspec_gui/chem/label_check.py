"""Does a measured spectrum contradict the structure that it is filed under? If so, why, in a sentence for chemists.

Every rule works on the molecular formula and the peaks; one also counts the aromatic atoms of the structure. Limits were chosen
on the benchmark's train rows so that at most 1 % of trustworthy records (replicates agree) are doubted; the figures are in
``resources/models/EXPERIMENTS.md``, made by ``python -m tests.benchmarks.label_check``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase

from bitspec_gui.chem.derivatives import MEOX_DA, TMS_DA
from bitspec_gui.chem.filed_compound import FiledCompound, filed_compound
from bitspec_gui.chem.isotopes import element_counts
from bitspec_gui.chem.subformulas import exact_ion_masses
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord

FloatArray = NDArray[np.float64]

ABOVE_SHARE = 0.02
IMPOSSIBLE_LOSS_SHARE = 0.03
IMPOSSIBLE_FRAGMENT_SHARE = 0.05
ISOTOPE_EXCESS = 0.2
HALOGEN_ISOTOPE_RATIO = 0.4
AROMATIC_SHARE = 0.4
ABSENT_ION = 0.02
INEXACT_SHARE = 0.12
"""Limits of the rules: shares are of the whole intensity, the others of the base peak; see each rule."""

_NEAR_ION_DA = 32
_LIGHTEST_AFTER_LOSS = 40
_UNSATURATION_OF_AROMATIC_ATOM = 0.6
"""Rings and double bonds for each aromatic atom, at least: three for the five of pyrrole."""
_KEEPS_METHYL = ("C", "N", "O", "S")
_ISOTOPE_TOLERANCE = 1.5
_NOISE = 0.003
_HALOGEN_ION = 0.1
_HALOGEN_EXPECTED = 0.2
_BLEED = (149, 207, 208, 209, 281, 282, 283, 355)
"""m/z of column and septum bleed and of plasticisers, which say nothing about the compound unless they are strong."""
_BLEED_HEIGHT = 0.03
_SILYL = (73, 147)
"""m/z of trimethylsilyl and of two of them, from derivatives and from bleed."""
_SILYL_HEIGHT = 0.02
_END_HEIGHT = 0.01
_HEAVIEST = 4000
_ABSURD_MZ = 1e9
_TOLERANCE_DA, _TOLERANCE_PPM = 0.010, 15.0
_MAX_UNIT_OF_EXACT_DA = 500
_HALOGENS_FOR_EXACT = 2
_ISOTOPE_STEPS_DA = (1.00335, 1.99705, 1.99580, 1.99795, 0.99957, 1.99684)
"""13C, 37Cl, 34S, 81Br, 29Si, 30Si in place of the usual isotope."""
_COMMON_IONS = (
    *(39.0229, 41.0386, 43.0178, 43.0542, 51.0229, 53.0386, 55.0178, 55.0542, 57.0335, 57.0699, 65.0386),
    *(69.0699, 77.0386, 79.0542, 81.0699, 91.0542, 95.0855, 105.0335, 105.0699, 115.0542),
)
"""m/z of hydrocarbon and acyl ions that most compounds give: where they are off, the mass scale is off."""


class _Case:
    """A spectrum beside the compound it is filed under; heights are in shares of the base peak."""

    def __init__(self, compound: FiledCompound, spectrum: Spectrum) -> None:
        self.compound = compound
        self.limits = compound.limits
        self.spectrum = spectrum
        # What is absurdly heavy, in broken files, is above any molecular ion all the same.
        unit = np.floor(np.minimum(spectrum.mz, _ABSURD_MZ) + 0.5).astype(np.int64)
        self.scale = float(spectrum.intensity.max()) or 1.0
        self.total = float(spectrum.intensity.sum()) / self.scale or 1.0
        inside = unit <= self.limits.last
        self.heights: FloatArray = (
            np.bincount(unit[inside], weights=spectrum.intensity[inside], minlength=self.limits.last + 1) / self.scale
        )
        beyond = ~inside
        self.above_mz = unit[beyond]
        self.above = spectrum.intensity[beyond] / self.scale

    @cached_property
    def unexplained(self) -> FloatArray:
        """(last + 1,) heights of each unit mass beyond what isotopes of lighter peaks can add to it."""
        isotopes = self.limits.isotopes
        assert isotopes is not None
        added = np.zeros_like(self.heights)
        for step in range(1, min(9, isotopes.size, added.size)):
            added[step:] += isotopes[step] * self.heights[:-step]
        return np.maximum(0.0, self.heights - _ISOTOPE_TOLERANCE * added - _NOISE)

    @cached_property
    def impossible_share(self) -> float:
        """Share of the intensity, with isotopes, at the masses up to the molecular ion that no fragment can have."""
        possible = self.limits.possible
        if possible is None:
            return 0.0
        heights = self.heights[: possible.size]
        return (float(heights.sum()) - float(heights @ possible)) / self.total

    @cached_property
    def impossible(self) -> FloatArray:
        """(ion + 1,) heights at the masses that no fragment can have, up to the molecular ion."""
        possible = self.limits.possible
        assert possible is not None
        heights = np.where(possible, 0.0, self.unexplained[: self.limits.ion + 1])
        heights[[mz for mz in (*_BLEED, *_SILYL) if mz < heights.size]] = 0.0
        return heights

    @property
    def exact(self) -> bool:
        """Whether most m/z are given with at least three decimals that are not 0."""
        hundredths = self.spectrum.mz * 100.0
        off = np.count_nonzero(np.abs(hundredths - np.rint(hundredths)) > 1e-3)
        return bool(2 * off > hundredths.size)


def doubt(record: SpectrumRecord) -> str | None:
    """Why the spectrum of a measured record contradicts its structure, in one sentence; None if nothing says so.

    Not doubted is a record without a formula or structure that can be read, and a predicted one.
    """
    if record.predicted_by:
        return None
    return contradiction(record.spectrum, record.formula, smiles=record.smiles, inchi=record.inchi)


def contradiction(spectrum: Spectrum, formula: str | None, *, smiles: str | None = None, inchi: str | None = None) -> str | None:
    """Why `spectrum` cannot be that of a compound, in one sentence; None if nothing says so.

    Parameters
    ----------
    formula : str, optional
        Molecular formula; taken from the structure if not given.
    smiles, inchi : str, optional
        Structure; also says which hydrogens are deuterium.
    """
    compound = filed_compound(formula, smiles, inchi)
    if compound is None:
        return None
    case = _Case(compound, spectrum)
    return next((sentence for rule in RULES.values() if (sentence := rule(case))), None)


def broken_rules(record: SpectrumRecord) -> dict[str, str]:
    """All rules that a record breaks, by name, each with its sentence: for measuring the rules."""
    compound = filed_compound(record.formula, record.smiles, record.inchi)
    case = _Case(compound, record.spectrum) if compound is not None else None
    return {name: sentence for name, rule in RULES.items() if case is not None and (sentence := rule(case))}


def _above_the_ion(case: _Case) -> str | None:
    """More than 2 % of the intensity above the isotopes of the molecular ion, weak bleed left out."""
    if float(case.above.sum()) <= ABOVE_SHARE * case.total:
        return None
    weak_bleed = np.isin(case.above_mz, _BLEED) & (case.above < _BLEED_HEIGHT)
    share = float(case.above[~weak_bleed].sum()) / case.total
    if share <= ABOVE_SHARE:
        return None
    return f"{_percent(share)} of this spectrum lies above the molecular ion (m/z {case.limits.ion}): {_what_is_above(case)}."


def _what_is_above(case: _Case) -> str:
    present = np.flatnonzero(case.heights)
    heights: FloatArray = np.bincount(
        np.append(present, np.minimum(case.above_mz, _HEAVIEST)),
        weights=np.append(case.heights[present], case.above),
        minlength=150,
    ).astype(np.float64)
    silyl = [mz for mz in (73, 75, 147) if heights[mz] >= _SILYL_HEIGHT]
    named = _last_ion_of_silyl(heights, case.limits.ion) if {73, 147} & set(silyl) else ""
    both = 147 in silyl and (73 in silyl or case.spectrum.mz[0] > 73.5)
    if "Si" in element_counts(case.compound.formula) or not (named or both):
        return "it may be that of a derivative, of a mixture or of a heavier compound"
    seen = f"m/z {_listed(silyl)}{f', and {named}' if named else ''}"
    return f"it looks like that of a trimethylsilyl derivative, filed under the parent compound ({seen})"


def _last_ion_of_silyl(heights: FloatArray, ion: int) -> str:
    """Words for M or M-15 of a derivative with so many trimethylsilyl and methoxime groups, if the spectrum ends with it."""
    end = int(np.flatnonzero(heights >= _END_HEIGHT)[-1])
    for methoximes in range(3):
        silyls = round((end - ion - MEOX_DA * methoximes) / TMS_DA)
        mass = ion + TMS_DA * silyls + MEOX_DA * methoximes
        for lost, name in ((0, "M"), (15, "M-15")):
            if silyls > 0 and 0 <= end - (mass - lost) <= 4 and heights[mass - lost] >= _END_HEIGHT:
                groups = f"{silyls} TMS{f' and {methoximes} MeOX' if methoximes else ''}"
                return f"{mass - lost} as {name} with {groups}"
    return ""


def _isotopes(case: _Case) -> str | None:
    """Isotopes of the molecular ion that the formula cannot have, or that its Cl and Br must have and that are not there."""
    limits = case.limits
    if limits.isotopes is None:
        return None
    ion, heights = limits.ion, case.heights
    # The first look, at whole heights, is quick and enough for most records; so it is in _impossible_enough.
    strong = heights[ion + 2 :].max(initial=0.0) > ISOTOPE_EXCESS
    excess = case.unexplained[ion + 2 :] if strong else heights[:0]
    if excess.max(initial=0.0) > ISOTOPE_EXCESS:
        mz = ion + 2 + int(excess.argmax())
        return (
            f"The peak at m/z {mz} ({_percent(heights[mz])} of the base peak) is too strong for an isotope of the molecular ion "
            f"of {case.compound.formula} (m/z {ion})."
        )
    expected = float(limits.isotopes[2]) if limits.isotopes.size > 2 and heights.size > ion + 2 else 0.0
    if expected < _HALOGEN_EXPECTED or heights[ion] < _HALOGEN_ION:
        return None
    ratio = float(heights[ion + 2] / heights[ion])
    if ratio >= HALOGEN_ISOTOPE_RATIO * expected:
        return None
    return (
        f"For {case.compound.formula}, the isotope at m/z {ion + 2} should be {_percent(expected)} of the molecular ion "
        f"(m/z {ion}); it is {_percent(ratio)}."
    )


def _losses(case: _Case) -> str | None:
    """Within 32 Da of the molecular ion: more than 3 % of the intensity at losses that the formula does not allow."""
    if not _impossible_enough(case, IMPOSSIBLE_LOSS_SHARE):
        return None
    ion = case.limits.ion
    start = max(_LIGHTEST_AFTER_LOSS, ion - _NEAR_ION_DA)
    near = case.impossible[start:]
    share = float(near.sum()) / case.total
    if share <= IMPOSSIBLE_LOSS_SHARE:
        return None
    peaks = _strongest(near, start)
    losses = _listed(ion - mz for mz in peaks)
    return (
        f"{_percent(share)} of this spectrum is at m/z {_listed(peaks)}: losses of {losses} Da from the molecular ion "
        f"(m/z {ion}), which {case.compound.formula} should not show."
    )


def _fragments(case: _Case) -> str | None:
    """Farther from the molecular ion: more than 5 % of the intensity at masses that no fragment of the formula can have."""
    if not _impossible_enough(case, IMPOSSIBLE_FRAGMENT_SHARE):
        return None
    low = case.impossible[: max(0, case.limits.ion - _NEAR_ION_DA)]
    share = float(low.sum()) / case.total
    if share <= IMPOSSIBLE_FRAGMENT_SHARE:
        return None
    peaks = _listed(_strongest(low, 0))
    return f"{_percent(share)} of this spectrum is at masses that no fragment of {case.compound.formula} can have (m/z {peaks})."


def _impossible_enough(case: _Case, share: float) -> bool:
    """Whether more than `share` may be at impossible masses, isotopes counted in.

    Never in exact spectra of heavy ions, whose decimals grow past one half, so that unit masses cannot be read off them.
    """
    if case.impossible_share <= share:
        return False
    return not (case.limits.ion > _MAX_UNIT_OF_EXACT_DA and case.exact)


def _absent_ion(case: _Case) -> str | None:
    """Molecular ion below 2 %, though the structure is aromatic and has nothing that would break off at once."""
    ion = case.limits.ion
    around = case.heights[max(0, ion - 1) : ion + 2]
    if not case.compound.smiles or float(around.max(initial=0.0)) >= ABSENT_ION:
        return None
    heavy = sum(number for symbol, number in element_counts(case.compound.formula).items() if symbol != "H")
    if case.limits.unsaturation < max(4.0, _UNSATURATION_OF_AROMATIC_ATOM * AROMATIC_SHARE * heavy):
        return None
    if not _keeps_together(case.compound.smiles):
        return None
    return f"The molecular ion (m/z {ion}) is missing, though an aromatic compound without side chains, as this one is, shows it."


@lru_cache(maxsize=4096)
def _keeps_together(smiles: str) -> bool:
    """Whether many heavy atoms are aromatic, and no single bond outside rings joins two that are not, but for bonds to methyl."""
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None or "." in smiles:
        return False
    heavy = [atom for atom in molecule.GetAtoms() if atom.GetAtomicNum() > 1]
    aromatic = sum(atom.GetIsAromatic() for atom in heavy)
    return aromatic >= AROMATIC_SHARE * len(heavy) > 0 and not any(map(_breaks_easily, molecule.GetBonds()))


def _breaks_easily(bond: Chem.Bond) -> bool:
    ends = (bond.GetBeginAtom(), bond.GetEndAtom())
    if bond.GetBondType() != Chem.BondType.SINGLE or bond.IsInRing():
        return False
    if any(atom.GetIsAromatic() or atom.GetAtomicNum() == 1 for atom in ends):
        return False
    methyl = any(
        atom.GetDegree() == 1 and atom.GetSymbol() == "C" and other.GetSymbol() in _KEEPS_METHYL
        for atom, other in (ends, ends[::-1])
    )
    return not methyl


def _exact_masses(case: _Case) -> str | None:
    """Of an accurate-mass spectrum: more than 12 % of the intensity within 10 mDa or 15 ppm of no ion of the formula."""
    if not case.exact or case.compound.labelled or _mass_scale_is_off(case.spectrum):
        return None
    counts = element_counts(case.compound.formula)
    if counts.get("Cl", 0) + counts.get("Br", 0) > _HALOGENS_FOR_EXACT:
        return None
    ions = exact_ion_masses(case.compound.formula)
    if ions is None:
        return None
    mz, intensity = case.spectrum.mz, case.spectrum.intensity
    foreign = ~_fitting(mz, ions) & (np.floor(mz + 0.5) <= case.limits.last) & ~np.isin(np.floor(mz + 0.5), _BLEED)
    share = float(intensity[foreign].sum()) / (case.scale * case.total)
    if share <= INEXACT_SHARE:
        return None
    peaks = mz[foreign][np.argsort(-intensity[foreign])[:3]]
    return (
        f"{_percent(share)} of this spectrum is at exact masses that fit no fragment of {case.compound.formula} within 10 mDa "
        f"(m/z {', '.join(f'{each:.4f}' for each in sorted(peaks))})."
    )


def _fitting(mz: FloatArray, ions: FloatArray) -> NDArray[np.bool_]:
    """(P,) whether each peak is an ion of the formula, an isotope of a peak that is one, or the background of air and water."""
    background = np.isin(np.floor(mz + 0.5), (17, 18, 28, 32, 40, 44))
    fitting = background | _near(mz, mz, ions)
    for _ in range(2 + _HALOGENS_FOR_EXACT):
        for step in _ISOTOPE_STEPS_DA:
            fitting |= _near(mz - step, mz, mz[fitting])
    return np.asarray(fitting)


def _near(wanted: FloatArray, mz: FloatArray, known: FloatArray) -> NDArray[np.bool_]:
    """(P,) whether an entry of the ascending `known` lies within the tolerance at `mz` of each of `wanted`."""
    if known.size == 0:
        return np.zeros(wanted.size, dtype=np.bool_)
    right = np.minimum(np.searchsorted(known, wanted), known.size - 1)
    distance = np.minimum(np.abs(known[right] - wanted), np.abs(known[np.maximum(right - 1, 0)] - wanted))
    return np.asarray(distance <= np.maximum(_TOLERANCE_DA, 1e-6 * _TOLERANCE_PPM * mz))


def _mass_scale_is_off(spectrum: Spectrum) -> bool:
    """Whether most peaks at the unit masses of common hydrocarbon ions are not at the exact masses of those."""
    common = np.array(_COMMON_IONS)
    strong = spectrum.intensity >= 0.01 * spectrum.intensity.max()
    mz = spectrum.mz[strong & np.isin(np.floor(spectrum.mz + 0.5), np.floor(common + 0.5))]
    return mz.size >= 3 and float(np.mean(_near(mz, mz, common))) < 0.5


def _strongest(heights: FloatArray, first: int) -> list[int]:
    """m/z of up to three strongest peaks of a stretch that starts at `first`, ascending."""
    order = np.argsort(-heights)[:3]
    return sorted(first + int(place) for place in order if heights[place] >= 0.2 * heights[order[0]])


def _listed(numbers: Iterable[int]) -> str:
    *others, last = [str(number) for number in numbers]
    return f"{', '.join(others)} and {last}" if others else last


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


RULES: dict[str, Callable[[_Case], str | None]] = {
    "above the molecular ion": _above_the_ion,
    "isotopes of the molecular ion": _isotopes,
    "impossible losses": _losses,
    "impossible fragments": _fragments,
    "molecular ion absent": _absent_ion,
    "exact masses": _exact_masses,
}
"""The rules by name, in the order in which the first that is broken becomes the reason."""
