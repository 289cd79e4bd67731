"""The peak lines of an MSP record: the ways in which programs write pairs of m/z and intensity."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bitspec_gui.formats.fields import NUMBER, RecordError, as_number

_QUOTED = re.compile(r"\"[^\"]*\"?|'[^']*'")
_COLON = re.compile(r"(?<=[0-9.])\s*:\s*(?=[0-9.+-])")
_SPACED_COMMA = re.compile(r",(?=\s)|(?<=\s),")
_INNER_COMMA = re.compile(r"[0-9],[0-9]")
_DECIMAL_COMMA_NUMBER = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]{1,4})?")
_PLAIN = re.compile(rf"(?:{NUMBER}[ \t]+{NUMBER}[ \t]*\n)+")

Pairs = list[tuple[float, float]]


def read_pairs(lines: Sequence[tuple[int, str]], announced: int | None) -> Pairs:
    """(m/z, intensity) pairs of a record's peak lines.

    Parameters
    ----------
    lines : sequence of (int, str)
        1-based line in the file, and its text.
    announced : int or None
        The record's number of peaks, which tells three plain columns from pairs run on, and ``41,5 100,5`` (one pair with
        decimal commas) from two pairs.

    Raises
    ------
    RecordError
        If a line cannot be read as pairs; bears its number.
    """
    joined = "".join(f"{text.strip()}\n" for _, text in lines)
    if _PLAIN.fullmatch(joined):
        numbers = [float(token) for token in joined.split()]
        return list(zip(numbers[::2], numbers[1::2], strict=True))
    segments = [(number, segment) for number, text in lines for segment in _segments(text)]
    decimal_comma = _has_decimal_commas([segment for _, segment in segments], announced)
    pairs: Pairs = []
    for number, segment in segments:
        tokens = _tokens(segment, decimal_comma)
        found = _pairs_of(tokens, three_columns=announced == len(segments))
        if found is None:
            raise RecordError(number, f"The peak line “{segment.strip()[:60]}” cannot be read.")
        pairs += found
    return pairs


def _segments(line: str) -> list[str]:
    """Parts of a line that hold whole pairs: brackets and semicolons end a part, unless each part is one number."""
    text = _COLON.sub(" ", _QUOTED.sub(" ", line)).strip()
    if text[:1] in ("(", "[", "{"):
        text = text.translate({ord(c): " " for c in "([{"} | {ord(c): ";" for c in ")]}"})
    parts = [part.strip() for part in text.replace("|", ";").split(";")]
    parts = [part.strip(",").strip() for part in parts if part.strip(" ,\t")]
    if len(parts) > 1 and all(len(part.split()) == 1 and _is_number(part) for part in parts):
        return [" ".join(parts)]
    return parts


def _is_number(token: str) -> bool:
    return as_number(token) is not None or _DECIMAL_COMMA_NUMBER.fullmatch(token) is not None


def _tokens(segment: str, decimal_comma: bool) -> list[str]:
    text = _SPACED_COMMA.sub(" ", segment)
    return text.replace(",", ".").split() if decimal_comma else text.replace(",", " ").split()


def _has_decimal_commas(segments: Sequence[str], announced: int | None) -> bool:
    """Whether commas inside numbers are decimal commas.

    They are where, read as separators, they leave a number without a partner, or where only as decimal commas they give as
    many pairs as announced.
    """
    must = False
    decimals = separators = 0
    for segment in segments:
        as_decimals, as_separators = _leading_numbers(_tokens(segment, True)), _leading_numbers(_tokens(segment, False))
        decimals, separators = decimals + as_decimals, separators + as_separators
        if not _INNER_COMMA.search(segment):
            continue
        if as_decimals % 2:
            return False
        must = must or as_separators % 2 == 1
    return must or (announced is not None and decimals == 2 * announced != separators)


def _leading_numbers(tokens: Sequence[str]) -> int:
    count = 0
    for token in tokens:
        if as_number(token) is None:
            break
        count += 1
    return count


def _pairs_of(tokens: Sequence[str], three_columns: bool) -> Pairs | None:
    """Pairs of one part of a line; a first pair may be followed by words about it. None if it cannot be read."""
    numbers = _leading_numbers(tokens)
    values = [float(token) for token in tokens[:numbers]]
    if numbers == len(tokens) and numbers % 2 == 0:
        return list(zip(values[::2], values[1::2], strict=True))
    annotated = numbers in (2, 3) and numbers < len(tokens)
    if annotated or (numbers == 3 and three_columns):
        return [(values[0], values[1])]
    return None
