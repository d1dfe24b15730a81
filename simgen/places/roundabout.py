"""The place ``roundabout``: a ring with three to five arms, splitter islands and a planted island in the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.assets.polygons import cut_polygons
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Choice, Uniform, UniformInt, check_support
from simgen.geometry.pose import at
from simgen.places.backdrop import HORIZON_M
from simgen.places.choose import choose, choose_several
from simgen.places.pieces import Part, Piece, joined, polygon
from simgen.places.road import PAINT_Z_M
from simgen.places.roads.build import eased, lane, middle, mirrored, section, through
from simgen.places.roads.country import country_scene, network_look
from simgen.places.roads.line import ReferenceLine, Spiral, chain, joining
from simgen.places.roads.network import Junction, Link, Mark, Network, NetworkRoad, RoadLane
from simgen.places.surfaces import RoadLook
from simgen.scene.scene import Scene
from simgen.streams import Draws

_HALF_RAD = math.radians(38.0)
"""An entry joins the ring, and an exit leaves it, this far beside its arm's middle, or less where arms are many."""

_MOUTH_M = 16.0
_WALK_M = 2.0
_VERGE_M = 1.2
_KERB_M = 0.12
_APRON_M = 1.5
_APRON_UP_M = 0.04
_ISLAND_CLEAR_M = 0.35
_MEDIAN_M = 1.3
_MEDIAN_END_M = 30.0


@dataclass(frozen=True, kw_only=True)
class Roundabout:
    """A roundabout of one lane about the origin, where those who enter give way to those in the ring.

    Attributes:
        arms: how many roads meet, 3 to 5; two of them lie opposite each other where their number is even.
        island_m: radius of the ring's inner edge.
        ring_lane_m: width of the ring's lane.
        lane_m: width of the arms' lanes.
        arm_m: length of the arms that have traffic.
        bend_per_m: curvature of each arm.
        drive_on: the side that traffic keeps to.
        island_trees: how many trees stand on the island.
        trees: how many stand near the roads.
        bushes: the same for bushes.
    """

    arms: AnyDistribution = UniformInt(low=3, high=4)
    island_m: AnyDistribution = Uniform(low=11.0, high=17.0)
    ring_lane_m: AnyDistribution = Uniform(low=5.0, high=6.0)
    lane_m: AnyDistribution = Choice(options=(3.25, 3.5))
    arm_m: AnyDistribution = Uniform(low=110.0, high=150.0)
    bend_per_m: AnyDistribution = Uniform(low=-0.004, high=0.004)
    drive_on: Literal["right", "left"] = "right"
    island_trees: AnyDistribution = UniformInt(low=0, high=4)
    trees: AnyDistribution = UniformInt(low=20, high=50)
    bushes: AnyDistribution = UniformInt(low=10, high=25)
    kind: Literal["roundabout"] = "roundabout"

    def __post_init__(self) -> None:
        check_support("arms", self.arms, 3, 5)
        check_support("island_m", self.island_m, 9.0, 40.0)
        check_support("ring_lane_m", self.ring_lane_m, 4.0, 8.0)
        check_support("lane_m", self.lane_m, 2.75, 4.5)
        check_support("arm_m", self.arm_m, 40.0, 400.0)
        check_support("bend_per_m", self.bend_per_m, -0.02, 0.02)
        check_support("island_trees", self.island_trees, 0, 12)
        check_support("trees", self.trees, 0, 400)
        check_support("bushes", self.bushes, 0, 400)

    def network(self, draws: Draws) -> Network:
        """Draw the roads: ``ring_K``, ``arm_K``, and ``entry_K``, ``exit_K`` and ``through_K`` of junction K."""
        count = int(draws.value("arms", self.arms))
        island, ring = (float(draws.value(k, getattr(self, k))) for k in ("island_m", "ring_lane_m"))
        width, length = (float(draws.value(k, getattr(self, k))) for k in ("lane_m", "arm_m"))
        rng = draws.rng("arm_turns")
        base = float(rng.uniform(-math.pi, math.pi)) * 0.1
        step = 2 * math.pi / count
        # Arms never come so near to each other that an exit would begin before the entry before it has ended.
        half = min(_HALF_RAD, step / 2 - math.radians(5.0))
        slack = step / 2 - half - math.radians(4.0)
        angles = [base + k * step + float(rng.uniform(-1, 1)) * max(0.0, min(0.2, slack / 2)) for k in range(count)]
        roads: list[NetworkRoad] = []
        junctions: list[Junction] = []
        for k, angle in enumerate(angles):
            before, after = (k - 1) % count, (k + 1) % count
            bend = float(draws.value("bend_per_m", self.bend_per_m, k))
            roads += _arm(k, angle, island + ring + _MOUTH_M, width, length, bend)
            roads += _mouth(k, before, (angle - half, angle, angle + half), island, ring, width)
            far = angles[after] + (2 * math.pi if after <= k else 0.0)
            roads.append(_ring(k, after, angle + half, far - half, island, ring))
            ways = (
                through(f"entry_{k}", True, ((2, -1),), f"arm_{k}"),
                through(f"exit_{k}", True, ((-1, -1),), f"ring_{before}"),
                through(f"through_{k}", True, ((-1, -1),), f"ring_{before}"),
            )
            junctions.append(
                Junction(
                    id=f"j{k}", name=f"junction_{k}", connections=ways, priorities=((f"through_{k}", f"entry_{k}"),)
                )
            )
        network = Network(roads=tuple(roads), junctions=tuple(junctions), name="roundabout")
        return network if self.drive_on == "right" else mirrored(network)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the roundabout and return it with its lanes and pavements."""
        network = self.network(draws)
        look = network_look(draws)
        count = sum(road.id.startswith("arm_") for road in network.roads)
        extra = [_island(network, look), *self._planted(network, draws, library)]
        for k in range(count):
            extra += _splitter(network, k, look, library, draws)
        return country_scene(
            network, draws, library, trees=self.trees, bushes=self.bushes, extra=tuple(extra), look=look,
            without=tuple(f"far_{k}" for k in range(count)), taken_m=((0.0, 0.0, _inner_m(network)),),
        )  # fmt: skip

    def _planted(self, network: Network, draws: Draws, library: Library) -> list[Part]:
        """Draw the trees on the island."""
        wanted = int(draws.value("island_trees", self.island_trees))
        rng = draws.rng("island_trees_at")
        names = choose_several(library, "tree", rng, 2) if wanted else ()
        room = _inner_m(network) - _APRON_M - 3.0
        parts = []
        for n in range(wanted):
            angle, away = 2 * math.pi * (n + float(rng.uniform(0, 0.6))) / wanted, room * float(rng.uniform(0.1, 0.6))
            asset = library.load(names[int(rng.integers(len(names)))])
            pose = at(away * math.cos(angle), away * math.sin(angle), _mound(away, room + 3.0), angle)
            parts.append(Part(name=f"island_tree_{n}", asset=asset, world_from_object=pose, scale=0.8))
        return parts


def _arm(k: int, angle: float, start_m: float, width: float, length: float, bend: float) -> list[NetworkRoad]:
    """Return an arm, outwards from the roundabout, and the road it becomes farther out."""
    start = (start_m * math.cos(angle), start_m * math.sin(angle))
    line = chain(
        start, angle, (Spiral(length_m=15.0), Spiral(length_m=length - 15.0, start_per_m=bend, end_per_m=bend))
    )
    end = line.at(np.array([line.length_m]))
    far = chain((float(end.x[0]), float(end.y[0])), float(end.heading[0]), (Spiral(length_m=HORIZON_M - length),))
    lanes, outside = [middle(Mark(kind="broken", start_m=_MEDIAN_END_M))], [middle(Mark(kind="broken"))]
    edges = (Mark(kind="solid"), Mark(kind="none", start_m=_MEDIAN_END_M))
    for sign in (1, -1):
        island = lane(sign, "restricted", eased(_MEDIAN_M, 0.0, _MEDIAN_END_M))
        lanes += [replace(island, marks=edges)]
        outside += [lane(sign, "restricted", 0.0)]
        for both in (lanes, outside):
            both += [
                lane(2 * sign, "driving", width, links=(2 * sign, 2 * sign)),
                lane(3 * sign, "sidewalk", _WALK_M, height_m=_KERB_M, links=(3 * sign, 3 * sign)),
                lane(4 * sign, "border", _VERGE_M, height_m=_KERB_M, links=(4 * sign, 4 * sign)),
            ]
    return [
        NetworkRoad(
            id=f"arm_{k}", name=f"arm_{k}", line=line, sections=(section(lanes),),
            predecessor=Link(kind="junction", id=f"j{k}"), successor=Link(kind="road", id=f"far_{k}", contact="start"),
        ),
        NetworkRoad(
            id=f"far_{k}", name=f"far_{k}", line=far, sections=(section(outside),),
            predecessor=Link(kind="road", id=f"arm_{k}", contact="end"),
        ),
    ]  # fmt: skip


def _mouth(
    k: int, before: int, angles: tuple[float, float, float], island: float, ring: float, width: float
) -> list[NetworkRoad]:
    """Return the exit, the entry and the way through of a junction, its arm between the angles where these leave."""
    leaves, angle, joins = angles
    outer = island + ring + _MOUTH_M
    arm = (outer * math.cos(angle), outer * math.sin(angle))
    aside = (-_MEDIAN_M * math.sin(angle), _MEDIAN_M * math.cos(angle))
    entry_start, exit_end = (arm[0] + aside[0], arm[1] + aside[1]), (arm[0] - aside[0], arm[1] - aside[1])
    entry = joining(entry_start, angle + math.pi, _on(island, joins), joins + math.pi / 2, ease=0.4)
    exits = joining(_on(island, leaves), leaves + math.pi / 2, exit_end, angle, ease=0.4)
    ring_start = Link(kind="road", id=f"ring_{k}", contact="start")
    ring_end = Link(kind="road", id=f"ring_{before}", contact="end")
    to_arm = Link(kind="road", id=f"arm_{k}", contact="start")

    def beside(line: ReferenceLine, widths: tuple[float, float], links: tuple[int, int]) -> list[RoadLane]:
        return [
            lane(-2, "sidewalk", _WALK_M, height_m=_KERB_M), lane(-3, "border", _VERGE_M, height_m=_KERB_M),
            lane(-1, "driving", eased(widths[0], widths[1], line.length_m), links=links),
        ]  # fmt: skip

    arc = Spiral(length_m=(joins - leaves) * island, start_per_m=1 / island, end_per_m=1 / island)
    turn = chain(_on(island, leaves), leaves + math.pi / 2, (arc,))
    inner = [middle(), *_apron(), lane(-1, "driving", ring, links=(-1, -1))]
    enters = section([middle(), *beside(entry, (width, ring), (2, -1))])
    exiting = section([middle(), *beside(exits, (ring, width), (-1, -2))])
    return [
        NetworkRoad(
            id=f"entry_{k}", name=f"entry_{k}", line=entry, sections=(enters,),
            junction=f"j{k}", predecessor=to_arm, successor=ring_start,
        ),
        NetworkRoad(
            id=f"exit_{k}", name=f"exit_{k}", line=exits, sections=(exiting,),
            junction=f"j{k}", predecessor=ring_end, successor=to_arm,
        ),
        NetworkRoad(
            id=f"through_{k}", name=f"through_{k}", line=turn, sections=(section(inner),), junction=f"j{k}",
            predecessor=ring_end, successor=ring_start,
        ),
    ]  # fmt: skip


def _ring(k: int, after: int, start_rad: float, end_rad: float, island: float, ring: float) -> NetworkRoad:
    """Return the part of the ring between two junctions."""
    arc = Spiral(length_m=(end_rad - start_rad) * island, start_per_m=1 / island, end_per_m=1 / island)
    lanes = [
        middle(), *_apron(), lane(-1, "driving", ring, links=(-1, -1)),
        lane(-2, "sidewalk", _WALK_M, height_m=_KERB_M), lane(-3, "border", _VERGE_M, height_m=_KERB_M),
    ]  # fmt: skip
    return NetworkRoad(
        id=f"ring_{k}", name=f"ring_{k}", line=chain(_on(island, start_rad), start_rad + math.pi / 2, (arc,)),
        sections=(section(lanes),), predecessor=Link(kind="junction", id=f"j{k}"),
        successor=Link(kind="junction", id=f"j{after}"),
    )  # fmt: skip


def _apron() -> list[RoadLane]:
    """Return the paved edge of the island that long vehicles' rear wheels may roll over."""
    return [lane(1, "curb", _APRON_M, height_m=_APRON_UP_M)]


def _on(radius_m: float, angle_rad: float) -> tuple[float, float]:
    return radius_m * math.cos(angle_rad), radius_m * math.sin(angle_rad)


def _inner_m(network: Network) -> float:
    """Return the radius of the ring's inner edge."""
    piece = network.road("ring_0").line.pieces[0]
    return math.hypot(piece.x_m, piece.y_m)


def _mound(away_m: float, radius_m: float) -> float:
    """Return the height of the island's lawn at a distance from its middle."""
    share = min(away_m / radius_m, 1.0)
    return _KERB_M + 0.7 * (1.0 - share * share) ** 2


def _island(network: Network, look: RoadLook) -> Part:
    """Return the island within the apron: a kerb and a grassy mound."""
    radius = _inner_m(network) - _APRON_M
    angle = np.linspace(0.0, 2 * math.pi, 73)
    radii = np.array([radius, radius - 0.15, radius * 0.75, radius * 0.5, radius * 0.25, 0.02])
    heights = [_KERB_M, *(_mound(float(r), radius) for r in radii[1:])]
    kerb = np.array([[radius, -0.05], [radius, _KERB_M]])
    tile = TILE_M["grass"]
    lawn = _rings(angle, radii, heights)
    wall = _rings(angle, kerb[:, 0], list(kerb[:, 1]))
    pieces = [
        Piece(vertices=lawn[0], faces=lawn[1], uv=lawn[0][:, :2] / tile, material=look.grass),
        Piece(vertices=wall[0], faces=wall[1], uv=wall[2] / TILE_M["kerb_stone"], material=look.kerb),
    ]
    return Part(name="island", asset=joined("place/island", "terrain", pieces))


def _rings(angle: np.ndarray, radii: np.ndarray, heights: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return vertices, faces and (along, up) of rings about the origin, from the outermost inwards."""
    count = len(angle)
    rows = [
        np.column_stack([r * np.cos(angle), r * np.sin(angle), np.full(count, z)])
        for r, z in zip(radii, heights, strict=True)
    ]
    index = np.arange(len(rows) * count).reshape(len(rows), count)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    uv = np.concatenate([np.column_stack([angle * radii[0], np.full(count, z)]) for z in heights])
    return np.concatenate(rows), faces, uv


def _splitter(network: Network, k: int, look: RoadLook, library: Library, draws: Draws) -> list[Part]:
    """Return the raised island between an arm's entry and exit, a sign on it, and the give-way line."""
    entry, leaving = network.road(f"entry_{k}"), network.road(f"exit_{k}")
    arm = network.road(f"arm_{k}")
    mouth = arm.line.at(np.array([0.0]))
    axis = np.array([math.cos(float(mouth.heading[0])), math.sin(float(mouth.heading[0]))])
    across = np.array([-axis[1], axis[0]])
    outer = _inner_m(network) + abs(float(network.road("ring_0").edges(0, np.zeros(1))[_driven(network)][1][0]))
    taper = np.linspace(0.5, _MEDIAN_END_M * 0.7, 12)
    sides = []
    for road, sign in ((leaving, -1), (entry, 1)):
        frames, beyond = road.line.at(np.linspace(0.0, road.line.length_m, 60)), arm.line.at(taper)
        points = np.column_stack([frames.x, frames.y])
        kept = points[np.hypot(*points.T) > outer + 0.8]
        side = sign if _driven(network) < 0 else -sign
        tail = beyond.beside(arm.edges(0, taper)[side][1])[:, :2]
        # The exit runs outwards and its side of the arm goes on; the entry is the end of the way around.
        line = np.vstack([kept, tail]) if sign < 0 else np.vstack([tail[::-1], kept])
        lateral = line @ across
        sides.append(
            (line - (np.sign(lateral) * _ISLAND_CLEAR_M)[:, None] * across)[np.abs(lateral) > _ISLAND_CLEAR_M + 0.1]
        )
    outline = np.vstack(sides)
    if float(np.sum(outline[:, 0] * np.roll(outline[:, 1], -1) - np.roll(outline[:, 0], -1) * outline[:, 1])) < 0:
        outline = outline[::-1]
    flat = np.column_stack([outline, np.full(len(outline), _KERB_M)])
    faces = cut_polygons(flat[None])[0]
    top = Piece(vertices=flat, faces=faces, uv=outline / TILE_M["paving"], material=look.walk)
    closed = np.vstack([outline, outline[:1]])
    around = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    count = len(closed)
    rows = np.concatenate([np.column_stack([closed, np.full(count, z)]) for z in (-0.05, _KERB_M)])
    index = np.arange(2 * count).reshape(2, count)
    a, b, c, d = index[0, :-1], index[0, 1:], index[1, 1:], index[1, :-1]
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    uv = np.concatenate([np.column_stack([around, np.full(count, z)]) for z in (0.0, _KERB_M)]) / TILE_M["kerb_stone"]
    kerb = Piece(vertices=rows, faces=faces, uv=uv, material=look.kerb)
    parts = [Part(name=f"splitter_{k}", asset=joined(f"place/splitter_{k}", "kerb", [top, kerb]))]
    sign = choose(library, "traffic_sign", draws.rng("splitter_sign", k)) if library.names("traffic_sign") else None
    if sign is not None:
        heading = math.atan2(axis[1], axis[0])
        spot = mouth.beside(0.0)[0, :2] - axis * 2.0
        pose = at(float(spot[0]), float(spot[1]), _KERB_M, heading)
        parts.append(Part(name=f"splitter_sign_{k}", asset=library.load(sign), world_from_object=pose))
    return parts + _give_way(network, k, outer, look)


def _driven(network: Network) -> int:
    """Return the id of the ring's lane: -1, or 1 in the mirror."""
    return next(n.id for n in network.road("ring_0").sections[0].lanes if n.driven)


def _give_way(network: Network, k: int, outer_m: float, look: RoadLook) -> list[Part]:
    """Return the line of short bars across an entry, where the ring's outer edge crosses it."""
    road = network.road(f"entry_{k}")
    at_m = np.linspace(0.0, road.line.length_m, 200)
    inner, outer = road.edges(0, at_m)[_driven(network)]
    centre = road.line.at(at_m).beside((inner + outer) / 2)
    crossed = at_m[int(np.argmax(np.hypot(centre[:, 0], centre[:, 1]) < outer_m + 0.6))]
    low, high = sorted(float(e) for e in (np.interp(crossed, at_m, inner), np.interp(crossed, at_m, outer)))
    pieces = []
    for left in np.arange(low + 0.25, high - 0.5, 0.8).tolist():
        ends = np.array([crossed - 0.25, crossed + 0.25])
        frames = road.line.at(ends)
        right, far = frames.beside(left), frames.beside(left + 0.5)
        corners = np.array([right[0], right[1], far[1], far[0]])[:, :2]
        pieces.append(polygon(corners, PAINT_Z_M, look.paint, 1.0))
    return [Part(name=f"give_way_{k}", asset=joined(f"place/give_way_{k}", "lane_marking", pieces))]
