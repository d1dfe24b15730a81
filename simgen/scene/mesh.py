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
    crease_deg: np.ndarray | float = 40.0,
    sheet: np.ndarray | int = 0,
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
        crease_deg: 0 shades every face flat, 180 smooths everything; one for all, or (F,).
        sheet: integers, one for all, or (F,); faces of different sheets are never smoothed together.

    Raises:
        ValueError: nothing is left, or an array has the wrong shape.
    """
    vertices = np.asarray(vertices, dtype=np.float64).reshape(-1, 3)
    faces = np.asarray(faces, dtype=np.int64).reshape(-1, 3)
    material, crease_deg, sheet = (np.broadcast_to(each, len(faces)) for each in (face_material, crease_deg, sheet))
    corner_uv = np.zeros((len(faces), 3, 2))
    if uv is not None:
        uv = np.asarray(uv, dtype=np.float64)
        corner_uv = uv[faces] if uv.ndim == 2 else uv
    corners = vertices[faces]
    normal = face_crosses(corners)
    area = np.sqrt((normal * normal).sum(axis=1))
    keep = area > 1e-14
    if not keep.any():
        raise ValueError("no face has any area")
    corners, normal = corners[keep], normal[keep] / area[keep, None]
    normals = _corner_normals(corners, normal, np.cos(np.radians(crease_deg[keep])), sheet[keep])
    return _weld(corners.reshape(-1, 3), normals, corner_uv[keep].reshape(-1, 2), material[keep])


def face_crosses(corners: np.ndarray) -> np.ndarray:
    """Return (F, 3) outward normals of (F, 3, 3) corners, as long as twice the faces' areas."""
    return cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the (N, 3) cross products, at a fraction of ``np.cross``'s cost."""
    ax, ay, az = a.T
    bx, by, bz = b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=1)


def _corner_normals(
    corners: np.ndarray, face_normal: np.ndarray, crease_cos: np.ndarray, sheet: np.ndarray
) -> np.ndarray:
    """Return (3 F, 3) corner normals, smoothed across faces of a sheet that meet at less than the crease angle."""
    edges = corners[:, [1, 2, 0]] - corners
    edges /= np.maximum(np.sqrt((edges * edges).sum(axis=2, keepdims=True)), 1e-20)
    angle = np.arccos(np.clip(-(edges * edges[:, [2, 0, 1]]).sum(axis=2), -1.0, 1.0))
    points = corners.reshape(-1, 3)
    scale = max(float(np.ptp(points, axis=0).max()), 1e-9)
    cells = np.column_stack([np.rint(points / (scale * 1e-6)), np.repeat(sheet, 3)]).astype(np.int64)
    first, position = _distinct(cells)
    return _smooth(position, len(first), face_normal, angle.reshape(-1), crease_cos - 1e-9)


@numba.njit(cache=True)
def _smooth(
    position: np.ndarray, positions: int, face_normal: np.ndarray, angle: np.ndarray, crease_cos: np.ndarray
) -> np.ndarray:
    """Return (3 F, 3) corner normals, from the number of each corner's position and how many positions there are."""
    starts = np.zeros(positions + 1, dtype=np.int64)
    for p in position:
        starts[p + 1] += 1
    for p in range(positions):
        starts[p + 1] += starts[p]
    free = starts.copy()
    order = np.empty_like(position)
    for corner, p in enumerate(position):
        order[free[p]] = corner
        free[p] += 1
    out = np.empty((len(order), 3))
    for g in range(len(starts) - 1):
        for i in range(starts[g], starts[g + 1]):
            own, limit = face_normal[order[i] // 3], crease_cos[order[i] // 3]
            x = y = z = 0.0
            for j in range(starts[g], starts[g + 1]):
                other = face_normal[order[j] // 3]
                if own[0] * other[0] + own[1] * other[1] + own[2] * other[2] >= limit:
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


@numba.njit(cache=True)
def _agree(rows: np.ndarray, i: int, j: int) -> bool:
    agree = True
    for k in range(rows.shape[1]):
        agree &= rows[i, k] == rows[j, k]
    return agree


@numba.njit(cache=True)
def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each distinct row of (N, K) int64 stands first, and (N,) which distinct row each is.

    Distinct rows are numbered as they come; found by a hash table of open addressing, with SplitMix64's multiplier.
    """
    count = len(rows)
    size = 4
    while size < 2 * count:
        size *= 2
    slots = np.full(size, -1)
    first, number = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    found = 0
    for i in range(count):
        key = np.uint64(0)
        for value in rows[i]:
            key = (key ^ np.uint64(value)) * np.uint64(0xBF58476D1CE4E5B9)
            key ^= key >> np.uint64(29)
        slot = np.int64(key & np.uint64(size - 1))
        while slots[slot] >= 0 and not _agree(rows, first[slots[slot]], i):
            slot = (slot + 1) % size
        if slots[slot] < 0:
            slots[slot], first[found] = found, i
            found += 1
        number[i] = slots[slot]
    return first[:found], number
