"""Substructures to filter hits with: what finds what, and what is refused."""

from __future__ import annotations

import pytest

from bitspec_gui.chem.substructure import LONGEST_TEXT, Substructure
from bitspec_gui.domain.errors import UnreadableMolecule

TOLUENE = "Cc1ccccc1"
PHENOL = "Oc1ccccc1"
ANISOLE = "COc1ccccc1"
NITROBENZENE = "[O-][N+](=O)c1ccccc1"


@pytest.mark.parametrize(
    ("text", "structure", "found"),
    [
        ("C1=CC=CC=C1", TOLUENE, True),
        ("C1=CC=CC=C1[N+](=O)[O-]", NITROBENZENE, True),
        ("[OH]", PHENOL, True),
        ("[OH]", ANISOLE, False),
        ("[CX4;H3]", TOLUENE, True),
        ("c~O", ANISOLE, True),
        ("[#7]", TOLUENE, False),
        ("*O", TOLUENE, False),
        ("c1cc[nH]c1", "c1cc[nH]c1", True),
        ("CO", "InChI=1S/C7H8O/c1-8-7-5-3-2-4-6-7/h2-6H,1H3", True),
        ("C", "not a structure", False),
    ],
)
def test_substructure_is_found_where_it_is(text: str, structure: str, found: bool) -> None:
    assert Substructure(text).is_in(structure) is found


def test_a_drawn_molblock_is_a_substructure() -> None:
    from rdkit import Chem

    assert Substructure(Chem.MolToMolBlock(Chem.MolFromSmiles("c1ccccc1"))).is_in(TOLUENE)


@pytest.mark.parametrize("text", ["", "C1CC(", "hello world", "C" * (LONGEST_TEXT + 1)])
def test_what_cannot_be_a_substructure_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UnreadableMolecule, match=r"\.$"):
        Substructure(text)
