"""Random numbers by index, so that tiles, threads and workers cannot change a pixel or a beam."""

from __future__ import annotations

import hashlib

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


def normals(key: np.uint64, index: np.ndarray, dimension: int) -> np.ndarray:
    """Return (N,) float64 standard normal numbers (Box-Muller, from ``dimension`` and ``dimension + 1``)."""
    radius = np.sqrt(-2.0 * np.log1p(-uniforms(key, index, dimension)))
    return radius * np.cos(2.0 * np.pi * uniforms(key, index, dimension + 1))
