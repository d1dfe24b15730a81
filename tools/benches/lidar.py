"""LiDAR: whole HDL-64E sweeps against bare ray casts of the same beams, and where the time goes."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import open3d as o3d
import trimesh

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


def figures() -> dict[str, float]:
    """Return sweeps a second, milliseconds by stage, and the ratio to bare casts; the best of many repeats each."""
    lidar = make_lidar("HDL-64E", name="lidar", rig_from_lidar=at(0, 0, 1.73))
    scene = street(lidar)
    tracer, key = Tracer(scene.objects), sensor_key(0, 0, "lidar")
    rays = lidar.rays(lidar.rig_from_lidar)
    packed = o3d.core.Tensor.from_numpy(np.concatenate([rays.origin, rays.direction], axis=1))
    bare = ray_scene(tracer.geometry.vertices, tracer.geometry.faces)
    sweep = scan(scene, lidar, tracer, key)
    raw_s = best(lambda: bare.cast_rays(packed))
    scan_s = best(lambda: scan(scene, lidar, tracer, key))
    return {
        "triangles": len(tracer.geometry.faces),
        "hdl64e_beams": len(rays),
        "hdl64e_returns": len(sweep.xyz_m),
        "hdl64e_raw_rays_ms": 1e3 * raw_s,
        "hdl64e_beams_ms": 1e3 * best(lambda: lidar.rays(lidar.rig_from_lidar)),
        "hdl64e_trace_ms": 1e3 * best(lambda: tracer.closest_hit(rays)),
        "hdl64e_sweep_ms": 1e3 * scan_s,
        "hdl64e_labels_ms": 1e3 * best(lambda: annotate(scene, (sweep,))),
        "hdl64e_single_sweeps_per_s": 1.0 / scan_s,
        "hdl64e_single_over_raw_rays": scan_s / raw_s,
    }


def best(work: Callable[[], object]) -> float:
    """Return the shortest of `REPEATS` times, seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


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
