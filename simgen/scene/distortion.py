"""Formulas of distorting lenses, compiled: forwards, backwards, and for one point among others' loops."""

from __future__ import annotations

import math

import numba
import numpy as np

_NEARLY = 1e-8
"""Newton's method squares the error, so after a step as small as this there is nothing left to gain."""

BROWN_CONRADY, KANNALA_BRANDT = 0.0, 1.0
"""Which formula an array of numbers belongs to."""


@numba.njit(cache=True, error_model="numpy")
def radial(r2: float, k: np.ndarray) -> tuple[float, float]:
    """Return the radial factor at a squared radius, and its derivative by the squared radius."""
    above, below = 1 + r2 * (k[0] + r2 * (k[1] + r2 * k[4])), 1 + r2 * (k[5] + r2 * (k[6] + r2 * k[7]))
    d_above, d_below = k[0] + r2 * (2 * k[1] + 3 * r2 * k[4]), k[5] + r2 * (2 * k[6] + 3 * r2 * k[7])
    return above / below, (d_above * below - above * d_below) / (below * below)


@numba.njit(cache=True, error_model="numpy")
def distorted(x: float, y: float, k: np.ndarray) -> tuple[float, float, float, float, float]:
    """Return the image position (x', y') of (x, y), and dx'/dx, dx'/dy = dy'/dx, dy'/dy."""
    factor, slope = radial(x * x + y * y, k)
    p1, p2 = k[2], k[3]
    u = x * factor + 2 * p1 * x * y + p2 * (3 * x * x + y * y)
    v = y * factor + p1 * (x * x + 3 * y * y) + 2 * p2 * x * y
    du_dx = factor + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x
    du_dy = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y
    dv_dy = factor + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x
    return u, v, du_dx, du_dy, dv_dy


@numba.njit(cache=True, error_model="numpy")
def brown_conrady(plane: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Return (N, 2) image positions of (N, 2) undistorted ones."""
    image = np.empty_like(plane)
    for i in range(len(plane)):
        image[i, 0], image[i, 1], _, _, _ = distorted(plane[i, 0], plane[i, 1], k)
    return image


@numba.njit(cache=True, error_model="numpy")
def determinants(plane: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Return how much the image is larger than (N, 2) undistorted positions, in area; below 0 where it is folded."""
    found = np.empty(len(plane))
    for i in range(len(plane)):
        _, _, a, b, d = distorted(plane[i, 0], plane[i, 1], k)
        found[i] = a * d - b * b
    return found


@numba.njit(cache=True, error_model="numpy")
def radius_before(away: float, k: np.ndarray, limit: float) -> float:
    """Return the undistorted radius that the radial part takes to ``away``, at most ``limit``.

    Newton's method, halving the bracket where a step would leave it or be no shorter than half the last.
    """
    low, high, step = 0.0, limit, np.inf
    radius = min(away, limit)
    for _ in range(100):
        factor, slope = radial(radius * radius, k)
        error = radius * factor - away
        if error > 0:
            high = radius
        else:
            low = radius
        rise = factor + 2 * radius * radius * slope
        following = radius - error / rise if rise > 0 else -1.0
        if not low <= following <= high or abs(following - radius) > 0.5 * step:
            following = (low + high) / 2
        step, radius = abs(following - radius), following
        if step <= _NEARLY * (1 + radius):
            break
    return radius


@numba.njit(cache=True, error_model="numpy")
def brown_conrady_directions(
    image: np.ndarray, k: np.ndarray, limit: float, starts: np.ndarray, starts_to_1: float
) -> np.ndarray:
    """Solve by Newton's method, a step halved until it brings nearer, from where the radial part alone would lead.

    Next to the fold, where a step may land beyond it, the radial part is solved anew; elsewhere it is looked up.
    """
    directions = np.full((len(image), 3), np.nan)
    for i in range(len(image)):
        away = math.sqrt(image[i, 0] ** 2 + image[i, 1] ** 2)
        place = away * starts_to_1
        radius = limit
        if place < len(starts) - 1:
            low = int(place)
            radius = starts[low] + (place - low) * (starts[low + 1] - starts[low])
        if radius > 0.9 * limit:
            radius = radius_before(away, k, limit)
        start = radius / away if away > 0 else 1.0
        x, y = image[i, 0] * start, image[i, 1] * start
        u, v, a, b, d = distorted(x, y, k)
        error = math.sqrt((u - image[i, 0]) ** 2 + (v - image[i, 1]) ** 2)
        step = 1.0
        for _ in range(100):
            determinant = a * d - b * b
            if error <= 1e-13 * (1 + away) or step < 1e-9 or determinant == 0:
                break
            left, down = (u - image[i, 0]) / determinant * step, (v - image[i, 1]) / determinant * step
            tried_x, tried_y = x - (d * left - b * down), y - (a * down - b * left)
            tried = distorted(tried_x, tried_y, k)
            nearer = math.sqrt((tried[0] - image[i, 0]) ** 2 + (tried[1] - image[i, 1]) ** 2)
            if nearer < error:
                x, y, error, step = tried_x, tried_y, nearer, 1.0
                u, v, a, b, d = tried
            else:
                step *= 0.5
        if error <= 1e-11 * (1 + away) and math.hypot(x, y) <= limit:
            length = math.sqrt(x * x + y * y + 1)
            directions[i, 0], directions[i, 1], directions[i, 2] = x / length, y / length, 1 / length
    return directions


@numba.njit(cache=True, error_model="numpy")
def kannala_brandt_directions(image: np.ndarray, k: np.ndarray, limit_rad: float) -> np.ndarray:
    """Solve the polynomial by Newton's method, halving the bracket as in `radius_before`."""
    directions = np.full((len(image), 3), np.nan)
    l2 = limit_rad * limit_rad
    largest = limit_rad * (1 + l2 * (k[0] + l2 * (k[1] + l2 * (k[2] + l2 * k[3]))))
    for i in range(len(image)):
        away = math.sqrt(image[i, 0] ** 2 + image[i, 1] ** 2)
        if not away <= largest:
            continue
        low, high, step = 0.0, limit_rad, np.inf
        angle = min(away, limit_rad)
        for _ in range(100):
            a2 = angle * angle
            error = angle * (1 + a2 * (k[0] + a2 * (k[1] + a2 * (k[2] + a2 * k[3])))) - away
            if error > 0:
                high = angle
            else:
                low = angle
            rise = 1 + a2 * (3 * k[0] + a2 * (5 * k[1] + a2 * (7 * k[2] + a2 * 9 * k[3])))
            following = angle - error / rise if rise > 0 else -1.0
            if not low <= following <= high or abs(following - angle) > 0.5 * step:
                following = (low + high) / 2
            step, angle = abs(following - angle), following
            if step <= _NEARLY * (1 + angle):
                break
        across = math.sin(angle) / away if away > 0 else 1.0
        directions[i, 0], directions[i, 1] = image[i, 0] * across, image[i, 1] * across
        directions[i, 2] = math.cos(angle)
    return directions


@numba.njit(cache=True, error_model="numpy")
def image_position(x: float, y: float, z: float, bending: np.ndarray) -> tuple[float, float]:
    """Return where a point falls at focal length 1; NaN where the lens does not show it.

    Args:
        x: in the camera frame.
        y: likewise.
        z: likewise.
        bending: as the lens's property of that name.
    """
    if bending[0] == BROWN_CONRADY:
        if z <= 0 or x * x + y * y > (bending[1] * z) ** 2:
            return np.nan, np.nan
        u, v, _, _, _ = distorted(x / z, y / z, bending[2:])
        return u, v
    across = math.sqrt(x * x + y * y)
    if across == 0.0:
        return (0.0, 0.0) if z > 0 else (np.nan, np.nan)
    angle = math.atan2(across, z)
    if angle > bending[1]:
        return np.nan, np.nan
    a2 = angle * angle
    away = angle * (1 + a2 * (bending[2] + a2 * (bending[3] + a2 * (bending[4] + a2 * bending[5])))) / across
    return x * away, y * away
