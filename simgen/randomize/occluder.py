"""The randomizer ``occluder``: stands things on the lines of sight to others, so that a wanted share is hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, at
from simgen.randomize.pick import check_weights, names_by_category, pick
from simgen.randomize.placement import Ground, Spot, footprint, stands_in
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws
from simgen.trace.silhouette import Silhouette, silhouette

_MARGINS_M = (0.4, 0.2)
_ACROSS = np.linspace(-1.0, 1.0, 13)


@dataclass(frozen=True, kw_only=True)
class Occluder:
    """Hides objects in part: stands another between camera and object, and moves it aside until it hides enough.

    Place it after what places the camera. An object of ``hides`` is drawn among those in the picture, and a point of
    the line of sight; there and to both sides of it the covered share of the object's outline is measured,
    and the free place nearest to the wanted share is taken if it comes within ``tolerance``. Other things that hide the
    object too are not reckoned with.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        camera: whose line of sight; null for the first camera.
        hides: categories of what is to be hidden.
        count: how many occluders; those that find no place are left out and counted.
        hidden: share of an object's outline to hide.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        on: uses of the lanes and areas they stand on; on lanes they stand as the lane runs.
        along: where on the line of sight, 0 at the camera, 1 at the object.
        least_height_px: objects lower than this in the picture are not chosen.
        tolerance: see above.
        max_tries: objects and points to draw for each.
    """

    kind: Literal["occluder"] = "occluder"
    name: str = "occluder"
    every: Literal["scene", "frame"] = "frame"
    camera: str | None = None
    hides: tuple[str, ...] = ("car",)
    count: AnyDistribution = Constant(value=1)
    hidden: AnyDistribution = Uniform(low=0.1, high=0.9)
    categories: dict[str, float] = field(default_factory=lambda: {"van": 1.0, "truck": 1.0})
    tags: tuple[str, ...] = ()
    on: tuple[str, ...] = ("drive", "park")
    along: AnyDistribution = Uniform(low=0.4, high=0.9)
    least_height_px: float = 16.0
    tolerance: float = 0.08
    max_tries: int = 12

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_support("count", self.count, 0, 50)
        check_support("hidden", self.hidden, 0.0, 1.0)
        check_support("along", self.along, 0.05, 0.98)
        if not self.hides or not self.on:
            raise ValueError("hides and on must name at least one each")
        if not 0.0 < self.tolerance <= 1.0 or self.max_tries < 1:
            raise ValueError(
                f"tolerance must lie in 0 to 1 and max_tries be 1 or more, got {self.tolerance}, {self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the occluders in it.

        Raises:
            AssetError: a category has no model.
            PlacementError: the scene has no such camera.
        """
        camera = next((s for s in scene.sensors if isinstance(s, Camera) and self.camera in (None, s.name)), None)
        if camera is None:
            raise PlacementError(f"{self.name}: there is no camera {self.camera or ''!r} in the scene")
        names = names_by_category(library, self.categories, self.tags)
        pose = scene.world_from_rig @ camera.rig_from_camera
        seen = self._seen(scene, camera, pose)
        ground, placed = Ground(scene), 0
        for k in range(int(draws.value("count", self.count)) if seen else 0):
            rng = draws.rng("model", k)
            chosen = names[pick(rng, self.categories)]
            asset = library.load(chosen[int(rng.integers(len(chosen)))])
            wanted = float(self.hidden.sample(draws.rng("wanted", k)))
            found = self._find(scene, camera, pose, seen, asset, wanted, ground, draws.rng("spot", k))
            if found is None:
                continue
            instance, hidden, subject = found
            scene = scene.adding(instance)
            ground.add(footprint(asset, _spot_of(instance)))
            for factor, value in (("asset", asset.name), ("hides", subject), ("wanted", wanted), ("hidden", hidden)):
                draws.note(factor, value, k)
            placed += 1
        draws.note("placed", placed)
        return scene

    def _find(
        self,
        scene: Scene,
        camera: Camera,
        pose: Pose,
        seen: list[tuple[Instance, Silhouette]],
        asset: Asset,
        wanted: float,
        ground: Ground,
        rng: np.random.Generator,
    ) -> tuple[Instance, float, str] | None:
        """Return the occluder where it hides what is wanted of some object, the share it hides, and of which."""
        for _ in range(self.max_tries):
            subject, outline = seen[int(rng.integers(len(seen)))]
            spots = self._spots(scene, pose, subject, asset, float(self.along.sample(rng)))
            free = [spot for spot in spots if ground.is_free(footprint(asset, spot), *_MARGINS_M)]
            if asset.category != "tree":
                free = [spot for spot in free if ground.is_free_above(asset, spot)]
            best: tuple[Instance, float, str] | None = None
            for spot in free:
                instance = Instance(
                    id=scene.next_id,
                    name=f"{self.name}_{scene.next_id}",
                    asset=asset,
                    world_from_object=at(spot.x_m, spot.y_m, spot.z_m, spot.heading_rad),
                )
                hidden = _covered_share(outline, silhouette(instance, camera, pose, scene.rig_motion))
                if best is None or abs(hidden - wanted) < abs(best[1] - wanted):
                    best = instance, hidden, subject.name
            if best is not None and abs(best[1] - wanted) <= self.tolerance:
                return best
        return None

    def _seen(self, scene: Scene, camera: Camera, pose: Pose) -> list[tuple[Instance, Silhouette]]:
        found = []
        for thing in scene.objects:
            if thing.category not in self.hides:
                continue
            outline = silhouette(thing, camera, pose, scene.rig_motion)
            if outline is not None and outline.mask.any() and outline.mask.shape[0] >= self.least_height_px:
                found.append((thing, outline))
        return found

    def _spots(self, scene: Scene, pose: Pose, subject: Instance, asset: Asset, along: float) -> list[Spot]:
        """Return places on the line of sight and to both sides of it, on the lanes and areas that are allowed."""
        eye = np.asarray(pose.translation_m)[:2]
        middle = np.asarray(subject.cuboid.world_from_box.translation_m)[:2]
        way = middle - eye
        length = float(np.hypot(*way))
        if length < 1e-6:
            return []
        aside = np.array([-way[1], way[0]]) / length
        reach = (along * np.hypot(*subject.cuboid.size_m[:2]) + np.hypot(*asset.size_m[:2])) / 2
        points = eye + along * way + _ACROSS[:, None] * reach * aside
        found: dict[int, Spot] = {}
        for region in scene.regions:
            if region.use in self.on:
                spots = _on_lane(region, asset, points) if isinstance(region, Lane) else _in_area(region, asset, points)
                found = {**spots, **found}
        return [found[k] for k in sorted(found)]


def _in_area(area: Area, asset: Asset, points: np.ndarray) -> dict[int, Spot]:
    """Return an asset's spots at those of (N, 2) points where all of it is in an area, facing as that does."""
    spots = {
        int(k): Spot(
            x_m=float(points[k, 0]),
            y_m=float(points[k, 1]),
            z_m=area.z_m,
            heading_rad=math.radians(area.heading_deg),
        )
        for k in np.flatnonzero(area.contains(points))
    }
    return {k: spot for k, spot in spots.items() if stands_in(area, footprint(asset, spot), 0.0)}


def _on_lane(lane: Lane, asset: Asset, points: np.ndarray) -> dict[int, Spot]:
    """Return an asset's spots at those of (N, 2) points where it keeps within a lane, heading as that does."""
    centre = np.asarray(lane.centre_m)
    steps = np.diff(centre[:, :2], axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    forward = steps / lengths[:, None]
    away = points[:, None, :] - centre[None, :-1, :2]
    along = (away * forward).sum(axis=2)
    aside = forward[:, 0] * away[..., 1] - forward[:, 1] * away[..., 0]
    half_length, half_width = asset.size_m[0] / 2, asset.size_m[1] / 2
    kept = (along >= half_length) & (along <= lengths - half_length) & (np.abs(aside) + half_width <= lane.width_m / 2)
    spots: dict[int, Spot] = {}
    for k in np.flatnonzero(kept.any(axis=1)):
        piece = int(np.argmax(kept[k]))
        rise = centre[piece + 1, 2] - centre[piece, 2]
        spots[int(k)] = Spot(
            x_m=float(points[k, 0]),
            y_m=float(points[k, 1]),
            z_m=float(centre[piece, 2] + rise * along[k, piece] / lengths[piece]),
            heading_rad=math.atan2(forward[piece, 1], forward[piece, 0]),
        )
    return spots


def _spot_of(instance: Instance) -> Spot:
    x, y, z = instance.world_from_object.translation_m
    return Spot(x_m=x, y_m=y, z_m=z, heading_rad=instance.world_from_object.yaw_rad)


def _covered_share(outline: Silhouette, before: Silhouette | None) -> float:
    """Return the share of an outline's pixels in the image that another covers."""
    if before is None or not before.mask.size:
        return 0.0
    x0, y0, x1, y1 = (
        max(outline.box_px[0], before.box_px[0]),
        max(outline.box_px[1], before.box_px[1]),
        min(outline.box_px[2], before.box_px[2]),
        min(outline.box_px[3], before.box_px[3]),
    )
    if x0 >= x1 or y0 >= y1:
        return 0.0
    both = [s.mask[y0 - s.box_px[1] : y1 - s.box_px[1], x0 - s.box_px[0] : x1 - s.box_px[0]] for s in (outline, before)]
    return float(np.count_nonzero(both[0] & both[1]) / np.count_nonzero(outline.mask))
