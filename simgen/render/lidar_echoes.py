"""The echoes of one LiDAR beam, by growing range: the rows they are kept in and how strong each is."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.render.beam import cell_rad, resolution_m
from simgen.render.compiled import inlined
from simgen.scene.lidar import Lidar

MOST = 64
"""Echoes of one beam: nineteen rays with three each, and the air's."""

RANGE, POWER, SEEN, DEPTH, EXTENT, ID, FLAGS = range(7)
"""Columns of an echo: metres; in detection thresholds; as it appears without range and air; optical depth; how far it
reaches along the beam, metres; instance id; flags."""

_SURE = 6.0
"""A return this many softnesses above the threshold is taken as kept (the chance of losing it is 1e-9)."""


class Figures(NamedTuple):
    """What kernels ask of a sensor.

    Attributes:
        nearest_m, farthest_m: what it reports.
        reach_m: where a 10 % target is just seen.
        noise_m, weak_noise_m: of strong returns, and what weak ones add.
        step_m: quantization; 0 for none.
        softness: of the detection threshold.
        apart_m: how far apart echoes must be to be told apart.
        cell_rad: half the angle that a ray stands for.
        sure: power, in thresholds, from which on a return is kept for sure.
        focus_m: what the receiver is focused on.
    """

    nearest_m: float
    farthest_m: float
    reach_m: float
    noise_m: float
    weak_noise_m: float
    step_m: float
    softness: float
    apart_m: float
    cell_rad: float
    sure: float
    focus_m: float


def figures_of(lidar: Lidar) -> Figures:
    """Return what kernels ask of a sensor."""
    return Figures(
        nearest_m=float(lidar.min_range_m),
        farthest_m=float(lidar.max_range_m),
        reach_m=float(lidar.range_at_10_percent_m),
        noise_m=float(lidar.range_noise_m),
        weak_noise_m=float(lidar.weak_range_noise_m),
        step_m=float(lidar.range_step_m),
        softness=float(lidar.dropout_softness),
        apart_m=float(resolution_m(lidar)),
        cell_rad=float(cell_rad(lidar)),
        sure=math.exp(_SURE * lidar.dropout_softness),
        focus_m=float(lidar.focus_m),
    )


@inlined
def over_threshold(range_m: float, value: float, depth: float, figures: Figures) -> float:
    """Return the power of an echo that fills the beam, in detection thresholds.

    Nearer than the focus the footprint's image outgrows the detector as fast as the light grows: the lens of diameter
    d takes in 1/r**2 of it, and of an image d / r wide the detector sees the share r**2.
    """
    passed = math.exp(-2.0 * depth) if depth > 0.0 else 1.0
    return value / 0.1 * (figures.reach_m / max(range_m, figures.focus_m)) ** 2 * passed


@inlined
def put(
    found: np.ndarray, count: int, range_m: float, weight: float, value: float, depth: float, figures: Figures
) -> int:
    """Return the row of an echo, put in its place by range, or -1; extent, id and flags are still to be set."""
    if not (value > 0.0 and figures.nearest_m <= range_m <= figures.farthest_m) or count >= MOST:
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
