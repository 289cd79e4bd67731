"""Making of the index of names from the compound lists of the package chemicals."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from bitspec_gui.cli import main
from bitspec_gui.domain.errors import Cancelled, ExportError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.formats.chemicals_package import MEMBERS
from bitspec_gui.formats.compound_index import read_compound_index
from bitspec_gui.services import compound_index_build
from bitspec_gui.services.compound_index_build import NAMES_OF_A_KNOWN_SALT, build_compound_index
from bitspec_gui.services.compound_names import CompoundNames

MANY = [f"benzoate salt {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
ROWS = {
    MEMBERS[0]: [
        ("64-17-5", "CCO", "ethanol", "Ethanol", "ethyl alcohol", "spirit", "schembl12", "ab1234", "ethanol [inn]", "64-17-5"),
        ("7732-18-5", "O", "oxidane", "water"),
        ("532-32-1", "O=C([O-])c1ccccc1.[Na+]", "sodium benzoate", "sodium benzoate", *MANY),
        ("127-09-3", "CC(=O)[O-].[Na+]", "sodium ethanoate", "sodium acetate"),
    ],
    MEMBERS[1]: [
        ("75-59-2", "C[N+](C)(C)C", "tetramethylazanium", "tetramethylammonium"),
        ("65-85-0", "O=C(O)c1ccccc1", "benzoic acid", "benzoic acid", "sodium benzoate", "benzoate salt a"),
        ("106-97-8", "CCCC", "butane", "spirit", "n-butane", "butane hydrochloride"),
    ],
    MEMBERS[2]: [
        ("64-17-5", "OCC", "ethanol", "methylcarbinol"),
        ("1-00-0", "C" * 80, "octacontane", "octacontane"),
        ("67-56-1", "C1CC(", "broken", "broken"),
        ("", "CCCCC", "pentane", "ac1l2abc", "e)cut-off name", "name; two", "α-thing", "(-)-turner"),
        ("60-57-1", "OC1CC(Cl)C1", "dieldrin", "dieldrin"),
        ("72-20-8", "OC1CC(Cl)C1", "endrin", "endrin"),
        ("74-82-8", "C", "2-[long]" + "methyl" * 60, "ethanol"),
    ],
}  # fmt: skip
FURTHER = "# comment\n\nbutane\tR-600; spirit\t106-97-8\tC4H10\tCCCC\n"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "chemicals-0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, rows in ROWS.items():
            lines = ["\t".join(["7", cas, "X", "1.0", smiles, "X", "X", *names]) for cas, smiles, *names in rows]
            archive.writestr(member, "\n".join(lines) + "\n")
    return path


@pytest.fixture
def build(wheel, tmp_path):
    def built(further: str | None = None):
        output = tmp_path / "names.bitspec"
        more = None
        if further is not None:
            more = tmp_path / "further.tsv"
            more.write_text(further, encoding="utf-8")
        report = build_compound_index(wheel, output, further=more, source="made for tests", notice="licence")
        return report, CompoundNames(output), output

    return built


def test_names_of_one_structure_are_brought_together_and_ions_giants_and_rare_salts_left_out(build):
    report, names, output = build()
    assert dict(report.left_out) == {
        "ions": 1, "above 1000 Da": 1, "structure not readable": 1, "little-known salts and mixtures": 1,
    }  # fmt: skip
    assert names.find("methylcarbinol").smiles == names.find("ethyl alcohol").smiles == names.find("64-17-5").smiles == "CCO"
    assert names.find("water").smiles == "O"
    assert names.find("octacontane") is None
    assert read_compound_index(output).notice.compounds == report.compounds == 9


def test_salt_is_known_if_it_has_many_names(build):
    _report, names, _output = build()
    assert len(MANY) >= NAMES_OF_A_KNOWN_SALT
    assert "." in names.find("benzoate salt b").smiles
    assert names.find("sodium acetate") is None


def test_name_of_a_salt_does_not_give_the_free_acid(build):
    _report, names, _output = build()
    assert names.find("sodium benzoate").smiles != names.find("benzoic acid").smiles
    assert names.find("butane hydrochloride") is None


def test_name_that_several_bear_stands_for_the_compound_that_is_usually_called_so(build):
    _report, names, _output = build()
    assert names.find("spirit").smiles == "CCCC"
    assert names.find("ethanol").smiles == "CCO"


def test_numbers_of_dealers_remarks_and_cut_names_are_no_names(build):
    _report, names, _output = build()
    for text in ("schembl12", "ab1234", "ethanol [inn]", "ac1l2abc", "e)cut-off name", "name; two"):
        found = names.find(text)
        assert found is None or found.matched.lower() == "ethanol", text
    assert names.find("alpha-thing").smiles == "CCCCC"
    assert names.find("(−)-turner").smiles == "CCCCC"


def test_compounds_that_are_drawn_alike_keep_their_own_names_and_numbers(build):
    _report, names, _output = build()
    assert [(names.find(name).name, names.find(name).cas) for name in ("dieldrin", "72-20-8")] == [
        ("dieldrin", "60-57-1"), ("endrin", "72-20-8"),
    ]  # fmt: skip


def test_compound_whose_names_are_all_taken_is_found_by_its_number(build):
    _report, names, _output = build()
    found = names.find("74-82-8")
    assert found.smiles == "C"
    assert "74-82-8" in found.name


def test_further_names_go_before_those_of_the_package(build):
    _report, names, _output = build(FURTHER)
    found = names.find("spirit")
    assert (found.name, found.smiles, found.cas) == ("butane", "CCCC", "106-97-8")
    assert names.find("r 600").smiles == "CCCC"
    assert names.find("n-butane").smiles == "CCCC"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("butane\t\t106-97-8\tC4H10O\tCCCC", "line 1: the SMILES of butane is C4H10, but its formula C4H10O"),
        ("butane\t\t106-97-9\tC4H10\tCCCC", "line 1: 106-97-9 is no CAS number"),
        ("butane\t\t\tC4H10\tC1CC", "line 1: the SMILES of butane is no structure"),
        ("butane\t106-97-8\tC4H10\tCCCC", "line 1: name, other names"),
        ("butane\t\t\tC4H10\tCCCC\nthe same\t\t\tC4H10\tCCCC", "line 2: the same is in the list before"),
    ],
)
def test_further_name_that_cannot_be_right_is_refused_with_its_line_and_nothing_is_written(build, tmp_path, line, complaint):
    with pytest.raises(UnreadableFile, match=complaint):
        build(line + "\n")
    assert not (tmp_path / "names.bitspec").exists()


def test_same_wheel_gives_the_same_bytes(build):
    first = build(FURTHER)[2].read_bytes()
    assert build(FURTHER)[2].read_bytes() == first


def test_cancelled_making_leaves_the_old_index(wheel, tmp_path, monkeypatch):
    monkeypatch.setattr(compound_index_build, "PROGRESS_EVERY", 1)
    output = tmp_path / "names.bitspec"
    output.write_bytes(b"old")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        build_compound_index(wheel, output, source="s", notice="n", cancel=token)
    assert output.read_bytes() == b"old"


def test_place_that_cannot_be_written_is_a_sentence(wheel, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportError):
        build_compound_index(wheel, tmp_path / "file" / "names.bitspec", source="s", notice="n")


def test_command_makes_the_index_and_says_what_is_in_it(wheel, tmp_path, capsys):
    notice, further, output = tmp_path / "notice.txt", tmp_path / "further.tsv", tmp_path / "out" / "names.bitspec"
    notice.write_text("MIT, so to speak", encoding="utf-8")
    further.write_text(FURTHER, encoding="utf-8")
    command = ["library", "build-names", str(wheel), "--further", str(further), "--notice", str(notice), "--output", str(output)]
    assert main(["--data-dir", str(tmp_path / "user"), *command, "--quiet"]) == 0
    assert "names of 9 compounds" in capsys.readouterr().out
    assert read_compound_index(output).notice.notice == "MIT, so to speak"
