"""Proves a finished data set: files against digests, labels against pixels and points, everything found again."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from simgen import spec
from simgen.errors import RecipeError
from simgen.quality.clouds import check_against_depth, check_cloud
from simgen.quality.coco_files import CocoFiles, check_image, check_leftovers, load_coco
from simgen.quality.depths import DEPTH_FORMS, check_depth
from simgen.quality.frames import check_record
from simgen.quality.gathered import check_credits, check_factors
from simgen.quality.masks import Pixels, check_picture, count_pixels
from simgen.quality.radars import check_radar
from simgen.quality.report import Fault, Report, differs
from simgen.quality.skeletons import check_keypoints
from simgen.quality.solids import check_solids
from simgen.quality.tracks import check_tracks
from simgen.quality.truths import FORMS, check_truths
from simgen.run.store import MANIFEST, UNFINISHED, open_dataset
from simgen.truth import AssetRecord, DepthRecord, FileRecord, FrameRecord, ScanRecord, ViewRecord

_TRUTH = "truth/scene_"
_READABLE = (ValueError, KeyError, TypeError)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Work:
    """What a check gathers on its way through the data set."""

    root: Path
    coco: CocoFiles | None
    category_ids: Mapping[str, int]
    faults: list[Fault] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    named: dict[str, str] = field(default_factory=dict)
    frames: dict[int, str] = field(default_factory=dict)
    factors: list[dict[str, Any]] = field(default_factory=list)
    assets: dict[str, AssetRecord] = field(default_factory=dict)
    shapes: dict[str, set[str]] = field(default_factory=dict)

    def find(self, faults: Iterable[Fault]) -> None:
        self.faults.extend(faults)

    def fault(self, where: str, what: str) -> None:
        self.faults.append(Fault(where=where, what=what))


def check(root: Path) -> Report:
    """Return all that is wrong with a finished data set.

    Nothing is taken from the code that made the labels: counts, boxes and masks are found again from the instance
    images, distances from the poses, cuboids are held against depths and points, and every file against its digest.
    Scenes are gone through one by one.

    Args:
        root: the data set's folder.

    Raises:
        StoreError: there is no finished data set there.
    """
    manifest, misfits = _fitting(open_dataset(root).manifest)
    coco, faults = load_coco(root, manifest)
    work = _Work(root=root, coco=coco, category_ids=manifest["categories"], faults=[*misfits, *faults])
    if (root / UNFINISHED).exists():
        work.fault(UNFINISHED, "is left from an unfinished run")
    files = _manifest_files(work, manifest)
    for file in files:
        content = _read_file(work, file)
        if file.path.startswith(_TRUTH) and content is not None:
            _check_scene(work, file.path, content)
    _check_manifest(work, manifest, files)
    if coco is not None:
        work.checked["COCO annotations"] = sum(map(len, coco.annotations.values()))
        work.find(check_leftovers(coco))
    work.find(check_factors(root, work.factors))
    work.find(check_credits(root, work.assets))
    _check_strays(work)
    shapes = {category: len(work.shapes[category]) for category in sorted(work.shapes)}
    return Report(faults=tuple(sorted(set(work.faults))), checked=dict(work.checked), shapes=shapes)


def _fitting(manifest: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return a manifest whose entries are of the right kind, empty where they were not, and what was wrong."""
    kinds = {"files": list, "frames": int, "scenes": int, "digest": str, "recipe_digest": str}
    kinds |= dict.fromkeys(("splits", "categories", "recipe", "place"), dict)
    wrong = {key: kind for key, kind in kinds.items() if not isinstance(manifest.get(key), kind)}
    faults = [
        Fault(where=MANIFEST, what=f"{key} is {str(manifest.get(key))[:40]!r}, should be of type {kind.__name__}")
        for key, kind in wrong.items()
    ]
    return {**manifest, **{key: kind() for key, kind in wrong.items()}}, faults


def _manifest_files(work: _Work, manifest: dict[str, Any]) -> list[FileRecord]:
    """Return the files that ``dataset.json`` names."""
    try:
        return [FileRecord(path=f["path"], bytes=f["bytes"], sha256=f["sha256"]) for f in manifest["files"]]
    except _READABLE as error:
        work.fault(MANIFEST, f"its list of files cannot be read: {error}")
        return []


def _check_manifest(work: _Work, manifest: dict[str, Any], files: list[FileRecord]) -> None:
    lines = "".join(sorted(f"{f.sha256}  {f.path}\n" for f in files))
    work.find(differs(MANIFEST, "digest", manifest["digest"], hashlib.sha256(lines.encode()).hexdigest()))
    made_from = json.dumps([manifest["recipe"], manifest["place"]], sort_keys=True)
    recipe_digest = hashlib.sha256(made_from.encode()).hexdigest()
    work.find(differs(MANIFEST, "recipe_digest", manifest["recipe_digest"], recipe_digest))
    scenes = sum(f.path.startswith(_TRUTH) for f in files)
    work.find(differs(MANIFEST, "scenes", manifest["scenes"], scenes))
    work.find(differs(MANIFEST, "frames", manifest["frames"], len(work.frames)))
    if sorted(work.frames) != list(range(len(work.frames))):
        work.fault(MANIFEST, "the frames' indices do not run from 0 without a gap")
    splits = Counter(work.frames.values())
    for split in sorted({*manifest["splits"], *splits}):
        work.find(differs(MANIFEST, f"splits.{split}", manifest["splits"].get(split), splits.get(split, 0)))
    work.checked["scenes"] = scenes


def _read_file(work: _Work, file: FileRecord) -> bytes | None:
    """Return a file's content, noting whether it is there and what it was."""
    if file.path in work.named:
        work.fault(file.path, "is named by more than one record")
    work.named[file.path] = file.sha256
    work.checked["files"] += 1
    try:
        content = (work.root / file.path).read_bytes()
    except OSError as error:
        work.fault(file.path, f"cannot be read: {error.strerror}")
        return None
    if len(content) != file.bytes:
        work.fault(file.path, f"holds {len(content)} bytes, should hold {file.bytes}")
    elif hashlib.sha256(content).hexdigest() != file.sha256:
        work.fault(file.path, "was altered: its SHA-256 is not the one recorded")
    return content


def _check_scene(work: _Work, path: str, content: bytes) -> None:
    records = []
    for k, line in enumerate(content.splitlines()):
        try:
            records.append(spec.load_json(FrameRecord, line, f"{path}:{k + 1}"))
        except (RecipeError, ValueError) as error:
            work.fault(path, f"line {k + 1} is not a frame's record: {' '.join(str(error).split())[:200]}")
    work.find(check_tracks(path, records))
    for record in records:
        where = f"frame {record.index:06d}"
        if record.index in work.frames:
            work.fault(where, "is there more than once")
        work.frames[record.index] = record.split
        scene_index = int(path[len(_TRUTH) : -len(".jsonl")])
        work.find(check_record(where, record, scene_index, records[0].split, work.category_ids))
        work.factors.append(
            {"frame": record.index, "scene": record.scene_index, "split": record.split, **record.factors}
        )
        work.assets.update(record.assets)
        for thing in record.objects:
            shape = record.assets[thing.asset].digest if thing.asset in record.assets else thing.asset
            work.shapes.setdefault(thing.category, set()).add(shape)
        work.checked["frames"] += 1
        work.checked["objects"] += len(record.objects)
        _check_sensors(work, where, record)


def _check_sensors(work: _Work, where: str, record: FrameRecord) -> None:
    pixels = {}
    for view in record.views:
        at = f"{where}, {view.camera.name}"
        seen = pixels[view.camera.name] = _check_view(work, at, view)
        further = _truth_images(work, at, view)
        work.checked["pictures"] += 1
        if seen is not None:
            work.find(check_picture(at, record, view, seen))
            work.find(check_keypoints(at, record, view, seen))
            work.find(check_solids(at, record, view, seen))
            work.find(check_truths(at, record, view, seen, further, work.category_ids))
            if work.coco is not None:
                work.find(check_image(at, work.coco, record, view, seen))
    for depth in record.depths:
        at = f"{where}, {depth.sensor.name}"
        work.checked["depth images"] += 1
        work.find(check_depth(at, record, depth, _depth_images(work, at, depth)))
    for radar in record.radars:
        at = f"{where}, {radar.radar.name}"
        found = _read_array(work, radar.table)
        if found is not None:
            work.checked["radar detections"] += len(found)
            work.find(check_radar(at, record, radar, found, work.category_ids))
    for scan in record.scans:
        at = f"{where}, {scan.lidar.name}"
        cloud = _check_scan(work, at, record, scan)
        if cloud is None:
            continue
        for view in record.views:
            seen = pixels[view.camera.name]
            if seen is not None:
                work.find(check_against_depth(at, record, scan, cloud, view, seen))


def _check_view(work: _Work, where: str, view: ViewRecord) -> Pixels | None:
    """Return a camera's instance and depth images when they can be read and have the right form."""
    shape = (view.camera.height_px, view.camera.width_px)
    images: dict[str, np.ndarray | None] = {}
    for name, file, wanted in (
        ("image", view.image, (*shape, 3)),
        ("depth", view.depth, shape),
        ("instance", view.instance, shape),
        ("normal", view.normal, (*shape, 3)),
    ):
        if file is None:
            continue
        images[name] = _read_image(work, where, name, file, wanted, np.uint8 if len(wanted) == 3 else np.uint16)
    depth, ids = images["depth"], images["instance"]
    if depth is None or ids is None:
        return None
    return count_pixels(ids, depth.astype(np.float32) * np.float32(view.camera.depth_unit_m))


def _truth_images(work: _Work, where: str, view: ViewRecord) -> dict[str, np.ndarray]:
    """Return a camera's further images, by kind, that can be read and have the right form."""
    size, images = (view.camera.height_px, view.camera.width_px), {}
    for kind, file in view.truths.items():
        if kind not in FORMS:
            work.fault(where, f"has an image of unknown kind {kind!r}")
            continue
        channels, dtype = FORMS[kind]
        image = _read_image(work, where, kind, file, size if channels == 1 else (*size, channels), dtype)
        if image is not None:
            images[kind] = image
    return images


def _depth_images(work: _Work, where: str, depth: DepthRecord) -> dict[str, np.ndarray]:
    """Return a depth camera's images, by kind, that can be read and have the right form."""
    size, images = (depth.sensor.camera.height_px, depth.sensor.camera.width_px), {}
    files = {"depth_clean": depth.clean, "depth_sensed": depth.sensed, "instance": depth.instance, **depth.truths}
    for kind, file in files.items():
        if kind not in DEPTH_FORMS:
            work.fault(where, f"has an image of unknown kind {kind!r}")
            continue
        image = _read_image(work, where, kind, file, size, DEPTH_FORMS[kind])
        if image is not None:
            images[kind] = image
    return images


def _read_image(
    work: _Work, where: str, name: str, file: FileRecord, shape: tuple[int, ...], kind: type[np.generic]
) -> np.ndarray | None:
    """Return an image when it can be read and has the right form."""
    content = _read_file(work, file)
    pixels = None if not content else cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        work.fault(file.path, "is not an image")
    elif pixels.shape != shape or pixels.dtype != kind:
        work.fault(where, f"{name} is {pixels.shape} {pixels.dtype}, should be {shape} {np.dtype(kind)}")
    else:
        return pixels
    return None


def _check_scan(work: _Work, where: str, record: FrameRecord, scan: ScanRecord) -> np.ndarray | None:
    """Return a LiDAR's cloud when it can be read and nothing is wrong with its form."""
    cloud = _read_array(work, scan.cloud)
    if cloud is None:
        return None
    work.checked["points"] += len(cloud)
    found = list(check_cloud(where, record, scan, cloud, work.category_ids))
    work.find(found)
    unfit = cloud.dtype.names is None or "x" not in cloud.dtype.names or any("not finite" in f.what for f in found)
    return None if unfit else cloud


def _read_array(work: _Work, file: FileRecord) -> np.ndarray | None:
    content = _read_file(work, file)
    if content is None:
        return None
    try:
        return np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        work.fault(file.path, f"is not a NumPy array: {error}")
        return None


def _check_strays(work: _Work) -> None:
    """Note files that nobody recorded in the folders that the data set's own files lie in."""
    folders = {path.split("/")[0] for path in work.named if "/" in path}
    for folder in sorted(folders):
        for path in sorted((work.root / folder).rglob("*")):
            name = path.relative_to(work.root).as_posix()
            if path.is_file() and name not in work.named:
                work.fault(name, "belongs to no record of the data set")
    for path in sorted(work.root.glob("*.partial")):
        work.fault(path.name, "is left from an unfinished run")
