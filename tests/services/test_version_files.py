"""Model versions as .bitspec files: out, in on another machine, and everything that a file from elsewhere can be."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_versions import Machine, read_header, tensors, without_ids, write_model

from bitspec_gui.domain.errors import BitSpecError, Cancelled, ExportError, ModelFileError, VersionError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.formats import model_archive
from bitspec_gui.formats.model_archive import Content, write_archive
from bitspec_gui.formats.tensor_files import check_tensor_file
from bitspec_gui.services.version_files import is_version_file
from bitspec_gui.services.version_manifest import exported, models_as_json


@pytest.fixture
def here(tmp_path: Path):
    made = Machine(tmp_path / "here")
    yield made
    made.store.close()


@pytest.fixture
def there(tmp_path: Path):
    made = Machine(tmp_path / "there")
    yield made
    made.store.close()


@pytest.fixture
def sent(here, tmp_path) -> Path:
    return here.registry.export(here.tuned("Lab 1").version_id, tmp_path / "Lab 1.bitspec").path


def files_of(machine: Machine) -> dict[str, bytes]:
    root = machine.folder.parent
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file() and "sqlite" not in file.name and file.suffix != ".bitspec"
    }


def test_a_version_arrives_on_another_machine_as_it_was_sent(here, there, tmp_path):
    tuned = here.tuned("Lab 1", response=True)
    here.registry.set_notes(tuned.version_id, "column 5 ms")
    file = here.registry.export(tuned.version_id, tmp_path / "to Ann")
    assert file.path.name == "to Ann.bitspec"
    assert is_version_file(file.path)
    assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256
    arrived = there.registry.import_file(file.path)
    assert (arrived.sha256, arrived.already_there, arrived.version.imported) == (file.sha256, False, True)
    assert without_ids(arrived.version) == without_ids(here.registry.version(tuned.version_id))
    assert there.registry.use(arrived.version.version_id).active
    assert there.registry.verdict(arrived.version.version_id) is None
    assert there.registry.problems() == []


def test_the_same_version_gives_the_same_bytes_and_none_of_the_users_spectra(here, tmp_path):
    tuned = here.tuned("Lab 1")
    first = here.registry.export(tuned.version_id, tmp_path / "one.bitspec")
    second = here.registry.export(tuned.version_id, tmp_path / "two.bitspec")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert b"secret peaks" not in first.path.read_bytes()
    assert str(tmp_path).encode() not in first.path.read_bytes()


def test_any_program_reads_an_exported_file_as_a_zip(sent):
    with zipfile.ZipFile(sent) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "models/0/model.json", "models/0/model.safetensors"]
        manifest = json.loads(archive.read("manifest.json"))
        for member in manifest["members"]:
            assert hashlib.sha256(archive.read(member["name"])).hexdigest() == member["sha256"]
    (model,) = manifest["models"]
    assert (model["licence"], model["parent_name"], model["dataset_name"]) == ("CC BY-NC-SA 4.0", "bitspec-ei-2", "GC lab")
    assert (model["settings"]["epochs"], model["metrics"]["gain"]["mean"]) == (7, 0.11)


def test_a_small_version_brings_the_bases_that_do_not_come_with_bitspec(here, there, tmp_path):
    whole = here.tuned("Lab 1", small=False)
    small = here.tuned("Lab 1b", parent=whole)
    smaller = here.tuned("Lab 1c", parent=small)
    file = here.registry.export(smaller.version_id, tmp_path / "chain.bitspec")
    assert file.holds == ("Lab 1c", "Lab 1b", "Lab 1")
    arrived = there.registry.import_file(file.path)
    assert there.names() == ["bitspec-ei-2", "Lab 1", "Lab 1b", "Lab 1c"]
    assert arrived.version.version.name == "Lab 1c"
    assert "“Lab 1”, “Lab 1b”" in arrived.notes[0]
    assert there.registry.problems() == []


def test_importing_again_makes_no_twin_and_a_deleted_one_comes_back(there, sent):
    first = there.registry.import_file(sent).version
    again = there.registry.import_file(sent)
    assert (again.already_there, again.version.version_id) == (True, first.version_id)
    there.registry.remove(first.version_id)
    back = there.registry.import_file(sent)
    assert (back.already_there, back.version.version_id) == (True, first.version_id)
    assert "brought back" in back.notes[0]
    assert there.names() == ["bitspec-ei-2", "Lab 1"]


def test_a_name_that_is_taken_gets_a_number(there, sent):
    mine = there.tuned("lab 1", small=False)
    arrived = there.registry.import_file(sent)
    assert arrived.version.version.name == "Lab 1 (2)"
    assert read_header(arrived.version.file).version.name == "Lab 1 (2)"
    assert "“Lab 1 (2)”" in arrived.notes[0]
    assert there.registry.version(mine.version_id).version.name == "lab 1"


def test_a_version_that_needs_a_base_nobody_has_is_not_taken_in(here, tmp_path):
    tuned = here.tuned("Lab 1")
    file = here.registry.export(tuned.version_id, tmp_path / "Lab 1.bitspec").path
    elsewhere = Machine(tmp_path / "older")
    write_model(elsewhere.supplied, "bitspec-ei-1", b"an older one")
    with pytest.raises(VersionError, match="needs the model bitspec-ei-2, which is not on this machine"):
        elsewhere.registry.import_file(file)
    assert elsewhere.names() == ["bitspec-ei-1"]
    elsewhere.store.close()


def test_a_version_that_fails_its_trial_is_not_taken_in(there, sent):
    there.core.refused.add("Lab 1")
    with pytest.raises(VersionError, match="no numbers"):
        there.registry.import_file(sent)
    assert there.names() == ["bitspec-ei-2"]
    assert not any(there.models.iterdir())


def test_a_cancelled_import_leaves_nothing(there, sent):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        there.registry.import_file(sent, cancel=token)
    assert there.names() == ["bitspec-ei-2"]
    assert not any(there.models.iterdir())


def test_the_supplied_and_damaged_versions_are_not_exported(here, tmp_path):
    tuned = here.tuned("Lab 1")
    tuned.file.with_suffix(".safetensors").write_bytes(b"cut")
    with pytest.raises(VersionError, match="comes with BitSpec"):
        here.registry.export(0, tmp_path / "x.bitspec")
    with pytest.raises(VersionError, match="damaged"):
        here.registry.export(tuned.version_id, tmp_path / "x.bitspec")
    assert not (tmp_path / "x.bitspec").exists()
    whole = here.tuned("Lab 2")
    with pytest.raises(ExportError, match="folder does not exist"):
        here.registry.export(whole.version_id, tmp_path / "no such" / "x.bitspec")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_that_was_changed_anywhere_is_refused_and_leaves_nothing(there, sent, data):
    content = bytearray(sent.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut", "insert", "end", "swap"]))
    if kind == "flip":
        content[place] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del content[place : place + data.draw(st.integers(1, 300))]
    elif kind == "insert":
        content[place:place] = data.draw(st.binary(min_size=1, max_size=50))
    elif kind == "end":
        content += data.draw(st.binary(min_size=1, max_size=50))
    else:
        content = content[place:] + content[:place] if place else content + b"\0"
    tampered = sent.with_name("tampered.bitspec")
    tampered.write_bytes(content)
    before = files_of(there)
    with pytest.raises(BitSpecError) as refused:
        there.registry.import_file(tampered)
    assert isinstance(refused.value, VersionError)
    assert "tampered.bitspec" in str(refused.value)
    assert there.names() == ["bitspec-ei-2"]
    assert files_of(there) == before


def test_no_byte_of_a_file_can_be_changed_unseen(sent, tmp_path):
    content = sent.read_bytes()
    tampered = tmp_path / "tampered.bitspec"
    target = tmp_path / "member"
    unseen = []

    def place_of(_manifest, _member):
        target.unlink(missing_ok=True)
        return target

    for place in range(0, len(content), 9):
        tampered.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            model_archive.read_archive(tampered, place_of)
        except VersionError:
            continue
        unseen.append(place)
    assert unseen == []


def rezipped(sent: Path, change=lambda archive, name, content: archive.writestr(name, content), extra=()) -> Path:
    path = sent.with_name("packed.bitspec")
    with zipfile.ZipFile(sent) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            change(target, name, source.read(name))
        for name, content in extra:
            target.writestr(name, content)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("../../evil.json", "x"), "outside its folder"),
        (("/etc/evil", "x"), "outside its folder"),
        (("..\\evil.json", "x"), "outside its folder"),
        (("C:/evil.json", "x"), "outside its folder"),
        ((link("models/0/link"), "/etc/passwd"), "holds a link"),
        (("models/0/model.json", "{}"), "twice"),
        (("weights/data.pkl", pickle.dumps([1])), "data.pkl', a pickled file"),
        (("readme.txt", "x"), "packed by another program"),
    ],
)
def test_a_zip_that_holds_what_it_should_not_is_refused_by_name(there, sent, extra, said):
    before = files_of(there)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Duplicate name")
        path = rezipped(sent, extra=[extra])
    with pytest.raises(VersionError, match=said):
        there.registry.import_file(path)
    assert files_of(there) == before


def test_a_zip_bomb_is_refused_without_being_unpacked(there, sent):
    def packed(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
        archive.writestr(name, b"\0" * 50_000_000 if name.endswith("safetensors") else content, zipfile.ZIP_DEFLATED)

    with pytest.raises(VersionError, match="packed anew by another program"):
        there.registry.import_file(rezipped(sent, packed))
    assert not any(there.models.iterdir())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.pt", pickle.dumps({"a": 1}), "pickled file, which can run programs"),
        ("model.bitspec", pickle.dumps({"a": 1}), "pickled file, which can run programs"),
        ("spectra.bitspec", b"\x1f\x8b\x08\x00rest", "library of spectra"),
        ("bare.safetensors", tensors(b"12345678"), "bare weights"),
        ("empty.bitspec", b"", "not a model version"),
        ("words.bitspec", b"Name: toluene\n", "not a model version"),
        ("cut.bitspec", b"PK\x03\x04\x14", "damaged"),
    ],
)
def test_other_files_are_refused_by_what_they_are(there, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VersionError, match=said):
        there.registry.import_file(tmp_path / name)
    assert not is_version_file(tmp_path / name)


def test_files_that_cannot_be_opened_are_told(there, tmp_path):
    for path in (tmp_path / "absent.bitspec", tmp_path):
        with pytest.raises(VersionError, match="cannot be imported"):
            there.registry.import_file(path)


# Files of the right layout whose makers lie: everything is signed, and still contradicts itself.


def forged(here: Machine, path: Path, facts=None, header=None, blob: bytes | None = None, members=None) -> Path:
    tuned = here.tuned("Lab 1")
    values = json.loads(tuned.file.read_text(encoding="utf-8")) | {"weights": "model.safetensors"} | (header or {})
    weights = tuned.file.with_suffix(".safetensors").read_bytes() if blob is None else blob
    contents = members or [
        Content("models/0/model.json", json.dumps(values).encode()),
        Content("models/0/model.safetensors", weights),
    ]
    (model,) = models_as_json([exported(tuned)])
    write_archive(path, {"bitspec": "0", "models": [model | (facts or {})]}, contents)
    return path


def seal(blob: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(blob).hexdigest()}


OTHER = b"no tensors"
OVERLAPPING = (len(b'{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}')).to_bytes(8, "little") + (
    b'{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}' + b"123"
)


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ({"facts": {"name": "Lab 9"}}, "says something else of “Lab 9”"),
        ({"facts": {"licence": "public domain"}}, "says something else"),
        ({"facts": {"name": "a\nb"}}, "line breaks"),
        ({"facts": {"sha256": "0" * 64}}, "says something else"),
        ({"facts": {"metrics": {"before": "high"}}}, "garbles"),
        ({"facts": {"settings": {"strategy": "alchemy"}}}, "garbles"),
        ({"facts": {"notes": "x" * 30_000}}, "longer"),
        ({"header": {"weights": "../../../weights.safetensors"}}, "outside its folder"),
        ({"header": {"weights": "other.safetensors"}}, "do not fit together"),
        ({"header": {"format": 99}}, "format 99"),
        ({"header": {"base": {"name": "x", "sha256": "1" * 64}}}, "do not fit together"),
        ({"blob": tensors(b"others")}, "sha256 is not the one"),
        ({"blob": OTHER, "header": seal(OTHER), "facts": seal(OTHER)}, "impossible length"),
        ({"blob": OVERLAPPING, "header": seal(OVERLAPPING), "facts": seal(OVERLAPPING)}, "overlap or leave gaps"),
        ({"members": [Content("models/0/model.json", b"{}")]}, "lacks|format None"),
        ({"members": [Content("../evil.json", b"{}")]}, "belongs to no model"),
        ({"members": [Content("models/0/model.json", b"{" * 100_000)]}, "not JSON"),
        ({"members": [Content("models/0/model.json", b"{}")] * 2}, "cannot be imported"),
    ],
)
def test_a_well_formed_file_that_contradicts_itself_is_refused(here, there, tmp_path, lie, said):
    path = forged(here, tmp_path / "forged.bitspec", **lie)
    before = files_of(there)
    with pytest.raises(VersionError, match=said):
        there.registry.import_file(path)
    assert there.names() == ["bitspec-ei-2"]
    assert files_of(there) == before


def test_an_honest_forgery_is_what_the_others_deviate_from(here, there, tmp_path):
    assert there.registry.import_file(forged(here, tmp_path / "f.bitspec")).version.version.name == "Lab 1"


@pytest.mark.parametrize(
    "facts",
    [{}, {"models": []}, {"models": "all"}, {"models": [3]}, {"models": [{}] * 40}, {"number": 2}, {"format": "another"}],
)
def test_a_manifest_that_says_nothing_useful_is_refused(there, tmp_path, facts):
    path = tmp_path / "made.bitspec"
    write_archive(path, facts, [Content("models/0/model.json", b"{}")])
    with pytest.raises(VersionError):
        there.registry.import_file(path)


@pytest.mark.parametrize(
    "header",
    [
        '{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"OBJECT","shape":[4],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,4],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"U8","shape":[true,4],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}',
        '{"a":[]}',
        "{}",
        "[]",
        "[" * 10_000,
    ],
)
def test_weights_whose_header_cannot_be_true_are_refused(tmp_path, header):
    path = tmp_path / "w.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode() + b"1234")
    with pytest.raises(ModelFileError):
        check_tensor_file(path)


def test_weights_as_safetensors_writes_them_pass(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "w.safetensors"
    arrays = {"a": np.zeros((3, 4), np.float16), "b": np.ones(5, np.int64), "c": np.zeros((0, 2), np.uint8)}
    save_file(arrays, path, metadata={"bitspec": "x"})
    assert check_tensor_file(path) == 3


def test_a_folder_that_cannot_be_written_is_told(there, sent):
    there.models.parent.mkdir(parents=True, exist_ok=True)
    there.models.write_text("in the way", encoding="utf-8")
    with pytest.raises(VersionError, match="folder of the models cannot be written"):
        there.registry.import_file(sent)
    assert there.names() == ["bitspec-ei-2"]


def test_a_full_disk_leaves_nothing_of_an_import_or_an_export(here, there, sent, tmp_path, monkeypatch):
    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VersionError, match="No space left"):
        there.registry.import_file(sent)
    with pytest.raises(ExportError, match="the disk is full"):
        here.registry.export(here.registry.by_name("Lab 1").version_id, tmp_path / "again.bitspec")
    assert there.names() == ["bitspec-ei-2"]
    assert not any(there.models.iterdir())
    assert not (tmp_path / "again.bitspec").exists()
