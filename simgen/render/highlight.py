"""What glossy surfaces mirror of panels: GGX lobes as linearly transformed cosines (Heitz, Dupuy, Hill, Neubelt 2016).

A GGX lobe is about a clamped cosine whose directions went through a linear transform. Seen through the inverse, a
panel's share of the lobe is its share of a cosine, which Lambert's formula gives without sampling.
"""

from __future__ import annotations

import math

import numpy as np

from simgen.render.brdf import table_cell
from simgen.render.compiled import inlined
from simgen.render.lights import Lamps, panel_light
from simgen.render.vectors import Vector, vec
from simgen.resources import shipped

# Fitted by tools/fit_highlights: the inverse transform's elements (0, 0), (0, 2), (1, 1) and (2, 0), for (2, 2) = 1;
# cells as `table_cell` has them.
_LOBES = np.load(shipped("assets") / "tables" / "ggx_lobes.npy")


@inlined
def panel_mirrored(lamps: Lamps, lamp: int, p: Vector, n: Vector, v: Vector, n_v: float, roughness: float) -> float:
    """Return the share of a GGX lobe that a panel fills, 0 to 1; 0 behind the panel.

    Args:
        lamps: holds the panel.
        lamp: its index.
        p: the surface point.
        n: its unit normal.
        v: unit direction to the viewer.
        n_v: their cosine, above 0.
        roughness: perceptual.
    """
    cx, cy, cz = lamps.center[lamp, 0] - p[0], lamps.center[lamp, 1] - p[1], lamps.center[lamp, 2] - p[2]
    if cx * lamps.normal[lamp, 0] + cy * lamps.normal[lamp, 1] + cz * lamps.normal[lamp, 2] >= 0.0:
        return 0.0
    a, b, c, d = _inverse(roughness, n_v)
    # The frame of the table: x towards the viewer along the surface, z the normal.
    tx, ty, tz = v[0] - n_v * n[0], v[1] - n_v * n[1], v[2] - n_v * n[2]
    length = math.sqrt(tx * tx + ty * ty + tz * tz)
    if length < 1e-5:
        sign = 1.0 if n[2] >= 0.0 else -1.0
        tx, ty, tz = n[2] + sign, 0.0, -n[0]
        length = math.sqrt(tx * tx + tz * tz)
    tx, ty, tz = tx / length, ty / length, tz / length
    wx, wy, wz = n[1] * tz - n[2] * ty, n[2] * tx - n[0] * tz, n[0] * ty - n[1] * tx
    u, w = vec(lamps.edge_u, lamp), vec(lamps.edge_v, lamp)
    # In turn the middle and the two edges, as the lobe's cosine sees them.
    x, y, z = cx * tx + cy * ty + cz * tz, cx * wx + cy * wy + cz * wz, cx * n[0] + cy * n[1] + cz * n[2]
    middle = (a * x + b * z, c * y, d * x + z)
    x, y, z = (
        u[0] * tx + u[1] * ty + u[2] * tz,
        u[0] * wx + u[1] * wy + u[2] * wz,
        u[0] * n[0] + u[1] * n[1] + u[2] * n[2],
    )
    first = (a * x + b * z, c * y, d * x + z)
    x, y, z = (
        w[0] * tx + w[1] * ty + w[2] * tz,
        w[0] * wx + w[1] * wy + w[2] * wz,
        w[0] * n[0] + w[1] * n[1] + w[2] * n[2],
    )
    second = (a * x + b * z, c * y, d * x + z)
    return panel_light(middle, first, second, (0.0, 0.0, 1.0)) / math.pi


@inlined
def _inverse(roughness: float, n_v: float) -> tuple[float, float, float, float]:
    """Return the table's four numbers between its cells."""
    r, c, fy, fx = table_cell(roughness, n_v)
    w00, w01, w10, w11 = (1.0 - fy) * (1.0 - fx), (1.0 - fy) * fx, fy * (1.0 - fx), fy * fx
    e, f, g, h = _LOBES[r, c], _LOBES[r, c + 1], _LOBES[r + 1, c], _LOBES[r + 1, c + 1]
    return (
        e[0] * w00 + f[0] * w01 + g[0] * w10 + h[0] * w11,
        e[1] * w00 + f[1] * w01 + g[1] * w10 + h[1] * w11,
        e[2] * w00 + f[2] * w01 + g[2] * w10 + h[2] * w11,
        e[3] * w00 + f[3] * w01 + g[3] * w10 + h[3] * w11,
    )
