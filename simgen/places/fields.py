"""What lies along a country road: the bank it lies on, fields, wooden fences, marker posts with reflectors."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from simgen.assets.textures import TILE_M
from simgen.geometry.pose import at
from simgen.places.pieces import Part, Piece, box, joined, ribbon, strip
from simgen.places.road import Road
from simgen.places.roads.ground import BANK_M, LAND_BELOW_M
from simgen.places.section import EVERY_USE, LaidSection
from simgen.places.surfaces import RoadLook, tiled
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb
from simgen.streams import Draws

LAND_M = -LAND_BELOW_M
"""Height of the fields beside a level road."""

FIELD_M = 75.0
"""Greatest depth of a field."""

_POST_STEP_M = 2.4
_LENGTH_M = 20.0


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


def marker_posts(road: Road, offsets_m: tuple[float, float], spacing_m: float) -> list[Part]:
    """Return white marker posts on both sides of a road, facing the traffic that drives on that side."""
    parts = []
    for side, left in zip(("right", "left"), offsets_m, strict=True):
        for k, along in enumerate(np.arange(road.span_m[0] + spacing_m / 2, road.span_m[1], spacing_m)):
            x, y = road.path.at(float(along), left)
            heading = road.path.frame(float(along))[1] + (math.pi if side == "right" else 0.0)
            parts.append(Part(name=f"marker_{side}_{k}", asset=marker_post(), world_from_object=at(x, y, 0.0, heading)))
    return parts


@lru_cache(maxsize=1)
def marker_post() -> Asset:
    """Return a white plastic post of 12 x 12 cm, 1 m high, with a black band and a reflector on either face."""
    white = make_material("post", "plastic", rgb("#e8e8e4"))
    black = make_material("band", "plastic", rgb("#1c1c1e"))
    reflector = make_material("reflector", "retro_sheet", (0.9, 0.85, 0.7))
    pieces = [
        box((0.0, 0.0, 0.0), (0.10, 0.12, 0.72), 0.0, white, 1.0),
        box((0.0, 0.0, 0.72), (0.102, 0.122, 0.22), 0.0, black, 1.0),
        box((0.0, 0.0, 0.94), (0.10, 0.12, 0.06), 0.0, white, 1.0),
        box((0.0, 0.0, 0.76), (0.112, 0.05, 0.14), 0.0, reflector, 1.0),
    ]
    return joined("place/marker_post", "bollard", pieces)


def fence(road: Road, left_m: float, span_m: tuple[float, float], z_m: float, name: str) -> list[Part]:
    """Return a wooden fence along an offset of a road, in lengths of some 20 m.

    Each length has a frame of its own with x along it, so that its box hugs it where the road bends.
    """
    count = max(1, round((span_m[1] - span_m[0]) / _LENGTH_M))
    edges = np.linspace(*span_m, count + 1)
    parts = []
    for k, (start, end) in enumerate(pairwise(edges)):
        posts = max(2, round((end - start) / _POST_STEP_M) + 1)
        spots = np.array([road.path.at(float(a), left_m) for a in np.linspace(start, end, posts)])
        (x, y), along = (spots[0] + spots[-1]) / 2, spots[-1] - spots[0]
        yaw = math.atan2(along[1], along[0])
        c, s = math.cos(yaw), math.sin(yaw)
        local = (spots - (x, y)) @ np.array([[c, -s], [s, c]])
        asset = _fence_length(f"place/{name}_{k}", local, last=k == count - 1)
        parts.append(Part(name=f"{name}_{k}", asset=asset, world_from_object=at(float(x), float(y), z_m, yaw)))
    return parts


def _fence_length(name: str, spots_m: np.ndarray, last: bool) -> Asset:
    """Return posts of 1.2 m at (N, 2) spots and two rails; only the ``last`` length has a post at its end."""
    wood = make_material("fence", "wood", rgb("#7d6a54"), roughness=0.9)
    standing = spots_m if last else spots_m[:-1]
    pieces: list[Piece] = [box((float(x), float(y), 0.0), (0.09, 0.09, 1.2), 0.0, wood, 1.0) for x, y in standing]
    for (x0, y0), (x1, y1) in pairwise(spots_m.tolist()):
        yaw, length = math.atan2(y1 - y0, x1 - x0), math.hypot(x1 - x0, y1 - y0)
        for height in (0.45, 0.95):
            pieces.append(box(((x0 + x1) / 2, (y0 + y1) / 2, height), (length, 0.04, 0.11), yaw, wood, 1.0))
    return joined(name, "fence", pieces)
