"""A sign gantry over a highway: two posts, a beam of lattice, panels with arrows and invented names."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from simgen.geometry.pose import at
from simgen.places.pieces import Part, Piece, box, joined
from simgen.places.roads.network import NetworkRoad
from simgen.scene.material import Texture, make_material, rgb
from simgen.streams import Draws

_CLEAR_M = 5.6
_BEAM_M = 0.7
_PANEL_M = 2.6
_STARTS = ("Nor", "Hal", "Brem", "Wes", "Lin", "Ast", "Oder", "Kal", "Fren", "Tol")
_ENDS = ("ford", "heim", "stad", "bury", "dal", "mark", "wick", "holm", "berg", "ton")


def gantry(road: NetworkRoad, along_m: float, draws: Draws, factor: str) -> list[Part]:
    """Return a gantry across a carriageway; each lane has a panel, and the outermost one's arrow points aside."""
    rng = draws.rng(factor)
    k = max(n for n in range(len(road.sections)) if road.sections[n].start_m <= along_m)
    here = np.array([along_m])
    frame = road.line.at(here)
    edges = road.edges(k, here)
    lanes = [n for n in road.sections[k].lanes if n.driven]
    side = 1.0 if lanes[0].id > 0 else -1.0
    x, y, z = (float(v) for v in frame.beside(0.0)[0])
    pose = at(x, y, z, float(frame.heading[0]))
    inner, outer = side * -1.2, float(max((e[1][0] for e in edges.values()), key=lambda v: side * v)) - side * 0.7
    steel = make_material("gantry", "metal", rgb("#8d9296"), roughness=0.5, metallic=0.7)
    top = _CLEAR_M + _PANEL_M / 2
    pieces = [box((0.0, left, -0.4), (0.32, 0.32, top + 0.4 + _BEAM_M), 0.0, steel, 1.0) for left in (inner, outer)]
    long, mid = abs(outer - inner), (inner + outer) / 2
    for up in (top, top + _BEAM_M - 0.1):
        pieces += [box((out, mid, up), (0.1, long, 0.1), 0.0, steel, 1.0) for out in (-0.25, 0.25)]
    for left in np.arange(min(inner, outer) + 0.7, max(inner, outer) - 0.3, 1.4):
        pieces.append(box((0.0, float(left), top), (0.5, 0.06, _BEAM_M), 0.0, steel, 1.0))
    parts = [Part(name=factor, asset=joined(f"place/{factor}", "gantry", pieces), world_from_object=pose)]
    names = ["".join((str(rng.choice(_STARTS)), str(rng.choice(_ENDS)))) for _ in lanes]
    draws.note(f"{factor}_names", ", ".join(names))
    for n, lane in enumerate(sorted(lanes, key=lambda q: abs(q.id))):
        low, high = sorted(float(e[0]) for e in edges[lane.id])
        aside = n == len(lanes) - 1
        asset_name = f"{factor}_panel_{n}"
        face = _panel((high - low) * 0.92, names[n], side if aside else 0.0)
        parts.append(
            Part(
                name=asset_name,
                asset=replace(joined(f"place/{asset_name}", "traffic_sign", face), tags=("wall_mounted",)),
                world_from_object=pose @ at(-0.33, (low + high) / 2, _CLEAR_M),
            )
        )  # fmt: skip
    return parts


def _panel(wide_m: float, name: str, aside: float) -> list[Piece]:
    """Return a panel that faces those who come, its bottom's middle at the origin."""
    back = make_material("panel_back", "metal", rgb("#9a9ea2"), roughness=0.5, metallic=0.6)
    picture = Texture(name=f"gantry/{name}/{aside:g}", pixels=_picture(wide_m, name, aside))
    front = make_material("panel", "retro_sheet", (0.95, 0.95, 0.95), texture=picture)
    # Seen from -x, with +z up, +y is to the left.
    half = wide_m / 2
    corners = np.array([[-0.03, half, 0.0], [-0.03, -half, 0.0], [-0.03, -half, _PANEL_M], [-0.03, half, _PANEL_M]])
    face = Piece(
        vertices=corners, faces=np.array([[0, 1, 2], [0, 2, 3]]), uv=np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]]),
        material=front,
    )  # fmt: skip
    return [box((0.0, 0.0, 0.0), (0.05, wide_m, _PANEL_M), 0.0, back, 1.0), face]


def _picture(wide_m: float, name: str, aside: float) -> np.ndarray:
    """Return the panel's face: a place's name above an arrow, down to the lane or up to the side."""
    rows, columns = round(160 * _PANEL_M), round(160 * wide_m)
    image = np.full((rows, columns, 3), (24, 82, 158), dtype=np.uint8)
    white = (240, 240, 236)
    cv2.rectangle(image, (8, 8), (columns - 9, rows - 9), white, 6)
    font = cv2.FONT_HERSHEY_SIMPLEX
    (wide, high), _ = cv2.getTextSize(name, font, 1.0, 2)
    scale = min(0.78 * columns / wide, 0.2 * rows / high)
    at_x = round((columns - scale * wide) / 2)
    cv2.putText(image, name, (at_x, round(0.36 * rows)), font, scale, white, max(2, round(4 * scale)), cv2.LINE_AA)
    x, y, reach = columns / 2, 0.68 * rows, 0.2 * rows
    turn = math.pi / 2 if aside == 0.0 else -math.pi / 4 if aside < 0 else -3 * math.pi / 4
    d = np.array([math.cos(turn), math.sin(turn)])
    tail, tip = np.array([x, y]) - d * reach, np.array([x, y]) + d * reach
    across = np.array([-d[1], d[0]]) * reach * 0.55
    head = np.array([tip, tip - d * reach * 0.8 + across, tip - d * reach * 0.8 - across])
    start, end = tuple(round(float(v)) for v in tail), tuple(round(float(v)) for v in tip - d * reach * 0.6)
    cv2.line(image, start, end, white, round(reach * 0.28), cv2.LINE_AA)
    cv2.fillPoly(image, [np.round(head).astype(np.int32)], white, cv2.LINE_AA)
    return image
