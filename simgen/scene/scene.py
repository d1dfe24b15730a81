"""The `Scene`: all there is at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from simgen.geometry.boxes import Cuboid
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.lidar import Lidar
from simgen.scene.light import Light, Moon, Sky, Sun
from simgen.scene.material import Material
from simgen.scene.radar import Radar
from simgen.scene.region import Area, Lane, Region
from simgen.scene.track import Track
from simgen.scene.weather import Weather

Sensor = Camera | Lidar | DepthCamera | Radar


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """One object standing in a scene.

    Attributes:
        id: 1 or more, unique in the scene; 0 is the background.
        name: unique in the scene, for messages.
        asset: what it is.
        world_from_object: where it stands.
        scale: size relative to the asset.
        materials: its own materials in place of the asset's, same length; None for the asset's.
        velocity_mps: in the world, of the asset's origin.
        yaw_rate_rps: about the vertical through the asset's origin, radians per second, to the left.
        dynamic: whether physics may still move it.
    """

    id: int
    name: str
    asset: Asset
    world_from_object: Pose
    scale: float = 1.0
    materials: tuple[Material, ...] | None = None
    velocity_mps: Vector3 = (0.0, 0.0, 0.0)
    yaw_rate_rps: float = 0.0
    dynamic: bool = False

    def __post_init__(self) -> None:
        if self.id < 1:
            raise ValueError(f"instance {self.name!r}: id must be 1 or more, got {self.id}")
        if not self.scale > 0:
            raise ValueError(f"instance {self.name!r}: scale must be above 0, got {self.scale}")
        if self.materials is not None and len(self.materials) != len(self.asset.materials):
            raise ValueError(
                f"instance {self.name!r}: {len(self.materials)} materials for an asset "
                f"that has {len(self.asset.materials)}"
            )

    @property
    def surface(self) -> tuple[Material, ...]:
        """The materials in force."""
        return self.asset.materials if self.materials is None else self.materials

    @property
    def category(self) -> str:
        """The asset's category."""
        return self.asset.category

    @property
    def motion(self) -> Motion:
        """How it moves around the scene's instant."""
        return Motion(
            velocity_mps=self.velocity_mps,
            yaw_rate_rps=self.yaw_rate_rps,
            center_m=self.world_from_object.translation_m,
        )

    @property
    def cuboid(self) -> Cuboid:
        """The oriented box around the mesh, axes as the asset's."""
        low, high = (np.asarray(b) * self.scale for b in self.asset.bounds)
        centre = self.world_from_object.apply((low + high) / 2)
        size = high - low
        return Cuboid(
            world_from_box=Pose(
                self.world_from_object.rotation_wxyz, (float(centre[0]), float(centre[1]), float(centre[2]))
            ),
            size_m=(float(size[0]), float(size[1]), float(size[2])),
        )

    def world_vertices(self) -> np.ndarray:
        """(V, 3) float64 mesh vertices in the world."""
        return self.world_from_object.apply(self.asset.mesh.vertices.astype(np.float64) * self.scale)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """Everything at one instant, in the world frame (z up, metres); knows no renderer and no file format.

    The rig moves by ``rig_velocity_mps`` and turns to the left by ``rig_yaw_rate_rps`` about its own origin.

    A scene that unfolds has ``tracks`` by object id, and one for the rig; `simgen.scene.sequence.scene_at` returns its
    instants, each with its ``time_s``.
    """

    objects: tuple[Instance, ...] = ()
    lights: tuple[Light, ...] = ()
    sky: Sky | None = None
    sensors: tuple[Sensor, ...] = ()
    regions: tuple[Region, ...] = ()
    world_from_rig: Pose = Pose()
    rig_velocity_mps: Vector3 = (0.0, 0.0, 0.0)
    rig_yaw_rate_rps: float = 0.0
    weather: Weather = Weather()
    tracks: Mapping[int, Track] = field(default_factory=dict)
    rig_track: Track | None = None
    time_s: float | None = None

    def __post_init__(self) -> None:
        for what, names in (
            ("instance id", [str(o.id) for o in self.objects]),
            ("instance name", [o.name for o in self.objects]),
            ("sensor name", [s.name for s in self.sensors]),
            ("region name", [r.name for r in self.regions]),
        ):
            if len(set(names)) != len(names):
                twice = sorted({n for n in names if names.count(n) > 1})
                raise ValueError(f"{what} used more than once: {', '.join(twice)}")

    @property
    def next_id(self) -> int:
        """The lowest id above all in use."""
        return max((o.id for o in self.objects), default=0) + 1

    @property
    def sun(self) -> Sun | None:
        """The scene's sun, if it has one."""
        return next((light for light in self.lights if isinstance(light, Sun)), None)

    @property
    def rig_motion(self) -> Motion:
        """How the rig moves around the scene's instant."""
        return Motion(
            velocity_mps=self.rig_velocity_mps,
            yaw_rate_rps=self.rig_yaw_rate_rps,
            center_m=self.world_from_rig.translation_m,
        )

    @property
    def moon(self) -> Moon | None:
        """The scene's moon, if it has one."""
        return next((light for light in self.lights if isinstance(light, Moon)), None)

    def lanes(self, use: str) -> tuple[Lane, ...]:
        """The lanes of one use."""
        return tuple(r for r in self.regions if isinstance(r, Lane) and r.use == use)

    def areas(self, use: str) -> tuple[Area, ...]:
        """The areas of one use."""
        return tuple(r for r in self.regions if isinstance(r, Area) and r.use == use)

    def adding(self, *objects: Instance) -> Scene:
        """Return the scene with more objects in it."""
        return replace(self, objects=self.objects + objects)
