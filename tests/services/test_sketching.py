"""The chemistry of drawings as the window asks for it."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import UnreadableMolecule
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond
from bitspec_gui.services import sketching


def test_text_is_drawn_cleaned_and_read_as_the_same_molecule() -> None:
    sketch = sketching.sketch_of_text("C[C@H](N)C(=O)O")
    for drawn in (sketch, sketching.cleaned(sketch), sketching.with_explicit_hydrogens(sketch)):
        reading = sketching.read(drawn, "alanine")
        assert reading.molecule is not None
        assert (reading.molecule.smiles, reading.molecule.name) == ("C[C@H](N)C(=O)O", "alanine")
    assert sketching.without_explicit_hydrogens(sketching.with_explicit_hydrogens(sketch)).atoms == sketch.atoms
    assert sketching.formats(sketch).inchikey == "QNAYBMKLOCPYGJ-REOHCLBHSA-N"


def test_a_molecule_that_was_read_is_drawn_again() -> None:
    reading = sketching.read(sketching.sketch_of_text("CC=CC"))
    assert reading.molecule is not None
    assert sketching.formats(sketching.sketch_of_molecule(reading.molecule)).inchikey == reading.molecule.inchikey


def test_text_that_cannot_be_read_is_refused_with_the_place() -> None:
    with pytest.raises(UnreadableMolecule) as caught:
        sketching.sketch_of_text("CC(C")
    assert caught.value.position == 2


def test_groups_in_pasted_drawings_are_drawn_out() -> None:
    nodes = '<n id="1" p="10 10"/><n id="2" p="24.4 10" NodeType="Nickname"><t><s>Ph</s></t></n>'
    text = f'<?xml version="1.0"?><CDXML><page><fragment>{nodes}<b B="1" E="2"/></fragment></page></CDXML>'
    found = sketching.structures_in([("text/plain", text.encode())])
    assert [sketching.formats(sketch).smiles for sketch in found.sketches] == ["Cc1ccccc1"]
    assert found.problems == ()


def test_pasted_names_are_looked_up() -> None:
    found = sketching.structures_in([("text/plain", b"ethanol")], lambda name: {"ethanol": "CCO"}[name])
    assert (found.names, len(found.sketches)) == (("ethanol",), 1)


def test_an_empty_sketch_is_left_alone() -> None:
    assert sketching.cleaned(Sketch()) == Sketch()
    assert sketching.with_explicit_hydrogens(Sketch()) == Sketch()
    assert sketching.without_explicit_hydrogens(Sketch()) == Sketch()


_ATOMS = st.builds(
    SketchAtom,
    st.one_of(st.floats(-3, 3), st.sampled_from([0.0, 1.0])),
    st.one_of(st.floats(-3, 3), st.just(0.0)),
    st.sampled_from(["C", "C", "C", "C", "N", "O", "S", "P", "Cl", "Si", "H", "B", "*", "Xy", "D", "Fe"]),
    st.sampled_from([0, 0, 0, 1, -1, 2]),
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from([0, 0, 13]),
    st.sampled_from([None, None, None, 0, 1, 20]),
)
_BONDS = st.tuples(st.integers(1, 10), st.integers(1, 10), st.sampled_from([1, 1, 2, 3]), st.sampled_from(list(BondStyle)))


@settings(max_examples=150, deadline=None)
@given(st.lists(_ATOMS, min_size=1, max_size=10), st.lists(_BONDS, max_size=14))
def test_whatever_is_drawn_is_cleaned_copied_and_given_hydrogens_without_an_error(
    atoms: list[SketchAtom], bonds: list[tuple[int, int, int, BondStyle]]
) -> None:
    pairs: dict[frozenset[int], SketchBond] = {}
    for begin, end, order, style in bonds:
        if begin != end and max(begin, end) <= len(atoms):
            pairs.setdefault(frozenset((begin, end)), SketchBond(begin, end, order, style))
    sketch = Sketch(dict(enumerate(atoms, 1)), dict(enumerate(pairs.values(), 100)), 200)
    some = [key for key in sketch.atoms if key % 2]
    for cleaned in (sketching.cleaned(sketch), sketching.cleaned(sketch, some)):
        assert (cleaned.atoms.keys(), cleaned.bonds.keys()) == (sketch.atoms.keys(), sketch.bonds.keys())
        assert sketching.read(cleaned).formula == sketching.read(sketch).formula
    grown = sketching.with_explicit_hydrogens(sketch)
    assert sketching.read(grown).formula == sketching.read(sketch).formula
    assert sketching.read(sketching.without_explicit_hydrogens(grown)).formula == sketching.read(sketch).formula
    assert sketching.formats(sketch, some).molblock


def test_a_hydrogen_that_bears_a_charge_is_never_left_out() -> None:
    sketch = Sketch({1: SketchAtom(0, 0), 2: SketchAtom(1, 0, "H", charge=1)}, {3: SketchBond(1, 2)}, 4)
    grown = sketching.with_explicit_hydrogens(sketch)
    assert sketching.read(sketching.without_explicit_hydrogens(grown)).formula == sketching.read(sketch).formula


def test_nothing_heavy_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys; import bitspec_gui.services.sketching; print('rdkit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
