"""Draws models side by side: each rendered from the front left beside a measuring rod, with name and size."""

from __future__ import annotations

import cv2
import numpy as np

from simgen.geometry.pose import Pose, at, look_at
from simgen.render.camera import render_view
from simgen.render.noise import sensor_key
from simgen.render.settings import RenderSettings
from simgen.scene.asset import Asset, Credit
from simgen.scene.camera import Camera, focal_px
from simgen.scene.light import ClearSky, Sun
from simgen.scene.material import make_material, rgb
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer

_FOV_DEG = 26.0
_CAPTION_PX = 34
_RODS_M = (0.1, 1.7)
_OWN = Credit(author="simgen contributors", licence="CC0-1.0", source="simgen")


def asset_sheet(assets: list[Asset], size_px: int = 220, columns: int = 6) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: one tile a model, in the order given, its front to the lower left."""
    rows = -(-len(assets) // columns)
    sheet = np.full((rows * (size_px + _CAPTION_PX), min(columns, len(assets)) * size_px, 3), 255, dtype=np.uint8)
    for k, asset in enumerate(assets):
        y, x = k // columns * (size_px + _CAPTION_PX), k % columns * size_px
        sheet[y : y + size_px, x : x + size_px] = asset_picture(asset, size_px)
        length, width, height = asset.size_m
        size = f"{length:.3g} x {width:.3g} x {height:.3g} m, {len(asset.mesh.faces)}"
        for line, text in enumerate((asset.name.partition("/")[2], f"{asset.category} {size}")):
            place = (x + 3, y + size_px + 13 + 15 * line)
            cv2.putText(sheet, text[: size_px // 6], place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    return sheet


def asset_picture(asset: Asset, size_px: int) -> np.ndarray:
    """Return (size_px, size_px, 3) uint8 RGB of one model in the sun; the red rod is 0.1 m (small things) or 1.7 m."""
    low, high = (np.asarray(b) for b in asset.bounds)
    reach = float((high - low).max())
    rod_m = _RODS_M[0] if reach < 0.8 else _RODS_M[1]
    rod = _box("rod", (0.04 * rod_m, 0.04 * rod_m, rod_m), "#c01818")
    ground = _box("ground", (60 * reach, 60 * reach, 0.01), "#9a9a94")
    high[2] = max(high[2], rod_m)
    high[1] += 0.15 * reach
    centre, radius = (low + high) / 2, float(np.linalg.norm(high - low)) / 2
    away = np.array([0.78, 0.52, 0.36])
    eye = centre + away / np.linalg.norm(away) * radius / np.sin(np.radians(_FOV_DEG / 2)) * 0.85
    focal = focal_px(size_px, _FOV_DEG)
    camera = Camera(
        name="preview",
        width_px=size_px,
        height_px=size_px,
        fx_px=focal,
        fy_px=focal,
        cx_px=size_px / 2,
        cy_px=size_px / 2,
        rig_from_camera=look_at(
            (float(eye[0]), float(eye[1]), float(eye[2])), (float(centre[0]), float(centre[1]), float(centre[2]))
        ),
    )
    scene = Scene(
        objects=(
            Instance(id=1, name="model", asset=asset, world_from_object=Pose()),
            Instance(id=2, name="rod", asset=rod, world_from_object=at(0.0, float(high[1]))),
            Instance(id=3, name="ground", asset=ground, world_from_object=at(0.0, 0.0, -0.0101)),
        ),
        lights=(Sun(azimuth_deg=70.0, elevation_deg=48.0),),
        sky=ClearSky(turbidity=3.0),
        sensors=(camera,),
    )
    return render_view(scene, camera, Tracer(scene.objects), sensor_key(0, 0, "preview"), RenderSettings()).rgb


def _box(name: str, size_m: tuple[float, float, float], color: str) -> Asset:
    """Return a plain box standing on z = 0."""
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0.0, 1.0)]) * size_m
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    material = make_material(name, "plastic", rgb(color), roughness=0.9)
    return Asset(
        name=name, category="distractor", mesh=mesh_from_faces(corners, faces), materials=(material,), credit=_OWN
    )
