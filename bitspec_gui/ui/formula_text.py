"""Formulae as they are printed. No Qt."""

from __future__ import annotations

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscripted(formula: str) -> str:
    """Formula with its counts as subscripts."""
    return formula.translate(_SUBSCRIPTS)
