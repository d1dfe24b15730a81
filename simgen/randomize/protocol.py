"""What every randomizer is."""

from __future__ import annotations

from typing import Literal, Protocol

from simgen.assets.library import Library
from simgen.scene.scene import Scene
from simgen.streams import Draws


class Randomizer(Protocol):
    """Changes one thing about a scene; its fields are its configuration.

    ``every`` tells how often it is called: once per scene, or for each frame of the scene anew. Whatever it draws,
    it draws through ``draws``, which records it.
    """

    @property
    def name(self) -> str:
        """Prefix of its factors, unique in a recipe."""
        ...

    @property
    def every(self) -> Literal["scene", "frame"]:
        """How often it is called."""
        ...

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the changed scene."""
        ...
