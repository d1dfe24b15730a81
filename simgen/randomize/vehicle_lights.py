"""The lamps of vehicles: low beams, tail and brake lamps, indicators, and the head lamps of the sensors' own car."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Constant, LogUniform, TruncatedNormal, Uniform, check_support
from simgen.geometry.pose import Vector3
from simgen.randomize.lenses import aglow, lens_spot, lenses_of, scaled
from simgen.randomize.room_lights import white
from simgen.randomize.street_lights import is_dark
from simgen.scene.light import HeadLamp, Light
from simgen.scene.material import Rgb
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

_RED: Rgb = (4.69, 0.003, 0.001)
_AMBER: Rgb = (2.60, 0.62, 0.002)
"""Linear RGB of signal lamps, about of luminance 1."""

_SIDE_GLOW = 0.02
"""Share of its peak intensity that a head lamp's lens sends aside: what is seen of it out of the beam. Assumed."""

_NEVER_SEEN_MPS = 0.1


@dataclass(frozen=True, kw_only=True)
class VehicleLights:
    """Switches the lamps of moving vehicles on in the dark, in rain or snowfall and in fog.

    Place it after ``daylight``, ``weather`` and ``traffic``. Vehicles that stand at the kerb, and those whose model
    names no lenses, stay dark.

    Attributes:
        name: prefix of its factors.
        every: once per scene; for each frame in a sequence, where lamps go along with their vehicles.
        categories: what has lamps.
        on_below_deg: elevation of the sun below which they are on in dry weather; 90 for always.
        off: share of drivers that forgot theirs.
        high_beam: share that have the high beam on.
        braking: share that brake.
        hazard: share that show all their indicators.
        colour_temperature_k: of head lamps, halogen 3200 to LED 6000.
        intensity_cd: brightest direction of one low beam; a high beam has twice as much.
        aim_deg: how far the beams of each point up from where they should.
    """

    kind: Literal["vehicle_lights"] = "vehicle_lights"
    name: str = "vehicle_lights"
    every: Literal["scene", "frame"] = "scene"
    categories: tuple[str, ...] = ("car", "van", "truck", "bus", "motorcycle")
    on_below_deg: float = 5.0
    off: AnyDistribution = Constant(value=0.03)
    high_beam: AnyDistribution = Constant(value=0.02)
    braking: AnyDistribution = Uniform(low=0.05, high=0.5)
    hazard: AnyDistribution = Constant(value=0.02)
    colour_temperature_k: AnyDistribution = Choice(options=(3200.0, 4300.0, 5700.0), weights=(4.0, 2.0, 4.0))
    intensity_cd: AnyDistribution = LogUniform(low=14_000.0, high=32_000.0)
    aim_deg: AnyDistribution = TruncatedNormal(mean=-0.1, std=0.35, low=-1.0, high=1.0)

    def __post_init__(self) -> None:
        if not self.categories:
            raise ValueError("categories must name at least one")
        for key in ("off", "high_beam", "braking", "hazard"):
            check_support(key, getattr(self, key), 0.0, 1.0)
        check_support("colour_temperature_k", self.colour_temperature_k, 1700.0, 25000.0)
        check_support("intensity_cd", self.intensity_cd, 0.0, 1e6)
        check_support("aim_deg", self.aim_deg, -10.0, 10.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with its vehicles' lamps lit, or as it was by clear day."""
        on = is_dark(scene, self.on_below_deg) or scene.weather.extinction_per_m > 1e-3
        draws.note("on", on)
        if not on:
            return scene
        shares = {key: float(draws.value(key, getattr(self, key))) for key in ("off", "high_beam", "braking", "hazard")}
        lights: list[Light] = []
        objects, k = list(scene.objects), 0
        for at, instance in enumerate(scene.objects):
            stands = math.hypot(*instance.velocity_mps) < _NEVER_SEEN_MPS and instance.id not in scene.tracks
            if instance.category not in self.categories or stands:
                continue
            if draws.rng("off", k + 1).random() >= shares["off"]:
                objects[at], lit = self._lit(instance, shares, draws, k)
                lights += lit
            k += 1
        draws.note("vehicles", k)
        return replace(scene, objects=tuple(objects), lights=(*scene.lights, *lights))

    def _lit(self, instance: Instance, shares: dict[str, float], draws: Draws, k: int) -> tuple[Instance, list[Light]]:
        """Return one vehicle with its lamps on, and their lights."""
        color = white(float(draws.value("colour_temperature_k", self.colour_temperature_k, k)))
        candela = float(draws.value("intensity_cd", self.intensity_cd, k))
        aim = math.radians(float(draws.value("aim_deg", self.aim_deg, k)))
        high, brakes, hazard = (
            draws.rng(key, k + 1).random() < shares[key] for key in ("high_beam", "braking", "hazard")
        )
        draws.note("brakes", bool(brakes), k)
        peak = 2.0 * candela if high else candela
        lights: list[Light] = []
        heads = lenses_of(instance, "head_lamp", (1.0, 0.0, 0.0))
        for lens in heads:
            lights.append(
                HeadLamp(
                    position_m=_ahead(lens.center_m, lens.direction), direction=_raised(lens.direction, aim),
                    intensity_cd=scaled(color, peak), beam="high" if high else "low",
                    lens_radius_m=lens.radius_m + 0.1,
                )
            )  # fmt: skip
            instance = aglow(instance, "head_lamp", scaled(color, _SIDE_GLOW * peak / lens.area_m2))
        for lens in lenses_of(instance, "tail_lamp", (-1.0, 0.0, 0.0)):
            red = scaled(_RED, 60.0 if brakes else 6.0)
            lights.append(lens_spot(lens, red, 15.0, 80.0, lens.direction))
            instance = aglow(instance, "tail_lamp", scaled(_RED, (60.0 if brakes else 6.0) / lens.area_m2))
        if hazard:
            for facing in ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)):
                for lens in lenses_of(instance, "indicator", facing):
                    lights.append(lens_spot(lens, scaled(_AMBER, 100.0), 15.0, 80.0, lens.direction))
                    instance = aglow(instance, "indicator", scaled(_AMBER, 100.0 / lens.area_m2))
        return instance, lights


@dataclass(frozen=True, kw_only=True)
class EgoLights:
    """Gives the sensors' own vehicle its two head lamps; place it after ``ego``.

    Attributes:
        name: prefix of its factors.
        every: for each frame, as the vehicle stands elsewhere.
        on_below_deg: elevation of the sun below which they are on; 90 for always.
        beam: low or high, as shares.
        colour_temperature_k: halogen 3200 to LED 6000.
        intensity_cd: brightest direction of one low beam; a high beam has twice as much.
        aim_deg: how far the beams point up.
        forward_m, height_m, apart_m: where the lamps are: before the rig's origin, above the road, from each other.
    """

    kind: Literal["ego_lights"] = "ego_lights"
    name: str = "ego_lights"
    every: Literal["scene", "frame"] = "frame"
    on_below_deg: float = 5.0
    beam: AnyDistribution = Choice(options=("low", "high"), weights=(0.95, 0.05))
    colour_temperature_k: AnyDistribution = Choice(options=(3200.0, 4300.0, 5700.0), weights=(4.0, 2.0, 4.0))
    intensity_cd: AnyDistribution = LogUniform(low=14_000.0, high=32_000.0)
    aim_deg: AnyDistribution = Constant(value=0.0)
    forward_m: float = 2.1
    height_m: float = 0.66
    apart_m: float = 1.35

    def __post_init__(self) -> None:
        check_support("colour_temperature_k", self.colour_temperature_k, 1700.0, 25000.0)
        check_support("intensity_cd", self.intensity_cd, 0.0, 1e6)
        check_support("aim_deg", self.aim_deg, -10.0, 10.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene lit by the rig's own head lamps, or as it was by day."""
        on = is_dark(scene, self.on_below_deg) or scene.weather.extinction_per_m > 1e-3
        draws.note("on", on)
        if not on:
            return scene
        beam: Literal["low", "high"] = "high" if draws.value("beam", self.beam) == "high" else "low"
        color = white(float(draws.value("colour_temperature_k", self.colour_temperature_k)))
        candela = float(draws.value("intensity_cd", self.intensity_cd)) * (2.0 if beam == "high" else 1.0)
        aim = math.radians(float(draws.value("aim_deg", self.aim_deg)))
        yaw = scene.world_from_rig.yaw_rad
        direction = _raised((math.cos(yaw), math.sin(yaw), 0.0), aim)
        lamps: list[Light] = []
        for side in (-0.5, 0.5):
            x, y, z = scene.world_from_rig.apply(np.array([self.forward_m, side * self.apart_m, self.height_m]))
            spot = (float(x), float(y), float(z))
            lamps.append(HeadLamp(position_m=spot, direction=direction, intensity_cd=scaled(color, candela), beam=beam))
        return replace(scene, lights=(*scene.lights, *lamps))


def _ahead(center: Vector3, direction: Vector3) -> Vector3:
    x, y, z = (c + 0.05 * d for c, d in zip(center, direction, strict=True))
    return x, y, z


def _raised(direction: Vector3, angle_rad: float) -> Vector3:
    """Return a direction turned upwards."""
    return direction[0], direction[1], direction[2] + math.tan(angle_rad) * math.hypot(direction[0], direction[1])
