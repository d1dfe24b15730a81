"""Guard rails along roads: a steel beam of W section on posts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from simgen.geometry.pose import at
from simgen.places.pieces import Part, Piece, box, joined
from simgen.places.roads.ground import sheet
from simgen.places.roads.network import NetworkRoad, stations
from simgen.scene.material import make_material, rgb

_POST_STEP_M = 2.0
_INSET_M = 0.55
_TOP_M = 0.75
_PIECE_M = 24.0
# Height below the top and how far it stands out to the road: two waves of a beam 31 cm high and 8 cm deep.
_WAVES = ((0.0, 0.0), (0.035, 0.0), (0.07, 0.08), (0.115, 0.08), (0.14, 0.01), (0.17, 0.01), (0.195, 0.08),
          (0.24, 0.08), (0.275, 0.0), (0.31, 0.0))  # fmt: skip


def guard_rail(
    road: NetworkRoad, lane: int, span_m: tuple[float, float], name: str, inset_m: float = _INSET_M
) -> list[Part]:
    """Return a rail above a lane, ``inset_m`` from its inner edge, in lengths of some 24 m; it faces the middle."""
    count = max(1, round((span_m[1] - span_m[0]) / _PIECE_M))
    parts = []
    for k, span in enumerate(pairwise(np.linspace(*span_m, count + 1).tolist())):
        pieces = _length(road, lane, span, inset_m)
        origin = np.mean([p.vertices.mean(axis=0) for p in pieces], axis=0)
        local = [Piece(vertices=p.vertices - origin, faces=p.faces, uv=p.uv, material=p.material) for p in pieces]
        asset = joined(f"place/{name}_{k}", "guard_rail", local)
        x, y, z = (float(v) for v in origin)
        parts.append(Part(name=f"{name}_{k}", asset=asset, world_from_object=at(x, y, z)))
    return parts


def _length(road: NetworkRoad, lane: int, span_m: tuple[float, float], inset_m: float) -> list[Piece]:
    """Return one length of beam with its posts, in the world."""
    steel = make_material("rail", "metal", rgb("#9a9ea2"), roughness=0.55, metallic=0.8)
    side = 1.0 if lane > 0 else -1.0
    at_m = stations(road, span_m, miss_m=0.01)
    inner = _inner(road, lane, at_m)
    frames = road.line.at(at_m)
    pieces = []
    for face in (1.0, -1.0):
        rows = [
            frames.beside(inner + side * (inset_m - out - 0.004 * face)) + np.array([0.0, 0.0, _TOP_M - down])
            for down, out in (_WAVES if face * side > 0 else _WAVES[::-1])
        ]
        across = [np.full(len(at_m), 0.03 * n) for n in range(len(rows))]
        pieces.append(sheet(rows, at_m, across, steel, (1.0, 1.0)))
    for s in np.arange(span_m[0], span_m[1] - 0.1, _POST_STEP_M):
        one = np.array([float(s)])
        frame = road.line.at(one)
        x, y, z = (float(v) for v in frame.beside(_inner(road, lane, one) + side * (inset_m + 0.06))[0])
        pieces.append(box((x, y, z - 0.4), (0.06, 0.10, _TOP_M + 0.38), float(frame.heading[0]), steel, 1.0))
    return pieces


def _inner(road: NetworkRoad, lane: int, at_m: np.ndarray) -> np.ndarray:
    """Return (N,) offsets of a lane's inner edge, section by section."""
    found = np.zeros(len(at_m))
    for k in range(len(road.sections)):
        low, high = road.span(k)
        inside = (at_m >= low - 1e-9) & (at_m <= high + 1e-9)
        if inside.any():
            found[inside] = road.edges(k, at_m[inside])[lane][0]
    return found
