"""One LiDAR sweep as a sensor's engineer looks at it: from above and unrolled ring by ring, by all that points hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from simgen.errors import StoreError
from simgen.quality.cloud_colors import POINT_FIELDS, Coloring, PointField, color_points
from simgen.quality.from_above import draw_from_above, draw_turn
from simgen.quality.ink import BACKGROUND, BRIGHT, DIM, write
from simgen.quality.panels import CAPTION, GAP, MARGIN, Panel, panel_strip, paste
from simgen.run.store import Dataset, open_dataset
from simgen.scene.beam_pattern import Rosette
from simgen.truth import FrameRecord, ScanRecord

ABOVE: tuple[PointField, ...] = ("range", "intensity", "category")
"""What colours the points from above."""

UNROLLED: tuple[PointField, ...] = tuple(field for field in POINT_FIELDS if field not in ("column", "noise"))
"""What colours the unrolled sweep: all but the column, which is where a point is drawn, and the noise."""

_LINE_PX = 3.0


def sweep_sheet(
    root: Path,
    index: int = 0,
    *,
    lidar: str | None = None,
    fields: Sequence[PointField] = UNROLLED,
    width_px: int = 2400,
) -> np.ndarray:
    """Return a picture of one sweep: three views from above, and all beams, a row a ring, once for each field.

    Args:
        root: folder of a finished data set.
        index: of the frame.
        lidar: name of the LiDAR; None for the first.
        fields: what colours the unrolled sweeps.
        width_px: width of the sheet, at least 800.

    Returns:
        (H, width_px, 3) uint8 RGB.

    Raises:
        StoreError: there is no finished data set, no such frame or LiDAR, or a file is not readable.
    """
    if width_px < 800:
        raise ValueError(f"width_px must be 800 or more, got {width_px}")
    data = open_dataset(root)
    record = next((frame for frame in data.frames() if frame.index == index), None)
    if record is None:
        raise StoreError(f"{root}: has no frame {index}; it holds frames 0 to {int(data.manifest['frames']) - 1}")
    scan = next((one for one in record.scans if lidar in (None, one.lidar.name)), None)
    if scan is None:
        known = ", ".join(one.lidar.name for one in record.scans)
        raise StoreError(f"{root}: frame {index} has no LiDAR {lidar!r}; it has: {known or 'none'}")
    cloud = data.cloud(scan)
    above = [_above(record, scan, cloud, color_points(record, scan, cloud, by)) for by in ABOVE]
    rows = [_unrolled(record, scan, cloud, by, width_px - 2 * MARGIN) for by in fields]
    return np.concatenate([_head(data, record, scan, width_px), panel_strip(above, 1.0, width_px), *rows])


def _head(data: Dataset, record: FrameRecord, scan: ScanRecord, width_px: int) -> np.ndarray:
    strip, lidar = np.full((64, width_px, 3), BACKGROUND, dtype=np.uint8), scan.lidar
    write(strip, f"{lidar.model}: one sweep", (MARGIN, 42), size=26, weight=650, color=BRIGHT)
    about = (
        f"{data.manifest['name']}, frame {record.index} · {lidar.rings} rings x {lidar.columns} columns · "
        f"{scan.points:,} points of {lidar.rings * lidar.columns:,} beams · {lidar.sub_rays} rays a beam · "
        f"{lidar.return_mode} · {lidar.rate_hz:g} Hz"
    )
    write(strip, about, (width_px - MARGIN, 41), size=14, color=DIM, align="right")
    return strip


def _above(record: FrameRecord, scan: ScanRecord, cloud: np.ndarray, told: Coloring) -> Panel:
    return Panel(
        title=f"from above: {told.title}",
        draw=lambda width: draw_from_above(record, scan, cloud, width, colors=told.colors),
        scale=told.scale,
        unit=told.unit,
        key=told.key,
    )


def _unrolled(record: FrameRecord, scan: ScanRecord, cloud: np.ndarray, by: PointField, wide: int) -> np.ndarray:
    """Return the strip of one field: all beams, from straight back over left, ahead and right."""
    told = color_points(record, scan, cloud, by)
    rosette = isinstance(scan.lidar.pattern, Rosette)
    high = wide // 4 if rosette else round(max(_LINE_PX * scan.lidar.rings, 120.0) * wide / 2364)

    def draw(width: int) -> np.ndarray:
        # Drawn with whole columns and then made smaller, so that none is left out.
        finer = width if rosette else max(width, scan.lidar.columns)
        picture = draw_turn(scan, cloud, told.colors, (finer, high))
        return cv2.resize(picture, (width, high), interpolation=cv2.INTER_AREA)

    strip = np.full((high + CAPTION + GAP, wide + 2 * MARGIN, 3), BACKGROUND, dtype=np.uint8)
    title = told.title if rosette else f"{told.title}; straight back, left, ahead, right, straight back"
    paste(strip, Panel(title=title, draw=draw, scale=told.scale, unit=told.unit, key=told.key), MARGIN, 0, wide)
    return strip
