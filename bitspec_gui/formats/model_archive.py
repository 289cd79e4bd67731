"""Files of exported model versions (.bitspec): a zip of one layout only, so that what was changed in any byte is not read.

``manifest.json`` comes first and states size and sha256 of every other member; members are stored, not compressed, in the order
of the manifest, with no date and nothing between, before or behind them. The reader goes through the file once from its
beginning and compares every byte that is not content with what the layout asks for: nothing that a zip can say (paths, links,
sizes) is ever obeyed, and nothing is unpacked to a name that the file chose. Any program reads it as a zip.

The same content gives the same bytes, so that sender and receiver can compare one sha256 of the whole file.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bitspec_gui.domain.errors import VersionError
from bitspec_gui.domain.jobs import CancelToken

FORMAT_NAME = "BitSpec model version"
FORMAT_NUMBER = 1
MANIFEST = "manifest.json"
SEAL = "sha256"
"""Key, in the manifest, of the sha256 over the rest of it."""

MOST_MANIFEST_BYTES = 1_000_000
MOST_BYTES = 1_500_000_000
"""Of the whole file: a supplied model has 27 MB, and a small version brings along at most a few bases."""
MOST_MEMBERS = 32

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_DOS_1980 = (0, 0x21)
_PART = 1 << 20
_PICKLED = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".bin", ".npy", ".npz")


@dataclass(frozen=True)
class Member:
    """A member as the manifest states it: its name, its size in bytes and its sha256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Content:
    """A member to be written: its name, and the file or the bytes that it holds."""

    name: str
    source: Path | bytes


def is_model_archive(path: Path) -> bool:
    """Whether a file begins as an exported model version does, whatever became of the rest."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(30 + len(MANIFEST) + 200)
    except OSError:
        return False
    return head.startswith(_LOCAL) and head[30:].startswith(MANIFEST.encode()) and FORMAT_NAME.encode() in head


def write_archive(path: Path, facts: Mapping[str, Any], contents: Sequence[Content]) -> str:
    """Write an archive with a manifest of `facts`; returns the sha256 of the whole file. Raises OSError."""
    measured = [_measured(each) for each in contents]
    stated = [{"name": member.name, "size": member.size, SEAL: member.sha256} for member, _crc in measured]
    manifest = manifest_bytes({"format": FORMAT_NAME, "number": FORMAT_NUMBER, **facts, "members": stated})
    entries = [(MANIFEST, len(manifest), zlib.crc32(manifest))]
    entries += [(member.name, member.size, crc) for member, crc in measured]
    digest = hashlib.sha256()
    with path.open("wb") as stream:

        def write(part: bytes) -> None:
            stream.write(part)
            digest.update(part)

        sources = [manifest, *(each.source for each in contents)]
        for entry, source in zip(entries, sources, strict=True):
            write(_local_header(*entry))
            for part in _parts(source):
                write(part)
        write(_directory(entries))
    return digest.hexdigest()


def read_archive(
    path: Path, place_of: Callable[[Mapping[str, Any], Member], Path], cancel: CancelToken | None = None
) -> tuple[dict[str, Any], str]:
    """Check an archive byte for byte and unpack its members.

    Parameters
    ----------
    place_of : callable
        Given the manifest and a member, where to write that; refuses with `VersionError` what it does not expect.

    Returns
    -------
    tuple
        The manifest, and the sha256 of the whole file.

    Raises
    ------
    VersionError
        If it is no exported model version, or not as it was exported. What was unpacked then is to be thrown away.
    Cancelled
        On the user's wish.
    """
    if not path.is_file():
        # A pipe would keep its reader waiting.
        raise VersionError(f"{path.name} cannot be imported: it is not there, or it is no file.")
    try:
        with path.open("rb") as stream:
            reader = _Reader(path, stream)
            manifest = reader.manifest()
            for member in members_of(manifest, path.name):
                reader.unpack(member, place_of(manifest, member), cancel)
            reader.end()
            return manifest, reader.digest.hexdigest()
    except OSError as error:
        raise VersionError(f"{path.name} cannot be imported: {error.strerror or error}.") from error


def manifest_bytes(values: Mapping[str, Any]) -> bytes:
    """A manifest with its seal, as a file holds it."""
    rest = {key: value for key, value in values.items() if key != SEAL}
    seal = hashlib.sha256(_canonical(rest)).hexdigest()
    return _canonical({**rest, SEAL: seal})


def members_of(manifest: Mapping[str, Any], name: str) -> list[Member]:
    """Members that a manifest states; raises `VersionError` if it garbles them."""
    found = manifest.get("members")
    try:
        if not isinstance(found, list) or not 0 < len(found) <= MOST_MEMBERS:
            raise ValueError("its list of members")
        members = [Member(str(each["name"]), int(each["size"]), str(each[SEAL])) for each in found]
        if any(member.size < 0 for member in members) or sum(member.size for member in members) > MOST_BYTES:
            raise ValueError("the size of a member")
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise VersionError(f"{name} cannot be imported: its manifest garbles {error}.") from error
    return members


class _Reader:
    """Goes through an archive once, from its beginning to its end."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path, self._stream = path, stream
        self._entries: list[tuple[str, int, int]] = []
        self.digest = hashlib.sha256()
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise VersionError(f"{path.name} is larger than a model version can be ({size / 1e6:,.0f} MB); it was not read.")

    def manifest(self) -> dict[str, Any]:
        header = self._read(30 + len(MANIFEST))
        if not header.startswith(_LOCAL) or header[30:] != MANIFEST.encode():
            raise VersionError(why_not_ours(self._path))
        size = int.from_bytes(header[22:26], "little")
        if size > MOST_MANIFEST_BYTES:
            raise VersionError(why_not_ours(self._path))
        content = self._read(size)
        stated_crc = int.from_bytes(header[14:18], "little")
        if header != _local_header(MANIFEST, len(content), stated_crc):
            # Not a damaged file of ours, most likely, but one that another program packed.
            raise VersionError(why_not_ours(self._path))
        self._expect(header, MANIFEST, len(content), zlib.crc32(content))
        try:
            values = json.loads(content, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise self._changed("its manifest is not JSON") from error
        if not isinstance(values, dict) or values.get("format") != FORMAT_NAME:
            raise VersionError(why_not_ours(self._path))
        if values.get("number") != FORMAT_NUMBER:
            raise VersionError(
                f"{self._path.name} has format number {values.get('number')!r:.20}; this BitSpec reads {FORMAT_NUMBER}. "
                "A newer BitSpec may read it."
            )
        if content != manifest_bytes(values):
            raise self._changed("its manifest does not bear its own sha256")
        return values

    def unpack(self, member: Member, place: Path, cancel: CancelToken | None) -> None:
        header = self._read(30 + len(member.name.encode()))
        crc, left, digest = 0, member.size, hashlib.sha256()
        with place.open("xb") as target:
            while left:
                if cancel is not None:
                    cancel.raise_if_cancelled()
                part = self._read(min(left, _PART))
                if not part:
                    raise self._changed("it ends too early")
                crc, left = zlib.crc32(part, crc), left - len(part)
                digest.update(part)
                target.write(part)
        if digest.hexdigest() != member.sha256:
            raise self._changed(f"{member.name} does not have the sha256 that the manifest states")
        self._expect(header, member.name, member.size, crc)

    def end(self) -> None:
        expected = _directory(self._entries)
        if self._read(len(expected) + 1) != expected:
            raise self._changed("its table of contents is another one")

    def _expect(self, header: bytes, name: str, size: int, crc: int) -> None:
        if header != _local_header(name, size, crc):
            raise self._changed(f"what it says of {name} is not true")
        self._entries.append((name, size, crc))

    def _read(self, size: int) -> bytes:
        part = self._stream.read(size)
        self.digest.update(part)
        return part

    def _changed(self, how: str) -> VersionError:
        return VersionError(
            f"{self._path.name} is not as it was exported ({how}): it was damaged or changed on its way. Nothing was imported."
        )


def why_not_ours(path: Path) -> str:
    """Sentence that says what a file is that is no exported model version, as far as its first bytes and its names tell."""
    name = path.name
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        return f"{name} cannot be read: {error.strerror or error}."
    if head.startswith(b"\x1f\x8b"):
        return f"{name} is no model version. If it is a library of spectra, add it on the Library tab."
    if head.startswith(_LOCAL):
        return _why_not_this_zip(path)
    if len(head) > 1 and head[0] == 0x80 and head[1] <= 5:
        return f"{name} is a pickled file, which can run programs when it is read; BitSpec reads none. Nothing was imported."
    if path.suffix.lower() in _PICKLED:
        return f"{name} is not a model version of BitSpec, and files like it can run programs when they are read."
    if head[8:9] == b"{":
        return f"{name} holds bare weights (safetensors). Import the .bitspec file that BitSpec exports."
    return f"{name} is not a model version that BitSpec exported (.bitspec). Nothing was imported."


def _why_not_this_zip(path: Path) -> str:
    refused = f"{path.name} is not a model version as BitSpec exports it"
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, OverflowError):
        return f"{refused}: it is damaged. Nothing was imported."
    names = [info.filename for info in infos]
    fault = _zip_fault(infos)
    if pickled := next((name for name in names if name.lower().endswith(_PICKLED)), None):
        return (
            f"{refused}: it holds {pickled!r:.80}, a pickled file, which can run programs when it is read. Nothing was imported."
        )
    return f"{refused}{fault}. Nothing was imported."


def _zip_fault(infos: Iterable[zipfile.ZipInfo]) -> str:
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        # `orig_filename` is as it stands in the file; zipfile turns backslashes on some systems.
        stated = info.orig_filename
        if stated.startswith("/") or "\\" in stated or ".." in stated.split("/") or stated[1:2] == ":":
            return f": it holds a path outside its folder ({stated!r:.80})"
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            return f": it holds a link ({name!r:.80})"
        if info.flag_bits & 1:
            return ": it is encrypted"
        if name in seen:
            return f": it holds {name!r:.80} twice"
        if info.compress_type != zipfile.ZIP_STORED:
            return ": it was packed anew by another program. Ask for the file as it was exported"
        seen.add(name)
    return ": it was packed by another program" if MANIFEST in seen else ""


def _canonical(values: Mapping[str, Any]) -> bytes:
    # The format comes first, so that it can be told from the first bytes; the rest by alphabet.
    ordered = {"format": values.get("format"), **{key: values[key] for key in sorted(values) if key != "format"}}
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="surrogatepass")


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _measured(content: Content) -> tuple[Member, int]:
    size, crc, digest = 0, 0, hashlib.sha256()
    for part in _parts(content.source):
        size, crc = size + len(part), zlib.crc32(part, crc)
        digest.update(part)
    return Member(content.name, size, digest.hexdigest()), crc


def _parts(source: Path | bytes) -> Iterable[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as stream:
        while part := stream.read(_PART):
            yield part


def _local_header(name: str, size: int, crc: int) -> bytes:
    encoded = name.encode()
    return _LOCAL + struct.pack("<5H3L2H", 20, 0, 0, *_DOS_1980, crc, size, size, len(encoded), 0) + encoded


def _directory(entries: Sequence[tuple[str, int, int]]) -> bytes:
    offset, central = 0, b""
    for name, size, crc in entries:
        encoded = name.encode()
        fixed = struct.pack("<6H3L5H2L", 20, 20, 0, 0, *_DOS_1980, crc, size, size, len(encoded), 0, 0, 0, 0, 0, offset)
        central += _CENTRAL + fixed + encoded
        offset += 30 + len(encoded) + size
    return central + _END + struct.pack("<4H2LH", 0, 0, len(entries), len(entries), len(central), offset, 0)
