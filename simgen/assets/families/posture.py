"""Postures of people: joint angles, and where they put the joints."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Posture:
    """Joint angles in degrees, each turning its limb forward; a knee bends backward, an elbow forward.

    Attributes:
        hip_deg, knee_deg, shoulder_deg, elbow_deg: (left, right).
        lean_deg: of the trunk, forward.
        spread_deg: of the arms, away from the body.
    """

    hip_deg: tuple[float, float] = (2.0, -2.0)
    knee_deg: tuple[float, float] = (3.0, 3.0)
    shoulder_deg: tuple[float, float] = (2.0, -3.0)
    elbow_deg: tuple[float, float] = (10.0, 12.0)
    lean_deg: float = 0.0
    spread_deg: float = 7.0


UPRIGHT = Posture()
"""Standing at ease."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Joints:
    """Where the joints are, (3,) metres each, x forward, the hips' middle above the origin; pairs: (left, right)."""

    head: np.ndarray
    neck: np.ndarray
    pelvis: np.ndarray
    shoulder: tuple[np.ndarray, np.ndarray]
    elbow: tuple[np.ndarray, np.ndarray]
    wrist: tuple[np.ndarray, np.ndarray]
    hip: tuple[np.ndarray, np.ndarray]
    knee: tuple[np.ndarray, np.ndarray]
    ankle: tuple[np.ndarray, np.ndarray]


def pose_joints(height_m: float, posture: Posture) -> Joints:
    """Return the joints of a body of ``height_m``; segment lengths after Drillis and Contini 1966."""
    h = height_m
    pelvis = np.array([0.0, 0.0, 0.53 * h])
    up = _swing(-posture.lean_deg) * -1.0
    neck = pelvis + up * 0.335 * h
    sides = []
    for k, sign in enumerate((1.0, -1.0)):
        hip = pelvis + np.array([0.0, sign * 0.052 * h, -0.005 * h])
        knee = hip + _swing(posture.hip_deg[k]) * 0.243 * h
        ankle = knee + _swing(posture.hip_deg[k] - posture.knee_deg[k]) * 0.243 * h
        shoulder = pelvis + up * 0.272 * h + np.array([0.0, sign * 0.101 * h, 0.0])
        out = np.array([0.0, sign * math.sin(math.radians(posture.spread_deg)), 0.0])
        elbow = shoulder + (_swing(posture.shoulder_deg[k]) + out) * 0.178 * h
        wrist = elbow + (_swing(posture.shoulder_deg[k] + posture.elbow_deg[k]) + 0.4 * out) * 0.146 * h
        sides.append((shoulder, elbow, wrist, hip, knee, ankle))
    left, right = sides
    pairs = [(a, b) for a, b in zip(left, right, strict=True)]
    return Joints(
        head=neck + np.array([0.012 * h, 0.0, 0.068 * h]),
        neck=neck,
        pelvis=pelvis,
        shoulder=pairs[0],
        elbow=pairs[1],
        wrist=pairs[2],
        hip=pairs[3],
        knee=pairs[4],
        ankle=pairs[5],
    )


def walking_posture(phase: float, stride: float = 1.0) -> Posture:
    """Return the posture at ``phase`` (0 to 1) of a gait cycle that starts as the left heel strikes.

    Sagittal hip and knee curves follow normal adult gait (Winter 2009): hips 26 degrees forward to 12 back,
    knees with a small wave in stance and about 55 degrees in swing; arms swing against the legs.
    """

    def hip(p: float) -> float:
        return stride * (7.0 + 19.0 * math.cos(2 * math.pi * p))

    def knee(p: float) -> float:
        p %= 1.0
        swing = math.exp(-(((p - 0.72) / 0.105) ** 2))
        return 5.0 + stride * (48.0 * swing + 11.0 * math.exp(-(((p - 0.14) / 0.08) ** 2)))

    left, right = phase, phase + 0.5
    arm = 22.0 * stride
    return Posture(
        hip_deg=(hip(left), hip(right)),
        knee_deg=(knee(left), knee(right)),
        shoulder_deg=(-2.0 + arm * math.cos(2 * math.pi * right), -2.0 + arm * math.cos(2 * math.pi * left)),
        elbow_deg=(22.0 + 8.0 * math.cos(2 * math.pi * right), 22.0 + 8.0 * math.cos(2 * math.pi * left)),
        lean_deg=3.0,
        spread_deg=6.0,
    )


def draw_walk(rng: np.random.Generator) -> Posture:
    """Draw a phase and a length of step."""
    return walking_posture(float(rng.random()), float(rng.uniform(0.75, 1.15)))


def draw_stand(rng: np.random.Generator) -> Posture:
    """Draw a way of standing."""
    left, right = (float(v) for v in rng.uniform(-8.0, 10.0, 2))
    elbows = [float(v) for v in rng.uniform(8.0, 22.0, 2)]
    if rng.random() < 0.3:
        # One hand up, as with a telephone.
        right, elbows[1] = float(rng.uniform(15.0, 35.0)), float(rng.uniform(100.0, 125.0))
    split = float(rng.uniform(-5.0, 5.0))
    bend = (float(rng.uniform(2.0, 5.0)), float(rng.uniform(2.0, 9.0)))
    return Posture(
        hip_deg=(split + bend[0], -split + bend[1] * 0.6),
        knee_deg=bend,
        shoulder_deg=(left, right),
        elbow_deg=(elbows[0], elbows[1]),
        lean_deg=float(rng.uniform(-1.0, 3.0)),
        spread_deg=float(rng.uniform(6.0, 10.0)),
    )


def _swing(angle_deg: float) -> np.ndarray:
    """Return the direction of a hanging limb swung forward by ``angle_deg``."""
    a = math.radians(angle_deg)
    return np.array([math.sin(a), 0.0, -math.cos(a)])
