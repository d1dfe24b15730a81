"""Whole frames of a table and of a street, models of the families only: where their time and bytes go."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import open3d as o3d
from clock import best, counted

from simgen.annotate.objects import annotate
from simgen.frame import Frame, Observation
from simgen.generator import Generator
from simgen.recipe import Recipe, load_recipe
from simgen.render.camera import render_view
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.run.frame_files import write_frame
from simgen.run.store import files_of
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.streams import Draws
from simgen.trace.tracer import Tracer, ray_scene

TABLE_CAMERA = {"kind": "camera", "width_px": 640, "height_px": 480, "horizontal_fov_deg": 55, "depth_unit_m": 0.0001}
"""That of the recipe tabletop; its models are more than the families hold, so those of quickstart are dropped."""
SCENES = 2
STAGES = ("draw_scene", "draw_frame", "build_tracer", "render", "scan", "annotate", "write")


def figures() -> dict[str, float]:
    """Return milliseconds a frame by stage, frames a second of one process on all cores, and megabytes a frame."""
    found: dict[str, float] = {"cores": os.cpu_count() or 1}
    recipes = {
        "tabletop": load_recipe("quickstart", seed=7, sensors=[TABLE_CAMERA]),
        "street": load_recipe("street", seed=7, assets=["families"]),
    }
    for name, recipe in recipes.items():
        found |= {f"{name}_{figure}": value for figure, value in of_recipe(recipe).items()}
    return found


def of_recipe(recipe: Recipe) -> dict[str, float]:
    """Return the figures of a few scenes; one more, before them, compiles and loads what all share."""
    generator = Generator(recipe)
    generator.frame(0)
    sums_s: dict[str, float] = dict.fromkeys(STAGES, 0.0)
    sizes: list[int] = []
    raw_s: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for scene_index in range(1, SCENES + 1):
            make_scene(generator, scene_index, Path(folder), sums_s, sizes, raw_s)
    frames = len(sizes)
    total_s = sum(sums_s.values()) / frames
    return {
        "frames_measured": frames,
        "frames_per_scene": recipe.frames_per_scene,
        **{f"{stage}_ms_per_frame": 1e3 * spent / frames for stage, spent in sums_s.items()},
        "total_ms_per_frame": 1e3 * total_s,
        "frames_per_s": 1.0 / total_s,
        "mb_per_frame": sum(sizes) / frames / 1e6,
        "raw_rays_ms_per_frame": 1e3 * sum(raw_s) / frames,
        "total_over_raw_rays": total_s * frames / sum(raw_s),
    }


def make_scene(
    generator: Generator, scene_index: int, root: Path, sums_s: dict[str, float], sizes: list[int], raw_s: list[float]
) -> None:
    """Make and write one scene's frames as `Generator` does, adding to the sums and lists."""
    recipe = generator.recipe
    with counted(sums_s, "draw_scene"):
        base, _ = generator.draw_scene(scene_index)
    tracer: Tracer | None = None
    traced: Scene | None = None
    first = scene_index * recipe.frames_per_scene
    for index in range(first, first + recipe.frames_per_scene):
        scene = base
        with counted(sums_s, "draw_frame"):
            for randomizer in recipe.randomizers:
                if randomizer.every == "frame":
                    scene = randomizer(scene, Draws(recipe.seed, randomizer.name, index), generator.library)
        if tracer is None or traced is None or scene.objects is not traced.objects:
            with counted(sums_s, "build_tracer"):
                tracer, traced = Tracer(scene.objects), scene
        observations = observe(recipe, scene, index, tracer, sums_s)
        with counted(sums_s, "annotate"):
            objects, annotations = annotate(scene, observations)
        frame = Frame(
            index=index,
            scene_index=scene_index,
            split=recipe.splits.of(scene_index),
            scene=scene,
            observations=observations,
            objects=objects,
            annotations=annotations,
            factors={},
        )
        with counted(sums_s, "write"):
            record = write_frame(root, frame, recipe.storage)
        sizes.append(sum(file.bytes for file in files_of(record)))
        raw_s.append(cast_s(scene, tracer))


def observe(
    recipe: Recipe, scene: Scene, index: int, tracer: Tracer, sums_s: dict[str, float]
) -> tuple[Observation, ...]:
    """Return what the sensors see."""
    seen: list[Observation] = []
    for sensor in scene.sensors:
        key = sensor_key(recipe.seed, index, sensor.name)
        if isinstance(sensor, Camera):
            with counted(sums_s, "render"):
                seen.append(render_view(scene, sensor, tracer, key, recipe.render))
        else:
            with counted(sums_s, "scan"):
                seen.append(scan(scene, sensor, tracer, key))
    return tuple(seen)


def cast_s(scene: Scene, tracer: Tracer) -> float:
    """Return the seconds of the bare casts of all the sensors' rays, one a pixel and one a beam."""
    bare = ray_scene(tracer.geometry.vertices, tracer.geometry.faces)
    spent_s = 0.0
    for sensor in scene.sensors:
        if isinstance(sensor, Camera):
            rays = sensor.rays(scene.world_from_rig @ sensor.rig_from_camera)
        else:
            rays = sensor.rays(scene.world_from_rig @ sensor.rig_from_lidar)
        packed = o3d.core.Tensor.from_numpy(np.concatenate([rays.origin, rays.direction], axis=1).astype(np.float32))
        spent_s += best(lambda packed=packed: bare.cast_rays(packed), 2)
    return spent_s
