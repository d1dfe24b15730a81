"""How a camera sets its exposure: what the meter asks for, and what shutter and sensitivity can give."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.render.exposure import meter, saturation_nit
from simgen.scene.camera import Camera
from simgen.scene.imager import Imager

_CLIPPED_PERCENT = 0.1
"""Share of the image that highlight metering lets overfill."""

_GREY = 0.18
"""Share of saturation at which a metered mean comes to lie: that of a grey card whose white just saturates."""

_DARKEST_NIT = 1e-4
_ROUNDS, _NEAR_STOPS = 40, 0.01


class Exposure(NamedTuple):
    """How a picture is exposed.

    Attributes:
        ev100: its exposure value at ISO 100: ``log2(f_number**2 / exposure_s * 100 / iso)``.
        exposure_s: how long the shutter is open.
        iso: sensitivity.
    """

    ev100: float
    exposure_s: float
    iso: float


def expose(camera: Camera, luminance: np.ndarray) -> Exposure:
    """Return the exposure that a camera takes a (H, W) luminance image with, nit.

    An ideal sensor can be exposed in any way. Others keep within what their imager says; when that is too little or
    too much light, the picture is darker or brighter than metered.
    """
    imager = camera.imager
    if imager.exposure_s is not None and imager.iso is not None:
        iso = imager.iso * 2.0**camera.exposure_bias_stops
        return Exposure(exposure_value(imager.f_number, imager.exposure_s, iso), imager.exposure_s, iso)
    ev100 = camera.ev100 if camera.ev100 is not None else metered(luminance, imager)
    ev100 -= camera.exposure_bias_stops
    product = 100.0 * imager.f_number**2 / 2.0**ev100
    if imager.full_well_e is None:
        return Exposure(ev100, product / 100.0, 100.0)
    exposure_s, iso = _shared_out(imager, product)
    given = exposure_s * iso
    if not math.isclose(given, product, rel_tol=1e-9):
        ev100 += math.log2(product / given)
    return Exposure(ev100, exposure_s, iso)


def _shared_out(imager: Imager, product: float) -> tuple[float, float]:
    """Return exposure time and ISO whose product comes nearest to ``product``, as short of ISO as may be."""
    exposure_s = imager.exposure_s
    if exposure_s is None:
        least = imager.base_iso if imager.iso is None else imager.iso
        exposure_s = min(product / least, imager.longest_exposure_s)
    iso = imager.iso
    if iso is None:
        iso = min(max(product / exposure_s, imager.base_iso), imager.highest_iso)
    return exposure_s, iso


def exposure_value(f_number: float, exposure_s: float, iso: float) -> float:
    """Return EV100 (ISO 2720: ``log2(N**2 / t)``, less the stops that ``iso`` is above 100)."""
    return math.log2(f_number**2 / exposure_s * 100.0 / iso)


def metered(luminance: np.ndarray, imager: Imager) -> float:
    """Return the EV100 that suits a (H, W) luminance image, nit; see `simgen.scene.imager.Imager` for the ways."""
    match imager.metering:
        case "matrix":
            return meter(luminance)
        case "mean":
            return _grey_ev100(luminance, imager.headroom_stops)
        case "centre":
            height, width = luminance.shape
            rows, columns = slice(height // 3, -(-2 * height // 3)), slice(width // 3, -(-2 * width // 3))
            return _grey_ev100(luminance[rows, columns], imager.headroom_stops)
        case "highlight":
            bright = float(np.percentile(luminance, 100.0 - _CLIPPED_PERCENT))
            return _saturating_ev100(bright) - imager.headroom_stops


def _grey_ev100(luminance: np.ndarray, headroom_stops: float) -> float:
    """Return the EV100 at which the mean of what the sensor tells of the light is grey.

    What overfills it counts as full, else the sun would blacken the street; the more does so, the darker the rest is
    taken for, so the answer is approached from above.
    """
    light = np.maximum(luminance.astype(np.float64), _DARKEST_NIT)
    ev100 = _saturating_ev100(float(light.mean()) / _GREY)
    for _ in range(_ROUNDS):
        told = np.minimum(light, saturation_nit(ev100) * 2.0**headroom_stops)
        lower = _saturating_ev100(float(told.mean()) / _GREY)
        if ev100 - lower < _NEAR_STOPS:
            break
        ev100 = lower
    return ev100


def _saturating_ev100(nit: float) -> float:
    """Return the EV100 at which a luminance just fills the sensor."""
    return math.log2(max(nit, _DARKEST_NIT) / saturation_nit(0.0))
