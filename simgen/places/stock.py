"""Goods on the boards of racks: facings of one model side by side, gaps, some set back, some in the wrong place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simgen.geometry.pose import Pose, at
from simgen.places.pieces import Part
from simgen.scene.asset import Asset

DrawGoods = Callable[[np.random.Generator], Asset]


@dataclass(frozen=True, kw_only=True)
class Board:
    """The room on a board, whose frame has +x towards the front and its middle at the origin.

    Attributes:
        deep_m, wide_m, high_m: clear of posts, and of the board above.
    """

    deep_m: float
    wide_m: float
    high_m: float


@dataclass(frozen=True, kw_only=True)
class Stocking:
    """How boards are filled; shares are chances of each facing.

    Attributes:
        gap_share: it is sold out.
        back_share: its first in front has been taken.
        misplaced_share: what is in front is another model.
        rows: how many stand behind each other, at most.
        turn_deg: how far each is turned, at most.
    """

    gap_share: float
    back_share: float
    misplaced_share: float
    rows: int
    turn_deg: float = 4.0


@dataclass(kw_only=True)
class Stocked:
    """What has been put on boards so far: parts, and counts of facings, of gaps and of what is misplaced."""

    parts: list[Part]
    facings: int = 0
    gaps: int = 0
    misplaced: int = 0


_TRIES = 12
_OFF_M = 0.004
_LEFT_M = 0.03


def stock_board(
    rng: np.random.Generator,
    board: Board,
    frame: Pose,
    name: str,
    goods: DrawGoods,
    stocking: Stocking,
    stocked: Stocked,
) -> None:
    """Fill a board from its left to its right with runs of facings and add what stands there.

    Args:
        rng: what it is drawn from.
        board: the room.
        frame: its pose.
        name: prefix of the parts' names; what is in the wrong place is called ``<prefix>_misplaced_<number>``.
        goods: draws a model.
        stocking: how full, how tidy.
        stocked: what is added to.
    """
    y = -board.wide_m / 2 + float(rng.uniform(0.005, 0.03))
    while True:
        # What is left of the board's width is all that the next run may ask for.
        left = Board(deep_m=board.deep_m, wide_m=board.wide_m / 2 - y, high_m=board.high_m)
        model = _fitting(rng, goods, left, stocking.turn_deg)
        if model is None:
            return
        deep, wide = _slot(model, stocking.turn_deg)
        wanted = int(rng.integers(2, 7)) if wide < 0.2 else int(rng.integers(1, 4))
        for _ in range(wanted):
            if y + wide > board.wide_m / 2:
                break
            _fill(rng, board, frame, name, (model, y + wide / 2, deep, wide), goods, stocking, stocked)
            y += wide + float(rng.uniform(0.001, 0.008))
        y += float(rng.uniform(0.0, 0.03))


def _fill(
    rng: np.random.Generator,
    board: Board,
    frame: Pose,
    name: str,
    facing: tuple[Asset, float, float, float],
    goods: DrawGoods,
    stocking: Stocking,
    stocked: Stocked,
) -> None:
    """Fill one facing: a column of a model, its middle across the board and the room that each one takes."""
    model, y, deep, wide = facing
    stocked.facings += 1
    if rng.random() < stocking.gap_share:
        stocked.gaps += 1
        return
    room = max(1, min(stocking.rows, math.floor((board.deep_m - _LEFT_M) / deep)))
    first = 1 if room > 1 and rng.random() < stocking.back_share else 0
    for row in range(first, room):
        here, said = model, "goods"
        if row == first and rng.random() < stocking.misplaced_share:
            other = _fitting(rng, goods, Board(deep_m=deep, wide_m=wide, high_m=board.high_m), stocking.turn_deg)
            if other is not None and other is not model:
                here, said = other, "misplaced"
                stocked.misplaced += 1
        x = board.deep_m / 2 - _LEFT_M / 2 - (row + 0.5) * deep
        turn = math.radians(stocking.turn_deg) * float(rng.uniform(-1.0, 1.0))
        pose = frame @ at(x, y, 0.0, turn)
        for level in range(_piled(rng, here, board.high_m)):
            lifted = pose @ at(0.0, 0.0, level * here.size_m[2], -2.0 * turn * (level % 2))
            stocked.parts.append(Part(name=f"{name}_{said}_{len(stocked.parts)}", asset=here, world_from_object=lifted))


def _piled(rng: np.random.Generator, model: Asset, high_m: float) -> int:
    """Draw how many of a model stand upon each other: of cardboard boxes, up to as many as there is room for."""
    if model.category != "box":
        return 1
    return int(rng.integers(1, max(1, math.floor(high_m / model.size_m[2])) + 1))


def _slot(model: Asset, turn_deg: float) -> tuple[float, float]:
    """Return the depth and width of the room that a model needs however it is turned up to so far."""
    deep, wide = model.size_m[:2]
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return deep * c + wide * s + _OFF_M, wide * c + deep * s + _OFF_M


def _fitting(rng: np.random.Generator, goods: DrawGoods, board: Board, turn_deg: float) -> Asset | None:
    """Draw a model that the board has room for; None after some tries."""
    for _ in range(_TRIES):
        model = goods(rng)
        deep, wide = _slot(model, turn_deg)
        if deep <= board.deep_m and wide <= board.wide_m and model.size_m[2] <= board.high_m:
            return model
    return None
