"""The place ``urban_street``: a street between rows of buildings, ending in a cross street at either end."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.places.backdrop import far_trees, land
from simgen.places.path import Bend, Path, path
from simgen.places.pieces import Part, Piece, instances, joined, strip
from simgen.places.road import Road, ground, kerb, kerbs, markings, pavements, road_regions, stop_line
from simgen.places.roadside import (
    Frontage,
    Planting,
    building_row,
    draw_building_names,
    planted_row,
    scattered_trees,
)
from simgen.places.section import LaidSection, Section, Strip, draw_section, lay, street_section
from simgen.places.surfaces import RoadLook, draw_look
from simgen.places.wear import draw_wear
from simgen.scene.region import Region
from simgen.scene.scene import Scene
from simgen.streams import Draws

PLOT_M = 45.0
"""Depth of the built-up land behind the pavements."""

_CROSS_HALF_M = 75.0


@dataclass(frozen=True, kw_only=True)
class UrbanStreet:
    """A town street along x, its lanes in both directions, closed by houses across a cross street at either end.

    Attributes:
        length_m: from cross street to cross street.
        sections: cross-sections, one of which is drawn.
        drive_on: the side that traffic keeps to; ``left`` mirrors the section.
        kerb_height_m: height of the pavement above the carriageway.
        crossings: how many zebra crossings there are between the ends.
        crossing_width_m: length of a crossing along the street.
        buildings: the rows on both sides.
        trees: the rows on both kerb strips, or None.
        lamps: the same for lamps.
        yard_trees: how many trees stand behind the houses.
    """

    length_m: AnyDistribution = Uniform(low=200.0, high=260.0)
    sections: tuple[Section, ...] = (
        street_section(1, "both", weight=0.55),
        street_section(1, "right", weight=0.2),
        street_section(2, "both", weight=0.25),
    )
    drive_on: Literal["right", "left"] = "right"
    kerb_height_m: AnyDistribution = Uniform(low=0.12, high=0.15)
    crossings: AnyDistribution = UniformInt(low=1, high=3)
    crossing_width_m: AnyDistribution = Uniform(low=3.0, high=4.0)
    buildings: Frontage = Frontage()
    trees: Planting | None = Planting(
        spacing_m=Uniform(low=11.0, high=20.0), models=UniformInt(low=1, high=2), missing_chance=0.2
    )
    lamps: Planting | None = Planting(spacing_m=Uniform(low=24.0, high=36.0))
    yard_trees: AnyDistribution = UniformInt(low=2, high=6)
    kind: Literal["urban_street"] = "urban_street"

    def __post_init__(self) -> None:
        check_support("length_m", self.length_m, 80.0, 600.0)
        check_support("kerb_height_m", self.kerb_height_m, 0.04, 0.30)
        check_support("crossings", self.crossings, 0, 8)
        check_support("crossing_width_m", self.crossing_width_m, 2.0, 8.0)
        check_support("yard_trees", self.yard_trees, 0, 60)
        if not self.sections or not sum(s.weight for s in self.sections) > 0:
            raise ValueError("sections must name at least one section with a weight above 0")

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the street and return it with its lanes and areas; the street's middle is the origin."""
        length = float(draws.value("length_m", self.length_m))
        section = draw_section(self.sections, draws, self.kerb_height_m, self.drive_on)
        right, left = section.edges("drive")
        look = draw_look(draws, tuple(s.middle_m - right for s in section.of("drive")), left - right)
        main = Road(
            name="street",
            path=path((-length / 2, 0.0), 0.0, (Bend(length_m=length),)),
            section=section,
            look=look,
            span_m=(0.0, length),
            crossings=self._draw_crossings(draws, length),
        )
        names = draw_building_names(library, draws, self.buildings)
        parts = [*_ground_parts([main], draws), *self._roadside(main, names, draws, library)]
        regions = [*road_regions(main)]
        for end, sign in (("east", 1.0), ("west", -1.0)):
            cross = _cross_street(end, sign, length, main, self.drive_on)
            parts += _end_parts(cross, main, end)
            row = building_row(
                cross.path, cross.section.strips[-1].right_m, (8.0, cross.span_m[1] - 8.0), section.kerb_m, names,
                library, draws, f"buildings_{end}", replace(self.buildings, setback_m=Constant(value=0.5)),
            )  # fmt: skip
            parts += row
            regions += _drive_and_walk(cross)
        parts.append(land(draws, look.grass, flat_m=240.0, z_m=-0.4))
        parts.append(far_trees(draws, "far_trees", (length / 2 + 50.0, 235.0), 150, -0.4, keep_clear_m=PLOT_M + 8.0))
        return Scene(objects=instances(parts), regions=tuple(regions))

    def _draw_crossings(self, draws: Draws, length_m: float) -> tuple[tuple[float, float], ...]:
        """Draw where crossings lie: one in each of as many equal stretches of the street."""
        count = int(draws.value("crossings", self.crossings))
        width = float(draws.value("crossing_width_m", self.crossing_width_m))
        rng = draws.rng("crossing_along_m")
        cell = (length_m - 40.0) / max(count, 1)
        found = []
        for k in range(count):
            start = 20.0 + cell * k + float(rng.uniform(0.0, cell - width))
            draws.note("crossing_along_m", start, k)
            found.append((start, start + width))
        return tuple(found)

    def _roadside(self, main: Road, names: tuple[str, ...], draws: Draws, library: Library) -> list[Part]:
        """Draw the houses, trees and lamps along both sides."""
        section, (low, high), span = main.section, main.section.edges(*_USES), main.span_m
        parts: list[Part] = []
        for side, edge in (("left", high), ("right", low)):
            parts += building_row(
                main.path, edge, span, section.kerb_m, names, library, draws, f"buildings_{side}", self.buildings
            )
            sign = 1.0 if side == "left" else -1.0
            rims = [s for s in section.of("kerb_strip") if s.middle_m * sign > 0]
            if not rims:
                continue
            middle = rims[0].middle_m
            spots = [m for a, b in main.crossings for m in (a, (a + b) / 2, b)]
            lamps = self._row("street_lamp", f"lamps_{side}", self.lamps, main, middle, spots, draws, library)
            spots += [float(p.world_from_object.translation_m[0]) + span[1] / 2 for p in lamps]
            trees = self._row("tree", f"trees_{side}", self.trees, main, middle, spots, draws, library)
            parts += [*lamps, *trees]
        for side, bounds in (("left", (high + 16.0, high + PLOT_M)), ("right", (low - PLOT_M, low - 16.0))):
            parts += scattered_trees(
                main.path, bounds, span, section.kerb_m, library, draws, f"yard_trees_{side}", self.yard_trees
            )
        return parts

    def _row(
        self, category: str, factor: str, planting: Planting | None, main: Road, left_m: float, avoid_m: list[float],
        draws: Draws, library: Library,
    ) -> list[Part]:  # fmt: skip
        if planting is None:
            return []
        span = (main.span_m[0] + 4.0, main.span_m[1] - 4.0)
        return planted_row(
            main.path, left_m, span, main.section.kerb_m, category, library, draws, factor, planting, tuple(avoid_m)
        )


_USES = ("drive", "park", "walk", "kerb_strip", "verge")


def _ground_parts(roads: list[Road], draws: Draws) -> list[Part]:
    """Return the ground of some roads: one asset per category, and the plots behind the pavements."""
    layers: dict[str, list[Piece]] = {"road": [], "kerb": [], "sidewalk": [], "lane_marking": [], "terrain": []}
    for road in roads:
        layers["road"] += [*ground(road), *draw_wear(road, draws, f"wear_{road.name}")]
        layers["kerb"] += kerbs(road)
        layers["sidewalk"] += pavements(road)
        layers["lane_marking"] += markings(road)
        low, high = road.section.edges(*_USES)
        for a, b in ((low - PLOT_M, low), (high, high + PLOT_M)):
            layers["terrain"].append(_plot(road, a, b, road.section.kerb_m))
    return [
        Part(name=f"street_{category}", asset=joined(f"place/street_{category}", category, pieces))
        for category, pieces in layers.items()
        if pieces
    ]


def _plot(road: Road, right_m: float, left_m: float, z_m: float) -> Piece:
    return strip(road.path, right_m, left_m, road.span_m, z_m, road.look.plot, road.look.plot_tile_m)


def _cross_street(name: str, sign: float, length_m: float, main: Road, drive_on: Literal["right", "left"]) -> Road:
    """Return the street that the main one runs into at one end; its far side lies to its right."""
    section = lay(_CROSS_SECTION, (3.3, 3.3, 1.2, 2.6), main.section.kerb_m)
    if drive_on == "left":
        flip = {"forward": "backward", "backward": "forward", "both": "both"}
        section = LaidSection(
            strips=tuple(replace(s, direction=flip[s.direction]) for s in section.strips), kerb_m=section.kerb_m
        )
    middle = length_m / 2 + section.edges("drive")[1]
    line = path((sign * middle, -sign * _CROSS_HALF_M), sign * math.pi / 2, (Bend(length_m=2 * _CROSS_HALF_M),))
    return Road(
        name=name, path=line, section=section, look=_plain_look(main.look), span_m=(0.0, line.length_m)
    )


_CROSS_SECTION = Section(
    name="cross",
    strips=(
        Strip(use="drive", width_m=Constant(value=3.3), direction="backward"),
        Strip(use="drive", width_m=Constant(value=3.3), direction="forward"),
        Strip(use="kerb_strip", width_m=Constant(value=1.2)),
        Strip(use="walk", width_m=Constant(value=2.6)),
    ),
)


def _plain_look(look: RoadLook) -> RoadLook:
    return replace(look, carriageway=look.plain)


def _end_parts(cross: Road, main: Road, end: str) -> list[Part]:
    """Return the ground of a cross street: its far pavement, the kerbs on its near side, the line where traffic waits."""
    right, left = main.section.edges("drive", "park")
    near = cross.section.edges("drive")[1]
    middle = cross.span_m[1] / 2
    sign = 1.0 if end == "east" else -1.0
    mouth = sorted((middle + sign * right, middle + sign * left))
    spans = ((0.0, mouth[0]), (mouth[1], cross.span_m[1]))
    low = cross.section.edges(*_USES)[0]
    plot = _plot(cross, low - PLOT_M, low, cross.section.kerb_m)
    tile = TILE_M["asphalt"]
    low_lane, high_lane = cross.section.edges("drive")
    surface = strip(cross.path, low_lane, high_lane, cross.span_m, 0.0, cross.look.plain, tile)
    near_kerbs = [kerb(cross.path, near, 1, cross.section.kerb_m, span, cross.look) for span in spans]
    marked = markings(cross)[:-1] + _mouth_line(main, end)
    layers: tuple[tuple[str, list[Piece]], ...] = (
        ("road", [surface]),
        ("kerb", [*kerbs(cross), *near_kerbs]),
        ("sidewalk", pavements(cross)),
        ("lane_marking", marked),
        ("terrain", [plot]),
    )
    return [Part(name=f"{end}_{c}", asset=joined(f"place/{end}_{c}", c, pieces)) for c, pieces in layers]


def _mouth_line(main: Road, end: str) -> list[Piece]:
    """Return the stop line of the traffic that comes to one end of the main street."""
    if end == "east":
        return stop_line(main, main.span_m[1] - 1.2, "forward")
    return stop_line(main, main.span_m[0] + 0.8, "backward")


def _drive_and_walk(road: Road) -> list[Region]:
    return [r for r in road_regions(road) if r.kind == "lane"]
