"""The sun and the sky over the scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, check_support
from simgen.scene.light import ClearSky
from simgen.scene.light import Sun as SunLight
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Daylight:
    """Draws where the sun stands and how clear the sky is.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        azimuth_deg: direction of the sun, from +x counter-clockwise.
        elevation_deg: height of the sun above the horizon.
        turbidity: haze, 2 (very clear) to 10.
        cover: share of even cloud, 0 (clear) to 1 (overcast, no shadows).
    """

    kind: Literal["daylight"] = "daylight"
    name: str = "daylight"
    every: Literal["scene", "frame"] = "scene"
    azimuth_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    elevation_deg: AnyDistribution = Uniform(low=15.0, high=65.0)
    turbidity: AnyDistribution = LogUniform(low=2.2, high=6.0)
    cover: AnyDistribution = Choice(options=(0.0, 0.3, 0.7, 1.0), weights=(0.6, 0.15, 0.1, 0.15))

    def __post_init__(self) -> None:
        check_support("azimuth_deg", self.azimuth_deg, -360.0, 720.0)
        check_support("elevation_deg", self.elevation_deg, 0.0, 90.0)
        check_support("turbidity", self.turbidity, 2.0, 10.0)
        check_support("cover", self.cover, 0.0, 1.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene under that sky; a sun that was there is replaced."""
        azimuth, elevation, turbidity, cover = (
            float(draws.value(key, getattr(self, key)))
            for key in ("azimuth_deg", "elevation_deg", "turbidity", "cover")
        )
        lights = tuple(light for light in scene.lights if not isinstance(light, SunLight))
        sun = SunLight(azimuth_deg=azimuth, elevation_deg=elevation)
        return replace(scene, lights=(sun, *lights), sky=ClearSky(turbidity=turbidity, cover=cover))
