"""A molecule and a target as PyG's explainers want a network: a module of nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch_geometric.explain import ModelConfig
from torch_geometric.explain.algorithm.utils import clear_masks
from torch_geometric.nn import MessagePassing

from bitspec_gui.domain.jobs import CancelToken, Progress, ReportProgress
from bitspec_gui.ml.explaining.masking import MaskableMolecule, MaskableNetwork
from bitspec_gui.ml.explaining.targets import Target

ONE_NUMBER_A_MOLECULE = ModelConfig(mode="regression", task_level="graph", return_type="raw")
"""What kind of network `GatedTarget` is, in PyG's words."""


class GatedTarget(nn.Module):
    """What is left of a target behind the gates of atoms, (R,), of R copies of one molecule.

    Nodes carry one feature, their presence: 1 for an atom that is known. A node mask of PyG thereby becomes a gate, which
    reaches features, messages, fingerprint and fragments alike (`masking`); its edge mask holds back messages of `BondAttention`.

    Parameters
    ----------
    passes : int
        How often it is going to be asked; progress is told, with `message`, and the wish to stop read, at each.
    """

    def __init__(
        self,
        network: MaskableNetwork,
        molecule: MaskableMolecule,
        target: Target,
        *,
        passes: int,
        message: str,
        progress: ReportProgress,
        cancel: CancelToken | None,
    ) -> None:
        super().__init__()
        self.network = network.network
        self._maskable, self._molecule, self._target = network, molecule, target
        self._passes, self._message, self._done = passes, message, 0
        self._progress, self._cancel = progress, cancel
        self.eval()  # PyG puts the module back into the mode it found it in

    @property
    def passes_messages(self) -> bool:
        """Whether there are bonds, and a network that sends messages over them, which PyG's edge masks can hold back."""
        return bool(self._molecule.bonds) and any(isinstance(module, MessagePassing) for module in self.modules())

    def forward(self, presence: Tensor, edge_index: Tensor) -> Tensor:
        """What is left of the target, (R,), of nodes (R N, 1) and edges (2, R E) as `graph_of` gives them."""
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()
        self._progress(Progress(min(self._done, self._passes), self._passes, self._message))
        self._done += 1
        gates = presence.view(-1, self._molecule.atoms)
        return self._target(self._maskable.intensities(self._molecule, gates))


def graph_of(molecule: MaskableMolecule, copies: int) -> tuple[Tensor, Tensor]:
    """Nodes (R N, 1), all present, and edges (2, R E) of copies of a molecule beside each other."""
    presence = torch.ones(copies * molecule.atoms, 1, device=molecule.batch.x.device)
    return presence, beside_each_other(molecule.batch.edge_index, molecule.atoms, copies)


def beside_each_other(edge_index: Tensor, atoms: int, copies: int) -> Tensor:
    """Edges (2, E) of a graph of so many atoms as (2, R E) of its copies."""
    offsets = torch.arange(copies, device=edge_index.device) * atoms
    return (edge_index[:, None, :] + offsets[None, :, None]).reshape(2, -1)


@contextmanager
def masks_taken_off(model: nn.Module) -> Iterator[None]:
    """Leave no mask of PyG's explainers on the layers, whatever happens in between."""
    try:
        yield
    finally:
        clear_masks(model)
        for module in model.modules():
            if isinstance(module, MessagePassing) and "_edge_mask" in module._parameters:
                # PyG made the mask a parameter of the layer; it was a plain attribute before.
                del module._edge_mask
                module._edge_mask = None
