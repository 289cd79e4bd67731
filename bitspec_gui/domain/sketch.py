"""A molecule as it is drawn: atoms and bonds on paper, whether or not chemistry allows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from types import MappingProxyType

from bitspec_gui.domain.molecule import Molecule


class BondStyle(Enum):
    """How a bond is drawn.

    A wedge or hash begins, narrow, at the bond's atom `begin`; `EITHER` is a double bond of unknown geometry (drawn crossed),
    `WAVY` a single bond of unknown configuration.
    """

    PLAIN = "plain"
    WEDGE = "wedge"
    HASH = "hash"
    WAVY = "wavy"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class SketchAtom:
    """An atom on paper.

    ``x`` and ``y`` are in bond lengths, y upwards. ``radical`` counts unpaired electrons (0, 1, 2); ``isotope`` is a mass number,
    0 for natural. Hydrogens are implied by the valence unless ``hydrogens`` says how many there are.
    """

    x: float
    y: float
    symbol: str = "C"
    charge: int = 0
    radical: int = 0
    isotope: int = 0
    hydrogens: int | None = None

    @property
    def is_plain_carbon(self) -> bool:
        """Whether it is drawn as a bare corner of lines (if it has a bond)."""
        return self.symbol == "C" and not (self.charge or self.radical or self.isotope) and self.hydrogens is None


@dataclass(frozen=True, slots=True)
class SketchBond:
    """A bond on paper between the atoms with the ids ``begin`` and ``end``; ``order`` is 1, 2 or 3."""

    begin: int
    end: int
    order: int = 1
    style: BondStyle = BondStyle.PLAIN

    def other(self, atom: int) -> int:
        """The atom at the other end."""
        return self.end if atom == self.begin else self.begin


@dataclass(frozen=True)
class Sketch:
    """A drawing: atoms and bonds by their ids. Never changed: each stroke makes another one.

    Ids are positive and never used again within the history of a drawing: ``next_id`` is the next free one, for atoms and bonds
    alike. The order of the atoms is that in which they were drawn.
    """

    atoms: Mapping[int, SketchAtom] = field(default_factory=dict)
    bonds: Mapping[int, SketchBond] = field(default_factory=dict)
    next_id: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "atoms", MappingProxyType(dict(self.atoms)))
        object.__setattr__(self, "bonds", MappingProxyType(dict(self.bonds)))

    def __bool__(self) -> bool:
        """Whether anything is drawn."""
        return bool(self.atoms)

    @cached_property
    def bonds_of(self) -> Mapping[int, tuple[int, ...]]:
        """Ids of the bonds of each atom."""
        found: dict[int, list[int]] = {atom: [] for atom in self.atoms}
        for key, bond in self.bonds.items():
            found[bond.begin].append(key)
            found[bond.end].append(key)
        return MappingProxyType({atom: tuple(bonds) for atom, bonds in found.items()})

    def neighbours(self, atom: int) -> tuple[int, ...]:
        """Ids of the atoms bonded to an atom."""
        return tuple(self.bonds[bond].other(atom) for bond in self.bonds_of[atom])

    def bond_between(self, one: int, other: int) -> int | None:
        """Id of the bond between two atoms, None if there is none."""
        return next((bond for bond in self.bonds_of[one] if self.bonds[bond].other(one) == other), None)


@dataclass(frozen=True)
class SketchFault:
    """Something in a sketch that is no sound chemistry: a sentence, and the ids of the atoms and bonds that it is about."""

    sentence: str
    atoms: tuple[int, ...] = ()
    bonds: tuple[int, ...] = ()


@dataclass(frozen=True)
class SketchReading:
    """What chemistry says to a sketch.

    ``molecule`` is None as long as no spectrum can be predicted, and ``sentence`` says what is missing (empty for an empty
    sketch). ``formula`` and the masses (Da) are of all that is drawn, isotopic labels counted as such (``C[13C]H5DO``), empty or
    None where that cannot be counted. ``atom_ids`` gives, for each atom of ``molecule.smiles`` in its order, the id of the atom
    of the sketch. ``aromatic_rings`` are ids of atoms around each aromatic ring; ``stereo_labels`` CIP labels (R, S, E, Z) by
    the id of the atom or bond.
    """

    molecule: Molecule | None = None
    sentence: str = ""
    formula: str = ""
    nominal_mass: int | None = None
    exact_mass: float | None = None
    faults: tuple[SketchFault, ...] = ()
    atom_ids: tuple[int, ...] = ()
    aromatic_rings: tuple[tuple[int, ...], ...] = ()
    stereo_labels: Mapping[int, str] = field(default_factory=dict)

    def of_copy(self, read: Sketch, copy: Sketch) -> SketchReading:
        """The same reading of a copy of the sketch that was read: its atoms and bonds in the same order, under other ids."""
        ids = dict(zip((*read.atoms, *read.bonds), (*copy.atoms, *copy.bonds), strict=True))

        def renamed(some: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(ids[each] for each in some)

        return replace(
            self,
            faults=tuple(replace(each, atoms=renamed(each.atoms), bonds=renamed(each.bonds)) for each in self.faults),
            atom_ids=renamed(self.atom_ids),
            aromatic_rings=tuple(renamed(ring) for ring in self.aromatic_rings),
            stereo_labels={ids[key]: label for key, label in self.stereo_labels.items()},
        )


@dataclass(frozen=True)
class SketchFormats:
    """A sketch in the forms that other programs take: an empty text where a form cannot say it."""

    smiles: str = ""
    inchi: str = ""
    inchikey: str = ""
    molblock: str = ""
    cdxml: str = ""


@dataclass(frozen=True)
class PastedStructures:
    """What a clipboard or a drop held.

    ``sketches`` are centred on (0, 0), a bond 1 long; ``names`` are their names ("" where none is given), one for each;
    ``problems`` are sentences on what could not be read, or was read in part. ``form`` says what they were read from.
    """

    sketches: tuple[Sketch, ...] = ()
    names: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    form: str = ""
