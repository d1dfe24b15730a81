"""Camera: a drawn town street at two picture sizes against bare ray casts, and what each part of the picture costs."""

from __future__ import annotations

import os

import numpy as np
import open3d as o3d
from clock import best

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
    rays = camera.rays(camera.pixel_centres(), scene.world_from_rig @ camera.rig_from_camera)
    packed = o3d.core.Tensor.from_numpy(np.concatenate([rays.origin, rays.direction], axis=1).astype(np.float32))
    bare = ray_scene(tracer.geometry.vertices, tracer.geometry.faces)
    raw_s = best(lambda: bare.cast_rays(packed), REPEATS)
    found = {
        "raw_rays_ms": 1e3 * raw_s,
        "trace_ms": 1e3 * best(lambda: tracer.closest_hit(rays), REPEATS),
    }
    before_s = plain_s = render_s(scene, camera, tracer, PLAIN)
    found["plain_ms"] = 1e3 * plain_s
    for part, settings in PARTS.items():
        now_s = render_s(scene, camera, tracer, settings)
        found[f"{part}_ms"] = 1e3 * (now_s - before_s)
        before_s = now_s
    return found | {
        "frame_ms": 1e3 * before_s,
        "frames_per_s": 1.0 / before_s,
        "plain_over_raw_rays": plain_s / raw_s,
        "standard_over_raw_rays": before_s / raw_s,
    }


def render_s(scene: Scene, camera: Camera, tracer: Tracer, settings: RenderSettings) -> float:
    """Return the seconds one picture takes, once everything is compiled."""
    key = sensor_key(0, 0, camera.name)
    render_view(scene, camera, tracer, key, settings)
    return best(lambda: render_view(scene, camera, tracer, key, settings), REPEATS)
