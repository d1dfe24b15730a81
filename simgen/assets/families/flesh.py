"""Skins over bones: lofts along bent chains of bones, as limbs, trunks, sleeves and legs of trousers are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgen.assets.families.shapes import Shape, loft

Rows = Sequence[tuple[float, float, float, float]]
"""Girths along a chain: (place, front, back, half width), metres but for the place."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Chain:
    """Bones end to end, the corners between them rounded.

    Places run from 0 to the number of bones, one per bone.

    Attributes:
        points: (N + 1, 3) the joints.
        turns: (N, 3, 3) columns are each bone's forward, left and up.
        rounding: share of each bone, at a corner, that is bent.
    """

    points: np.ndarray
    turns: np.ndarray
    rounding: float = 0.22

    def at(self, place: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the middle and the turn at a place; beyond the ends the first and last bones go on straight."""
        bones = len(self.turns)
        joint = round(place)
        if 0 < joint < bones and abs(place - joint) < self.rounding:
            t = (place - joint + self.rounding) / (2 * self.rounding)
            start, end = self._straight(joint - self.rounding), self._straight(joint + self.rounding)
            middle = (1 - t) ** 2 * start + 2 * t * (1 - t) * self.points[joint] + t * t * end
            return middle, _between(self.turns[joint - 1], self.turns[joint], t)
        return self._straight(place), self.turns[min(max(math.floor(place), 0), bones - 1)]

    def _straight(self, place: float) -> np.ndarray:
        bone = min(max(math.floor(place), 0), len(self.turns) - 1)
        return self.points[bone] + (place - bone) * (self.points[bone + 1] - self.points[bone])


def chain(points: Sequence[np.ndarray], turns: Sequence[np.ndarray], rounding: float = 0.22) -> Chain:
    """Return a chain of bones."""
    return Chain(points=np.stack(points), turns=np.stack(turns), rounding=rounding)


def cover(
    bones: Chain,
    rows: Rows,
    places: Sequence[float],
    *,
    scale: float = 1.0,
    loose_m: float = 0.0,
    folds: float = 0.0,
    phase: float = 0.0,
    segments: int = 16,
    upward: bool = False,
) -> Shape:
    """Return a closed skin around a chain.

    Args:
        bones: what it is around.
        rows: girths, rising by place; between them they change evenly.
        places: where the skin has its rings.
        scale: factor on the girths.
        loose_m: added to them.
        folds: depth of creases, as a share of the girth.
        phase: where the creases lie.
        segments: points per ring.
        upward: whether places run along the bones' up axes; else against them.
    """
    table = np.asarray(rows, dtype=np.float64)
    angle = np.arange(segments) * (2 * math.pi / segments)
    c, s = np.cos(angle), np.sin(angle)
    squared = np.sign(c) * np.abs(c) ** 0.9, np.sign(s) * np.abs(s) ** 0.9
    rings = []
    for place in places:
        front, back, wide = (np.interp(place, table[:, 0], table[:, k]) * scale + loose_m for k in (1, 2, 3))
        middle, turn = bones.at(place)
        crease = 1.0 + folds * np.sin(17.0 * place + 2.0 * angle + phase) * np.cos(7.3 * place - angle + 2.0 * phase)
        local = np.stack([np.where(c > 0, front, back) * squared[0], wide * squared[1], np.zeros(segments)], axis=1)
        rings.append(middle + (local * crease[:, None]) @ turn.T)
    return loft(np.stack(rings if upward else rings[::-1]), crease_deg=70.0)


def blended(rows: Rows, change: Sequence[tuple[float, float, float, float]]) -> Rows:
    """Return rows with (place, front, back, half width) changes added, which fall to 0 within 0.35 of their places."""
    out = []
    for place, front, back, wide in rows:
        for middle, more_front, more_back, more_wide in change:
            near = max(0.0, 1.0 - abs(place - middle) / 0.35)
            front, back, wide = front + near * more_front, back + near * more_back, wide + near * more_wide
        out.append((place, front, back, wide))
    return out


def spread(low: float, high: float, count: int) -> list[float]:
    """Return evenly spread places."""
    return [float(v) for v in np.linspace(low, high, count)]


def _between(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Return a turn between two, for which the mean of their axes is made square again."""
    mixed = (1 - share) * first + share * second
    up = mixed[:, 2] / np.linalg.norm(mixed[:, 2])
    ahead = mixed[:, 0] - up * (up @ mixed[:, 0])
    ahead = ahead / np.linalg.norm(ahead)
    return np.stack([ahead, np.cross(up, ahead), up], axis=1)
