"""The randomizer ``drop``: objects let fall onto a table, into a bin or onto the floor, for physics to settle."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, about
from simgen.randomize.pick import check_weights, names_by_category, pick
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Lets objects fall onto a region; they come to rest by physics once the whole scene is drawn.

    Attributes:
        name: prefix of its factors.
        every: objects can only be dropped once per scene.
        onto: use of the areas they fall onto: ``table_top``, ``bin`` or ``floor``.
        count: how many objects.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        kinds: how many different models at most; 0 for any number. 1 fills a bin with one kind of part.
        scale: size relative to the model.
        longest_m: the longest side that models are brought to before ``scale``; null keeps their own size.
        pose: ``upright`` (turned about the vertical only), ``tilted`` (by up to ``tilt_deg``) or ``any``.
        tilt_deg: see above.
        height_m: clear height of the lowest above the region.
        spacing_m: clear distance between objects before they fall.
        edge_m: how far inside the region's edge their middles fall.
        spread: share of the region, about a drawn middle, that they fall on; 1 for all of it.
        max_tries: draws of a position for each object before it is let fall from above the others.
    """

    kind: Literal["drop"] = "drop"
    name: str = "drop"
    every: Literal["scene"] = "scene"
    onto: str = "table_top"
    count: AnyDistribution = UniformInt(low=5, high=12)
    categories: dict[str, float] = field(
        default_factory=lambda: {"mug": 1.0, "bottle": 1.0, "can": 1.0, "bowl": 1.0, "box": 1.0}
    )
    tags: tuple[str, ...] = ()
    kinds: int = 0
    scale: AnyDistribution = Constant(value=1.0)
    longest_m: AnyDistribution | None = None
    pose: Literal["upright", "tilted", "any"] = "upright"
    tilt_deg: AnyDistribution = Uniform(low=0.0, high=15.0)
    height_m: AnyDistribution = Uniform(low=0.005, high=0.03)
    spacing_m: float = 0.01
    edge_m: float = 0.06
    spread: AnyDistribution = Constant(value=1.0)
    max_tries: int = 60

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_support("count", self.count, 0, 500)
        check_support("scale", self.scale, 0.05, 20.0)
        if self.longest_m is not None:
            check_support("longest_m", self.longest_m, 0.005, 2.0)
        check_support("tilt_deg", self.tilt_deg, 0.0, 180.0)
        check_support("height_m", self.height_m, 0.0, 2.0)
        check_support("spread", self.spread, 0.05, 1.0)
        if self.spacing_m < 0 or self.edge_m < 0 or self.kinds < 0 or self.max_tries < 1:
            raise ValueError(
                "spacing_m, edge_m and kinds must be 0 or more and max_tries 1 or more, got "
                f"{self.spacing_m}, {self.edge_m}, {self.kinds}, {self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the objects in the air.

        Raises:
            AssetError: a category has no model.
            PlacementError: the scene has no area of the wanted use.
        """
        areas = scene.areas(self.onto)
        if not areas:
            uses = sorted({r.use for r in scene.regions if isinstance(r, Area)})
            raise PlacementError(
                f"{self.name}: the place has no area {self.onto!r} to drop onto; it has {', '.join(uses)}"
            )
        names = names_by_category(library, self.categories, self.tags)
        names = _few_kinds(names, self.categories, self.kinds, draws)
        weights = {c: self.categories[c] for c in names}
        count = int(draws.value("count", self.count))
        spread = float(draws.value("spread", self.spread))
        falling: list[Instance] = []
        boxes = [b for o in scene.objects if (b := _standing_box(o, areas)) is not None]
        middle = draws.rng("middle")
        spots = {a.name: _point_in(middle, a, self.edge_m) for a in areas}
        for k in range(count):
            area = areas[k % len(areas)]
            instance = self._draw_object(draws, library, names, weights, k, scene.next_id + k)
            placed, box = self._place(instance, area, spots[area.name], spread, boxes, draws, k)
            falling.append(placed)
            boxes.append(box)
        return scene.adding(*falling)

    def _draw_object(
        self,
        draws: Draws,
        library: Library,
        names: dict[str, tuple[str, ...]],
        weights: dict[str, float],
        k: int,
        instance_id: int,
    ) -> Instance:
        """Return object ``k`` at the origin, turned as it will fall."""
        rng = draws.rng("model", k)
        options = names[pick(rng, weights)]
        model = options[int(rng.integers(len(options)))]
        draws.note("model", model, k)
        asset = library.load(model)
        scale = float(draws.value("scale", self.scale, k))
        if self.longest_m is not None:
            scale *= float(draws.value("longest_m", self.longest_m, k)) / max(asset.size_m)
        return Instance(
            id=instance_id,
            name=f"{self.name}_{k}",
            asset=asset,
            world_from_object=self._draw_turn(draws, k),
            scale=scale,
            dynamic=True,
        )

    def _draw_turn(self, draws: Draws, k: int) -> Pose:
        rng = draws.rng("turn", k)
        if self.pose == "any":
            quaternion = rng.standard_normal(4)
            w, x, y, z = quaternion / np.linalg.norm(quaternion)
            return Pose((float(w), float(x), float(y), float(z)))
        yaw = float(rng.uniform(-math.pi, math.pi))
        draws.note("yaw_deg", math.degrees(yaw), k)
        turn = about((0.0, 0.0, 1.0), yaw)
        if self.pose == "upright":
            return turn
        lean = float(rng.uniform(-math.pi, math.pi))
        tilt = float(draws.value("tilt_deg", self.tilt_deg, k))
        return about((math.cos(lean), math.sin(lean), 0.0), math.radians(tilt)) @ turn

    def _place(
        self,
        instance: Instance,
        area: Area,
        middle: tuple[float, float],
        spread: float,
        boxes: list[np.ndarray],
        draws: Draws,
        k: int,
    ) -> tuple[Instance, np.ndarray]:
        """Return the object where it starts to fall, clear of the others or above them, and the box around it."""
        vertices = instance.world_vertices()
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        lift = area.z_m + float(draws.value("height_m", self.height_m, k)) - low[2]
        rng = draws.rng("position", k)
        best, best_top = None, math.inf
        for _ in range(self.max_tries):
            x, y = _point_in(rng, area, self.edge_m)
            x, y = middle[0] + (x - middle[0]) * spread, middle[1] + (y - middle[1]) * spread
            box = np.stack([low, high]) + np.array([x, y, lift])
            if area.rim_m and not _fits_between_walls(box, area):
                continue
            top = max((b[1, 2] for b in boxes if _over(box, b, self.spacing_m)), default=-math.inf)
            if top < best_top:
                best, best_top = (x, y), top
            if best_top == -math.inf:
                break
        if best is None:
            raise PlacementError(
                f"{instance.name!r} ({instance.asset.name}, {high[0] - low[0]:.2f} x {high[1] - low[1]:.2f} m): "
                f"{self.max_tries} tries found no place between the walls of {area.name!r}. Drop smaller models, or "
                "enlarge it."
            )
        up = lift if best_top == -math.inf else max(lift, best_top + self.spacing_m - low[2])
        draws.note("stacked", best_top > -math.inf, k)
        pose = Pose(instance.world_from_object.rotation_wxyz, (best[0], best[1], float(up)))
        shift = np.array([best[0], best[1], up])
        return _moved(instance, pose), np.array([low + shift, high + shift])


def _standing_box(instance: Instance, areas: tuple[Area, ...]) -> np.ndarray | None:
    """Return the box around what falls already or stands on one of the areas; None for walls, tables and lamps."""
    vertices = instance.world_vertices()
    box = np.stack([vertices.min(axis=0), vertices.max(axis=0)])
    stands = any(-0.001 <= box[0, 2] - a.z_m < 0.05 for a in areas)
    return box if instance.dynamic or stands else None


def _moved(instance: Instance, pose: Pose) -> Instance:
    return Instance(
        id=instance.id,
        name=instance.name,
        asset=instance.asset,
        world_from_object=pose,
        scale=instance.scale,
        dynamic=True,
    )


def _few_kinds(
    names: dict[str, tuple[str, ...]], weights: dict[str, float], kinds: int, draws: Draws
) -> dict[str, tuple[str, ...]]:
    """Return at most ``kinds`` models, drawn without repeating; all of them for 0."""
    if kinds == 0:
        return names
    rng = draws.rng("kinds")
    left = {c: list(n) for c, n in names.items()}
    kept: dict[str, tuple[str, ...]] = {}
    for _ in range(min(kinds, sum(len(n) for n in left.values()))):
        category = pick(rng, {c: weights[c] for c, n in left.items() if n})
        chosen = left[category].pop(int(rng.integers(len(left[category]))))
        kept[category] = (*kept.get(category, ()), chosen)
    return kept


def _point_in(rng: np.random.Generator, area: Area, margin_m: float) -> tuple[float, float]:
    """Return an even draw from an area, ``margin_m`` inside its edges; its middle where nothing is that far inside."""
    corners = np.asarray(area.corners_m)
    low, high = corners.min(axis=0), corners.max(axis=0)
    for _ in range(100):
        point = rng.uniform(low, high)
        if area.contains(point[None], margin_m)[0]:
            return float(point[0]), float(point[1])
    x, y = corners.mean(axis=0)
    return float(x), float(y)


def _over(box: np.ndarray, other: np.ndarray, spacing_m: float) -> bool:
    """Tell whether two boxes overlap as seen from above."""
    return bool((box[0, :2] < other[1, :2] + spacing_m).all() and (other[0, :2] < box[1, :2] + spacing_m).all())


def _fits_between_walls(box: np.ndarray, area: Area) -> bool:
    corners = np.array([[box[i, 0], box[j, 1]] for i in (0, 1) for j in (0, 1)])
    return bool(area.contains(corners, 0.002).all())
