"""ChemDraw documents -> the single molecules that are drawn in them, each with its own coordinates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdkit import Chem

from bitspec_gui.chem.chemdraw_reading import Expand, drawing_of, drawn_out
from bitspec_gui.chem.chemdraw_tree import DrawnObject, written
from bitspec_gui.chem.sketch_formats import molblock_of
from bitspec_gui.chem.sketch_structure import SKETCH_ATOM, restricted, structure_of
from bitspec_gui.domain.sketch import Sketch

_NAME_TYPE = "1"
_LONGEST_NAME = 200


@dataclass(frozen=True)
class DrawnMolecule:
    """A molecule of a document: its molblock, its name if the document gives one, and the line of a CDXML file.

    ``problems`` are sentences on what was left out of it, or left open.
    """

    molblock: str
    name: str = ""
    line: int | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Unit:
    """What ChemDraw holds together: a fragment, or a group of fragments with what is written beside them."""

    fragments: tuple[DrawnObject, ...]
    caption: str = ""


def molecules_of(document: DrawnObject, expand: Expand | None = None) -> Iterator[DrawnMolecule]:
    """Molecules in the order of the document.

    What is not bonded together are molecules of their own. Ions of one group are a salt, and stay together. A fragment within
    which the document breaks off is left out.

    Parameters
    ----------
    expand : callable, optional
        Draws groups that the document only names.
    """
    names = _calculated_names(document)
    for unit in _units(document):
        sketch, problems = drawn_out(drawing_of(DrawnObject("CDXML", children=list(unit.fragments))), expand)
        parts = _parts(sketch)
        name = _name_of(unit, names) if len(parts) == 1 else ""
        for number, part in enumerate(parts):
            # Which part a sentence is about is not known: it goes with the first.
            yield DrawnMolecule(molblock_of(part, name), name, unit.fragments[0].line, problems if number == 0 else ())


def _units(drawn: DrawnObject) -> Iterator[_Unit]:
    for child in drawn.children:
        if child.kind == "fragment":
            if not child.is_cut:
                yield _Unit((child,))
        elif child.kind == "group":
            fragments = tuple(_fragments_in(child))
            captions = [written(text) for text in child.children if text.kind == "t"]
            if fragments:
                yield _Unit(fragments, captions[0] if len(captions) == 1 else "")
        elif child.kind != "n":
            yield from _units(child)


def _fragments_in(group: DrawnObject) -> Iterator[DrawnObject]:
    for child in group.children:
        if child.kind == "fragment":
            if not child.is_cut:
                yield child
        elif child.kind != "n":
            yield from _fragments_in(child)


def _parts(sketch: Sketch) -> list[Sketch]:
    """Molecules of a drawing: what is bonded together, and all ions as one salt; in the order in which they were drawn."""
    if not sketch:
        return []
    structure = structure_of(sketch)
    keys = [atom.GetIntProp(SKETCH_ATOM) for atom in structure.GetAtoms()]
    neutral: list[frozenset[int]] = []
    ions: frozenset[int] = frozenset()
    for places in Chem.GetMolFrags(structure):
        part = frozenset(keys[place] for place in places)
        if sum(sketch.atoms[key].charge for key in part):
            ions |= part
        else:
            neutral.append(part)
    parts = sorted([*neutral, ions] if ions else neutral, key=min)
    return [restricted(sketch, part) for part in parts]


def _calculated_names(document: DrawnObject) -> dict[str, str]:
    """Names that ChemDraw keeps up to date beside a structure, by the ids of the objects that they are of."""
    texts: dict[str, str] = {}
    properties: list[DrawnObject] = []
    waiting = [document]
    while waiting:
        drawn = waiting.pop()
        waiting += drawn.children
        if drawn.kind == "t" and "id" in drawn.values:
            texts[drawn.values["id"]] = written(drawn)
        elif drawn.kind == "chemicalproperty" and drawn.values.get("ChemicalPropertyType") == _NAME_TYPE:
            properties.append(drawn)
    names: dict[str, str] = {}
    for each in properties:
        text = texts.get(each.values.get("ChemicalPropertyDisplayID", ""), "")
        names |= dict.fromkeys(each.values.get("BasisObjects", "").split(), text)
    return names


def _name_of(unit: _Unit, names: dict[str, str]) -> str:
    ids = [
        each.values.get("id", "") for fragment in unit.fragments for each in (fragment, *fragment.children) if each.kind != "t"
    ]
    name = next((names[key] for key in ids if names.get(key)), unit.caption)
    line = " ".join(name.split())
    return line if len(line) <= _LONGEST_NAME else ""
