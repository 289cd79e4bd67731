"""Text -> molecules."""

import pytest

from bitspec_gui.chem.parse import molecule_from_text, structure_keys
from bitspec_gui.domain.errors import RefusedMolecule, UnreadableMolecule

CAFFEINE = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"
CAFFEINE_KEY = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
CAFFEINE_INCHI = "InChI=1S/C8H10N4O2/c1-10-4-9-6-5(10)7(13)12(3)8(14)11(6)2/h4H,1-3H3"


@pytest.mark.parametrize("text", [CAFFEINE, CAFFEINE_INCHI, f"\n {CAFFEINE} \r\n", CAFFEINE_INCHI.replace("/c1", "/\nc1")])
def test_caffeine_is_recognised_however_it_is_written(text: str) -> None:
    molecule = molecule_from_text(text)
    assert (molecule.inchikey, molecule.formula, molecule.nominal_mass) == (CAFFEINE_KEY, "C8H10N4O2", 194)
    assert molecule.exact_mass == pytest.approx(194.0804, abs=1e-4)


def test_a_molblock_gives_the_molecule_it_was_written_from_and_keeps_its_coordinates() -> None:
    drawn = molecule_from_text(CAFFEINE, name="caffeine").molblock
    again = molecule_from_text(drawn)
    assert (again.inchikey, again.name) == (CAFFEINE_KEY, "caffeine")
    assert again.molblock.splitlines()[4:] == drawn.splitlines()[4:]


@pytest.mark.parametrize(
    ("text", "name"), [("CCO ethyl alcohol", "ethyl alcohol"), ("CCO |c:0| ethanol", "ethanol"), ("CCO |c:0|", ""), ("CCO", "")]
)
def test_text_after_a_smiles_and_its_extensions_is_its_name(text: str, name: str) -> None:
    assert molecule_from_text(text).name == name


def test_stereochemistry_is_kept_in_the_key_and_dropped_in_its_first_block() -> None:
    left, right = molecule_from_text("C[C@H](N)C(=O)O"), molecule_from_text("C[C@@H](N)C(=O)O")
    assert left.inchikey != right.inchikey
    assert left.connectivity == right.connectivity


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing to read"),
        ("CC(C", "1 opening and 0 closing parentheses"),
        ("C1CC", "ring 1 is opened but not closed"),
        ("CCQC", "'Q' at position 3"),
        ("c1cccc1", "[nH]"),
        ("CC(C)(C)(C)C", "Atom 2 (C) has more bonds"),
        ("InChI=1S/what", "This InChI cannot be read"),
        ("C" * 300_000, "a single molecule is expected"),
        ("\n\n\n  1  0  V2000\nM  END\n", "molblock"),
    ],
)
def test_text_that_is_no_molecule_gets_a_sentence_that_says_where_it_fails(text: str, said: str) -> None:
    with pytest.raises(UnreadableMolecule) as caught:
        molecule_from_text(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CCO.CC", "mixture or salt of 2 parts"),
        ("O", "has no carbon"),
        ("C" * 80, "1000 Da"),
        ("C*", "open place"),
    ],
)
def test_molecules_without_an_ei_spectrum_are_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(RefusedMolecule) as caught:
        molecule_from_text(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("C[Pb](C)(C)C", "no or almost no compound with Pb"),
        ("C[N+](C)(C)C", "net charge"),
        ("[13CH3]CO", "Isotope labels are ignored"),
        ("C[CH2]", "radical"),
    ],
)
def test_molecules_outside_the_training_data_are_read_with_a_warning(text: str, said: str) -> None:
    assert any(said in warning for warning in molecule_from_text(text).warnings)


def test_an_ordinary_molecule_has_no_warning() -> None:
    assert molecule_from_text(CAFFEINE).warnings == ()


def test_an_isotope_label_changes_neither_formula_nor_mass() -> None:
    labelled = molecule_from_text("[2H]C([2H])([2H])O")
    assert (labelled.formula, labelled.nominal_mass) == ("CH4O", 32)


def test_structure_keys_fall_back_from_a_broken_smiles_to_the_inchi() -> None:
    keys = structure_keys("not a smiles", CAFFEINE_INCHI)
    assert keys is not None
    assert keys.inchikey == CAFFEINE_KEY


def test_structure_keys_of_nothing_readable_are_none() -> None:
    assert structure_keys("???", None) is None


@pytest.mark.parametrize("text", ["C.[H]", "CC.[H][H].[H]", "[H]"])
def test_a_hydrogen_atom_on_its_own_is_read_without_a_word_of_rdkit(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert structure_keys(text, None) is not None
    assert capfd.readouterr() == ("", "")
