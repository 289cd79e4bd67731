"""Words on what a peak is made of: ions and losses with subscripts, labels, and what is said under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.annotation import Assignment, PeakAnnotation
from bitspec_gui.domain.formula import hill_formula, is_odd_electron
from bitspec_gui.ui.formula_text import subscripted
from bitspec_gui.ui.views.content import LabelMode, loss_text, mz_text

_HAS_DECIMALS_FROM = 0.0005


def _tr(text: str) -> str:
    return QCoreApplication.translate("Annotation", text)


def no_fragment_fits() -> str:
    """What is said of a peak without assignments."""
    return _tr("no fragment fits")


def ion_text(assignment: Assignment) -> str:
    """Ion with subscripts, charge, a dot for a radical and, for an isotope peak, how far that lies: ``C₇H₇⁺``, ``C₇H₈⁺• +1``."""
    isotope = f" {assignment.isotope:+d}".replace("-", "−") if assignment.isotope else ""
    return f"{subscripted(assignment.formula)}⁺{'•' if is_odd_electron(assignment.formula) else ''}{isotope}"


def plain_ion_text(assignment: Assignment) -> str:
    """The same in letters that every program reads: ``C7H7+ +1i``."""
    return f"{assignment.formula}+" + (f" {assignment.isotope:+d}i" if assignment.isotope else "")


def neutral_text(assignment: Assignment) -> str:
    """What the molecular ion lost, ``M`` for itself."""
    return f"−{subscripted(assignment.neutral_loss)}" if assignment.neutral_loss else "M"


def loss_name(assignment: Assignment) -> str:
    """Name of what was lost where its formula leaves no doubt, such as water; empty where it does."""
    names = {
        "H2": _tr("hydrogen"), "CH3": _tr("a methyl radical"), "H3N": _tr("ammonia"), "HO": _tr("a hydroxyl radical"),
        "H2O": _tr("water"), "FH": _tr("hydrogen fluoride"), "C2H2": _tr("ethyne"), "CHN": _tr("hydrogen cyanide"),
        "CO": _tr("carbon monoxide"), "N2": _tr("nitrogen"), "C2H4": _tr("ethene"), "C2H5": _tr("an ethyl radical"),
        "NO": _tr("nitric oxide"), "CH2O": _tr("formaldehyde"), "CH3O": _tr("a methoxy radical"), "CH4O": _tr("methanol"),
        "H2S": _tr("hydrogen sulfide"), "Cl": _tr("a chlorine atom"), "ClH": _tr("hydrogen chloride"),
        "C2H2O": _tr("ketene"), "CO2": _tr("carbon dioxide"), "NO2": _tr("nitrogen dioxide"), "O2S": _tr("sulfur dioxide"),
        "Br": _tr("a bromine atom"), "BrH": _tr("hydrogen bromide"), "C3H10OSi": _tr("trimethylsilanol"),
        "I": _tr("an iodine atom"), "HI": _tr("hydrogen iodide"),
    }  # fmt: skip
    return names.get(hill_formula(assignment.neutral_loss), "")


def share_text(share: float) -> str:
    """A share in percent; one that is neither none nor all is not rounded to either."""
    percent = 100.0 * share
    if 0 < percent < 1:
        return "< 1 %"
    return f"{min(percent, 99.0) if share < 1 else 100.0:.0f} %"


def label_lines(mz: float, annotation: PeakAnnotation | None, mode: LabelMode, molecular_mass: int | None) -> tuple[str, ...]:
    """Lines of a peak's label: m/z, and under it the ion or the loss if `mode` asks for it and it is likelier than none."""
    first = mz_text(mz)
    if mode is LabelMode.MZ:
        return (first,)
    best = annotation.assignments[0] if annotation is not None and annotation.is_assigned else None
    if best is not None and annotation is not None and best.probability > annotation.unassigned:
        return first, ion_text(best) if mode is LabelMode.FORMULA else neutral_text(best)
    loss = loss_text(mz, molecular_mass) if mode is LabelMode.LOSS and annotation is None else ""
    return (first, loss) if loss else (first,)


def annotation_lines(annotation: PeakAnnotation, measured_mz: float | None) -> tuple[str, ...]:
    """Lines on a peak's likeliest assignment, with its distance from a measured peak's m/z if that one has decimals."""
    if not annotation.is_assigned:
        return (no_fragment_fits(),)
    best = annotation.assignments[0]
    ion = " · ".join((ion_text(best), neutral_text(best), share_text(best.probability)))
    exact = _tr("exact m/z %1").replace("%1", f"{best.exact_mz:.4f}")
    if measured_mz is None or abs(measured_mz - round(measured_mz)) < _HAS_DECIMALS_FROM:
        return ion, exact
    return ion, exact, _measured_text(measured_mz, best.exact_mz)


def _measured_text(measured_mz: float, exact_mz: float) -> str:
    off = measured_mz - exact_mz
    words = _tr("measured %1: %2 mDa, %3 ppm").replace("%1", f"{measured_mz:.4f}")
    words = words.replace("%2", f"{1e3 * off:+.1f}").replace("%3", f"{1e6 * off / exact_mz:+.0f}")
    return words.replace("-", "−")
