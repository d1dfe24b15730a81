"""Depth cameras as data: what ``assets/sensors/depth_cameras.yaml`` says about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from simgen import spec
from simgen.errors import AssetError
from simgen.geometry.pose import CAMERA_AXES, Pose
from simgen.resources import shipped
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import DepthCamera, Method


@dataclass(frozen=True, kw_only=True)
class DepthCameraModel:
    """One entry of ``assets/sensors/depth_cameras.yaml``; figures are as in `simgen.scene.depth_camera.DepthCamera`.

    Attributes:
        fx_px: focal length of square pixels; the axis meets the image in its middle.
        clean_unit_m: metres per count of the stored exact depth.
        sources: for each figure, where it comes from.
    """

    width_px: int
    height_px: int
    fx_px: float
    min_z_m: float
    max_z_m: float
    depth_unit_m: float
    clean_unit_m: float
    method: Method
    sources: Mapping[str, str]


@cache
def _models() -> dict[str, DepthCameraModel]:
    return spec.load(dict[str, DepthCameraModel], shipped("assets") / "sensors" / "depth_cameras.yaml")


def depth_camera_models() -> tuple[str, ...]:
    """Return the names that `depth_camera_model` knows, in the order of ``assets/sensors/depth_cameras.yaml``."""
    return tuple(_models())


def depth_camera_model(model: str) -> DepthCameraModel:
    """Return what is known of one model.

    Raises:
        AssetError: there is none of that name.
    """
    if model not in _models():
        raise AssetError(f"unknown depth camera model {model!r}; known: {', '.join(_models())}")
    return _models()[model]


def make_depth_camera(
    model: str,
    *,
    name: str,
    width_px: int | None = None,
    height_px: int | None = None,
    rig_from_camera: Pose = CAMERA_AXES,
) -> DepthCamera:
    """Return a depth camera of ``model``.

    Args:
        model: its name.
        name: unique among the scene's sensors.
        width_px: another width than the model's, showing the same; disparities and windows in pixels stay.
        height_px: another height; what the model's shape does not have is cut or added evenly above and below.
        rig_from_camera: where its imager is mounted.

    Raises:
        AssetError: there is no such model.
    """
    known = depth_camera_model(model)
    width = known.width_px if width_px is None else width_px
    scale = width / known.width_px
    height = round(known.height_px * scale) if height_px is None else height_px
    camera = Camera(
        name=name,
        width_px=width,
        height_px=height,
        fx_px=known.fx_px * scale,
        fy_px=known.fx_px * scale,
        cx_px=width / 2,
        cy_px=height / 2,
        rig_from_camera=rig_from_camera,
        depth_unit_m=known.clean_unit_m,
    )
    return DepthCamera(
        camera=camera,
        model=model,
        method=known.method,
        min_z_m=known.min_z_m,
        max_z_m=known.max_z_m,
        depth_unit_m=known.depth_unit_m,
    )
