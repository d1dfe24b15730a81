"""A scene's objects as flat arrays: what the tracer builds on and the shading kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgen.scene.material import Material
from simgen.scene.scene import Instance


@dataclass(frozen=True, kw_only=True, eq=False)
class Geometry:
    """All triangles of a list of instances, in the world.

    Attributes:
        vertices: (V, 3) float32, metres.
        faces: (F, 3) int32.
        normals: (V, 3) float32 unit shading normals.
        uv: (V, 2) float32 texture coordinates.
        face_material: (F,) int32 index into ``materials``.
        face_instance: (F,) uint32 instance id.
        materials: the distinct materials in use, in order of first use; a soiled one once for each object.
        object_from_world: (M, 3, 4) float64 of the objects of soiled materials, in metres; 0 for others.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    face_material: np.ndarray
    face_instance: np.ndarray
    materials: tuple[Material, ...]
    object_from_world: np.ndarray


def flatten(objects: Sequence[Instance]) -> Geometry:
    """Return the world triangles of ``objects``, in their order."""
    vertices, faces, normals, uv, face_material, face_instance = [], [], [], [], [], []
    materials: dict[tuple[int, int], tuple[int, Material]] = {}
    frames: list[np.ndarray] = []
    start = 0
    for instance in objects:
        mesh = instance.asset.mesh
        slots = np.array([_slot(m, instance, materials, frames) for m in instance.surface], dtype=np.int32)
        vertices.append(instance.world_vertices().astype(np.float32))
        normals.append(instance.world_from_object.rotate(mesh.normals).astype(np.float32))
        uv.append(mesh.uv)
        faces.append(mesh.faces + np.int32(start))
        face_material.append(slots[mesh.face_material])
        face_instance.append(np.full(len(mesh.faces), instance.id, dtype=np.uint32))
        start += len(mesh.vertices)
    if not objects:
        return Geometry(
            vertices=np.zeros((0, 3), np.float32),
            faces=np.zeros((0, 3), np.int32),
            normals=np.zeros((0, 3), np.float32),
            uv=np.zeros((0, 2), np.float32),
            face_material=np.zeros(0, np.int32),
            face_instance=np.zeros(0, np.uint32),
            materials=(),
            object_from_world=np.zeros((0, 3, 4)),
        )
    return Geometry(
        vertices=np.concatenate(vertices),
        faces=np.concatenate(faces),
        normals=np.concatenate(normals),
        uv=np.concatenate(uv),
        face_material=np.concatenate(face_material),
        face_instance=np.concatenate(face_instance),
        materials=tuple(m for _, m in materials.values()),
        object_from_world=np.stack(frames),
    )


def _slot(
    material: Material,
    instance: Instance,
    materials: dict[tuple[int, int], tuple[int, Material]],
    frames: list[np.ndarray],
) -> int:
    """Return the index of one of an instance's materials, which is added where it is not there yet."""
    key = (id(material), 0 if material.soiling is None else instance.id)
    if key not in materials:
        materials[key] = (len(materials), material)
        frames.append(np.zeros((3, 4)) if material.soiling is None else instance.world_from_object.inverse.matrix[:3])
    return materials[key][0]
