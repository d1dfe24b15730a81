"""What the infrared imager of a depth camera shows: its own light, patterned or not, and daylight."""

from __future__ import annotations

import numpy as np

from simgen.geometry.pose import Pose
from simgen.render.depth_light import Returns
from simgen.render.noise import normals, uniforms
from simgen.scene.depth_camera import DepthCamera, Triangulation

NOISE = 20
"""Dimension of a pixel's draws, of two."""

_DAYLIGHT_LUX = 2000.0
"""Daylight that looks as bright as the emitter at 1 m; an estimate."""

_DOT_SPACING = 0.012
_DOT_WIDTH = 0.2
_BETWEEN_DOTS = 0.35
_MEAN_LEVEL = 70.0
_FULL_ELECTRONS = 4000.0
_PATTERN_KEY = np.uint64(0x5D0715)


def infrared_picture(
    back: Returns, sensor: DepthCamera, world_from_camera: Pose, shape: tuple[int, int], key: np.uint64
) -> np.ndarray:
    """Return (H, W) uint8, exposed to a middle grey, with the noise of its electrons.

    A projector's dots lie on a grid of its own directions (tangents 0.012 apart), each anywhere in its cell, the same
    in all frames, so that they slide over surfaces as depth changes. Mirrors show no reflections, lamps other than the
    device's are dark.

    Args:
        back: what the pixels' rays brought back, row by row.
        sensor: which device.
        world_from_camera: where its imager is.
        shape: height and width.
        key: of this image's noise.
    """
    emitter = sensor.method.emitter
    light = back.signal.copy()
    if emitter is not None and isinstance(sensor.method, Triangulation):
        light *= _dots(world_from_camera.inverse.apply(back.point) - np.asarray(emitter.offset_m))
    light += back.reflectance * back.daylight_lux / _DAYLIGHT_LUX
    seen = light[back.met]
    # The mean of what is not a highlight sets the exposure.
    usual = float(np.minimum(seen, 4.0 * np.median(seen)).mean()) if len(seen) else 0.0
    electrons = light * (_MEAN_LEVEL / 255.0 * _FULL_ELECTRONS / usual if usual > 0 else 0.0)
    noisy = electrons + np.sqrt(electrons + 36.0) * normals(key, np.arange(len(light)), NOISE)
    return np.rint(np.clip(noisy / _FULL_ELECTRONS, 0.0, 1.0) * 255.0).astype(np.uint8).reshape(shape)


def _dots(from_projector: np.ndarray) -> np.ndarray:
    """Return (N,) how brightly the pattern lights each of (N, 3) points in the projector's frame, 1 on average."""
    z = np.maximum(from_projector[:, 2], 1e-6)
    place = from_projector[:, :2] / z[:, None] / _DOT_SPACING
    home = np.floor(place).astype(np.int64)
    light = np.zeros(len(place))
    for step in np.ndindex(3, 3):
        cell = home + (np.array(step) - 1)
        number = (cell[:, 0] + 4096) * 8192 + cell[:, 1] + 4096
        dot = cell + np.stack([uniforms(_PATTERN_KEY, number, dimension) for dimension in (0, 1)], axis=1)
        light += np.exp(-0.5 * ((place - dot) ** 2).sum(axis=1) / _DOT_WIDTH**2)
    mean = 2.0 * np.pi * _DOT_WIDTH**2
    return _BETWEEN_DOTS + (1.0 - _BETWEEN_DOTS) * light / mean
