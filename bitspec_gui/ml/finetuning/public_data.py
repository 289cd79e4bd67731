"""Public compounds: some are learned again so that they are not forgotten, others show how much was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from bitspec_gui.chem.molecule_features import MoleculeFeatures
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.verdict import PublicBasis
from bitspec_gui.ml.confidence import TrainingDomain
from bitspec_gui.ml.datasets import CompoundSet
from bitspec_gui.ml.finetuning.own_data import own_spectra, read_molecule
from bitspec_gui.ml.finetuning.replay import molecules_only, subset
from bitspec_gui.ml.finetuning.scoring import ensemble_roots, roots_of
from bitspec_gui.ml.finetuning.splits import shuffled
from bitspec_gui.ml.network import Ensemble

FEWEST_MEASURED, MOST_MEASURED = 100, 300
"""Measured compounds that nobody has learned from, with which forgetting is measured."""

MOST_PREDICTED = 200
"""Molecules with whose predictions it is measured where there are too few of those."""

WATCHED = 60
"""Public compounds of the live curve, on which the share of the change is chosen; never those of the verdict."""

MOST_REPLAYED = 1000


@dataclass(frozen=True)
class PublicCompounds:
    """Public compounds by what they are for; none of them is a compound of the user's.

    ``replayed`` are learned again: with measured spectra, or, where ``distilled``, with what each network itself predicts of them
    before it learns. ``judged`` are those of the verdict, ``watched`` those of the curve; where the ``basis`` of either is
    `PREDICTED`, their queries are the base's own predictions.
    """

    replayed: CompoundSet | None
    distilled: bool
    basis: PublicBasis
    judged: CompoundSet | None
    watched: CompoundSet | None
    watched_basis: PublicBasis


@dataclass(frozen=True)
class _Pool:
    """What there is: spectra by compound, of those that the base learned from and of others, and SMILES of molecules."""

    learned: dict[str, list[SpectrumRecord]]
    unseen: dict[str, list[SpectrumRecord]]
    smiles: list[str]


def public_compounds(
    base: Ensemble,
    domain: TrainingDomain | None,
    public: Sequence[SpectrumRecord],
    molecules: Sequence[str],
    own: frozenset[str],
    *,
    wanted: int,
    seed: int,
    device: torch.device,
    check: Callable[[], None],
) -> PublicCompounds:
    """Choose public compounds, the same every time.

    Parameters
    ----------
    own : frozenset of str
        Compounds of the user's (first block of the InChIKey), of which none is taken.
    wanted : int
        How many are replayed at most.
    """
    pool = _pool(domain, public, molecules, own)
    wanted = min(wanted, MOST_REPLAYED)
    unseen = shuffled(pool.unseen, seed)
    if len(unseen) >= FEWEST_MEASURED:
        judged = min(MOST_MEASURED, max(FEWEST_MEASURED, len(unseen) - WATCHED))
        replayed = _measured(base, pool.learned, shuffled(pool.learned, seed)[:wanted], check)
        distilled = replayed is None and wanted > 0
        if distilled:
            replayed = _molecules(base, pool.smiles, own, wanted, seed, check)
        watched, basis = _measured(base, pool.unseen, unseen[judged : judged + WATCHED], check), PublicBasis.MEASURED
        if watched is None:
            # With no more than the verdict needs, the curve is of compounds that are not learned again, as far as there are.
            left = _measured(base, pool.learned, shuffled(pool.learned, seed)[wanted : wanted + WATCHED], check)
            watched = left and _as_predicted(base, left, device, check)
            basis = PublicBasis.PREDICTED
        measured = _measured(base, pool.unseen, unseen[:judged], check)
        return PublicCompounds(replayed, distilled, PublicBasis.MEASURED, measured, watched, basis)
    return _predicted(base, pool, own, wanted, seed, device, check)


def _predicted(
    base: Ensemble,
    pool: _Pool,
    own: frozenset[str],
    wanted: int,
    seed: int,
    device: torch.device,
    check: Callable[[], None],
) -> PublicCompounds:
    """Public compounds where too few measured ones are unseen: molecules, with the base's own predictions."""
    learned = shuffled(pool.learned, seed)
    replayed = _measured(base, pool.learned, learned[:wanted], check)
    taken = own | (frozenset(replayed.connectivities) if replayed is not None else frozenset())
    others = [*pool.smiles, *(str(pool.learned[name][0].smiles) for name in learned[wanted:])]
    others += [str(records[0].smiles) for records in pool.unseen.values()]
    distilled = replayed is None and wanted > 0
    found = _molecules(base, others, taken, MOST_PREDICTED + WATCHED + (wanted if distilled else 0), seed, check)
    if found is None:
        return PublicCompounds(replayed, False, PublicBasis.NONE, None, None, PublicBasis.NONE)
    # Half of the few there may be are kept to see what was forgotten.
    shown = min(MOST_PREDICTED + WATCHED, len(found) if not distilled else (len(found) + 1) // 2)
    judged = max(1, shown * MOST_PREDICTED // (MOST_PREDICTED + WATCHED))
    rows = range(len(found))
    if distilled:
        replayed = subset(found, rows[shown:]) if len(found) > shown else None
    return PublicCompounds(
        replayed,
        distilled,
        PublicBasis.PREDICTED,
        _as_predicted(base, subset(found, rows[:judged]), device, check),
        _as_predicted(base, subset(found, rows[judged:shown]), device, check) if shown > judged else None,
        PublicBasis.PREDICTED,
    )


def _pool(
    domain: TrainingDomain | None, public: Sequence[SpectrumRecord], molecules: Sequence[str], own: frozenset[str]
) -> _Pool:
    learned: dict[str, list[SpectrumRecord]] = {}
    unseen: dict[str, list[SpectrumRecord]] = {}
    for record in public:
        name = record.connectivity
        if name is None or not record.smiles or name in own:
            continue
        # Where nobody knows what the base learned from, none of it counts as unseen.
        known = domain is None or domain.holds(name)
        (learned if known else unseen).setdefault(name, []).append(record)
    return _Pool(learned, unseen, list(molecules))


def _measured(
    base: Ensemble, records: dict[str, list[SpectrumRecord]], names: Sequence[str], check: Callable[[], None]
) -> CompoundSet | None:
    """Compounds with their measured spectra; None if there are none."""
    chosen = [record for name in names for record in records[name]]
    found = own_spectra(chosen, with_fragments=base.needs_fragments, check=check, note=_pass_over).compounds if chosen else None
    return found if found is not None and len(found) else None


def _molecules(
    base: Ensemble, smiles: Sequence[str], taken: frozenset[str], wanted: int, seed: int, check: Callable[[], None]
) -> CompoundSet | None:
    """At most `wanted` molecules that are not `taken`, without spectra; None if there are none."""
    features: list[MoleculeFeatures] = []
    names: list[str] = []
    seen = set(taken)
    for text in shuffled(smiles, seed):
        check()
        if len(features) == wanted:
            break
        molecule = read_molecule(text, with_fragments=base.needs_fragments, leave_out=seen)
        if molecule is not None:
            seen.add(molecule.connectivity)
            features.append(molecule.features)
            names.append(molecule.connectivity)
    return molecules_only(features, names) if features else None


def _as_predicted(base: Ensemble, compounds: CompoundSet, device: torch.device, check: Callable[[], None]) -> CompoundSet:
    """The compounds with the base's own predictions, the instrument's response off, as what is to be met."""
    each = {name: roots_of(member, compounds, device, check) for name, member in base.members.items()}
    roots = ensemble_roots(each, base.weights)
    lowest = torch.ones(len(compounds), dtype=torch.long)
    return CompoundSet(compounds.features, roots, roots.square().numpy(), lowest, compounds.connectivities)


def _pass_over(text: str) -> None:
    """Public spectra that cannot be used are not the user's concern: there are others."""
    del text
