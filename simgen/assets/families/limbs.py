"""Arms, hands, legs and shoes of people, bare and clothed."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.clothes import Clothes
from simgen.assets.families.figure import Figure
from simgen.assets.families.flesh import Chain, Rows, chain, cover, spread
from simgen.assets.families.posture import Joints
from simgen.assets.families.shapes import Part, Shape, loft, tube

_ARM: Rows = (
    (0.0, 0.022, 0.028, 0.012), (0.6, 0.029, 0.033, 0.019), (1.0, 0.031, 0.033, 0.0245), (1.25, 0.0305, 0.0305, 0.0255),
    (1.5, 0.0285, 0.0275, 0.0245), (1.8, 0.0245, 0.024, 0.022), (2.0, 0.0235, 0.024, 0.0215),
    (2.2, 0.0245, 0.0245, 0.0235), (2.5, 0.0205, 0.0205, 0.0195), (2.8, 0.0165, 0.0165, 0.0145),
    (3.0, 0.0165, 0.0165, 0.0125),
)  # fmt: skip
_LEG: Rows = (
    (0.0, 0.038, 0.044, 0.036), (0.16, 0.053, 0.056, 0.0495), (0.45, 0.050, 0.050, 0.047), (0.75, 0.042, 0.040, 0.039),
    (0.95, 0.037, 0.033, 0.034), (1.05, 0.035, 0.033, 0.033), (1.3, 0.030, 0.039, 0.034), (1.6, 0.024, 0.030, 0.026),
    (1.85, 0.020, 0.022, 0.019), (2.0, 0.021, 0.023, 0.019),
)  # fmt: skip


def arm_chain(joints: Joints, figure: Figure, k: int) -> Chain:
    """Return collar bone, upper arm and forearm of the left (0) or right (1) side."""
    sign = 1.0 - 2.0 * k
    collar = np.array([-0.002, sign * 0.30 * figure.shoulder_half_m, figure.shoulder_m + 0.022 * figure.height_m])
    start = joints.chest + joints.chest_turn @ collar
    inward = start - joints.shoulder[k]
    inward = inward / np.linalg.norm(inward)
    ahead = joints.chest_turn[:, 0] - inward * (inward @ joints.chest_turn[:, 0])
    ahead = ahead / np.linalg.norm(ahead)
    across = np.stack([ahead, np.cross(inward, ahead), inward], axis=1)
    points = [start, joints.shoulder[k], joints.elbow[k], joints.wrist[k]]
    return chain(points, [across, joints.arm_turn[k], joints.forearm_turn[k]], 0.26)


def arm_parts(joints: Joints, figure: Figure, clothes: Clothes, curl: float) -> list[Part]:
    """Return arms with sleeves, and hands."""
    h = figure.height_m
    parts: list[Part] = []
    for k in range(2):
        bones, girth = arm_chain(joints, figure, k), h * figure.limb
        phase = clothes.phase + 2.1 * k
        if clothes.sleeve < 2.9:
            bare = [p for p in spread(0.9, 2.98, 13) if p > clothes.sleeve - 0.2]
            parts.append((cover(bones, _ARM, bare, scale=girth, segments=12), "skin"))
        rows = [
            p
            for p in (0.0, 0.4, 0.72, 0.84, 0.96, 1.08, 1.22, 1.4, 1.6, 1.74, 1.87, 2.0, 2.13, 2.26, 2.45, 2.7, 2.88)
            if p < clothes.sleeve - 0.06
        ] + [clothes.sleeve]
        sleeve = cover(bones, _ARM, rows, scale=girth, loose_m=clothes.loose * 0.9 * h, folds=clothes.folds,
                       phase=phase, segments=14)  # fmt: skip
        parts.append((sleeve, "top" if clothes.sleeve > 1.0 else "skin"))
        if clothes.bands and clothes.sleeve > 2.0:
            band = cover(bones, _ARM, (1.58, 1.68), scale=girth, loose_m=(clothes.loose * 0.9 + 0.0015) * h,
                         segments=14)  # fmt: skip
            parts.append((band, "band"))
        parts += _hand(joints, figure, k, curl)
    return parts


def _hand(joints: Joints, figure: Figure, k: int, curl: float) -> list[Part]:
    """Return a hand, its palm turned inwards and its fingers bent by ``curl``."""
    sign, m = 1.0 - 2.0 * k, figure.hand_m * (0.94 + 0.06 * figure.limb)
    turn, wrist = joints.forearm_turn[k], joints.wrist[k]

    def placed(points: np.ndarray) -> np.ndarray:
        return wrist + m * (points * np.array([1.0, sign, 1.0])) @ turn.T

    # In shares of the hand's length, palm towards -y: (z, front, back, half thickness).
    palm = [
        (0.09, 0.155, 0.155, 0.115),
        (0.0, 0.15, 0.15, 0.11),
        (-0.14, 0.19, 0.17, 0.12),
        (-0.33, 0.215, 0.195, 0.12),
        (-0.47, 0.205, 0.19, 0.095),
        (-0.53, 0.17, 0.16, 0.05),
    ]
    angle = np.arange(10) * (2 * math.pi / 10)
    rings = [np.stack([np.where(np.cos(angle) > 0, a, b) * np.cos(angle), t * np.sin(angle), np.full(10, z)], axis=1)
             for z, a, b, t in palm]  # fmt: skip
    ordered = np.stack([placed(r) for r in rings[::-1]])
    parts: list[Part] = [(loft(ordered if k == 0 else ordered[:, ::-1], crease_deg=80.0), "skin")]
    for x, length, thick in ((0.155, 0.40, 0.049), (0.052, 0.45, 0.051), (-0.052, 0.42, 0.049), (-0.15, 0.33, 0.043)):
        path, place, bend = [np.array([x, 0.0, -0.44])], np.array([x, 0.0, -0.44]), 0.15 + 0.5 * curl
        for share, more in ((0.42, 1.15 * curl + 0.12), (0.33, 1.0 * curl + 0.1), (0.25, 0.0)):
            place = place + share * (length + 0.08) * np.array([0.0, -math.sin(bend), -math.cos(bend)])
            path.append(place)
            bend += more
        parts.append((tube(placed(np.array(path)), np.array([1.0, 0.95, 0.85, 0.6]) * thick * m, 5), "skin"))
    thumb = np.array([[0.10, -0.02, -0.05], [0.235, -0.07, -0.21], [0.25, -0.13 - 0.08 * curl, -0.37],
                      [0.215, -0.17 - 0.16 * curl, -0.49]])  # fmt: skip
    parts.append((tube(placed(thumb), np.array([0.07, 0.068, 0.055, 0.038]) * m, 6), "skin"))
    return parts


def leg_chain(joints: Joints, k: int) -> Chain:
    """Return thigh and shin of the left (0) or right (1) side."""
    points = [joints.hip[k], joints.knee[k], joints.ankle[k]]
    return chain(points, [joints.thigh_turn[k], joints.shin_turn[k]], 0.22)


def leg_parts(joints: Joints, figure: Figure, clothes: Clothes) -> list[Part]:
    """Return legs and shoes."""
    h = figure.height_m
    parts: list[Part] = []
    steps = (0.0, 0.1, 0.25, 0.45, 0.62, 0.78, 0.87, 0.95, 1.03, 1.11, 1.19, 1.32, 1.5, 1.66, 1.8)
    for k in range(2):
        bones, girth, phase = leg_chain(joints, k), h * figure.limb, clothes.phase + 1.3 * k
        if clothes.leg < 1.9:
            bare = [p for p in (*steps, 1.92, 2.02) if p > clothes.leg - 0.3]
            parts.append(
                (cover(bones, _LEG, bare, scale=girth, segments=14), "stocking" if clothes.stockings else "skin")
            )
        if clothes.leg > 0.0:
            flare = [(u, a + f, b + f, w + f) for u, a, b, w in _LEG
                     for f in [clothes.leg_loose + clothes.leg_flare * max(0.0, (u - 0.6) / 1.4)]]  # fmt: skip
            rows = [p for p in steps if p < clothes.leg - 0.05] + [clothes.leg]
            cloth = cover(bones, flare, rows, scale=girth, folds=clothes.folds * 0.8, phase=phase, segments=16)
            parts.append((cloth, "trousers"))
            if clothes.bands and clothes.leg > 1.9:
                for low in (1.35, 1.5):
                    band = cover(bones, flare, (low, low + 0.08), scale=girth, loose_m=0.0015 * h, segments=16)
                    parts.append((band, "band"))
        parts += _shoe(joints, figure, k)
    return parts


def _shoe(joints: Joints, figure: Figure, k: int) -> list[Part]:
    """Return a shoe under an ankle."""
    f, h, ankle = figure.foot_m, figure.height_m, figure.ankle_m
    sole = [(0.0, -0.255, 0.70, 0.0235), (0.004, -0.275, 0.735, 0.0265), (0.013, -0.28, 0.74, 0.0265)]
    upper = [(0.013, -0.272, 0.725, 0.0258), (0.021, -0.27, 0.71, 0.0256), (0.028, -0.262, 0.62, 0.0248),
             (0.035, -0.255, 0.46, 0.0235), (0.044, -0.245, 0.27, 0.0225), (0.058, -0.235, 0.20, 0.0215)]  # fmt: skip
    return [(_outlines(rows, joints.ankle[k], joints.foot_turn[k], f, h, ankle), material)
            for rows, material in ((sole, "sole"), (upper, "shoes"))]  # fmt: skip


def _outlines(
    rows: list[tuple[float, float, float, float]], at: np.ndarray, turn: np.ndarray, f: float, h: float, ankle: float
) -> Shape:
    """Return the skin over level outlines: (height, heel, toe, half width), the second and third in foot lengths."""
    angle = np.arange(18) * (2 * math.pi / 18)
    c, s = np.cos(angle), np.sin(angle)
    rings = []
    for z, heel, toe, wide in rows:
        x = (heel + toe) / 2 + (toe - heel) / 2 * np.sign(c) * np.abs(c) ** 0.8
        y = wide * np.sign(s) * np.abs(s) ** 0.75 * np.interp(x, [-0.28, 0.1, 0.45, 0.74], [0.80, 0.86, 1.0, 0.72])
        rings.append(np.stack([x * f, y * h, np.full(18, z * h - ankle)], axis=1))
    return loft(at + np.stack(rings) @ turn.T, crease_deg=50.0)
