"""Triangle meshes with the attributes the renderer needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
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
    cross = _cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    keep = area > 1e-14
    corners, cross, area, material, corner_uv = corners[keep], cross[keep], area[keep], material[keep], corner_uv[keep]
    if not len(corners):
        raise ValueError("no face has any area")
    face_normal = cross / area[:, None]
    normals = _corner_normals(corners, face_normal, np.cos(np.radians(crease_deg)))
    return _weld(corners.reshape(-1, 3), normals.reshape(-1, 3), corner_uv.reshape(-1, 2), material)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the (N, 3) cross products, at a fraction of ``np.cross``'s cost."""
    ax, ay, az = a.T
    bx, by, bz = b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=1)


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
    cells = np.rint(corners.reshape(-1, 3) / (scale * 1e-6)).astype(np.int64)
    _, position = _distinct(cells)
    order = np.argsort(position, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(position[order]) > 0, True])
    return _smooth(order, starts, face_normal, angle.reshape(-1), crease_cos - 1e-9).reshape(count, 3, 3)


@numba.njit(cache=True)
def _smooth(
    order: np.ndarray, starts: np.ndarray, face_normal: np.ndarray, angle: np.ndarray, crease_cos: float
) -> np.ndarray:
    """Return (3 F, 3) corner normals; ``order[starts[g] : starts[g + 1]]`` are the corners of the g-th position."""
    out = np.empty((len(order), 3))
    for g in range(len(starts) - 1):
        for i in range(starts[g], starts[g + 1]):
            own = face_normal[order[i] // 3]
            x = y = z = 0.0
            for j in range(starts[g], starts[g + 1]):
                other = face_normal[order[j] // 3]
                if own[0] * other[0] + own[1] * other[1] + own[2] * other[2] >= crease_cos:
                    x += other[0] * angle[order[j]]
                    y += other[1] * angle[order[j]]
                    z += other[2] * angle[order[j]]
            length = np.sqrt(x * x + y * y + z * z)
            if length > 1e-12:
                out[order[i], 0], out[order[i], 1], out[order[i], 2] = x / length, y / length, z / length
            else:
                out[order[i]] = own
    return out


def _weld(positions: np.ndarray, normals: np.ndarray, uv: np.ndarray, material: np.ndarray) -> Mesh:
    """Store corners that agree in position, normal and texture coordinate once."""
    rows = np.concatenate([positions, normals, uv], axis=1).astype(np.float32)
    first, inverse = _distinct(np.rint(rows.astype(np.float64) * 1e6).astype(np.int64))
    kept = rows[first]
    return Mesh(
        vertices=kept[:, :3],
        faces=inverse.reshape(-1, 3),
        normals=kept[:, 3:6],
        uv=kept[:, 6:],
        face_material=material,
    )


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each distinct row of (N, K) int64 stands first, and (N,) which distinct row each is.

    Rows are compared by a 64-bit hash (SplitMix64's mixing of the columns), which sorts many times faster than rows do;
    two different rows of a million share one with a chance of 3e-8.
    """
    with np.errstate(over="ignore"):
        key = np.zeros(len(rows), dtype=np.uint64)
        for column in rows.T:
            key = (key ^ column.astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
            key ^= key >> np.uint64(29)
            key *= np.uint64(0x94D049BB133111EB)
            key ^= key >> np.uint64(32)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return first, inverse.reshape(-1)
