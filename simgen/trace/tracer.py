"""Nearest hits and shadow tests against a list of instances, by Embree through Open3D."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numba
import numpy as np
import open3d as o3d

from simgen.geometry.motion import Motion
from simgen.geometry.rays import Hits, Rays
from simgen.scene.scene import Instance
from simgen.trace.cutout import Followed, cutouts_of, follow, holes_met, passed_by
from simgen.trace.geometry import Geometry, flatten


class Tracer:
    """Casts rays against the triangles of ``objects``.

    A hit's triangle is an index into `geometry`. Where a texture's mask says that there is a hole, rays go on, whether
    they look or cast shadows. Equal scenes and rays give equal hits for any number of threads.

    Rays see moving objects where these are at the rays' times. While all times are 0, the one geometry serves all;
    the first others make it a tracer of what stands still, and one of each moving object where that is at time 0:
    rays are carried back to there by the object's motion, which costs no new geometry for a new time.
    """

    def __init__(self, objects: Sequence[Instance], threads: int = 0) -> None:
        """Build the ray scene; ``threads`` 0 uses all cores."""
        self.geometry: Geometry = flatten(objects)
        self._threads = threads
        self._objects = tuple(objects)
        self._moves = any(not o.motion.still for o in objects)
        self._parts: tuple[_Part, ...] = ()
        self._cutouts = cutouts_of(self.geometry)
        faces = self.geometry.faces
        self._scene = ray_scene(self.geometry.vertices, faces, threads)
        self._passed = passed_by(self.geometry)
        opaque = (self._cutouts.of_face < 0) & (self._passed == 0.0)
        # What any ray ends at, asked alone where something else is in the way of light.
        self._opaque = None if opaque.all() else ray_scene(self.geometry.vertices, faces[opaque], threads)

    def closest_hit(self, rays: Rays) -> Hits:
        """Return what each ray meets first at its time; a triangle that moves is an index into `geometry` all the same.

        Barycentric weights hold for any time. Normals are those at the ray's time.
        """
        if self._moves and rays.time_s.any():
            return self._closest_moving(rays)
        count = len(rays)
        if not len(self.geometry.faces) or not count:
            return Hits(
                range_m=np.full(count, np.inf, np.float32),
                instance_id=np.zeros(count, np.uint32),
                triangle=np.full(count, -1, np.int32),
                barycentric=np.zeros((count, 2), np.float32),
                normal=np.zeros((count, 3), np.float32),
            )
        packed = packed_rays(rays.origin, rays.direction)
        range_m, triangle, barycentric, normal = _cast(self._scene, packed, self._threads)
        through = holes_met(triangle, barycentric, self._cutouts) if len(self._cutouts.uv) else ()
        if len(through):
            behind = self._follow(packed[through], np.full(len(through), np.inf, np.float32), glass=False)
            range_m[through], triangle[through], barycentric[through], normal[through], _ = behind
        instance = np.zeros(count, np.uint32)
        _finish(triangle, instance, normal, range_m, rays.direction, self.geometry.face_instance)
        return Hits(
            range_m=range_m,
            instance_id=instance,
            triangle=triangle,
            barycentric=barycentric,
            normal=normal,
        )

    def occluded(
        self,
        origin: np.ndarray,
        direction: np.ndarray,
        max_range_m: float | np.ndarray = np.inf,
        time_s: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return (N,) booleans: whether anything lies on each ray before ``max_range_m``.

        Args:
            origin: (N, 3) metres.
            direction: (N, 3) unit vectors.
            max_range_m: one bound, or (N,); those of (N,) beyond 1e6 m count as 1e6 m.
            time_s: (N,) when each is cast; None for all at 0.
        """
        return self._light(origin, direction, max_range_m, time_s, glass=False) == 0.0

    def transmitted(
        self,
        origin: np.ndarray,
        direction: np.ndarray,
        max_range_m: float | np.ndarray = np.inf,
        time_s: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return (N,) float32 shares of light that come along rays: 1 where nothing lies there, less behind glass.

        Arguments are those of `occluded`. Light goes straight on through panes.
        """
        return self._light(origin, direction, max_range_m, time_s, glass=True)

    def _light(
        self,
        origin: np.ndarray,
        direction: np.ndarray,
        max_range_m: float | np.ndarray,
        time_s: np.ndarray | None,
        *,
        glass: bool,
    ) -> np.ndarray:
        """Return (N,) float32 shares of light along rays; ``glass`` for whether it lets any pass."""
        if self._moves and time_s is not None and time_s.any():
            return self._light_moving(origin, direction, max_range_m, time_s, glass=glass)
        if not len(self.geometry.faces) or not len(direction):
            return np.ones(len(direction), np.float32)
        packed, limit = packed_rays(origin, direction), np.asarray(max_range_m, dtype=np.float32)
        hidden = self._anything(self._scene, packed, limit)
        share = (~hidden).astype(np.float32)
        if self._opaque is not None and (glass or len(self._cutouts.uv)):
            unsure = np.flatnonzero(hidden)
            within = np.broadcast_to(limit, hidden.shape)[unsure]
            free = ~self._anything(self._opaque, packed[unsure], within)
            unsure = unsure[free]
            found = self._follow(packed[unsure], within[free], glass=glass)
            share[unsure] = np.where(found.triangle < 0, found.share, 0.0)
        return share

    def _anything(self, scene: o3d.t.geometry.RaycastingScene, packed: np.ndarray, limit_m: np.ndarray) -> np.ndarray:
        """Return (N,) booleans: whether anything of ``scene`` lies on rays before one or (N,) float32 bounds."""
        far = 1.0
        if limit_m.ndim == 0:
            far = float(limit_m) if np.isfinite(limit_m) else float("inf")
        else:
            # No scene is a thousand kilometres wide; an infinite bound would turn zero components into NaN.
            packed = packed.copy()
            packed[:, 3:] *= np.minimum(limit_m, np.float32(1e6))[:, None]
        return scene.test_occlusions(o3d.core.Tensor.from_numpy(packed), tfar=far, nthreads=self._threads).numpy()

    def _follow(self, packed: np.ndarray, limit_m: np.ndarray, *, glass: bool) -> Followed:
        """Follow rays to what stops them: through holes, and ``glass``."""
        passed = self._passed if glass else np.zeros_like(self._passed)
        return follow(self._cutouts, passed, partial(_cast, self._scene, threads=self._threads), packed, limit_m)

    def _closest_moving(self, rays: Rays) -> Hits:
        still, *moving = self._split()
        hits = still.tracer.closest_hit(rays)
        met = hits.triangle >= 0
        hits.triangle[met] = still.faces[hits.triangle[met]]
        near_by = _meeting(moving, rays.origin, rays.direction, rays.time_s)
        for part, index in zip(moving, near_by, strict=True):
            if not len(index):
                continue
            time_s = rays.time_s[index]
            origin, direction = _carried_back(part.motion, rays.origin[index], rays.direction[index], time_s)
            found = part.tracer.closest_hit(Rays(origin=origin, direction=direction, time_s=np.zeros_like(time_s)))
            near = np.flatnonzero(found.range_m < hits.range_m[index])
            at = index[near]
            hits.range_m[at], hits.instance_id[at] = found.range_m[near], found.instance_id[near]
            hits.triangle[at] = part.faces[found.triangle[near]]
            hits.barycentric[at] = found.barycentric[near]
            hits.normal[at] = part.motion.turn(found.normal[near], time_s[near])
        return hits

    def _light_moving(
        self,
        origin: np.ndarray,
        direction: np.ndarray,
        max_range_m: float | np.ndarray,
        time_s: np.ndarray,
        *,
        glass: bool,
    ) -> np.ndarray:
        still, *moving = self._split()
        share = still.tracer._light(origin, direction, max_range_m, None, glass=glass)
        for part, near_by in zip(moving, _meeting(moving, origin, direction, time_s), strict=True):
            index = near_by[share[near_by] > 0.0]
            if len(index):
                carried = _carried_back(part.motion, origin[index], direction[index], time_s[index])
                limit = max_range_m if np.ndim(max_range_m) == 0 else np.asarray(max_range_m)[index]
                share[index] *= part.tracer._light(*carried, limit, None, glass=glass)
        return share

    def _split(self) -> tuple[_Part, ...]:
        """Return what stands still, then each moving object."""
        if not self._parts:
            moves = np.array([not o.motion.still for o in self._objects])
            first = np.cumsum([0, *(len(o.asset.mesh.faces) for o in self._objects)])
            of_object = [np.arange(a, b, dtype=np.int32) for a, b in itertools.pairwise(first)]
            still = np.flatnonzero(~moves)
            faces = np.concatenate([np.zeros(0, np.int32), *(of_object[k] for k in still)])
            parts = [_Part(Tracer([self._objects[k] for k in still], self._threads), Motion(), faces, np.zeros(3), 0.0)]
            for k in np.flatnonzero(moves):
                thing = self._objects[k]
                vertices, center = thing.world_vertices(), np.asarray(thing.motion.center_m)
                radius = float(np.linalg.norm(vertices - center, axis=1).max(initial=0.0))
                alone = Tracer([_standing(thing)], self._threads)
                parts.append(_Part(alone, thing.motion, of_object[k], center, radius))
            self._parts = tuple(parts)
        return self._parts


class _Part(NamedTuple):
    """Objects that move together, in a tracer of their own where they are at time 0.

    Attributes:
        tracer: of them alone.
        motion: theirs.
        faces: (F,) int32, their triangles' indices among all.
        center_m: (3,) of the turn, at time 0.
        radius_m: of a sphere around it that holds all of them.
    """

    tracer: Tracer
    motion: Motion
    faces: np.ndarray
    center_m: np.ndarray
    radius_m: float


def _standing(thing: Instance) -> Instance:
    return replace(thing, velocity_mps=(0.0, 0.0, 0.0), yaw_rate_rps=0.0)


def _meeting(
    parts: Sequence[_Part], origin: np.ndarray, direction: np.ndarray, time_s: np.ndarray
) -> Iterator[np.ndarray]:
    """Yield, part by part, the indices of rays that pass near enough to meet it at any of the times."""
    if not len(parts) or not len(direction):
        yield from [np.zeros(0, np.int64)] * len(parts)
        return
    first, last = float(time_s.min()), float(time_s.max())
    velocity = np.array([part.motion.velocity_mps for part in parts])
    center = np.array([part.center_m for part in parts]) + velocity * (first + last) / 2
    radius = np.array([part.radius_m for part in parts]) + np.linalg.norm(velocity, axis=1) * (last - first) / 2
    # In rows of one coordinate each, so that many rays are looked at with one instruction.
    at, along = np.ascontiguousarray(origin.T, np.float32), np.ascontiguousarray(direction.T, np.float32)
    met = np.empty(len(direction), np.bool_)
    for middle, reach in zip(center.astype(np.float32), (1.0001 * radius + 1e-3).astype(np.float32), strict=True):
        _near_sphere(met, at, along, middle, reach * reach)
        yield np.flatnonzero(met)


@numba.njit(cache=True)
def _near_sphere(
    met: np.ndarray, origin: np.ndarray, direction: np.ndarray, center: np.ndarray, squared: np.float32
) -> None:
    """Tell rays that come within a sphere; a little more are told than do, for single precision."""
    slack = np.float32(1e-5)
    for i in range(len(met)):
        x, y, z = center[0] - origin[0, i], center[1] - origin[1, i], center[2] - origin[2, i]
        along = x * direction[0, i] + y * direction[1, i] + z * direction[2, i]
        away = x * x + y * y + z * z
        ahead = (along > np.float32(0.0)) & (away - along * along <= squared + slack * away)
        met[i] = (away <= squared) | ahead


def _carried_back(
    motion: Motion, origin: np.ndarray, direction: np.ndarray, time_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return rays that meet a body at time 0 as the given ones meet it at their times."""
    back = motion.move_back(origin, time_s).astype(np.float32)
    return back, motion.turn(direction, -time_s.astype(np.float64)).astype(np.float32)


@numba.njit(cache=True, error_model="numpy")
def _finish(
    triangle: np.ndarray,
    instance: np.ndarray,
    normal: np.ndarray,
    range_m: np.ndarray,
    direction: np.ndarray,
    face_instance: np.ndarray,
) -> None:
    """Look up the instances hit, and turn unit normals against the rays; -1 and 0 where nothing was met."""
    for i in range(len(triangle)):
        if not math.isfinite(range_m[i]):
            triangle[i] = -1
            normal[i] = 0.0
            continue
        instance[i] = face_instance[triangle[i]]
        x, y, z = normal[i, 0], normal[i, 1], normal[i, 2]
        length = math.sqrt(x * x + y * y + z * z)
        if x * direction[i, 0] + y * direction[i, 1] + z * direction[i, 2] > 0.0:
            length = -length
        if length != 0.0:
            normal[i, 0], normal[i, 1], normal[i, 2] = x / length, y / length, z / length


def ray_scene(vertices: np.ndarray, faces: np.ndarray, threads: int = 0) -> o3d.t.geometry.RaycastingScene:
    """Return a built ray scene of (V, 3) float32 vertices and (F, 3) int32 faces."""
    scene = o3d.t.geometry.RaycastingScene(nthreads=threads)
    if len(faces):
        scene.add_triangles(
            o3d.core.Tensor.from_numpy(np.ascontiguousarray(vertices, dtype=np.float32)),
            o3d.core.Tensor.from_numpy(faces.astype(np.uint32)),
        )
    return scene


def _cast(
    scene: o3d.t.geometry.RaycastingScene, packed: np.ndarray, threads: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return ranges, inf for none; triangles, -1 for none; barycentrics; and normals of any length."""
    answer = scene.cast_rays(o3d.core.Tensor.from_numpy(packed), nthreads=threads)
    # What Open3D means by no triangle is -1 as a signed number.
    triangle = answer["primitive_ids"].numpy().view(np.int32)
    return answer["t_hit"].numpy(), triangle, answer["primitive_uvs"].numpy(), answer["primitive_normals"].numpy()


def packed_rays(origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return (N, 6) float32 rays as Open3D takes them."""
    packed = np.empty((len(direction), 6), dtype=np.float32)
    _pack(packed, origin, direction)
    return packed


@numba.njit(cache=True)
def _pack(packed: np.ndarray, origin: np.ndarray, direction: np.ndarray) -> None:
    for i in range(len(packed)):
        for k in range(3):
            packed[i, k], packed[i, k + 3] = origin[i, k], direction[i, k]
