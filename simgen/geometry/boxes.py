"""Boxes in the image (half-open pixel edges) and in space (oriented cuboids)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simgen.geometry.pose import Pose, Vector3

BoxPx = tuple[int, int, int, int]
"""(x0, y0, x1, y1) pixel edges: pixel columns x0 to x1 - 1 and rows y0 to y1 - 1 are inside."""

CORNER_SIGNS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])

CUBOID_EDGES = ((0, 1), (0, 2), (0, 4), (1, 3), (1, 5), (2, 3), (2, 6), (3, 7), (4, 5), (4, 6), (5, 7), (6, 7))
"""Pairs of corners, in the order of `CORNER_SIGNS`, that an edge joins."""


def box_of_mask(mask: np.ndarray) -> BoxPx | None:
    """Return the tight box of a (H, W) boolean mask, or None where it is empty."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns):
        return None
    rows = np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def along_edges(corners: np.ndarray, steps: int) -> np.ndarray:
    """Return (12, steps, 3) evenly spaced points along the edges between a cuboid's (8, 3) corners, ends included."""
    first, second = np.array(CUBOID_EDGES).T
    share = np.linspace(0.0, 1.0, steps)[None, :, None]
    return corners[first][:, None] * (1.0 - share) + corners[second][:, None] * share


@dataclass(frozen=True, kw_only=True)
class Cuboid:
    """An oriented box: ``world_from_box`` sits at its centre, x along its length, y its width, z its height."""

    world_from_box: Pose
    size_m: Vector3

    @property
    def corners(self) -> np.ndarray:
        """(8, 3) float64 corners in the world."""
        return self.world_from_box.apply(CORNER_SIGNS * np.asarray(self.size_m))

    def contains(self, points: np.ndarray, margin_m: float = 0.0) -> np.ndarray:
        """Return (N,) booleans: which of (N, 3) world points lie in the box grown by ``margin_m`` on every side."""
        local = self.world_from_box.inverse.apply(points)
        return np.all(np.abs(local) <= np.asarray(self.size_m) / 2 + margin_m, axis=-1)
