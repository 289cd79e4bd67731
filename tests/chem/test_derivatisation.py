import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from rdkit import Chem

from bitspec_gui.chem.derivatisation import derivatives
from bitspec_gui.chem.derivatisation_plan import derivatisation_plan
from bitspec_gui.chem.derivatising_reagents import REAGENTS
from bitspec_gui.chem.derivatives import derivative_structure
from bitspec_gui.chem.parse import molecule_from_text, structure_keys
from bitspec_gui.domain.derivatives import DerivativeKind, SiteClass
from bitspec_gui.domain.errors import Cancelled
from bitspec_gui.domain.jobs import CancelToken

DATA = Path(__file__).parents[3] / "shared" / "data"

GLUCOSE = "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O"
DOPAMINE = "NCCc1ccc(O)c(O)c1"
URACIL = "O=c1cc[nH]c(=O)[nH]1"


def plan_of(smiles, kind="tms", name=""):
    return derivatisation_plan(molecule_from_text(smiles, name=name), DerivativeKind(kind))


def listed(smiles, kind="tms", groups=None, *, name="", all_sites=False, **more):
    """Derivatives with a number of groups (as many as can be) on the usual sites, or on all."""
    plan = plan_of(smiles, kind, name)
    ticked = frozenset(site.number for site in plan.sites) if all_sites else plan.usual
    fewest, most = (
        (plan.most_groups(ticked),) * 2 if groups is None else groups if isinstance(groups, tuple) else (groups, groups)
    )
    return derivatives(plan, ticked, fewest, most, **more)


def canonical(*smiles):
    return {Chem.CanonSmiles(each) for each in smiles}


def structures(*args, **named):
    return {each.molecule.smiles for each in listed(*args, **named).derivatives}


@pytest.mark.parametrize(
    ("smiles", "site_class", "sites"),
    [
        ("CCO", SiteClass.PRIMARY_ALCOHOL, 1),
        ("CC(C)O", SiteClass.SECONDARY_ALCOHOL, 1),
        ("CC(C)(C)O", SiteClass.TERTIARY_ALCOHOL, 1),
        ("Oc1ccccc1", SiteClass.PHENOL, 1),
        ("Oc1ccccn1", SiteClass.HYDROXY_HETEROARENE, 1),
        ("CC(=O)O", SiteClass.CARBOXYLIC_ACID, 1),
        ("CCS", SiteClass.THIOL, 1),
        ("CCN", SiteClass.PRIMARY_AMINE, 2),
        ("CCNCC", SiteClass.SECONDARY_AMINE, 1),
        ("Nc1ccccc1", SiteClass.AROMATIC_AMINE, 2),
        ("CC(=O)NC", SiteClass.AMIDE, 1),
        ("O=C1CCC(=O)N1", SiteClass.IMIDE, 1),
        ("CS(=O)(=O)NC", SiteClass.SULFONAMIDE, 1),
        ("CC(C)=NO", SiteClass.OXIME, 1),
        ("COP(=O)(O)O", SiteClass.PHOSPHORUS_ACID, 2),
        ("CS(=O)(=O)O", SiteClass.SULFUR_ACID, 1),
        ("CC(O)=CC", SiteClass.ENOL, 1),
        ("c1ccc2[nH]ccc2c1", SiteClass.AZOLE, 1),
        ("CN=C(N)N(C)C", SiteClass.AMIDINE, 2),
        ("CNN(C)C", SiteClass.HYDRAZINE, 1),
        ("CC(=O)NO", SiteClass.N_HYDROXY, 1),
        ("OC1CCCCO1", SiteClass.HEMIACETAL, 1),
    ],
)
def test_each_class_of_active_hydrogen_is_found_and_named(smiles, site_class, sites):
    found = Counter(site.site_class for site in plan_of(smiles).sites)
    assert found[site_class] == sites


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        ("CC(=O)N(C)C", "tertiary amide"),
        ("CCN(CC)CC", "tertiary amine"),
        ("C[N+](=O)[O-]", "nitro group"),
        ("CCOCC", "ether"),
        ("CC(=O)OC", "ester"),
        ("CC#N", "nitrile"),
        ("CC(C)=O", "ketone C=O"),
    ],
)
def test_groups_without_active_hydrogen_stay_as_they_are_and_that_is_said(smiles, words):
    plan = plan_of(smiles)
    assert plan.sites == ()
    assert any("stay as they are" in note and words in note for note in plan.notes)
    assert derivatives(plan, (), 0, 3).derivatives == ()


def test_tertiary_alcohol_is_said_to_react_slowly():
    (site,) = plan_of("CC(C)(C)O").sites
    assert "slow" in site.words
    (made,) = listed("CC(C)(C)O").derivatives
    assert made.remark == "slow: hindered site"


def test_phenol_between_two_tertiary_butyl_groups_is_slow_and_plain_phenol_is_not():
    (hindered,) = plan_of("CC(C)(C)c1cccc(C(C)(C)C)c1O").sites
    (plain,) = plan_of("Cc1cccc(C)c1O").sites
    assert (hindered.slow, plain.slow) == (True, False)


def test_dopamine_gives_all_regioisomers_of_each_number_of_tms_groups():
    made = listed(DOPAMINE, groups=(0, 4), name="dopamine").derivatives
    counts = Counter(len(each.sites) for each in made)
    assert counts == {4: 1, 3: 3, 2: 4, 1: 3, 0: 1}
    assert len({each.molecule.smiles for each in made}) == len({each.molecule.name for each in made}) == len(made)
    assert made[0].molecule.name == "dopamine, 4 TMS (O,O,N,N)"
    assert (made[0].molecule.formula, made[0].molecule.nominal_mass, made[0].mass_shift_da) == ("C20H43NO2Si4", 441, 288)
    assert made[0].ions == (("M-15", 426),)


def test_silylated_structures_of_dopamine_are_the_expected_ones():
    tms = "[Si](C)(C)C"
    three = structures(DOPAMINE, groups=3)
    expected = canonical(
        f"N({tms})CCc1ccc(O{tms})c(O{tms})c1",
        f"N({tms})({tms})CCc1ccc(O)c(O{tms})c1",
        f"N({tms})({tms})CCc1ccc(O{tms})c(O)c1",
    )
    assert three == expected


def test_structures_made_alike_by_symmetry_are_listed_once_with_the_number_of_ways():
    (one,) = listed("OCCO", groups=1).derivatives
    assert one.ways == 2
    glycerol = listed("OCC(O)CO", groups=2).derivatives
    assert sorted(each.ways for each in glycerol) == [1, 2]


def test_enantiotopic_groups_of_meso_erythritol_give_both_enantiomers():
    made = structures("OC[C@H](O)[C@H](O)CO", groups=1)
    assert len(made) == 4
    assert all("@" in smiles for smiles in made)


def test_stereo_centres_of_the_parent_stay_as_they_are():
    for made in listed("C[C@H](N)C(=O)O", groups=(0, 3)).derivatives:
        centres = Chem.FindMolChiralCenters(Chem.MolFromSmiles(made.molecule.smiles), useLegacyImplementation=False)
        assert [label for _atom, label in centres] == ["S"]


def test_glucose_opens_to_one_methoxime_with_five_tms_groups_and_keeps_its_configuration():
    (made,) = listed(GLUCOSE, "meox-tms", name="glucose").derivatives
    assert made.molecule.name == "glucose, 1 MeOX, 5 TMS (O,O,O,O,O)"
    assert (made.molecule.nominal_mass, made.molecule.formula) == (569, "C22H55NO6Si5")
    wanted = "CON=C[C@H](O[Si](C)(C)C)[C@@H](O[Si](C)(C)C)[C@H](O[Si](C)(C)C)[C@@H](CO[Si](C)(C)C)O[Si](C)(C)C"
    assert made.molecule.smiles == Chem.CanonSmiles(wanted)


def test_opening_of_sugar_rings_and_isomers_of_methoximes_are_said():
    notes = " ".join(plan_of(GLUCOSE, "meox-tms").notes)
    assert "open form" in notes
    assert "syn and anti" in notes


def test_glycosides_do_not_open():
    assert plan_of("COC1OC(CO)C(O)C(O)C1O", "meox").sites == ()


def test_methoxime_is_made_of_each_ketone_and_aldehyde_but_of_no_acid_ester_or_amide():
    assert structures("CC(=O)CC=O", "meox") == canonical("CON=C(C)CC=NOC")
    for smiles in ("CC(=O)O", "CC(=O)OC", "CC(N)=O", "O=c1cccc[nH]1"):
        assert plan_of(smiles, "meox").sites == ()


def test_methoximes_come_first_and_only_tms_groups_are_counted():
    made = listed("CC(=O)C(=O)O", "meox-tms", groups=(0, 1)).derivatives
    assert [each.groups for each in made] == ["1 MeOX, 1 TMS (O)", "1 MeOX"]
    assert made[0].mass_shift_da == 29 + 72


@pytest.mark.parametrize(
    ("kind", "smiles", "made"),
    [
        ("tbdms", "CCO", "CCO[Si](C)(C)C(C)(C)C"),
        ("acetyl", "NCCO", "CC(=O)NCCOC(C)=O"),
        ("tfa", "CNC", "CN(C)C(=O)C(F)(F)F"),
        ("pfp", "CCO", "CCOC(=O)C(F)(F)C(F)(F)F"),
        ("hfb", "CCO", "CCOC(=O)C(F)(F)C(F)(F)C(F)(F)F"),
        ("methyl-ester", "OC(=O)CCC(=O)O", "COC(=O)CCC(=O)OC"),
        ("methyl", "O=c1[nH]c(=O)c2[nH]cnc2[nH]1", "Cn1c(=O)c2c(ncn2C)n(C)c1=O"),
        ("meox", "CC(C)=O", "CON=C(C)C"),
        ("tms", "CC=NO", "CC=NO[Si](C)(C)C"),
        ("tms", "CCS", "CCS[Si](C)(C)C"),
        ("tms", "COP(=O)(O)O", "COP(=O)(O[Si](C)(C)C)O[Si](C)(C)C"),
    ],
)
def test_each_kind_puts_its_group_on_the_usual_sites(kind, smiles, made):
    assert structures(smiles, kind) == canonical(made)


@pytest.mark.parametrize("kind", list(DerivativeKind))
def test_mass_shift_of_a_group_is_that_of_its_structure(kind):
    parent = "CC(=O)CC(=O)O" if kind in (DerivativeKind.MEOX, DerivativeKind.METHYL_ESTER) else "CCO"
    made = listed(parent, kind.value).derivatives[0].molecule
    shift = made.exact_mass - molecule_from_text(parent).exact_mass
    assert shift == pytest.approx(REAGENTS[kind].shift_da, abs=2e-4)


def test_acids_stay_free_under_anhydrides_and_amines_under_diazomethane():
    assert structures("NCC(=O)O", "tfa") == canonical("OC(=O)CNC(=O)C(F)(F)F")
    assert any("esterify" in note for note in plan_of("NCC(=O)O", "tfa").notes)
    assert structures("NCC(=O)O", "methyl-ester") == canonical("NCC(=O)OC")


def test_phenols_are_methylated_beside_acids_only_if_asked_for():
    salicylic = "O=C(O)c1ccccc1O"
    assert structures(salicylic, "methyl-ester") == canonical("COC(=O)c1ccccc1O")
    assert structures(salicylic, "methyl-ester", all_sites=True) == canonical("COC(=O)c1ccccc1OC")


def test_lactams_are_silylated_on_oxygen_and_on_nitrogen_only_if_asked_for():
    assert structures(URACIL) == canonical("C[Si](C)(C)Oc1ccnc(O[Si](C)(C)C)n1")
    every = structures(URACIL, all_sites=True)
    assert canonical("C[Si](C)(C)n1ccc(=O)n([Si](C)(C)C)c1=O") < every


def test_second_hydrogen_of_an_amine_never_reacts_before_the_first():
    for each in listed(DOPAMINE, groups=(0, 4)).derivatives:
        assert 2 not in each.sites or 1 in each.sites


def test_second_hydrogen_of_an_amine_ticked_alone_counts_as_its_first():
    plan = plan_of("CCN")
    (made,) = derivatives(plan, {2}, 1, 1).derivatives
    assert made.molecule.smiles == Chem.CanonSmiles("CCN[Si](C)(C)C")


def test_only_ticked_sites_react():
    plan = plan_of(DOPAMINE)
    phenols = {site.number for site in plan.sites if site.site_class is SiteClass.PHENOL}
    made = derivatives(plan, phenols, 2, 2).derivatives
    assert {each.molecule.smiles for each in made} == canonical("NCCc1ccc(O[Si](C)(C)C)c(O[Si](C)(C)C)c1")


def test_zwitterion_is_taken_as_neutral_and_that_is_said():
    plan = plan_of("C[C@H]([NH3+])C(=O)[O-]")
    assert any("neutral" in note for note in plan.notes)
    assert plan.most_groups(plan.usual) == 3


@pytest.mark.parametrize("smiles", ["C[N+](C)(C)CC(O)CC(=O)[O-]", "C[n+]1cccc(C(N)=O)c1"])
def test_permanent_charge_has_no_derivatives_and_that_is_said(smiles):
    plan = plan_of(smiles)
    assert plan.sites == ()
    assert any("evaporate" in note for note in plan.notes)


def test_nitro_compounds_and_n_oxides_are_not_taken_for_charged():
    assert len(plan_of("O=[N+]([O-])c1ccccc1O").sites) == 1
    assert len(plan_of("C[N+](C)([O-])CCO").sites) == 1


def test_too_many_derivatives_are_cut_at_the_limit_and_that_is_said():
    polyol = "OCC(O)C(O)C(O)C(O)C(O)C(O)C(O)C(O)C(O)C(O)CO"
    found = listed(polyol, groups=6, limit=100)
    assert len(found.derivatives) == 100
    assert any("more derivatives than these 100" in note for note in found.notes)


def test_derivatives_above_1000_da_are_left_out_with_a_sentence_and_lighter_ones_listed():
    found = listed("OCC(O)C(O)C(O)C(O)C(O)C(O)C(O)C(O)CO", groups=(9, 10))
    assert {len(each.sites) for each in found.derivatives} == {9}
    assert any("1000 Da" in note and "10 TMS" in note for note in found.notes)


def test_asking_for_more_groups_than_there_are_sites_lists_what_is_possible():
    assert {len(each.sites) for each in listed("CCO", groups=(1, 9)).derivatives} == {1}
    assert "1 group at most" in listed("CCO", groups=(5, 9)).notes[0]


def test_cancel_is_heard_while_structures_are_made():
    token = CancelToken()
    with pytest.raises(Cancelled):
        listed(
            "OCC(O)C(O)C(O)C(O)C(O)C(O)C(O)CO",
            groups=(0, 9),
            progress=lambda _progress: token.cancel(),
            cancel=token,
        )


def test_progress_ends_at_its_total():
    seen = []
    listed(DOPAMINE, groups=(0, 4), progress=seen.append)
    assert seen[-1].done == seen[-1].total == 12


def test_sites_are_those_of_the_drawn_parent():
    plan = plan_of(DOPAMINE, name="dopamine")
    assert plan.parent.name == "dopamine"
    symbols = [Chem.MolFromSmiles(plan.parent.smiles).GetAtomWithIdx(site.shown_at).GetSymbol() for site in plan.sites]
    assert symbols == [site.element for site in plan.sites] == ["N", "N", "O", "O"]


PARENTS = (
    "NC(CCCNC(N)=N)C(=O)O", "NC(Cc1c[nH]c2ccccc12)C(=O)O", "OC(=O)CC(O)(CC(=O)O)C(=O)O", "Nc1ccn(C2OC(CO)C(O)C2O)c(=O)n1",
    "CC(C)NCC(O)COc1cccc2ccccc12", "O=c1[nH]c(=O)c2[nH]c(=O)[nH]c2[nH]1", "NCCS", "OCC(O)C(O)COP(=O)(O)O", "CC(=O)Nc1ccc(O)cc1",
    "C[C@]12CC[C@H]3[C@@H](CCc4cc(O)ccc43)[C@@H]1CC[C@@H]2O", "NS(=O)(=O)c1ccc(N)cc1", "ON=Cc1ccccc1O", "NNC(=O)c1ccncc1",
)  # fmt: skip


@pytest.mark.parametrize("smiles", PARENTS)
def test_taking_the_silyl_groups_off_again_gives_the_parent(smiles):
    """Hydrolysis on paper of each derivative with one or two groups; a tautomer of the parent is the parent."""
    silyl, hydrogen = Chem.MolFromSmarts("[Si](C)(C)C"), Chem.MolFromSmiles("[H]", sanitize=False)
    wanted = structure_keys(smiles, None)
    made = listed(smiles, groups=(1, 2), all_sites=True).derivatives
    assert made
    for each in made:
        (free,) = Chem.ReplaceSubstructs(Chem.MolFromSmiles(each.molecule.smiles), silyl, hydrogen, replaceAll=True)
        keys = structure_keys(Chem.MolToSmiles(free), None)
        assert keys is not None
        assert (keys.formula, keys.inchikey[:14]) == (wanted.formula, wanted.inchikey[:14])


@pytest.mark.parametrize(
    ("parent", "tms", "methoximes"),
    [
        ("CC(N)C(=O)O", 2, 0), ("CC(N)C(=O)O", 3, 0), ("OC(=O)c1ccccc1", 1, 0), ("CC(=O)C(=O)O", 1, 1), ("OCC(O)CO", 3, 0),
        ("c1ccc2[nH]ccc2c1", 1, 0), ("NCCCCC(N)C(=O)O", 5, 0), ("OCC(O)C(O)C(O)C(O)C=O", 5, 1),
    ],
)  # fmt: skip
def test_structures_inferred_from_library_spectra_are_on_the_list(parent, tms, methoximes):
    inferred = derivative_structure(parent, tms, methoximes)
    kind = "meox-tms" if methoximes else "tms"
    assert inferred.smiles in structures(parent, kind, groups=tms)


@pytest.mark.data
@pytest.mark.parametrize("source", ["pnnl_metabolites", "mona2020_ucdavis"])
def test_derivatives_of_measured_metabolites_are_on_the_list(source):
    """Structures of silylated metabolites as libraries file them, made again from their parents."""
    path = DATA / "other_ei" / f"{source}.jsonl"
    if not path.exists():
        pytest.skip("the spectra of other laboratories are not there")
    found, missed = 0, []
    seen = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        parent, smiles, groups = row.get("parent_smiles"), row.get("smiles"), row.get("derivative") or ""
        if not (parent and smiles and groups.endswith("TMS") and int(groups[0])) or smiles in seen:
            continue
        seen.add(smiles)
        keys = structure_keys(parent, None)
        if keys is None or "+" in keys.smiles or "C" not in keys.formula:
            continue
        wanted = structure_keys(smiles, None).inchikey[:14]
        here = {each.molecule.connectivity for each in listed(parent, "tms", int(groups[0]), all_sites=True).derivatives}
        found, missed = (found + 1, missed) if wanted in here else (found, [*missed, row["name"]])
    assert found > 200
    assert missed == []


@pytest.mark.data
def test_derivatives_of_the_benchmark_are_on_the_list():
    path = DATA / "massbank_ei" / "derivatives.csv"
    if not path.exists():
        pytest.skip("the table of derivatives is not there")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = {(row["listed_smiles"], row["spectrum_smiles"], row["derivative"]) for row in csv.DictReader(stream)}
    missed = []
    for parent, smiles, groups in sorted(rows):
        if groups.endswith("TMS") and int(groups[0]):
            here = {each.molecule.connectivity for each in listed(parent, "tms", int(groups[0]), all_sites=True).derivatives}
            if structure_keys(smiles, None).inchikey[:14] not in here:
                missed.append((parent, smiles))
    assert len(rows) > 200
    assert missed == []
