"""COCO panoptic files: the segments of every panoptic image."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import simgen
from simgen.assets.categories import categories
from simgen.frame import Segment
from simgen.truth import FrameRecord, ViewRecord

_SPLITS = ("train", "val", "test")


def panoptic_files(frames: Iterable[FrameRecord]) -> dict[str, Any]:
    """Return {path below the data set's folder: JSON value} of ``annotations/panoptic_{train,val,test}.json``.

    The form is COCO's (cocodataset.org, "Data format", panoptic segmentation). Images are numbered as in the files of
    `simgen.export.coco.CocoWriter`; ``file_name`` of an annotation is relative to ``panoptic/{split}/``. Pictures
    without a panoptic image are not listed.

    Args:
        frames: gone through once, in order.
    """
    images: dict[str, list[dict[str, Any]]] = {split: [] for split in _SPLITS}
    annotations: dict[str, list[dict[str, Any]]] = {split: [] for split in _SPLITS}
    image_id = 0
    for frame in frames:
        for view in frame.views:
            image_id += 1
            if "panoptic" in view.truths:
                images[frame.split].append(_image(image_id, frame.split, view))
                annotations[frame.split].append(_annotation(image_id, frame.split, view))
    listed = [
        {"id": c.id, "name": c.name, "supercategory": c.supercategory, "isthing": int(c.thing)}
        for c in categories().values()
    ]
    return {
        f"annotations/panoptic_{split}.json": {
            "info": {"description": f"{split} split, made by simgen", "version": simgen.__version__},
            "images": images[split],
            "annotations": annotations[split],
            "categories": listed,
        }
        for split in _SPLITS
    }


def _image(image_id: int, split: str, view: ViewRecord) -> dict[str, Any]:
    return {
        "id": image_id,
        "file_name": view.image.path.removeprefix(f"images/{split}/"),
        "width": view.camera.width_px,
        "height": view.camera.height_px,
    }


def _annotation(image_id: int, split: str, view: ViewRecord) -> dict[str, Any]:
    return {
        "image_id": image_id,
        "file_name": view.truths["panoptic"].path.removeprefix(f"panoptic/{split}/"),
        "segments_info": [_segment(segment) for segment in view.segments],
    }


def _segment(segment: Segment) -> dict[str, Any]:
    x0, y0, x1, y1 = segment.box_px
    return {
        "id": segment.id,
        "category_id": categories()[segment.category].id,
        "area": segment.area_px,
        "bbox": [x0, y0, x1 - x0, y1 - y0],
        "iscrowd": 0,
    }
