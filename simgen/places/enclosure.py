"""What encloses an indoor place: its size and surfaces, its windows and its door, drawn alike for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from simgen.distributions import AnyDistribution, Choice, Constant, check_support
from simgen.geometry.pose import Vector3
from simgen.places.interior import Opening, RoomLook, draw_look, shell, wall_length, window_light
from simgen.places.pieces import Part
from simgen.scene.light import AreaLight
from simgen.scene.region import Area
from simgen.streams import Draws

ALL_WALLS = (0, 1, 2, 3)


class Enclosed(Protocol):
    """The values by which a place says what encloses it."""

    @property
    def length_m(self) -> AnyDistribution:
        """Clear length."""
        ...

    @property
    def width_m(self) -> AnyDistribution:
        """Clear width."""
        ...

    @property
    def height_m(self) -> AnyDistribution:
        """Clear height."""
        ...

    @property
    def floor(self) -> AnyDistribution:
        """Name of what the floor is made of."""
        ...

    @property
    def walls(self) -> AnyDistribution:
        """Name of what the walls are made of."""
        ...

    @property
    def windows(self) -> AnyDistribution:
        """How many there are, 0 to 2."""
        ...

    @property
    def daylight_nit(self) -> AnyDistribution:
        """Mean luminance outside the windows."""
        ...


@dataclass(frozen=True, kw_only=True)
class Walls:
    """A room's clear size, its windows, and the wall and position of its door."""

    size_m: Vector3
    windows: tuple[Opening, ...]
    door: tuple[int, float]

    def shell(self, look: RoomLook) -> list[Part]:
        """Return floor, ceiling, walls and windows."""
        return shell(look, self.size_m, self.windows, self.door)

    @property
    def daylight(self) -> tuple[AreaLight, ...]:
        """What the windows throw into the room."""
        return tuple(window_light(self.size_m, window) for window in self.windows)

    @property
    def area(self) -> Area:
        """The floor, with walls as high as the ceiling, around the origin."""
        x, y = self.size_m[0] / 2, self.size_m[1] / 2
        corners = ((-x, -y), (x, -y), (x, y), (-x, y))
        return Area(name="floor", use="floor", corners_m=corners, z_m=0.0, rim_m=self.size_m[2])


def check_enclosed(
    place: Enclosed,
    *,
    floors: tuple[str, ...],
    walls: tuple[str, ...],
    length_m: tuple[float, float],
    width_m: tuple[float, float],
    height_m: tuple[float, float],
) -> None:
    """Raise ``ValueError`` unless a place's values lie within bounds and are of the materials named."""
    check_support("length_m", place.length_m, *length_m)
    check_support("width_m", place.width_m, *width_m)
    check_support("height_m", place.height_m, *height_m)
    check_support("windows", place.windows, 0, 2)
    check_support("daylight_nit", place.daylight_nit, 1.0, 20000.0)
    check_options("floor", place.floor, floors)
    check_options("walls", place.walls, walls)


def check_options(key: str, distribution: AnyDistribution, options: tuple[str | bool, ...]) -> None:
    """Raise ``ValueError`` unless every value of ``distribution`` is one of ``options``."""
    match distribution:
        case Constant(value=value):
            given: tuple = (value,)
        case Choice(options=values):
            given = values
        case _:
            given = (distribution.kind,)
    wrong = [v for v in given if v not in options]
    if wrong:
        raise ValueError(f"{key} must be of {', '.join(map(str, options))}, got {wrong[0]!r}")


def draw_walls(draws: Draws, place: Enclosed, among: tuple[int, ...] = ALL_WALLS) -> tuple[Walls, RoomLook]:
    """Draw what encloses a place, its windows and its door in walls ``among`` some; and what that is made of."""
    length, width, height = (float(draws.value(k, getattr(place, k))) for k in ("length_m", "width_m", "height_m"))
    look = draw_look(draws, draws.value("floor", place.floor), draws.value("walls", place.walls))
    size = (length, width, height)
    windows = _draw_windows(draws, int(draws.value("windows", place.windows)), size, place.daylight_nit, among)
    return Walls(size_m=size, windows=windows, door=_draw_door(draws, windows, size, among)), look


def _draw_windows(
    draws: Draws, count: int, size_m: Vector3, daylight_nit: AnyDistribution, among: tuple[int, ...]
) -> tuple[Opening, ...]:
    """Draw ``count`` windows, each in a wall of its own ``among`` some."""
    rng = draws.rng("window_layout")
    luminance = float(draws.value("daylight_nit", daylight_nit))
    walls = [int(w) for w in rng.permutation(among)[:count]]
    draws.note("window_layout", ",".join(map(str, walls)))
    openings = []
    for wall in walls:
        width = float(rng.uniform(0.9, min(2.0, wall_length(wall, size_m) - 1.2)))
        sill = float(rng.uniform(0.8, 1.0))
        height = min(float(rng.uniform(1.1, 1.4)), size_m[2] - sill - 0.2)
        room = (wall_length(wall, size_m) - width) / 2 - 0.3
        openings.append(
            Opening(
                wall=wall,
                along_m=float(rng.uniform(-room, room)),
                width_m=width,
                height_m=height,
                sill_m=sill,
                luminance_nit=(luminance * 0.97, luminance, luminance * 1.08),
            )
        )
    return tuple(openings)


def _draw_door(
    draws: Draws, windows: tuple[Opening, ...], size_m: Vector3, among: tuple[int, ...]
) -> tuple[int, float]:
    """Draw the wall, one without a window ``among`` some, and the position along it of the door."""
    rng = draws.rng("door")
    free = [w for w in among if all(o.wall != w for o in windows)]
    wall = free[int(rng.integers(len(free)))]
    reach = wall_length(wall, size_m) / 2 - 0.65
    along = float(rng.uniform(-reach, reach))
    draws.note("door", wall)
    return wall, along
