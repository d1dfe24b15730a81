"""A data set on disk: files written once, hashed, committed scene by scene, and read back."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from simgen import spec
from simgen.errors import RecipeError, StoreError
from simgen.run.coding import DISPARITY_STEPS_PER_PX, decoded
from simgen.scene.sweep import deskew, skew
from simgen.truth import DepthRecord, FileRecord, FrameRecord, RadarRecord, ScanRecord, ViewRecord

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
