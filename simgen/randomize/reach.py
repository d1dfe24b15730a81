"""The randomizer ``reach``: a robot arm that reaches over a region with its gripper, down to what lies there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.categories import category
from simgen.assets.families.placed import Placed
from simgen.assets.families.robot import (
    FINGER_M,
    Arm,
    gripper,
    robot_arm,
    suction_above_lips_m,
    suction_gripper,
    tool_above_tips_m,
)
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Constant, Uniform, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import at
from simgen.geometry.rays import Rays
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws
from simgen.trace.tracer import Tracer

_PAINTS = (("#d9dbdc", "#3a78b5"), ("#e8e6e0", "#e2581a"), ("#e2a32c", "#2a2c2f"), ("#c4c8cb", "#3f9a58"))
_CLEAR_M = 0.004
_FINGER_HALF_M = (0.014, 0.05)
_BODY_HALF_M = 0.09
_OVER_M = 1.2
_CUP_M, _PITCH_M = 0.018, 0.06
_TOOLS = ("fingers", "suction")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Lets a robot arm reach over a region, its gripper straight down above an object, as before a grasp.

    The fingers' tips, or the cups' lips, come down until they, the gripper or the region's rim would touch; then they
    are ``above_m`` higher. The arm stands beside the region on a pedestal of its own.

    Attributes:
        name: prefix of its factors, and of its objects' names.
        every: for each frame, once what was dropped has come to rest; or once per scene.
        onto: use of the areas to reach over; one is drawn.
        above_m: how high the tips are above the lowest they could be.
        tool: of ``fingers``, ``suction``.
        cups: of the suction gripper, along each of its sides, 1 to 6.
        opening_m: clear width between the fingers.
        side_deg: direction from the region to the arm's base, from the region's heading.
        away_m: from the gripper to the base, level.
        size: of the arm, 1 for one with 0.83 m of reach.
        turn_deg: of the gripper about its axis.
        max_tries: objects to draw before giving up.
    """

    kind: Literal["reach"] = "reach"
    name: str = "reach"
    every: Literal["scene", "frame"] = "frame"
    onto: str = "bin"
    above_m: AnyDistribution = Uniform(low=0.0, high=0.03)
    tool: AnyDistribution = Constant(value="fingers")
    cups: AnyDistribution = Constant(value=2)
    opening_m: AnyDistribution = Uniform(low=0.04, high=0.09)
    side_deg: AnyDistribution = Uniform(low=0.0, high=360.0)
    away_m: AnyDistribution = Constant(value=0.55)
    size: AnyDistribution = Constant(value=1.0)
    turn_deg: AnyDistribution = Uniform(low=-90.0, high=90.0)
    max_tries: int = 20

    def __post_init__(self) -> None:
        check_support("above_m", self.above_m, 0.0, 0.5)
        check_support("opening_m", self.opening_m, 0.0, 0.12)
        check_support("away_m", self.away_m, 0.3, 3.0)
        check_support("size", self.size, 0.5, 3.5)
        check_support("cups", self.cups, 1, 6)
        _check_tool(self.tool)
        check_support("turn_deg", self.turn_deg, -180.0, 180.0)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:  # noqa: ARG002 - a Randomizer
        """Return the scene with the arm and the gripper in it.

        Raises:
            PlacementError: there is no such area, or no object in it can be reached.
        """
        areas = scene.areas(self.onto)
        if not areas:
            raise PlacementError(f"{self.name}: the place has no area {self.onto!r} to reach over")
        area = areas[int(draws.rng("area").integers(len(areas)))]
        drawn = {
            key: float(draws.value(key, getattr(self, key)))
            for key in ("above_m", "opening_m", "side_deg", "away_m", "turn_deg", "size")
        }
        tool = self._tool(drawn["opening_m"], draws)
        lying = [o for o in scene.objects if stands_over(o, area)]
        below = Tracer(tuple(lying), threads=1) if lying else None
        for attempt in range(self.max_tries):
            x, y = self._target(lying, area, draws, attempt, tool)
            found = _tips_m(lying, below, area, (x, y), math.radians(drawn["turn_deg"]), tool)
            if found is not None:
                return self._reaching(scene, area, (x, y, found + drawn["above_m"]), drawn, tool, draws)
        raise PlacementError(
            f"{self.name}: the gripper finds no room over {area.name!r} in {self.max_tries} tries; lower opening_m, or "
            "take a larger region"
        )

    def _tool(self, opening_m: float, draws: Draws) -> _Tool:
        """Draw what the arm holds."""
        cups = int(draws.value("cups", self.cups))
        if draws.value("tool", self.tool) == "fingers":
            return _Tool(made=gripper(opening_m), above_m=tool_above_tips_m(), opening_m=opening_m)
        half = (cups - 1) * _PITCH_M / 2 + 1.3 * _CUP_M
        made = suction_gripper(cups=cups, pitch_m=_PITCH_M, cup_m=_CUP_M)
        return _Tool(made=made, above_m=suction_above_lips_m(), plate_half_m=half)

    def _target(
        self, lying: list[Instance], area: Area, draws: Draws, attempt: int, tool: _Tool
    ) -> tuple[float, float]:
        """Draw above what the gripper is: an object, or the region's middle where nothing lies."""
        if not lying:
            x, y = np.asarray(area.corners_m).mean(axis=0)
            return float(x), float(y)
        chosen = lying[int(draws.rng("target", attempt).integers(len(lying)))]
        if attempt == 0:
            draws.note("target_id", chosen.id)
        if tool.plate_half_m:
            x, y, _ = chosen.cuboid.world_from_box.translation_m
            return x, y
        x, y, _ = chosen.world_vertices().mean(axis=0)
        return float(x), float(y)

    def _reaching(
        self,
        scene: Scene,
        area: Area,
        tips_m: tuple[float, float, float],
        drawn: dict[str, float],
        tool: _Tool,
        draws: Draws,
    ) -> Scene:
        paint, trim = _PAINTS[int(draws.rng("paint").integers(len(_PAINTS)))]
        arm = Arm(paint=paint, trim=trim).scaled(drawn["size"])
        side = math.radians(area.heading_deg + drawn["side_deg"])
        # The base stands a little above the rim, wherever the tips are.
        base_z = area.z_m + area.rim_m + 0.02
        flange = (drawn["away_m"], tips_m[2] + tool.above_m - base_z)
        base = (tips_m[0] + drawn["away_m"] * math.cos(side), tips_m[1] + drawn["away_m"] * math.sin(side))
        try:
            reaching = robot_arm(arm, flange, base_z - _floor_m(scene, base))
        except ValueError as error:
            raise PlacementError(f"{self.name}: {error}; change away_m or size") from None
        draws.note("tips_m", tips_m[2] - area.z_m)
        things = (
            ("robot_arm", reaching, at(base[0], base[1], base_z, side + math.pi)),
            ("gripper", tool.made, at(*tips_m, math.radians(drawn["turn_deg"]))),
        )
        number = scene.next_id
        placed = [
            Instance(
                id=number + k, name=f"{self.name}/{name}", asset=made.asset, world_from_object=made.by_origin(pose)
            )
            for k, (name, made, pose) in enumerate(things)
        ]
        return scene.adding(*placed)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tool:
    """What the arm holds: its model, how far the flange is above its tips, and its footprint.

    Of fingers that is the opening between them, of a suction gripper half the side of its plate, 0 for the other.
    """

    made: Placed
    above_m: float
    opening_m: float = 0.0
    plate_half_m: float = 0.0


def _check_tool(tool: AnyDistribution) -> None:
    match tool:
        case Constant(value=value):
            given: tuple = (value,)
        case Choice(options=values):
            given = values
        case _:
            given = (tool.kind,)
    for value in given:
        if value not in _TOOLS:
            raise ValueError(f"tool must be of {', '.join(_TOOLS)}, got {value!r}")


def _floor_m(scene: Scene, at_m: tuple[float, float]) -> float:
    """Return the height of what a base can stand on at a place: the stand that carries the region, or the floor."""
    stand = next((o for o in scene.objects if o.name == "stand"), None)
    if stand is None:
        return 0.0
    points = stand.world_vertices()
    inside = (points[:, :2].min(axis=0) + 0.1 < at_m) & (np.asarray(at_m) < points[:, :2].max(axis=0) - 0.1)
    return float(points[:, 2].max()) if inside.all() else 0.0


def stands_over(thing: Instance, area: Area) -> bool:
    """Return whether a countable thing is over an area, from its height up to `_OVER_M` above its rim; no arm is."""
    if thing.category in ("robot_arm", "gripper") or not category(thing.category).thing:
        return False
    points = thing.world_vertices()
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = points[:, :2].mean(axis=0)
    level = area.z_m - 0.003 <= low[2] and high[2] <= area.z_m + area.rim_m + _OVER_M
    return bool(level and area.contains(np.array([[x, y]]))[0])


def _tips_m(
    lying: list[Instance], below: Tracer | None, area: Area, at_m: tuple[float, float], turn_rad: float, tool: _Tool
) -> float | None:
    """Return the least height at which tips and gripper are clear of what lies below; None where they have no room."""
    if tool.plate_half_m:
        # A square twice as wide as the plate's half diagonal holds the plate, however it is turned.
        half = tool.plate_half_m * math.sqrt(2.0)
        inside = area.contains(np.asarray(at_m)[None], min(half, 0.03) if area.rim_m else 0.0).all()
        highest = _highest_m(below, at_m, turn_rad, ((-half, half), (-half, half)))
        return max(area.z_m, highest) + _CLEAR_M if inside else None
    lowest = _fingers_m(lying, area, at_m, turn_rad, tool.opening_m)
    if lowest is None:
        return None
    near = tool.opening_m / 2
    for sign in (1.0, -1.0):
        span = (min(sign * near, sign * (near + 0.034)), max(sign * near, sign * (near + 0.034)))
        lowest = max(lowest, _highest_m(below, at_m, turn_rad, ((-0.014, 0.014), span)) + _CLEAR_M)
    body = _highest_m(below, at_m, turn_rad, ((-0.04, 0.04), (-_BODY_HALF_M, _BODY_HALF_M)))
    return max(lowest, body - FINGER_M + 0.018 + _CLEAR_M)


_STEP_M = 0.005
_FROM_M = 20.0


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
