"""Lenses: from directions in the camera frame to positions in the image plane at focal length 1, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np

from simgen import spec
from simgen.scene.distortion import (
    BROWN_CONRADY,
    KANNALA_BRANDT,
    brown_conrady,
    brown_conrady_directions,
    determinants,
    kannala_brandt_directions,
    radial,
    radius_before,
)

_WIDEST_RAD = math.radians(89.5)
"""How far from the axis a Brown-Conrady lens may show anything: its plane has no room for 90 degrees."""

_STARTS = 2048
"""Number of inverted radii kept for a lens, for Newton's method to start from."""

_FARTHEST = 32.0
"""And the largest of them in the image."""


@dataclass(frozen=True, kw_only=True)
class Pinhole:
    """No distortion: straight lines stay straight."""

    kind: Literal["pinhole"] = "pinhole"

    @property
    def reach_rad(self) -> float:
        """The largest angle from the axis that the lens can show."""
        return math.pi / 2

    def directions(self, xy: np.ndarray) -> np.ndarray:
        """Return (N, 3) unit directions of (N, 2) positions in the image plane at focal length 1."""
        directions = np.ones((len(xy), 3))
        directions[:, :2] = xy
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return directions

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 2) positions at focal length 1 of (N, 3) points; NaN where z is 0 or less."""
        z = points[:, 2]
        return points[:, :2] / np.where(z > 0, z, np.nan)[:, None]


@dataclass(frozen=True, kw_only=True)
class BrownConrady:
    """Radial and tangential distortion as OpenCV has it; a negative ``k1`` is a barrel.

    With x = X/Z, y = Y/Z, r2 = x x + y y (Brown 1966; OpenCV, "Camera Calibration and 3D Reconstruction")::

        radial = (1 + k1 r2 + k2 r2^2 + k3 r2^3) / (1 + k4 r2 + k5 r2^2 + k6 r2^3)
        x' = x radial + 2 p1 x y + p2 (r2 + 2 x x)
        y' = y radial + p1 (r2 + 2 y y) + 2 p2 x y

    OpenCV lists the coefficients as k1, k2, p1, p2, k3, k4, k5, k6. The lens shows what lies before it up to the angle
    where the image would fold back.

    Attributes:
        k1, k2, k3: radial, above the line.
        k4, k5, k6: radial, below the line.
        p1, p2: tangential.
    """

    kind: Literal["brown_conrady"] = "brown_conrady"
    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    k4: float = 0.0
    k5: float = 0.0
    k6: float = 0.0
    p1: float = 0.0
    p2: float = 0.0

    def __post_init__(self) -> None:
        _check_finite(self.kind, self.coefficients)

    @property
    def coefficients(self) -> tuple[float, ...]:
        """k1, k2, p1, p2, k3, k4, k5, k6: OpenCV's order."""
        return self.k1, self.k2, self.p1, self.p2, self.k3, self.k4, self.k5, self.k6

    @property
    def bending(self) -> np.ndarray:
        """What `simgen.scene.distortion.image_position` needs: which formula, how far it holds, the coefficients."""
        return np.array([BROWN_CONRADY, _largest_radius(self), *self.coefficients])

    @property
    def reach_rad(self) -> float:
        """The largest angle from the axis that the lens can show."""
        return math.atan(_largest_radius(self))

    def directions(self, xy: np.ndarray) -> np.ndarray:
        """Return (N, 3) unit directions of (N, 2) positions at focal length 1; NaN where the lens shows nothing."""
        plane = np.ascontiguousarray(xy, dtype=np.float64)
        return brown_conrady_directions(plane, np.array(self.coefficients), _largest_radius(self), *_starts(self))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 2) positions at focal length 1 of (N, 3) points; NaN where the lens does not show them."""
        plane = Pinhole().project(points)
        plane[~(np.hypot(plane[:, 0], plane[:, 1]) <= _largest_radius(self))] = np.nan
        return brown_conrady(plane, np.array(self.coefficients))


@dataclass(frozen=True, kw_only=True)
class KannalaBrandt:
    """A fisheye: the distance from the image's middle is a polynomial in the angle from the axis, as in OpenCV.

    A ray at the angle t falls at ``t + k1 t^3 + k2 t^5 + k3 t^7 + k4 t^9`` (Kannala and Brandt 2006; OpenCV, "Fisheye
    camera model"); all zero is the equidistant fisheye. Angles above 90 degrees, which lie behind the camera's plane,
    are shown too, up to where the image would fold back.

    Attributes:
        k1, k2, k3, k4: of the polynomial.
    """

    kind: Literal["kannala_brandt"] = "kannala_brandt"
    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    k4: float = 0.0

    def __post_init__(self) -> None:
        _check_finite(self.kind, self.coefficients)

    @property
    def coefficients(self) -> tuple[float, ...]:
        """k1, k2, k3, k4: OpenCV's order."""
        return self.k1, self.k2, self.k3, self.k4

    @property
    def bending(self) -> np.ndarray:
        """What `simgen.scene.distortion.image_position` needs: which formula, how far it holds, the coefficients."""
        return np.array([KANNALA_BRANDT, self.reach_rad, *self.coefficients])

    @property
    def reach_rad(self) -> float:
        """The largest angle from the axis that the lens can show."""
        return _largest_angle_rad(self)

    def directions(self, xy: np.ndarray) -> np.ndarray:
        """Return (N, 3) unit directions of (N, 2) positions at focal length 1; NaN where the lens shows nothing."""
        plane = np.ascontiguousarray(xy, dtype=np.float64)
        return kannala_brandt_directions(plane, np.array(self.coefficients), self.reach_rad)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 2) positions at focal length 1 of (N, 3) points; NaN where the lens does not show them."""
        across = np.hypot(points[:, 0], points[:, 1])
        angle = np.arctan2(across, points[:, 2])
        angle[~(angle <= self.reach_rad) | ((across == 0) & ~(points[:, 2] > 0))] = np.nan
        k1, k2, k3, k4 = self.coefficients
        a2 = angle * angle
        away = angle * (1 + a2 * (k1 + a2 * (k2 + a2 * (k3 + a2 * k4))))
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = np.where(across > 0, away / across, np.where(np.isnan(angle), np.nan, 0.0))
        return points[:, :2] * scale[:, None]


Lens = Annotated[Pinhole | BrownConrady | KannalaBrandt, spec.TAGGED]


def _check_finite(kind: str, coefficients: tuple[float, ...]) -> None:
    if not all(math.isfinite(c) for c in coefficients):
        raise ValueError(f"{kind}: coefficients must be finite, got {coefficients}")


@lru_cache(maxsize=256)
def _largest_angle_rad(lens: KannalaBrandt) -> float:
    """Return where the polynomial stops rising, at most pi."""
    k1, k2, k3, k4 = lens.coefficients
    return min(math.sqrt(_first_root(np.array([9 * k4, 7 * k3, 5 * k2, 3 * k1, 1.0]))), math.pi)


@lru_cache(maxsize=256)
def _largest_radius(lens: BrownConrady) -> float:
    """Return the largest undistorted radius within which no two points share an image position.

    There the radial part rises, its denominator stays above 0, and the Jacobian of the whole keeps its sign.
    """
    k1, k2, _, _, k3, k4, k5, k6 = lens.coefficients
    above, below = np.array([k3, k2, k1, 1.0]), np.array([k6, k5, k4, 1.0])
    bend = np.polysub(np.polymul(np.polyder(above), below), np.polymul(above, np.polyder(below)))
    slope = np.polyadd(np.polymul(above, below), np.polymul([2.0, 0.0], bend))
    limit = min(math.sqrt(_first_root(slope)), math.sqrt(_first_root(below)), math.tan(_WIDEST_RAD))
    if lens.p1 == 0.0 and lens.p2 == 0.0:
        return limit
    turn = np.linspace(0.0, 2 * math.pi, 180, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)

    def folds(radius: float) -> bool:
        return not (determinants(circle * radius, np.array(lens.coefficients)) > 0).all()

    radii = np.tan(np.linspace(0.0, math.atan(limit), 513)[1:] * (1 - 1e-9))
    first = next((k for k, radius in enumerate(radii) if folds(radius)), None)
    if first is None:
        return limit
    good, bad = (radii[first - 1] if first else 0.0), radii[first]
    while bad - good > 1e-9 * bad:
        middle = (good + bad) / 2
        good, bad = (good, middle) if folds(middle) else (middle, bad)
    return float(good)


@lru_cache(maxsize=256)
def _starts(lens: BrownConrady) -> tuple[np.ndarray, float]:
    """Return undistorted radii of evenly spaced distorted ones from 0 up, and how many of them there are to 1."""
    coefficients, limit = np.array(lens.coefficients), _largest_radius(lens)
    largest = limit * radial(limit * limit, coefficients)[0]
    largest = min(largest, _FARTHEST) if largest > 0 else _FARTHEST  # without bound towards a pole
    radii = [radius_before(away, coefficients, limit) for away in np.linspace(0.0, largest, _STARTS)]
    return np.array(radii), (_STARTS - 1) / largest


def _first_root(polynomial: np.ndarray) -> float:
    """Return the smallest real root above 0, or infinity; the constant term is above 0."""
    roots = np.roots(np.trim_zeros(np.where(np.abs(polynomial) < 1e-30, 0.0, polynomial), "f"))
    real = roots.real[(np.abs(roots.imag) <= 1e-9 * np.abs(roots)) & (roots.real > 0)]
    return float(real.min()) if len(real) else math.inf
