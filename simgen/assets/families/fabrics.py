"""Patterns of cloth, drawn as factors on its colour."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from simgen.scene.material import Texture

FabricName = Literal["plain", "heather", "stripes", "checks", "print", "knit"]

_SIZE = 256


def fabric(kind: FabricName, variation: float) -> Texture | None:
    """Return a pattern around a body or limb (u) and along it (v); None for plain cloth.

    Args:
        kind: of pattern.
        variation: -1 to 1, the width of its stripes and where its print is.
    """
    return None if kind == "plain" else _drawn(kind, round(variation * 8))


@lru_cache(maxsize=128)
def _drawn(kind: FabricName, step: int) -> Texture:
    rows, columns = np.mgrid[0:_SIZE, 0:_SIZE] / _SIZE
    count = 9 + step
    # A hash of the pixel, so that no generator's state is needed.
    cell = np.arange(_SIZE * _SIZE, dtype=np.uint64).reshape(_SIZE, _SIZE) + np.uint64(step + 64) * np.uint64(1 << 20)
    cell = (cell ^ (cell >> np.uint64(13))) * np.uint64(0x9E3779B97F4A7C15)
    grain = ((cell >> np.uint64(40)) & np.uint64(0xFFFF)).astype(np.float64) / 65535.0
    match kind:
        case "stripes":
            light = np.where((rows * count) % 1.0 < 0.5, 1.0, 0.35)
        case "checks":
            light = 1.0 - 0.3 * ((rows * count) % 1.0 < 0.5) - 0.3 * ((columns * 2 * count) % 1.0 < 0.5)
        case "knit":
            light = 0.82 + 0.18 * np.sin(columns * 2 * np.pi * 56) * np.sin(rows * 2 * np.pi * 40 + 1.0)
        case "print":
            # The front of the body is at u = 0 and 1.
            across = np.minimum(columns, 1.0 - columns)
            inside = (across < 0.085) & (np.abs(rows - 0.38) < 0.11)
            ring = np.abs(np.hypot(across / 0.085, (rows - 0.38) / 0.11) - 0.75) < 0.16
            bars = inside & (((rows + across * (step / 4.0)) * 26) % 1.0 < 0.45)
            light = np.where(ring | (bars if step % 2 else inside & ~bars), 0.22, 1.0)
        case _:
            light = 0.72 + 0.28 * cv2.GaussianBlur(grain, (3, 3), 0.8)
    gray = np.clip(light * (0.97 + 0.06 * (grain - 0.5)), 0.0, 1.0) * 255.0
    return Texture(name=f"cloth_{kind}", pixels=np.repeat(gray[..., None], 3, axis=2).astype(np.uint8))
