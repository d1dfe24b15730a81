"""Postures of people: joint angles, and where they put the joints and the bones' axes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from simgen.assets.families.figure import Figure

Pair = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Posture:
    """Joint angles in degrees, each turning its limb forward; a knee bends backward, an elbow forward.

    Attributes:
        hip_deg, knee_deg, shoulder_deg, elbow_deg: (left, right).
        hip_out_deg: of the thighs, away from each other.
        spread_deg: of the arms, away from the body.
        reach_deg: of the forearms about the upper arms' axes, towards each other.
        foot_deg: how far the toes point up from the level that the body stands on; None for what the shins ask for:
            flat while they are near upright, toes up before a heel strikes, heel up as the leg is left behind.
        lean_deg: of the trunk, forward.
        twist_deg: of the shoulders over the hips, to the left.
        nod_deg: of the head, forward.
        look_deg: of the head, to the left.
        pitch_deg: of the whole body about the hips, forward; 90 lies on the belly, -90 on the back.
        curl: of the fingers, 0 stretched to 1 a fist.
    """

    hip_deg: Pair = (2.0, -2.0)
    knee_deg: Pair = (3.0, 3.0)
    shoulder_deg: Pair = (2.0, -3.0)
    elbow_deg: Pair = (10.0, 12.0)
    hip_out_deg: Pair = (1.5, 1.5)
    spread_deg: float = 7.0
    reach_deg: Pair = (14.0, 14.0)
    foot_deg: Pair | None = None
    lean_deg: float = 0.0
    twist_deg: float = 0.0
    nod_deg: float = 0.0
    look_deg: float = 0.0
    pitch_deg: float = 0.0
    curl: float = 0.35


UPRIGHT = Posture()
"""Standing at ease."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Joints:
    """Where the joints are, (3,) metres each, x forward, the hips' middle above the origin; pairs: (left, right).

    Turns are (3, 3) matrices whose columns are a bone's forward, left and up (along it, to the nearer joint).
    """

    head: np.ndarray
    neck: np.ndarray
    chest: np.ndarray
    pelvis: np.ndarray
    shoulder: tuple[np.ndarray, np.ndarray]
    elbow: tuple[np.ndarray, np.ndarray]
    wrist: tuple[np.ndarray, np.ndarray]
    hip: tuple[np.ndarray, np.ndarray]
    knee: tuple[np.ndarray, np.ndarray]
    ankle: tuple[np.ndarray, np.ndarray]
    pelvis_turn: np.ndarray
    chest_turn: np.ndarray
    head_turn: np.ndarray
    arm_turn: tuple[np.ndarray, np.ndarray]
    forearm_turn: tuple[np.ndarray, np.ndarray]
    thigh_turn: tuple[np.ndarray, np.ndarray]
    shin_turn: tuple[np.ndarray, np.ndarray]
    foot_turn: tuple[np.ndarray, np.ndarray]


def pose_joints(figure: Figure, posture: Posture) -> Joints:
    """Return the joints of a body."""
    pelvis_turn = _pitch(posture.pitch_deg)
    pelvis = np.array([0.0, 0.0, figure.hip_height_m])
    # A back bends all along: the hips follow a third of the lean.
    waist_turn = pelvis_turn @ _pitch(0.5 * posture.lean_deg)
    chest_turn = pelvis_turn @ _pitch(posture.lean_deg) @ _yaw(posture.twist_deg)
    chest = pelvis + waist_turn[:, 2] * figure.waist_m
    neck = chest + chest_turn[:, 2] * figure.chest_m
    bowed = posture.nod_deg + 0.3 * (figure.stoop_deg - 12.0) - 0.8 * posture.lean_deg
    head_turn = chest_turn @ _yaw(posture.look_deg) @ _pitch(bowed)
    neck_turn = chest_turn @ _pitch(figure.stoop_deg)
    head = neck + neck_turn[:, 2] * figure.neck_m + head_turn @ np.array([0.10, 0.0, 0.42]) * figure.head_m
    down = np.array([0.0, 0.0, -1.0])
    sides = []
    for k, sign in enumerate((1.0, -1.0)):
        thigh = pelvis_turn @ _roll(sign * posture.hip_out_deg[k]) @ _pitch(-posture.hip_deg[k]) @ _yaw(sign * 5.0)
        shin = thigh @ _pitch(posture.knee_deg[k])
        hip = pelvis + pelvis_turn @ np.array([0.0, sign * figure.hip_half_m, -0.02 * figure.thigh_m])
        knee = hip + thigh @ down * figure.thigh_m
        ankle = knee + shin @ down * figure.shin_m
        toes_up = _foot_rule(posture.hip_deg[k] - posture.knee_deg[k]) if posture.foot_deg is None else (
            posture.foot_deg[k]
        )  # fmt: skip
        foot = pelvis_turn @ _yaw(sign * 6.0) @ _pitch(-toes_up)
        shoulder = chest + chest_turn @ np.array([0.0, sign * figure.shoulder_half_m, figure.shoulder_m])
        arm = chest_turn @ _roll(sign * posture.spread_deg) @ _pitch(-posture.shoulder_deg[k])
        arm = arm @ _yaw(-sign * posture.reach_deg[k])
        forearm = arm @ _pitch(-posture.elbow_deg[k])
        elbow = shoulder + arm @ down * figure.arm_m
        wrist = elbow + forearm @ down * figure.forearm_m
        sides.append((shoulder, elbow, wrist, hip, knee, ankle, arm, forearm, thigh, shin, foot))
    names = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    turns = ("arm_turn", "forearm_turn", "thigh_turn", "shin_turn", "foot_turn")
    pairs = {n: (a, b) for n, a, b in zip((*names, *turns), *sides, strict=True)}
    return Joints(
        head=head, neck=neck, chest=chest, pelvis=pelvis,
        pelvis_turn=pelvis_turn, chest_turn=chest_turn, head_turn=head_turn, **pairs,
    )  # fmt: skip


def walking_posture(phase: float, stride: float = 1.0) -> Posture:
    """Return the posture at ``phase`` (0 to 1) of a gait cycle that starts as the left heel strikes.

    Sagittal hip and knee curves follow normal adult gait (Winter 2009): hips 26 degrees forward to 12 back,
    knees with a small wave in stance and about 55 degrees in swing; arms swing against the legs, 9 degrees off the
    trunk (an estimate).
    """

    def hip(p: float) -> float:
        return stride * (7.0 + 19.0 * math.cos(2 * math.pi * p))

    def knee(p: float) -> float:
        p %= 1.0
        swing = math.exp(-(((p - 0.72) / 0.105) ** 2))
        return 5.0 + stride * (48.0 * swing + 11.0 * math.exp(-(((p - 0.14) / 0.08) ** 2)))

    left, right = phase, phase + 0.5
    arm, sway = 22.0 * stride, math.cos(2 * math.pi * phase)
    return Posture(
        hip_deg=(hip(left), hip(right)),
        knee_deg=(knee(left), knee(right)),
        shoulder_deg=(-2.0 - arm * sway, -2.0 + arm * sway),
        elbow_deg=(22.0 - 8.0 * sway, 22.0 + 8.0 * sway),
        hip_out_deg=(0.5, 0.5),
        lean_deg=3.0,
        twist_deg=5.0 * stride * sway,
        look_deg=-5.0 * stride * sway,
        spread_deg=9.0,
    )


def with_raised_feet(posture: Posture, lift: Pair) -> Posture:
    """Return a posture whose ankles are higher by shares of the legs' length; hips and the feet's turn stay.

    Thigh and shin are as long as each other: an ankle at a distance of d leg lengths from the hip bends the knee by
    2 acos(d), and the thigh goes forward by half of that. A leg too short for what is asked stays straight.
    """
    hips, knees, feet = [], [], []
    for k in range(2):
        hip, shin = (math.radians(a) for a in (posture.hip_deg[k], posture.hip_deg[k] - posture.knee_deg[k]))
        forward = (math.sin(hip) + math.sin(shin)) / 2
        down = (math.cos(hip) + math.cos(shin)) / 2 - lift[k]
        bend = math.acos(min(math.hypot(forward, down), 1.0))
        hips.append(math.degrees(math.atan2(forward, down) + bend))
        knees.append(math.degrees(2.0 * bend))
        feet.append(_foot_rule(math.degrees(shin)) if posture.foot_deg is None else posture.foot_deg[k])
    return replace(
        posture, hip_deg=(hips[0], hips[1]), knee_deg=(knees[0], knees[1]), foot_deg=(feet[0], feet[1])
    )  # fmt: skip


def running_posture(phase: float, pace: float = 1.0) -> Posture:
    """Return the posture at ``phase`` (0 to 1) of a runner's cycle that starts as the left foot lands.

    Sagittal curves follow running at 3 to 4 m/s (Novacheck 1998): hips about 45 degrees forward to 10 back, knees to
    95 degrees in swing and 40 in stance, elbows held bent.
    """

    def hip(p: float) -> float:
        return pace * (16.0 + 29.0 * math.cos(2 * math.pi * (p + 0.08)))

    def knee(p: float) -> float:
        p %= 1.0
        stance = math.exp(-(((p - 0.15) / 0.10) ** 2))
        return 15.0 + pace * (82.0 * math.exp(-(((p - 0.66) / 0.15) ** 2)) + 24.0 * stance)

    left, right, sway = phase, phase + 0.5, math.cos(2 * math.pi * (phase + 0.08))
    arm = 36.0 * pace
    return Posture(
        hip_deg=(hip(left), hip(right)),
        knee_deg=(knee(left), knee(right)),
        shoulder_deg=(-8.0 - arm * sway, -8.0 + arm * sway),
        elbow_deg=(88.0 - 12.0 * sway, 88.0 + 12.0 * sway),
        hip_out_deg=(0.0, 0.0),
        reach_deg=(24.0, 24.0),
        lean_deg=9.0,
        twist_deg=9.0 * sway,
        look_deg=-9.0 * sway,
        spread_deg=10.0,
        curl=0.8,
    )


def sitting_posture(rng: np.random.Generator) -> Posture:
    """Draw a way of sitting on a chair, thighs nearly level."""
    thigh, out = float(rng.uniform(80.0, 92.0)), float(rng.uniform(2.0, 9.0))
    knees = (float(rng.uniform(75.0, 100.0)), float(rng.uniform(75.0, 100.0)))
    arm = float(rng.uniform(18.0, 40.0))
    return Posture(
        hip_deg=(thigh, thigh), knee_deg=knees, hip_out_deg=(out, out), foot_deg=(0.0, 0.0),
        shoulder_deg=(arm, arm + float(rng.uniform(-5.0, 5.0))), elbow_deg=(55.0, float(rng.uniform(45.0, 75.0))),
        reach_deg=(20.0, 20.0), spread_deg=8.0, lean_deg=float(rng.uniform(-8.0, 8.0)),
        nod_deg=float(rng.uniform(-5.0, 18.0)),
    )  # fmt: skip


def crouching_posture(rng: np.random.Generator) -> Posture:
    """Draw a way of squatting, heels down or nearly."""
    thigh, out = float(rng.uniform(108.0, 122.0)), float(rng.uniform(8.0, 16.0))
    return Posture(
        hip_deg=(thigh, thigh - 12.0), knee_deg=(132.0, 138.0), hip_out_deg=(out, out), foot_deg=(0.0, -18.0),
        shoulder_deg=(58.0, 66.0), elbow_deg=(28.0, float(rng.uniform(20.0, 60.0))), reach_deg=(20.0, 20.0),
        lean_deg=float(rng.uniform(24.0, 38.0)), nod_deg=float(rng.uniform(0.0, 20.0)),
    )  # fmt: skip


def riding_posture(phase: float, lean_deg: float = 22.0) -> Posture:
    """Return the posture of a cyclist whose left pedal is at ``phase`` of its turn, 0 at the top, forward first.

    Hips swing 30 to 75 degrees forward, knees 40 to 110 (Ericson et al. 1988).
    """
    left, right = (2 * math.pi * (phase + half) for half in (0.0, 0.5))
    hips = tuple(52.0 + 20.0 * math.cos(a) + lean_deg * 0.2 for a in (left, right))
    knees = tuple(72.0 + 34.0 * math.cos(a + 0.35) for a in (left, right))
    arm = 74.0 - 0.35 * lean_deg
    return Posture(
        hip_deg=(hips[0], hips[1]), knee_deg=(knees[0], knees[1]), hip_out_deg=(1.0, 1.0), foot_deg=(-6.0, -6.0),
        shoulder_deg=(arm, arm), elbow_deg=(14.0, 14.0), reach_deg=(4.0, 4.0), spread_deg=5.0,
        lean_deg=lean_deg, curl=0.85,
    )  # fmt: skip


def scooting_posture() -> Posture:
    """Return the posture of a rider who stands on a kick scooter, hands on its bar."""
    return Posture(
        hip_deg=(14.0, -4.0), knee_deg=(12.0, 8.0), foot_deg=(0.0, 0.0), shoulder_deg=(34.0, 34.0),
        elbow_deg=(52.0, 52.0), reach_deg=(8.0, 8.0), spread_deg=9.0, lean_deg=5.0, curl=0.85,
    )  # fmt: skip


def pushing_posture(phase: float, stride: float = 0.8) -> Posture:
    """Return the posture of one who walks, see `walking_posture`, with both hands on a bar 1 m above the ground."""
    return replace(
        walking_posture(phase, stride), shoulder_deg=(30.0, 30.0), elbow_deg=(48.0, 48.0), reach_deg=(2.0, 2.0),
        lean_deg=9.0, twist_deg=0.0, look_deg=0.0, spread_deg=4.0, curl=0.85,
    )  # fmt: skip


def lying_posture(rng: np.random.Generator) -> Posture:
    """Draw a way of lying on the back or on the belly."""
    on_back = bool(rng.random() < 0.6)
    bent = float(rng.uniform(0.0, 45.0))
    return Posture(
        pitch_deg=-90.0 if on_back else 90.0,
        hip_deg=(bent if on_back else 0.0, float(rng.uniform(0.0, 6.0))),
        knee_deg=(1.9 * bent if on_back else float(rng.uniform(0.0, 12.0)), 4.0),
        hip_out_deg=(float(rng.uniform(2.0, 14.0)), float(rng.uniform(2.0, 18.0))),
        foot_deg=(-10.0, -16.0) if on_back else (-70.0, -74.0),
        shoulder_deg=(0.0, 4.0), elbow_deg=(6.0, float(rng.uniform(4.0, 30.0)) if on_back else 6.0),
        spread_deg=float(rng.uniform(14.0, 60.0)), reach_deg=(30.0, 30.0) if on_back else (-20.0, -20.0),
        look_deg=float(rng.uniform(-30.0, 30.0)) if on_back else 70.0,
    )  # fmt: skip


def draw_walk(rng: np.random.Generator) -> Posture:
    """Draw a phase and a length of step."""
    return walking_posture(float(rng.random()), float(rng.uniform(0.75, 1.15)))


def draw_stand(rng: np.random.Generator) -> Posture:
    """Draw a way of standing."""
    left, right = (float(v) for v in rng.uniform(-8.0, 10.0, 2))
    elbows = [float(v) for v in rng.uniform(8.0, 22.0, 2)]
    reach = [14.0, 14.0]
    habit = float(rng.random())
    if habit < 0.18:  # One hand up, as with a telephone before the eyes or at the ear.
        right, elbows[1], reach[1] = float(rng.uniform(18.0, 34.0)), float(rng.uniform(95.0, 125.0)), 22.0
    elif habit < 0.30:  # Hands held before the body.
        left = right = float(rng.uniform(12.0, 22.0))
        elbows, reach = [62.0, 66.0], [58.0, 56.0]
    split = float(rng.uniform(-5.0, 5.0))
    bend = (float(rng.uniform(2.0, 5.0)), float(rng.uniform(2.0, 9.0)))
    return Posture(
        hip_deg=(split + bend[0], -split + bend[1] * 0.6),
        knee_deg=bend,
        shoulder_deg=(left, right),
        elbow_deg=(elbows[0], elbows[1]),
        hip_out_deg=(float(rng.uniform(1.0, 5.0)), float(rng.uniform(1.0, 5.0))),
        reach_deg=(reach[0], reach[1]),
        lean_deg=float(rng.uniform(-1.0, 3.0)),
        twist_deg=float(rng.uniform(-6.0, 6.0)),
        nod_deg=float(rng.uniform(-4.0, 14.0)),
        look_deg=float(rng.uniform(-35.0, 35.0)),
        spread_deg=float(rng.uniform(6.0, 10.0)),
    )


def _foot_rule(shin_deg: float) -> float:
    """Return how far the toes point up for a shin swung forward by ``shin_deg``."""
    if shin_deg > 8.0:
        return min(shin_deg, 18.0) - 8.0
    return max(shin_deg + 10.0, -45.0) if shin_deg < -10.0 else 0.0


def _pitch(angle_deg: float) -> np.ndarray:
    """Return the turn about the left axis that lowers what is ahead and takes what is above forward."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def _roll(angle_deg: float) -> np.ndarray:
    """Return the turn about the forward axis that takes what hangs down to the left."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _yaw(angle_deg: float) -> np.ndarray:
    """Return the turn about the upward axis, to the left."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
