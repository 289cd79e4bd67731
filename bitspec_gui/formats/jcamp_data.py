"""The data tables of JCAMP-DX: pairs (XY..XY), and ordinates in the packed forms of ``(X++(Y..Y))``.

Packed forms as in McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, https://doi.org/10.1366/0003702884428734: AFFN (plain
numbers), PAC (signs for separators), SQZ (the first digit as a letter that bears the sign), DIF (differences) and DUP (repeats).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bitspec_gui.formats.fields import NUMBER, RecordError
from bitspec_gui.formats.msp_peaks import Pairs, read_pairs

MAX_POINTS = 2_000_000
"""Repeats can make millions of points out of a few letters; past this it is no mass spectrum."""

_SQZ = {letter: value for value, letter in enumerate("@ABCDEFGHI")} | {
    letter: -value for value, letter in enumerate("abcdefghi", 1)
}
_DIF = {letter: value for value, letter in enumerate("%JKLMNOPQR")} | {
    letter: -value for value, letter in enumerate("jklmnopqr", 1)
}
_DUP = {letter: value for value, letter in enumerate("STUVWXYZs", 1)}
_FIRST_X = re.compile(r"[\s,;]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))")
_TOKEN = re.compile(r"[\s,;]*(?:([@A-Ia-i%J-Rj-rS-Zs])([0-9]*(?:\.[0-9]*)?)|([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))|(\?))")
_EXPONENTS = re.compile(r"[0-9.][Ee][+-][0-9]")
_WORD = re.compile(r"[^\s,;]*[^\s,;0-9.eE+()-][^\s,;]*")
_GROUP = re.compile(rf"\(\s*({NUMBER})(?:\s*[,;]\s*|\s+)({NUMBER})[^()]*\)")

NumberedLines = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Axis:
    """What the header says of the abscissas: ``first`` and ``last`` in Da, ``points`` of them, ``step``, and the factors."""

    first: float | None = None
    last: float | None = None
    step: float | None = None
    points: int | None = None
    x_factor: float = 1.0
    y_factor: float = 1.0


@dataclass
class Ordinates:
    """Points of an ``(X++(Y..Y))`` table: first abscissa and ordinates of each line, and the lines that fail their check."""

    starts: list[float]
    rows: list[list[float]]
    failed_checks: list[int]


def read_peak_pairs(lines: NumberedLines, axis: Axis) -> Pairs:
    """Pairs of a table ``(XY..XY)``, ``(XYA)``, ``(XYM)`` or ``(XYW)``; anything past the second value of a group is passed over.

    Raises
    ------
    RecordError
        If a line cannot be read as pairs.
    """
    text = "\n".join(line for _, line in lines)
    groups = _GROUP.findall(text) if "(" in text else []
    if groups and not _GROUP.sub("", text).strip(" \t\r\n,;"):
        pairs = [(float(mz), float(intensity)) for mz, intensity in groups]
    else:
        for number, line in lines:
            if word := _WORD.search(line):
                raise RecordError(number, f"“{word.group()[:60]}” among its peaks cannot be read.")
        pairs = read_pairs(lines, axis.points)
    factor = _abscissa_factor(pairs[0][0], axis) if pairs else 1.0
    return [(mz * factor, intensity * axis.y_factor) for mz, intensity in pairs]


def _abscissa_factor(first: float, axis: Axis) -> float:
    """XFACTOR, unless the file has the actual values in its table already, as FIRSTX tells."""
    if axis.x_factor == 1.0 or axis.first is None:
        return axis.x_factor
    return 1.0 if abs(first - axis.first) < abs(first * axis.x_factor - axis.first) else axis.x_factor


def read_points(lines: NumberedLines, axis: Axis) -> tuple[Pairs, list[int]]:
    """(m/z, intensity) of all points of an ``(X++(Y..Y))`` table above intensity 0, and the lines that fail their check.

    Raises
    ------
    RecordError
        If a line cannot be read, there are too many points, or nothing says how far apart they are.
    """
    ordinates = _ordinates(lines)
    total = sum(len(row) for row in ordinates.rows)
    if not total:
        return [], []
    number = lines[0][0]
    factor = _abscissa_factor(ordinates.starts[0], axis)
    step = _step(ordinates, axis, total, factor)
    if step is None:
        raise RecordError(number, "Nothing says how far apart its points are (DELTAX, or FIRSTX, LASTX and NPOINTS).")
    pairs: Pairs = []
    for start, row in zip(ordinates.starts, ordinates.rows, strict=True):
        pairs += [(start * factor + i * step, y * axis.y_factor) for i, y in enumerate(row)]
    if axis.points == total and axis.first is not None and _agrees(pairs, axis.first, step):
        # Abscissas of the lines are rounded, those counted from the first one are not.
        pairs = [(axis.first + i * step, y) for i, (_, y) in enumerate(pairs)]
    return [(mz, y) for mz, y in pairs if y != 0], ordinates.failed_checks


def _agrees(pairs: Pairs, first: float, step: float) -> bool:
    return all(abs(first + i * step - mz) <= abs(step) for i, (mz, _) in enumerate(pairs))


def _step(ordinates: Ordinates, axis: Axis, total: int, factor: float) -> float | None:
    if axis.first is not None and axis.last is not None and axis.points == total and total > 1 and axis.last != axis.first:
        return (axis.last - axis.first) / (total - 1)
    if axis.step:
        return axis.step
    for (start, row), after in zip(zip(ordinates.starts, ordinates.rows, strict=True), ordinates.starts[1:], strict=False):
        if row and after != start:
            return (after - start) * factor / len(row)
    return 1.0 if total == 1 else None


def _ordinates(lines: NumberedLines) -> Ordinates:
    found = Ordinates([], [], [])
    last: float | None = None
    total = 0
    for number, line in lines:
        if not line.strip():
            continue
        start, values, by_difference = _line(number, line)
        if last is not None and values:
            # After a line that ends in differences the next one begins with its last ordinate again, as a check.
            if abs(values[0] - last) > 1e-6 * max(1.0, abs(last)):
                found.failed_checks.append(number)
            found.rows[-1].pop()
        total += len(values)
        if total > MAX_POINTS:
            raise RecordError(number, f"It has more than {MAX_POINTS:,} points, which no mass spectrum has.")
        found.starts.append(start)
        found.rows.append(values)
        last = values[-1] if values and by_difference else None
    return found


def _line(number: int, line: str) -> tuple[float, list[float], bool]:
    """First abscissa and the ordinates of a line, and whether the last of them came by difference."""
    found = _FIRST_X.match(line)
    if not found:
        raise RecordError(number, f"The line “{line.strip()[:60]}” does not begin with an abscissa.")
    rest = line[found.end() :]
    if _EXPONENTS.search(line):
        # Exponents and packed digits exclude each other.
        tokens = line.replace(",", " ").replace(";", " ").split()
        if all(re.fullmatch(NUMBER, token) for token in tokens):
            return float(tokens[0]), [float(token) for token in tokens[1:]], False
    values: list[float] = []
    by_difference, step = False, 0.0
    place, end = 0, len(rest.rstrip(" \t,;"))
    while place < end:
        token = _TOKEN.match(rest, place)
        if not token:
            raise RecordError(number, f"The line “{line.strip()[:60]}” cannot be read.")
        place = token.end()
        letter, digits, plain, _unknown = token.groups()
        if letter in _DUP:
            _repeat(values, number, _packed(_DUP[letter], digits), step if by_difference else 0.0)
        elif letter in _DIF:
            if not values:
                raise RecordError(number, f"The line “{line.strip()[:60]}” begins with a difference.")
            by_difference, step = True, _packed(_DIF[letter], digits)
            values.append(values[-1] + step)
        else:
            by_difference = False
            values.append(_packed(_SQZ[letter], digits) if letter else float(plain) if plain else 0.0)
    return float(found.group(1)), values, by_difference


def _repeat(values: list[float], number: int, times: float, step: float) -> None:
    if not values or not times.is_integer():
        raise RecordError(number, "A repeat stands where there is nothing to repeat.")
    if times + len(values) > MAX_POINTS:
        raise RecordError(number, f"It has more than {MAX_POINTS:,} points, which no mass spectrum has.")
    for _ in range(int(times) - 1):
        values.append(values[-1] + step)


def _packed(leading: int, digits: str) -> float:
    """Value of a packed number: its first digit, with the sign, and the digits after it."""
    value = float(f"{abs(leading)}{digits}")
    return -value if leading < 0 else value
