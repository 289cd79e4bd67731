import json
import zipfile

import pytest

from bitspec_gui.config.paths import resources_dir
from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.compact import read_compact, read_notice
from bitspec_gui.formats.corems import LIBRARY_MEMBER, convert_corems_library, corems_records

ALANINE = """Name: L-alanine
CAS: 56-41-7
Formula: C3H7NO2
InChIKey: QNAYBMKLOCPYGJ-REOHCLBHSA-N
SMILES: CC(C(=O)O)N
RI: 772.5
USI: U1
{comment}Num Peaks: 4
73 500
116 1000
147 200
{top} 50
"""
NAPHTHALENE = """Name: naphthalene
CAS: 91-20-3
Formula: C10H8
InChIKey: UFWIBTONFRDIAS-UHFFFAOYSA-N
SMILES: c1ccc2ccccc2c1
USI: U1
Num Peaks: 2
102 70
128 1000
"""


def converted(tmp_path, text):
    path = tmp_path / "library.msp"
    path.write_text(text)
    return list(corems_records(path))


def test_spectrum_of_a_derivative_is_filed_under_the_derivative(tmp_path):
    (record,) = converted(tmp_path, ALANINE.format(comment="", top=218))
    assert record.name == "L-alanine, 2 TMS"
    assert (record.formula, record.nominal_mass, record.cas) == ("C9H23NO2Si2", 233, None)
    assert record.connectivity != "QNAYBMKLOCPYGJ"
    extra = dict(record.extra)
    assert (extra["Parent InChIKey"], extra["Parent SMILES"]) == ("QNAYBMKLOCPYGJ-REOHCLBHSA-N", "CC(C(=O)O)N")
    assert (extra["Parent CAS"], extra["Derivative"]) == ("56-41-7", "2 TMS")
    assert "M-15 at m/z 218" in extra["Structure basis"]


@pytest.mark.parametrize("text", [ALANINE.format(comment="", top=400), ALANINE.format(comment="Comment: [1TMS]\n", top=218)])
def test_spectrum_of_an_untold_derivative_has_no_structure_to_be_compared_with(tmp_path, text):
    (record,) = converted(tmp_path, text)
    assert (record.smiles, record.inchi, record.inchikey, record.formula, record.cas) == (None,) * 5
    assert dict(record.extra)["Derivative"] == "not told"
    assert record.name == "L-alanine, n TMS"


def test_labelled_compound_is_not_filed_under_the_plain_one(tmp_path):
    (record,) = converted(tmp_path, NAPHTHALENE.replace("Name: naphthalene", "Name: naphthalene d8"))
    assert record.inchikey is None


def test_underivatised_compound_keeps_its_structure_and_repeated_identifiers_are_told_apart(tmp_path):
    first, second = converted(tmp_path, NAPHTHALENE + "\n" + NAPHTHALENE)
    assert (first.name, first.inchikey, first.nominal_mass) == ("naphthalene", "UFWIBTONFRDIAS-UHFFFAOYSA-N", 128)
    assert (first.accession, second.accession) == ("U1", "U1#2")


def test_wheel_and_file_give_the_same_library_with_its_licence(tmp_path):
    text = ALANINE.format(comment="", top=218) + "\n" + NAPHTHALENE
    wheel, file = tmp_path / "corems.whl", tmp_path / "library.msp"
    file.write_text(text)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(LIBRARY_MEMBER, text)
        archive.writestr("corems.dist-info/licenses/LICENSE", "Copyright Someone\n")
    report = convert_corems_library(wheel, tmp_path / "a")
    convert_corems_library(file, tmp_path / "b", "Copyright Someone")
    assert (report.written, report.derivatives, report.underivatised, report.not_told) == (2, 1, 1, 0)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert read_notice(tmp_path / "a").notice == "Copyright Someone"


def test_library_is_not_made_without_its_licence_notice(tmp_path):
    (tmp_path / "library.msp").write_text(NAPHTHALENE)
    with pytest.raises(UnreadableFile, match="licence notice"):
        convert_corems_library(tmp_path / "library.msp", tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.fixture(scope="module")
def embedded():
    return list(read_compact(resources_dir() / "libraries" / "pnnl-metabolites.bitspec"))


def test_embedded_library_is_whole_and_never_files_a_derivative_under_its_parent(embedded):
    assert len(embedded) == 1284
    assert not any(isinstance(record, Problem) for record in embedded)
    for record in embedded:
        extra = dict(record.extra)
        assert (
            extra["Derivative"] == "none" or record.connectivity is None or record.connectivity != extra["Parent InChIKey"][:14]
        )
    assert sum(record.inchikey is not None for record in embedded) > 700


def test_embedded_library_carries_its_licence():
    notice = read_notice(resources_dir() / "libraries" / "pnnl-metabolites.bitspec").notice
    assert "Battelle Memorial Institute" in notice
    assert "Redistributions in binary form" in notice


@pytest.mark.data
def test_structures_agree_with_those_worked_out_elsewhere(embedded, request):
    path = request.config.rootpath.parent / "shared" / "data" / "other_ei" / "pnnl_metabolites.jsonl"
    if not path.is_file():
        pytest.skip("../shared/data/other_ei is not there")
    with path.open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    ours = {record.accession: record.connectivity for record in embedded}
    both = [(ours[row["id"]], row["inchikey"][:14]) for row in rows if row["inchikey"] and ours[row["id"]]]
    assert len(both) > 500
    assert sum(a == b for a, b in both) / len(both) > 0.98
