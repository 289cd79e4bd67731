import zipfile

import pytest

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.formats import archives
from bitspec_gui.formats.registry import sources

MSP = "Name: acetone\nSMILES: CC(C)=O\nNum Peaks: 2\n43 999\n58 300\n"
MASSBANK = "ACCESSION: MSBNK-T-{}\nCH$NAME: x\nPK$NUM_PEAK: 1\nPK$PEAK: m/z int. rel.int.\n  43 10 999\n//\n"


def read(path):
    (source,) = sources([path])
    items = list(source.records())
    assert source.done == source.size
    return [item for item in items if isinstance(item, SpectrumRecord)], [item for item in items if isinstance(item, Problem)]


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(folder, members, name="z.zip"):
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


@pytest.mark.parametrize("name", ["a.msp", "a.txt", "a.xlsx", "a"])
def test_content_decides_what_a_file_is(tmp_path, name):
    assert read(write(tmp_path, name, MSP))[0][0].name == "acetone"
    assert read(write(tmp_path, name, MASSBANK.format(1)))[0][0].accession == "MSBNK-T-1"
    assert read(write(tmp_path, name, MSP.encode("utf-16")))[0][0].name == "acetone"


def test_msp_that_keeps_tags_of_massbank_is_still_msp(tmp_path):
    tagged = "Name: acetone\nID: MSBNK-T-1\nRECORD_TITLE: acetone; EI-B\nAC$INSTRUMENT_TYPE: EI-B\nNum Peaks: 1\n43 999\n"
    (record,), problems = read(write(tmp_path, "a.msp", tagged))
    assert (record.name, record.accession, problems) == ("acetone", "MSBNK-T-1", [])


def test_inchikey_is_computed_from_the_structure_where_the_file_has_none(tmp_path):
    (record,), _ = read(write(tmp_path, "a.msp", MSP))
    assert (record.inchikey, record.formula, record.nominal_mass) == ("CSCPPACGZOOCGX-UHFFFAOYSA-N", "C3H6O", 58)


def test_folder_is_read_with_its_folders_and_zips_in_order(tmp_path):
    write(tmp_path, "b/2.txt", MASSBANK.format(2))
    write(tmp_path, "a/1.txt", MASSBANK.format(1))
    write(tmp_path, "c.msp", MSP)
    zipped(tmp_path, {"in/9.txt": MASSBANK.format(9)})
    write(tmp_path, ".git/x", MASSBANK.format(5))
    records, problems = read(tmp_path)
    assert [record.accession for record in records] == [None, "MSBNK-T-9", "MSBNK-T-1", "MSBNK-T-2"]
    assert problems == []
    assert records[1].source_file == f"{tmp_path}/z.zip/in/9.txt"


def test_readme_among_the_spectra_is_mentioned_and_no_rejected_record(tmp_path):
    path = zipped(tmp_path, {"README.md": "# Records", "1.txt": MASSBANK.format(1), "empty.txt": "", "__MACOSX/._1.txt": "x"})
    records, problems = read(path)
    assert len(records) == 1
    assert [(problem.file, problem.rejected) for problem in problems] == [
        (f"{path}/README.md", False),
        (f"{path}/empty.txt", False),
    ]


def test_single_unreadable_file_is_refused_naming_what_is_understood(tmp_path):
    with pytest.raises(UnreadableFile, match=r"MSP and AMDIS \.msl files, MassBank records"):
        sources([write(tmp_path, "a.msp", "nothing of the kind")])
    with pytest.raises(UnreadableFile, match="netCDF"):
        sources([write(tmp_path, "a.cdf", b"CDF\x01\x00\x00")])
    with pytest.raises(UnreadableFile, match="empty"):
        sources([write(tmp_path, "e.msp", "")])
    with pytest.raises(UnreadableFile, match="does not exist"):
        sources([tmp_path / "none"])
    with pytest.raises(UnreadableFile, match="holds no file"):
        sources([write(tmp_path, "d/a.txt", "x").parent])
    with pytest.raises(UnreadableFile, match="holds no spectra"):
        sources([zipped(tmp_path, {"a.txt": "x"})])


def test_damaged_zip_is_refused_in_words(tmp_path):
    whole = zipped(tmp_path, {"1.txt": MASSBANK.format(1)}).read_bytes()
    with pytest.raises(UnreadableFile, match="damaged zip"):
        sources([write(tmp_path, "cut.zip", whole[: len(whole) // 2])])


def test_damaged_member_costs_only_itself(tmp_path):
    path = zipped(tmp_path, {f"{i}.txt": MASSBANK.format(i) * 20 for i in range(3)})
    with zipfile.ZipFile(path) as archive:
        place = archive.infolist()[1].header_offset + 60
    data = bytearray(path.read_bytes())
    data[place : place + 20] = b"\xff" * 20
    path.write_bytes(bytes(data))
    records, problems = read(path)
    assert len([record for record in records if record.accession in ("MSBNK-T-0", "MSBNK-T-2")]) == 40
    assert [problem.rejected for problem in problems] == [True]


def test_encrypted_zip_is_refused_in_words(tmp_path):
    path = zipped(tmp_path, {"1.txt": MASSBANK.format(1)})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableFile, match="password"):
        sources([path])


def test_zip_bomb_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FREE_BYTES", 1 << 20)
    path = zipped(tmp_path, {"1.txt": MASSBANK.format(1), "bomb.txt": b"0" * (8 << 20)})
    with pytest.raises(UnreadableFile, match="would unpack to"):
        sources([path])
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1)
    with pytest.raises(UnreadableFile, match="more than"):
        sources([path])


def test_archive_within_an_archive_is_mentioned(tmp_path):
    inner = zipped(tmp_path, {"1.txt": MASSBANK.format(1)}, "inner.zip").read_bytes()
    records, problems = read(zipped(tmp_path, {"inner.zip": inner, "2.txt": MASSBANK.format(2)}))
    assert [record.accession for record in records] == ["MSBNK-T-2"]
    assert "archive within an archive" in problems[0].what


def test_progress_counts_the_bytes_read(tmp_path):
    path = zipped(tmp_path, {f"{i}.txt": MASSBANK.format(i) for i in range(5)})
    (source,) = sources([path])
    seen = [source.done for _ in source.records()]
    assert seen == sorted(seen)
    assert 0 < seen[0] < source.size == len(MASSBANK.format(1)) * 5


@pytest.mark.data
def test_whole_massbank_selection_is_read(shared_massbank):
    import csv

    (source,) = sources([shared_massbank / "records.zip"])
    found = {item.accession: item for item in source.records() if isinstance(item, SpectrumRecord)}
    with (shared_massbank / "index.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(found) == 11969
    assert all(found[row["accession"]].inchikey for row in rows if row["inchikey"])


@pytest.fixture
def shared_massbank(request):
    folder = request.config.rootpath.parent / "shared" / "data" / "massbank_ei"
    if not folder.is_dir():
        pytest.skip("../shared/data/massbank_ei is not there")
    return folder
