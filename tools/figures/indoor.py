"""A picture of every indoor place, each of its own recipe, with its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.frame import View
from simgen.generator import Generator
from simgen.places.shelves import Shelves
from simgen.quality.ink import write_over
from simgen.recipe import Recipe, load_recipe

_SIZE_PX = (466, 350)
_COLUMNS = 3
_SOURCES = ("families",)
_SCENES: tuple[tuple[str, int, str | None], ...] = (
    ("living_room", 18, None),
    ("office", 18, None),
    ("kitchen", 3, None),
    ("conveyor", 2, None),
    ("tote", 4, None),
    ("pallet", 9, None),
    ("shelves", 5, "shop"),
    ("shelves", 7, "warehouse"),
    ("bin", 4, None),
)
"""Recipe, the seed of its one scene, and the style of its shelves."""


def indoor_sheet() -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: rows of pictures."""
    pictures = [_picture(*scene) for scene in _SCENES]
    rows = [np.hstack(pictures[k : k + _COLUMNS]) for k in range(0, len(pictures), _COLUMNS)]
    return np.vstack(rows)


def _picture(name: str, seed: int, style: str | None) -> np.ndarray:
    recipe = of_families(load_recipe(name, seed=seed))
    width, height = _SIZE_PX
    sensor = replace(recipe.sensors[0], width_px=width, height_px=height)
    recipe = replace(recipe, frames=1, frames_per_scene=1, sensors=(sensor,))
    place = None if style is None else Shelves(style=Constant(value=style))
    seen = next(o for o in Generator(recipe, place=place).frame(0).observations if isinstance(o, View))
    image = np.ascontiguousarray(seen.rgb)
    said = name if style is None else f"{name}, {style}"
    write_over(image, said, (8, height - 10), size=17)
    return image


def of_families(recipe: Recipe) -> Recipe:
    """Return a recipe that drops what the families have, so that no pack is asked for."""
    library = Library(_SOURCES)

    def held(randomizer: Any) -> Any:
        """Return a randomizer with the categories that the families have, or None where they have none of them."""
        if randomizer.kind != "drop":
            return randomizer
        for tags in (randomizer.tags, (*randomizer.tags, "posed")):
            kept = {c: w for c, w in randomizer.categories.items() if library.names(c, tags=tags)}
            if kept:
                return replace(randomizer, categories=kept, tags=tags)
        return None

    found = [held(r) for r in recipe.randomizers]
    return replace(recipe, assets=_SOURCES, randomizers=tuple(r for r in found if r is not None))
