"""Checks what a frame's record says of itself: its place in the data set, poses, objects, file names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simgen.assets.categories import categories
from simgen.frame import ObjectTruth
from simgen.geometry.pose import Pose
from simgen.quality.report import Fault, Faults, differs
from simgen.truth import FileRecord, FrameRecord

_SMALLEST_SIZE_M = 1e-4


def check_record(
    where: str, frame: FrameRecord, scene_index: int, split: str, category_ids: Mapping[str, int]
) -> Faults:
    """Yield what a frame's record contradicts itself in.

    Args:
        where: the frame.
        frame: its record.
        scene_index: of the truth file it stands in.
        split: of the first frame in that file; frames of a scene stay together.
        category_ids: id by category name, as ``dataset.json`` has them.
    """
    yield from differs(where, "scene_index", frame.scene_index, scene_index)
    if frame.split != split:
        yield Fault(where=where, what=f"is in {frame.split}, but its scene's first frame is in {split}")
    names = [v.camera.name for v in frame.views] + [s.lidar.name for s in frame.scans]
    names += [d.sensor.name for d in frame.depths] + [r.radar.name for r in frame.radars]
    if len(set(names)) != len(names):
        yield Fault(where=where, what=f"sensors share a name: {', '.join(names)}")
    for view in frame.views:
        rig_from_sensor = view.camera.rig_from_camera
        yield from _check_pose(where, view.camera.name, view.world_from_camera, frame.world_from_rig @ rig_from_sensor)
        stem = f"{frame.split}/{frame.index:06d}_{view.camera.name}."
        files = {"images": view.image, "depth": view.depth, "instance": view.instance, "normal": view.normal}
        files |= view.truths
        for folder, file in files.items():
            if file is not None:
                yield from _check_name(where, file, f"{folder}/{stem}")
    for scan in frame.scans:
        rig_from_sensor = scan.lidar.rig_from_lidar
        yield from _check_pose(where, scan.lidar.name, scan.world_from_lidar, frame.world_from_rig @ rig_from_sensor)
        yield from _check_name(where, scan.cloud, f"lidar/{frame.split}/{frame.index:06d}_{scan.lidar.name}.")
    for depth in frame.depths:
        expected = frame.world_from_rig @ depth.sensor.rig_from_camera
        yield from _check_pose(where, depth.sensor.name, depth.world_from_camera, expected)
        files = {"depth_clean": depth.clean, "depth_sensed": depth.sensed, "instance": depth.instance, **depth.truths}
        for folder, file in files.items():
            yield from _check_name(where, file, f"{folder}/{frame.split}/{frame.index:06d}_{depth.sensor.name}.")
    for radar in frame.radars:
        expected = frame.world_from_rig @ radar.radar.rig_from_radar
        yield from _check_pose(where, radar.radar.name, radar.world_from_radar, expected)
        yield from _check_name(where, radar.table, f"radar/{frame.split}/{frame.index:06d}_{radar.radar.name}.")
    cameras = {v.camera.name for v in frame.views}
    if strangers := sorted({a.camera for a in frame.annotations} - cameras):
        yield Fault(where=where, what=f"annotations of cameras it does not have: {', '.join(strangers)}")
    yield from _check_objects(where, frame, category_ids)


def _check_objects(where: str, frame: FrameRecord, category_ids: Mapping[str, int]) -> Faults:
    for k, name in sorted(frame.instances.items()):
        if k < 1 or name not in category_ids:
            yield Fault(where=where, what=f"instance {k} of category {name!r} is not a known one from 1")
    ids = [o.instance_id for o in frame.objects]
    if len(set(ids)) != len(ids):
        yield Fault(where=where, what="an instance id stands for more than one object")
    countable = {k for k, name in frame.instances.items() if name in categories() and categories()[name].thing}
    if missing := sorted(countable - set(ids)):
        yield Fault(where=where, what=f"instances that can be counted have no object truth: {missing[:8]}")
    for truth in frame.objects:
        yield from _check_object(f"{where}, object {truth.instance_id} ({truth.category})", truth, frame)


def _check_object(where: str, truth: ObjectTruth, frame: FrameRecord) -> Faults:
    yield from differs(
        where, "its category among the instances", frame.instances.get(truth.instance_id), truth.category
    )
    if truth.asset not in frame.assets:
        yield Fault(where=where, what=f"its asset {truth.asset!r} is not among the frame's assets")
    if not min(truth.size_m) >= _SMALLEST_SIZE_M:
        yield Fault(where=where, what=f"size_m is {truth.size_m}, should be above 0")
    norm = float(np.linalg.norm(truth.rotation_wxyz))
    if not abs(norm - 1.0) < 1e-6:
        yield Fault(where=where, what=f"rotation_wxyz has norm {norm:g}, should be 1")


def _check_pose(where: str, sensor: str, found: Pose, expected: Pose) -> Faults:
    off = float(np.abs(found.matrix - expected.matrix).max())
    if not off < 1e-6:
        yield Fault(where=where, what=f"the pose of {sensor} is off by {off:g} from the rig's pose and its mounting")


def _check_name(where: str, file: FileRecord, stem: str) -> Faults:
    if not file.path.startswith(stem):
        yield Fault(where=where, what=f"names the file {file.path!r}, should start with {stem!r}")
