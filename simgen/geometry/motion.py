"""Steady motion: a velocity and a turn about the vertical, carried to many instants at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.geometry.pose import Vector3


@dataclass(frozen=True, kw_only=True)
class Motion:
    """How a rigid body moves around the reference instant, time 0.

    Attributes:
        velocity_mps: of ``center_m``, in the world.
        yaw_rate_rps: about the world's +z through ``center_m``, radians per second, to the left.
        center_m: where the middle of the turn is at time 0, in the world.
    """

    velocity_mps: Vector3 = (0.0, 0.0, 0.0)
    yaw_rate_rps: float = 0.0
    center_m: Vector3 = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in (*self.velocity_mps, self.yaw_rate_rps)):
            raise ValueError(
                f"velocity_mps and yaw_rate_rps must be finite, got {self.velocity_mps} and {self.yaw_rate_rps}"
            )

    @property
    def still(self) -> bool:
        """Whether nothing moves."""
        return not (any(self.velocity_mps) or self.yaw_rate_rps)

    def velocity_of(self, point_m: Vector3) -> Vector3:
        """Return how fast a point of the body moves at time 0, in the world."""
        x, y = point_m[0] - self.center_m[0], point_m[1] - self.center_m[1]
        vx, vy, vz = self.velocity_mps
        return (vx - self.yaw_rate_rps * y, vy + self.yaw_rate_rps * x, vz)

    def move(self, points: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return where (N, 3) world points of the body at time 0 are at (N,) times; float64."""
        center, time_s = np.asarray(self.center_m), np.asarray(time_s, dtype=np.float64)
        return self.turn(points - center, time_s) + center + time_s[:, None] * np.asarray(self.velocity_mps)

    def move_back(self, points: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return where (N, 3) world points of the body at (N,) times are at time 0; float64."""
        center, time_s = np.asarray(self.center_m), np.asarray(time_s, dtype=np.float64)
        return self.turn(points - center - time_s[:, None] * np.asarray(self.velocity_mps), -time_s) + center

    def turn(self, vectors: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return (N, 3) directions fixed to the body, given for time 0, at (N,) times (or back, at ``-time_s``)."""
        if not self.yaw_rate_rps:
            return np.asarray(vectors, dtype=np.float64)
        angle = np.asarray(time_s, dtype=np.float64) * self.yaw_rate_rps
        cosine, sine = np.cos(angle), np.sin(angle)
        x, y, z = np.asarray(vectors, dtype=np.float64).T
        return np.stack([cosine * x - sine * y, sine * x + cosine * y, z], axis=1)
