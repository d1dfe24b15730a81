"""Street lamps at night: their colour, their strength and which are out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Uniform, check_support
from simgen.randomize.lenses import aglow, lens_spot, lenses_of, scaled
from simgen.randomize.room_lights import white
from simgen.scene.light import HdriSky, Light
from simgen.scene.scene import Scene
from simgen.streams import Draws

_DUSK_LUX = 400.0
"""Illuminance of level ground under a clear sky with the sun at the horizon."""


@dataclass(frozen=True, kw_only=True)
class StreetLights:
    """Switches the street lamps on in the dark; place it after ``daylight``.

    Each lantern becomes a spot that shines down in a wide cone. All lamps of a street have one colour.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        on_below_deg: elevation of the sun below which they are on; 90 for always.
        colour_temperature_k: 2000 is about sodium, 3000 warm and 4000 neutral LED.
        intensity_cd: of each lantern downwards; 1000 cd give 20 lx below a lamp of 7 m.
        out: share of lamps that are out.
    """

    kind: Literal["street_lights"] = "street_lights"
    name: str = "street_lights"
    every: Literal["scene"] = "scene"
    on_below_deg: float = 2.0
    colour_temperature_k: AnyDistribution = Choice(
        options=(2000.0, 2700.0, 3000.0, 4000.0), weights=(2.0, 1.0, 3.0, 2.0)
    )
    intensity_cd: AnyDistribution = Uniform(low=700.0, high=2200.0)
    out: AnyDistribution = Choice(options=(0.0, 0.1, 0.4), weights=(0.7, 0.2, 0.1))

    def __post_init__(self) -> None:
        check_support("colour_temperature_k", self.colour_temperature_k, 1700.0, 25000.0)
        check_support("intensity_cd", self.intensity_cd, 0.0, 1e6)
        check_support("out", self.out, 0.0, 1.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with its street lamps lit, or as it was by day."""
        on = is_dark(scene, self.on_below_deg)
        draws.note("on", on)
        if not on:
            return scene
        color = white(float(draws.value("colour_temperature_k", self.colour_temperature_k)))
        candela = float(draws.value("intensity_cd", self.intensity_cd))
        out = float(draws.value("out", self.out))
        lights: list[Light] = []
        objects, lit, k = list(scene.objects), 0, 0
        for at, instance in enumerate(scene.objects):
            if instance.category != "street_lamp":
                continue
            k += 1
            lenses = lenses_of(instance, "lamp", (0.0, 0.0, -1.0))
            if not lenses or draws.rng("which", k).random() < out:
                continue
            lit += 1
            # Half of what shines downwards goes to the sides, too: the lantern's glass seen from the street.
            glow = 0.5 * candela / sum(lens.area_m2 for lens in lenses)
            objects[at] = aglow(instance, "lamp", scaled(color, glow))
            for lens in lenses:
                share = scaled(color, candela / len(lenses))
                lights.append(lens_spot(lens, share, 50.0, 84.0, (0.0, 0.0, -1.0)))
        draws.note("which", lit)
        return replace(scene, objects=tuple(objects), lights=(*scene.lights, *lights))


def is_dark(scene: Scene, below_deg: float) -> bool:
    """Return whether the sun stands below ``below_deg``, or there is none.

    Under an image's sky it is dark when level ground gets less light than with the sun at the horizon.
    """
    if isinstance(scene.sky, HdriSky) and scene.sky.level_lux is not None:
        return below_deg >= 90.0 or scene.sky.level_lux < _DUSK_LUX
    return scene.sun is None or scene.sun.elevation_deg < below_deg
