"""Where and when a camera's rays begin: the rows' instants, the exposure, and the lens's opening."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Hits, Rays
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene

_FAR_M = 1e5
"""What is met nowhere counts as this far away."""

_FOCUS_WINDOW = 8
"""Autofocus looks at the middle of the image, its width and height divided by this."""

_FOCUS_FAR_M = 1000.0

_STEPS = (0.6180339887498949, 0.7548776662466927, 0.5698402909980532)
"""The golden ratio's inverse, and the steps of Roberts' R2 sequence."""

_GOLDEN_RAD = math.pi * (3.0 - math.sqrt(5.0))


class Eye(NamedTuple):
    """A camera that moves with its rig.

    Attributes:
        camera: the sensor.
        world_from_camera: its pose at the scene's instant.
        motion: its rig's.
    """

    camera: Camera
    world_from_camera: Pose
    motion: Motion

    def row_times_s(self, uv: np.ndarray) -> np.ndarray:
        """Return (N,) mid-exposure times of the rows that (N, 2) image positions lie in."""
        return self.camera.shutter.times_s(np.floor(uv[:, 1]) + 0.5, self.camera.height_px)

    def rays(self, uv: np.ndarray | None, time_s: np.ndarray, lens_m: np.ndarray | None = None) -> Rays:
        """Return the world rays through (N, 2) image positions, or all pixel centres, at (N,) times.

        Args:
            uv: image positions; None for all pixel centres, row by row.
            time_s: when each is cast.
            lens_m: (N, 2) where on the opening each begins, right and down; None for all in its middle.
        """
        if lens_m is None and not time_s.any():
            return self.camera.rays(self.world_from_camera, uv)
        seen = self.camera.pixel_directions() if uv is None else self.camera.directions(uv)
        start = np.zeros_like(seen)
        if lens_m is not None and self.camera.aperture is not None and self.camera.aperture.focus_m is not None:
            start[:, :2] = lens_m
            seen = seen * (self.camera.aperture.focus_m / seen[:, 2:]) - start
            seen /= np.linalg.norm(seen, axis=1, keepdims=True)
        return Rays(
            origin=self.motion.move(self.world_from_camera.apply(start), time_s).astype(np.float32),
            direction=self.motion.turn(self.world_from_camera.rotate(seen), time_s).astype(np.float32),
            time_s=np.asarray(time_s, dtype=np.float32),
        )

    def project(self, points: np.ndarray, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (N, 2) image positions and (N,) ``z_m`` of (N, 3) world points from where the camera is at (N,) times.

        Positions are NaN where the lens does not show the point.
        """
        return self.camera.project(self.world_from_camera.inverse.apply(self.motion.move_back(points, time_s)))

    def focused(self, hits: Hits) -> Eye:
        """Return the eye with its focus set: an autofocus's, on what ``hits`` of all pixel centres show in the middle.

        It takes the median depth there, or 1 km where most of it is sky.
        """
        aperture = self.camera.aperture
        if aperture is None or aperture.focus_m is not None:
            return self
        height, width = self.camera.height_px, self.camera.width_px
        z_m = (hits.range_m * self.camera.pixel_directions()[:, 2]).reshape(height, width)
        half = max(height // (2 * _FOCUS_WINDOW), 1), max(width // (2 * _FOCUS_WINDOW), 1)
        middle = z_m[height // 2 - half[0] : height // 2 + half[0], width // 2 - half[1] : width // 2 + half[1]]
        focus_m = min(float(np.sort(middle, axis=None)[middle.size // 2]), _FOCUS_FAR_M)
        return self._replace(camera=self.camera.focusing(focus_m))

    def exposing(self, metered_s: float) -> Eye:
        """Return the eye with its shutter's time known: its own, else what was metered."""
        return self._replace(camera=replace(self.camera, shutter=self.camera.shutter.open_for(metered_s)))

    def circle_px(self, z_m: np.ndarray) -> np.ndarray:
        """Return diameters, px, of the circles of confusion of points at depths (any shape), 0 or less for the sky.

        A thin lens of diameter A focused on s shows a point at z as a disc A |z - s| / z wide where s is in focus, and
        1 m there is fx / s pixels wide.
        """
        aperture = self.camera.aperture
        if aperture is None or aperture.focus_m is None:
            return np.zeros_like(z_m)
        nearness = np.where(z_m > 0.0, 1.0 / np.maximum(z_m, 1e-6), 0.0)
        scale = max(self.camera.fx_px, self.camera.fy_px) * aperture.diameter_m
        return scale * np.abs(1.0 / aperture.focus_m - nearness)


def eye_of(scene: Scene, camera: Camera) -> Eye:
    """Return the eye of one of the scene's cameras."""
    return Eye(camera, scene.world_from_rig @ camera.rig_from_camera, scene.rig_motion)


def points_on(rays: Rays, hits: Hits) -> np.ndarray:
    """Return (N, 3) float64 world points that rays met at their times; where they met nothing, points far away."""
    away = np.where(np.isfinite(hits.range_m), hits.range_m, _FAR_M).astype(np.float64)
    return rays.origin + away[:, None] * rays.direction


class Samples(NamedTuple):
    """Where in its pixel, when, and where on the lens each of n samples is taken.

    Attributes:
        inside: (n, 2) positions in each pixel, 0 to 1.
        share: (P, n) of the exposure, -0.5 to 0.5.
        lens: (P, n, 2) on a disc of diameter 1.
    """

    inside: np.ndarray
    share: np.ndarray
    lens: np.ndarray


def draw_samples(pattern: np.ndarray, count: int, offset: np.ndarray) -> Samples:
    """Return the samples of P pixels: even in each of time, lens and pixel.

    Times are stratified, and differ in each pixel of a tile; on the lens they follow a sunflower's spiral (Vogel 1979),
    turned from pixel to pixel. The three are matched in orders that do not follow each other.

    Args:
        pattern: (P,) 0 to 15, `simgen.render.gather.tile_pattern`.
        count: n, samples each.
        offset: (2,) in [0, 1), shifts all draws.
    """
    k = np.arange(count)
    order, across, down = (np.argsort(np.argsort((k * step) % 1.0)) for step in _STEPS)
    within = ((pattern[:, None] + 0.5) / 16.0 + offset[0]) % 1.0
    other = ((pattern[:, None] * 0.6180339887498949) + offset[1]) % 1.0
    share = (k + within) / count - 0.5
    radius = 0.5 * np.sqrt((order + other) / count)
    angle = order * _GOLDEN_RAD + 2.0 * math.pi * within
    inside = (np.stack([across, down], axis=1) + 0.5) / count
    return Samples(inside, share, np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1))
