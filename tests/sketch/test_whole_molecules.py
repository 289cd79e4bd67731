"""Well-known molecules drawn stroke by stroke, as a chemist would."""

import math

import pytest
from sketching_aids import inchikey, inchikey_of

from bitspec_gui.domain.sketch import BondStyle, Sketch
from bitspec_gui.sketch import edits, transforms
from bitspec_gui.sketch.chains import add_chain, chain_points
from bitspec_gui.sketch.geometry import best_direction
from bitspec_gui.sketch.groups import expand
from bitspec_gui.sketch.picking import nearest
from bitspec_gui.sketch.rings import ring_at
from bitspec_gui.sketch.valence import implied_hydrogens, valence_fault

SIX = math.sqrt(3)


def atom(sketch: Sketch, x: float, y: float) -> int:
    picked = nearest(sketch, x, y, 0.1)
    assert picked.atom is not None
    return picked.atom


def fused(sketch: Sketch, template: str, x: float, y: float) -> Sketch:
    return ring_at(sketch, template, nearest(sketch, x, y, 0.1))


def wedged(sketch: Sketch, centre: int, symbol: str, style: BondStyle) -> tuple[Sketch, int]:
    return edits.sprout(sketch, centre, 1, symbol, style)


@pytest.mark.parametrize("template", ["benzene", "ring6"])
def test_aspirin(template: str) -> None:
    sketch = ring_at(Sketch(), template, (0.0, 0.0))
    if template == "ring6":
        for bond in list(sketch.bonds)[::2]:
            sketch = edits.cycle_order(sketch, bond)
    sketch, acid = edits.sprout(sketch, atom(sketch, 0.0, 1.0))
    sketch, _ = edits.sprout(sketch, acid, 2, "O")
    sketch, _ = edits.sprout(sketch, acid, 1, "O")
    sketch, ester = edits.sprout(sketch, atom(sketch, SIX / 2, 0.5), 1, "O")
    sketch, acetyl = edits.sprout(sketch, ester)
    sketch, _ = edits.sprout(sketch, acetyl, 2, "O")
    sketch, _ = edits.sprout(sketch, acetyl)
    assert inchikey(sketch) == inchikey_of("CC(=O)Oc1ccccc1C(=O)O")
    places = [(each.x, each.y) for each in sketch.atoms.values()]
    assert min(math.dist(one, other) for place, one in enumerate(places) for other in places[:place]) > 0.6


def test_aspirin_by_names_of_groups() -> None:
    sketch = ring_at(Sketch(), "benzene", (0.0, 0.0))
    for x, y, text in ((0.0, 1.0, "CO2H"), (SIX / 2, 0.5, "OAc")):
        sketch, end = edits.sprout(sketch, atom(sketch, x, y))
        sketch = expand(sketch, end, text)
    assert inchikey(sketch) == inchikey_of("CC(=O)Oc1ccccc1C(=O)O")


@pytest.mark.parametrize("text", ["OH", "OTMS"])
def test_cholesterol_with_all_its_stereocentres(text: str) -> None:
    sketch = ring_at(Sketch(), "ring6", (0.0, 0.0))
    for template, x, y in (("ring6", SIX / 2, 0.0), ("ring6", 1.25 * SIX, 0.75), ("ring5", 2 * SIX, 1.5)):
        sketch = fused(sketch, template, x, y)
    sketch, _ = edits.add_bond(sketch, atom(sketch, SIX / 2, -0.5), atom(sketch, SIX, -1.0), 2)
    for x, y, symbol, style in (
        (SIX / 2, 0.5, "C", BondStyle.WEDGE),
        (2 * SIX, 2.0, "C", BondStyle.WEDGE),
        (1.5 * SIX, 0.5, "H", BondStyle.WEDGE),
        (SIX, 1.0, "H", BondStyle.HASH),
        (2 * SIX, 1.0, "H", BondStyle.HASH),
    ):
        sketch, _ = wedged(sketch, atom(sketch, x, y), symbol, style)
    sketch, end = wedged(sketch, atom(sketch, -SIX / 2, -0.5), "O", BondStyle.WEDGE)
    sketch = expand(sketch, end, text)
    ring_end = max(sketch.neighbours(atom(sketch, 2 * SIX, 2.0)), key=lambda key: sketch.atoms[key].x)
    sketch, side = wedged(sketch, ring_end, "C", BondStyle.WEDGE)
    start = sketch.atoms[side]
    way = chain_points((start.x, start.y), (start.x + 4.3, start.y), best_direction(sketch, side))
    sketch, last = add_chain(sketch, side, way)
    sketch, _ = edits.sprout(sketch, sketch.neighbours(last)[0])
    drawn = {inchikey(wedged(sketch, side, "C", style)[0]) for style in (BondStyle.WEDGE, BondStyle.HASH)}
    oxygen = "O" if text == "OH" else "O[Si](C)(C)C"
    known = f"CC(C)CCC[C@@H](C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4){oxygen})C)C"
    assert len(drawn) == 2
    assert inchikey_of(known) in drawn
    for horizontally in (True, False):
        turned_over = transforms.flipped(sketch, sketch.atoms, horizontally=horizontally)
        assert inchikey(turned_over) == inchikey(sketch)


def test_glycerol_tris_tms_by_a_chain_and_groups() -> None:
    sketch, last = add_chain(Sketch(), (0.0, 0.0), chain_points((0.0, 0.0), (1.7, 0.0)))
    for carbon in list(sketch.atoms):
        sketch, end = edits.sprout(sketch, carbon)
        sketch = expand(sketch, end, "OTMS")
    assert last in sketch.atoms
    assert inchikey(sketch) == inchikey_of("C[Si](C)(C)OCC(CO[Si](C)(C)C)O[Si](C)(C)C")


def test_a_glucose_methoxime_derivative() -> None:
    sketch, first = edits.add_atom(Sketch(), 0.0, 0.0)
    sketch, last = add_chain(sketch, first, chain_points((0.0, 0.0), (4.4, 0.0)))
    carbons = list(sketch.atoms)
    assert len(carbons) == 6
    for carbon in carbons[1:]:
        sketch, end = edits.sprout(sketch, carbon)
        sketch = expand(sketch, end, "OTMS")
    sketch, nitrogen = edits.sprout(sketch, first, 2, "N")
    sketch = expand(sketch, nitrogen, "NOMe")
    flat = inchikey_of("CON=CC(O[Si](C)(C)C)C(O[Si](C)(C)C)C(O[Si](C)(C)C)C(O[Si](C)(C)C)CO[Si](C)(C)C")
    assert inchikey(sketch).split("-")[0] == flat.split("-")[0]
    assert last in sketch.atoms


def test_every_hydrogen_of_a_steroid_finds_a_place_of_its_own() -> None:
    sketch = ring_at(Sketch(), "ring6", (0.0, 0.0))
    for template, x, y in (("ring6", SIX / 2, 0.0), ("ring6", 1.25 * SIX, 0.75), ("ring5", 2 * SIX, 1.5)):
        sketch = fused(sketch, template, x, y)
    for carbon in list(sketch.atoms):
        for _ in range(implied_hydrogens(sketch, carbon)):
            sketch, _ = edits.sprout(sketch, carbon, 1, "H")
    assert len(sketch.atoms) == 17 + 28
    assert not any(valence_fault(sketch, key) for key in sketch.atoms)
    places = [(each.x, each.y) for each in sketch.atoms.values()]
    assert min(math.dist(one, other) for place, one in enumerate(places) for other in places[:place]) > 0.2
