"""How low a gripper may come over what lies below it: rays straight down, and the rim of the region."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.assets.families.placed import Placed
from simgen.assets.families.robot import FINGER_M
from simgen.geometry.rays import Rays
from simgen.scene.region import Area
from simgen.scene.scene import Instance
from simgen.trace.tracer import Tracer

_CLEAR_M = 0.004
_FINGER_HALF_M = (0.014, 0.05)
_BODY_HALF_M = 0.09
_WRIST_M, _NECK_M, _NECK_ABOVE_M = 0.085, 0.072, 0.10
_STEP_M = 0.005
_FROM_M = 20.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Tool:
    """What an arm holds.

    Attributes:
        made: its model.
        above_m: how far the flange is above its tips.
        opening_m: between fingers; 0 for a suction gripper.
        plate_half_m: half the side of a suction gripper's plate; 0 for fingers.
    """

    made: Placed
    above_m: float
    opening_m: float = 0.0
    plate_half_m: float = 0.0


def tips_m(
    lying: list[Instance], area: Area, at_m: tuple[float, float], turn_rad: float, tool: Tool, arm_size: float
) -> float | None:
    """Return the least height at which tips, gripper and wrist are clear of what lies below; None without room.

    Args:
        lying: what could be met.
        area: what is reached into; its rim is kept clear of.
        at_m: place of the tips, (x, y).
        turn_rad: of the gripper about its axis.
        tool: the gripper.
        arm_size: of the arm, 1 for the ordinary one.
    """
    below = Tracer(tuple(lying), threads=1) if lying else None
    found = _tips_m(lying, below, area, at_m, turn_rad, tool)
    return None if found is None else max(found, _above(below, at_m, _WRIST_M * arm_size, tool.above_m))


def _tips_m(
    lying: list[Instance], below: Tracer | None, area: Area, at_m: tuple[float, float], turn_rad: float, tool: Tool
) -> float | None:
    """Return the least height at which tips and gripper are clear of what lies below; None where they have no room."""
    if tool.plate_half_m:
        # A square about the circle about the plate holds it, however it is turned.
        half = tool.plate_half_m * math.sqrt(2.0)
        inside = area.contains(np.asarray(at_m)[None], min(half, 0.03) if area.rim_m else 0.0).all()
        lowest = max(area.z_m + _CLEAR_M, _above(below, at_m, half, 0.0), _above(below, at_m, _NECK_M, _NECK_ABOVE_M))
        return lowest if inside else None
    lowest = _fingers_m(lying, area, at_m, turn_rad, tool.opening_m)
    if lowest is None:
        return None
    near = tool.opening_m / 2
    for sign in (1.0, -1.0):
        span = (min(sign * near, sign * (near + 0.034)), max(sign * near, sign * (near + 0.034)))
        lowest = max(lowest, _highest_m(below, at_m, turn_rad, ((-0.014, 0.014), span)) + _CLEAR_M)
    body = _highest_m(below, at_m, turn_rad, ((-0.04, 0.04), (-_BODY_HALF_M, _BODY_HALF_M)))
    return max(lowest, body - FINGER_M + 0.018 + _CLEAR_M)


def _above(below: Tracer | None, at_m: tuple[float, float], half_m: float, lift_m: float) -> float:
    """Return how high the tips must be for what is ``lift_m`` above them, in a square about them, to be clear."""
    return _highest_m(below, at_m, 0.0, ((-half_m, half_m), (-half_m, half_m))) - lift_m + _CLEAR_M


def _highest_m(
    below: Tracer | None,
    at_m: tuple[float, float],
    turn_rad: float,
    spans_m: tuple[tuple[float, float], tuple[float, float]],
) -> float:
    """Return the greatest height of what lies under a rectangle about a place, turned; -inf where nothing does."""
    if below is None:
        return -math.inf
    xs, ys = (np.linspace(low, high, max(2, math.ceil((high - low) / _STEP_M) + 1)) for low, high in spans_m)
    x, y = (a.ravel() for a in np.meshgrid(xs, ys))
    c, s = math.cos(turn_rad), math.sin(turn_rad)
    origin = np.column_stack([at_m[0] + c * x - s * y, at_m[1] + s * x + c * y, np.full(len(x), _FROM_M)])
    rays = Rays(
        origin=origin.astype(np.float32),
        direction=np.tile(np.array([0.0, 0.0, -1.0], np.float32), (len(x), 1)),
        time_s=np.zeros(len(x), np.float32),
    )
    return _FROM_M - float(below.closest_hit(rays).range_m.min())


def _fingers_m(
    lying: list[Instance], area: Area, at_m: tuple[float, float], turn_rad: float, opening_m: float
) -> float | None:
    """Return the least height at which fingers and body are clear of corners and rim; None where they have no room."""
    c, s = math.cos(turn_rad), math.sin(turn_rad)
    reach = opening_m / 2 + _FINGER_HALF_M[1] * 0.3
    across = np.array([[-s * sign * reach, c * sign * reach] for sign in (1.0, -1.0)]) + np.asarray(at_m)
    if not area.contains(across, 0.022).all():
        return None
    lowest = area.z_m + _CLEAR_M
    for thing in lying:
        points = thing.world_vertices()
        local = (points[:, :2] - at_m) @ np.array([[c, -s], [s, c]])
        near = np.abs(local) <= _BODY_HALF_M
        if near.all(axis=1).any():
            lowest = max(lowest, float(points[near.all(axis=1), 2].max()) - FINGER_M + 0.018 + _CLEAR_M)
        along = np.abs(local[:, 0]) <= _FINGER_HALF_M[0]
        fingers = (
            along & (np.abs(local[:, 1]) >= opening_m / 2 - 0.002) & (np.abs(local[:, 1]) <= opening_m / 2 + 0.034)
        )
        if fingers.any():
            lowest = max(lowest, float(points[fingers, 2].max()) + _CLEAR_M)
    # The gripper's body is broader than its fingers and must stay above the rim where it would touch it.
    body = np.array([[c * a - s * b, s * a + c * b] for a in (-0.035, 0.035) for b in (-0.08, 0.08)]) + np.asarray(at_m)
    if not area.contains(body, 0.0).all():
        lowest = max(lowest, area.z_m + area.rim_m - FINGER_M + 0.018 + 0.01)
    return lowest
