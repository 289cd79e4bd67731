"""Derivatives for GC-MS as the window and the command make them: sites, structures, predicted spectra and tables of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from bitspec_gui.domain.derivatives import MOST_LISTED, DerivatisationPlan, Derivative, DerivativeKind, DerivativeList
from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress, ignore_progress
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.services.atomic_text import replacing
from bitspec_gui.services.prediction import PredictionService

TOGETHER = 8
"""Derivatives predicted together: few, so that the first spectra are there soon and a cancel is heard."""

COLUMNS = ("name", "kind", "groups", "sites", "smiles", "inchikey", "formula", "nominal_mass", "exact_mass", "mass_shift", "ions",
           "remark")  # fmt: skip
TABLE_SUFFIXES = {".csv": ",", ".tsv": "\t"}


def derivatisation_plan(molecule: Molecule, kind: DerivativeKind) -> DerivatisationPlan:
    """Sites of a molecule that a kind of derivatisation reaches, and what is to be known about them."""
    from bitspec_gui.chem.derivatisation_plan import derivatisation_plan as plan

    return plan(molecule, kind)


def derivatives(
    plan: DerivatisationPlan,
    ticked: Collection[int],
    fewest: int,
    most: int,
    *,
    limit: int = MOST_LISTED,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> DerivativeList:
    """All distinct derivatives with `fewest` to `most` groups on the ticked sites; raises `Cancelled`."""
    from bitspec_gui.chem.derivatisation import derivatives as make

    return make(plan, ticked, fewest, most, limit=limit, progress=progress, cancel=cancel)


def drawing_of_sites(plan: DerivatisationPlan, ticked: Collection[int], width: int, height: int, *, dark: bool) -> str:
    """Structure of the parent as SVG, its sites numbered, those of the ticked ones tinted."""
    from bitspec_gui.chem.depict import numbered_svg

    numbers: dict[int, list[str]] = {}
    for site in plan.sites:
        numbers.setdefault(site.shown_at, []).append(str(site.number))
    notes = {atom: ",".join(these) for atom, these in numbers.items()}
    tinted = {site.shown_at for site in plan.sites if site.number in ticked}
    return numbered_svg(plan.parent, width, height, dark=dark, notes=notes, tinted=tinted)


def predicted(
    prediction: PredictionService,
    molecules: Sequence[Molecule],
    *,
    annotate: bool = False,
    progress: ReportProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Iterator[Prediction | str]:
    """Predicted spectra of molecules, a few at a time; for one that cannot be predicted, a sentence that says why.

    If `annotate`, they say what each peak is made of, which takes a fifth longer.

    Raises
    ------
    Cancelled
        If someone asked to stop; what came before stays good.
    ModelFileError
        If the network cannot be loaded.
    """
    for start in range(0, len(molecules), TOGETHER):
        if cancel is not None:
            cancel.raise_if_cancelled()
        yield from prediction.predict_each(molecules[start : start + TOGETHER], annotate=annotate, cancel=cancel)
        progress(Progress(min(start + TOGETHER, len(molecules)), len(molecules), "Predicting spectra"))


def base_peak(prediction: Prediction) -> int:
    """Nominal m/z of the strongest peak."""
    return round(float(prediction.spectrum.mz[prediction.spectrum.intensity.argmax()]))


def table_of(derivatives_listed: Sequence[Derivative], delimiter: str = "\t") -> str:
    """Derivatives as a table of text, one a row under a heading."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in derivatives_listed:
        molecule = each.molecule
        sites = " ".join(map(str, each.sites))
        ions = " ".join(f"{name}={mz}" for name, mz in each.ions)
        writer.writerow(
            [molecule.name, each.kind.value, each.groups, sites, molecule.smiles, molecule.inchikey, molecule.formula,
             molecule.nominal_mass, f"{molecule.exact_mass:.4f}", each.mass_shift_da, ions, each.remark]
        )  # fmt: skip
    return text.getvalue()


def write_table(derivatives_listed: Sequence[Derivative], path: Path) -> None:
    """Write derivatives as .csv or .tsv.

    Raises
    ------
    ExportError
        If the suffix is another one, or the file cannot be written.
    """
    delimiter = TABLE_SUFFIXES.get(path.suffix.lower())
    if delimiter is None:
        raise ExportError(f"{path.name} should end in .csv or .tsv: that is a table. Spectra (.msp) need predictions.")
    with replacing(path) as stream:
        stream.write(table_of(derivatives_listed, delimiter))
