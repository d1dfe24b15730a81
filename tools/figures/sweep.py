"""One HDL-64E sweep of a street after rain, seven rays to a beam, by every field of its points."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from simgen.distributions import Constant
from simgen.pipeline import generate
from simgen.quality.sweep_sheet import sweep_sheet
from simgen.randomize.weather import WeatherDraw
from simgen.recipe import load_recipe
from simgen.rig import LidarMount

_SEED = 3


def street_sweep() -> np.ndarray:
    """Return (H, W, 3) uint8 RGB."""
    recipe = load_recipe("street", seed=_SEED)
    weather = WeatherDraw(rain_mm_per_h=Constant(value=0.2), wetness=Constant(value=0.7), puddles=Constant(value=0.15))
    mount = next(mount for mount in recipe.sensors if isinstance(mount, LidarMount))
    recipe = replace(
        recipe, assets=("families",), frames=1, frames_per_scene=1, export=(),
        sensors=(replace(mount, sub_rays=7, return_mode="dual"),),
        randomizers=(*(r for r in recipe.randomizers if r.kind != "weather"), weather),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        generate(recipe, Path(folder) / "sweep", workers=1)
        return sweep_sheet(Path(folder) / "sweep", width_px=1200)
