"""An industrial hall: what places for robots stand in."""

from __future__ import annotations

from dataclasses import dataclass, field

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, LogUniform, Uniform, UniformInt, check_support
from simgen.places.enclosure import check_enclosed, draw_walls
from simgen.places.furnish import Rectangle, furnish
from simgen.places.pieces import Part
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
        check_enclosed(
            self, floors=_FLOORS, walls=_WALLS, length_m=(3.0, 30.0), width_m=(3.0, 30.0), height_m=(2.3, 12.0)
        )
        check_support("furniture", self.furniture, 0, 20)


def build_hall(
    draws: Draws, library: Library, hall: Hall, taken: list[Rectangle]
) -> tuple[list[Part], tuple[AreaLight, ...], Area]:
    """Return a hall with what stands along its walls, clear of what is taken; its windows' light; its floor."""
    walls, look = draw_walls(draws, hall)
    furniture = furnish(draws, library, hall.furniture, hall.furniture_categories, walls, taken)
    return [*walls.shell(look), *furniture], walls.daylight, walls.area
