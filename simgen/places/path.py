"""Reference lines of roads: straight pieces and arcs, sampled to points, with offsets to the left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.geometry.pose import Vector3

ARC_STEP_M = 2.0
"""Longest chord that stands for a piece of an arc: at a radius of 60 m it leaves the arc by 8 mm."""


@dataclass(frozen=True, kw_only=True)
class Bend:
    """A piece of road of constant curvature; ``curvature_per_m`` is 1 / radius, above 0 to the left, 0 for straight."""

    length_m: float
    curvature_per_m: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """A line in the ground plane, travelled from its first point to its last.

    Attributes:
        points: (N, 2) float64, metres.
        headings: (N,) float64 direction at each point, radians from +x, continuous along the line.
        along: (N,) float64 distance of each point from the first one.
    """

    points: np.ndarray
    headings: np.ndarray
    along: np.ndarray

    @property
    def length_m(self) -> float:
        """Length of the line."""
        return float(self.along[-1])

    def frame(self, along_m: float) -> tuple[np.ndarray, float]:
        """Return the (2,) point ``along_m`` down the line and the heading there in radians."""
        x = np.interp(along_m, self.along, self.points[:, 0])
        y = np.interp(along_m, self.along, self.points[:, 1])
        return np.array([x, y]), float(np.interp(along_m, self.along, self.headings))

    def at(self, along_m: float, left_m: float) -> tuple[float, float]:
        """Return the (x, y) point ``along_m`` down the line and ``left_m`` to its left."""
        (x, y), heading = self.frame(along_m)
        return float(x - math.sin(heading) * left_m), float(y + math.cos(heading) * left_m)

    def stations(self, start_m: float, end_m: float) -> np.ndarray:
        """Return the distances at which a strip needs points: its start, its end and all bends between."""
        inside = self.along[(self.along > start_m + 1e-6) & (self.along < end_m - 1e-6)]
        return np.concatenate([[start_m], inside, [end_m]])

    def offset(self, left_m: float, start_m: float, end_m: float) -> np.ndarray:
        """Return (M, 2) points of the parallel ``left_m`` to the left, between two distances along the line."""
        stations = self.stations(start_m, end_m)
        x = np.interp(stations, self.along, self.points[:, 0])
        y = np.interp(stations, self.along, self.points[:, 1])
        heading = np.interp(stations, self.along, self.headings)
        return np.stack([x - np.sin(heading) * left_m, y + np.cos(heading) * left_m], axis=1)

    def turned(self) -> Path:
        """Return the same line travelled from its last point to its first."""
        return Path(
            points=self.points[::-1].copy(),
            headings=self.headings[::-1] + math.pi,
            along=self.along[-1] - self.along[::-1],
        )

    def line(
        self, left_m: float, start_m: float, end_m: float, z_m: float, backward: bool = False
    ) -> tuple[Vector3, ...]:
        """Return the parallel as (x, y, z) points for a `simgen.scene.region.Lane`, turned round if ``backward``."""
        points = self.offset(left_m, start_m, end_m)
        return tuple((float(x), float(y), float(z_m)) for x, y in (points[::-1] if backward else points))


def path(start_m: tuple[float, float], heading_rad: float, bends: tuple[Bend, ...]) -> Path:
    """Return the line that starts at a point with a heading and follows ``bends`` one after the other.

    Points of an arc of curvature k after a length s: p0 + (sin(h0 + k s) - sin(h0), cos(h0) - cos(h0 + k s)) / k.

    Raises:
        ValueError: there are no bends, or one has no length.
    """
    if not bends or min(b.length_m for b in bends) <= 0:
        raise ValueError(f"a path needs bends with lengths above 0, got {bends}")
    points, headings, along = [np.asarray(start_m, dtype=np.float64)], [float(heading_rad)], [0.0]
    for bend in bends:
        origin, heading, reached, k = points[-1], headings[-1], along[-1], bend.curvature_per_m
        steps = 1 if k == 0 else math.ceil(bend.length_m / ARC_STEP_M)
        for s in np.linspace(0.0, bend.length_m, steps + 1)[1:]:
            turned = heading + k * s
            if k == 0:
                moved = np.array([math.cos(heading), math.sin(heading)]) * s
            else:
                moved = np.array([math.sin(turned) - math.sin(heading), math.cos(heading) - math.cos(turned)]) / k
            points.append(origin + moved)
            headings.append(turned)
            along.append(reached + float(s))
    return Path(points=np.array(points), headings=np.array(headings), along=np.array(along))
