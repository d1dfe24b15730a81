"""Seconds that other renderers take for a picture of our scene; None where one is not installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import trimesh
from clock import best

from simgen.scene.camera import Camera
from simgen.scene.material import Material
from simgen.scene.scene import Scene

REPEATS = 3
SAMPLES = 16


def exported(scene: Scene) -> trimesh.Scene:
    """Return a scene for trimesh's writers and pyrender: one mesh per material of each object, textures included."""
    out = trimesh.Scene()
    for instance in scene.objects:
        mesh, vertices = instance.asset.mesh, instance.world_vertices()
        for slot, material in enumerate(instance.surface):
            faces = mesh.faces[mesh.face_material == slot]
            if not len(faces):
                continue
            used, index = np.unique(faces, return_inverse=True)
            visual = trimesh.visual.TextureVisuals(uv=mesh.uv[used], material=_pbr(material))
            part = trimesh.Trimesh(vertices[used], index.reshape(-1, 3), visual=visual, process=False)
            out.add_geometry(part, geom_name=f"{instance.name}_{slot}")
    return out


def _pbr(material: Material) -> trimesh.visual.material.PBRMaterial:
    from PIL import Image

    image = None if material.texture is None else Image.fromarray(material.texture.pixels)
    return trimesh.visual.material.PBRMaterial(
        name=material.name,
        baseColorFactor=[*material.base_color, 1.0],
        baseColorTexture=image,
        metallicFactor=material.metallic,
        roughnessFactor=material.roughness,
    )


def tinyrenderer(scene: Scene, camera: Camera) -> float | None:
    """Bullet's software renderer: colour, depth and ids, with shadows; base colours only."""
    from simgen.simulate.bullet import pybullet

    client = pybullet.connect(pybullet.DIRECT)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for instance in scene.objects:
                path = Path(folder) / f"{instance.id}.obj"
                mesh = trimesh.Trimesh(instance.world_vertices(), instance.asset.mesh.faces, process=False)
                path.write_text(trimesh.exchange.obj.export_obj(mesh), encoding="utf-8")
                color = [*np.mean([m.base_color for m in instance.surface], axis=0), 1.0]
                shape = pybullet.createVisualShape(
                    pybullet.GEOM_MESH, fileName=str(path), rgbaColor=color, physicsClientId=client
                )
                pybullet.createMultiBody(0, baseVisualShapeIndex=shape, physicsClientId=client)
            pose = scene.world_from_rig @ camera.rig_from_camera
            eye, ahead, up = (pose.apply(np.array(p)) for p in ((0, 0, 0), (0, 0, 1.0), (0, -1.0, 0)))
            view = pybullet.computeViewMatrix(list(eye), list(ahead), list(up - eye))
            fov_deg = float(np.degrees(2 * np.arctan(camera.height_px / 2 / camera.fy_px)))
            lens = pybullet.computeProjectionMatrixFOV(fov_deg, camera.width_px / camera.height_px, 0.1, 500.0)
            return best(
                lambda: pybullet.getCameraImage(
                    camera.width_px,
                    camera.height_px,
                    view,
                    lens,
                    renderer=pybullet.ER_TINY_RENDERER,
                    physicsClientId=client,
                ),
                REPEATS,
            )
    finally:
        pybullet.disconnect(client)


def mitsuba16(scene: Scene, camera: Camera) -> float | None:
    """Our own second renderer, at 16 samples."""
    try:
        import mitsuba  # noqa: F401 - only whether it is there

        from simgen.render.photoreal import render_photoreal
    except ImportError:
        return None
    return best(lambda: render_photoreal(scene, camera, samples=SAMPLES, seed=0), 1)


def pyrender(scene: Scene, camera: Camera) -> float | None:
    """OpenGL's rasteriser; needs a display, EGL or OSMesa."""
    try:
        import pyrender as library
    except ImportError:
        return None
    there = library.Scene.from_trimesh_scene(exported(scene))
    lens = library.IntrinsicsCamera(camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px, zfar=500.0)
    pose = np.eye(4)
    world_from_camera = scene.world_from_rig @ camera.rig_from_camera
    pose[:3, :3] = world_from_camera.rotation @ np.diag([1.0, -1.0, -1.0])
    pose[:3, 3] = world_from_camera.translation_m
    there.add(lens, pose=pose)
    there.add(library.DirectionalLight(intensity=3.0))
    try:
        renderer = library.OffscreenRenderer(camera.width_px, camera.height_px)
    except Exception:  # whatever the GL library raises where there is no screen
        return None
    return best(lambda: renderer.render(there), REPEATS)


def cycles16(scene: Scene, camera: Camera) -> float | None:
    """Blender's Cycles on the CPU, 16 samples and denoised; SIMGEN_BENCH_BPY may name a Python that has bpy."""
    python = os.environ.get("SIMGEN_BENCH_BPY", sys.executable)
    if subprocess.run([python, "-c", "import bpy"], capture_output=True, check=False).returncode:
        return None
    world_from_camera = scene.world_from_rig @ camera.rig_from_camera
    sun = scene.sun
    with tempfile.TemporaryDirectory() as folder:
        exported(scene).export(Path(folder) / "scene.glb")
        about = {
            "folder": folder,
            "samples": SAMPLES,
            "repeats": 2,
            "width_px": camera.width_px,
            "height_px": camera.height_px,
            "fov_rad": float(2 * np.arctan(camera.width_px / 2 / camera.fx_px)),
            "rotation": world_from_camera.rotation.tolist(),
            "position_m": list(world_from_camera.translation_m),
            "sun": None if sun is None else [sun.azimuth_deg, sun.elevation_deg],
        }
        (Path(folder) / "about.json").write_text(json.dumps(about), encoding="utf-8")
        script = Path(__file__).with_name("peer_cycles.py")
        done = subprocess.run([python, str(script), folder], capture_output=True, text=True, check=True)
    return float(done.stdout.rsplit("seconds", 1)[1])


PEERS: dict[str, Callable[[Scene, Camera], float | None]] = {
    "tinyrenderer": tinyrenderer,
    "pyrender": pyrender,
    "mitsuba16": mitsuba16,
    "cycles16": cycles16,
}
