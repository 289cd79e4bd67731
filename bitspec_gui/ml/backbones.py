"""Graph encoders. A backbone turns a batch into atom states and one state per molecule; heads know nothing of graphs."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.nn import GATv2Conv, global_add_pool, global_max_pool, global_mean_pool
from torch_geometric.typing import Size

from bitspec_gui.chem.features import EDGE_FEATURES, NODE_FEATURES
from bitspec_gui.ml.batches import MoleculeBatch


class BondAttention(GATv2Conv):  # type: ignore[misc]
    """GATv2 over bonds: PyG's layer, computed directly where nobody asks for more than the new states.

    Message passing is worth its overhead to explainers, which reach into it; for one molecule it takes longer than the
    arithmetic. PyG generates no code for a layer with a `propagate` and an `edge_updater` of its own; generated code would leave
    a Python file in the temporary folder at every start.
    """

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_attr: Tensor,
        return_attention_weights: bool | None = None,
        edge_gates: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, tuple[Tensor, Tensor]]:
        """As in PyG: new states (N, hidden), and if asked for, edges and their attention (E, heads).

        ``edge_gates`` (E,) says how much of the message over each edge arrives; the attention is what it is without them, as in
        PyG's explainers, so that no message grows because another is held back.
        """
        if edge_gates is None and (return_attention_weights or self.explain):
            return super().forward(x, edge_index, edge_attr, return_attention_weights=return_attention_weights)  # type: ignore[no-any-return]
        begin, end = edge_index
        shape = (-1, self.heads, self.out_channels)
        sent = self.lin_l(x).view(shape)[begin]
        joined = sent + self.lin_r(x).view(shape)[end] + self.lin_edge(edge_attr).view(shape)
        scores = (functional.leaky_relu(joined, self.negative_slope) * self.att).sum(dim=-1)
        # A softmax over the bonds of each atom; the largest score of all would do, but may leave nothing of an atom's own.
        places = end[:, None].expand_as(scores)
        highest = torch.full((len(x), self.heads), -torch.inf, device=x.device, dtype=scores.dtype)
        highest = highest.scatter_reduce(0, places, scores.detach(), "amax")
        weights = torch.exp(scores - highest[end])
        total = torch.zeros_like(highest).index_add(0, end, weights)
        if edge_gates is not None:
            weights = weights * self._gates(edge_gates)[:, None]
        # In half precision, weights are single ones, and so is what they weigh.
        messages = sent * weights[..., None]
        received = torch.zeros(len(x), *sent.shape[1:], device=x.device, dtype=messages.dtype)
        received = received.index_add(0, end, messages) / (total[..., None] + 1e-16)
        return received.flatten(1) + self.bias  # type: ignore[no-any-return]

    def _gates(self, edge_gates: Tensor) -> Tensor:
        """Gates of edges, times the mask that one of PyG's explainers has set, which does not know of the edges to itself."""
        if not self.explain:
            return edge_gates
        mask = self._edge_mask.sigmoid() if self._apply_sigmoid else self._edge_mask
        return edge_gates * torch.cat([mask, mask.new_ones(len(edge_gates) - len(mask))])

    def propagate(self, edge_index: Tensor, size: Size = None, **kwargs: Any) -> Tensor:
        """As in PyG."""
        return super().propagate(edge_index, size=size, **kwargs)  # type: ignore[no-any-return]

    def edge_updater(self, edge_index: Tensor, size: Size = None, **kwargs: Any) -> Tensor:
        """As in PyG."""
        return super().edge_updater(edge_index, size=size, **kwargs)  # type: ignore[no-any-return]


class AttentionLayer(nn.Module):
    """Attention over bonded atoms, then mixing within each atom, both as residuals of normalised states."""

    def __init__(self, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm_before_attention = nn.LayerNorm(hidden)
        self.attention = BondAttention(hidden, hidden // heads, heads=heads, edge_dim=EDGE_FEATURES, add_self_loops=False)
        self.norm_before_mixing = nn.LayerNorm(hidden)
        self.mixing = nn.Sequential(nn.Linear(hidden, 2 * hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(2 * hidden, hidden))
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, edge_index: Tensor, edge_attr: Tensor, edge_gates: Tensor | None = None) -> Tensor:
        """(N, hidden) -> (N, hidden)."""
        attended = self.attention(self.norm_before_attention(states), edge_index, edge_attr, edge_gates=edge_gates)
        states = states + self.dropout(attended)
        return states + self.dropout(self.mixing(self.norm_before_mixing(states)))  # type: ignore[no-any-return]

    def weights(self, states: Tensor, edge_index: Tensor, edge_attr: Tensor) -> Tensor:
        """Attention that the layer pays over each edge, (E, heads)."""
        normalised = self.norm_before_attention(states)
        _, (_, found) = self.attention(normalised, edge_index, edge_attr, return_attention_weights=True)
        return found  # type: ignore[no-any-return]


class AttentionBackbone(nn.Module):
    """Attention network over the molecular graph (GATv2, Brody et al., arXiv:2105.14491) with bond features.

    `encode` gives atom states (N, hidden) and graph states (B, 3 hidden): sum, mean and maximum over the atoms.
    ``attention_heads`` are those of each layer.
    """

    def __init__(self, hidden: int, layers: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.atoms = nn.Linear(NODE_FEATURES, hidden)
        self.layers = nn.ModuleList(AttentionLayer(hidden, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(hidden)
        self.state_size = 3 * hidden
        self.attention_heads = (heads,) * layers

    def encode(self, batch: MoleculeBatch) -> tuple[Tensor, Tensor]:
        """Atom states (N, hidden) and graph states (B, state_size)."""
        states = self.atoms(batch.x)
        edge_index, edge_attr, gates = _with_loops(batch)
        for layer in self.layers:
            states = layer(states, edge_index, edge_attr, gates)
        states = self.norm(states)
        if batch.atom_gates is not None:
            states = states * batch.atom_gates[:, None]
        # Sums grow with the molecule; a twentieth brings them to the scale of the means.
        total = global_add_pool(states, batch.batch, batch.num_graphs) / 20.0
        mean, largest = (pool(states, batch.batch, batch.num_graphs) for pool in (global_mean_pool, global_max_pool))
        return states, torch.cat([total, mean, largest], dim=1)

    def attention_weights(self, batch: MoleculeBatch) -> tuple[Tensor, list[Tensor]]:
        """What atoms attend to: directed edges (2, E + N), each atom's own last, and their weights by each layer, (E + N, heads).

        An edge leads from the atom that is attended to, to the one that attends; the weights of each atom's edges add up to 1.
        """
        states: Tensor = self.atoms(batch.x)
        weights: list[Tensor] = []
        edge_index, edge_attr, gates = _with_loops(batch)
        for layer in self.layers:
            weights.append(cast(AttentionLayer, layer).weights(states, edge_index, edge_attr))
            states = layer(states, edge_index, edge_attr, gates)
        return edge_index, weights


def _with_loops(batch: MoleculeBatch) -> tuple[Tensor, Tensor, Tensor | None]:
    """Edges of a batch, their features and gates; each atom attends to itself, too, over a bond without features."""
    atoms = len(batch.x)
    itself = torch.arange(atoms, device=batch.x.device)
    edge_index = torch.cat([batch.edge_index, torch.stack([itself, itself])], dim=1)
    edge_attr = torch.cat([batch.edge_attr, batch.edge_attr.new_zeros(atoms, EDGE_FEATURES)])
    gates = None if batch.edge_gates is None else torch.cat([batch.edge_gates, batch.edge_gates.new_ones(atoms)])
    return edge_index, edge_attr, gates
