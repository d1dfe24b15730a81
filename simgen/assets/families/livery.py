"""What makes a car an emergency vehicle's: bands of squares along its sides, and a bar of lamps on its roof."""

from __future__ import annotations

import numpy as np

from simgen.assets.families.car_body import Frame, section
from simgen.assets.families.shapes import Part, box, grid
from simgen.scene.material import Material, make_material, rgb

_PROUD_M = 0.003
_SQUARE_M = 0.42


def livery_parts(frame: Frame) -> list[Part]:
    """Return two rows of squares on each side, in turns of the materials ``livery_a`` and ``livery_b``, and the bar."""
    p = frame.profile
    rear, front = frame.x(0.06), frame.x(min(p.cowl + 0.10, 0.92))
    count = max(6, round((front - rear) / _SQUARE_M))
    edges = np.linspace(rear, front, count + 1)
    parts: list[Part] = []
    for k in range(count):
        places = np.linspace(edges[k + 1], edges[k], 5)
        rows = section(frame, places)
        middle = (rows[:, 3:4] + rows[:, 4:5]) / 2
        for level, (low, high) in enumerate(((rows[:, 3:4], middle), (middle, rows[:, 4:5]))):
            lines = np.concatenate([low, high], axis=1) + np.array([0.0, _PROUD_M, 0.0])
            shape = grid(lines[:, ::-1])
            of = "livery_a" if (k + level) % 2 else "livery_b"
            parts += [(shape, of), (shape.mirrored(), of)]
    return parts + _light_bar(frame)


def _light_bar(frame: Frame) -> list[Part]:
    """Return the bar across the roof, over the front seats: two long lenses, a white middle, two feet."""
    p = frame.profile
    x = frame.x(p.roof[1] - 0.06)
    roof = section(frame, x)
    top, half = float(roof[12, 2]), min(float(roof[9, 1]), 0.56)
    z = top + 0.085
    base = box((0.20, 2 * half, 0.03), (x, 0.0, z - 0.03), 0.01)
    parts: list[Part] = [(base, "trim")]
    for sign in (1.0, -1.0):
        parts.append((box((0.22, half * 0.72, 0.10), (x, sign * half * 0.62, z + 0.035), 0.025), "beacon"))
        parts.append((box((0.16, 0.05, 0.09), (x, sign * half * 0.7, top + 0.025), 0.01), "trim"))
    parts.append((box((0.18, half * 0.5, 0.07), (x, 0.0, z + 0.02), 0.02), "rim"))
    return parts


def livery_materials(first: str, second: str, beacon_nit: float = 9000.0) -> list[Material]:
    """Return the squares' two materials, which return light to where it comes from, and the lit blue lenses'."""
    blue = (0.04 * beacon_nit, 0.22 * beacon_nit, 4.0 * beacon_nit)
    return [
        make_material("livery_a", "retro_sheet", rgb(first)),
        make_material("livery_b", "retro_sheet", rgb(second)),
        make_material("beacon", "lamp", rgb("#1f4fd8"), roughness=0.1, emission_nit=blue),
    ]
