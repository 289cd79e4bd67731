"""Where a SMILES goes wrong, in words, and where in it each atom stands.

The grammar is that of OpenSMILES 1.0 (http://opensmiles.org/opensmiles.html) with what RDKit takes beyond it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem, rdBase

_LONGEST_TRIED = 400
_ORGANIC = re.compile(r"Cl|Br|[BCNOPSFIbcnops*]")
_BRACKET = re.compile(
    r"(?P<isotope>\d*)(?P<symbol>#\d+|\*|[A-Z][a-z]?|[a-z][a-z]?)(?P<rest>(?:@{0,2}|@[A-Z]{2}\d{1,2})(?:H\d*)?(?:\++\d*|-+\d*)?(?::\d+)?)"
)
_RING = re.compile(r"%\((\d+)\)|%(\d\d)|(\d)")
_BONDS = "-=#$:/\\~"
_AROMATIC = ("b", "c", "n", "o", "p", "s", "se", "as", "te", "si")
_LOOKALIKES = {"–": "-", "—": "-", "−": "-", "＝": "=", "≡": "#", "’": "", "“": "", "”": "", "×": ""}


@dataclass(frozen=True)
class TextFault:
    """What is wrong, as the end of a sentence, and where (0-based)."""

    words: str
    position: int | None = None


@dataclass
class _Scan:
    """State of reading from left to right."""

    text: str
    place: int = 0
    atoms: list[int] = field(default_factory=list)
    branches: list[int] = field(default_factory=list)
    rings: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Open rings: the place of the number and the atom that opened them."""
    bond: int | None = None
    """Place of a bond sign that waits for its atom."""
    may_bond: bool = False
    """Whether an atom stands before, so that a bond, branch or ring may follow."""

    @property
    def sign(self) -> str:
        return self.text[self.place]

    def here(self, what: str = "") -> str:
        return f"{what or repr(self.sign)} at position {self.place + 1}"


def atom_positions(smiles: str) -> list[int]:
    """Places (0-based) of the atoms in a SMILES, in RDKit's order; as far as it can be read."""
    scan = _Scan(smiles)
    _scanned(scan)
    return scan.atoms


def smiles_fault(smiles: str) -> TextFault:
    """What is wrong with a SMILES that RDKit does not read, and where."""
    scan = _Scan(smiles)
    fault = _scanned(scan) or _left_open(scan)
    return fault or _fault_by_trying(smiles, scan.atoms)


def _scanned(scan: _Scan) -> TextFault | None:
    """Read to the end or to the first fault."""
    while scan.place < len(scan.text):
        fault = _step(scan)
        if fault:
            return fault
    return None


def _step(scan: _Scan) -> TextFault | None:
    sign = scan.sign
    if sign == "[":
        return _bracket_atom(scan)
    if sign in "()":
        return _branch(scan)
    if found := _ORGANIC.match(scan.text, scan.place):
        _add_atom(scan, found.end())
        return None
    if scan.text.startswith(("->", "<-"), scan.place) or sign in _BONDS:
        return _bond(scan)
    if found := _RING.match(scan.text, scan.place):
        return _ring(scan, found)
    if sign == ".":
        return _dot(scan)
    return _stranger(scan)


def _add_atom(scan: _Scan, end: int) -> None:
    scan.atoms.append(scan.place)
    scan.place, scan.bond, scan.may_bond = end, None, True


def _bracket_atom(scan: _Scan) -> TextFault | None:
    end = scan.text.find("]", scan.place)
    next_opening = scan.text.find("[", scan.place + 1)
    if end < 0 or 0 <= next_opening < end:
        opening, closing = scan.text.count("["), scan.text.count("]")
        return TextFault(
            f"the bracket {scan.here()} is not closed (there are {opening} opening and {closing} closing square brackets)",
            scan.place,
        )
    inside = scan.text[scan.place + 1 : end]
    start = scan.place + 1
    if not inside:
        return TextFault(f"the bracket {scan.here()} has no atom in it", scan.place)
    found = _BRACKET.match(inside)
    if found is None:
        wrong = start + len(re.match(r"\d*", inside).group())  # type: ignore[union-attr]
        return TextFault(f"{scan.text[wrong]!r} at position {wrong + 1} does not begin an element's symbol", wrong)
    symbol, at = found["symbol"], start + found.start("symbol")
    if not (symbol.startswith(("#", "*")) or symbol in _AROMATIC or symbol in known_symbols()):
        return TextFault(f"there is no element “{symbol}”: {symbol[0]!r} at position {at + 1}", at)
    ends = start + found.end()
    if ends != end:
        return TextFault(f"{scan.text[ends]!r} at position {ends + 1} does not belong into the bracket", ends)
    _add_atom(scan, end + 1)
    return None


@lru_cache(maxsize=1)
def known_symbols() -> frozenset[str]:
    """Symbols of the elements, and D and T."""
    table = Chem.GetPeriodicTable()
    return frozenset({*(table.GetElementSymbol(number) for number in range(1, 119)), "D", "T"})


def _branch(scan: _Scan) -> TextFault | None:
    place = scan.place
    if scan.bond is not None:
        return _idle_bond(scan)
    if scan.sign == "(":
        if not scan.may_bond:
            return TextFault(f"the parenthesis {scan.here()} has no atom before it to branch off", place)
        if scan.text.startswith("()", place):
            return TextFault(f"the parenthesis {scan.here()} has no atom in it", place)
        scan.branches.append(place)
    elif not scan.branches:
        return TextFault(f"the parenthesis {scan.here()} closes none: there are {_parentheses(scan.text)}", place)
    else:
        scan.branches.pop()
        scan.may_bond = True
    scan.place += 1
    return None


def _parentheses(text: str) -> str:
    bare = re.sub(r"\[[^\]]*\]|%\(\d+\)", "", text)
    return f"{bare.count('(')} opening and {bare.count(')')} closing parentheses"


def _bond(scan: _Scan) -> TextFault | None:
    if scan.bond is not None:
        return TextFault(f"two bonds stand one after the other: {scan.here()}", scan.place)
    opens = scan.place > 0 and scan.text[scan.place - 1] in "("
    if not (scan.may_bond or opens):
        return TextFault(f"the bond {scan.here()} has no atom before it", scan.place)
    scan.bond = scan.place
    scan.place += 2 if scan.text.startswith(("->", "<-"), scan.place) else 1
    return None


def _idle_bond(scan: _Scan) -> TextFault:
    place = scan.bond if scan.bond is not None else scan.place
    return TextFault(f"the bond {scan.text[place]!r} at position {place + 1} has no atom behind it", place)


def _ring(scan: _Scan, found: re.Match[str]) -> TextFault | None:
    number = next(part for part in found.groups() if part is not None)
    key = number.lstrip("0") or "0"
    if not scan.atoms or not scan.may_bond:
        return TextFault(f"the ring number {scan.here(repr(number))} has no atom before it", scan.place)
    atom = len(scan.atoms) - 1
    if key in scan.rings:
        _opened, first = scan.rings.pop(key)
        if first == atom:
            return TextFault(f"the ring number {scan.here(repr(number))} bonds an atom to itself", scan.place)
    else:
        scan.rings[key] = (scan.place, atom)
    scan.place, scan.bond = found.end(), None
    return None


def _dot(scan: _Scan) -> TextFault | None:
    if scan.bond is not None:
        return _idle_bond(scan)
    if not scan.may_bond or scan.place == len(scan.text) - 1:
        return TextFault(f"the dot {scan.here()} does not stand between two molecules", scan.place)
    scan.place, scan.may_bond = scan.place + 1, False
    return None


def _stranger(scan: _Scan) -> TextFault:
    """A sign that no SMILES has at this place."""
    sign, place = scan.sign, scan.place
    two = scan.text[max(place - 1, 0) : place + 1]
    if sign in _LOOKALIKES:
        hint = f" (write {_LOOKALIKES[sign]!r})" if _LOOKALIKES[sign] else ""
        return TextFault(f"the character {scan.here()} does not belong there{hint}", place)
    if sign.islower() and two in known_symbols():
        return TextFault(f"the character {scan.here()} does not belong there; the element {two} is written [{two}]", place)
    if scan.text[place : place + 2] in known_symbols() and scan.text[place : place + 2].isalpha() and len(scan.text) > place + 1:
        symbol = scan.text[place : place + 2]
        return TextFault(f"the character {scan.here()} does not belong there; the element {symbol} is written [{symbol}]", place)
    if sign in known_symbols():
        written = "[2H]" if sign == "D" else "[3H]" if sign == "T" else f"[{sign}]"
        return TextFault(f"the character {scan.here()} does not belong there; outside brackets it is written {written}", place)
    if sign == "]":
        return TextFault(f"the bracket {scan.here()} closes none", place)
    return TextFault(f"the character {scan.here()} does not belong there", place)


def _left_open(scan: _Scan) -> TextFault | None:
    """What is still open at the end."""
    if scan.branches:
        place = scan.branches[-1]
        return TextFault(f"the parenthesis '(' at position {place + 1} is not closed: there are {_parentheses(scan.text)}", place)
    if scan.bond is not None:
        return _idle_bond(scan)
    if scan.rings:
        number, (place, _atom) = min(scan.rings.items(), key=lambda ring: ring[1][0])
        return TextFault(f"ring {number} is opened but not closed ({scan.text[place]!r} at position {place + 1})", place)
    return None


def _fault_by_trying(smiles: str, atoms: list[int]) -> TextFault:
    """The first atom up to which RDKit does not read the SMILES, where the grammar says nothing."""
    if len(smiles) <= _LONGEST_TRIED:
        for end in [*atoms[1:], len(smiles)]:
            with rdBase.BlockLogs():
                readable = Chem.MolFromSmiles(_closed(smiles[:end]), sanitize=False) is not None
            if not readable:
                place = max((atom for atom in atoms if atom < end), default=0)
                return TextFault(f"{smiles[place]!r} at position {place + 1}, or what follows it, cannot be read", place)
    return TextFault("its atoms and bonds do not form a molecule")


def _closed(prefix: str) -> str:
    """Prefix of a sound SMILES with its open branches, rings and bonds closed."""
    prefix = prefix.rstrip("(=#:/\\-.$~<>")
    scan = _Scan(prefix)
    _scanned(scan)
    rings = "".join(f".C{number if len(number) == 1 else f'%({number})'}" for number in scan.rings)
    return prefix + ")" * len(scan.branches) + rings if prefix else "C"
