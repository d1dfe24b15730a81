"""Triangle meshes with the attributes the renderer needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class Mesh:
    """A triangle mesh; arrays are made read-only.

    Attributes:
        vertices: (V, 3) float32, metres. A corner where normals or texture coordinates jump is stored once per side.
        faces: (F, 3) int32 vertex indices, counter-clockwise seen from outside.
        normals: (V, 3) float32 unit shading normals.
        uv: (V, 2) float32 texture coordinates, v upwards as in OBJ; 0 where there is no texture.
        face_material: (F,) int32 index into the asset's materials.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    face_material: np.ndarray

    def __post_init__(self) -> None:
        v, f = len(self.vertices), len(self.faces)
        wanted = {
            "vertices": ((v, 3), np.float32),
            "faces": ((f, 3), np.int32),
            "normals": ((v, 3), np.float32),
            "uv": ((v, 2), np.float32),
            "face_material": ((f,), np.int32),
        }
        for name, (shape, dtype) in wanted.items():
            array = np.ascontiguousarray(getattr(self, name), dtype=dtype)
            if array.shape != shape:
                raise ValueError(f"mesh {name} must have shape {shape}, got {array.shape}")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if not v or not f:
            raise ValueError(f"a mesh needs vertices and faces, got {v} and {f}")
        if not np.isfinite(self.vertices).all():
            raise ValueError(f"{int((~np.isfinite(self.vertices)).any(axis=1).sum())} of {v} vertices are not finite")
        if self.faces.min() < 0 or self.faces.max() >= v:
            raise ValueError(f"faces point at vertices {self.faces.min()} to {self.faces.max()}, but there are {v}")

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest corner, each (3,) float64."""
        return self.vertices.min(axis=0).astype(np.float64), self.vertices.max(axis=0).astype(np.float64)


def mesh_from_faces(
    vertices: np.ndarray,
    faces: np.ndarray,
    *,
    uv: np.ndarray | None = None,
    face_material: np.ndarray | int = 0,
    crease_deg: float = 40.0,
) -> Mesh:
    """Build a mesh from bare geometry, finding shading normals.

    A corner's normal is the mean of the normals of the faces around its position that bend away from the corner's own
    face by less than ``crease_deg``, weighted by corner angle (Thuermer and Wuethrich 1998). Faces without area are
    dropped.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) indices.
        uv: None, or (V, 2) per vertex, or (F, 3, 2) per corner.
        face_material: one index for all, or (F,).
        crease_deg: 0 shades every face flat, 180 smooths everything.

    Raises:
        ValueError: nothing is left, or an array has the wrong shape.
    """
    vertices = np.asarray(vertices, dtype=np.float64).reshape(-1, 3)
    faces = np.asarray(faces, dtype=np.int64).reshape(-1, 3)
    material = np.broadcast_to(np.asarray(face_material, dtype=np.int32), (len(faces),))
    corner_uv = np.zeros((len(faces), 3, 2))
    if uv is not None:
        uv = np.asarray(uv, dtype=np.float64)
        corner_uv = uv[faces] if uv.ndim == 2 else uv
    corners = vertices[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    keep = area > 1e-14
    corners, cross, area, material, corner_uv = corners[keep], cross[keep], area[keep], material[keep], corner_uv[keep]
    if not len(corners):
        raise ValueError("no face has any area")
    face_normal = cross / area[:, None]
    normals = _corner_normals(corners, face_normal, np.cos(np.radians(crease_deg)))
    return _weld(corners.reshape(-1, 3), normals.reshape(-1, 3), corner_uv.reshape(-1, 2), material)


def merge(parts: list[Mesh]) -> Mesh:
    """Join meshes that share one list of materials into one mesh."""
    starts = np.cumsum([0, *(len(p.vertices) for p in parts[:-1])])
    return Mesh(
        vertices=np.concatenate([p.vertices for p in parts]),
        faces=np.concatenate([p.faces + s for p, s in zip(parts, starts, strict=True)]),
        normals=np.concatenate([p.normals for p in parts]),
        uv=np.concatenate([p.uv for p in parts]),
        face_material=np.concatenate([p.face_material for p in parts]),
    )


def _corner_normals(corners: np.ndarray, face_normal: np.ndarray, crease_cos: float) -> np.ndarray:
    """Return (F, 3, 3) corner normals, smoothed across faces that meet at less than the crease angle."""
    count = len(corners)
    edges = np.roll(corners, -1, axis=1) - corners
    edges /= np.maximum(np.linalg.norm(edges, axis=2, keepdims=True), 1e-20)
    angle = np.arccos(np.clip(-(edges * np.roll(edges, 1, axis=1)).sum(axis=2), -1.0, 1.0))
    scale = max(float(np.ptp(corners.reshape(-1, 3), axis=0).max()), 1e-9)
    _, position = np.unique(
        np.round(corners.reshape(-1, 3) / (scale * 1e-6)).astype(np.int64), axis=0, return_inverse=True
    )
    position = position.reshape(-1)
    order = np.argsort(position, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(position[order]) > 0])
    sizes = np.diff(np.r_[starts, 3 * count])
    face_of = order // 3
    weighted = face_normal[face_of] * angle.reshape(-1)[order][:, None]
    summed = np.zeros((3 * count, 3))
    # Corners of one position are visited in rings: the k-th neighbour of every corner at once.
    rank = np.arange(3 * count) - np.repeat(starts, sizes)
    first, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    for step in range(int(sizes.max())):
        live = np.flatnonzero(step < size)
        other = first[live] + (rank[live] + step) % size[live]
        close = (face_normal[face_of[live]] * face_normal[face_of[other]]).sum(axis=1) >= crease_cos - 1e-9
        summed[live[close]] += weighted[other[close]]
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    smooth = np.where(length > 1e-12, summed / np.maximum(length, 1e-12), face_normal[face_of])
    result = np.empty((3 * count, 3))
    result[order] = smooth
    return result.reshape(count, 3, 3)


def _weld(positions: np.ndarray, normals: np.ndarray, uv: np.ndarray, material: np.ndarray) -> Mesh:
    """Store corners that agree in position, normal and texture coordinate once."""
    rows = np.concatenate([positions, normals, uv], axis=1).astype(np.float32)
    _, first, inverse = np.unique(np.round(rows, 6), axis=0, return_index=True, return_inverse=True)
    kept = rows[first]
    return Mesh(
        vertices=kept[:, :3],
        faces=inverse.reshape(-1, 3),
        normals=kept[:, 3:6],
        uv=kept[:, 6:],
        face_material=material,
    )
