"""Where text that is no molecule goes wrong."""

import pytest

from bitspec_gui.chem.parse import molecule_from_text, read_structure
from bitspec_gui.chem.smiles_faults import atom_positions
from bitspec_gui.domain.errors import UnreadableMolecule

CAFFEINE = "InChI=1S/C8H10N4O2/c1-10-4-9-6-5(10)7(13)12(3)8(14)11(6)2/h4H,1-3H3"


def fault(text: str) -> UnreadableMolecule:
    with pytest.raises(UnreadableMolecule) as caught:
        read_structure(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("CC(C", 2, "'(' at position 3 is not closed"),
        ("C(C(C)", 1, "'(' at position 2 is not closed"),
        ("CC)C", 2, "')' at position 3 closes none"),
        ("(C)C", 0, "no atom before it"),
        ("C()C", 1, "no atom in it"),
        ("C1CC", 1, "ring 1 is opened but not closed"),
        ("C1CC2CC1", 4, "ring 2 is opened but not closed"),
        ("C%12CC", 1, "ring 12 is opened but not closed"),
        ("C11", 2, "bonds an atom to itself"),
        ("1CC", 0, "no atom before it"),
        ("C%1C", 1, "'%' at position 2"),
        ("CCQC", 2, "'Q' at position 3"),
        ("  CCX", 4, "'X' at position 3"),
        ("CCSi(C)C", 3, "written [Si]"),
        ("CNaC", 2, "written [Na]"),
        ("CHC", 1, "written [H]"),
        ("CDC", 1, "written [2H]"),
        ("C–C", 1, "write '-'"),
        ("CCé", 2, "'é' at position 3"),
        ("C=", 1, "no atom behind it"),
        ("C(=)C", 2, "no atom behind it"),
        ("=CC", 0, "no atom before it"),
        ("C==C", 2, "two bonds"),
        ("F/C=C/=F", 6, "two bonds"),
        ("CC.", 2, "does not stand between"),
        ("C..C", 2, "does not stand between"),
        (".C", 0, "does not stand between"),
        ("CC[NH3+", 2, "'[' at position 3 is not closed"),
        ("C[N[O]C", 1, "'[' at position 2 is not closed"),
        ("CC]C", 2, "closes none"),
        ("C[]C", 1, "no atom in it"),
        ("C[Xy]C", 2, "no element “Xy”"),
        ("C[C@@@H]C", 5, "does not belong into the bracket"),
        ("C[CH3+2-]", 7, "does not belong into the bracket"),
        ("[13]", 3, "does not begin an element"),
        ("CC(C)(C)(C)C", 1, "Atom 2 (C) has more bonds than C can have (position 2)"),
        ("OC(=O)CCN(C)(C)C", 8, "Atom 6 (N)"),
        ("Cl[Si](C)(C)C=Cl", 14, "Atom 6 (Cl)"),
        ("c1cccc1", 0, "[nH]"),
        ("Cc1ccc2cncc2c1", 8, "[nH]"),
        ("CC-cC", 3, "marked as aromatic"),
    ],
)
def test_a_bad_smiles_is_told_with_its_place(text: str, position: int, said: str) -> None:
    error = fault(text)
    assert said in str(error)
    assert error.position == position


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("InChI=", 5, "“1S/” or “1/” is expected"),
        ("InChI=2/CH4", 6, "“1S/” or “1/” is expected"),
        ("InChI=1S/what", 9, "'w' at position 10 is no element"),
        (CAFFEINE.replace("C8", "Q8"), 9, "'Q' at position 10"),
        (CAFFEINE.replace("/c1-", "/c1="), 21, "'=' at position 22"),
        (CAFFEINE.replace("5(10)", "5(10"), 32, "'(' at position 33 has no partner"),
        (CAFFEINE.replace("/h4H", "/z4H"), 58, "no layer 'z'"),
        (CAFFEINE.replace("14", "99"), 48, "no atom 99"),
        (CAFFEINE.replace("/h", "\n/h").replace("1-3H3", "1-3G3"), 66, "'G' at position 66"),
        (" " + CAFFEINE.replace("/h4H", "//h4H"), 58, "empty"),
    ],
)
def test_a_bad_inchi_is_told_with_its_place(text: str, position: int, said: str) -> None:
    error = fault(text)
    assert said in str(error)
    assert error.position == position


ETHANOL = molecule_from_text("CCO").molblock.splitlines()


@pytest.mark.parametrize(
    ("line", "written", "blamed", "said"),
    [
        (3, "  x  2  0  0  0  0  0  0  0  0999 V2000", 3, "numbers of atoms and bonds cannot be read in line 4"),
        (3, "  4  2  0  0  0  0  0  0  0  0999 V2000", 7, "line 8"),
        (4, "    a.2990   -0.2500    0.0000 C   0  0", 4, "coordinate x cannot be read in line 5"),
        (5, "    0.0000    0.5000    0.0000 Qq  0  0", 5, "no element “Qq”, as in line 6"),
        (7, "  1  9  1  0", 7, "an atom that is not there (there are 3) in line 8"),
        (7, "  1  1  1  0", 7, "from an atom to itself in line 8"),
        (7, "  1  2  x  0", 7, "no order from 1 to 3 in line 8"),
        (9, "M  CHG  1   9   1", 9, "an atom that is not there, or without a value, in line 10"),
        (9, "M  END is not here", 9, ""),
        (8, "  2  3  3  0", 6, "Atom 3 (O) has more bonds than O can have (line 7)"),
    ],
)
def test_a_bad_molblock_is_told_with_its_line(line: int, written: str, blamed: int, said: str) -> None:
    lines = [*ETHANOL[:line], written, *ETHANOL[line + 1 :]]
    text = "\n".join(lines) + "\n"
    if not said:
        assert read_structure(text).GetNumAtoms() == 3
        return
    error = fault(text)
    assert said in str(error)
    assert error.position == sum(len(each) + 1 for each in lines[:blamed])


def test_a_molblock_that_lost_its_first_line_still_names_the_place_in_the_text() -> None:
    lines = [*ETHANOL[1:7], "  1  9  1  0", *ETHANOL[8:]]
    text = "\n".join(lines)
    error = fault(text)
    assert error.position is not None
    assert text[error.position :].startswith("  1  9  1  0")


def test_faults_of_v3000_name_their_line() -> None:
    block = [
        "",
        "",
        "",
        "  0  0  0     0  0            999 V3000",
        "M  V30 BEGIN CTAB",
        "M  V30 COUNTS 2 1 0 0 0",
        "M  V30 BEGIN ATOM",
    ]
    block += [
        "M  V30 1 C 0 0 0 0",
        "M  V30 2 C 1 0 0 0",
        "M  V30 END ATOM",
        "M  V30 BEGIN BOND",
        "M  V30 1 1 1 7",
        "M  V30 END BOND",
    ]
    block += ["M  V30 END CTAB", "M  END", ""]
    error = fault("\n".join(block))
    assert "atom that is not there in line 12" in str(error)


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("CCO", [0, 1, 2]),
        ("C[13CH](Cl)Br", [0, 1, 8, 11]),
        ("c1ccc2[nH]ccc2c1", [0, 2, 3, 4, 6, 10, 11, 12, 14]),
        ("[Na+].C%10CC%10", [0, 6, 10, 11]),
    ],
)
def test_atoms_are_found_in_the_text(text: str, positions: list[int]) -> None:
    assert atom_positions(text) == positions
    assert read_structure(text).GetNumAtoms() == len(positions)


def test_a_long_text_is_refused_without_a_place() -> None:
    assert fault("C" * 300_000).position is None
