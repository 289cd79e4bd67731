"""Trimethylsilyl (TMS) and methoxime (MeOX) derivatives: which of them a GC-MS spectrum shows, and their structures.

Libraries of metabolites often list the parent compound beside the spectrum of its derivative. A TMS replaces the H of an O-H,
N-H or S-H (+ C3H8Si, 72 Da); a methoxime replaces the O of a ketone or aldehyde by N-OCH3 (+ CH3N, 29 Da).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import comb

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, rdBase
from rdkit.Chem import rdMolDescriptors
from rdkit.Chem.MolStandardize import rdMolStandardize

from bitspec_gui.chem.isotopes import element_counts, last_isotope_mass, nominal_mass
from bitspec_gui.chem.parse import StructureKeys, structure_keys
from bitspec_gui.domain.spectrum import Spectrum

FloatArray = NDArray[np.float64]

TMS_DA = 72
MEOX_DA = 29

MAX_ACTIVE_HYDROGENS = 14
_MAX_STRUCTURES = 400

CARBONYL = Chem.MolFromSmarts("[CX3;$(C([#6,#1])[#6]),$([CH2]),$([CH][#6])](=[OX1])")
_HEMIACETAL = Chem.MolFromSmarts("[CX4;!$(C(O)(O)O)]([OX2H])[OX2;R;H0]")
# Lactam or lactim: where the H of such a group sits, and so the silyl, cannot be told.
_MOBILE = Chem.MolFromSmarts("[$([nH]),$([NX3;R;!H0])]~[#6;R](=,:[O,S,N,n])")

_BLEED = frozenset({207, 208, 209, 281, 282, 283, 355, 356, 357, 429, 430, 431})
"""m/z of column bleed (cyclic polydimethylsiloxanes), which says nothing about the compound."""

_ABOVE_PERMILLE = 5.0
_BLEED_PERMILLE = 30.0
_BACKGROUND_SHARE = 0.02
_VERY_STRONG_PERMILLE = 100.0
_STRONG_PERMILLE = 20.0
_WEAK_PERMILLE = 5.0
_TMS_ION_PERMILLE = 20.0
_RIVAL_SHARE = 0.2
_LOSSES = {31: "CH3O", 89: "OTMS", 90: "TMSOH", 103: "CH2OTMS", 117: "COOTMS"}
"""Intensities are per thousand of the base peak. The limits were set on the 484 records of the PNNL library that say themselves
which derivative they show: without that label, 381 of 401 told were as labelled, and most of the others contradict it."""


@dataclass(frozen=True)
class Derivative:
    """A number of TMS and MeOX groups on a parent, and the molecular mass (Da, nominal) and formula that they give.

    ``complete`` says that every O-H and S-H bears a TMS, or nothing bears one: what silylation gives unless it was stopped.
    """

    tms: int
    methoximes: int
    nominal_mass: int
    formula: str
    complete: bool

    def __str__(self) -> str:
        parts = [f"{self.tms} TMS"] if self.tms else []
        parts += [f"{self.methoximes} MeOX"] if self.methoximes else []
        return ", ".join(parts) or "none"


@dataclass(frozen=True)
class Inference:
    """Which derivative a spectrum shows (None: cannot be told) and what that rests on, in words."""

    derivative: Derivative | None
    evidence: str


@lru_cache(maxsize=4096)
def neutral_parent(smiles: str) -> Chem.Mol | None:
    """The largest part of a structure, without charges that protons can take away."""
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
        if molecule is None or molecule.GetNumAtoms() == 0:
            return None
        return rdMolStandardize.Uncharger().uncharge(rdMolStandardize.LargestFragmentChooser().choose(molecule))


def derivatives_of(smiles: str) -> list[Derivative]:
    """All derivatives of a parent that its active hydrogens and carbonyl groups allow, the parent itself first.

    Ring forms of sugars open to a carbonyl group, and are counted as one. An unreadable or a charged structure has none.
    """
    parent = neutral_parent(smiles)
    # What bears a charge for good does not evaporate as it stands.
    if parent is None or Chem.GetFormalCharge(parent):
        return []
    formula = rdMolDescriptors.CalcMolFormula(parent)
    steps = _active_hydrogens(parent)
    hydrogens = sum(map(len, steps))
    carbonyls = len(_carbonyls(parent)) + len(parent.GetSubstructMatches(_HEMIACETAL))
    if hydrogens > MAX_ACTIVE_HYDROGENS:
        return []
    mass = nominal_mass(formula)
    return [
        Derivative(
            tms, meox, mass + TMS_DA * tms + MEOX_DA * meox, _formula(formula, tms, meox), tms == 0 or tms >= len(steps[0])
        )
        for meox, tms in product(range(carbonyls + 1), range(hydrogens + 1))
    ]


def parent_agrees(smiles: str, inchikey: str) -> bool:
    """Whether a structure is the one of an InChIKey (first block), as it stands or neutral and without its salt."""
    parent = neutral_parent(smiles)
    keys = [structure_keys(smiles, None), structure_keys(Chem.MolToSmiles(parent), None) if parent is not None else None]
    return any(key is not None and key.inchikey[:14] == inchikey[:14] for key in keys)


def infer_derivative(candidates: Sequence[Derivative], spectrum: Spectrum, declared: tuple[int, int] | None = None) -> Inference:
    """Decide which derivative a spectrum shows.

    A candidate is borne out by its molecular ion, or M - CH3 of a TMS derivative, with nothing above the isotopes of M and,
    if it has a TMS, an ion at m/z 73. It is told if it is complete and no other candidate comes near it.

    Parameters
    ----------
    candidates : sequence of Derivative
        From `derivatives_of`.
    declared : (int, int), optional
        Numbers of TMS and MeOX that the library states. Then weaker evidence is enough, and a spectrum that speaks for another
        derivative cannot be told.
    """
    bins = _per_mille(spectrum)
    possible = [c for c in candidates if _ends_there(bins, c) and _shows_tms(bins, c, float(spectrum.mz[0]))]
    ranked = sorted(((_ion(bins, c)[0], place) for place, c in enumerate(possible)), key=lambda entry: (-entry[0], entry[1]))
    strength, best = (ranked[0][0], possible[ranked[0][1]]) if ranked else (0.0, None)
    rival = ranked[1][0] if len(ranked) > 1 else 0.0
    alone = rival <= _RIVAL_SHARE * strength
    # A weak ion is enough where a known loss bears it out, or where there is nothing to derivatise.
    weak_is_enough = best is not None and (len(candidates) == 1 or _main_loss(bins, best) is not None)
    enough = _WEAK_PERMILLE if weak_is_enough else _STRONG_PERMILLE
    if declared is not None:
        return _weigh_declared(possible, bins, declared, best if strength >= _STRONG_PERMILLE else None)
    if best is None or strength < enough:
        return Inference(None, "no molecular ion and no M-15 of any derivative")
    if not best.complete:
        return Inference(None, "the ion found would leave an O-H or S-H without TMS, and may be a fragment")
    if not alone:
        return Inference(None, "more than one derivative would explain the spectrum")
    return Inference(best, _words(bins, best))


def _weigh_declared(
    possible: Sequence[Derivative], bins: FloatArray, declared: tuple[int, int], strongest: Derivative | None
) -> Inference:
    stated = next((c for c in possible if (c.tms, c.methoximes) == declared), None)
    if stated is None:
        return Inference(None, "the spectrum contradicts the derivative that the library states")
    if strongest is not None and strongest != stated:
        return Inference(None, "the spectrum speaks for another derivative than the library states")
    loss = _main_loss(bins, stated)
    if _ion(bins, stated)[0] < _WEAK_PERMILLE and loss is None:
        return Inference(None, "the library states a derivative that no ion bears out")
    return Inference(stated, f"stated by the library; {_words(bins, stated)}")


def _per_mille(spectrum: Spectrum) -> FloatArray:
    """Unit-mass bins, the index being m/z, on a scale where the base peak is 1000; room above for heavier candidates."""
    mz = np.floor(spectrum.mz + 0.5).astype(np.int64)
    bins = np.bincount(mz, weights=spectrum.intensity, minlength=4000)
    top = bins.max()
    return np.asarray(bins * (1000.0 / top) if top > 0 else bins, dtype=np.float64)


def _ends_there(bins: FloatArray, candidate: Derivative) -> bool:
    """Whether next to nothing stands above the isotopes of M; beside a strong ion of M, a little is background."""
    return _highest_above(bins, candidate) <= max(_ABOVE_PERMILLE, _BACKGROUND_SHARE * _ion(bins, candidate)[0])


def _shows_tms(bins: FloatArray, candidate: Derivative, first_mz: float) -> bool:
    """Whether m/z 73 agrees with a TMS. Some spectra begin above it or had it taken out; then a strong ion must do."""
    if not candidate.tms or bins[73] >= _TMS_ION_PERMILLE:
        return True
    return bins[73] == 0 and (first_mz > 73.5 or _ion(bins, candidate)[0] >= _VERY_STRONG_PERMILLE)


def _highest_above(bins: FloatArray, candidate: Derivative) -> float:
    """Highest intensity above the isotopes of the molecular ion, weak column bleed left out."""
    first = last_isotope_mass(candidate.formula) + 1
    heights = (
        value for mz, value in enumerate(bins[first:].tolist(), start=first) if mz not in _BLEED or value > _BLEED_PERMILLE
    )
    return max(heights, default=0.0)


def _ion(bins: FloatArray, candidate: Derivative) -> tuple[float, str]:
    """Intensity and name of M or, of a TMS derivative, M-15; 0 where it may be no more than the isotope of the ion below it."""
    mass = candidate.nominal_mass
    if mass >= bins.size or mass < 20:
        return 0.0, ""
    ions = [(bins[mass], "M") if bins[mass] > 0.3 * bins[mass - 1] else (0.0, "")]
    if candidate.tms and bins[mass - 15] > 0.5 * bins[mass - 16]:
        ions.append((bins[mass - 15], "M-15"))
    return max((float(height), name) for height, name in ions)


def _main_loss(bins: FloatArray, candidate: Derivative) -> str | None:
    """The strongest of the losses that TMS and MeOX derivatives show, if it is strong."""
    mass = candidate.nominal_mass
    losses = {
        d: bins[mass - d] for d in _LOSSES if 50 < mass - d < bins.size and (candidate.tms if d > 31 else candidate.methoximes)
    }
    loss = max(losses, key=lambda d: losses[d], default=None)
    return f"M-{_LOSSES[loss]} at m/z {mass - loss}" if loss is not None and losses[loss] >= _STRONG_PERMILLE else None


def _words(bins: FloatArray, candidate: Derivative) -> str:
    height, name = _ion(bins, candidate)
    mass = candidate.nominal_mass
    if height >= _WEAK_PERMILLE:
        seen = f"{name} at m/z {mass if name == 'M' else mass - 15} ({height / 10:.1f} % of the base peak)"
    else:
        seen = _main_loss(bins, candidate) or "no molecular ion"
    tms = f", m/z 73{' and 147' if bins[147] >= _TMS_ION_PERMILLE else ''}" if candidate.tms and bins[73] > 0 else ""
    loss = _main_loss(bins, candidate) if _WEAK_PERMILLE <= height < _STRONG_PERMILLE else None
    return f"{seen}{f', {loss}' if loss else ''}, nothing above its isotopes{tms}"


def derivative_structure(smiles: str, tms: int, methoximes: int) -> StructureKeys | None:
    """Structure of a derivative if its sites are beyond doubt, else None.

    Silylation is taken to reach every O-H and S-H before any N-H, and every N-H once before any twice. Within a step all
    choices must give the same molecule. Lactams, whose silyl may sit on N or O, are in doubt; so are ring sugars that open.
    """
    parent = neutral_parent(smiles)
    if parent is None:
        return None
    if not tms and not methoximes:
        return structure_keys(Chem.MolToSmiles(parent), None)
    steps = _active_hydrogens(parent)
    mobile = {match[0] for match in parent.GetSubstructMatches(_MOBILE)} if tms else set()
    if mobile and tms > len(steps[0]):
        return None
    silyl_choices = _choices(steps, tms)
    oxime_choices = list(combinations(_carbonyls(parent), methoximes))
    if silyl_choices is None or not 0 < len(silyl_choices) * len(oxime_choices) <= _MAX_STRUCTURES:
        return None
    structures = {_derivatised(parent, silyls, oximes) for silyls, oximes in product(silyl_choices, oxime_choices)}
    return structure_keys(structures.pop(), None) if len(structures) == 1 else None


def _choices(steps: Sequence[Sequence[int]], count: int) -> list[tuple[int, ...]] | None:
    """Ways to silylate `count` hydrogens step by step; None if there are not so many, or too many ways."""
    done: tuple[int, ...] = ()
    for step in steps:
        if count <= len(step):
            return [done + chosen for chosen in combinations(step, count)] if comb(len(step), count) <= _MAX_STRUCTURES else None
        done += tuple(step)
        count -= len(step)
    return None


def _derivatised(parent: Chem.Mol, silyls: Sequence[int], oximes: Sequence[int]) -> str:
    """Canonical SMILES with a TMS on each of the atoms `silyls` and each carbonyl carbon of `oximes` a methoxime."""
    edited = Chem.RWMol(parent)
    for index in silyls:
        silicon = edited.AddAtom(Chem.Atom(14))
        edited.AddBond(index, silicon, Chem.BondType.SINGLE)
        for _ in range(3):
            edited.AddBond(silicon, edited.AddAtom(Chem.Atom(6)), Chem.BondType.SINGLE)
        atom = edited.GetAtomWithIdx(index)
        if atom.GetNumExplicitHs():
            atom.SetNumExplicitHs(atom.GetNumExplicitHs() - 1)
    for carbon in oximes:
        for bond in edited.GetAtomWithIdx(carbon).GetBonds():
            other = bond.GetOtherAtom(edited.GetAtomWithIdx(carbon))
            if other.GetSymbol() == "O" and bond.GetBondType() == Chem.BondType.DOUBLE:
                other.SetAtomicNum(7)
                oxygen = edited.AddAtom(Chem.Atom(8))
                edited.AddBond(other.GetIdx(), oxygen, Chem.BondType.SINGLE)
                edited.AddBond(oxygen, edited.AddAtom(Chem.Atom(6)), Chem.BondType.SINGLE)
    molecule = edited.GetMol()
    Chem.SanitizeMol(molecule)
    return str(Chem.MolToSmiles(molecule))


def _formula(parent: str, tms: int, methoximes: int) -> str:
    """Formula in Hill order after derivatisation."""
    counts = element_counts(parent)
    for symbol, number in (("C", 3 * tms + methoximes), ("H", 8 * tms + 3 * methoximes), ("Si", tms), ("N", methoximes)):
        counts[symbol] = counts.get(symbol, 0) + number
    order = ["C", "H", *sorted(set(counts) - {"C", "H"})]
    return "".join(f"{s}{counts[s] if counts[s] > 1 else ''}" for s in order if counts.get(s))


def _active_hydrogens(molecule: Chem.Mol) -> list[list[int]]:
    """Atoms to silylate, one entry a hydrogen, in steps: O-H and S-H, the first hydrogen on each N, then the others on N."""
    first: list[int] = []
    second: list[int] = []
    third: list[int] = []
    for atom in molecule.GetAtoms():
        count = atom.GetTotalNumHs()
        if atom.GetSymbol() in ("O", "S") and count:
            first.append(atom.GetIdx())
        elif atom.GetSymbol() == "N" and count:
            second.append(atom.GetIdx())
            third += [atom.GetIdx()] * (count - 1)
    return [first, second, third]


def _carbonyls(molecule: Chem.Mol) -> list[int]:
    return [match[0] for match in molecule.GetSubstructMatches(CARBONYL)]
