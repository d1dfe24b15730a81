"""Where water and snow lie: the same places for the camera and the LiDAR."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numba
import numpy as np

from simgen.render.compiled import inlined
from simgen.render.noise import mix
from simgen.scene.weather import Weather

_POOL_M, _DRIFT_M = 2.6, 0.8
_EDGE = 0.06
"""Share of the noise's range over which a pool or the snow begins."""


class Ground(NamedTuple):
    """What weather left on all that faces up.

    Attributes:
        any: whether there is anything.
        wetness: 0 to 1.
        pool_level: level of a noise above which water stands; above 1 for none.
        snow_level: level of a noise above which snow lies; above 1 for none.
    """

    any: bool
    wetness: float
    pool_level: float
    snow_level: float


DRY = Ground(False, 0.0, 2.0, 2.0)


def ground_of(weather: Weather) -> Ground:
    """Return the ground as ``weather`` left it."""
    return Ground(
        any=weather.wetness > 0 or weather.puddles > 0 or weather.snow_cover > 0,
        wetness=float(weather.wetness),
        pool_level=_level(float(weather.puddles), _POOL_M),
        snow_level=_level(float(weather.snow_cover), _DRIFT_M),
    )


@lru_cache(maxsize=64)
def _level(share: float, scale_m: float) -> float:
    """Return the level that ``share`` of the noise's values lie above."""
    if share <= 0.0:
        return 2.0
    if share >= 1.0:
        return -1.0
    side = np.arange(300) * (0.17 * scale_m)
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    return float(np.quantile(_noises(x, y, scale_m), 1.0 - share))


@numba.njit(cache=True)
def _noises(x: np.ndarray, y: np.ndarray, scale_m: float) -> np.ndarray:
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = noise(x[i], y[i], scale_m)
    return out


@inlined
def noise(x: float, y: float, scale_m: float) -> float:
    """Return value noise of two octaves, 0 to 1."""
    return (_octave(x / scale_m, y / scale_m) + 0.4 * _octave(x * 2.7 / scale_m + 31.7, y * 2.7 / scale_m)) / 1.4


@inlined
def _octave(x: float, y: float) -> float:
    x0, y0 = math.floor(x), math.floor(y)
    fx, fy = x - x0, y - y0
    fx, fy = fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy)
    i, j = int(x0), int(y0)
    low = _lattice(i, j) + fx * (_lattice(i + 1, j) - _lattice(i, j))
    high = _lattice(i, j + 1) + fx * (_lattice(i + 1, j + 1) - _lattice(i, j + 1))
    return low + fy * (high - low)


@inlined
def _lattice(i: int, j: int) -> float:
    """Return a number in 0..1 for a lattice point."""
    state = mix(np.uint64(i) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(j) * np.uint64(0xD1B54A32D192ED03))
    return float(state >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def _rise(value: float, level: float) -> float:
    t = min(max((value - level) / _EDGE + 0.5, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@inlined
def lies_at(ground: Ground, x: float, y: float, z: float, up: float) -> tuple[float, float, float]:
    """Return how far, 0 to 1, a point is covered by a film of water, by a pool and by snow.

    Args:
        ground: what there is.
        x: of the point; y and z likewise, metres.
        y: as ``x``.
        z: as ``x``.
        up: upward part of the facet's unit normal.
    """
    faces_up = min(max((up + 0.15) / 0.75, 0.0), 1.0)
    film = ground.wetness * (0.25 + 0.75 * faces_up) if up > -0.3 else 0.0
    pool = snow = 0.0
    if ground.pool_level < 1.5 and up > 0.985:
        pool = _rise(noise(x, y, _POOL_M), ground.pool_level)
    if ground.snow_level < 1.5 and up > 0.2:
        steep = min((up - 0.2) / 0.4, 1.0)
        snow = _rise(noise(x, y + 0.5 * z, _DRIFT_M), ground.snow_level + 0.4 * (1.0 - steep))
    return film, pool, snow
