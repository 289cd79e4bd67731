"""Where an InChI goes wrong, in words. Its layers are those of the InChI Technical Manual (InChI Trust, version 1)."""

from __future__ import annotations

import re
from itertools import pairwise

from rdkit import Chem, rdBase

from bitspec_gui.chem.smiles_faults import TextFault, known_symbols

EXAMPLE = "It should look like InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3."

_VERSION = re.compile(r"1S?/")
_LAYERS = {
    "c": r"[\d\-(),*;]", "h": r"[\d\-(),*;HDT]", "q": r"[\d+\-*;]", "p": r"[\d+\-]", "b": r"[\d+\-?u,*;nm]",
    "t": r"[\d+\-?u,*;nm]", "m": r"[\d.nm*;]", "s": r"[\d]", "i": r"[\d+\-HDT,*;()]",
    "f": r"[A-Za-z\d.]", "r": r".", "o": r"[\d(),]",
}  # fmt: skip
_NAMES = {
    "c": "connections", "h": "hydrogens", "q": "charge", "p": "protons", "b": "double bonds", "t": "stereocentres",
    "m": "stereochemistry", "s": "stereochemistry", "i": "isotopes",
    "f": "fixed hydrogens", "r": "reconnected metals", "o": "order",
}  # fmt: skip
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
_OF_FORMULA = re.compile(r"[A-Za-z\d.]")


def inchi_fault(inchi: str) -> TextFault:
    """What is wrong with an InChI (without blanks, beginning with ``InChI=``) that RDKit does not read, and where (0-based)."""
    start = len("InChI=")
    version = _VERSION.match(inchi, start)
    if version is None:
        return TextFault(f"after “InChI=”, “1S/” or “1/” is expected at position {start + 1}", start)
    layers = _layers(inchi, version.end())
    return _formula_fault(*layers[0]) or _sign_fault(layers[1:]) or _layer_fault(inchi, layers)


def _layers(inchi: str, start: int) -> list[tuple[int, str]]:
    """Layers with their places, the formula first."""
    found, place = [], start
    for layer in inchi[start:].split("/"):
        found.append((place, layer))
        place += len(layer) + 1
    return found


def _formula_fault(start: int, formula: str) -> TextFault | None:
    if not formula:
        return TextFault(f"there is no formula at position {start + 1}", start)
    place = 0
    while place < len(formula):
        number = re.compile(r"\.?\d*").match(formula, place)
        place = number.end() if number and (place == 0 or formula[place] == ".") else place
        part = _PART.match(formula, place)
        if part is None or part.group(1) not in known_symbols():
            wrong = min(place, len(formula) - 1)
            return TextFault(f"{formula[wrong]!r} at position {start + wrong + 1} is no element of a formula", start + wrong)
        place = part.end()
    return None


def _sign_fault(layers: list[tuple[int, str]]) -> TextFault | None:
    for start, layer in layers:
        if not layer:
            return TextFault(f"the layer at position {start + 1} is empty", max(start - 1, 0))
        kind = layer[0]
        if kind not in _LAYERS:
            return TextFault(f"there is no layer {kind!r}, as at position {start + 1}", start)
        for place, sign in enumerate(layer[1:], start=start + 1):
            if not re.fullmatch(_LAYERS[kind], sign):
                return TextFault(
                    f"{sign!r} at position {place + 1} does not belong into the layer of {_NAMES[kind]} (/{kind})", place
                )
        unmatched = _unmatched_parenthesis(layer)
        if unmatched is not None:
            at = start + unmatched
            return TextFault(f"the parenthesis {layer[unmatched]!r} at position {at + 1} has no partner", at)
    return None


def _unmatched_parenthesis(layer: str) -> int | None:
    opened: list[int] = []
    for place, sign in enumerate(layer):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            if not opened:
                return place
            opened.pop()
    return opened[-1] if opened else None


def _layer_fault(inchi: str, layers: list[tuple[int, str]]) -> TextFault:
    """The layer that does not fit those before it."""
    missing = _missing_atom(layers)
    if missing is not None:
        return missing
    for before, (start, layer) in reversed(list(pairwise(layers))):
        end = before[0] + len(before[1])
        with rdBase.BlockLogs():
            readable = Chem.MolFromInchi(inchi[:end], sanitize=False, removeHs=False) is not None
        if readable:
            return TextFault(f"the layer of {_NAMES[layer[0]]} at position {start + 1} does not fit what stands before it", start)
    start = layers[1][0] if len(layers) > 1 else layers[0][0]
    return TextFault(f"the layers from position {start + 1} on do not fit the formula", start)


def _missing_atom(layers: list[tuple[int, str]]) -> TextFault | None:
    """The first number in the connections or hydrogens of an atom that the formula does not have; of one component only."""
    formula = layers[0][1]
    if "." in formula or formula[0].isdigit():
        return None
    atoms = sum(int(count or 1) for symbol, count in _PART.findall(formula) if symbol not in ("H", "D", "T"))
    for start, layer in layers[1:]:
        if layer[0] == "c":
            for number in re.finditer(r"\d+", layer):
                if not 1 <= int(number.group()) <= max(atoms, 1):
                    at = start + number.start()
                    return TextFault(f"there is no atom {number.group()}, as at position {at + 1}; the formula has {atoms}", at)
    return None
