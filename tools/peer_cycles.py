"""Run by a Python that has bpy: renders the GLB in a folder and prints the shortest time."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path

import bpy
import mathutils

folder = Path(sys.argv[1])
about = json.loads((folder / "about.json").read_text())
bpy.ops.wm.read_factory_settings(use_empty=True)
# trimesh writes our z-up world as it is; the importer takes glTF's y for up and turns it.
bpy.ops.import_scene.gltf(filepath=str(folder / "scene.glb"))
turned = mathutils.Matrix.Rotation(math.pi / 2, 4, "X")
scene = bpy.context.scene
camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
camera.data.angle = about["fov_rad"]
pose = mathutils.Matrix(about["rotation"]).to_4x4() @ mathutils.Matrix.Diagonal((1, -1, -1, 1))
pose.translation = about["position_m"]
camera.matrix_world = turned @ pose
scene.collection.objects.link(camera)
scene.camera = camera
light = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
light.data.energy = 4.0
light.rotation_euler = (math.radians(50), 0.0, 0.0)
scene.collection.objects.link(light)
scene.world = bpy.data.worlds.new("sky")
scene.render.engine = "CYCLES"
scene.cycles.device = "CPU"
scene.cycles.samples = about["samples"]
scene.cycles.use_denoising = True
scene.render.use_persistent_data = True
scene.render.resolution_x, scene.render.resolution_y = about["width_px"], about["height_px"]
scene.render.resolution_percentage = 100
scene.render.filepath = str(folder / "out.png")
times = []
for _ in range(about["repeats"]):
    start = time.perf_counter()
    bpy.ops.render.render(write_still=True)
    times.append(time.perf_counter() - start)
print("seconds", min(times))
