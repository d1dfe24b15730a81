"""What several tests share: a cache of the run's own, and data sets that are made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from simgen.pipeline import generate
from simgen.recipe import Recipe, load_recipe
from simgen.render.settings import RenderSettings
from simgen.resources import cache_dir
from simgen.rig import CameraMount, LidarMount
from simgen.run.store import Dataset

QUICK = RenderSettings(edge_samples=1, ambient_rays=1)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory) -> Iterator[Path]:
    """The run's own cache, so that nothing kept by another version is tested and nobody's cache is written to.

    Installed packs are looked at where they are; what is computed is kept for as long as the run lasts.
    """
    cache, packs = tmp_path_factory.mktemp("cache"), cache_dir() / "packs"
    if packs.is_dir():
        (cache / "packs").symlink_to(packs.resolve(), target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMGEN_CACHE", str(cache))
        yield cache


def tiny_table(**changes) -> Recipe:
    """Return the quickstart recipe with small pictures and a LiDAR, 4 frames of 2 scenes."""
    sensors = (
        CameraMount(name="camera", width_px=96, height_px=72, horizontal_fov_deg=60.0, depth_unit_m=1e-4),
        LidarMount(name="top", model="VLP-16"),
    )
    recipe = replace(load_recipe("quickstart"), frames=4, frames_per_scene=2, sensors=sensors, render=QUICK)
    return replace(recipe, **changes)


@pytest.fixture(scope="session")
def table_recipe() -> Recipe:
    """The recipe of `table_data`."""
    return tiny_table()


@pytest.fixture(scope="session")
def table_data(tmp_path_factory, table_recipe) -> Dataset:
    """A finished data set of tables, made by one process."""
    return generate(table_recipe, tmp_path_factory.mktemp("table") / "data", workers=1)


def files_in(root: Path) -> dict[str, bytes]:
    """Return every file below a folder, by its path."""
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
