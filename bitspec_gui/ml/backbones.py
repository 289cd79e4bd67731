"""Graph encoders. A backbone turns a batch into atom states and one state per molecule; heads know nothing of graphs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch
from torch_geometric.nn import GINEConv, global_add_pool, global_max_pool, global_mean_pool
from torch_geometric.typing import Size

from bitspec_gui.chem.features import EDGE_FEATURES, NODE_FEATURES


class UncompiledGineConv(GINEConv):  # type: ignore[misc]
    """GINE without PyG's code generation, which would leave a Python file in the temporary folder at every start.

    PyG generates no code for a convolution with a `propagate` of its own.
    """

    def propagate(self, edge_index: Tensor, size: Size = None, **kwargs: Any) -> Tensor:
        """As in PyG."""
        return super().propagate(edge_index, size=size, **kwargs)  # type: ignore[no-any-return]


class GineBackbone(nn.Module):
    """Isomorphism network with bond features (GINE, Hu et al., arXiv:1905.12265), with residual connections.

    `encode` gives atom states (N, hidden) and graph states (B, 3 hidden): sum, mean and maximum over the atoms.
    """

    def __init__(self, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.atoms = nn.Linear(NODE_FEATURES, hidden)
        self.convolutions = nn.ModuleList(
            UncompiledGineConv(
                nn.Sequential(
                    nn.Linear(hidden, 2 * hidden), nn.BatchNorm1d(2 * hidden), nn.ReLU(), nn.Linear(2 * hidden, hidden)
                ),
                edge_dim=EDGE_FEATURES,
                train_eps=True,
            )
            for _ in range(layers)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(hidden) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)
        self.state_size = 3 * hidden

    def encode(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Atom states (N, hidden) and graph states (B, state_size)."""
        size = int(batch.num_graphs)
        states = torch.relu(self.atoms(batch.x))
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            message = convolution(states, batch.edge_index, batch.edge_attr)
            states = states + self.dropout(torch.relu(norm(message)))
        # Sums grow with the molecule; a twentieth brings them to the scale of the means.
        total = global_add_pool(states, batch.batch, size) / 20.0
        mean, largest = (pool(states, batch.batch, size) for pool in (global_mean_pool, global_max_pool))
        return states, torch.cat([total, mean, largest], dim=1)
