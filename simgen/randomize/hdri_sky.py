"""Skies from photographs over the scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.assets.skies import SkyInfo, find_sky, skies_with
from simgen.distributions import AnyDistribution, Choice, Constant, LogUniform, Uniform, check_support
from simgen.errors import AssetError, RecipeError
from simgen.scene.light import AreaLight, HdriSky, Moon
from simgen.scene.light import Sun as SunLight
from simgen.scene.scene import Scene
from simgen.streams import Draws

_ROOM = ("wall", "ceiling", "window", "picture")
"""Categories of what is between a room and the world around it."""


@dataclass(frozen=True, kw_only=True)
class HdriSkyDraw:
    """Draws a photographed sky, which way it is turned, and how much light it gives.

    It takes the place of sky, sun and moon; lamps stay. The sun in the image casts shadows of its own, and lamps that
    are lit in the dark are lit under less than 400 lux. Photographs tell no unit, so they are scaled. Walls and a
    ceiling hide the sky from a room: ``room: open`` takes them away.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        image: one of the pack ``hdri``, such as ``hdri/park`` (``simgen assets skies`` lists them), or the path of your
            own ``.hdr`` or ``.exr`` panorama; null draws evenly among those of the pack with all of ``tags``.
        tags: ``outdoor`` or ``indoor``; ``open`` (nothing near above the horizon); ``day``, ``twilight``, ``night``;
            ``sun`` (casts sharp shadows), ``overcast``.
        rotation_deg: turns it about the upright axis, counter-clockwise; at 0 its middle column is towards +x.
        level_lux: illuminance of level ground by sun and sky; null draws, evenly in the logarithm, from what the pack
            says of the sky. Your own image needs it.
        room: ``open`` takes away walls, ceiling, windows with the light they let in, and pictures, so that what is in a
            room stands in the image's light, for which ``tags: [indoor]`` is made; then ``every`` must be ``scene``.
    """

    kind: Literal["hdri_sky"] = "hdri_sky"
    name: str = "hdri_sky"
    every: Literal["scene", "frame"] = "scene"
    image: AnyDistribution | None = None
    tags: tuple[str, ...] = ("open", "day")
    rotation_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    level_lux: AnyDistribution | None = None
    room: Literal["keep", "open"] = "keep"

    def __post_init__(self) -> None:
        if self.room == "open" and self.every == "frame":
            raise ValueError("room: open needs every: scene, for a room cannot come and go")
        check_support("rotation_deg", self.rotation_deg, -360.0, 720.0)
        if self.level_lux is not None:
            check_support("level_lux", self.level_lux, 1e-5, 2e5)
        if not all(isinstance(name, str) for name in self._named()):
            raise ValueError("image must be a name, a path, or a choice of such")

    def _named(self) -> tuple[object, ...]:
        """Return what ``image`` can give; a number stands for a distribution of numbers."""
        match self.image:
            case None:
                return ()
            case Choice(options=options):
                return options
            case Constant(value=value):
                return (value,)
            case _:
                return (0,)

    def skies(self) -> dict[str, SkyInfo]:
        """Return all skies that it may draw, by name.

        Raises:
            AssetError: one is not there, the pack is not installed, or nothing says how much light an image gives.
        """
        names = skies_with(self.tags) if self.image is None else tuple(str(name) for name in self._named())
        skies = {name: find_sky(name) for name in names}
        for sky in skies.values():
            self._lux_of(sky)
        return skies

    def _lux_of(self, sky: SkyInfo) -> AnyDistribution:
        """Return what the illuminance is drawn from."""
        if self.level_lux is not None:
            return self.level_lux
        if sky.level_lux is None:
            raise AssetError(
                f"randomizer {self.name!r}: {sky.name}: level_lux must be given for an image of your own, such as "
                "20000 for daylight or 500 for a room"
            )
        return LogUniform(low=sky.level_lux[0], high=sky.level_lux[1])

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene under that sky.

        Raises:
            AssetError: as `skies`.
            RecipeError: there is no room to open.
        """
        if self.room == "open":
            scene = _opened(scene, self.name)
        skies = self.skies()
        sky = skies[str(draws.value("image", self.image or Choice(options=tuple(skies))))]
        rotation = float(draws.value("rotation_deg", self.rotation_deg))
        lux = float(draws.value("level_lux", self._lux_of(sky)))
        lights = tuple(light for light in scene.lights if not isinstance(light, SunLight | Moon))
        photograph = HdriSky(
            image=sky.image,
            rotation_deg=rotation,
            level_lux=lux,
            name=sky.name,
            credit=sky.credit,
            digest=sky.digest,
        )
        return replace(scene, lights=lights, sky=photograph)


def _opened(scene: Scene, name: str) -> Scene:
    """Return the scene without what closes a room in, and without the light of its windows."""
    left = tuple(o for o in scene.objects if o.category not in _ROOM)
    if len(left) == len(scene.objects):
        raise RecipeError(f"randomizer {name!r}: room: open, but there are no walls in the scene; leave it out")
    lights = tuple(light for light in scene.lights if not isinstance(light, AreaLight))
    return replace(scene, objects=left, lights=lights)
