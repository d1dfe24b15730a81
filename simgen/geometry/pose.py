"""Rigid transforms, named ``to_from``: ``world_from_camera`` takes camera points to the world."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

Vector3 = tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """A rotation (unit quaternion, wxyz) followed by a translation in metres."""

    rotation_wxyz: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    translation_m: Vector3 = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        norm = math.sqrt(sum(q * q for q in self.rotation_wxyz))
        if not abs(norm - 1.0) < 1e-6:
            raise ValueError(f"rotation_wxyz must be a unit quaternion, got {self.rotation_wxyz} of norm {norm:g}")
        if not all(math.isfinite(t) for t in self.translation_m):
            raise ValueError(f"translation_m must be finite, got {self.translation_m}")

    @property
    def rotation(self) -> np.ndarray:
        """The rotation as a (3, 3) float64 matrix."""
        w, x, y, z = self.rotation_wxyz
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )

    @property
    def matrix(self) -> np.ndarray:
        """The transform as a (4, 4) float64 matrix."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation
        matrix[:3, 3] = self.translation_m
        return matrix

    @property
    def inverse(self) -> Pose:
        """The transform that undoes this one."""
        w, x, y, z = self.rotation_wxyz
        back = Pose((w, -x, -y, -z))
        moved = back.rotate(-np.asarray(self.translation_m))
        return Pose(back.rotation_wxyz, _vector(moved))

    def __matmul__(self, other: Pose) -> Pose:
        """Chain: ``a_from_b @ b_from_c`` is ``a_from_c``."""
        w1, x1, y1, z1 = self.rotation_wxyz
        w2, x2, y2, z2 = other.rotation_wxyz
        product = (
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
        )
        return Pose(_unit(product), _vector(self.apply(np.asarray(other.translation_m))))

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Move points of shape (..., 3); float64 out."""
        return self.rotate(points) + np.asarray(self.translation_m)

    def rotate(self, vectors: np.ndarray) -> np.ndarray:
        """Turn vectors of shape (..., 3) without moving them; float64 out."""
        vectors = np.asarray(vectors, dtype=np.float64)
        flat = np.ascontiguousarray(vectors.reshape(-1, 3))
        turned = np.empty_like(flat)
        _turn(turned, flat, self.rotation)
        return turned.reshape(vectors.shape)

    @property
    def yaw_rad(self) -> float:
        """Heading of the x axis about +z, in (-pi, pi]."""
        w, x, y, z = self.rotation_wxyz
        return math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z))


@numba.njit(cache=True)
def _turn(turned: np.ndarray, vectors: np.ndarray, rotation: np.ndarray) -> None:
    """Multiply in one order on every machine, as matrix libraries do not."""
    for i in range(len(vectors)):
        x, y, z = vectors[i, 0], vectors[i, 1], vectors[i, 2]
        for k in range(3):
            turned[i, k] = x * rotation[k, 0] + y * rotation[k, 1] + z * rotation[k, 2]


def at(x: float, y: float, z: float = 0.0, yaw_rad: float = 0.0) -> Pose:
    """Return the pose of an object standing at (x, y, z), its x axis turned by ``yaw_rad`` about +z."""
    return Pose((math.cos(yaw_rad / 2), 0.0, 0.0, math.sin(yaw_rad / 2)), (float(x), float(y), float(z)))


def about(axis: Vector3, angle_rad: float) -> Pose:
    """Return the rotation by ``angle_rad`` about ``axis`` (any length above 0) through the origin."""
    length = math.sqrt(sum(a * a for a in axis))
    if not length > 0:
        raise ValueError(f"axis must have a length above 0, got {axis}")
    s = math.sin(angle_rad / 2) / length
    return Pose((math.cos(angle_rad / 2), axis[0] * s, axis[1] * s, axis[2] * s))


def on_slope(level: Pose, pitch_rad: float) -> Pose:
    """Return a level pose tilted so that its +x rises by ``pitch_rad``; the level pose itself for 0."""
    return level @ about((0.0, 1.0, 0.0), -pitch_rad) if pitch_rad else level


def from_matrix(matrix: np.ndarray) -> Pose:
    """Return the pose of a (4, 4) or (3, 4) matrix whose left part is a rotation.

    The quaternion is found by Shepperd's method (largest of the four components first).

    Raises:
        ValueError: the left part is not a proper rotation to 1e-5.
    """
    r = np.asarray(matrix, dtype=np.float64)[:3, :3]
    if not (np.abs(r @ r.T - np.eye(3)).max() < 1e-5 and np.linalg.det(r) > 0):
        raise ValueError(f"not a proper rotation:\n{r}")
    t = np.asarray(matrix, dtype=np.float64)[:3, 3]
    trace = float(np.trace(r))
    squares = np.array([trace, r[0, 0], r[1, 1], r[2, 2]])
    largest = int(np.argmax(squares))
    if largest == 0:
        q = (1 + trace, r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1])
    elif largest == 1:
        q = (r[2, 1] - r[1, 2], 1 + 2 * r[0, 0] - trace, r[0, 1] + r[1, 0], r[0, 2] + r[2, 0])
    elif largest == 2:
        q = (r[0, 2] - r[2, 0], r[0, 1] + r[1, 0], 1 + 2 * r[1, 1] - trace, r[1, 2] + r[2, 1])
    else:
        q = (r[1, 0] - r[0, 1], r[0, 2] + r[2, 0], r[1, 2] + r[2, 1], 1 + 2 * r[2, 2] - trace)
    return Pose(_unit(tuple(float(v) for v in q)), _vector(t))


def look_at(eye_m: Vector3, target_m: Vector3, roll_rad: float = 0.0) -> Pose:
    """Return ``world_from_camera`` (x right, y down, z forward) of a camera at ``eye_m`` facing ``target_m``.

    The image's up is the world's +z as far as it can be; ``roll_rad`` turns the camera clockwise about its axis.

    Raises:
        ValueError: the eye stands on the target, or looks straight up or down.
    """
    forward = np.subtract(target_m, eye_m).astype(np.float64)
    length = float(np.linalg.norm(forward))
    right = np.cross(forward, (0.0, 0.0, 1.0))
    if not (length > 0 and float(np.linalg.norm(right)) > 1e-9 * length):
        raise ValueError(
            f"look_at needs a target that is not at, right above or right below the eye {eye_m}, got {target_m}"
        )
    forward, right = forward / length, right / np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    matrix[:3, 3] = eye_m
    pose = from_matrix(matrix)
    return pose @ about((0.0, 0.0, 1.0), roll_rad) if roll_rad else pose


CAMERA_AXES = Pose((0.5, -0.5, 0.5, -0.5))
"""``rig_from_camera`` of a camera looking along the rig's +x: x right, y down, z forward to x forward, y left, z up."""


def _unit(q: tuple[float, ...]) -> tuple[float, float, float, float]:
    norm = math.sqrt(sum(v * v for v in q))
    return (q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm)


def _vector(v: np.ndarray) -> Vector3:
    return (float(v[0]), float(v[1]), float(v[2]))
