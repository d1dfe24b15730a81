"""Checks COCO files against the instance images: structure, ids, and every box, area and mask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pycocotools import mask as coco_mask

from simgen import spec
from simgen.frame import Annotation, ObjectTruth, Rle
from simgen.quality.masks import Pixels
from simgen.quality.report import Fault, Faults, differs, is_near
from simgen.quality.runs import run_lengths, tally
from simgen.scene.lens import Pinhole
from simgen.truth import FrameRecord, ViewRecord

SPLITS = ("train", "val", "test")
ROUNDING = 2e-6
"""Numbers are written with six decimals."""

_FRACTIONS = ("visible_fraction", "occluded_fraction", "truncated_fraction", "z_m", "distance_m", "alpha_rad")


@dataclass(frozen=True, kw_only=True, eq=False)
class CocoFiles:
    """The three files of a data set, taken apart.

    Attributes:
        rule: what is exported, as the recipe says.
        images: image entries not yet checked, by split and file name.
        annotations: annotation entries by image id.
        category_ids: id by category name.
    """

    rule: Mapping[str, Any]
    images: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    annotations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    category_ids: dict[str, int] = field(default_factory=dict)


def coco_path(split: str) -> str:
    """Return the path of a split's file below the data set's folder."""
    return f"annotations/instances_{split}.json"


def load_coco(root: Path, manifest: Mapping[str, Any]) -> tuple[CocoFiles | None, list[Fault]]:
    """Return a data set's COCO files, None when its recipe asks for none, and what is wrong with their structure."""
    exports = manifest["recipe"].get("export", ())
    rules = [e for e in exports if isinstance(e, dict) and e.get("kind") == "coco"]
    if not rules:
        return None, []
    coco, faults = CocoFiles(rule=rules[0]), []
    image_ids: set[int] = set()
    annotation_ids: set[int] = set()
    for split in SPLITS:
        path = coco_path(split)
        try:
            content = json.loads((root / path).read_bytes())
            faults += _take(coco, split, content, image_ids, annotation_ids, manifest["categories"])
        except OSError:
            faults.append(Fault(where=path, what="is missing"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(Fault(where=path, what=f"is not a COCO file: {type(error).__name__} {error}"))
    orphans = sorted(set(coco.annotations) - image_ids)
    if orphans:
        faults.append(Fault(where="annotations", what=f"annotations of images that are not listed: {orphans[:8]}"))
    return coco, faults


def check_image(where: str, coco: CocoFiles, frame: FrameRecord, view: ViewRecord, pixels: Pixels) -> Faults:
    """Yield what is wrong with the COCO entries of one picture, and take it off the list."""
    name = view.image.path.removeprefix(f"images/{frame.split}/")
    image = coco.images.pop((frame.split, name), None)
    if image is None:
        yield Fault(where=where, what=f"{coco_path(frame.split)} has no image {name!r}")
        return
    expected = {"width": view.camera.width_px, "height": view.camera.height_px, "frame": frame.index}
    expected |= {"scene": frame.scene_index, "split": frame.split, "camera": view.camera.name}
    expected |= {"depth_file": view.depth.path, "instance_file": view.instance.path}
    if frame.time_s is not None:
        expected |= {"time_s": round(frame.time_s, 6) + 0.0, "video_id": frame.scene_index + 1}
    for key, value in expected.items():
        yield from differs(f"{where}, COCO image", key, image.get(key), value)
    found, matrix = image.get("intrinsics"), view.camera.matrix.tolist()
    if not _is_close(found, matrix):
        yield Fault(where=f"{where}, COCO image", what=f"intrinsics are {found}, should be {matrix}")
    lens = image.get("lens", spec.dump(Pinhole()))
    yield from differs(f"{where}, COCO image", "lens", lens, spec.dump(view.camera.lens))
    entries = coco.annotations.get(image["id"], [])
    truths = {o.instance_id: o for o in frame.objects}
    seen = {a.instance_id: a for a in frame.annotations if a.camera == view.camera.name}
    wanted = [k for k, a in seen.items() if k in truths and _is_exported(coco.rule, a, truths[k], pixels)]
    listed = [e.get("instance_id") for e in entries]
    path = coco_path(frame.split)
    for k in sorted(set(wanted) - set(listed)):
        yield Fault(where=where, what=f"object {k} is missing from {path}: the recipe's rule takes it")
    for k in sorted(set(listed) - set(wanted), key=str):
        yield Fault(where=where, what=f"object {k} is in {path}: the recipe's rule leaves it out")
    if len(set(listed)) != len(listed):
        yield Fault(where=where, what=f"{path} has an object of this picture more than once")
    for entry in entries:
        k = entry.get("instance_id")
        if k in wanted:
            at = f"{where}, COCO annotation {entry['id']} of object {k} ({truths[k].category})"
            yield from _check_entry(at, entry, seen[k], truths[k], coco, pixels)
            if frame.time_s is not None:
                track = {"track_id": frame.scene_index * 65536 + k}
                yield from differs(at, "attributes", entry.get("attributes"), track)


def check_leftovers(coco: CocoFiles) -> Faults:
    """Yield the images that no frame of the data set has."""
    for split, name in sorted(coco.images):
        yield Fault(where=coco_path(split), what=f"lists the image {name!r}, which no frame of this split has")


def _take(
    coco: CocoFiles,
    split: str,
    content: dict[str, Any],
    image_ids: set[int],
    annotation_ids: set[int],
    known: Mapping[str, int],
) -> list[Fault]:
    path, faults = coco_path(split), []
    listed = {c["name"]: c["id"] for c in content["categories"]}
    if wrong := {name: k for name, k in listed.items() if known.get(name) != k}:
        faults.append(Fault(where=path, what=f"categories with another id than in dataset.json: {wrong}"))
    if coco.category_ids and coco.category_ids != listed:
        faults.append(Fault(where=path, what="lists other categories than the other splits"))
    coco.category_ids.update(listed)
    for what, entries, ids in (
        ("image", content["images"], image_ids),
        ("annotation", content["annotations"], annotation_ids),
    ):
        for entry in entries:
            if type(entry["id"]) is not int or entry["id"] < 1:
                faults.append(Fault(where=path, what=f"{what} id {entry['id']!r} is not a whole number from 1"))
            elif entry["id"] in ids:
                faults.append(Fault(where=path, what=f"{what} id {entry['id']} is used more than once"))
            ids.add(entry["id"])
    for image in content["images"]:
        if (split, image["file_name"]) in coco.images:
            faults.append(Fault(where=path, what=f"lists the image {image['file_name']!r} more than once"))
        coco.images[split, image["file_name"]] = image
    own = {image["id"] for image in content["images"]}
    for entry in content["annotations"]:
        if entry["image_id"] not in own:
            what = f"annotation {entry['id']} is of image {entry['image_id']}, which is not in this file"
            faults.append(Fault(where=path, what=what))
        coco.annotations.setdefault(entry["image_id"], []).append(entry)
    return faults


def _is_exported(rule: Mapping[str, Any], seen: Annotation, truth: ObjectTruth, pixels: Pixels) -> bool:
    """Return whether the recipe's minimum-visibility rule takes an object, by what its pixels say."""
    k = truth.instance_id
    box = pixels.box_of_id.get(k)
    if box is None or (rule.get("categories") is not None and truth.category not in rule["categories"]):
        return False
    count = int(pixels.count_of_id[k])
    return (
        count >= rule["minimum_visible_px"]
        and count / seen.outline_px >= rule["minimum_visible_fraction"]
        and min(box[2] - box[0], box[3] - box[1]) >= rule["minimum_box_px"]
    )


def _check_entry(
    where: str, entry: dict[str, Any], seen: Annotation, truth: ObjectTruth, coco: CocoFiles, pixels: Pixels
) -> Faults:
    k = truth.instance_id
    x0, y0, x1, y1 = pixels.box_of_id[k]
    yield from differs(where, "category_id", entry.get("category_id"), coco.category_ids.get(truth.category))
    yield from differs(where, "bbox", entry.get("bbox"), [x0, y0, x1 - x0, y1 - y0])
    yield from differs(where, "area", entry.get("area"), int(pixels.count_of_id[k]))
    yield from differs(where, "iscrowd", entry.get("iscrowd"), 0)
    yield from _check_segmentation(where, entry.get("segmentation"), k, pixels)
    for key in _FRACTIONS:
        if not _is_close(entry.get(key), getattr(seen, key)):
            yield Fault(where=where, what=f"{key} is {entry.get(key)}, should be {getattr(seen, key):.6f}")
    flat = [value for point in seen.keypoints for value in point]
    if seen.keypoints and not _is_close(entry.get("keypoints"), flat):
        yield Fault(where=where, what="keypoints are not those of the truth")
    if "keypoints" in entry:
        labelled = sum(flag > 0 for flag in entry["keypoints"][2::3])
        yield from differs(where, "num_keypoints", entry.get("num_keypoints"), labelled)
    yield from differs(where, "occluder_ids", entry.get("occluder_ids"), list(seen.occluder_ids))
    yield from differs(where, "asset", entry.get("asset"), truth.asset)
    yield from differs(where, "lidar_points", entry.get("lidar_points"), dict(truth.lidar_points))
    box = seen.amodal_box_px
    amodal_bbox = None if box is None else [box[0], box[1], box[2] - box[0], box[3] - box[1]]
    yield from differs(where, "amodal_bbox", entry.get("amodal_bbox"), amodal_bbox)
    yield from differs(where, "amodal_segmentation", entry.get("amodal_segmentation"), _as_json(seen.amodal_mask))
    cuboid = entry.get("cuboid") or {}
    for key, value in (
        ("size_m", truth.size_m),
        ("center_world_m", truth.center_m),
        ("rotation_world_wxyz", truth.rotation_wxyz),
    ):
        if not _is_close(cuboid.get(key), list(value)):
            yield Fault(where=where, what=f"cuboid.{key} is {cuboid.get(key)}, should be {list(value)}")


def _check_segmentation(where: str, segmentation: Any, k: int, pixels: Pixels) -> Faults:
    """Yield a fault when a polygon list or a run-length code is not exactly the object's pixels."""
    height, width = pixels.instance_id.shape
    try:
        if isinstance(segmentation, list):
            code: Any = coco_mask.merge(coco_mask.frPyObjects(segmentation, height, width))
            counts = code["counts"].decode("ascii")
        else:
            counts = segmentation["counts"]
            if list(segmentation["size"]) != [height, width]:
                what = f"segmentation's size is {segmentation['size']}, should be {[height, width]}"
                yield Fault(where=where, what=what)
                return
        covered = tally(run_lengths(counts, height, width), pixels.columns, pixels.highest)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        yield Fault(where=where, what=f"segmentation cannot be read: {error}")
        return
    own, count = int(covered.count_of_id[k]), int(pixels.count_of_id[k])
    if covered.area_px != count or own != count:
        yield Fault(where=where, what=f"segmentation covers {covered.area_px} pixels, {own} of the object's {count}")


def _as_json(rle: Rle | None) -> dict[str, Any] | None:
    return None if rle is None else {"size": list(rle.size), "counts": rle.counts}


def _is_close(found: Any, expected: Any) -> bool:
    """Return whether numbers, or nested lists of numbers, agree to the rounding."""
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(_is_close(f, e) for f, e in zip(found, expected, strict=True))
        )
    return isinstance(found, int | float) and is_near(found, expected, ROUNDING)
