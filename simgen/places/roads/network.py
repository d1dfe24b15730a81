"""A road network as OpenDRIVE describes it: roads with sections of lanes, what joins them, and junctions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from simgen.errors import SimgenError
from simgen.places.roads.line import Profile, ReferenceLine, evaluate

MarkKind = Literal["none", "solid", "broken", "solid solid", "solid broken", "broken solid", "broken broken"]
DRIVEN = ("driving", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "bidirectional")
"""Types of lanes with traffic."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The line at a lane's outer edge (for lane 0, in the road's middle), from a distance into its section.

    Attributes:
        start_m: from the section's start.
        kind: of the line; of two, the one nearer to the road's middle comes first.
        width_m: of each line.
        dash_m: length of a dash and of the gap after it.
        color: ``white`` or ``yellow``; ``standard`` is white.
    """

    start_m: float = 0.0
    kind: MarkKind = "solid"
    width_m: float = 0.12
    dash_m: tuple[float, float] = (3.0, 4.5)
    color: Literal["standard", "white", "yellow"] = "standard"


@dataclass(frozen=True, kw_only=True)
class RoadLane:
    """One lane of a section.

    Attributes:
        id: 1, 2, ... outwards on the left of the road's middle, -1, -2, ... on its right, 0 for the middle itself.
        type: OpenDRIVE's: ``driving``, ``shoulder``, ``sidewalk``, ``parking``, ``median``, ``border``...
        width: by the distance from the section's start.
        marks: lines at its outer edge, in rising order of their starts.
        height_m: of its surface above the road's.
        predecessor: the lane it goes on from, at the section's start (in the direction of the reference line).
        successor: the lane it goes on in, at the section's end.
    """

    id: int
    type: str
    width: Profile = ()
    marks: tuple[Mark, ...] = ()
    height_m: float = 0.0
    predecessor: int | None = None
    successor: int | None = None

    @property
    def driven(self) -> bool:
        """Whether traffic uses it."""
        return self.type in DRIVEN


@dataclass(frozen=True, kw_only=True)
class LaneSection:
    """A stretch of road with the same lanes all along, from ``start_m`` to the next section.

    Attributes:
        start_m: along the reference line.
        lanes: from left to right, lane 0 among them.
    """

    start_m: float
    lanes: tuple[RoadLane, ...]

    def __post_init__(self) -> None:
        ids = [lane.id for lane in self.lanes]
        left, right = [k for k in ids if k > 0], [k for k in ids if k < 0]
        if ids != list(range(len(left), -len(right) - 1, -1)):
            raise ValueError(f"a lane section's ids must fall from left to right, without a gap and over 0, got {ids}")

    def lane(self, number: int) -> RoadLane | None:
        """Return a lane by its id."""
        return next((lane for lane in self.lanes if lane.id == number), None)


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a road's end joins: the start or end of another road, or a junction."""

    kind: Literal["road", "junction"]
    id: str
    contact: Literal["start", "end"] | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkRoad:
    """A road: its line, the lanes along it, and what it joins.

    Attributes:
        id: unique in the network.
        line: its reference line.
        sections: of lanes, in rising order, the first at 0.
        name: for readers; need not be unique.
        offset: of the road's middle (lane 0) to the left of the reference line, by distance.
        junction: id of the junction whose connecting road it is; None for a road of its own.
        predecessor: what its start joins.
        successor: what its end joins.
        rule: the side that traffic keeps to.
        speed_kmh: limit, where one is posted.
    """

    id: str
    line: ReferenceLine
    sections: tuple[LaneSection, ...]
    name: str = ""
    offset: Profile = ()
    junction: str | None = None
    predecessor: Link | None = None
    successor: Link | None = None
    rule: Literal["RHT", "LHT"] = "RHT"
    speed_kmh: float | None = None

    def __post_init__(self) -> None:
        starts = [s.start_m for s in self.sections]
        if not starts or starts[0] != 0.0 or any(b <= a for a, b in pairwise(starts)):
            raise ValueError(f"road {self.id!r}: lane sections must start at 0 and rise, got {starts}")
        if starts[-1] >= self.line.length_m:
            raise ValueError(
                f"road {self.id!r} is {self.line.length_m:g} m long, but a lane section starts at {starts[-1]:g} m"
            )

    def span(self, k: int) -> tuple[float, float]:
        """Return from where to where section ``k`` reaches."""
        end = self.sections[k + 1].start_m if k + 1 < len(self.sections) else self.line.length_m
        return self.sections[k].start_m, end

    def goes_forward(self, lane: RoadLane) -> bool:
        """Return whether a lane's traffic goes along the reference line."""
        return (lane.id < 0) == (self.rule == "RHT")

    def edges(self, k: int, along_m: np.ndarray) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Return each lane's (N,) inner and outer edges, to the left of the reference line, at (N,) distances.

        Inner is nearer to the road's middle. Lane 0 has no width.
        """
        section, along = self.sections[k], np.asarray(along_m, dtype=np.float64)
        middle = evaluate(self.offset, along)[0]
        found = {0: (middle, middle)}
        for side in (1, -1):
            edge = middle
            for lane in sorted((n for n in section.lanes if n.id * side > 0), key=lambda n: abs(n.id)):
                width = np.maximum(evaluate(lane.width, along - section.start_m)[0], 0.0)
                found[lane.id] = (edge, edge + side * width)
                edge = edge + side * width
        return found


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One way into a junction: from a road, by a connecting road, with (from, to) ids of lanes."""

    id: str
    incoming: str
    connecting: str
    contact: Literal["start", "end"]
    lanes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Junction:
    """Where roads meet: the connections that lead through.

    Attributes:
        id: unique in the network.
        connections: see `Connection`.
        priorities: (high, low) ids of connecting roads; who comes by the low one gives way.
        name: for readers.
    """

    id: str
    connections: tuple[Connection, ...]
    priorities: tuple[tuple[str, str], ...] = ()
    name: str = ""


Key = tuple[str, int, int]
"""A lane of a network: the road's id, the section's number, the lane's id."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """Roads and junctions.

    Attributes:
        roads: with unique ids.
        junctions: with unique ids.
        name: of the whole.

    Raises:
        SimgenError: ids are used twice, or something joins what is not there; names every fault.
    """

    roads: tuple[NetworkRoad, ...]
    junctions: tuple[Junction, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        faults = [*_twice("road", [r.id for r in self.roads]), *_twice("junction", [j.id for j in self.junctions])]
        known = {j.id for j in self.junctions}
        for road in self.roads:
            for end, link in (("predecessor", road.predecessor), ("successor", road.successor)):
                if link is not None and link.id not in (self._by_id if link.kind == "road" else known):
                    faults.append(f"road {road.id!r}: its {end} is {link.kind} {link.id!r}, which is not there")
            if road.junction is not None and road.junction not in known:
                faults.append(f"road {road.id!r} belongs to junction {road.junction!r}, which is not there")
        for junction in self.junctions:
            for c in junction.connections:
                faults += [
                    f"junction {junction.id!r}, connection {c.id!r}: its {what} road is {k!r}, which is not there"
                    for what, k in (("incoming", c.incoming), ("connecting", c.connecting))
                    if k not in self._by_id
                ]
        if faults:
            raise SimgenError("\n".join(faults))

    @cached_property
    def _by_id(self) -> dict[str, NetworkRoad]:
        return {road.id: road for road in self.roads}

    def road(self, number: str) -> NetworkRoad:
        """Return a road by its id."""
        return self._by_id[number]

    @cached_property
    def driven(self) -> tuple[Key, ...]:
        """All lanes with traffic."""
        return tuple(
            (road.id, k, lane.id)
            for road in self.roads
            for k, section in enumerate(road.sections)
            for lane in section.lanes
            if lane.driven and lane.id != 0
        )

    def after(self, key: Key) -> tuple[Key, ...]:
        """Return the lanes that a lane's traffic may go on in."""
        road, k = self.road(key[0]), key[1]
        lane = road.sections[k].lane(key[2])
        if lane is None:
            raise KeyError(key)
        forward = road.goes_forward(lane)
        into = lane.successor if forward else lane.predecessor
        if 0 <= (beside := k + (1 if forward else -1)) < len(road.sections):
            return self._known([] if into is None else [(road.id, beside, into)])
        link = road.successor if forward else road.predecessor
        if link is None:
            return ()
        if link.kind == "road":
            return () if into is None else self._known([self._entered(link.id, link.contact or "start", into)])
        found = []
        for c in next(j for j in self.junctions if j.id == link.id).connections:
            if c.incoming == road.id:
                found += [self._entered(c.connecting, c.contact, to) for source, to in c.lanes if source == lane.id]
        return self._known(found)

    def _entered(self, number: str, contact: str, lane: int) -> Key:
        return number, 0 if contact == "start" else len(self.road(number).sections) - 1, lane

    def _known(self, keys: list[Key]) -> tuple[Key, ...]:
        """Return those of some lanes that exist and have traffic."""
        found = []
        for number, k, lane_id in keys:
            lane = self.road(number).sections[k].lane(lane_id)
            if lane is not None and lane.driven:
                found.append((number, k, lane_id))
        return tuple(found)


def stations(
    road: NetworkRoad, span_m: tuple[float, float], miss_m: float = 0.004, longest_m: float = 8.0
) -> np.ndarray:
    """Return distances along a road, from the start to the end of a span, between which it is as good as straight.

    Args:
        road: which road.
        span_m: from where to where.
        miss_m: most that a chord may leave the curve by: ``step = sqrt(8 miss / curvature)``.
        longest_m: most from one to the next.
    """
    fine = np.linspace(*span_m, max(2, int(np.ceil((span_m[1] - span_m[0]) / 0.5)) + 1))
    frames = road.line.at(fine)
    bend = np.abs(frames.curvature) + np.abs(np.gradient(frames.slope, fine)) if len(fine) > 2 else np.zeros(len(fine))
    step = np.minimum(np.sqrt(8 * miss_m / np.maximum(bend, 1e-9)), longest_m)
    # Even shares of the number of steps that the span needs, so that both ends are met.
    needed = np.concatenate([[0.0], np.cumsum(np.diff(fine) * 2 / (step[1:] + step[:-1]))])
    count = max(1, int(np.ceil(needed[-1] - 1e-9)))
    return np.interp(np.linspace(0.0, needed[-1], count + 1), needed, fine)


def _twice(what: str, ids: list[str]) -> list[str]:
    return [f"{what} id {k!r} is used more than once" for k in sorted({k for k in ids if ids.count(k) > 1})]
