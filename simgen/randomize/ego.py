"""The vehicle that carries the sensors: where it drives, and how its cameras are mounted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, TruncatedNormal, Uniform, check_support
from simgen.errors import PlacementError, RecipeError
from simgen.geometry.pose import Pose, Vector3, about, at, on_slope
from simgen.randomize.pick import check_weights, pick
from simgen.randomize.placement import Footprint, Ground
from simgen.randomize.vehicles import lanes_of, pick_lane
from simgen.scene.camera import Camera
from simgen.scene.crossings import reach_m
from simgen.scene.scene import Instance, Scene, Sensor
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Ego:
    """Puts the rig on a lane, with free road around it.

    Attributes:
        name: prefix of its factors.
        every: once per scene or for each frame.
        road: only lanes whose names start so; all of them by default.
        lateral_m: offset from the lane's middle, to the left.
        heading_jitter_deg: how far it is turned from the lane's direction.
        speed_mps: of the vehicle.
        near: categories with weights; in a share ``near_share`` of the cases one of them is drawn, and an object of it,
            and the rig is put ``near_m`` before that, measured along the lane, if there is a free place.
        near_share, near_m: see above.
        view_ahead_m: least length of lane ahead of it.
        clear_ahead_m: least free distance to whatever stands ahead.
        length_m, width_m: of the vehicle; nothing stands where it is.
        camera_height_m, camera_pitch_deg, camera_roll_deg: added to every camera's mounting.
        zoom: factor on every camera's focal length; the lenses' distortion stays as it is.
        max_tries: places to draw.
    """

    kind: Literal["ego"] = "ego"
    name: str = "ego"
    every: Literal["scene", "frame"] = "frame"
    road: str = ""
    lateral_m: AnyDistribution = TruncatedNormal(mean=0.0, std=0.2, low=-0.6, high=0.6)
    heading_jitter_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=1.5, low=-5.0, high=5.0)
    speed_mps: AnyDistribution = TruncatedNormal(mean=8.0, std=4.0, low=0.0, high=16.0)
    near: dict[str, float] = field(default_factory=dict)
    near_share: float = 1.0
    near_m: AnyDistribution = Uniform(low=5.0, high=30.0)
    view_ahead_m: float = 50.0
    clear_ahead_m: float = 3.0
    length_m: float = 4.5
    width_m: float = 1.9
    camera_height_m: AnyDistribution = Uniform(low=-0.05, high=0.05)
    camera_pitch_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=0.7, low=-2.0, high=2.0)
    camera_roll_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=0.4, low=-1.5, high=1.5)
    zoom: AnyDistribution = Constant(value=1.0)
    max_tries: int = 200

    def __post_init__(self) -> None:
        check_support("lateral_m", self.lateral_m, -3.0, 3.0)
        check_support("heading_jitter_deg", self.heading_jitter_deg, -180.0, 180.0)
        check_support("speed_mps", self.speed_mps, 0.0, 90.0)
        check_support("camera_height_m", self.camera_height_m, -2.0, 5.0)
        check_support("camera_pitch_deg", self.camera_pitch_deg, -90.0, 90.0)
        check_support("camera_roll_deg", self.camera_roll_deg, -180.0, 180.0)
        if self.near:
            check_weights("near", self.near)
        check_support("near_m", self.near_m, 0.0, 200.0)
        if not 0.0 <= self.near_share <= 1.0:
            raise ValueError(f"near_share must lie in 0 to 1, got {self.near_share}")
        check_support("zoom", self.zoom, 0.1, 20.0)
        if self.view_ahead_m < 0 or self.clear_ahead_m < 0:
            raise ValueError(
                f"view_ahead_m and clear_ahead_m must be 0 or more, got {self.view_ahead_m} and {self.clear_ahead_m}"
            )
        if not (self.length_m > 0 and self.width_m > 0) or self.max_tries < 1:
            raise ValueError(
                f"length_m and width_m must be above 0 and max_tries 1 or more, got {self.length_m}, {self.width_m} "
                f"and {self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene seen from the drawn place.

        Raises:
            PlacementError: no free place on a lane was found.
            RecipeError: a camera's lens does not fill its image at the drawn zoom.
        """
        pose = self._place(scene, draws)
        speed = float(draws.value("speed_mps", self.speed_mps))
        heading, pitch_rad = pose.yaw_rad, math.asin(float(pose.rotation[2, 0]))
        raise_m, pitch, roll, zoom = (
            float(draws.value(key, getattr(self, key)))
            for key in ("camera_height_m", "camera_pitch_deg", "camera_roll_deg", "zoom")
        )
        shake = at(0.0, 0.0, raise_m)
        turn = about((0.0, 1.0, 0.0), math.radians(pitch)) @ about((1.0, 0.0, 0.0), math.radians(roll))
        return replace(
            scene,
            world_from_rig=pose,
            rig_velocity_mps=_along_ground(speed, heading, pitch_rad),
            sensors=tuple(_remounted(sensor, shake, turn, zoom) for sensor in scene.sensors),
        )

    def _chosen(self, scene: Scene, draws: Draws) -> tuple[Instance, float] | None:
        """Return the object to be near, and how far ahead it is to be; None for none."""
        there = {o.category for o in scene.objects}
        weights = {c: w for c, w in self.near.items() if c in there and w > 0}
        if not weights or draws.rng("near").random() >= self.near_share:
            return None
        category = pick(draws.rng("near.category"), weights)
        things = [o for o in scene.objects if o.category == category]
        thing = things[int(draws.rng("near.object").integers(len(things)))]
        draws.note("near", thing.name)
        return thing, float(draws.value("near_m", self.near_m))

    def _place(self, scene: Scene, draws: Draws) -> Pose:
        lanes, ground = lanes_of(scene, "drive", self.name, self.road), Ground(scene)
        rng, lateral, jitter = draws.rng("along_m"), draws.rng("lateral_m"), draws.rng("heading_jitter_deg")
        chosen, short, taken = self._chosen(scene, draws), 0, 0
        for k in range(self.max_tries):
            lane = pick_lane(lanes, rng)
            room = min(lane.length_m, reach_m(scene, lane) - self.view_ahead_m)
            offset, turn = float(self.lateral_m.sample(lateral)), float(self.heading_jitter_deg.sample(jitter))
            if room <= self.length_m:
                short += 1
                continue
            along = float(rng.uniform(self.length_m / 2, room))
            if chosen is not None and k < self.max_tries // 2:
                # Half of the tries are for places before what was chosen; where none is free, any other will do.
                along = lane.along(chosen[0].world_from_object.translation_m) - chosen[1]
                if not self.length_m / 2 <= along <= room:
                    continue
            (x, y, z), heading = lane.point_at(along, offset)
            pitch = lane.pitch_at(along)
            heading += math.radians(turn)
            ahead = self.clear_ahead_m / 2
            body = Footprint(
                x_m=x + ahead * math.cos(heading), y_m=y + ahead * math.sin(heading),
                half_length_m=self.length_m / 2 + ahead, half_width_m=self.width_m / 2, heading_rad=heading,
            )  # fmt: skip
            if ground.is_free(body, 0.2, 0.2):
                for factor, value in (
                    ("lane", lane.name), ("along_m", along), ("lateral_m", offset), ("heading_jitter_deg", turn)
                ):  # fmt: skip
                    draws.note(factor, value)
                return on_slope(at(x, y, z, heading), pitch)
            taken += 1
        told = f"'{self.name}': no free place on {len(lanes)} lanes in {self.max_tries} tries"
        most_m = max(lane.length_m for lane in lanes) - self.length_m
        if self.view_ahead_m >= most_m:
            raise PlacementError(
                f"{told}: none is long enough for view_ahead_m {self.view_ahead_m:g}. The nearest that fits is below "
                f"{most_m:.1f}."
            )
        raise PlacementError(
            f"{told}: {taken} were taken, {short} on lanes too short for view_ahead_m {self.view_ahead_m:g}. Lower the "
            f"traffic, or clear_ahead_m ({self.clear_ahead_m:g}), or raise max_tries."
        )


def _along_ground(speed: float, heading_rad: float, pitch_rad: float) -> Vector3:
    level = speed * math.cos(pitch_rad)
    return level * math.cos(heading_rad), level * math.sin(heading_rad), speed * math.sin(pitch_rad)


def _remounted(sensor: Sensor, shake: Pose, turn: Pose, zoom: float) -> Sensor:
    """Return a camera moved up and turned about its own place on the rig; a LiDAR stays as it is."""
    if not isinstance(sensor, Camera):
        return sensor
    mounted = sensor.rig_from_camera
    place = Pose(translation_m=mounted.translation_m)
    moved = shake @ place @ turn @ place.inverse @ mounted
    try:
        return replace(sensor, rig_from_camera=moved, fx_px=sensor.fx_px * zoom, fy_px=sensor.fy_px * zoom)
    except ValueError as error:
        raise RecipeError(f"zoom {zoom:g}: {error}") from None
