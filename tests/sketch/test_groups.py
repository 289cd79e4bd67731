"""Groups written at an atom: what they mean, and where their atoms go."""

import contextlib
import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from sketching_aids import as_rdkit, inchikey, inchikey_of

from bitspec_gui.domain.errors import UnknownGroup
from bitspec_gui.domain.sketch import Sketch
from bitspec_gui.sketch import condensed, edits, notation
from bitspec_gui.sketch.groups import GROUPS, expand, structure_of
from bitspec_gui.sketch.picking import Picked
from bitspec_gui.sketch.rings import ring_at
from bitspec_gui.sketch.valence import valence_fault

# What each text means on a methyl group, written by hand.
ON_METHYL = {
    "Me": "CC", "Et": "CCC", "Pr": "CCCC", "nPr": "CCCC", "iPr": "CC(C)C", "Bu": "CCCCC", "nBu": "CCCCC", "iBu": "CCC(C)C",
    "sBu": "CCC(C)C", "tBu": "CC(C)(C)C", "nPent": "CCCCCC", "tAm": "CCC(C)(C)C", "nHex": "CCCCCCC", "nOct": "CCCCCCCCC",
    "cPr": "CC1CC1", "cBu": "CC1CCC1", "cPent": "CC1CCCC1", "cHex": "CC1CCCCC1", "Cy": "CC1CCCCC1", "cyclohexyl": "CC1CCCCC1",
    "Cp": "CC1C=CC=C1", "vinyl": "CC=C", "allyl": "CCC=C", "propargyl": "CCC#C", "Ph": "Cc1ccccc1", "Bn": "CCc1ccccc1",
    "Bz": "CC(=O)c1ccccc1", "Tol": "Cc1ccc(C)cc1", "Mes": "Cc1cc(C)c(C)c(C)c1", "PMP": "Cc1ccc(OC)cc1",
    "PMB": "CCc1ccc(OC)cc1", "PNB": "CCc1ccc(cc1)[N+](=O)[O-]", "PFB": "CCc1c(F)c(F)c(F)c(F)c1F",
    "Tr": "CC(c1ccccc1)(c1ccccc1)c1ccccc1", "Py": "Cc1ccccn1", "Im": "Cn1ccnc1", "NPhth": "CN1C(=O)c2ccccc2C1=O",
    "NSucc": "CN1C(=O)CCC1=O", "Ac": "CC(C)=O", "Piv": "CC(=O)C(C)(C)C", "TFA": "CC(=O)C(F)(F)F",
    "PFP": "CC(=O)C(F)(F)C(F)(F)F", "HFB": "CC(=O)C(F)(F)C(F)(F)C(F)(F)F", "Boc": "CC(=O)OC(C)(C)C",
    "Cbz": "CC(=O)OCc1ccccc1", "Alloc": "CC(=O)OCC=C", "Troc": "CC(=O)OCC(Cl)(Cl)Cl", "Fmoc": "CC(=O)OCC1c2ccccc2-c2ccccc12",
    "Ms": "CS(C)(=O)=O", "Ts": "CS(=O)(=O)c1ccc(C)cc1", "Ns": "CS(=O)(=O)c1ccc(cc1)[N+](=O)[O-]", "Tf": "CS(=O)(=O)C(F)(F)F",
    "TMS": "C[Si](C)(C)C", "TES": "C[Si](CC)(CC)CC", "TIPS": "C[Si](C(C)C)(C(C)C)C(C)C", "TBS": "C[Si](C)(C)C(C)(C)C",
    "TBDMS": "C[Si](C)(C)C(C)(C)C", "TBDPS": "C[Si](c1ccccc1)(c1ccccc1)C(C)(C)C", "DMPS": "C[Si](C)(C)c1ccccc1",
    "MOM": "CCOC", "MEM": "CCOCCOC", "MTM": "CCSC", "BOM": "CCOCc1ccccc1", "SEM": "CCOCC[Si](C)(C)C", "EE": "CC(C)OCC",
    "THP": "CC1CCCCO1", "THF": "CC1CCCO1", "Bpin": "CB1OC(C)(C)C(C)(C)O1", "Bcat": "CB1Oc2ccccc2O1", "D": "[2H]C",
    "T": "[3H]C", "CN": "CC#N", "NC": "CC#N", "N3": "CN=[N+]=[N-]", "N2": "C[N+]#N", "N2+": "C[N+]#N", "NCO": "CN=C=O",
    "OCN": "COC#N", "NCS": "CN=C=S", "SCN": "CSC#N", "OHC": "CC=O", "CH3CO": "CC(C)=O", "CH3COO": "COC(C)=O",
    "CH3CO2": "COC(C)=O", "HO3S": "CS(=O)(=O)O", "H2O3P": "CP(=O)(O)O", "H2NCO": "CC(N)=O", "H2NSO2": "CS(N)(=O)=O",
    "TMS2N": "CN([Si](C)(C)C)[Si](C)(C)C", "NTMS2": "CN([Si](C)(C)C)[Si](C)(C)C", "NTMS": "CN[Si](C)(C)C",
    "SO2": "C[SH](=O)=O", "CF3CO2": "COC(=O)C(F)(F)F", "SF5": "CS(F)(F)(F)(F)F", "PhCO": "CC(=O)c1ccccc1",
    "2-Py": "Cc1ccccn1", "3-Py": "Cc1cccnc1", "4-Py": "Cc1ccncc1", "C6H11": "CC1CCCCC1", "C6H5": "Cc1ccccc1",
    "C6F5": "Cc1c(F)c(F)c(F)c(F)c1F", "C6H4Me": "Cc1ccc(C)cc1", "C6H4Cl": "Cc1ccc(Cl)cc1", "C6H4F": "Cc1ccc(F)cc1",
    "C6H4OMe": "Cc1ccc(OC)cc1", "C6H4NO2": "Cc1ccc(cc1)[N+](=O)[O-]", "MeON": "CNOC", "MOX": "CNOC", "NOMe": "CNOC",
    "OH": "CO", "OMe": "COC", "OEt": "COCC", "OiPr": "COC(C)C", "OtBu": "COC(C)(C)C", "OPh": "COc1ccccc1",
    "OBn": "COCc1ccccc1", "OAc": "COC(C)=O", "OBz": "COC(=O)c1ccccc1", "OTs": "COS(=O)(=O)c1ccc(C)cc1", "OMs": "COS(C)(=O)=O",
    "OTf": "COS(=O)(=O)C(F)(F)F", "OTMS": "CO[Si](C)(C)C", "OTES": "CO[Si](CC)(CC)CC", "OTIPS": "CO[Si](C(C)C)(C(C)C)C(C)C",
    "OTBS": "CO[Si](C)(C)C(C)(C)C", "OTBDMS": "CO[Si](C)(C)C(C)(C)C", "OMOM": "COCOC", "OTHP": "COC1CCCCO1",
    "OCF3": "COC(F)(F)F", "OTFA": "COC(=O)C(F)(F)F", "OSiMe3": "CO[Si](C)(C)C", "NH2": "CN", "NHMe": "CNC", "NMe2": "CN(C)C",
    "NEt2": "CN(CC)CC", "NHPh": "CNc1ccccc1", "NHAc": "CNC(C)=O", "NHBoc": "CNC(=O)OC(C)(C)C", "NHCbz": "CNC(=O)OCc1ccccc1",
    "NHTMS": "CN[Si](C)(C)C", "NHTFA": "CNC(=O)C(F)(F)F", "NO": "CN=O", "NO2": "C[N+](=O)[O-]", "NMe3+": "C[N+](C)(C)C",
    "SH": "CS", "SMe": "CSC", "SPh": "CSc1ccccc1", "SO2Me": "CS(C)(=O)=O", "SO2Ph": "CS(=O)(=O)c1ccccc1",
    "SO2NH2": "CS(N)(=O)=O", "SO2Cl": "CS(=O)(=O)Cl", "SO3H": "CS(=O)(=O)O", "SOMe": "CS(C)=O", "CHO": "CC=O",
    "COOH": "CC(=O)O", "CO2H": "CC(=O)O", "CO2Me": "CC(=O)OC", "CO2Et": "CC(=O)OCC", "CO2tBu": "CC(=O)OC(C)(C)C",
    "CO2Bn": "CC(=O)OCc1ccccc1", "CO2TMS": "CC(=O)O[Si](C)(C)C", "COMe": "CC(C)=O", "COPh": "CC(=O)c1ccccc1",
    "COCl": "CC(=O)Cl", "CONH2": "CC(N)=O", "CONMe2": "CC(=O)N(C)C", "CF3": "CC(F)(F)F", "CCl3": "CC(Cl)(Cl)Cl",
    "CH2OH": "CCO", "CH2OTMS": "CCO[Si](C)(C)C", "CH2Cl": "CCCl", "CH2Br": "CCBr", "CH2NH2": "CCN", "CH2CO2H": "CCC(=O)O",
    "CH=CH2": "CC=C", "C(CH3)3": "CC(C)(C)C", "CH2CH3": "CCC", "CH2CH2OH": "CCCO", "PO3H2": "CP(=O)(O)O",
    "PO(OMe)2": "CP(=O)(OC)OC", "OPO3H2": "COP(=O)(O)O", "PPh2": "CP(c1ccccc1)c1ccccc1", "B(OH)2": "CB(O)O",
    "SiMe3": "C[Si](C)(C)C", "Si(CH3)3": "C[Si](C)(C)C", "SnBu3": "C[Sn](CCCC)(CCCC)CCCC", "MeO": "COC", "EtO": "COCC",
    "HO": "CO", "H2N": "CN", "Me2N": "CN(C)C", "O2N": "C[N+](=O)[O-]", "F3C": "CC(F)(F)F", "AcO": "COC(C)=O",
    "AcHN": "CNC(C)=O", "TMSO": "CO[Si](C)(C)C", "HO2C": "CC(=O)O", "HOOC": "CC(=O)O", "MeO2C": "CC(=O)OC",
    "EtO2C": "CC(=O)OCC",
}  # fmt: skip

# Formulae and spellings that are read without standing in a table.
READ_ON_METHYL = {
    "OSi(CH3)3": "CO[Si](C)(C)C", "OCH2Ph": "COCc1ccccc1", "CH2CH2CH3": "CCCC", "CH(CH3)2": "CC(C)C", "CHOHCH3": "CC(O)C",
    "CH2N(CH3)2": "CCN(C)C", "NHCOCH3": "CNC(C)=O", "NHSO2Ph": "CNS(=O)(=O)c1ccccc1", "OCH2CH2OCH3": "COCCOC",
    "O(CH2)3CH3": "COCCCC", "(CH2)4CH3": "CCCCCC", "(CH3)2N": "CN(C)C", "(CH3)3C": "CC(C)(C)C", "CH2=CH": "CC=C",
    "H2C=CH": "CC=C", "C(O)CH3": "CC(C)=O", "C(=O)CH3": "CC(C)=O", "CH2SO2CH3": "CCS(C)(=O)=O", "COO-": "CC(=O)[O-]",
    "SO3-": "CS(=O)(=O)[O-]", "NH3+": "C[NH3+]", "PPh3+": "C[P+](c1ccccc1)(c1ccccc1)c1ccccc1", "C4H9": "CCCCC",
    "C2F5": "CC(F)(F)C(F)(F)F", "C2H4OH": "CCCO", "N(TMS)2": "CN([Si](C)(C)C)[Si](C)(C)C", "NiPr2": "CN(C(C)C)C(C)C",
    "CCH": "CC#C", "C≡CH": "CC#C", "CHCHCH3": "C/C=C/C", "CHNOH": "C/C=N/O", "CH2NO2": "CC[N+](=O)[O-]",
    "ONO2": "CO[N+](=O)[O-]", "CD3": "CC([2H])([2H])[2H]", "Me3SiO": "CO[Si](C)(C)C", "BocHN": "CNC(=O)OC(C)(C)C",
    "HOCH2": "CCO", "CH3O": "COC", "OPO(OEt)2": "COP(=O)(OCC)OCC", "P(O)(OH)2": "CP(=O)(O)O", "S(O)2CH3": "CS(C)(=O)=O",
    "CSNH2": "CC(N)=S", "CO₂H": "CC(=O)O", "t-Bu": "CC(C)(C)C", "O-t-Bu": "COC(C)(C)C", "O i-Pr": "COC(C)C", "O⁻": "C[O-]",
    "tms": "C[Si](C)(C)C", "cooh": "CC(=O)O", "N=NPh": "C/N=N/c1ccccc1", "SSMe": "CSSC", "CH(OMe)2": "CC(OC)OC", "N": "CN",
    "Br": "CBr", "n": "CN", "Cl": "CCl", "13C": "C[13CH3]", "13CH3": "C[13CH3]", "15NH2": "C[15NH2]", "18OH": "C[18OH]",
    "N+": "C[NH3+]", "O-": "C[O-]", "CH2": "CC", "COCOOH": "CC(=O)C(=O)O", "NNPh": "C/N=N/c1ccccc1",
}  # fmt: skip


def methane_with_bond() -> tuple[Sketch, int]:
    return edits.draw_bond(Sketch(), (0.0, 0.0), (math.cos(math.pi / 6), 0.5))


@pytest.mark.parametrize(("text", "smiles"), sorted({**ON_METHYL, **READ_ON_METHYL}.items()))
def test_a_group_on_methyl_is_the_right_molecule(text: str, smiles: str) -> None:
    sketch, end = methane_with_bond()
    assert inchikey(expand(sketch, end, text)) == inchikey_of(smiles)


def test_every_group_that_is_offered_is_judged_above() -> None:
    assert set(GROUPS) == set(ON_METHYL)
    assert len(GROUPS) > 150


@pytest.mark.parametrize(
    ("text", "smiles"),
    {
        "NMe": "CN(C)C", "NH": "CNC", "O": "COC", "CO": "CC(C)=O", "SO2": "CS(C)(=O)=O", "SO": "CS(C)=O", "CHOH": "CC(C)O",
        "NBoc": "CN(C)C(=O)OC(C)(C)C", "CMe2": "CC(C)(C)C", "SiMe2": "C[Si](C)(C)C", "CHOTMS": "CC(C)O[Si](C)(C)C",
        "C=O": "CC(C)=O", "NMe2+": "C[N+](C)(C)C", "NTMS": "CN(C)[Si](C)(C)C", "CF2": "CC(F)(F)C", "C=CH2": "CC(C)=C",
    }.items(),
)  # fmt: skip
def test_a_group_within_a_chain_keeps_both_bonds(text: str, smiles: str) -> None:
    sketch, middle = methane_with_bond()
    sketch, _ = edits.sprout(sketch, middle)
    assert inchikey(expand(sketch, middle, text)) == inchikey_of(smiles)


def test_a_methoxime_is_written_at_the_end_of_a_double_bond() -> None:
    sketch, end = methane_with_bond()
    sketch, nitrogen = edits.sprout(sketch, end, 2)
    for text in ("NOMe", "NOCH3", "MeON"):
        assert inchikey(expand(sketch, nitrogen, text)) == inchikey_of("C/C=N/OC")


def test_a_group_on_empty_paper_is_a_molecule_of_its_own() -> None:
    sketch, atom = edits.add_atom(Sketch(), 0.0, 0.0)
    for text, smiles in {
        "OMe": "CO",
        "Ph": "c1ccccc1",
        "tBu": "CC(C)C",
        "NO2": "O[N+](=O)[O-]",
        "Na+": "[Na+]",
        "Ca2+": "[Ca+2]",
    }.items():
        if text != "NO2":
            assert inchikey(expand(sketch, atom, text)) == inchikey_of(smiles)


@pytest.mark.parametrize(
    "text", ["", "  ", "OMx", "Xyz", "R", "CH2CH2CH2CH2", "99C", "(", "C(", "H+-", "=O", "ÄÖ", "OO" * 300, "((((=)99)99)99)C"]
)
def test_text_that_is_no_group_gets_a_sentence(text: str) -> None:
    sketch, end = methane_with_bond()
    with pytest.raises(UnknownGroup) as raised:
        expand(sketch, end, text)
    assert str(raised.value).endswith(".")
    assert len(str(raised.value)) < 160


def test_the_sentence_offers_what_was_perhaps_meant() -> None:
    with pytest.raises(UnknownGroup, match="TBDMS"):
        structure_of("TBDSM")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="CHONSiPF()=#-+0123456789MePhB", max_size=24))
def test_any_text_is_either_read_whole_or_refused(text: str) -> None:
    sketch, end = methane_with_bond()
    drawn = sketch
    with contextlib.suppress(UnknownGroup):
        drawn = expand(sketch, end, text)
    assert edits.is_sound(drawn)
    assert sketch.bonds.items() <= drawn.bonds.items()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(GROUPS)), st.sampled_from(range(12)))
def test_no_two_atoms_of_a_group_fall_together_on_crowded_rings(label: str, seed: int) -> None:
    sketch = ring_at(Sketch(), "benzene", (0.0, 0.0))
    atoms = list(sketch.atoms)
    sketch, first = edits.sprout(sketch, atoms[seed % 6])
    sketch, second = edits.sprout(sketch, atoms[(seed + 1 + seed // 6) % 6])
    drawn = expand(expand(sketch, first, label), second, "CO2Me")
    places = [(atom.x, atom.y) for atom in drawn.atoms.values()]
    assert min(math.dist(one, other) for one, other in itertools.combinations(places, 2)) > 0.2


@pytest.mark.parametrize("label", sorted(GROUPS))
def test_a_group_is_drawn_with_equal_bonds_and_without_overlap(label: str) -> None:
    sketch, end = methane_with_bond()
    drawn = expand(sketch, end, label)
    for bond in drawn.bonds.values():
        one, other = drawn.atoms[bond.begin], drawn.atoms[bond.end]
        assert math.dist((one.x, one.y), (other.x, other.y)) == pytest.approx(1.0)
    places = [(atom.x, atom.y) for atom in drawn.atoms.values()]
    assert min(math.dist(one, other) for one, other in itertools.combinations(places, 2)) > 0.45
    assert not any(valence_fault(drawn, atom) for atom in drawn.atoms)


@pytest.mark.parametrize(("text", "straight"), [("CN", 3), ("N3", 3), ("NCS", 3), ("CCH", 3), ("N2+", 3)])
def test_a_nitrile_and_an_azide_are_straight(text: str, straight: int) -> None:
    sketch, end = methane_with_bond()
    drawn = expand(sketch, end, text)
    places = [(atom.x, atom.y) for atom in drawn.atoms.values()]
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in itertools.pairwise(places[-straight:])]
    assert all(step == pytest.approx(steps[0]) for step in steps)


def test_a_tms_ether_on_a_ring() -> None:
    sketch = ring_at(Sketch(), "benzene", (0.0, 0.0))
    sketch, end = edits.sprout(sketch, next(iter(sketch.atoms)))
    assert inchikey(expand(sketch, end, "OTMS")) == inchikey_of("C[Si](C)(C)Oc1ccccc1")
    assert inchikey(ring_at(expand(sketch, end, "NH2"), "ring6", Picked(atom=end))) == inchikey_of("C1CCN(CC1)c1ccccc1")


def test_the_linear_notation_refuses_what_it_does_not_know() -> None:
    for text in ("", "c1ccccc1", "C1CC", "C(C", "C)", "(C)", "[", "C@"):
        with pytest.raises(ValueError, match=r"cannot be read|ends too early"):
            notation.read(text)


def test_condensed_formulae_must_fit_the_valences() -> None:
    for text in ("CH4", "CH3CH3CH3", "OCH2", "NH4", "CF4", "C=C=C=", "CH2CH2"):
        assert condensed.read(text) is None
    group = condensed.read("CH2CH2OH")
    assert group is not None
    assert Chem.MolToSmiles(as_rdkit(group)) == "CCO"
