"""Small things along country roads: marker posts with reflectors, wooden fences."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from simgen.geometry.pose import at
from simgen.places.pieces import Part, Piece, box, joined
from simgen.places.road import Road
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb

_POST_STEP_M = 2.4


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


def fence(road: Road, left_m: float, span_m: tuple[float, float], z_m: float, name: str) -> Part:
    """Return a wooden fence along an offset of a road: posts of 1.2 m and two rails."""
    wood = make_material("fence", "wood", rgb("#7d6a54"), roughness=0.9)
    count = max(2, int((span_m[1] - span_m[0]) / _POST_STEP_M) + 1)
    along = np.linspace(*span_m, count)
    spots = [road.path.at(float(a), left_m) for a in along]
    pieces: list[Piece] = [box((x, y, z_m), (0.09, 0.09, 1.2), 0.0, wood, 1.0) for x, y in spots]
    for (x0, y0), (x1, y1) in pairwise(spots):
        yaw, length = math.atan2(y1 - y0, x1 - x0), math.hypot(x1 - x0, y1 - y0)
        for height in (0.45, 0.95):
            pieces.append(box(((x0 + x1) / 2, (y0 + y1) / 2, z_m + height), (length, 0.04, 0.11), yaw, wood, 1.0))
    return Part(name=name, asset=joined(f"place/{name}", "fence", pieces))
