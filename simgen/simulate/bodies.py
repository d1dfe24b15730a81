"""What drivers and walkers see of each other: bodies from above, where they are and how they move."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.scene.track import Track

BESIDE_M = 0.35
"""Room that is left beside bodies."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """Anything one may run into.

    Attributes:
        place: (2,) its middle.
        velocity: (2,) m/s.
        heading: (2,) unit vector.
        half_m: half of its length and width along its heading.
        on_foot: whether it walks.
    """

    place: np.ndarray
    velocity: np.ndarray
    heading: np.ndarray
    half_m: tuple[float, float]
    on_foot: bool = False


def given_state(track: Track, size: tuple[float, float], time_s: float) -> Body:
    """Return what follows a track at a time, of a length and width."""
    now = track.at(min(time_s, track.span_s[1]))
    yaw = now.pose.yaw_rad
    return Body(
        place=np.array(now.pose.translation_m[:2]), velocity=np.array(now.velocity_mps[:2]),
        heading=np.array([math.cos(yaw), math.sin(yaw)]), half_m=(size[0] / 2, size[1] / 2),
        on_foot=max(size) < 1.2,
    )  # fmt: skip


def covers(body: Body, point: np.ndarray) -> bool:
    """Return whether a point is on a body, seen from above, or within 0.35 m."""
    offset = point - body.place
    along, left = float(offset @ body.heading), float(body.heading[0] * offset[1] - body.heading[1] * offset[0])
    return abs(along) < body.half_m[0] + BESIDE_M and abs(left) < body.half_m[1] + BESIDE_M
