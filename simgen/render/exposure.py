"""From luminance to 8-bit pixels: metering, white balance, tone curve."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.scene.imager import ToneCurve
from simgen.scene.light import AreaLight, ClearSky, HeadLamp, PointLight, SpotLight
from simgen.scene.scene import Scene

LUMINANCE_RGB = np.array([0.2126, 0.7152, 0.0722])

_METER_CONSTANT = 8.0
"""EV100 = log2(8 L): the reflected-light meter constant 12.5 of ISO 2720 at ISO 100."""

# As photographers expose by lamp light: a lit room as metered, a street at night a stop or two below. Assumed.
_DARK_EV100, _DARK_SLOPE, _DARKEST_STOPS = 4.0, 0.3, 2.5

_LAMPS_MATTER_LUX, _LAMP_LUX_PER_CD = 300.0, 0.001
"""Daylight below which a street's lamps count for its white, and how much of a candela then reaches the street."""

_KNEE, _SLOPE = 0.35, 1.5

_STEPS, FULL = 1 << 15, 4.0
"""Steps of the table of display values, and the sensor light, in saturations, where it ends."""


def saturation_nit(ev100: float) -> float:
    """Return the luminance, nit, that just fills the sensor at an exposure value (ISO 12232: 1.2 * 2**EV100)."""
    return 1.2 * 2.0**ev100


def meter(luminance: np.ndarray) -> float:
    """Return the EV100 that suits a (H, W) luminance image, nit.

    The mean is of logarithms, so that a lamp does not blacken a room; the middle and the lower half weigh more,
    and the brightest fiftieth may lie at most a stop and a half above saturation. Where there is nothing bright, as in
    fog, it is brought to a stop and a half below. A night is shown as one: below `_DARK_EV100`, the less light there
    is, the darker the picture.
    """
    height, width = luminance.shape
    y, x = np.mgrid[0:height, 0:width]
    across, down = (x + 0.5) / width - 0.5, (y + 0.5) / height - 0.6
    weight = 0.15 + np.exp(-(across**2) / 0.18 - down**2 / 0.12)
    logs = np.log2(np.maximum(luminance, 1e-4))
    average = float((weight * logs).sum() / weight.sum()) + math.log2(_METER_CONSTANT)
    full = math.log2(max(float(np.percentile(luminance, 98.0)), 1e-4) / 1.2)
    darker = min(_DARK_SLOPE * max(_DARK_EV100 - average, 0.0), _DARKEST_STOPS)
    return min(max(average, full - 1.5), average + 2.0, max(full + 1.5, average - 1.5)) + darker


def white_balance(scene: Scene, environment_lux: np.ndarray, strength: float) -> np.ndarray:
    """Return (3,) gains that make the scene's main light less coloured, keeping luminance.

    Args:
        scene: its lamps count where there is no daylight.
        environment_lux: (3,) illuminance of level ground by sun and sky.
        strength: 0 leaves the colour, 1 makes the light grey.
    """
    color = environment_lux.astype(np.float64)
    if not isinstance(scene.sky, ClearSky):
        color = color + _lamp_color(scene)
    elif float(LUMINANCE_RGB @ color) < _LAMPS_MATTER_LUX:
        color = color + _lamp_color(scene) * _LAMP_LUX_PER_CD
    luminance = float(LUMINANCE_RGB @ color)
    if not luminance > 0 or not color.min() > 0.05 * luminance:
        return np.ones(3)
    gains = (luminance / color) ** strength
    return gains / float(LUMINANCE_RGB @ (gains * color) / luminance)


def _lamp_color(scene: Scene) -> np.ndarray:
    """Return (3,) linear RGB of all lamps together, weighted by their intensity."""
    color = np.zeros(3)
    for light in scene.lights:
        if isinstance(light, AreaLight):
            area = float(np.linalg.norm(np.cross(light.edge_u_m, light.edge_v_m)))
            color = color + area * np.array(light.luminance_nit)
        elif isinstance(light, PointLight | SpotLight | HeadLamp):
            color = color + np.array(light.intensity_cd)
    return color


def encode(nit: np.ndarray, ev100: float, gains: np.ndarray, curve: ToneCurve) -> np.ndarray:
    """Return (H, W, 3) uint8 sRGB of a (H, W, 3) luminance image, nit."""
    flat = nit.reshape(-1, 3)
    out = np.empty((len(flat), 3), np.uint8)
    _encode(len(flat), out, flat, gains / saturation_nit(ev100) / FULL, display_bytes(curve, FULL))
    return out.reshape(nit.shape)


@lru_cache(maxsize=8)
def display_bytes(curve: ToneCurve, full: float, white: float = 1.0) -> np.ndarray:
    """Return the byte of each step of the square root of sensor light, from 0 to the fullest.

    Args:
        curve: see `simgen.scene.imager.Imager`.
        full: the fullest, in saturations.
        white: curve value that shows as 255.
    """
    light = ((np.arange(_STEPS) + 0.5) / _STEPS) ** 2 * full
    shown = np.minimum(toned(light, curve, full) / white, 1.0)
    if curve == "gamma":
        coded = shown ** (1.0 / 2.2)
    else:
        coded = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1.0 / 2.4) - 0.055)
    return np.floor(coded * 255.0 + 0.5).astype(np.uint8)


def toned(light: np.ndarray, curve: ToneCurve, full: float) -> np.ndarray:
    """Return display light, nominally 0 to 1, of sensor light in saturations.

    ``compressed`` is Reinhard's curve (Reinhard et al. 2002, equation 4) with ``full`` as what shows as white.
    """
    if curve == "filmic":
        return np.array([tone(value) for value in light])
    if curve == "compressed":
        value, white = _SLOPE * light, _SLOPE * full
        return value * (1.0 + value / white**2) / (1.0 + value)
    return np.minimum(light, 1.0)


@kernel
def _encode(start: int, stop: int, out: np.ndarray, nit: np.ndarray, gains: np.ndarray, table: np.ndarray) -> None:
    for i in range(start, stop):
        for k in range(3):
            out[i, k] = look_up(table, nit[i, k] * gains[k])


@inlined
def look_up(table: np.ndarray, value: float) -> int:
    """Return a table's byte for ``value``, which is 1 where the table ends."""
    return table[min(int(math.sqrt(max(value, 0.0)) * _STEPS), _STEPS - 1)]


@inlined
def tone(value: float) -> float:
    """Return display light of sensor light: a straight line, and above its knee a shoulder that nears 1."""
    value *= _SLOPE
    if value <= _KNEE:
        return value
    return _KNEE + (1.0 - _KNEE) * (1.0 - math.exp((_KNEE - value) / (1.0 - _KNEE)))
