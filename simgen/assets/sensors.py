"""Sensor models as data: what ``assets/sensors/`` says about each LiDAR and each named camera."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from simgen import spec
from simgen.assets.lidar_model import LidarModel
from simgen.errors import AssetError, RecipeError
from simgen.geometry.pose import Pose
from simgen.resources import shipped
from simgen.scene.lens import Lens
from simgen.scene.lidar import Lidar, ReturnMode


@dataclass(frozen=True, kw_only=True)
class CameraModel:
    """One entry of ``assets/sensors/cameras.yaml``; figures are as in `simgen.scene.camera.Camera`.

    Attributes:
        sources: where size, intrinsics and lens come from.
    """

    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    lens: Lens
    sources: Mapping[str, str]


@cache
def _cameras() -> dict[str, CameraModel]:
    return spec.load(dict[str, CameraModel], shipped("assets") / "sensors" / "cameras.yaml")


def camera_models() -> tuple[str, ...]:
    """Return the names that `camera_model` knows, in the order of ``assets/sensors/cameras.yaml``."""
    return tuple(_cameras())


def camera_model(model: str) -> CameraModel:
    """Return what is known of one named camera.

    Raises:
        AssetError: there is none of that name.
    """
    if model not in _cameras():
        raise AssetError(f"unknown camera {model!r}; known: {', '.join(_cameras())}")
    return _cameras()[model]


@cache
def _models() -> dict[str, LidarModel]:
    return spec.load(dict[str, LidarModel], shipped("assets") / "sensors" / "lidars.yaml")


def lidar_models() -> tuple[str, ...]:
    """Return the names that `make_lidar` knows, in the order of ``assets/sensors/lidars.yaml``."""
    return tuple(_models())


def lidar_model(model: str) -> LidarModel:
    """Return what is known of one model.

    Args:
        model: name in ``assets/sensors/lidars.yaml``, or the path of a sensor file, which ends in ``.yaml``.

    Raises:
        AssetError: there is none of that name.
        RecipeError: the file is missing or faulty; lists every fault.
    """
    if is_sensor_file(model):
        path = Path(model)
        try:
            stamp = path.stat().st_mtime_ns
        except OSError as error:
            raise RecipeError(f"{path}: cannot be read: {error.strerror}") from None
        return _from_file(path, stamp)
    if model not in _models():
        near = difflib.get_close_matches(model, _models(), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise AssetError(
            f"unknown LiDAR model {model!r}; {hint}'simgen sensors list' names those there are, and a sensor file of "
            "your own must end in .yaml"
        )
    return _models()[model]


def is_sensor_file(model: str) -> bool:
    """Return whether a model's name is the path of a sensor file."""
    return model.endswith((".yaml", ".yml"))


@lru_cache(maxsize=16)
def _from_file(path: Path, stamp: int) -> LidarModel:
    """Return the model of a file as it was when last changed; ``stamp`` tells one state of it from the next."""
    del stamp
    return spec.load(LidarModel, path)


def make_lidar(
    model: str,
    *,
    name: str,
    rig_from_lidar: Pose = Pose(),  # noqa: B008 - a Pose is frozen
    rate_hz: float | None = None,
    columns: int | None = None,
    sub_rays: Literal[1, 7, 19] = 1,
    return_mode: ReturnMode = "strongest",
) -> Lidar:
    """Return a LiDAR of ``model``, its beams from the highest to the lowest; see `LidarModel.build`.

    Raises:
        AssetError: there is no such model.
        RecipeError: its file is missing or faulty.
        ValueError: it cannot be set to this rate, these columns or this return mode.
    """
    return lidar_model(model).build(
        name=name,
        model=model,
        rig_from_lidar=rig_from_lidar,
        rate_hz=rate_hz,
        columns=columns,
        sub_rays=sub_rays,
        return_mode=return_mode,
    )
