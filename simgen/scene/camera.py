"""Cameras: pixels to rays and points to pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.geometry.pose import CAMERA_AXES, Pose
from simgen.geometry.rays import Rays


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A pinhole camera: x right, y down, z forward; pixel (0, 0) has its corner at (0, 0), its centre at (0.5, 0.5).

    Attributes:
        name: unique among the scene's sensors.
        width_px, height_px: image size.
        fx_px, fy_px, cx_px, cy_px: intrinsics in the convention above (OpenCV's ``cx`` is ``cx_px - 0.5``).
        rig_from_camera: mounting pose on the rig (x forward, y left, z up).
        ev100: exposure value at ISO 100, or None to meter the image itself.
        exposure_bias_stops: brighter (+) or darker (-) than metered or set.
        depth_unit_m: metres per count of the stored 16-bit depth image.
    """

    name: str
    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    rig_from_camera: Pose = CAMERA_AXES
    ev100: float | None = None
    exposure_bias_stops: float = 0.0
    depth_unit_m: float = 1.0 / 256.0
    kind: Literal["camera"] = "camera"

    def __post_init__(self) -> None:
        if self.width_px < 1 or self.height_px < 1 or not (self.fx_px > 0 and self.fy_px > 0):
            raise ValueError(
                f"camera {self.name!r} needs a size and focal lengths above 0, got "
                f"{self.width_px}x{self.height_px} px, fx {self.fx_px}, fy {self.fy_px}"
            )

    @property
    def matrix(self) -> np.ndarray:
        """(3, 3) intrinsic matrix, pixel corner at (0, 0)."""
        return np.array([[self.fx_px, 0.0, self.cx_px], [0.0, self.fy_px, self.cy_px], [0.0, 0.0, 1.0]])

    def pixel_centres(self) -> np.ndarray:
        """(H * W, 2) float64 image positions (u, v) of all pixel centres, row by row."""
        v, u = np.mgrid[0 : self.height_px, 0 : self.width_px]
        return np.stack([u.ravel() + 0.5, v.ravel() + 0.5], axis=1)

    def directions(self, uv: np.ndarray) -> np.ndarray:
        """Return (N, 3) unit directions in the camera frame of (N, 2) image positions; outside the image too."""
        uv = np.asarray(uv, dtype=np.float64)
        x, y = (uv[:, 0] - self.cx_px) / self.fx_px, (uv[:, 1] - self.cy_px) / self.fy_px
        directions = np.stack([x, y, np.ones(len(uv))], axis=1)
        return directions / np.linalg.norm(directions, axis=1, keepdims=True)

    def rays(self, uv: np.ndarray, world_from_camera: Pose) -> Rays:
        """Return the world rays through (N, 2) image positions."""
        directions = world_from_camera.rotate(self.directions(uv)).astype(np.float32)
        origin = np.broadcast_to(np.asarray(world_from_camera.translation_m, dtype=np.float32), directions.shape)
        return Rays(origin=origin, direction=directions, time_s=np.zeros(len(directions), dtype=np.float32))

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (N, 2) image positions and (N,) ``z_m`` of (N, 3) points in the camera frame.

        Positions are NaN where ``z_m`` is 0 or less.
        """
        points = np.asarray(points, dtype=np.float64)
        z = points[:, 2]
        safe = np.where(z > 0, z, np.nan)
        u = self.fx_px * points[:, 0] / safe + self.cx_px
        v = self.fy_px * points[:, 1] / safe + self.cy_px
        return np.stack([u, v], axis=1), z


def focal_px(extent_px: float, fov_deg: float) -> float:
    """Return the focal length in pixels that gives ``fov_deg`` across ``extent_px``."""
    return extent_px / 2.0 / math.tan(math.radians(fov_deg) / 2.0)
