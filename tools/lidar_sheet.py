"""The picture of tools/compare_lidar: a scan from above, and our counts as lines over the bands of the real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from lidar_realism import Row

WIDTH_PX, HEIGHT_PX = 560, 300
_INK, _GRID, _INNER, _OUTER, _OURS = (40, 40, 40), (225, 225, 225), (190, 160, 120), (225, 208, 185), (40, 60, 210)
_MARGIN = (62, 14, 34, 40)
"""Left, right, top and bottom, pixels."""


def draw(rows: Mapping[str, Sequence[Row]], xyz_m: np.ndarray, intensity: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8 BGR: a scan from above coloured by intensity, and four panels of compared figures."""
    panels = [
        band_panel("returns per ring, top ring first", rows["rings"], marks=(0, 16, 32, 48, 63)),
        band_panel("share of returns by range", rows["range"], marks=range(len(rows["range"]))),
        band_panel("share of returns by intensity, KITTI's coding", rows["intensity"], marks=range(10)),
    ]
    right = np.vstack(panels)
    return np.hstack([from_above(xyz_m, intensity, right.shape[0]), right])


def from_above(xyz_m: np.ndarray, intensity: np.ndarray, size_px: int, half_m: float = 40.0) -> np.ndarray:
    """Return (S, S, 3) uint8: points from above, ahead is up, dark blue for intensity 0 over green to red for 0.6."""
    image = np.full((size_px, size_px, 3), 16, np.uint8)
    u = np.floor((1.0 - xyz_m[:, 1] / half_m) * size_px / 2).astype(int)
    v = np.floor((1.0 - xyz_m[:, 0] / half_m) * size_px / 2).astype(int)
    inside = (u >= 0) & (u < size_px) & (v >= 0) & (v < size_px)
    level = np.clip(intensity[inside] / 0.6 * 255, 0, 255).astype(np.uint8)
    image[v[inside], u[inside]] = cv2.applyColorMap(level[:, None], cv2.COLORMAP_TURBO)[:, 0]
    _write(image, "our first scan from above, +-40 m, by intensity", (10, 20), (230, 230, 230))
    return image


def band_panel(title: str, rows: Sequence[Row], marks: Sequence[int] | range) -> np.ndarray:
    """Return one panel: dark band between the real sequences' means, light band of their scans, ours as a line."""
    left, right, top, bottom = _MARGIN
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), 255, np.uint8)
    highest = 1.08 * max(max(row.ours, row.real.widest_high) for row in rows)
    x = np.linspace(left, WIDTH_PX - right, len(rows))

    def y(values: Sequence[float]) -> np.ndarray:
        return HEIGHT_PX - bottom - np.array(values) / highest * (HEIGHT_PX - top - bottom)

    for share in (0.0, 0.5, 1.0):
        level = int(y([share * highest])[0])
        cv2.line(image, (left, level), (WIDTH_PX - right, level), _GRID, 1)
        _write(image, f"{share * highest:.{0 if highest >= 100 else 2}f}", (6, level + 4))
    for low, high, color in (("widest_low", "widest_high", _OUTER), ("low", "high", _INNER)):
        lower, upper = (y([getattr(row.real, key) for row in rows]) for key in (low, high))
        outline = np.concatenate([np.stack([x, upper], 1), np.stack([x, lower], 1)[::-1]])
        cv2.fillPoly(image, [np.round(outline).astype(np.int32)], color)
    line = np.stack([x, y([row.ours for row in rows])], 1)
    cv2.polylines(image, [np.round(line).astype(np.int32)], False, _OURS, 2, cv2.LINE_AA)
    for k in marks:
        words = rows[k].name.replace("ring ", "").replace(" m", "").replace(" to ", "-")
        _write(image, words, (min(int(x[k]) - 4 * len(words), WIDTH_PX - 7 * len(words)), HEIGHT_PX - 18))
    _write(image, title + ": red ours, bands real", (left, 20))
    return image


def _write(image: np.ndarray, words: str, at: tuple[int, int], color: tuple[int, int, int] = _INK) -> None:
    cv2.putText(image, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, color, 1, cv2.LINE_AA)
