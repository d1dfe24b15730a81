"""Things standing about on areas: cones, barriers, bins, benches, signs, hydrants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, TruncatedNormal, UniformInt, check_support, support
from simgen.errors import PlacementError
from simgen.randomize.pick import check_weights, names_by_category
from simgen.randomize.placement import Spot, footprint, stand_all, stands_in
from simgen.scene.asset import Asset
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

FOOT_M = 0.3
"""What an object has below this height stands in the area; a sign's plate may reach beyond."""

_TURN_DEG = {"along": 0.0, "against": 180.0, "left": 90.0, "right": -90.0}


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """Stands objects on areas of one use.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        area: use of the areas: ``kerb_strip``, ``pavement``, ``verge``, ``floor``...
        count: how many; what finds no room beyond the lowest value is left out and counted.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        without: no model may carry any of these.
        facing: ``along`` the area's heading (the traffic's, at the roadside), ``against`` it as signs do, to its
            ``left`` or ``right``, or ``any`` way.
        heading_jitter_deg: how far each is turned from that.
        edge_m: least distance from the area's edge.
        spacing_m: least distance between two.
        max_tries: places to draw for each.
    """

    kind: Literal["scatter"] = "scatter"
    name: str = "scatter"
    every: Literal["scene"] = "scene"
    area: str = "kerb_strip"
    count: AnyDistribution = UniformInt(low=0, high=8)
    categories: dict[str, float] = field(default_factory=lambda: {"waste_bin": 1.0, "bollard": 1.0})
    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ("indoor",)
    facing: Literal["along", "against", "left", "right", "any"] = "against"
    heading_jitter_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=4.0, low=-15.0, high=15.0)
    edge_m: float = 0.05
    spacing_m: float = 0.4
    max_tries: int = 40

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_support("count", self.count, 0, 1000)
        check_support("heading_jitter_deg", self.heading_jitter_deg, -180.0, 180.0)
        if self.spacing_m < 0 or self.edge_m < 0 or self.max_tries < 1:
            raise ValueError(
                f"spacing_m and edge_m must be 0 or more and max_tries 1 or more, got {self.spacing_m}, {self.edge_m} "
                f"and {self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the objects in it.

        Raises:
            PlacementError: the place has no such area, or too few objects found room.
        """
        areas = scene.areas(self.area)
        if not areas:
            uses = sorted({r.use for r in scene.regions if isinstance(r, Area)})
            raise PlacementError(f"'{self.name}': this place has no area for {self.area!r}; it has {', '.join(uses)}")
        edges = np.cumsum([_extent_m2(area) for area in areas])

        def propose(asset: Asset, _: Sequence[Instance], rng: np.random.Generator) -> Spot | None:
            within = areas[min(int(np.searchsorted(edges, rng.uniform(0.0, edges[-1]), side="right")), len(areas) - 1)]
            corners = np.asarray(within.corners_m)
            low, high = corners.min(axis=0), corners.max(axis=0)
            x, y = (float(v) for v in rng.uniform(low, high))
            heading = math.radians(float(self.heading_jitter_deg.sample(rng)))
            if self.facing == "any":
                heading = float(rng.uniform(-math.pi, math.pi))
            else:
                heading += math.radians(within.heading_deg + _TURN_DEG[self.facing])
            spot = Spot(x_m=x, y_m=y, z_m=within.height(x, y), heading_rad=heading)
            return spot if stands_in(within, footprint(asset, spot, below_m=FOOT_M), self.edge_m) else None

        return stand_all(
            scene, draws, library, what=self.name, weights=self.categories,
            wanted=int(draws.value("count", self.count)), at_least=int(support(self.count)[0]),
            names=names_by_category(library, self.categories, self.tags, self.without), propose=propose,
            margins_m=(self.spacing_m, self.spacing_m), max_tries=self.max_tries,
        )  # fmt: skip


def _extent_m2(area: Area) -> float:
    """Return the area of a polygon, by the shoelace formula."""
    x, y = np.asarray(area.corners_m).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
