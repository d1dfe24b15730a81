"""Arms, hands, legs and shoes of people."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.posture import Joints, Posture
from simgen.assets.families.shapes import Part, Shape, hull, tube


def _along(a: np.ndarray, b: np.ndarray, *shares: float) -> list[np.ndarray]:
    return [a + (b - a) * t for t in shares]


def arm_parts(joints: Joints, h: float, girth: float, sleeves: str) -> list[Part]:
    """Return arms with sleeves, and hands."""
    parts: list[Part] = []
    g = 0.5 + 0.5 * girth
    for k, sign in enumerate((1.0, -1.0)):
        shoulder, elbow, wrist = joints.shoulder[k], joints.elbow[k], joints.wrist[k]
        inner = shoulder + np.array([0.0, -sign * 0.020 * h, 0.004 * h])
        upper = [inner, *_along(shoulder, elbow, 0.06, 0.3, 0.62)]
        lower = [*_along(shoulder, elbow, 0.92), *_along(elbow, wrist, 0.08, 0.35, 0.7, 1.0)]
        wide = np.array([0.022, 0.0300, 0.0305, 0.0285]) * h * g
        if sleeves == "long":
            parts.append(
                (
                    tube([*upper, *lower], [*wide, *(np.array([0.0262, 0.0262, 0.0256, 0.0222, 0.0195]) * h * g)], 12),
                    "top",
                )
            )
        else:
            parts.append((tube(upper, wide, 12), "top"))
            arm = [*_along(shoulder, elbow, 0.4), *lower]
            parts.append((tube(arm, np.array([0.0255, 0.0228, 0.0235, 0.0228, 0.0180, 0.0148]) * h * g, 12), "skin"))
        parts += _hand(elbow, wrist, sign, h)
    return parts


def _hand(elbow: np.ndarray, wrist: np.ndarray, sign: float, h: float) -> list[Part]:
    """Return a relaxed hand with its thumb forward."""
    way = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    curl = way + np.array([0.12, -sign * 0.25, 0.0])
    curl /= np.linalg.norm(curl)
    forward = np.cross(way, np.array([0.0, 1.0, 0.0]))
    forward = forward * (1.0 if forward[0] >= 0 else -1.0)
    palm = [
        wrist - way * 0.012 * h,
        wrist + way * 0.02 * h,
        wrist + way * 0.05 * h,
        wrist + way * 0.055 * h + curl * 0.028 * h,
        wrist + way * 0.055 * h + curl * 0.045 * h,
    ]
    hand = tube(palm, np.array([0.0135, 0.019, 0.0205, 0.016, 0.008]) * h, 10)
    # A palm is about half as thick as wide: squeeze it across the body.
    v = hand.vertices.copy()
    v[:, 1] = wrist[1] + (v[:, 1] - wrist[1]) * 0.62
    thumb = tube(
        [
            wrist + way * 0.015 * h,
            wrist + way * 0.035 * h + forward * 0.022 * h,
            wrist + way * 0.058 * h + forward * 0.024 * h,
        ],
        np.array([0.009, 0.0085, 0.005]) * h,
        8,
    )
    return [(Shape(vertices=v, faces=hand.faces, crease_deg=70.0), "skin"), (thumb, "skin")]


def leg_parts(joints: Joints, h: float, girth: float, legs: str, posture: Posture) -> list[Part]:
    """Return legs and shoes."""
    parts: list[Part] = []
    g = 0.5 + 0.5 * girth
    for k in range(2):
        hip, knee, ankle = joints.hip[k], joints.knee[k], joints.ankle[k]
        thigh = [hip + np.array([0.0, 0.0, 0.012 * h]), *_along(hip, knee, 0.12, 0.4, 0.72, 0.94)]
        shin = _along(knee, ankle, 0.06, 0.3, 0.6, 0.86, 1.0)
        thick = np.array([0.046, 0.054, 0.049, 0.0405, 0.0355]) * h * g
        if legs == "trousers":
            parts.append(
                (
                    tube([*thigh, *shin], [*thick, *(np.array([0.0355, 0.0360, 0.0325, 0.0305, 0.0315]) * h * g)], 14),
                    "trousers",
                )
            )
        else:
            bare = np.array([0.034, 0.0305, 0.0298, 0.0330, 0.0255, 0.0190, 0.0195]) * h * g
            parts.append((tube([*_along(hip, knee, 0.6, 0.9), *shin], bare, 14), "skin"))
            if legs == "shorts":
                parts.append((tube(thigh[:4] + _along(hip, knee, 0.8), [*thick[:4], 0.0435 * h * g], 14), "trousers"))
        parts += _shoe(ankle, posture.hip_deg[k] - posture.knee_deg[k], h)
    return parts


def _shoe(ankle: np.ndarray, shin_deg: float, h: float) -> list[Part]:
    """Return a shoe under an ankle; it tips with the shin where that swings far from upright."""
    outline = np.array(
        [(-0.036, 0.0), (-0.030, 0.019), (0.0, 0.021), (0.05, 0.026), (0.085, 0.024), (0.108, 0.012), (0.113, 0.0)]
    )
    outline = np.concatenate([outline, outline[1:-1][::-1] * np.array([1.0, -1.0])])
    rise = np.interp(outline[:, 0], [-0.036, 0.0, 0.05, 0.113], [0.042, 0.05, 0.034, 0.017])
    sole = np.concatenate([np.c_[outline * 1.04, np.full(len(outline), z)] for z in (-0.039, -0.030)])
    upper = np.concatenate(
        [np.c_[outline, np.full(len(outline), -0.031)], np.c_[outline * np.array([0.93, 0.62]), rise - 0.039 + 0.008]]
    )
    turn = math.radians(np.clip(shin_deg, -38.0, 16.0) * (0.85 if shin_deg < 0 else 1.0)) * (abs(shin_deg) > 8.0)
    c, s = math.cos(turn), math.sin(turn)
    tip = np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])
    return [
        (hull(ankle + h * points @ tip.T, crease), material)
        for points, crease, material in ((sole, 30.0, "sole"), (upper, 75.0, "shoes"))
    ]
