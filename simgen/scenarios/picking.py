"""What makes a picking scenario what it is: clutter, entangling, stacks, surfaces, borders, walls, a gripper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import open3d as o3d
from scipy.spatial import ConvexHull

from simgen.scenarios.measures import lying_on, visible_share
from simgen.scene.camera import Camera
from simgen.scene.material import Material
from simgen.scene.scene import Instance, Scene
from simgen.simulate.contact import fall_m, near_pairs, surface_points
from simgen.trace.tracer import ray_scene

_MIRROR_ROUGHNESS, _MIRROR_METALLIC, _BLACK = 0.1, 0.9, 0.03


@dataclass(frozen=True, kw_only=True)
class Cluttered:
    """Many objects, of which a share is hidden in part by others.

    Attributes:
        at_least: how many objects.
        share: of them that the first camera sees less than nine tenths of.
    """

    kind: Literal["cluttered"] = "cluttered"
    at_least: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Entangled:
    """At least so many pairs of objects reach by ``depth_m`` or more into each other's convex hulls."""

    kind: Literal["entangled"] = "entangled"
    at_least: int
    depth_m: float = 0.002


@dataclass(frozen=True, kw_only=True)
class Stacked:
    """At least so many objects rest on others, no farther than ``gap_m`` above them and clear of the ground."""

    kind: Literal["stacked"] = "stacked"
    at_least: int
    gap_m: float = 0.004


@dataclass(frozen=True, kw_only=True)
class Surfaces:
    """A share of the objects has surfaces, for the most part, of one kind.

    Attributes:
        of: ``transparent`` (glass), ``mirror`` (bare metal of a roughness of 0.1 at most), ``black`` (3 % of the light
            at most returns), ``textureless`` (one colour without print).
        share: of the objects.
    """

    kind: Literal["surfaces"] = "surfaces"
    of: Literal["transparent", "mirror", "black", "textureless"]
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Symmetric:
    """A share of the objects declares a symmetry."""

    kind: Literal["symmetric"] = "symmetric"
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Tiny:
    """Half of the objects or more are no larger than ``most_px`` in the first camera's picture."""

    kind: Literal["tiny"] = "tiny"
    most_px: float


@dataclass(frozen=True, kw_only=True)
class AtBorder:
    """At least so many objects are cut by the border of the first camera's picture."""

    kind: Literal["at_border"] = "at_border"
    at_least: int


@dataclass(frozen=True, kw_only=True)
class AgainstWall:
    """At least so many objects come within ``within_m`` of the bin's walls, mesh to mesh."""

    kind: Literal["against_wall"] = "against_wall"
    at_least: int
    within_m: float = 0.002


@dataclass(frozen=True, kw_only=True)
class GripperHides:
    """The arm and its gripper hide at least ``share`` of an object that would else be seen by half or more."""

    kind: Literal["gripper_hides"] = "gripper_hides"
    share: float


PickingRelation = Cluttered | Entangled | Stacked | Surfaces | Symmetric | Tiny | AtBorder | AgainstWall | GripperHides


def broken_in_bin(relation: PickingRelation, scene: Scene) -> Iterator[str]:
    """Tell what of a relation does not hold of the objects that physics has laid; see `broken`."""
    laid = lying_on(scene)
    if not laid:
        yield f"{relation.kind}: nothing lies there"
        return
    match relation:
        case Cluttered():
            hidden = sum(visible_share(scene, o.id) < 0.9 for o in laid)
            if len(laid) < relation.at_least or hidden < relation.share * len(laid):
                yield (
                    f"cluttered: {hidden} of {len(laid)} objects are hidden in part, should be {relation.share:.0%} of "
                    f"{relation.at_least} or more"
                )
        case Entangled():
            yield from _counted("entangled: pairs", _entangled(laid, relation.depth_m), relation.at_least)
        case Stacked():
            yield from _counted("stacked: objects on others", _stacked(laid, relation.gap_m), relation.at_least)
        case Surfaces():
            count = sum(_mostly(o, relation.of) for o in laid)
            yield from _shared(f"surfaces: {relation.of} objects", count, len(laid), relation.share)
        case Symmetric():
            count = sum(bool(o.asset.symmetries) for o in laid)
            yield from _shared("symmetric: objects", count, len(laid), relation.share)
        case Tiny():
            size = float(np.median([max(high - low) for low, high in _boxes(scene, laid)]))
            if size > relation.most_px:
                yield f"tiny: half of the objects are {size:.0f} pixels or more, should be {relation.most_px:g} at most"
        case AtBorder():
            yield from _counted("at_border: objects", _cut(scene, laid), relation.at_least)
        case AgainstWall():
            close = sum(_wall_m(scene, o) <= relation.within_m for o in laid)
            yield from _counted("against_wall: objects", close, relation.at_least)
        case GripperHides():
            most = max((_gripped(scene, o) for o in laid), default=0.0)
            if most < relation.share:
                yield f"gripper_hides: {most:.0%} of an object at most, should hide {relation.share:.0%} or more"


def _counted(what: str, count: int, wanted: int) -> Iterator[str]:
    if count < wanted:
        yield f"{what}: {count}, should be {wanted} or more"


def _shared(what: str, count: int, total: int, share: float) -> Iterator[str]:
    if count < share * total:
        yield f"{what}: {count} of {total}, should be {share:.0%} or more"


def _entangled(laid: list[Instance], depth_m: float) -> int:
    """Return how many pairs reach into each other's convex hulls."""
    points = {o.id: o.world_from_object.apply(surface_points(o.asset.mesh) * o.scale) for o in laid}
    planes = {o.id: ConvexHull(o.world_vertices()).equations for o in laid}
    count = 0
    for one, other in near_pairs(laid, [], 0.0):
        depths = [
            float((-(points[a.id] @ planes[b.id][:, :3].T + planes[b.id][:, 3]).max(axis=1)).max())
            for a, b in ((one, other), (other, one))
        ]
        count += max(depths) >= depth_m
    return count


def _stacked(laid: list[Instance], gap_m: float) -> int:
    """Return how many objects rest on others."""
    on: set[int] = set()
    for one, other in near_pairs(laid, [], gap_m):
        middles = [float(o.world_vertices()[:, 2].mean()) for o in (one, other)]
        upper, lower = (one, other) if middles[0] > middles[1] else (other, one)
        if upper.id not in on and fall_m(upper, lower) <= gap_m:
            on.add(upper.id)
    return len(on)


def _mostly(thing: Instance, of: str) -> bool:
    """Return whether most of a thing's surface is of a kind."""
    mesh = thing.asset.mesh
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    such = np.array([_is(m, of) for m in thing.surface])
    return bool(area[such[mesh.face_material]].sum() > 0.5 * area.sum())


def _is(material: Material, of: str) -> bool:
    match of:
        case "transparent":
            return material.substance == "glass"
        case "mirror":
            return material.metallic >= _MIRROR_METALLIC and material.roughness <= _MIRROR_ROUGHNESS
        case "black":
            return max(material.base_color) <= _BLACK and material.metallic == 0.0
        case _:
            return material.texture is None and material.normal_texture is None


def _boxes(scene: Scene, laid: list[Instance]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the lowest and highest image position of each object's vertices before the first camera; NaN if none."""
    camera = _camera(scene)
    camera_from_world = (scene.world_from_rig @ camera.rig_from_camera).inverse
    found = []
    for thing in laid:
        points = camera_from_world.apply(thing.world_vertices())
        points = points[points[:, 2] > 0.01]
        uv = points[:, :2] / points[:, 2:] * (camera.fx_px, camera.fy_px) + (camera.cx_px, camera.cy_px)
        found.append((uv.min(axis=0), uv.max(axis=0)) if len(uv) else (np.full(2, np.nan), np.full(2, np.nan)))
    return found


def _camera(scene: Scene) -> Camera:
    return next(s for s in scene.sensors if isinstance(s, Camera))


def _cut(scene: Scene, laid: list[Instance]) -> int:
    """Return how many objects the picture's border cuts."""
    camera = _camera(scene)
    size = np.array([camera.width_px, camera.height_px])
    cut = 0
    for low, high in _boxes(scene, laid):
        within = bool((high > 1).all() and (low < size - 1).all())
        cut += within and bool((low < 0).any() or (high > size).any())
    return cut


def _wall_m(scene: Scene, thing: Instance) -> float:
    """Return how near a thing comes to the bin's mesh beside its bottom: of points 8 mm and more above that."""
    walls = next(o for o in scene.objects if o.name == "bin")
    area = next(a for a in scene.areas("bin"))
    points = thing.world_from_object.apply(surface_points(thing.asset.mesh) * thing.scale)
    points = points[points[:, 2] > area.z_m + 0.008]
    if not len(points):
        return np.inf
    local = walls.world_from_object.inverse.apply(points).astype(np.float32)
    mesh = ray_scene(walls.asset.mesh.vertices * walls.scale, walls.asset.mesh.faces, 1)
    return float(mesh.compute_distance(o3d.core.Tensor.from_numpy(local), nthreads=1).numpy().min())


def _gripped(scene: Scene, thing: Instance) -> float:
    """Return how much less of a thing is seen for the arm and gripper; 0 where less than half was to be seen."""
    bare = replace(scene, objects=tuple(o for o in scene.objects if o.category not in ("robot_arm", "gripper")))
    before = visible_share(bare, thing.id)
    return before - visible_share(scene, thing.id) if before >= 0.5 else 0.0
