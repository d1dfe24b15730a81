"""A LiDAR sweep drawn from above with its boxes and their headings, or unrolled ring by ring."""

from __future__ import annotations

import math

import cv2
import numpy as np

from simgen.geometry.pose import Pose, at
from simgen.quality.ink import BRIGHT, DIM, FAINT, NOTHING, PANEL, Scale, fill, line, round_up, write
from simgen.quality.overlay import color_of, splat
from simgen.quality.solids import cuboid_of, rig_motion_of
from simgen.scene.beam_pattern import Rosette
from simgen.scene.sweep import in_world
from simgen.truth import FrameRecord, RadarRecord, ScanRecord

HEIGHT_SCALE = Scale(low=-1.5, high=4.0)
"""From height above the rig's origin, metres, to colour."""

SPEED_SCALE = Scale(low=-15.0, high=15.0)
"""From radial speed over ground, metres per second, to colour: red goes away."""

_FOOTPRINT = (0, 2, 6, 4)


def draw_from_above(
    frame: FrameRecord,
    scan: ScanRecord,
    cloud: np.ndarray,
    side_px: int,
    reach_m: float | None = None,
    *,
    colors: np.ndarray | None = None,
) -> np.ndarray:
    """Return a square picture of a sweep seen from straight above, the rig's heading up.

    Without ``colors`` hue tells the height above the rig's origin, brightness the intensity. Boxes that hold no point
    are faint.

    Args:
        frame: what is true of the frame.
        scan: the LiDAR's record in it.
        cloud: (N,) of `simgen.run.store.CLOUD_DTYPE`.
        side_px: width and height.
        reach_m: from the middle to the edge; None fits 95 of 100 points.
        colors: (N, 3) uint8 of the points.

    Returns:
        (side_px, side_px, 3) uint8 RGB.
    """
    picture = np.full((side_px, side_px, 3), PANEL, dtype=np.uint8)
    # The rig may be tilted (one that a camera is held by); what lies above what is told by the world's vertical.
    level_from_world = at(*frame.world_from_rig.translation_m, frame.world_from_rig.yaw_rad).inverse
    xyz, rig, deskewed = (
        np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1),
        rig_motion_of(frame),
        scan.lidar.deskewed,
    )
    points = level_from_world.apply(
        in_world(xyz, cloud["time_s"], scan.lidar, scan.world_from_lidar, rig, deskewed=deskewed)
    )
    away = np.hypot(points[:, 0], points[:, 1])
    if reach_m is None:
        reach_m = _round_reach(float(np.quantile(away, 0.95))) if len(away) else 10.0
    _draw_rings(picture, reach_m)
    order = np.argsort(points[:, 2], kind="stable")
    if colors is None:
        strong = float(np.quantile(cloud["intensity"], 0.98)) if len(cloud) else 1.0
        light = 0.5 + 0.5 * np.sqrt(np.clip(cloud["intensity"] / max(strong, 1e-6), 0.0, 1.0))
        colors = np.rint(HEIGHT_SCALE.colors(points[:, 2]) * light[:, None])
    splat(picture, _place(points[order], reach_m, side_px), colors[order], 1.67)
    _draw_views(picture, frame, level_from_world, reach_m)
    met = {truth.instance_id for truth in frame.objects if truth.lidar_points.get(scan.lidar.name, 0)}
    _draw_boxes(picture, frame, level_from_world, reach_m, met)
    return picture


def draw_detections(
    frame: FrameRecord, record: RadarRecord, found: np.ndarray, side_px: int, reach_m: float | None = None
) -> np.ndarray:
    """Return a square picture of a radar's detections seen from straight above, the rig's heading up.

    A dot is the larger the larger the cross-section; its hue, and the line from it, tell the radial speed over ground.
    Boxes without a detection are faint.

    Args:
        frame: what is true of the frame.
        record: the radar's record in it.
        found: (N,) of `simgen.run.store.RADAR_DTYPE`.
        side_px: width and height.
        reach_m: from the middle to the edge; None fits 95 of 100 detections.

    Returns:
        (side_px, side_px, 3) uint8 RGB.
    """
    picture = np.full((side_px, side_px, 3), PANEL, dtype=np.uint8)
    level_from_world = at(*frame.world_from_rig.translation_m, frame.world_from_rig.yaw_rad).inverse
    level_from_radar = level_from_world @ record.world_from_radar
    flat = np.stack([found["x"], found["y"], np.zeros(len(found))], axis=1).astype(np.float64)
    points = level_from_radar.apply(flat)
    away = np.hypot(points[:, 0], points[:, 1])
    if reach_m is None:
        reach_m = _round_reach(float(np.quantile(away, 0.95))) if len(away) else 10.0
    _draw_rings(picture, reach_m)
    _draw_boxes(picture, frame, level_from_world, reach_m, set(found["instance_id"].tolist()))
    speed = found["over_ground_mps"].astype(np.float64)
    tips = level_from_radar.apply(flat * (1.0 + speed / np.maximum(found["range_m"], 1e-3))[:, None])
    sizes = np.clip(3.0 + 0.15 * found["rcs_dbsm"], 1.5, 8.0) * side_px / 700
    for start, tip, color, size in zip(points, tips, SPEED_SCALE.colors(speed), sizes, strict=True):
        ink = (int(color[0]), int(color[1]), int(color[2]))
        line(picture, _place(np.stack([start, tip]), reach_m, side_px), ink)
        middle = _place(start[None], reach_m, side_px)[0]
        turn = np.linspace(0.0, 2 * math.pi, 13)[:-1]
        fill(picture, middle + size * np.stack([np.cos(turn), np.sin(turn)], axis=1), ink, 1.0)
    return picture


def _draw_boxes(picture: np.ndarray, frame: FrameRecord, level_from_world: Pose, reach_m: float, met: set[int]) -> None:
    """Draw the objects' cuboids and headings, faint where their ids are not in ``met``."""
    side_px = len(picture)
    for truth in frame.objects:
        cuboid = cuboid_of(truth)
        center = level_from_world.apply(np.asarray(truth.center_m))
        if math.hypot(center[0], center[1]) > 2 * reach_m:
            continue
        base = level_from_world.apply(cuboid.corners[list(_FOOTPRINT)])
        nose = level_from_world.apply(
            cuboid.world_from_box.apply(np.array([[0.0, 0, 0], [0.5 * truth.size_m[0], 0, 0]]))
        )
        color = color_of(truth) if truth.instance_id in met else FAINT
        line(picture, _place(base, reach_m, side_px), color, closed=True)
        line(picture, _place(nose, reach_m, side_px), color)


def draw_turn(scan: ScanRecord, cloud: np.ndarray, colors: np.ndarray, size_px: tuple[int, int]) -> np.ndarray:
    """Return a sweep as a picture, a row a ring, a column a firing: from straight back over left, ahead and right.

    A rosette's has neither rows nor columns; its points are drawn where they lie ahead, as seen from the sensor.

    Args:
        scan: the LiDAR's record.
        cloud: (N,) of `simgen.run.store.CLOUD_DTYPE`.
        colors: (N, 3) uint8.
        size_px: width and height of the picture.
    """
    if isinstance(scan.lidar.pattern, Rosette):
        return _draw_ahead(cloud, colors, size_px)
    beams = np.full((scan.lidar.rings, scan.lidar.columns, 3), NOTHING, dtype=np.uint8)
    beams[cloud["ring"], cloud["column"]] = colors
    return cv2.resize(beams, size_px, interpolation=cv2.INTER_NEAREST)


def _draw_ahead(cloud: np.ndarray, colors: np.ndarray, size_px: tuple[int, int]) -> np.ndarray:
    picture = np.full((size_px[1], size_px[0], 3), NOTHING, dtype=np.uint8)
    if len(cloud) == 0:
        return picture
    azimuth = np.arctan2(cloud["y"], cloud["x"])
    elevation = np.arctan2(cloud["z"], np.hypot(cloud["x"], cloud["y"]))
    across, up = float(np.abs(azimuth).max()), float(np.abs(elevation).max())
    scale = 0.48 * min(size_px[0] / max(across, 1e-3), size_px[1] / max(up, 1e-3))
    splat(
        picture, np.stack([size_px[0] / 2 - azimuth * scale, size_px[1] / 2 - elevation * scale], axis=1), colors, 1.67
    )
    return picture


def _round_reach(reach_m: float) -> float:
    step = round_up(max(reach_m, 1.0) / 5.0)
    return step * math.ceil(reach_m / step)


def _place(points: np.ndarray, reach_m: float, side_px: int) -> np.ndarray:
    """Return picture positions of points in the level frame: forward (x) up, left (y) to the left."""
    return (1.0 - points[:, 1::-1] / reach_m) * (side_px / 2.0)


def _draw_rings(picture: np.ndarray, reach_m: float) -> None:
    side = len(picture)
    step = round_up(reach_m / 5.0)
    turn = np.linspace(0.0, 2 * math.pi, 181)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for k in range(1, math.floor(reach_m * 1.42 / step) + 1):
        line(picture, _place(circle * (k * step), reach_m, side), (52, 57, 68), closed=True)
        if k * step < reach_m * 0.98:
            x, y = _place(np.array([[0.0, -k * step]]), reach_m, side)[0]
            write(picture, f"{k * step:g}", (x, y - 3), size=10, color=DIM, align="middle")
    arrow = np.array([[0.9, 0.0], [-0.6, 0.55], [-0.6, -0.55]]) * (reach_m / 40)
    fill(picture, _place(arrow, reach_m, side), BRIGHT, 0.9)


def _draw_views(picture: np.ndarray, frame: FrameRecord, level_from_world: Pose, reach_m: float) -> None:
    """Draw how far each camera sees to the left and right, at the height of its axis."""
    for view in frame.views:
        level_from_camera = level_from_world @ view.world_from_camera
        edges = np.array([[0.0, view.camera.cy_px], [view.camera.width_px, view.camera.cy_px]])
        for direction in level_from_camera.rotate(view.camera.directions(edges)):
            start = np.asarray(level_from_camera.translation_m)
            ends = np.stack([start, start + direction * 3 * reach_m])
            line(picture, _place(ends, reach_m, len(picture)), (78, 84, 98))
