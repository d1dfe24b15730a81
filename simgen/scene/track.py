"""How an object moves through a sequence: a table of poses with a velocity at every time between."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simgen.geometry.pose import Pose, Vector3
from simgen.scene.asset import Asset


@dataclass(frozen=True, kw_only=True)
class Instant:
    """Where a tracked body is and how it moves, at one time.

    Attributes:
        pose: ``world_from_object``.
        velocity_mps: of its origin, the derivative of the pose's translation.
        yaw_rate_rps: the part of its turning that is about the vertical.
    """

    pose: Pose
    velocity_mps: Vector3
    yaw_rate_rps: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Gait:
    """The bodies of one walker through a cycle of two steps.

    Attributes:
        bodies: at even shares of the cycle, the first as the left heel strikes.
        stride_m: what a cycle covers.
        raised: makes the body of a number in the cycle with its left and right foot so many centimetres higher, as on
            a step; None for bodies that cannot.
    """

    bodies: tuple[Asset, ...]
    stride_m: float
    raised: Callable[[int, int, int], Asset] | None = None

    def number(self, walked_m: float) -> int:
        """Return which of the bodies it is after a distance walked."""
        return math.floor(walked_m / self.stride_m * len(self.bodies)) % len(self.bodies)

    def body(self, walked_m: float, lifts_cm: tuple[int, int] = (0, 0)) -> Asset:
        """Return the body after a distance walked, its left and right foot raised."""
        number = self.number(walked_m)
        if self.raised is None or not any(lifts_cm):
            return self.bodies[number]
        return self.raised(number, *lifts_cm)


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """Poses at N rising times; between them the state is a pure function of time.

    Positions follow cubic Hermite pieces through the table's positions and velocities (exact for steady acceleration),
    so the velocity at any time is the derivative of the position at that time. Turns are even between two rows.

    Attributes:
        time_s: (N,) from the sequence's start, N >= 2.
        position_m: (N, 3) of the object's origin.
        velocity_mps: (N, 3).
        rotation_wxyz: (N, 4) unit quaternions.
        gait: of a walker; None for what keeps its shape.
        lifts_cm: (N, 2) integers, how much higher a walker's left and right foot are from a row to the next than on
            level ground; None for not at all.
    """

    time_s: np.ndarray
    position_m: np.ndarray
    velocity_mps: np.ndarray
    rotation_wxyz: np.ndarray
    gait: Gait | None = None
    lifts_cm: np.ndarray | None = None

    def __post_init__(self) -> None:
        count = len(self.time_s)
        if count < 2 or not (np.diff(self.time_s) > 0).all():
            raise ValueError(f"a track needs two or more rising times, got {np.asarray(self.time_s)[:8]}")
        for key, width in (("position_m", 3), ("velocity_mps", 3), ("rotation_wxyz", 4)):
            table = np.asarray(getattr(self, key))
            if table.shape != (count, width) or not np.isfinite(table).all():
                raise ValueError(f"a track's {key} must be ({count}, {width}) finite numbers, got shape {table.shape}")

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last time."""
        return float(self.time_s[0]), float(self.time_s[-1])

    def at(self, time_s: float) -> Instant:
        """Return the state at a time.

        Raises:
            ValueError: the time lies outside the table by more than a microsecond.
        """
        first, last = self.span_s
        if not first - 1e-6 <= time_s <= last + 1e-6:
            raise ValueError(f"a track runs from {first:g} to {last:g} s, asked for {time_s:g} s")
        k = int(np.clip(np.searchsorted(self.time_s, time_s, side="right") - 1, 0, len(self.time_s) - 2))
        step = float(self.time_s[k + 1] - self.time_s[k])
        u = min(max((time_s - float(self.time_s[k])) / step, 0.0), 1.0)
        p0, p1, v0, v1 = *self.position_m[k : k + 2], *(self.velocity_mps[k : k + 2] * step)
        position = (
            (2 * u**3 - 3 * u**2 + 1) * p0
            + (u**3 - 2 * u**2 + u) * v0
            + (3 * u**2 - 2 * u**3) * p1
            + (u**3 - u**2) * v1
        )
        slope = (6 * u**2 - 6 * u) * (p0 - p1) + (3 * u**2 - 4 * u + 1) * v0 + (3 * u**2 - 2 * u) * v1
        rotation, turn = _turned(self.rotation_wxyz[k], self.rotation_wxyz[k + 1], u)
        x, y, z = (float(v) for v in position)
        vx, vy, vz = (float(v) for v in slope / step)
        return Instant(pose=Pose(rotation, (x, y, z)), velocity_mps=(vx, vy, vz), yaw_rate_rps=float(turn[2]) / step)

    def until(self, time_s: float) -> Track:
        """Return the track up to a time within it."""
        end = self.at(time_s)
        kept = self.time_s < time_s - 1e-6
        return Track(
            time_s=np.append(self.time_s[kept], time_s),
            position_m=np.vstack([self.position_m[kept], end.pose.translation_m]),
            velocity_mps=np.vstack([self.velocity_mps[kept], end.velocity_mps]),
            rotation_wxyz=np.vstack([self.rotation_wxyz[kept], end.pose.rotation_wxyz]),
            gait=self.gait,
            lifts_cm=None if self.lifts_cm is None else np.vstack([self.lifts_cm[kept], self._lifts_at(time_s)]),
        )

    def body_at(self, time_s: float) -> Asset | None:
        """Return a walker's body at a time; None for what keeps its shape."""
        if self.gait is None:
            return None
        at = np.array(self.at(time_s).pose.translation_m)
        k = int(np.searchsorted(self.time_s, time_s, side="right"))
        way = np.vstack([self.position_m[:k], at])[:, :2]
        return self.gait.body(float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum()), self._lifts_at(time_s))

    def _lifts_at(self, time_s: float) -> tuple[int, int]:
        if self.lifts_cm is None:
            return 0, 0
        left, right = self.lifts_cm[max(int(np.searchsorted(self.time_s, time_s + 1e-6, side="right")) - 1, 0)]
        return int(left), int(right)


def level_track(
    time_s: np.ndarray,
    position_m: np.ndarray,
    velocity_mps: np.ndarray,
    heading_rad: np.ndarray,
    gait: Gait | None = None,
    pitch_rad: np.ndarray | None = None,
) -> Track:
    """Return the track of what stays upright: (N,) times, (N, 3) positions and velocities, (N,) headings.

    With ``pitch_rad``, (N,), it tilts so that its front rises: what drives on a slope.
    """
    half = np.unwrap(np.asarray(heading_rad, dtype=np.float64)) / 2
    zero = np.zeros_like(half)
    rotation = np.stack([np.cos(half), zero, zero, np.sin(half)], axis=1)
    if pitch_rad is not None:
        # The turn about the vertical after the tilt about the body's own +y, by -pitch.
        c, s = np.cos(pitch_rad / 2), -np.sin(pitch_rad / 2)
        rotation = np.stack([np.cos(half) * c, -np.sin(half) * s, np.cos(half) * s, np.sin(half) * c], axis=1)
    return Track(
        time_s=np.asarray(time_s, dtype=np.float64),
        position_m=np.asarray(position_m, dtype=np.float64),
        velocity_mps=np.asarray(velocity_mps, dtype=np.float64),
        rotation_wxyz=rotation,
        gait=gait,
    )


def _turned(
    from_wxyz: np.ndarray, to_wxyz: np.ndarray, share: float
) -> tuple[tuple[float, float, float, float], np.ndarray]:
    """Return the quaternion ``share`` of the way by the shorter turn (Shoemake 1985), and the (3,) whole turn."""
    a = np.asarray(from_wxyz, dtype=np.float64)
    b = np.asarray(to_wxyz, dtype=np.float64)
    b = -b if float(a @ b) < 0 else b
    step = _product(b, a * np.array([1.0, -1.0, -1.0, -1.0]))
    sine = float(np.linalg.norm(step[1:]))
    angle = 2 * math.atan2(sine, float(step[0]))
    axis = step[1:] / sine if sine > 1e-12 else np.zeros(3)
    part = np.concatenate([[math.cos(angle * share / 2)], axis * math.sin(angle * share / 2)])
    w, x, y, z = (float(v) for v in _product(part, a) / np.linalg.norm(_product(part, a)))
    return (w, x, y, z), axis * angle


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    w, v = a[0] * b[0] - a[1:] @ b[1:], a[0] * b[1:] + b[0] * a[1:] + np.cross(a[1:], b[1:])
    return np.concatenate([[w], v])


def carried_track(carrier: Track, carrier_from_object: Pose) -> Track:
    """Return the track of what is fixed to something that has one."""
    states = [carrier.at(float(t)) for t in carrier.time_s]
    arm = [s.pose.rotate(np.asarray(carrier_from_object.translation_m)) for s in states]
    turn = np.array([[0.0, 0.0, s.yaw_rate_rps] for s in states])
    return Track(
        time_s=carrier.time_s,
        position_m=carrier.position_m + np.array(arm),
        velocity_mps=carrier.velocity_mps + np.cross(turn, np.array(arm)),
        rotation_wxyz=np.array([(s.pose @ carrier_from_object).rotation_wxyz for s in states]),
    )
