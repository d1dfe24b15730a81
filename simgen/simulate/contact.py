"""How deep real meshes lie in each other and how far they could fall: their triangles, not physics' shapes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import open3d as o3d

from simgen.scene.mesh import Mesh
from simgen.scene.scene import Instance
from simgen.trace.tracer import ray_scene

_SAMPLES = 1500
_EDGE_STEP_M = 0.004
_MOST_EDGE_POINTS = 4000
_SKEW = np.array(
    [
        (0.3713, 0.2291, 0.8998),
        (-0.7121, 0.4313, 0.5540),
        (0.5477, -0.7733, 0.3195),
        (-0.3359, -0.6197, -0.7093),
        (0.8011, 0.5441, -0.2497),
    ]
)


def bounds(instance: Instance) -> np.ndarray:
    """Return the (2, 3) lowest and highest world corner around an instance."""
    vertices = instance.world_vertices()
    return np.stack([vertices.min(axis=0), vertices.max(axis=0)])


def penetration_m(one: Instance, other: Instance) -> float:
    """Return how deep two meshes lie in each other, metres: the farthest that a point of one is inside the other.

    Measured at points (`surface_points`), so it may be understated by what lies between them; nothing is inside an open
    mesh.
    """
    deepest = 0.0
    for probe, solid in ((one, other), (other, one)):
        points = probe.world_from_object.apply(surface_points(probe.asset.mesh) * probe.scale)
        local = solid.world_from_object.inverse.apply(points) / solid.scale
        low, high = (np.asarray(b) for b in solid.asset.bounds)
        scene = _scene_of(solid.asset.mesh)
        local = local[((local > low) & (local < high)).all(axis=1)]
        local = local[_is_inside(scene, local, low, high)]
        if len(local):
            query = o3d.core.Tensor.from_numpy(local.astype(np.float32))
            deepest = max(deepest, float(scene.compute_distance(query, nthreads=1).numpy().max()) * solid.scale)
    return deepest


def fall_m(upper: Instance, lower: Instance) -> float:
    """Return how far ``upper`` could sink straight down before it meets ``lower``, metres; infinite if never.

    Rays go down from points of the upper mesh and up from points of the lower one: it may be overstated a little where
    two edges cross. Where the meshes lie in each other it is the distance to the next surface on the way.
    """
    nearest = np.inf
    box = bounds(upper)
    for probe, solid, way in ((upper, lower, -1.0), (lower, upper, 1.0)):
        points = probe.world_from_object.apply(surface_points(probe.asset.mesh) * probe.scale)
        if probe is lower:
            points = points[((points[:, :2] >= box[0, :2]) & (points[:, :2] <= box[1, :2])).all(axis=1)]
        if not len(points):
            continue
        from_world = solid.world_from_object.inverse
        rays = np.empty((len(points), 6), dtype=np.float32)
        rays[:, :3] = from_world.apply(points) / solid.scale
        rays[:, 3:] = from_world.rotate(np.array([0.0, 0.0, way]))
        hit = _scene_of(solid.asset.mesh).cast_rays(o3d.core.Tensor.from_numpy(rays), nthreads=1)["t_hit"].numpy()
        nearest = min(nearest, float(hit.min()) * solid.scale)
    return nearest


def _is_inside(
    scene: o3d.t.geometry.RaycastingScene, points: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Return which (N, 3) points a mesh encloses: on all of five skew rays an odd number of surfaces is crossed.

    Asking for all five keeps out points beside open meshes and rays that pass exactly through a seam.
    """
    inside = np.asarray(((points > low) & (points < high)).all(axis=1))
    for direction in _SKEW:
        if not inside.any():
            break
        rays = np.empty((int(inside.sum()), 6), dtype=np.float32)
        rays[:, :3], rays[:, 3:] = points[inside], direction
        inside[inside] = scene.count_intersections(o3d.core.Tensor.from_numpy(rays), nthreads=1).numpy() % 2 == 1
    return inside


def near_pairs(movers: Sequence[Instance], fixed: Sequence[Instance], near_m: float) -> list[tuple[Instance, Instance]]:
    """Return the pairs (mover, mover) and (mover, fixed) whose bounding boxes come within ``near_m``, in order."""
    boxes = [bounds(i) for i in (*movers, *fixed)]
    pairs = []
    for a, one in enumerate(movers):
        for b in range(a + 1, len(boxes)):
            if (boxes[a][0] <= boxes[b][1] + near_m).all() and (boxes[b][0] <= boxes[a][1] + near_m).all():
                pairs.append((one, movers[b] if b < len(movers) else fixed[b - len(movers)]))
    return pairs


@lru_cache(maxsize=1024)
def surface_points(mesh: Mesh) -> np.ndarray:
    """Return (N, 3) points on a mesh's surface: vertices, points along edges and on faces."""
    vertices, faces = mesh.vertices.astype(np.float64), mesh.faces
    corners = vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    edges = np.concatenate([[0.0], np.cumsum(area)])
    face = np.searchsorted(edges, (np.arange(_SAMPLES) + 0.5) / _SAMPLES * edges[-1], side="right") - 1
    face = np.clip(face, 0, len(faces) - 1)
    k = np.arange(_SAMPLES)
    root, b = np.sqrt((k * 0.7548776662466927) % 1.0)[:, None], ((k * 0.5698402909980532) % 1.0)[:, None]
    weights = np.concatenate([1 - root, root * (1 - b), root * b], axis=1)
    return np.concatenate([vertices, _edge_points(vertices, faces), (corners[face] * weights[:, :, None]).sum(axis=1)])


def _edge_points(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    pairs = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    start, end = vertices[pairs[:, 0]], vertices[pairs[:, 1]]
    length = np.linalg.norm(end - start, axis=1)
    step = max(_EDGE_STEP_M, float(length.sum()) / _MOST_EDGE_POINTS)
    counts = np.maximum(np.ceil(length / step).astype(int) - 1, 0)
    which = np.repeat(np.arange(len(pairs)), counts)
    place = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = ((place + 1) / (counts[which] + 1))[:, None]
    return start[which] * (1 - share) + end[which] * share


@lru_cache(maxsize=256)
def _scene_of(mesh: Mesh) -> o3d.t.geometry.RaycastingScene:
    return ray_scene(mesh.vertices, mesh.faces, 1)
