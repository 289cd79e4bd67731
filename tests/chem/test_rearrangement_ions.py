"""Ions that textbooks know, but that are no single piece of the molecule."""

from __future__ import annotations

import pytest

from bitspec_gui.chem.parse import molecule_from_text
from bitspec_gui.chem.rearrangement_ions import rearrangement_ions


def known(smiles: str, mz: int) -> list[tuple[str, int]]:
    """Formula and number of heavy atoms of each known ion."""
    return [(ion.formula, len(ion.atoms)) for ion in rearrangement_ions(molecule_from_text(smiles), mz)]


@pytest.mark.parametrize(
    ("smiles", "mz", "formula", "atoms"),
    [
        ("CC(O[Si](C)(C)C)C(=O)O[Si](C)(C)C", 147, "C5H15OSi2", 10),
        ("CCCCOP(=O)(OCCCC)OCCCC", 99, "H4O4P", 5),
        ("O=S(=O)(c1ccccc1)c1ccccc1", 154, "C12H10", 12),
        ("O=C(Oc1ccccc1)Oc1ccccc1", 170, "C12H10O", 13),
        ("O=C(c1ccccc1)c1ccccc1", 154, "C12H10", 12),
        ("CC(C)(C#N)N=NC(C)(C)C#N", 136, "C8H12N2", 10),
    ],
    ids=["two silyl groups", "phosphate", "sulfone", "carbonate", "benzophenone", "azo"],
)
def test_an_ion_of_several_pieces_is_known_at_its_mass_and_at_no_other(smiles, mz, formula, atoms):
    assert known(smiles, mz) == [(formula, atoms)]
    assert known(smiles, mz + 1) == []


@pytest.mark.parametrize(
    ("smiles", "mz"),
    [
        ("CCCCCO[Si](C)(C)C", 147),
        ("COP(=O)(OC)OC", 99),
        ("O=C1c2ccccc2-c2ccccc21", 152),
        ("c1ccccc1C", 147),
    ],
    ids=["one silyl group", "no hydrogens to give", "what is left hangs together", "nothing of the kind"],
)
def test_where_a_rule_does_not_fit_nothing_is_known(smiles, mz):
    assert known(smiles, mz) == []
