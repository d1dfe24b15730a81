"""Where a street ends: a cross street with houses on its far side, so that the view is closed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import Constant
from simgen.places.layers import layer_parts, plot
from simgen.places.path import Bend, path
from simgen.places.pieces import Part, Piece, strip
from simgen.places.road import Road, kerb, kerbs, markings, pavements, road_regions, stop_line
from simgen.places.roadside import Frontage, building_row
from simgen.places.section import EVERY_USE, LaidSection, Section, Strip, lay
from simgen.scene.region import Region
from simgen.streams import Draws

CROSS_HALF_M = 45.0
"""How far a cross street reaches to either side."""

PLOT_M = 45.0
"""Depth of the built-up land behind the pavements."""

_CROSS_SECTION = Section(
    name="cross",
    strips=(
        Strip(use="drive", width_m=Constant(value=3.3), direction="backward"),
        Strip(use="drive", width_m=Constant(value=3.3), direction="forward"),
        Strip(use="kerb_strip", width_m=Constant(value=1.2)),
        Strip(use="walk", width_m=Constant(value=2.6)),
    ),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class End:
    """One end of a street.

    Attributes:
        name: prefix of the cross street's parts and regions.
        road: the street that ends.
        which: whether it is the end of its path or the start.
        stops: whether traffic leaving the street has a stop line there.
    """

    name: str
    road: Road
    which: Literal["end", "start"]
    stops: bool = True


def close_end(
    end: End,
    drive_on: Literal["right", "left"],
    names: tuple[str, ...],
    library: Library,
    draws: Draws,
    frontage: Frontage,
) -> tuple[list[Part], list[Region]]:
    """Return the parts and lanes of a cross street at one end of a road, with houses beyond it."""
    cross = _cross_street(end, drive_on)
    row = building_row(
        cross.path, cross.section.strips[-1].right_m, (2.0, cross.span_m[1] - 2.0), cross.section.kerb_m, names,
        library, draws, f"buildings_{end.name}", replace(frontage, setback_m=Constant(value=0.5)),
    )  # fmt: skip
    regions: list[Region] = [r for r in road_regions(cross) if r.kind == "lane"]
    return [*_ground(end, cross), *row], regions


def _cross_street(end: End, drive_on: Literal["right", "left"]) -> Road:
    """Return the street that a road runs into at one end; its far side lies to its right."""
    section = lay(_CROSS_SECTION, (3.3, 3.3, 1.2, 2.6), end.road.section.kerb_m)
    if drive_on == "left":
        flip: dict[str, Literal["forward", "backward", "both"]] = {"forward": "backward", "backward": "forward"}
        section = LaidSection(
            strips=tuple(replace(s, direction=flip.get(s.direction, "both")) for s in section.strips),
            kerb_m=section.kerb_m,
        )
    at_end = end.which == "end"
    (x, y), heading = end.road.path.frame(end.road.span_m[1] if at_end else end.road.span_m[0])
    outward = heading if at_end else heading + math.pi
    away = section.edges("drive")[1]
    c, s = math.cos(outward), math.sin(outward)
    start = (float(x + c * away + s * CROSS_HALF_M), float(y + s * away - c * CROSS_HALF_M))
    line = path(start, outward + math.pi / 2, (Bend(length_m=2 * CROSS_HALF_M),))
    look = replace(end.road.look, carriageway=end.road.look.plain)
    return Road(name=end.name, path=line, section=section, look=look, span_m=(0.0, line.length_m))


def _ground(end: End, cross: Road) -> list[Part]:
    """Return the ground of a cross street: far pavement, kerbs on the near side, the line where traffic waits."""
    right, left = end.road.section.edges("drive", "park")
    near, low = cross.section.edges("drive")[1], cross.section.edges(*EVERY_USE)[0]
    middle = cross.span_m[1] / 2
    mouth = (middle + right, middle + left) if end.which == "end" else (middle - left, middle - right)
    spans = ((0.0, mouth[0]), (mouth[1], cross.span_m[1]))
    surface = strip(cross.path, *cross.section.edges("drive"), cross.span_m, 0.0, cross.look.plain, TILE_M["asphalt"])
    # An edge line on the near side would run across the mouth.
    lines = [*markings(cross, edge_lines="right"), *(_mouth_line(end) if end.stops else ())]
    layers = {
        "road": [surface],
        "kerb": [*kerbs(cross), *(kerb(cross.path, near, 1, cross.section.kerb_m, span, cross.look) for span in spans)],
        "sidewalk": pavements(cross),
        "lane_marking": lines,
        "terrain": [plot(cross, low - PLOT_M, low)],
    }
    return layer_parts(end.name, [layers])


def _mouth_line(end: End) -> list[Piece]:
    """Return the stop line of the traffic that comes to this end of the road."""
    if end.which == "end":
        return stop_line(end.road, end.road.span_m[1] - 1.2, "forward")
    return stop_line(end.road, end.road.span_m[0] + 0.8, "backward")
