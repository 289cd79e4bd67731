"""Names and CAS numbers are found in the index that comes with BitSpec."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from gcms_names import NAMES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitspec_gui.bootstrap import compound_names
from bitspec_gui.chem.parse import structure_keys
from bitspec_gui.domain.chemical_names import KnownCompound, cas_number, folded, may_be_name, shown, spelled
from bitspec_gui.domain.errors import StorageError, UnknownName, UnreadableFile
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.compound_index import IndexedCompound, read_compound_index, write_compound_index
from bitspec_gui.services.compound_names import CompoundNames
from bitspec_gui.services.libraries import LibraryService
from bitspec_gui.services.library_names import LibraryNames
from bitspec_gui.services.name_column import NameColumn
from bitspec_gui.services.near_names import near_names, slips_between
from bitspec_gui.storage.library_store import open_library_store

MEGABYTES_AT_MOST = 3


@pytest.fixture(scope="module")
def names() -> CompoundNames:
    found = CompoundNames(compound_names())
    found.load()
    return found


KEYS = {
    "cocaine": "ZPUCINDJVBIVPJ-LJISPDSOSA-N",
    "cholesterol": "HVYWMOMLDIMFJA-DPAQBDIFSA-N",
    "D-limonene": "XMGQYMWWDOXHJM-JTQLQIEISA-N",
    "nicotine": "SNICXCGAKADSCV-JTQLQIEISA-N",
    "(+)-menthol": "NOOLISFMXDJSKH-AEJSXWLSSA-N",
    "(-)-menthol": "NOOLISFMXDJSKH-KXUCPTDWSA-N",
    "dieldrin": "DFBKLUNHFCTMDC-PICURKEMSA-N",
    "endrin": "DFBKLUNHFCTMDC-GKRDHZSOSA-N",
    "codeine": "OROGSEYTTFOCAN-DNJOTXNNSA-N",
    "geraniol": "GLZPCOQZEFWAFX-JXMROGBWSA-N",
    "nerol": "GLZPCOQZEFWAFX-YFHOEESVSA-N",
    "levoglucosan": "TWNIBLMWSKIRAT-VFUOTHLCSA-N",
    "L-alanine": "QNAYBMKLOCPYGJ-REOHCLBHSA-N",
    "testosterone": "MUMGGOZAMZWBJJ-DYKIIFRCSA-N",
}
"""Compounds whose configuration is known for sure: wherever a name says which isomer is meant, it should be that one."""


def connectivity(smiles: str) -> str:
    keys = structure_keys(smiles, None)
    assert keys is not None, smiles
    return keys.inchikey[:14]


def test_names_that_gcms_people_type_are_found_with_the_structures_they_mean(names):
    found = {name: names.find(name) for name in NAMES}
    assert [name for name, each in found.items() if each is None] == []
    wrong = {name: each.smiles for name, each in found.items() if connectivity(each.smiles) != connectivity(NAMES[name])}
    assert wrong == {}
    assert len(NAMES) > 200


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_name_of_a_configured_compound_gives_its_configuration(names, name, key):
    assert structure_keys(names.resolve(name).smiles, None).inchikey == key


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("58-08-2", "caffeine"), ("50-78-2", "aspirin"), ("57-88-5", "cholesterol"), ("117-81-7", "bis(2-ethylhexyl) phthalate"),
        ("CAS 128-37-0", "BHT"), ("000071-43-2", "benzene"), ("91-20-3", "naphthalene"), ("50-29-3", "DDT"),
        ("1912-24-9", "atrazine"), ("106-24-1", "geraniol"), ("CAS-No.: 54-11-5", "nicotine"), ("58082", "caffeine"),
        ("35065\u201327\u20131", "PCB 153"), ("7732-18-5", "water"),
    ],
)  # fmt: skip
def test_cas_number_gives_the_compound_of_the_name(names, number, name):
    assert names.resolve(number).smiles == names.resolve(name).smiles


def test_cas_number_with_a_wrong_check_digit_is_told_from_one_that_is_not_known(names):
    with pytest.raises(UnknownName, match="58-08-3 is no CAS number: its check digit does not fit"):
        names.resolve("58-08-3")
    with pytest.raises(UnknownName, match="No compound with the CAS number 9999999-99-5 is known"):
        names.resolve("9999999-99-5")


@pytest.mark.parametrize(
    "variants",
    [
        ("acetylsalicylic acid", "Acetyl salicylic acid", "ACETYL-SALICYLIC ACID", "aspirin", "Aspirin ", "acetylsalicylicacid"),
        ("α-pinene", "alpha-Pinene", ".alpha.-pinene", "alpha pinene", "Α-PINENE"),
        ("p,p'-DDE", "p,p′-DDE", "pp-DDE", "4,4'-DDE", "4,4-dde"),
        ("benzo[a]pyrene", "Benzo(a)pyrene", "benzo a pyrene", "BENZO-A-PYRENE"),
        ("L-alanine", "l-Alanine", "L alanine", "L‑alanine"),
        ("sulfanilamide", "Sulphanilamide"),
        ("N,N-dimethylaniline", "n,n dimethyl aniline", "NN-dimethylaniline"),
        ("2,4,6-trinitrotoluene", "2,4,6 Trinitrotoluene", "246-trinitrotoluene"),
        ("D-limonene", "d-Limonene", "(+)-limonene"),
        ("lidocaine", "lidocaïne"),
    ],
)
def test_spellings_of_a_name_are_one_compound(names, variants):
    found = {connectivity(names.resolve(each).smiles) for each in variants}
    assert len(found) == 1


def test_enantiomers_are_told_apart_by_their_sign(names):
    left, right, any_of_them = (names.resolve(each) for each in ("(-)-menthol", "(+)-menthol", "menthol"))
    assert len({left.smiles, right.smiles, any_of_them.smiles}) == 3
    assert left.name == "(−)-menthol"


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("caffeinne", "caffeine"), ("ibuprofin", "ibuprofen"), ("colesterol", "cholesterol"), ("nicotien", "nicotine"),
     ("acetylsalicylic acidd", "acetylsalicylic acid"), ("chlorpirifos", "chlorpyrifos")],
)  # fmt: skip
def test_mistyped_name_is_refused_with_the_name_that_is_near(names, mistyped, meant):
    with pytest.raises(UnknownName) as refusal:
        names.resolve(mistyped)
    assert meant in refusal.value.near
    assert len(refusal.value.near) <= 5
    assert mistyped in str(refusal.value)


def test_nonsense_is_near_to_nothing(names):
    with pytest.raises(UnknownName) as refusal:
        names.resolve("qqzzxxy wvvq")
    assert refusal.value.near == ()
    for text in ("", "  ", "\n", "x" * 500, "(((", "\u3042\u3044", "'", "\t"):
        assert names.find(text) is None


def test_beginning_of_a_name_is_completed_well_known_compounds_first(names):
    found = names.complete("caff")
    assert found[0].name == "caffeine"
    assert found[0].cas == "58-08-2"
    assert len(found) <= 12
    assert len({each.smiles for each in found}) == len(found)
    assert all("caff" in folded(each.matched).decode() for each in found)
    assert "benzene" in [each.name for each in names.complete("benz")]
    assert "aspirin" in [each.name for each in names.complete("acetylsal")]
    assert next(each.name for each in names.complete("toluene", limit=3)) == "toluene"


def test_middle_of_a_name_is_completed_after_its_beginnings(names):
    found = [each.name for each in names.complete("pyrifos", limit=8)]
    assert any(name.startswith("chlorpyrifos") for name in found)


def test_beginning_of_a_cas_number_is_completed(names):
    found = names.complete("58-08")
    assert "caffeine" in [each.name for each in found]
    assert all(each.cas.replace("-", "").startswith("5808") for each in found)


@pytest.mark.parametrize("smiles", ["CCO", "CN", "Cc1ccccc1", "c1ccc", "C(", "[Na+]", "N#N", "O=C(", "CCO ethanol", "Cl", "co"])
def test_smiles_is_not_completed_to_a_name(names, smiles):
    assert not may_be_name(smiles)
    assert names.complete(smiles) == []


def test_index_is_small_and_says_where_it_comes_from():
    columns = read_compound_index(compound_names())
    assert compound_names().stat().st_size < MEGABYTES_AT_MOST * 1_000_000
    assert columns.notice.compounds > 60_000
    assert columns.notice.names > 400_000
    assert "chemicals" in columns.notice.source
    assert "MIT" in columns.notice.notice


def test_every_sampled_compound_is_found_by_its_usual_name_and_its_number(names):
    columns = read_compound_index(compound_names())
    usual, numbers, smiles = (text.decode().split("\n")[:-1] for text in (columns.usual, columns.cas, columns.smiles))
    for row in random.Random(7).sample(range(len(smiles)), 400):
        assert names.find(shown(usual[row])).smiles == smiles[row]
        assert cas_number(numbers[row].split("\t")[0])[1]
        assert names.find(numbers[row].split("\t")[0]).smiles == smiles[row]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(NAMES)), data=st.data())
def test_case_blanks_hyphens_and_brackets_make_no_difference(names, name, data):
    letters = []
    for letter in name:
        letters.append(letter.upper() if data.draw(st.booleans()) and letter.isascii() else letter)
    at = data.draw(st.integers(1, len(letters)))
    before, after = "".join(letters[:at]), "".join(letters[at:])
    # A hyphen at a hyphen or bracket could be read as a sign: (-) and +-.
    between = data.draw(st.sampled_from([" ", "  "] if set(before[-1:] + after[:1]) & set("-+()[]") else [" ", "-", " - "]))
    assert names.find(before + between + after) == names.find(name)


# A small index, to be compared with the plain way to search


_WORD = st.text(alphabet="abc1-' ,", min_size=1, max_size=6).filter(lambda text: folded(text) and text == spelled(text))
_ROWS = st.lists(st.lists(_WORD, min_size=0, max_size=3), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(rows=_ROWS, wanted=st.text(alphabet="abc1'", min_size=1, max_size=4))
def test_column_finds_what_looking_at_every_name_finds(rows, wanted):
    column = NameColumn("".join("\t".join(row) + "\n" for row in rows).encode())
    key = wanted.encode()
    everything = [(number, name, folded(name)) for number, row in enumerate(rows) for name in row]
    assert [column.line(number) for number in range(len(rows))] == rows
    assert list(column.whole(key)) == [(number, name) for number, name, own in everything if own == key]
    assert list(column.beginning(key)) == [(number, name) for number, name, own in everything if own.startswith(key)]
    assert set(column.holding(key)) == {(number, name) for number, name, own in everything if key in own}


@settings(max_examples=150, deadline=None)
@given(rows=_ROWS, wanted=st.text(alphabet="abc1'", min_size=4, max_size=9))
def test_near_names_are_all_those_within_their_slips(rows, wanted):
    column = NameColumn("".join("\t".join(row) + "\n" for row in rows).encode())
    most = 1 if len(wanted) < 6 else 2
    plain = {
        (slips, number, name)
        for number, row in enumerate(rows)
        for name in row
        if (slips := plain_slips(wanted.encode(), folded(name))) <= most
    }
    assert set(near_names(column, wanted.encode())) == plain


@settings(max_examples=150, deadline=None)
@given(one=st.text(alphabet="abc", max_size=7), other=st.text(alphabet="abc", max_size=7))
def test_slips_are_counted_as_by_the_definition(one, other):
    a, b = one.encode(), other.encode()
    assert slips_between(a, b, 20) == plain_slips(a, b)
    assert slips_between(a, b, 2) == min(3, plain_slips(a, b))


def plain_slips(one: bytes, other: bytes) -> int:
    """By the definition, with a table of all beginnings."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for row in range(len(one) + 1):
        for column in range(len(other) + 1):
            if not row or not column:
                table[row][column] = row + column
                continue
            swap = row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]
            table[row][column] = min(
                table[row - 1][column] + 1,
                table[row][column - 1] + 1,
                table[row - 1][column - 1] + (one[row - 1] != other[column - 1]),
                table[row - 2][column - 2] + 1 if swap else 99,
            )
    return table[-1][-1]


# Faults, and the user's libraries


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.bitspec"
    write_compound_index(
        [IndexedCompound("CCO", "ethanol", ("spirit",), ("64-17-5",))], path, source="s", licence="l", notice="n"
    )
    return path


def test_missing_index_is_a_sentence_and_the_next_call_tries_again(tmp_path, small):
    place = tmp_path / "index.bitspec"
    names = CompoundNames(place)
    with pytest.raises(UnreadableFile, match="Install BitSpec again"):
        names.find("ethanol")
    place.write_bytes(small.read_bytes())
    assert names.find("spirit").name == "ethanol"


def test_libraries_are_asked_for_what_the_index_does_not_know(small):
    asked = []

    def in_libraries(text: str) -> KnownCompound | None:
        asked.append(text)
        return KnownCompound("mine", "CCCC") if text in ("mine", "106-97-8") else None

    names = CompoundNames(small, in_libraries)
    assert names.find("ethanol").smiles == "CCO"
    assert asked == []
    assert names.find("mine").smiles == "CCCC"
    assert names.find("CAS 106-97-8").smiles == "CCCC"
    assert names.find("106-97-9") is None
    assert names.find("C1CC") is None
    assert asked == ["mine", "106-97-8"]


@pytest.fixture
def library(tmp_path):
    libraries = LibraryService(lambda: open_library_store(tmp_path / "user" / "libraries.sqlite"))
    store = libraries.store()
    peaks = Spectrum([73.0, 147.0], [999.0, 300.0])
    store.add(
        store.open_library("Mine"),
        [
            SpectrumRecord(peaks, name="Oddol acetate", smiles="CC(=O)OCCCC", cas="123-86-4", synonyms=("Other oddness",)),
            SpectrumRecord(peaks, name="Oddol", smiles="CCCCO", cas="71-36-3"),
            SpectrumRecord(peaks, name="Shapeless"),
        ],
    )
    yield libraries
    libraries.close()


def test_name_synonym_and_number_of_a_library_entry_give_its_structure(library):
    find = LibraryNames(library).find
    assert find("ODDOL").smiles == "CCCCO"
    assert find("oddol-acetate") == KnownCompound("Oddol acetate", "CC(=O)OCCCC", "123-86-4", "Oddol acetate")
    assert find("other oddness").name == "Oddol acetate"
    assert find("71-36-3").name == "Oddol"
    assert find("odd") is None
    assert find("Shapeless") is None


def test_libraries_that_cannot_be_opened_only_leave_names_unknown(small):
    def fail():
        raise StorageError("The database is locked.")

    names = CompoundNames(small, LibraryNames(LibraryService(fail)).find)
    assert names.find("ethanol").smiles == "CCO"
    with pytest.raises(UnknownName, match="mine"):
        names.resolve("mine")


def test_a_structure_is_named_as_it_is_usually_called(names):
    assert names.name_of("CC(=O)Oc1ccccc1C(=O)O") == "aspirin"
    assert names.name_of("CC(=O)Oc1ccccc1C(=O)OCCCCCCCl") == ""
