"""Convex pieces that together follow a mesh closely enough for things to rest on it, in it and against it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import open3d as o3d
import scipy
import scipy.sparse
import scipy.sparse.csgraph
import trimesh
from scipy.spatial import ConvexHull, QhullError

from simgen.scene.mesh import Mesh
from simgen.simulate.kept import digest_of_all, kept_or_made

_SAMPLES = 300
_SIGHTS = 32
_LIFT_M = 2e-4
_THINNEST_M = 0.0008
_SMALLEST_CELL_M = 0.006
_MOST_CELLS = 56
_MOST_PIECES = 28
_MOST_CONVEX_FACES = 400
_ALGORITHM = 1
"""Raised whenever the same mesh would be cut into other pieces, so that kept ones are not used."""
_LIBRARIES = tuple(f"{module.__name__} {module.__version__}" for module in (np, scipy, trimesh, o3d))
_KEPT = ("points", "counts", "centre_of_mass", "volume_and_excess")


@dataclass(frozen=True, kw_only=True, eq=False)
class ConvexParts:
    """A mesh's collision shape in its own frame, metres.

    Attributes:
        hulls: (V, 3) float64 corner points of each convex piece.
        centre_of_mass: (3,), of the pieces filled evenly.
        volume_m3: sum of the pieces' volumes.
        excess_m: how thick the pieces lie over the mesh at worst, where it can be touched.
    """

    hulls: tuple[np.ndarray, ...]
    centre_of_mass: np.ndarray
    volume_m3: float
    excess_m: float


@lru_cache(maxsize=1024)
def convex_parts(mesh: Mesh, tolerance_m: float = 0.0012) -> ConvexParts:
    """Cover a mesh's surface with convex pieces that fill in no more than ``tolerance_m`` over it, where they can.

    How much a piece fills in is measured from points on the surface, along their normal, to where it leaves the
    piece; on each side from which the point sees out, so that a mug is hollow and a liquid in a closed bottle is not.
    The surface is cut in halves until each part's hull keeps the tolerance, the part is 6 mm small or there are 56 of
    them; then neighbours are joined again, those first whose common hull is least larger than the two, as long as it
    keeps the tolerance. Models of more than 30 cm get a tolerance of 0.4 % of their size; where more than 28 pieces
    are left they are joined further at 2.5 times the tolerance, again and again. ``excess_m`` tells what came of it.

    It takes up to some seconds, so the pieces are kept on disk (`kept_or_made`).
    """
    key = digest_of_all(mesh.vertices, mesh.faces, float(tolerance_m), _ALGORITHM, *_LIBRARIES)
    kept = kept_or_made("hulls", key, _KEPT, lambda: _made(mesh, tolerance_m))
    ends = np.cumsum(kept["counts"])[:-1]
    volume, excess = (float(v) for v in kept["volume_and_excess"])
    return ConvexParts(
        hulls=tuple(np.ascontiguousarray(h) for h in np.split(kept["points"], ends)),
        centre_of_mass=kept["centre_of_mass"],
        volume_m3=volume,
        excess_m=excess,
    )


def _made(mesh: Mesh, tolerance_m: float) -> dict[str, np.ndarray]:
    """Return the arrays that `convex_parts` keeps."""
    vertices, faces = mesh.vertices.astype(np.float64), mesh.faces.astype(np.int64)
    tolerance = max(tolerance_m, 0.004 * float(np.ptp(vertices, axis=0).max()))
    samples = _exposed_sides(vertices, faces)
    cells = _cells(vertices, faces, samples, tolerance)
    pieces = _joined(cells, samples, tolerance)
    while len(pieces) > _MOST_PIECES:
        tolerance *= 2.5
        pieces = _joined(pieces, samples, tolerance)
    hulls = [p.hull for p in pieces]
    volumes = np.array([h.volume for h in hulls])
    centres = np.array([_centroid(h) for h in hulls])
    corners = [h.points[np.sort(h.vertices)] for h in hulls]
    return {
        "points": np.concatenate(corners),
        "counts": np.array([len(c) for c in corners]),
        "centre_of_mass": (centres * volumes[:, None]).sum(axis=0) / volumes.sum(),
        "volume_and_excess": np.array([volumes.sum(), max(p.cover_m for p in pieces)]),
    }


def convex_components(vertices: np.ndarray, faces: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Split off what is convex already: a table of boxes is its boxes, a conveyor its rollers.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3).

    Returns:
        The (N, 3) corner points of every connected part that bends outwards only, and the (G, 3) faces of all others.
    """
    _, place = np.unique(np.round(vertices, 6), axis=0, return_inverse=True)
    place = place.reshape(-1)
    welded = place[faces]
    count = int(place.max()) + 1
    rows, columns = welded.ravel(), np.roll(welded, 1, axis=1).ravel()
    links = scipy.sparse.coo_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count))
    _, label = scipy.sparse.csgraph.connected_components(links, directed=False)
    of_face = label[welded[:, 0]]
    convex, others = [], []
    for part in np.unique(of_face):
        mine = faces[of_face == part]
        points = vertices[np.unique(mine)]
        if len(mine) <= _MOST_CONVEX_FACES and _bends_outwards(vertices, mine, points):
            convex.append(points)
        else:
            others.append(mine)
    return convex, np.concatenate(others) if others else np.zeros((0, 3), dtype=faces.dtype)


def _bends_outwards(vertices: np.ndarray, faces: np.ndarray, points: np.ndarray) -> bool:
    """Tell whether all points of a solid part lie on one side of each of its faces."""
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
    height = (points[None] - corners[:, :1]) @ normal[:, :, None]
    height = height[..., 0]
    flat = bool((np.abs(height) < 1e-5).all())
    return not flat and bool(((height < 1e-5).all(axis=1) | (height > -1e-5).all(axis=1)).all())


_Samples = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Piece:
    """A convex piece: its hull, the box of the cells it came from, how thick it covers the surface at worst."""

    hull: ConvexHull
    low: np.ndarray
    high: np.ndarray
    cover_m: float


def _cover_m(hull: ConvexHull, samples: _Samples) -> float:
    """Return how far it is at most from a sample inside a hull, along its normal, to where it comes out."""
    points, outward = samples
    low, high = hull.points.min(axis=0), hull.points.max(axis=0)
    near = ((points >= low - 1e-9) & (points <= high + 1e-9)).all(axis=1)
    points, outward = points[near], outward[near]
    normals, offsets = hull.equations[:, :3].T, hull.equations[:, 3]
    depth = points @ -normals - offsets
    inside = (depth > -1e-7).all(axis=1)
    if not inside.any():
        return 0.0
    slope = outward[inside] @ normals
    # The hundredth of a millimetre lets a point that lies in a plane and looks along it go on to the planes ahead.
    way = (depth[inside] + 1e-5) / np.maximum(slope, 1e-6, out=slope)
    return float(way.min(axis=1).max())


def _cells(vertices: np.ndarray, faces: np.ndarray, samples: _Samples, tolerance: float) -> list[_Piece]:
    """Return the hulls of the parts of the surface, halved again and again where it is hollow, the worst first."""
    whole = _cell(vertices, faces, vertices.min(axis=0), vertices.max(axis=0), samples)
    heap, order, done = [(-whole[0].cover_m, 0, whole)], 1, []
    while heap:
        _, _, (piece, vertices, faces) = heapq.heappop(heap)
        extent = piece.high - piece.low
        axis = int(np.argmax(extent))
        small = extent[axis] < 2 * _SMALLEST_CELL_M or len(heap) + len(done) >= _MOST_CELLS
        if piece.cover_m <= tolerance or small:
            done.append(piece)
            continue
        at = _middle(vertices[np.unique(faces)][:, axis], piece.low[axis], piece.high[axis])
        for sign in (1.0, -1.0):
            normal, origin = np.zeros(3), np.zeros(3)
            normal[axis], origin[axis] = sign, at
            kept, kept_faces, _ = trimesh.intersections.slice_faces_plane(vertices, faces, normal, origin)
            if len(kept_faces):
                low, high = piece.low.copy(), piece.high.copy()
                (low if sign > 0 else high)[axis] = at
                cell = _cell(np.asarray(kept), np.asarray(kept_faces), low, high, samples)
                heapq.heappush(heap, (-cell[0].cover_m, order, cell))
                order += 1
    return done


def _cell(
    vertices: np.ndarray, faces: np.ndarray, low: np.ndarray, high: np.ndarray, samples: _Samples
) -> tuple[_Piece, np.ndarray, np.ndarray]:
    hull = _hull(vertices[np.unique(faces)])
    return _Piece(hull=hull, low=low, high=high, cover_m=_cover_m(hull, samples)), vertices, faces


def _middle(values: np.ndarray, low: float, high: float) -> float:
    """Return where to cut: at a level near the middle where many corners lie (a notch, a floor), else there."""
    levels, counts = np.unique(np.round(values, 5), return_counts=True)
    counts = np.where(np.abs(levels - (low + high) / 2) < 0.35 * (high - low), counts, 0)
    most = int(np.argmax(counts))
    return float(levels[most]) if counts[most] >= 0.1 * len(values) else float(low + high) / 2


def _joined(pieces: list[_Piece], samples: _Samples, tolerance: float) -> list[_Piece]:
    """Join touching pieces, least growth first, as long as the tolerance is kept or nothing gets worse."""
    live = dict(enumerate(pieces))
    lows, highs = [p.low for p in pieces], [p.high for p in pieces]
    heap: list[tuple[float, int, int, _Piece]] = []

    def offer(a: int) -> None:
        others = np.array([b for b in live if b < a], dtype=int)
        shared = np.minimum(np.array(highs)[others], highs[a]) - np.maximum(np.array(lows)[others], lows[a])
        # Joining across a whole side of a cell is worth trying, across an edge or a corner it is not.
        for b in others[(shared > -1e-9).all(axis=1) & ((shared > 1e-6).sum(axis=1) >= 2)]:
            one, other = live[a], live[int(b)]
            hull = _hull(np.concatenate([h.points[h.vertices] for h in (one.hull, other.hull)]))
            growth = hull.volume / (one.hull.volume + other.hull.volume)
            cover = _cover_m(hull, samples)
            if cover <= max(tolerance, 1.01 * one.cover_m, 1.01 * other.cover_m):
                low, high = np.minimum(one.low, other.low), np.maximum(one.high, other.high)
                heapq.heappush(heap, (growth, a, int(b), _Piece(hull=hull, low=low, high=high, cover_m=cover)))

    for a in range(1, len(pieces)):
        offer(a)
    while heap:
        _, a, b, union = heapq.heappop(heap)
        if a in live and b in live:
            del live[a], live[b]
            live[len(lows)] = union
            lows.append(union.low)
            highs.append(union.high)
            offer(len(lows) - 1)
    return list(live.values())


def _hull(points: np.ndarray) -> ConvexHull:
    """Return the hull of (N, 3) points, thickened where they are flat."""
    try:
        hull = ConvexHull(points)
        if hull.volume > hull.area * _THINNEST_M / 4:
            return hull
    except QhullError:
        pass  # flat or a line: thickened below
    spread = points - points.mean(axis=0)
    _, axes = np.linalg.eigh(spread.T @ spread)
    for axis in axes.T:
        if np.ptp(spread @ axis) < _THINNEST_M:
            points = np.concatenate([points - axis * _THINNEST_M / 2, points + axis * _THINNEST_M / 2])
    return ConvexHull(points)


def _centroid(hull: ConvexHull) -> np.ndarray:
    inner = hull.points[hull.vertices].mean(axis=0)
    corners = hull.points[hull.simplices] - inner
    volumes = np.abs(np.linalg.det(corners))
    return inner + (corners.sum(axis=1) * volumes[:, None]).sum(axis=0) / (4.0 * volumes.sum())


def _exposed_sides(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) points spread over the surface and (N, 3) unit normals into the open; a sheet's come twice."""
    corners = vertices[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    double_area = np.linalg.norm(cross, axis=1)
    edges = np.concatenate([[0.0], np.cumsum(double_area)])
    at = (np.arange(_SAMPLES) + 0.5) / _SAMPLES * edges[-1]
    face = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, len(faces) - 1)
    # A low-discrepancy pair (R2 sequence, Roberts 2018) spreads the points within the faces without any chance.
    k = np.arange(_SAMPLES)
    root, b = np.sqrt((k * 0.7548776662466927) % 1.0)[:, None], ((k * 0.5698402909980532) % 1.0)[:, None]
    weights = np.concatenate([1 - root, root * (1 - b), root * b], axis=1)
    points = (corners[face] * weights[:, :, None]).sum(axis=1)
    normal = cross[face] / double_area[face][:, None]
    points, normal = np.concatenate([points, points]), np.concatenate([normal, -normal])
    seen = _sees_out(points, normal, vertices, faces)
    return points[seen], normal[seen]


def _sees_out(points: np.ndarray, normal: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return which points see past the whole mesh in one of 16 directions on their normal's side."""
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(vertices.astype(np.float32)), o3d.core.Tensor.from_numpy(faces.astype(np.uint32))
    )
    z = 1 - (2 * np.arange(_SIGHTS) + 1) / _SIGHTS
    turn = np.arange(_SIGHTS) * np.pi * (3 - np.sqrt(5))
    directions = np.stack([np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn), z], axis=1)
    toward = directions[None] * np.where(normal @ directions.T < 0, -1.0, 1.0)[:, :, None]
    rays = np.concatenate([np.broadcast_to((points + _LIFT_M * normal)[:, None], toward.shape), toward], axis=2)
    hidden = scene.test_occlusions(o3d.core.Tensor.from_numpy(rays.astype(np.float32)), nthreads=1).numpy()
    return ~hidden.all(axis=1)
