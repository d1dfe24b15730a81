"""The randomizer ``remove``: takes objects out of a scene that is drawn, and leaves all others where they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.errors import PlacementError
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Remove:
    """Takes objects out; place it last, so that nothing takes the room they leave.

    Attributes:
        name: prefix of its factors.
        every: ``frame``, after physics, or ``scene``, before it.
        objects: names of objects, as ``objects`` of the truth tells them, such as ``traffic_3``.
        categories: all objects of these.
    """

    kind: Literal["remove"] = "remove"
    name: str = "remove"
    every: Literal["scene", "frame"] = "frame"
    objects: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.objects and not self.categories:
            raise ValueError("name at least one of objects or categories")

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene without them.

        Raises:
            PlacementError: none of them is there.
        """
        gone = [o for o in scene.objects if o.name in self.objects or o.category in self.categories]
        draws.note("removed", len(gone))
        if not gone and self.objects:
            raise PlacementError(f"{self.name}: the scene has none of {', '.join(self.objects)}")
        return replace(scene, objects=tuple(o for o in scene.objects if o not in gone))
