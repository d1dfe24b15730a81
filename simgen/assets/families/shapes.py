"""Bare shapes that families are put together from, and the step that turns them into an asset."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import ConvexHull

from simgen.geometry.pose import Pose, Vector3
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import Material
from simgen.scene.mesh import merge, mesh_from_faces

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
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        axis = np.abs(normal).argmax(axis=1)
        u_axis, v_axis = np.array([1, 0, 0])[axis], np.array([2, 2, 1])[axis]
        rows = np.arange(len(corners))[:, None], np.arange(3)[None, :]
        u, v = corners[(*rows, u_axis[:, None])], corners[(*rows, v_axis[:, None])]
        return replace(self, uv=np.stack([u, v], axis=-1) / tile_m)


Part = tuple[Shape, str]
"""A shape and the name of its material."""


def assemble(
    name: str, category: str, parts: Sequence[Part], materials: Sequence[Material], tags: tuple[str, ...] = ()
) -> Asset:
    """Return the asset made of ``parts``, its lowest point on z = 0, the middle of its box over the origin."""
    points = np.concatenate([shape.vertices[np.unique(shape.faces)] for shape, _ in parts])
    low, high = points.min(axis=0), points.max(axis=0)
    shift = -np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    used = [m for m in materials if any(m.name == of for _, of in parts)]
    index = {m.name: k for k, m in enumerate(used)}
    # Shapes of one material and smoothness are shaded together: far fewer meshes to build.
    groups: dict[tuple[str, float], list[Shape]] = {}
    for shape, material in parts:
        groups.setdefault((material, shape.crease_deg), []).append(shape)
    mesh = merge(
        [
            mesh_from_faces(
                one.vertices + shift, one.faces, uv=one.uv, face_material=index[material], crease_deg=crease_deg
            )
            for (material, crease_deg), shapes in groups.items()
            for one in (join(shapes),)
        ]
    )
    digest = hashlib.sha256()
    for array in (mesh.vertices, mesh.faces, mesh.normals, mesh.uv, mesh.face_material):
        digest.update(array.tobytes())
    for m in used:
        digest.update(repr(replace(m, texture=None)).encode())
        digest.update(b"" if m.texture is None else m.texture.pixels.tobytes())
    return Asset(
        name=name,
        category=category,
        mesh=mesh,
        materials=tuple(used),
        credit=CREDIT,
        tags=tags,
        digest=digest.hexdigest(),
    )


def hull(points: ArrayLike, crease_deg: float = 40.0) -> Shape:
    """Return the convex hull of (N, 3) points."""
    points = np.asarray(points, dtype=np.float64)
    found = ConvexHull(points)
    faces = found.simplices.astype(np.int64)
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inward = (normal * found.equations[:, :3]).sum(axis=1) < 0
    faces[inward] = faces[inward][:, ::-1]
    return Shape(vertices=points, faces=faces, crease_deg=crease_deg)


def box(size_m: Vector3, centre_m: Vector3 = (0.0, 0.0, 0.0), bevel_m: float = 0.0) -> Shape:
    """Return an upright box; with ``bevel_m`` its edges are cut off at that distance."""
    half = np.asarray(size_m) / 2
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
    if bevel_m <= 0:
        corners = signs * half
    else:
        inset = [half - bevel_m * np.array([a != k for a in range(3)]) for k in range(3)]
        corners = np.concatenate([signs * one for one in inset])
    return hull(corners, crease_deg=30.0).moved(*centre_m)


def grid(points: np.ndarray, *, close_u: bool = False, uv_size: tuple[float, float] = (1.0, 1.0)) -> Shape:
    """Return the quads between (R, C, 3) points; with ``close_u`` the last column joins the first.

    A face looks outwards where columns run counter-clockwise about the direction in which rows run.
    """
    rows, columns = points.shape[:2]
    if close_u:
        points = np.concatenate([points, points[:, :1]], axis=1)
        columns += 1
    r, c = (a.ravel() for a in np.mgrid[0 : rows - 1, 0 : columns - 1])
    a, b, d, e = r * columns + c, r * columns + c + 1, (r + 1) * columns + c + 1, (r + 1) * columns + c
    faces = np.concatenate([np.stack([a, b, d], axis=1), np.stack([a, d, e], axis=1)])
    v, u = np.mgrid[0:rows, 0:columns]
    uv = np.stack([u / (columns - 1) * uv_size[0], v / (rows - 1) * uv_size[1]], axis=-1).reshape(-1, 2)
    return Shape(vertices=points.reshape(-1, 3).astype(np.float64), faces=faces, uv=uv[faces])


def revolve(profile: Sequence[tuple[float, float]], segments: int = 24, crease_deg: float = 40.0) -> Shape:
    """Return the surface of (radius, z) points turned about z; it faces right of the profile's way.

    A profile going up at the outside faces outwards; radii of 0 close the ends. Texture u runs once around from +x,
    v from 0 to 1 along the profile's length.
    """
    line = np.asarray(profile, dtype=np.float64)
    angle = np.arange(segments + 1) * (2 * math.pi / segments)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    ring[-1] = ring[0]
    points = np.concatenate(
        [line[:, None, :1] * ring[None], np.broadcast_to(line[:, None, 1:], (len(line), segments + 1, 1))], axis=-1
    )
    shape = grid(points)
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    uv = np.stack(
        [
            np.broadcast_to(np.arange(segments + 1) / segments, points.shape[:2]),
            np.broadcast_to((along / along[-1])[:, None], points.shape[:2]),
        ],
        axis=-1,
    )
    return replace(shape, uv=uv.reshape(-1, 2)[shape.faces], crease_deg=crease_deg)


def loft(sections: np.ndarray, *, caps: bool = True, crease_deg: float = 40.0) -> Shape:
    """Return the skin over (S, N, 3) closed rings; ``caps`` closes the ends with fans about their middles.

    Rings run counter-clockwise seen from the last section's side.
    """
    skin = replace(grid(np.asarray(sections, dtype=np.float64), close_u=True), crease_deg=crease_deg)
    if not caps:
        return skin
    ends = [fan(np.asarray(sections[0])[::-1]), fan(np.asarray(sections[-1]))]
    return replace(join([skin, *ends]), crease_deg=crease_deg)


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
    ahead = np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = np.cross(ahead[0], np.eye(3)[np.abs(ahead[0]).argmin()])
    angle = np.arange(segments) * (2 * math.pi / segments)
    rings = []
    for centre, tangent, radius in zip(line, ahead, radii, strict=True):
        # The frame of one ring is the last one's, made square to the new tangent: it does not twist.
        side = side - tangent * (side @ tangent)
        side = side / np.linalg.norm(side)
        up = np.cross(tangent, side)
        rings.append(centre + radius * (np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * up))
    return loft(np.stack(rings), crease_deg=50.0)


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
    angle = np.linspace(-math.pi / 2, math.pi / 2, rings + 1)
    ball = revolve([(max(math.cos(a), 0.0), math.sin(a)) for a in angle], segments, crease_deg=80.0)
    return ball.scaled(*radii_m).moved(*centre_m)


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
