"""The place ``living_room``: a sofa and armchairs about a low table on a rug, a television, lamps, curtains."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.families import cases, decor, seating
from simgen.assets.families.lamps import draw_floor_lamp
from simgen.assets.families.screens import draw_television
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, Vector3, at
from simgen.places.bookcases import stand_bookcases
from simgen.places.enclosure import Walls, check_enclosed, check_options, draw_walls
from simgen.places.furnish import Rectangle, covered, furnish, hang, is_free, rectangle
from simgen.places.interior import at_wall, wall_length
from simgen.places.lamps import stand_lamp
from simgen.places.pieces import Part, instances
from simgen.scene.asset import Asset
from simgen.scene.light import PointLight, SpotLight
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_FLOORS, _WALLS = ("wood_planks", "carpet", "tiles"), ("paint", "plaster", "wallpaper", "brick")
_TRIES = 40
_STANDING = ("sitting", "lying", "hanging", "wall_mounted")


@dataclass(frozen=True, kw_only=True)
class LivingRoom:
    """A living room; its regions are ``table_top`` (of the low table) and ``floor`` (the room).

    A sofa stands with its back to a wall, the table before it on a rug, armchairs beside, a television opposite. What
    finds no room is left out and counted.

    Attributes:
        length_m, width_m, height_m: clear size of the room.
        floor: of ``wood_planks``, ``carpet``, ``tiles``.
        walls: of ``paint``, ``plaster``, ``wallpaper``, ``brick``.
        windows: how many, 0 to 2.
        daylight_nit: mean luminance outside the windows.
        seats: of the sofa, 2 or 3.
        armchairs: how many, 0 to 2.
        rug, television, curtains: whether there are any.
        lamps: how many floor lamps, 0 to 2.
        lamps_lit: whether they are on.
        lamp_lumen: light of each.
        bookcases: how many, each full of books.
        furniture: how many pieces to stand along the walls.
        furniture_categories: what they are, with weights.
        pictures: how many hang on the walls.
    """

    length_m: AnyDistribution = Uniform(low=4.4, high=6.4)
    width_m: AnyDistribution = Uniform(low=4.0, high=5.4)
    height_m: AnyDistribution = Uniform(low=2.4, high=2.9)
    floor: AnyDistribution = Choice(options=_FLOORS, weights=(0.65, 0.2, 0.15))
    walls: AnyDistribution = Choice(options=_WALLS, weights=(0.65, 0.1, 0.2, 0.05))
    windows: AnyDistribution = UniformInt(low=0, high=2)
    daylight_nit: AnyDistribution = LogUniform(low=500.0, high=4000.0)
    seats: AnyDistribution = UniformInt(low=2, high=3)
    armchairs: AnyDistribution = UniformInt(low=0, high=2)
    rug: AnyDistribution = Choice(options=(True, False), weights=(0.8, 0.2))
    television: AnyDistribution = Choice(options=(True, False), weights=(0.75, 0.25))
    curtains: AnyDistribution = Choice(options=(True, False), weights=(0.75, 0.25))
    lamps: AnyDistribution = UniformInt(low=0, high=2)
    lamps_lit: AnyDistribution = Choice(options=(True, False), weights=(0.6, 0.4))
    lamp_lumen: AnyDistribution = Uniform(low=300.0, high=900.0)
    bookcases: AnyDistribution = UniformInt(low=0, high=2)
    furniture: AnyDistribution = UniformInt(low=1, high=4)
    furniture_categories: dict[str, float] = field(
        default_factory=lambda: {"cabinet": 2.0, "potted_plant": 3.0, "chair": 0.5}
    )
    pictures: AnyDistribution = UniformInt(low=1, high=4)
    kind: Literal["living_room"] = "living_room"

    def __post_init__(self) -> None:
        check_enclosed(
            self, floors=_FLOORS, walls=_WALLS, length_m=(3.8, 12.0), width_m=(3.8, 12.0), height_m=(2.3, 5.0)
        )
        check_support("seats", self.seats, 2, 3)
        check_support("armchairs", self.armchairs, 0, 2)
        check_support("lamps", self.lamps, 0, 2)
        check_support("lamp_lumen", self.lamp_lumen, 10.0, 5000.0)
        check_support("bookcases", self.bookcases, 0, 6)
        check_support("furniture", self.furniture, 0, 20)
        check_support("pictures", self.pictures, 0, 6)
        for key in ("rug", "television", "curtains", "lamps_lit"):
            check_options(key, getattr(self, key), (True, False))

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the room with nothing on its table."""
        walls, look = draw_walls(draws, self)
        room = _Room(draws=draws, walls=walls, taken=[_before_door(walls)])
        if draws.value("curtains", self.curtains):
            room.add_curtains()
        top = room.add_seats(self)
        if draws.value("television", self.television):
            room.add_television()
        lights = room.add_lamps(self)
        parts = walls.shell(look)
        standing = [
            *room.parts,
            *stand_bookcases(draws, int(draws.value("bookcases", self.bookcases)), walls, room.taken),
        ]
        standing += furnish(draws, library, self.furniture, self.furniture_categories, walls, room.taken, _STANDING)
        wanted = int(draws.value("pictures", self.pictures))
        pictures = [decor.draw_picture(draws.rng("picture_art", k)) for k in range(wanted)]
        parts += [*standing, *hang(draws, "picture", pictures, walls, standing)]
        return Scene(
            objects=instances(parts),
            lights=(*walls.daylight, *lights),
            regions=(walls.area, top),
        )


@dataclass(kw_only=True, eq=False)
class _Room:
    """A room while things are stood in it: what stands, which of its floor is taken, where the sofa is."""

    draws: Draws
    walls: Walls
    taken: list[Rectangle]
    parts: list[Part] = field(default_factory=list)
    sofa: tuple[int, float, float, float] = (0, 0.0, 0.0, 0.0)
    """Its wall, middle along it, how far its front stands out, and its width."""

    def stand(self, part: Part, margin_m: float) -> bool:
        """Stand a part where it is, if its place is free with so much about it."""
        spot = covered(part, margin_m)
        if not is_free(spot, self.walls.size_m, self.taken):
            return False
        self.taken.append(spot)
        self.parts.append(part)
        return True

    def add_curtains(self) -> None:
        """Hang a pair before each window; nothing may stand where they are."""
        for opening in self.walls.windows:
            rng = self.draws.rng("curtain", opening.wall)
            tall = min(opening.sill_m + opening.height_m + float(rng.uniform(0.1, 0.2)), self.walls.size_m[2] - 0.04)
            half = wall_length(opening.wall, self.walls.size_m) / 2
            wide = min(opening.width_m + 0.5, 2 * (half - abs(opening.along_m)) - 0.2)
            asset = decor.curtains(rng, wide, tall)
            x, y, yaw = at_wall(opening.wall, self.walls.size_m, opening.along_m, 0.12)
            part = Part(name=f"curtain_{opening.wall}", asset=asset, world_from_object=at(x, y, 0.01, yaw))
            self.parts.append(part)
            self.taken.append(covered(part, 0.02))

    def add_seats(self, place: LivingRoom) -> Area:
        """Stand sofa, rug, low table and armchairs; return the table's top."""
        rng, size = self.draws.rng("seats_layout"), self.walls.size_m
        asset = seating.draw_sofa(self.draws.rng("sofa"), int(self.draws.value("seats", place.seats)))
        deep, wide, _ = asset.size_m
        wall, off = self._sofa_wall(rng, wide)
        along = self._stand_sofa(rng, asset, wall, off)
        front = off + deep
        self.sofa = (wall, along, front, wide)
        table, corners = cases.draw_coffee_table(self.draws.rng("coffee_table"))
        out = front + float(rng.uniform(0.32, 0.45)) + table.size_m[0] / 2
        has_rug = bool(self.draws.value("rug", place.rug))
        thick = float(rng.uniform(0.005, 0.012)) if has_rug else 0.0
        at_table = _before(wall, size, along, out)
        stands = Part(name="table", asset=table, world_from_object=_lifted(at_table, thick))
        # Whatever the sofa's width, the table stands on the rug with all its legs.
        rug_m = (2 * (out - front) - 0.12, max(wide * float(rng.uniform(0.75, 1.05)), table.size_m[1] + 0.3))
        if has_rug:
            rug = decor.rug(self.draws.rng("rug_pattern"), rug_m, thick_m=thick)
            self.parts.append(Part(name="rug", asset=rug, world_from_object=at_table))
            self.taken.append(covered(self.parts[-1]))
        self.parts.append(stands)
        self.taken.append(covered(stands, 0.3))
        self._add_armchairs(int(self.draws.value("armchairs", place.armchairs)), rng, along, out, rug_m)
        xy = at_table.apply(np.array([(px, py, 0.0) for px, py in corners]))[:, :2]
        return Area(
            name="table_top", use="table_top", corners_m=tuple((float(a), float(b)) for a, b in xy),
            z_m=thick + table.size_m[2], heading_deg=math.degrees(at_table.yaw_rad),
        )  # fmt: skip

    def _stand_sofa(self, rng: np.random.Generator, asset: Asset, wall: int, off: float) -> float:
        """Stand the sofa on a free stretch of its wall and return where along it."""
        deep, wide, _ = asset.size_m
        reach = wall_length(wall, self.walls.size_m) / 2 - wide / 2 - 0.1
        for _ in range(_TRIES):
            along = float(rng.uniform(-0.7, 0.7)) * reach
            pose = _before(wall, self.walls.size_m, along, off + deep / 2)
            if self.stand(Part(name="sofa", asset=asset, world_from_object=pose), 0.02):
                return along
        raise PlacementError(
            f"living_room: a sofa {wide:.2f} m wide finds no free stretch of wall {wall}, "
            f"{wall_length(wall, self.walls.size_m):.2f} m long, in {_TRIES} tries. Enlarge length_m or width_m, or "
            "lower windows or seats."
        )

    def _sofa_wall(self, rng: np.random.Generator, wide: float) -> tuple[int, float]:
        """Draw the sofa's wall, one without door and window if there is any, and how far it stands off it."""
        size = self.walls.size_m
        long = [w for w in range(4) if wall_length(w, size) > wide + 0.3 and w != self.walls.door[0]]
        windowed = {o.wall for o in self.walls.windows}
        free = [w for w in long if w not in windowed] or long
        wall = free[int(rng.integers(len(free)))]
        self.draws.note("sofa_wall", wall)
        return wall, 0.27 if wall in windowed else float(rng.uniform(0.04, 0.12))

    def _add_armchairs(
        self, count: int, rng: np.random.Generator, along: float, out: float, rug_m: tuple[float, float]
    ) -> None:
        """Stand armchairs at the rug's ends, or else across it from the sofa, turned to the table."""
        wall, placed = self.sofa[0], 0
        first = 1.0 if rng.random() < 0.5 else -1.0
        model = seating.draw_armchair(self.draws.rng("armchair"))
        deep, wide = model.size_m[:2]
        for _ in range(_TRIES):
            if placed == count:
                break
            lean = float(rng.uniform(-0.3, 0.3))
            # Half of what it covers, along its own two ways, when it is turned so far.
            ahead = (deep * math.cos(lean) + wide * abs(math.sin(lean))) / 2 + 0.02
            side = first * (1.0 if rng.random() < 0.5 else -1.0)
            if rng.random() < 0.7:
                spot = (along + side * (rug_m[1] / 2 + ahead), out + float(rng.uniform(-0.15, 0.35)))
                turn = lean - side * math.pi / 2
            else:
                spot = (along + side * float(rng.uniform(0.0, 0.3)) * rug_m[1], out + rug_m[0] / 2 + ahead)
                turn = lean + math.pi
            turned = _before(wall, self.walls.size_m, *spot) @ at(0.0, 0.0, 0.0, turn)
            placed += self.stand(Part(name=f"armchair_{placed}", asset=model, world_from_object=turned), 0.01)
        self.draws.note("armchairs_placed", placed)

    def add_television(self) -> None:
        """Stand a television on a low case opposite the sofa, unless a window, a door or a curtain is there."""
        wall, along, _, _ = self.sofa
        other, rng = (wall + 2) % 4, self.draws.rng("television_layout")
        screen = draw_television(self.draws.rng("television_model"))
        unit = cases.media_unit(self.draws.rng("media_unit"), screen.size_m[1] + float(rng.uniform(0.1, 0.6)))
        # Along the opposite wall runs the other way.
        pose = _before(other, self.walls.size_m, -along, 0.04 + unit.size_m[0] / 2)
        clear = all(o.wall != other for o in self.walls.windows)
        placed = clear and self.stand(Part(name="media_unit", asset=unit, world_from_object=pose), 0.02)
        if placed:
            up = _lifted(pose @ at(-0.02, float(rng.uniform(-0.05, 0.05)), 0.0), unit.size_m[2])
            self.parts.append(Part(name="television", asset=screen, world_from_object=up))
        self.draws.note("television_placed", placed)

    def add_lamps(self, place: LivingRoom) -> tuple[PointLight | SpotLight, ...]:
        """Stand floor lamps beside the sofa and return their light."""
        wall, along, front, wide = self.sofa
        lit, lumen = (
            bool(self.draws.value("lamps_lit", place.lamps_lit)),
            float(self.draws.value("lamp_lumen", place.lamp_lumen)),
        )
        lights: list[PointLight | SpotLight] = []
        placed = 0
        for k in range(int(self.draws.value("lamps", place.lamps))):
            side = 1.0 if k == 0 else -1.0
            pose = _before(wall, self.walls.size_m, along + side * (wide / 2 + 0.32), front - 0.5)
            part, light = stand_lamp(self.draws, f"floor_lamp_{k}", draw_floor_lamp, pose, lit=lit, lumen=lumen)
            if self.stand(part, 0.01):
                lights += light
                placed += 1
        self.draws.note("lamps_placed", placed)
        return tuple(lights)


def _before(wall: int, size_m: Vector3, along_m: float, off_m: float) -> Pose:
    """Return the pose of something before a wall that faces into the room."""
    x, y, yaw = at_wall(wall, size_m, along_m, off_m)
    return at(x, y, 0.0, yaw)


def _lifted(pose: Pose, by_m: float) -> Pose:
    x, y, z = pose.translation_m
    return Pose(pose.rotation_wxyz, (x, y, z + by_m))


def _before_door(walls: Walls) -> Rectangle:
    x, y, _ = at_wall(walls.door[0], walls.size_m, walls.door[1], 0.5)
    return rectangle(x, y, 1.1, 1.1)
