"""Kinds and sizes of networks, as model files and training settings name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bitspec_gui.domain.errors import ModelFileError


@dataclass(frozen=True)
class FingerprintConfig:
    """Sizes of a `FingerprintNetwork`."""

    trunk_hidden: int = 1024
    trunk_blocks: int = 3
    dropout: float = 0.3


@dataclass(frozen=True)
class FragmentConfig:
    """Sizes of a `FragmentNetwork`."""

    graph_hidden: int = 192
    graph_layers: int = 4
    graph_heads: int = 4
    graph_dropout: float = 0.1
    fragment_hidden: int = 256
    fragment_blocks: int = 1
    fragment_dropout: float = 0.2
    rest_hidden: int = 512
    rest_dropout: float = 0.3


NetworkConfig = FingerprintConfig | FragmentConfig

_KINDS: dict[str, type[FingerprintConfig] | type[FragmentConfig]] = {
    "fingerprint": FingerprintConfig,
    "fragments": FragmentConfig,
}


def as_json(config: NetworkConfig) -> dict[str, Any]:
    """Plain values, with the kind, for a model file."""
    kind = next(name for name, known in _KINDS.items() if isinstance(config, known))
    return {"kind": kind, **asdict(config)}


def from_json(values: Mapping[str, Any]) -> NetworkConfig:
    """Config of a model file; raises `ModelFileError` for values that this version does not know."""
    kind = _KINDS.get(str(values.get("kind")))
    if kind is None:
        raise ModelFileError(f"There is no kind of network {values.get('kind')!r}; this BitSpec knows {', '.join(_KINDS)}.")
    rest = {name: value for name, value in values.items() if name != "kind"}
    unknown = sorted(set(rest) - {field.name for field in fields(kind)})
    if unknown:
        raise ModelFileError(f"The model file has network settings that this BitSpec does not know: {', '.join(unknown)}.")
    return kind(**rest)
