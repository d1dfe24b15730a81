"""The place ``highway``: two carriageways with an exit and an entry, guard rails and a sign gantry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Uniform, UniformInt, check_support
from simgen.places.pieces import Part
from simgen.places.roads.build import eased, ending_at, lane, middle, mirrored, section, through
from simgen.places.roads.country import country_scene
from simgen.places.roads.gantry import gantry
from simgen.places.roads.line import Curve, ReferenceLine, Spiral, chain
from simgen.places.roads.network import Junction, LaneSection, Link, Mark, Network, NetworkRoad, RoadLane
from simgen.places.roads.rails import guard_rail
from simgen.scene.scene import Scene
from simgen.streams import Draws

_MEDIAN_M = 1.9
_INNER_SHOULDER_M = 0.75
_VERGE_M = 2.0
_BEFORE_M, _TAPER_M = 60.0, 60.0
_FORK_M = 60.0
_RAMP_M = 4.0
_RAMP_SHOULDER_M = 1.5
_HALF_M = 195.0
"""From the place's middle to the outer ends of the two junctions with the ramps."""

_DASH = Mark(kind="broken", dash_m=(6.0, 12.0), width_m=0.15)
_BLOCK = Mark(kind="broken", dash_m=(6.0, 6.0), width_m=0.30)
_SOLID = Mark(kind="solid", width_m=0.2)


@dataclass(frozen=True, kw_only=True)
class Highway:
    """A highway through the origin; traffic that heads along +x passes an exit, then an entry.

    Attributes:
        lanes: on each carriageway.
        lane_m: width of each.
        shoulder_m: width of the paved outer shoulder.
        speed_lane_m: length of the lanes beside the carriageway on which one slows down and speeds up.
        bend_per_m: curvature; above 0 to the left.
        drive_on: the side that traffic keeps to.
        trees: how many stand near the road.
        bushes: the same for bushes.
    """

    lanes: AnyDistribution = UniformInt(low=2, high=3)
    lane_m: AnyDistribution = Choice(options=(3.5, 3.75))
    shoulder_m: AnyDistribution = Uniform(low=2.5, high=3.0)
    speed_lane_m: AnyDistribution = Uniform(low=130.0, high=180.0)
    bend_per_m: AnyDistribution = Uniform(low=-0.0008, high=0.0008)
    drive_on: Literal["right", "left"] = "right"
    trees: AnyDistribution = UniformInt(low=40, high=90)
    bushes: AnyDistribution = UniformInt(low=10, high=40)
    kind: Literal["highway"] = "highway"

    def __post_init__(self) -> None:
        check_support("lanes", self.lanes, 2, 5)
        check_support("lane_m", self.lane_m, 3.0, 4.5)
        check_support("shoulder_m", self.shoulder_m, 1.0, 4.0)
        check_support("speed_lane_m", self.speed_lane_m, 60.0, 400.0)
        check_support("bend_per_m", self.bend_per_m, -0.002, 0.002)
        check_support("trees", self.trees, 0, 400)
        check_support("bushes", self.bushes, 0, 400)

    def network(self, draws: Draws) -> Network:
        """Draw the roads: ``main_1`` to ``main_3``, ``through_1`` and ``through_2``, the ramps, ``opposite``."""
        build = _Builder(
            lanes=int(draws.value("lanes", self.lanes)), lane_m=float(draws.value("lane_m", self.lane_m)),
            shoulder_m=float(draws.value("shoulder_m", self.shoulder_m)),
            speed_m=float(draws.value("speed_lane_m", self.speed_lane_m)),
            bend=float(draws.value("bend_per_m", self.bend_per_m)),
        )  # fmt: skip
        network = Network(roads=build.roads(), junctions=_junctions(build.lanes), name="highway")
        return network if self.drive_on == "right" else mirrored(network)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the highway and return it with its lanes and shoulders."""
        network = self.network(draws)
        side = 1 if self.drive_on == "right" else -1
        before = network.road("main_1")
        extra = gantry(before, before.line.length_m - 60.0, draws, "gantry")
        extra += _rails(network, side)
        return country_scene(
            network, draws, library, trees=self.trees, bushes=self.bushes, extra=tuple(extra),
            without=("exit_far", "entry_far"),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Builder:
    """The highway's numbers, once drawn, and the roads that they make."""

    lanes: int
    lane_m: float
    shoulder_m: float
    speed_m: float
    bend: float

    def roads(self) -> tuple[NetworkRoad, ...]:
        """Return all roads, for traffic on the right."""
        whole = self._whole()
        before, after = _BEFORE_M + _TAPER_M + self.speed_m, self.speed_m + _TAPER_M + _BEFORE_M
        inside = 2 * (_HALF_M - _FORK_M)
        cuts = np.cumsum([0.0, before, _FORK_M, inside, _FORK_M, after])
        names = ("main_1", "through_1", "main_2", "through_2", "main_3")
        sections = (self._before(), (self._fork(True),), (self._plain(0.0),), (self._fork(False),), self._after())
        lines = [self._part(whole, float(a), float(b)) for a, b in pairwise(cuts)]
        links: tuple[tuple[Link | None, Link | None], ...] = (
            (None, Link(kind="junction", id="fork")),
            (_road("main_1", "end"), _road("main_2", "start")),
            (Link(kind="junction", id="fork"), Link(kind="junction", id="merge")),
            (_road("main_2", "end"), _road("main_3", "start")),
            (Link(kind="junction", id="merge"), None),
        )
        main = [
            NetworkRoad(
                id=name, name=name, line=line, sections=part, predecessor=link[0], successor=link[1], speed_kmh=120.0,
                junction={"through_1": "fork", "through_2": "merge"}.get(name),
            )
            for name, line, part, link in zip(names, lines, sections, links, strict=True)
        ]  # fmt: skip
        return (*main, *self._exit(lines[1]), *self._entry(lines[3]), self._opposite(whole))

    def _whole(self) -> ReferenceLine:
        """Return the inner edge of the main carriageway's lanes from end to end; the origin is in its middle."""
        half = _HALF_M + self.speed_m + _TAPER_M + _BEFORE_M
        turn = self.bend * half
        arc = Spiral(length_m=2 * half, start_per_m=self.bend, end_per_m=self.bend)
        ahead = chain((0.0, 0.0), 0.0, (Spiral(length_m=half, start_per_m=-self.bend, end_per_m=-self.bend),))
        back = ahead.at(np.array([half]))
        return chain((-float(back.x[0]), float(back.y[0]) * -1.0), -turn, (arc,))

    def _part(self, whole: ReferenceLine, start_m: float, end_m: float) -> ReferenceLine:
        first = whole.at(np.array([start_m]))
        arc = Spiral(length_m=end_m - start_m, start_per_m=self.bend, end_per_m=self.bend)
        return chain((float(first.x[0]), float(first.y[0])), float(first.heading[0]), (arc,))

    def _inner(self) -> list[RoadLane]:
        """Return the middle, the inner shoulder and the median."""
        shoulder = lane(1, "shoulder", _INNER_SHOULDER_M, links=(1, 1))
        return [middle(_SOLID), shoulder, lane(2, "median", _MEDIAN_M, links=(2, 2))]

    def _driven(self, last: Mark = _SOLID) -> list[RoadLane]:
        """Return the lanes of full width; the outermost is marked by ``last``."""
        numbers = range(1, self.lanes + 1)
        marks = [_DASH] * (self.lanes - 1) + [last]
        return [lane(-n, "driving", self.lane_m, m, links=(-n, -n)) for n, m in zip(numbers, marks, strict=True)]

    def _plain(self, start_m: float) -> LaneSection:
        n = self.lanes
        outer = [lane(-n - 1, "shoulder", self.shoulder_m), lane(-n - 2, "border", _VERGE_M)]
        return section([*self._inner(), *self._driven(), *outer], start_m)

    def _beside(
        self, start_m: float, width: float | tuple[float, float], links: tuple[int | None, int | None]
    ) -> LaneSection:
        """Return a section with one more lane outside, of one width or of one that goes over to another."""
        n = self.lanes
        wide = eased(width[0], width[1], _TAPER_M) if isinstance(width, tuple) else width
        narrow = lane(-n - 2, "shoulder", _RAMP_SHOULDER_M)
        outer = [lane(-n - 1, "driving", wide, _SOLID, links=links), narrow, lane(-n - 3, "border", _VERGE_M)]
        return section([*self._inner(), *self._driven(_BLOCK), *outer], start_m)

    def _before(self) -> tuple[LaneSection, ...]:
        number = -self.lanes - 1
        return (
            self._plain(0.0),
            self._beside(_BEFORE_M, (0.0, self.lane_m), (None, number)),
            self._beside(_BEFORE_M + _TAPER_M, self.lane_m, (number, None)),
        )

    def _after(self) -> tuple[LaneSection, ...]:
        number = -self.lanes - 1
        return (
            self._beside(0.0, self.lane_m, (None, number)),
            self._beside(self.speed_m, (self.lane_m, 0.0), (number, None)),
            self._plain(self.speed_m + _TAPER_M),
        )

    def _fork(self, leaves: bool) -> LaneSection:
        """Return the lanes past a ramp, whose shoulder opens where the ramp has left, or closes before it comes."""
        n = self.lanes
        widths = (0.0, self.shoulder_m) if leaves else (self.shoulder_m, 0.0)
        return section([*self._inner(), *self._driven(), lane(-n - 1, "shoulder", eased(*widths, _FORK_M))])

    def _ramp(self) -> LaneSection:
        """Return a ramp's lanes away from the carriageway."""
        return section(
            [
                middle(_SOLID), lane(1, "shoulder", _INNER_SHOULDER_M), lane(2, "border", _VERGE_M / 2),
                lane(-1, "driving", _RAMP_M, _SOLID, links=(-1, -1)), lane(-2, "shoulder", _RAMP_SHOULDER_M),
                lane(-3, "border", _VERGE_M),
            ]
        )  # fmt: skip

    def _mouth(self, leaves: bool) -> LaneSection:
        """Return the lanes of a ramp's first, or last, stretch, beside the carriageway."""
        own = (self.lane_m, _RAMP_M) if leaves else (_RAMP_M, self.lane_m)
        beside = (0.0, _INNER_SHOULDER_M) if leaves else (_INNER_SHOULDER_M, 0.0)
        number = -self.lanes - 1
        links = (number, -1) if leaves else (-1, number)
        return section(
            [
                middle(), lane(1, "shoulder", eased(*beside, _FORK_M)),
                lane(-1, "driving", eased(*own, _FORK_M), _SOLID, links=links),
                lane(-2, "shoulder", _RAMP_SHOULDER_M), lane(-3, "border", _VERGE_M),
            ]
        )  # fmt: skip

    def _exit(self, fork: ReferenceLine) -> list[NetworkRoad]:
        """Return the exit: its connecting road, the ramp, and the road that goes on out of sight."""
        first = fork.at(np.array([0.0]))
        start = first.beside(-self.lanes * self.lane_m)[0]
        mouth = chain((float(start[0]), float(start[1])), float(first.heading[0]), (_leaving(self.bend),))
        ramp, far = _curves(self.bend)
        line = _going_on(mouth, ramp)
        return [
            NetworkRoad(id="exit_mouth", name="exit_mouth", line=mouth, sections=(self._mouth(True),), junction="fork",
                        predecessor=_road("main_1", "end"), successor=_road("exit_ramp", "start")),
            NetworkRoad(id="exit_ramp", name="exit_ramp", line=line, sections=(self._ramp(),), speed_kmh=60.0,
                        predecessor=Link(kind="junction", id="fork"), successor=_road("exit_far", "start")),
            NetworkRoad(id="exit_far", name="exit_far", line=_going_on(line, far), sections=(self._ramp(),),
                        predecessor=_road("exit_ramp", "end")),
        ]  # fmt: skip

    def _entry(self, merge: ReferenceLine) -> list[NetworkRoad]:
        """Return the entry, built from its end backwards: the road from afar, the ramp, its connecting road."""
        last = merge.at(np.array([merge.length_m]))
        end = last.beside(-self.lanes * self.lane_m)[0]
        mouth = ending_at((_reversed(_leaving(self.bend)),), (float(end[0]), float(end[1])), float(last.heading[0]))
        ramp, far = (tuple(_reversed(c) for c in part[::-1]) for part in _curves(self.bend))
        line = _coming_from(mouth, ramp)
        return [
            NetworkRoad(id="entry_far", name="entry_far", line=_coming_from(line, far), sections=(self._ramp(),),
                        successor=_road("entry_ramp", "start")),
            NetworkRoad(id="entry_ramp", name="entry_ramp", line=line, sections=(self._ramp(),), speed_kmh=60.0,
                        predecessor=_road("entry_far", "end"), successor=Link(kind="junction", id="merge")),
            NetworkRoad(id="entry_mouth", name="entry_mouth", line=mouth, sections=(self._mouth(False),),
                        junction="merge", predecessor=_road("entry_ramp", "end"), successor=_road("main_3", "start")),
        ]  # fmt: skip

    def _opposite(self, whole: ReferenceLine) -> NetworkRoad:
        """Return the other carriageway, a parallel of the main one, travelled the other way."""
        apart = 2 * (_INNER_SHOULDER_M + _MEDIAN_M)
        last = whole.at(np.array([whole.length_m]))
        start = last.beside(apart)[0]
        # A parallel of an arc to its left turns by the same angle on a radius less by the distance.
        length, bend = whole.length_m * (1 - self.bend * apart), -self.bend / (1 - self.bend * apart)
        arc = Spiral(length_m=length, start_per_m=bend, end_per_m=bend)
        line = chain((float(start[0]), float(start[1])), float(last.heading[0]) + math.pi, (arc,))
        return NetworkRoad(id="opposite", name="opposite", line=line, sections=(self._plain(0.0),), speed_kmh=120.0)


def _leaving(bend: float) -> Spiral:
    """Return the clothoid by which a ramp leaves the carriageway to the right."""
    return Spiral(length_m=_FORK_M, start_per_m=bend, end_per_m=bend - 1 / 115.0)


def _curves(bend: float) -> tuple[tuple[Spiral, ...], tuple[Spiral, ...]]:
    """Return the ramp after it has left the carriageway: straight on, then turned away from it; and what follows."""
    turned = 60.0 * (bend - 1 / 230.0) + 15.0 * (bend - 1 / 115.0)
    away = -1 / 48.0
    arc = max((math.pi / 2 + turned) * 48.0 - 25.0, 5.0)
    ramp = (
        Spiral(length_m=30.0, start_per_m=bend - 1 / 115.0), Spiral(length_m=40.0),
        Spiral(length_m=25.0, end_per_m=away), Spiral(length_m=arc, start_per_m=away, end_per_m=away),
        Spiral(length_m=25.0, start_per_m=away), Spiral(length_m=60.0),
    )  # fmt: skip
    return ramp, (Spiral(length_m=220.0),)


def _reversed(curve: Spiral) -> Spiral:
    """Return a curve's image in a mirror across its direction, travelled from its end: bends keep their sense."""
    return Spiral(length_m=curve.length_m, start_per_m=curve.end_per_m, end_per_m=curve.start_per_m)


def _going_on(line: ReferenceLine, curves: tuple[Curve, ...]) -> ReferenceLine:
    last = line.at(np.array([line.length_m]))
    return chain((float(last.x[0]), float(last.y[0])), float(last.heading[0]), curves)


def _coming_from(line: ReferenceLine, curves: tuple[Curve, ...]) -> ReferenceLine:
    first = line.at(np.array([0.0]))
    return ending_at(curves, (float(first.x[0]), float(first.y[0])), float(first.heading[0]))


def _road(number: str, contact: Literal["start", "end"]) -> Link:
    return Link(kind="road", id=number, contact=contact)


def _junctions(lanes: int) -> tuple[Junction, ...]:
    """Return where the exit leaves and where the entry joins."""
    same = tuple((-n, -n) for n in range(1, lanes + 1))
    leaving = (through("through_1", True, same, "main_1"), through("exit_mouth", True, ((-lanes - 1, -1),), "main_1"))
    joining = (through("through_2", True, same, "main_2"), through("entry_mouth", True, ((-1, -1),), "entry_ramp"))
    return (
        Junction(id="fork", name="fork", connections=leaving), Junction(id="merge", name="merge", connections=joining)
    )  # fmt: skip


def _rails(network: Network, side: int) -> list[Part]:
    """Return the guard rails: on the median along both carriageways, and outside where no ramp is."""
    parts: list[Part] = []
    for road in network.roads:
        if road.id.startswith(("main", "through", "opposite")):
            parts += guard_rail(road, 2 * side, (0.0, road.line.length_m), f"rail_{road.id}_median")
    for number in ("main_2", "opposite"):
        road = network.road(number)
        outer = max((n.id for n in road.sections[0].lanes), key=lambda k: -side * k)
        span = (30.0, road.line.length_m - 30.0) if number == "main_2" else (0.0, road.line.length_m)
        parts += guard_rail(road, outer, span, f"rail_{number}_outside")
    return parts
