"""Pictures of a view's further truths, as the contact sheet shows them."""

from __future__ import annotations

import cv2
import numpy as np

from simgen.assets.categories import categories
from simgen.quality.ink import NOTHING, PANEL, category_color, instance_colors
from simgen.scene.depth_camera import REASONS

TITLES = {
    "semantic": "categories",
    "panoptic": "panoptic segments",
    "object_coordinates": "object coordinates",
    "albedo": "surface colour (albedo)",
    "uv": "texture coordinates",
    "lens_mask": "light past the dirt on the lens",
    "linear": "light before the lens",
    "flow_forward": "flow to the next frame, hidden dark",
    "flow_backward": "flow to the frame before, hidden dark",
}
"""What each picture is called, in the order they are shown."""

_DIM = 0.35
_SEEN = 1


def truth_picture(kind: str, values: np.ndarray, state: np.ndarray | None = None) -> np.ndarray:
    """Return an (H, W, 3) uint8 RGB picture of a truth.

    Args:
        kind: one of `TITLES`.
        values: as `simgen.run.store.Dataset.truth` gives them.
        state: of a flow, what becomes of each pixel; hidden and leaving ones are drawn darker.
    """
    match kind:
        case "semantic":
            return _by_category()[values]
        case "panoptic":
            things = np.unique(values[values % 65536 > 0] % 65536).tolist()
            return np.where(
                (values % 65536 > 0)[..., None],
                instance_colors(things, things)[values % 65536],
                _by_category()[values // 65536],
            )
        case "object_coordinates":
            return np.rint(values * 255).astype(np.uint8)
        case "albedo" | "linear":
            values = np.minimum(values, 1.0)
            curved = np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055)
            return np.rint(curved * 255).astype(np.uint8)
        case "lens_mask":
            return np.repeat(np.rint(values * 255).astype(np.uint8)[..., None], 3, axis=-1)
        case "uv":
            known = np.nan_to_num(values)
            return np.rint(np.dstack([known, np.isfinite(values[..., 0]) * 0.25]) * 255).astype(np.uint8)
        case _:
            return flow_picture(values, state)


def reason_picture(reason: np.ndarray) -> np.ndarray:
    """Return an (H, W, 3) uint8 RGB picture of a depth camera's reasons: sound depths dark, the rest by kind."""
    return _REASON_COLORS[np.minimum(reason, len(_REASON_COLORS) - 1)]


def _reason_colors() -> np.ndarray:
    colors = np.tile(np.asarray(PANEL, np.uint8), (max(REASONS.values()) + 1, 1))
    for k in REASONS.values():
        if k > 0:
            colors[k] = category_color(k)
    return colors


_REASON_COLORS = _reason_colors()


def flow_picture(uv_px: np.ndarray, state: np.ndarray | None = None) -> np.ndarray:
    """Return a flow as colours: the direction as hue, its length, against the 99th percentile, as saturation.

    Args:
        uv_px: (H, W, 2) pixels; NaN where unknown, drawn nearly black.
        state: (H, W) states of `simgen.frame.Flow`; None draws none darker.
    """
    known = np.isfinite(uv_px).all(axis=-1)
    u, v = np.moveaxis(np.nan_to_num(uv_px).astype(np.float32), -1, 0)
    length = np.hypot(u, v)
    longest = max(float(np.quantile(length[known], 0.99)) if known.any() else 0.0, 1e-3)
    hue = np.degrees(np.arctan2(v, u)) % 360.0
    saturation = np.minimum(length / longest, 1.0)
    hsv = np.dstack([hue, saturation, np.ones_like(hue)]).astype(np.float32)
    rgb = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255.0
    if state is not None:
        rgb[state != _SEEN] *= _DIM
    rgb[~known] = NOTHING
    return np.rint(rgb).astype(np.uint8)


def _by_category() -> np.ndarray:
    """Return (256, 3) uint8 colours by category id; 0 nearly black."""
    colors = np.tile(np.asarray(NOTHING, np.uint8), (256, 1))
    for one in categories().values():
        colors[one.id] = category_color(one.id)
    return colors
