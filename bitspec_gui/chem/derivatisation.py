"""Derivatives for gas chromatography: from chosen sites of a molecule to all distinct structures, with names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bitspec_gui.chem.derivatising_reagents import CARBONYLS, MEOX, REAGENTS, Reagent
from bitspec_gui.chem.parse import MAX_MASS_DA, molecule_from_text
from bitspec_gui.chem.site_reactions import ReactingMolecule, Reactions
from bitspec_gui.domain.derivatives import MOST_LISTED, DerivatisationPlan, Derivative, DerivativeList, ReactiveSite
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.site_choices import choices

MOST_TRIED = 20_000
"""Choices of sites that are tried for one list: symmetry can make many of them alike."""


@dataclass
class _Made:
    """A structure with the first choice of sites that gave it."""

    smiles: str
    sites: tuple[ReactiveSite, ...]
    ways: int = 1


def derivatives(
    plan: DerivatisationPlan,
    ticked: Collection[int],
    fewest: int,
    most: int,
    *,
    limit: int = MOST_LISTED,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> DerivativeList:
    """All distinct derivatives in which `fewest` to `most` of the ticked sites bear a group, the most complete first.

    Structures that symmetry makes the same are listed once; sites that react completely bear their group in all of them.

    Raises
    ------
    Cancelled
        If someone asked to stop.
    """
    reagent = REAGENTS[plan.kind]
    fixed, sites = plan.completely(ticked), plan.counted(ticked)
    if not (fixed or sites):
        nothing = "No site is ticked." if plan.sites else "Nothing in this molecule reacts with this reagent."
        return DerivativeList(plan, (), (nothing,))
    notes: list[str] = []
    top = min(most, plan.most_groups(ticked))
    made: list[_Made] = []
    tried = 0
    for groups in range(top, fewest - 1, -1):
        mass = _mass_with(plan.parent, reagent, groups, len(fixed))
        if mass > MAX_MASS_DA:
            notes.append(_too_heavy(_group_words(reagent, groups, len(fixed)), mass))
            continue
        fresh, used, all_found = _structures(plan, fixed, sites, groups, limit - len(made), MOST_TRIED - tried, cancel)
        made, tried = made + fresh, tried + used
        progress(Progress(top - groups + 1, top - fewest + 1, "Making derivatives"))
        if not all_found:
            notes.append(f"There are more derivatives than these {len(made):,}, the most complete first; tick fewer sites.")
            break
    if not made and not notes:
        notes.append(f"The ticked sites can bear {top} {'group' if top == 1 else 'groups'} at most.")
    return DerivativeList(plan, tuple(_named(plan, reagent, len(fixed), made, progress, cancel)), tuple(notes))


def _structures(
    plan: DerivatisationPlan,
    fixed: Sequence[ReactiveSite],
    sites: Sequence[ReactiveSite],
    groups: int,
    room: int,
    tries: int,
    cancel: CancelToken | None,
) -> tuple[list[_Made], int, bool]:
    """Distinct structures with a number of groups, how many choices were tried, and whether those are all."""
    found: dict[str, _Made] = {}
    tried = 0
    base = ReactingMolecule.of(plan.parent.smiles)
    for site in fixed:
        base = base.with_group(site, MEOX)
    reactions = Reactions(base, REAGENTS[plan.kind])
    for chosen in choices([site.spot for site in sites], groups):
        if tried >= tries or (len(found) >= room):
            return list(found.values()), tried, False
        if cancel is not None and tried % 32 == 0:
            cancel.raise_if_cancelled()
        tried += 1
        taken = tuple(sites[place] for place in chosen)
        smiles = reactions.structure(taken)
        if smiles in found:
            found[smiles].ways += 1
        else:
            found[smiles] = _Made(smiles, (*fixed, *taken))
    return list(found.values()), tried, True


# Words and numbers


def _named(
    plan: DerivatisationPlan,
    reagent: Reagent,
    fixed: int,
    made: Sequence[_Made],
    progress: ReportProgress,
    cancel: CancelToken | None,
) -> Iterator[Derivative]:
    """The structures as molecules with names that tell them apart."""
    groups = [_with_letters(each, reagent) for each in made]
    alike = Counter(groups)
    parent = plan.parent.name or plan.parent.formula
    for place, (each, words) in enumerate(zip(made, groups, strict=True)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        name = f"{parent}, {words}" if each.sites else parent
        if alike[words] > 1:
            name += f" at {','.join(str(site.number) for site in each.sites if not site.completely)}"
        molecule = molecule_from_text(each.smiles, name=name)
        counted = len(each.sites) - fixed
        yield Derivative(
            molecule,
            plan.kind,
            tuple(site.number for site in each.sites),
            words,
            molecule.nominal_mass - plan.parent.nominal_mass,
            _ions(molecule.nominal_mass, reagent if counted else MEOX if fixed else None),
            each.ways,
            _remark(each.sites),
        )
        progress(Progress(place + 1, len(made), "Naming derivatives"))


def _with_letters(made: _Made, reagent: Reagent) -> str:
    """Groups in words, with the elements that bear them: ``1 MeOX, 3 TMS (O,O,N)``."""
    methoximes = [site for site in made.sites if site.completely]
    counted = [site for site in made.sites if not site.completely]
    parts = [f"{len(methoximes)} MeOX"] if methoximes else []
    if counted:
        letters = sorted((site.element for site in counted), key="OSNC".index)
        bearers = "" if counted[0].site_class in CARBONYLS else f" ({','.join(letters)})"
        parts.append(f"{len(counted)} {reagent.label}{bearers}")
    return ", ".join(parts) or "no group"


def _group_words(reagent: Reagent, groups: int, methoximes: int) -> str:
    parts = ([f"{methoximes} MeOX"] if methoximes else []) + ([f"{groups} {reagent.label}"] if groups else [])
    return " and ".join(parts) or "no group"


def _mass_with(parent: Molecule, reagent: Reagent, groups: int, methoximes: int) -> float:
    return parent.exact_mass + groups * reagent.shift_da + methoximes * MEOX.shift_da


def _too_heavy(words: str, mass: float) -> str:
    return f"With {words} it weighs {mass:.1f} Da; spectra are predicted up to {MAX_MASS_DA:.0f} Da, so this is not listed."


def _ions(mass: int, reagent: Reagent | None) -> tuple[tuple[str, int], ...]:
    return () if reagent is None else tuple((name, mass - loss) for name, loss in reagent.losses if mass > loss)


def _remark(sites: Sequence[ReactiveSite]) -> str:
    remarks = ["slow: hindered site"] if any(site.slow for site in sites) else []
    remarks += ["not under usual conditions"] if any(not site.usual for site in sites) else []
    return "; ".join(remarks)
