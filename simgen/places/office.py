"""The place ``office``: a desk with screens, keyboard, lamp and papers, its chair, bookcases along the walls."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.families import cases, decor, screens, seating, study
from simgen.assets.families.lamps import draw_desk_lamp
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.geometry.pose import Pose, Vector3, at
from simgen.places.bookcases import on, stand_bookcases
from simgen.places.enclosure import Walls, check_enclosed, check_options, draw_walls
from simgen.places.furnish import Rectangle, furnish, hang, touches
from simgen.places.interior import at_wall, wall_length
from simgen.places.lamps import stand_lamp
from simgen.places.pieces import Part, instances
from simgen.scene.light import PointLight, SpotLight
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_FLOORS, _WALLS = ("carpet", "wood_planks", "tiles", "concrete"), ("paint", "plaster", "brick", "concrete")
_STANDING = ("sitting", "lying", "hanging", "wall_mounted")


@dataclass(frozen=True, kw_only=True)
class Office:
    """An office with one desk; its regions are ``desk_top`` (all of it; what stands there is in it) and ``floor``.

    Attributes:
        length_m, width_m, height_m: clear size of the room.
        floor: of ``carpet``, ``wood_planks``, ``tiles``, ``concrete``.
        walls: of ``paint``, ``plaster``, ``brick``, ``concrete``.
        windows: how many, 0 to 2.
        daylight_nit: mean luminance outside the windows.
        desk_length_m, desk_depth_m, desk_height_m: of the desk.
        monitors: how many, 0 to 2, as far as the desk has room; with 0 a laptop stands there.
        desk_lamp: whether there is one.
        lamp_lit: whether it is on.
        papers, books: whether some lie there.
        chair: whether one stands at the desk.
        bookcases: how many, each full of books; what finds no room is left out and counted, here and below.
        furniture: how many pieces to stand along the walls.
        furniture_categories: what they are, with weights.
        pictures: how many hang on the walls.
        clock: whether one hangs there.
    """

    length_m: AnyDistribution = Uniform(low=3.2, high=5.2)
    width_m: AnyDistribution = Uniform(low=3.0, high=4.6)
    height_m: AnyDistribution = Uniform(low=2.5, high=3.0)
    floor: AnyDistribution = Choice(options=_FLOORS, weights=(0.5, 0.3, 0.1, 0.1))
    walls: AnyDistribution = Choice(options=_WALLS, weights=(0.75, 0.15, 0.05, 0.05))
    windows: AnyDistribution = UniformInt(low=0, high=2)
    daylight_nit: AnyDistribution = LogUniform(low=500.0, high=4000.0)
    desk_length_m: AnyDistribution = Uniform(low=1.2, high=1.9)
    desk_depth_m: AnyDistribution = Uniform(low=0.68, high=0.85)
    desk_height_m: AnyDistribution = Uniform(low=0.70, high=0.76)
    monitors: AnyDistribution = UniformInt(low=0, high=2)
    desk_lamp: AnyDistribution = Choice(options=(True, False), weights=(0.6, 0.4))
    lamp_lit: AnyDistribution = Choice(options=(True, False), weights=(0.5, 0.5))
    papers: AnyDistribution = Choice(options=(True, False), weights=(0.6, 0.4))
    books: AnyDistribution = Choice(options=(True, False), weights=(0.6, 0.4))
    chair: AnyDistribution = Choice(options=(True, False), weights=(0.9, 0.1))
    bookcases: AnyDistribution = UniformInt(low=0, high=2)
    furniture: AnyDistribution = UniformInt(low=1, high=4)
    furniture_categories: dict[str, float] = field(
        default_factory=lambda: {"cabinet": 2.0, "potted_plant": 2.0, "waste_bin": 1.0, "chair": 1.0}
    )
    pictures: AnyDistribution = UniformInt(low=0, high=3)
    clock: AnyDistribution = Choice(options=(True, False), weights=(0.5, 0.5))
    kind: Literal["office"] = "office"

    def __post_init__(self) -> None:
        check_enclosed(
            self, floors=_FLOORS, walls=_WALLS, length_m=(2.6, 12.0), width_m=(2.6, 12.0), height_m=(2.3, 5.0)
        )
        check_support("desk_length_m", self.desk_length_m, 0.9, 2.4)
        check_support("desk_depth_m", self.desk_depth_m, 0.55, 1.2)
        check_support("desk_height_m", self.desk_height_m, 0.6, 1.2)
        for key, most in (("monitors", 2), ("bookcases", 6), ("furniture", 20), ("pictures", 6)):
            check_support(key, getattr(self, key), 0, most)
        for key in ("desk_lamp", "lamp_lit", "papers", "books", "chair", "clock"):
            check_options(key, getattr(self, key), (True, False))

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the office."""
        walls, look = draw_walls(draws, self)
        desk, top = _stand_desk(draws, self, walls)
        things, lights = _things_on_desk(draws, self, desk, top)
        standing = [desk, *things]
        taken = [_with_seat(desk)]
        if draws.value("chair", self.chair):
            standing.append(_chair(draws, desk))
        standing += stand_bookcases(draws, int(draws.value("bookcases", self.bookcases)), walls, taken)
        standing += furnish(draws, library, self.furniture, self.furniture_categories, walls, taken, _STANDING)
        wanted = int(draws.value("pictures", self.pictures))
        art = [decor.draw_picture(draws.rng("picture_art", k)) for k in range(wanted)]
        if draws.value("clock", self.clock):
            art.append(decor.draw_wall_clock(draws.rng("clock_model")))
        parts = [*walls.shell(look), *standing, *hang(draws, "picture", art, walls, standing)]
        return Scene(
            objects=instances(parts),
            lights=(*walls.daylight, *lights),
            regions=(walls.area, top),
        )


def _stand_desk(draws: Draws, place: Office, walls: Walls) -> tuple[Part, Area]:
    """Stand the desk before a wall that has no door, and return it with its top."""
    deep, wide, tall = (
        float(draws.value(key, getattr(place, key))) for key in ("desk_depth_m", "desk_length_m", "desk_height_m")
    )
    rng, size = draws.rng("desk_layout"), walls.size_m
    free = [w for w in range(4) if w != walls.door[0] and wall_length(w, size) > wide + 0.2]
    wall = free[int(rng.integers(len(free)))]
    reach = wall_length(wall, size) / 2 - wide / 2 - 0.06
    # The door is kept clear of a desk at the next wall.
    door = at_wall(walls.door[0], size, walls.door[1], 0.5)
    spots = sorted(
        (float(a) for a in rng.uniform(-reach, reach, 12)), key=lambda a: _nearness(wall, size, a, wide, door)
    )
    x, y, yaw = at_wall(wall, size, spots[0], 0.07 + deep / 2)
    asset = cases.draw_desk(draws.rng("desk"), (deep, wide, tall))
    part = Part(name="desk", asset=asset, world_from_object=at(x, y, 0.0, yaw))
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (deep / 2, wide / 2)
    xy = part.world_from_object.apply(np.column_stack([half, np.zeros(4)]))[:, :2]
    corners = tuple((float(a), float(b)) for a, b in xy)
    draws.note("desk_wall", wall)
    area = Area(name="desk_top", use="desk_top", corners_m=corners, z_m=tall, heading_deg=math.degrees(yaw))
    return part, area


def _nearness(wall: int, size: Vector3, along: float, wide: float, door: tuple[float, float, float]) -> int:
    """Return 1 for a place of the desk that is in the door's way, else 0."""
    x, y, _ = at_wall(wall, size, along, 0.8)
    return int(math.hypot(x - door[0], y - door[1]) < wide / 2 + 0.9)


def _things_on_desk(
    draws: Draws, place: Office, desk: Part, top: Area
) -> tuple[list[Part], tuple[PointLight | SpotLight, ...]]:
    """Return what belongs on the desk, each at its usual place, and the lamp's light."""
    deep, wide, _ = desk.asset.size_m
    rng = draws.rng("desk_things")
    frame = desk.world_from_object @ Pose(translation_m=(0.0, 0.0, top.z_m))
    parts, reach = _screens(draws, place, frame, (deep, wide))
    lights: tuple[PointLight | SpotLight, ...] = ()
    # Seen by who sits there, the lamp stands on one side behind, books and pens on the other.
    side = 1.0 if rng.random() < 0.5 else -1.0
    room = wide / 2 - reach
    lit = bool(draws.value("lamp_lit", place.lamp_lit))
    if draws.value("desk_lamp", place.desk_lamp) and room > 0.22:
        # Turned to the middle of the desk, or only to its front where it would be in a screen's way.
        for turn in (float(rng.uniform(0.3, 1.1)), 0.0, -0.5):
            pose = frame @ at(-deep / 2 + 0.14, side * (wide / 2 - 0.12), 0.0, -side * turn)
            lamp, shining = stand_lamp(draws, "desk_lamp", draw_desk_lamp, pose, lit=lit, lumen=300.0, shaded=False)
            if not any(touches(lamp, screen) for screen in parts):
                parts.append(lamp)
                lights = shining
                break
        draws.note("desk_lamp_placed", parts[-1].name == "desk_lamp")
    if room > 0.2:
        pot = study.draw_pen_pot(draws.rng("pen_pot"))
        parts.append(on(frame, "pen_pot", pot, (-deep / 2 + 0.1, -side * (wide / 2 - 0.1), 0.0)))
    if draws.value("books", place.books) and room > 0.34:
        height, at_y = 0.0, -side * (wide / 2 - 0.22)
        for k in range(int(rng.integers(1, 4))):
            lying = study.draw_book(draws.rng("desk_book", k))
            turn = float(rng.uniform(-0.25, 0.25))
            parts.append(on(frame, f"book_{k}", lying, (-deep / 2 + 0.36, at_y, height), turn))
            height += lying.size_m[2]
    if draws.value("papers", place.papers) and wide > 1.3:
        sheet = study.draw_paper(draws.rng("paper"))
        spot = (deep / 2 - 0.19, side * (wide / 2 - 0.2), 0.0)
        parts.append(on(frame, "paper", sheet, spot, float(rng.uniform(-0.3, 0.3))))
    return parts, lights


def _screens(draws: Draws, place: Office, frame: Pose, desk_m: tuple[float, float]) -> tuple[list[Part], float]:
    """Return monitors with keyboard and mouse, or a laptop, and how far they reach to the sides."""
    deep, wide = desk_m
    rng = draws.rng("screens_layout")
    wanted = int(draws.value("monitors", place.monitors))
    models = [screens.draw_monitor(draws.rng("monitor", k)) for k in range(wanted)]
    while sum(m.size_m[1] for m in models) > wide - 0.1:
        models.pop()
    draws.note("monitors_placed", len(models))
    if not models:
        laptop = screens.draw_laptop(draws.rng("laptop"))
        shift = float(rng.uniform(-0.15, 0.15))
        here = on(frame, "laptop", laptop, (deep / 2 - 0.26, shift, 0.0), float(rng.uniform(-0.1, 0.1)))
        return [here], abs(shift) + 0.22
    parts: list[Part] = []
    total = sum(m.size_m[1] for m in models) + 0.02 * (len(models) - 1)
    left = -total / 2
    for k, model in enumerate(models):
        y = left + model.size_m[1] / 2
        left += model.size_m[1] + 0.02
        # Two of them are turned towards the middle.
        turn = -0.16 * math.copysign(1.0, y) if len(models) == 2 else float(rng.uniform(-0.06, 0.06))
        inward = 0.04 if len(models) == 2 else 0.0
        parts.append(on(frame, f"monitor_{k}", model, (-deep / 2 + 0.14 + inward, y * 1.04, 0.0), turn))
    keys = study.draw_keyboard(draws.rng("keyboard"))
    shift = float(rng.uniform(-0.06, 0.06))
    parts.append(on(frame, "keyboard", keys, (deep / 2 - 0.17, shift, 0.0), float(rng.uniform(-0.06, 0.06))))
    mouse = study.draw_mouse(draws.rng("mouse"))
    spot = (deep / 2 - 0.17 + float(rng.uniform(-0.04, 0.03)), shift + keys.size_m[1] / 2 + 0.09, 0.0)
    parts.append(on(frame, "mouse", mouse, spot, float(rng.uniform(-0.3, 0.3))))
    return parts, max(total * 0.52, shift + keys.size_m[1] / 2 + 0.13)


def _chair(draws: Draws, desk: Part) -> Part:
    """Return the chair, pulled out from the desk and turned a little."""
    rng = draws.rng("chair_layout")
    out = desk.asset.size_m[0] / 2 + float(rng.uniform(0.4, 0.62))
    pose = desk.world_from_object @ at(
        out, float(rng.uniform(-0.15, 0.15)), 0.0, math.pi + float(rng.uniform(-0.7, 0.7))
    )
    return Part(name="chair", asset=seating.draw_office_chair(draws.rng("chair_model")), world_from_object=pose)


def _with_seat(desk: Part) -> Rectangle:
    """Return the floor that the desk and whoever sits at it take."""
    deep, wide, _ = desk.asset.size_m
    corners = np.array(
        [[-deep / 2 - 0.05, s * (wide / 2 + 0.05), 0.0] for s in (-1, 1)]
        + [[deep / 2 + 1.0, s * wide / 2, 0.0] for s in (-1, 1)]
    )
    xy = desk.world_from_object.apply(corners)[:, :2]
    low, high = xy.min(axis=0), xy.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
