"""What derivatising reagents do: the groups they bring as reaction SMARTS, the sites they reach, and telling ions.

After K. Blau and J. M. Halket (eds.), Handbook of Derivatives for Chromatography, 2nd ed., Wiley, 1993; methoximation before
silylation after O. Fiehn et al., Anal. Chem. 2000, 72, 3573 (doi:10.1021/ac991142i).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdkit.Chem import rdChemReactions

from bitspec_gui.domain.derivatives import DerivativeKind, SiteClass

_ON_HYDROGEN = "[O,S,N,n;!H0:1]>>[*:1]{group}"
_ON_LACTAM_OXYGEN = "[nH:1]:[c:2]=[O,S;X1:3]>>[n+0H0:1]:[c:2]-[*:3]{group}"
METHOXIMATION = "[CX3:1]=[OX1]>>[C:1]=NOC"
RING_OPENING = "([OX2H:3][CX4;R;!$(C(O)(O)O):1]@[OX2;R;H0:2])>>([C:1](=[O:3]).[O:2])"
"""A cyclic hemiacetal and its open form: what sugars do before they meet methoxyamine."""

_S = SiteClass
ALCOHOLS = frozenset({_S.PRIMARY_ALCOHOL, _S.SECONDARY_ALCOHOL, _S.TERTIARY_ALCOHOL, _S.HEMIACETAL})
AROMATIC_HYDROXYLS = frozenset({_S.PHENOL, _S.HYDROXY_HETEROARENE, _S.ENOL})
ACIDS = frozenset({_S.CARBOXYLIC_ACID, _S.PHOSPHORUS_ACID, _S.SULFUR_ACID})
AMINES = frozenset({_S.PRIMARY_AMINE, _S.SECONDARY_AMINE, _S.AROMATIC_AMINE})
ACIDIC_NH = frozenset({_S.IMIDE, _S.AMIDE, _S.SULFONAMIDE})
OTHER_OH = frozenset({_S.OXIME, _S.N_HYDROXY, _S.OTHER_HYDROXYL})
OTHER_NH = frozenset({_S.AMIDINE, _S.HYDRAZINE, _S.AZOLE, _S.OTHER_AMINE})
CARBONYLS = frozenset({_S.ALDEHYDE, _S.KETONE})

_ALL_OH = ALCOHOLS | AROMATIC_HYDROXYLS | ACIDS | OTHER_OH
_ALL_NH = AMINES | ACIDIC_NH | OTHER_NH
_SECOND_NH = frozenset({_S.PRIMARY_AMINE, _S.AROMATIC_AMINE, _S.AMIDE, _S.SULFONAMIDE, _S.AMIDINE, _S.HYDRAZINE, _S.OTHER_AMINE})


@dataclass(frozen=True)
class Reagent:
    """A group that replaces a hydrogen (or the oxygen of a carbonyl group), by its short name.

    ``usual`` sites react under usual conditions, ``possible`` ones under forcing conditions; ``second_usual`` and
    ``second_possible`` are those of which a second hydrogen of the same nitrogen does. ``shift_da`` is the gain in monoisotopic
    mass a group; ``losses`` are names and nominal masses (Da) of what molecular ions of such derivatives are known to lose.
    """

    label: str
    group: str
    shift_da: float
    usual: frozenset[SiteClass]
    possible: frozenset[SiteClass] = frozenset()
    second_usual: frozenset[SiteClass] = frozenset()
    second_possible: frozenset[SiteClass] = frozenset()
    losses: tuple[tuple[str, int], ...] = ()

    def reaction(self, site_class: SiteClass) -> str:
        """Reaction SMARTS that puts the group on a site; the site's own atoms are the mapped ones."""
        if site_class in CARBONYLS:
            return METHOXIMATION
        return (_ON_LACTAM_OXYGEN if site_class is _S.LACTAM_ON_O else _ON_HYDROGEN).format(group=self.group)


def _acyl(label: str, group: str, shift_da: float, loss_da: int, *, strong: bool) -> Reagent:
    """Acid anhydrides acylate O-H, S-H and each amine once; mixed anhydrides with acids do not survive."""
    usual = ALCOHOLS | AROMATIC_HYDROXYLS | AMINES | {_S.THIOL}
    possible = frozenset({_S.OXIME, _S.N_HYDROXY, _S.HYDRAZINE, _S.AZOLE, _S.AMIDINE} | ({_S.AMIDE} if strong else set()))
    return Reagent(label, group, shift_da, usual, possible, losses=((f"M-{loss_da}", loss_da),))


_SILYLATED = _ALL_OH | _ALL_NH | {_S.THIOL, _S.LACTAM_ON_O}
_M15 = ("M-15", 15)

_TMS = Reagent(
    "TMS", "[Si](C)(C)C", 72.0395, _SILYLATED, frozenset({_S.LACTAM_ON_N}),
    frozenset({_S.PRIMARY_AMINE}), _SECOND_NH - {_S.PRIMARY_AMINE}, losses=(_M15,),
)  # fmt: skip
_TBDMS = Reagent(
    "TBDMS", "[Si](C)(C)C(C)(C)C", 114.0865, _SILYLATED, frozenset({_S.LACTAM_ON_N}), second_possible=_SECOND_NH,
    losses=(("M-57", 57), _M15),
)  # fmt: skip
MEOX = Reagent("MeOX", "", 29.0265, CARBONYLS, losses=(("M-31", 31),))

REAGENTS: dict[DerivativeKind, Reagent] = {
    DerivativeKind.TMS: _TMS,
    DerivativeKind.TBDMS: _TBDMS,
    DerivativeKind.MEOX: MEOX,
    DerivativeKind.MEOX_TMS: _TMS,
    DerivativeKind.ACETYL: _acyl("Ac", "C(=O)C", 42.0106, 42, strong=False),
    DerivativeKind.TFA: _acyl("TFA", "C(=O)C(F)(F)F", 95.9823, 69, strong=True),
    DerivativeKind.PFP: _acyl("PFP", "C(=O)C(F)(F)C(F)(F)F", 145.9791, 119, strong=True),
    DerivativeKind.HFB: _acyl("HFB", "C(=O)C(F)(F)C(F)(F)C(F)(F)F", 195.9759, 169, strong=True),
    DerivativeKind.METHYL_ESTER: Reagent("Me", "C", 14.0157, ACIDS, AROMATIC_HYDROXYLS | {_S.SULFONAMIDE, _S.IMIDE},
                                         losses=(("M-31", 31),)),
    DerivativeKind.METHYL: Reagent(
        "Me", "C", 14.0157, _ALL_OH | _ALL_NH | {_S.THIOL, _S.LACTAM_ON_N}, frozenset({_S.LACTAM_ON_O}),
        second_usual=frozenset({_S.PRIMARY_AMINE, _S.AROMATIC_AMINE}),
        second_possible=_SECOND_NH - {_S.PRIMARY_AMINE, _S.AROMATIC_AMINE}, losses=(_M15,),
    ),
}  # fmt: skip
"""The reagent that puts on the groups that are counted; `DerivativeKind.MEOX_TMS` lets methoxyamine react before."""

METHOXIMATED = frozenset({DerivativeKind.MEOX, DerivativeKind.MEOX_TMS})
ACYLATED = frozenset({DerivativeKind.ACETYL, DerivativeKind.TFA, DerivativeKind.PFP, DerivativeKind.HFB})


@lru_cache(maxsize=64)
def compiled(reaction_smarts: str) -> rdChemReactions.ChemicalReaction:
    """Reaction of a SMARTS, ready to run."""
    reaction = rdChemReactions.ReactionFromSmarts(reaction_smarts)
    reaction.Initialize()
    return reaction
