"""LiDAR: whole HDL-64E sweeps against bare ray casts and peers' casts of the same beams, and where the time goes."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import open3d as o3d
import ray_peers
import trimesh
from clock import best

from simgen.annotate.objects import annotate
from simgen.assets.sensors import make_lidar
from simgen.geometry.pose import at
from simgen.render.lidar import scan
from simgen.render.noise import sensor_key
from simgen.scene.asset import Asset, Credit
from simgen.scene.lidar import Lidar
from simgen.scene.material import SubstanceName, make_material
from simgen.scene.mesh import mesh_from_faces
from simgen.scene.scene import Instance, Scene
from simgen.trace.tracer import Tracer, ray_scene

REPEATS = 30


def figures() -> dict[str, float | str | None]:
    """Return sweeps a second, milliseconds by stage, and ratios to bare casts and peers; the best of many repeats each.

    ``hdl64e_vs_bullet`` and ``hdl64e_vs_embree`` are a peer's time for casting the beams over ours for the whole sweep.
    """
    lidar = make_lidar("HDL-64E", name="lidar", rig_from_lidar=at(0, 0, 1.73))
    scene = street(lidar)
    tracer, key = Tracer(scene.objects), sensor_key(0, 0, "lidar")
    rays = lidar.rays(lidar.rig_from_lidar)
    packed = o3d.core.Tensor.from_numpy(np.concatenate([rays.origin, rays.direction], axis=1))
    bare = ray_scene(tracer.geometry.vertices, tracer.geometry.faces)
    sweep = scan(scene, lidar, tracer, key)
    raw_s = best(lambda: bare.cast_rays(packed), REPEATS)
    scan_s = best(lambda: scan(scene, lidar, tracer, key), REPEATS)
    bullet_s, embree_s = ray_peers.bullet(scene, rays, lidar.max_range_m), ray_peers.embree(scene, rays)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "triangles": len(tracer.geometry.faces),
        "hdl64e_beams": len(rays),
        "hdl64e_returns": len(sweep.xyz_m),
        "hdl64e_raw_rays_ms": 1e3 * raw_s,
        "hdl64e_beams_ms": 1e3 * best(lambda: lidar.rays(lidar.rig_from_lidar), REPEATS),
        "hdl64e_trace_ms": 1e3 * best(lambda: tracer.closest_hit(rays), REPEATS),
        "hdl64e_sweep_ms": 1e3 * scan_s,
        "hdl64e_labels_ms": 1e3 * best(lambda: annotate(scene, (sweep,)), REPEATS),
        "hdl64e_single_sweeps_per_s": 1.0 / scan_s,
        "hdl64e_single_over_raw_rays": scan_s / raw_s,
        "hdl64e_7sub_sweeps_per_s": _seven(scene, lidar, tracer, key),
        "bullet_rays_ms": bullet_s and 1e3 * bullet_s,
        "trimesh_embree_rays_ms": embree_s and 1e3 * embree_s,
        "hdl64e_vs_bullet": bullet_s and bullet_s / scan_s,
        "hdl64e_vs_embree": embree_s and embree_s / scan_s,
    }


def _seven(scene: Scene, lidar: Lidar, tracer: Tracer, key: np.uint64) -> float:
    """Return sweeps a second with 7 sub-rays and two returns, labels made."""
    wide = replace(lidar, sub_rays=7, return_mode="dual")
    seven = replace(scene, sensors=(wide,))
    return 1.0 / best(lambda: annotate(seven, (scan(seven, wide, tracer, key),)), REPEATS)


def street(lidar: Lidar) -> Scene:
    """Return a made-up street of about 300,000 triangles: ground, walls, boxes for cars and balls for tree crowns."""
    crown = model("crown", "tree", trimesh.creation.icosphere(subdivisions=4, radius=1.6), "foliage")
    body = model("body", "car", trimesh.creation.box((4.3, 1.8, 1.5)), "car_paint")
    front = model("front", "building", trimesh.creation.box((30.0, 8.0, 12.0)), "plaster")
    road = model("road", "road", trimesh.creation.box((240.0, 60.0, 0.2)), "asphalt")
    placed = [(road, at(0, 0, -0.1))]
    placed += [(front, at(-100 + 33 * k, side * 16, 6)) for k in range(7) for side in (-1, 1)]
    placed += [(crown, at(-100 + 7 * k, side * 9, 4)) for k in range(29) for side in (-1, 1)]
    placed += [(body, at(-95 + 8 * k, side * 6, 0.75, 0.05 * side)) for k in range(20) for side in (-1, 1) if k != 12]
    objects = tuple(
        Instance(id=k, name=f"object_{k}", asset=asset, world_from_object=pose)
        for k, (asset, pose) in enumerate(placed, start=1)
    )
    return Scene(objects=objects, sensors=(lidar,))


def model(name: str, category: str, shape: trimesh.Trimesh, substance: SubstanceName) -> Asset:
    """Return a shape as an asset of one substance."""
    return Asset(
        name=name,
        category=category,
        mesh=mesh_from_faces(shape.vertices, shape.faces),
        materials=(make_material(substance, substance),),
        credit=Credit(author="simgen", licence="Apache-2.0", source="simgen"),
    )
