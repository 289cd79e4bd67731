"""Implied hydrogens and too many bonds, with RDKit as the judge."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem, rdBase
from sketching_aids import as_rdkit

from bitspec_gui.domain.elements import ELEMENTS
from bitspec_gui.domain.sketch import Sketch, SketchAtom, SketchBond
from bitspec_gui.services.sketching import read
from bitspec_gui.sketch import edits
from bitspec_gui.sketch.rings import RINGS, ring_at
from bitspec_gui.sketch.valence import implied_hydrogens, valence_fault


def star(atom: SketchAtom, orders: list[int], symbol: str = "C") -> Sketch:
    """An atom with the id 1 in the middle of others."""
    around = {place: SketchAtom(math.cos(place), math.sin(place), symbol) for place, _ in enumerate(orders, start=2)}
    bonds = {50 + place: SketchBond(1, place, order) for place, order in enumerate(orders, start=2)}
    return Sketch({1: atom, **around}, bonds, 99)


def judged(symbol: str, charge: int, radical: int, bonds: int, hydrogens: int | None = None) -> int | None:
    """Hydrogens by RDKit on an atom with single bonds; None if it refuses the atom."""
    molecule = Chem.RWMol()
    atom = Chem.Atom(symbol)
    atom.SetFormalCharge(charge)
    atom.SetNumRadicalElectrons(radical)
    atom.SetNoImplicit(hydrogens is not None)
    atom.SetNumExplicitHs(hydrogens or 0)
    molecule.AddAtom(atom)
    for _ in range(bonds):
        molecule.AddBond(0, molecule.AddAtom(Chem.Atom(6)), Chem.BondType.SINGLE)
    centre = molecule.GetAtomWithIdx(0)
    try:
        centre.UpdatePropertyCache(True)
    except Chem.AtomValenceException:
        return None
    return int(centre.GetTotalNumHs())


def drawn(symbol: str, charge: int, radical: int, bonds: int, hydrogens: int | None = None) -> int | None:
    sketch = star(SketchAtom(0.0, 0.0, symbol, charge, radical, hydrogens=hydrogens), [1] * bonds)
    return None if valence_fault(sketch, 1) else implied_hydrogens(sketch, 1)


def test_every_element_has_the_hydrogens_that_rdkit_gives_it() -> None:
    wrong = []
    with rdBase.BlockLogs():
        for element in ELEMENTS:
            for charge in range(-4, 5):
                for radical in (0, 1, 2):
                    for bonds in range(9):
                        case = (element.symbol, charge, radical, bonds)
                        if drawn(*case) != judged(*case):
                            wrong.append((*case, drawn(*case), judged(*case)))
    assert wrong == []


@pytest.mark.parametrize("symbol", ["C", "N", "O", "S", "P", "Si", "B", "Cl", "Fe"])
@pytest.mark.parametrize("hydrogens", [0, 1, 2, 3, 4, 5, 6])
def test_stated_hydrogens_count_as_bonds(symbol: str, hydrogens: int) -> None:
    with rdBase.BlockLogs():
        for bonds in range(5):
            assert drawn(symbol, 0, 0, bonds, hydrogens) == judged(symbol, 0, 0, bonds, hydrogens)


@pytest.mark.parametrize(
    ("symbol", "orders", "ends"),
    [
        ("N", [1, 2, 2], "COO"),
        ("N", [2, 3], "NN"),
        ("N", [1, 2, 2], "CCC"),
        ("N", [2, 2, 1], "COC"),
        ("Cl", [1, 2, 2, 2], "OOOO"),
        ("Cl", [2, 2, 2, 1], "OOOC"),
        ("Br", [2, 1], "OO"),
        ("C", [2, 2, 1], "CCC"),
        ("S", [2, 2, 1, 1], "OOCC"),
        ("P", [2, 1, 1, 1], "OOOO"),
    ],
)
def test_a_drawing_is_at_fault_exactly_where_rdkit_refuses_it(symbol: str, orders: list[int], ends: str) -> None:
    atoms = {1: SketchAtom(0.0, 0.0, symbol)}
    atoms |= {key: SketchAtom(math.cos(key), math.sin(key), end) for key, end in enumerate(ends, start=2)}
    sketch = Sketch(atoms, {50 + key: SketchBond(1, key, order) for key, order in enumerate(orders, start=2)}, 99)
    try:
        with rdBase.BlockLogs():
            as_rdkit(sketch)
    except Chem.MolSanitizeException:
        accepted = False
    else:
        accepted = True
    assert any(valence_fault(sketch, key) for key in sketch.atoms) is not accepted


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_what_is_marked_on_paper_is_what_chemistry_finds(data: st.DataObject) -> None:
    sketch = ring_at(Sketch(), data.draw(st.sampled_from(sorted(RINGS))), (0.0, 0.0))
    for _ in range(data.draw(st.integers(1, 10))):
        atom = data.draw(st.sampled_from(sorted(sketch.atoms)))
        symbol = data.draw(st.sampled_from(["C", "N", "O", "S", "P", "Cl", "Si", "B", "H", "Se", "Na"]))
        stroke = data.draw(st.integers(0, 4))
        if stroke == 0:
            sketch, _ = edits.sprout(sketch, atom, data.draw(st.sampled_from([1, 2, 3])), symbol)
        elif stroke == 1:
            sketch = edits.set_element(sketch, [atom], symbol)
        elif stroke == 2:
            sketch = edits.change_charge(sketch, [atom], data.draw(st.sampled_from([-1, 1])))
        elif stroke == 3:
            sketch = edits.cycle_radical(sketch, [atom])
        else:
            sketch = edits.cycle_order(sketch, data.draw(st.sampled_from(sorted(sketch.bonds))))
    marked = {key for key in sketch.atoms if valence_fault(sketch, key)}
    assert marked == {key for fault in read(sketch).faults for key in fault.atoms}


def test_the_sentence_says_how_many_bonds_are_too_many() -> None:
    assert valence_fault(star(SketchAtom(0.0, 0.0), [2, 2, 1]), 1) == "This carbon has 5 bonds; it takes 4 bonds at most."
    charged = valence_fault(star(SketchAtom(0.0, 0.0, "O", charge=-1), [1, 1]), 1)
    assert charged == "This oxygen with charge -1 has 2 bonds; it takes one bond at most."
    radical = valence_fault(star(SketchAtom(0.0, 0.0, radical=1), [1, 1, 1, 1]), 1)
    assert radical == "This carbon has 4 bonds and an unpaired electron; it takes 3 bonds at most."


def test_deuterium_is_hydrogen_and_an_unknown_symbol_is_let_be() -> None:
    for symbol in ("D", "T"):
        assert [drawn(symbol, 0, 0, bonds) for bonds in range(3)] == [judged("H", 0, 0, bonds) for bonds in range(3)]
    assert drawn("R", 0, 0, 5) == 0


def test_the_periodic_table_agrees_with_rdkit() -> None:
    table = Chem.GetPeriodicTable()
    assert [element.number for element in ELEMENTS] == list(range(1, 119))
    assert [element.symbol for element in ELEMENTS] == [table.GetElementSymbol(number) for number in range(1, 119)]
    assert [element.name.capitalize() for element in ELEMENTS] == [table.GetElementName(number) for number in range(1, 119)]
    assert [element.period for element in ELEMENTS] == [table.GetRow(number) for number in range(1, 119)]
    places = [(element.group, element.period) for element in ELEMENTS if element.group is not None]
    assert len(set(places)) == len(places) == 90
