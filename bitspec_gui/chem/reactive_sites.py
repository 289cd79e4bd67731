"""Groups of a molecule that derivatising reagents reach, and the ones that they leave alone, by SMARTS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from bitspec_gui.chem.derivatives import CARBONYL
from bitspec_gui.domain.derivatives import SiteClass

_S = SiteClass

# The first pattern that matches decides; its first atom is the one that bears the hydrogen.
_WITH_HYDROGEN: tuple[tuple[SiteClass, str], ...] = (
    (_S.CARBOXYLIC_ACID, "[OX2H][CX3]=[O,S]"),
    (_S.PHOSPHORUS_ACID, "[OX2H]P"),
    (_S.SULFUR_ACID, "[OX2H]S(=O)"),
    (_S.OXIME, "[OX2H][NX2]=[#6]"),
    (_S.N_HYDROXY, "[OX2H][#7]"),
    (_S.HYDROXY_HETEROARENE, "[OX2H]c[n,o,s]"),
    (_S.PHENOL, "[OX2H]c"),
    (_S.ENOL, "[OX2H][CX3]=[#6]"),
    (_S.HEMIACETAL, "[OX2H][CX4][OX2;!$([OX2H])]"),
    (_S.TERTIARY_ALCOHOL, "[OX2H][CX4]([#6])([#6])[#6]"),
    (_S.SECONDARY_ALCOHOL, "[OX2H][CX4;H1]"),
    (_S.PRIMARY_ALCOHOL, "[OX2H][CX4;H2,H3]"),
    (_S.OTHER_HYDROXYL, "[OX2;!H0;!$([OX2H2])]"),
    (_S.THIOL, "[SX2;H1]"),
    (_S.LACTAM_ON_N, "[nH]:c=[O,S;X1]"),
    (_S.AZOLE, "[nH]"),
    (_S.IMIDE, "[NX3;!H0]([CX3]=[O,S])[CX3]=[O,S]"),
    (_S.HYDRAZINE, "[NX3;!H0][#7;!$([#7](=O)~O)]"),
    (_S.AMIDE, "[NX3;!H0][CX3]=[O,S]"),
    (_S.SULFONAMIDE, "[NX3;!H0][#16](=O)=O"),
    (_S.AMIDINE, "[$([NX3;!H0][CX3]=[NX2]),$([NX2;H1]=[#6])]"),
    (_S.AROMATIC_AMINE, "[NX3;!H0]c"),
    (_S.PRIMARY_AMINE, "[NX3;H2][#6]"),
    (_S.SECONDARY_AMINE, "[NX3;H1]([#6])[#6]"),
    (_S.OTHER_AMINE, "[#7;!H0;+0;!$([NX3;H3])]"),
)
_LEFT_ALONE: tuple[tuple[str, str], ...] = (
    ("tertiary amide", "[NX3;H0;$(N([#6])[#6])][CX3]=[O,S]"),
    ("tertiary amine", "[NX3;H0;!$(N-[#6]=[O,S,N]);!$(N-[!#6])]([#6])([#6])[#6]"),
    ("nitro group", "[$([NX3+](=O)[O-]),$([NX3](=O)=O)]"),
    ("ester", "[CX3;$(C(=O)[OX2;H0][#6])]"),
    ("ether", "[OX2;H0]([#6;!$([#6]=O)])[#6;!$([#6]=O)]"),
    ("nitrile", "[CX2]#[NX1]"),
)
_LACTAM = "[nH]:c=[O,S;X1]"
_HINDERED = (
    "[OX2H]c(c[CX4;H0;$(C([#6])([#6])[#6])])c[CX4;H0;$(C([#6])([#6])[#6])]",
    "[CX3;$(C(=O)(c)c)]",
    "[CX3;$(C(=O)([CX4;H0])[CX4;H0])]",
)
"""Phenols between two tertiary alkyl groups, diaryl ketones, and ketones between two quaternary carbons."""


@dataclass(frozen=True)
class FoundSite:
    """A hydrogen, or a carbonyl group, with what it is; atoms by their place in the molecule. ``others`` change with it."""

    atom: int
    site_class: SiteClass
    hydrogen: int = 1
    others: tuple[int, ...] = ()
    slow: bool = False


@lru_cache(maxsize=128)
def _pattern(smarts: str) -> Chem.Mol:
    found = Chem.MolFromSmarts(smarts)
    if found is None:
        raise ValueError(f"{smarts} is no SMARTS")
    return found


def found_sites(molecule: Chem.Mol) -> list[FoundSite]:
    """All sites of a molecule by atom: one for each hydrogen on O, S or N (two of a nitrogen at most), and carbonyl groups.

    A lactam N-H in an aromatic ring is there once for its nitrogen and once for each oxygen that its silyl may sit on.
    """
    classes = _classes(molecule)
    slow = {match[0] for smarts in _HINDERED for match in molecule.GetSubstructMatches(_pattern(smarts))}
    found = [
        FoundSite(
            match[0], _S.ALDEHYDE if molecule.GetAtomWithIdx(match[0]).GetTotalNumHs() else _S.KETONE, slow=match[0] in slow
        )
        for match in molecule.GetSubstructMatches(CARBONYL)
    ]
    for atom, site_class in classes.items():
        hindered = site_class is _S.TERTIARY_ALCOHOL or atom in slow
        found += [
            FoundSite(atom, site_class, hydrogen, slow=hindered)
            for hydrogen in range(1, min(2, molecule.GetAtomWithIdx(atom).GetTotalNumHs()) + 1)
        ]
    found += [
        FoundSite(nitrogen, _S.LACTAM_ON_O, others=(carbon, oxygen))
        for nitrogen, carbon, oxygen in molecule.GetSubstructMatches(_pattern(_LACTAM), uniquify=False)
    ]
    return sorted(found, key=lambda site: (site.atom, site.hydrogen, bool(site.others), site.others))


def _classes(molecule: Chem.Mol) -> dict[int, SiteClass]:
    classes: dict[int, SiteClass] = {}
    for site_class, smarts in _WITH_HYDROGEN:
        for match in molecule.GetSubstructMatches(_pattern(smarts), uniquify=False):
            classes.setdefault(match[0], site_class)
    return classes


def left_alone(molecule: Chem.Mol, unreached: Sequence[SiteClass] = ()) -> list[str]:
    """Heteroatom groups that stay as they are, in words with their number, for example ``2 ethers``.

    Parameters
    ----------
    unreached : sequence of SiteClass
        Sites that the reagent at hand does not reach, one entry a site.
    """
    counts = Counter({words: len(molecule.GetSubstructMatches(_pattern(smarts))) for words, smarts in _LEFT_ALONE})
    counts.update(each.value for each in unreached)
    return [words if number == 1 else f"{number} × {words}" for words, number in counts.items() if number]
