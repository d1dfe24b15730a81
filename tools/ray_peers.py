"""Seconds that other libraries take to cast a sweep's beams into our scene; None where one is not installed."""

from __future__ import annotations

import numpy as np
import trimesh
from clock import best

from simgen.geometry.rays import Rays
from simgen.scene.scene import Scene

REPEATS = 3


def bullet(scene: Scene, rays: Rays, max_range_m: float) -> float | None:
    """Bullet's `rayTestBatch` on all its threads: the object, place and normal of each ray's first hit."""
    try:
        from simgen.simulate.bullet import pybullet
    except ImportError:
        return None
    client = pybullet.connect(pybullet.DIRECT)
    try:
        for instance in scene.objects:
            shape = pybullet.createCollisionShape(
                pybullet.GEOM_MESH,
                vertices=instance.world_vertices().tolist(),
                indices=instance.asset.mesh.faces.ravel().tolist(),
                flags=pybullet.GEOM_FORCE_CONCAVE_TRIMESH,
                physicsClientId=client,
            )
            pybullet.createMultiBody(0, baseCollisionShapeIndex=shape, physicsClientId=client)
        starts = rays.origin.astype(np.float64)
        ends = starts + max_range_m * rays.direction
        most = pybullet.MAX_RAY_INTERSECTION_BATCH_SIZE
        batches = [(starts[k : k + most].tolist(), ends[k : k + most].tolist()) for k in range(0, len(starts), most)]
        return best(
            lambda: [pybullet.rayTestBatch(start, end, numThreads=0, physicsClientId=client) for start, end in batches],
            REPEATS,
        )
    finally:
        pybullet.disconnect(client)


def embree(scene: Scene, rays: Rays) -> float | None:
    """Embree as trimesh has it with embreex: the triangle that each ray meets first."""
    try:
        from trimesh.ray.ray_pyembree import RayMeshIntersector
    except ImportError:
        return None
    whole = trimesh.util.concatenate(
        [trimesh.Trimesh(o.world_vertices(), o.asset.mesh.faces, process=False) for o in scene.objects]
    )
    caster = RayMeshIntersector(whole)
    return best(lambda: caster.intersects_first(rays.origin, rays.direction), REPEATS)
