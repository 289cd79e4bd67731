"""Clipboards and drops of other chemistry programs -> structures."""

import base64
import random
import struct

import pytest
from rdkit import Chem, rdBase
from rdkit.Chem import AllChem

from bitspec_gui.chem.parse import read_structure
from bitspec_gui.chem.pasted_structures import MOST_STRUCTURES, decoded, structures_in
from bitspec_gui.chem.sketch_drawing import sketch_of_structure
from bitspec_gui.chem.sketch_formats import formats_of
from bitspec_gui.domain.errors import UnknownGroup, UnknownName
from bitspec_gui.domain.sketch import BondStyle, PastedStructures, Sketch
from tests.chem.chemdraw_bytes import FRAGMENT, NODE, at, bond, cdx_of, document, drawn, label, node_type, prop

ALANINE = "C[C@H](N)C(=O)O"
VARIED = [
    ALANINE, "C/C=C/C(=O)O", "C/C=C\\Cl", "O=[N+]([O-])c1ccccc1", "C[N+](C)(C)CC(=O)[O-]", "[13CH3]C(=O)O", "C[CH2]",
    "C[S@](=O)CC",
    "C[Si](C)(C)O[Si](C)(C)C", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "c1c[nH]cn1", "N#CC#C", "[2H]C(Cl)(Cl)Cl", "CB(O)O",
    "C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C",
]  # fmt: skip
HEAD = '<?xml version="1.0" encoding="UTF-8" ?><!DOCTYPE CDXML SYSTEM "http://www.cambridgesoft.com/xml/cdxml.dtd" ><CDXML><page>'


def smiles_in(found: PastedStructures) -> list[str]:
    return [formats_of(sketch).smiles for sketch in found.sketches]


def key(text: str) -> str:
    with rdBase.BlockLogs():
        return str(Chem.MolToInchiKey(read_structure(text)))


def keys_in(found: PastedStructures) -> list[str]:
    return [formats_of(sketch).inchikey for sketch in found.sketches]


def molblock(smiles: str, name: str = "") -> str:
    return formats_of(sketch_of_structure(read_structure(smiles)), name=name).molblock


@pytest.mark.parametrize("smiles", VARIED)
def test_the_clipboard_of_chemdraw_gives_the_molecule(smiles: str) -> None:
    found = structures_in([("ChemDraw Interchange Format", cdx_of(smiles))])
    assert (keys_in(found), found.problems, found.form) == ([key(smiles)], (), "ChemDraw")


@pytest.mark.parametrize("smiles", VARIED)
def test_our_own_cdxml_is_read_back_by_us_and_by_rdkit(smiles: str) -> None:
    cdxml = formats_of(sketch_of_structure(read_structure(smiles))).cdxml
    assert keys_in(structures_in([("chemical/x-cdxml", cdxml.encode())])) == [key(smiles)]
    with rdBase.BlockLogs():
        (theirs,) = Chem.MolsFromCDXML(cdxml)
        theirs.RemoveAllConformers()
        assert Chem.MolToInchiKey(theirs) == key(smiles)


@pytest.mark.parametrize(
    "name",
    [
        "ChemDraw Interchange Format",
        'application/x-qt-windows-mime;value="ChemDraw Interchange Format"',
        "chemical/x-cdx",
        "chemical/cdx",
        "com.perkinelmer.chemdraw.cdx-clipboard",
        "application/octet-stream",
    ],
)
def test_chemdraw_is_known_by_any_name_and_wins_over_text(name: str) -> None:
    found = structures_in([("text/plain", b"CCO"), (name, cdx_of(ALANINE)), ("image/png", b"\x89PNG")])
    assert smiles_in(found) == [ALANINE]


def test_a_chemdraw_drawing_keeps_its_places_and_its_wedge() -> None:
    nodes = [
        drawn(NODE, 10, at(100, 100)), drawn(NODE, 11, at(114.4, 100)),
        drawn(NODE, 12, at(92.8, 87.5), prop(0x0402, b"\x07\x00")),
        drawn(NODE, 13, at(92.8, 112.5), prop(0x0402, b"\x08\x00")),
    ]  # fmt: skip
    # Display 7 is a wedge with its narrow end at the end of the bond.
    bonds = [bond(20, 11, 10), bond(21, 12, 10, display=7), bond(22, 10, 13)]
    (sketch,) = structures_in([("chemical/x-cdx", document(drawn(FRAGMENT, 3, *nodes, *bonds)))]).sketches
    first, second, nitrogen, oxygen = sketch.atoms.values()
    assert second.x - first.x == pytest.approx(1, abs=0.01)
    assert nitrogen.y > first.y > oxygen.y
    wedge = next(each for each in sketch.bonds.values() if each.style is BondStyle.WEDGE)
    assert (wedge.begin, wedge.end) == (1, 3)


@pytest.mark.parametrize("charge", [b"\x01", b"\x01\x00\x00\x00", b"\x00\x00\x00\x01"])
def test_charges_of_chemdraw_in_one_byte_or_four(charge: bytes) -> None:
    nitrogen = drawn(NODE, 11, at(114.4, 100), prop(0x0402, b"\x07\x00"), prop(0x0421, charge))
    content = document(drawn(FRAGMENT, 3, drawn(NODE, 10, at(100, 100)), nitrogen, bond(20, 10, 11)))
    assert smiles_in(structures_in([("chemical/x-cdx", content)])) == ["C[NH3+]"]


def test_contracted_groups_of_chemdraw_are_drawn_out() -> None:
    """An ethyl whose CH3 is a nickname, with the group's own atoms hidden in it."""
    ester = drawn(
        NODE, 11, at(114.4, 100), node_type(4),
        drawn(
            FRAGMENT, 30,
            drawn(NODE, 31, at(114.4, 100)), drawn(NODE, 32, at(121, 88), prop(0x0402, b"\x08\x00")),
            drawn(NODE, 33, at(121, 112), prop(0x0402, b"\x08\x00")), drawn(NODE, 34, at(135, 112)),
            drawn(NODE, 35, at(107, 100), node_type(12)),
            bond(36, 31, 32, order=2), bond(37, 31, 33), bond(38, 33, 34), bond(39, 35, 31),
        ),
        label(40, "CO2Me"),
    )  # fmt: skip
    found = structures_in(
        [("chemical/x-cdx", document(drawn(FRAGMENT, 3, drawn(NODE, 10, at(100, 100)), ester, bond(20, 10, 11))))]
    )
    assert (smiles_in(found), found.problems) == (["COC(C)=O"], ())


def expand(sketch: Sketch, atom: int, text: str) -> Sketch:
    if text != "OH":
        raise UnknownGroup(f"“{text}” is not known.")
    return Sketch({**sketch.atoms, atom: type(sketch.atoms[atom])(0.0, 0.0, "O")}, sketch.bonds, sketch.next_id)


def test_labels_of_chemdraw_are_expanded_and_unknown_ones_told() -> None:
    nodes = '<n id="1" p="10 10"/><n id="2" p="24.4 10" NodeType="Unspecified"><t><s>OH</s></t></n>'
    odd = '<n id="3" p="0 20" NodeType="Unspecified"><t><s>Foo</s></t></n>'
    text = f'{HEAD}<fragment>{nodes}{odd}<b B="1" E="2"/><b B="1" E="3"/></fragment></page></CDXML>'
    found = structures_in([("text/plain", text.encode())], expand=expand)
    assert smiles_in(found) == ["*CO"]
    assert "“Foo” was drawn as an open place" in found.problems[0]


@pytest.mark.parametrize(
    ("display", "style"),
    [("WedgeBegin", "WEDGE"), ("WedgedHashBegin", "HASH"), ("Wavy", "WAVY"), ("Bold", "PLAIN")],
)
def test_bonds_of_cdxml_look_as_in_chemdraw(display: str, style: str) -> None:
    nodes = '<n id="1" p="10 10"/><n id="2" p="24.4 10"/>'
    text = f'{HEAD}<fragment>{nodes}<b B="1" E="2" Display="{display}"/></fragment></page></CDXML>'
    (sketch,) = structures_in([("chemical/x-cdxml", text.encode())]).sketches
    assert [each.style for each in sketch.bonds.values()] == [BondStyle[style]]


def test_a_crossed_double_bond_of_cdxml_stays_open() -> None:
    places = [(0, 0), (12.5, 7.2), (25, 0), (37.5, 7.2)]
    nodes = "".join(f'<n id="{number}" p="{x} {y}"/>' for number, (x, y) in enumerate(places, start=1))
    bonds = '<b B="1" E="2"/><b B="2" E="3" Order="2" Display="Wavy"/><b B="3" E="4"/>'
    found = structures_in([("chemical/x-cdxml", f"{HEAD}<fragment>{nodes}{bonds}</fragment></page></CDXML>".encode())])
    assert smiles_in(found) == ["CC=CC"]


def test_aromatic_bonds_of_cdxml_become_alternating_ones() -> None:
    corners = [(0, 14.4), (12.5, 7.2), (12.5, -7.2), (0, -14.4), (-12.5, -7.2), (-12.5, 7.2)]
    nodes = "".join(f'<n id="{number}" p="{x} {y}"/>' for number, (x, y) in enumerate(corners, start=1))
    bonds = "".join(f'<b B="{number}" E="{number % 6 + 1}" Order="1.5"/>' for number in range(1, 7))
    found = structures_in([("chemical/x-cdxml", f"{HEAD}<fragment>{nodes}{bonds}</fragment></page></CDXML>".encode())])
    assert smiles_in(found) == ["c1ccccc1"]


def test_chemdraw_written_as_base64_text_is_read() -> None:
    assert smiles_in(structures_in([("text/plain", base64.b64encode(cdx_of(ALANINE)))])) == [ALANINE]


def test_molfiles_and_sd_files_give_their_structures_and_names() -> None:
    one, two = molblock(ALANINE, "alanine"), molblock("CCO", "ethanol")
    found = structures_in([("chemical/x-mdl-molfile", one.encode())])
    assert (smiles_in(found), found.names, found.form) == ([ALANINE], ("alanine",), "molfile")
    found = structures_in([("text/plain", f"{one}> <CAS>\n56-41-7\n\n$$$$\n{two}$$$$\n".encode())])
    assert (smiles_in(found), found.names, found.form) == ([ALANINE, "CCO"], ("alanine", "ethanol"), "SDF")


def test_v3000_is_read() -> None:
    with rdBase.BlockLogs():
        text = Chem.MolToV3KMolBlock(Chem.MolFromMolBlock(molblock(ALANINE)))
    assert smiles_in(structures_in([("text/plain", text.encode())])) == [ALANINE]


def test_a_broken_record_of_an_sd_file_is_told_and_the_others_are_kept() -> None:
    broken = molblock("CCO").replace("  1  2  1  0", "  1  9  1  0")
    found = structures_in([("text/plain", f"{molblock('CCN')}$$$$\n{broken}$$$$\n{molblock('CCC')}$$$$\n".encode())])
    assert smiles_in(found) == ["CCN", "CCC"]
    assert found.problems[0].startswith("Structure 2: This molblock cannot be read: a bond leads to an atom that is not there")


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_molfile_that_lost_lines_of_its_header_when_copied_is_read(cut: int) -> None:
    lines = molblock("CCO").splitlines()
    assert smiles_in(structures_in([("text/plain", "\n".join(lines[cut:]).encode())])) == ["CCO"]


def test_lines_with_their_lengths_before_them_are_read() -> None:
    lines = molblock(ALANINE).split("\n")
    data = b"".join(struct.pack("B", len(line)) + line.encode() for line in lines)
    assert smiles_in(structures_in([("MDLCT", data)])) == [ALANINE]


def mol2(smiles: str) -> str:
    """A Tripos MOL2 record in space with all hydrogens, of carbon, nitrogen, oxygen and hydrogen without aromatic rings."""
    structure = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(structure, randomSeed=7)
    lines = ["@<TRIPOS>MOLECULE", "alanine", f"{structure.GetNumAtoms()} {structure.GetNumBonds()}", "SMALL", "NO_CHARGES", ""]
    lines.append("@<TRIPOS>ATOM")
    for atom in structure.GetAtoms():
        place = structure.GetConformer().GetAtomPosition(atom.GetIdx())
        flat = any(each.GetBondTypeAsDouble() == 2 for each in atom.GetBonds())
        kind = "H" if atom.GetSymbol() == "H" else f"{atom.GetSymbol()}.{2 if flat else 3}"
        lines.append(f"{atom.GetIdx() + 1} X {place.x:.4f} {place.y:.4f} {place.z:.4f} {kind}")
    lines.append("@<TRIPOS>BOND")
    for each in structure.GetBonds():
        ends = f"{each.GetBeginAtomIdx() + 1} {each.GetEndAtomIdx() + 1}"
        lines.append(f"{each.GetIdx() + 1} {ends} {int(each.GetBondTypeAsDouble())}")
    return "\n".join(lines)


def test_mol2_is_read_with_its_stereochemistry() -> None:
    found = structures_in([("chemical/x-mol2", mol2(ALANINE).encode())])
    assert (smiles_in(found), found.names, found.form) == ([ALANINE], ("alanine",), "MOL2")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"CCO ethanol", ["CCO"]),
        (b"  CCO \r\n", ["CCO"]),
        ("CCO".encode("utf-16"), ["CCO"]),
        ("CCO".encode("utf-16-le") + b"\0\0", ["CCO"]),
        (b"\xef\xbb\xbfCCO", ["CCO"]),
        (b"C[CH2] |^1:1|", ["[CH2]C"]),
        (b"CC |^1:0| radical", ["[CH2]C"]),
        (b"InChI=1S/C2H6O/c1-2-3/\r\nh3H,2H2,1H3", ["CCO"]),
        (b"InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3\nInChI=1S/CH4/h1H4", ["CCO", "C"]),
        (b"CCO ethanol\nCCN\n\nCCC", ["CCO", "CCN", "CCC"]),
    ],
)
def test_text_in_any_encoding_gives_smiles_and_inchis(data: bytes, expected: list[str]) -> None:
    found = structures_in([("text/plain", data)])
    assert [Chem.CanonSmiles(each) for each in smiles_in(found)] == [Chem.CanonSmiles(each) for each in expected]
    assert found.problems == ()


def test_a_line_that_cannot_be_read_is_told_with_its_number() -> None:
    found = structures_in([("text/plain", b"CCO\nC1CC\nCCN")])
    assert smiles_in(found) == ["CCO", "CCN"]
    assert found.problems[0].startswith("Structure 2: “C1CC” is not a SMILES that can be read: ring 1")


def test_names_are_looked_up_where_nothing_else_fits() -> None:
    asked = []

    def look_up(name: str) -> str:
        asked.append(name)
        if name != "caffeine":
            raise UnknownName(f"No compound named “{name}” is known.")
        return "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"

    found = structures_in([("text/plain", b"caffeine")], look_up)
    assert (keys_in(found), found.names) == ([key("CN1C=NC2=C1C(=O)N(C(=O)N2C)C")], ("caffeine",))
    assert structures_in([("text/plain", b"oxygenol")], look_up).problems == ("No compound named “oxygenol” is known.",)
    structures_in([("text/plain", b"CCO")], look_up)
    assert asked == ["caffeine", "oxygenol"]


def test_a_worse_form_is_taken_where_the_best_is_broken() -> None:
    assert smiles_in(structures_in([("chemical/x-cdx", b"VjCD0100 cut"), ("text/plain", b"CCO")])) == ["CCO"]


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        ([("chemical/x-cdx", b"nothing of the kind")], "does not begin with"),
        ([("text/plain", b'<?xml version="1.0"?>\n<CDXML><page></CDXML>')], "breaks off in line 2"),
        ([("text/plain", b"<CDXML></CDXML>")], "no structure in this ChemDraw drawing"),
        ([("text/plain", b"@<TRIPOS>MOLECULE\nx\n 1")], "This MOL2 record cannot be read"),
        ([("text/plain", b"hello world")], "is not a SMILES"),
        ([("text/plain", b"C" * 300_000)], "300,000 characters long"),
        ([("text/plain", b"   ")], "Nothing to read"),
        ([("chemical/x-cdx", b"VjCD0100" + bytes(6_000_000))], "6,000,008 bytes"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(offers: list[tuple[str, bytes]], said: str) -> None:
    found = structures_in(offers)
    assert found.sketches == ()
    assert len(found.problems) == 1
    assert said in found.problems[0]


def test_pictures_alone_hold_no_structure_and_no_problem() -> None:
    assert structures_in([("image/png", b"\x89PNG"), ("text/html", b"<b>C</b>")]) == PastedStructures()


def test_a_document_that_multiplies_itself_is_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE CDXML [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><CDXML>&b;</CDXML>'
    assert "defines entities" in structures_in([("text/plain", bomb.encode())]).problems[0]


def test_no_more_structures_are_taken_than_can_be_looked_at() -> None:
    found = structures_in([("text/plain", b"C\n" * (MOST_STRUCTURES + 50))])
    assert len(found.sketches) == MOST_STRUCTURES
    assert found.problems == (f"Only the first {MOST_STRUCTURES} structures were taken.",)


def test_bytes_of_windows_are_decoded() -> None:
    assert decoded("Äthanol".encode("cp1252")) == "Äthanol"


def _mutated(seed: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(seed)
    for _ in range(chance.randrange(1, 8)):
        place = chance.randrange(len(damaged)) if damaged else 0
        what = chance.random()
        if what < 0.5 and damaged:
            damaged[place] = chance.choice(b"0123456789 -\n.CNOHa@<>/=()[]+\x00\x80\xff")
        elif what < 0.7:
            del damaged[place : place + chance.randrange(1, 30)]
        elif what < 0.9:
            damaged[place:place] = damaged[place : place + chance.randrange(1, 30)]
        else:
            damaged = damaged[:place]
    return bytes(damaged)


@pytest.mark.parametrize("form", ["cdx", "cdxml", "molblock", "mol2", "smiles", "inchi"])
def test_damaged_clipboards_never_raise(form: str) -> None:
    """Two hundred of each form; without end, a hang would end the test by its time limit."""
    smiles = "C[C@H](N)C(=O)O/C=C/Cl"
    found = formats_of(sketch_of_structure(read_structure(smiles)))
    seeds = {
        "cdx": cdx_of(smiles), "cdxml": found.cdxml.encode(), "molblock": found.molblock.encode(), "mol2": mol2(ALANINE).encode(),
        "smiles": found.smiles.encode(), "inchi": found.inchi.encode(),
    }  # fmt: skip
    chance = random.Random(form)
    kind = "chemical/x-cdx" if form == "cdx" else "text/plain"
    for _ in range(200):
        data = _mutated(seeds[form], chance)
        pasted = structures_in([(kind, data)])
        assert len(pasted.sketches) == len(pasted.names)
        assert pasted.sketches or pasted.problems or not data, data
