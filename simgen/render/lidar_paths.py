"""Where a LiDAR's rays go on: through panes to what is behind, off mirrors and pools to what is seen in them."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from simgen.assets.categories import category
from simgen.frame import BEHIND_GLASS, GHOST
from simgen.geometry.rays import Hits, Rays
from simgen.render.compiled import kernel
from simgen.render.ground import Ground, lies_at
from simgen.render.lidar_surface import reflectances
from simgen.scene.material import Material
from simgen.scene.scene import Scene
from simgen.trace.geometry import Geometry
from simgen.trace.panes import MOST_PANES
from simgen.trace.tracer import Tracer

CLEAR_PANE = 0.85
"""Of light through a sheet of clear glass there and back: (1 - 0.04) ** 4, four times through a face."""

TINTED_PANE = 0.30
"""The same of the heat-absorbing glass of vehicles (it lets through about 0.55 at 905 nm) and of coated windows."""

MIRROR_AREA_M2 = 0.05
"""Smaller triangles are taken as parts of what is curved, which spreads a beam too far for it to come back."""

LEAST_MIRRORED = 0.02
"""A surface that returns less than this of a mirrored beam, off it twice, shows no ghost."""

_OF_HITS = ("range_m", "instance_id", "triangle", "barycentric", "normal")

_SMOOTH = 0.17
"""A metal rougher than this mirrors no beam."""

_GLASS_F0, _WATER_F0 = 0.04, 0.02
"""Fresnel reflectance at normal incidence of refractive indices 1.5 and 1.33."""


class Echoes(NamedTuple):
    """What rays meet, one entry a surface; each ray's entries are a chain.

    Attributes:
        range_m: (E,) float32 along the ray; inf for nothing.
        value: (E,) float32 apparent reflectance, weakened by what the ray went through or off.
        slope: (E,) float32 tangent of the angle of incidence.
        instance_id: (E,) uint32.
        flags: (E,) uint8.
        following: (E,) int32, the ray's next entry, or -1; empty where no ray has a second one.
    """

    range_m: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    instance_id: np.ndarray
    flags: np.ndarray
    following: np.ndarray


class Through(NamedTuple):
    """What K rays meet behind panes.

    Attributes:
        ray: (K,) int64, which rays these are.
        hits: what they meet last, ranges being those from the rays' origins.
        range_m: (K,) float64, these ranges in full.
        share: (K,) float64 of the light that the panes let through, there and back; 0 where only panes are met.
    """

    ray: np.ndarray
    hits: Hits
    range_m: np.ndarray
    share: np.ndarray


def echoes_of(tracer: Tracer, rays: Rays, hits: Hits, through: Through, ground: Ground, *, slopes: bool) -> Echoes:
    """Return the chains of N rays; the first N entries are what they meet first.

    A pane sends a glint back when met squarely, and lets through `CLEAR_PANE` or `TINTED_PANE` of the light, there and
    back, less what it mirrors when met flatly (Schlick 1994); what lies behind is a point like any other. Flat mirrors
    (smooth metal, panes met flatly, pools) send the beam on to what is seen in them, and the answer comes back the
    same way: the sensor takes it to lie straight ahead, at the length of the way. Such a ghost carries instance id 0,
    as no object is where it seems to be.

    Args:
        tracer: holds the scene's objects.
        rays: N of them.
        hits: what they meet first.
        through: what they meet behind panes.
        ground: where water lies.
        slopes: whether the echoes' slopes are asked for, which beams of one ray have no use for.
    """
    value, slope = reflectances(tracer, rays, hits, ground, slopes=slopes)
    parts: list[tuple[np.ndarray, ...]] = [
        (hits.range_m, value, slope, hits.instance_id, np.zeros(len(rays), np.uint8))
    ]
    links: list[tuple[np.ndarray, int]] = []
    for ray, *part in (
        _behind_panes(tracer, rays, through, ground, slopes=slopes),
        _mirrored(tracer, rays, hits, ground, slopes=slopes),
    ):
        if len(ray):
            links.append((ray, sum(len(p[0]) for p in parts)))
            parts.append((*part,))
    if not links:
        return _table(list(parts[0]), np.zeros(0, np.int32))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    following = np.full(len(columns[0]), -1, np.int32)
    for ray, first in links:
        own = np.arange(first, first + len(ray), dtype=np.int32)
        following[own] = following[ray]
        following[ray] = own
    return _table(columns, following)


def joined(first: Echoes, rays: int, second: Echoes) -> Echoes:
    """Return two tables as one: the first's entries of its rays, then all of the second, then the first's others.

    Args:
        first: a table.
        rays: how many rays it is of.
        second: another table.
    """
    count = len(second.range_m)
    columns = [np.concatenate([a[:rays], b, a[rays:]]) for a, b in zip(first[:5], second[:5], strict=True)]
    if not (len(first.following) or len(second.following)):
        return _table(columns, first.following)
    own = first.following if len(first.following) else np.full(len(first.range_m), -1, np.int32)
    own = np.where(own >= rays, own + np.int32(count), own)
    other = second.following if len(second.following) else np.full(count, -1, np.int32)
    other = np.where(other >= 0, other + np.int32(rays), other)
    return _table(columns, np.concatenate([own[:rays], other, own[rays:]]))


def _table(columns: list[np.ndarray], following: np.ndarray) -> Echoes:
    range_m, value, slope, instance_id, flags = columns
    return Echoes(
        range_m.astype(np.float32, copy=False),
        value.astype(np.float32, copy=False),
        slope,
        instance_id,
        flags,
        following,
    )


class _Faces(NamedTuple):
    """What panes and mirrors are of a geometry; (F + 1,) each, the last for nothing met.

    Attributes:
        glass: booleans, which triangles are of glass.
        metal: float64, what of a metal that mirrors comes back at any angle.
        mirrors: booleans, which triangles are of either.
        any_glass: whether one is of glass.
        any_mirror: whether one is of either.
    """

    glass: np.ndarray
    metal: np.ndarray
    mirrors: np.ndarray
    any_glass: bool
    any_mirror: bool


_faces: WeakKeyDictionary[Geometry, _Faces] = WeakKeyDictionary()
"""What was found of geometries, as long as they last: a sweep asks four times."""


def _faces_of(geometry: Geometry) -> _Faces:
    if geometry not in _faces:
        metal, pane = _mirrors(geometry.materials)
        material = np.append(geometry.face_material, len(metal))
        glass, back = np.append(pane, False)[material], np.append(metal, 0.0)[material]
        mirrors = glass | (back > 0.0)
        _faces[geometry] = _Faces(glass, back, mirrors, bool(glass.any()), bool(mirrors.any()))
    return _faces[geometry]


def through_panes(scene: Scene, tracer: Tracer, rays: Rays, hits: Hits) -> Through:
    """Return what rays that meet panes meet behind these.

    Args:
        scene: what there is.
        tracer: holds its objects.
        rays: N of them.
        hits: what they meet first.
    """
    is_glass, any_glass = _faces_of(tracer.geometry).glass, _faces_of(tracer.geometry).any_glass
    ray = np.flatnonzero(is_glass[hits.triangle]) if any_glass else np.zeros(0, np.int64)
    share_of_id = _passed_by_id(scene) if len(ray) else np.zeros(0)
    reached, share, on = hits.range_m[ray].astype(np.float64), np.ones(len(ray)), np.arange(len(ray))
    found = [getattr(hits, key)[ray] for key in _OF_HITS]
    for _ in range(MOST_PANES):
        if not len(on):
            break
        at = ray[on]
        origin, direction = rays.origin[at], rays.direction[at]
        cosine = np.clip(-np.einsum("ij,ij->i", direction, found[4][on]), 0.0, 1.0)
        passed = (1.0 - _schlick(_GLASS_F0, cosine)) / (1.0 - _GLASS_F0)
        share[on] *= share_of_id[found[1][on]] * passed**4
        x, y, z = np.abs(origin).T
        start = reached[on] + 1e-4 + 1e-6 * (np.maximum(np.maximum(x, y), z) + reached[on])
        origin += start[:, None].astype(np.float32) * direction
        behind = tracer.closest_hit(Rays(origin=origin, direction=direction, time_s=rays.time_s[at]))
        for values, key in zip(found, _OF_HITS, strict=True):
            values[on] = getattr(behind, key)
        reached[on] = start + behind.range_m
        on = on[is_glass[behind.triangle]]
    share[is_glass[found[2]]] = 0.0
    last = dict(zip(_OF_HITS, found, strict=True))
    return Through(ray, Hits(**(last | {"range_m": reached.astype(np.float32)})), reached, share)


def met_last(hits: Hits, through: Through) -> Hits:
    """Return what rays meet behind panes, if they meet one, and else first."""
    last = {key: getattr(hits, key).copy() for key in _OF_HITS}
    for key, values in last.items():
        values[through.ray] = getattr(through.hits, key)
    return Hits(**last)


def _behind_panes(
    tracer: Tracer, rays: Rays, through: Through, ground: Ground, *, slopes: bool
) -> tuple[np.ndarray, ...]:
    """Return the rays that come back from behind panes, and what they meet: range, value, slope, instance, flags."""
    ray, last = through.ray, through.hits
    if not len(ray):
        return (ray,)
    own = Rays(origin=rays.origin[ray], direction=rays.direction[ray], time_s=rays.time_s[ray])
    value, slope = reflectances(tracer, own, last, ground, slopes=slopes)
    value *= through.share
    kept = np.flatnonzero(value)
    flags = np.full(len(kept), BEHIND_GLASS, np.uint8)
    return ray[kept], through.range_m[kept], value[kept], slope[kept], last.instance_id[kept], flags


def _passed_by_id(scene: Scene) -> np.ndarray:
    """Return, by instance id, how much of a beam passes a pane of it, there and back."""
    share = np.full(scene.next_id, CLEAR_PANE)
    for instance in scene.objects:
        if instance.category == "building" or category(instance.category).supercategory == "vehicle":
            share[instance.id] = TINTED_PANE
    return share


def _mirrored(tracer: Tracer, rays: Rays, hits: Hits, ground: Ground, *, slopes: bool) -> tuple[np.ndarray, ...]:
    """Return the rays that come back off mirrors, and what they meet beyond: range, value, slope, instance, flags."""
    if not (_faces_of(tracer.geometry).any_mirror or _has_pools(ground)):
        return (np.zeros(0, np.int64),)
    twice = _mirrored_shares(tracer, rays, hits, ground) ** 2
    ray = np.flatnonzero(twice > LEAST_MIRRORED)
    if not len(ray):
        return (ray,)
    direction, normal = rays.direction[ray].astype(np.float64), hits.normal[ray].astype(np.float64)
    reached = hits.range_m[ray].astype(np.float64)
    point = rays.origin[ray] + reached[:, None] * direction + (1e-4 + 1e-5 * reached)[:, None] * normal
    onward = direction - 2.0 * np.einsum("ij,ij->i", direction, normal)[:, None] * normal
    away = Rays(origin=point.astype(np.float32), direction=onward.astype(np.float32), time_s=rays.time_s[ray])
    beyond = tracer.closest_hit(away)
    value, slope = reflectances(tracer, away, beyond, ground, slopes=slopes)
    value *= twice[ray]
    kept = np.flatnonzero(value)
    none = np.zeros(len(kept), np.uint32)
    far = reached[kept] + beyond.range_m[kept]
    return ray[kept], far, value[kept], slope[kept], none, np.full(len(kept), GHOST, np.uint8)


def _mirrored_shares(tracer: Tracer, rays: Rays, hits: Hits, ground: Ground) -> np.ndarray:
    """Return (N,) float64 shares of the light that flat mirrors send on; 0 where a ray meets none, or hardly one."""
    share = np.zeros(len(rays))
    faces, wet = _faces_of(tracer.geometry), _has_pools(ground)
    at = np.flatnonzero(hits.triangle >= 0 if wet else faces.mirrors[hits.triangle])
    cosine = np.clip(-np.einsum("ij,ij->i", rays.direction[at], hits.normal[at]), 0.0, 1.0)
    triangle = hits.triangle[at]
    solid = np.maximum(faces.metal[triangle], np.where(faces.glass[triangle], _schlick(_GLASS_F0, cosine), 0))
    bright = np.flatnonzero(solid**2 > LEAST_MIRRORED)
    big = bright[_areas(tracer, triangle[bright]) > MIRROR_AREA_M2]
    share[at[big]] = solid[big]
    if wet:
        pools = np.zeros(len(at))
        place = rays.origin[at] + hits.range_m[at, None] * rays.direction[at]
        _pools(len(at), pools, place, hits.normal[at], ground)
        share[at] = np.maximum(share[at], pools * _schlick(_WATER_F0, cosine))
    return share


def _has_pools(ground: Ground) -> bool:
    return ground.pool_level < 1.5


@kernel
def _pools(start: int, stop: int, out: np.ndarray, place: np.ndarray, normal: np.ndarray, ground: Ground) -> None:
    for i in range(start, stop):
        _, pool, snow = lies_at(ground, place[i, 0], place[i, 1], place[i, 2], normal[i, 2])
        out[i] = pool * (1.0 - snow)


def _mirrors(materials: tuple[Material, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return, by material, what of a metal that mirrors comes back at any angle, and whether it is of glass."""
    smooth = [m.nir_reflectance * m.metallic if m.roughness <= _SMOOTH else 0.0 for m in materials]
    return np.array(smooth, dtype=np.float64), np.array([m.substance == "glass" for m in materials], dtype=np.bool_)


def _areas(tracer: Tracer, triangle: np.ndarray) -> np.ndarray:
    corners = tracer.geometry.vertices[tracer.geometry.faces[triangle]]
    return 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)


def _schlick(at_normal: float, cosine: np.ndarray) -> np.ndarray:
    return at_normal + (1.0 - at_normal) * (1.0 - cosine) ** 5
