"""Dirt on things, drawn as noise where they are seen: mud and dust on vehicles, the rain's streaks on walls."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simgen.render.compiled import called, inlined
from simgen.render.ground import noise
from simgen.scene.material import Material

_ROAD, _RAIN = 0, 1
_SPLASH_M = 0.85
"""Height up to which wheels throw mud at a body."""


class Soils(NamedTuple):
    """The dirt of a scene's materials; those that have some are of one object each.

    Attributes:
        amount: (M,) float32, 0 to 1.
        kind: (M,) uint8, road or rain.
        frame: (M, 3, 4) float32, metres in the object's frame from the world.
    """

    amount: np.ndarray
    kind: np.ndarray
    frame: np.ndarray


def pack_soils(materials: Sequence[Material], frame: np.ndarray | None) -> Soils:
    """Return the dirt of ``materials``, whose objects' frames are (M, 3, 4) ``frame``; None where none has any."""
    soils = [m.soiling for m in materials]
    return Soils(
        amount=np.array([0.0 if s is None else s.amount for s in soils], dtype=np.float32),
        kind=np.array([_RAIN if s is not None and s.kind == "rain" else _ROAD for s in soils], dtype=np.uint8),
        frame=np.zeros((len(soils), 3, 4), np.float32) if frame is None else frame.astype(np.float32),
    )


@called
def soil_at(soils: Soils, m: int, x: float, y: float, z: float, up: float) -> tuple[float, float]:
    """Return the share of a point that dirt covers, and the factor by which streaks darken the rest.

    Args:
        soils: of all materials.
        m: the material.
        x: of the point in the world; y and z likewise, metres.
        y: as ``x``.
        z: as ``x``.
        up: upward part of the facet's unit normal.
    """
    amount, f = soils.amount[m], soils.frame
    px = f[m, 0, 0] * x + f[m, 0, 1] * y + f[m, 0, 2] * z + f[m, 0, 3]
    py = f[m, 1, 0] * x + f[m, 1, 1] * y + f[m, 1, 2] * z + f[m, 1, 3]
    pz = f[m, 2, 0] * x + f[m, 2, 1] * y + f[m, 2, 2] * z + f[m, 2, 3]
    # Objects' sides lie along x or y: their sum runs along either.
    along = px + py
    if soils.kind[m] == _RAIN:
        streak = _smooth((_cloud(along, 0.05 * pz, 0.22) - 0.42) / 0.30) * _smooth(
            (_cloud(0.6 * along + 7.0, pz, 2.2) - 0.30) / 0.40
        )
        splash = _smooth((0.7 - pz) / 0.7) * (0.4 + 0.6 * _cloud(along, pz, 0.35))
        upright = 1.0 if abs(up) < 0.5 else 0.3
        return 0.35 * amount * splash, 1.0 - 0.62 * amount * upright * streak
    # Thick at the sills, in spots further up, the finer the higher.
    low = _smooth((_SPLASH_M - pz) / _SPLASH_M)
    cloud, spots = _cloud(along, pz, 0.35), _cloud(along + 3.1 * pz, pz - 2.3 * along, 0.035)
    mud = low * low * (0.35 + 1.1 * cloud) + low * _smooth((spots - 0.62) / 0.12) * (0.35 + 0.65 * cloud)
    dust = 0.45 * max(up, 0.0) * (0.5 + _cloud(px, py, 0.8)) + 0.12 * (0.5 + cloud)
    return min(amount * (1.25 * mud + dust), 0.92), 1.0


@called
def _cloud(x: float, y: float, scale_m: float) -> float:
    return noise(x, y, scale_m)


@inlined
def _smooth(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)
