"""The image sensor: from light to raw values, by the linear camera model of EMVA 1288 with a clip at the full well."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.render.exposure import saturation_nit
from simgen.render.metering import Exposure
from simgen.render.noise import normals, sensor_key, uniform
from simgen.scene.camera import Camera
from simgen.scene.imager import Bayer, Imager

_SHOT, _SPREAD, _TURN, _ROW, _FIXED = 64, 65, 66, 67, 69
"""Dimensions of the random numbers: each pixel's photons, its pair of normal numbers, each row's, the fixed pattern."""

_EVEN_FROM = 16.0
"""Mean from which Poisson numbers are made from a normal one."""

FILTERS: dict[Bayer, tuple[int, int, int, int]] = {
    "RGGB": (0, 1, 1, 2),
    "BGGR": (2, 1, 1, 0),
    "GRBG": (1, 0, 2, 1),
    "GBRG": (1, 2, 0, 1),
}
"""Channel behind each filter of the upper left 2 x 2 pixels, row by row."""


class Readout(NamedTuple):
    """The figures by which electrons become raw values.

    Attributes:
        electrons: of the most responsive channel per nit of grey light.
        dark_e: mean of the dark current.
        dn_per_e: gain.
        full_well_e: most that a pixel holds.
        read_noise_e, row_noise_e: standard deviations.
        black_dn, white_dn: raw value of no light, and the highest.
        response: (3,) of the channels.
        crosstalk: share of the other two channels.
        filters: (4,) channels of the mosaic's 2 x 2 pixels.
        colors: 1 with a mosaic, 3 without.
        width_px: of the image.
    """

    electrons: float
    dark_e: float
    dn_per_e: float
    full_well_e: float
    read_noise_e: float
    row_noise_e: float
    black_dn: float
    white_dn: float
    response: np.ndarray
    crosstalk: float
    filters: np.ndarray
    colors: int
    width_px: int


def overfill_nit(imager: Imager, ev100: float) -> float:
    """Return the luminance, nit, of grey light whose raw value in the most responsive channel is the highest."""
    return saturation_nit(ev100) * 2.0**imager.headroom_stops


def readout_of(camera: Camera, exposure: Exposure) -> Readout:
    """Return the figures of one picture.

    At ``base_iso`` a full well is the highest raw value. At n times that, the gain is n times as high, and the same raw
    values stand for a n-th of the electrons.

    Raises:
        ValueError: the camera's sensor is ideal.
    """
    imager = camera.imager
    if imager.full_well_e is None:
        raise ValueError(f"camera {camera.name!r}: its sensor is ideal and has no raw values; give it a full_well_e")
    gain = exposure.iso / imager.base_iso
    white = float(2**imager.bits - 1)
    return Readout(
        electrons=imager.full_well_e / gain / overfill_nit(imager, exposure.ev100),
        dark_e=imager.dark_current_e_per_s * exposure.exposure_s,
        dn_per_e=(white - imager.black_level_dn) / imager.full_well_e * gain,
        full_well_e=imager.full_well_e,
        read_noise_e=imager.read_noise_e,
        row_noise_e=imager.row_noise_e,
        black_dn=float(imager.black_level_dn),
        white_dn=white,
        response=np.array(imager.response_rgb),
        crosstalk=imager.crosstalk,
        filters=np.array(FILTERS.get(imager.bayer, (0, 0, 0, 0))),
        colors=3 if imager.bayer == "none" else 1,
        width_px=camera.width_px,
    )


def sense(nit: np.ndarray, camera: Camera, exposure: Exposure, key: np.uint64) -> np.ndarray:
    """Return raw values of a picture: (H, W, 1) uint16 with a mosaic, (H, W, 3) without.

    Per pixel: electrons ``Poisson(mean (1 + PRNU) + dark) + DSNU``, at most a full well; then
    ``round(K (electrons + read noise + row noise) + black)``, cut to the bits there are.

    Args:
        nit: (H, W, 3) float32 light on the sensor.
        camera: whose sensor it is; its name decides the fixed pattern.
        exposure: of this picture.
        key: of this picture's noise.
    """
    readout = readout_of(camera, exposure)
    height, width = nit.shape[:2]
    count = height * width * readout.colors
    gains, offsets = _fixed_pattern(camera.name, count, camera.imager.prnu, camera.imager.dsnu_e)
    rows = normals(key, np.arange(height), _ROW)
    raw = np.empty(count, np.uint16)
    _read_out(count, raw, nit.reshape(-1, 3), readout, gains, offsets, rows, key)
    return raw.reshape(height, width, readout.colors)


@lru_cache(maxsize=8)
def _fixed_pattern(name: str, count: int, prnu: float, dsnu_e: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (count,) float32 gains and offsets, electrons, of a camera's pixels: the same in all its pictures."""
    key, index = sensor_key(0, 0, f"{name} fixed pattern"), np.arange(count)
    gains = np.ones(count) if prnu == 0.0 else np.maximum(1.0 + prnu * normals(key, index, _FIXED), 0.0)
    offsets = np.zeros(count) if dsnu_e == 0.0 else dsnu_e * normals(key, index, _FIXED + 2)
    return gains.astype(np.float32), offsets.astype(np.float32)


@kernel
def _read_out(
    start: int,
    stop: int,
    raw: np.ndarray,
    nit: np.ndarray,
    readout: Readout,
    gains: np.ndarray,
    offsets: np.ndarray,
    rows: np.ndarray,
    key: np.uint64,
) -> None:
    for i in range(start, stop):
        pixel = i // readout.colors
        y, x = pixel // readout.width_px, pixel % readout.width_px
        channel = i % 3 if readout.colors == 3 else readout.filters[2 * (y & 1) + (x & 1)]
        own = nit[pixel, channel]
        others = 0.5 * (nit[pixel, 0] + nit[pixel, 1] + nit[pixel, 2] - own)
        light = max((1.0 - readout.crosstalk) * own + readout.crosstalk * others, 0.0)
        mean = readout.electrons * readout.response[channel] * light * gains[i] + readout.dark_e
        # Far beyond the full well the number of photons no longer matters.
        count, spare = poisson(min(mean, 4.0 * readout.full_well_e), key, i)
        electrons = min(count + offsets[i], readout.full_well_e)
        electrons += readout.read_noise_e * spare + readout.row_noise_e * rows[y]
        value = math.floor(readout.dn_per_e * electrons + readout.black_dn + 0.5)
        raw[i] = np.uint16(min(max(value, 0.0), readout.white_dn))


@inlined
def poisson(mean: float, key: np.uint64, index: int) -> tuple[float, float]:
    """Return a Poisson number of ``mean``, and a standard normal number that has nothing to do with it.

    Small ones by inversion; others are a normal number bent to the distribution's skewness (the first terms of Cornish
    and Fisher 1938) and rounded, its variance less what the two add.
    """
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(key, index, _SPREAD)))
    angle = 2.0 * math.pi * uniform(key, index, _TURN)
    normal, spare = radius * math.cos(angle), radius * math.sin(angle)
    if mean >= _EVEN_FROM:
        bent = mean + math.sqrt(mean - 5.0 / 36.0) * normal + (normal * normal - 1.0) / 6.0
        return max(math.floor(bent + 0.5), 0.0), spare
    drawn = uniform(key, index, _SHOT)
    chance = math.exp(-mean)
    total, count = chance, 0.0
    while drawn > total and count < 100.0:
        count += 1.0
        chance *= mean / count
        total += chance
    return count, spare
