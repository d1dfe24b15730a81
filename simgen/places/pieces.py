"""Pieces of ground and of built things: ribbons along a path, polygons, discs, boxes; joined into assets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgen.geometry.pose import Pose
from simgen.places.path import Path
from simgen.scene.asset import Asset, Credit
from simgen.scene.material import Material
from simgen.scene.mesh import Mesh, mesh_from_faces
from simgen.scene.scene import Instance

CREDIT = Credit(author="simgen contributors", licence="CC0-1.0", source="simgen")


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Triangles of one material in the world: (V, 3) vertices, (F, 3) faces, (V, 2) texture coordinates."""

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    material: Material


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One thing that a place is made of: its unique name, its model, where it stands."""

    name: str
    asset: Asset
    world_from_object: Pose = Pose()
    scale: float = 1.0


def instances(parts: Sequence[Part]) -> tuple[Instance, ...]:
    """Number the parts from 1, in their order."""
    return tuple(
        Instance(id=k, name=p.name, asset=p.asset, world_from_object=p.world_from_object, scale=p.scale)
        for k, p in enumerate(parts, start=1)
    )


def joined(name: str, category: str, pieces: Sequence[Piece], crease_deg: float = 30.0) -> Asset:
    """Return one asset of many pieces; pieces of the same material share it."""
    slots: dict[int, int] = {}
    materials: list[Material] = []
    for piece in pieces:
        if id(piece.material) not in slots:
            slots[id(piece.material)] = len(materials)
            materials.append(piece.material)
    starts = np.cumsum([0, *(len(p.vertices) for p in pieces[:-1])])
    mesh: Mesh = mesh_from_faces(
        np.concatenate([p.vertices for p in pieces]),
        np.concatenate([p.faces + s for p, s in zip(pieces, starts, strict=True)]),
        uv=np.concatenate([p.uv for p in pieces]),
        face_material=np.concatenate([np.full(len(p.faces), slots[id(p.material)], np.int32) for p in pieces]),
        crease_deg=crease_deg,
    )
    return Asset(name=name, category=category, mesh=mesh, materials=tuple(materials), credit=CREDIT)


def ribbon(
    path: Path,
    profile: Sequence[tuple[float, float]],
    span_m: tuple[float, float],
    material: Material,
    tile_m: tuple[float, float],
    origin_m: float | None = None,
) -> Piece:
    """Sweep a profile of (left_m, z_m) points along a path; the side to the left of profile point 1 to 2 faces up.

    Texture u runs along the path and v across the profile; one tile is ``tile_m`` long and wide, and v is 0 at
    ``left_m = origin_m`` or, for None, at the profile's first point.
    """
    stations = path.stations(*span_m)
    rows = []
    for left, z in profile:
        xy = path.offset(left, *span_m)
        rows.append(np.column_stack([xy, np.full(len(xy), z)]))
    across = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(np.asarray(profile), axis=0), axis=1))])
    if origin_m is not None:
        across += profile[0][0] - origin_m
    grid_u, grid_v = np.meshgrid(stations / tile_m[0], across / tile_m[1])
    count = len(stations)
    index = np.arange(len(profile) * count).reshape(len(profile), count)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    uv = np.column_stack([grid_u.ravel(), grid_v.ravel()])
    return Piece(vertices=np.concatenate(rows), faces=faces, uv=uv, material=material)


def strip(
    path: Path,
    right_m: float,
    left_m: float,
    span_m: tuple[float, float],
    z_m: float,
    material: Material,
    tile_m: float,
) -> Piece:
    """Return the level ribbon between two offsets of a path, its texture laid out from the path itself."""
    return ribbon(path, ((right_m, z_m), (left_m, z_m)), span_m, material, (tile_m, tile_m), origin_m=0.0)


def polygon(
    corners: np.ndarray, z_m: float, material: Material, tile_m: float, hub: tuple[float, float] | None = None
) -> Piece:
    """Return a level polygon of (N, 2) counter-clockwise corners, fanned out from ``hub`` (or from the first corner).

    The polygon must be star-shaped as seen from there. Texture coordinates are world x and y over ``tile_m``.
    """
    xy = np.asarray(corners, dtype=np.float64)
    count = len(xy)
    if hub is None:
        faces = np.array([[0, k, k + 1] for k in range(1, count - 1)])
    else:
        xy = np.vstack([xy, hub])
        faces = np.array([[count, k, (k + 1) % count] for k in range(count)])
    vertices = np.column_stack([xy, np.full(len(xy), z_m)])
    return Piece(vertices=vertices, faces=faces, uv=xy / tile_m, material=material)


def rectangle(
    centre_m: tuple[float, float], size_m: tuple[float, float], yaw_rad: float, z_m: float, material: Material
) -> Piece:
    """Return a level rectangle (size along and across ``yaw_rad``) that shows its texture once."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    signs = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    local = signs * np.asarray(size_m)
    xy = local @ np.array([[c, s], [-s, c]]) + np.asarray(centre_m)
    vertices = np.column_stack([xy, np.full(4, z_m)])
    return Piece(vertices=vertices, faces=np.array([[0, 1, 2], [0, 2, 3]]), uv=signs + 0.5, material=material)


def box(
    centre_m: tuple[float, float, float],
    size_m: tuple[float, float, float],
    yaw_rad: float,
    material: Material,
    tile_m: float,
) -> Piece:
    """Return a box standing at ``centre_m`` (middle of its bottom), textured by metres on every side."""
    x, y, z = size_m
    vertices, faces, uv = [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            u_axis, v_axis = [(1, 2), (0, 2), (0, 1)][axis]
            corner = np.zeros((4, 3))
            corner[:, axis] = sign * 0.5
            corner[:, u_axis] = [-0.5, 0.5, 0.5, -0.5]
            corner[:, v_axis] = [-0.5, -0.5, 0.5, 0.5]
            if (sign > 0) == (axis == 1):
                corner = corner[::-1]
            start = len(vertices) * 4
            vertices.append(corner * (x, y, z) + (0, 0, z / 2))
            faces += [[start, start + 1, start + 2], [start, start + 2, start + 3]]
            uv.append(corner[:, [u_axis, v_axis]] * (np.array((x, y, z))[[u_axis, v_axis]] / tile_m))
    points = np.concatenate(vertices)
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    turned = np.column_stack([c * points[:, 0] - s * points[:, 1], s * points[:, 0] + c * points[:, 1], points[:, 2]])
    return Piece(
        vertices=turned + np.asarray(centre_m), faces=np.array(faces), uv=np.concatenate(uv), material=material
    )
