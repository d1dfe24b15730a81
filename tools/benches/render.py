"""Camera: a drawn town street at two picture sizes against bare ray casts, and what each part of the picture costs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import open3d as o3d
from clock import best, best_of_each

from simgen.pipeline import Generator
from simgen.recipe import load_recipe
from simgen.render.camera import render_view
from simgen.render.noise import sensor_key
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer, ray_scene

REPEATS = 5
PLAIN = RenderSettings(edge_samples=0, ambient_rays=0, reflections=False, see_through_glass=False)
"""Primary rays, surfaces, sun and shadows alone; each part below is what comes on top of those before it."""
PARTS = {
    "ambient": RenderSettings(edge_samples=0, reflections=False, see_through_glass=False),
    "reflections": RenderSettings(edge_samples=0, see_through_glass=False),
    "glass": RenderSettings(edge_samples=0),
    "edges": RenderSettings(),
}
SIZES = {"640x480": (640, 480, 60.0), "1242x375": (1242, 375, 81.4)}
"""Width, height and horizontal field of view, degrees."""


def figures() -> dict[str, float]:
    """Return milliseconds by part, frames a second and the ratio to bare casts; the best of a few repeats each."""
    scene = street()
    tracer = Tracer(scene.objects)
    found: dict[str, float] = {
        "cores": os.cpu_count() or 1,
        "triangles": len(tracer.geometry.faces),
        "instances": len(scene.objects),
        "build_tracer_ms": 1e3 * best(lambda: Tracer(scene.objects), REPEATS),
    }
    for name, (width, height, fov_deg) in SIZES.items():
        mount = CameraMount(width_px=width, height_px=height, horizontal_fov_deg=fov_deg, position_m=(0.27, 0.0, 1.65))
        found |= {f"{name}_{figure}": value for figure, value in of_camera(scene, mount.build(), tracer).items()}
    return found


def street() -> Scene:
    """Return the first frame's scene of the recipe ``street``, with models of the families only."""
    return Generator(load_recipe("street", seed=7, assets=["families"])).frame(0).scene


def of_camera(scene: Scene, camera: Camera, tracer: Tracer) -> dict[str, float]:
    """Return the figures of one camera."""
    rays = camera.rays(scene.world_from_rig @ camera.rig_from_camera)
    packed = o3d.core.Tensor.from_numpy(np.concatenate([rays.origin, rays.direction], axis=1).astype(np.float32))
    bare = ray_scene(tracer.geometry.vertices, tracer.geometry.faces)
    settings = {"plain": PLAIN, **PARTS}
    key = sensor_key(0, 0, camera.name)
    works: dict[str, Callable[[], object]] = {
        "raw_rays": lambda: bare.cast_rays(packed),
        "trace": lambda: tracer.closest_hit(rays),
        **{name: partial(render_view, scene, camera, tracer, key, each) for name, each in settings.items()},
    }
    for work in works.values():
        work()  # compiles
    spent_s = best_of_each(works, REPEATS)
    names = list(settings)
    frame_s = spent_s[names[-1]]
    return {
        "raw_rays_ms": 1e3 * spent_s["raw_rays"],
        "trace_ms": 1e3 * spent_s["trace"],
        "plain_ms": 1e3 * spent_s["plain"],
        **{f"{now}_ms": 1e3 * (spent_s[now] - spent_s[before]) for before, now in pairwise(names)},
        "frame_ms": 1e3 * frame_s,
        "frames_per_s": 1.0 / frame_s,
        "plain_over_raw_rays": spent_s["plain"] / spent_s["raw_rays"],
        "standard_over_raw_rays": frame_s / spent_s["raw_rays"],
    }
