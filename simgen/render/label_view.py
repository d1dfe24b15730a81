"""What labels need of a view, without a picture: which object each pixel's centre shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.frame import View
from simgen.render.eye import eye_of
from simgen.scene.camera import Camera
from simgen.scene.scene import Scene
from simgen.trace.panes import hit_behind_glass
from simgen.trace.tracer import Tracer


def label_view(
    scene: Scene,
    camera: Camera,
    tracers: tuple[Tracer, ...],
    where: np.ndarray | None = None,
    *,
    through_glass: bool = False,
) -> View:
    """Return a view whose ids and depths are those of `simgen.render.camera.render_view`, and whose picture is black.

    Nothing is lit and no material is looked at; normals are 0.

    Args:
        scene: where the rig stands, and how it moves.
        camera: one of its sensors, or such a one `reduced`.
        tracers: of the scene's objects, each object in one of them.
        where: (H, W) booleans, which pixels are looked at; others have the id 0. None for all.
        through_glass: whether labels are of what lies behind panes.
    """
    eye = eye_of(scene, camera)
    shape = (camera.height_px, camera.width_px)
    row, column = np.nonzero(np.ones(shape, np.bool_) if where is None else where)
    uv = np.stack([column + 0.5, row + 0.5], axis=1)
    rays = eye.rays(uv, eye.row_times_s(uv))
    parts = [hit_behind_glass(t, rays) if through_glass else t.closest_hit(rays) for t in tracers]
    ids, z_m = np.zeros(shape, np.uint16), np.zeros(shape, np.float32)
    nearest = np.argmin([part.range_m for part in parts], axis=0)
    range_m = np.choose(nearest, [part.range_m for part in parts])
    ids[row, column] = np.choose(nearest, [part.instance_id for part in parts])
    # All pixels' directions are kept; of a few, they are found anew.
    along = (camera.pixel_directions() if where is None else camera.directions(uv))[:, 2]
    z_m[row, column] = np.where(np.isfinite(range_m), range_m * along, 0.0)
    return View(
        camera=camera,
        world_from_camera=eye.world_from_camera,
        rgb=np.zeros((*shape, 3), np.uint8),
        z_m=z_m,
        instance_id=ids,
        normal=np.zeros((*shape, 3), np.float32),
        ev100=0.0,
        through_glass=through_glass,
    )


def reduced(camera: Camera, by: int) -> Camera:
    """Return the camera with pixels ``by`` times as wide and high."""
    return replace(
        camera,
        width_px=-(-camera.width_px // by),
        height_px=-(-camera.height_px // by),
        fx_px=camera.fx_px / by,
        fy_px=camera.fy_px / by,
        cx_px=camera.cx_px / by,
        cy_px=camera.cy_px / by,
    )
