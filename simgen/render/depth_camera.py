"""Depth cameras: the exact depth, what the device makes of it, and why it fails where it does."""

from __future__ import annotations

import numpy as np

from simgen.frame import DepthView
from simgen.render.depth_light import returns
from simgen.render.depth_match import match
from simgen.render.depth_phase import time_flight
from simgen.render.infrared_picture import infrared_picture
from simgen.scene.depth_camera import OUT_OF_RANGE, DepthCamera, TimeOfFlight
from simgen.scene.scene import Scene
from simgen.trace.panes import hit_behind_glass
from simgen.trace.tracer import Tracer

_HIGHEST_ID = 65535


def sense_depth(
    scene: Scene,
    sensor: DepthCamera,
    tracer: Tracer,
    key: np.uint64,
    *,
    through_glass: bool = False,
    infrared: bool = False,
) -> DepthView:
    """Return what a depth camera makes of ``scene``, at the scene's instant.

    Args:
        scene: what there is.
        sensor: one of its sensors.
        tracer: of the scene's objects.
        key: of this image's random numbers (`simgen.render.noise.sensor_key`).
        infrared: whether to make the picture of its infrared imager, if it has one.
        through_glass: whether exact depth and ids are of what lies behind panes; what is sensed is the same.

    Raises:
        ValueError: an instance id does not fit 16 bits.
    """
    if scene.next_id - 1 > _HIGHEST_ID:
        raise ValueError(
            f"instance id {scene.next_id - 1} does not fit the 16-bit instance image; number objects below 65536"
        )
    camera = sensor.camera
    shape = (camera.height_px, camera.width_px)
    world_from_camera = scene.world_from_rig @ sensor.rig_from_camera
    rays = camera.rays(world_from_camera)
    hits = tracer.closest_hit(rays)
    back = returns(scene, sensor, tracer, rays, hits)
    method = sensor.method
    if isinstance(method, TimeOfFlight):
        sensed, reason = time_flight(scene, sensor, method, tracer, back, key)
    else:
        sensed, reason = match(back, sensor, method, world_from_camera, tracer, key)
    counts = np.rint(sensed / sensor.depth_unit_m)
    outside = (counts > 0) & ((sensed < sensor.min_z_m) | (sensed > sensor.max_z_m))
    if through_glass:
        hits = hit_behind_glass(tracer, rays)
    met = hits.triangle >= 0
    z_m = np.where(met, hits.range_m * camera.pixel_directions()[:, 2], 0.0).astype(np.float32)
    return DepthView(
        sensor=sensor,
        world_from_camera=world_from_camera,
        z_m=z_m.reshape(shape),
        sensed_counts=np.where(outside, 0, counts).astype(np.uint16),
        reason=np.where(outside, OUT_OF_RANGE, reason).astype(np.uint8),
        instance_id=hits.instance_id.astype(np.uint16).reshape(shape),
        infrared=infrared_picture(back, sensor, world_from_camera, shape, key)
        if infrared and method.emitter is not None
        else None,
    )
