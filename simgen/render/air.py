"""Fog, rain and snow between the eye and what it sees: distance fades into lit air."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.render.environment import Environment, irradiance
from simgen.render.surface import NOTHING, Surface
from simgen.render.vectors import triple, vec
from simgen.scene.light import ClearSky, Sky, Sun
from simgen.scene.weather import Weather

_FORWARD = 0.75
"""Mean cosine of scattering by droplets (Henyey and Greenstein 1941)."""

_CLOUD_BASE_M = 1500.0


class Air(NamedTuple):
    """What veils the distance.

    Attributes:
        per_m: extinction along a path near the ground, 1/m.
        upward: optical depth of all of it, straight up.
        glow_nit: (3,) float64 luminance of air too deep to see through, lit by the sky.
        sun_lux: (3,) float64 what is left of the sun in it.
        sun_direction: (3,) float64 unit vector towards the sun.
    """

    per_m: float
    upward: float
    glow_nit: np.ndarray
    sun_lux: np.ndarray
    sun_direction: np.ndarray


def sky_through(weather: Weather, sky: Sky | None, sun: Sun | None) -> Sky | None:
    """Return the sky as it looks from within the fog: what fog takes from the sun, it spreads over the sky."""
    if not isinstance(sky, ClearSky) or sun is None or weather.fog_per_m == 0.0:
        return sky
    height = max(math.sin(math.radians(sun.elevation_deg)), 0.05)
    passed = math.exp(-weather.fog_per_m * weather.fog_height_m / height)
    return replace(sky, cover=1.0 - (1.0 - sky.cover) * passed)


def air_of(weather: Weather, environment: Environment) -> Air:
    """Return the air under ``environment``."""
    down = np.array(irradiance(environment, 0.0, 0.0, 1.0))
    up = np.array(irradiance(environment, 0.0, 0.0, -1.0))
    return Air(
        per_m=weather.extinction_per_m,
        upward=weather.fog_per_m * weather.fog_height_m + weather.fall_per_m * _CLOUD_BASE_M,
        # A droplet scatters what falls on it from above and below, evenly enough after a few times.
        glow_nit=(down + up) / (2.0 * math.pi),
        sun_lux=environment.sun_lux,
        sun_direction=environment.sun_direction,
    )


def lit_air(air: Air, direction: np.ndarray) -> np.ndarray:
    """Return (N, 3) float32 luminance of air too thick to see through, in (N, 3) directions of sight."""
    cosine = direction @ air.sun_direction
    spread = 1.0 + _FORWARD * _FORWARD - 2.0 * _FORWARD * cosine
    phase = (1.0 - _FORWARD * _FORWARD) / (4.0 * math.pi * spread**1.5)
    return (air.glow_nit + air.sun_lux * phase[:, None]).astype(np.float32)


def veil(nit: np.ndarray, surface: Surface, air: Air) -> None:
    """Fade (N, 3) luminance into the air before it, in place: ``L exp(-s d) + air (1 - exp(-s d))`` (Koschmieder)."""
    if air.per_m > 0.0:
        _veil(len(nit), nit, surface, air)


@kernel
def _veil(start: int, stop: int, nit: np.ndarray, surface: Surface, air: Air) -> None:
    for i in range(start, stop):
        _veil_at(i, nit, surface, air)


@inlined
def _veil_at(i: int, nit: np.ndarray, surface: Surface, air: Air) -> None:
    away, sun, lux, glow = vec(surface.away, i), triple(air.sun_direction), triple(air.sun_lux), triple(air.glow_nit)
    if surface.kind[i] == NOTHING:
        passed = math.exp(-min(air.upward / max(-away[2], 1e-4), 700.0))
    else:
        passed = math.exp(-air.per_m * surface.range_m[i])
    cosine = -(away[0] * sun[0] + away[1] * sun[1] + away[2] * sun[2])
    spread = 1.0 + _FORWARD * _FORWARD - 2.0 * _FORWARD * cosine
    phase = (1.0 - _FORWARD * _FORWARD) / (4.0 * math.pi * spread * math.sqrt(spread))
    for k in range(3):
        nit[i, k] = nit[i, k] * passed + (glow[k] + lux[k] * phase) * (1.0 - passed)
