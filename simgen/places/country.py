"""Open country along a road: its winding line, the bank it lies on, fields and bushes."""

from __future__ import annotations

import math
from dataclasses import replace

from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution
from simgen.geometry.pose import at
from simgen.places.backdrop import HORIZON_M
from simgen.places.choose import choose_several
from simgen.places.path import Bend, Path, path
from simgen.places.pieces import Part, Piece, ribbon, strip
from simgen.places.road import Road
from simgen.places.section import EVERY_USE, LaidSection
from simgen.places.surfaces import RoadLook, tiled
from simgen.scene.material import Material
from simgen.streams import Draws

LAND_M = -0.45
"""Height of the fields below the road, which lies on a low bank."""

BANK_M, FIELD_M = 2.2, 75.0
"""Width of the bank's slope, and the greatest depth of a field."""


def winding_line(
    draws: Draws, length_m: float, bends_count: AnyDistribution, radius_m: AnyDistribution
) -> tuple[Path, float]:
    """Draw a road's line through the origin, its middle, of arcs by turns to the left and the right.

    Straight ends run on to the horizon. With it comes the distance along it at which the arcs begin.
    """
    count = int(draws.value("bends", bends_count))
    bends, turned = [], 0.0
    for k in range(count):
        radius = float(draws.value("radius_m", radius_m, k))
        sign = -math.copysign(1.0, turned) if turned else float(draws.rng("sense").choice((-1.0, 1.0)))
        bends.append(Bend(length_m=length_m / count, curvature_per_m=sign / radius))
        turned += sign / radius
    tail = HORIZON_M - length_m / 2
    middle = path((0.0, 0.0), 0.0, tuple(bends))
    point, heading = middle.frame(length_m / 2)
    # Turned and moved so that the middle lies at the origin with the road along x.
    c, s = math.cos(-heading), math.sin(-heading)
    first = middle.frame(0.0)[1] - heading
    start = (-(c * point[0] - s * point[1]), -(s * point[0] + c * point[1]))
    before = (start[0] - math.cos(first) * tail, start[1] - math.sin(first) * tail)
    return path(before, first, (Bend(length_m=tail), *bends, Bend(length_m=tail))), tail


def banks(road: Road) -> list[Piece]:
    """Return the verges, level beside the lanes, and the slopes from them down to the fields."""
    section: LaidSection = road.section
    low, high = section.edges(*EVERY_USE)
    tile = (TILE_M["grass"], TILE_M["grass"])
    pieces = [
        strip(road.path, s.right_m, s.left_m, road.span_m, 0.0, road.look.grass, TILE_M["grass"])
        for s in section.of("verge")
    ]
    for profile in (((low - BANK_M, LAND_M - 0.02), (low, 0.0)), ((high, 0.0), (high + BANK_M, LAND_M - 0.02))):
        pieces.append(ribbon(road.path, profile, road.span_m, road.look.grass, tile))
    return pieces


def fields(road: Road, draws: Draws) -> list[Piece]:
    """Draw fields along both sides: meadow, crop or ploughed soil, from the bank outwards."""
    low, high = road.section.edges(*EVERY_USE)
    rng = draws.rng("fields")
    kinds = _field_materials(road.look, draws)
    pieces = []
    for side, near in ((1.0, high + BANK_M), (-1.0, low - BANK_M)):
        along = road.span_m[0] - 60.0
        k = 0
        while along < road.span_m[1] + 60.0:
            end = min(along + float(rng.uniform(50.0, 130.0)), road.span_m[1] + 60.0)
            kind = str(rng.choice(list(kinds)))
            draws.note("field", kind, k)
            k += 1
            material, tile = kinds[kind]
            a, b = near + side * 1.5, near + side * float(rng.uniform(45.0, FIELD_M))
            span = (along, end)
            pieces.append(strip(road.path, min(a, b), max(a, b), span, LAND_M + 0.015, material, tile))
            along = end
    return pieces


def _field_materials(look: RoadLook, draws: Draws) -> dict[str, tuple[Material, float]]:
    """Return each kind of field's material and tile size."""
    crop = tiled(draws, "crop", "grass", (0.9, 1.0))
    ripe = replace(crop, name="ripe", base_color=(1.0, 0.78, 0.42))
    young = replace(crop, name="young", base_color=(0.62, 0.85, 0.5))
    return {
        "meadow": (look.grass, TILE_M["grass"] * 1.3),
        "ripe": (ripe, TILE_M["grass"] * 1.6),
        "young": (young, TILE_M["grass"] * 1.1),
        "ploughed": (look.soil, TILE_M["soil"] * 1.5),
    }


def bushes(
    road: Road, left_m: tuple[float, float], draws: Draws, library: Library, factor: str, count: AnyDistribution
) -> list[Part]:
    """Stand bushes at random between two offsets of a road."""
    rng = draws.rng(factor)
    wanted = int(draws.value(f"{factor}_count", count))
    names = choose_several(library, "bush", rng, 2) if wanted else ()
    parts = []
    for k in range(wanted):
        x, y = road.path.at(float(rng.uniform(*road.span_m)), float(rng.uniform(min(left_m), max(left_m))))
        asset = library.load(names[int(rng.integers(len(names)))])
        pose = at(x, y, LAND_M, float(rng.uniform(0.0, 2 * math.pi)))
        parts.append(
            Part(name=f"{factor}_{k}", asset=asset, world_from_object=pose, scale=float(rng.uniform(0.8, 1.3)))
        )
    return parts
