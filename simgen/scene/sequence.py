"""A scene that unfolds: what it is at one of its instants."""

from __future__ import annotations

from dataclasses import replace

from simgen.scene.scene import Instance, Scene
from simgen.scene.track import Track


def scene_at(scene: Scene, time_s: float) -> Scene:
    """Return a scene with everything that has a track where that has it at a time, moving as it does then.

    Raises:
        ValueError: a track does not reach the time.
    """
    objects = tuple(_moved(o, scene.tracks[o.id], time_s) if o.id in scene.tracks else o for o in scene.objects)
    scene = replace(scene, objects=objects, time_s=time_s)
    if scene.rig_track is None:
        return scene
    rig = scene.rig_track.at(time_s)
    return replace(scene, world_from_rig=rig.pose, rig_velocity_mps=rig.velocity_mps, rig_yaw_rate_rps=rig.yaw_rate_rps)


def _moved(instance: Instance, track: Track, time_s: float) -> Instance:
    now, body = track.at(time_s), track.body_at(time_s)
    return replace(
        instance,
        asset=instance.asset if body is None else body,
        world_from_object=now.pose,
        velocity_mps=now.velocity_mps,
        yaw_rate_rps=now.yaw_rate_rps,
    )
