"""The randomizer ``reach``: a robot arm that reaches over a region with its gripper, down to what lies there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.categories import category
from simgen.assets.families.robot import (
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
from simgen.randomize.gripping import Tool, tips_m
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

_PAINTS = (("#d9dbdc", "#3a78b5"), ("#e8e6e0", "#e2581a"), ("#e2a32c", "#2a2c2f"), ("#c4c8cb", "#3f9a58"))
_OVER_M, _SUNK_M, _BELOW_TOP_M = 1.2, 0.02, 0.25
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
        for attempt in range(self.max_tries):
            x, y = self._target(lying, area, draws, attempt, tool)
            found = tips_m(lying, area, (x, y), math.radians(drawn["turn_deg"]), tool, drawn["size"])
            if found is not None:
                base_z = _base_m(lying, area, drawn["size"])
                return self._reaching(scene, area, (x, y, found + drawn["above_m"]), base_z, drawn, tool, draws)
        raise PlacementError(
            f"{self.name}: the gripper finds no room over {area.name!r} in {self.max_tries} tries; lower opening_m, or "
            "take a larger region"
        )

    def _tool(self, opening_m: float, draws: Draws) -> Tool:
        """Draw what the arm holds."""
        cups = int(draws.value("cups", self.cups))
        if draws.value("tool", self.tool) == "fingers":
            return Tool(made=gripper(opening_m), above_m=tool_above_tips_m(), opening_m=opening_m)
        half = (cups - 1) * _PITCH_M / 2 + 1.3 * _CUP_M
        made = suction_gripper(cups=cups, pitch_m=_PITCH_M, cup_m=_CUP_M)
        return Tool(made=made, above_m=suction_above_lips_m(), plate_half_m=half)

    def _target(self, lying: list[Instance], area: Area, draws: Draws, attempt: int, tool: Tool) -> tuple[float, float]:
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
        tips: tuple[float, float, float],
        base_z: float,
        drawn: dict[str, float],
        tool: Tool,
        draws: Draws,
    ) -> Scene:
        paint, trim = _PAINTS[int(draws.rng("paint").integers(len(_PAINTS)))]
        arm = Arm(paint=paint, trim=trim).scaled(drawn["size"])
        side = math.radians(area.heading_deg + drawn["side_deg"])
        flange = (drawn["away_m"], tips[2] + tool.above_m - base_z)
        base = (tips[0] + drawn["away_m"] * math.cos(side), tips[1] + drawn["away_m"] * math.sin(side))
        try:
            reaching = robot_arm(arm, flange, base_z - _floor_m(scene, base))
        except ValueError as error:
            raise PlacementError(f"{self.name}: {error}; change away_m or size") from None
        draws.note("tips_m", tips[2] - area.z_m)
        things = (
            ("robot_arm", reaching, at(base[0], base[1], base_z, side + math.pi)),
            ("gripper", tool.made, at(*tips, math.radians(drawn["turn_deg"]))),
        )
        number = scene.next_id
        placed = [
            Instance(
                id=number + k, name=f"{self.name}/{name}", asset=made.asset, world_from_object=made.by_origin(pose)
            )
            for k, (name, made, pose) in enumerate(things)
        ]
        return scene.adding(*placed)


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


def _base_m(lying: list[Instance], area: Area, size: float) -> float:
    """Return the height of the base: a little above the rim, wherever the tips are; higher beside what is tall."""
    top = max((float(o.world_vertices()[:, 2].max()) for o in lying), default=-math.inf)
    return max(area.z_m + area.rim_m + 0.02, top - _BELOW_TOP_M * size)


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
    # What lies on rollers sinks in between them; what holds the region is larger than it.
    smaller = (high[:2] - low[:2] < np.ptp(np.asarray(area.corners_m), axis=0)).all()
    level = area.z_m - (_SUNK_M if smaller else 0.003) <= low[2] and high[2] <= area.z_m + area.rim_m + _OVER_M
    return bool(level and area.contains(np.array([[x, y]]))[0])
