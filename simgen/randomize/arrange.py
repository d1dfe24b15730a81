"""The randomizer ``arrange``: objects stood upright on a region, side by side, without physics."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, UniformInt, check_support, support
from simgen.errors import PlacementError
from simgen.geometry.pose import at
from simgen.randomize.pick import check_weights, names_by_category, pick
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Arrange:
    """Stands objects upright on a region, each on its own spot, exactly at the region's height.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        onto: use of the areas they stand on: ``table_top``, ``floor``, ...
        count: how many objects; the lowest value must find room, what exceeds it may stay away and is counted.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        scale: size relative to the model.
        spacing_m: clear distance between objects, as seen from above.
        edge_m: clear distance to the region's edge.
        max_tries: positions to draw for each object.
    """

    kind: Literal["arrange"] = "arrange"
    name: str = "arrange"
    every: Literal["scene", "frame"] = "scene"
    onto: str = "table_top"
    count: AnyDistribution = UniformInt(low=4, high=8)
    categories: dict[str, float] = field(
        default_factory=lambda: {"mug": 1.0, "bottle": 1.0, "can": 1.0, "bowl": 1.0, "box": 1.0}
    )
    tags: tuple[str, ...] = ()
    scale: AnyDistribution = Constant(value=1.0)
    spacing_m: float = 0.02
    edge_m: float = 0.02
    max_tries: int = 200

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_support("count", self.count, 0, 500)
        check_support("scale", self.scale, 0.05, 20.0)
        if self.spacing_m < 0 or self.edge_m < 0 or self.max_tries < 1:
            raise ValueError(
                f"spacing_m and edge_m must be 0 or more and max_tries 1 or more, got {self.spacing_m}, {self.edge_m}, "
                f"{self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the objects standing on its areas.

        Raises:
            AssetError: a category has no model.
            PlacementError: there is no such area, or too few objects found room.
        """
        areas = scene.areas(self.onto)
        if not areas:
            raise PlacementError(f"{self.name}: the place has no area {self.onto!r} to stand objects on")
        names = names_by_category(library, self.categories, self.tags)
        wanted = int(draws.value("count", self.count))
        standing = [_box(o) for o in scene.objects]
        placed: list[Instance] = []
        refused = {"overlaps": 0, f"outside {self.onto!r}": 0}
        for k in range(wanted):
            rng = draws.rng("model", k)
            options = names[pick(rng, self.categories)]
            model = options[int(rng.integers(len(options)))]
            scale = float(draws.value("scale", self.scale, k))
            asset = library.load(model)
            radius = scale * math.hypot(asset.size_m[0], asset.size_m[1]) / 2
            spot = self._find(draws, k, areas[k % len(areas)], radius, scale * asset.size_m[2], standing, refused)
            if spot is None:
                continue
            x, y, yaw, z = spot
            instance = Instance(
                id=scene.next_id + len(placed),
                name=f"{self.name}_{k}",
                asset=asset,
                world_from_object=at(x, y, z, yaw),
                scale=scale,
            )
            draws.note("model", model, k)
            placed.append(instance)
            standing.append(_box(instance))
        draws.note("placed", len(placed))
        least = int(support(self.count)[0])
        if (wanted and not placed) or len(placed) < least:
            told = ", ".join(f"{n} {why}" for why, n in refused.items())
            nearest = f"The nearest that fits is a count of {len(placed)}; else enlarge" if placed else "Enlarge"
            raise PlacementError(
                f"{self.name}: could not place {least or 'any'} of {wanted} objects: {self.max_tries} tries each, "
                f"{told}. {nearest} the region, choose smaller models, or raise max_tries."
            )
        return scene.adding(*placed)

    def _find(
        self,
        draws: Draws,
        k: int,
        area: Area,
        radius: float,
        height: float,
        standing: list[np.ndarray],
        refused: dict[str, int],
    ) -> tuple[float, float, float, float] | None:
        """Return a free (x, y, yaw_rad, z) for a circle of ``radius``, or None."""
        rng = draws.rng("position", k)
        corners = np.asarray(area.corners_m)
        low, high = corners.min(axis=0), corners.max(axis=0)
        overlaps, outside = refused
        for _ in range(self.max_tries):
            x, y = (float(v) for v in rng.uniform(low, high))
            yaw = float(rng.uniform(-math.pi, math.pi))
            if not area.contains(np.array([[x, y]]), radius + self.edge_m)[0]:
                refused[outside] += 1
                continue
            if any(
                _away(x, y, box) < radius + self.spacing_m
                for box in standing
                if box[0, 2] < area.z_m + height and box[1, 2] > area.z_m + 1e-6
            ):
                refused[overlaps] += 1
                continue
            draws.note("yaw_deg", math.degrees(yaw), k)
            return x, y, yaw, area.z_m
        return None


def _box(instance: Instance) -> np.ndarray:
    """Return the (2, 3) lowest and highest corner around an object."""
    corners = instance.cuboid.corners
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


def _away(x: float, y: float, box: np.ndarray) -> float:
    """Return how far a point is from a box, as seen from above; 0 inside."""
    return math.hypot(max(box[0, 0] - x, x - box[1, 0], 0.0), max(box[0, 1] - y, y - box[1, 1], 0.0))
