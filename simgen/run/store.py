"""A data set on disk: files written once, hashed, committed scene by scene, and read back."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from simgen import spec
from simgen.errors import RecipeError, StoreError
from simgen.frame import DepthView, Frame, RadarScan, Scan, View
from simgen.recipe import Storage
from simgen.run.coding import DISPARITY_STEPS_PER_PX, coded_truths, decoded, disparity_png
from simgen.scene.asset import Credit
from simgen.scene.light import HdriSky
from simgen.scene.scene import Scene
from simgen.scene.sweep import deskew, skew
from simgen.truth import AssetRecord, DepthRecord, FileRecord, FrameRecord, RadarRecord, ScanRecord, ViewRecord

FORMAT = "simgen/2"
MANIFEST = "dataset.json"
UNFINISHED = "dataset.unfinished.json"
CLOUD_DTYPE = np.dtype(
    [
        ("x", "<f4"),
        ("y", "<f4"),
        ("z", "<f4"),
        ("intensity", "<f4"),
        ("time_s", "<f4"),
        ("ring", "<u2"),
        ("column", "<u2"),
        ("instance_id", "<u2"),
        ("category_id", "<u2"),
        ("clean_range_m", "<f4"),
        ("return_number", "u1"),
        ("flags", "u1"),
    ]
)
"""Fields of a stored cloud; as in `simgen.frame.Scan`, x, y, z in metres in the LiDAR frame."""

RADAR_DTYPE = np.dtype(
    [
        ("x", "<f4"),
        ("y", "<f4"),
        ("range_m", "<f4"),
        ("azimuth_rad", "<f4"),
        ("doppler_mps", "<f4"),
        ("over_ground_mps", "<f4"),
        ("snr_db", "<f4"),
        ("rcs_dbsm", "<f4"),
        ("instance_id", "<u2"),
        ("category_id", "<u2"),
    ]
)
"""Fields of stored radar detections; as in `simgen.frame.RadarScan`, x and y in metres in the radar's frame."""


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


def commit_scene(root: Path, scene_index: int, records: Sequence[FrameRecord]) -> FileRecord:
    """Write the truth file of one scene; its presence marks the scene as done."""
    lines = b"".join(spec.dump_json(record) + b"\n" for record in records)
    return write_file(root, scene_path(scene_index), lines)


def files_of(record: FrameRecord) -> Iterator[FileRecord]:
    """Yield the files of one frame."""
    for view in record.views:
        yield from (f for f in (view.image, view.depth, view.instance, view.normal) if f is not None)
        yield from view.truths.values()
    for scan in record.scans:
        yield scan.cloud
    for depth in record.depths:
        yield from (depth.clean, depth.sensed, depth.instance)
        yield from depth.truths.values()
    for radar in record.radars:
        yield radar.table


def scene_path(scene_index: int) -> str:
    """Return the path, below the data set's folder, of a scene's truth file."""
    return f"truth/scene_{scene_index:06d}.jsonl"


def read_scene(root: Path, path: str) -> tuple[FrameRecord, ...]:
    """Return the records of one truth file.

    Raises:
        StoreError: the file is missing or is not a truth file.
    """
    try:
        lines = (root / path).read_bytes().splitlines()
        return tuple(spec.load_json(FrameRecord, line, f"{path}:{k + 1}") for k, line in enumerate(lines))
    except (OSError, ValueError, RecipeError) as error:
        raise StoreError(f"{root / path}: cannot be read as truth records: {error}") from error


def write_file(root: Path, path: str, data: bytes) -> FileRecord:
    """Write ``data`` so that the file is either whole or not there, and return its record.

    Raises:
        StoreError: the disk is full or the place cannot be written.
    """
    target = root / path
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(data)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(
            f"{target}: cannot be written: {error.strerror}. Free some space or choose another folder."
        ) from error
    return FileRecord(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def file_record(root: Path, path: str) -> FileRecord:
    """Return the record of a file that is there already."""
    data = (root / path).read_bytes()
    return FileRecord(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def write_json(root: Path, path: str, value: Any) -> FileRecord:
    """Write a JSON file, keys in the order given."""
    return write_file(root, path, (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode())


def tree_digest(files: Iterable[FileRecord]) -> str:
    """Return one digest of many files: SHA-256 of their sorted ``sha256  path`` lines."""
    lines = sorted(f"{f.sha256}  {f.path}\n" for f in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A finished data set.

    Attributes:
        root: its folder.
        manifest: ``dataset.json`` as plain values.
    """

    root: Path
    manifest: dict[str, Any]

    @property
    def files(self) -> tuple[FileRecord, ...]:
        """The files that ``dataset.json`` names: truth, annotations, tables, credits."""
        return tuple(FileRecord(**f) for f in self.manifest["files"])

    def frames(self) -> Iterator[FrameRecord]:
        """Yield every frame's record in order, one scene in memory at a time."""
        for file in self.files:
            if file.path.startswith("truth/"):
                yield from read_scene(self.root, file.path)

    def image(self, view: ViewRecord) -> np.ndarray:
        """Return a picture, (H, W, 3) uint8 RGB."""
        return cv2.cvtColor(self._png(view.image, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    def z_m(self, view: ViewRecord) -> np.ndarray:
        """Return a depth image, (H, W) float32 metres along the axis; 0 where nothing was met."""
        return self._png(view.depth, cv2.IMREAD_UNCHANGED).astype(np.float32) * np.float32(view.camera.depth_unit_m)

    def instance_id(self, view: ViewRecord) -> np.ndarray:
        """Return an instance image, (H, W) uint16."""
        return self._png(view.instance, cv2.IMREAD_UNCHANGED)

    def truth(self, view: ViewRecord, kind: str) -> np.ndarray:
        """Return one of the images of ``view.truths``; see `simgen.run.coding.decoded` for what each holds.

        Raises:
            StoreError: the picture has none of that kind, or its file is not readable.
        """
        if kind not in view.truths:
            raise StoreError(
                f"{view.image.path}: has no {kind!r}; it has: {', '.join(view.truths) or 'none'}. Switch on "
                "more in the recipe's 'storage'"
            )
        return decoded(kind, self._png(view.truths[kind], cv2.IMREAD_UNCHANGED))

    def clean_m(self, depth: DepthRecord) -> np.ndarray:
        """Return a depth camera's exact depth, (H, W) float32 metres along the axis; 0 where nothing was met."""
        counts = self._png(depth.clean, cv2.IMREAD_UNCHANGED)
        return counts.astype(np.float32) * np.float32(depth.sensor.camera.depth_unit_m)

    def sensed_m(self, depth: DepthRecord) -> np.ndarray:
        """Return a depth camera's measured depth, (H, W) float32 metres along the axis; 0 for none."""
        counts = self._png(depth.sensed, cv2.IMREAD_UNCHANGED)
        return counts.astype(np.float32) * np.float32(depth.sensor.depth_unit_m)

    def depth_truth(self, depth: DepthRecord, kind: str) -> np.ndarray:
        """Return one of the images of ``depth.truths``; disparities as float32 pixels, others as they are stored.

        Raises:
            StoreError: the depth camera has none of that kind, or its file is not readable.
        """
        if kind not in depth.truths:
            raise StoreError(
                f"{depth.sensed.path}: has no {kind!r}; it has: {', '.join(depth.truths) or 'none'}. Switch on "
                "more in the recipe's 'storage'"
            )
        pixels = self._png(depth.truths[kind], cv2.IMREAD_UNCHANGED)
        return pixels.astype(np.float32) / np.float32(DISPARITY_STEPS_PER_PX) if kind == "disparity" else pixels

    def cloud(self, scan: ScanRecord) -> np.ndarray:
        """Return a cloud, (N,) of `CLOUD_DTYPE`."""
        return np.load(self.root / scan.cloud.path)

    def cloud_as(self, frame: FrameRecord, scan: ScanRecord, *, deskewed: bool) -> np.ndarray:
        """Return a cloud with its points in the LiDAR's frame at the frame's instant, or as measured.

        Args:
            frame: the scan's frame, whose rig's motion is made up for.
            scan: which cloud; whether it is stored deskewed is in its ``lidar``.
            deskewed: whether all points are in the frame at that instant, or each in that of its own firing.
        """
        cloud = self.cloud(scan)
        if scan.lidar.deskewed != deskewed:
            points, carry = np.stack([cloud["x"], cloud["y"], cloud["z"]], axis=1), deskew if deskewed else skew
            moved = carry(points, cloud["time_s"], scan.lidar, scan.world_from_lidar, frame.rig_motion)
            cloud["x"], cloud["y"], cloud["z"] = moved.T
        return cloud

    def detections(self, radar: RadarRecord) -> np.ndarray:
        """Return a radar's detections, (N,) of `RADAR_DTYPE`."""
        return np.load(self.root / radar.table.path)

    def _png(self, file: FileRecord, flags: int) -> np.ndarray:
        try:
            image = cv2.imdecode(np.frombuffer((self.root / file.path).read_bytes(), np.uint8), flags)
        except OSError as error:
            raise StoreError(f"{self.root / file.path}: cannot be read: {error.strerror}") from error
        if image is None:
            raise StoreError(
                f"{self.root / file.path}: is not an image any more; run 'simgen check' to list what changed"
            )
        return image


def open_dataset(root: Path) -> Dataset:
    """Open a finished data set.

    Raises:
        StoreError: there is none, or it was never finished.
    """
    path = root / MANIFEST
    if not path.is_file():
        why = (
            "its generation was not finished; run the same generate command again to go on"
            if (root / UNFINISHED).is_file()
            else "it has no dataset.json"
        )
        raise StoreError(f"{root}: not a finished data set: {why}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise StoreError(f"{path}: format should be {FORMAT!r}")
    return Dataset(root=root, manifest=manifest)


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


def find_datasets(directory: Path) -> tuple[Path, ...]:
    """Return the finished data sets in a folder: itself, or those right below it.

    Raises:
        StoreError: there is none, or one was never finished.
    """
    inside = sorted(p.parent for name in (MANIFEST, UNFINISHED) for p in directory.glob(f"*/{name}"))
    roots = (directory,) if (directory / MANIFEST).is_file() or not inside else tuple(inside)
    for root in roots:
        open_dataset(root)
    return roots


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
