"""What a report on one explanation says, before it is laid out as HTML or PDF: maps, spectra, candidates, scores, and truth."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bitspec_gui import __version__
from bitspec_gui.domain.explanation import MASKED_ATOM, Explanation, Faithfulness, MethodInfo
from bitspec_gui.domain.formula import is_odd_electron
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.services.explanation_words import (
    caveat_words,
    in_words,
    known_ion_words,
    method_words,
    numbers_words,
    percent,
    scale_words,
    target_words,
    verdict_words,
)
from bitspec_gui.services.faithfulness_svg import faithfulness_svg
from bitspec_gui.services.heat_map_drawing import heat_map_svg
from bitspec_gui.services.hit_rows import hit_name
from bitspec_gui.services.mirror_svg import MEASURED_COLOUR, PREDICTED_COLOUR, Side, mirror_svg
from bitspec_gui.services.report_markup import Facts

MAP_SIZE = (440, 380)
CURVES_SIZE = (440, 170)
MIRROR_SIZE = (700, 250)
ATOMS_LISTED = 20
CANDIDATES_LISTED = 12

CANDIDATE_COLUMNS = ("Ion", "Exact m/z", "Loss", "H", "Probability", "Atoms")
CANDIDATE_NUMBERS = ("Exact m/z", "H", "Probability")

NOT_MEASURED = "How true this explanation is was not measured."

Explained = tuple[MethodInfo, Explanation, Faithfulness | None]
"""A method, what it said, and what was measured of it if anything was."""


@dataclass(frozen=True)
class ExplanationReportContent:
    """What a report is to be made of.

    Parameters
    ----------
    prediction : Prediction
        The spectrum that was explained.
    measured : SpectrumRecord, optional
        What it is compared with.
    results : tuple of (MethodInfo, Explanation, Faithfulness or None)
        One method or several of one target, the first being the one that matters; not empty.
    kept : tuple of int, optional
        Atoms of the fragment to outline; those of the likeliest candidate if None.
    """

    prediction: Prediction
    measured: SpectrumRecord | None
    results: tuple[Explained, ...]
    kept: tuple[int, ...] | None = None

    @property
    def explanation(self) -> Explanation:
        """What the first method said."""
        return self.results[0][1]

    @property
    def name(self) -> str:
        """What the molecule is called, else its formula."""
        return self.prediction.molecule.name or self.prediction.molecule.formula


@dataclass(frozen=True)
class MapPart:
    """A method: its heat map (SVG of `MAP_SIZE`), the curves of its faithfulness (SVG of `CURVES_SIZE` or empty), and words."""

    heading: str
    drawing: str
    curves: str
    verdict: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class ExplanationPage:
    """All that stands in the report. Rows are texts; `mirror` is an SVG of `MIRROR_SIZE`; `recompute` are paragraphs."""

    title: str
    facts: Facts
    notes: tuple[str, ...]
    parts: tuple[MapPart, ...]
    mirror: str
    candidates_heading: str
    candidates: tuple[tuple[str, ...], ...]
    candidates_note: str
    score_columns: tuple[str, ...]
    scores: tuple[tuple[str, ...], ...]
    scores_note: str
    recompute: tuple[str, ...]


def explanation_page(content: ExplanationReportContent, *, created: datetime | None = None) -> ExplanationPage:
    """What a report says; draws structures, so it is not for the GUI thread. `created` is now if not given."""
    when = created or datetime.now().astimezone()
    explanation = content.explanation
    target = "the whole spectrum" if explanation.request.mz is None else f"m/z {explanation.request.mz}"
    columns, scores = _scores(content.results)
    return ExplanationPage(
        title=f"What {target} of {content.name} rests on",
        facts=_facts(content, when),
        notes=content.prediction.warnings,
        parts=tuple(_part(content, *result) for result in content.results),
        mirror=_mirror(content),
        candidates_heading="" if explanation.request.mz is None else f"What {target} can be",
        candidates=tuple(_candidate_rows(explanation)),
        candidates_note=_candidates_note(explanation),
        score_columns=columns,
        scores=scores,
        scores_note=_scores_note(len(explanation.atom_scores)),
        recompute=_recompute(content),
    )


def _facts(content: ExplanationReportContent, when: datetime) -> Facts:
    molecule, version = content.prediction.molecule, content.explanation.model_version
    measured = content.measured
    known = (
        ("Date", f"{when:%Y-%m-%d %H:%M} ({when:%Z})"),
        ("Program", f"BitSpec {__version__}"),
        ("Model", f"{version.name}, sha256 {version.sha256}"),
        ("Licence of the model", version.licence),
        ("Compound", molecule.name),
        ("Formula", f"{molecule.formula}, {molecule.nominal_mass} Da"),
        ("SMILES", molecule.smiles),
        ("InChIKey", molecule.inchikey),
        ("Explained", target_words(content.explanation)),
        ("Compared with", _measured_words(measured) if measured is not None else ""),
    )
    return tuple((what, value) for what, value in known if value)


def _measured_words(record: SpectrumRecord) -> str:
    """Where a measured spectrum comes from, and under which licence."""
    parts = (hit_name(record), record.accession or "", record.instrument or "", record.licence or "", record.authors or "")
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _part(
    content: ExplanationReportContent, info: MethodInfo, explanation: Explanation, measured: Faithfulness | None
) -> MapPart:
    info = info.for_target(explanation.request.mz)
    method = method_words(explanation, info)
    caption = f"{method}: {target_words(explanation)}"
    said = [in_words(explanation, measured) if measured is not None else NOT_MEASURED]
    said += [caveat_words(explanation), f"{info.meaning} {info.caution}".strip(), scale_words(explanation, info)]
    return MapPart(
        heading=method,
        drawing=heat_map_svg(explanation, info, caption=caption, kept=_kept(content, explanation), size=MAP_SIZE, numbered=True),
        curves=faithfulness_svg(measured, width=CURVES_SIZE[0], height=CURVES_SIZE[1]) if measured is not None else "",
        verdict=verdict_words(measured) if measured is not None else "",
        sentences=tuple(each for each in said if each),
    )


def _kept(content: ExplanationReportContent, explanation: Explanation) -> tuple[int, ...] | None:
    if content.kept is not None:
        return content.kept
    return explanation.candidates[0].atoms if explanation.candidates else None


def _mirror(content: ExplanationReportContent) -> str:
    top = Side(content.prediction.spectrum, f"Predicted: {content.name}", PREDICTED_COLOUR)
    measured = content.measured
    bottom = None if measured is None else Side(measured.spectrum, f"Measured: {hit_name(measured)}", MEASURED_COLOUR)
    return mirror_svg(top, bottom, width=MIRROR_SIZE[0], height=MIRROR_SIZE[1], marked_mz=content.explanation.request.mz)


def _candidate_rows(explanation: Explanation) -> list[tuple[str, ...]]:
    """Rows under `CANDIDATE_COLUMNS`, the likeliest first."""
    return [
        (
            f"{each.formula}+{'•' if is_odd_electron(each.formula) else ''}"
            + (f" ({each.isotope:+d} Da isotope peak)" if each.isotope else ""),
            f"{each.exact_mz:.4f}",
            each.neutral_loss or "none: the molecular ion",
            f"{each.hydrogen_shift:+d}" if each.hydrogen_shift else "0",
            percent(each.probability),
            numbers_words(each.atoms),
        )
        for each in explanation.candidates[:CANDIDATES_LISTED]
    ]


def _candidates_note(explanation: Explanation) -> str:
    mz = explanation.request.mz
    if mz is None:
        return ""
    known = "".join(f" {known_ion_words(each)}." for each in explanation.known)
    if not explanation.candidates:
        return f"No fragment of this molecule that BitSpec considers has m/z {mz}.{known}"
    more = len(explanation.candidates) - CANDIDATES_LISTED
    said = f"{more} less likely ones are left out. " if more > 0 else ""
    return (
        f"{said}Probabilities are shares of the predicted intensity; no fragment that BitSpec considers accounts for "
        f"{percent(explanation.unassigned)}. H: hydrogens gained or lost beside those of the atoms.{known}"
    )


def _scores(results: Sequence[Explained]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heading and rows of the atoms that matter most by the first method, with what the others say of them."""
    from bitspec_gui.chem.smiles_order import atom_symbols

    first = results[0][1]
    symbols = atom_symbols(first.request.molecule)
    columns = ["Atom", "Element"]
    for info, explanation, _ in results:
        columns += [method_words(explanation, info), "Pointed at"]
    rows = []
    for atom in first.order[:ATOMS_LISTED]:
        row = [str(atom), symbols[atom]]
        for _, explanation, _ in results:
            row += [f"{explanation.atom_scores[atom]:.2f}", "yes" if atom in explanation.selected() else ""]
        rows.append(tuple(row))
    return tuple(columns), tuple(rows)


def _scores_note(atoms: int) -> str:
    more = f" The other {atoms - ATOMS_LISTED} atoms score less." if atoms > ATOMS_LISTED else ""
    return f"Atoms are heavy atoms by their place in the SMILES above, from 0, as in the map; the highest score is 1 or -1.{more}"


def _recompute(content: ExplanationReportContent) -> tuple[str, ...]:
    """How someone else gets the same figures."""
    smiles = shlex.quote(content.prediction.molecule.smiles)
    commands = []
    for _, explanation, _ in content.results:
        request = explanation.request
        words = ["bitspec explain", smiles]
        words += [] if request.mz is None else [f"--peak {request.mz}"]
        words += [f"--method {request.method}"] + ([f"--variant {request.variant}"] if request.variant else [])
        words += [f"--seed {request.seed}"] if request.seed else []
        commands.append(" ".join([*words, "--output explanation.json"]))
    said = [
        *commands,
        "These commands write all scores, masks, orders and curves as JSON; bitspec explain SMILES --without ATOMS predicts with "
        "atoms masked.",
    ]
    if any(measured is not None for *_, measured in content.results):
        said.append(MASKED_ATOM)
    return tuple(said)
