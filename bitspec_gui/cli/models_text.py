"""Model versions as text to read on a terminal, and as objects for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bitspec_gui.domain.model_registry import RegisteredVersion
from bitspec_gui.domain.tuning_json import as_json
from bitspec_gui.services.model_registry import VersionProblem
from bitspec_gui.services.tuning_time import size_text
from bitspec_gui.services.version_compare import NONE, VersionComparison, data_words, properties
from bitspec_gui.services.version_contest import Contest

CONTESTED_SHOWN = 10
"""Compounds that are listed of a comparison: those on which the two differ most."""


def versions_text(versions: Sequence[RegisteredVersion]) -> str:
    """A table of versions; the one in use is marked."""
    lines = ["use\tname\tsha256\tfrom\tdata\tstrategy\tchange\tmade\tsize"]
    lines += ["\t".join(_row(version)) for version in versions]
    return "\n".join(lines) + "\n"


def _row(version: RegisteredVersion) -> Iterator[str]:
    yield "*" if version.active else ""
    yield version.version.name
    yield version.version.sha256[:8]
    yield "comes with BitSpec" if version.supplied else version.parent_name or NONE
    yield data_words(version) or NONE
    yield version.settings.strategy.value if version.settings else NONE
    yield str(version.metrics.gain) if version.metrics else NONE
    yield version.made_at.strftime("%Y-%m-%d") if version.made_at else NONE
    yield size_text(version.size_bytes)


def versions_json(versions: Sequence[RegisteredVersion], problems: Sequence[VersionProblem]) -> str:
    """The same for programs."""
    said = {problem.version.version_id: problem.sentence for problem in problems}
    objects = [as_json(version) | {"problem": said.get(version.version_id, "")} for version in versions]
    return json.dumps(objects, ensure_ascii=False, indent=1)


def version_text(version: RegisteredVersion, response: bool | None) -> str:
    """Everything that is known of a version, a line each."""
    lines = [f"{heading}\t{' '.join(words.split())}" for heading, words in properties(version)]
    lines.append(f"File\t{version.file}")
    if response is not None:
        lines.append(f"Instrument's response\t{'on' if response else 'off'}")
    if version.settings is not None:
        settings = version.settings.as_json()
        lines.append("Settings\t" + ", ".join(f"{key} {value}" for key, value in settings.items() if key != "strategy"))
    return "\n".join(lines) + "\n"


def version_json(version: RegisteredVersion) -> str:
    """The same for programs."""
    return json.dumps(as_json(version), ensure_ascii=False, indent=1) + "\n"


def comparison_text(compared: VersionComparison, contest: Contest | None) -> str:
    """Two versions side by side; what differs is marked, and what was measured of both comes last."""
    lines = ["\t".join(("", "what", compared.first.version.name, compared.second.version.name))]
    for row in compared.rows:
        lines.append(
            "\t".join(("≠" if row.differs else "", row.what, *(" ".join(each.split()) for each in (row.first, row.second))))
        )
    if contest is not None:
        lines += ["", contest.sentence, *_contest_lines(contest)]
    return "\n".join(lines) + "\n"


def _contest_lines(contest: Contest) -> Iterator[str]:
    if contest.difference is None:
        return
    first, second = contest.means
    yield "\t".join(("compounds", contest.first.version.name, contest.second.version.name, "difference (95 % interval)"))
    yield f"{len(contest.compounds)}\t{first:.3f}\t{second:.3f}\t{contest.difference}"
    most = sorted(contest.compounds, key=lambda each: -abs(each.second - each.first))[:CONTESTED_SHOWN]
    yield "\t".join(("", "", "", "those that differ most"))
    for each in most:
        yield f"{each.name or each.smiles}\t{each.first:.3f}\t{each.second:.3f}\t{each.second - each.first:+.3f}"


def comparison_json(compared: VersionComparison, contest: Contest | None) -> dict[str, Any]:
    """The same for programs."""
    return {
        "first": as_json(compared.first),
        "second": as_json(compared.second),
        "differing": [{"what": row.what, "first": row.first, "second": row.second} for row in compared.rows if row.differs],
        "measured": None if contest is None else _contest_json(contest),
    }


def _contest_json(contest: Contest) -> dict[str, Any]:
    first, second = contest.means
    return {
        "sentence": contest.sentence,
        "left_out": contest.left_out,
        "means": {"first": first, "second": second},
        "difference": None if contest.difference is None else as_json(contest.difference),
        "compounds": [as_json(each) for each in contest.compounds],
    }
