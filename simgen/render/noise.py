"""Random numbers by index, so that tiles, threads and workers cannot change a pixel or a beam."""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist

import numba
import numpy as np


def sensor_key(seed: int, frame: int, sensor: str) -> np.uint64:
    """Return the key of one sensor's noise in one frame (BLAKE2b of the three)."""
    digest = hashlib.blake2b(f"{seed}\0{frame}\0{sensor}".encode(), digest_size=8).digest()
    return np.frombuffer(digest, dtype=np.uint64)[0]


@numba.njit(inline="always")
def mix(value: np.uint64) -> np.uint64:
    """Scramble 64 bits (the finalizer of SplitMix64, Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@numba.njit(inline="always")
def uniform(key: np.uint64, index: int, dimension: int) -> float:
    """Return the number in [0, 1) of one index (pixel or beam) and dimension (which of its draws)."""
    state = key + (np.uint64(index) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    state = mix(mix(state) + np.uint64(dimension) * np.uint64(0xD1B54A32D192ED03))
    return float(state >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@numba.njit(cache=True)
def uniforms(key: np.uint64, index: np.ndarray, dimension: int) -> np.ndarray:
    """Return (N,) float64 numbers in [0, 1) for (N,) indices."""
    out = np.empty(len(index), dtype=np.float64)
    for i in range(len(index)):
        out[i] = uniform(key, index[i], dimension)
    return out


_KNOTS, _OUTER = 2048, 32
_NORMAL = NormalDist()
_QUANTILE = np.array([0.0, *(_NORMAL.inv_cdf(k / _KNOTS) for k in range(1, _KNOTS)), 0.0])
_PER_DENSITY = np.array([1.0 / _NORMAL.pdf(x) for x in _QUANTILE])


@numba.njit(forceinline=True, error_model="numpy")
def normal(key: np.uint64, index: int, dimension: int) -> float:
    """Return the standard normal number of one index and dimension, by the inverse of the normal distribution.

    Right to 8 digits. All but the outermost 3 % of numbers are their nearest knot's, moved by the first three
    derivatives there: 1 / pdf, x / pdf**2, (1 + 2 x**2) / pdf**3. Those farther out are rational functions after
    Wichura 1988 (algorithm AS 241).
    """
    # The middle of its step of 2**-53: neither 0 nor 1.
    p = uniform(key, index, dimension) + 0.5**54
    knot = int(p * _KNOTS + 0.5)
    if _OUTER <= knot <= _KNOTS - _OUTER:
        x = _QUANTILE[knot]
        step = (p - knot * (1.0 / _KNOTS)) * _PER_DENSITY[knot]
        return x + step * (1.0 + step * (0.5 * x + step * (1.0 + 2.0 * x * x) * (1.0 / 6.0)))
    return _outer(p)


@numba.njit(error_model="numpy")
def _outer(p: float) -> float:
    """Return the quantile of a probability below 0.075 or above 0.925 (AS 241)."""
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    if r <= 5.0:
        r -= 1.6
        above = 7.745450142783414e-4 * r + 2.27238449892691845833e-2
        above = ((above * r + 2.417807251774506e-1) * r + 1.2704582524523684) * r + 3.6478483247632045
        above = ((above * r + 5.769497221460691) * r + 4.630337846156546) * r + 1.4234371107496835
        below = 1.0507500716444169e-9 * r + 5.475938084995345e-4
        below = ((below * r + 1.51986665636164564e-2) * r + 1.4810397642748008e-1) * r + 6.897673349851e-1
        below = ((below * r + 1.6763848301838038) * r + 2.053191626637759) * r + 1.0
    else:
        r -= 5.0
        above = 2.01033439929228813265e-7 * r + 2.7115555687434876e-5
        above = ((above * r + 1.2426609473880785e-3) * r + 2.65321895265761230930e-2) * r + 2.9656057182850488e-1
        above = ((above * r + 1.7848265399172913) * r + 5.463784911164114) * r + 6.657904643501103
        below = 2.0442631033899397e-15 * r + 1.421511758316446e-7
        below = ((below * r + 1.84631831751005468180e-5) * r + 7.868691311456133e-4) * r + 1.4875361290850615e-2
        below = ((below * r + 1.369298809227358e-1) * r + 5.99832206555888e-1) * r + 1.0
    return above / below if p > 0.5 else -above / below


@numba.njit(cache=True)
def normals(key: np.uint64, index: np.ndarray, dimension: int) -> np.ndarray:
    """Return (N,) float64 standard normal numbers for (N,) indices."""
    out = np.empty(len(index), dtype=np.float64)
    for i in range(len(index)):
        out[i] = normal(key, index[i], dimension)
    return out
