"""Run-length codes and boxes of masks, found without walking the whole image for each object."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from pycocotools import mask as coco_mask

from simgen.frame import Rle
from simgen.geometry.boxes import BoxPx


def rle_of_crop(crop: np.ndarray, box_px: BoxPx, width_px: int, height_px: int) -> Rle:
    """Return COCO's compressed run-length code of a mask that is empty outside a box.

    Args:
        crop: (y1 - y0, x1 - x0) booleans.
        box_px: where ``crop`` lies in the image.
        width_px: width of the image.
        height_px: its height.
    """
    counts = _run_lengths(np.ascontiguousarray(crop), box_px[0], box_px[1], width_px, height_px)
    code: Any = coco_mask.frPyObjects({"size": [height_px, width_px], "counts": counts.tolist()}, height_px, width_px)
    return Rle(size=(height_px, width_px), counts=code["counts"].decode("ascii"))


@numba.njit(cache=True)
def _run_lengths(crop: np.ndarray, left: int, top: int, width: int, height: int) -> np.ndarray:
    """Return run lengths in column order, the first one of zeros, as COCO counts them."""
    rows, columns = crop.shape
    runs = np.empty(columns * (rows + 1) + 2, dtype=np.int64)
    used, run, value = 0, left * height, False
    for x in range(columns):
        run += top
        if value and top > 0:
            runs[used], used, run, value = run - top, used + 1, top, False
        for y in range(rows):
            if crop[y, x] != value:
                runs[used], used, run, value = run, used + 1, 0, not value
            run += 1
        below = height - top - rows
        if value and below > 0:
            runs[used], used, run, value = run, used + 1, 0, False
        run += below
    after = (width - left - columns) * height
    if value and after > 0:
        runs[used], used, run = run, used + 1, 0
    runs[used] = run + after
    return runs[: used + 1]


@numba.njit(cache=True)
def boxes_and_counts(ids: np.ndarray, highest: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (highest + 1, 4) tight half-open boxes and (highest + 1,) pixel counts of each id in a (H, W) id image.

    Boxes of ids that are not there hold no area.
    """
    boxes = np.zeros((highest + 1, 4), dtype=np.int64)
    counts = np.zeros(highest + 1, dtype=np.int64)
    height, width = ids.shape
    for y in range(height):
        for x in range(width):
            one = ids[y, x]
            box = boxes[one]
            if counts[one] == 0:
                box[0], box[1], box[2], box[3] = x, y, x + 1, y + 1
            else:
                box[0], box[2], box[3] = min(box[0], x), max(box[2], x + 1), y + 1
            counts[one] += 1
    return boxes, counts
