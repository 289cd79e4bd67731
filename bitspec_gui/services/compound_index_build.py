"""Making of the index of compound names that comes with BitSpec, from the Python package chemicals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.chemical_names import MAX_NAME, cas_number, folded, spelled
from bitspec_gui.domain.errors import MoleculeError, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.formats.chemicals_package import NamedCompound, read_named_compounds
from bitspec_gui.formats.compound_index import IndexedCompound, write_compound_index
from bitspec_gui.formats.further_names import read_further_names
from bitspec_gui.services.atomic_text import write_fault

MAX_MASS_DA = 1000.0
"""Heavier molecules are not predicted, and nobody injects them."""

MAX_SYNONYM = 64
"""Longer names are systematic ones, which nobody types, and a third of the bytes."""

NAMES_OF_A_KNOWN_SALT = 25
"""A salt or mixture is in the index if it has so many names: whoever asks for it is told why it cannot be predicted."""

NAMES_OF_A_FURTHER_COMPOUND = 60
"""How well known a compound counts that was added by hand: as if it had so many names more."""

FIRST_NAMES = 20
"""Among so many names a second CAS number is looked for."""

PROGRESS_EVERY = 500

_NUMBER_OF_A_DEALER = re.compile(
    r"[0-9]{4}"
    r"|^(?:ac1|agn-pc|akos|bas |bdbm|brn |bspbio|caswell|ccris|cds|chebi|chembl|cid|cpd|ctk|dsstox|dtxsid|ec |einecs|epa |fema"
    r"|gtpl|hsdb|kbio|lopac|mfcd|mls|nci|ncgc|nsc|prestwick|rcra|schembl|smr|spbio|spectrum|stk|tox|un ?[0-9]|unii|wln|zinc)"
    r"|^[a-z]{1,5}[- ]?[0-9]{3,}|^[a-z0-9]{10}$(?<=[0-9][a-z0-9]{5})|-uhfff|inchi"
)
_REMARK = re.compile(
    r"\[[a-z]{2}|\([0-9]?ci\)|[0-9]ci\)|;|\((?:van|usp|inn|ban|jan|iso|french|german|tn|acd|jp[0-9]|natural)|%"
    r"|^gel, |supplied by|\b(?:brand of|polymer|homopolymer|compounds|mixture|liquid|powder|synthetic|spray|cream|sore|drops)\b"
    r"|\b(?:pure|reagent|solution|purum|grade|acs|standard|component|certified|analytical|anhydrous|puriss|usan|tablets?)\b"
)
_MACHINE_MADE = re.compile(r"oxidanyl|chloranyl|bromanyl|fluoranyl|iodanyl|azanyl|sulfanylidene|ethanoyl|methanoyl|propanoyl")
"""Parts of names as only programs make them."""

_OF_A_SALT = re.compile(r"\b(?:hydro(?:chloride|bromide)|hcl|hbr|(?:di)?sodium|(?:di)?potassium|sulfate|maleate|tartrate)\b")
_LABEL = re.compile(r"^\[?[0-9]{1,3}[a-z]{1,2}\]|\b(?:14c|3h|13c)\b|\bd[0-9]+\b|deuter|tritiat|labell?ed")
_ODD_SIGN = re.compile(r"[^a-z0-9 ,.'()\[\]{}+\-~:/]")
_CHARGE = re.compile(r"[+-][0-9]*$")
_LETTER = re.compile(r"[a-z]{2}|^[a-z][0-9]")

_Key = TypeVar("_Key", bytes, str)


@dataclass(frozen=True)
class IndexBuilt:
    """What an index holds, and how many rows of the source were left out, by reason."""

    compounds: int
    names: int
    left_out: tuple[tuple[str, int], ...]


@dataclass
class _Gathered:
    """A compound with what the rows about it say, in their order."""

    smiles: str
    salt: bool
    labelled: bool
    by_hand: int = 0
    names: dict[str, None] = field(default_factory=dict)
    cas: dict[str, None] = field(default_factory=dict)
    said: int = 0

    @property
    def usual(self) -> str:
        """What it is usually called."""
        return next(iter(self.names), "")


def build_compound_index(
    wheel: Path,
    output: Path,
    *,
    further: Path | None = None,
    source: str,
    notice: str,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> IndexBuilt:
    """Write the index `output` with the compounds of the package chemicals; the same wheel gives the same bytes.

    Parameters
    ----------
    wheel : Path
        The package.
    further : Path, optional
        List of further compounds and names, as `formats.further_names` reads it, which go before those of the package.
    source, notice : str
        Where the names come from, and the text of the licence, which go along in the file.

    Raises
    ------
    UnreadableFile
        If `wheel` is not that of chemicals, or a line of `further` cannot be right.
    ExportError
        If `output` cannot be written; what was there is kept.
    Cancelled
        On the user's wish.
    """
    left_out: Counter[str] = Counter()
    gathered: dict[str, _Gathered] = {}
    if further is not None:
        _gather_further(further, gathered)
    for done, row in enumerate(read_named_compounds(wheel), start=1):
        if done % PROGRESS_EVERY == 0:
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(Progress(done, 0, "Reading compounds"))
        why = _gather(row, gathered)
        if why:
            left_out[why] += 1
    rows = _rows(gathered.values())
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with new_file_for(output) as part:
            written = write_compound_index(rows, part, source=source, licence="MIT", notice=notice)
    except OSError as error:
        raise write_fault(str(output), error) from error
    return IndexBuilt(written.compounds, written.names, tuple(left_out.most_common()))


def _gather_further(path: Path, gathered: dict[str, _Gathered]) -> None:
    from bitspec_gui.chem.parse import structure_keys

    for row in read_further_names(path):
        where = f"{path.name}, line {row.line}"
        keys = structure_keys(row.smiles, None)
        if keys is None or keys.formula != row.formula:
            says = "no structure" if keys is None else keys.formula
            raise UnreadableFile(f"{where}: the SMILES of {row.names[0]} is {says}, but its formula {row.formula}.")
        number = cas_number(row.cas) if row.cas else None
        if row.cas and not (number and number[1]):
            raise UnreadableFile(f"{where}: {row.cas} is no CAS number; its check digit does not fit.")
        key = number[0] if number else keys.inchikey
        if key in gathered:
            raise UnreadableFile(f"{where}: {row.names[0]} is in the list before.")
        gathered[key] = _Gathered(
            smiles=keys.smiles,
            salt=False,
            labelled="[2H]" in keys.smiles,
            by_hand=len(row.names),
            names=dict.fromkeys(map(spelled, row.names)),
            cas={number[0]: None} if number else {},
            said=NAMES_OF_A_FURTHER_COMPOUND,
        )


def _gather(row: NamedCompound, gathered: dict[str, _Gathered]) -> str:
    """Put a row with its structure; why it is left out, empty if it is not."""
    from bitspec_gui.chem.parse import structure_keys

    salt = "." in row.smiles
    if salt and len(row.others) < NAMES_OF_A_KNOWN_SALT:
        return "little-known salts and mixtures"
    try:
        keys = structure_keys(row.smiles, None)
    except MoleculeError:
        keys = None
    if keys is None or not keys.inchikey:
        return "structure not readable"
    if _CHARGE.search(keys.formula):
        return "ions"
    if keys.exact_mass > MAX_MASS_DA:
        return f"above {MAX_MASS_DA:.0f} Da"
    numbers = _numbers(row)
    # Not by structure: many come without stereochemistry, and dieldrin is not endrin.
    key = numbers[0] if numbers else keys.inchikey
    found = gathered.setdefault(key, _Gathered(keys.smiles, salt, "[2H]" in keys.smiles or "[13" in keys.smiles))
    found.said += len(row.others)
    found.names.update(dict.fromkeys(_kept_names(row, found)))
    found.cas.update(dict.fromkeys(numbers))
    return ""


def _numbers(row: NamedCompound) -> list[str]:
    """The row's own CAS number, and the first among its other names, which is the one most used.

    Those further down are often of salts and isomers.
    """
    first = next((name for name in row.others[:FIRST_NAMES] if name.count("-") == 2 and cas_number(name)), "")
    numbers = [cas_number(text) for text in (row.cas, first) if text]
    return [number for number, sound in filter(None, numbers) if sound]


def _kept_names(row: NamedCompound, compound: _Gathered) -> list[str]:
    """The names that a chemist may type, the usual one first as it is written, the others in lower case."""
    usual = spelled(row.name)
    kept = [usual] if _is_kept(usual.lower(), compound) else []
    kept += [name for name in map(str.lower, map(spelled, row.others)) if _is_kept(name, compound)]
    # Better an odd name than none.
    return kept or [name for name in [usual] if 0 < len(name) <= MAX_NAME and cas_number(name) is None]


def _is_kept(name: str, compound: _Gathered) -> bool:
    if len(name) > MAX_SYNONYM or not _LETTER.search(name) or cas_number(name) is not None:
        return False
    if any(name.count(one) != name.count(other) for one, other in ("()", "[]", "{}")):
        # What is left of a name that was cut at a comma.
        return False
    if any(pattern.search(name) for pattern in (_NUMBER_OF_A_DEALER, _REMARK, _MACHINE_MADE, _ODD_SIGN)):
        return False
    return (compound.salt or not _OF_A_SALT.search(name)) and (compound.labelled or not _LABEL.search(name))


def _rows(compounds: Iterable[_Gathered]) -> list[IndexedCompound]:
    """The compounds that have a name, those with most names first; each name and CAS number stands for one compound only."""
    ordered = sorted((each for each in compounds if each.names or each.cas), key=lambda each: (-each.said, each.smiles))
    of_name = _owners([list(dict.fromkeys(map(folded, each.names))) for each in ordered], ordered)
    of_cas = _owners([list(each.cas) for each in ordered], ordered)
    rows = []
    for place, each in enumerate(ordered):
        own: dict[bytes, str] = {}
        for name in each.names:
            key = folded(name)
            if of_name[key] == place:
                own.setdefault(key, name)
        # Another compound may be better known by the usual name; this one is then called by the next of its own.
        name, *others = own.values() or [""]
        cas = tuple(number for number in each.cas if of_cas[number] == place)
        if not name and cas:
            name = f"{each.usual} ({cas[0]})" if each.usual else cas[0]
        if name:
            rows.append(IndexedCompound(each.smiles, name, tuple(others), cas))
    return rows


def _owners(claims: Sequence[Sequence[_Key]], compounds: Sequence[_Gathered]) -> dict[_Key, int]:
    """Which compound each name stands for: one said by hand, of which it is the first name, no salt, the best known."""
    best: dict[_Key, tuple[bool, bool, bool, int]] = {}
    for place, (names, compound) in enumerate(zip(claims, compounds, strict=True)):
        for at, name in enumerate(names):
            claim = (at >= compound.by_hand, at > 0, compound.salt, place)
            if name not in best or claim < best[name]:
                best[name] = claim
    return {name: claim[-1] for name, claim in best.items()}
