"""Country roads as networks, and what stands around them: trees, bushes, guard rails, far woods."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution
from simgen.geometry.pose import Pose, at
from simgen.places.backdrop import HORIZON_M, far_trees
from simgen.places.choose import choose_several
from simgen.places.layers import layer_parts
from simgen.places.pieces import Part, instances
from simgen.places.roads.build import constant
from simgen.places.roads.ground import BANK_M, network_layers
from simgen.places.roads.land import Terrain
from simgen.places.roads.line import Cubic, ReferenceLine, Spiral, chain
from simgen.places.roads.network import LaneSection, Link, Mark, Network, NetworkRoad, RoadLane, stations
from simgen.places.roads.regions import network_regions
from simgen.places.surfaces import RoadLook, draw_look
from simgen.scene.scene import Scene
from simgen.streams import Draws

SHEET_LANE_M = 3.5
"""Width of the lane that a carriageway's sheet is drawn for."""

_CLEAR_M = BANK_M + 3.0
Side = Literal["right", "left"]


def country_lanes(lane_m: float, verge_m: float, centre: Mark, shoulder_m: float = 0.5) -> LaneSection:
    """Return one lane each way with a paved shoulder and a verge on both sides."""

    def side(sign: int) -> list[RoadLane]:
        drive = RoadLane(
            id=sign, type="driving", width=constant(lane_m), marks=(Mark(),), predecessor=sign, successor=sign
        )
        return [
            drive,
            RoadLane(id=2 * sign, type="shoulder", width=constant(shoulder_m)),
            RoadLane(id=3 * sign, type="border", width=constant(verge_m)),
        ]

    return LaneSection(start_m=0.0, lanes=(*side(1)[::-1], RoadLane(id=0, type="none", marks=(centre,)), *side(-1)))


def through_road(line: ReferenceLine, sections: tuple[LaneSection, ...], drive_on: Side) -> Network:
    """Return a road, ``road``, between two straight and level ones that lead on to the horizon."""
    ends = line.at(np.array([0.0, line.length_m]))
    rule = "RHT" if drive_on == "right" else "LHT"
    first, last = sections[0], sections[-1]
    tails = []
    for number, heading, x, y, z, back in (
        ("before", float(ends.heading[0]), float(ends.x[0]), float(ends.y[0]), float(ends.z[0]), HORIZON_M),
        ("after", float(ends.heading[1]), float(ends.x[1]), float(ends.y[1]), float(ends.z[1]), 0.0),
    ):  # fmt: skip
        start = (x - back * math.cos(heading), y - back * math.sin(heading))
        tails.append((number, chain(start, heading, (Spiral(length_m=HORIZON_M),), constant(z))))
    before, after = (
        NetworkRoad(
            id=number, name=number, line=tail, rule=rule,
            sections=(LaneSection(start_m=0.0, lanes=(first if number == "before" else last).lanes),),
            successor=Link(kind="road", id="road", contact="start") if number == "before" else None,
            predecessor=Link(kind="road", id="road", contact="end") if number == "after" else None,
        )
        for number, tail in tails
    )  # fmt: skip
    road = NetworkRoad(
        id="road", name="road", line=line, rule=rule, sections=sections,
        predecessor=Link(kind="road", id="before", contact="end"),
        successor=Link(kind="road", id="after", contact="start"),
    )  # fmt: skip
    return Network(roads=(before, road, after), name="country road")


def centred(curves: tuple[Spiral, ...], heights: tuple[Cubic, ...] = ()) -> ReferenceLine:
    """Return the line along ``curves`` whose middle lies at the origin, there heading along +x."""
    loose = chain((0.0, 0.0), 0.0, curves)
    middle = loose.at(np.array([loose.length_m / 2]))
    x, y, heading = float(middle.x[0]), float(middle.y[0]), float(middle.heading[0])
    c, s = math.cos(-heading), math.sin(-heading)
    return chain((-(c * x - s * y), -(s * x + c * y)), -heading, curves, heights)


def network_look(draws: Draws) -> RoadLook:
    """Draw the materials of a network; the carriageway's sheet is one lane wide."""
    return draw_look(draws, (SHEET_LANE_M / 2,), SHEET_LANE_M)


def country_scene(
    network: Network, draws: Draws, library: Library, *,
    trees: AnyDistribution, bushes: AnyDistribution, without: tuple[str, ...] = (), extra: tuple[Part, ...] = (),
    look: RoadLook | None = None, far_count: int = 240, taken_m: tuple[tuple[float, float, float], ...] = (),
) -> Scene:  # fmt: skip
    """Return a network in open country.

    Args:
        network: its roads.
        draws: where everything is drawn from.
        library: trees and bushes.
        trees: how many stand near the roads.
        bushes: the same.
        without: ids of roads that traffic does not use.
        extra: more parts, such as rails and signs.
        look: materials that are drawn already.
        far_count: how many trees the far woods have.
        taken_m: circles (x, y, radius) that nothing is to grow in.
    """
    look = network_look(draws) if look is None else look
    terrain = Terrain(network, draws)
    clear = np.vstack([road_points(network), np.reshape(taken_m, (-1, 3))])
    parts = layer_parts("road", [network_layers(network, look)])
    parts += [*extra, terrain.part(look.grass)]
    parts += plants(network, terrain, clear, "tree", trees, (_CLEAR_M + 2.0, 45.0), draws, library)
    parts += plants(network, terrain, clear, "bush", bushes, (_CLEAR_M, 25.0), draws, library)
    belt = (130.0, 300.0)
    parts.append(far_trees(draws, "far_trees", belt, far_count, 0.0, clear[:, :2], 60.0, 4, terrain.height))
    return Scene(objects=instances(parts), regions=network_regions(network, without))


def road_points(network: Network) -> np.ndarray:
    """Return (N, 3) points along the roads: x, y and half the road's width there, 4 m or less apart."""
    rows = []
    for road in network.roads:
        for k in range(len(road.sections)):
            at_m = stations(road, road.span(k), longest_m=4.0)
            edges = road.edges(k, at_m)
            low = np.min([np.minimum(*e) for e in edges.values()], axis=0)
            high = np.max([np.maximum(*e) for e in edges.values()], axis=0)
            middle = road.line.at(at_m).beside((low + high) / 2)
            rows.append(np.column_stack([middle[:, :2], (high - low) / 2]))
    return np.concatenate(rows)


def plants(
    network: Network, terrain: Terrain, clear: np.ndarray, category: str, count: AnyDistribution,
    away_m: tuple[float, float], draws: Draws, library: Library,
) -> list[Part]:  # fmt: skip
    """Draw trees or bushes at distances from the roads' edges, clear of all of them."""
    factor = {"tree": "trees", "bush": "bushes"}[category]
    rng = draws.rng(factor)
    wanted = int(draws.value(f"{factor}_count", count))
    names = choose_several(library, category, rng, 3) if wanted else ()
    roads = [r for r in network.roads if r.junction is None]
    lengths = np.cumsum([r.line.length_m for r in roads])
    parts: list[Part] = []
    for _ in range(8 * wanted):
        if len(parts) == wanted:
            break
        along = float(rng.uniform(0.0, lengths[-1]))
        k = min(int(np.searchsorted(lengths, along, side="right")), len(roads) - 1)
        local = np.array([along - (lengths[k - 1] if k else 0.0)])
        left = float(rng.uniform(-1.0, 1.0)) * (away_m[1] + 12.0)
        name = names[int(rng.integers(len(names)))]
        turn, scale = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.8, 1.25))
        x, y, _ = (float(v) for v in roads[k].line.at(local).beside(left)[0])
        away = float((np.hypot(clear[:, 0] - x, clear[:, 1] - y) - clear[:, 2]).min())
        if not away_m[0] <= away <= away_m[1] or math.hypot(x, y) > 320.0:
            continue
        pose: Pose = at(x, y, terrain.mesh_height(x, y) - 0.03, turn)
        asset = library.load(name)
        parts.append(Part(name=f"{factor}_{len(parts)}", asset=asset, world_from_object=pose, scale=scale))
    draws.note(f"{factor}_placed", len(parts))
    return parts
