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
    asset, materials = instance.asset, instance.materials
    if body is not None and materials is not None:
        # Bodies of one walker may carry more or less: a telephone is held in some postures only.
        given = dict(zip((m.name for m in asset.materials), materials, strict=True))
        materials = tuple(given.get(m.name, m) for m in body.materials)
    return replace(
        instance,
        asset=asset if body is None else body,
        materials=materials,
        world_from_object=now.pose,
        velocity_mps=now.velocity_mps,
        yaw_rate_rps=now.yaw_rate_rps,
    )
