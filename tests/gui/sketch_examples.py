"""Small sketches to look at: an atom with bonds in given directions, chains, and rings."""

from __future__ import annotations

import math

from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond


def star(symbol="C", *directions, orders=(), ends=(), **atom):
    """An atom (id 1) in the middle, its neighbours (ids 2 and on, carbons unless named in `ends`) in directions in degrees."""
    atoms = {1: SketchAtom(0.0, 0.0, symbol, **atom)}
    bonds = {}
    for place, direction in enumerate(directions):
        key = place + 2
        angle = math.radians(direction)
        end = ends[place] if place < len(ends) else "C"
        atoms[key] = SketchAtom(math.cos(angle), math.sin(angle), end)
        bonds[100 + key] = SketchBond(1, key, orders[place] if place < len(orders) else 1)
    return Sketch(atoms, bonds, 200)


def chain(*points, orders=(), styles=(), symbols=()):
    """Atoms (ids 1 and on) at points, each bonded (ids 101 and on) to the next."""
    atoms = {
        number + 1: SketchAtom(x, y, symbols[number] if number < len(symbols) else "C") for number, (x, y) in enumerate(points)
    }
    bonds = {
        100 + number: SketchBond(
            number,
            number + 1,
            orders[number - 1] if number <= len(orders) else 1,
            styles[number - 1] if number <= len(styles) else BondStyle.PLAIN,
        )
        for number in range(1, len(points))
    }
    return Sketch(atoms, bonds, 200)


def ring(size, *doubles, x=0.0, y=0.0):
    """A regular ring (atoms 1 and on, bonds 101 and on), with these of its bonds, counted from 0, double."""
    radius = 0.5 / math.sin(math.pi / size)
    atoms = {
        k + 1: SketchAtom(x + radius * math.cos(math.tau * k / size), y + radius * math.sin(math.tau * k / size))
        for k in range(size)
    }
    bonds = {101 + k: SketchBond(k + 1, (k + 1) % size + 1, 2 if k in doubles else 1) for k in range(size)}
    return Sketch(atoms, bonds, 200)
