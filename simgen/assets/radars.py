"""Radars as data: what ``assets/sensors/radars.yaml`` says about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from simgen import spec
from simgen.errors import AssetError
from simgen.geometry.pose import Pose
from simgen.resources import shipped
from simgen.scene.radar import Radar


@dataclass(frozen=True, kw_only=True)
class RadarModel:
    """One entry of ``assets/sensors/radars.yaml``; figures are as in `simgen.scene.radar.Radar`.

    Attributes:
        sources: for each figure, where it comes from.
    """

    field_of_view_deg: float
    elevation_fov_deg: float
    min_range_m: float
    max_range_m: float
    range_resolution_m: float
    azimuth_resolution_deg: float
    doppler_resolution_mps: float
    max_doppler_mps: float
    reference_range_m: float
    threshold_db: float
    beam_exponent: float
    false_alarms: float
    sources: Mapping[str, str]


@cache
def _models() -> dict[str, RadarModel]:
    return spec.load(dict[str, RadarModel], shipped("assets") / "sensors" / "radars.yaml")


def radar_models() -> tuple[str, ...]:
    """Return the names that `make_radar` knows, in the order of ``assets/sensors/radars.yaml``."""
    return tuple(_models())


def make_radar(model: str, *, name: str, rig_from_radar: Pose = Pose()) -> Radar:  # noqa: B008 - a Pose is frozen
    """Return a radar of ``model``.

    Raises:
        AssetError: there is no such model.
    """
    if model not in _models():
        raise AssetError(f"unknown radar model {model!r}; known: {', '.join(_models())}")
    figures = {f.name: getattr(_models()[model], f.name) for f in fields(RadarModel) if f.name != "sources"}
    return Radar(name=name, model=model, rig_from_radar=rig_from_radar, **figures)
