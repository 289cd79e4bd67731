"""Structure keys for records whose file gives a structure but no InChIKey."""

from __future__ import annotations

import dataclasses

from bitspec_gui.domain.spectrum import SpectrumRecord


def with_structure_keys(record: SpectrumRecord) -> SpectrumRecord:
    """The record with an InChIKey computed from its SMILES or InChI where the file has none.

    Formula and masses are filled in with it if they are missing. A record with an InChIKey, or without a structure, or with one
    that cannot be read, comes back as it is.
    """
    if record.inchikey or not (record.smiles or record.inchi):
        return record
    from bitspec_gui.chem.parse import structure_keys

    keys = structure_keys(record.smiles, record.inchi)
    if keys is None:
        return record
    return dataclasses.replace(
        record,
        smiles=record.smiles or keys.smiles,
        inchikey=keys.inchikey,
        formula=record.formula or keys.formula,
        nominal_mass=record.nominal_mass or keys.nominal_mass,
        exact_mass=record.exact_mass or keys.exact_mass,
    )
