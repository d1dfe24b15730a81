"""A car's door that stands open, and the opening it leaves."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.car_body import Frame, section
from simgen.assets.families.shapes import Part, Shape, box, grid, tube
from simgen.geometry.pose import about

_SILL, _BELT, _HEAD = 2, 5, 7
_THICK_M = 0.06


def open_door(frame: Frame, front: float, rear: float, angle_deg: float) -> list[Part]:
    """Return the left door between x ``front`` and ``rear``, turned about its front edge, and what it uncovers.

    The skin is not cut: the opening is a dark sheet 4 mm before it, with a seat and a wheel seen against it.

    Args:
        frame: the body.
        front: x of the hinges.
        rear: x of the door's rear edge.
        angle_deg: how far it is open.
    """
    places = np.linspace(front, rear, 9)
    rows = section(frame, places)
    panel, window = rows[:, _SILL : _BELT + 2], rows[:, _BELT + 1 : _HEAD + 1]
    hole = grid((rows[:, _SILL : _HEAD + 1] + np.array([0.0, 0.004, 0.0]))[:, ::-1])
    hinge = np.array([front, float(rows[0, 3, 1]) - 0.02, 0.0])
    turn = about((0.0, 0.0, 1.0), -math.radians(angle_deg))

    def swung(shape: Shape) -> Shape:
        return shape.moved(*(-hinge)).turned(turn).moved(*hinge)

    inward = np.array([0.0, -_THICK_M, 0.0])
    parts: list[Part] = [(hole, "dark")]
    for sheet, outside, inside in ((panel, "paint", "trim"), (window, "window", "window")):
        parts.append((swung(grid(sheet[:, ::-1])), outside))
        parts.append((swung(grid(sheet + inward * (1.0 if outside == "paint" else 0.4))), inside))
    rim = np.concatenate([panel[:, 0], panel[-1], panel[::-1, -1], panel[0, ::-1]])
    both = np.stack([rim, rim + inward], axis=0)
    for shape in (grid(both), grid(both[::-1])):
        parts.append((swung(shape), "trim"))
    around = np.concatenate([window[:, -1], window[-1, ::-1]]) + inward * 0.2
    parts.append(
        (swung(tube(around[np.r_[True, np.linalg.norm(np.diff(around, axis=0), axis=1) > 1e-3]], 0.016, 6)), "trim")
    )
    side, floor = float(rows[4, 3, 1]), float(rows[4, _SILL, 2])
    x, z = front + (rear - front) * 0.62, floor + 0.22
    seat = box((0.46, 0.02, 0.14), (x, side + 0.012, z), 0.008)
    back = box((0.16, 0.02, 0.52), (x - 0.22, side + 0.004, z + 0.30), 0.008)
    return [*parts, (seat, "trim"), (back, "trim")]
