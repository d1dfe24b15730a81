"""What the air sends back into a LiDAR: single drops and flakes, fog, and spray behind vehicles."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.frame import WEATHER
from simgen.render.compiled import inlined
from simgen.render.lidar_echoes import EXTENT, FLAGS, ID, Figures, put
from simgen.render.noise import uniform
from simgen.scene.lidar import Lidar
from simgen.scene.weather import Sizes, Weather

_FOG_BACKSCATTER = 0.046 / math.log(20.0)
"""Of the extinction, 1/sr: 0.046 over the visibility (Rasshofer, Spies and Spies 2011)."""

_FALL_LIDAR_RATIO_SR = 18.0
"""Extinction over backscatter of drops much wider than the wavelength (O'Connor, Illingworth and Hogan 2004)."""

_EXIT_M = 0.0055
"""Half the width of a beam where it leaves the sensor: 9.5 by 12.7 mm (VLP-16 manual, not re-read), for all sensors."""

_FAINT = 3.0
"""Softnesses below the threshold: weaker drops are not drawn, the chance of seeing one is 0.1 %."""

_BESIDE = 1.5
"""How far beside the middle drops are drawn, in (distance / half width)**2: 5 % of the light goes by outside."""

_KNOTS = 512

# Dimensions of a beam's draws: the fog's, the spray's, and from one on those of drops, four each.
_FOG_PLACE, _FOG_DENSITY, _SPRAY_DENSITY, _DROPS = 4, 5, 7, 4096


class Air(NamedTuple):
    """The air before one sensor.

    Attributes:
        extinction_per_m: of all in it.
        fog_per_m_sr: share of light that each metre of fog sends straight back, 1/(m sr).
        knots_m: (K,) ranges, rising.
        expected: (P, K) how many drops of each kind that can be seen a beam meets before each knot.
        slope_per_mm: (P,) of the kinds' sizes.
        sent_back: (P,) value of a drop of 1 mm in the middle of a beam whose half width is 1 m.
        least: (P,) diameter, mm, of the least drop that is drawn, over half width and range, both in metres.
        half_rad: (2,) half the divergence, across and up.
    """

    extinction_per_m: float
    fog_per_m_sr: float
    knots_m: np.ndarray
    expected: np.ndarray
    slope_per_mm: np.ndarray
    sent_back: np.ndarray
    least: np.ndarray
    half_rad: np.ndarray


def air_before(lidar: Lidar, weather: Weather) -> Air:
    """Return what falls and floats before a sensor, and how many drops its beams can meet.

    A drop of diameter D at the distance rho from the middle of a beam of 1/e**2 half width w sends back, relative to a
    white Lambertian surface that fills the beam there,

        value = pi (stretch D)**2 / (L w**2) * exp(-2 rho**2 / w**2)

    with L the lidar ratio: the irradiance 2 / (pi w**2) exp(..) of a beam of unit power, times the extinction
    cross-section pi D**2 / 2 over L, over the Lambertian's 1 / pi. Drops are a Poisson process in space with
    exponentially distributed diameters, so those above the least that the sensor could detect are one along the beam.
    """
    kinds = [sizes for sizes in (weather.rain_sizes, weather.snow_sizes) if sizes is not None]
    half_rad = 0.5e-3 * np.array(lidar.divergence_mrad)
    knots = np.geomspace(max(lidar.min_range_m, 0.05), lidar.max_range_m, _KNOTS)
    width_m = np.sqrt(np.hypot(_EXIT_M, half_rad[0] * knots) * np.hypot(_EXIT_M, half_rad[1] * knots))
    reach_m = np.maximum(knots, lidar.focus_m)
    expected, least, sent_back = np.zeros((len(kinds), _KNOTS)), np.zeros(len(kinds)), np.zeros(len(kinds))
    for row, sizes in enumerate(kinds):
        sent_back[row] = math.pi * sizes.stretch**2 * 1e-6 / _FALL_LIDAR_RATIO_SR
        threshold = 0.1 / lidar.range_at_10_percent_m**2 * math.exp(-_FAINT * lidar.dropout_softness)
        least[row] = math.sqrt(threshold / sent_back[row])
        per_m = math.pi * width_m**2 * _BESIDE * _above(sizes, least[row] * width_m * reach_m)
        expected[row, 1:] = np.cumsum(0.5 * (per_m[1:] + per_m[:-1]) * np.diff(knots))
    slopes = np.array([sizes.slope_per_mm for sizes in kinds])
    fog = _FOG_BACKSCATTER * weather.fog_per_m
    return Air(weather.extinction_per_m, fog, knots, expected, slopes, sent_back, least, half_rad)


def _above(sizes: Sizes, diameter_mm: np.ndarray) -> np.ndarray:
    """Return how many are larger than each diameter, 1/m3."""
    return sizes.per_m3_per_mm / sizes.slope_per_mm * np.exp(-sizes.slope_per_mm * diameter_mm)


@inlined
def in_air(
    found: np.ndarray,
    count: int,
    beam: int,
    end: float,
    key: np.uint64,
    figures: Figures,
    air: Air,
    spray: np.ndarray,
) -> int:
    """Gather what drops, flakes, fog and spray send back before ``end``; return how many echoes there are now."""
    for kind in range(len(air.slope_per_mm)):
        count = _drops(found, count, beam, end, key, figures, air, kind)
    if air.fog_per_m_sr > 0.0:
        # One place along the beam where droplets happen to stand close, the denser the rarer.
        start = max(figures.nearest_m, 1.0)
        place = start * (max(end, start) / start) ** uniform(key, beam, _FOG_PLACE)
        density = -math.log1p(-uniform(key, beam, _FOG_DENSITY))
        value = math.pi * air.fog_per_m_sr * figures.apart_m * density
        if place < end:
            count = _seen(found, count, put(found, count, place, 1.0, value, air.extinction_per_m * place, figures))
    if len(spray) > 0 and spray[beam, 1] > figures.nearest_m:
        density = -math.log1p(-uniform(key, beam, _SPRAY_DENSITY))
        value = math.pi * spray[beam, 2] * figures.apart_m * density
        depth = air.extinction_per_m * spray[beam, 1] + spray[beam, 3]
        count = _seen(found, count, put(found, count, spray[beam, 1], 1.0, value, depth, figures))
    return count


@inlined
def _seen(found: np.ndarray, count: int, row: int) -> int:
    if row < 0:
        return count
    found[row, EXTENT], found[row, ID], found[row, FLAGS] = 0.0, 0.0, WEATHER
    return count + 1


@inlined
def _drops(
    found: np.ndarray, count: int, beam: int, end: float, key: np.uint64, figures: Figures, air: Air, kind: int
) -> int:
    """Gather the drops of one kind, the nearest first; return how many echoes there are now."""
    knots, expected = air.knots_m, air.expected
    passed, draw = 0.0, _DROPS + 4096 * kind
    while count < len(found):
        passed -= math.log1p(-uniform(key, beam, draw))
        if passed >= expected[kind, len(knots) - 1]:
            break
        low, high = 0, len(knots) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if expected[kind, middle] > passed:
                high = middle
            else:
                low = middle
        step = (passed - expected[kind, low]) / (expected[kind, high] - expected[kind, low])
        range_m = knots[low] + step * (knots[high] - knots[low])
        if range_m >= end:
            break
        across, up = air.half_rad[0] * range_m, air.half_rad[1] * range_m
        squared_m2 = math.sqrt((_EXIT_M**2 + across * across) * (_EXIT_M**2 + up * up))
        least_mm = air.least[kind] * math.sqrt(squared_m2) * max(range_m, figures.focus_m)
        diameter_mm = least_mm - math.log1p(-uniform(key, beam, draw + 1)) / air.slope_per_mm[kind]
        light = math.exp(-2.0 * _BESIDE * uniform(key, beam, draw + 2))
        value = air.sent_back[kind] * diameter_mm * diameter_mm / squared_m2 * light
        count = _seen(found, count, put(found, count, range_m, 1.0, value, air.extinction_per_m * range_m, figures))
        draw += 4
    return count
