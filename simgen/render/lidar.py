"""LiDAR sweeps: what each beam meets, how much light comes back, and what the sensor makes of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simgen.assets.categories import category
from simgen.frame import GHOST, Scan
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Rays
from simgen.render.beam import ONE, choose, fan, footprint, own_directions, own_origins, own_times_s
from simgen.render.compiled import kernel_in_order
from simgen.render.dropout import arrived
from simgen.render.ground import ground_of
from simgen.render.lidar_paths import Echoes, echoes_of, joined, through_panes
from simgen.render.lidar_returns import Beams, Returns, receive
from simgen.render.spray import spray_on_beams
from simgen.scene.lidar import Lidar
from simgen.scene.scene import Scene
from simgen.scene.sweep import deskew, sweep_rays
from simgen.trace.tracer import Tracer


def scan(scene: Scene, lidar: Lidar, tracer: Tracer, key: np.uint64, *, cast_all: bool = False) -> Scan:
    """Return one sweep of ``lidar``: its returns, column by column, top ring first, by growing range along a beam.

    What surfaces send back is `simgen.render.lidar_surface.apparent_reflectance`; panes, mirrors and pools are looked
    through and into (`simgen.render.lidar_paths`); which of the echoes become points, and what is reported of them,
    is `simgen.render.lidar_returns.receive`'s. Noise moves a point along its beam alone. Intensity is the apparent
    reflectance, so the range is compensated as real sensors do: 1 is white and square-on; retro-reflectors and glints
    saturate at 1. Fog, rain, snow and spray weaken the way there and back, and answer themselves: such points carry
    instance id 0.

    Every beam starts where the rig has carried the sensor when it fires, and meets moving objects where they are then.
    A point lies on the middle of its beam, at the range that all of the beam gave.

    Args:
        scene: what there is.
        lidar: which sensor; its pose is the rig's and its mounting's.
        tracer: holds the scene's objects.
        key: of this sensor's noise in this frame (`simgen.render.noise.sensor_key`).
        cast_all: whether all rays of every beam are cast, also where neighbours show one plane
            (`simgen.render.beam.choose`).

    Raises:
        ValueError: an instance id does not fit 16 bits.
        AssetError: an object's category is unknown.
    """
    world_from_lidar = scene.world_from_rig @ lidar.rig_from_lidar
    rays = sweep_rays(lidar, scene.world_from_rig, scene.rig_motion)
    beams, echoes = _beams(scene, lidar, tracer, rays, world_from_lidar, cast_all)
    nearest = np.minimum(echoes.range_m[: len(rays)], np.float32(lidar.max_range_m))
    spray = spray_on_beams(scene, rays, nearest, key)
    back = receive(lidar, scene.weather, beams, echoes, spray, key)
    most = back.measured_m.shape[1]
    at = np.flatnonzero(back.measured_m)
    if lidar.crop_m is not None:
        at = at[~_within(lidar, at // most, back.measured_m.ravel()[at])]
    if lidar.dropout is not None:
        beam = at // most
        at = at[arrived(beam // lidar.rings, beam % lidar.rings, lidar.columns, lidar.rings, lidar.dropout)]
    points = _Points(
        np.empty((len(at), 3), np.float32),
        np.empty(len(at), np.float32),
        np.empty(len(at), np.uint16),
        np.empty(len(at), np.uint16),
        np.empty(len(at), np.float64 if lidar.deskewed else np.float32),
        np.empty(len(at), np.uint16),
        np.empty(len(at), np.uint16),
        np.empty(len(at), np.float32),
        np.empty(len(at), np.uint8),
        np.empty(len(at), np.uint8),
    )
    _gather(
        len(at),
        points,
        at,
        lidar.rings,
        back,
        own_origins(lidar),
        own_directions(lidar),
        own_times_s(lidar),
        _category_of_id(scene),
    )
    xyz_m = points.xyz_m
    if lidar.deskewed:
        xyz_m = deskew(xyz_m, points.time_s, lidar, world_from_lidar, scene.rig_motion).astype(np.float32)
    return Scan(
        lidar=lidar,
        world_from_lidar=world_from_lidar,
        rig_motion=scene.rig_motion,
        xyz_m=xyz_m,
        intensity=points.intensity,
        ring=points.ring,
        column=points.column,
        time_s=points.time_s.astype(np.float32, copy=False),
        instance_id=points.instance_id,
        category_id=points.category_id,
        clean_range_m=points.clean_range_m,
        return_number=points.return_number,
        flags=points.flags,
    )


class _Points(NamedTuple):
    """A scan's columns; times are in float64 for deskewing."""

    xyz_m: np.ndarray
    intensity: np.ndarray
    ring: np.ndarray
    column: np.ndarray
    time_s: np.ndarray
    instance_id: np.ndarray
    category_id: np.ndarray
    clean_range_m: np.ndarray
    return_number: np.ndarray
    flags: np.ndarray


@kernel_in_order
def _gather(
    start: int,
    stop: int,
    points: _Points,
    at: np.ndarray,
    rings: int,
    back: Returns,
    origin: np.ndarray,
    direction: np.ndarray,
    time_s: np.ndarray,
    category_of_id: np.ndarray,
) -> None:
    most, first, column = back.measured_m.shape[1], 0, 0
    for i in range(start, stop):
        beam = at[i] if most == 1 else at[i] // most
        number = at[i] - beam * most
        if i == start or beam >= first + rings:  # Beams rise, so few are the first of another column.
            column = beam // rings
            first = column * rings
        range_m, owner = back.measured_m[beam, number], back.instance_id[beam, number]
        for axis in range(3):
            points.xyz_m[i, axis] = origin[beam, axis] + direction[beam, axis] * range_m
        points.intensity[i] = back.intensity[beam, number]
        points.ring[i], points.column[i] = beam - first, column
        points.time_s[i] = time_s[beam]
        points.instance_id[i], points.category_id[i] = owner, category_of_id[owner]
        points.clean_range_m[i] = back.clean_m[beam, number]
        points.return_number[i], points.flags[i] = number + 1, back.flags[beam, number]


def _beams(
    scene: Scene, lidar: Lidar, tracer: Tracer, rays: Rays, world_from_lidar: Pose, cast_all: bool
) -> tuple[Beams, Echoes]:
    """Return a sweep's beams and what their rays meet."""
    hits = tracer.closest_hit(rays)
    ground = ground_of(scene.weather)
    through = through_panes(scene, tracer, rays, hits)
    pattern, up = footprint(lidar), world_from_lidar.rotate(np.array([0.0, 0.0, 1.0]))
    echoes = echoes_of(tracer, rays, hits, through, ground, slopes=len(pattern) > 1)
    kind = np.full(len(rays), ONE, np.int32)
    if len(pattern) > 1:
        always = np.full(len(rays), cast_all)
        if len(echoes.following):
            second = echoes.following[: len(rays)]
            always |= (second >= 0) & (echoes.flags[second] & GHOST > 0)
        kind = choose(lidar, tracer, rays, hits, through, always)
        around = fan(rays, np.flatnonzero(kind >= 0), pattern, up)
        if len(around):
            met = tracer.closest_hit(around)
            behind = through_panes(scene, tracer, around, met)
            echoes = joined(echoes, len(rays), echoes_of(tracer, around, met, behind, ground, slopes=True))
    return Beams(kind, pattern, rays.direction, hits.normal, up), echoes


def _within(lidar: Lidar, beam: np.ndarray, range_m: np.ndarray) -> np.ndarray:
    """Return (N,) booleans: which points lie in the box that is cropped, where the rig is at their firing."""
    assert lidar.crop_m is not None
    points = lidar.rig_from_lidar.apply(lidar.origins()[beam] + own_directions(lidar)[beam] * range_m[:, None])
    low, high = lidar.crop_m
    return np.all((points >= low) & (points <= high), axis=1)


def _category_of_id(scene: Scene) -> np.ndarray:
    """Return the category id of every instance id, as a table."""
    highest = scene.next_id - 1
    if highest > np.iinfo(np.uint16).max:
        raise ValueError(f"instance id {highest} does not fit 16 bits, as a scan keeps it; number objects from 1")
    table = np.zeros(highest + 1, dtype=np.uint16)
    number = {name: category(name).id for name in {instance.category for instance in scene.objects}}
    for instance in scene.objects:
        table[instance.id] = number[instance.category]
    return table
