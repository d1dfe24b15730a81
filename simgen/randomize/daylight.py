"""Sun, moon and sky over the scene, by day and by night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, check_support
from simgen.scene.light import ClearSky, Moon
from simgen.scene.light import Sun as SunLight
from simgen.scene.scene import Scene
from simgen.streams import Draws

_GLOW_RGB = (1.22, 0.96, 0.74)
"""Linear RGB, of luminance 1, of a town's lamps scattered back: sodium and warm LED mixed. Assumed."""


@dataclass(frozen=True, kw_only=True)
class Daylight:
    """Draws where the sun stands and how clear the sky is.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        azimuth_deg: direction of the sun, from +x counter-clockwise.
        elevation_deg: height of the sun above the horizon; -6 is the end of civil twilight, -18 full night.
        turbidity: haze, 2 (very clear) to 10.
        cover: share of even cloud, 0 (clear) to 1 (overcast, no shadows).
        moon_azimuth_deg, moon_elevation_deg: where the moon stands, drawn once the sun is down.
        moon_lit: share of its disc that is lit.
        glow_nit: luminance, straight up, of a town's light in the air: 0.0002 in the country, 0.02 in a large town.
    """

    kind: Literal["daylight"] = "daylight"
    name: str = "daylight"
    every: Literal["scene", "frame"] = "scene"
    azimuth_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    elevation_deg: AnyDistribution = Uniform(low=15.0, high=65.0)
    turbidity: AnyDistribution = LogUniform(low=2.2, high=6.0)
    cover: AnyDistribution = Choice(options=(0.0, 0.3, 0.7, 1.0), weights=(0.6, 0.15, 0.1, 0.15))
    moon_azimuth_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    moon_elevation_deg: AnyDistribution = Uniform(low=-60.0, high=60.0)
    moon_lit: AnyDistribution = Uniform(low=0.0, high=1.0)
    glow_nit: AnyDistribution = LogUniform(low=0.006, high=0.06)

    def __post_init__(self) -> None:
        check_support("azimuth_deg", self.azimuth_deg, -360.0, 720.0)
        check_support("elevation_deg", self.elevation_deg, -90.0, 90.0)
        check_support("turbidity", self.turbidity, 2.0, 10.0)
        check_support("cover", self.cover, 0.0, 1.0)
        check_support("moon_azimuth_deg", self.moon_azimuth_deg, -360.0, 720.0)
        check_support("moon_elevation_deg", self.moon_elevation_deg, -90.0, 90.0)
        check_support("moon_lit", self.moon_lit, 0.0, 1.0)
        check_support("glow_nit", self.glow_nit, 0.0, 10.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene under that sky; a sun that was there is replaced."""
        azimuth, elevation, turbidity, cover = (
            float(draws.value(key, getattr(self, key)))
            for key in ("azimuth_deg", "elevation_deg", "turbidity", "cover")
        )
        lights = tuple(light for light in scene.lights if not isinstance(light, SunLight | Moon))
        sun = SunLight(azimuth_deg=azimuth, elevation_deg=elevation)
        sky = ClearSky(turbidity=turbidity, cover=cover)
        if elevation >= 0.0:
            return replace(scene, lights=(sun, *lights), sky=sky)
        moon_azimuth, moon_elevation, lit, glow = (
            float(draws.value(key, getattr(self, key)))
            for key in ("moon_azimuth_deg", "moon_elevation_deg", "moon_lit", "glow_nit")
        )
        moon = Moon(azimuth_deg=moon_azimuth, elevation_deg=moon_elevation, lit=lit)
        red, green, blue = _GLOW_RGB
        return replace(
            scene, lights=(sun, moon, *lights), sky=replace(sky, glow_nit=(red * glow, green * glow, blue * glow))
        )
