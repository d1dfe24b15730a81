"""Loses parts of pictures and sweeps as a broken line between sensor and computer does; labels do not change."""

from __future__ import annotations

import numpy as np

from simgen.render.noise import sensor_key, uniforms
from simgen.scene.dropout import Dropout

_BLOCK_PX = 16
_GREY = 128


def torn_picture(rgb: np.ndarray, dropout: Dropout) -> np.ndarray:
    """Return what arrives of a (H, W, 3) uint8 picture."""
    height, width = rgb.shape[:2]
    key = sensor_key(dropout.pattern, 0, "dropout")
    torn = rgb.copy()
    match dropout.lost:
        case "black":
            torn[:] = 0
        case "rows":
            torn[height - round(dropout.share * height) :] = 0
        case "bands":
            band = np.arange(height) * 12 // height
            chance = uniforms(key, np.arange(12, dtype=np.int64), 0)
            shift = ((uniforms(key, np.arange(12, dtype=np.int64), 1) - 0.5) * width).astype(np.int64)
            for row in np.flatnonzero(_lowest(chance, dropout.share)[band]):
                torn[row] = np.roll(rgb[row], shift[band[row]], axis=0)
        case "blocks":
            down, across = -(-height // _BLOCK_PX), -(-width // _BLOCK_PX)
            lost = _lowest(uniforms(key, np.arange(down * across, dtype=np.int64), 0), dropout.share)
            mask = np.kron(lost.reshape(down, across), np.ones((_BLOCK_PX, _BLOCK_PX), dtype=bool))
            torn[mask[:height, :width].astype(bool)] = _GREY
        case _:
            raise ValueError(f"a picture cannot lose {dropout.lost!r}; that is for LiDARs")
    return torn


def arrived(column: np.ndarray, ring: np.ndarray, columns: int, rings: int, dropout: Dropout) -> np.ndarray:
    """Return which of N returns of (N,) columns and rings arrive."""
    key = sensor_key(dropout.pattern, 0, "dropout")
    match dropout.lost:
        case "sector":
            first = int(uniforms(key, np.zeros(1, dtype=np.int64), 0)[0] * columns)
            return (column.astype(np.int64) - first) % columns >= round(dropout.share * columns)
        case "rings":
            return ~_lowest(uniforms(key, np.arange(rings, dtype=np.int64), 0), dropout.share)[ring]
        case _:
            raise ValueError(f"a LiDAR cannot lose {dropout.lost!r}; that is for cameras")


def _lowest(values: np.ndarray, share: float) -> np.ndarray:
    """Return which are among the lowest ``share`` of (N,) values, at least one."""
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(values, kind="stable")[: max(1, round(share * len(values)))]] = True
    return chosen
