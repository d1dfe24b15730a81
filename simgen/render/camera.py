"""Renders what a camera sees: colour, depth, instance ids and normals of the same rays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.frame import View
from simgen.render.before_lens import before_lens
from simgen.render.dropout import torn_picture
from simgen.render.environment import sun_and_sky_lux
from simgen.render.exposure import white_balance
from simgen.render.eye import eye_of, points_on
from simgen.render.imager import take_picture
from simgen.render.radiance import Radiance, radiance
from simgen.render.settings import RenderSettings
from simgen.render.surface import surface_at
from simgen.render.target import target_of
from simgen.scene.camera import Camera
from simgen.scene.moving import carried, turned_back
from simgen.scene.scene import Scene
from simgen.trace.panes import hit_behind_glass
from simgen.trace.tracer import Tracer

_HIGHEST_ID = 65535


def render_view(
    scene: Scene,
    camera: Camera,
    tracer: Tracer,
    key: np.uint64,
    settings: RenderSettings,
    *,
    through_glass: bool = False,
) -> View:
    """Return what ``camera`` sees of ``scene``.

    Labels are of the first surface behind each pixel's centre, glass too, or with ``through_glass`` of the first that
    is not of glass; the picture is the same. Normals are the triangles', without normal maps.

    Args:
        scene: lights, sky and where the rig stands.
        camera: one of its sensors.
        tracer: of the scene's objects.
        key: of this image's random numbers.
        settings: picture quality.
        through_glass: whether depth, ids, normals and albedo are of what lies behind panes.

    Raises:
        ValueError: an instance id does not fit 16 bits, or a light or sky is not what the renderer can show.
    """
    highest = max((o.id for o in scene.objects), default=0)
    if highest > _HIGHEST_ID:
        raise ValueError(f"instance id {highest} does not fit the 16-bit instance image; number objects below 65536")
    world_from_camera = scene.world_from_rig @ camera.rig_from_camera
    image = radiance(scene, camera, tracer, key, settings)
    nit, lens_mask = before_lens(image.nit, scene, image.camera, image.hits, tracer, key)
    excess = image.excess
    if excess is not None and lens_mask is not None:
        excess = excess * lens_mask[..., None]
    if through_glass:
        image = _behind_glass(image, scene, camera, tracer)
    shape = (camera.height_px, camera.width_px)
    gains = white_balance(scene, sun_and_sky_lux(scene.sky, scene.sun, scene.moon), settings.white_balance)
    along = camera.pixel_directions()[:, 2]
    met = image.hits.triangle >= 0
    z_m = np.where(met, image.hits.range_m * along, 0.0).astype(np.float32)
    eye, time_s = eye_of(scene, camera), image.rays.time_s.astype(np.float64)
    normal = world_from_camera.inverse.rotate(eye.motion.turn(image.hits.normal, -time_s)).astype(np.float32)
    points = None
    if time_s.any():
        there = points_on(image.rays, image.hits)
        points = carried(scene.objects, image.hits.instance_id, there, time_s, np.zeros_like(time_s))
        points[~met] = np.nan
    rgb = take_picture(nit, excess, camera, image.exposure, gains, key, settings.tone_curve)
    return View(
        camera=image.camera,
        world_from_camera=world_from_camera,
        rgb=rgb if camera.dropout is None else torn_picture(rgb, camera.dropout),
        z_m=z_m.reshape(shape),
        instance_id=image.hits.instance_id.astype(np.uint16).reshape(shape),
        normal=normal.reshape(*shape, 3),
        ev100=image.ev100,
        exposure_s=image.exposure.exposure_s,
        iso=image.exposure.iso,
        through_glass=through_glass,
        hits=image.hits,
        albedo=image.albedo,
        lens_mask=lens_mask,
        nit=image.nit,
        points_m=points,
    )


def _behind_glass(image: Radiance, scene: Scene, camera: Camera, tracer: Tracer) -> Radiance:
    """Return the same image with hits and albedo of what lies behind panes."""
    target, rays = target_of(scene, camera, tracer), image.rays
    hits = hit_behind_glass(tracer, rays)
    direction = turned_back(scene.objects, hits.instance_id, rays.direction, rays.time_s)
    start = np.zeros(len(rays), np.float32)
    surface = surface_at(direction, hits, start, target.cone_rad, target.triangles, target.materials)
    return replace(image, hits=hits, albedo=surface.albedo.reshape(image.albedo.shape))
