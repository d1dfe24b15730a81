"""The randomizer ``materials``: draws colour, roughness and metalness of objects' surfaces."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, check_support
from simgen.scene.material import Material, Rgb, linear_from_srgb
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Materials:
    """Gives objects of some categories new surfaces, as light industrial parts and domain randomization need them.

    Glass and lamps stay as they are.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        categories: whose surfaces change.
        which: ``tintable`` materials only, or ``all``.
        together: whether all objects of a draw get the same surface, as parts of one batch do.
        textures: ``keep`` tints what is there, ``drop`` leaves plain colour.
        chance: share of the objects that change.
        hue_deg, saturation, brightness: colour, as HSV of sRGB; saturation and brightness in 0 to 1.
        roughness: 0 to 1.
        metallic_chance: share of the surfaces that become bare metal.
    """

    kind: Literal["materials"] = "materials"
    name: str = "materials"
    every: Literal["scene", "frame"] = "scene"
    categories: tuple[str, ...] = ("part", "distractor")
    which: Literal["tintable", "all"] = "tintable"
    together: bool = False
    textures: Literal["keep", "drop"] = "keep"
    chance: AnyDistribution = Constant(value=1.0)
    hue_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    saturation: AnyDistribution = Uniform(low=0.0, high=0.9)
    brightness: AnyDistribution = Uniform(low=0.15, high=0.95)
    roughness: AnyDistribution = Uniform(low=0.15, high=0.9)
    metallic_chance: float = 0.2

    def __post_init__(self) -> None:
        if not self.categories:
            raise ValueError("categories must name at least one")
        check_support("hue_deg", self.hue_deg, -360.0, 360.0)
        for key in ("chance", "saturation", "brightness", "roughness"):
            check_support(key, getattr(self, key), 0.0, 1.0)
        if not 0.0 <= self.metallic_chance <= 1.0:
            raise ValueError(f"metallic_chance must lie in 0 to 1, got {self.metallic_chance}")

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with the new surfaces."""
        chance = float(draws.value("chance", self.chance))
        objects: list[Instance] = []
        k = 0
        for instance in scene.objects:
            if instance.category not in self.categories:
                objects.append(instance)
                continue
            changed = float(draws.rng("changed", k).random()) < chance
            draws.note("changed", changed, k)
            objects.append(self._changed(instance, draws, 0 if self.together else k) if changed else instance)
            k += 1
        return replace(scene, objects=tuple(objects))

    def _changed(self, instance: Instance, draws: Draws, item: int) -> Instance:
        color, roughness, metallic = draw_surface(draws, self, item)
        return replace(
            instance, materials=tuple(self._surface(m, color, roughness, metallic) for m in instance.surface)
        )

    def _surface(self, material: Material, color: Rgb, roughness: float, metallic: bool) -> Material:
        fixed = material.substance in ("glass", "lamp") or (self.which == "tintable" and not material.tintable)
        if fixed:
            return material
        return replace(
            material,
            base_color=color,
            roughness=roughness,
            metallic=1.0 if metallic else 0.0,
            texture=None if self.textures == "drop" else material.texture,
        )


def draw_surface(draws: Draws, materials: Materials, item: int) -> tuple[Rgb, float, bool]:
    """Draw a base colour, a roughness and whether it is bare metal: bright and hardly coloured then."""
    hue = float(draws.value("hue_deg", materials.hue_deg, item)) % 360.0
    saturation = float(draws.value("saturation", materials.saturation, item))
    brightness = float(draws.value("brightness", materials.brightness, item))
    roughness = float(draws.value("roughness", materials.roughness, item))
    metallic = float(draws.rng("metallic", item).random()) < materials.metallic_chance
    draws.note("metallic", metallic, item)
    if metallic:
        saturation, brightness = saturation * 0.25, 0.6 + 0.35 * brightness
    r, g, b = linear_from_srgb(np.array(colorsys.hsv_to_rgb(hue / 360.0, saturation, brightness)))
    return (float(r), float(g), float(b)), roughness, metallic
