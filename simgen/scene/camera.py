"""Cameras: pixels to rays and points to pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from simgen.geometry.pose import CAMERA_AXES, Pose
from simgen.geometry.rays import Rays
from simgen.scene.dropout import Dropout
from simgen.scene.imager import IDEAL, Imager
from simgen.scene.lens import BrownConrady, KannalaBrandt, Lens, Pinhole
from simgen.scene.lens_dirt import LensDirt
from simgen.scene.optics import Aperture, Shutter


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A camera: x right, y down, z forward; pixel (0, 0) has its corner at (0, 0), its centre at (0.5, 0.5).

    Attributes:
        name: unique among the scene's sensors.
        width_px, height_px: image size.
        fx_px, fy_px, cx_px, cy_px: intrinsics in the convention above (OpenCV's ``cx`` is ``cx_px - 0.5``).
        lens: how it bends the image; it must show something at every pixel.
        rig_from_camera: mounting pose on the rig (x forward, y left, z up).
        ev100: exposure value at ISO 100, or None to meter the image itself.
        exposure_bias_stops: brighter (+) or darker (-) than metered or set.
        depth_unit_m: metres per count of the stored 16-bit depth image.
        lens_dirt: what lies on the glass before it.
        imager: what it makes of the light that reaches it.
        shutter: when each row takes light.
        aperture: how wide the lens is open; None for everything in focus.
        dropout: what of its picture is lost on the way; None for nothing.
    """

    name: str
    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    lens: Lens = Pinhole()
    rig_from_camera: Pose = CAMERA_AXES
    ev100: float | None = None
    exposure_bias_stops: float = 0.0
    depth_unit_m: float = 1.0 / 256.0
    lens_dirt: LensDirt = LensDirt()
    imager: Imager = IDEAL
    shutter: Shutter = Shutter()
    aperture: Aperture | None = None
    dropout: Dropout | None = None
    kind: Literal["camera"] = "camera"

    def __post_init__(self) -> None:
        if self.width_px < 1 or self.height_px < 1 or not (self.fx_px > 0 and self.fy_px > 0):
            raise ValueError(
                f"camera {self.name!r} needs a size and focal lengths above 0, got "
                f"{self.width_px}x{self.height_px} px, fx {self.fx_px}, fy {self.fy_px}"
            )
        if self.ev100 is not None and self.imager.exposure_s is not None and self.imager.iso is not None:
            raise ValueError(
                f"camera {self.name!r}: ev100 {self.ev100:g} and its imager's exposure_s with iso both tell the "
                "exposure; leave one or the other out"
            )
        if self.aperture is not None and isinstance(self.lens, KannalaBrandt):
            raise ValueError(
                f"camera {self.name!r}: a {self.lens.kind} lens has no plane in focus, so it takes no aperture; leave "
                "the aperture out, or take another lens"
            )
        if not isinstance(self.lens, Pinhole):
            self._check_lens_fills_image()

    @property
    def matrix(self) -> np.ndarray:
        """(3, 3) intrinsic matrix, pixel corner at (0, 0)."""
        return np.array([[self.fx_px, 0.0, self.cx_px], [0.0, self.fy_px, self.cy_px], [0.0, 0.0, 1.0]])

    def pixel_centres(self) -> np.ndarray:
        """(H * W, 2) float64 image positions (u, v) of all pixel centres, row by row."""
        v, u = np.mgrid[0 : self.height_px, 0 : self.width_px]
        return np.stack([u.ravel() + 0.5, v.ravel() + 0.5], axis=1)

    @property
    def pixel_angle_rad(self) -> float:
        """Angle between the rays of neighbouring pixels where the axis meets the image; no lens distorts there."""
        return 1.0 / max(self.fx_px, self.fy_px)

    def directions(self, uv: np.ndarray) -> np.ndarray:
        """Return (N, 3) unit directions in the camera frame of (N, 2) image positions; outside the image too.

        They are NaN where the lens shows nothing, which is never so inside the image.
        """
        uv = np.asarray(uv, dtype=np.float64)
        x, y = (uv[:, 0] - self.cx_px) / self.fx_px, (uv[:, 1] - self.cy_px) / self.fy_px
        return self.lens.directions(np.stack([x, y], axis=1))

    def pixel_directions(self) -> np.ndarray:
        """(H * W, 3) float64 unit directions in the camera frame of all pixel centres, row by row; read-only."""
        return _pixel_directions(self.geometry)

    @property
    def geometry(self) -> Camera:
        """The camera with nothing but what decides which direction each pixel looks in."""
        return replace(
            self,
            name="",
            rig_from_camera=Pose(),
            ev100=None,
            exposure_bias_stops=0.0,
            depth_unit_m=1.0,
            lens_dirt=LensDirt(),
            imager=IDEAL,
            shutter=Shutter(),
            aperture=None,
        )

    def rays(self, world_from_camera: Pose, uv: np.ndarray | None = None) -> Rays:
        """Return the world rays through (N, 2) image positions; through all pixel centres, row by row, without."""
        seen = self.pixel_directions() if uv is None else self.directions(uv)
        directions = world_from_camera.rotate(seen).astype(np.float32)
        origin = np.broadcast_to(np.asarray(world_from_camera.translation_m, dtype=np.float32), directions.shape)
        return Rays(origin=origin, direction=directions, time_s=np.zeros(len(directions), dtype=np.float32))

    def focusing(self, focus_m: float) -> Camera:
        """Return the camera focused on ``focus_m``; the same one without an aperture."""
        return self if self.aperture is None else replace(self, aperture=replace(self.aperture, focus_m=focus_m))

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (N, 2) image positions and (N,) ``z_m`` of (N, 3) points in the camera frame.

        Positions are NaN where the lens does not show the point. A fisheye shows some whose ``z_m`` is 0 or less.
        """
        points = np.asarray(points, dtype=np.float64)
        return self.lens.project(points) * (self.fx_px, self.fy_px) + (self.cx_px, self.cy_px), points[:, 2]

    def _check_lens_fills_image(self) -> None:
        along = np.linspace(0.0, 1.0, 17)[:, None]
        corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]) * (self.width_px, self.height_px)
        border = np.concatenate(
            [a + along * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
        )
        dark = ~np.isfinite(self.directions(border)).all(axis=1)
        if dark.any():
            reach = self.lens.reach_rad * (1 - 1e-9)
            (edge, _), *_ = self.lens.project(np.array([[math.sin(reach), 0.0, math.cos(reach)]]))
            radius = float(np.hypot(*(border[dark] - (self.cx_px, self.cy_px)).T).max())
            raise ValueError(
                f"camera {self.name!r}: its {self.lens.kind} lens shows nothing beyond {math.degrees(reach):.1f} "
                f"degrees from the axis, {edge * self.fx_px:.0f} px from ({self.cx_px:g}, {self.cy_px:g}), but the "
                f"image reaches out to {radius:.0f} px. Weaken the coefficients, lengthen the focal length or make the "
                "image smaller."
            )


@lru_cache(maxsize=8)
def _pixel_directions(camera: Camera) -> np.ndarray:
    """Return a camera's directions; the same for all frames, wherever it stands."""
    directions = camera.directions(camera.pixel_centres())
    directions.flags.writeable = False
    return directions


def focal_px(extent_px: float, fov_deg: float, lens: Pinhole | BrownConrady | KannalaBrandt = Pinhole()) -> float:  # noqa: B008 - a lens is frozen
    """Return the focal length in pixels that gives ``fov_deg`` across ``extent_px``, through the middle of the lens.

    Raises:
        ValueError: the lens does not show so much.
    """
    half_rad = math.radians(fov_deg) / 2.0
    if not 0 < half_rad < lens.reach_rad:
        most = 2.0 * math.degrees(lens.reach_rad)
        raise ValueError(f"a field of view of {fov_deg:g} degrees is not below the {most:.1f} of {lens.kind}")
    if isinstance(lens, Pinhole):
        return extent_px / 2.0 / math.tan(half_rad)
    across = lens.project(np.array([[sign * math.sin(half_rad), 0.0, math.cos(half_rad)] for sign in (-1.0, 1.0)]))
    return extent_px / float(across[1, 0] - across[0, 0])
