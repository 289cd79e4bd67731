"""Structure keys for records whose file gives a structure but no InChIKey."""

from __future__ import annotations

import dataclasses

from bitspec_gui.domain.spectrum import SpectrumRecord

MAX_STRUCTURE_TEXT = 4000
"""A longer SMILES or InChI is that of no compound that evaporates; reading it could take minutes."""

MAX_MOLBLOCK_TEXT = 60_000


def with_structure_keys(record: SpectrumRecord) -> SpectrumRecord:
    """The record with an InChIKey computed from its SMILES or InChI where the file has none.

    Formula and masses are filled in with it if they are missing. A record with an InChIKey, or without a structure, or with one
    that cannot be read, comes back as it is.
    """
    if record.inchikey or not (record.smiles or record.inchi):
        return record
    if max(len(record.smiles or ""), len(record.inchi or "")) > MAX_STRUCTURE_TEXT:
        return record
    return _with_keys(record, record.smiles, record.inchi)


def with_molblock(record: SpectrumRecord, molblock: str) -> SpectrumRecord:
    """The record with the structure of a molblock where its file gives neither SMILES nor InChI.

    It comes back as it is if the molblock has no atoms or cannot be read.
    """
    if record.smiles or record.inchi or not 0 < len(molblock) < MAX_MOLBLOCK_TEXT or "M  END" not in molblock:
        return record
    return _with_keys(record, molblock, None)


def _with_keys(record: SpectrumRecord, structure: str | None, inchi: str | None) -> SpectrumRecord:
    from bitspec_gui.chem.parse import structure_keys

    keys = structure_keys(structure, inchi)
    if keys is None:
        return record
    return dataclasses.replace(
        record,
        smiles=record.smiles or keys.smiles,
        inchikey=record.inchikey or keys.inchikey,
        formula=record.formula or keys.formula,
        nominal_mass=record.nominal_mass or keys.nominal_mass,
        exact_mass=record.exact_mass or keys.exact_mass,
    )
