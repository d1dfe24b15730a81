"""The place ``pallet``: a loaded EUR pallet in a hall, other loaded ones beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Uniform, UniformInt, check_support
from simgen.geometry.pose import Pose, at
from simgen.places.bin import pallet_pieces
from simgen.places.enclosure import check_options
from simgen.places.furnish import covered
from simgen.places.hall import Hall, build_hall
from simgen.places.interior import indoor_material
from simgen.places.loads import DECK_M, LOADS, draw_load
from simgen.places.pieces import Part, instances, joined
from simgen.scene.asset import Asset
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

_HIGH_M = 0.144


@dataclass(frozen=True, kw_only=True)
class LoadedPallet:
    """A loaded pallet; its regions are ``load`` (where its highest layer stands), ``pallet`` (its deck) and ``floor``.

    Attributes:
        hall: around it.
        load: of ``cartons``, ``containers``, ``drums``, ``pails``, ``sacks``, ``mixed`` (layers of several kinds).
        layers: how many, at most; drums stand in one.
        top_share: how much of the highest layer is left.
        load_height_m: that no load exceeds.
        yaw_deg: of the pallet in the hall.
        neighbours: how many more loaded pallets stand at its ends, 0 to 2.
    """

    hall: Hall = Hall()
    load: AnyDistribution = Choice(options=LOADS, weights=(0.35, 0.15, 0.1, 0.1, 0.1, 0.2))
    layers: AnyDistribution = UniformInt(low=2, high=6)
    top_share: AnyDistribution = Uniform(low=0.2, high=1.0)
    load_height_m: AnyDistribution = Uniform(low=0.7, high=1.5)
    yaw_deg: AnyDistribution = Uniform(low=-15.0, high=15.0)
    neighbours: AnyDistribution = UniformInt(low=0, high=2)
    kind: Literal["pallet"] = "pallet"

    def __post_init__(self) -> None:
        check_options("load", self.load, LOADS)
        check_support("layers", self.layers, 1, 12)
        check_support("top_share", self.top_share, 0.0, 1.0)
        check_support("load_height_m", self.load_height_m, 0.1, 2.4)
        check_support("yaw_deg", self.yaw_deg, -180.0, 180.0)
        check_support("neighbours", self.neighbours, 0, 2)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Return the hall with the pallets."""
        wood = indoor_material(draws, "pallet_wood", "wood_planks")
        asset = joined("pallet/euro", "pallet", pallet_pieces(wood))
        yaw = math.radians(float(draws.value("yaw_deg", self.yaw_deg)))
        frame = at(0.0, 0.0, 0.0, yaw)
        standing, base_m = self._loaded(draws, "pallet", 0, asset, frame)
        rng = draws.rng("neighbour_places")
        sides = (1.0, -1.0) if rng.random() < 0.5 else (-1.0, 1.0)
        for k, side in enumerate(sides[: int(draws.value("neighbours", self.neighbours))], start=1):
            away = DECK_M[0] + float(rng.uniform(0.06, 0.35))
            pose = frame @ at(side * away, float(rng.uniform(-0.06, 0.06)), 0.0, float(rng.uniform(-0.03, 0.03)))
            standing += self._loaded(draws, f"next_pallet_{k}", k, asset, pose)[0]
        pallets = [p for p in standing if p.asset is asset]
        taken = [covered(p, 1.3) for p in pallets]
        parts, lights, floor = build_hall(draws, library, self.hall, taken)
        regions = (floor, _deck("load", frame, _HIGH_M + base_m), _deck("pallet", frame, _HIGH_M))
        return Scene(objects=instances([*parts, *standing]), lights=lights, regions=regions)

    def _loaded(self, draws: Draws, name: str, item: int, asset: Asset, frame: Pose) -> tuple[list[Part], float]:
        """Return a pallet with its load, and how high above its deck the highest layer stands."""
        load, base_m = draw_load(
            draws.rng("load_of", item),
            f"{name}_load",
            draws.value("load", self.load, item),
            int(draws.value("layers", self.layers, item)),
            float(draws.value("top_share", self.top_share, item)),
            float(draws.value("load_height_m", self.load_height_m, item)),
        )
        deck = frame @ Pose(translation_m=(0.0, 0.0, _HIGH_M))
        placed = [Part(name=p.name, asset=p.asset, world_from_object=deck @ p.world_from_object) for p in load]
        return [Part(name=name, asset=asset, world_from_object=frame), *placed], base_m


def _deck(use: str, frame: Pose, z_m: float) -> Area:
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (DECK_M[0] / 2, DECK_M[1] / 2)
    corners = frame.apply(np.column_stack([half, np.zeros(4)]))[:, :2]
    return Area(
        name=use,
        use=use,
        corners_m=tuple((float(x), float(y)) for x, y in corners),
        z_m=z_m,
        heading_deg=math.degrees(frame.yaw_rad),
    )
