"""Rays as a sensor sends them out, and hits as the tracer gives them back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class Rays:
    """A batch of N rays in one frame.

    Attributes:
        origin: (N, 3) float32, metres.
        direction: (N, 3) float32, unit length.
        time_s: (N,) float32, when each ray is cast, relative to the frame's reference time.
    """

    origin: np.ndarray
    direction: np.ndarray
    time_s: np.ndarray

    def __len__(self) -> int:
        return len(self.direction)


@dataclass(frozen=True, kw_only=True, eq=False)
class Hits:
    """What N rays met first.

    Attributes:
        range_m: (N,) float32 along the ray; +inf where nothing was met.
        instance_id: (N,) uint32; 0 where nothing was met.
        triangle: (N,) int32 index into the traced scene's triangles; -1 where nothing was met.
        barycentric: (N, 2) float32 weights of the triangle's second and third corner.
        normal: (N, 3) float32 unit geometric normal, turned against the ray; 0 where nothing was met.
    """

    range_m: np.ndarray
    instance_id: np.ndarray
    triangle: np.ndarray
    barycentric: np.ndarray
    normal: np.ndarray

    def __len__(self) -> int:
        return len(self.range_m)
