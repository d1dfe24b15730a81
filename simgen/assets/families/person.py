"""People: one body of joints and limbs, posed by angles, in clothes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, ellipsoid, hull, loft, pick, tube
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb

SKINS = ("#f0c8a8", "#e3b08a", "#c98d66", "#a56c48", "#7a4a2f", "#54331f")
HAIRS = ("#1b1512", "#2b1d14", "#4a3020", "#7a5532", "#b08a52", "#8f8d8a", "#5c2a1a")
TOPS = (
    "#22262e",
    "#3b4a63",
    "#6d7278",
    "#b9bcbf",
    "#e4e2dc",
    "#7c2f2c",
    "#2f5240",
    "#8a7a5c",
    "#39303f",
    "#c39a3c",
    "#4d7fa3",
    "#111214",
)
TROUSERS = ("#1c2027", "#27344d", "#3d4f70", "#5c5f63", "#8d8268", "#3b3530", "#111214")
SHOES = ("#141415", "#3a2a20", "#d8d8d6", "#5b5d63", "#6e4a30")
BRIGHT = ("#c8342f", "#2f76b8", "#e0a92c", "#3f9a58", "#d86fa0", "#7a5cc0", "#e4e2dc")


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


def person(
    *,
    name: str = "person",
    height_m: float = 1.75,
    girth: float = 1.0,
    head_scale: float = 1.0,
    posture: Posture = Posture(),
    sleeves: Literal["long", "short"] = "long",
    legs: Literal["trousers", "shorts", "skirt"] = "trousers",
    hair: Literal["short", "long", "cap"] = "short",
    colors: dict[str, str],
) -> Asset:
    """Return a clothed person facing +x.

    Args:
        name: of the asset.
        height_m: standing upright, in shoes.
        girth: breadth and depth, 1 for a slim adult.
        head_scale: the head's size beside an adult's of the same height (children about 1.2).
        posture: the joints' angles.
        sleeves: of the top.
        legs: what the legs are clothed in.
        hair: its cut, or a cap over it.
        colors: ``#rrggbb`` of skin, hair, top, trousers and shoes.
    """
    head_m = height_m * head_scale * 1.05
    joints = pose_joints(height_m, posture)
    parts = [
        *_trunk(joints, height_m, girth, posture.lean_deg),
        *_head(joints, head_m, hair),
        *_arms(joints, height_m, girth, sleeves),
        *_legs(joints, height_m, girth, legs, posture),
    ]
    if legs == "skirt":
        parts.append((_skirt(joints, height_m, girth), "trousers"))
    materials = [
        make_material("skin", "skin", rgb(colors["skin"])),
        make_material("hair", "cloth" if hair == "cap" else "hair", rgb(colors["hair"])),
        make_material("top", "cloth", rgb(colors["top"]), tintable=True),
        make_material("trousers", "cloth", rgb(colors["trousers"]), tintable=True),
        make_material("shoes", "leather", rgb(colors["shoes"])),
        make_material("sole", "rubber", rgb("#2a2a2b")),
        make_material("eyes", "plastic", rgb("#1a1613")),
    ]
    return assemble(name, "person", parts, materials)


Legs = Literal["trousers", "shorts", "skirt"]
Hair = Literal["short", "long", "cap"]
LEGS: tuple[Legs, ...] = ("trousers", "trousers", "trousers", "trousers", "shorts", "skirt")
CHILD_HAIR: tuple[Hair, ...] = ("short", "short", "long", "cap")
ADULT_HAIR: tuple[Hair, ...] = ("short", "short", "long")


def draw_person(rng: np.random.Generator, *, child: bool, walking: bool) -> Asset:
    """Draw a person, standing or in some phase of a step."""
    if child:
        height = float(rng.uniform(1.0, 1.5))
    else:
        height = float(np.clip(rng.normal(1.757, 0.10), 1.5, 2.0))
    posture = _draw_walk(rng) if walking else _draw_stand(rng)
    bare = rng.random() < 0.3
    leg = pick(rng, LEGS)
    hair = pick(rng, CHILD_HAIR if child else ADULT_HAIR)
    colors = {
        "skin": pick(rng, SKINS),
        "hair": pick(rng, BRIGHT if hair == "cap" else HAIRS[:5] if child else HAIRS),
        "top": pick(rng, BRIGHT if child and rng.random() < 0.6 else TOPS),
        "trousers": pick(rng, TROUSERS),
        "shoes": pick(rng, SHOES),
    }
    return person(
        height_m=height,
        girth=float(rng.uniform(0.96, 1.04) if child else rng.uniform(0.95, 1.22)),
        head_scale=1.0 + max(0.0, (1.62 - height) * 0.42) if child else 1.0,
        posture=posture,
        sleeves="short" if bare else "long",
        legs=leg,
        hair=hair,
        colors=colors,
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


def _draw_walk(rng: np.random.Generator) -> Posture:
    return walking_posture(float(rng.random()), float(rng.uniform(0.75, 1.15)))


def _draw_stand(rng: np.random.Generator) -> Posture:
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


def _ovals(rows: list[tuple[float, float, float, float]], segments: int = 20) -> np.ndarray:
    """Return rings about z: each row is (x, z, half depth along x, half width along y); slightly squared ovals."""
    angle = np.arange(segments) * (2 * math.pi / segments)
    c, s = np.cos(angle), np.sin(angle)
    c, s = np.sign(c) * np.abs(c) ** 0.86, np.sign(s) * np.abs(s) ** 0.86
    return np.stack([np.stack([x + d * c, w * s, np.full(segments, z)], axis=1) for x, z, d, w in rows])


def _trunk(joints: Joints, h: float, girth: float, lean_deg: float) -> list[Part]:
    """Return hips in trousers, the top, and the neck."""
    tilt = math.tan(math.radians(lean_deg))

    def at(
        share: float, back: float, depth: float, width: float, loose: float = 0.0
    ) -> tuple[float, float, float, float]:
        lean = max(share - 0.53, 0.0) * h * tilt
        return lean + back * h, share * h, (depth * girth + loose) * h, (width * (0.5 + 0.5 * girth) + loose) * h

    hips = [
        at(0.455, -0.004, 0.040, 0.060),
        at(0.475, -0.004, 0.062, 0.086),
        at(0.52, -0.006, 0.068, 0.096),
        at(0.58, 0.0, 0.058, 0.087),
    ]
    top = [
        at(0.485, -0.002, 0.070, 0.098, 0.010),
        at(0.53, -0.003, 0.068, 0.097, 0.010),
        at(0.60, 0.002, 0.060, 0.088, 0.008),
        at(0.66, 0.002, 0.062, 0.092, 0.005),
        at(0.72, 0.002, 0.066, 0.100, 0.004),
        at(0.77, -0.002, 0.062, 0.106, 0.003),
        at(0.805, -0.006, 0.052, 0.104, 0.003),
        at(0.825, -0.008, 0.043, 0.086, 0.002),
        at(0.84, -0.008, 0.036, 0.055, 0.001),
        at(0.852, -0.006, 0.031, 0.036, 0.001),
    ]
    neck = tube(
        [joints.neck + np.array([-0.012, 0.0, -0.03]) * h, joints.neck + np.array([0.0, 0.0, 0.035]) * h],
        [0.031 * h, 0.029 * h],
        12,
    )
    return [
        (loft(_ovals(hips), crease_deg=60.0), "trousers"),
        (loft(_ovals(top), crease_deg=60.0), "top"),
        (neck, "skin"),
    ]


def _head(joints: Joints, h: float, hair: str) -> list[Part]:
    """Return skull, jaw, nose, ears, eyes and hair; ``h`` is the height that the head belongs to."""
    c = joints.head
    s = h / 1.75
    rows = [
        (0.026, -0.112, 0.034, 0.026),
        (0.026, -0.100, 0.050, 0.040),
        (0.014, -0.075, 0.074, 0.054),
        (0.004, -0.045, 0.088, 0.064),
        (0.0, -0.01, 0.095, 0.071),
        (-0.002, 0.03, 0.098, 0.076),
        (-0.005, 0.065, 0.090, 0.071),
        (-0.008, 0.092, 0.070, 0.056),
        (-0.010, 0.108, 0.042, 0.034),
        (-0.010, 0.113, 0.012, 0.010),
    ]
    skull = _ovals([(x * s, z * s, d * s, w * s) for x, z, d, w in rows], 18) + c
    nose = hull(
        c
        + s
        * np.array(
            [
                [0.09, 0.0, 0.02],
                [0.118, 0.0, -0.026],
                [0.09, 0.018, -0.032],
                [0.09, -0.018, -0.032],
                [0.085, 0.0, -0.036],
            ]
        ),
        80.0,
    )
    parts: list[Part] = [(loft(skull, crease_deg=80.0), "skin"), (nose, "skin")]
    for sign in (1.0, -1.0):
        ear = ellipsoid((0.017 * s, 0.009 * s, 0.031 * s), (0.0, 0.0, 0.0), 8, 6).moved(
            *(c + s * np.array([-0.006, sign * 0.076, -0.012]))
        )
        eye = ellipsoid((0.007 * s, 0.013 * s, 0.007 * s), (0.0, 0.0, 0.0), 8, 4).moved(
            *(c + s * np.array([0.088, sign * 0.031, 0.016]))
        )
        parts += [(ear, "skin"), (eye, "eyes")]
    cover = ellipsoid((0.108, 0.086, 0.105), (-0.010, 0.0, 0.022), 20, 14)
    v = cover.vertices.copy()
    face = (v[:, 0] > 0.015) & (v[:, 2] < 0.062)
    nape = v[:, 2] < -0.055
    v[face] = np.array([-0.01, 0.0, 0.03]) + (v[face] - np.array([-0.01, 0.0, 0.03])) * 0.72
    if hair == "long":
        v[nape & ~face] = v[nape & ~face] * np.array([1.0, 0.95, 2.2]) + np.array([-0.02, 0.0, 0.0])
    else:
        v[nape] *= 0.8
    parts.append((Shape(vertices=v * s + c, faces=cover.faces, crease_deg=80.0), "hair"))
    if hair == "cap":
        peak = hull(
            [
                (x, y, z)
                for x, y in ((0.06, 0.07), (0.06, -0.07), (0.165, 0.045), (0.165, -0.045), (0.178, 0.0))
                for z in (0.058, 0.066)
            ],
            30.0,
        )
        parts.append((peak.scaled(s, s, s).moved(*c), "hair"))
    return parts


def _along(a: np.ndarray, b: np.ndarray, *shares: float) -> list[np.ndarray]:
    return [a + (b - a) * t for t in shares]


def _arms(joints: Joints, h: float, girth: float, sleeves: str) -> list[Part]:
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


def _legs(joints: Joints, h: float, girth: float, legs: str, posture: Posture) -> list[Part]:
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


def _skirt(joints: Joints, h: float, girth: float) -> Shape:
    """Return a knee-long skirt that both thighs fit in."""
    front = max(k[0] for k in joints.knee)
    back = min(k[0] for k in joints.knee)
    middle, reach = (front + back) / 2, (front - back) / 2
    w = (0.5 + 0.5 * girth) * h
    rows = [
        (middle, 0.33 * h, reach + 0.062 * w, 0.125 * w),
        (middle * 0.5, 0.44 * h, reach * 0.5 + 0.074 * w, 0.115 * w),
        (-0.004 * h, 0.52 * h, 0.075 * w, 0.102 * w),
        (0.0, 0.60 * h, 0.066 * w, 0.092 * w),
    ]
    return loft(_ovals(rows), crease_deg=60.0)
