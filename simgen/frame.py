"""What comes back from the sensors, and what is known of it: observations, annotations, frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simgen.geometry.boxes import BoxPx
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose, Vector3
from simgen.geometry.rays import Hits
from simgen.scene.camera import Camera
from simgen.scene.depth_camera import DepthCamera
from simgen.scene.lidar import Lidar
from simgen.scene.radar import Radar
from simgen.scene.scene import Scene
from simgen.scene.sweep import deskew, skew

SEEN, OCCLUDED, OUTSIDE = 1, 2, 3
"""What becomes of a pixel's surface point in the other frame, in `Flow.state`: seen, hidden, or out of the image."""

WEATHER, GHOST, MIXED, BEHIND_GLASS = 1, 2, 4, 8
"""Bits of a point's `Scan.flags`: drops, flakes or fog sent it back; it is seen in a mirror, and nothing is where it
lies; echoes of surfaces at several ranges are one in it, so that it may lie off all of them; it is behind a pane."""

NOT_LABELLED, HIDDEN, VISIBLE = 0, 1, 2
"""What COCO says of a keypoint."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """Where the surface points at a picture's pixel centres lie in another picture of the same camera.

    Attributes:
        uv_px: (H, W, 2) float32, what to add to the pixel's position to get there; 0 where unknown. The sky moves as
            what is infinitely far.
        state: (H, W) uint8, `SEEN`, `OCCLUDED` or `OUTSIDE`; 0 where the flow is unknown: behind the other camera, or
            on an object that is not there in the other frame. What is both hidden and out of the image is `OUTSIDE`.
    """

    uv_px: np.ndarray
    state: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Segment:
    """One segment of a panoptic image: an object, or all of one kind of ground, wall or the like.

    Attributes:
        id: its value in the image: ``instance_id + 65536 * category_id``, the instance being 0 for stuff.
        category: its name.
        area_px: number of its pixels.
        box_px: tight box.
    """

    id: int
    category: str
    area_px: int
    box_px: BoxPx


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """What a camera saw; all its images come from the same hits.

    Those that may be None are made only when asked for (`simgen.annotate.pixels`, `simgen.annotate.flow`).

    Attributes:
        camera: the sensor.
        world_from_camera: its pose.
        rgb: (H, W, 3) uint8, sRGB.
        z_m: (H, W) float32 depth along the optical axis at pixel centres; 0 where nothing was met.
        instance_id: (H, W) uint16 at pixel centres; 0 where nothing was met.
        normal: (H, W, 3) float32 unit geometric normal in the camera frame, towards the camera; 0 where nothing is.
        ev100: the exposure that was used.
        exposure_s: how long the shutter was open for it, at the imager's f-number.
        iso: sensitivity it was taken at.
        through_glass: whether labels are of what lies behind panes, not of the panes.
        hits: what the rays through the pixel centres met, row by row.
        albedo: (H, W, 3) float32 linear Rec. 709 base colour in 0..1 as drawn, filtered over the pixel, wet or below
            snow where the weather makes it so; 0 where nothing was met.
        nit: (H, W, 3) float32 linear Rec. 709 luminance before the lens, cd/m2, free of noise; highlights are cut.
        points_m: (H * W, 3) float64 what the pixel centres show, where its objects have it at the scene's instant; NaN
            where nothing was met. None without a rolling shutter: depth and pose tell it then.
        semantic: (H, W) uint8 category ids; 0 where nothing was met.
        panoptic: (H, W) uint32, see `Segment`; 0 where nothing was met.
        segments: of ``panoptic``, by id.
        object_coordinates: (H, W, 3) float32 in 0..1, the position in the object's cuboid, see
            `simgen.annotate.pixels.object_coordinates`; 0 on what cannot be counted.
        uv: (H, W, 2) float32 texture coordinates as the mesh has them; 0 where nothing was met.
        lens_mask: (H, W) float32 share of the light that what lies on the lens lets through unbent, 1 where the lens is
            clean; None where it is clean all over.
        flow_forward: to the scene's next frame.
        flow_backward: to the one before.
    """

    camera: Camera
    world_from_camera: Pose
    rgb: np.ndarray
    z_m: np.ndarray
    instance_id: np.ndarray
    normal: np.ndarray
    ev100: float
    through_glass: bool = False
    hits: Hits | None = None
    albedo: np.ndarray | None = None
    nit: np.ndarray | None = None
    exposure_s: float | None = None
    iso: float | None = None
    points_m: np.ndarray | None = None
    semantic: np.ndarray | None = None
    panoptic: np.ndarray | None = None
    segments: tuple[Segment, ...] = ()
    object_coordinates: np.ndarray | None = None
    uv: np.ndarray | None = None
    lens_mask: np.ndarray | None = None
    flow_forward: Flow | None = None
    flow_backward: Flow | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """One LiDAR sweep: its N returns.

    Attributes:
        lidar: the sensor.
        world_from_lidar: its pose at the sweep's reference time, the scene's instant.
        rig_motion: how the rig moved it around then.
        xyz_m: (N, 3) float32 in the LiDAR's frame: that of each point's own firing, or, if ``lidar.deskewed``, that of
            the reference time. `deskewed` and `raw` turn one into the other.
        intensity: (N,) float32 in 0..1.
        ring: (N,) uint16, 0 is the top beam.
        column: (N,) uint16, the firing within the turn.
        time_s: (N,) float32 from the sweep's start.
        instance_id: (N,) uint16; 0 of what is no object's: see ``flags``.
        category_id: (N,) uint16.
        clean_range_m: (N,) float32 along the beam, without noise and quantization.
        return_number: (N,) uint8 from 1 on, by growing range among what is reported of one pulse.
        flags: (N,) uint8, sum of `WEATHER`, `GHOST`, `MIXED` and `BEHIND_GLASS`.
    """

    lidar: Lidar
    world_from_lidar: Pose
    rig_motion: Motion
    xyz_m: np.ndarray
    intensity: np.ndarray
    ring: np.ndarray
    column: np.ndarray
    time_s: np.ndarray
    instance_id: np.ndarray
    category_id: np.ndarray
    clean_range_m: np.ndarray
    return_number: np.ndarray
    flags: np.ndarray

    def deskewed(self) -> Scan:
        """Return the sweep as seen from the sensor's place at the reference time, by the rig's motion alone."""
        return self if self.lidar.deskewed else self._given(deskew, deskewed=True)

    def raw(self) -> Scan:
        """Return the sweep as measured, each point in the sensor's frame at its own firing."""
        return self._given(skew, deskewed=False) if self.lidar.deskewed else self

    def _given(self, carry: Callable[..., np.ndarray], *, deskewed: bool) -> Scan:
        moved = carry(self.xyz_m, self.time_s, self.lidar, self.world_from_lidar, self.rig_motion)
        return replace(self, xyz_m=moved.astype(np.float32), lidar=replace(self.lidar, deskewed=deskewed))


@dataclass(frozen=True, kw_only=True, eq=False)
class DepthView:
    """What a depth camera measured, beside what is true.

    Attributes:
        sensor: the device.
        world_from_camera: pose of its imager.
        z_m: (H, W) float32 exact depth along the axis at pixel centres; 0 where nothing was met.
        sensed_counts: (H, W) uint16 measured depth along the axis in steps of ``sensor.depth_unit_m``; 0 for none.
        reason: (H, W) uint8, values of `simgen.scene.depth_camera.REASONS`.
        instance_id: (H, W) uint16 at pixel centres; 0 where nothing was met.
        infrared: (H, W) uint8 what its (left) imager saw of its own light and of daylight; None of a passive one.
    """

    sensor: DepthCamera
    world_from_camera: Pose
    z_m: np.ndarray
    sensed_counts: np.ndarray
    reason: np.ndarray
    instance_id: np.ndarray
    infrared: np.ndarray | None = None

    @property
    def sensed_m(self) -> np.ndarray:
        """(H, W) float32 measured depth in metres; 0 for none."""
        return self.sensed_counts.astype(np.float32) * np.float32(self.sensor.depth_unit_m)


@dataclass(frozen=True, kw_only=True, eq=False)
class RadarScan:
    """What a radar detected: N detections by range, elevation unknown.

    Attributes:
        radar: the sensor.
        world_from_radar: its pose.
        range_m: (N,) float32.
        azimuth_rad: (N,) float32, to the left of straight ahead.
        doppler_mps: (N,) float32, how fast it goes away from the radar, wrapped at the radar's limit.
        over_ground_mps: (N,) float32, the same without the radar's own motion.
        snr_db: (N,) float32 signal over noise.
        rcs_dbsm: (N,) float32 cross-section judged by signal and range as if straight ahead, dB of 1 m2.
        instance_id: (N,) uint16, of what scattered most; 0 of false alarms.
        category_id: (N,) uint16.
    """

    radar: Radar
    world_from_radar: Pose
    range_m: np.ndarray
    azimuth_rad: np.ndarray
    doppler_mps: np.ndarray
    over_ground_mps: np.ndarray
    snr_db: np.ndarray
    rcs_dbsm: np.ndarray
    instance_id: np.ndarray
    category_id: np.ndarray


Observation = View | Scan | DepthView | RadarScan


@dataclass(frozen=True, kw_only=True, eq=False)
class Rle:
    """A mask as COCO's compressed run-length code: ``counts`` in column order, ``size`` (height, width)."""

    size: tuple[int, int]
    counts: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Annotation:
    """One object as one camera sees it. Counts and fractions are of pixel centres.

    Attributes:
        camera: name of the sensor.
        instance_id: which object.
        box_px: tight box of the visible pixels; None when none is.
        mask: visible pixels; None when none is.
        visible_px: number of visible pixels.
        amodal_box_px: tight box of the whole outline inside the image; None when none of it is.
        amodal_mask: the whole outline inside the image, hidden parts too; None when none of it is.
        amodal_px: number of its pixels.
        outline_box_px: box of the outline on the canvas of `simgen.trace.silhouette`, beyond the image's edge.
        outline_px: area of the outline on that canvas.
        visible_fraction: visible_px / outline_px.
        occluded_fraction: share of amodal_px hidden behind something else.
        truncated_fraction: share of outline_px outside the image.
        occluder_ids: objects seen where this one would be, most hidden pixels first.
        z_m: depth of the cuboid's centre along the optical axis.
        distance_m: from the camera to the cuboid's centre.
        alpha_rad: KITTI's observation angle: heading about the camera's y axis, less the ray's, in (-pi, pi].
        keypoints: (x px, y px, flag) in the order of `simgen.scene.keypoints`, flags as COCO has them: `NOT_LABELLED`
            (with 0, 0) where the model has no such point or it lies outside the image, `HIDDEN` behind something or
            behind the object itself, `VISIBLE`. Empty for models and categories without keypoints.
    """

    camera: str
    instance_id: int
    box_px: BoxPx | None
    mask: Rle | None
    visible_px: int
    amodal_box_px: BoxPx | None
    amodal_mask: Rle | None
    amodal_px: int
    outline_box_px: tuple[float, float, float, float]
    outline_px: float
    visible_fraction: float
    occluded_fraction: float
    truncated_fraction: float
    occluder_ids: tuple[int, ...]
    z_m: float
    distance_m: float
    alpha_rad: float
    keypoints: tuple[tuple[float, float, int], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class ObjectTruth:
    """One object of the scene, whichever sensor sees it.

    Attributes:
        instance_id, name, category, asset: as in the scene.
        center_m, size_m, rotation_wxyz: its cuboid in the world; size is length, width, height.
        velocity_mps: in the world, of the asset's origin.
        lidar_points: number of points per LiDAR name.
        yaw_rate_rps: how fast it turns to the left.
        keypoints_m: in the world, by name, of those that the model has.
    """

    instance_id: int
    name: str
    category: str
    asset: str
    center_m: Vector3
    size_m: Vector3
    rotation_wxyz: tuple[float, float, float, float]
    velocity_mps: Vector3
    lidar_points: Mapping[str, int]
    yaw_rate_rps: float = 0.0
    keypoints_m: Mapping[str, Vector3] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """One instant of a data set: the scene, what was sensed, what is true, and every factor drawn for it.

    Attributes:
        index: position in the data set.
        scene_index: frames of one scene share their objects and lie in one split.
        split: ``train``, ``val`` or ``test``.
        scene: what there is.
        observations: one per sensor.
        objects: every countable object of the scene.
        annotations: one per countable object and camera whose canvas it touches, exported or not.
        factors: full factor name to value, or to a list of values.
        time_s: from the start of the scene's sequence; None where frames are no sequence.
    """

    index: int
    scene_index: int
    split: str
    scene: Scene
    observations: tuple[Observation, ...]
    objects: tuple[ObjectTruth, ...]
    annotations: tuple[Annotation, ...]
    factors: Mapping[str, Any]
    time_s: float | None = None
