"""The lanes and areas of a road network, for traffic, people and things to stand on."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from simgen.geometry.pose import Vector3
from simgen.places.roads.network import Junction, Key, Network, NetworkRoad, RoadLane, stations
from simgen.scene.region import Area, Lane, Region

_LEAST_M = 2.0
"""A lane that closes to less than this, or opens from it, is left for, or entered from, the lane inside it."""

_AREA_M = 6.0
_AREAS = {"sidewalk": "pavement", "walking": "pavement", "border": "verge", "none": "verge", "shoulder": "shoulder"}


def network_regions(network: Network, without: tuple[str, ...] = ()) -> tuple[Region, ...]:
    """Return a lane region for each lane with traffic, parking or people, and areas along the roadsides.

    Lanes are named ``road/section_lane`` and know what they lead to. Where a lane closes, its middle goes over to the
    lane inside it and on from there; where one opens, the other way round.

    Args:
        network: its roads.
        without: ids of roads that are seen, but not used.
    """
    names = _road_names(network)
    regions: list[Region] = []
    for road in (r for r in network.roads if r.id not in without):
        for k, section in enumerate(road.sections):
            for lane in section.lanes:
                if lane.id == 0:
                    continue
                name = f"{names[road.id]}/{k}_{lane.id}"
                if lane.driven:
                    regions += _driven(network, road, k, lane, name, names)
                elif lane.type == "parking":
                    regions.append(_standing(road, k, lane, name, "park"))
                if lane.type in ("sidewalk", "walking"):
                    regions.append(_standing(road, k, lane, name, "walk"))
                if lane.type in _AREAS:
                    regions += _areas(road, k, lane, name)
    known = {r.name for r in regions}
    return tuple(
        replace(r, successors=tuple(n for n in r.successors if n in known)) if isinstance(r, Lane) else r
        for r in regions
    )


def _road_names(network: Network) -> dict[str, str]:
    """Return a name for each road: its own where no other has it, else with its id."""
    own = [road.name for road in network.roads]
    return {r.id: r.name if r.name and own.count(r.name) == 1 else f"{r.name or 'road'}_{r.id}" for r in network.roads}


def _driven(
    network: Network, road: NetworkRoad, k: int, lane: RoadLane, name: str, names: dict[str, str]
) -> list[Region]:
    at = stations(road, road.span(k), longest_m=4.0)
    edges = road.edges(k, at)
    width = np.abs(edges[lane.id][1] - edges[lane.id][0])
    key: Key = (road.id, k, lane.id)
    if float(width.max()) < _LEAST_M:
        return []
    offset = (edges[lane.id][0] + edges[lane.id][1]) / 2
    after = network.after(key)
    inside = road.sections[k].lane(lane.id - 1 if lane.id > 0 else lane.id + 1)
    if float(width.min()) < _LEAST_M and inside is not None and inside.driven and inside.id != 0:
        beside = (edges[inside.id][0] + edges[inside.id][1]) / 2
        share = (at - at[0]) / (at[-1] - at[0])
        ease = share * share * (3 - 2 * share)
        closes = width[-1] < width[0]
        own = edges[lane.id][0] + np.sign(lane.id) * float(width.max()) / 2
        offset = (1 - ease) * own + ease * beside if closes else (1 - ease) * beside + ease * own
        if closes == road.goes_forward(lane):
            after = network.after((road.id, k, inside.id))
        least = float(np.abs(edges[inside.id][1] - edges[inside.id][0]).min())
    else:
        least = float(width.min())
    opened = [n for other in after for n in (_opening(network, other),) if n is not None]
    line = _points(road, at, offset, lane.height_m, road.goes_forward(lane))
    following = tuple(f"{names[number]}/{section}_{which}" for number, section, which in (*after, *opened))
    yields = _gives_way(network, road, after)
    return [Lane(name=name, use="drive", centre_m=line, width_m=least, successors=following, gives_way=yields)]


def _gives_way(network: Network, road: NetworkRoad, after: tuple[Key, ...]) -> bool:
    """Return whether a connecting road runs into a lane that a road of higher priority leads into as well."""
    junction = next((j for j in network.junctions if j.id == road.junction), None)
    if junction is None or not after:
        return False
    return any(
        low == road.id and high in {k for k, _, _ in _leading_into(network, junction, after)}
        for high, low in junction.priorities
    )


def _leading_into(network: Network, junction: Junction, lanes: tuple[Key, ...]) -> list[Key]:
    """Return the lanes of a junction's connecting roads that lead into some lanes."""
    inside = {c.connecting for c in junction.connections}
    return [key for key in network.driven if key[0] in inside and set(network.after(key)) & set(lanes)]


def _opening(network: Network, key: Key) -> Key | None:
    """Return the lane that opens beside a lane as it begins, if one does."""
    road, k = network.road(key[0]), key[1]
    lane = road.sections[k].lane(key[2])
    beside = road.sections[k].lane(key[2] + (1 if key[2] > 0 else -1))
    if lane is None or beside is None or not beside.driven:
        return None
    ends = road.edges(k, np.asarray(road.span(k)))[beside.id]
    width = np.abs(ends[1] - ends[0])
    start, end = (0, 1) if road.goes_forward(lane) else (1, 0)
    return (road.id, k, beside.id) if width[start] < _LEAST_M <= width[end] else None


def _points(
    road: NetworkRoad, at: np.ndarray, offset: np.ndarray, height_m: float, forward: bool
) -> tuple[Vector3, ...]:
    points = road.line.at(at).beside(offset) + np.array([0.0, 0.0, height_m])
    return tuple((float(x), float(y), float(z)) for x, y, z in (points if forward else points[::-1]))


def _standing(road: NetworkRoad, k: int, lane: RoadLane, name: str, use: str) -> Lane:
    at = stations(road, road.span(k))
    inner, outer = road.edges(k, at)[lane.id]
    line = _points(road, at, (inner + outer) / 2, lane.height_m, road.goes_forward(lane))
    width = float(np.abs(outer - inner).min())
    kind = "walk" if use == "walk" else "park"
    return Lane(name=name, use=kind, centre_m=line, width_m=width, both_ways=kind == "walk")


def _areas(road: NetworkRoad, k: int, lane: RoadLane, name: str) -> list[Region]:
    """Return a lane as quadrilaterals, heading as its side's traffic does, each sloped as the road is there."""
    use, (start, end) = _AREAS[lane.type], road.span(k)
    at = np.linspace(start, end, max(1, math.ceil((end - start) / _AREA_M)) + 1)
    inner, outer = road.edges(k, at)[lane.id]
    frames = road.line.at(at)
    low, high = frames.beside(np.minimum(inner, outer)), frames.beside(np.maximum(inner, outer))
    found: list[Region] = []
    for n, (a, b) in enumerate(pairwise(range(len(at)))):
        if float(np.abs(outer - inner)[[a, b]].min()) < 0.3:
            continue
        corners = tuple((float(x), float(y)) for x, y, _ in (low[a], low[b], high[b], high[a]))
        ahead = (low[b] + high[b] - low[a] - high[a]) / 2
        run = float(np.hypot(ahead[0], ahead[1]))
        slope = float(ahead[2]) / run
        heading = math.atan2(ahead[1], ahead[0]) + (0.0 if road.goes_forward(lane) else math.pi)
        found.append(
            Area(
                name=f"{name}_{use}_{n}",
                use=use,
                corners_m=corners,
                z_m=float(low[a, 2]) + lane.height_m,
                heading_deg=math.degrees(heading),
                slope=(slope * float(ahead[0]) / run, slope * float(ahead[1]) / run),
            )
        )
    return found
