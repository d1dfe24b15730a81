"""The randomizer ``wild``: domain randomization by one knob, from the structured scene to hardly a trace of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from simgen.assets.categories import category
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.randomize.flying import flying_things
from simgen.randomize.patterns import PATTERNS, pattern, wrapped
from simgen.scene.light import AreaLight, HdriSky, PointLight, SpotLight, UniformSky
from simgen.scene.material import Material, Rgb, linear_from_srgb
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class SurfaceRange:
    """What surfaces of a category may become.

    Attributes:
        hue_deg, saturation, brightness: colour, as HSV of sRGB; saturation and brightness in 0 to 1.
        roughness: 0 to 1.
        metallic_chance: share of the surfaces that become bare metal.
        texture_chance: share of the surfaces that get a random pattern.
    """

    hue_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    saturation: AnyDistribution = Uniform(low=0.0, high=1.0)
    brightness: AnyDistribution = Uniform(low=0.05, high=0.98)
    roughness: AnyDistribution = Uniform(low=0.05, high=1.0)
    metallic_chance: float = 0.15
    texture_chance: float = 0.6

    def __post_init__(self) -> None:
        check_support("hue_deg", self.hue_deg, -360.0, 360.0)
        for key in ("saturation", "brightness", "roughness"):
            check_support(key, getattr(self, key), 0.0, 1.0)
        for key in ("metallic_chance", "texture_chance"):
            if not 0.0 <= getattr(self, key) <= 1.0:
                raise ValueError(f"{key} must lie in 0 to 1, got {getattr(self, key)}")


@dataclass(frozen=True, kw_only=True)
class Wild:
    """Gives anything random surfaces, lets odd things fly about, and changes lights and background.

    One number says how much: at 0 the scene stays as it is, at 1 every surface, light and wall is random. Between,
    that share of the objects, and of the walls and floors, change; lights change by that share, and that share of the
    flying things is there (Tobin et al. 2017; Prakash et al. 2019 on keeping structure). Shapes, places and labels
    of what was there stay as they are.

    Attributes:
        name: prefix of its factors.
        every: for each frame, after physics.
        wildness: 0 structured to 1 wild.
        keep: categories that never change, such as those told by their colour.
        ranges: what surfaces become, by category.
        others: what all other surfaces become.
        background: whether walls, floors, roads and the like change too.
        flying: how many things fly about at wildness 1; they are of the category ``distractor``.
        around: use of the areas that they fly above.
        reach_m: how far from the areas' middle, and how high, they fly.
        longest_m: their longest side.
        light_stops: at wildness 1 each light's and the sky's strength varies by up to this many stops up or down.
        tint: at wildness 1 each light's colours vary by up to this share.
        lamps: how many further lamps there are at wildness 1, above the same areas.
    """

    kind: Literal["wild"] = "wild"
    name: str = "wild"
    every: Literal["frame"] = "frame"
    wildness: AnyDistribution = Constant(value=1.0)
    keep: tuple[str, ...] = ()
    ranges: dict[str, SurfaceRange] = field(default_factory=dict)
    others: SurfaceRange = SurfaceRange()
    background: bool = True
    flying: AnyDistribution = UniformInt(low=0, high=14)
    around: str = "table_top"
    reach_m: float = 0.7
    longest_m: AnyDistribution = Uniform(low=0.03, high=0.18)
    light_stops: float = 1.5
    tint: float = 0.35
    lamps: AnyDistribution = UniformInt(low=0, high=2)

    def __post_init__(self) -> None:
        check_support("wildness", self.wildness, 0.0, 1.0)
        check_support("flying", self.flying, 0, 200)
        check_support("lamps", self.lamps, 0, 20)
        check_support("longest_m", self.longest_m, 0.005, 10.0)
        for name in (*self.keep, *self.ranges):
            category(name)
        if not self.reach_m > 0 or not 0.0 <= self.light_stops <= 8.0 or not 0.0 <= self.tint <= 1.0:
            raise ValueError(
                "reach_m must be above 0, light_stops in 0 to 8 and tint in 0 to 1, got "
                f"{self.reach_m}, {self.light_stops}, {self.tint}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the wilder scene.

        Raises:
            PlacementError: things are to fly, but there is no area they could fly above.
        """
        wildness = float(draws.value("wildness", self.wildness))
        count = round(wildness * int(draws.value("flying", self.flying)))
        added = (
            flying_things(scene, draws, self.name, count, self.around, self.reach_m, self.longest_m) if count else ()
        )
        objects = tuple(
            self._surfaced(thing, draws, k, wildness if k < len(scene.objects) else 1.0)
            for k, thing in enumerate((*scene.objects, *added))
        )
        return self._lit(replace(scene, objects=objects), draws, wildness)

    def _surfaced(self, thing: Instance, draws: Draws, k: int, wildness: float) -> Instance:
        """Return an object with other surfaces, or as it is, as its own draw says."""
        changes = float(draws.rng("changed", k).random()) < wildness
        stays = thing.category in self.keep or not (self.background or category(thing.category).thing)
        changes = changes and not stays
        draws.note("changed", changes, k)
        if not changes:
            return thing
        limits = self.ranges.get(thing.category, self.others)
        rng = draws.rng("surface", k)
        patterned = bool(rng.random() < limits.texture_chance)
        kind = PATTERNS[int(rng.integers(len(PATTERNS)))] if patterned else "none"
        draws.note("pattern", kind, k)
        surface = tuple(_surface(m, limits, kind, rng) for m in thing.surface)
        asset = wrapped(thing.asset, float(np.exp(rng.uniform(math.log(0.1), math.log(1.2))))) if patterned else None
        return replace(thing, materials=surface) if asset is None else replace(thing, asset=asset, materials=surface)

    def _lit(self, scene: Scene, draws: Draws, wildness: float) -> Scene:
        """Return the scene with other lights and sky."""
        rng = draws.rng("lights")
        lights = list(scene.lights)
        gains = []
        for k, light in enumerate(lights):
            gain = self._gain(rng, wildness)
            gains.append(gain)
            match light:
                case PointLight() | SpotLight():
                    lights[k] = replace(light, intensity_cd=_times(light.intensity_cd, gain))
                case AreaLight():
                    lights[k] = replace(light, luminance_nit=_times(light.luminance_nit, gain))
                case _:  # Sun, moon and head lamps are what they are.
                    gains[-1] = (1.0, 1.0, 1.0)
            draws.note("light_gain", round(float(np.mean(gains[-1])), 6), k)
        sky = scene.sky
        match sky:
            case UniformSky():
                sky = replace(sky, luminance_nit=_times(sky.luminance_nit, self._gain(rng, wildness)))
            case HdriSky():
                sky = replace(sky, rotation_deg=(sky.rotation_deg + 360.0 * wildness * float(rng.random())) % 360.0)
            case _:
                pass
        count = round(wildness * int(draws.value("lamps", self.lamps)))
        areas = scene.areas(self.around)
        for _ in range(count if areas else 0):
            middle = np.asarray(areas[0].corners_m).mean(axis=0)
            turn, away = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.2, 1.2)) * self.reach_m
            place = (float(middle[0]) + away * math.cos(turn), float(middle[1]) + away * math.sin(turn))
            height = areas[0].z_m + self.reach_m * float(rng.uniform(1.1, 1.8))
            strength = 120.0 * 2.0 ** float(rng.uniform(-2.0, 1.0)) * self.reach_m**2
            color = _times((strength, strength, strength), self._gain(rng, wildness))
            lights.append(PointLight(position_m=(*place, height), intensity_cd=color, radius_m=0.03))
        return replace(scene, lights=tuple(lights), sky=sky)

    def _gain(self, rng: np.random.Generator, wildness: float) -> Rgb:
        """Draw factors on a light's red, green and blue; all 1 at wildness 0."""
        stops = float(rng.uniform(-1.0, 1.0)) * self.light_stops * wildness
        r, g, b = (2.0**stops * (1.0 + self.tint * wildness * rng.uniform(-1.0, 1.0, 3))).tolist()
        return r, g, b


def _surface(material: Material, limits: SurfaceRange, kind: str, rng: np.random.Generator) -> Material:
    """Draw another surface for a material; glass and lamps stay."""
    if material.substance in ("glass", "lamp"):
        return material
    first, second, third = (_color(limits, rng) for _ in range(3))
    metallic = bool(rng.random() < limits.metallic_chance)
    return replace(
        material,
        base_color=(1.0, 1.0, 1.0) if kind != "none" else first,
        roughness=float(limits.roughness.sample(rng)),
        metallic=1.0 if metallic else 0.0,
        clear_coat=0.0,
        texture=None if kind == "none" else pattern(kind, (first, second, third), rng),
        normal_texture=None,
    )


def _color(limits: SurfaceRange, rng: np.random.Generator) -> Rgb:
    """Draw a linear colour."""
    hue = float(limits.hue_deg.sample(rng)) % 360.0
    saturation, value = float(limits.saturation.sample(rng)), float(limits.brightness.sample(rng))
    angle = np.array([hue, hue - 120.0, hue + 120.0])
    wheel = np.clip(2.0 - np.abs(((angle + 180.0) % 360.0 - 180.0) / 60.0), 0.0, 1.0)
    r, g, b = linear_from_srgb(value * (1.0 - saturation + saturation * wheel)).tolist()
    return r, g, b


def _times(color: Rgb, gain: Rgb) -> Rgb:
    return color[0] * gain[0], color[1] * gain[1], color[2] * gain[2]
