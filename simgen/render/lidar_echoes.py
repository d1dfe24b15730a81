"""The echoes of one LiDAR beam, by growing range: the rows they are kept in and how strong each is."""

from __future__ import annotations

import math

import numpy as np

from simgen.render.beam import cell_rad, resolution_m
from simgen.render.compiled import inlined
from simgen.scene.lidar import Lidar

MOST = 64
"""Echoes of one beam: nineteen rays with three each, and the air's."""

RANGE, POWER, SEEN, DEPTH, EXTENT, ID, FLAGS = range(7)
"""Columns of an echo: metres; in detection thresholds; as it appears without range and air; optical depth; how far it
reaches along the beam, metres; instance id; flags."""

NEAREST, FARTHEST, REACH, NOISE, WEAK_NOISE, STEP, SOFTNESS, APART, CELL, SURE, FOCUS = range(11)
"""Places in a sensor's figures."""

_SURE = 6.0
"""A return this many softnesses above the threshold is taken as kept (the chance of losing it is 1e-9)."""


def figures_of(lidar: Lidar) -> np.ndarray:
    """Return (11,) float64 what kernels ask of a sensor, by `NEAREST` and so on."""
    return np.array(
        [
            lidar.min_range_m,
            lidar.max_range_m,
            lidar.range_at_10_percent_m,
            lidar.range_noise_m,
            lidar.weak_range_noise_m,
            lidar.range_step_m,
            lidar.dropout_softness,
            resolution_m(lidar),
            cell_rad(lidar),
            math.exp(_SURE * lidar.dropout_softness),
            lidar.focus_m,
        ]
    )


@inlined
def over_threshold(range_m: float, value: float, depth: float, figures: np.ndarray) -> float:
    """Return the power of an echo that fills the beam, in detection thresholds.

    Nearer than the focus the footprint's image outgrows the detector as fast as the light grows: the lens of diameter
    d takes in 1/r**2 of it, and of an image d / r wide the detector sees the share r**2.
    """
    passed = math.exp(-2.0 * depth) if depth > 0.0 else 1.0
    return value / 0.1 * (figures[REACH] / max(range_m, figures[FOCUS])) ** 2 * passed


@inlined
def put(
    found: np.ndarray, count: int, range_m: float, weight: float, value: float, depth: float, figures: np.ndarray
) -> int:
    """Return the row of an echo, put in its place by range, or -1; extent, id and flags are still to be set."""
    if not (value > 0.0 and figures[NEAREST] <= range_m <= figures[FARTHEST]) or count >= MOST:
        return -1
    at = count
    while at > 0 and found[at - 1, RANGE] > range_m:
        for column in range(7):
            found[at, column] = found[at - 1, column]
        at -= 1
    found[at, RANGE] = range_m
    found[at, POWER] = weight * over_threshold(range_m, value, depth, figures)
    found[at, SEEN], found[at, DEPTH] = weight * value, depth
    return at
