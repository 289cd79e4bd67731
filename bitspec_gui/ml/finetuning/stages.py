"""How far from the input each parameter of a network works, from the network's own structure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from bitspec_gui.ml.fingerprint_network import FingerprintNetwork, ResidualBlock
from bitspec_gui.ml.network import SpectrumNetwork


@dataclass(frozen=True)
class Stages:
    """Stages of a network, 0 at its input.

    ``of`` maps names of parameters to stages; ``top`` is the stage of what gives the spectrum, and ``upper`` the lowest stage
    that is not counted as backbone.
    """

    of: Mapping[str, int]
    upper: int
    top: int


def stages_of(member: SpectrumNetwork) -> Stages:
    """Stages of a network of any number of layers.

    Of one that scores fragments: atoms, each attention layer, joining of atoms to fragments, mixing, scores. Of one that reads
    fingerprints: substructures, each block of the trunk, its last normalisation, bins; the last block counts as upper.
    """
    if isinstance(member, FingerprintNetwork):
        blocks = [place for place, module in enumerate(member.trunk) if isinstance(module, ResidualBlock)]
        starts = [
            ("substructures.", 0),
            ("composition.", 0),
            *((f"trunk.{place}.", number) for number, place in enumerate(blocks, 1)),
        ]
        joining, upper, top = len(blocks) + 1, max(1, len(blocks)), len(blocks) + 2
        starts.append(("head.", top))
    else:
        layers = len(member.backbone.layers)
        starts = [("backbone.atoms.", 0), *((f"backbone.layers.{place}.", place + 1) for place in range(layers))]
        joining, upper, top = layers + 1, layers + 1, layers + 3
        starts += [("mix.", top - 1), ("scores.", top), ("rest.", top)]
    names = [name for name, _ in member.named_parameters()]
    return Stages(
        {name: next((stage for start, stage in starts if name.startswith(start)), joining) for name in names}, upper, top
    )


def undecayed(member: nn.Module) -> set[str]:
    """Names of parameters that weight decay would not hold back but spoil: biases, normalisations and embeddings."""
    found = {name for name, parameter in member.named_parameters() if parameter.dim() < 2}
    for name, module in member.named_modules():
        if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
            found.add(f"{name}.weight")
    return found
