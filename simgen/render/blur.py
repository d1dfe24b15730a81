"""What motion and an open lens blur: how far each pixel's light spreads, and the mean of its samples."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from simgen.geometry.rays import Hits, Rays
from simgen.render.eye import Eye, points_on
from simgen.scene.moving import carried
from simgen.scene.scene import Scene

VISIBLE_PX = 0.6
"""Less blur than this is left to the anti-aliasing."""

_COUNTS = ((2.0, 6), (4.0, 10), (14.0, 16), (30.0, 32))
"""Samples for blurs up to so many pixels; 64 for longer ones."""

_SAMPLES_AT_ONCE = 1 << 19

_WINDOWS = ((3.0, (1.0, 0.5, 0.0)), (10.0, (1.0, 1.0, 0.5)))
"""Weights by distance in rows and columns, of discs from so many pixels on: windows of 2 x 2 and of 4 x 4 pixels, the
larger one seeing each place of the tile pattern once; halved rims centre them on the pixel."""


def blurs(scene: Scene, eye: Eye) -> bool:
    """Return whether anything can blur this eye's picture."""
    moves = not eye.motion.still or any(not o.motion.still for o in scene.objects)
    return eye.camera.aperture is not None or (_exposure_s(eye) > 0 and moves)


def _exposure_s(eye: Eye) -> float:
    assert eye.camera.shutter.exposure_s is not None, "the shutter's time is known once the image is metered"
    return eye.camera.shutter.exposure_s


def blur_px(scene: Scene, eye: Eye, rays: Rays, hits: Hits) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) how far each pixel centre's point moves in the image during the exposure, and its disc's diameter.

    Args:
        scene: what moves.
        eye: the camera, its focus set.
        rays: through all pixel centres, row by row.
        hits: what they met.
    """
    shape = (eye.camera.height_px, eye.camera.width_px)
    length = np.zeros(len(rays))
    half_s = _exposure_s(eye) / 2
    if half_s > 0:
        points, time_s = points_on(rays, hits), rays.time_s.astype(np.float64)
        ends = [
            eye.project(carried(scene.objects, hits.instance_id, points, time_s, at_s), at_s)[0]
            for at_s in (time_s - half_s, time_s + half_s)
        ]
        length = np.linalg.norm(ends[1] - ends[0], axis=1)
        # What comes from behind the camera, or goes there, sweeps over all of the image.
        longest = float(max(shape))
        length = np.minimum(np.where(np.isfinite(length), length, longest), longest)
    z_m = np.where(np.isfinite(hits.range_m), hits.range_m, 0.0) * eye.camera.pixel_directions()[:, 2]
    return length.reshape(shape), eye.circle_px(z_m).reshape(shape)


def reach_px(blur: np.ndarray) -> np.ndarray:
    """Return (H, W) the longest blur of all that reach each pixel: half a pixel's blur spreads to either side."""
    reach = np.where(blur > VISIBLE_PX, blur, 0.0)
    low, high = VISIBLE_PX, 1.0
    while low < blur.max(initial=0.0):
        within = (blur > low) & (blur <= high)
        if within.any():
            apart = cv2.distanceTransform((~within).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
            reach = np.where(apart <= high / 2 + 1.0, np.maximum(reach, high), reach)
        low, high = high, 2.0 * high
    return reach


def blur_groups(reach: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, int]]:
    """Yield groups of blurred pixels, as indices, with the samples that each of a group's pixels is to have."""
    low = VISIBLE_PX
    for high, count in (*_COUNTS, (np.inf, 64)):
        index = np.flatnonzero((reach > low) & (reach <= high))
        samples = min(count, most)
        step = _SAMPLES_AT_ONCE // samples
        for start in range(0, len(index), step):
            yield index[start : start + step], samples
        low = high


def smoothed(nit: np.ndarray, circle: np.ndarray) -> np.ndarray:
    """Return an (H, W, 3) image in which out-of-focus pixels share their samples with neighbours as much out of focus.

    Neighbours begin on other places of the lens, so the mean of some is what more samples would have shown; the window
    grows with the disc and stays much smaller.

    Args:
        nit: luminance.
        circle: (H, W) mean diameter of the samples' discs, px.
    """
    (small_px, small), (large_px, large) = _WINDOWS
    chosen = circle > small_px
    if not chosen.any():
        return nit
    total, weights = np.zeros_like(nit), np.zeros(circle.shape, np.float32)
    rows, columns = circle.shape
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            here = np.s_[max(-dy, 0) : rows + min(-dy, 0), max(-dx, 0) : columns + min(-dx, 0)]
            there = np.s_[max(dy, 0) : rows + min(dy, 0), max(dx, 0) : columns + min(dx, 0)]
            alike = (circle[there] > 0.6 * circle[here]) & (circle[there] < 1.7 * circle[here])
            weight = np.where(circle[here] > large_px, *(w[abs(dy)] * w[abs(dx)] for w in (large, small)))
            weight = np.where(alike, weight, 0.0).astype(np.float32)
            total[here] += weight[..., None] * nit[there]
            weights[here] += weight
    out = nit.copy()
    out[chosen] = total[chosen] / weights[chosen, None]
    return out
