"""What predicted peaks are made of, as files say it: a note on an MSP peak, cells of a CSV row, an object of JSON."""

from __future__ import annotations

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation

UNASSIGNED = "?"
"""Note on an MSP peak that no fragment accounts for."""

ANNOTATION_COLUMNS = (
    "ion_formula", "neutral_loss", "atoms", "hydrogen_shift", "exact_mz", "isotope", "probability", "unassigned",
)  # fmt: skip
"""Columns of a CSV table on the likeliest assignment of a peak; ``formula`` is already that of the molecule."""


def msp_note(annotation: PeakAnnotation | None) -> str:
    """The likeliest assignment in NIST's manner: ``C7H7+ -C3H7 p=0.98``, isotope peaks ``C7H7+ +1i -C3H7 p=0.88``."""
    if annotation is None or not annotation.is_assigned:
        return UNASSIGNED
    best = annotation.assignments[0]
    isotope = f" {best.isotope:+d}i" if best.isotope else ""
    loss = f" -{best.neutral_loss}" if best.neutral_loss else ""
    return f"{best.formula}+{isotope}{loss} p={best.probability:.2f}"


def csv_cells(annotation: PeakAnnotation | None) -> list[object]:
    """Values of `ANNOTATION_COLUMNS`, empty where nothing is known; atoms by their place in the SMILES, from 0."""
    if annotation is None:
        return [""] * len(ANNOTATION_COLUMNS)
    if not annotation.is_assigned:
        return [""] * (len(ANNOTATION_COLUMNS) - 1) + [annotation.unassigned]
    values = assignment_object(annotation.assignments[0])
    values["atoms"] = " ".join(map(str, annotation.assignments[0].atoms))
    return [*values.values(), annotation.unassigned]


def json_object(annotation: PeakAnnotation) -> dict[str, object]:
    """The whole ranked list of a peak, with the names of `ANNOTATION_COLUMNS`."""
    return {
        "mz": annotation.mz,
        "assignments": [assignment_object(each) for each in annotation.assignments],
        "unassigned": annotation.unassigned,
    }


def assignment_object(assignment: Assignment) -> dict[str, object]:
    """An assignment with the names of `ANNOTATION_COLUMNS`, atoms as a list."""
    return {
        "ion_formula": assignment.formula,
        "neutral_loss": assignment.neutral_loss,
        "atoms": list(assignment.atoms),
        "hydrogen_shift": assignment.hydrogen_shift,
        "exact_mz": assignment.exact_mz,
        "isotope": assignment.isotope,
        "probability": assignment.probability,
    }
