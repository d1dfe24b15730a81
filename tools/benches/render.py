"""Camera: our presets on a drawn town street, against bare ray casts and the peers that are installed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import open3d as o3d
import peers
from clock import best, best_of_each

from simgen.generator import Generator
from simgen.recipe import load_recipe
from simgen.render.camera import render_view
from simgen.render.noise import sensor_key
from simgen.render.settings import RenderSettings
from simgen.rig import CameraMount
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer, packed_rays, ray_scene

REPEATS = 4
SIZES = {"640x480": (640, 480), "1280x720": (1280, 720)}
STEPS = {
    "plain": RenderSettings(preset="fast"),
    "ambient": RenderSettings(preset="fast", ambient_rays=2),
    "reflections": RenderSettings(preset="fast", ambient_rays=2, reflections=True),
    "glass": RenderSettings(preset="fast", ambient_rays=2, reflections=True, see_through_glass=True),
    "edges": RenderSettings(),
}
"""From ``fast`` to ``standard``, one part after the other."""


def figures() -> dict[str, float | None]:
    """Return frames/s of each preset, milliseconds by part, and ratios to bare casts and to peers."""
    scene = street()
    tracer = Tracer(scene.objects)
    found: dict[str, float | None] = {
        "cores": len(os.sched_getaffinity(0)),
        "triangles": len(tracer.geometry.faces),
        "instances": len(scene.objects),
        "build_tracer_ms": 1e3 * best(lambda: Tracer(scene.objects), REPEATS),
    }
    for name, (width, height) in SIZES.items():
        mount = CameraMount(width_px=width, height_px=height, horizontal_fov_deg=60.0, position_m=(0.27, 0.0, 1.65))
        found |= of_camera(scene, mount.build(), tracer, name)
    camera = CameraMount(width_px=640, height_px=480, horizontal_fov_deg=60.0, position_m=(0.27, 0.0, 1.65)).build()
    spent_s = {name: peer(scene, camera) for name, peer in peers.PEERS.items()}
    for name, seconds in spent_s.items():
        found[f"{name}_640x480_fps"] = None if seconds is None else 1.0 / seconds
    found |= {
        "fast_over_raw_rays": found["fast_640x480_over_raw_rays"],
        "standard_vs_cycles16": _times(found["standard_640x480_fps"], spent_s["cycles16"]),
        "standard_vs_mitsuba16": _times(found["standard_640x480_fps"], spent_s["mitsuba16"]),
        "fast_vs_tinyrenderer": _times(found["fast_640x480_fps"], spent_s["tinyrenderer"]),
        "fast_vs_pyrender": _times(found["fast_640x480_fps"], spent_s["pyrender"]),
    }
    return found


def street() -> Scene:
    """Return the first frame's scene of the recipe ``street``, with models of the families only."""
    return Generator(load_recipe("street", seed=7, assets=["families"])).frame(0).scene


def of_camera(scene: Scene, camera: Camera, tracer: Tracer, size: str) -> dict[str, float | None]:
    """Return the figures of one camera; all are timed in turns."""
    rays = camera.rays(scene.world_from_rig @ camera.rig_from_camera)
    packed = o3d.core.Tensor.from_numpy(packed_rays(rays.origin, rays.direction))
    bare = ray_scene(tracer.geometry.vertices, tracer.geometry.faces)
    key = sensor_key(0, 0, camera.name)
    view = partial(render_view, scene, camera, tracer, key)
    works: dict[str, Callable[[], object]] = {
        "raw_rays": lambda: bare.cast_rays(packed),
        "trace": lambda: tracer.closest_hit(rays),
        **{name: partial(view, each) for name, each in STEPS.items()},
        "fine": partial(view, RenderSettings(preset="fine")),
    }
    for work in works.values():
        work()  # compiles
    spent_s = best_of_each(works, REPEATS)
    presets = {"fast": "plain", "standard": "edges", "fine": "fine"}
    names = list(STEPS)
    found: dict[str, float | None] = {
        f"{size}_raw_rays_ms": 1e3 * spent_s["raw_rays"],
        f"{size}_trace_ms": 1e3 * spent_s["trace"],
        f"{size}_plain_ms": 1e3 * spent_s["plain"],
    }
    for before, now in pairwise(names):
        found[f"{size}_{now}_ms"] = 1e3 * (spent_s[now] - spent_s[before])
    for preset, step in presets.items():
        found[f"{preset}_{size}_fps"] = 1.0 / spent_s[step]
        found[f"{preset}_{size}_over_raw_rays"] = spent_s[step] / spent_s["raw_rays"]
    return found


def _times(ours_fps: float | None, theirs_s: float | None) -> float | None:
    return None if ours_fps is None or theirs_s is None else ours_fps * theirs_s
