"""Bare shapes that families are put together from, and the step that turns them into an asset."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import ConvexHull

from simgen.geometry.pose import Pose, Vector3
from simgen.scene.asset import Asset, Credit, Symmetry
from simgen.scene.material import Material, SubstanceName, make_material, rgb
from simgen.scene.mesh import cross, face_crosses, mesh_from_faces

CREDIT = Credit(author="simgen contributors", licence="CC0-1.0", source="simgen")

Option = TypeVar("Option")


@dataclass(frozen=True, kw_only=True, eq=False)
class Shape:
    """Triangles of one smoothness.

    Attributes:
        vertices: (V, 3) float64, metres.
        faces: (F, 3) indices, counter-clockwise seen from outside.
        uv: (F, 3, 2) texture coordinates per corner, or None.
        crease_deg: as for `mesh_from_faces`.
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray | None = None
    crease_deg: float = 40.0

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """Return the shape shifted."""
        return replace(self, vertices=self.vertices + np.array([x, y, z]))

    def turned(self, pose: Pose) -> Shape:
        """Return the shape moved by a pose."""
        return replace(self, vertices=pose.apply(self.vertices))

    def scaled(self, x: float, y: float, z: float) -> Shape:
        """Return the shape stretched along the axes by factors above 0."""
        return replace(self, vertices=self.vertices * np.array([x, y, z]))

    def mirrored(self) -> Shape:
        """Return the shape reflected left to right (y to -y), still facing outwards."""
        uv = None if self.uv is None else self.uv[:, ::-1]
        return replace(self, vertices=self.vertices * np.array([1.0, -1.0, 1.0]), faces=self.faces[:, ::-1], uv=uv)

    def creased(self, crease_deg: float) -> Shape:
        """Return the shape with another crease angle."""
        return replace(self, crease_deg=crease_deg)

    def wrapped(self, tile_m: float = 1.0) -> Shape:
        """Return the shape with texture coordinates by the axis each face looks along most; ``tile_m`` is one unit."""
        corners = self.vertices[self.faces]
        axis = np.abs(face_crosses(corners)).argmax(axis=1)
        u_axis, v_axis = np.array([1, 0, 0])[axis], np.array([2, 2, 1])[axis]
        rows = np.arange(len(corners))[:, None], np.arange(3)[None, :]
        u, v = corners[(*rows, u_axis[:, None])], corners[(*rows, v_axis[:, None])]
        return replace(self, uv=np.stack([u, v], axis=-1) / tile_m)


Part = tuple[Shape, str]
"""A shape and the name of its material."""


def assemble(
    name: str,
    category: str,
    parts: Sequence[Part],
    materials: Sequence[Material],
    tags: tuple[str, ...] = (),
    *,
    keypoints: Mapping[str, Vector3] | None = None,
    symmetries: tuple[Symmetry, ...] = (),
) -> Asset:
    """Return the asset made of ``parts``, its lowest point on z = 0, the middle of its box over the origin.

    Keypoints are given in the parts' frame, symmetries in the asset's.
    """
    whole = join([shape for shape, _ in parts])
    points = whole.vertices[whole.faces.reshape(-1)]
    low, high = points.min(axis=0), points.max(axis=0)
    shift = -np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    named = {of for _, of in parts}
    used = [m for m in materials if m.name in named]
    index = {m.name: k for k, m in enumerate(used)}
    counts = [len(shape.faces) for shape, _ in parts]
    # Shapes of one material and smoothness are shaded together.
    kinds = [(index[of], shape.crease_deg) for shape, of in parts]
    sheets = {kind: k for k, kind in enumerate(dict.fromkeys(kinds))}
    mesh = mesh_from_faces(
        whole.vertices + shift,
        whole.faces,
        uv=whole.uv,
        face_material=np.repeat([material for material, _ in kinds], counts),
        crease_deg=np.repeat([crease_deg for _, crease_deg in kinds], counts),
        sheet=np.repeat([sheets[kind] for kind in kinds], counts),
    )
    digest = hashlib.sha256()
    for array in (mesh.vertices, mesh.faces, mesh.normals, mesh.uv, mesh.face_material):
        digest.update(array.tobytes())
    for m in used:
        digest.update(repr(replace(m, texture=None, normal_texture=None)).encode())
        for picture in (m.texture, m.normal_texture):
            if picture is not None:
                digest.update(picture.pixels.tobytes() + (b"" if picture.mask is None else picture.mask.tobytes()))
    return Asset(
        name=name,
        category=category,
        mesh=mesh,
        materials=tuple(used),
        credit=CREDIT,
        tags=tags,
        digest=digest.hexdigest(),
        keypoints={of: _vector(np.asarray(at) + shift) for of, at in (keypoints or {}).items()},
        symmetries=symmetries,
    )


def _vector(point: np.ndarray) -> Vector3:
    return float(point[0]), float(point[1]), float(point[2])


def hull(points: ArrayLike, crease_deg: float = 40.0) -> Shape:
    """Return the convex hull of (N, 3) points."""
    points = np.asarray(points, dtype=np.float64)
    found = ConvexHull(points)
    faces = found.simplices.astype(np.int64)
    inward = (face_crosses(points[faces]) * found.equations[:, :3]).sum(axis=1) < 0
    faces[inward] = faces[inward][:, ::-1]
    return Shape(vertices=points, faces=faces, crease_deg=crease_deg)


def box(size_m: Vector3, centre_m: Vector3 = (0.0, 0.0, 0.0), bevel_m: float = 0.0) -> Shape:
    """Return an upright box; with ``bevel_m`` its edges are cut off at that distance.

    Raises:
        ValueError: there is no room for such a bevel.
    """
    half = np.asarray(size_m) / 2
    if bevel_m > half.min():
        raise ValueError(f"a box of {size_m} m has room for a bevel of {half.min()} m, got {bevel_m} m")
    corners, faces = _box(bevel_m > 0)
    return Shape(
        vertices=np.sign(corners) * (half - bevel_m * (np.abs(corners) < 1)) + centre_m, faces=faces, crease_deg=30.0
    )


@lru_cache(maxsize=2)
def _box(bevelled: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return corners and faces of the box from -1 to 1, sharp or with edges cut off at half its size."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
    if not bevelled:
        return signs, hull(signs).faces
    corners = np.concatenate([signs * np.where(np.arange(3) == k, 1.0, 0.5) for k in range(3)])
    return corners, hull(corners).faces


def grid(points: np.ndarray, *, close_u: bool = False, uv_size: tuple[float, float] = (1.0, 1.0)) -> Shape:
    """Return the quads between (R, C, 3) points; with ``close_u`` the last column joins the first.

    A face looks outwards where columns run counter-clockwise about the direction in which rows run.
    """
    rows, columns = points.shape[:2]
    if close_u:
        points = np.concatenate([points, points[:, :1]], axis=1)
        columns += 1
    faces, uv = _quads(rows, columns)
    return Shape(vertices=points.reshape(-1, 3).astype(np.float64), faces=faces, uv=uv * np.asarray(uv_size))


@lru_cache(maxsize=256)
def _quads(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return faces and (F, 3, 2) texture coordinates from 0 to 1 of the quads between rows of vertices."""
    r, c = (a.ravel() for a in np.mgrid[0 : rows - 1, 0 : columns - 1])
    a, b, d, e = r * columns + c, r * columns + c + 1, (r + 1) * columns + c + 1, (r + 1) * columns + c
    faces = np.concatenate([np.stack([a, b, d], axis=1), np.stack([a, d, e], axis=1)])
    v, u = np.mgrid[0:rows, 0:columns]
    uv = np.stack([u / (columns - 1), v / (rows - 1)], axis=-1).reshape(-1, 2)
    return faces, uv[faces]


def revolve(profile: Sequence[tuple[float, float]], segments: int = 24, crease_deg: float = 40.0) -> Shape:
    """Return the surface of (radius, z) points turned about z; it faces right of the profile's way.

    A profile going up at the outside faces outwards; radii of 0 close the ends. Texture u runs once around from +x,
    v from 0 to 1 along the profile's length.
    """
    line = np.asarray(profile, dtype=np.float64)
    angle = np.arange(segments + 1) * (2 * math.pi / segments)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    ring[-1] = ring[0]
    points = np.empty((len(line), segments + 1, 3))
    points[..., :2], points[..., 2] = line[:, None, :1] * ring, line[:, 1:]
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    uv = np.empty((len(line), segments + 1, 2))
    uv[..., 0], uv[..., 1] = np.arange(segments + 1) / segments, (along / along[-1])[:, None]
    faces, _ = _quads(len(line), segments + 1)
    return Shape(vertices=points.reshape(-1, 3), faces=faces, uv=uv.reshape(-1, 2)[faces], crease_deg=crease_deg)


def loft(sections: np.ndarray, *, caps: bool = True, crease_deg: float = 40.0) -> Shape:
    """Return the skin over (S, N, 3) closed rings; ``caps`` closes the ends with fans about their middles.

    Rings run counter-clockwise seen from the last section's side.
    """
    rings = np.asarray(sections, dtype=np.float64)
    faces, uv = _skin(*rings.shape[:2], caps)
    points = [np.concatenate([rings, rings[:, :1]], axis=1).reshape(-1, 3)]
    if caps:
        points += [rings[0, ::-1], rings[0].mean(axis=0)[None], rings[-1], rings[-1].mean(axis=0)[None]]
    return Shape(vertices=np.concatenate(points), faces=faces, uv=uv, crease_deg=crease_deg)


@lru_cache(maxsize=256)
def _skin(rows: int, columns: int, caps: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return faces and (F, 3, 2) texture coordinates of a skin over closed rings, and of the fans at its ends."""
    ring = np.zeros((columns, 3))
    skin = join([grid(np.zeros((rows, columns, 3)), close_u=True), *([fan(ring), fan(ring)] if caps else [])])
    return skin.faces, np.zeros((len(skin.faces), 3, 2)) if skin.uv is None else skin.uv


def fan(ring: np.ndarray) -> Shape:
    """Return the triangles from the middle of a (N, 3) ring, facing the side from which it runs counter-clockwise."""
    count = len(ring)
    k = np.arange(count)
    faces = np.stack([np.full(count, count), k, (k + 1) % count], axis=1)
    return Shape(vertices=np.concatenate([ring, ring.mean(axis=0, keepdims=True)]), faces=faces)


def tube(path: ArrayLike | Sequence[ArrayLike], radius_m: ArrayLike, segments: int = 8) -> Shape:
    """Return a round tube along (N, 3) points, capped; one radius, or one a point."""
    line = np.asarray(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius_m, dtype=np.float64), (len(line),))
    ahead = np.concatenate([line[1:2] - line[:1], line[2:] - line[:-2], line[-1:] - line[-2:-1]])
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = _untwisted(ahead)
    angle = np.arange(segments) * (2 * math.pi / segments)
    around = np.cos(angle)[:, None] * side[:, None] + np.sin(angle)[:, None] * cross(ahead, side)[:, None]
    return loft(line[:, None] + radii[:, None, None] * around, crease_deg=50.0)


def _untwisted(ahead: np.ndarray) -> np.ndarray:
    """Return (N, 3) unit vectors square to each of (N, 3) tangents: the last one's, made square to the next."""
    found = []
    side = cross(ahead[:1], np.eye(3)[[np.abs(ahead[0]).argmin()]])[0]
    for tangent in ahead:
        side = side - tangent * (side @ tangent)
        side = side / math.sqrt(side @ side)
        found.append(side)
    return np.array(found)


def hoop(radius_m: float, thickness_m: float, segments: int = 24, sides: int = 8) -> Shape:
    """Return a torus about the y axis: a wheel's tyre or a ring; ``thickness_m`` is the tube's radius."""
    turn, bend = np.meshgrid(
        np.arange(segments + 1) * (2 * math.pi / segments), np.arange(sides + 1) * (2 * math.pi / sides), indexing="ij"
    )
    reach = radius_m + thickness_m * np.cos(bend)
    points = np.stack([reach * np.cos(turn), thickness_m * np.sin(bend), reach * np.sin(turn)], axis=-1)
    return replace(grid(points), crease_deg=60.0)


def ellipsoid(radii_m: Vector3, centre_m: Vector3 = (0.0, 0.0, 0.0), segments: int = 16, rings: int = 10) -> Shape:
    """Return an ellipsoid."""
    return _ball(segments, rings).scaled(*radii_m).moved(*centre_m)


@lru_cache(maxsize=32)
def _ball(segments: int, rings: int) -> Shape:
    """Return a ball of radius 1."""
    angle = np.linspace(-math.pi / 2, math.pi / 2, rings + 1)
    return revolve([(max(math.cos(a), 0.0), math.sin(a)) for a in angle], segments, crease_deg=80.0)


def panel(corners: Sequence[Vector3]) -> Shape:
    """Return a flat panel of four corners, counter-clockwise from its lower left; a texture fills it once."""
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return Shape(vertices=np.asarray(corners, dtype=np.float64), faces=faces, uv=uv[faces])


def disc(radius_m: float, segments: int = 24) -> Shape:
    """Return a disc in the y-z plane facing +x, a texture's inscribed circle on it."""
    angle = np.arange(segments) * (2 * math.pi / segments)
    flat = fan(np.stack([np.zeros(segments), radius_m * np.cos(angle), radius_m * np.sin(angle)], axis=1))
    return replace(flat, uv=0.5 + flat.vertices[:, 1:][flat.faces] / (2 * radius_m))


def join(shapes: Sequence[Shape]) -> Shape:
    """Return several shapes as one, as smooth as the first; those without texture coordinates get zeros."""
    starts = np.cumsum([0, *(len(s.vertices) for s in shapes[:-1])])
    uv = np.concatenate([np.zeros((len(s.faces), 3, 2)) if s.uv is None else s.uv for s in shapes])
    return Shape(
        vertices=np.concatenate([s.vertices for s in shapes]),
        faces=np.concatenate([s.faces + k for s, k in zip(shapes, starts, strict=True)]),
        uv=uv,
        crease_deg=shapes[0].crease_deg,
    )


def pick(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    """Draw one of ``options``."""
    return options[int(rng.integers(len(options)))]


def plain(name: str, substance: SubstanceName, color: str, roughness: float | None = None) -> Material:
    """Return a material of one colour, ``#rrggbb``."""
    return make_material(name, substance, rgb(color), roughness=roughness)
