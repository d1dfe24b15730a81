"""Depth by triangulation: what matching of windows makes of exact disparities."""

from __future__ import annotations

import cv2
import numpy as np

from simgen.geometry.pose import Pose
from simgen.render.depth_light import Returns, hidden
from simgen.render.noise import normals
from simgen.scene.depth_camera import (
    DARK,
    FATTENED,
    GLOSSY,
    GRAZING,
    HAS_DEPTH_FROM,
    MEASURED,
    NOTHING,
    OUT_OF_RANGE,
    PLAIN,
    SHADOW,
    SUNLIGHT,
    THROUGH_GLASS,
    TRANSPARENT,
    DepthCamera,
    Triangulation,
)
from simgen.trace.tracer import Tracer

SHIFT_U, SHIFT_V, DROPOUT, NOISE = 0, 2, 4, 6
"""Dimensions of a pixel's draws."""

_TEXTURE_LUX = 500.0
"""Daylight by which a surface's own grain counts half as much as the pattern thrown on it."""

_EDGE_STEP = 0.1
_EDGE_CONTRAST = 0.2
_EDGE_REACH = 2.0
"""Edges of reflectance, and of surfaces that are lit unlike each other, can be matched as texture can; matchers that
want smooth depth carry that on over plain surfaces, falling to 1/e in so many windows. Estimates."""

_MOSTLY = 0.6
"""Share of a window that must be measurable for a pixel in it that is not to be measured with it."""

_JUMP_PX = 1.0
"""Disparities that differ by more, beyond the surface's own slope, belong to different surfaces."""


def match(
    back: Returns, sensor: DepthCamera, method: Triangulation, world_from_camera: Pose, tracer: Tracer, key: np.uint64
) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) float64 measured depth along the axis, 0 for none, and (H, W) uint8 reasons.

    Each pixel has its exact disparity ``f b / z``. Windows near an edge find the nearer surface: it is widened by half
    a window. A spot beside the pixel is looked at, by noise as wide as a window; what is found there takes the pixel's
    place if it is another surface. Disparities are then blurred by noise of the window's width, and rounded.

    Args:
        back: what the pixels' rays brought back, row by row.
        sensor: which device.
        method: how it matches.
        world_from_camera: where its imager is.
        tracer: of the scene's objects.
        key: of this image's noise.
    """
    camera = sensor.camera
    shape = (camera.height_px, camera.width_px)
    along = camera.pixel_directions()[:, 2]
    z = back.range_m * along
    exact = np.where(back.met, abs(sensor.disparity_m_px) / np.where(back.met, z, 1.0), 0.0).reshape(shape)
    slope = _slopes(back, world_from_camera, sensor).reshape(2, *shape)
    over = _matchable(back, method, shape)
    reason = _reasons(back, sensor, method, world_from_camera, tracer, over, key).reshape(shape)
    found = np.arange(reason.size).reshape(shape)
    if method.window_px > 1:
        found = _fattened(exact, slope, reason, method.window_px // 2)
    if method.lateral_noise_px > 0:
        found = found[_spots(shape, method, key)]
    v, u = np.divmod(found, shape[1])
    row, column = np.indices(shape)
    there = slope[:, v, u]
    seen_from_there = exact[v, u] + there[0] * (column - u) + there[1] * (row - v)
    other = np.abs(seen_from_there - exact) > _JUMP_PX + np.abs(there).sum(axis=0)
    disparity = np.where(other, exact[v, u], exact)
    sound = _able(reason)[v, u]
    # A pixel that is not measured by itself, in a window that is.
    filled = sound & ~_able(reason) & ~other & (found != np.arange(reason.size).reshape(shape))
    reason = np.where(other, np.where(sound, FATTENED, reason[v, u]), np.where(filled, reason[v, u], reason))
    reason[(reason == MEASURED) & (back.panes.reshape(shape) > 0)] = THROUGH_GLASS
    strength = np.where(other, over[found], over.reshape(shape))
    with np.errstate(divide="ignore"):
        sigma = method.disparity_noise_px * (1.0 + 1.0 / np.maximum(strength, 1.0))
    disparity = disparity + sigma * window_noise(shape, method.window_px, key, NOISE)
    if method.disparity_step_px > 0:
        disparity = np.floor(disparity / method.disparity_step_px + 0.5) * method.disparity_step_px
    measured = (reason == MEASURED) | (reason >= HAS_DEPTH_FROM)
    near = measured & (disparity > method.max_disparity_px)
    reason = np.where(near | (measured & (disparity <= 0)), OUT_OF_RANGE, reason)
    measured &= (disparity > 0) & ~near
    return np.where(measured, abs(sensor.disparity_m_px) / np.where(measured, disparity, 1.0), 0.0), reason.astype(
        np.uint8
    )


def window_noise(shape: tuple[int, int], window_px: int, key: np.uint64, dimension: int) -> np.ndarray:
    """Return (H, W) standard normal numbers, each the mean of a window of independent ones: neighbours go together."""
    half = window_px // 2
    height, width = shape[0] + 2 * half, shape[1] + 2 * half
    white = normals(key, np.arange(height * width), dimension).reshape(height, width)
    if half:
        white = cv2.blur(white, (window_px, window_px))[half:-half, half:-half] * window_px
    return white


def _matchable(back: Returns, method: Triangulation, shape: tuple[int, int]) -> np.ndarray:
    """Return (N,) the signal that windows are matched by, over the least that will do."""
    if method.least_contrast is None:
        return back.over_by_day
    share = 1.0 if method.emitter is None else back.daylight_lux / (back.daylight_lux + _TEXTURE_LUX)
    reach = _EDGE_REACH * method.window_px
    near_edge = _EDGE_CONTRAST * np.exp(-_from_edges(back, shape) / reach).ravel()
    return np.hypot(back.over_by_day, np.maximum(back.contrast, near_edge) / method.least_contrast * share)


def _from_edges(back: Returns, shape: tuple[int, int]) -> np.ndarray:
    """Return (H, W) pixels to the nearest place where the surface's reflectance or direction changes at once."""
    kind = np.dstack([back.reflectance.reshape(*shape, 1), 0.5 * back.normal.reshape(*shape, 3)])
    plain = np.ones(shape, np.uint8)
    plain[:-1][np.abs(np.diff(kind, axis=0)).max(axis=-1) > _EDGE_STEP] = 0
    plain[:, :-1][np.abs(np.diff(kind, axis=1)).max(axis=-1) > _EDGE_STEP] = 0
    return cv2.distanceTransform(plain, cv2.DIST_L2, 3)


def _reasons(
    back: Returns,
    sensor: DepthCamera,
    method: Triangulation,
    world_from_camera: Pose,
    tracer: Tracer,
    over: np.ndarray,
    key: np.uint64,
) -> np.ndarray:
    """Return (N,) uint8 why each pixel's own surface is not measured; later lines win."""
    camera = sensor.camera
    shape = (camera.height_px, camera.width_px)
    softness = sensor.dropout_softness * window_noise(shape, method.window_px, key, DROPOUT).ravel()
    weak = np.log(np.maximum(over, 1e-12)) + softness < 0.0
    dark = np.log(np.maximum(back.over, 1e-12)) + softness < 0.0
    reason = np.full(len(over), MEASURED, np.uint8)
    reason[back.panes > 0] = THROUGH_GLASS
    if method.emitter is None:
        reason[weak] = PLAIN
    else:
        even = back.even_signal * method.emitter.range_at_10_percent_m**2 / 0.1
        reason[weak] = DARK
        reason[weak & (even > 1.0) & (back.over < 0.5 * even)] = GLOSSY
        reason[weak & ~dark] = SUNLIGHT
        reason[weak & ~back.lit] = SHADOW
    reason[weak & (back.panes > 0)] = TRANSPARENT
    reason[back.cosine < np.cos(np.radians(method.max_incidence_deg))] = GRAZING
    reason[back.dazzling] = GLOSSY
    reason[back.bent] = TRANSPARENT
    z = back.range_m * camera.pixel_directions()[:, 2]
    if method.eyes == "two_imagers":
        eye = world_from_camera.apply(np.array([method.baseline_m, 0.0, 0.0]))
        at = np.flatnonzero(back.met & (back.panes == 0))
        reason[at[hidden(tracer, back.point[at], back.normal[at], back.range_m[at], eye)]] = SHADOW
        second = camera.pixel_centres()[:, 0] - sensor.disparity_m_px / np.where(back.met, z, np.inf)
        reason[(second < 0) | (second >= camera.width_px)] = SHADOW
    reason[(z > sensor.max_z_m) | (z < sensor.min_z_m)] = OUT_OF_RANGE
    reason[~back.met] = NOTHING
    return reason


def _slopes(back: Returns, world_from_camera: Pose, sensor: DepthCamera) -> np.ndarray:
    """Return (2, N) how disparity changes per pixel to the right and down along each pixel's own plane.

    On a plane ``n . X = n . P`` inverse depth is linear in the image, so that the slope is ``b n_x / (n . P)``.
    """
    inside = world_from_camera.inverse
    normal = inside.rotate(back.normal)
    offset = np.einsum("ij,ij->i", normal, inside.apply(back.point))
    baseline, camera = abs(sensor.disparity_m_px) / sensor.camera.fx_px, sensor.camera
    offset = np.where(back.met & (np.abs(offset) > 1e-9), offset, np.inf)
    return np.stack([baseline * normal[:, 0] / offset, baseline * normal[:, 1] / offset * camera.fx_px / camera.fy_px])


def _fattened(exact: np.ndarray, slope: np.ndarray, reason: np.ndarray, half: int) -> np.ndarray:
    """Return (H, W) the index of the pixel whose surface each window finds: its own, or the nearest, if it is nearer.

    Only surfaces that are measured can take their neighbours' place, and they take that of single pixels that are not.
    """
    height, width = exact.shape
    able = _able(reason)
    index = np.arange(exact.size).reshape(exact.shape)
    best, found = np.where(able, exact, -np.inf), index.copy()
    for axis in (0, 1):
        source, place = best.copy(), found.copy()
        for step in [k for k in range(-half, half + 1) if k]:
            to = [slice(None), slice(None)]
            of = [slice(None), slice(None)]
            extent = (height, width)[axis]
            to[axis], of[axis] = slice(max(-step, 0), extent - max(step, 0)), slice(max(step, 0), extent + min(step, 0))
            nearer = source[tuple(of)] > best[tuple(to)]
            best[tuple(to)] = np.where(nearer, source[tuple(of)], best[tuple(to)])
            found[tuple(to)] = np.where(nearer, place[tuple(of)], found[tuple(to)])
    reach = half * (np.abs(slope).sum(axis=0) + np.abs(slope.reshape(2, -1)[:, found]).sum(axis=0))
    alone = ~able & (cv2.blur(able.astype(np.float32), (2 * half + 1,) * 2) > _MOSTLY)
    return np.where(alone | (best - exact > _JUMP_PX + reach), found, index)


def _able(reason: np.ndarray) -> np.ndarray:
    return (reason == MEASURED) | (reason == THROUGH_GLASS)


def _spots(shape: tuple[int, int], method: Triangulation, key: np.uint64) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows and columns of the spots that pixels are measured at."""
    row, column = np.indices(shape)
    down = np.rint(method.lateral_noise_px * window_noise(shape, method.window_px, key, SHIFT_V)).astype(np.int64)
    right = np.rint(method.lateral_noise_px * window_noise(shape, method.window_px, key, SHIFT_U)).astype(np.int64)
    return np.clip(row + down, 0, shape[0] - 1), np.clip(column + right, 0, shape[1] - 1)
