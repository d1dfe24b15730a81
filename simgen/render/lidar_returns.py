"""What a LiDAR makes of the light that comes back: echoes told apart, detected, ranged and reported."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.frame import MIXED, WEATHER
from simgen.render.beam import ONE, PLANE, across_and_up, cell_rad, resolution_m
from simgen.render.compiled import inlined, kernel_with_scratch
from simgen.render.lidar_paths import Echoes
from simgen.render.noise import normal, uniform
from simgen.scene.lidar import Lidar
from simgen.scene.weather import Weather

_SURE = 6.0
"""A return this many softnesses above the threshold is taken as kept (the chance of losing it is 1e-9)."""

_FOG_BACKSCATTER = 0.046 / math.log(20.0)
"""Of the extinction, 1/sr: 0.046 over the visibility (Rasshofer, Spies and Spies 2011)."""

_FALL_LIDAR_RATIO_SR = 18.0
"""Extinction over backscatter of drops much wider than the wavelength (O'Connor, Illingworth and Hogan 2004)."""

_PULSE_M = 1.5
"""Depth of air that answers at once: half the length of a pulse of 10 ns."""

# Dimensions of a beam's draws. Each further return has its own, so many on.
_RANGE_NOISE, _DROPOUT, _AIR_PLACE, _AIR_DENSITY, _SPRAY_DENSITY, _NEXT_RETURN = 0, 2, 4, 5, 7, 16

_MODES = ("strongest", "last", "dual", "triple")
_STRONGEST, _LAST, _DUAL, _TRIPLE = range(4)

_MOST = 64
"""Echoes of one beam: nineteen rays with three each, and the air's."""

# Columns of what is gathered of echoes and of returns.
_RANGE, _POWER, _SEEN, _DEPTH, _EXTENT, _ID, _FLAGS = range(7)

_OFF_M = 0.02


class Returns(NamedTuple):
    """What a sweep's N beams report, each up to K returns by growing range.

    Attributes:
        measured_m: (N, K) float64; 0 for none.
        clean_m: (N, K) float64, without noise and quantization.
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
        np.zeros((count, most)),
        np.zeros((count, most)),
        np.zeros((count, most), np.float32),
        np.zeros((count, most), np.uint32),
        np.zeros((count, most), np.uint8),
    )
    _receive(count, out, beams, echoes, spray, key, _figures(lidar), _air(weather), _MODES.index(lidar.return_mode))
    return out


def _figures(lidar: Lidar) -> np.ndarray:
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
        ]
    )


def _air(weather: Weather) -> np.ndarray:
    """Return extinction, 1/m, and the share of light sent straight back by each metre of air, 1/(m sr)."""
    back = _FOG_BACKSCATTER * weather.fog_per_m + weather.fall_per_m / _FALL_LIDAR_RATIO_SR
    return np.array([weather.extinction_per_m, back])


@inlined
def _over_threshold(range_m: float, value: float, depth: float, figures: np.ndarray) -> float:
    """Return the power of an echo that fills the beam, in detection thresholds."""
    passed = math.exp(-2.0 * depth) if depth > 0.0 else 1.0
    return value / 0.1 * (figures[2] / range_m) ** 2 * passed


@inlined
def _measured(range_m: float, power: float, draw: int, key: np.uint64, beam: int, figures: np.ndarray) -> float:
    """Return a range with noise and quantization."""
    spread = math.sqrt(figures[3] * figures[3] + figures[4] * figures[4] / power)
    distance = range_m + spread * normal(key, beam, draw + _RANGE_NOISE)
    return math.floor(distance / figures[5] + 0.5) * figures[5] if figures[5] > 0.0 else distance


@inlined
def _put(
    found: np.ndarray, count: int, range_m: float, weight: float, value: float, depth: float, figures: np.ndarray
) -> int:
    """Put an echo in its place by range, and return how many there are; extent, id and flags are still to be set."""
    if not (value > 0.0 and figures[0] <= range_m <= figures[1]) or count >= _MOST:
        return -1
    at = count
    while at > 0 and found[at - 1, _RANGE] > range_m:
        for column in range(7):
            found[at, column] = found[at - 1, column]
        at -= 1
    found[at, _RANGE] = range_m
    found[at, _POWER] = weight * _over_threshold(range_m, value, depth, figures)
    found[at, _SEEN], found[at, _DEPTH] = weight * value, depth
    return at


@inlined
def _chain(
    found: np.ndarray,
    count: int,
    echoes: Echoes,
    entry: int,
    weight: float,
    figures: np.ndarray,
    extinction: float,
    sprayed: float,
) -> int:
    """Gather the echoes of one ray; return how many there are now."""
    while entry >= 0:
        range_m = echoes.range_m[entry]
        depth = extinction * range_m + sprayed
        at = _put(found, count, range_m, weight, echoes.value[entry], depth, figures)
        if at >= 0:
            found[at, _EXTENT] = range_m * figures[8] * echoes.slope[entry]
            found[at, _ID], found[at, _FLAGS] = echoes.instance_id[entry], echoes.flags[entry]
            count += 1
        entry = echoes.following[entry] if len(echoes.following) > 0 else -1
    return count


@inlined
def _on_plane(
    found: np.ndarray, echoes: Echoes, beams: Beams, beam: int, figures: np.ndarray, extinction: float, sprayed: float
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
        range_m = echoes.range_m[beam] * facing / cosine
        value = echoes.value[beam] * cosine / facing
        at = _put(found, count, range_m, weight, value, extinction * range_m + sprayed, figures)
        if at >= 0:
            found[at, _EXTENT] = range_m * figures[8] * math.sqrt(1.0 - cosine * cosine) / cosine
            found[at, _ID], found[at, _FLAGS] = echoes.instance_id[beam], 0.0
            count += 1
    return count


@inlined
def _in_air(
    found: np.ndarray,
    count: int,
    beam: int,
    end: float,
    key: np.uint64,
    figures: np.ndarray,
    air: np.ndarray,
    spray: np.ndarray,
) -> int:
    """Gather what drops, flakes and fog send back before ``end``; return how many there are now."""
    extinction, backscatter = air[0], air[1]
    if backscatter > 0.0:
        # One place along the beam where droplets happen to stand close, the denser the rarer.
        start = max(figures[0], 1.0)
        place = start * (max(end, start) / start) ** uniform(key, beam, _AIR_PLACE)
        density = -math.log1p(-uniform(key, beam, _AIR_DENSITY))
        value = math.pi * backscatter * _PULSE_M * density
        if place < end:
            at = _put(found, count, place, 1.0, value, extinction * place, figures)
            if at >= 0:
                found[at, _EXTENT], found[at, _ID], found[at, _FLAGS] = 0.0, 0.0, WEATHER
                count += 1
    if len(spray) > 0 and spray[beam, 1] > figures[0]:
        density = -math.log1p(-uniform(key, beam, _SPRAY_DENSITY))
        value = math.pi * spray[beam, 2] * _PULSE_M * density
        depth = extinction * spray[beam, 1] + spray[beam, 3]
        at = _put(found, count, spray[beam, 1], 1.0, value, depth, figures)
        if at >= 0:
            found[at, _EXTENT], found[at, _ID], found[at, _FLAGS] = 0.0, 0.0, WEATHER
            count += 1
    return count


@inlined
def _merge(merged: np.ndarray, found: np.ndarray, count: int, figures: np.ndarray) -> int:
    """Make one of echoes that the sensor cannot tell apart; return how many are left, by growing range."""
    kept, first = 0, 0
    while first < count:
        last, edge, broken = first, found[first, _RANGE] + found[first, _EXTENT], False
        while last + 1 < count:
            gap = found[last + 1, _RANGE] - found[last + 1, _EXTENT] - edge
            if gap > figures[7]:
                break
            broken = broken or gap > max(2.0 * figures[3], _OFF_M)
            last += 1
            edge = max(edge, found[last, _RANGE] + found[last, _EXTENT])
        for column in range(7):
            merged[kept, column] = found[first, column]
        if last > first:
            _sum(merged, kept, found, first, last, broken, max(2.0 * figures[3], _OFF_M))
        kept += 1
        first = last + 1
    return kept


@inlined
def _sum(merged: np.ndarray, row: int, found: np.ndarray, first: int, last: int, broken: bool, off_m: float) -> None:
    """Add up echoes: power, mean range, and whose most of it is; mixed if that is not where the mean lies."""
    power, moment, best = 0.0, 0.0, 0.0
    for i in range(first, last + 1):
        power += found[i, _POWER]
        moment += found[i, _POWER] * found[i, _RANGE]
        own = 0.0
        for j in range(first, last + 1):
            if found[j, _ID] == found[i, _ID] and found[j, _FLAGS] == found[i, _FLAGS]:
                own += found[j, _POWER]
        if own > best:
            best, merged[row, _ID], merged[row, _FLAGS] = own, found[i, _ID], found[i, _FLAGS]
    mean = moment / power
    seen, nearest, farthest = 0.0, math.inf, 0.0
    for i in range(first, last + 1):
        if found[i, _ID] == merged[row, _ID] and found[i, _FLAGS] == merged[row, _FLAGS]:
            nearest, farthest = min(nearest, found[i, _RANGE]), found[i, _RANGE]
        back = found[i, _SEEN] * (mean / found[i, _RANGE]) ** 2
        seen += back * math.exp(-2.0 * (found[i, _DEPTH] - found[first, _DEPTH]))
    merged[row, _RANGE], merged[row, _POWER] = mean, power
    merged[row, _SEEN], merged[row, _DEPTH] = seen, found[first, _DEPTH]
    if broken or mean < nearest - off_m or mean > farthest + off_m:
        merged[row, _FLAGS] += MIXED


@inlined
def _detected(power: float, figures: np.ndarray, key: np.uint64, beam: int, draw: int) -> bool:
    if power >= figures[9]:
        return True
    return power > 0.0 and math.log(power) + figures[6] * normal(key, beam, draw + _DROPOUT) >= 0.0


@inlined
def _choose(
    chosen: np.ndarray, merged: np.ndarray, kept: int, mode: int, figures: np.ndarray, key: np.uint64, beam: int
) -> None:
    """Mark which returns are reported; the marks are 1 + the number of the draws that belong to a return."""
    strongest = 0
    for i in range(kept):
        chosen[i] = 0
        if merged[i, _POWER] > merged[strongest, _POWER]:
            strongest = i
    first, last, second = -1, -1, -1
    for i in range(kept):
        draws = 0 if i == strongest else i + 1
        if (mode == _STRONGEST and i != strongest) or not _detected(
            merged[i, _POWER], figures, key, beam, _NEXT_RETURN * draws
        ):
            continue
        first, last = i if first < 0 else first, i
        if i != strongest and (second < 0 or merged[i, _POWER] > merged[second, _POWER]):
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
    figures: np.ndarray,
    air: np.ndarray,
) -> int:
    """Write one return, a row of a table; return how many there are now."""
    range_m = table[row, _RANGE]
    distance = _measured(range_m, table[row, _POWER], draw, key, beam, figures)
    if distance <= 0.0:
        return number
    out.measured_m[beam, number], out.clean_m[beam, number] = distance, range_m
    # Sensors make up for the range, not for the air.
    depth = table[row, _DEPTH] + air[0] * (distance - range_m)
    out.intensity[beam, number] = min(table[row, _SEEN] * math.exp(-2.0 * depth), 1.0)
    out.instance_id[beam, number], out.flags[beam, number] = table[row, _ID], table[row, _FLAGS]
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
    figures: np.ndarray,
    air: np.ndarray,
    mode: int,
) -> None:
    found, merged, chosen = np.empty((_MOST, 7)), np.empty((_MOST, 7)), np.zeros(_MOST, np.int64)
    others, count_of_beams = len(beams.pattern) - 1, len(beams.kind)
    hazy, chained = air[1] > 0.0 or len(spray) > 0, len(echoes.following) > 0
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
            true_m = range_m[beam]
            if not (value[beam] > 0.0 and figures[0] <= true_m <= figures[1]):
                continue
            power = _over_threshold(true_m, value[beam], 0.0, figures)
            if not _detected(power, figures, key, beam, 0):
                continue
            distance = _measured(true_m, power, 0, key, beam, figures)
            if distance > 0.0:
                measured[beam, 0], clean[beam, 0] = distance, true_m
                intensity[beam, 0], owner[beam, 0] = min(value[beam], 1.0), ids[beam]
            continue
        sprayed = spray[beam, 0] if len(spray) > 0 else 0.0
        if kind == PLANE:
            count = _on_plane(found, echoes, beams, beam, figures, air[0], sprayed)
        else:
            weight = 1.0 if kind == ONE else beams.pattern[0, 2]
            count = _chain(found, 0, echoes, beam, weight, figures, air[0], sprayed)
            if kind != ONE:
                for s in range(others):
                    entry = count_of_beams + kind * others + s
                    count = _chain(found, count, echoes, entry, beams.pattern[s + 1, 2], figures, air[0], sprayed)
        if hazy:
            end = min(range_m[beam], figures[1])
            count = _in_air(found, count, beam, end, key, figures, air, spray)
        if count == 0:
            continue
        kept = _merge(merged, found, count, figures)
        _choose(chosen, merged, kept, mode, figures, key, beam)
        number = 0
        for i in range(kept):
            if chosen[i] > 0:
                draw = _NEXT_RETURN * (chosen[i] - 1)
                number = _report(out, beam, number, merged, i, draw, key, figures, air)
