"""Truth records: all that is known of a frame, as it is kept on disk and read by every exporter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simgen.frame import Annotation, ObjectTruth, Segment
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.asset import Symmetry
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.lidar import Lidar
from simgen.scene.radar import Radar

FactorValue = bool | int | float | str | None


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """One file of a data set: path below the data set's folder with forward slashes, size, SHA-256 hex."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AssetRecord:
    """Where a model or a sky's image came from: its maker, terms, source, and the digest of what it was made from.

    ``symmetries`` are of a model, in the frame of its cuboid at the model's own size, as `Asset.symmetries`.
    """

    author: str
    licence: str
    source: str
    digest: str
    symmetries: tuple[Symmetry, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class ViewRecord:
    """What a camera left on disk.

    Attributes:
        camera: the sensor as it was, intrinsics and mounting included.
        world_from_camera: its pose.
        ev100: the exposure used.
        exposure_s, iso: the shutter's time and the sensitivity that gave it.
        image: 8-bit sRGB picture.
        depth: 16-bit PNG, counts of ``camera.depth_unit_m`` along the optical axis; 0 where nothing was met in reach.
        instance: 16-bit PNG of instance ids; 0 where nothing was met.
        normal: 8-bit RGB PNG, (n + 1) / 2 * 255 of the unit normal in the camera frame; None when not asked for.
        truths: further images that were asked for, by kind, which is their folder; coded as `simgen.run.coding` says.
        segments: of the panoptic image; empty without one.
    """

    camera: Camera
    world_from_camera: Pose
    ev100: float
    image: FileRecord
    depth: FileRecord
    instance: FileRecord
    normal: FileRecord | None
    truths: Mapping[str, FileRecord] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    exposure_s: float | None = None
    iso: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ScanRecord:
    """What a LiDAR left on disk.

    Attributes:
        lidar: the sensor as it was.
        world_from_lidar: its pose at the sweep's reference time.
        points: number of returns.
        cloud: NumPy structured array (.npy), fields as in `simgen.frame.Scan` with x, y, z apart.
    """

    lidar: Lidar
    world_from_lidar: Pose
    points: int
    cloud: FileRecord


@dataclass(frozen=True, kw_only=True, eq=False)
class DepthRecord:
    """What a depth camera left on disk.

    Attributes:
        sensor: the device as it was: intrinsics, mounting, baseline, emitter and the figures it errs by.
        world_from_camera: pose of its (left) imager.
        clean: 16-bit PNG of the exact depth, counts of ``sensor.camera.depth_unit_m`` along the axis; 0 where nothing
            was met in reach.
        sensed: 16-bit PNG of the measured depth, counts of ``sensor.depth_unit_m`` along the axis; 0 for none.
        instance: 16-bit PNG of instance ids; 0 where nothing was met.
        truths: further images that were asked for, by kind, which is their folder: ``depth_reason``, 8-bit values of
            `simgen.scene.depth_camera.REASONS`; ``infrared``, 8-bit; ``disparity``, 16-bit counts of 1/256 px of the
            exact disparity.
    """

    sensor: DepthCamera
    world_from_camera: Pose
    clean: FileRecord
    sensed: FileRecord
    instance: FileRecord
    truths: Mapping[str, FileRecord] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class RadarRecord:
    """What a radar left on disk.

    Attributes:
        radar: the sensor as it was.
        world_from_radar: its pose.
        detections: how many.
        table: NumPy structured array (.npy), fields as in `simgen.frame.RadarScan`, with x and y in the radar's frame.
    """

    radar: Radar
    world_from_radar: Pose
    detections: int
    table: FileRecord


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameRecord:
    """One frame, with everything but its pixels and points.

    Attributes:
        index, scene_index, split: as in `simgen.frame.Frame`.
        world_from_rig: where the sensors' rig stood.
        rig_velocity_mps: in the world.
        views, scans, depths, radars: one per camera, LiDAR, depth camera and radar.
        instances: category of every instance id that images and clouds may hold, ground and walls included.
        objects: every countable object.
        annotations: every countable object per camera, hidden ones too.
        factors: full factor name to what was drawn.
        assets: every model in the scene, by name.
        time_s: from the start of the scene's sequence; None where frames are no sequence.
        rig_yaw_rate_rps: how fast the rig turns to the left.
    """

    index: int
    scene_index: int
    split: str
    world_from_rig: Pose
    rig_velocity_mps: Vector3
    views: tuple[ViewRecord, ...]
    scans: tuple[ScanRecord, ...]
    instances: Mapping[int, str]
    objects: tuple[ObjectTruth, ...]
    annotations: tuple[Annotation, ...]
    factors: Mapping[str, FactorValue | tuple[FactorValue, ...]]
    assets: Mapping[str, AssetRecord] = field(default_factory=dict)
    depths: tuple[DepthRecord, ...] = ()
    radars: tuple[RadarRecord, ...] = ()
    time_s: float | None = None
    rig_yaw_rate_rps: float = 0.0

    @property
    def rig_motion(self) -> Motion:
        """How the rig moved around the frame's instant."""
        return Motion(
            velocity_mps=self.rig_velocity_mps,
            yaw_rate_rps=self.rig_yaw_rate_rps,
            center_m=self.world_from_rig.translation_m,
        )
