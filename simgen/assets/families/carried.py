"""What people carry: bags, umbrellas, boards, telephones, sticks."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from simgen.assets.families.figure import Figure
from simgen.assets.families.posture import Joints
from simgen.assets.families.shapes import Part, Shape, box, loft, revolve, tube

CarriedName = Literal["backpack", "shoulder_bag", "shopping_bag", "case", "umbrella", "phone", "board", "stick"]


def carried_parts(items: tuple[CarriedName, ...], joints: Joints, figure: Figure, size: float) -> list[Part]:
    """Return what a body carries; ``size`` is 0 to 1 within what such things measure."""
    parts: list[Part] = []
    for item in items:
        match item:
            case "backpack":
                parts += _backpack(joints, figure, size)
            case "shoulder_bag":
                parts += _shoulder_bag(joints, figure, size)
            case "shopping_bag" | "case":
                parts += _in_hand(joints, figure, size, hard=item == "case")
            case "umbrella":
                parts += _umbrella(joints, figure, size)
            case "phone":
                parts.append((_placed(box((0.012, 0.072, 0.15), bevel_m=0.004), _palm(joints, figure, 1, 0.8),
                                      joints.forearm_turn[1]), "phone"))  # fmt: skip
            case "board":
                parts += _board(joints, figure, size)
            case "stick":
                grip = _palm(joints, figure, 1, 0.55)
                foot = np.array([grip[0] + 0.10, grip[1] - 0.04, 0.008])
                parts.append((tube([foot, grip + np.array([0.0, 0.0, 0.02]), grip + np.array([-0.07, 0.0, 0.035])],
                                   0.011, 8), "wood"))  # fmt: skip
    return parts


def _placed(shape: Shape, at: np.ndarray, turn: np.ndarray) -> Shape:
    return Shape(vertices=at + shape.vertices @ turn.T, faces=shape.faces, uv=shape.uv, crease_deg=shape.crease_deg)


def _palm(joints: Joints, figure: Figure, k: int, share: float) -> np.ndarray:
    """Return a place in the left (0) or right (1) palm, a share of the hand's length from the wrist."""
    inward = -0.10 * (1.0 - 2.0 * k)
    return joints.wrist[k] + figure.hand_m * joints.forearm_turn[k] @ np.array([0.0, inward, -share])


def _rounded(deep: float, wide: float, high: float, bulge: float) -> Shape:
    """Return a soft box, its widest part low down."""
    angle = np.arange(20) * (2 * math.pi / 20)
    c, s = (np.sign(f(angle)) * np.abs(f(angle)) ** 0.55 for f in (np.cos, np.sin))
    rows = [(0.0, 0.7), (0.05, 0.95), (0.3, 1.0 + bulge), (0.6, 1.0), (0.85, 0.9), (0.97, 0.7), (1.0, 0.4)]
    rings = [np.stack([deep / 2 * k * c, wide / 2 * k * s, np.full(20, (z - 0.5) * high)], axis=1) for z, k in rows]
    return loft(np.stack(rings), crease_deg=50.0)


def _backpack(joints: Joints, figure: Figure, size: float) -> list[Part]:
    h, turn = figure.height_m, joints.chest_turn
    deep, wide, high = (0.085 + 0.045 * size) * h, (0.15 + 0.03 * size) * h, (0.22 + 0.07 * size) * h
    back = np.array([-0.064 * h - deep / 2, 0.0, 0.55 * figure.chest_m])
    parts: list[Part] = [(_placed(_rounded(deep, wide, high, 0.08), joints.chest + turn @ back, turn), "bag")]
    pocket = back + np.array([-deep * 0.48, 0.0, -high * 0.18])
    parts.append(
        (_placed(_rounded(deep * 0.4, wide * 0.75, high * 0.45, 0.1), joints.chest + turn @ pocket, turn), "bag")
    )
    for sign in (1.0, -1.0):
        line = [(-0.066, 0.048, 0.150), (-0.010, 0.058, 0.190), (0.050, 0.064, 0.150), (0.072, 0.066, 0.085),
                (0.050, 0.082, 0.030), (-0.030, 0.092, 0.015)]  # fmt: skip
        path = np.array([(x * h, sign * y * h, z * h * figure.chest_m / (0.205 * h)) for x, y, z in line])
        parts.append((tube(joints.chest + path @ turn.T, 0.011 * h, 6), "strap"))
    return parts


def _shoulder_bag(joints: Joints, figure: Figure, size: float) -> list[Part]:
    h, turn = figure.height_m, joints.pelvis_turn
    deep, wide, high = 0.10, 0.28 + 0.10 * size, 0.20 + 0.10 * size
    side = joints.pelvis + turn @ np.array([-0.01, 0.118 * h + deep / 2, -0.01 * h])
    across = turn @ np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    bag = _placed(_rounded(deep, wide, high, 0.1), side, across)
    top = joints.chest + joints.chest_turn @ np.array([0.0, -0.045 * h, figure.shoulder_m + 0.032 * h])
    parts: list[Part] = [(bag, "bag")]
    for x, sign in ((0.086 * h, 1.0), (-0.088 * h, -1.0)):
        middle = joints.chest + joints.chest_turn @ np.array([x, 0.02 * h, 0.06 * h])
        low = side + turn @ np.array([sign * wide * 0.35, -0.02, high * 0.42])
        parts.append((tube([top, (top + middle) / 2 + joints.chest_turn @ np.array([x * 0.5, 0.0, 0.01]), middle, low],
                           0.009 * h, 6), "strap"))  # fmt: skip
    return parts


def _in_hand(joints: Joints, figure: Figure, size: float, *, hard: bool) -> list[Part]:
    """Return a bag or a case that hangs from the left hand."""
    grip = _palm(joints, figure, 0, 0.62)
    deep, wide, high = (0.11, 0.40, 0.30) if hard else (0.15 + 0.06 * size, 0.30 + 0.08 * size, 0.32 + 0.08 * size)
    hang = min(0.11, max(0.04, float(grip[2]) - high - 0.05))
    middle = grip - np.array([0.0, 0.0, hang + high / 2])
    turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    body = box((deep, wide, high), bevel_m=0.02) if hard else _rounded(deep, wide, high, 0.12)
    loop = [middle + np.array([-0.09, 0.0, high / 2 - 0.01]), grip + np.array([-0.04, 0.0, -0.01]), grip,
            grip + np.array([0.04, 0.0, -0.01]), middle + np.array([0.09, 0.0, high / 2 - 0.01])]  # fmt: skip
    return [(_placed(body, middle, turn), "bag"), (tube(loop, 0.009, 6), "strap")]


def _umbrella(joints: Joints, figure: Figure, size: float) -> list[Part]:
    grip = _palm(joints, figure, 1, 0.55)
    top = np.array([grip[0] - 0.02, grip[1] * 0.6, float(joints.head[2]) + 0.62 * figure.head_m + 0.22])
    wide = 0.46 + 0.12 * size
    dome = [(wide * s, -0.30 * wide * s * s) for s in (1.0, 0.85, 0.65, 0.4, 0.15, 0.0)]
    inside = [(r * 0.985, z - 0.012) for r, z in dome[::-1]]
    canopy = revolve([*inside, *dome], 8, 20.0).moved(*top)
    return [
        (canopy, "umbrella"),
        (tube([grip - (top - grip) * 0.12, grip, top + (top - grip) * 0.08], 0.008, 8), "metal"),
    ]


def _board(joints: Joints, figure: Figure, size: float) -> list[Part]:
    """Return a board carried upright under the left arm, its upper edge below the shoulder."""
    high, long = 0.5 + 0.35 * size, 0.8 + 0.9 * size
    grip = _palm(joints, figure, 0, 0.6)
    middle = np.array([grip[0] + 0.08, grip[1] + 0.03, max(float(grip[2]) + 0.06, 0.06) + high / 2 - 0.06])
    return [(box((long, 0.022, high), (float(middle[0]), float(middle[1]), float(middle[2]))), "board")]
