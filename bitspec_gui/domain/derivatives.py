"""Derivatives for gas chromatography: the kinds there are, the sites of a molecule that react, and the structures that come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.site_choices import Site, largest_choice

MOST_LISTED = 500
"""Structures that a list of derivatives holds at most."""


class DerivativeKind(Enum):
    """What a sample is treated with; the values are those of the command line."""

    TMS = "tms"
    TBDMS = "tbdms"
    MEOX = "meox"
    MEOX_TMS = "meox-tms"
    ACETYL = "acetyl"
    TFA = "tfa"
    PFP = "pfp"
    HFB = "hfb"
    METHYL_ESTER = "methyl-ester"
    METHYL = "methyl"


class SiteClass(Enum):
    """What reacts, in a chemist's words."""

    CARBOXYLIC_ACID = "carboxylic acid O-H"
    PHENOL = "phenol O-H"
    HYDROXY_HETEROARENE = "heteroaromatic O-H"
    HEMIACETAL = "hemiacetal O-H"
    PRIMARY_ALCOHOL = "primary alcohol O-H"
    SECONDARY_ALCOHOL = "secondary alcohol O-H"
    TERTIARY_ALCOHOL = "tertiary alcohol O-H"
    ENOL = "enol O-H"
    OXIME = "oxime O-H"
    N_HYDROXY = "N-hydroxy O-H"
    PHOSPHORUS_ACID = "phosphate or phosphonate O-H"
    SULFUR_ACID = "sulfonate or sulfate O-H"
    OTHER_HYDROXYL = "O-H"
    THIOL = "thiol S-H"
    PRIMARY_AMINE = "primary amine N-H"
    SECONDARY_AMINE = "secondary amine N-H"
    AROMATIC_AMINE = "aromatic amine N-H"
    IMIDE = "imide N-H"
    AMIDE = "amide N-H"
    SULFONAMIDE = "sulfonamide N-H"
    AMIDINE = "amidine or guanidine N-H"
    HYDRAZINE = "hydrazine or hydrazide N-H"
    AZOLE = "N-H of an aromatic ring"
    LACTAM_ON_N = "lactam N-H, on the nitrogen"
    LACTAM_ON_O = "lactam N-H, on the oxygen or sulfur"
    OTHER_AMINE = "N-H"
    ALDEHYDE = "aldehyde C=O"
    KETONE = "ketone C=O"


@dataclass(frozen=True)
class ReactiveSite:
    """A hydrogen or a carbonyl group that can bear a group.

    ``number`` is what the user knows it by, from 1; ``atom`` is the place in the parent's SMILES (from 0) of the atom that
    bears the hydrogen or is the carbon of the carbonyl group, ``others`` those of further atoms that change, of which the last
    one bears the group. ``element`` is that of the atom that bears the group (C for a methoxime). ``hydrogen`` says which of
    its hydrogens is meant (1 or 2). ``usual`` is False where the group forms only under forcing conditions or on another
    tautomer. A site that reacts ``completely`` is not counted among those that the number of groups chooses from. ``spot`` is
    how choices see it.
    """

    number: int
    atom: int
    element: str
    site_class: SiteClass
    words: str
    spot: Site
    hydrogen: int = 1
    others: tuple[int, ...] = ()
    usual: bool = True
    slow: bool = False
    completely: bool = False

    @property
    def shown_at(self) -> int:
        """The atom at which a drawing shows the number: the one that bears the group."""
        return self.others[-1] if self.others else self.atom

    @property
    def label(self) -> str:
        """Element and place, counted from 1 along the SMILES, for example ``O8``."""
        return f"{self.element}{self.shown_at + 1}"


@dataclass(frozen=True)
class DerivatisationPlan:
    """A parent with the sites that one kind of derivatisation reaches.

    ``parent`` is the molecule as it reacts: neutral, and for methoximes with sugar rings open, which ``notes`` then say; they
    also say what stays as it is. The atoms of the sites are those of ``parent.smiles``.
    """

    kind: DerivativeKind
    parent: Molecule
    sites: tuple[ReactiveSite, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def usual(self) -> frozenset[int]:
        """Numbers of the sites that react under usual conditions."""
        return frozenset(site.number for site in self.sites if site.usual)

    def completely(self, ticked: Collection[int]) -> tuple[ReactiveSite, ...]:
        """The ticked sites that react in any case."""
        return tuple(site for site in self.sites if site.completely and site.number in ticked)

    def counted(self, ticked: Collection[int]) -> tuple[ReactiveSite, ...]:
        """The ticked sites of which a number reacts."""
        return tuple(site for site in self.sites if not site.completely and site.number in ticked)

    def most_groups(self, ticked: Collection[int]) -> int:
        """How many groups the ticked sites can bear at once, those that react completely left out."""
        return largest_choice([site.spot for site in self.counted(ticked)])


@dataclass(frozen=True)
class Derivative:
    """One derivative of a parent.

    ``sites`` are the numbers of the sites that bear a group, ``ways`` how many choices of sites give this structure.
    ``mass_shift_da`` is nominal. ``ions`` are ions that such derivatives are known by: their names and nominal m/z. ``remark``
    says in a few words what stands in the way of it, if anything does.
    """

    molecule: Molecule
    kind: DerivativeKind
    sites: tuple[int, ...]
    groups: str
    mass_shift_da: int
    ions: tuple[tuple[str, int], ...] = ()
    ways: int = 1
    remark: str = ""


@dataclass(frozen=True)
class DerivativeList:
    """Derivatives, the most complete first; ``notes`` are sentences on what is not listed, and why."""

    plan: DerivatisationPlan
    derivatives: tuple[Derivative, ...]
    notes: tuple[str, ...] = ()
