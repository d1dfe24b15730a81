"""The randomizer ``orbit_camera``: looks at a region from around and above it, inside the room."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, TruncatedNormal, Uniform, check_support
from simgen.errors import PlacementError, RecipeError
from simgen.geometry.pose import Vector3, look_at
from simgen.scene.camera import Camera, focal_px
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws
from simgen.trace.tracer import Tracer


@dataclass(frozen=True, kw_only=True)
class OrbitCamera:
    """Moves the rig so that a camera looks at a region from a drawn direction and distance.

    A view is drawn anew while the camera would be in a wall or closer than ``clearance_m`` to an object, or while
    an object stands in the way of most of the region.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        camera: name of the camera; the rig goes with it.
        around: use of the areas to look at; one is drawn.
        azimuth_deg: direction from the target to the camera, from +x counter-clockwise.
        elevation_deg: height of the camera above the horizon, seen from the target; below 89.
        distance_m: from the target to the camera.
        target_m: offset of the target from the region's middle, along x and y each.
        target_height_m: of the target above the region.
        roll_deg: camera turned clockwise about its axis.
        horizontal_fov_deg: None keeps the camera's own; the lens's distortion stays as it is.
        clearance_m: free space around the camera.
        max_tries: views to draw before giving up.
    """

    kind: Literal["orbit_camera"] = "orbit_camera"
    name: str = "orbit_camera"
    every: Literal["scene", "frame"] = "frame"
    camera: str = "camera"
    around: str = "table_top"
    azimuth_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    elevation_deg: AnyDistribution = TruncatedNormal(mean=35.0, std=15.0, low=10.0, high=75.0)
    distance_m: AnyDistribution = Uniform(low=0.7, high=1.4)
    target_m: AnyDistribution = TruncatedNormal(mean=0.0, std=0.1, low=-0.25, high=0.25)
    target_height_m: AnyDistribution = Uniform(low=0.0, high=0.1)
    roll_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=2.0, low=-6.0, high=6.0)
    horizontal_fov_deg: AnyDistribution | None = None
    clearance_m: float = 0.12
    max_tries: int = 100

    def __post_init__(self) -> None:
        check_support("elevation_deg", self.elevation_deg, -89.0, 89.0)
        check_support("distance_m", self.distance_m, 0.05, 100.0)
        if self.horizontal_fov_deg is not None:
            check_support("horizontal_fov_deg", self.horizontal_fov_deg, 1.0, 170.0)
        if self.clearance_m < 0 or self.max_tries < 1:
            raise ValueError(
                f"clearance_m must be 0 or more and max_tries 1 or more, got {self.clearance_m}, {self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene seen from the drawn view.

        Raises:
            PlacementError: no free view was found, or the scene has no such camera or area.
            RecipeError: the camera's lens cannot show the drawn field of view.
        """
        camera = next((s for s in scene.sensors if isinstance(s, Camera | DepthCamera) and s.name == self.camera), None)
        areas = scene.areas(self.around)
        if camera is None or not areas:
            missing = f"camera {self.camera!r}" if camera is None else f"area {self.around!r}"
            raise PlacementError(f"{self.name}: there is no {missing} in the scene")
        rng = draws.rng("area")
        area = areas[int(rng.integers(len(areas)))]
        draws.note("area", area.name)
        room = scene.areas("floor")
        tracer = Tracer(scene.objects, threads=1)
        reasons = {"outside the room": 0, "in or near an object": 0, "behind an object": 0}
        for attempt in range(self.max_tries):
            view = self._draw_view(draws, area, attempt)
            reason = self._why_not(view, area, room, tracer)
            if reason is None:
                return self._seen_from(scene, camera, view, draws)
            reasons[reason] += 1
        told = ", ".join(f"{n} {why}" for why, n in reasons.items() if n)
        nearest = self._nearest_m(draws, area, room, tracer)
        hint = f"The nearest that fits is distance_m {nearest:.2f}; else" if nearest else "Lower distance_m,"
        raise PlacementError(
            f"{self.name}: no view of {area.name!r}: {self.max_tries} tries, {told}. {hint} raise elevation_deg, or "
            "enlarge the room."
        )

    def _nearest_m(self, draws: Draws, area: Area, room: tuple[Area, ...], tracer: Tracer) -> float | None:
        """Return the largest distance at which one of the drawn views would do if it were nearer; None for none."""
        found = []
        for attempt in range(min(self.max_tries, _LOOKED_AT)):
            view = self._draw_view(draws, area, attempt)
            for share in np.arange(0.95, 0.05, -0.05).tolist():
                nearer = {**view, "distance_m": share * view["distance_m"]}
                if self._why_not(nearer, area, room, tracer) is None:
                    found.append(nearer["distance_m"])
                    break
        return max(found, default=None)

    def _draw_view(self, draws: Draws, area: Area, attempt: int) -> dict[str, float]:
        """Draw one view; every factor from its own stream, one item an attempt."""
        drawn = {
            key: float(distribution.sample(draws.rng(key, attempt)))
            for key, distribution in (
                ("azimuth_deg", self.azimuth_deg),
                ("elevation_deg", self.elevation_deg),
                ("distance_m", self.distance_m),
                ("target_x_m", self.target_m),
                ("target_y_m", self.target_m),
                ("target_height_m", self.target_height_m),
                ("roll_deg", self.roll_deg),
            )
        }
        if self.horizontal_fov_deg is not None:
            drawn["horizontal_fov_deg"] = float(
                self.horizontal_fov_deg.sample(draws.rng("horizontal_fov_deg", attempt))
            )
        x, y = np.asarray(area.corners_m).mean(axis=0)
        drawn["x"], drawn["y"] = float(x) + drawn["target_x_m"], float(y) + drawn["target_y_m"]
        drawn["z"] = area.z_m + drawn["target_height_m"]
        return drawn

    def _why_not(self, view: dict[str, float], area: Area, room: tuple[Area, ...], tracer: Tracer) -> str | None:
        """Return why a view will not do, or None."""
        eye = np.asarray(_eye(view))
        if room and not any(_is_inside(eye, r, self.clearance_m) for r in room):
            return "outside the room"
        around = np.broadcast_to(eye, (len(_DIRECTIONS), 3))
        if self.clearance_m > 0 and tracer.occluded(around, _DIRECTIONS, self.clearance_m).any():
            return "in or near an object"
        corners = np.asarray(area.corners_m)
        low, high = corners.min(axis=0), corners.max(axis=0)
        spots = np.array(
            [[*(low + (high - low) * (a, b)), area.z_m + 0.01] for a in (0.3, 0.5, 0.7) for b in (0.3, 0.5, 0.7)]
        )
        ways = spots - eye
        length = np.linalg.norm(ways, axis=1)
        # What stands on the region may hide it, what stands before it may not: the last part of the way does not count.
        free_m = np.maximum(length - _AROUND_REGION_M - area.rim_m, 0.5 * length)
        blocked = tracer.occluded(np.broadcast_to(eye, ways.shape), ways / length[:, None], free_m)
        return "behind an object" if blocked.mean() > 0.3 else None

    def _seen_from(self, scene: Scene, camera: Camera | DepthCamera, view: dict[str, float], draws: Draws) -> Scene:
        """Return the scene with the rig, and the camera's focal length, set for a view; record it."""
        for key, value in view.items():
            if key not in ("x", "y", "z"):
                draws.note(key, value)
        if "horizontal_fov_deg" in view:
            if isinstance(camera, DepthCamera):
                raise RecipeError(
                    f"{self.name}: horizontal_fov_deg: {camera.name!r} is a depth camera, whose model tells its field "
                    "of view; leave it out, or name a camera"
                )
            try:
                focal = focal_px(camera.width_px, view["horizontal_fov_deg"], camera.lens)
                changed = replace(camera, fx_px=focal, fy_px=focal * camera.fy_px / camera.fx_px)
            except ValueError as error:
                raise RecipeError(f"{self.name}: horizontal_fov_deg: {error}") from None
            scene = replace(scene, sensors=tuple(changed if s is camera else s for s in scene.sensors))
        world_from_camera = look_at(_eye(view), (view["x"], view["y"], view["z"]), math.radians(view["roll_deg"]))
        return replace(scene, world_from_rig=world_from_camera @ camera.rig_from_camera.inverse)


_AROUND_REGION_M = 0.4
_LOOKED_AT = 30
_DIRECTIONS = np.array(
    [
        (
            a / math.sqrt(a * a + b * b + c * c),
            b / math.sqrt(a * a + b * b + c * c),
            c / math.sqrt(a * a + b * b + c * c),
        )
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
        for c in (-1, 0, 1)
        if (a, b, c) != (0, 0, 0)
    ]
)


def _eye(view: dict[str, float]) -> Vector3:
    azimuth, elevation = math.radians(view["azimuth_deg"]), math.radians(view["elevation_deg"])
    level = view["distance_m"] * math.cos(elevation)
    return (
        view["x"] + level * math.cos(azimuth),
        view["y"] + level * math.sin(azimuth),
        view["z"] + view["distance_m"] * math.sin(elevation),
    )


def _is_inside(eye: np.ndarray, room: Area, margin_m: float) -> bool:
    """Tell whether a point is in a room, clear of its walls, floor and, where its walls have a height, ceiling."""
    under = eye[2] <= room.z_m + room.rim_m - margin_m if room.rim_m else True
    return bool(room.contains(eye[None, :2], margin_m)[0]) and eye[2] >= room.z_m + margin_m and under
