"""Formula and nominal mass of a part of a drawing, known at once and without reading the whole. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from bitspec_gui.domain.formula import formula_mass, hill_formula
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch.valence import implied_hydrogens


def formula_of(sketch: Sketch, atoms: Iterable[int]) -> tuple[str, int | None]:
    """Formula of some atoms with the hydrogens that they have in the whole drawing, and its nominal mass.

    Bonds to the rest of the drawing are cut: the methyl of toluene is CH3, 15 Da. Isotopic labels count in the mass.

    Returns
    -------
    formula : str
        In Hill's order; empty for no atoms.
    nominal_mass : int or None
        In Da; None where an element has no usual isotope.
    """
    counts: dict[str, int] = {}
    labels = 0
    for key in atoms:
        atom = sketch.atoms[key]
        counts[atom.symbol] = counts.get(atom.symbol, 0) + 1
        hydrogens = implied_hydrogens(sketch, key)
        if hydrogens:
            counts["H"] = counts.get("H", 0) + hydrogens
        usual = formula_mass(atom.symbol) if atom.isotope else None
        labels += atom.isotope - usual if usual is not None else 0
    text = "".join(f"{symbol}{number}" for symbol, number in counts.items())
    formula = hill_formula(text)
    mass = formula_mass(formula) if formula else None
    return formula or text, None if mass is None else mass + labels
