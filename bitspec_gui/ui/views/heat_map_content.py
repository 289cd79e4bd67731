"""What a heat map shows: the drawing, the explanation, and what of it is to be seen; on the screen and as a picture."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from bitspec_gui.domain.explanation import Explanation, MethodInfo
from bitspec_gui.domain.heat_colours import heat_colour
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.picking import Picked, bonds_within

_LEAST_SEEN = 1 / 255
"""A score nearer to 0 has the colour of paper."""
_SHADES = 9
"""Colours along a bond between two atoms of which only the scores of the atoms are known."""


@dataclass(frozen=True)
class HeatMapContent:
    """A heat map.

    Attributes
    ----------
    sketch : Sketch
        The drawing.
    atom_ids : tuple of int
        Id of the drawn atom for each atom of the explanation, by its place in the SMILES. Other atoms that are drawn, such as
        hydrogens on wedges, belong to their neighbours.
    explanation, info : Explanation and MethodInfo, optional
        The scores, and by which method; none for a drawing without colours.
    threshold : float
        Atoms and bonds whose score is nearer to 0 than this have no colour.
    kept : tuple of int, optional
        Atoms, by their place in the SMILES, of a fragment that is outlined while all else is grey; None for no fragment.

    Raises
    ------
    ValueError
        If the explanation is of a molecule with another number of atoms.
    """

    sketch: Sketch = field(default_factory=Sketch)
    atom_ids: tuple[int, ...] = ()
    explanation: Explanation | None = None
    info: MethodInfo | None = None
    threshold: float = 0.0
    kept: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        scored = len(self.atom_ids) if self.explanation is None else len(self.explanation.atom_scores)
        if scored != len(self.atom_ids):
            raise ValueError(f"the explanation scores {scored} atoms, but the drawn molecule has {len(self.atom_ids)}")

    @cached_property
    def places(self) -> dict[int, int]:
        """Place in the SMILES of each drawn atom, by its id; of an atom that has none, that of its neighbour."""
        found = {atom: place for place, atom in enumerate(self.atom_ids) if atom in self.sketch.atoms}
        for atom in self.sketch.atoms.keys() - found.keys():
            neighbour = next((each for each in self.sketch.neighbours(atom) if each in found), None)
            if neighbour is not None:
                found[atom] = found[neighbour]
        return found

    def places_of(self, ids: Collection[int]) -> frozenset[int]:
        """Places in the SMILES of drawn atoms."""
        return frozenset(self.places[atom] for atom in ids if atom in self.places)

    def places_at(self, picked: Picked) -> frozenset[int]:
        """Places in the SMILES of the atom, or of both atoms of the bond, that was met."""
        if picked.bond is not None and picked.bond in self.sketch.bonds:
            bond = self.sketch.bonds[picked.bond]
            return self.places_of((bond.begin, bond.end))
        return self.places_of(() if picked.atom is None else (picked.atom,))

    def ids_of(self, places: Collection[int]) -> frozenset[int]:
        """Ids of the drawn atoms at these places in the SMILES; places that there are not are passed over."""
        return frozenset(self.atom_ids[place] for place in places if 0 <= place < len(self.atom_ids))

    def is_shown(self, score: float) -> bool:
        """Whether something with this score has a colour."""
        return abs(score) >= max(_LEAST_SEEN, self.threshold - 1e-9)

    def atom_score(self, place: int) -> float | None:
        """Score of an atom, None as long as there is no explanation."""
        return None if self.explanation is None else float(self.explanation.atom_scores[place])

    @cached_property
    def bond_scores(self) -> dict[int, float]:
        """Scores of bonds by their ids; empty where the method says nothing of bonds."""
        explanation = self.explanation
        if explanation is None or not len(explanation.bond_scores):
            return {}
        scores = dict(zip(explanation.bonds, explanation.bond_scores.tolist(), strict=True))
        return {key: scores[ends] for key in self.sketch.bonds if (ends := self._ends(key)) in scores}

    def tint(self, *, dark: bool) -> dict[int, str]:
        """Colours behind atoms by their ids, the highest scores last."""
        if self.explanation is None:
            return {}
        scores = {atom: float(score) for atom, score in zip(self.atom_ids, self.explanation.atom_scores, strict=True)}
        return {
            atom: heat_colour(score, dark=dark)
            for atom, score in sorted(scores.items(), key=_by_size)
            if atom in self.sketch.atoms and self.is_shown(score)
        }

    def bond_tint(self, *, dark: bool) -> dict[int, tuple[str, ...]]:
        """Colours behind bonds by their ids, the highest scores last.

        A method that says nothing of bonds joins the colours of neighbouring atoms: a look only.
        """
        if self.explanation is None:
            return {}
        if self.bond_scores:
            shown = sorted(((key, score) for key, score in self.bond_scores.items() if self.is_shown(score)), key=_by_size)
            return {key: (heat_colour(score, dark=dark),) for key, score in shown}
        found = {}
        for key in self.sketch.bonds:
            ends = self._drawn_ends(key)
            if ends is not None and all(self.is_shown(score) for score in ends):
                first, last = ends
                shares = [step / (_SHADES - 1) for step in range(_SHADES)]
                found[key] = tuple(heat_colour((1 - share) * first + share * last, dark=dark) for share in shares)
        return found

    @cached_property
    def kept_ids(self) -> frozenset[int]:
        """Ids of the drawn atoms of the fragment, with the hydrogens that are drawn on them."""
        kept = frozenset(self.kept or ())
        return frozenset(atom for atom, place in self.places.items() if place in kept)

    @cached_property
    def lost_ids(self) -> frozenset[int]:
        """Ids of the atoms and bonds that are no part of the fragment."""
        if self.kept is None:
            return frozenset()
        inside = self.kept_ids | bonds_within(self.sketch, self.kept_ids)
        return frozenset((*self.sketch.atoms, *self.sketch.bonds)) - inside

    def _ends(self, bond: int) -> tuple[int, int] | None:
        """Places in the SMILES of both atoms of a bond, the lower first."""
        drawn = self.sketch.bonds[bond]
        places = [self.places.get(end) for end in (drawn.begin, drawn.end)]
        low, high = (places[0], places[1])
        return None if low is None or high is None or low == high else (min(low, high), max(low, high))

    def _drawn_ends(self, bond: int) -> tuple[float, float] | None:
        """Scores of the atoms at which a bond begins and ends as drawn."""
        if self._ends(bond) is None:
            return None
        drawn = self.sketch.bonds[bond]
        first, last = (self.atom_score(self.places[end]) for end in (drawn.begin, drawn.end))
        return None if first is None or last is None else (first, last)


def _by_size(scored: tuple[int, float]) -> float:
    return abs(scored[1])
