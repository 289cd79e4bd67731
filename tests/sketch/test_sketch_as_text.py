from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.elements import ELEMENTS
from bitspec_gui.domain.errors import BitSpecError, UnreadableMolecule
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond
from bitspec_gui.sketch.as_text import as_text, from_text


@st.composite
def sketches(draw):
    places = st.floats(-500, 500).map(lambda value: round(value, 5))
    atom = st.builds(
        SketchAtom,
        places,
        places,
        st.sampled_from([element.symbol for element in ELEMENTS]),
        st.integers(-8, 8),
        st.integers(0, 2),
        st.integers(0, 300),
        st.none() | st.integers(0, 4),
    )
    atoms = dict(enumerate(draw(st.lists(atom, max_size=12)), start=1))
    keys = sorted(atoms)
    pairs = [(one, other) for one in keys for other in keys if one < other]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=15)) if pairs else []
    bonds = {
        100 + place: SketchBond(one, other, draw(st.integers(1, 3)), draw(st.sampled_from(BondStyle)))
        for place, (one, other) in enumerate(chosen)
    }
    return Sketch(atoms, bonds, draw(st.integers(200, 10_000)))


@settings(max_examples=60)
@given(sketches())
def test_a_sketch_comes_back_from_its_text_as_it_was(sketch):
    back = from_text(as_text(sketch))

    assert (back.atoms, back.bonds, back.next_id) == (sketch.atoms, sketch.bonds, sketch.next_id)
    assert list(back.atoms) == list(sketch.atoms)


ETHANOL = Sketch(
    {1: SketchAtom(0, 0), 2: SketchAtom(0.87, 0.5), 3: SketchAtom(1.73, 0, "O")}, {4: SketchBond(1, 2), 5: SketchBond(2, 3)}, 6
)


def _spoilt(change):
    content = json.loads(as_text(ETHANOL))
    change(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "damaged or cut short"),
        (as_text(ETHANOL)[:-20], "damaged or cut short"),
        ("[" * 100_000, "damaged or cut short"),
        ("[]", "not a drawing"),
        ('{"format": "another"}', "not a drawing"),
        (_spoilt(lambda c: c.update(version=2)), "newer BitSpec"),
        (_spoilt(lambda c: c.pop("bonds")), "missing"),
        (_spoilt(lambda c: c["atoms"][1].__setitem__(3, "Xx")), "its atom 2 cannot be read"),
        (_spoilt(lambda c: c["atoms"][0].__setitem__(1, float("nan"))), "its atom 1 cannot be read"),
        (_spoilt(lambda c: c["atoms"][0].__setitem__(2, 10**400)), "its atom 1 cannot be read"),
        (_spoilt(lambda c: c["atoms"][2].__setitem__(4, 1.5)), "its atom 3 cannot be read"),
        (_spoilt(lambda c: c["atoms"][2].__setitem__(5, True)), "its atom 3 cannot be read"),
        (_spoilt(lambda c: c["atoms"].append(c["atoms"][0])), "the same number"),
        (_spoilt(lambda c: c["bonds"][1].__setitem__(1, 9)), "its bond 2 does not join"),
        (_spoilt(lambda c: c["bonds"][1].__setitem__(2, 2)), "its bond 2 does not join"),
        (_spoilt(lambda c: c["bonds"].append([7, 2, 1, 1, "plain"])), "its bond 3 does not join"),
        (_spoilt(lambda c: c["bonds"][0].__setitem__(3, 4)), "its bond 1 cannot be read"),
        (_spoilt(lambda c: c["bonds"][0].__setitem__(4, "dotted")), "its bond 1 cannot be read"),
        (_spoilt(lambda c: c["bonds"][0].__setitem__(4, [])), "its bond 1 cannot be read"),
        (_spoilt(lambda c: c.update(atoms=c["atoms"] * 2000)), "6,000 atoms"),
    ],
)
def test_what_is_no_drawing_is_refused_with_the_place_of_the_fault(text, said):
    with pytest.raises(UnreadableMolecule, match=said):
        from_text(text)


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner),
        max_leaves=12,
    )
)
def test_no_content_breaks_the_reader(rows):
    text = json.dumps({"format": "BitSpec sketch", "version": 1, "atoms": rows, "bonds": rows})
    if rows == []:
        assert not from_text(text)
    else:
        with pytest.raises(BitSpecError, match=r"\.$"):
            from_text(text)


def test_the_next_id_is_never_one_that_is_taken():
    assert from_text(_spoilt(lambda c: c.update(next_id=2))).next_id == 6
    assert from_text(_spoilt(lambda c: c.update(next_id="many"))).next_id == 6
