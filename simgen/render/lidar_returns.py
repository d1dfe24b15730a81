"""What a LiDAR makes of the light that comes back: echoes told apart, detected, ranged and reported."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.frame import MIXED, WEATHER
from simgen.render.beam import ONE, PLANE, across_and_up
from simgen.render.compiled import inlined, kernel_with_scratch
from simgen.render.lidar_air import Air, air_before, in_air
from simgen.render.lidar_echoes import (
    DEPTH,
    EXTENT,
    FLAGS,
    ID,
    MOST,
    POWER,
    RANGE,
    SEEN,
    Figures,
    figures_of,
    over_threshold,
    put,
)
from simgen.render.lidar_paths import Echoes
from simgen.render.noise import normal
from simgen.scene.lidar import Lidar
from simgen.scene.weather import Weather

# Dimensions of a beam's draws. Each further return has its own, so many on.
_RANGE_NOISE, _DROPOUT, _NEXT_RETURN = 0, 2, 16

_MODES = ("strongest", "last", "dual", "triple")
_STRONGEST, _LAST, _DUAL, _TRIPLE = range(4)

_OFF_M, _ON_M = 0.02, 0.001
"""Echoes so far apart are of surfaces apart; a point so near to one of these lies on it."""


class Returns(NamedTuple):
    """What a sweep's N beams report, each up to K returns by growing range.

    Attributes:
        measured_m: (N, K) float32; 0 for none.
        clean_m: (N, K) float32, without noise and quantization.
        intensity: (N, K) float32.
        instance_id: (N, K) uint32.
        flags: (N, K) uint8.
    """

    measured_m: np.ndarray
    clean_m: np.ndarray
    intensity: np.ndarray
    instance_id: np.ndarray
    flags: np.ndarray


class Beams(NamedTuple):
    """The rays that beams are made of.

    Attributes:
        kind: (N,) int32 of `simgen.render.beam.choose`.
        pattern: (S, 3) of `simgen.render.beam.footprint`.
        direction: (N, 3) float32 of the middle rays.
        normal: (N, 3) float32 of what these meet.
        up: (3,) float64, the sensor's axis.
    """

    kind: np.ndarray
    pattern: np.ndarray
    direction: np.ndarray
    normal: np.ndarray
    up: np.ndarray


def receive(lidar: Lidar, weather: Weather, beams: Beams, echoes: Echoes, spray: np.ndarray, key: np.uint64) -> Returns:
    """Return what the sensor reports of its echoes.

    The power of an echo, relative to a white Lambertian surface met squarely at 1 m by the whole beam, is
    ``weight * value / range**2 * exp(-2 * optical depth)``. Echoes that lie closer together than half the pulse's
    length, less what the slopes of their surfaces bridge, are one: their powers add, and the range is their mean
    weighted by power. One is detected when its power is above what a 10 % target at ``range_at_10_percent_m`` gives,
    the threshold blurred by ``dropout_softness``.

    Args:
        lidar: the sensor.
        weather: fog, rain and snow on the way.
        beams: its rays.
        echoes: what they meet: the middle rays first, then the others of the beams that have them.
        spray: (N, 4) of `simgen.render.spray.spray_on_beams`, or (0, 4).
        key: of its noise.
    """
    most = {"strongest": 1, "last": 1, "dual": 2, "triple": 3}[lidar.return_mode]
    count = len(beams.kind)
    out = Returns(
        np.zeros((count, most), np.float32),
        np.zeros((count, most), np.float32),
        np.zeros((count, most), np.float32),
        np.zeros((count, most), np.uint32),
        np.zeros((count, most), np.uint8),
    )
    _receive(
        count,
        out,
        beams,
        echoes,
        spray,
        key,
        figures_of(lidar),
        air_before(lidar, weather),
        _MODES.index(lidar.return_mode),
    )
    return out


@inlined
def _measured(range_m: float, power: float, draw: int, key: np.uint64, beam: int, figures: Figures) -> float:
    """Return a range with noise and quantization."""
    spread = math.sqrt(figures.noise_m * figures.noise_m + figures.weak_noise_m * figures.weak_noise_m / power)
    distance = range_m + spread * normal(key, beam, draw + _RANGE_NOISE)
    return math.floor(distance / figures.step_m + 0.5) * figures.step_m if figures.step_m > 0.0 else distance


@inlined
def _chain(
    found: np.ndarray,
    count: int,
    echoes: Echoes,
    entry: int,
    weight: float,
    figures: Figures,
    extinction: float,
    sprayed: float,
) -> int:
    """Gather the echoes of one ray; return how many there are now."""
    while entry >= 0:
        range_m = float(echoes.range_m[entry])
        depth = extinction * range_m + sprayed
        at = put(found, count, range_m, weight, float(echoes.value[entry]), depth, figures)
        if at >= 0:
            found[at, EXTENT] = range_m * figures.cell_rad * echoes.slope[entry]
            found[at, ID], found[at, FLAGS] = echoes.instance_id[entry], echoes.flags[entry]
            count += 1
        entry = echoes.following[entry] if len(echoes.following) > 0 else -1
    return count


@inlined
def _on_plane(
    found: np.ndarray, echoes: Echoes, beams: Beams, beam: int, figures: Figures, extinction: float, sprayed: float
) -> int:
    """Gather the echoes of a beam whose rays meet one plane, without casting them; return how many there are."""
    dx, dy, dz = beams.direction[beam, 0], beams.direction[beam, 1], beams.direction[beam, 2]
    nx, ny, nz = beams.normal[beam, 0], beams.normal[beam, 1], beams.normal[beam, 2]
    ax, ay, az, ux, uy, uz = across_and_up(dx, dy, dz, beams.up)
    facing = -(dx * nx + dy * ny + dz * nz)
    sideways, upwards = ax * nx + ay * ny + az * nz, ux * nx + uy * ny + uz * nz
    count = 0
    for s in range(len(beams.pattern)):
        a, u, weight = beams.pattern[s, 0], beams.pattern[s, 1], beams.pattern[s, 2]
        long = math.sqrt(1.0 + a * a + u * u)
        cosine = (facing - a * sideways - u * upwards) / long
        if cosine <= 1e-4:
            continue
        range_m = float(echoes.range_m[beam]) * facing / cosine
        value = float(echoes.value[beam]) * cosine / facing
        at = put(found, count, range_m, weight, value, extinction * range_m + sprayed, figures)
        if at >= 0:
            found[at, EXTENT] = range_m * figures.cell_rad * math.sqrt(1.0 - cosine * cosine) / cosine
            found[at, ID], found[at, FLAGS] = echoes.instance_id[beam], 0.0
            count += 1
    return count


@inlined
def _merge(merged: np.ndarray, found: np.ndarray, count: int, figures: Figures) -> int:
    """Make one of echoes that the sensor cannot tell apart; return how many are left, by growing range."""
    kept, first = 0, 0
    while first < count:
        last, edge, enough_m = first, found[first, RANGE] + found[first, EXTENT], max(2.0 * figures.noise_m, _OFF_M)
        near_m = enough_m
        while last + 1 < count:
            gap_m = found[last + 1, RANGE] - found[last + 1, EXTENT] - edge
            if gap_m > figures.apart_m:
                break
            # What lies between surfaces apart is on one of them only if it lies on it, not if it is near.
            if gap_m > enough_m and found[last, FLAGS] != WEATHER and found[last + 1, FLAGS] != WEATHER:
                near_m = _ON_M
            last += 1
            edge = max(edge, found[last, RANGE] + found[last, EXTENT])
        for column in range(7):
            merged[kept, column] = found[first, column]
        if last > first:
            _sum(merged, kept, found, first, last, near_m)
        kept += 1
        first = last + 1
    return kept


@inlined
def _sum(merged: np.ndarray, row: int, found: np.ndarray, first: int, last: int, near_m: float) -> None:
    """Add up echoes: power, mean range, and whose most of it is; mixed if none of its own is where the mean lies."""
    power, moment, best = 0.0, 0.0, 0.0
    for i in range(first, last + 1):
        power += found[i, POWER]
        moment += found[i, POWER] * found[i, RANGE]
        own = 0.0
        for j in range(first, last + 1):
            if found[j, ID] == found[i, ID] and found[j, FLAGS] == found[i, FLAGS]:
                own += found[j, POWER]
        if own > best:
            best, merged[row, ID], merged[row, FLAGS] = own, found[i, ID], found[i, FLAGS]
    mean = moment / power
    seen, off, nearest, farthest = 0.0, math.inf, math.inf, 0.0
    for i in range(first, last + 1):
        if found[i, ID] == merged[row, ID] and found[i, FLAGS] == merged[row, FLAGS]:
            off = min(off, abs(mean - found[i, RANGE]) - found[i, EXTENT])
            nearest, farthest = min(nearest, found[i, RANGE]), found[i, RANGE]
        back = found[i, SEEN] * (mean / found[i, RANGE]) ** 2
        seen += back * math.exp(-2.0 * (found[i, DEPTH] - found[first, DEPTH]))
    merged[row, RANGE], merged[row, POWER] = mean, power
    merged[row, SEEN], merged[row, DEPTH] = seen, found[first, DEPTH]
    if max(off, nearest - mean, mean - farthest) > near_m:
        merged[row, FLAGS] += MIXED


@inlined
def _detected(power: float, figures: Figures, key: np.uint64, beam: int, draw: int) -> bool:
    if power >= figures.sure:
        return True
    return power > 0.0 and math.log(power) + figures.softness * normal(key, beam, draw + _DROPOUT) >= 0.0


@inlined
def _choose(
    chosen: np.ndarray, merged: np.ndarray, kept: int, mode: int, figures: Figures, key: np.uint64, beam: int
) -> None:
    """Mark which returns are reported; the marks are 1 + the number of the draws that belong to a return."""
    strongest = 0
    for i in range(kept):
        chosen[i] = 0
        if merged[i, POWER] > merged[strongest, POWER]:
            strongest = i
    first, last, second = -1, -1, -1
    for i in range(kept):
        draws = 0 if i == strongest else i + 1
        if (mode == _STRONGEST and i != strongest) or not _detected(
            merged[i, POWER], figures, key, beam, _NEXT_RETURN * draws
        ):
            continue
        first, last = i if first < 0 else first, i
        if i != strongest and (second < 0 or merged[i, POWER] > merged[second, POWER]):
            second = i
        if i == strongest and mode != _LAST:
            chosen[i] = 1
    if mode != _STRONGEST and last >= 0:
        if mode == _DUAL and last == strongest and second >= 0:
            chosen[second] = second + 2
        chosen[last] = 1 if last == strongest else last + 2
        if mode == _TRIPLE:
            chosen[first] = 1 if first == strongest else first + 2


@inlined
def _report(
    out: Returns,
    beam: int,
    number: int,
    table: np.ndarray,
    row: int,
    draw: int,
    key: np.uint64,
    figures: Figures,
    air: Air,
) -> int:
    """Write one return, a row of a table; return how many there are now."""
    range_m = table[row, RANGE]
    distance = _measured(range_m, table[row, POWER], draw, key, beam, figures)
    if distance <= 0.0:
        return number
    out.measured_m[beam, number], out.clean_m[beam, number] = distance, range_m
    # Sensors make up for the range, not for the air.
    depth = table[row, DEPTH] + air.extinction_per_m * (distance - range_m)
    out.intensity[beam, number] = min(table[row, SEEN] * math.exp(-2.0 * depth), 1.0)
    out.instance_id[beam, number], out.flags[beam, number] = table[row, ID], table[row, FLAGS]
    return number + 1


@kernel_with_scratch
def _receive(
    start: int,
    stop: int,
    out: Returns,
    beams: Beams,
    echoes: Echoes,
    spray: np.ndarray,
    key: np.uint64,
    figures: Figures,
    air: Air,
    mode: int,
) -> None:
    found, merged, chosen = np.empty((MOST, 7)), np.empty((MOST, 7)), np.zeros(MOST, np.int64)
    others, count_of_beams = len(beams.pattern) - 1, len(beams.kind)
    extinction = air.extinction_per_m
    hazy, chained = extinction > 0.0 or len(spray) > 0, len(echoes.following) > 0
    # Fields taken out of their tuples: inside the loop each would be counted as in use, from all threads.
    kinds, range_m, value, ids, following = (
        beams.kind,
        echoes.range_m,
        echoes.value,
        echoes.instance_id,
        echoes.following,
    )
    measured, clean, intensity, owner = out.measured_m, out.clean_m, out.intensity, out.instance_id
    for beam in range(start, stop):
        kind = kinds[beam]
        if kind == ONE and not hazy and not (chained and following[beam] >= 0):
            # Most beams have one echo: the same as below, in fewer steps.
            true_m = float(range_m[beam])
            if not (value[beam] > 0.0 and figures.nearest_m <= true_m <= figures.farthest_m):
                continue
            power = over_threshold(true_m, float(value[beam]), 0.0, figures)
            if not _detected(power, figures, key, beam, 0):
                continue
            distance = _measured(true_m, power, 0, key, beam, figures)
            if distance > 0.0:
                measured[beam, 0], clean[beam, 0] = distance, true_m
                intensity[beam, 0], owner[beam, 0] = min(value[beam], np.float32(1.0)), ids[beam]
            continue
        sprayed = spray[beam, 0] if len(spray) > 0 else 0.0
        if kind == PLANE:
            count = _on_plane(found, echoes, beams, beam, figures, extinction, sprayed)
        else:
            weight = 1.0 if kind == ONE else beams.pattern[0, 2]
            count = _chain(found, 0, echoes, beam, weight, figures, extinction, sprayed)
            if kind != ONE:
                for s in range(others):
                    entry = count_of_beams + kind * others + s
                    count = _chain(found, count, echoes, entry, beams.pattern[s + 1, 2], figures, extinction, sprayed)
        if hazy:
            end = min(float(range_m[beam]), figures.farthest_m)
            count = in_air(found, count, beam, end, key, figures, air, spray)
        if count == 0:
            continue
        kept = _merge(merged, found, count, figures)
        _choose(chosen, merged, kept, mode, figures, key, beam)
        number = 0
        for i in range(kept):
            if chosen[i] > 0:
                draw = _NEXT_RETURN * (chosen[i] - 1)
                number = _report(out, beam, number, merged, i, draw, key, figures, air)
