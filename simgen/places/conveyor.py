"""The place ``conveyor``: a belt or roller conveyor with side rails in an industrial hall."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.conveyors import belt_material, conveyor, roller_material
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Uniform, check_support
from simgen.geometry.pose import at
from simgen.places.enclosure import check_options
from simgen.places.furnish import covered
from simgen.places.hall import Hall, build_hall
from simgen.places.pieces import Part, instances
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_BEDS = ("belt", "rollers")
_BELTS = ("#26282a", "#2f5f4c", "#1f2124", "#3d4f63", "#cfd2d0")
_FRAMES = ("#b7babd", "#2f5d8c", "#3a3d40", "#c8a22a", "#4d6b57")


@dataclass(frozen=True, kw_only=True)
class Conveyor:
    """A conveyor to be loaded; its regions are ``belt`` (its bed between the rails) and ``floor`` (the hall).

    Attributes:
        hall: around it.
        belt_length_m, belt_width_m, belt_height_m: of the bed; the width is clear between the rails.
        rail_m: how high the rails stand above the bed.
        bed: of ``belt``, ``rollers``.
        yaw_deg: of the conveyor in the hall.
    """

    hall: Hall = Hall()
    belt_length_m: AnyDistribution = Uniform(low=2.4, high=4.2)
    belt_width_m: AnyDistribution = Uniform(low=0.5, high=0.8)
    belt_height_m: AnyDistribution = Uniform(low=0.6, high=0.9)
    rail_m: AnyDistribution = Uniform(low=0.04, high=0.14)
    bed: AnyDistribution = Choice(options=_BEDS, weights=(0.7, 0.3))
    yaw_deg: AnyDistribution = Uniform(low=-20.0, high=20.0)
    kind: Literal["conveyor"] = "conveyor"

    def __post_init__(self) -> None:
        check_support("belt_length_m", self.belt_length_m, 1.2, 12.0)
        check_support("belt_width_m", self.belt_width_m, 0.25, 1.6)
        check_support("belt_height_m", self.belt_height_m, 0.35, 1.4)
        check_support("rail_m", self.rail_m, 0.02, 0.4)
        check_support("yaw_deg", self.yaw_deg, -180.0, 180.0)
        check_options("bed", self.bed, _BEDS)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the hall with its empty conveyor."""
        size = (
            float(draws.value("belt_length_m", self.belt_length_m)),
            float(draws.value("belt_width_m", self.belt_width_m)),
            float(draws.value("belt_height_m", self.belt_height_m)),
        )
        rail = float(draws.value("rail_m", self.rail_m))
        rollers = draws.value("bed", self.bed) == "rollers"
        look = draws.rng("conveyor_look")
        belt, frame = (colors[int(look.integers(len(colors)))] for colors in (_BELTS, _FRAMES))
        made = conveyor(
            size_m=size, rail_m=rail, rollers=rollers, bed=roller_material() if rollers else belt_material(belt),
            frame=frame,
        )  # fmt: skip
        yaw = math.radians(float(draws.value("yaw_deg", self.yaw_deg)))
        stands = Part(name="conveyor", asset=made.asset, world_from_object=made.by_origin(at(0.0, 0.0, 0.0, yaw)))
        parts, lights, floor = build_hall(draws, library, self.hall, [covered(stands, 0.9)])
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (size[0] / 2 - 0.08, size[1] / 2)
        turned = half @ np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
        bed = Area(
            name="belt", use="belt", corners_m=tuple((float(x), float(y)) for x, y in turned), z_m=size[2],
            heading_deg=math.degrees(yaw), rim_m=rail,
        )  # fmt: skip
        return Scene(objects=instances([*parts, stands]), lights=lights, regions=(floor, bed))
