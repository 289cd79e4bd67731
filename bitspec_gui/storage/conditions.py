"""Conditions on spectra and libraries as SQL, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, and_, collate, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bitspec_gui.domain.errors import SearchError
from bitspec_gui.domain.formula import is_element
from bitspec_gui.storage.derived_values import composition, element_mark, folded, storable
from bitspec_gui.storage.schema import LibraryRow, SpectrumRow, SpectrumTagRow, TagRow


class _Place(FunctionElement[int]):
    """Place of a text within another, from 1; 0 if it does not occur. Knows no wildcards and is quicker than LIKE."""

    name = "place"
    inherit_cache = True


@compiles(_Place)
def _in_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(_Place, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


class _InCodeOrder(FunctionElement[str]):
    """A text that is sorted by its characters' codes, as SQLite does unless told and PostgreSQL if told."""

    name = "in_code_order"
    type = String()
    inherit_cache = True


@compiles(_InCodeOrder)
def _sorted_in_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **kw))


@compiles(_InCodeOrder, "postgresql")
def _sorted_in_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(collate(next(iter(element.clauses)), "C"), **kw))


def in_code_order(column: Any) -> ColumnElement[Any]:
    """`column` as an ORDER BY takes it, in the same order in every database."""
    return _InCodeOrder(column)


def occurs(part: str, column: Any) -> ColumnElement[bool]:
    """Whether `part` occurs in a column as it is written."""
    return _Place(column, storable(part)) > 0


def is_there() -> ColumnElement[bool]:
    """Whether a library is in sight: not one that an edit removed."""
    return LibraryRow.removed_by.is_(None)


def in_sight() -> ColumnElement[bool]:
    """Whether a spectrum is in a library that is in sight."""
    return SpectrumRow.library_id.in_(select(LibraryRow.library_id).where(is_there()))


def has_words(text: str) -> list[ColumnElement[bool]]:
    """Every word of `text` must occur in one of the fields that are searched."""
    return [occurs(word, SpectrumRow.search_text) for word in folded(text).split(" ") if word]


def is_predicted(predicted: bool | None) -> list[ColumnElement[bool]]:
    """Predicted ones only, measured ones only, or (None) both."""
    if predicted is None:
        return []
    return [SpectrumRow.predicted_by.is_not(None) if predicted else SpectrumRow.predicted_by.is_(None)]


def is_composed(formula: str, elements: tuple[str, ...], without: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """The formula, in any order of elements, and elements that it must or must not hold; raises `SearchError`."""
    conditions: list[ColumnElement[bool]] = []
    if formula.strip():
        wanted = composition(formula)
        if wanted is None:
            raise SearchError(f"“{formula.strip()}” is not a molecular formula. Write it like C8H10N4O2.")
        conditions.append(SpectrumRow.composition == wanted)
    for symbol in (*elements, *without):
        if not is_element(symbol):
            raise SearchError(f"“{symbol}” is not the symbol of an element. Write symbols like C, Cl or Si.")
    conditions += [occurs(element_mark(symbol), SpectrumRow.composition) for symbol in elements]
    if without:
        # Of a spectrum without a formula nobody knows what it holds.
        conditions.append(SpectrumRow.composition.is_not(None))
        conditions += [~occurs(element_mark(symbol), SpectrumRow.composition) for symbol in without]
    return conditions


def is_within(min_mass_da: int | None, max_mass_da: int | None) -> list[ColumnElement[bool]]:
    """Nominal masses between two, both included; spectra without one are left out if either is given."""
    conditions: list[ColumnElement[bool]] = []
    if min_mass_da is not None:
        conditions.append(SpectrumRow.mass_da >= min_mass_da)
    if max_mass_da is not None:
        conditions.append(SpectrumRow.mass_da <= max_mass_da)
    return conditions


def is_tagged(tag: str) -> ColumnElement[bool]:
    """Whether a spectrum bears a tag."""
    tagged = select(SpectrumTagRow.spectrum_id).join(TagRow, TagRow.tag_id == SpectrumTagRow.tag_id)
    return SpectrumRow.spectrum_id.in_(tagged.where(TagRow.name == storable(tag)))


def is_licensed(licences: list[str], libraries: list[int]) -> ColumnElement[bool]:
    """Whether a spectrum has one of these licences, or none itself and is in one of these libraries."""
    of_library = and_(SpectrumRow.licence.is_(None), SpectrumRow.library_id.in_(libraries))
    return or_(SpectrumRow.licence.in_(licences), of_library)
