"""COCO detection files: boxes, areas and masks of what is visible, with all else that is known as extra keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

import simgen
from simgen import spec
from simgen.assets.categories import categories
from simgen.export.outline import polygon_of
from simgen.export.symmetries import models_with_symmetries
from simgen.frame import Annotation, ObjectTruth, Rle
from simgen.geometry.pose import Pose
from simgen.scene.keypoints import SKELETONS
from simgen.scene.lens import Pinhole
from simgen.truth import AssetRecord, FrameRecord, ViewRecord

SPLITS = ("train", "val", "test")

_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class CocoWriter:
    """Writes ``annotations/instances_{train,val,test}.json``; what it leaves out stays in the truth.

    Categories with keypoints list their names and skeleton; their objects carry ``keypoints`` and ``num_keypoints``,
    all zeros (which evaluation ignores) for models that have none.

    All three files are always written; one without frames holds its categories and empty lists.

    Attributes:
        categories: names of what is exported; null for everything that can be counted.
        minimum_visible_px: objects with fewer visible pixels are left out.
        minimum_visible_fraction: objects of whose whole outline a smaller share is visible are left out, 0 to 1.
        minimum_box_px: objects whose visible box is narrower or lower are left out.
        polygons: whether masks of one piece without holes become polygons; otherwise all are run-length codes.
        keypoint_files: categories that get files of their own, too, as COCO's ``person_keypoints_train.json``: trainers
            of keypoints want files of one category.
    """

    kind: Literal["coco"] = "coco"
    categories: tuple[str, ...] | None = None
    minimum_visible_px: int = 16
    minimum_visible_fraction: float = 0.05
    minimum_box_px: int = 2
    polygons: bool = True
    keypoint_files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.minimum_visible_px < 1 or self.minimum_box_px < 1:
            raise ValueError(
                f"minimum_visible_px and minimum_box_px must be 1 or more, got {self.minimum_visible_px} and "
                f"{self.minimum_box_px}"
            )
        if not 0.0 <= self.minimum_visible_fraction <= 1.0:
            raise ValueError(f"minimum_visible_fraction must lie in 0 to 1, got {self.minimum_visible_fraction}")
        known = [name for name, entry in categories().items() if entry.thing]
        wrong = [name for name in self.categories or () if name not in known]
        if wrong:
            raise ValueError(f"categories: {', '.join(wrong)}: not known as countable; known: {', '.join(known)}")
        bare = [name for name in self.keypoint_files if name not in SKELETONS or not self._takes(name)]
        if bare:
            raise ValueError(
                f"keypoint_files: {', '.join(bare)}: have no keypoints, or are not among categories; "
                f"with keypoints: {', '.join(SKELETONS)}"
            )

    def __call__(self, frames: Iterable[FrameRecord]) -> dict[str, Any]:
        """Return {path below the data set's folder: JSON value}; ``frames`` is gone through once.

        Image and annotation ids count from 1 in the order of ``frames``, through all splits, so files can be joined.
        """
        wanted = {name: entry for name, entry in categories().items() if entry.thing and self._takes(name)}
        listed = [
            {"id": c.id, "name": c.name, "supercategory": c.supercategory} | _skeleton(c.name) for c in wanted.values()
        ]
        images: dict[str, list[dict[str, Any]]] = {split: [] for split in SPLITS}
        annotations: dict[str, list[dict[str, Any]]] = {split: [] for split in SPLITS}
        image_id = annotation_id = 0
        shown: dict[str, dict[str, AssetRecord]] = {split: {} for split in SPLITS}
        for frame in frames:
            truths = {truth.instance_id: truth for truth in frame.objects}
            for view in frame.views:
                image_id += 1
                images[frame.split].append(_image(image_id, frame, view))
                for seen in frame.annotations:
                    truth = truths[seen.instance_id]
                    if seen.camera != view.camera.name or truth.category not in wanted or not self._keeps(seen):
                        continue
                    annotation_id += 1
                    entry = _annotation(seen, truth, view, self.polygons)
                    if frame.time_s is not None:
                        entry["attributes"] = {"track_id": _track_id(frame, seen.instance_id)}
                    if truth.asset in frame.assets:
                        shown[frame.split][truth.asset] = frame.assets[truth.asset]
                    ids = {"id": annotation_id, "image_id": image_id, "category_id": wanted[truth.category].id}
                    annotations[frame.split].append(ids | entry)
        files = {}
        for split in SPLITS:
            whole = {
                "info": {"description": f"{split} split, made by simgen", "version": simgen.__version__},
                "images": images[split],
                "annotations": annotations[split],
                "categories": listed,
                # No key of COCO's: of the models shown, those that look the same under some turn.
                "models": models_with_symmetries(shown[split]),
            }
            files[f"annotations/instances_{split}.json"] = whole
            for name in self.keypoint_files:
                own = [entry for entry in annotations[split] if entry["category_id"] == wanted[name].id]
                alone = [entry for entry in listed if entry["name"] == name]
                files[f"annotations/{name}_keypoints_{split}.json"] = whole | {"annotations": own, "categories": alone}
        return files

    def _takes(self, name: str) -> bool:
        return self.categories is None or name in self.categories

    def _keeps(self, seen: Annotation) -> bool:
        if seen.box_px is None or seen.visible_px < self.minimum_visible_px:
            return False
        x0, y0, x1, y1 = seen.box_px
        return min(x1 - x0, y1 - y0) >= self.minimum_box_px and seen.visible_fraction >= self.minimum_visible_fraction


def _image(image_id: int, frame: FrameRecord, view: ViewRecord) -> dict[str, Any]:
    camera = view.camera
    return {
        "id": image_id,
        "file_name": _below(view.image.path, f"images/{frame.split}/"),
        "width": camera.width_px,
        "height": camera.height_px,
        "split": frame.split,
        "frame": frame.index,
        "scene": frame.scene_index,
        "camera": camera.name,
        # Pixel corners at whole numbers: the first pixel's centre is (0.5, 0.5). OpenCV's principal point is 0.5 less.
        "intrinsics": _rounded(camera.matrix),
        # A pinhole has none; pixels and intrinsics do not tell a bent image from a straight one.
        **({} if isinstance(camera.lens, Pinhole) else {"lens": spec.dump(camera.lens)}),
        "world_from_camera": _pose(view.world_from_camera),
        "ev100": _rounded(view.ev100),
        # Frames of a sequence: the next one of the same scene shows the same objects a little later.
        **({} if frame.time_s is None else {"time_s": _rounded(frame.time_s), "video_id": frame.scene_index + 1}),
        "depth_file": view.depth.path,
        "depth_unit_m": camera.depth_unit_m,
        "instance_file": view.instance.path,
    }


def _annotation(seen: Annotation, truth: ObjectTruth, view: ViewRecord, polygons: bool) -> dict[str, Any]:
    assert seen.box_px is not None and seen.mask is not None  # as `_keeps` asks
    polygon = polygon_of(seen.mask, seen.box_px) if polygons else None
    camera_from_world = view.world_from_camera.inverse
    camera_from_object = camera_from_world @ Pose(truth.rotation_wxyz, truth.center_m)
    return {
        "bbox": _xywh(seen.box_px),
        "area": float(seen.visible_px),
        "segmentation": _rle(seen.mask) if polygon is None else [polygon],
        "iscrowd": 0,
        **_keypoints(seen, truth.category),
        "instance_id": seen.instance_id,
        "asset": truth.asset,
        "visible_fraction": _rounded(seen.visible_fraction),
        "occluded_fraction": _rounded(seen.occluded_fraction),
        "truncated_fraction": _rounded(seen.truncated_fraction),
        "occluder_ids": list(seen.occluder_ids),
        "amodal_bbox": None if seen.amodal_box_px is None else _xywh(seen.amodal_box_px),
        "amodal_segmentation": None if seen.amodal_mask is None else _rle(seen.amodal_mask),
        "cuboid": {
            "size_m": _rounded(truth.size_m),
            "center_camera_m": _rounded(camera_from_object.translation_m),
            "rotation_camera_wxyz": _rounded(camera_from_object.rotation_wxyz),
            "center_world_m": _rounded(truth.center_m),
            "rotation_world_wxyz": _rounded(truth.rotation_wxyz),
        },
        "z_m": _rounded(seen.z_m),
        "distance_m": _rounded(seen.distance_m),
        "alpha_rad": _rounded(seen.alpha_rad),
        "velocity_mps": _rounded(truth.velocity_mps),
        "lidar_points": dict(truth.lidar_points),
    }


def _track_id(frame: FrameRecord, instance_id: int) -> int:
    """Return a number for an object that it keeps through its sequence, and that no object of another one has.

    Instance ids are of 16 bits.
    """
    return frame.scene_index * 65536 + instance_id


def _skeleton(category: str) -> dict[str, Any]:
    """Return COCO's names of a category's keypoints and the lines between them, which count from 1."""
    skeleton = SKELETONS.get(category)
    if skeleton is None:
        return {}
    return {"keypoints": list(skeleton.names), "skeleton": [[a + 1, b + 1] for a, b in skeleton.pairs]}


def _keypoints(seen: Annotation, category: str) -> dict[str, Any]:
    """Return COCO's flat list of x, y, flag and the number of those labelled."""
    skeleton = SKELETONS.get(category)
    if skeleton is None:
        return {}
    points = seen.keypoints or ((0.0, 0.0, 0),) * len(skeleton.names)
    flat = [value for x, y, flag in points for value in (_rounded(x), _rounded(y), flag)]
    return {"keypoints": flat, "num_keypoints": sum(flag > 0 for _, _, flag in points)}


def _below(path: str, folder: str) -> str:
    if not path.startswith(folder):
        raise ValueError(f"image {path!r} does not lie in {folder!r}")
    return path[len(folder) :]


def _xywh(box_px: tuple[int, int, int, int]) -> list[float]:
    x0, y0, x1, y1 = box_px
    return [float(x0), float(y0), float(x1 - x0), float(y1 - y0)]


def _rle(rle: Rle) -> dict[str, Any]:
    return {"size": list(rle.size), "counts": rle.counts}


def _pose(pose: Pose) -> dict[str, Any]:
    return {"rotation_wxyz": _rounded(pose.rotation_wxyz), "translation_m": _rounded(pose.translation_m)}


def _rounded(value: Any) -> Any:
    """Return a number, or nested lists of an array's numbers, to 6 decimals; never -0.0."""
    return (np.round(np.asarray(value, dtype=np.float64), _DIGITS) + 0.0).tolist()
