"""Fronts of buildings: walls around openings, windows, doors, balconies and the base course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simgen.assets import textures
from simgen.assets.families.shapes import Part, Shape, box, panel

RECESS_M = 0.16
"""How far windows and doors lie behind the front."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A hole in the front: its edges along y and z, metres."""

    left: float
    right: float
    low: float
    high: float


def upright(left: float, right: float, low: float, high: float, x: float) -> Shape:
    """Return an upright rectangle facing +x."""
    return panel([(x, left, low), (x, right, low), (x, right, high), (x, left, high)])


def opening_in(cell: Opening, floor: int, entrance: bool, shop: bool) -> Opening:
    """Return the opening in one bay of one floor."""
    middle, width = (cell.left + cell.right) / 2, cell.right - cell.left
    if floor == 0 and entrance:
        return Opening(left=middle - 0.55, right=middle + 0.55, low=0.12, high=2.55)
    if floor == 0 and shop:
        return Opening(left=cell.left + 0.14, right=cell.right - 0.14, low=0.45, high=cell.high - 0.82)
    half = min(0.62, width * 0.29)
    return Opening(
        left=middle - half, right=middle + half, low=cell.low + 0.92, high=min(cell.high - 0.40, cell.low + 2.65)
    )


def wall_around(cell: Opening, hole: Opening, front: float) -> list[Shape]:
    """Return the wall of a bay with its hole left out, and the hole's four reveals."""
    back = front - RECESS_M
    return [
        upright(cell.left, cell.right, cell.low, hole.low, front),
        upright(cell.left, cell.right, hole.high, cell.high, front),
        upright(cell.left, hole.left, hole.low, hole.high, front),
        upright(hole.right, cell.right, hole.low, hole.high, front),
        panel(
            [
                (back, hole.left, hole.low),
                (front, hole.left, hole.low),
                (front, hole.left, hole.high),
                (back, hole.left, hole.high),
            ][::-1]
        ),
        panel(
            [
                (back, hole.right, hole.low),
                (front, hole.right, hole.low),
                (front, hole.right, hole.high),
                (back, hole.right, hole.high),
            ]
        ),
        panel(
            [
                (back, hole.left, hole.low),
                (front, hole.left, hole.low),
                (front, hole.right, hole.low),
                (back, hole.right, hole.low),
            ]
        ),
        panel(
            [
                (back, hole.left, hole.high),
                (front, hole.left, hole.high),
                (front, hole.right, hole.high),
                (back, hole.right, hole.high),
            ][::-1]
        ),
    ]


def window_parts(hole: Opening, front: float, display: bool) -> list[Part]:
    """Return a window in its hole: glass, frame, bars, sill and surround; a shop's window has only a frame."""
    x, bar = front - RECESS_M, 0.06
    middle, width, tall = (hole.left + hole.right) / 2, hole.right - hole.left, hole.high - hole.low
    parts: list[Part] = [(upright(hole.left, hole.right, hole.low, hole.high, x + 0.012), "glass")]
    for y in (hole.left + bar / 2, hole.right - bar / 2):
        parts.append((box((0.06, bar, tall), (x + 0.03, y, (hole.low + hole.high) / 2)), "frame"))
    for z in (hole.low + bar / 2, hole.high - bar / 2):
        parts.append((box((0.06, width, bar), (x + 0.03, middle, z)), "frame"))
    if display:
        return parts
    parts.append((box((0.05, 0.05, tall), (x + 0.03, middle, (hole.low + hole.high) / 2)), "frame"))
    parts.append((box((0.045, width, 0.04), (x + 0.03, middle, hole.low + 0.68 * tall)), "frame"))
    for y in (hole.left + 0.15 * width, hole.right - 0.15 * width):
        parts.append(
            (upright(y - 0.09 * width, y + 0.09 * width, hole.low + bar, hole.high - bar, x + 0.016), "curtain")
        )
    parts.append((box((0.26, width + 0.24, 0.07), (front - 0.01, middle, hole.low - 0.035)), "trim"))
    parts.append((box((0.08, width + 0.24, 0.14), (front, middle, hole.high + 0.07)), "trim"))
    return parts


def blind_parts(hole: Opening, front: float, lowered: float) -> list[Part]:
    """Return a blind close behind a window's pane, lowered by a share of its height."""
    foot = hole.high - lowered * (hole.high - hole.low)
    return [(upright(hole.left - 0.05, hole.right + 0.05, foot, hole.high + 0.05, front - RECESS_M - 0.10), "blind")]


def display_parts(hole: Opening, front: float) -> list[Part]:
    """Return the back of a shop window's display."""
    return [(upright(hole.left, hole.right, 0.1, hole.low + 0.75 * (hole.high - hole.low), front - 1.3), "room")]


def room_parts(levels: Sequence[float], width_m: float, front: float, deep_m: float) -> list[Part]:
    """Return what is behind all panes of a front: one wall along it, and the floors and ceilings before that wall.

    Args:
        levels: heights of floors and ceilings, rising.
        width_m: of the front.
        front: its x.
        deep_m: how far behind the front the wall is.
    """
    y, near, far = width_m / 2 - 0.02, front - 0.1, front - deep_m
    parts: list[Part] = [(upright(-y, y, levels[0], levels[-1], far), "room")]
    return parts + [(panel([(far, -y, z), (near, -y, z), (near, y, z), (far, y, z)]), "room") for z in levels]


def door_parts(hole: Opening, front: float) -> list[Part]:
    """Return the entrance: a panelled door under a fanlight, with a step and a surround."""
    x, middle = front - RECESS_M, (hole.left + hole.right) / 2
    head = hole.low + 2.05
    parts: list[Part] = [
        (box((0.06, hole.right - hole.left, head - hole.low), (x + 0.02, middle, (head + hole.low) / 2)), "door"),
        (upright(hole.left, hole.right, head, hole.high, x + 0.02), "glass"),
        (box((0.09, hole.right - hole.left, 0.07), (x + 0.03, middle, head)), "frame"),
        (box((0.09, 0.03, 0.16), (x + 0.06, hole.left + 0.14, hole.low + 1.0)), "frame"),
        (box((0.7, 1.5, 0.12), (front + 0.15, middle, 0.06)), "plinth"),
        (box((0.10, hole.right - hole.left + 0.4, 0.2), (front + 0.02, middle, hole.high + 0.10)), "trim"),
    ]
    for side in (-1, 1):
        parts.append(
            (
                box(
                    (0.10, 0.18, hole.high - hole.low), (front + 0.02, middle + side * 0.64, (hole.low + hole.high) / 2)
                ),
                "trim",
            )
        )
        for low, high in ((0.15, 0.85), (1.0, 1.9)):
            field = box((0.02, 0.36, high - low), (x + 0.055, middle + side * 0.25, hole.low + (low + high) / 2), 0.006)
            parts.append((field, "door"))
    return parts


def balcony_parts(hole: Opening, front: float) -> list[Part]:
    """Return a shallow balcony with an iron railing under a window."""
    middle, half, z = (hole.left + hole.right) / 2, (hole.right - hole.left) / 2 + 0.3, hole.low - 0.25
    parts: list[Part] = [(box((0.75, 2 * half, 0.12), (front + 0.375, middle, z)), "trim")]
    for level in (0.12, 1.0):
        parts.append((box((0.03, 2 * half, 0.04), (front + 0.72, middle, z + level)), "iron"))
        parts += [
            (box((0.72, 0.03, 0.04), (front + 0.36, middle + s * (half - 0.015), z + level)), "iron") for s in (-1, 1)
        ]
    for y in np.arange(-half + 0.015, half, 0.13):
        parts.append((box((0.014, 0.014, 0.9), (front + 0.72, middle + float(y), z + 0.55)), "iron"))
    return parts


def door_edges(edges: np.ndarray, entrance: int) -> tuple[float, float]:
    """Return the y of both sides of the entrance's surround, from the edges of the bays."""
    middle = float(edges[entrance] + edges[entrance + 1]) / 2
    return middle - 0.73, middle + 0.73


def plinth_parts(*, hole_y: tuple[float, float], width_m: float, front: float, shop: bool) -> list[Part]:
    """Return the base course to both sides of the entrance."""
    parts: list[Part] = []
    for left, right in ((-width_m / 2, hole_y[0]), (hole_y[1], width_m / 2)):
        if right - left > 0.05:
            course = box(
                (0.06, right - left, 0.4 if shop else 0.55), (front + 0.03, (left + right) / 2, 0.2 if shop else 0.275)
            )
            parts.append((course.wrapped(textures.TILE_M["concrete"]), "plinth"))
    return parts
