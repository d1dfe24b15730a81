"""Reads road networks from OpenDRIVE files (ASAM, 1.4 to 1.8): what is supported, and a list of what is not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeVar, cast
from xml.etree import ElementTree as ET

import numpy as np

from simgen.errors import RecipeError, SimgenError
from simgen.places.roads.line import Cubic, Curve, ParamPoly3, Placed, Poly3, Profile, ReferenceLine, Spiral
from simgen.places.roads.network import (
    Connection,
    Junction,
    LaneSection,
    Link,
    Mark,
    MarkKind,
    Network,
    NetworkRoad,
    RoadLane,
)

GAP_M = 0.1
"""Pieces of a reference line that lie farther apart than this are a fault."""

_SHORTEST_M = 1e-4
_WIDTHS = {"standard": 0.12, "bold": 0.25}
_KINDS = ("none", "solid", "broken", "solid solid", "solid broken", "broken solid", "broken broken")
_SPEEDS = {"m/s": 3.6, "km/h": 1.0, "mph": 1.609344, None: 3.6}
_LEFT_OUT = {
    "lateralProfile/superelevation": "superelevation: the road is built level across",
    "lateralProfile/shape": "lateral shape: the road is built level across",
    "lateralProfile/crossfall": "crossfall: the road is built level across",
    "objects/object": "object",
    "objects/bridge": "bridge",
    "objects/tunnel": "tunnel",
    "signals/signal": "signal",
    "railroad/switch": "railway switch",
    "surface/CRG": "OpenCRG surface",
}
Found = TypeVar("Found")


@dataclass(kw_only=True, eq=False)
class _Reader:
    """Faults and things left out, gathered as a file is read."""

    file: str
    faults: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def number(self, node: ET.Element, key: str, where: str, default: float | None = None) -> float:
        """Return an attribute's finite number; a fault, and 0, where it has none."""
        text = node.get(key)
        if text is None and default is not None:
            return default
        try:
            value = float(text or "")
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            got = "is missing" if text is None else f"should be a number, got {text!r}"
            self.faults.append(f"{self.file}: {where}: <{node.tag}> {key} {got}")
            return 0.0
        return value

    def whole(self, node: ET.Element | None, key: str, where: str) -> int | None:
        """Return an attribute's whole number; None where the element is not there."""
        return None if node is None else int(self.number(node, key, where))

    def cubic(self, node: ET.Element, start: str, where: str) -> Cubic:
        """Return the cubic of an element, which starts at its attribute ``start``."""
        a, b, c, d = (self.number(node, key, where) for key in "abcd")
        return Cubic(start_m=self.number(node, start, where), a=a, b=b, c=c, d=d)

    def profile(self, nodes: list[ET.Element], start: str, where: str) -> Profile:
        """Return the cubics of some elements, by their starts."""
        return tuple(sorted((self.cubic(n, start, where) for n in nodes), key=lambda c: c.start_m))


def read_open_drive(path: Path | str) -> tuple[Network, tuple[str, ...]]:
    """Return the road network of an OpenDRIVE file, and what of the file was left out, each with how often.

    Supported: reference lines of all five kinds, elevation, lane offsets, sections, widths, heights and marks of lanes,
    links of roads and lanes, speed limits, junctions with their connections and priorities.

    Raises:
        RecipeError: the file cannot be read, is not OpenDRIVE, or is broken; names every fault with its road.
    """
    path = Path(path)
    try:
        root = ET.fromstring(path.read_bytes())
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from None
    except ET.ParseError as error:
        raise RecipeError(f"{path}: is not XML: {error}") from None
    for node in root.iter():
        node.tag = node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else node.tag
    if root.tag != "OpenDRIVE":
        raise RecipeError(f"{path}: should be an OpenDRIVE file, its outermost element is <{root.tag}>")
    reader = _Reader(file=str(path))
    roads = [_road(reader, node) for node in root.findall("road")]
    junctions = [_junction(reader, node) for node in root.findall("junction")]
    for tag in ("controller", "junctionGroup", "station"):
        reader.left_out[tag] += len(root.findall(tag))
    if not roads and not reader.faults:
        reader.faults.append(f"{path}: has no <road>")
    if reader.faults:
        raise RecipeError("\n".join(reader.faults))
    header = root.find("header")
    name = "" if header is None else header.get("name", "")
    try:
        network = Network(roads=tuple(r for r in roads if r is not None), junctions=tuple(junctions), name=name)
    except SimgenError as error:
        raise RecipeError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None
    return network, tuple(f"{what} ({count})" for what, count in sorted(reader.left_out.items()) if count)


def _road(reader: _Reader, node: ET.Element) -> NetworkRoad | None:
    """Return a road; None where it has faults, which are noted."""
    number = node.get("id")
    where = f"road {number!r}"
    before = len(reader.faults)
    if number is None:
        reader.faults.append(f"{reader.file}: a <road> has no id")
    for places, what in _LEFT_OUT.items():
        found = node.findall(places)
        if what == "object":
            for thing in found:
                reader.left_out[f"object of type {thing.get('type', 'none')!r}"] += 1
        else:
            reader.left_out[what] += len(found)
    line = _line(reader, node, where)
    sections = _sections(reader, node, where)
    speed = node.find("type/speed")
    kmh = None
    if speed is not None and speed.get("max") not in (None, "no limit", "undefined"):
        kmh = reader.number(speed, "max", where) * _SPEEDS.get(speed.get("unit"), 3.6)
    rule = node.get("rule", "RHT")
    if rule not in ("RHT", "LHT"):
        reader.faults.append(f"{reader.file}: {where}: rule should be RHT or LHT, got {rule!r}")
    junction = node.get("junction", "-1")
    if len(reader.faults) > before or line is None or number is None:
        return None
    return _noted(
        reader, where,
        lambda: NetworkRoad(
            id=number, name=node.get("name", ""), line=line, sections=sections,
            offset=reader.profile(node.findall("lanes/laneOffset"), "s", where),
            junction=None if junction == "-1" else junction, rule=cast("Literal['RHT', 'LHT']", rule), speed_kmh=kmh,
            predecessor=_link(reader, node.find("link/predecessor"), where),
            successor=_link(reader, node.find("link/successor"), where),
        ),
    )  # fmt: skip


def _noted(reader: _Reader, where: str, make: Callable[[], Found]) -> Found | None:
    """Return what a function makes; what it refuses is a fault of the file."""
    try:
        return make()
    except ValueError as error:
        reader.faults.append(f"{reader.file}: {where}: {error}")
        return None


def _link(reader: _Reader, node: ET.Element | None, where: str) -> Link | None:
    if node is None:
        return None
    kind, number, contact = node.get("elementType"), node.get("elementId"), node.get("contactPoint")
    if kind not in ("road", "junction") or number is None:
        reader.faults.append(f"{reader.file}: {where}: <{node.tag}> needs elementType road or junction and elementId")
        return None
    return Link(kind=kind, id=number, contact=contact if contact in ("start", "end") else None)


def _line(reader: _Reader, node: ET.Element, where: str) -> ReferenceLine | None:
    """Return a road's reference line with its heights."""
    pieces: list[Placed] = []
    for g in node.findall("planView/geometry"):
        curve = _curve(reader, g, where)
        if curve is not None:
            start, x, y, heading = (reader.number(g, key, where) for key in ("s", "x", "y", "hdg"))
            pieces.append(Placed(start_m=start, x_m=x, y_m=y, heading_rad=heading, curve=curve))
    if not pieces:
        reader.faults.append(f"{reader.file}: {where}: has no <planView> with a <geometry> that has a length")
        return None
    for a, b in pairwise(pieces):
        x, y, _, _ = (float(v[0]) for v in a.curve.local(np.array([a.curve.length_m])))
        c, s = math.cos(a.heading_rad), math.sin(a.heading_rad)
        gap = math.hypot(a.x_m + c * x - s * y - b.x_m, a.y_m + s * x + c * y - b.y_m)
        if gap > GAP_M or abs(a.start_m + a.curve.length_m - b.start_m) > GAP_M:
            reader.faults.append(
                f"{reader.file}: {where}: the reference line breaks at s = {b.start_m:g}: the next piece starts "
                f"{gap:.2f} m from the end of the one before, which ends at s = {a.start_m + a.curve.length_m:g}"
            )
    heights = reader.profile(node.findall("elevationProfile/elevation"), "s", where)
    return _noted(reader, where, lambda: ReferenceLine(pieces=tuple(pieces), heights=heights))


def _curve(reader: _Reader, g: ET.Element, where: str) -> Curve | None:
    """Return a piece's curve; None for one without a length, as some writers leave behind."""
    length = reader.number(g, "length", where)
    if length < _SHORTEST_M:
        reader.left_out["geometry shorter than 0.1 mm"] += 1
        return None
    kind = next((n for n in g if n.tag in ("line", "arc", "spiral", "poly3", "paramPoly3")), None)
    if kind is None:
        tags = ", ".join(n.tag for n in g) or "nothing"
        reader.faults.append(
            f"{reader.file}: {where}: <geometry> should hold line, arc, spiral, poly3 or paramPoly3, got {tags}"
        )
        return None
    if kind.tag == "line":
        return Spiral(length_m=length)
    if kind.tag == "arc":
        bend = reader.number(kind, "curvature", where)
        return Spiral(length_m=length, start_per_m=bend, end_per_m=bend)
    if kind.tag == "spiral":
        ends = (reader.number(kind, key, where) for key in ("curvStart", "curvEnd"))
        return Spiral(length_m=length, **dict(zip(("start_per_m", "end_per_m"), ends, strict=True)))
    if kind.tag == "poly3":
        a, b, c, d = (reader.number(kind, key, where) for key in "abcd")
        return Poly3(length_m=length, v=Cubic(a=a, b=b, c=c, d=d))
    u, v = (
        Cubic(**{key: reader.number(kind, f"{key}{axis}", where) for key in "abcd"}) for axis in ("U", "V")
    )  # fmt: skip
    normalized = kind.get("pRange", "normalized") == "normalized"
    return ParamPoly3(length_m=length, u=u, v=v, range_p=1.0 if normalized else length)


def _sections(reader: _Reader, node: ET.Element, where: str) -> tuple[LaneSection, ...]:
    """Return a road's lane sections."""
    found: list[LaneSection] = []
    for s in node.findall("lanes/laneSection"):
        start = reader.number(s, "s", where)
        lanes = [_lane(reader, n, f"{where}, section at {start:g} m") for side in s for n in side.findall("lane")]
        if not any(lane.id == 0 for lane in lanes):
            lanes.append(RoadLane(id=0, type="none"))
        if s.get("singleSide") == "true":
            reader.left_out["lane section of a single side"] += 1
        ordered = tuple(sorted(lanes, key=lambda lane: -lane.id))
        section = _noted(reader, where, lambda start=start, ordered=ordered: LaneSection(start_m=start, lanes=ordered))
        found += [] if section is None else [section]
    if not found:
        reader.faults.append(f"{reader.file}: {where}: has no <laneSection>")
    return tuple(sorted(found, key=lambda section: section.start_m))


def _lane(reader: _Reader, node: ET.Element, where: str) -> RoadLane:
    number = reader.whole(node, "id", where) or 0
    where = f"{where}, lane {number}"
    for tag in ("border", "material", "access", "rule"):
        reader.left_out[f"lane {tag}"] += len(node.findall(tag))
    if number and node.find("width") is None and node.find("border") is not None:
        reader.faults.append(f"{reader.file}: {where}: is given by <border>; only <width> is read")
    height = node.find("height")
    marks = sorted((_mark(reader, m, where) for m in node.findall("roadMark")), key=lambda m: m.start_m)
    return RoadLane(
        id=number,
        type=node.get("type", "none"),
        width=reader.profile(node.findall("width"), "sOffset", where) if number else (),
        marks=tuple(marks),
        height_m=0.0 if height is None else reader.number(height, "outer", where),
        predecessor=reader.whole(node.find("link/predecessor"), "id", where),
        successor=reader.whole(node.find("link/successor"), "id", where),
    )


def _mark(reader: _Reader, node: ET.Element, where: str) -> Mark:
    kind = node.get("type", "none")
    if kind in ("curb", "grass"):
        kind = "none"
    if kind not in _KINDS:
        reader.left_out[f"road mark of type {kind!r}, painted as a solid line"] += 1
        kind = "solid"
    color = node.get("color", "standard")
    if color not in ("standard", "white", "yellow"):
        reader.left_out[f"road mark in {color}, painted white"] += 1
        color = "white"
    width = reader.number(node, "width", where, default=_WIDTHS.get(node.get("weight", "standard"), 0.12))
    dash = node.find("type/line")
    plain = (3.0, 4.5)
    if dash is not None and "broken" in kind:
        plain = (reader.number(dash, "length", where), reader.number(dash, "space", where))
        if not (plain[0] > 0 and plain[1] > 0):
            plain = (3.0, 4.5)
    return Mark(
        start_m=reader.number(node, "sOffset", where, default=0.0), kind=cast("MarkKind", kind),
        width_m=width if width > 0 else 0.12, dash_m=plain,
        color=cast("Literal['standard', 'white', 'yellow']", color),
    )  # fmt: skip


def _junction(reader: _Reader, node: ET.Element) -> Junction:
    where = f"junction {node.get('id')!r}"
    if node.get("type", "default") != "default":
        reader.left_out[f"junction of type {node.get('type')!r}"] += 1
    reader.left_out["junction controller"] += len(node.findall("controller"))
    ways = []
    for c in node.findall("connection"):
        incoming, connecting = c.get("incomingRoad"), c.get("connectingRoad", c.get("linkedRoad"))
        if incoming is None or connecting is None:
            reader.faults.append(f"{reader.file}: {where}: a <connection> needs incomingRoad and connectingRoad")
            continue
        lanes = tuple(
            (reader.whole(n, "from", where) or 0, reader.whole(n, "to", where) or 0) for n in c.findall("laneLink")
        )
        contact: Literal["start", "end"] = "end" if c.get("contactPoint") == "end" else "start"
        ways.append(
            Connection(id=c.get("id", ""), incoming=incoming, connecting=connecting, contact=contact, lanes=lanes)
        )
    order = tuple((p.get("high", ""), p.get("low", "")) for p in node.findall("priority"))
    return Junction(id=node.get("id", ""), name=node.get("name", ""), connections=tuple(ways), priorities=order)
