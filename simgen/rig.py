"""Sensors as a recipe asks for them: what they are and where they sit on the rig."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from simgen.assets.sensors import lidar_models, make_lidar
from simgen.geometry.pose import CAMERA_AXES, Pose, Vector3, about
from simgen.scene.camera import Camera, focal_px
from simgen.scene.lidar import Lidar


@dataclass(frozen=True, kw_only=True)
class CameraMount:
    """A pinhole camera on the rig (x forward, y left, z up; the ground is z = 0 on a vehicle).

    Attributes:
        name: unique among the sensors; part of every file's name.
        width_px, height_px: image size.
        horizontal_fov_deg: angle from the left to the right edge, 1 to 170.
        position_m: of the optical centre on the rig.
        yaw_deg: turned to the left.
        pitch_deg: tilted down.
        roll_deg: turned clockwise about its axis.
        ev100: exposure value at ISO 100; null meters every image.
        exposure_bias_stops: brighter (+) or darker (-) than metered or set.
        depth_unit_m: metres per count of the stored 16-bit depth image.
    """

    kind: Literal["camera"] = "camera"
    name: str = "camera"
    width_px: int = 640
    height_px: int = 480
    horizontal_fov_deg: float = 60.0
    position_m: Vector3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    ev100: float | None = None
    exposure_bias_stops: float = 0.0
    depth_unit_m: float = 1.0 / 256.0

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not (8 <= self.width_px <= 16384 and 8 <= self.height_px <= 16384):
            raise ValueError(f"image size must lie in 8 to 16384 pixels, got {self.width_px} x {self.height_px}")
        if not 1.0 <= self.horizontal_fov_deg <= 170.0:
            raise ValueError(f"horizontal_fov_deg must lie in 1 to 170, got {self.horizontal_fov_deg}")
        if not self.depth_unit_m > 0:
            raise ValueError(f"depth_unit_m must be above 0, got {self.depth_unit_m}")

    def build(self) -> Camera:
        """Return the camera, square pixels, its axis through the image's middle."""
        focal = focal_px(self.width_px, self.horizontal_fov_deg)
        return Camera(
            name=self.name,
            width_px=self.width_px,
            height_px=self.height_px,
            fx_px=focal,
            fy_px=focal,
            cx_px=self.width_px / 2,
            cy_px=self.height_px / 2,
            rig_from_camera=_mounting(self.position_m, self.yaw_deg, self.pitch_deg, self.roll_deg) @ CAMERA_AXES,
            ev100=self.ev100,
            exposure_bias_stops=self.exposure_bias_stops,
            depth_unit_m=self.depth_unit_m,
        )


@dataclass(frozen=True, kw_only=True)
class LidarMount:
    """A LiDAR on the rig.

    Attributes:
        name: unique among the sensors; part of every file's name.
        model: name in ``assets/sensors/lidars.yaml``.
        position_m: of its centre on the rig.
        yaw_deg: turned to the left.
        pitch_deg: tilted down.
        roll_deg: turned clockwise about its forward axis.
    """

    kind: Literal["lidar"] = "lidar"
    name: str = "lidar"
    model: str = "HDL-64E"
    position_m: Vector3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.model not in lidar_models():
            raise ValueError(f"unknown LiDAR model {self.model!r}; known: {', '.join(lidar_models())}")

    def build(self) -> Lidar:
        """Return the LiDAR in its place."""
        mounting = _mounting(self.position_m, self.yaw_deg, self.pitch_deg, self.roll_deg)
        return make_lidar(self.model, name=self.name, rig_from_lidar=mounting)


Mount = CameraMount | LidarMount


def _mounting(position_m: Vector3, yaw_deg: float, pitch_deg: float, roll_deg: float) -> Pose:
    turn = about((0.0, 0.0, 1.0), math.radians(yaw_deg))
    tilt = about((0.0, 1.0, 0.0), math.radians(pitch_deg))
    bank = about((1.0, 0.0, 0.0), math.radians(roll_deg))
    return Pose(translation_m=position_m) @ turn @ tilt @ bank


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        raise ValueError(f"a sensor's name must be 1 to 32 of a-z, 0-9 and _, starting with a letter, got {name!r}")
