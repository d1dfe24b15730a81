"""Road wheels: tyre, rim, spokes and hub."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.shapes import Part, Shape, box, revolve
from simgen.geometry.pose import about

_ON_ITS_SIDE = about((1.0, 0.0, 0.0), -math.pi / 2)
"""Turns z to +y: what was drawn standing on its hub faces left."""


def road_wheel(*, radius_m: float, width_m: float, spokes: int = 5, rim: float = 0.66) -> list[Part]:
    """Return a left wheel about the origin, its axle along y, its outside towards +y.

    Args:
        radius_m: of the tyre.
        width_m: of the tyre.
        spokes: how many the rim has.
        rim: the rim's radius over the tyre's.
    """
    r, half, edge = radius_m, width_m / 2, radius_m * rim
    tread = [
        (edge * 0.98, -half * 0.86),
        (r * 0.90, -half),
        (r * 0.98, -half * 0.86),
        (r, -half * 0.6),
        (r, half * 0.6),
        (r * 0.98, half * 0.86),
        (r * 0.90, half),
        (edge * 1.03, half * 0.95),
        (edge * 0.98, half * 0.86),
    ]
    well = half * 0.30
    lip = [(edge * 0.99, half * 0.88), (edge * 0.95, half * 0.90), (edge * 0.90, half * 0.80), (edge * 0.88, well)]
    parts = [
        (_upright(revolve(tread, 24, crease_deg=35.0)), "tyre"),
        (_upright(revolve(lip, 24)), "rim"),
        (_upright(revolve([(edge * 0.9, well), (0.0, well)], 16)), "dark"),
        (_upright(revolve([(edge * 0.99, half * 0.8), (0.0, half * 0.8)], 16)).mirrored(), "dark"),
        (
            _upright(
                revolve([(r * 0.19, well), (r * 0.19, half * 0.62), (r * 0.12, half * 0.72), (0.0, half * 0.74)], 12)
            ),
            "rim",
        ),
    ]
    reach = edge * 0.90 - r * 0.10
    for angle in np.arange(spokes) * (2 * math.pi / spokes):
        spoke = box((reach, half * 0.30, min(0.075, 2.0 * r / spokes * 0.30)), (r * 0.10 + reach / 2, half * 0.56, 0.0))
        parts.append((spoke.turned(about((0.0, 1.0, 0.0), float(angle))), "rim"))
    return parts


def _upright(shape: Shape) -> Shape:
    return shape.turned(_ON_ITS_SIDE)
