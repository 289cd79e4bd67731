"""As many pairs of neighbours as there can be in a graph: how double bonds share out among the atoms of rings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, MutableMapping, Sequence

Graph = Mapping[int, Sequence[int]]


def paired(graph: Graph, pairs: Mapping[int, int], seeking: Iterable[int] | None = None) -> dict[int, int]:
    """Pairs of neighbours, as many as possible, begun with ``pairs``.

    Every vertex that has a partner keeps one, though perhaps another. Vertices are served in the order given, and so are their
    neighbours. Edmonds' blossom algorithm, doi:10.4153/CJM-1965-045-4.

    Parameters
    ----------
    graph
        Neighbours of each vertex.
    pairs
        The partner of each vertex that has one, both ways.
    seeking
        Vertices for which a partner is sought; others without one only get one by being it. All, if not given.

    Returns
    -------
    dict of int to int
        The partner of each vertex that has one, both ways.
    """
    mates = dict(pairs)
    for vertex in graph if seeking is None else seeking:
        if vertex not in mates:
            _augment(graph, mates, vertex)
    return mates


def _augment(graph: Graph, mates: MutableMapping[int, int], root: int) -> None:
    """Find a partner for a vertex, letting others change theirs; nothing happens if there is none."""
    search = _Search(graph, mates, root)
    end = search.free_vertex()
    while end is not None:
        before = search.before[end]
        following = mates.get(before)
        mates[end], mates[before] = before, end
        end = following


class _Search:
    """A search by breadth for a free vertex at the end of a path of which every other edge is a pair."""

    def __init__(self, graph: Graph, mates: Mapping[int, int], root: int) -> None:
        self.before: dict[int, int] = {}
        self._graph, self._mates, self._root = graph, mates, root
        self._base = {vertex: vertex for vertex in graph}
        self._outer = {root}
        self._front = deque([root])

    def free_vertex(self) -> int | None:
        """The free vertex that was reached, None if there is none; `before` leads back to the root."""
        while self._front:
            here = self._front.popleft()
            for there in self._graph[here]:
                if self._base[here] == self._base[there] or self._mates.get(here) == there:
                    continue
                if there in self._outer:
                    self._shrink(here, there)
                elif there not in self.before:
                    self.before[there] = here
                    if there not in self._mates:
                        return there
                    self._reach(self._mates[there])
        return None

    def _reach(self, vertex: int) -> None:
        if vertex not in self._outer:
            self._outer.add(vertex)
            self._front.append(vertex)

    def _shrink(self, one: int, other: int) -> None:
        """Make one vertex of an odd cycle."""
        stem = self._common_base(one, other)
        blossom: set[int] = set()
        self._mark(one, stem, other, blossom)
        self._mark(other, stem, one, blossom)
        for vertex in self._graph:
            if self._base[vertex] in blossom:
                self._base[vertex] = stem
                self._reach(vertex)

    def _mark(self, vertex: int, stem: int, child: int, blossom: set[int]) -> None:
        while self._base[vertex] != stem:
            mate = self._mates[vertex]
            blossom |= {self._base[vertex], self._base[mate]}
            self.before[vertex] = child
            child, vertex = mate, self.before[mate]

    def _common_base(self, one: int, other: int) -> int:
        passed: set[int] = set()
        vertex = self._base[one]
        while True:
            passed.add(vertex)
            if vertex == self._root or vertex not in self._mates:
                break
            vertex = self._base[self.before[self._mates[vertex]]]
        vertex = self._base[other]
        while vertex not in passed:
            vertex = self._base[self.before[self._mates[vertex]]]
        return vertex
