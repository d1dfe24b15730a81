"""The place ``parking_lot``: a shop's car park, one aisle that winds between rows of bays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.geometry.pose import at
from simgen.places.backdrop import HORIZON_M, far_trees
from simgen.places.choose import choose, choose_several
from simgen.places.layers import Layers, layer_parts
from simgen.places.pieces import Part, Piece, box, instances, joined, polygon
from simgen.places.road import PAINT_Z_M
from simgen.places.roads.build import constant, lane, middle, mirrored, section
from simgen.places.roads.country import network_look, plants, road_points
from simgen.places.roads.ground import BANK_M, LAND_BELOW_M, network_layers
from simgen.places.roads.land import Terrain
from simgen.places.roads.line import Curve, Spiral, chain
from simgen.places.roads.network import Link, Mark, Network, NetworkRoad
from simgen.places.roads.regions import network_regions
from simgen.places.surfaces import RoadLook
from simgen.scene.material import Material, make_material, rgb
from simgen.scene.region import Area, Lane, Region
from simgen.scene.scene import Scene
from simgen.streams import Draws

_KERB_M = 0.12
_RIM_M = 1.0
_WALK_M = 1.2
_STUB_M = 60.0
_LINE_M = 0.1
_SHOP_WALK_M = 4.0
_LANE_M = 3.4
_ROW_END_M = 3.0


@dataclass(frozen=True, kw_only=True)
class ParkingLot:
    """A level car park about the origin: aisles along x with bays square to them, joined by half circles at their ends.

    Every bay is a lane of use ``park``, one vehicle long, and an area ``bay``; people walk along the aisles' edges and
    on the pavement before the shop, whose trolleys stand in areas ``trolley_bay``.

    Attributes:
        aisles: how many; traffic goes along one after the other.
        bays: how many stand side by side on each side of an aisle.
        bay_m: width of a bay.
        bay_length_m: its length.
        aisle_m: width of an aisle.
        drive_on: the side that traffic keeps to outside; ``left`` mirrors the place.
        trees: how many stand around.
        bushes: the same for bushes.
    """

    aisles: AnyDistribution = UniformInt(low=2, high=4)
    bays: AnyDistribution = UniformInt(low=12, high=22)
    bay_m: AnyDistribution = Uniform(low=2.5, high=2.7)
    bay_length_m: AnyDistribution = Constant(value=5.2)
    aisle_m: AnyDistribution = Uniform(low=6.2, high=7.0)
    drive_on: Literal["right", "left"] = "right"
    trees: AnyDistribution = UniformInt(low=15, high=40)
    bushes: AnyDistribution = UniformInt(low=10, high=30)
    kind: Literal["parking_lot"] = "parking_lot"

    def __post_init__(self) -> None:
        check_support("aisles", self.aisles, 1, 8)
        check_support("bays", self.bays, 4, 60)
        check_support("bay_m", self.bay_m, 2.2, 4.0)
        check_support("bay_length_m", self.bay_length_m, 4.5, 8.0)
        check_support("aisle_m", self.aisle_m, 6.0, 12.0)
        check_support("trees", self.trees, 0, 400)
        check_support("bushes", self.bushes, 0, 400)

    def network(self, draws: Draws) -> Network:
        """Draw the aisles as one road, ``lot``, with the roads in and out."""
        return self._plan(draws).network()

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the car park and return it with its bays, lanes and pavements."""
        plan = self._plan(draws)
        network = plan.network()
        look = network_look(draws)
        terrain = Terrain(network, draws)
        clear = np.vstack([road_points(network), plan.clear_points()])
        outside = Network(roads=tuple(_unlinked(r) for r in network.roads if r.id != "lot"))
        parts = layer_parts("lot", [network_layers(outside, look), _ground(plan, look)])
        parts += [_shop(plan, draws), *_islands(plan, look, library, draws), terrain.part(look.grass)]
        parts += plants(outside, terrain, clear, "tree", self.trees, (6.0, 60.0), draws, library)
        parts += plants(outside, terrain, clear, "bush", self.bushes, (4.0, 40.0), draws, library)
        parts.append(far_trees(draws, "far_trees", (110.0, 280.0), 240, 0.0, clear[:, :2], 60.0, 4, terrain.height))
        return Scene(
            objects=instances(parts), regions=(*network_regions(network, ("in_far", "out_far")), *_regions(plan))
        )

    def _plan(self, draws: Draws) -> _Plan:
        return _Plan(
            aisles=int(draws.value("aisles", self.aisles)), bays=int(draws.value("bays", self.bays)),
            bay_m=float(draws.value("bay_m", self.bay_m)),
            bay_length_m=float(draws.value("bay_length_m", self.bay_length_m)),
            aisle_m=float(draws.value("aisle_m", self.aisle_m)), left=self.drive_on == "left",
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The car park's numbers, once drawn. Aisles run along x; the shop lies beyond the largest y."""

    aisles: int
    bays: int
    bay_m: float
    bay_length_m: float
    aisle_m: float
    left: bool

    @property
    def pitch_m(self) -> float:
        """From one aisle's middle to the next."""
        return self.aisle_m + 2 * self.bay_length_m

    @property
    def half_row_m(self) -> float:
        """Half the length of a row of bays."""
        return self.bays * self.bay_m / 2

    @property
    def half_m(self) -> tuple[float, float]:
        """Half the asphalt's length and width."""
        turn = self.pitch_m / 2 + self.aisle_m / 2
        return self.half_row_m + _ROW_END_M + turn + 1.0, self.aisles * self.pitch_m / 2

    @property
    def middles_m(self) -> list[float]:
        """The aisles' y, in the order in which traffic goes along them."""
        return [(k - (self.aisles - 1) / 2) * self.pitch_m for k in range(self.aisles)]

    @property
    def gates(self) -> tuple[tuple[int, float], tuple[int, float]]:
        """Where the road in and the road out cross the edge: the sign of x, and y."""
        return (-1, self.middles_m[0]), (1 if self.aisles % 2 else -1, self.middles_m[-1])

    def network(self) -> Network:
        """Return the road in, the aisles as one road and the road out."""
        straight, bend = 2 * (self.half_row_m + _ROW_END_M), 2 / self.pitch_m
        half_x = self.half_m[0] + _RIM_M
        lead = half_x - straight / 2
        curves: list[Curve] = [Spiral(length_m=lead)]
        for k in range(self.aisles):
            curves.append(Spiral(length_m=straight))
            if k + 1 < self.aisles:
                turn = bend if k % 2 == 0 else -bend
                curves.append(Spiral(length_m=math.pi / bend, start_per_m=turn, end_per_m=turn))
        curves.append(Spiral(length_m=lead))
        # The line is the left edge of its one lane, which lies in the aisle's middle.
        line = chain((-half_x, self.middles_m[0]), 0.0, tuple(curves))
        lot = NetworkRoad(
            id="lot", name="lot", line=line, speed_kmh=10.0, offset=constant(_LANE_M / 2),
            sections=(section([middle(), lane(-1, "driving", _LANE_M, links=(-1, -1))]),),
            predecessor=_road("in", "end"), successor=_road("out", "start"),
        )  # fmt: skip
        end = line.at(np.array([line.length_m]))
        heading = float(end.heading[0])
        x, y = float(end.x[0]), float(end.y[0])
        verge = [lane(1, "border", 1.5), lane(-2, "border", 1.5)]
        lanes = [middle(Mark()), lane(-1, "driving", _LANE_M, Mark(), links=(-1, -1)), *verge]
        stubs = (
            ("in_far", (-half_x - HORIZON_M, self.middles_m[0]), 0.0, HORIZON_M - _STUB_M, None, "in"),
            ("in", (-half_x - _STUB_M, self.middles_m[0]), 0.0, _STUB_M, "in_far", "lot"),
            ("out", (x, y), heading, _STUB_M, "lot", "out_far"),
            ("out_far", (x + _STUB_M * math.cos(heading), y + _STUB_M * math.sin(heading)), heading,
             HORIZON_M - _STUB_M, "out", None),
        )  # fmt: skip
        roads = [
            NetworkRoad(
                id=name, name=name, line=chain(start, turn, (Spiral(length_m=length),)), offset=constant(_LANE_M / 2),
                sections=(section(lanes),), predecessor=None if before is None else _road(before, "end"),
                successor=None if after is None else _road(after, "start"),
            )
            for name, start, turn, length, before, after in stubs
        ]  # fmt: skip
        network = Network(roads=(lot, *roads), name="parking lot")
        return mirrored(network) if self.left else network

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the plan in the world, which is mirrored for traffic on the left."""
        return (x, -y) if self.left else (x, y)

    def quad(self, x0: float, y0: float, x1: float, y1: float) -> tuple[tuple[float, float], ...]:
        """Return a rectangle's corners in the world, counter-clockwise."""
        corners = [self.at(*p) for p in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        return tuple(corners[::-1] if self.left else corners)

    def clear_points(self) -> np.ndarray:
        """Return (N, 3) points that cover asphalt and shop: x, y and how far around them nothing grows."""
        half_x, half_y = self.half_m
        x, y = np.meshgrid(np.arange(-half_x, half_x + 6.0, 6.0), np.arange(-half_y, half_y + 36.0, 6.0))
        points = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, 4.0)])
        points[:, 1] *= -1.0 if self.left else 1.0
        return points


def _road(number: str, contact: Literal["start", "end"]) -> Link:
    return Link(kind="road", id=number, contact=contact)


def _unlinked(road: NetworkRoad) -> NetworkRoad:
    return NetworkRoad(id=road.id, line=road.line, sections=road.sections, offset=road.offset, rule=road.rule)


def _ground(plan: _Plan, look: RoadLook) -> Layers:
    """Return the asphalt, the raised rim around it with the bank outside, the pavement before the shop, the lines."""
    half_x, half_y = plan.half_m
    layers: Layers = {"road": [], "kerb": [], "terrain": [], "sidewalk": [], "lane_marking": []}
    layers["road"].append(_plate(plan, (-half_x, -half_y, half_x, half_y), 0.0, look, "asphalt"))
    rim = _RIM_M
    edges = [
        ((-half_x - rim, -half_y - rim), (half_x + rim, -half_y)),
        ((-half_x - rim, half_y), (half_x + rim, half_y + rim)),
    ]
    for side in (-1, 1):
        gaps = sorted((y - _LANE_M / 2, y + _LANE_M / 2) for sign, y in plan.gates if sign == side)
        ends = [-half_y, *(v for gap in gaps for v in gap), half_y]
        x0, x1 = sorted((side * half_x, side * (half_x + rim)))
        edges += [((x0, a), (x1, b)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
        for a, b in gaps:
            layers["road"].append(_plate(plan, (x0, a, x1, b), -0.002, look, "asphalt"))
    grey = (TILE_M["kerb_stone"], look.kerb)
    for (x0, y0), (x1, y1) in edges:
        centre = plan.at((x0 + x1) / 2, (y0 + y1) / 2)
        layers["kerb"].append(box((*centre, -0.5), (x1 - x0, y1 - y0, 0.5 + _KERB_M), 0.0, grey[1], grey[0]))
    layers["terrain"] += _banks(plan, look)
    walk = (-half_x * 0.8, half_y + 0.15, half_x * 0.8, half_y + _SHOP_WALK_M)
    layers["sidewalk"].append(_plate(plan, walk, _KERB_M + 0.004, look, "paving"))
    layers["lane_marking"] += _lines(plan, look)
    return layers


def _plate(plan: _Plan, corners: tuple[float, float, float, float], z_m: float, look: RoadLook, kind: str) -> Piece:
    material = look.plain if kind == "asphalt" else look.walk
    return polygon(np.array(plan.quad(*corners)), z_m, material, TILE_M[kind])


def _banks(plan: _Plan, look: RoadLook) -> list[Piece]:
    """Return the slopes from the rim down to the land."""
    half_x, half_y = (h + _RIM_M for h in plan.half_m)
    inner = np.array(plan.quad(-half_x, -half_y, half_x, half_y))
    outer = np.array(plan.quad(-half_x - BANK_M, -half_y - BANK_M, half_x + BANK_M, half_y + BANK_M))
    pieces = []
    for k in range(4):
        n = (k + 1) % 4
        vertices = np.array([[*outer[k], -LAND_BELOW_M - 0.05], [*outer[n], -LAND_BELOW_M - 0.05],
                             [*inner[n], _KERB_M - 0.02], [*inner[k], _KERB_M - 0.02]])  # fmt: skip
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        # Where a road leads through the rim, it lies on a low dam of its own.
        if any((sign < 0 and k == 3) or (sign > 0 and k == 1) for sign, _ in plan.gates):
            vertices[2:, 2] = -0.03
        pieces.append(Piece(vertices=vertices, faces=faces, uv=vertices[:, :2] / TILE_M["grass"], material=look.grass))
    return pieces


def _rows(plan: _Plan) -> list[tuple[float, int]]:
    """Return each row of bays: the y of its open end, and which way it runs from there."""
    return [(y + side * plan.aisle_m / 2, side) for y in plan.middles_m for side in (-1, 1)]


def _lines(plan: _Plan, look: RoadLook) -> list[Piece]:
    """Return the lines between bays, and an arrow in every aisle's direction."""
    pieces = []
    for y, side in _rows(plan):
        for k in range(plan.bays + 1):
            x = -plan.half_row_m + k * plan.bay_m
            y0, y1 = sorted((y, y + side * plan.bay_length_m))
            corners = plan.quad(x - _LINE_M / 2, y0, x + _LINE_M / 2, y1)
            pieces.append(polygon(np.array(corners), PAINT_Z_M, look.paint, 1.0))
    for n, y in enumerate(plan.middles_m):
        ahead = 1.0 if n % 2 == 0 else -1.0
        for x in np.arange(-plan.half_row_m + 4.0, plan.half_row_m - 4.0, 16.0).tolist():
            low, high = sorted((x, x + ahead * 1.6))
            shaft = plan.quad(low, y - 0.08, high, y + 0.08)
            pieces.append(polygon(np.array(shaft), PAINT_Z_M, look.paint, 1.0))
            tip = x + ahead * 2.6
            head = [
                plan.at(tip, y),
                plan.at(x + ahead * 1.6, y + ahead * 0.35),
                plan.at(x + ahead * 1.6, y - ahead * 0.35),
            ]
            pieces.append(polygon(np.array(head[::-1] if plan.left else head), PAINT_Z_M, look.paint, 1.0))
    return pieces


def _shop(plan: _Plan, draws: Draws) -> Part:
    """Return the shop: a low hall with a band of glass, an entrance under a canopy, and a coloured board."""
    rng = draws.rng("shop")
    wide = float(rng.uniform(0.9, 1.3)) * plan.half_m[0]
    high, deep = float(rng.uniform(5.0, 6.5)), float(rng.uniform(18.0, 24.0))
    hue = str(rng.choice(["#8a2b2b", "#2b5a8a", "#2f6b3c", "#b07a1e", "#5b3a78"]))
    draws.note("shop_m", f"{wide:.1f} x {deep:.1f} x {high:.1f}")
    wall = make_material("shop_wall", "plaster", rgb("#cfcac0"))
    frame = make_material("shop_frame", "metal", rgb("#44484c"), roughness=0.5, metallic=0.6)
    glass = make_material("shop_glass", "plastic", rgb("#27323a"), roughness=0.06)
    board = make_material("shop_board", "plastic", rgb(hue), roughness=0.4)
    front = plan.half_m[1] + _SHOP_WALK_M
    sign = -1.0 if plan.left else 1.0

    def block(x: float, y: float, z: float, size: tuple[float, float, float], material: Material) -> Piece:
        return box((x, sign * y, z), size, 0.0, material, 2.0)

    pieces = [block(0.0, front + deep / 2, 0.0, (wide, deep, high), wall)]
    bays = max(3, int(wide * 0.7 / 3.0))
    for k in range(bays):
        x = (k - (bays - 1) / 2) * 3.0
        pieces.append(block(x, front - 0.02, 0.5, (2.8, 0.06, 2.4), glass))
        pieces.append(block(x + 1.5, front - 0.04, 0.3, (0.1, 0.1, 2.8), frame))
    pieces.append(block(0.0, front - 1.2, 3.1, (9.0, 2.4, 0.25), frame))
    pieces += [block(x, front - 2.2, _KERB_M, (0.15, 0.15, 3.0), frame) for x in (-4.2, 4.2)]
    pieces.append(block(0.0, front - 0.15, 3.5, (wide * 0.5, 0.2, 1.0), board))
    pieces.append(block(0.0, front + deep / 2, high, (wide + 0.3, deep + 0.3, 0.25), frame))
    return Part(name="shop", asset=joined("place/shop", "building", pieces))


def _islands(plan: _Plan, look: RoadLook, library: Library, draws: Draws) -> list[Part]:
    """Return the round islands within the half circles, each with a lamp or a tree."""
    rng = draws.rng("islands")
    lamps = [choose(library, "street_lamp", rng)] if library.names("street_lamp") else []
    trees = list(choose_several(library, "tree", rng, 2))
    radius = min(1.9, plan.pitch_m / 2 - plan.aisle_m / 2 - 0.5)
    angle = np.linspace(0.0, 2 * math.pi, 25)[:-1]
    parts: list[Part] = []
    for k, (a, b) in enumerate(pairwise(plan.middles_m)):
        side = 1.0 if k % 2 == 0 else -1.0
        for end in (1.0, -1.0):
            x, y = plan.at(end * (plan.half_row_m + 2.1), (a + b) / 2)
            ring = np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])
            top = polygon(ring, _KERB_M, look.grass, TILE_M["grass"], hub=(x, y))
            low = np.column_stack([ring, np.full(24, -0.02)])
            high = np.column_stack([ring, np.full(24, _KERB_M)])
            n = np.arange(24)
            m = (n + 1) % 24
            faces = np.concatenate([np.stack([n, m, m + 24], 1), np.stack([n, m + 24, n + 24], 1)])
            uv = np.column_stack([np.tile(angle * radius, 2), np.repeat([0.0, _KERB_M], 24)])
            kerb = Piece(vertices=np.vstack([low, high]), faces=faces, uv=uv, material=look.kerb)
            name = f"island_{k}_{'e' if end > 0 else 'w'}"
            parts.append(Part(name=name, asset=joined(f"place/{name}", "kerb", [top, kerb])))
            model = lamps[0] if lamps and end == side else trees[int(rng.integers(len(trees)))]
            pose = at(x, y, _KERB_M, 0.0 if end < 0 else math.pi)
            scale = 1.0 if model in lamps else 0.7
            parts.append(Part(name=f"{name}_on", asset=library.load(model), world_from_object=pose, scale=scale))
    return parts


def _regions(plan: _Plan) -> list[Region]:
    """Return the bays, where people walk, and where trolleys stand."""
    regions: list[Region] = []
    for r, (y, side) in enumerate(_rows(plan)):
        for k in range(plan.bays):
            x = -plan.half_row_m + (k + 0.5) * plan.bay_m
            ends = [plan.at(x, y), plan.at(x, y + side * plan.bay_length_m)]
            line = tuple((px, py, 0.0) for px, py in ends)
            regions.append(Lane(name=f"bay/{r}_{k}", use="park", centre_m=line, width_m=plan.bay_m - _LINE_M))
            y0, y1 = sorted((y, y + side * plan.bay_length_m))
            corners = plan.quad(x - plan.bay_m / 2, y0, x + plan.bay_m / 2, y1)
            heading = math.degrees(math.atan2(ends[1][1] - ends[0][1], 0.0))
            regions.append(Area(name=f"bay_area/{r}_{k}", use="bay", corners_m=corners, z_m=0.0, heading_deg=heading))
    for n, y in enumerate(plan.middles_m):
        for side in (-1, 1):
            middle_y = y + side * (plan.aisle_m - _WALK_M) / 2
            regions += _walk(plan, f"aisle_{n}_{'l' if side > 0 else 'r'}", middle_y, _WALK_M, plan.half_row_m, 0.0)
    shop_y = plan.half_m[1] + (_SHOP_WALK_M - 1.5) / 2
    regions += _walk(plan, "shop", shop_y, 2.2, plan.half_m[0] * 0.78, _KERB_M + 0.004)
    for k, x in enumerate((-plan.half_m[0] * 0.6, plan.half_m[0] * 0.6)):
        y1 = plan.half_m[1] + _SHOP_WALK_M
        corners = plan.quad(x - 4.0, y1 - 1.4, x + 4.0, y1 - 0.1)
        area = Area(name=f"trolleys/{k}", use="trolley_bay", corners_m=corners, z_m=_KERB_M + 0.004)
        regions.append(area)
    return regions


def _walk(plan: _Plan, name: str, y: float, width_m: float, half_m: float, z_m: float) -> list[Region]:
    line = tuple((*plan.at(x, y), z_m) for x in (-half_m, half_m))
    found: list[Region] = [Lane(name=f"walk/{name}", use="walk", centre_m=line, width_m=width_m, both_ways=True)]
    corners = plan.quad(-half_m, y - width_m / 2, half_m, y + width_m / 2)
    return [*found, Area(name=f"walk_area/{name}", use="pavement", corners_m=corners, z_m=z_m)]
