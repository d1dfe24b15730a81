"""Draws sky images side by side, each exposed for its own mean."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from simgen.assets.panoramas import read_panorama
from simgen.assets.skies import SkyInfo

_TILE_PX = (400, 200)
_CAPTION_PX = 18
_MEAN_SHOWN = 0.22
"""Linear value that the mean of a tile is shown at; what is over 1 is white."""


def sky_sheet(skies: list[SkyInfo], columns: int = 3) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: one tile a sky, in the order given; its middle is +x where it is not turned."""
    width, height = _TILE_PX
    rows = -(-len(skies) // columns)
    sheet = np.full((rows * (height + _CAPTION_PX), min(columns, len(skies)) * width, 3), 255, dtype=np.uint8)
    for k, sky in enumerate(skies):
        y, x = k // columns * (height + _CAPTION_PX), k % columns * width
        sheet[y : y + height, x : x + width] = _tile(sky)
        place = (x + 3, y + height + 13)
        text = f"{sky.name}: {sky.shows}"
        cv2.putText(sheet, text[:62], place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    return sheet


def _tile(sky: SkyInfo) -> np.ndarray:
    small: np.ndarray = cv2.resize(read_panorama(Path(sky.image)), _TILE_PX, interpolation=cv2.INTER_AREA)
    # A sun would leave all else black: bright spots count no more than four times the median.
    mean = float(np.minimum(small, 4.0 * np.median(small)).mean())
    return np.rint(255.0 * np.clip(small * (_MEAN_SHOWN / max(mean, 1e-9)), 0.0, 1.0) ** (1.0 / 2.2)).astype(np.uint8)
