"""Fog, rain, snow, and what they leave on the ground."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, check_support
from simgen.errors import RecipeError
from simgen.scene.light import ClearSky
from simgen.scene.scene import Scene
from simgen.scene.weather import Weather
from simgen.streams import Draws

_OVERCAST_FROM_MM_PER_H = 2.0
"""Rate of rain or snow from which no sun comes through the clouds it falls from."""


@dataclass(frozen=True, kw_only=True)
class WeatherDraw:
    """Draws the weather; place it after the randomizer that draws the sky.

    Rain and snowfall close the clouds: fully from 2 mm/h on, in part below.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        fog_per_km: extinction by fog, 1/km; 3 divided by it is about the visibility in km; 0 is clear air.
        rain_mm_per_h: rate of rain: 2 is light, 10 heavy, 50 a cloudburst.
        snow_mm_per_h: rate of snowfall as water: 1 is light, 5 heavy.
        wetness: 0 (dry) to 1 (a film of water on all that faces up); null follows the rain.
        puddles: share of level ground under standing water; null follows the rain.
        snow_cover: share of what faces up that lies under snow.
        wind_mps: speed of the wind, which slants what falls.
        wind_direction_deg: where it blows to, from +x counter-clockwise.
        spray: factor on what the wheels of fast vehicles throw up from a wet road; 0 for none.
    """

    kind: Literal["weather"] = "weather"
    name: str = "weather"
    every: Literal["scene", "frame"] = "scene"
    fog_per_km: AnyDistribution = Constant(value=0.0)
    rain_mm_per_h: AnyDistribution = Constant(value=0.0)
    snow_mm_per_h: AnyDistribution = Constant(value=0.0)
    wetness: AnyDistribution | None = None
    puddles: AnyDistribution | None = None
    snow_cover: AnyDistribution = Constant(value=0.0)
    wind_mps: AnyDistribution = Uniform(low=0.0, high=6.0)
    wind_direction_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    spray: AnyDistribution = Constant(value=1.0)

    def __post_init__(self) -> None:
        check_support("fog_per_km", self.fog_per_km, 0.0, 1000.0)
        check_support("rain_mm_per_h", self.rain_mm_per_h, 0.0, 200.0)
        check_support("snow_mm_per_h", self.snow_mm_per_h, 0.0, 50.0)
        check_support("snow_cover", self.snow_cover, 0.0, 1.0)
        check_support("wind_mps", self.wind_mps, 0.0, 80.0)
        check_support("wind_direction_deg", self.wind_direction_deg, -360.0, 720.0)
        check_support("spray", self.spray, 0.0, 10.0)
        for key in ("wetness", "puddles"):
            if getattr(self, key) is not None:
                check_support(key, getattr(self, key), 0.0, 1.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene in that weather.

        Raises:
            RecipeError: the scene has no open sky.
        """
        sky = scene.sky
        if not isinstance(sky, ClearSky):
            raise RecipeError(
                f"randomizer {self.name!r}: weather needs an open sky; put it after 'daylight' in an outdoor place"
            )
        fog, rain, snow, cover, wind, direction, spray = (
            float(draws.value(key, getattr(self, key)))
            for key in (
                "fog_per_km", "rain_mm_per_h", "snow_mm_per_h", "snow_cover", "wind_mps", "wind_direction_deg", "spray"
            )
        )  # fmt: skip
        wetness = min(1.0, rain / 2.0) if self.wetness is None else float(draws.value("wetness", self.wetness))
        puddles = min(0.25, rain / 40.0) if self.puddles is None else float(draws.value("puddles", self.puddles))
        weather = Weather(
            fog_visibility_m=1000.0 * math.log(20.0) / fog if fog > 0 else math.inf,
            rain_mm_per_h=rain,
            snow_mm_per_h=snow,
            wetness=wetness,
            puddles=puddles,
            snow_cover=cover,
            wind_mps=(wind * math.cos(math.radians(direction)), wind * math.sin(math.radians(direction))),
            spray=spray,
        )
        draws.note("wetness", wetness)
        draws.note("puddles", puddles)
        clouds = min(1.0, (rain + snow) / _OVERCAST_FROM_MM_PER_H)
        return replace(scene, weather=weather, sky=replace(sky, cover=max(sky.cover, clouds)))
