"""Checks LiDAR clouds: their fields, their beams, their points in the cuboids, and against the depth image."""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np

from simgen.frame import BEHIND_GLASS, GHOST, MIXED, WEATHER
from simgen.quality.masks import Pixels
from simgen.quality.report import Fault, Faults, differs
from simgen.quality.solids import cuboid_of, motion_of, rig_motion_of
from simgen.run.store import CLOUD_DTYPE
from simgen.scene.lidar import Lidar
from simgen.scene.rolling import each_seen_by_rows
from simgen.scene.sweep import in_world, skew
from simgen.truth import FrameRecord, ScanRecord, ViewRecord

NOISE_SIGMAS = 6.0
"""How many standard deviations of the range noise a point may be off."""

BEAM_TOLERANCE_M = 0.002
"""How far a point may lie beside its beam, and a hundred-thousandth of its range more."""

_NEAR_M = 0.05

IN_FRONT_SHARE = 0.02
"""Share of the points in a picture that may lie before the surface the camera sees: thin things fall between pixels."""


def check_cloud(
    where: str, frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray, category_ids: Mapping[str, int]
) -> Faults:
    """Yield what is wrong with one cloud and with what the truth says of it.

    Args:
        where: frame and LiDAR.
        frame: what is true of the frame.
        scan: the LiDAR's record in it.
        cloud: as it is on disk.
        category_ids: id by category name, as ``dataset.json`` has them.
    """
    if cloud.dtype != CLOUD_DTYPE or cloud.ndim != 1:
        what = f"the cloud is {cloud.dtype} of shape {cloud.shape}, should be (N,) of {CLOUD_DTYPE}"
        yield Fault(where=where, what=what)
        return
    yield from differs(where, "the number of points", len(cloud), scan.points)
    points = _as_measured(frame, scan, cloud)
    whole = np.isfinite(points).all(axis=1)
    if not whole.all():
        yield Fault(where=where, what=f"{int((~whole).sum())} points are not finite")
        return
    faulty = False
    for fault in (*_check_fields(where, scan.lidar, cloud, points), *_check_ids(where, frame, cloud, category_ids)):
        faulty = True
        yield fault
    if not faulty:
        yield from _check_beams(where, scan.lidar, cloud, points)
    yield from _check_objects(where, frame, scan, cloud)


def check_against_depth(
    where: str, frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray, view: ViewRecord, pixels: Pixels
) -> Faults:
    """Yield a fault when the cloud and the depth image do not show the same surfaces.

    Points of no instance, which the air or a mirror sent back, those between two surfaces and those behind panes are
    left out. A point before everything that the 3 x 3 pixels around it show is something the camera should have seen;
    more than `IN_FRONT_SHARE` of them is a fault. Of the points whose 3 x 3 pixels are all of their own object, half
    must agree with the nearest of these pixels to within the noise and the pixels' own differences. What a fisheye sees
    beside and behind its plane, where depth along the axis says little or nothing, is not compared.
    """
    left_out = cloud["flags"] & (MIXED | BEHIND_GLASS) > 0
    camera, cloud = view.camera, cloud[(cloud["instance_id"] > 0) & ~left_out]
    points, bodies = at_the_frames_instant(frame, scan, cloud), {o.instance_id: motion_of(o) for o in frame.objects}
    rig, pose = rig_motion_of(frame), view.world_from_camera
    uv, z = camera.project(each_seen_by_rows(camera, pose, rig, bodies, cloud["instance_id"], points)[0])
    with np.errstate(invalid="ignore"):
        inside = (z > _NEAR_M) & (uv >= 0).all(axis=1) & (uv < (camera.width_px, camera.height_px)).all(axis=1)
    column, row = np.floor(uv[inside]).astype(np.int64).T
    z, own = z[inside], cloud["instance_id"][inside]
    if len(z) < 50:
        return
    square = np.ones((3, 3), np.uint8)
    met = pixels.z_m > 0
    nearest = cv2.erode(np.where(met, pixels.z_m, np.float32(np.inf)), square)[row, column]
    farthest = cv2.dilate(np.where(met, pixels.z_m, np.float32(0.0)), square)[row, column]
    ids = pixels.instance_id
    same = (cv2.erode(ids, square) == cv2.dilate(ids, square))[row, column] & (ids[row, column] == own)
    slack = NOISE_SIGMAS * _noise_m(scan.lidar) + 2 * camera.depth_unit_m + 1e-4 * z
    unseen = ~met[row, column] & (ids[row, column] > 0)  # beyond what the depth image can hold
    in_front = float(np.mean((z < nearest - slack) & ~unseen))
    if in_front > IN_FRONT_SHARE:
        share = f"{in_front:.1%} of {len(z)} points"
        yield Fault(where=where, what=f"{share} lie before what {camera.name} sees; at most {IN_FRONT_SHARE:.0%} may")
    same &= np.isfinite(nearest)
    if np.count_nonzero(same) >= 50:
        off = np.maximum(nearest - z, z - farthest)[same] - slack[same]
        agree = float(np.mean(off <= 0))
        if agree < 0.5:
            compared = int(np.count_nonzero(same))
            share = f"only {agree:.0%} of {compared} points"
            yield Fault(where=where, what=f"{share} agree with the depth {camera.name} sees")


def at_the_frames_instant(frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> np.ndarray:
    """Return (N, 3) float64 world points of a cloud, where their objects have them at the frame's instant."""
    rig, deskewed = rig_motion_of(frame), scan.lidar.deskewed
    points = in_world(_xyz(cloud), cloud["time_s"], scan.lidar, scan.world_from_lidar, rig, deskewed=deskewed)
    bodies = {truth.instance_id: motion_of(truth) for truth in frame.objects}
    bodies |= {number: rig for number, name in frame.instances.items() if name == "ego_vehicle"}
    for number, motion in bodies.items():
        if not motion.still:
            own = np.flatnonzero(cloud["instance_id"] == number)
            points[own] = motion.move_back(points[own], cloud["time_s"][own] - np.float64(scan.lidar.reference_s))
    return points


def _as_measured(frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> np.ndarray:
    """Return (N, 3) float64 points, each in the LiDAR's frame at its own firing."""
    if not scan.lidar.deskewed:
        return _xyz(cloud)
    return skew(_xyz(cloud), cloud["time_s"], scan.lidar, scan.world_from_lidar, rig_motion_of(frame))


def _xyz(cloud: np.ndarray) -> np.ndarray:
    return np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1).astype(np.float64)


def beam_radius_rad(lidar: Lidar) -> float:
    """Return the angle between a beam's middle and the outermost ray that stands for it; 0 for beams of one ray."""
    return {1: 0.0, 7: 0.5, 19: 0.72}[lidar.sub_rays] * 1e-3 * max(lidar.divergence_mrad)


def _noise_m(lidar: Lidar) -> float:
    """Return the largest standard deviation of the range: a return a little below the threshold may still be kept."""
    return math.hypot(lidar.range_noise_m, 1.5 * lidar.weak_range_noise_m) + lidar.range_step_m / 2 / NOISE_SIGMAS


def _check_fields(where: str, lidar: Lidar, cloud: np.ndarray, points: np.ndarray) -> Faults:
    slack = NOISE_SIGMAS * _noise_m(lidar)
    beam = np.clip(cloud["column"].astype(np.int64) * lidar.rings + cloud["ring"], 0, lidar.columns * lidar.rings - 1)
    range_m = np.linalg.norm(points - lidar.origins()[beam], axis=1)
    bounds: list[tuple[str, np.ndarray, float, float]] = [
        ("range", range_m, lidar.min_range_m - slack, lidar.max_range_m + slack),
        ("intensity", cloud["intensity"], 0.0, 1.0),
        ("ring", cloud["ring"], 0, lidar.rings - 1),
        ("column", cloud["column"], 0, lidar.columns - 1),
        ("time_s", cloud["time_s"], 0.0, 1.0 / lidar.rate_hz + 1e-6),
        ("return_number", cloud["return_number"], 1, {"dual": 2, "triple": 3}.get(lidar.return_mode, 1)),
        ("flags", cloud["flags"], 0, WEATHER | GHOST | MIXED | BEHIND_GLASS),
        ("range's noise", range_m - cloud["clean_range_m"], -slack - 1e-3, slack + 1e-3),
    ]
    for name, values, low, high in bounds:
        outside = ~((values >= low) & (values <= high))
        if outside.any():
            first = float(values[outside][0])
            what = f"{int(outside.sum())} points have a {name} outside {low:g} to {high:g}, such as {first:g}"
            yield Fault(where=where, what=what)


def _check_ids(where: str, frame: FrameRecord, cloud: np.ndarray, category_ids: Mapping[str, int]) -> Faults:
    nobodys = cloud["flags"] & (WEATHER | GHOST) > 0
    if (nobodys != (cloud["instance_id"] == 0)).any():
        count = int((nobodys != (cloud["instance_id"] == 0)).sum())
        yield Fault(
            where=where, what=f"{count} points are flagged as the air's or a mirror's and of an object, or neither"
        )
    known = {k: category_ids[name] for k, name in frame.instances.items() if name in category_ids}
    expected = np.full(1 << 16, -1)
    expected[0] = 0
    expected[list(known)] = list(known.values())
    unknown = expected[cloud["instance_id"]] < 0
    if unknown.any():
        first = int(cloud["instance_id"][unknown][0])
        count = int(unknown.sum())
        yield Fault(where=where, what=f"{count} points have an instance id the truth does not list, such as {first}")
    wrong = ~unknown & (expected[cloud["instance_id"]] != cloud["category_id"])
    if wrong.any():
        yield Fault(where=where, what=f"{int(wrong.sum())} points have another category than their instance")


def _check_beams(where: str, lidar: Lidar, cloud: np.ndarray, points: np.ndarray) -> Faults:
    beam = cloud["column"].astype(np.int64) * lidar.rings + cloud["ring"]
    directions, points = lidar.directions()[beam], points - lidar.origins()[beam]
    along = (points * directions).sum(axis=1)
    beside = np.linalg.norm(points - along[:, None] * directions, axis=1) - 1e-5 * np.abs(along)
    off = (beside > BEAM_TOLERANCE_M) | (along < 0)
    if off.any():
        what = f"{int(off.sum())} points lie beside the beam of their ring and column, by up to {beside.max():.3f} m"
        yield Fault(where=where, what=what)


def _check_objects(where: str, frame: FrameRecord, scan: ScanRecord, cloud: np.ndarray) -> Faults:
    """Yield objects whose points are miscounted or, where they were when hit, lie outside their cuboid.

    A point lies on the middle of a beam that may meet the object with another part of it; one between two surfaces is
    of neither cuboid.
    """
    points = at_the_frames_instant(frame, scan, cloud)
    order = np.argsort(cloud["instance_id"], kind="stable")
    sorted_ids = cloud["instance_id"][order]
    noise_m, width_rad = NOISE_SIGMAS * _noise_m(scan.lidar) + 1e-3, beam_radius_rad(scan.lidar)
    whole = cloud["flags"] & MIXED == 0
    for truth in frame.objects:
        first, last = np.searchsorted(sorted_ids, (truth.instance_id, truth.instance_id + 1))
        own = order[first:last]
        at = f"{where}, object {truth.instance_id} ({truth.category})"
        yield from differs(at, "lidar_points", truth.lidar_points.get(scan.lidar.name, 0), len(own))
        own = own[whole[own]]
        if len(own):
            slack = noise_m + width_rad * float(cloud["clean_range_m"][own].max())
            inside = cuboid_of(truth).contains(points[own], slack)
            if not inside.all():
                what = f"{int((~inside).sum())} of {len(own)} points lie more than {slack:.3f} m outside its cuboid"
                yield Fault(where=at, what=what)
