"""The place ``highway``: a motorway with two carriageways, hard shoulders, guard rails, gantries and an exit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.gantry import gantry, guard_rail
from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Choice, Constant, Uniform, UniformInt, check_support
from simgen.geometry.pose import at
from simgen.places.backdrop import far_trees, land
from simgen.places.country import BANK_M, LAND_M, banks, bushes, fields, winding_line
from simgen.places.furnish import check_options
from simgen.places.layers import Layers, layer_parts
from simgen.places.path import Bend, Path, path
from simgen.places.pieces import Part, Piece, instances, ribbon, strip
from simgen.places.road import Road, ground, markings, road_regions
from simgen.places.roadside import scattered_trees
from simgen.places.section import LaidSection, LaidStrip, Section, Strip, lay
from simgen.places.surfaces import RoadLook, draw_look
from simgen.scene.region import Area, Region
from simgen.scene.scene import Scene
from simgen.streams import Draws

_INNER_M = 0.75
_VERGE_M = 2.5
_RAIL_OFF_M = 0.6
_RAIL_LENGTH_M, _POST_STEP_M = 24.0, 4.0
_DASH_M = (6.0, 12.0)
_EXIT_DASH_M = (6.0, 6.0)
_EXIT_LANE_M, _EXIT_WIDTH_M = 160.0, 4.0
_RAMP_Z_M = 0.012


@dataclass(frozen=True, kw_only=True)
class Highway:
    """A motorway through the origin, which is the middle of its length; its regions are lanes of use ``drive``.

    Hard shoulders are areas of use ``shoulder``; the exit is a lane of its own, from where it begins beside the others.

    Attributes:
        length_m: of the part with traffic; the road itself runs on to the horizon.
        lanes: on each carriageway, 2 to 4.
        lane_m: their width.
        shoulder_m: width of the hard shoulders.
        median_m: width of the grass between the carriageways' edges.
        drive_on: the side that traffic keeps to.
        bends: how many arcs it is made of.
        radius_m: of the arcs; their sense is drawn.
        exit: whether one carriageway has an exit.
        gantries: how many sign gantries, each over one carriageway.
        rails: share of the outer edges that has a guard rail; the median has one all along.
        trees: how many trees stand near the road, on each side.
        bushes: the same for bushes.
    """

    length_m: AnyDistribution = Uniform(low=300.0, high=400.0)
    lanes: AnyDistribution = UniformInt(low=2, high=3)
    lane_m: AnyDistribution = Uniform(low=3.5, high=3.75)
    shoulder_m: AnyDistribution = Uniform(low=2.5, high=3.0)
    median_m: AnyDistribution = Uniform(low=2.5, high=4.5)
    drive_on: Literal["right", "left"] = "right"
    bends: AnyDistribution = UniformInt(low=1, high=3)
    radius_m: AnyDistribution = Uniform(low=600.0, high=2500.0)
    exit: AnyDistribution = Choice(options=(True, False), weights=(0.6, 0.4))
    gantries: AnyDistribution = UniformInt(low=0, high=2)
    rails: AnyDistribution = Uniform(low=0.2, high=0.8)
    trees: AnyDistribution = UniformInt(low=4, high=14)
    bushes: AnyDistribution = UniformInt(low=6, high=20)
    kind: Literal["highway"] = "highway"

    def __post_init__(self) -> None:
        check_support("length_m", self.length_m, 250.0, 500.0)
        check_support("lanes", self.lanes, 2, 4)
        check_support("lane_m", self.lane_m, 2.75, 4.0)
        check_support("shoulder_m", self.shoulder_m, 1.0, 4.0)
        check_support("median_m", self.median_m, 1.5, 12.0)
        check_support("bends", self.bends, 1, 12)
        check_support("radius_m", self.radius_m, 300.0, 1e5)
        check_support("gantries", self.gantries, 0, 4)
        check_support("rails", self.rails, 0.0, 1.0)
        check_support("trees", self.trees, 0, 100)
        check_support("bushes", self.bushes, 0, 200)
        check_options("exit", self.exit, (True, False))

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the motorway and return it with its lanes."""
        length = float(draws.value("length_m", self.length_m))
        line, start = winding_line(draws, length, self.bends, self.radius_m)
        way = self._draw_ways(draws, line, start, length)
        layers, ramp = _ground(way), None
        if draws.value("exit", self.exit):
            ramp = _ramp(way, draws)
            layers = _with(layers, _ramp_ground(way, ramp))
        layers["terrain"] = [*layers["terrain"], *fields(way.bounds(way.span_m), draws)]
        parts = layer_parts("road", [layers])
        parts += _rails(way, draws, float(draws.value("rails", self.rails)), ramp)
        parts += _gantries(way, draws, int(draws.value("gantries", self.gantries)), ramp)
        parts += self._planted(way, draws, library, ramp)
        parts.append(land(draws, way.look.grass, flat_m=200.0, z_m=LAND_M))
        clear = line.offset(0.0, 0.0, line.length_m)
        if ramp is not None:
            clear = np.vstack([clear, ramp.points])
        parts.append(far_trees(draws, "far_trees", (120.0, 260.0), 240, LAND_M, clear, 55.0, lobes=4))
        return Scene(objects=instances(parts), regions=_regions(way, ramp))

    def _draw_ways(self, draws: Draws, line: Path, start: float, length: float) -> _Ways:
        count, lane = int(draws.value("lanes", self.lanes)), float(draws.value("lane_m", self.lane_m))
        shoulder, median = (
            float(draws.value("shoulder_m", self.shoulder_m)),
            float(draws.value("median_m", self.median_m)),
        )
        strips = tuple(Strip(use="drive", width_m=Constant(value=lane), direction="forward") for _ in range(count))
        section = lay(Section(name="carriageway", strips=strips), [lane] * count, 0.0)
        look = draw_look(draws, tuple(lane * (k + 0.5) for k in range(count)), lane * count)
        off = median / 2 + _INNER_M + lane * count / 2
        return _Ways(
            line=line,
            span_m=(start, start + length),
            lanes_m=(parallel(line, -off), parallel(line, off).turned()),
            section=section,
            look=look,
            shoulder_m=shoulder,
            median_m=median,
            mirrored=self.drive_on == "left",
        )

    def _planted(self, way: _Ways, draws: Draws, library: Library, ramp: Path | None) -> list[Part]:
        parts: list[Part] = []
        edge = way.edge_m + _VERGE_M + BANK_M
        for side, sign in (("left", 1.0), ("right", -1.0)):
            # Clear of the exit, which leaves the carriageway to the right.
            near = 4.0 if ramp is None or sign > 0 else 60.0
            bounds = tuple(sorted((sign * (edge + near), sign * (edge + near + 35.0))))
            road = way.bounds(way.span_m)
            parts += scattered_trees(
                road.path, (bounds[0], bounds[1]), road.span_m, LAND_M, library, draws, f"trees_{side}", self.trees,
                clear_of_m=sign * (way.edge_m + _RAIL_OFF_M),
            )  # fmt: skip
            low, high = sorted(
                (sign * (edge + (1.0 if ramp is None or sign > 0 else 60.0)), sign * (edge + near + 9.0))
            )
            parts += bushes(road, (low, high), draws, library, f"bushes_{side}", self.bushes)
        return parts


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ways:
    """Two carriageways about a line.

    Attributes:
        line: in the middle between them.
        span_m: from where to where along it there is traffic.
        lanes_m: each carriageway's own line, travelled as its traffic does: right of the line, then left of it.
        section: of either, lanes only.
        look: materials.
        shoulder_m, median_m: widths.
        mirrored: whether traffic keeps left: either carriageway is travelled the other way then.
    """

    line: Path
    span_m: tuple[float, float]
    lanes_m: tuple[Path, Path]
    section: LaidSection
    look: RoadLook
    shoulder_m: float
    median_m: float
    mirrored: bool

    @property
    def half_m(self) -> float:
        """Half the width of the lanes of a carriageway."""
        return self.section.edges("drive")[1]

    @property
    def edge_m(self) -> float:
        """How far the outer edge of a hard shoulder is from the line."""
        return self.median_m / 2 + _INNER_M + 2 * self.half_m + self.shoulder_m

    def span_of(self, carriageway: int) -> tuple[float, float]:
        """Return the part with traffic along a carriageway's own line."""
        lane = self.lanes_m[carriageway]
        share = [s / self.line.length_m for s in self.span_m]
        if carriageway == 1:
            share = [1.0 - share[1], 1.0 - share[0]]
        return share[0] * lane.length_m, share[1] * lane.length_m

    def road(self, carriageway: int, span_m: tuple[float, float] | None = None) -> Road:
        """Return a carriageway as a road, its lanes alone."""
        return Road(
            name=("right", "left")[carriageway],
            path=self.lanes_m[carriageway],
            section=self.section,
            look=self.look,
            span_m=self.span_of(carriageway) if span_m is None else span_m,
        )

    def bounds(self, span_m: tuple[float, float]) -> Road:
        """Return the whole width as a road, with verges: what lies beside it goes by its edges."""
        low, high = -self.edge_m, self.edge_m
        strips = (
            LaidStrip(name="verge_0", use="verge", right_m=high, left_m=high + _VERGE_M, direction="both"),
            LaidStrip(name="drive_0", use="drive", right_m=low, left_m=high, direction="forward"),
            LaidStrip(name="verge_1", use="verge", right_m=low - _VERGE_M, left_m=low, direction="both"),
        )
        section = LaidSection(strips=strips, kerb_m=0.0)
        return Road(name="highway", path=self.line, section=section, look=self.look, span_m=span_m)


def parallel(line: Path, left_m: float) -> Path:
    """Return the line ``left_m`` to the left of another."""
    points = line.offset(left_m, 0.0, line.length_m)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return Path(points=points, headings=line.headings.copy(), along=along)


def _ground(way: _Ways) -> Layers:
    """Return all that lies on the ground: lanes, shoulders, median, verges and banks, and the markings."""
    asphalt, grass = way.look.plain, way.look.grass
    road: list[Piece] = []
    paint: list[Piece] = []
    for carriageway in (0, 1):
        whole = way.road(carriageway, (0.0, way.lanes_m[carriageway].length_m))
        half = way.half_m
        road += ground(whole)
        road.append(strip(whole.path, -half - way.shoulder_m, -half, whole.span_m, 0.0, asphalt, TILE_M["asphalt"]))
        road.append(strip(whole.path, half, half + _INNER_M, whole.span_m, 0.0, asphalt, TILE_M["asphalt"]))
        paint += markings(whole, dash_m=_DASH_M)
    across = way.bounds((0.0, way.line.length_m))
    middle = way.median_m / 2
    terrain = [strip(way.line, -middle, middle, across.span_m, 0.0, grass, TILE_M["grass"]), *banks(across)]
    return {"road": road, "lane_marking": paint, "terrain": terrain}


def _with(first: Layers, second: Layers) -> Layers:
    return {name: [*first.get(name, ()), *second.get(name, ())] for name in {**first, **second}}


def _ramp(way: _Ways, draws: Draws) -> Path:
    """Draw the line of the exit: beside the right carriageway's lanes at first, then away from them to the right."""
    rng = draws.rng("exit_line")
    first, last = way.span_of(0)
    start = first + float(rng.uniform(0.1, 0.35)) * (last - first)
    beside = parallel(way.lanes_m[0], -way.half_m - _EXIT_WIDTH_M / 2)
    stations = beside.stations(start, start + _EXIT_LANE_M)
    points = beside.offset(0.0, start, start + _EXIT_LANE_M)
    headings = np.interp(stations, beside.along, beside.headings)
    radius = float(rng.uniform(90.0, 160.0))
    draws.note("exit_radius_m", radius)
    away = path(
        (float(points[-1, 0]), float(points[-1, 1])),
        float(headings[-1]),
        (
            Bend(length_m=50.0, curvature_per_m=-1 / 320.0),
            Bend(length_m=70.0, curvature_per_m=-1 / radius),
            Bend(length_m=90.0),
        ),
    )
    joined = np.vstack([points, away.points[1:]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(joined, axis=0), axis=1))])
    return Path(points=joined, headings=np.concatenate([headings, away.headings[1:]]), along=along)


def _ramp_road(way: _Ways, ramp: Path) -> Road:
    strips = (Strip(use="drive", width_m=Constant(value=_EXIT_WIDTH_M), direction="forward"),)
    section = lay(Section(name="exit", strips=strips), [_EXIT_WIDTH_M], 0.0)
    return Road(name="exit", path=ramp, section=section, look=way.look, span_m=(0.0, ramp.length_m))


def _ramp_ground(way: _Ways, ramp: Path) -> Layers:
    """Return the exit's lane on a bank of its own, and its markings."""
    look, half, end = way.look, _EXIT_WIDTH_M / 2, ramp.length_m
    asphalt = (TILE_M["asphalt"], TILE_M["asphalt"])
    grass = (TILE_M["grass"], TILE_M["grass"])
    side, z = half + 1.0, _RAMP_Z_M
    # Its left bank begins where it has room beside the hard shoulder.
    line = way.lanes_m[0]
    shoulder = line.offset(-way.half_m - way.shoulder_m, 0.0, line.length_m)
    apart = np.array([np.linalg.norm(shoulder - point, axis=1).min() for point in ramp.points])
    apart[ramp.along < _EXIT_LANE_M + 25.0] = 0.0
    away = (float(ramp.along[np.argmax(apart > side + 1.8)]), end)
    road = [
        ribbon(ramp, ((-half, z), (half, z)), (0.0, end), look.plain, asphalt),
        ribbon(ramp, ((half, z), (side, z)), (_EXIT_LANE_M + 25.0, end), look.plain, asphalt),
        ribbon(ramp, ((-side, z), (-half, z)), (_EXIT_LANE_M, end), look.plain, asphalt),
    ]
    slopes = [
        ribbon(ramp, ((side, z), (side + 1.5, 0.0), (side + 1.5 + BANK_M, LAND_M - 0.02)), away, look.grass, grass),
        ribbon(
            ramp,
            ((-side - 1.5 - BANK_M, LAND_M - 0.02), (-side - 1.5, 0.0), (-side, z)),
            (_EXIT_LANE_M, end),
            look.grass,
            grass,
        ),
    ]
    paint = []
    for a in np.arange(0.0, _EXIT_LANE_M, sum(_EXIT_DASH_M)):
        paint.append(_line(ramp, look, half, (float(a), float(a) + _EXIT_DASH_M[0]), 0.3))
    paint.append(_line(ramp, look, half - 0.1, (_EXIT_LANE_M, end), 0.15))
    paint.append(_line(ramp, look, -half + 0.1, (0.0, end), 0.15))
    return {"road": road, "terrain": slopes, "lane_marking": paint}


def _line(ramp: Path, look: RoadLook, at_m: float, span_m: tuple[float, float], wide_m: float) -> Piece:
    return strip(ramp, at_m - wide_m / 2, at_m + wide_m / 2, span_m, _RAMP_Z_M + 0.0015, look.paint, 1.0)


def _rails(way: _Ways, draws: Draws, share: float, ramp: Path | None) -> list[Part]:
    """Return the median's rail all along, and rails along some stretches of the outer edges."""
    rng = draws.rng("rail")
    parts: list[Part] = []
    low, high = way.span_m
    count = round((high - low) / _RAIL_LENGTH_M)
    edges = np.linspace(low, high, count + 1)
    outer = way.edge_m + _RAIL_OFF_M
    for k in range(count):
        span = (float(edges[k]), float(edges[k + 1]))
        parts.append(_rail(way.line, 0.0, span, f"rail_median_{k}", double=True))
        for side, off in (("left", outer), ("right", -outer)):
            wanted = rng.random() < share
            if wanted and not (side == "right" and ramp is not None and _near(way.line, off, span, ramp)):
                parts.append(_rail(way.line, off, span, f"rail_{side}_{k}"))
    draws.note("rails_placed", len(parts))
    return parts


def _near(line: Path, off_m: float, span_m: tuple[float, float], ramp: Path) -> bool:
    """Return whether the exit comes near a stretch of the outer edge."""
    spots = line.offset(off_m, *span_m)
    return bool(np.linalg.norm(spots[:, None] - ramp.points[None], axis=2).min() < _EXIT_WIDTH_M / 2 + 4.0)


def _rail(line: Path, off_m: float, span_m: tuple[float, float], name: str, *, double: bool = False) -> Part:
    """Return a length of rail in a frame of its own, x along it, so that its box hugs it."""
    steps = max(2, round((span_m[1] - span_m[0]) / _POST_STEP_M) + 1)
    spots = np.array([line.at(float(a), off_m) for a in np.linspace(*span_m, steps)])
    if off_m < 0:
        spots = spots[::-1]
    (x, y), along = (spots[0] + spots[-1]) / 2, spots[-1] - spots[0]
    yaw = math.atan2(along[1], along[0])
    c, s = math.cos(yaw), math.sin(yaw)
    asset, (dx, dy) = guard_rail((spots - (x, y)) @ np.array([[c, -s], [s, c]]), double=double)
    return Part(name=name, asset=asset, world_from_object=at(x + c * dx - s * dy, y + s * dx + c * dy, 0.0, yaw))


def _gantries(way: _Ways, draws: Draws, count: int, ramp: Path | None) -> list[Part]:
    """Stand gantries over the carriageways, their signs facing the traffic."""
    rng = draws.rng("gantry")
    parts = []
    span = 2 * way.half_m + way.shoulder_m + _INNER_M + 1.6
    for k in range(count):
        carriageway = int(rng.integers(2))
        first, last = way.span_of(carriageway)
        along = first + float(rng.uniform(0.25, 0.9)) * (last - first)
        # Between its posts lie the shoulder and the lanes; an exit's lane takes the shoulder's place.
        asset = gantry(rng, span, int(rng.integers(1, 4)))
        lane = way.lanes_m[carriageway]
        x, y = lane.at(along, (_INNER_M - way.shoulder_m) / 2)
        if ramp is not None and carriageway == 0:
            post = np.array(lane.at(along, (_INNER_M - way.shoulder_m - span) / 2))
            if np.linalg.norm(ramp.points - post, axis=1).min() < _EXIT_WIDTH_M / 2 + 1.5:
                draws.note("gantry_left_out", carriageway, k)
                continue
        heading = lane.frame(along)[1] + (0.0 if way.mirrored else math.pi)
        parts.append(Part(name=f"gantry_{k}", asset=asset, world_from_object=at(x, y, 0.0, heading)))
    return parts


def _regions(way: _Ways, ramp: Path | None) -> tuple[Region, ...]:
    """Return the lanes of both carriageways and of the exit, and the hard shoulders."""
    found: list[Region] = []
    for carriageway in (0, 1):
        road = way.road(carriageway)
        if way.mirrored:
            flipped = tuple(
                LaidStrip(name=s.name, use=s.use, right_m=s.right_m, left_m=s.left_m, direction="backward")
                for s in road.section.strips
            )
            section = LaidSection(strips=flipped, kerb_m=0.0)
            road = Road(name=road.name, path=road.path, section=section, look=road.look, span_m=road.span_m)
        found += road_regions(road)
        found += _shoulder(road, way)
    if ramp is not None and not way.mirrored:
        found += road_regions(_ramp_road(way, ramp))
    return tuple(found)


def _shoulder(road: Road, way: _Ways) -> list[Region]:
    low, high = -way.half_m - way.shoulder_m + 0.1, -way.half_m - 0.2
    count = math.ceil((road.span_m[1] - road.span_m[0]) / 12.0)
    edges = np.linspace(*road.span_m, count + 1)
    return [
        Area(
            name=f"{road.name}/shoulder_{k}",
            use="shoulder",
            corners_m=tuple(road.path.at(*spot) for spot in ((a, low), (b, low), (b, high), (a, high))),
            z_m=0.0,
            heading_deg=math.degrees(road.path.frame((a + b) / 2)[1]),
        )
        for k, (a, b) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    ]
