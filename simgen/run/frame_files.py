"""The files of one frame: pictures, depth, clouds and detections, written below a data set's folder."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from simgen.errors import StoreError
from simgen.frame import DepthView, Frame, RadarScan, Scan, View
from simgen.options import Storage
from simgen.run.coding import coded_truths, disparity_png
from simgen.run.store import CLOUD_DTYPE, RADAR_DTYPE, write_file
from simgen.scene.asset import Credit
from simgen.scene.light import HdriSky
from simgen.scene.scene import Scene
from simgen.truth import AssetRecord, DepthRecord, FileRecord, FrameRecord, RadarRecord, ScanRecord, ViewRecord


def write_frame(root: Path, frame: Frame, storage: Storage) -> FrameRecord:
    """Write a frame's images and clouds below ``root`` and return its record; the record itself is not yet written.

    Raises:
        StoreError: a file cannot be written, or an instance id does not fit 16 bits.
    """
    views, scans, depths, radars = [], [], [], []
    for seen in frame.observations:
        match seen:
            case View():
                views.append(_write_view(root, frame, seen, storage))
            case Scan():
                scans.append(_write_scan(root, frame, seen))
            case DepthView():
                depths.append(_write_depth(root, frame, seen, storage))
            case RadarScan():
                radars.append(_write_radar(root, frame, seen))
    return FrameRecord(
        index=frame.index,
        scene_index=frame.scene_index,
        split=frame.split,
        world_from_rig=frame.scene.world_from_rig,
        rig_velocity_mps=frame.scene.rig_velocity_mps,
        rig_yaw_rate_rps=frame.scene.rig_yaw_rate_rps,
        views=tuple(views),
        scans=tuple(scans),
        instances={o.id: o.category for o in frame.scene.objects},
        objects=frame.objects,
        annotations=frame.annotations,
        factors={k: tuple(v) if isinstance(v, list) else v for k, v in frame.factors.items()},
        assets=_assets_of(frame.scene),
        depths=tuple(depths),
        radars=tuple(radars),
        time_s=frame.time_s,
    )


def _assets_of(scene: Scene) -> dict[str, AssetRecord]:
    assets = {o.asset.name: o.asset for o in scene.objects}
    used = {
        name: replace(_asset_record(asset.credit, asset.digest), symmetries=asset.symmetries_about_middle)
        for name, asset in assets.items()
    }
    if isinstance(scene.sky, HdriSky) and scene.sky.name and scene.sky.credit is not None:
        used[scene.sky.name] = _asset_record(scene.sky.credit, scene.sky.digest)
    return {name: used[name] for name in sorted(used)}


def _asset_record(credit: Credit, digest: str) -> AssetRecord:
    return AssetRecord(author=credit.author, licence=credit.licence, source=credit.source, digest=digest)


def _write_view(root: Path, frame: Frame, view: View, storage: Storage) -> ViewRecord:
    stem = f"{frame.split}/{frame.index:06d}_{view.camera.name}"
    options = [cv2.IMWRITE_JPEG_QUALITY, storage.jpeg_quality] if storage.image_format == "jpg" else []
    depth = _counts(view.z_m / view.camera.depth_unit_m)
    picture = cv2.cvtColor(view.rgb, cv2.COLOR_RGB2BGR)
    normal = None
    if storage.normals:
        coded = np.rint((view.normal + 1.0) * 127.5).astype(np.uint8)
        normal = _write_image(root, f"normal/{stem}.png", cv2.cvtColor(coded, cv2.COLOR_RGB2BGR), [])
    return ViewRecord(
        camera=view.camera,
        world_from_camera=view.world_from_camera,
        ev100=view.ev100,
        image=_write_image(root, f"images/{stem}.{storage.image_format}", picture, options),
        depth=_write_image(root, f"depth/{stem}.png", depth, []),
        instance=_write_image(root, f"instance/{stem}.png", view.instance_id, []),
        normal=normal,
        truths={
            kind: _write_image(root, f"{kind}/{stem}.png", pixels, [])
            for kind, pixels in coded_truths(view, storage).items()
        },
        segments=view.segments,
        exposure_s=view.exposure_s,
        iso=view.iso,
    )


def _write_depth(root: Path, frame: Frame, seen: DepthView, storage: Storage) -> DepthRecord:
    stem = f"{frame.split}/{frame.index:06d}_{seen.sensor.name}.png"
    further: dict[str, np.ndarray] = {}
    if storage.depth_reasons:
        further["depth_reason"] = seen.reason
    if storage.infrared and seen.infrared is not None:
        further["infrared"] = seen.infrared
    if seen.sensor.disparity_m_px:
        further["disparity"] = disparity_png(seen)
    return DepthRecord(
        sensor=seen.sensor,
        world_from_camera=seen.world_from_camera,
        clean=_write_image(root, f"depth_clean/{stem}", _counts(seen.z_m / seen.sensor.camera.depth_unit_m), []),
        sensed=_write_image(root, f"depth_sensed/{stem}", seen.sensed_counts, []),
        instance=_write_image(root, f"instance/{stem}", seen.instance_id, []),
        truths={kind: _write_image(root, f"{kind}/{stem}", pixels, []) for kind, pixels in further.items()},
    )


def _counts(values: np.ndarray) -> np.ndarray:
    """Return 16-bit counts, 0 for what does not fit."""
    counts = np.rint(values)
    return np.where((counts >= 0) & (counts <= np.iinfo(np.uint16).max), counts, 0).astype(np.uint16)


def _write_image(root: Path, path: str, pixels: np.ndarray, options: list[int]) -> FileRecord:
    if path.endswith(".png"):
        options = [cv2.IMWRITE_PNG_COMPRESSION, 2]
    done, data = cv2.imencode(path[path.rindex(".") :], pixels, options)
    if not done:
        raise StoreError(f"{path}: {pixels.shape} {pixels.dtype} could not be encoded")
    return write_file(root, path, data.tobytes())


def _write_scan(root: Path, frame: Frame, scan: Scan) -> ScanRecord:
    cloud = np.empty(len(scan.xyz_m), dtype=CLOUD_DTYPE)
    cloud["x"], cloud["y"], cloud["z"] = scan.xyz_m.T
    for field in CLOUD_DTYPE.names or ():
        if field not in ("x", "y", "z"):
            cloud[field] = getattr(scan, field)
    path = f"lidar/{frame.split}/{frame.index:06d}_{scan.lidar.name}.npy"
    return ScanRecord(
        lidar=scan.lidar,
        world_from_lidar=scan.world_from_lidar,
        points=len(cloud),
        cloud=write_file(root, path, _npy_bytes(cloud)),
    )


def _write_radar(root: Path, frame: Frame, scan: RadarScan) -> RadarRecord:
    found = np.empty(len(scan.range_m), dtype=RADAR_DTYPE)
    found["x"] = scan.range_m * np.cos(scan.azimuth_rad)
    found["y"] = scan.range_m * np.sin(scan.azimuth_rad)
    for field in RADAR_DTYPE.names or ():
        if field not in ("x", "y"):
            found[field] = getattr(scan, field)
    path = f"radar/{frame.split}/{frame.index:06d}_{scan.radar.name}.npy"
    return RadarRecord(
        radar=scan.radar,
        world_from_radar=scan.world_from_radar,
        detections=len(found),
        table=write_file(root, path, _npy_bytes(found)),
    )


def _npy_bytes(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
