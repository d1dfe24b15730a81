"""How drivers follow: the Intelligent Driver Model, and bends taken no faster than is comfortable."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.scene.ways import Way

_BEND_STEP_M = 2.0


@dataclass(frozen=True, kw_only=True)
class DriverModel:
    """The Intelligent Driver Model (Treiber, Hennecke and Helbing 2000, Phys. Rev. E 62, 1805).

    Acceleration is ``a (1 - (v / v0)^4 - (s* / s)^2)`` with the wanted gap ``s* = s0 + v T + v dv / (2 sqrt(a b))``,
    where s is the gap to what is ahead and dv how fast it closes.

    Attributes:
        acceleration_mps2: a.
        braking_mps2: b, comfortable.
        hardest_mps2: what brakes can do.
        gap_m: s0, when standing.
        time_gap_s: T.
        bend_mps2: most acceleration to the side.
    """

    acceleration_mps2: float = 1.4
    braking_mps2: float = 2.0
    hardest_mps2: float = 8.0
    gap_m: float = 2.0
    time_gap_s: float = 1.4
    bend_mps2: float = 2.2

    def __post_init__(self) -> None:
        for key in ("acceleration_mps2", "braking_mps2", "hardest_mps2", "gap_m", "time_gap_s", "bend_mps2"):
            if not 0.0 < getattr(self, key) <= 20.0:
                raise ValueError(f"{key} must lie above 0, up to 20, got {getattr(self, key)}")

    def acceleration(self, speed: float, wanted: float, gap: float, lead_speed: float) -> float:
        """Return what a driver does, m/s2.

        Args:
            speed: m/s.
            wanted: speed on a free road, above 0.
            gap: clear distance to what is ahead, metres; infinite on a free road.
            lead_speed: of what is ahead, along the own way.
        """
        a, b = self.acceleration_mps2, self.braking_mps2
        free = a * (1.0 - (speed / wanted) ** 4)
        if math.isinf(gap):
            return max(free, -self.hardest_mps2)
        keeps = self.gap_m + max(0.0, speed * self.time_gap_s + speed * (speed - lead_speed) / (2 * math.sqrt(a * b)))
        return max(free - a * (keeps / max(gap, 0.1)) ** 2, -self.hardest_mps2)

    def safe_speed(self, gap: float, lead_speed: float) -> float:
        """Return the highest speed at which comfortable braking still keeps from what is ahead."""
        return math.sqrt(max(0.0, lead_speed) ** 2 + 2 * self.braking_mps2 * max(0.0, gap - self.gap_m))


def bend_limits(way: Way, model: DriverModel) -> tuple[np.ndarray, np.ndarray]:
    """Return (N,) distances along a way and the speeds allowed there, so that every bend ahead is reached in time."""
    along = np.linspace(0.0, way.length_m, max(2, math.ceil(way.length_m / _BEND_STEP_M)) + 1)
    _, direction = way.at(along)
    heading = np.unwrap(np.arctan2(direction[:, 1], direction[:, 0]))
    curvature = np.abs(np.gradient(heading, along))
    limit = np.sqrt(model.bend_mps2 / np.maximum(curvature, 1e-4))
    step = float(along[1] - along[0])
    for k in range(len(along) - 2, -1, -1):
        limit[k] = min(limit[k], math.sqrt(limit[k + 1] ** 2 + 2 * model.braking_mps2 * step))
    return along, limit
