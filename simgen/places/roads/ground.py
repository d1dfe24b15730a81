"""The ground of a road network as meshes: lanes, kerbs, marks, banks, and what fills junctions between their lanes."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from simgen.assets.polygons import cut_polygons
from simgen.assets.textures import TILE_M
from simgen.places.layers import Layers
from simgen.places.pieces import Piece
from simgen.places.road import KERB_TOP_M, PAINT_Z_M
from simgen.places.roads.network import Junction, Mark, Network, NetworkRoad, RoadLane, stations
from simgen.places.surfaces import SHEET_M, RoadLook
from simgen.scene.material import Material

BANK_M = 2.2
"""Width of the slope beside a road."""

LAND_BELOW_M = 0.45
"""How far the land lies below the roads."""

_GRASS = ("border", "none", "median")
_WALKED = ("sidewalk", "walking")
_STEP_M = 0.02
_FILL_BELOW_M = 0.012
_FILL_PX_M = 0.25
_FILL_REACH_M = 7.0
_FILL_MISS_M = 0.15


def network_layers(network: Network, look: RoadLook, with_banks: bool = True) -> Layers:
    """Return all pieces of a network's ground, by category.

    Args:
        network: its roads.
        look: the materials; the sheet of its carriageway is that of one lane.
        with_banks: whether grass slopes lead down from the roads to the land.
    """
    layers: Layers = {"road": [], "kerb": [], "sidewalk": [], "terrain": [], "lane_marking": []}
    for road in network.roads:
        for k, section in enumerate(road.sections):
            at = stations(road, road.span(k))
            edges = road.edges(k, at)
            for lane in section.lanes:
                if lane.id:
                    category, piece = _surface(road, k, lane, at, edges, look)
                    layers[category] += piece
                    layers["kerb"] += _kerb(road, k, lane, at, edges, look)
                for n, mark in enumerate(lane.marks):
                    end = lane.marks[n + 1].start_m + section.start_m if n + 1 < len(lane.marks) else road.span(k)[1]
                    layers["lane_marking"] += _mark(road, k, lane, mark, end, look)
            if with_banks:
                layers["terrain"] += _banks(road, k, at, edges, look)
    for junction in network.junctions:
        layers["road"] += _filling(network, junction, look)
    return layers


def sheet(
    rows: list[np.ndarray],
    along_m: np.ndarray,
    across_m: list[np.ndarray],
    material: Material,
    tile_m: tuple[float, float],
) -> Piece:
    """Return the surface through rows of (N, 3) points, from right to left, so that its upper side faces up.

    Args:
        rows: each along the road.
        along_m: (N,) distances, texture u.
        across_m: (N,) distances across of each row, texture v.
        material: of it.
        tile_m: length and width of a tile of the texture.
    """
    count = len(along_m)
    index = np.arange(len(rows) * count).reshape(len(rows), count)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    uv = np.concatenate([np.column_stack([along_m / tile_m[0], across / tile_m[1]]) for across in across_m])
    vertices = np.concatenate(rows)
    # A lane that opens or closes has triangles without an area at its tip.
    corners = vertices[faces]
    size = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return Piece(vertices=vertices, faces=faces[size > 1e-7], uv=uv, material=material)


def _surface(
    road: NetworkRoad, k: int, lane: RoadLane, at: np.ndarray, edges: dict[int, tuple[np.ndarray, np.ndarray]],
    look: RoadLook,
) -> tuple[str, list[Piece]]:  # fmt: skip
    """Return the category and the surface of one lane, behind its kerb where it lies higher than the lane inside it."""
    inner, outer = edges[lane.id]
    side = 1.0 if lane.id > 0 else -1.0
    if _rise(road, k, lane) > _STEP_M:
        inner = inner + side * np.minimum(KERB_TOP_M, np.abs(outer - inner))
    if _rise_outside(road, k, lane) > _STEP_M:
        outer = outer - side * np.minimum(KERB_TOP_M, np.abs(outer - inner))
    low, high = (inner, outer) if side > 0 else (outer, inner)
    if float(np.max(high - low)) < 1e-6:
        return "road", []
    frames = road.line.at(at)
    rows = [_raised(frames.beside(edge), lane.height_m) for edge in (low, high)]
    world = road.junction is not None
    if lane.driven and not world:
        flat = [np.zeros_like(at), np.ones_like(at)]
        return "road", [sheet(rows, at, flat, look.carriageway, (SHEET_M, 1.0))]
    if lane.type in _GRASS:
        category, material, tile = "terrain", look.grass, TILE_M["grass"]
    elif lane.type in _WALKED:
        category, material, tile = "sidewalk", look.walk, TILE_M["paving"]
    elif lane.type == "curb":
        category, material, tile = "kerb", look.kerb, TILE_M["kerb_stone"]
    elif lane.type == "parking":
        category, material, tile = "road", look.parking, look.parking_tile_m
    else:
        category, material, tile = "road", look.plain, TILE_M["asphalt"]
    piece = sheet(rows, at, [low, high], material, (tile, tile))
    if category == "road" and world:
        piece = Piece(vertices=piece.vertices, faces=piece.faces, uv=piece.vertices[:, :2] / tile, material=material)
    return category, [piece]


def _inside(lane: RoadLane) -> int:
    """Return the id of the lane that lies inside a lane; the innermost ones have each other beside them."""
    return lane.id - 1 if lane.id > 1 else lane.id + 1 if lane.id < -1 else -lane.id


def _rise(road: NetworkRoad, k: int, lane: RoadLane) -> float:
    """Return how far a lane lies above the one inside it; 0 where there is none."""
    other = road.sections[k].lane(_inside(lane))
    return lane.height_m - other.height_m if other is not None else 0.0


def _rise_outside(road: NetworkRoad, k: int, lane: RoadLane) -> float:
    """Return how far a lane lies above the one outside it; 0 where there is none."""
    other = road.sections[k].lane(lane.id + (1 if lane.id > 0 else -1))
    return lane.height_m - other.height_m if other is not None else 0.0


def _kerb(
    road: NetworkRoad, k: int, lane: RoadLane, at: np.ndarray, edges: dict[int, tuple[np.ndarray, np.ndarray]],
    look: RoadLook,
) -> list[Piece]:  # fmt: skip
    """Return the kerb stones of a lane that lies higher than the lanes beside it, on its own ground."""
    inner, outer = edges[lane.id]
    side = 1.0 if lane.id > 0 else -1.0
    pieces = []
    room = np.abs(outer - inner)
    for rise, edge, inward in ((_rise(road, k, lane), inner, side), (_rise_outside(road, k, lane), outer, -side)):
        if rise <= _STEP_M or float(room.max()) < 1e-6:
            continue
        h, low = lane.height_m, lane.height_m - rise
        shape = [(0.0, low - 0.02), (0.01, h - 0.02), (0.016, h - 0.006), (0.03, h), (KERB_TOP_M, h)]
        if inward < 0:
            shape = shape[::-1]
        frames = road.line.at(at)
        rows = [_raised(frames.beside(edge + inward * np.minimum(d, room)), z) for d, z in shape]
        across = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(np.asarray(shape), axis=0), axis=1))])
        tile = TILE_M["kerb_stone"]
        pieces.append(sheet(rows, at, [np.full_like(at, v) for v in across], look.kerb, (tile, tile)))
    return pieces


def _mark(road: NetworkRoad, k: int, lane: RoadLane, mark: Mark, end_m: float, look: RoadLook) -> list[Piece]:
    """Return the paint of one mark: a line or two, whole or in dashes."""
    if mark.kind == "none":
        return []
    kinds = mark.kind.split()
    start = road.sections[k].start_m + mark.start_m
    side = 1.0 if lane.id > 0 else -1.0
    pieces = []
    for n, kind in enumerate(kinds):
        shift = side * (n - (len(kinds) - 1) / 2) * 2 * mark.width_m
        dash, gap = (end_m - start, 0.0) if kind == "solid" else mark.dash_m
        # Dashes are counted from the road's start, so that they go on across sections.
        first = start if kind == "solid" else np.floor(start / (dash + gap)) * (dash + gap)
        for a in np.arange(first, end_m - 0.3, dash + gap):
            span = (max(float(a), start), min(float(a) + dash, end_m))
            if span[1] - span[0] < 0.3:
                continue
            at = stations(road, span)
            middle = road.edges(k, at)[lane.id][1] + shift
            frames = road.line.at(at)
            lift = lane.height_m if lane.id else 0.0
            low, high = middle - mark.width_m / 2, middle + mark.width_m / 2
            rows = [_raised(frames.beside(edge), min(lift, _lowest(road, k, lane)) + PAINT_Z_M) for edge in (low, high)]
            pieces.append(sheet(rows, at, [low, high], look.paint, (1.0, 1.0)))
    return pieces


def _lowest(road: NetworkRoad, k: int, lane: RoadLane) -> float:
    """Return the height of the lower of the lanes on the two sides of a lane's outer edge."""
    other = road.sections[k].lane(lane.id + (1 if lane.id > 0 else -1)) if lane.id else None
    return lane.height_m if other is None else min(lane.height_m, other.height_m)


def _banks(
    road: NetworkRoad, k: int, at: np.ndarray, edges: dict[int, tuple[np.ndarray, np.ndarray]], look: RoadLook
) -> list[Piece]:
    """Return the grass slopes from a road's outermost edges down to the land."""
    frames, tile = road.line.at(at), TILE_M["grass"]
    pieces = []
    for side, number in ((1.0, max(edges)), (-1.0, min(edges))):
        lane = road.sections[k].lane(number)
        edge, height = edges[number][1], lane.height_m if lane is not None and number else 0.0
        foot = edge + side * BANK_M
        upper = _raised(frames.beside(edge), height)
        lower = _raised(frames.beside(foot), -LAND_BELOW_M - 0.05)
        rows, across = ([upper, lower], [edge, foot]) if side > 0 else ([lower, upper], [foot, edge])
        pieces.append(sheet(rows, at, across, look.grass, (tile, tile)))
    return pieces


def _filling(network: Network, junction: Junction, look: RoadLook) -> list[Piece]:
    """Return the asphalt between and beside the lanes through a junction, a little below them.

    Gaps narrower than some 14 m are closed, and corners rounded, by a morphological closing of the lanes' outline.
    """
    roads = [network.road(k) for k in dict.fromkeys(c.connecting for c in junction.connections)]
    outlines, heights = [], []
    for road in roads:
        for k in range(len(road.sections)):
            at = stations(road, road.span(k), longest_m=2.0)
            paved = {
                n: e for n, e in road.edges(k, at).items()
                if n and (lane := road.sections[k].lane(n)) is not None and lane.type not in _GRASS
            }  # fmt: skip
            if paved:
                frames = road.line.at(at)
                low = np.min([np.minimum(*e) for e in paved.values()], axis=0)
                high = np.max([np.maximum(*e) for e in paved.values()], axis=0)
                left, right = frames.beside(high), frames.beside(low)
                outlines.append(np.vstack([right, left[::-1]])[:, :2])
                heights += [right, left]
    if len(outlines) < 2:
        return []
    corners = np.concatenate(outlines)
    origin = corners.min(axis=0) - _FILL_REACH_M - 1.0
    size = np.ceil((corners.max(axis=0) + _FILL_REACH_M + 1.0 - origin) / _FILL_PX_M).astype(int)
    if size.max() > 8000:
        return []
    image = np.zeros((size[1], size[0]), dtype=np.uint8)
    for outline in outlines:
        cv2.fillPoly(image, [np.round((outline - origin) / _FILL_PX_M).astype(np.int32)], 255)
    reach = 2 * round(_FILL_REACH_M / _FILL_PX_M) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(image, cv2.MORPH_CLOSE, kernel)
    found, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    ground = np.concatenate(heights)
    return [_flat(c, origin, ground, look) for c in found if cv2.contourArea(c) * _FILL_PX_M**2 > 4.0]


def _flat(contour: np.ndarray, origin: np.ndarray, ground: np.ndarray, look: RoadLook) -> Piece:
    simple = cv2.approxPolyDP(contour, _FILL_MISS_M / _FILL_PX_M, closed=True)[:, 0]
    xy = simple * _FILL_PX_M + origin
    if sum(a[0] * b[1] - a[1] * b[0] for a, b in pairwise(np.vstack([xy, xy[:1]]))) < 0:
        xy = xy[::-1]
    nearest = np.argmin(((xy[:, None] - ground[None, :, :2]) ** 2).sum(axis=2), axis=1)
    vertices = np.column_stack([xy, ground[nearest, 2] - _FILL_BELOW_M])
    return Piece(
        vertices=vertices, faces=cut_polygons(vertices[None])[0], uv=xy / TILE_M["asphalt"], material=look.plain
    )


def _raised(points: np.ndarray, up_m: float) -> np.ndarray:
    return points + np.array([0.0, 0.0, up_m])
