"""Rows of arrays as plain triples: inside kernels they cost nothing, where a view of the array would be counted."""

from __future__ import annotations

import numpy as np

from simgen.render.compiled import inlined

Vector = tuple[float, float, float]


@inlined
def vec(array: np.ndarray, row: int) -> Vector:
    """Return the three numbers in a row of an (N, 3) array."""
    return array[row, 0], array[row, 1], array[row, 2]


@inlined
def vec_at(array: np.ndarray, row: int, column: int) -> Vector:
    """Return the three numbers in a cell of an (H, W, 3) array."""
    return array[row, column, 0], array[row, column, 1], array[row, column, 2]


@inlined
def triple(array: np.ndarray) -> Vector:
    """Return the numbers of a (3,) array."""
    return array[0], array[1], array[2]
