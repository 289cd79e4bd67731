"""What was learned for hints on unknowns, as a file: JSON with a format number and a checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitspec_gui.domain.errors import ModelFileError
from bitspec_gui.spectra.molecular_mass import FEATURES, MassFinder
from bitspec_gui.spectra.ranking_network import RankingNetwork

if TYPE_CHECKING:
    from bitspec_gui.chem.formula_candidates import FormulaPrior

FORMAT_NUMBER = 1

_FAULTS = (ValueError, KeyError, TypeError, OverflowError, RecursionError, AttributeError)


@dataclass(frozen=True, eq=False)
class HintKnowledge:
    """What hints rest on: where molecular ions lie, and how usual formulae are; ``fitted_on`` names the data in words."""

    version: str
    finder: MassFinder
    prior: FormulaPrior
    fitted_on: str


def hint_knowledge_text(name: str, finder: MassFinder, prior: FormulaPrior, fitted_on: str) -> str:
    """Text of the file, the same for the same knowledge."""
    content = {
        "format": FORMAT_NUMBER,
        "name": name,
        "features": FEATURES,
        "mass_finder": [network.as_lists() for network in finder.networks],
        "formula_prior": prior.as_lists(),
        "fitted_on": fitted_on,
    }
    return json.dumps({**content, "sha256": _sha256(content)}) + "\n"


def load_hint_knowledge(path: Path) -> HintKnowledge:
    """Read the file.

    Raises
    ------
    ModelFileError
        If it is missing, damaged or of another format.
    """
    from bitspec_gui.chem.formula_candidates import FormulaPrior

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stated = content.pop("sha256")
        if content["format"] != FORMAT_NUMBER or content["features"] != FEATURES:
            raise ValueError("it was made for another version of BitSpec")
        if stated != _sha256(content):
            raise ValueError("its content is not what its checksum says")
        networks = tuple(RankingNetwork.from_lists(lists, FEATURES) for lists in content["mass_finder"])
        if not networks:
            raise ValueError("it has no network")
        prior = FormulaPrior.from_lists(content["formula_prior"])
        return HintKnowledge(f"{content['name']} ({stated[:8]})", MassFinder(networks), prior, str(content["fitted_on"]))
    except (OSError, *_FAULTS) as error:
        raise ModelFileError(f"What BitSpec knows of molecular ions cannot be read from {path}: {error}.") from error


def _sha256(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()
