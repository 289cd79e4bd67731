"""Model versions as files: one .bitspec file out, and in again after everything about it was checked.

An exported file holds the version, the bases that it needs (but for the one that comes with BitSpec), and what is registered of
them. It holds no spectrum and no structure of the user's; the weights are accompanied, as those of every model, by fingerprints
and checksums of the compounds that were trained on, by which later predictions know what is unlike them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bitspec_gui import __version__
from bitspec_gui.domain.errors import ModelFileError, VersionError
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.formats.model_archive import Content, Member, is_model_archive, read_archive, write_archive
from bitspec_gui.formats.tensor_files import check_tensor_file
from bitspec_gui.services.atomic_text import replacing_file
from bitspec_gui.services.version_changes import VersionChanges
from bitspec_gui.services.version_headers import VersionHeader, check_weights, json_bytes, read_header, rewrite_name
from bitspec_gui.services.version_manifest import (
    MODEL_MEMBER,
    WEIGHTS_MEMBER,
    ExportedModel,
    exported,
    member_name,
    models_as_json,
    models_of,
)
from bitspec_gui.services.version_names import checked_name

SUFFIX = ".bitspec"


@dataclass(frozen=True)
class ExportedVersion:
    """A file that was written. ``sha256``, which sender and receiver compare, is of the whole; ``holds`` names the models."""

    path: Path
    sha256: str
    size_bytes: int
    holds: tuple[str, ...]


@dataclass(frozen=True)
class ImportedVersion:
    """What came of an import. ``already_there``: the same weights were registered before, and nothing was changed."""

    version: RegisteredVersion
    sha256: str
    already_there: bool
    notes: tuple[str, ...] = ()


def is_version_file(path: Path) -> bool:
    """Whether a file is an exported model version, and no library, which has the same ending; reads its beginning."""
    return is_model_archive(path)


def export_version(registry: VersionChanges, version_id: int, path: Path) -> ExportedVersion:
    """Write a version, with the bases that it needs, to one file: wholly or not at all.

    Raises
    ------
    VersionError
        If it comes with BitSpec, or its files or those of a base are missing or damaged.
    ExportError
        If the file cannot be written.
    """
    version = registry.version(version_id)
    if version.supplied:
        raise VersionError(f"“{version.version.name}” comes with BitSpec: every BitSpec of this edition has it already.")
    path = path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)
    models = [version, *_bases(registry, version)]
    contents = []
    for place, model in enumerate(models):
        contents += _contents(place, model)
    facts = {"bitspec": __version__, "models": models_as_json([exported(each) for each in models])}
    with replacing_file(path) as part:
        sha256 = write_archive(part, facts, contents)
        size = part.stat().st_size
    return ExportedVersion(path, sha256, size, tuple(each.version.name for each in models))


def import_version(registry: VersionChanges, path: Path, *, cancel: CancelToken | None = None) -> ImportedVersion:
    """Take in a version from a file after all that it says was checked and it was loaded in a trial: wholly or not at all.

    Raises
    ------
    VersionError
        If it is no exported version, was changed in any byte, or cannot be used here.
    Cancelled
        On the user's wish.
    """
    with registry.shelf.incoming() as folder:
        manifest, sha256 = read_archive(path, lambda facts, member: _place(folder, path.name, facts, member), cancel)
        models = models_of(manifest, path.name)
        _check_names(models, path.name)
        try:
            staged = _staged(folder, models, path.name)
            if (there := _already_there(registry, models[0])) is not None:
                return replace(there, sha256=sha256)
            _try(registry, models, staged, cancel)
        except ModelFileError as error:
            raise VersionError(f"{path.name} cannot be imported. {error}") from error
        return _take_in(registry, models, staged, sha256)


def _bases(registry: VersionChanges, version: RegisteredVersion) -> list[RegisteredVersion]:
    """Versions that a small one needs, the nearest first, without the one that comes with BitSpec."""
    bases: list[RegisteredVersion] = []
    while version.small:
        header = _header(version)
        base = next((each for each in registry.versions() if each.version.sha256 == header.base_sha256), None)
        if base is None or base in bases:
            raise VersionError(
                f"“{version.version.name}” holds only what changed, and the model {header.base_name} that it needs is not "
                "on this machine: it cannot be exported."
            )
        if base.supplied:
            break
        bases.append(base)
        version = base
    return bases


def _already_there(registry: VersionChanges, model: ExportedModel) -> ImportedVersion | None:
    """The version of these weights if it is registered, or was deleted: then it is brought back."""
    here = next((each for each in registry.versions() if each.version.sha256 == model.sha256), None)
    if here is not None and here.file.is_file():
        said = f"This model is there already: “{here.version.name}”. Nothing was changed."
        return ImportedVersion(here, "", already_there=True, notes=(said,))
    away = next((each for each in registry.removed() if each.version.sha256 == model.sha256), None)
    if here is not None or away is None:
        return None
    try:
        back = registry.restore(away.version_id)
    except VersionError:
        # Its files are gone, or its name is taken: it comes in anew.
        return None
    said = f"This model was deleted here as “{back.version.name}”; it was brought back."
    return ImportedVersion(back, "", already_there=True, notes=(said,))


def _try(registry: VersionChanges, models: list[ExportedModel], staged: Mapping[str, Path], cancel: CancelToken | None) -> None:
    def find(sha256: str) -> Path | None:
        return staged.get(sha256) or registry.find(sha256)

    for model in models:
        if cancel is not None:
            cancel.raise_if_cancelled()
        version = registry.core().check(staged[model.sha256], find)
        if version.sha256 != model.sha256:
            raise ModelFileError(f"The weights of “{model.name}” are not those that its manifest names.")


def _take_in(registry: VersionChanges, models: list[ExportedModel], staged: Mapping[str, Path], sha256: str) -> ImportedVersion:
    notes: list[str] = []
    taken: list[RegisteredVersion] = []
    try:
        # Bases first: at no moment is there a version whose base is not.
        for model in reversed(models):
            if registry.find(model.sha256) is not None:
                continue
            name = registry.free_name(model.name)
            if name != model.name:
                rewrite_name(staged[model.sha256], name)
                notes.append(f"There is another model named “{model.name}”: this one is now “{name}”.")
            taken.append(registry.take_in(staged[model.sha256].parent, _registered(model, name, staged[model.sha256])))
    except BaseException:
        for version in reversed(taken):
            registry.remove(version.version_id)
        raise
    bases = [f"“{each.version.name}”" for each in taken[:-1]]
    if bases:
        notes.append(f"With it came what it needs: {', '.join(bases)}.")
    return ImportedVersion(taken[-1], sha256, already_there=False, notes=tuple(notes))


def _contents(place: int, version: RegisteredVersion) -> list[Content]:
    header = _header(version)
    try:
        check_weights(header)
    except ModelFileError as error:
        raise VersionError(f"“{version.version.name}” cannot be exported. {error}") from error
    values = {**header.values, "name": version.version.name, "weights": WEIGHTS_MEMBER}
    return [
        Content(member_name(place, MODEL_MEMBER), json_bytes(values)),
        Content(member_name(place, WEIGHTS_MEMBER), header.weights),
    ]


def _header(version: RegisteredVersion) -> VersionHeader:
    try:
        return read_header(version.file)
    except ModelFileError as error:
        raise VersionError(f"“{version.version.name}” cannot be exported. {error}") from error


def _place(folder: Path, file: str, manifest: Mapping[str, Any], member: Member) -> Path:
    """Where a member goes: to a name that is made here, not one that the file says."""
    for place in range(len(models_of(manifest, file))):
        for name in (MODEL_MEMBER, WEIGHTS_MEMBER):
            if member.name == member_name(place, name):
                (folder / str(place)).mkdir(exist_ok=True)
                return folder / str(place) / name
    raise VersionError(
        f"{file} cannot be imported: it holds {member.name!r:.80}, which belongs to no model. Nothing was imported."
    )


def _check_names(models: list[ExportedModel], file: str) -> None:
    try:
        for model in models:
            checked_name(model.name)
    except VersionError as error:
        raise VersionError(f"{file} cannot be imported. {error}") from error
    if len({model.sha256 for model in models}) != len(models):
        raise VersionError(f"{file} cannot be imported: it holds the same model twice.")


def _staged(folder: Path, models: list[ExportedModel], file: str) -> dict[str, Path]:
    """Model files that were unpacked, by the sha256 of their weights; each is what the manifest says, and holds tensors only."""
    staged: dict[str, Path] = {}
    for place, model in enumerate(models):
        path = folder / str(place) / MODEL_MEMBER
        header = read_header(path)
        if (header.version, header.small) != (model.version, model.small):
            raise VersionError(
                f"{file} cannot be imported: its manifest says something else of “{model.name}” than the model does."
            )
        if header.weights.name != WEIGHTS_MEMBER or (model.small and header.base_sha256 != model.parent_sha256):
            raise VersionError(f"{file} cannot be imported: the parts of “{model.name}” do not fit together.")
        check_tensor_file(header.weights)
        check_weights(header)
        staged[model.sha256] = path
    return staged


def _registered(model: ExportedModel, name: str, file: Path) -> RegisteredVersion:
    return RegisteredVersion(
        0,
        replace(model.version, name=name),
        file,
        made_at=model.made_at,
        parent_sha256=model.parent_sha256,
        parent_name=model.parent_name,
        small=model.small,
        dataset_name=model.dataset_name,
        dataset_hash=model.dataset_hash,
        settings=model.settings,
        metrics=model.metrics,
        notes=model.notes,
        imported=True,
    )
