"""Where things may stand: lanes and areas that a place offers and randomizers fill."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from simgen.geometry.pose import Vector3


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A strip along a centre line, travelled from its first point to its last.

    Attributes:
        name: unique in the scene.
        use: ``drive`` (traffic), ``park`` (vehicles standing at the kerb) or ``walk`` (pavement).
        centre_m: (x, y, z) points of the centre line, at least two.
        width_m: full width.
        both_ways: whether it is travelled backwards too (pavements).
        successors: names of the lanes that traffic may go on in; none where the lane is the whole way.
        gives_way: whether traffic at its end lets that of the lane it runs into go first.
    """

    name: str
    use: Literal["drive", "park", "walk"]
    centre_m: tuple[Vector3, ...]
    width_m: float
    both_ways: bool = False
    successors: tuple[str, ...] = ()
    gives_way: bool = False
    kind: Literal["lane"] = "lane"

    @property
    def length_m(self) -> float:
        """Length of the centre line."""
        return float(np.linalg.norm(np.diff(np.asarray(self.centre_m), axis=0), axis=1).sum())

    def point_at(self, along_m: float, left_m: float = 0.0) -> tuple[Vector3, float]:
        """Return the point ``along_m`` down the centre line, ``left_m`` to its left, and the heading there in radians.

        Raises:
            ValueError: ``along_m`` lies outside 0 to `length_m`.
        """
        point, forward = self._on_line(along_m)
        heading = float(np.arctan2(forward[1], forward[0]))
        return (
            float(point[0] - np.sin(heading) * left_m),
            float(point[1] + np.cos(heading) * left_m),
            float(point[2]),
        ), heading

    def lefts(self, points: np.ndarray) -> np.ndarray:
        """Return how far (N, 2) points lie to the left of the centre line, which goes straight on beyond its ends."""
        line = np.asarray(self.centre_m, dtype=np.float64)[:, :2]
        steps = np.diff(line, axis=0)
        lengths = np.linalg.norm(steps, axis=1)
        forward = steps / lengths[:, None]
        offset = np.asarray(points, dtype=np.float64)[:, None] - line[None, :-1]
        along = (offset * forward).sum(axis=2)
        left = forward[:, 0] * offset[..., 1] - forward[:, 1] * offset[..., 0]
        low, high = np.zeros(len(steps)), lengths.copy()
        low[0], high[-1] = -np.inf, np.inf
        past = along - np.clip(along, low, high)
        nearest = np.argmin(past**2 + left**2, axis=1)
        rows = np.arange(len(offset))
        # Outside a corner of the line, the distance is that to the corner.
        return np.copysign(np.hypot(left, past), left)[rows, nearest]

    def pitch_at(self, along_m: float) -> float:
        """Return how steeply the lane rises ``along_m`` down the centre line, radians.

        Raises:
            ValueError: ``along_m`` lies outside 0 to `length_m`.
        """
        _, forward = self._on_line(along_m)
        return math.asin(float(forward[2]))

    def _on_line(self, along_m: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the (3,) point and unit direction ``along_m`` down the centre line."""
        points = np.asarray(self.centre_m, dtype=np.float64)
        steps = np.diff(points, axis=0)
        lengths = np.linalg.norm(steps, axis=1)
        ends = np.cumsum(lengths)
        if not -1e-9 <= along_m <= ends[-1] + 1e-9:
            raise ValueError(f"lane {self.name!r} is {ends[-1]:.2f} m long, asked for {along_m:.2f} m")
        k = min(int(np.searchsorted(ends, along_m, side="right")), len(steps) - 1)
        forward = steps[k] / lengths[k]
        return points[k] + forward * (along_m - (ends[k] - lengths[k])), forward

    def along(self, point_m: Vector3) -> float:
        """Return how far down the centre line the place nearest to a point is, seen from above."""
        points = np.asarray(self.centre_m, dtype=np.float64)[:, :2]
        steps = np.diff(points, axis=0)
        lengths = np.linalg.norm(steps, axis=1)
        share = ((np.asarray(point_m)[:2] - points[:-1]) * steps).sum(axis=1) / lengths**2
        share = np.clip(share, 0.0, 1.0)
        away = np.linalg.norm(points[:-1] + share[:, None] * steps - np.asarray(point_m)[:2], axis=1)
        nearest = int(np.argmin(away))
        return float(lengths[:nearest].sum() + share[nearest] * lengths[nearest])


@dataclass(frozen=True, kw_only=True)
class Area:
    """A flat convex polygon, level or sloped.

    Attributes:
        name: unique in the scene.
        use: what belongs there: ``pavement``, ``crossing``, ``kerb_strip``, ``verge``, ``table_top``, ``bin``, ...
        corners_m: (x, y) corners, counter-clockwise, at least three.
        z_m: its height, at its first corner.
        heading_deg: the direction it faces (a pavement along the road, say), from +x counter-clockwise.
        rim_m: height of the walls around it; 0 for none.
        slope: how much it rises by metre of x and of y.
    """

    name: str
    use: str
    corners_m: tuple[tuple[float, float], ...]
    z_m: float
    heading_deg: float = 0.0
    rim_m: float = 0.0
    slope: tuple[float, float] = (0.0, 0.0)
    kind: Literal["area"] = "area"

    def heights(self, points: np.ndarray) -> np.ndarray:
        """Return (N,) heights of its plane at (N, 2) points."""
        return self.z_m + (np.asarray(points) - np.asarray(self.corners_m[0])) @ np.asarray(self.slope)

    def height(self, x_m: float, y_m: float) -> float:
        """Return the height of its plane at one point."""
        x, y = self.corners_m[0]
        return self.z_m + (x_m - x) * self.slope[0] + (y_m - y) * self.slope[1]

    def contains(self, points: np.ndarray, margin_m: float = 0.0) -> np.ndarray:
        """Return (N,) booleans: which of (N, 2) points lie inside, at least ``margin_m`` from every edge."""
        corners, inward = self._edges
        distance = ((np.asarray(points)[:, None, :] - corners[None]) * inward[None]).sum(axis=2)
        return (distance >= margin_m - 1e-12).all(axis=1)

    @cached_property
    def _edges(self) -> tuple[np.ndarray, np.ndarray]:
        """The (N, 2) corners, and the unit directions pointing inwards from the edges that start there."""
        corners = np.asarray(self.corners_m, dtype=np.float64)
        edges = np.roll(corners, -1, axis=0) - corners
        return corners, np.stack([-edges[:, 1], edges[:, 0]], axis=1) / np.linalg.norm(edges, axis=1, keepdims=True)


Region = Lane | Area
