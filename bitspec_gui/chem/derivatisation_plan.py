"""Which sites of a molecule a derivatisation reaches, and what there is to say about the rest of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count as numbers

from rdkit import Chem

from bitspec_gui.chem.derivatising_reagents import ACYLATED, CARBONYLS, METHOXIMATED, REAGENTS, RING_OPENING, Reagent, compiled
from bitspec_gui.chem.derivatives import neutral_parent
from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.chem.reactive_sites import FoundSite, found_sites, left_alone
from bitspec_gui.domain.derivatives import DerivatisationPlan, DerivativeKind, ReactiveSite, SiteClass
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.site_choices import Site

_MOST_RINGS_OPENED = 4
_CHARGED_FOR_GOOD = Chem.MolFromSmarts("[+;!$([+]~[-])]")
"""A cation that is no part of a nitro group, N-oxide or the like."""


def derivatisation_plan(molecule: Molecule, kind: DerivativeKind) -> DerivatisationPlan:
    """Sites of a molecule that a kind of derivatisation reaches, numbered from 1 by their place in the parent's SMILES.

    The parent is taken as neutral; for methoximes, cyclic hemiacetals (sugars) are opened first.
    """
    parent, notes = _reacting_parent(molecule, kind)
    structure = Chem.MolFromSmiles(parent.smiles)
    if Chem.GetFormalCharge(structure) or structure.HasSubstructMatch(_CHARGED_FOR_GOOD):
        sentence = "The structure bears a charge for good: it does not evaporate as it stands, and has no such derivatives."
        return DerivatisationPlan(kind, parent, (), (*notes, sentence))
    reagent = REAGENTS[kind]
    found = found_sites(structure)
    sites, number = [], numbers(1)
    for each in found:
        usual = _usual(each, reagent, kind)
        if usual is not None:
            sites.append(_site(next(number), each, structure, usual=usual, completely=_is_methoxime(each, kind)))
    return DerivatisationPlan(kind, parent, tuple(sites), (*notes, *_remarks(kind, structure, found, sites)))


def _reacting_parent(molecule: Molecule, kind: DerivativeKind) -> tuple[Molecule, tuple[str, ...]]:
    neutral = neutral_parent(molecule.smiles)
    if neutral is None:
        return molecule, ()
    notes = []
    # The structure kept for all callers must stay as it is.
    structure = Chem.Mol(neutral)
    if Chem.MolToSmiles(structure) != molecule.smiles and _charges(molecule.smiles) != _charges(Chem.MolToSmiles(structure)):
        notes.append("The structure was taken as neutral.")
    opened = _opened(structure) if kind in METHOXIMATED else structure
    if opened is not structure:
        notes.append("Sugar rings (cyclic hemiacetals) open before they meet methoxyamine: sites are those of the open form.")
    if not notes:
        return molecule, ()
    smiles = Chem.MolToSmiles(opened)
    return molecule_from_text(smiles, name=molecule.name, identifier=molecule.identifier), tuple(notes)


def _charges(smiles: str) -> int:
    return sum(abs(atom.GetFormalCharge()) for atom in Chem.MolFromSmiles(smiles).GetAtoms())


def _opened(structure: Chem.Mol) -> Chem.Mol:
    """Open form of cyclic hemiacetals; the same object if there are none."""
    reaction = compiled(RING_OPENING)
    for _ in range(_MOST_RINGS_OPENED):
        products = reaction.RunReactants((structure,), 1)
        if not products:
            break
        structure = products[0][0]
        Chem.SanitizeMol(structure)
        Chem.AssignStereochemistry(structure, cleanIt=True, force=True)
    return structure


def _is_methoxime(site: FoundSite, kind: DerivativeKind) -> bool:
    return kind is DerivativeKind.MEOX_TMS and site.site_class in CARBONYLS


def _usual(site: FoundSite, reagent: Reagent, kind: DerivativeKind) -> bool | None:
    """Whether a site reacts under usual conditions, None if it does not react."""
    if _is_methoxime(site, kind):
        return True
    usual, possible = (reagent.usual, reagent.possible) if site.hydrogen == 1 else (reagent.second_usual, reagent.second_possible)
    return True if site.site_class in usual else False if site.site_class in possible else None


def _site(number: int, found: FoundSite, structure: Chem.Mol, *, usual: bool, completely: bool) -> ReactiveSite:
    atom = found.atom
    words = found.site_class.value
    if found.hydrogen == 2:
        words += ", second hydrogen"
    if found.slow:
        words += " (slow: hindered)"
    if not usual:
        words += " (not under usual conditions)"
    # A silyl on the oxygen of a lactam takes up that oxygen as well as the hydrogen.
    places = {(atom, found.hydrogen)} | ({(found.others[-1], 0)} if found.others else set())
    stack = atom if found.site_class not in CARBONYLS and not found.others else None
    element = structure.GetAtomWithIdx(found.others[-1] if found.others else atom).GetSymbol()
    return ReactiveSite(
        number, atom, element, found.site_class, words, Site(frozenset(places), stack), found.hydrogen, found.others,
        usual, found.slow, completely,
    )  # fmt: skip


def _remarks(kind: DerivativeKind, structure: Chem.Mol, found: Sequence[FoundSite], sites: Sequence[ReactiveSite]) -> list[str]:
    """Sentences on what stays as it is, and on isomers that the list does not tell apart."""
    reached = {site.atom for site in sites}
    unreached = [site.site_class for site in found if site.atom not in reached and site.hydrogen == 1]
    notes = []
    if any(site.site_class in CARBONYLS for site in sites):
        notes.append(
            "Methoximes come as syn and anti (E and Z) isomers, often with two peaks in the chromatogram; each is listed once."
        )
    if kind in ACYLATED and SiteClass.CARBOXYLIC_ACID in unreached:
        notes.append("Anhydrides do not give derivatives of carboxylic acids that last: esterify these first.")
    alone = left_alone(structure, unreached)
    if alone:
        notes.append(f"These stay as they are: {', '.join(alone)}.")
    return notes
