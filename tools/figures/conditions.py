"""One street under 24 conditions: light by weather by lens and sensor, the same world in every picture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np

from simgen.assets.imagers import make_imager
from simgen.distributions import Constant
from simgen.frame import View
from simgen.generator import Generator
from simgen.randomize.daylight import Daylight
from simgen.randomize.ego import Ego
from simgen.randomize.lens_dirt import LensDirtDraw
from simgen.randomize.weather import WeatherDraw
from simgen.recipe import load_recipe
from simgen.rig import CameraMount
from simgen.scene.optics import Shutter

_SIZE_PX = (400, 250)
_COLUMNS = 4
_SEED = 3
_SUN_AZIMUTH_DEG = 4.0
"""Nearly the street's direction: a low sun stands at its end."""


@dataclass(frozen=True)
class Condition:
    """What one picture differs in; factors as the randomizers `daylight`, `weather` and `lens_dirt` name them."""

    name: str
    sky: dict[str, float]
    weather: dict[str, float] = field(default_factory=dict)
    dirt: dict[str, float] = field(default_factory=dict)
    camera: dict[str, Any] = field(default_factory=dict)
    speed_mps: float = 8.0


_DAY, _LOW, _DUSK, _NIGHT = ({"elevation_deg": at} for at in (48.0, 13.0, -4.0, -30.0))
_CLOUDS = {"elevation_deg": 40.0, "cover": 1.0}

CONDITIONS = (
    Condition("dawn", {"elevation_deg": 1.5}),
    Condition("morning", {"elevation_deg": 14.0, "azimuth_deg": 100.0}),
    Condition("noon", {"elevation_deg": 62.0, "azimuth_deg": 75.0}),
    Condition("overcast", _CLOUDS),
    Condition("low sun ahead", _LOW, camera={"imager": make_imager("kitti_like")}),
    Condition("dusk", _DUSK),
    Condition("night", _NIGHT),
    Condition("night, full moon", {**_NIGHT, "glow_nit": 0.0005, "moon_elevation_deg": 40.0, "moon_lit": 1.0}),
    Condition("haze", {**_DAY, "turbidity": 8.0}, {"fog_per_km": 4.0}),
    Condition("dense fog", _CLOUDS, {"fog_per_km": 50.0}),
    Condition("after rain", _DAY, {"wetness": 0.9, "puddles": 0.1}),
    Condition("rain 8 mm/h", _CLOUDS, {"rain_mm_per_h": 8.0, "puddles": 0.06}),
    Condition("cloudburst 50 mm/h", _CLOUDS, {"rain_mm_per_h": 50.0}),
    Condition("snowfall", _CLOUDS, {"snow_mm_per_h": 2.0, "snow_cover": 1.0}),
    Condition("snow lying, sun", {**_DAY, "elevation_deg": 25.0, "azimuth_deg": 100.0}, {"snow_cover": 1.0}),
    Condition("fog by night", _NIGHT, {"fog_per_km": 25.0}),
    Condition("rain by night", _NIGHT, {"rain_mm_per_h": 10.0, "puddles": 0.12}),
    Condition("snowfall by night", _NIGHT, {"snow_mm_per_h": 1.5, "snow_cover": 1.0}),
    Condition("drops on the lens", _CLOUDS, {"rain_mm_per_h": 4.0}, {"drops_per_cm2": 1.2}),
    Condition("dirty lens, low sun", _LOW, {}, {"dust": 0.45, "smear": 0.3}),
    Condition("frost on the lens", _CLOUDS, {"snow_cover": 1.0}, {"frost": 0.35}),
    Condition("phone, night", _NIGHT, camera={"imager": make_imager("phone")}),
    Condition("webcam, dusk", _DUSK, camera={"imager": make_imager("webcam_cheap")}),
    Condition(
        "1/40 s at 50 km/h",
        _CLOUDS,
        camera={"shutter": Shutter(exposure_s=0.025, readout_s=0.02)},
        speed_mps=14.0,
    ),
)


def conditions_sheet() -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: the pictures in rows, each with its name."""
    pictures = [_named(_picture(condition), condition.name) for condition in CONDITIONS]
    return np.vstack([np.hstack(pictures[k : k + _COLUMNS]) for k in range(0, len(pictures), _COLUMNS)])


def _picture(condition: Condition) -> np.ndarray:
    recipe = load_recipe("street_night", seed=_SEED)
    sky = {"azimuth_deg": _SUN_AZIMUTH_DEG, "cover": 0.0, "turbidity": 3.0, "glow_nit": 0.02, "moon_lit": 0.0}
    daylight = Daylight(**_fixed({**sky, **condition.sky}))
    weather = WeatherDraw(**_fixed({"wind_mps": 2.0, "wind_direction_deg": 60.0, **condition.weather}))
    dirt = LensDirtDraw(**_fixed({"drops_per_cm2": 0.0, **condition.dirt}))
    drawn = []
    for randomizer in recipe.randomizers:
        if isinstance(randomizer, Daylight):
            drawn += [daylight, weather]
        elif isinstance(randomizer, Ego):
            drawn += [replace(randomizer, speed_mps=Constant(value=condition.speed_mps))]
        else:
            drawn.append(randomizer)
    width, height = _SIZE_PX
    camera = CameraMount(
        width_px=width, height_px=height, horizontal_fov_deg=72.0, position_m=(0.27, 0.0, 1.65), **condition.camera
    )
    recipe = replace(recipe, sensors=(camera,), randomizers=(*drawn, dirt), frames=1, frames_per_scene=1)
    (seen,) = Generator(recipe).frame(0).observations
    assert isinstance(seen, View)
    return seen.rgb


def _fixed(factors: dict[str, float]) -> dict[str, Any]:
    return {key: Constant(value=value) for key, value in factors.items()}


def _named(rgb: np.ndarray, name: str) -> np.ndarray:
    out = np.ascontiguousarray(rgb)
    (width, height), below = cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)
    corner = (width + 12, out.shape[0] - height - below - 8)
    cv2.rectangle(out, (0, out.shape[0]), corner, (24, 24, 24), cv2.FILLED)
    white = (240, 240, 240)
    cv2.putText(out, name, (6, out.shape[0] - below - 3), cv2.FONT_HERSHEY_SIMPLEX, 0.45, white, 1, cv2.LINE_AA)
    return out
