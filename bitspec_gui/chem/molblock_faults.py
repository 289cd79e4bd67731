"""Where a molblock goes wrong, in words, by BIOVIA's CTfile Formats (2020); and a header set right that was cut when copied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bitspec_gui.chem.smiles_faults import TextFault, known_symbols

_HEADER = 3
_ANY_ATOM = ("*", "A", "Q", "X", "M", "L", "LP", "R", "R#", "D", "T", "Pol", "Mod")
_PROPERTY = re.compile(r"M  (CHG|RAD|ISO|RGP)")


def with_whole_header(molblock: str) -> str:
    """The molblock with the three lines before its counts line: clipboards and web pages cut blank ones, and add others."""
    lines = molblock.splitlines()
    at = next((place for place, line in enumerate(lines) if line.rstrip().endswith(("V2000", "V3000"))), None)
    if at is None or at == _HEADER:
        return molblock
    return "\n".join(([""] * _HEADER + lines)[at:] if at < _HEADER else lines[at - _HEADER :]) + "\n"


def molblock_fault(molblock: str) -> TextFault:
    """What is wrong with a molblock that RDKit does not read, the line named; the position is that of the line's start."""
    lines = molblock.splitlines()
    found = _fault_of_v3000(lines) if any("V3000" in line for line in lines[:6]) else _fault_of_v2000(lines)
    if found is None:
        return TextFault("its atoms and bonds do not form a molecule")
    line, words = found
    return TextFault(f"{words} in line {line + 1}", line_start(molblock, line))


def line_start(text: str, line: int) -> int:
    """Place of the first character of a line (0-based)."""
    return sum(len(each) for each in text.splitlines(keepends=True)[:line])


def atom_line(molblock: str, atom: int) -> int | None:
    """Line (0-based) of an atom (0-based) of a molblock; None if it is not found."""
    lines = molblock.splitlines()
    begin = next((place for place, line in enumerate(lines) if line.startswith("M  V30 BEGIN ATOM")), _HEADER)
    return begin + 1 + atom if begin + 1 + atom < len(lines) else None


def _fault_of_v2000(lines: Sequence[str]) -> tuple[int, str] | None:
    if len(lines) <= _HEADER:
        return max(len(lines) - 1, 0), "the molblock ends before its fourth line, which says how many atoms there are,"
    counts = _whole(lines[_HEADER][:3]), _whole(lines[_HEADER][3:6])
    if counts[0] is None or counts[1] is None:
        return _HEADER, "the numbers of atoms and bonds cannot be read"
    atoms, bonds = counts[0], counts[1]
    for place in range(_HEADER + 1, _HEADER + 1 + atoms + bonds):
        if place >= len(lines) or lines[place].startswith("M  "):
            return min(place, len(lines) - 1), f"{atoms} atoms and {bonds} bonds are announced, but they end"
        words = _atom_fault(lines[place]) if place <= _HEADER + atoms else _bond_fault(lines[place], atoms)
        if words:
            return place, words
    return _property_fault(lines, _HEADER + 1 + atoms + bonds, atoms)


def _atom_fault(line: str) -> str:
    for axis, start in (("x", 0), ("y", 10), ("z", 20)):
        if not _is_number(line[start : start + 10]):
            return f"the coordinate {axis} cannot be read"
    symbol = line[30:34].strip()
    if symbol not in known_symbols() and symbol not in _ANY_ATOM and not symbol.startswith("R"):
        return f"there is no element “{symbol}”, as"
    return ""


def _bond_fault(line: str, atoms: int) -> str:
    ends = _whole(line[:3]), _whole(line[3:6])
    for end in ends:
        if end is None or not 1 <= end <= atoms:
            return f"a bond leads to an atom that is not there (there are {atoms})"
    if ends[0] == ends[1]:
        return "a bond leads from an atom to itself"
    order = _whole(line[6:9])
    return "" if order is not None and 1 <= order <= 9 else "a bond has no order from 1 to 3"


def _property_fault(lines: Sequence[str], start: int, atoms: int) -> tuple[int, str] | None:
    for place in range(start, len(lines)):
        line = lines[place]
        if line.startswith("M  END"):
            return None
        if _PROPERTY.match(line):
            values = [_whole(part) for part in line[9:].split()]
            if not values or None in values or any(not 1 <= (atom or 0) <= atoms for atom in values[::2]):
                return place, f"a property ({line[3:6]}) of an atom that is not there, or without a value,"
    return max(len(lines) - 1, 0), "“M  END” is missing"


def _fault_of_v3000(lines: Sequence[str]) -> tuple[int, str] | None:
    section, atoms = "", set()
    for place, line in enumerate(lines):
        if not line.startswith("M  V30 "):
            continue
        parts = line[7:].split()
        if parts[:1] in (["BEGIN"], ["END"]):
            section = parts[1] if len(parts) > 1 and parts[0] == "BEGIN" else ""
        elif section == "ATOM":
            if len(parts) < 6 or not all(map(_is_number, parts[2:5])):
                return place, "an atom cannot be read"
            if parts[1] not in known_symbols() and parts[1] not in _ANY_ATOM:
                return place, f"there is no element “{parts[1]}”, as"
            atoms.add(parts[0])
        elif section == "BOND" and (len(parts) < 4 or not {parts[2], parts[3]} <= atoms or parts[2] == parts[3]):
            return place, "a bond leads to an atom that is not there"
    if not any(line.startswith("M  END") for line in lines):
        return max(len(lines) - 1, 0), "“M  END” is missing"
    return None


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e9
    except ValueError:
        return False
