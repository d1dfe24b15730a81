"""Colours as the world has them: car paint by market share, clothes and goods from muted to bright."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, check_support
from simgen.scene.material import Material, Rgb, Soiling, linear_from_srgb, rgb
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

CAR_PAINTS: tuple[tuple[str, float], ...] = (
    ("#e6e6e3", 25.0), ("#17181a", 21.0), ("#66696c", 18.0), ("#b4b7b9", 12.0), ("#1f3b66", 9.0), ("#86191c", 6.0),
    ("#384639", 2.5), ("#655644", 2.0), ("#b9791f", 1.5), ("#cbbb90", 1.5), ("#44759c", 1.5),
)  # fmt: skip
"""sRGB colour and share of new cars in per cent: white, black, grey, silver, blue, red and rarer ones.

Rounded from the paint makers' published colour reports for Europe.
"""


_SOILED: dict[str, Literal["road", "rain"]] = {
    "car": "road", "van": "road", "truck": "road", "bus": "road", "motorcycle": "road", "bicycle": "road",
    "building": "rain", "barrier": "road",
}  # fmt: skip
"""What dirt the categories gather that have some to be seen."""


@dataclass(frozen=True, kw_only=True)
class Paint:
    """Gives objects of some categories another colour where their materials allow it.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        categories: whose colour is drawn.
        palette: ``car`` (market shares), ``clothes`` (mostly muted) or ``any`` (every hue alike).
        chance: share of the objects that are recoloured.
        dirt: how dirty each is, 0 (clean) to 1: duller and rougher all over; mud, spots and dust on vehicles, the
            rain's streaks on buildings.
    """

    kind: Literal["paint"] = "paint"
    name: str = "paint"
    every: Literal["scene", "frame"] = "scene"
    categories: tuple[str, ...] = ("car", "van", "truck", "bus")
    palette: Literal["car", "clothes", "any"] = "car"
    chance: AnyDistribution = Constant(value=0.8)
    dirt: AnyDistribution = Constant(value=0.1)

    def __post_init__(self) -> None:
        if not self.categories:
            raise ValueError("categories must name at least one")
        check_support("chance", self.chance, 0.0, 1.0)
        check_support("dirt", self.dirt, 0.0, 1.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with new colours."""
        chance = float(draws.value("chance", self.chance))
        objects: list[Instance] = []
        k = 0
        for instance in scene.objects:
            tintable = any(m.tintable for m in instance.surface)
            kind = _SOILED.get(instance.category)
            if instance.category not in self.categories or not (tintable or kind):
                objects.append(instance)
                continue
            dirt = float(draws.value("dirt", self.dirt, k))
            surface = instance.surface
            if tintable:
                rng = draws.rng("color", k)
                if rng.random() < chance:
                    surface = self._painted(surface, rng, draws.rng("nir_reflectance", k), dirt)
                    first = next(m for m in surface if m.tintable)
                    draws.note("color", _hex(first.base_color), k)
                else:
                    draws.note("color", "own", k)
            if kind is not None and dirt > 0.0:
                surface = tuple(_soiled(m, kind, dirt) for m in surface)
            objects.append(instance if surface is instance.surface else replace(instance, materials=surface))
            k += 1
        return replace(scene, objects=tuple(objects))

    def _painted(
        self, surface: tuple[Material, ...], rng: np.random.Generator, nir_rng: np.random.Generator, dirt: float
    ) -> tuple[Material, ...]:
        """Return an object's materials in new colours; all car paint of one object is of one colour."""
        draw = {"car": _car_color, "clothes": _clothes_color, "any": _any_color}[self.palette]
        body: Rgb | None = None
        painted: list[Material] = []
        for material in surface:
            if not material.tintable:
                painted.append(material)
                continue
            if material.substance == "car_paint":
                body = color = body or draw(rng)
            else:
                color = draw(rng)
            painted.append(_coated(material, color, dirt, nir_rng))
        return tuple(painted)


def _soiled(material: Material, kind: Literal["road", "rain"], dirt: float) -> Material:
    """Return a material under mud, dust or streaks; glass is wiped, and lamps shine through."""
    if material.substance in ("glass", "lamp"):
        return material
    return replace(material, soiling=Soiling(kind=kind, amount=dirt))


def _coated(material: Material, color: Rgb, dirt: float, nir_rng: np.random.Generator) -> Material:
    """Return a material in another colour, under an even layer of dust."""
    nir = material.nir_reflectance
    if material.substance == "car_paint":
        # It goes with the paint: carbon black takes nearly all, titanium white little.
        nir = 0.04 + 0.71 * max(color) ** 0.8
    elif material.substance == "cloth":
        # Denim and cotton 0.4 to 0.7, nearly whatever the dye.
        nir = nir_rng.uniform(0.4, 0.7)
    dust = np.array([0.24, 0.21, 0.17])
    mixed = np.asarray(color) * (1.0 - 0.5 * dirt) + dust * 0.5 * dirt
    return replace(
        material,
        base_color=(float(mixed[0]), float(mixed[1]), float(mixed[2])),
        roughness=float(min(1.0, material.roughness + 0.4 * dirt)),
        clear_coat=material.clear_coat * (1.0 - 0.8 * dirt),
        nir_reflectance=float(nir),
    )


def _car_color(rng: np.random.Generator) -> Rgb:
    shares = np.array([share for _, share in CAR_PAINTS])
    base = np.array(rgb(CAR_PAINTS[int(rng.choice(len(CAR_PAINTS), p=shares / shares.sum()))][0]))
    varied = np.clip(base * np.exp(rng.normal(0.0, 0.06, 3) + rng.normal(0.0, 0.15)), 0.004, 0.92)
    return float(varied[0]), float(varied[1]), float(varied[2])


def _clothes_color(rng: np.random.Generator) -> Rgb:
    saturation = float(np.clip(rng.beta(1.2, 3.0), 0.0, 0.85))
    return _from_hsv(float(rng.uniform(0, 360)), saturation, float(np.clip(rng.beta(1.6, 1.9), 0.06, 0.95)))


def _any_color(rng: np.random.Generator) -> Rgb:
    return _from_hsv(float(rng.uniform(0, 360)), float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.25, 0.95)))


def _from_hsv(hue_deg: float, saturation: float, value: float) -> Rgb:
    """Return linear RGB of a colour given as HSV of its sRGB code."""
    coded = cv2.cvtColor(np.array([[[hue_deg, saturation, value]]], dtype=np.float32), cv2.COLOR_HSV2RGB)[0, 0]
    r, g, b = linear_from_srgb(np.clip(coded, 0.0, 1.0))
    return float(r), float(g), float(b)


def _hex(color: Rgb) -> str:
    """Return linear RGB as an ``#rrggbb`` sRGB string."""
    c = np.asarray(color)
    coded = np.where(c <= 0.0031308, 12.92 * c, 1.055 * np.maximum(c, 1e-9) ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in np.clip(coded, 0, 1))
