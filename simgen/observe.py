"""What the sensors of a scene see: each sensor to its renderer."""

from __future__ import annotations

from simgen.annotate.pixels import with_truths
from simgen.frame import Observation
from simgen.recipe import Recipe
from simgen.render.camera import render_view
from simgen.render.depth_camera import sense_depth
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.render.radar import sweep
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.radar import Radar
from simgen.scene.scene import Scene
from simgen.trace.tracer import Tracer


def observe(recipe: Recipe, scene: Scene, index: int, tracer: Tracer) -> tuple[Observation, ...]:
    """Return what each sensor of a scene sees, in the sensors' order.

    Args:
        recipe: says which further truths are kept, and what labels through glass are of.
        scene: at the frame's instant.
        index: the frame's, by which noise and sweeps are told apart.
        tracer: of the scene's objects.
    """
    observations: list[Observation] = []
    for sensor in scene.sensors:
        key = sensor_key(recipe.seed, index, sensor.name)
        if isinstance(sensor, Camera):
            through = recipe.labels.glass == "seen_through"
            view = render_view(scene, sensor, tracer, key, recipe.render, through_glass=through)
            observations.append(with_truths(scene, view, tracer.geometry, **recipe.storage.truths))
        elif isinstance(sensor, DepthCamera):
            through = recipe.labels.glass == "seen_through"
            infrared = recipe.storage.infrared
            observations.append(sense_depth(scene, sensor, tracer, key, through_glass=through, infrared=infrared))
        elif isinstance(sensor, Radar):
            observations.append(sweep(scene, sensor, tracer, key))
        else:
            observations.append(scan(scene, sensor.sweep(index), tracer, key))
    return tuple(observations)
