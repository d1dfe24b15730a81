"""The place ``tote``: a euro container between others on a roller conveyor, to be filled and picked from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.containers import bottom_m, euro_container, inner_size
from simgen.assets.families.conveyors import conveyor, roller_material
from simgen.assets.families.goods import shipping_ticket
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Uniform, UniformInt, check_support
from simgen.geometry.pose import Pose, Vector3, at
from simgen.places.enclosure import check_options
from simgen.places.furnish import covered
from simgen.places.hall import Hall, build_hall
from simgen.places.pieces import Part, instances
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_SIZES: dict[str, Vector3] = {
    "600x400x120": (0.6, 0.4, 0.12),
    "600x400x220": (0.6, 0.4, 0.22),
    "600x400x320": (0.6, 0.4, 0.32),
    "400x300x120": (0.4, 0.3, 0.12),
    "400x300x220": (0.4, 0.3, 0.22),
}
_COLORS = ("#2b5fa4", "#8b8f94", "#b5352c", "#2f7d4b", "#3a3d40", "#6d7278")
_FRAMES = ("#b7babd", "#2f5d8c", "#3a3d40", "#4d6b57")
_GAP_M, _RAIL_M = 0.03, 0.035


@dataclass(frozen=True, kw_only=True)
class Tote:
    """A euro container; its regions are ``bin`` (its bottom, with its rim), ``next_bin`` (others') and ``floor``.

    Attributes:
        hall: around it.
        size: outer length, width and height in millimetres: ``600x400x120``, ``600x400x220``, ``600x400x320``,
            ``400x300x120``, ``400x300x220``. Those next to it are of the same size.
        stand_height_m: of the conveyor's rollers.
        neighbours: how many containers stand next to it, 0 to 2; without one there is no ``next_bin``.
        yaw_deg: of the containers from the conveyor's way.
    """

    hall: Hall = Hall()
    size: AnyDistribution = Choice(options=tuple(_SIZES), weights=(0.2, 0.35, 0.15, 0.1, 0.2))
    stand_height_m: AnyDistribution = Uniform(low=0.6, high=0.9)
    neighbours: AnyDistribution = UniformInt(low=1, high=2)
    yaw_deg: AnyDistribution = Uniform(low=-1.2, high=1.2)
    kind: Literal["tote"] = "tote"

    def __post_init__(self) -> None:
        check_options("size", self.size, tuple(_SIZES))
        check_support("stand_height_m", self.stand_height_m, 0.35, 1.3)
        check_support("neighbours", self.neighbours, 0, 2)
        check_support("yaw_deg", self.yaw_deg, -1.5, 1.5)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the hall with the empty containers."""
        size = _SIZES[str(draws.value("size", self.size))]
        high = float(draws.value("stand_height_m", self.stand_height_m))
        yaw = math.radians(float(draws.value("yaw_deg", self.yaw_deg)))
        look = draws.rng("tote_look")
        frame = _FRAMES[int(look.integers(len(_FRAMES)))]
        made = conveyor(
            size_m=(2.6, size[1] + 0.03, high), rail_m=_RAIL_M, rollers=True, bed=roller_material(), frame=frame
        )
        stands = Part(name="conveyor", asset=made.asset, world_from_object=made.by_origin(Pose()))
        own = _COLORS[int(look.integers(len(_COLORS)))]
        totes, areas = [], []
        wanted = int(draws.value("neighbours", self.neighbours))
        sides = (1.0, -1.0) if look.random() < 0.5 else (-1.0, 1.0)
        for k, side in enumerate((0.0, *sides[:wanted])):
            color = own if look.random() < 0.7 else _COLORS[int(look.integers(len(_COLORS)))]
            card = shipping_ticket(look) if look.random() < 0.6 else None
            along = side * (size[0] + _GAP_M + float(look.uniform(0.0, 0.08)))
            pose = at(along, 0.0, high, yaw if k == 0 else 0.0)
            name = "bin" if k == 0 else f"next_bin_{k}"
            asset = euro_container(size_m=size, color=color, card=card)
            totes.append(Part(name=name, asset=asset, world_from_object=pose))
            areas.append(_bottom(name, pose, size))
        parts, lights, floor = build_hall(draws, library, self.hall, [covered(stands, 0.9)])
        return Scene(objects=instances([*parts, stands, *totes]), lights=lights, regions=(floor, *areas))


def _bottom(name: str, pose: Pose, size_m: Vector3) -> Area:
    """Return the bottom of a container that stands at a pose."""
    inside = inner_size(size_m)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (inside[0] / 2, inside[1] / 2)
    corners = pose.apply(np.column_stack([half, np.full(4, bottom_m())]))
    return Area(
        name=name,
        use="bin" if name == "bin" else "next_bin",
        corners_m=tuple((float(x), float(y)) for x, y in corners[:, :2]),
        z_m=float(corners[0, 2]),
        heading_deg=math.degrees(pose.yaw_rad),
        rim_m=inside[2],
    )
