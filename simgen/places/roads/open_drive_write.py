"""Writes road networks as OpenDRIVE 1.7 files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from simgen.places.roads.line import Cubic, Curve, ParamPoly3, Placed, Spiral
from simgen.places.roads.network import Junction, LaneSection, Link, Mark, Network, NetworkRoad, RoadLane


def write_open_drive(network: Network, path: Path | str) -> None:
    """Write a network to a file that `read_open_drive` gives back as it is, but for its ids: see `numbered`.

    What leads on from a lane at its road's end is written only where that end joins a road: ways into a junction are
    the junction's to tell. Numbers are written in full (17 digits), so that nothing is lost; the file carries no date.
    """
    network = numbered(network)
    root = Element("OpenDRIVE")
    ends = [r.line.at(np.linspace(0.0, r.line.length_m, 20)) for r in network.roads]
    x, y = np.concatenate([f.x for f in ends]), np.concatenate([f.y for f in ends])
    _node(
        root, "header", revMajor=1, revMinor=7, name=network.name, version="1.00", north=float(y.max()),
        south=float(y.min()), east=float(x.max()), west=float(x.min()), vendor="simgen",
    )  # fmt: skip
    for road in network.roads:
        _road(root, road)
    for junction in network.junctions:
        _junction(root, junction)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    Path(path).write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', encoding="utf-8")


def numbered(network: Network) -> Network:
    """Return a network whose ids are whole numbers, as most readers want them, though the standard lets them be words.

    A network whose ids are such already is returned as it is. Else roads are numbered from 1 in their order, and
    junctions after them, and each junction's connections from 0. What has no name takes its old id as one.
    """
    if all(thing.id.isdecimal() for thing in (*network.roads, *network.junctions)):
        return network
    roads = {road.id: str(k) for k, road in enumerate(network.roads, start=1)}
    junctions = {j.id: str(k) for k, j in enumerate(network.junctions, start=len(roads) + 1)}

    def link(found: Link | None) -> Link | None:
        known = roads if found is not None and found.kind == "road" else junctions
        return None if found is None else replace(found, id=known[found.id])

    return replace(
        network,
        roads=tuple(
            replace(
                r, id=roads[r.id], name=r.name or r.id, junction=None if r.junction is None else junctions[r.junction],
                predecessor=link(r.predecessor), successor=link(r.successor),
            )
            for r in network.roads
        ),
        junctions=tuple(
            replace(
                j, id=junctions[j.id], name=j.name or j.id,
                connections=tuple(
                    replace(c, id=str(k), incoming=roads[c.incoming], connecting=roads[c.connecting])
                    for k, c in enumerate(j.connections)
                ),
                priorities=tuple((roads[high], roads[low]) for high, low in j.priorities),
            )
            for j in network.junctions
        ),
    )  # fmt: skip


def _node(parent: Element, tag: str, /, **values: object) -> Element:
    """Add an element; floats in full, None left out."""
    kept = {k: repr(v) if isinstance(v, float) else str(v) for k, v in values.items() if v is not None}
    return SubElement(parent, tag, kept)


def _cubic(parent: Element, tag: str, start: str, cubic: Cubic) -> None:
    node = _node(parent, tag, **{start: float(cubic.start_m)})
    for key in "abcd":
        node.set(key, repr(float(getattr(cubic, key))))


def _road(root: Element, road: NetworkRoad) -> None:
    node = _node(
        root, "road", name=road.name, length=float(road.line.length_m), id=road.id,
        junction="-1" if road.junction is None else road.junction, rule=road.rule,
    )  # fmt: skip
    links = _node(node, "link")
    for tag, link in (("predecessor", road.predecessor), ("successor", road.successor)):
        if link is not None:
            _link(links, tag, link)
    if road.speed_kmh is not None:
        kind = _node(node, "type", s=0.0, type="motorway" if road.speed_kmh > 100 else "rural")
        _node(kind, "speed", max=float(road.speed_kmh), unit="km/h")
    plan = _node(node, "planView")
    for piece in road.line.pieces:
        _geometry(plan, piece)
    heights = _node(node, "elevationProfile")
    for cubic in road.line.heights:
        _cubic(heights, "elevation", "s", cubic)
    lanes = _node(node, "lanes")
    for cubic in road.offset:
        _cubic(lanes, "laneOffset", "s", cubic)
    for k, section in enumerate(road.sections):
        joined = (k > 0 or _joins_road(road.predecessor), k + 1 < len(road.sections) or _joins_road(road.successor))
        _section(lanes, section, joined)


def _joins_road(link: Link | None) -> bool:
    return link is not None and link.kind == "road"


def _link(parent: Element, tag: str, link: Link) -> None:
    _node(parent, tag, elementType=link.kind, elementId=link.id, contactPoint=link.contact)


def _geometry(plan: Element, piece: Placed) -> None:
    curve = piece.curve
    node = _node(
        plan, "geometry", s=float(piece.start_m), x=float(piece.x_m), y=float(piece.y_m),
        hdg=float(piece.heading_rad), length=float(curve.length_m),
    )  # fmt: skip
    _curve(node, curve)


def _curve(node: Element, curve: Curve) -> None:
    if isinstance(curve, Spiral):
        if curve.start_per_m != curve.end_per_m:
            _node(node, "spiral", curvStart=float(curve.start_per_m), curvEnd=float(curve.end_per_m))
        elif curve.start_per_m != 0.0:
            _node(node, "arc", curvature=float(curve.start_per_m))
        else:
            _node(node, "line")
    elif isinstance(curve, ParamPoly3):
        unit = curve.range_p == 1.0
        terms = {
            f"{key}{axis}": float(getattr(c, key)) for axis, c in (("U", curve.u), ("V", curve.v)) for key in "abcd"
        }
        _node(node, "paramPoly3", **terms, pRange="normalized" if unit else "arcLength")
    else:
        _node(node, "poly3", **{key: float(getattr(curve.v, key)) for key in "abcd"})


def _section(parent: Element, section: LaneSection, joined: tuple[bool, bool]) -> None:
    """Add a section, whose start and end are ``joined`` to other lanes or not."""
    node = _node(parent, "laneSection", s=float(section.start_m))
    for tag, chosen in (
        ("left", [n for n in section.lanes if n.id > 0]),
        ("center", [n for n in section.lanes if n.id == 0]),
        ("right", [n for n in section.lanes if n.id < 0]),
    ):
        if chosen:
            side = _node(node, tag)
            for lane in chosen:
                _lane(side, lane, joined)


def _lane(side: Element, lane: RoadLane, joined: tuple[bool, bool]) -> None:
    node = _node(side, "lane", id=lane.id, type=lane.type, level="false")
    links = _node(node, "link")
    for tag, number, kept in (
        ("predecessor", lane.predecessor, joined[0]),
        ("successor", lane.successor, joined[1]),
    ):
        if kept and number is not None:
            _node(links, tag, id=number)
    for cubic in lane.width:
        _cubic(node, "width", "sOffset", cubic)
    for mark in lane.marks:
        _mark(node, mark)
    if lane.height_m:
        _node(node, "height", sOffset=0.0, inner=float(lane.height_m), outer=float(lane.height_m))


def _mark(parent: Element, mark: Mark) -> None:
    node = _node(
        parent, "roadMark", sOffset=float(mark.start_m), type=mark.kind, weight="standard", color=mark.color,
        width=float(mark.width_m), laneChange="both" if mark.kind == "broken" else "none",
    )  # fmt: skip
    if "broken" in mark.kind:
        kind = _node(node, "type", name=mark.kind, width=float(mark.width_m))
        _node(
            kind, "line", length=float(mark.dash_m[0]), space=float(mark.dash_m[1]), tOffset=0.0, sOffset=0.0,
            width=float(mark.width_m),
        )  # fmt: skip


def _junction(root: Element, junction: Junction) -> None:
    node = _node(root, "junction", name=junction.name, id=junction.id, type="default")
    for n, way in enumerate(junction.connections):
        link = _node(
            node, "connection", id=way.id or str(n), incomingRoad=way.incoming, connectingRoad=way.connecting,
            contactPoint=way.contact,
        )  # fmt: skip
        for source, to in way.lanes:
            _node(link, "laneLink", **{"from": source, "to": to})
    for high, low in junction.priorities:
        _node(node, "priority", high=high, low=low)
