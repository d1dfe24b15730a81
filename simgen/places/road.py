"""A road as meshes and regions: carriageway, kerbs, pavements, lane markings, crossings, and where things may stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from simgen.assets.textures import TILE_M
from simgen.places.path import Path
from simgen.places.pieces import Piece, ribbon, strip
from simgen.places.section import LaidSection, LaidStrip
from simgen.places.surfaces import SHEET_M, RoadLook
from simgen.scene.region import Area, Lane, Region

PAINT_Z_M = 0.0015
"""How high markings lie above the asphalt: enough for rays at grazing angles, too little to see under their edges."""

LINE_M = 0.12
GUTTER_M = 0.3
KERB_TOP_M = 0.15
_ROUND_M = 0.016
_CHUNK_M = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Road:
    """A stretch of road that is built: its line, cross-section, materials, extent and pedestrian crossings.

    Attributes:
        name: prefix of its regions.
        span_m: from where to where along ``path``.
        crossings: (start, end) along the path of each zebra crossing, in rising order.
        no_parking_m: how far from a crossing parking ends.
    """

    name: str
    path: Path
    section: LaidSection
    look: RoadLook
    span_m: tuple[float, float]
    crossings: tuple[tuple[float, float], ...] = ()
    no_parking_m: float = 5.0


def ground(road: Road) -> list[Piece]:
    """Return the carriageway: a worn sheet over the lanes, bays in their own surface, a gutter at each kerb."""
    path, section, look, span = road.path, road.section, road.look, road.span_m
    right, left = section.edges("drive")
    tile = (SHEET_M, left - right)
    pieces = [ribbon(path, ((right, 0.0), (left, 0.0)), span, look.carriageway, tile, origin_m=right)]
    has_kerb = any(s.use in ("walk", "kerb_strip") for s in section.strips)
    low, high = section.edges("drive", "park")
    for bay in section.of("park"):
        inner = (bay.right_m + GUTTER_M if bay.right_m == low and has_kerb else bay.right_m,
                 bay.left_m - GUTTER_M if bay.left_m == high and has_kerb else bay.left_m)  # fmt: skip
        pieces.append(strip(path, *inner, span, 0.0, look.parking, look.parking_tile_m))
        if inner[0] > bay.right_m:
            pieces.append(strip(path, bay.right_m, inner[0], span, 0.0, look.gutter, TILE_M["concrete"]))
        if inner[1] < bay.left_m:
            pieces.append(strip(path, inner[1], bay.left_m, span, 0.0, look.gutter, TILE_M["concrete"]))
    return pieces


def kerb(
    path: Path, edge_m: float, outward: int, height_m: float, span_m: tuple[float, float], look: RoadLook
) -> Piece:
    """Return the kerb stones along one edge of the carriageway; ``outward`` is +1 on its left, -1 on its right."""
    h = height_m
    shape = [(0.0, -0.02), (0.01, h - 0.02), (_ROUND_M, h - 0.006), (0.03, h), (KERB_TOP_M, h)]
    if outward > 0:
        profile = [(edge_m + d, z) for d, z in shape]
    else:
        profile = [(edge_m - d, z) for d, z in reversed(shape)]
    return ribbon(path, profile, span_m, look.kerb, (TILE_M["kerb_stone"], TILE_M["kerb_stone"]))


def kerbs(road: Road) -> list[Piece]:
    """Return the kerbs on both sides of a road that has raised strips."""
    right, left = road.section.edges("drive", "park")
    height = road.section.kerb_m
    raised = road.section.of("walk", "kerb_strip")
    pieces = []
    if any(s.right_m >= left for s in raised):
        pieces.append(kerb(road.path, left, 1, height, road.span_m, road.look))
    if any(s.left_m <= right for s in raised):
        pieces.append(kerb(road.path, right, -1, height, road.span_m, road.look))
    return pieces


def pavements(road: Road) -> list[Piece]:
    """Return the raised strips, behind the kerb's top."""
    right, left = road.section.edges("drive", "park")
    pieces = []
    for s in road.section.of("walk", "kerb_strip"):
        low = s.right_m + KERB_TOP_M if abs(s.right_m - left) < 1e-9 else s.right_m
        high = s.left_m - KERB_TOP_M if abs(s.left_m - right) < 1e-9 else s.left_m
        material, tile = (
            (road.look.walk, TILE_M["paving"]) if s.use == "walk" else (road.look.rim, road.look.rim_tile_m)
        )
        pieces.append(strip(road.path, low, high, road.span_m, road.section.kerb_m, material, tile))
    return pieces


def markings(
    road: Road,
    dash_m: tuple[float, float] = (3.0, 4.5),
    solid_m: tuple[tuple[float, float], ...] = (),
    edge_lines: Literal["both", "right"] = "both",
) -> list[Piece]:
    """Return the painted lines: between lanes, along parking and road edges, and the crossings' bars.

    Args:
        road: which road.
        dash_m: length of a dash and of the gap after it, between lanes.
        solid_m: stretches where the line between lanes is solid instead.
        edge_lines: whether lanes at the left edge of the road have an edge line too.
    """
    pieces: list[Piece] = []
    lanes = road.section.of("drive", "park")
    clear = _gaps(road.span_m, road.crossings, 1.0)
    for a, b in pairwise(lanes):
        at = a.right_m
        if a.use == b.use == "drive":
            for span in clear:
                inside = [(max(p, span[0]), min(q, span[1])) for p, q in solid_m if p < span[1] and q > span[0]]
                for part in _gaps(span, inside, 0.0):
                    pieces += _dashes(road, at, part, dash_m)
            pieces += [_line(road, at, span) for span in solid_m]
        else:
            pieces += [_line(road, at, span) for span in _gaps(road.span_m, road.crossings, road.no_parking_m)]
    edges = [(lanes[0].left_m - 0.35, lanes[0].use), (lanes[-1].right_m + 0.35, lanes[-1].use)]
    for at, use in edges if edge_lines == "both" else edges[1:]:
        if use == "drive":
            pieces += [_line(road, at, span) for span in clear]
    for crossing in road.crossings:
        pieces += zebra(road, crossing)
    return pieces


def zebra(road: Road, crossing: tuple[float, float], bar_m: float = 0.5) -> list[Piece]:
    """Return the bars of one crossing, ``bar_m`` wide and as far apart, right across the carriageway."""
    right, left = road.section.edges("drive", "park")
    count = int((left - right - 0.6 + bar_m) // (2 * bar_m))
    first = (left + right) / 2 - (count - 0.5) * bar_m
    return [_painted(road, first + 2 * k * bar_m, first + (2 * k + 1) * bar_m, crossing) for k in range(count)]


def stop_line(road: Road, at_m: float, direction: str, width_m: float = 0.4) -> list[Piece]:
    """Return a bar across the lanes of one direction, beginning ``at_m`` along the path."""
    return [
        _painted(road, s.right_m + 0.1, s.left_m - 0.1, (at_m, at_m + width_m))
        for s in road.section.of("drive")
        if s.direction == direction
    ]


def road_regions(road: Road) -> tuple[Region, ...]:
    """Return the lanes for traffic, parking and walking, and the areas at the roadside and on the crossings."""
    regions: list[Region] = []
    for s in road.section.of("drive"):
        regions.append(_lane(road, s, road.span_m, s.name))
    for s in road.section.of("park"):
        for k, span in enumerate(_gaps(road.span_m, road.crossings, road.no_parking_m)):
            regions.append(_lane(road, s, span, f"{s.name}_{k}"))
    for s in road.section.of("walk"):
        regions.append(_lane(road, s, road.span_m, s.name))
        regions += _areas(road, s, "pavement", (road.span_m,))
    for s in road.section.of("kerb_strip", "verge"):
        regions += _areas(road, s, s.use, _gaps(road.span_m, road.crossings, 1.0))
    regions += _kerb_tops(road)
    for k, crossing in enumerate(road.crossings):
        regions += _crossing_areas(road, crossing, k)
    return tuple(regions)


def _kerb_tops(road: Road) -> list[Region]:
    """Return the tops of the kerb stones, on which feet may stand."""
    right, left = road.section.edges("drive", "park")
    areas: list[Region] = []
    for s in road.section.of("walk", "kerb_strip"):
        if abs(s.right_m - left) < 1e-9:
            top = replace(s, right_m=left + _ROUND_M, left_m=left + KERB_TOP_M)
        elif abs(s.left_m - right) < 1e-9:
            top = replace(s, right_m=right - KERB_TOP_M, left_m=right - _ROUND_M)
        else:
            continue
        areas += _areas(road, top, "kerb", (road.span_m,))
    return areas


def _lane(road: Road, s: LaidStrip, span_m: tuple[float, float], name: str) -> Lane:
    line = road.path.line(s.middle_m, *span_m, road.section.height(s), backward=s.direction == "backward")
    use = "walk" if s.use == "walk" else "park" if s.use == "park" else "drive"
    return Lane(name=f"{road.name}/{name}", use=use, centre_m=line, width_m=s.width_m, both_ways=use == "walk")


def _areas(road: Road, s: LaidStrip, use: str, spans: Sequence[tuple[float, float]]) -> list[Region]:
    """Return a strip as level quadrilaterals, heading as the traffic on its side of the road does."""
    right, left = road.section.edges("drive", "park")
    inset = KERB_TOP_M if use == "kerb_strip" else 0.0
    low = s.right_m + inset * (s.right_m == left)
    high = s.left_m - inset * (s.left_m == right)
    nearest = min(road.section.of("drive"), key=lambda d: abs(d.middle_m - s.middle_m))
    areas: list[Region] = []
    for span in spans:
        count = max(1, math.ceil((span[1] - span[0]) / _CHUNK_M))
        edges = np.linspace(*span, count + 1)
        for a, b in pairwise(edges):
            corners = (road.path.at(a, low), road.path.at(b, low), road.path.at(b, high), road.path.at(a, high))
            heading = road.path.frame((a + b) / 2)[1] + (math.pi if nearest.direction == "backward" else 0.0)
            areas.append(
                Area(
                    name=f"{road.name}/{s.name}_{use}_{len(areas)}",
                    use=use,
                    corners_m=corners,
                    z_m=road.section.height(s),
                    heading_deg=math.degrees(heading),
                )
            )
    return areas


def _crossing_areas(road: Road, crossing: tuple[float, float], k: int) -> list[Region]:
    """Return the crossing itself, heading to the road's left, and the two places to wait, facing the road."""
    path, (a, b) = road.path, crossing
    right, left = road.section.edges("drive", "park")
    heading = math.degrees(path.frame((a + b) / 2)[1])
    spots = [("crossing", right, left, 0.0, 90.0)]
    raised = road.section.of("walk", "kerb_strip")
    if any(s.right_m >= left for s in raised):
        spots.append(("crossing_wait_left", left + KERB_TOP_M, left + 1.6, road.section.kerb_m, -90.0))
    if any(s.left_m <= right for s in raised):
        spots.append(("crossing_wait_right", right - 1.6, right - KERB_TOP_M, road.section.kerb_m, 90.0))
    return [
        Area(
            name=f"{road.name}/{name}_{k}",
            use="crossing" if name == "crossing" else "crossing_wait",
            corners_m=(path.at(a, low), path.at(b, low), path.at(b, high), path.at(a, high)),
            z_m=z,
            heading_deg=heading + turn,
        )
        for name, low, high, z, turn in spots
    ]


def _gaps(
    span_m: tuple[float, float], crossings: Sequence[tuple[float, float]], clearance_m: float
) -> list[tuple[float, float]]:
    """Return the stretches of a span between crossings, each at least 1 m long."""
    edges = [span_m[0]]
    for a, b in crossings:
        edges += [a - clearance_m, b + clearance_m]
    edges.append(span_m[1])
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 1.0]


def _painted(road: Road, right_m: float, left_m: float, span_m: tuple[float, float]) -> Piece:
    return strip(road.path, right_m, left_m, span_m, PAINT_Z_M, road.look.paint, 1.0)


def _line(road: Road, at_m: float, span_m: tuple[float, float]) -> Piece:
    return _painted(road, at_m - LINE_M / 2, at_m + LINE_M / 2, span_m)


def _dashes(road: Road, at_m: float, span_m: tuple[float, float], dash_m: tuple[float, float]) -> list[Piece]:
    """Return dashes of (length, gap), the last one cut at the span's end."""
    starts = np.arange(span_m[0], span_m[1] - 0.5, sum(dash_m))
    return [_line(road, at_m, (float(s), float(min(s + dash_m[0], span_m[1])))) for s in starts]
