"""Sensor models as data: what ``assets/sensors/`` says about each LiDAR and each named camera."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from simgen import spec
from simgen.errors import AssetError
from simgen.geometry.pose import Pose
from simgen.resources import shipped
from simgen.scene.lens import Lens
from simgen.scene.lidar import Lidar


@dataclass(frozen=True, kw_only=True)
class BeamTable:
    """Where each beam of one sensor points, in its maker's order of channels.

    Attributes:
        source: where the table comes from.
        order: what the channels are ordered by.
        elevation_deg: up from the sensor's level.
        azimuth_offset_deg: from the column's azimuth; which way is up to the model.
        lidar_origin_to_beam_origin_mm: how far from the axis the beams start, where the maker says.
    """

    source: str
    order: str
    elevation_deg: tuple[float, ...]
    azimuth_offset_deg: tuple[float, ...]
    lidar_origin_to_beam_origin_mm: float | None = None


@dataclass(frozen=True, kw_only=True)
class LidarModel:
    """One entry of ``assets/sensors/lidars.yaml``; figures are as in `simgen.scene.lidar.Lidar`.

    Attributes:
        beams: key in ``lidar_beams.json``.
        azimuth_offsets: the way its beam table's azimuth offsets count, seen from above.
        sources: for each figure, where it comes from.
    """

    beams: str
    azimuth_offsets: Literal["clockwise", "counter_clockwise"]
    columns: int
    rate_hz: float
    min_range_m: float
    max_range_m: float
    range_at_10_percent_m: float
    range_noise_m: float
    weak_range_noise_m: float
    range_step_m: float
    dropout_softness: float
    sources: Mapping[str, str]


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


@cache
def _beam_tables() -> dict[str, BeamTable]:
    path = shipped("assets") / "sensors" / "lidar_beams.json"
    return spec.parse(dict[str, BeamTable], json.loads(path.read_text(encoding="utf-8")), str(path))


def lidar_models() -> tuple[str, ...]:
    """Return the names that `make_lidar` knows, in the order of ``assets/sensors/lidars.yaml``."""
    return tuple(_models())


def lidar_model(model: str) -> LidarModel:
    """Return what is known of one model.

    Raises:
        AssetError: there is none of that name.
    """
    if model not in _models():
        raise AssetError(f"unknown LiDAR model {model!r}; known: {', '.join(_models())}")
    return _models()[model]


def make_lidar(model: str, *, name: str, rig_from_lidar: Pose = Pose()) -> Lidar:  # noqa: B008 - a Pose is frozen
    """Return a LiDAR of ``model``, its beams from the highest to the lowest.

    Raises:
        AssetError: there is no such model, or it names a beam table that is not there.
    """
    known = lidar_model(model)
    if known.beams not in _beam_tables():
        raise AssetError(f"LiDAR model {model!r}: no beam table {known.beams!r}; known: {', '.join(_beam_tables())}")
    table = _beam_tables()[known.beams]
    turn = -1.0 if known.azimuth_offsets == "clockwise" else 1.0
    beams = sorted(zip(table.elevation_deg, table.azimuth_offset_deg, strict=True), key=lambda beam: -beam[0])
    figures = {f.name: getattr(known, f.name) for f in fields(known) if f.name in _FIGURES}
    return Lidar(
        name=name,
        model=model,
        elevation_deg=tuple(elevation for elevation, _ in beams),
        azimuth_offset_deg=tuple(turn * offset + 0.0 for _, offset in beams),
        rig_from_lidar=rig_from_lidar,
        **figures,
    )


_FIGURES = {f.name for f in fields(LidarModel)} & {f.name for f in fields(Lidar)}
