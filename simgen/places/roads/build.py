"""Helps to build networks: lanes in short, lines that end where they should, networks seen in a mirror."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from simgen.places.roads.line import Cubic, Curve, ParamPoly3, Placed, Poly3, Profile, ReferenceLine, Spiral, chain
from simgen.places.roads.network import Connection, LaneSection, Mark, Network, NetworkRoad, RoadLane


def constant(value: float) -> Profile:
    """Return the profile that is the same all along."""
    return (Cubic(a=value),)


def eased(before: float, after: float, length_m: float) -> Profile:
    """Return the profile that goes over smoothly from one value to another, level at both ends, and stays there."""
    rise = after - before
    turn = Cubic(a=before, c=3 * rise / length_m**2, d=-2 * rise / length_m**3)
    return (turn, Cubic(start_m=length_m, a=after))


def lane(
    number: int, kind: str, width: Profile | float, mark: Mark | None = None, height_m: float = 0.0,
    links: tuple[int | None, int | None] = (None, None),
) -> RoadLane:  # fmt: skip
    """Return a lane with one mark at most; ``links`` are its predecessor and successor."""
    return RoadLane(
        id=number, type=kind, width=width if isinstance(width, tuple) else constant(width),
        marks=() if mark is None else (mark,), height_m=height_m, predecessor=links[0], successor=links[1],
    )  # fmt: skip


def middle(mark: Mark | None = None) -> RoadLane:
    """Return lane 0 with its mark."""
    return RoadLane(id=0, type="none", marks=() if mark is None else (mark,))


def section(lanes: list[RoadLane], start_m: float = 0.0) -> LaneSection:
    """Return a section of lanes in any order."""
    return LaneSection(start_m=start_m, lanes=tuple(sorted(lanes, key=lambda n: -n.id)))


def ending_at(curves: tuple[Curve, ...], end_m: tuple[float, float], heading_rad: float) -> ReferenceLine:
    """Return the line along ``curves`` that ends at a point with a heading."""
    loose = chain((0.0, 0.0), 0.0, curves)
    last = loose.at(np.array([loose.length_m]))
    turn = heading_rad - float(last.heading[0])
    c, s = math.cos(turn), math.sin(turn)
    x, y = float(last.x[0]), float(last.y[0])
    return chain((end_m[0] - (c * x - s * y), end_m[1] - (s * x + c * y)), turn, curves)


def mirrored(network: Network) -> Network:
    """Return a network with left and right swapped (y by -y), for traffic on the other side."""
    junctions = tuple(replace(j, connections=tuple(_mirrored_way(c) for c in j.connections)) for j in network.junctions)
    return replace(network, roads=tuple(_mirrored_road(r) for r in network.roads), junctions=junctions)


def _mirrored_way(way: Connection) -> Connection:
    return replace(way, lanes=tuple((-a, -b) for a, b in way.lanes))


def _mirrored_road(road: NetworkRoad) -> NetworkRoad:
    pieces = tuple(
        Placed(
            start_m=p.start_m, x_m=p.x_m, y_m=-p.y_m, heading_rad=-p.heading_rad, curve=_mirrored_curve(p.curve)
        )
        for p in road.line.pieces
    )  # fmt: skip
    sections = tuple(
        LaneSection(start_m=s.start_m, lanes=tuple(_mirrored_lane(n) for n in s.lanes[::-1])) for s in road.sections
    )
    return replace(
        road, line=ReferenceLine(pieces=pieces, heights=road.line.heights), sections=sections,
        offset=tuple(_negated(c) for c in road.offset), rule="LHT" if road.rule == "RHT" else "RHT",
    )  # fmt: skip


def _mirrored_curve(curve: Curve) -> Curve:
    if isinstance(curve, Spiral):
        return replace(curve, start_per_m=-curve.start_per_m, end_per_m=-curve.end_per_m)
    assert isinstance(curve, (Poly3, ParamPoly3))
    return replace(curve, v=_negated(curve.v))


def _negated(cubic: Cubic) -> Cubic:
    return replace(cubic, a=-cubic.a, b=-cubic.b, c=-cubic.c, d=-cubic.d)


def _mirrored_lane(lane: RoadLane) -> RoadLane:
    swapped = [None if k is None else -k for k in (lane.predecessor, lane.successor)]
    return replace(lane, id=-lane.id, predecessor=swapped[0], successor=swapped[1])


def through(number: str, at_start: bool, lanes: tuple[tuple[int, int], ...], incoming: str) -> Connection:
    """Return the connection by the connecting road of an id, entered at its start or end."""
    return Connection(
        id=f"{incoming}-{number}", incoming=incoming, connecting=number,
        contact="start" if at_start else "end", lanes=lanes,
    )  # fmt: skip
