"""The place ``kitchen``: a fitted kitchen along one wall of a room."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from simgen.assets.families import kitchen as units
from simgen.assets.library import Library
from simgen.assets.textures import TILE_M
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.geometry.pose import Vector3, at
from simgen.places.enclosure import ALL_WALLS, check_enclosed, check_options, draw_walls
from simgen.places.furnish import furnish, hang_pictures, rectangle
from simgen.places.interior import at_wall, indoor_material, wall_length
from simgen.places.pieces import Part, box, instances, joined
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_FRONTS = ("white", "grey", "blue", "green", "dark", "wood")
_TOPS = ("wood", "stone", "white", "dark", "steel")
_COLORS = {
    "white": "#e4e2dc",
    "grey": "#9a9d9e",
    "blue": "#3f5a74",
    "green": "#5f7160",
    "dark": "#2b2c2f",
}
_FLOORS, _WALLS = ("tiles", "wood_planks", "concrete"), ("paint", "plaster")
_MODULES_M = (0.6, 0.4, 0.8, 0.5)
_WALL_UNIT_AT_M, _CLEAR_M = 1.42, 0.03


@dataclass(frozen=True, kw_only=True)
class Kitchen:
    """A kitchen; its regions are ``worktop`` (its free stretches), ``hob`` and ``floor`` (the room).

    Attributes:
        length_m, width_m, height_m: clear size of the room.
        floor: of ``tiles``, ``wood_planks``, ``concrete``.
        walls: of ``paint``, ``plaster``.
        windows: how many, 0 to 2; none in the wall of the kitchen.
        daylight_nit: mean luminance outside the windows.
        run_m: length of the worktop; cut to what the wall has room for.
        fronts: of ``white``, ``grey``, ``blue``, ``green``, ``dark``, ``wood``.
        worktop: of ``wood``, ``stone``, ``white``, ``dark``, ``steel``.
        handles: ``bar``, ``knob`` or ``none``.
        framed: whether fronts are panelled.
        wall_units: whether units hang on the wall.
        refrigerator: whether one stands at the end of the run; left out where the wall has no room for it.
        furniture: how many pieces to stand along the other walls.
        furniture_categories: what they are, with weights.
        pictures: how many hang on the walls.
    """

    length_m: AnyDistribution = Uniform(low=3.4, high=4.8)
    width_m: AnyDistribution = Uniform(low=3.2, high=4.8)
    height_m: AnyDistribution = Uniform(low=2.4, high=2.8)
    floor: AnyDistribution = Choice(options=_FLOORS, weights=(0.5, 0.4, 0.1))
    walls: AnyDistribution = Choice(options=_WALLS, weights=(0.85, 0.15))
    windows: AnyDistribution = UniformInt(low=0, high=2)
    daylight_nit: AnyDistribution = LogUniform(low=500.0, high=4000.0)
    run_m: AnyDistribution = Uniform(low=2.4, high=3.8)
    fronts: AnyDistribution = Choice(options=_FRONTS, weights=(0.3, 0.15, 0.12, 0.12, 0.11, 0.2))
    worktop: AnyDistribution = Choice(options=_TOPS, weights=(0.35, 0.25, 0.15, 0.15, 0.1))
    handles: AnyDistribution = Choice(options=("bar", "knob", "none"), weights=(0.6, 0.25, 0.15))
    framed: AnyDistribution = Choice(options=(True, False), weights=(0.35, 0.65))
    wall_units: AnyDistribution = Choice(options=(True, False), weights=(0.8, 0.2))
    refrigerator: AnyDistribution = Choice(options=(True, False), weights=(0.7, 0.3))
    furniture: AnyDistribution = UniformInt(low=1, high=4)
    furniture_categories: dict[str, float] = field(
        default_factory=lambda: {"chair": 3.0, "shelf": 1.0, "cabinet": 1.0, "potted_plant": 2.0, "waste_bin": 1.0}
    )
    pictures: AnyDistribution = UniformInt(low=0, high=2)
    kind: Literal["kitchen"] = "kitchen"

    def __post_init__(self) -> None:
        check_enclosed(
            self, floors=_FLOORS, walls=_WALLS, length_m=(2.6, 12.0), width_m=(3.0, 12.0), height_m=(2.3, 5.0)
        )
        check_support("run_m", self.run_m, 2.0, 8.0)
        check_support("furniture", self.furniture, 0, 20)
        check_support("pictures", self.pictures, 0, 6)
        check_options("fronts", self.fronts, _FRONTS)
        check_options("worktop", self.worktop, _TOPS)
        check_options("handles", self.handles, ("bar", "knob", "none"))
        for key in ("framed", "wall_units", "refrigerator"):
            check_options(key, getattr(self, key), (True, False))

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the kitchen with nothing on its worktop."""
        walls, look = draw_walls(draws, self, among=tuple(wall for wall in ALL_WALLS if wall != _WALL))
        size, parts = walls.size_m, walls.shell(look)
        run = _draw_run(draws, self, size)
        fitted = _fit(draws, run, size)
        length = run.span_m[1] - run.span_m[0]
        x, y, _ = at_wall(_WALL, size, sum(run.span_m) / 2, 0.5)
        # Room to stand and work before the run.
        taken = [rectangle(x - 0.35, y, 1.7, length + 0.1)]
        fitted += furnish(draws, library, self.furniture, self.furniture_categories, walls, taken)
        parts += [*fitted, *hang_pictures(draws, library, self.pictures, walls, fitted)]
        return Scene(
            objects=instances(parts),
            lights=walls.daylight,
            regions=(walls.area, *_areas(run, size)),
        )


_WALL = 0
"""The wall at +x, which the kitchen stands along."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """What stands where along the wall: positions are from its middle, to the right as seen from inside.

    Attributes:
        look: materials.
        modules: kind, middle and width of each base unit, left to right.
        span_m: from the first to the last thing on the floor.
        wall_units: middle and width of each unit on the wall.
        refrigerator_m: its middle, or None.
    """

    look: units.KitchenLook
    modules: tuple[tuple[units.Unit, float, float], ...]
    span_m: tuple[float, float]
    wall_units: tuple[tuple[float, float], ...]
    refrigerator_m: float | None

    @property
    def top_m(self) -> tuple[float, float]:
        """From where to where the worktop reaches."""
        (_, first, wide), (_, last, wide_last) = self.modules[0], self.modules[-1]
        return first - wide / 2, last + wide_last / 2

    def middle_of(self, kind: units.Unit) -> float:
        """Return where the middle of the first unit of a kind is."""
        return next(middle for of, middle, _ in self.modules if of == kind)


def _draw_run(draws: Draws, place: Kitchen, size: Vector3) -> _Run:
    rng = draws.rng("run")
    room = wall_length(_WALL, size) - 2 * _CLEAR_M
    fridge = bool(draws.value("refrigerator", place.refrigerator))
    wanted = min(float(draws.value("run_m", place.run_m)), room)
    fridge = fridge and room - 1.8 >= _FRIDGE_M
    wanted = min(wanted, room - (_FRIDGE_M if fridge else 0.0))
    kinds: list[tuple[units.Unit, float]] = [("sink", 0.6), ("oven", 0.6)]
    while (left := wanted - sum(width for _, width in kinds)) >= min(_MODULES_M):
        fitting = [m for m in _MODULES_M if m <= left + 1e-9]
        kinds.append(("drawers" if rng.random() < 0.45 else "doors", fitting[int(rng.integers(len(fitting)))]))
    order = [kinds[k] for k in rng.permutation(len(kinds))]
    length = sum(width for _, width in order)
    whole = length + (_FRIDGE_M if fridge else 0.0)
    start = float(rng.uniform(-(room - whole) / 2, (room - whole) / 2)) - whole / 2
    left_side = fridge and rng.random() < 0.5
    first = start + (_FRIDGE_M if left_side else 0.0)
    ends = first + np.cumsum([0.0, *(width for _, width in order)])
    modules = tuple((kind, float(ends[k] + width / 2), width) for k, (kind, width) in enumerate(order))
    at_fridge = None if not fridge else start + (_FRIDGE_M / 2 if left_side else length + _FRIDGE_M / 2)
    hung: list[tuple[float, float]] = []
    if draws.value("wall_units", place.wall_units):
        hood = next(middle for kind, middle, _ in modules if kind == "oven")
        for low, high in ((first, hood - 0.31), (hood + 0.31, float(ends[-1]))):
            count = round((high - low) / 0.55)
            hung += [(low + (k + 0.5) * (high - low) / count, (high - low) / count) for k in range(count)]
    draws.note("run", " ".join(f"{kind}:{width:g}" for kind, width in order))
    draws.note("refrigerator_placed", fridge)
    return _Run(
        look=_draw_look(draws, place),
        modules=modules,
        span_m=(start, start + whole),
        wall_units=tuple(hung),
        refrigerator_m=at_fridge,
    )


_FRIDGE_M = 0.66


def _draw_look(draws: Draws, place: Kitchen) -> units.KitchenLook:
    fronts, kind = str(draws.value("fronts", place.fronts)), str(draws.value("worktop", place.worktop))
    if fronts == "wood":
        front, tile = replace(indoor_material(draws, "front_wood", "table_wood"), name="front"), TILE_M["table_wood"]
    else:
        roughness = float(draws.rng("front_gloss").choice([0.12, 0.3, 0.5]))
        front, tile = make_material("front", "painted_metal", rgb(_COLORS[fronts]), roughness=roughness), 1.0
    top, top_tile = _top(draws, kind)
    metal = make_material("metal", "metal", (0.62, 0.62, 0.63), roughness=0.3)
    if draws.rng("handle_color").random() < 0.3:
        metal = make_material("metal", "painted_metal", (0.02, 0.02, 0.022), roughness=0.4)
    return units.KitchenLook(
        front=front,
        front_tile_m=tile,
        top=top,
        top_tile_m=top_tile,
        handle=draws.value("handles", place.handles),
        framed=bool(draws.value("framed", place.framed)),
        metal=metal,
    )


def _top(draws: Draws, kind: str) -> tuple[Material, float]:
    """Return a worktop's material and its texture's tile."""
    if kind == "wood":
        return replace(indoor_material(draws, "top_wood", "table_wood"), name="top"), TILE_M["table_wood"]
    if kind == "steel":
        return replace(indoor_material(draws, "top_steel", "brushed_metal"), name="top"), TILE_M["brushed_metal"]
    if kind == "stone":
        stone = indoor_material(draws, "top_stone", "concrete")
        shade = float(draws.rng("top_shade").uniform(0.25, 1.2))
        r, g, b = (min(c * shade, 0.9) for c in stone.base_color)
        return replace(stone, name="top", base_color=(r, g, b), roughness=0.15), 0.8
    return make_material("top", "plastic", rgb("#dfddd7" if kind == "white" else "#2a2a2c"), roughness=0.3), 1.0


def _fit(draws: Draws, run: _Run, size: Vector3) -> list[Part]:
    """Return all that the run is made of, where it stands and hangs."""
    look, rng = run.look, draws.rng("fittings")

    def stand(name: str, asset: Asset, along: float, z: float, out: float | None = None) -> Part:
        x, y, yaw = at_wall(_WALL, size, along, asset.size_m[0] / 2 if out is None else out)
        return Part(name=name, asset=asset, world_from_object=at(x, y, z, yaw))

    parts = [
        stand(f"unit_{k}", units.base_unit(look, kind, width), middle, 0.0)
        for k, (kind, middle, width) in enumerate(run.modules)
    ]
    low, high = run.top_m
    middle, sink = (low + high) / 2, run.middle_of("sink")
    hole = sink - middle - units.SINK_M[1] / 2, sink - middle + units.SINK_M[1] / 2
    parts.append(stand("worktop", units.worktop(look, high - low, hole), middle, units.TOP_M - units.TOP_THICK_M))
    tub, out = units.sink_with_tap(look)
    parts.append(stand("sink", tub, sink, units.TOP_M - units.SINK_M[2], units.TOP_DEPTH_M / 2 + out))
    cooking = run.middle_of("oven")
    parts.append(stand("hob", units.hob(look, rng), cooking, units.TOP_M, units.TOP_DEPTH_M / 2))
    hood_at = units.TOP_M + 0.66
    parts.append(stand("hood", units.hood(look, size[2] - hood_at - 0.02), cooking, hood_at))
    tall = min(0.72, size[2] - _WALL_UNIT_AT_M - 0.1)
    for k, (along, width) in enumerate(run.wall_units):
        parts.append(stand(f"wall_unit_{k}", units.wall_unit(look, width, tall), along, _WALL_UNIT_AT_M))
    if run.refrigerator_m is not None:
        parts.append(stand("refrigerator", units.refrigerator(look, rng), run.refrigerator_m, 0.0))
    x, y, yaw = at_wall(_WALL, size, middle, 0.004)
    tiles = indoor_material(draws, "splashback", "tiles")
    back = box((x, y, units.TOP_M), (0.008, high - low, _WALL_UNIT_AT_M - units.TOP_M), yaw, tiles, TILE_M["tiles"])
    parts.append(Part(name="splashback", asset=joined("kitchen/splashback", "wall", [back])))
    return parts


def _areas(run: _Run, size: Vector3) -> list[Area]:
    """Return the free stretches of the worktop, and the hob."""
    low, high = run.top_m
    kept = sorted([(run.middle_of("sink"), units.SINK_M[1] / 2 + 0.03), (run.middle_of("oven"), 0.3)])
    edges = [low, *(edge for middle, half in kept for edge in (middle - half, middle + half)), high]
    areas = [
        _area(size, f"worktop_{k}", "worktop", (edges[2 * k], edges[2 * k + 1]), (0.06, 0.60), units.TOP_M)
        for k in range(3)
        if edges[2 * k + 1] - edges[2 * k] >= 0.25
    ]
    cooking = run.middle_of("oven")
    return [*areas, _area(size, "hob", "hob", (cooking - 0.26, cooking + 0.26), (0.08, 0.50), units.TOP_M + 0.0065)]


def _area(
    size: Vector3, name: str, use: str, along_m: tuple[float, float], out_m: tuple[float, float], z_m: float
) -> Area:
    corners = [at_wall(_WALL, size, a, o)[:2] for a, o in itertools.product(along_m, out_m)]
    middle = np.mean(corners, axis=0)
    ordered = sorted(corners, key=lambda c: math.atan2(c[1] - middle[1], c[0] - middle[0]))
    yaw = at_wall(_WALL, size, 0.0, 0.0)[2]
    return Area(name=name, use=use, corners_m=tuple(ordered), z_m=z_m, heading_deg=math.degrees(yaw))
