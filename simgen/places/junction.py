"""The place ``junction``: two town streets that cross, or one that ends in another, with traffic lights."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.families.signs import showing
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Constant, Uniform, UniformInt, check_support
from simgen.geometry.pose import at
from simgen.places.backdrop import far_trees, land
from simgen.places.choose import choose
from simgen.places.corner import Corner
from simgen.places.ends import PLOT_M, End, close_end
from simgen.places.layers import Layers, layer_parts, plot
from simgen.places.path import Bend, Path, path
from simgen.places.pieces import Part, instances, polygon
from simgen.places.road import Road, ground, kerb, kerbs, markings, pavements, road_regions, stop_line
from simgen.places.roadside import Frontage, Planting, building_row, draw_building_names, planted_row
from simgen.places.section import EVERY_USE, LaidSection, Section, draw_section, street_section
from simgen.places.surfaces import RoadLook, draw_look
from simgen.places.turns import arm_lanes
from simgen.places.wear import draw_wear
from simgen.scene.region import Region
from simgen.scene.scene import Scene
from simgen.streams import Draws

_ROW_START_M = 17.0


@dataclass(frozen=True, kw_only=True)
class Junction:
    """A junction at the origin, its arms along +x, +y, -x and, with four of them, -y.

    Attributes:
        arms: 3 or 4.
        arm_m: length of each arm beyond the corner.
        sections: cross-sections, the same seen from either end; each of the two streets draws one.
        drive_on: the side that traffic keeps to.
        kerb_height_m: height of the pavement above the carriageway.
        corner_radius_m: of the kerb.
        crossing_width_m: length of the crossings along the arms.
        control: ``lights`` or ``none``.
        green: which street's lights show green: ``first`` (the arms along x), ``second`` or ``none``; the others red.
        buildings: the rows along the arms.
        trees: the rows on the kerb strips, or None.
        lamps: the same for lamps.
    """

    arms: AnyDistribution = Choice(options=(3, 4), weights=(0.3, 0.7))
    arm_m: AnyDistribution = Uniform(low=65.0, high=85.0)
    sections: tuple[Section, ...] = (
        street_section(1, "both", weight=0.5),
        street_section(1, "none", weight=0.25),
        street_section(2, "none", weight=0.25),
    )
    drive_on: Literal["right", "left"] = "right"
    kerb_height_m: AnyDistribution = Uniform(low=0.12, high=0.15)
    corner_radius_m: AnyDistribution = Uniform(low=4.0, high=8.0)
    crossing_width_m: AnyDistribution = Uniform(low=3.0, high=4.0)
    control: AnyDistribution = Choice(options=("lights", "none"), weights=(0.7, 0.3))
    green: AnyDistribution = Choice(options=("first", "second", "none"), weights=(0.45, 0.45, 0.1))
    buildings: Frontage = Frontage(models=UniformInt(low=6, high=10))
    trees: Planting | None = Planting(
        spacing_m=Uniform(low=15.0, high=26.0), models=UniformInt(low=1, high=2), missing_chance=0.25
    )
    lamps: Planting | None = Planting(spacing_m=Uniform(low=24.0, high=36.0))
    kind: Literal["junction"] = "junction"

    def __post_init__(self) -> None:
        check_support("arms", self.arms, 3, 4)
        check_support("arm_m", self.arm_m, 30.0, 300.0)
        check_support("kerb_height_m", self.kerb_height_m, 0.04, 0.30)
        check_support("corner_radius_m", self.corner_radius_m, 1.0, 20.0)
        check_support("crossing_width_m", self.crossing_width_m, 2.0, 8.0)
        controls = {str(v) for v in _values(self.control)}
        if not controls <= {"lights", "none"}:
            raise ValueError(f"control must be lights or none, got {', '.join(sorted(controls))}")
        greens = {str(v) for v in _values(self.green)}
        if not greens <= {"first", "second", "none"}:
            raise ValueError(f"green must be first, second or none, got {', '.join(sorted(greens))}")
        if not self.sections or not sum(s.weight for s in self.sections) > 0:
            raise ValueError("sections must name at least one section with a weight above 0")
        for section in self.sections:
            uses = [s.use for s in section.strips]
            if uses != uses[::-1]:
                raise ValueError(
                    f"section {section.name!r} must be the same from either side at a junction, got {uses}"
                )

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the junction and return it with its lanes and areas."""
        arms, corners = self._draw_arms(draws)
        names = draw_building_names(library, draws, self.buildings)
        parts = layer_parts("junction", self._layers(arms, corners, draws))
        regions: list[Region] = [corner.area() for corner in corners]
        for arm in arms:
            regions += [r for r in road_regions(arm) if not (r.kind == "lane" and r.use == "drive")]
            parts += self._arm_side(arm, len(arms) == 3 and arm is arms[0], names, draws, library)
            end = End(name=f"{arm.name}_end", road=arm, which="end")
            more_parts, more_regions = close_end(end, self.drive_on, names, library, draws, self.buildings)
            parts += more_parts
            regions += more_regions
        if len(arms) == 3:
            parts += building_row(
                arms[0].path, arms[0].section.edges(*EVERY_USE)[0], (-arms[0].path.points[0, 0] * 2, 0.0),
                arms[0].section.kerb_m, names, library, draws, "buildings_closed", self.buildings,
            )  # fmt: skip
        regions += arm_lanes(arms, self.drive_on)
        if draws.value("control", self.control) == "lights":
            parts += _traffic_lights(arms, library, draws, str(draws.value("green", self.green)))
        parts.append(land(draws, arms[0].look.grass, flat_m=240.0, z_m=-0.4))
        reach = arms[0].span_m[1]
        parts.append(far_trees(draws, "far_trees", (reach + 95.0, 235.0), 130, -0.4, np.zeros((1, 2)), reach + 90.0))
        return Scene(objects=instances(parts), regions=tuple(regions))

    def _draw_arms(self, draws: Draws) -> tuple[list[Road], list[Corner]]:
        """Draw the two streets and return the arms counter-clockwise from +x, and the corners between them."""
        count, length = int(draws.value("arms", self.arms)), float(draws.value("arm_m", self.arm_m))
        radius = float(draws.value("corner_radius_m", self.corner_radius_m))
        width = float(draws.value("crossing_width_m", self.crossing_width_m))
        streets = _draw_streets(self, draws)
        look = draw_look(draws, *_tracks(streets[0]))
        looks = (look, _second_look(look, streets))
        outer = [max(-s.edges(*EVERY_USE)[0], s.edges(*EVERY_USE)[1]) - s.edges("drive", "park")[1] for s in streets]
        corner = max(radius, *outer) + 0.3
        half = [s.edges("drive", "park")[1] for s in streets]
        arms = []
        for k in range(count):
            start = half[1 - k % 2] + corner
            heading = k * math.pi / 2
            line = path(
                (start * round(math.cos(heading)), start * round(math.sin(heading))), heading, (Bend(length_m=length),)
            )
            arms.append(
                Road(
                    name=f"arm_{'enws'[k]}",
                    path=line,
                    section=streets[k % 2],
                    look=looks[k % 2],
                    span_m=(0.0, length),
                    crossings=((0.4, 0.4 + width),),
                    no_parking_m=8.0,
                )
            )
        pairs = range(count) if count == 4 else range(2)
        corners = [
            Corner(
                name=f"corner_{k}",
                first=arms[k],
                second=arms[(k + 1) % count],
                turn_rad=k * math.pi / 2,
                radius_m=radius,
                depth_m=PLOT_M,
            )
            for k in pairs
        ]
        return arms, corners

    def _layers(self, arms: list[Road], corners: list[Corner], draws: Draws) -> list[Layers]:
        """Return the ground: the middle, the corners, the arms, and for three arms the closed side."""
        layers: list[Layers] = [corner.layers() for corner in corners]
        half = [arms[k].section.edges("drive", "park")[1] for k in (0, 1)]
        reach = [float(np.hypot(*arms[k].path.frame(0.0)[0])) for k in (0, 1)]
        outline = [corner.world(corner.kerb_line) for corner in corners]
        if len(arms) == 3:
            outline.append(np.array([[-reach[0], half[0]], [-reach[0], -half[0]], [reach[0], -half[0]]]))
        middle = polygon(np.vstack(outline), 0.0, arms[0].look.plain, 4.0, hub=(0.0, 0.0))
        layers.append({"road": [middle]})
        for arm in arms:
            stop = arm.crossings[0][1] + 1.0
            solid = ((stop + 0.4, stop + 18.0),)
            layers.append(
                {
                    "road": [*ground(arm), *draw_wear(arm, draws, f"wear_{arm.name}")],
                    "kerb": kerbs(arm),
                    "sidewalk": pavements(arm),
                    "lane_marking": [*markings(arm, solid_m=solid), *stop_line(arm, stop, "backward")],
                }
            )
        if len(arms) == 3:
            layers.append(_closed_side(arms[0], reach[0]))
        return layers

    def _arm_side(
        self, arm: Road, open_right: bool, names: tuple[str, ...], draws: Draws, library: Library
    ) -> list[Part]:
        """Draw the houses, trees and lamps along an arm; a corner's houses are those on the left of an arm.

        ``open_right`` tells that there is no corner to its right.
        """
        section, parts = arm.section, []
        low, high = section.edges(*EVERY_USE)
        for side, edge, start in (("left", high, 0.5), ("right", low, 0.5 if open_right else _ROW_START_M)):
            span = (start, arm.span_m[1] - 1.0)
            parts += building_row(
                arm.path,
                edge,
                span,
                section.kerb_m,
                names,
                library,
                draws,
                f"buildings_{arm.name}_{side}",
                self.buildings,
            )
            sign = 1.0 if side == "left" else -1.0
            rim = next((s for s in section.of("kerb_strip") if s.middle_m * sign > 0), None)
            if rim is None:
                continue
            spots = (0.0, *arm.crossings[0], arm.crossings[0][1] + 1.5)
            posts: list[float] = []
            for category, planting in (("street_lamp", self.lamps), ("tree", self.trees)):
                if planting is not None:
                    row = planted_row(
                        arm.path, rim.middle_m, (2.0, arm.span_m[1] - 4.0), section.kerb_m, category, library, draws,
                        f"{category}s_{arm.name}_{side}", planting, spots, posts_m=posts,
                        room_m=abs(edge - rim.middle_m) - 0.05,
                        lanes_m=min(abs(rim.middle_m - lane_edge) for lane_edge in section.edges("drive")),
                    )  # fmt: skip
                    posts += [_along(arm.path, p) for p in row]
                    parts += row
        return parts


def _values(distribution: AnyDistribution) -> tuple[object, ...]:
    match distribution:
        case Constant(value=value):
            return (value,)
        case Choice(options=options):
            return options
        case _:
            return (distribution.kind,)


def _draw_streets(junction: Junction, draws: Draws) -> tuple[LaidSection, LaidSection]:
    """Draw both streets' cross-sections; they share the kerb's height."""
    first = draw_section(junction.sections, draws, junction.kerb_height_m, junction.drive_on)
    second = draw_section(junction.sections, draws, Constant(value=first.kerb_m), junction.drive_on, "side_")
    return first, second


def _tracks(section: LaidSection) -> tuple[tuple[float, ...], float]:
    right, left = section.edges("drive")
    return tuple(s.middle_m - right for s in section.of("drive")), left - right


def _second_look(look: RoadLook, streets: tuple[LaidSection, LaidSection]) -> RoadLook:
    """Return the side street's look: the same, without the worn sheet where that would not fit its lanes."""
    return look if _tracks(streets[0]) == _tracks(streets[1]) else replace(look, carriageway=look.plain)


def _closed_side(arm: Road, reach_m: float) -> Layers:
    """Return the straight side across from the third arm: kerb, pavement and land between the two arms' starts."""
    section, look = arm.section, arm.look
    bridge = path((-reach_m, 0.0), 0.0, (Bend(length_m=2 * reach_m),))
    whole = replace(arm, path=bridge, span_m=(0.0, 2 * reach_m), crossings=())
    low = section.edges(*EVERY_USE)[0]
    right = section.edges("drive", "park")[0]
    strips = [p for p, s in zip(pavements(whole), section.of("walk", "kerb_strip"), strict=True) if s.middle_m < 0]
    length = 2 * (reach_m + arm.span_m[1])
    long = replace(whole, path=path((-length / 2, 0.0), 0.0, (Bend(length_m=length),)), span_m=(0.0, length))
    return {
        "kerb": [kerb(bridge, right, -1, section.kerb_m, whole.span_m, look)],
        "sidewalk": strips,
        "terrain": [plot(long, low - PLOT_M, low)],
    }


def _along(line: Path, part: Part) -> float:
    x, y, _ = part.world_from_object.translation_m
    heading = line.headings[0]
    return float((x - line.points[0, 0]) * math.cos(heading) + (y - line.points[0, 1]) * math.sin(heading))


def _traffic_lights(arms: list[Road], library: Library, draws: Draws, green: str) -> list[Part]:
    """Return one traffic light per arm, on the driver's side of its stop line, facing the traffic that comes.

    Those of one street show the same: green for ``green``, red for the other.
    """
    name = choose(library, "traffic_light", draws.rng("traffic_light"))
    draws.note("traffic_light", name)
    asset = library.load(name)
    parts = []
    for k, arm in enumerate(arms):
        shown = showing(asset, "green" if green == ("first", "second")[k % 2] else "red")
        coming = [s.middle_m for s in arm.section.of("drive") if s.direction == "backward"]
        side = 1.0 if sum(coming) > 0 else -1.0
        right, left = arm.section.edges("drive", "park")
        edge = left if side > 0 else right
        x, y = arm.path.at(arm.crossings[0][1] + 0.6, edge + side * 0.6)
        pose = at(x, y, arm.section.kerb_m, arm.path.frame(0.0)[1])
        parts.append(Part(name=f"traffic_light_{arm.name}", asset=shown, world_from_object=pose))
    return parts
