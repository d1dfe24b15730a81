"""The driver's view of every outdoor place, each of its own recipe, with its name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.distributions import Constant
from simgen.frame import View
from simgen.generator import Generator
from simgen.quality.ink import write_over
from simgen.randomize.daylight import Daylight
from simgen.recipe import load_recipe
from simgen.rig import CameraMount

_SIZE_PX = (466, 262)
_COLUMNS = 3
_SCENES = {
    "street": 3, "junction": 5, "rural": 2, "curved_road": 0, "hill": 3, "roundabout": 5, "highway": 2,
    "parking_lot": 0,
}  # fmt: skip
"""Recipe, and the seed of its one scene."""
_ROADS = {"roundabout": "entry", "highway": "main_1"}
"""Where the rig drives, so that what makes the place is in view."""


def places_sheet() -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: rows of pictures."""
    pictures = [_picture(name, seed) for name, seed in _SCENES.items()]
    blank = np.full_like(pictures[0], 255)
    while len(pictures) % _COLUMNS:
        pictures.append(blank)
    rows = [np.hstack(pictures[k : k + _COLUMNS]) for k in range(0, len(pictures), _COLUMNS)]
    return np.vstack(rows)


def _picture(name: str, seed: int) -> np.ndarray:
    width, height = _SIZE_PX
    camera = CameraMount(
        name="front", width_px=width, height_px=height, horizontal_fov_deg=75.0, position_m=(0.27, 0.0, 1.65)
    )
    recipe = load_recipe(name, seed=seed)
    light = Daylight(elevation_deg=Constant(value=32.0), azimuth_deg=Constant(value=120.0))
    # Cats come with a pack, not with the families.
    drawn = (r for r in recipe.randomizers if r.name != "animals")
    randomizers = tuple(
        light
        if r.kind == "daylight"
        else replace(r, road=_ROADS.get(name, r.road), view_ahead_m=25.0 if name == "roundabout" else r.view_ahead_m)
        if r.kind == "ego"
        else r
        for r in drawn
    )
    recipe = replace(
        recipe, assets=("families",), frames=1, frames_per_scene=1, sequence=None, sensors=(camera,), rig=None,
        randomizers=randomizers,
    )  # fmt: skip
    seen = next(o for o in Generator(recipe).frame(0).observations if isinstance(o, View))
    image = np.ascontiguousarray(seen.rgb)
    write_over(image, name, (8, height - 10), size=17)
    return image
