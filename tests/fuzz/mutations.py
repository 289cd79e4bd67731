"""Damage to files: what discs, downloads, editors and other programs do to them, and worse."""

from __future__ import annotations

import random

MAX_BYTES = 1 << 18

_PIECES = (
    b"\x00", b"\x00" * 500, b"\xff", b"\r", b"\n", b"\r\n\r\n", b"\x1a", b"\xef\xbb\xbf", b" ", b"\t", b";", b":", b"=", b",",
    b"\"", b"'", b"(", b")", b"[", b"<", b">", b"##", b"##END=\n", b"##TITLE=\n", b"$$", b"$$$$\n", b"//\n", b"Name: ",
    b"Num Peaks: ", b"Num Peaks: 99999999999\n", b"BEGIN IONS\n", b"END IONS\n", b"> <MASS SPECTRAL PEAKS>\n", b"M  END\n",
    b"nan", b"inf", b"1e999", b"-1", b"1e-320", b"0", b"9" * 400, b"1" * 5000, b" " * 5000, b"A" * 5000, b"\"" * 3000,
    b"(" * 3000, b"1,5", b"1.2.3",
    b"Z99999999999", b"%%%%", b"J9T9", "é–µ".encode(), "é–µ".encode("cp1252"), "カフェイン".encode("cp932"), b"\xf0\x9f\x92\xa5",
    b"PK\x03\x04", b"\x1f\x8b\x08", b"CDF\x01", b"<!ENTITY a \"b\">", b"&a;&a;", b"m/z,intensity\n",
    b"SMILES: " + b"C(" * 500 + b"\n",
)  # fmt: skip


def mutated(data: bytes, chance: random.Random, other: bytes = b"") -> bytes:
    """`data` with one to six changes; `other` is what pieces may be taken from."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        data = chance.choice(_CHANGES)(data, chance, other)[:MAX_BYTES]
    return data


def damaged_within(data: bytes, chance: random.Random) -> bytes:
    """`data` with a few bytes changed, none of them to or from an end of line."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20 if len(data) > 200 else 2))):
        place = chance.randrange(len(changed))
        if changed[place] not in b"\r\n":
            changed[place] = chance.choice((*range(9), *range(14, 256)))
    return bytes(changed)


def _part(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 2, 8, 80, 800, 8000)))


def _flip(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 10, 100)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _scramble(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    start, end = _part(data, chance)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def _cut(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _behead(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    return data[chance.randrange(len(data) + 1) :]


def _delete(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    start, end = _part(data, chance)
    return data[:start] + data[end:]


def _double(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    start, end = _part(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 50)) + data[end:]


def _insert(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_PIECES) + data[place:]


def _splice(data: bytes, chance: random.Random, other: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    start, end = _part(other, chance)
    return data[:place] + other[start:end] + data[chance.choice((place, min(len(data), place + end - start))) :]


def _swap_lines(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    lines = data.split(b"\n")
    one, another = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[another] = lines[another], lines[one]
    return b"\n".join(lines)


def _number(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    places = [place for place, byte in enumerate(data[: 1 << 14]) if 48 <= byte <= 57]
    if not places:
        return data
    place = chance.choice(places)
    return (
        data[:place]
        + chance.choice((b"-1", b"0", b"nan", b"1e308", b"99999999999", b".", b"", b"1e-9", b"5,5"))
        + data[place + 1 :]
    )


def _line_ends(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b" ", b"")))


def _encode(data: bytes, chance: random.Random, _other: bytes) -> bytes:
    text = data[: 1 << 15].decode("latin-1")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "utf-32")), "replace")


_CHANGES = (
    _flip, _flip, _scramble, _cut, _behead, _delete, _delete, _double, _insert, _insert, _insert, _splice, _splice, _swap_lines,
    _number, _number, _line_ends, _encode,
)  # fmt: skip
