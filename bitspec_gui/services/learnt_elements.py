"""Which elements the model has learnt from, for whoever offers elements, without importing RDKit before it is needed."""

from __future__ import annotations


def learnt_elements() -> frozenset[str]:
    """Symbols of the elements of which there were enough training compounds to predict without a warning."""
    from bitspec_gui.chem.features import ELEMENTS

    return frozenset(ELEMENTS)
