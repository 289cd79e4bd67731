"""What the database holds beside a record so that it can be found: one spelling of its formula, its mass, what was written."""

from __future__ import annotations

import unicodedata

from bitspec_gui.domain.formula import atoms, stated_mass
from bitspec_gui.domain.spectrum import SpectrumRecord

_LARGEST_INTEGER = 2**63 - 1


def composition(formula: str | None) -> str | None:
    """A formula as it is compared and sorted: ``|C:0002|H:0006|O:0001|`` for C2H6O and for OC2H6; None if it is none.

    Elements stand in Hill's order and numbers have four digits, so that text order is the usual one of formulae.
    """
    counted = atoms(formula) if formula else ()
    return "|" + "".join(f"{symbol}:{number:04d}|" for symbol, number in counted) if counted else None


def element_mark(symbol: str) -> str:
    """What occurs in the `composition` of every formula with this element, and in no other."""
    return f"|{symbol}:"


def mass_da(nominal_mass: int | None, formula: str | None, exact_mass: float | None) -> int | None:
    """Nominal mass of a record as a database can hold it; None if it states none."""
    return whole_number(stated_mass(nominal_mass, formula, exact_mass))


def search_text(record: SpectrumRecord) -> str:
    """What a text query looks into: folded fields, each between line breaks, so that a whole field can be recognised."""
    said = (record.name, record.accession, record.formula, record.cas, record.inchikey, *record.synonyms)
    fields = dict.fromkeys(folded(each) for each in said if each)
    return "\n" + "".join(f"{each}\n" for each in fields if each)


def folded(text: str) -> str:
    """Text as it is compared: without case, compatibility forms or line breaks."""
    if text.isascii():
        return " ".join(text.lower().replace("\0", " ").split())
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join((storable(plain) or "").replace("\0", " ").split())


def storable(text: str | None) -> str | None:
    """`text` as a database can hold it: a file name may bear bytes that are no character, which become escapes."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def whole_number(value: int | None) -> int | None:
    """A whole number that fits in a column; absurd ones, from broken files, are left out."""
    return int(value) if value is not None and abs(value) <= _LARGEST_INTEGER else None
