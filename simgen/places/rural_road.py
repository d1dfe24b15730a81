"""The place ``rural_road``: a winding country road between fields, with verges, posts, fences, trees and far hills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Constant, Uniform, UniformInt, check_support
from simgen.geometry.pose import at
from simgen.places.backdrop import HORIZON_M, far_trees, land
from simgen.places.farms import farm
from simgen.places.fields import FIELD_M, LAND_M, banks, fence, fields, marker_posts
from simgen.places.layers import layer_parts, road_layers
from simgen.places.path import Bend, Path, path
from simgen.places.pieces import Part, instances
from simgen.places.road import Road, road_regions
from simgen.places.roads.ground import BANK_M
from simgen.places.roadside import reach_m, scattered
from simgen.places.section import EVERY_USE, Section, Strip, draw_section
from simgen.places.surfaces import draw_look
from simgen.scene.region import Area, Lane, Region
from simgen.scene.scene import Scene
from simgen.streams import Draws

_POST_M = 0.6
_FOOTPATH_M = 0.7
_FOOTPATH_PIECE_M = 6.0


def country_section(lane_m: float = 3.1, weight: float = 1.0) -> Section:
    """Return a country road: one lane each way between verges."""
    lane, verge = Constant(value=lane_m), Constant(value=1.8)
    return Section(
        name=f"country_{lane_m:g}",
        strips=(
            Strip(use="verge", width_m=verge),
            Strip(use="drive", width_m=lane, direction="backward"),
            Strip(use="drive", width_m=lane, direction="forward"),
            Strip(use="verge", width_m=verge),
        ),
        weight=weight,
    )


@dataclass(frozen=True, kw_only=True)
class RuralRoad:
    """A country road through the origin, which is the middle of its length.

    Attributes:
        length_m: of the part with traffic; the road itself runs on to the horizon.
        sections: cross-sections without kerbs, one of which is drawn.
        drive_on: the side that traffic keeps to.
        bends: how many arcs it is made of.
        radius_m: of the arcs; their sense is drawn.
        post_spacing_m: from one marker post to the next, on both sides.
        fences: share of the fields' edges that have a fence.
        trees: how many trees stand near the road, on each side.
        bushes: the same for bushes.
        farms: how many stand in the fields: a house, a barn, silos.
    """

    length_m: AnyDistribution = Uniform(low=260.0, high=340.0)
    sections: tuple[Section, ...] = (country_section(3.1), country_section(3.5, weight=0.6))
    drive_on: Literal["right", "left"] = "right"
    bends: AnyDistribution = UniformInt(low=2, high=4)
    radius_m: AnyDistribution = Uniform(low=170.0, high=500.0)
    post_spacing_m: AnyDistribution = Choice(options=(25.0, 50.0))
    fences: AnyDistribution = Uniform(low=0.2, high=0.7)
    trees: AnyDistribution = UniformInt(low=5, high=16)
    bushes: AnyDistribution = UniformInt(low=3, high=12)
    farms: AnyDistribution = UniformInt(low=0, high=2)
    kind: Literal["rural_road"] = "rural_road"

    def __post_init__(self) -> None:
        check_support("length_m", self.length_m, 80.0, 400.0)
        check_support("bends", self.bends, 1, 12)
        check_support("radius_m", self.radius_m, FIELD_M + 25.0, 1e5)
        check_support("post_spacing_m", self.post_spacing_m, 5.0, 500.0)
        check_support("fences", self.fences, 0.0, 1.0)
        check_support("trees", self.trees, 0, 100)
        check_support("bushes", self.bushes, 0, 200)
        check_support("farms", self.farms, 0, 10)
        for section in self.sections:
            if any(s.use in ("walk", "kerb_strip") for s in section.strips):
                raise ValueError(f"section {section.name!r} of a rural road must have no walk or kerb_strip")
        if not self.sections or not sum(s.weight for s in self.sections) > 0:
            raise ValueError("sections must name at least one section with a weight above 0")

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the road and return it with its lanes and verges."""
        length = float(draws.value("length_m", self.length_m))
        section = draw_section(self.sections, draws, Constant(value=0.1), self.drive_on)
        right, left = section.edges("drive")
        look = draw_look(draws, tuple(s.middle_m - right for s in section.of("drive")), left - right)
        line, start = _winding_line(draws, length, self.bends, self.radius_m)
        road = Road(name="road", path=line, section=section, look=look, span_m=(start, start + length))
        whole = replace(road, span_m=(0.0, line.length_m))
        layers = road_layers(whole, draws)
        layers["terrain"] = [*banks(whole), *fields(road, draws)]
        parts = layer_parts("road", [layers])
        farms = _farms(road, int(draws.value("farms", self.farms)), draws)
        parts += [p for p in self._roadside(road, draws, library) if not _grows_into(p, farms)]
        parts += farms
        parts.append(land(draws, look.grass, flat_m=200.0, z_m=LAND_M))
        homes = [p.world_from_object.translation_m[:2] for p in farms]
        clear = np.vstack([line.offset(0.0, 0.0, line.length_m), *homes])
        parts.append(far_trees(draws, "far_trees", (110.0, 240.0), 240, LAND_M, clear, 65.0, lobes=4))
        return Scene(objects=instances(parts), regions=(*road_regions(road), *_footpaths(road)))

    def _roadside(self, road: Road, draws: Draws, library: Library) -> list[Part]:
        """Draw what stands beside the road: posts, fences, trees, bushes."""
        low, high = road.section.edges(*EVERY_USE)
        right, left = road.section.edges("drive")
        spacing = float(draws.value("post_spacing_m", self.post_spacing_m))
        parts = marker_posts(road, (right - _POST_M, left + _POST_M), spacing)
        share = float(draws.value("fences", self.fences))
        for side, sign, edge in (("left", 1.0, high), ("right", -1.0, low)):
            bank = edge + sign * (BANK_M + 0.6)
            parts += _fences(road, bank, share, draws, f"fence_{side}")
            far, near = (sorted((bank + sign * a, bank + sign * b)) for a, b in ((2.5, 45.0), (1.2, 12.0)))
            parts += scattered(
                road.path, (far[0], far[1]), road.span_m, LAND_M, "tree", library, draws, f"trees_{side}", self.trees,
                clear_of_m=bank,
            )  # fmt: skip
            parts += scattered(
                road.path, (near[0], near[1]), road.span_m, LAND_M, "bush", library, draws, f"bushes_{side}",
                self.bushes, largest=1.3,
            )  # fmt: skip
        return parts


def _winding_line(
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


def _grows_into(plant: Part, farms: Sequence[Part]) -> bool:
    """Return whether a tree or bush would reach a farm's buildings, by their boxes."""
    if plant.asset.category not in ("tree", "bush"):
        return False
    reach = plant.scale * reach_m(plant.asset)
    for part in farms:
        if part.asset.category != "building":
            continue
        low, high = part.asset.bounds
        x, y, _ = part.world_from_object.inverse.apply(np.array(plant.world_from_object.translation_m))
        if low[0] - reach < x < high[0] + reach and low[1] - reach < y < high[1] + reach:
            return True
    return False


def _footpaths(road: Road) -> list[Region]:
    """Return where people walk beside the lanes: on each verge, from behind the marker posts to its outer edge."""
    found: list[Region] = []
    for s in road.section.of("verge"):
        side = 1.0 if s.middle_m > 0 else -1.0
        near, far = sorted((s.right_m, s.left_m), key=abs)
        inner = near + side * (_POST_M + 0.15)
        low, high = sorted((inner, far))
        if abs(far) - abs(inner) < _FOOTPATH_M:
            continue
        name = f"{road.name}/{s.name}_walk"
        line = road.path.line((low + high) / 2, *road.span_m, 0.0)
        found.append(Lane(name=name, use="walk", centre_m=line, width_m=high - low, both_ways=True))
        edges = np.linspace(*road.span_m, math.ceil((road.span_m[1] - road.span_m[0]) / _FOOTPATH_PIECE_M) + 1)
        for k, (a, b) in enumerate(pairwise(edges.tolist())):
            corners = tuple(road.path.at(*spot) for spot in ((a, low), (b, low), (b, high), (a, high)))
            heading = math.degrees(road.path.frame((a + b) / 2)[1])
            found.append(Area(name=f"{name}_{k}", use="pavement", corners_m=corners, z_m=0.0, heading_deg=heading))
    return found


def _fences(road: Road, left_m: float, share: float, draws: Draws, factor: str) -> list[Part]:
    """Draw wooden fences along some of the stretches of a field's edge."""
    rng = draws.rng(factor)
    count = max(1, round((road.span_m[1] - road.span_m[0]) / 60.0))
    edges = np.linspace(*road.span_m, count + 1)
    kept = [k for k in range(count) if rng.random() < share]
    draws.note(f"{factor}_count", len(kept))
    spans = [(float(edges[k]), float(edges[k + 1]) - 4.0) for k in kept]
    return [
        part for k, span in zip(kept, spans, strict=True) for part in fence(road, left_m, span, LAND_M, f"{factor}_{k}")
    ]


def _farms(road: Road, count: int, draws: Draws) -> list[Part]:
    """Draw farms out in the fields, their yards towards the road, one to a stretch."""
    rng = draws.rng("farm")
    parts = []
    for k in range(count):
        cell = (road.span_m[1] - road.span_m[0]) / count
        along = road.span_m[0] + cell * (k + float(rng.uniform(0.2, 0.8)))
        side = 1.0 if rng.random() < 0.5 else -1.0
        left = side * float(rng.uniform(62.0, 72.0))
        x, y = road.path.at(along, left)
        yaw = road.path.frame(along)[1] - side * math.pi / 2 + float(rng.normal(0.0, 0.3))
        draws.note("farm_along_m", along, k)
        parts += farm(draws, k, at(x, y, LAND_M, yaw), road.look.soil)
    return parts
