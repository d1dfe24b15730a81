"""Robot arms of six joints with parallel and suction grippers, in the posture that brings them down on a place."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from simgen.assets.families.placed import Placed, origin_of
from simgen.assets.families.shapes import Part, assemble, box, revolve, tube
from simgen.scene.material import make_material, rgb

FINGER_M = 0.062
"""Length of the gripper's fingers."""

_BODY_M = 0.105
_FLANGE_M = 0.10
_RADIUS_M = 0.052


@dataclass(frozen=True, kw_only=True)
class Arm:
    """An arm's lengths, of about a cobot's with 0.9 m of reach.

    Attributes:
        shoulder_m: height of the second joint above the base.
        upper_m, fore_m: from the second joint to the third, and on to the wrist.
        radius_m: of the upper arm's tube.
        paint, trim: ``#rrggbb`` of the links and of the joints' caps.
    """

    shoulder_m: float = 0.16
    upper_m: float = 0.43
    fore_m: float = 0.40
    radius_m: float = _RADIUS_M
    paint: str = "#d9dbdc"
    trim: str = "#3a78b5"

    def __post_init__(self) -> None:
        for key in ("shoulder_m", "upper_m", "fore_m", "radius_m"):
            if not getattr(self, key) > 0.0:
                raise ValueError(f"{key} of an arm must be above 0, got {getattr(self, key)}")

    def scaled(self, factor: float) -> Arm:
        """Return an arm of the same build, so many times as large."""
        return replace(
            self,
            shoulder_m=self.shoulder_m * factor,
            upper_m=self.upper_m * factor,
            fore_m=self.fore_m * factor,
            radius_m=self.radius_m * factor,
        )

    @property
    def size(self) -> float:
        """How many times as large as the ordinary one its tubes are."""
        return self.radius_m / _RADIUS_M

    @property
    def flange_m(self) -> float:
        """How far the flange is below the wrist."""
        return _FLANGE_M * self.size


def joints(arm: Arm, wrist_m: tuple[float, float]) -> tuple[float, float]:
    """Return how far the upper arm is raised and the forearm then bends down, radians, elbow up.

    Two links in a plane reach a wrist (ahead, up from the base) by the law of cosines.

    Raises:
        ValueError: it is out of reach.
    """
    ahead, up = wrist_m[0], wrist_m[1] - arm.shoulder_m
    far = math.hypot(ahead, up)
    if not abs(arm.upper_m - arm.fore_m) + 1e-6 < far < arm.upper_m + arm.fore_m - 1e-6:
        raise ValueError(
            f"the wrist must be {abs(arm.upper_m - arm.fore_m):.2f} to {arm.upper_m + arm.fore_m:.2f} m from the "
            f"shoulder, got {far:.2f} m"
        )
    inner = math.acos((arm.upper_m**2 + far**2 - arm.fore_m**2) / (2 * arm.upper_m * far))
    elbow = math.acos((arm.upper_m**2 + arm.fore_m**2 - far**2) / (2 * arm.upper_m * arm.fore_m))
    return math.atan2(up, ahead) + inner, math.pi - elbow


def robot_arm(arm: Arm, tool_m: tuple[float, float], pedestal_m: float = 0.0) -> Placed:
    """Return the arm from its base to the flange that points straight down at ``tool_m``, (ahead, up) of the base.

    Its plane is y = 0; the gripper, whose body hangs below the flange, is `gripper`. A column of ``pedestal_m`` carries
    it.

    Raises:
        ValueError: that is out of reach.
    """
    wrist = (tool_m[0], tool_m[1] + arm.flange_m)
    raised, _ = joints(arm, wrist)
    shoulder = np.array([0.0, 0.0, arm.shoulder_m])
    elbow = shoulder + arm.upper_m * np.array([math.cos(raised), 0.0, math.sin(raised)])
    end = np.array([wrist[0], 0.0, wrist[1]])
    side, r, k = np.array([0.0, 1.35 * arm.radius_m, 0.0]), arm.radius_m, arm.size
    foot = [(0.0, 0.0), (0.095 * k, 0.0), (0.095 * k, 0.018 * k), (r * 1.3, 0.03 * k), (r * 1.3, 0.09 * k),
            (0.0, 0.09 * k)]  # fmt: skip
    parts: list[Part] = [
        (revolve(foot, 36), "dark"),
        (tube([(0.0, 0.0, 0.08 * k), (0.0, 0.0, arm.shoulder_m)], r * 1.2, 32), "paint"),
        *_joint(shoulder, r * 1.25, 3.4 * r),
        *_link(shoulder + side, elbow + side, r),
        *_joint(elbow + 0.35 * side, r * 1.08, 3.4 * r),
        *_link(elbow - 0.2 * side, end - 0.2 * side, r * 0.78),
        *_joint(end, r * 0.8, 2.8 * r),
        (tube([end, end - (0.0, 0.0, 0.045 * k)], r * 0.72, 28), "paint"),
        (tube([end - (0.0, 0.0, 0.045 * k), end - (0.0, 0.0, 0.062 * k)], r * 0.76, 28), "trim"),
        (tube([end - (0.0, 0.0, 0.062 * k), end - (0.0, 0.0, arm.flange_m)], r * 0.66, 28), "steel"),
    ]
    if pedestal_m > 0.03:
        column = (0.16 * k, 0.16 * k, pedestal_m - 0.02)
        parts.append((box(column, (0.0, 0.0, -pedestal_m / 2 - 0.01), min(0.01, column[2] / 2)), "dark"))
        parts.append((box((0.24 * k, 0.24 * k, 0.02), (0.0, 0.0, 0.01 - pedestal_m), 0.004), "steel"))
        parts.append((box((0.21 * k, 0.21 * k, 0.018), (0.0, 0.0, -0.009), 0.004), "steel"))
    materials = [
        make_material("paint", "painted_metal", rgb(arm.paint), roughness=0.45),
        make_material("trim", "plastic", rgb(arm.trim), roughness=0.35),
        make_material("dark", "painted_metal", rgb("#2a2c2f")),
        make_material("steel", "metal", rgb("#a4a7aa")),
    ]
    return Placed(asset=assemble("robot_arm", "robot_arm", parts, materials), origin_m=origin_of(parts))


def gripper(opening_m: float = 0.06, *, trim: str = "#2a2c2f") -> Placed:
    """Return a parallel gripper: it points down and its fingers move along y; the origin is between their tips.

    Args:
        opening_m: clear width between the fingers' pads, 0 to 0.12.
        trim: ``#rrggbb`` of its body.
    """
    if not 0.0 <= opening_m <= 0.12:
        raise ValueError(f"opening_m must lie in 0 to 0.12, got {opening_m}")
    low = FINGER_M
    neck = [(0.0, low + 0.065), (0.032, low + 0.065), (0.036, low + _BODY_M), (0.0, low + _BODY_M)]
    parts: list[Part] = [
        (box((0.062, 0.115, 0.062), (0.0, 0.0, low + 0.040), 0.008), "body"),
        (revolve(neck, 28), "steel"),
        (box((0.030, 0.150, 0.016), (0.0, 0.0, low + 0.008), 0.003), "steel"),
    ]
    for sign in (1.0, -1.0):
        inner = sign * opening_m / 2
        parts.append((box((0.026, 0.030, 0.020), (0.0, inner + sign * 0.017, low - 0.006), 0.003), "body"))
        parts.append((box((0.020, 0.008, FINGER_M), (0.0, inner + sign * 0.007, FINGER_M / 2), 0.0015), "steel"))
        parts.append((box((0.020, 0.003, 0.026), (0.0, inner + sign * 0.0015, 0.014), 0.0005), "pad"))
    parts.append((box((0.004, 0.05, 0.018), (0.032, 0.0, low + 0.046), 0.0015), "mark"))
    materials = [
        make_material("body", "plastic", rgb(trim), roughness=0.5),
        make_material("steel", "metal", rgb("#b2b5b8"), roughness=0.3),
        make_material("pad", "rubber", rgb("#1c1c1d")),
        make_material("mark", "plastic", rgb("#d7a11f"), roughness=0.4),
    ]
    return Placed(asset=assemble("gripper", "gripper", parts, materials), origin_m=origin_of(parts))


def suction_gripper(*, cups: int = 2, pitch_m: float = 0.06, cup_m: float = 0.018, trim: str = "#2a2c2f") -> Placed:
    """Return a suction gripper that points down: cups in a square under a plate; the origin is between their lips.

    Args:
        cups: along each side of the square, 1 to 6.
        pitch_m: from one cup to the next.
        cup_m: radius of a cup's lip.
        trim: ``#rrggbb`` of its plate.
    """
    if not 1 <= cups <= 6 or not pitch_m > 2 * cup_m > 0.0:
        raise ValueError(
            f"a suction gripper has 1 to 6 cups a side, further apart than they are wide, got {cups} of {cup_m} m "
            f"every {pitch_m} m"
        )
    parts: list[Part] = []
    c, stem = cup_m, _CUPS_ABOVE_M - 0.016
    bellows = [(0.0, 0.002), (0.8 * c, 0.002), (c, 0.0), (1.02 * c, 0.002), (0.62 * c, 0.010), (0.92 * c, 0.016),
               (0.6 * c, 0.022), (0.8 * c, 0.028), (0.5 * c, 0.034), (0.0, 0.034)]  # fmt: skip
    reach = (cups - 1) * pitch_m / 2
    for x in np.linspace(-reach, reach, cups) if cups > 1 else (0.0,):
        for y in np.linspace(-reach, reach, cups) if cups > 1 else (0.0,):
            parts.append((revolve(bellows, 24).moved(float(x), float(y)), "pad"))
            parts.append((tube([(x, y, 0.032), (x, y, stem)], 0.42 * c, 14), "steel"))
            parts.append((tube([(x, y, stem - 0.012), (x, y, stem)], 0.7 * c, 6), "steel"))
    wide = 2 * reach + 2.6 * c
    parts.append((box((wide, wide, 0.016), (0.0, 0.0, _CUPS_ABOVE_M - 0.008), 0.003), "body"))
    low, top = _CUPS_ABOVE_M, suction_above_lips_m()
    neck = [(0.0, low), (0.03, low), (0.03, top - 0.014), (0.036, top - 0.012), (0.036, top), (0.0, top)]
    parts.append((revolve(neck, 28), "steel"))
    hose = [(0.028, 0.0, low + 0.03), (0.05, 0.0, low + 0.034), (0.062, 0.008, low + 0.05), (0.06, 0.014, top - 0.012)]
    parts.append((tube(hose, 0.006, 10), "hose"))
    materials = [
        make_material("body", "painted_metal", rgb(trim), roughness=0.45),
        make_material("steel", "metal", rgb("#b2b5b8"), roughness=0.3),
        make_material("pad", "rubber", rgb("#9a3420")),
        make_material("hose", "plastic", rgb("#26476e"), roughness=0.35),
    ]
    return Placed(asset=assemble("suction_gripper", "gripper", parts, materials), origin_m=origin_of(parts))


def tool_above_tips_m() -> float:
    """Return how far the flange is above the tips of the parallel gripper's fingers."""
    return FINGER_M + _BODY_M


def suction_above_lips_m() -> float:
    """Return how far the flange is above the lips of the suction gripper's cups."""
    return _CUPS_ABOVE_M + 0.06


_CUPS_ABOVE_M = 0.085
"""How far the top of the suction gripper's plate is above its lips."""


def _joint(at: np.ndarray, radius: float, wide: float) -> list[Part]:
    """Return a joint's drum along y with a cap at each end."""
    half = np.array([0.0, wide / 2, 0.0])
    cap = np.array([0.0, 0.008, 0.0])
    drum: list[Part] = [(tube([at - half, at + half], radius, 36), "paint")]
    for sign in (1.0, -1.0):
        drum.append((tube([at + sign * half, at + sign * (half + cap)], radius * 0.93, 36), "trim"))
    return drum


def _link(start: np.ndarray, end: np.ndarray, radius: float) -> list[Part]:
    """Return a link's tube with a collar at each end."""
    way = (end - start) / np.linalg.norm(end - start)
    shapes: list[Part] = [(tube([start, end], radius, 32), "paint")]
    for at in (start + way * radius * 1.7, end - way * radius * 2.0):
        shapes.append((tube([at, at + way * 0.012], radius * 1.03, 32), "trim"))
    return shapes
