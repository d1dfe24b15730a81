"""An industrial hall: what places for robots stand in."""

from __future__ import annotations

from dataclasses import dataclass, field

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.places.furnish import Rectangle, Walls, check_options, draw_door, draw_windows, furnish
from simgen.places.interior import draw_look, shell, window_light
from simgen.places.pieces import Part
from simgen.places.room import draw_size, room_area
from simgen.scene.light import AreaLight
from simgen.scene.region import Area
from simgen.streams import Draws

_FLOORS = ("concrete", "tiles")
_WALLS = ("paint", "plaster", "brick", "concrete")


@dataclass(frozen=True, kw_only=True)
class Hall:
    """A hall around the origin.

    Attributes:
        length_m, width_m, height_m: clear size.
        floor: of ``concrete``, ``tiles``.
        walls: of ``paint``, ``plaster``, ``brick``, ``concrete``.
        windows: how many, 0 to 2.
        daylight_nit: mean luminance outside the windows.
        furniture: how many things to stand along the walls; what finds no room is left out and counted.
        furniture_categories: what they are, with weights; categories that the library does not hold are passed over.
    """

    length_m: AnyDistribution = Uniform(low=6.0, high=9.0)
    width_m: AnyDistribution = Uniform(low=6.0, high=9.0)
    height_m: AnyDistribution = Uniform(low=3.2, high=5.0)
    floor: AnyDistribution = Choice(options=_FLOORS, weights=(0.9, 0.1))
    walls: AnyDistribution = Choice(options=_WALLS, weights=(0.4, 0.2, 0.15, 0.25))
    windows: AnyDistribution = UniformInt(low=0, high=1)
    daylight_nit: AnyDistribution = LogUniform(low=500.0, high=4000.0)
    furniture: AnyDistribution = UniformInt(low=3, high=8)
    furniture_categories: dict[str, float] = field(
        default_factory=lambda: {
            "cabinet": 1.0,
            "shelf": 3.0,
            "crate": 2.0,
            "barrel": 1.0,
            "pallet": 1.0,
            "waste_bin": 1.0,
            "barrier": 1.0,
        }
    )

    def __post_init__(self) -> None:
        for key in ("length_m", "width_m"):
            check_support(key, getattr(self, key), 4.0, 30.0)
        check_support("height_m", self.height_m, 2.6, 12.0)
        check_support("windows", self.windows, 0, 2)
        check_support("daylight_nit", self.daylight_nit, 1.0, 20000.0)
        check_support("furniture", self.furniture, 0, 20)
        check_options("floor", self.floor, _FLOORS)
        check_options("walls", self.walls, _WALLS)


def build_hall(
    draws: Draws, library: Library, hall: Hall, taken: list[Rectangle]
) -> tuple[list[Part], tuple[AreaLight, ...], Area]:
    """Return a hall with what stands along its walls, clear of what is taken; its windows' light; its floor."""
    size = draw_size(draws, hall.length_m, hall.width_m, hall.height_m)
    look = draw_look(draws, draws.value("floor", hall.floor), draws.value("walls", hall.walls))
    windows = draw_windows(draws, int(draws.value("windows", hall.windows)), size, hall.daylight_nit)
    walls = Walls(size_m=size, windows=windows, door=draw_door(draws, windows, size))
    parts = shell(look, size, windows, walls.door)
    parts += furnish(draws, library, hall.furniture, hall.furniture_categories, walls, taken)
    return parts, tuple(window_light(size, w) for w in windows), room_area(size)
