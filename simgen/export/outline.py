"""Polygons of masks, on pixel edges, where a polygon can say exactly what the mask says."""

from __future__ import annotations

from typing import Any

import cv2
import numba
import numpy as np
from pycocotools import mask as coco_mask

from simgen.frame import Rle

_RIGHT, _DOWN, _LEFT, _UP = 0, 1, 2, 3


def decode(rle: Rle) -> np.ndarray:
    """Return the (H, W) booleans of a run-length code."""
    return coco_mask.decode({"size": list(rle.size), "counts": rle.counts.encode("ascii")}).view(bool)


def polygon_of(rle: Rle, box_px: tuple[int, int, int, int]) -> list[float] | None:
    """Return a mask as one COCO polygon (x, y, x, y, ...) on pixel edges, or None where that would not be exact.

    COCO fills a polygon's holes and joins its pieces, so a mask must be one piece, connected through pixel edges,
    without a hole. What is returned has been turned back into a mask by pycocotools and found equal.

    Args:
        rle: the mask.
        box_px: its tight box.
    """
    x0, y0, x1, y1 = box_px
    crop = np.pad(decode(rle)[y0:y1, x0:x1], 1)
    # Neither side is joined through corners: pixels that meet at a corner alone are two pieces, or close off a gap.
    pieces = cv2.connectedComponents(crop.astype(np.uint8), connectivity=4)[0] - 1
    gaps = cv2.connectedComponents((~crop).astype(np.uint8), connectivity=4)[0] - 1
    if pieces != 1 or gaps != 1:
        return None
    corners = _walk(crop)
    points = (corners + np.array([x0 - 1, y0 - 1])).astype(np.float64)
    polygon = [float(v) for v in points.ravel()]
    height, width = rle.size
    objects: Any = [polygon]
    back: Any = coco_mask.merge(coco_mask.frPyObjects(objects, height, width))
    return polygon if back["counts"].decode("ascii") == rle.counts else None


@numba.njit(cache=True)
def _walk(mask: np.ndarray) -> np.ndarray:
    """Return the (K, 2) corners of the outline of a mask of one piece with an empty rim, clockwise."""
    height, width = mask.shape
    start_x, start_y = -1, -1
    for y in range(height):
        for x in range(width):
            if mask[y, x] and start_x < 0:
                start_x, start_y = x, y
    corners = np.empty((2 * mask.size + 4, 2), dtype=np.int64)
    used, x, y, heading = 0, start_x, start_y, _RIGHT
    while True:
        # The two pixels ahead of the corner (x, y): one on the left hand, one on the right.
        if heading == _RIGHT:
            left, right = mask[y - 1, x], mask[y, x]
        elif heading == _DOWN:
            left, right = mask[y, x], mask[y, x - 1]
        elif heading == _LEFT:
            left, right = mask[y, x - 1], mask[y - 1, x - 1]
        else:
            left, right = mask[y - 1, x - 1], mask[y - 1, x]
        turned = heading
        if not right:
            turned = (heading + 1) % 4
        elif left:
            turned = (heading + 3) % 4
        if turned != heading or used == 0:
            if used > 0 and x == start_x and y == start_y:
                break
            corners[used, 0], corners[used, 1] = x, y
            used += 1
            heading = turned
        if heading == _RIGHT:
            x += 1
        elif heading == _DOWN:
            y += 1
        elif heading == _LEFT:
            x -= 1
        else:
            y -= 1
    return corners[:used]
