"""What a library record says of its compound: the formula as files write it, isotope labels, and the limits that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rdkit import Chem

from bitspec_gui.chem.isotopes import element_counts, mass_number
from bitspec_gui.chem.parse import structure_keys
from bitspec_gui.chem.subformulas import FormulaLimits, formula_limits

_FORMULA = re.compile(r"\[?((?:[A-Z][a-z]?\d{0,4})+)\]?(?:\d*[+-]\d*)?")
_MAX_ATOMS = 1000
_MAX_LABELS_DA = 200
_LABELLED_ATOM = re.compile(r"\[(\d+)([A-Z][a-z]?|[a-z][a-z]?)")
_LABEL_LAYER = re.compile(r"/i([^/]*)")
_INCHI_LABEL = re.compile(r"\d+([+-]\d+)?(?:D(\d*))?")


@dataclass(frozen=True)
class FiledCompound:
    """A compound as a record names it: formula (D is counted as H), SMILES if given, and what its spectrum can show."""

    formula: str
    smiles: str | None
    labelled: bool
    limits: FormulaLimits


def filed_compound(formula: str | None, smiles: str | None, inchi: str | None) -> FiledCompound | None:
    """Compound of a record; None if neither formula nor structure can be read, or its isotope labels cannot.

    The formula is taken from the structure if it is not given; the structure also says which atoms are labelled.
    """
    if not formula and (smiles or inchi):
        keys = structure_keys(smiles, inchi)
        formula = keys.formula if keys is not None else None
    text = _plain_formula(formula or "")
    labels = _labels(smiles, inchi)
    if not text or labels is None:
        return None
    deuterium, heavier = labels
    if "D" in text and "D" in (counts := element_counts(text)):
        deuterium = counts["D"]
        text = "".join(f"{s}{n}" for s, n in {**counts, "H": counts.get("H", 0) + deuterium}.items() if s != "D" and n)
    limits = formula_limits(text, deuterium)
    if heavier:
        # The patterns of 13C and its like are not those of the formula; where the spectrum must end is known all the same.
        limits = replace(limits, ion=limits.ion + heavier, last=limits.last + heavier, isotopes=None, possible=None)
    return FiledCompound(text, smiles, bool(deuterium or heavier), limits) if limits.ion > 0 else None


def isotope_labelled(smiles: str | None, inchi: str | None) -> bool:
    """Whether a structure names isotopes, as those of deuterated compounds do."""
    return bool(_LABELLED_ATOM.search(smiles or "") or _LABEL_LAYER.search(inchi or ""))


@lru_cache(maxsize=16384)
def _plain_formula(formula: str) -> str:
    """Formula without charge and brackets; empty if it cannot be read, or is of no molecule that evaporates."""
    whole = _FORMULA.fullmatch(formula.strip())
    counts = element_counts(whole.group(1)) if whole is not None else {}
    known = set(counts) <= _symbols() | {"D"} and 0 < sum(counts.values()) <= _MAX_ATOMS
    return whole.group(1) if whole is not None and known else ""


@cache
def _symbols() -> frozenset[str]:
    table = Chem.GetPeriodicTable()
    return frozenset(table.GetElementSymbol(number) for number in range(1, 119))


def _labels(smiles: str | None, inchi: str | None) -> tuple[int, int] | None:
    """Number of deuterium atoms, and Da that other isotopes in the structure add; None if that cannot be told."""
    labels = _labels_in_smiles(smiles) if smiles else _labels_in_inchi(inchi or "")
    return labels if labels is not None and abs(labels[1]) <= _MAX_LABELS_DA else None


def _labels_in_smiles(smiles: str) -> tuple[int, int]:
    deuterium = heavier = 0
    for number, written in _LABELLED_ATOM.findall(smiles):
        symbol = written.capitalize()
        if (number, symbol) == ("2", "H"):
            deuterium += 1
        elif symbol in _symbols():
            heavier += int(number) - mass_number(symbol)
    return deuterium, heavier


def _labels_in_inchi(inchi: str) -> tuple[int, int] | None:
    deuterium = heavier = 0
    layer = _LABEL_LAYER.search(inchi)
    for part in layer.group(1).split(",") if layer is not None else ():
        label = _INCHI_LABEL.fullmatch(part)
        if label is None:
            return None
        heavier += int(label.group(1) or 0)
        deuterium += int(label.group(2) or 1) if label.group(2) is not None else 0
    return deuterium, heavier
