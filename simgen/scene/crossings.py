"""How lanes turn, run beside each other and cross."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np

from simgen.scene.region import Lane
from simgen.scene.scene import Scene

Turn = Literal["straight", "turn_left", "turn_right"]

_SAME_M = 0.3


def turn_of(lane: Lane) -> Turn:
    """Return which way a lane goes as a whole."""
    line = np.asarray(lane.centre_m)[:, :2]
    start, end = line[1] - line[0], line[-1] - line[-2]
    turn = math.atan2(start[0] * end[1] - start[1] * end[0], float(start @ end))
    return "straight" if abs(turn) < math.radians(30) else "turn_left" if turn > 0 else "turn_right"


def turn_start(lane: Lane) -> float:
    """Return how far along a lane its first bend begins; its length where it is straight."""
    steps = np.diff(np.asarray(lane.centre_m)[:, :2], axis=0)
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    bent = np.flatnonzero(np.abs(heading - heading[0]) > math.radians(1))
    return float(np.linalg.norm(steps, axis=1)[: bent[0]].sum()) if len(bent) else lane.length_m


def turn_end(lane: Lane) -> float:
    """Return how far along a lane its last bend is."""
    line = np.asarray(lane.centre_m)[:, :2]
    steps = np.diff(line, axis=0)
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    length = np.linalg.norm(steps, axis=1)
    straight = np.flatnonzero(np.abs(heading - heading[-1]) > math.radians(3))
    return float(length[: straight[-1] + 1].sum()) if len(straight) else 0.0


def lane_across(scene: Scene, wanted: str, ego_lane: Lane) -> Lane | None:
    """Return a lane that meets another; None where there is none.

    Args:
        scene: with its lanes.
        wanted: ``from_right``, ``from_left`` or ``oncoming``, as seen from the start of ``ego_lane``, for one that goes
            straight on; with ``_turning_left`` or ``_turning_right`` after it for one that turns; or words of its name.
        ego_lane: the lane that it crosses or joins.
    """
    line = np.asarray(ego_lane.centre_m)[:, :2]
    ahead = line[1] - line[0]
    for lane in scene.lanes("drive"):
        if lane is ego_lane or meeting_of(lane, ego_lane) is None:
            continue
        other = np.asarray(lane.centre_m)[:, :2]
        way = other[1] - other[0]
        turn = math.degrees(math.atan2(ahead[0] * way[1] - ahead[1] * way[0], float(ahead @ way)))
        kind = "oncoming" if abs(turn) > 135 else "from_right" if turn > 45 else "from_left" if turn < -45 else "same"
        bend = turn_of(lane)
        kind += "" if bend == "straight" else bend.replace("turn_", "_turning_")
        if wanted == kind or (bend == "straight" and wanted in lane.name):
            return lane
    return None


def meeting_of(lane: Lane, other: Lane) -> tuple[float, float] | None:
    """Return how far along ``lane`` and along ``other`` they first meet; None if they never do.

    Lanes that cross meet where they cross; one that turns into the other meets it where its bend ends.
    """
    one, two = np.asarray(lane.centre_m)[:, :2], np.asarray(other.centre_m)[:, :2]
    if np.linalg.norm(one[-1] - two[-1]) < _SAME_M:
        bent, straight = (lane, other) if turn_of(lane) != "straight" else (other, lane)
        if turn_of(bent) == "straight":
            return None
        # Both end together, so what is left behind the bend's end is left of both.
        left_m = bent.length_m - turn_end(bent)
        met = {id(bent): bent.length_m - left_m, id(straight): straight.length_m - left_m}
        return met[id(lane)], met[id(other)]
    along, across = crossing_of(lane, other), crossing_of(other, lane)
    return None if along is None or across is None else (along, across)


def crossing_of(lane: Lane, other: Lane) -> float | None:
    """Return how far along ``lane`` it first crosses ``other``; None if it never does."""
    one, two = np.asarray(lane.centre_m)[:, :2], np.asarray(other.centre_m)[:, :2]
    reached = 0.0
    for a, b in pairwise(one):
        for c, d in pairwise(two):
            matrix = np.column_stack([b - a, c - d])
            if abs(np.linalg.det(matrix)) < 1e-9:
                continue
            t, u = np.linalg.solve(matrix, c - a)
            if 0.0 <= t <= 1.0 and 0.0 <= u <= 1.0:
                return reached + float(t) * float(np.linalg.norm(b - a))
        reached += float(np.linalg.norm(b - a))
    return None


def reach_m(scene: Scene, lane: Lane, enough_m: float = 400.0) -> float:
    """Return how far one can go from a lane's start by it and its successors; not looked at beyond ``enough_m``."""
    if not lane.successors:
        return lane.length_m
    lanes = {other.name: other for other in scene.lanes("drive")}
    return _reach(lanes, lane, enough_m)


def _reach(lanes: dict[str, Lane], lane: Lane, enough_m: float) -> float:
    left = enough_m - lane.length_m
    if left <= 0:
        return lane.length_m
    return lane.length_m + max((_reach(lanes, lanes[name], left) for name in lane.successors), default=0.0)


def onward(lane: Lane, lanes: Mapping[str, Lane], chance: float, enough_m: float) -> tuple[Lane, tuple[float, ...]]:
    """Return a lane together with what its traffic goes on in, as one lane of its name, and where it gives way.

    Args:
        lane: where the way begins.
        lanes: by name, all that it may lead to.
        chance: 0 to 1; which successor is taken at each fork, as the digits of one number.
        enough_m: the way ends with the lane that passes this length.
    """
    if not lane.successors:
        return lane, (lane.length_m,) if lane.gives_way else ()
    line, length, last = list(lane.centre_m), lane.length_m, lane
    yields: list[float] = []
    while last.successors and length < enough_m:
        yields += [length] if last.gives_way else []
        at = chance * len(last.successors)
        which = min(int(at), len(last.successors) - 1)
        chance = at - which
        last = lanes[last.successors[which]]
        length += last.length_m
        line += [p for p in last.centre_m if math.dist(p, line[-1]) > 0.01]
    return replace(lane, centre_m=tuple(line), successors=()), tuple(yields)


def parallel(lane: Lane, left_m: float) -> np.ndarray:
    """Return the (N, 3) points of the line beside a lane's middle, to its left."""
    whole = np.asarray(lane.centre_m)
    line = whole[:, :2]
    if left_m == 0.0:
        return whole
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return np.column_stack([line + left_m * np.column_stack([-tangent[:, 1], tangent[:, 0]]), whole[:, 2]])
