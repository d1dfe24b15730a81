"""What lies on the glass before a camera, out of focus: drops, dust, smears and frost."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from simgen.geometry.pose import Pose
from simgen.geometry.rays import Hits
from simgen.render.air import sky_through
from simgen.render.environment import Environment, make_environment
from simgen.render.lens_drops import drops_of, refract, scattered, soil, upside_down
from simgen.render.noise import sensor_key, uniforms
from simgen.scene.camera import Camera
from simgen.scene.lens_dirt import LensDirt
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer

_CELLS_ACROSS_BLUR = 6.0
"""What is blurred by many pixels is drawn on a coarser grid."""

_MUD = np.array([0.36, 0.30, 0.23])
"""Share of the light that it holds back that dirt lets through after all, from all directions."""

_SCATTERED = 0.8
"""Share of the light that a greasy film takes from its way: it goes on, but all about."""

_FROST_PASSED = 0.12
_WIDE, _NEARBY = 0.08, 0.6
"""Scattered light: how far this share of it spreads, in image widths; the rest veils the image evenly."""

# Dimensions of the draws; those of the drops lie below.
_SPECKS, _SPLASHES, _FILM, _WIPE, _ICE = 330, 340, 350, 352, 356


class Maps(NamedTuple):
    """What a dirty glass does to each pixel's light.

    Attributes:
        passed: (H, W) float32 share of the scene's light that comes straight through.
        scattered: (H, W) float32 share that goes on, spread over the neighbourhood.
        added: (H, W, 3) float32 luminance from elsewhere: through drops, or through dirt.
    """

    passed: np.ndarray
    scattered: np.ndarray
    added: np.ndarray


def through_dirt(
    nit: np.ndarray, scene: Scene, camera: Camera, hits: Hits, tracer: Tracer, key: np.uint64
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return an image as seen through what lies on the glass, and the share of light that comes straight through.

    Args:
        nit: (H, W, 3) float32 luminance before the glass.
        scene: sky, weather and where the rig stands.
        camera: whose glass it is.
        hits: what is behind each pixel's centre.
        tracer: of the scene's objects.
        key: of this image's random numbers, for dirt that has no pattern of its own.

    Returns:
        (H, W, 3) float32 luminance; (H, W) float32 share, None where the glass is clean.
    """
    dirt = camera.lens_dirt
    if dirt.is_clean:
        return nit, None
    drawing = key if dirt.pattern is None else sensor_key(dirt.pattern, 0, camera.name)
    maps = dirt_maps(nit, scene, camera, hits, tracer, drawing)
    out = nit * maps.passed[..., None] + maps.added
    if dirt.smear or dirt.frost:
        out += maps.scattered[..., None] * _spread(nit)
    return out.astype(np.float32), maps.passed


def dirt_maps(nit: np.ndarray, scene: Scene, camera: Camera, hits: Hits, tracer: Tracer, key: np.uint64) -> Maps:
    """Return what the dirt does to each pixel; arguments as for `through_dirt`, the key being the drawing's."""
    dirt, (height, width) = camera.lens_dirt, nit.shape[:2]
    focal = max(camera.fx_px, camera.fy_px)
    blur_px = dirt.aperture_m / dirt.glass_m * focal
    step = max(1, int(blur_px / _CELLS_ACROSS_BLUR))
    shape = (-(-height // step), -(-width // step))
    cells_per_mm = 1e-3 * focal / dirt.glass_m / step
    mean = nit.mean(axis=(0, 1), dtype=np.float64)
    passed, scattered_share = _films(dirt, key, cells_per_mm, shape)
    soiled = np.ones(shape, np.float32)
    if dirt.dust:
        _dust(dirt.dust, key, cells_per_mm, soiled)
    added = ((1.0 - soiled) * passed)[..., None] * (_MUD * mean).astype(np.float32)
    passed, scattered_share = passed * soiled, scattered_share * soiled
    if dirt.drops_per_cm2:
        pose = scene.world_from_rig @ camera.rig_from_camera
        drops = drops_of(dirt, key, cells_per_mm, shape, _downwards(pose))
        water, light = refract(shape, drops, upside_down(nit, hits, camera, pose, _open_sky(scene), tracer))
        dry = 1.0 - water
        added = added * dry[..., None] + light * (1.0 - 0.5 * (1.0 - passed))[..., None]
        passed, scattered_share = passed * dry, scattered_share * dry
    layers = [passed, scattered_share, *np.moveaxis(added, -1, 0)]
    fine = [_out_of_focus(layer, blur_px / step, step)[:height, :width] for layer in layers]
    # A wide blur goes by way of Fourier's transform, whose rounding may leave the bounds.
    return Maps(np.clip(fine[0], 0.0, 1.0), fine[1], np.maximum(np.stack(fine[2:], axis=-1), 0.0))


def _open_sky(scene: Scene) -> Environment | None:
    """Return the sky, as fog lets it be seen; None indoors."""
    sky = sky_through(scene.weather, scene.sky, scene.sun)
    return None if sky is None else make_environment(sky, scene.sun, scene.moon)


def _downwards(pose: Pose) -> np.ndarray:
    """Return (2,) the unit direction in the image in which water runs; down where the camera looks along the plumb."""
    down = pose.inverse.rotate(np.array([0.0, 0.0, -1.0]))[:2]
    length = float(np.hypot(*down))
    return down / length if length > 0.05 else np.array([0.0, 1.0])


def _out_of_focus(layer: np.ndarray, diameter: float, step: int) -> np.ndarray:
    """Return a layer blurred by a disc so many cells wide, each cell made ``step`` pixels."""
    half = math.ceil(diameter / 2.0)
    if diameter > 1.0:
        y, x = np.mgrid[-half : half + 1, -half : half + 1]
        disc = np.clip(diameter / 2.0 - np.hypot(x, y) + 0.5, 0.0, 1.0)
        layer = cv2.filter2D(layer, cv2.CV_32F, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE)
    if step == 1:
        return layer
    return cv2.resize(layer, (layer.shape[1] * step, layer.shape[0] * step), interpolation=cv2.INTER_LINEAR)


def _spread(nit: np.ndarray) -> np.ndarray:
    """Return the image's light spread over its surroundings."""
    width = 64
    size = (width, max(round(width * nit.shape[0] / nit.shape[1]), 2))
    small = cv2.resize(nit, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), _WIDE * width, borderType=cv2.BORDER_REPLICATE)
    veiled = _NEARBY * small + (1.0 - _NEARBY) * small.mean(axis=(0, 1))
    return cv2.resize(veiled, nit.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _dust(amount: float, key: np.uint64, cells_per_mm: float, passed: np.ndarray) -> None:
    """Take from ``passed`` what a film of dust, specks and splashes of mud hold back, in place."""
    x, y = _places(passed.shape, cells_per_mm)
    cloudy = 0.6 * noise(key, _FILM, x, y, 30.0) + 0.4 * noise(key, _FILM + 1, x, y, 5.0)
    passed *= (1.0 - 0.7 * amount * cloudy).astype(np.float32)
    for dimension, per_cm2, size_mm, opaque in ((_SPECKS, 40.0, 0.25, 0.7), (_SPLASHES, 1.2, 2.0, 0.85)):
        spots = scattered(key, dimension, per_cm2 * amount, size_mm, cells_per_mm, passed.shape)
        soil(passed, spots._replace(shape=spots.shape * (2.0, 1.0, 2.0, 1.0), strength=spots.strength * opaque))


def _films(
    dirt: LensDirt, key: np.uint64, cells_per_mm: float, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) float32 shares of light that pass grease and ice unbent, and that they scatter."""
    if not (dirt.smear or dirt.frost):
        return np.ones(shape, np.float32), np.zeros(shape, np.float32)
    x, y = _places(shape, cells_per_mm)
    grease, ice = np.zeros(shape), np.zeros(shape)
    if dirt.smear:
        turn = 0.5 * math.pi * (uniforms(key, np.zeros(1, np.int64), _WIPE + 2)[0] - 0.5)
        along, across = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
        across = across + along**2 / 400.0  # a wiper swings about a point a hand's width away
        lines = 0.6 * noise(key, _WIPE, along / 12.0, across, 1.6) + 0.4 * noise(key, _WIPE + 1, along, across, 25.0)
        grease = dirt.smear * np.clip(2.2 * lines - 0.5, 0.0, 1.0)
    if dirt.frost:
        ice = _ice(dirt.frost, key, x, y)
    passed = (1.0 - _SCATTERED * grease) * (1.0 - ice)
    return passed.astype(np.float32), (0.95 * (1.0 - passed)).astype(np.float32)


def _ice(share: float, key: np.uint64, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return (H, W) how opaque the frost is, 0 where there is none: it covers ``share`` of the cells."""
    rim = np.maximum(np.abs(x) / np.abs(x).max(), np.abs(y) / np.abs(y).max())
    bend = 6.0 * (noise(key, _ICE, x, y, 8.0) - 0.5)
    fern = 1.0 - np.abs(2.0 * noise(key, _ICE + 1, x + bend, y - bend, 3.0) - 1.0)
    needles = 1.0 - np.abs(2.0 * noise(key, _ICE + 2, x * 2.0 + 2.0 * bend, y + bend, 0.9) - 1.0)
    patch = noise(key, _ICE + 3, x, y, 25.0)
    height = 0.9 * rim + 0.5 * patch + 0.35 * fern + 0.2 * needles
    level = float(np.quantile(height, 1.0 - share))
    thick = np.clip((height - level) / 0.35, 0.0, 1.0)
    return np.where(height > level, (0.35 + 0.65 * thick) * (0.7 + 0.3 * needles) * (1.0 - _FROST_PASSED), 0.0)


def _places(shape: tuple[int, int], cells_per_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of all cells on the glass, mm from the image's middle."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    return (x + 0.5 - shape[1] / 2) / cells_per_mm, (y + 0.5 - shape[0] / 2) / cells_per_mm


def noise(key: np.uint64, dimension: int, x: np.ndarray, y: np.ndarray, scale: float) -> np.ndarray:
    """Return smooth noise in 0..1 at places: values drawn on a square lattice ``scale`` wide, blended between."""
    left, low = np.floor(x / scale), np.floor(y / scale)
    fx, fy = x / scale - left, y / scale - low
    fx, fy = fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy)
    first = ((low.astype(np.int64) + 2**20) * 2**21 + left.astype(np.int64) + 2**20).ravel()
    corner = [uniforms(key, first + step, dimension).reshape(x.shape) for step in (0, 1, 2**21, 2**21 + 1)]
    below = corner[0] + fx * (corner[1] - corner[0])
    return below + fy * (corner[2] + fx * (corner[3] - corner[2]) - below)
