"""Physics on record: what is let fall or struck, as tracks from the moment it is let go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.scene import Instance, Scene
from simgen.scene.track import Track
from simgen.simulate.settle import Settle, near_triangles
from simgen.simulate.world import Surface, World

_STEP_S = 1.0 / 120.0
_LOWEST_M = -20.0


def record(scene: Scene, settings: Settle, until_s: float) -> Scene:
    """Return the scene with tracks for its ``dynamic`` objects as physics moves them up to ``until_s``.

    What has no track yet is let go at 0, with its velocity; what has one, when that ends, as it moves then.
    What stands still is in the way of what falls; what has a track to the end is not.

    Raises:
        PlacementError: something falls past all there is.
    """
    movers = [o for o in scene.objects if o.dynamic]
    steps = max(1, math.ceil(until_s / _STEP_S - 1e-9))
    released: dict[int, int] = {}
    started: list[Instance] = []
    for mover in movers:
        before = scene.tracks.get(mover.id)
        released[mover.id] = 0 if before is None else min(steps, round(before.span_s[1] / _STEP_S))
        started.append(mover if before is None else _let_go(mover, before))
    fixed = [o for o in scene.objects if not o.dynamic and o.id not in scene.tracks]
    poses = _fall(started, fixed, released, steps, settings)
    tracks = dict(scene.tracks)
    for mover in started:
        first = released[mover.id]
        times = np.arange(first, len(poses[mover.id]) + first) * _STEP_S
        fallen = recorded_track(times, poses[mover.id], mover.velocity_mps) if len(times) > 1 else None
        lowest = 0.0 if fallen is None else float(fallen.position_m[:, 2].min())
        if lowest < _LOWEST_M:
            raise PlacementError(f"{mover.name!r} fell to {lowest:.0f} m: there is no ground below it")
        tracks[mover.id] = joined(scene.tracks.get(mover.id), fallen)
    still = tuple(replace(o, dynamic=False) for o in scene.objects)
    return replace(scene, objects=still, tracks=tracks)


def recorded_track(times: np.ndarray, poses: Sequence[Pose], start_mps: Vector3) -> Track:
    """Return a track through recorded poses from its first velocity on; the others are central differences."""
    position = np.array([p.translation_m for p in poses])
    velocity = np.gradient(position, times, axis=0)
    velocity[0] = start_mps
    return Track(
        time_s=times,
        position_m=position,
        velocity_mps=velocity,
        rotation_wxyz=np.array([p.rotation_wxyz for p in poses]),
    )


def joined(before: Track | None, after: Track | None) -> Track:
    """Return one track of two, the second of which takes over where the first ends.

    Raises:
        ValueError: both are None.
    """
    if before is None or after is None:
        only = before or after
        if only is None:
            raise ValueError("joined needs at least one track")
        return only
    kept = before.time_s < after.time_s[0] - 1e-6
    return Track(
        time_s=np.concatenate([before.time_s[kept], after.time_s]),
        position_m=np.vstack([before.position_m[kept], after.position_m]),
        velocity_mps=np.vstack([before.velocity_mps[kept], after.velocity_mps]),
        rotation_wxyz=np.vstack([before.rotation_wxyz[kept], after.rotation_wxyz]),
    )


def _let_go(mover: Instance, before: Track) -> Instance:
    end = before.at(before.span_s[1])
    return replace(
        mover, world_from_object=end.pose, velocity_mps=end.velocity_mps, yaw_rate_rps=end.yaw_rate_rps
    )  # fmt: skip


def _fall(
    movers: Sequence[Instance], fixed: Sequence[Instance], released: dict[int, int], steps: int, settings: Settle
) -> dict[int, list[Pose]]:
    """Return the poses of each mover at every step from when it is let go."""
    surface = Surface(
        friction=settings.friction, rolling_friction_m=settings.rolling_friction_m, restitution=settings.restitution
    )
    fastest = max((float(np.linalg.norm(o.velocity_mps)) for o in movers), default=0.0)
    poses: dict[int, list[Pose]] = {o.id: [] for o in movers}
    with World(settings.time_step_s, surface) as world:
        for vertices, faces in near_triangles(fixed, movers, 1.0 + fastest * min(steps * _STEP_S, 3.0)):
            world.add_static(vertices, faces)
        for k in range(steps + 1):
            for mover in movers:
                if released[mover.id] == k:
                    world.add_dynamic(mover)
            for mover in movers:
                if released[mover.id] <= k:
                    poses[mover.id].append(world.pose(mover.id))
            world.step(_STEP_S)
    return poses
